"""How many replicates a point gets: a fixed number, or until an interval is narrow enough.

The rule looks at the replicates in their order, at fixed numbers of them, so it asks for the same
runs whatever finishes first and however often the study was stopped.
"""

from __future__ import annotations

import numpy as np

from cxsim.study.design import Until

CONFIDENCE = 0.95


def most(rule: int | Until) -> int:
    """Return the largest number of replicates that a rule may ask for."""
    return rule.at_most if isinstance(rule, Until) else rule


def asked(rule: int | Until, values: np.ndarray) -> int:
    """Return how many replicates are wanted, by what is known of the first ones.

    Parameters
    ----------
    values : array, shape (known,)
        The rule's outcome in replicates 0, 1, ... without a gap; unused by a fixed number.
    """
    if not isinstance(rule, Until):
        return rule
    wanted = min(rule.at_least, rule.at_most)
    while wanted <= len(values) and wanted < rule.at_most:
        if half_width(values[:wanted]) <= rule.half_width:
            return wanted
        wanted = min(wanted + rule.at_least, rule.at_most)
    return wanted


def half_width(values: np.ndarray) -> float:
    """Return half the width of the 95 % interval of a mean; 0 where nothing can be said.

    Replicates that failed or never got there are left out. With fewer than two left, more of the
    same would not tell more.
    """
    from scipy.special import stdtrit

    finite = values[np.isfinite(values)]
    if len(finite) < 2:
        return 0.0
    quantile = stdtrit(len(finite) - 1, 0.5 + CONFIDENCE / 2.0)
    return float(quantile * finite.std(ddof=1) / np.sqrt(len(finite)))
