"""Why is one scenario better than another? The difference, split over what they differ in.

`attribution` is the question and its answer; `units` says what can differ, `blending` mixes two
scenarios, `living` runs the mixtures, `splitting` chooses the orders, `shapley` does the sums,
`reading` and `phrases` put the answer into words.
"""

from cxsim.explain.attribution.attribution import Attribution, attribute
from cxsim.explain.attribution.units import Unit

__all__ = ["Attribution", "Unit", "attribute"]
