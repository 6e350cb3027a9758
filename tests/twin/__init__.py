"""The model a second time: slow, one object per agent, written from docs/model.md alone.

Nothing here is shared with the code that it checks, except the table of base hazards.
"""
