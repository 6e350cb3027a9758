"""Planted faults: every reality check is shown to catch a wrong rule."""
