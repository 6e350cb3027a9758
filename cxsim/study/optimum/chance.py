"""Shares of futures and how sure they are: alone, and paired with the same luck."""

from __future__ import annotations

from math import sqrt

import numpy as np

from cxsim.explain.chance import NORMAL_95

ONE_SIDED = 1.6448536269514722  # of a one-sided test at 5 %
TOLERATED = 0.02  # chance that a plan may lose for being shorter, whatever else


def lost(before: np.ndarray, after: np.ndarray) -> tuple[float, float, float]:
    """Return the chance lost between two sets of hits on the same luck, with a 95 % interval."""
    change = before.astype(float) - after.astype(float)
    middle = float(change.mean())
    reach = NORMAL_95 * float(change.std(ddof=1)) / sqrt(len(change)) if len(change) > 1 else 1.0
    return middle, max(-1.0, middle - reach), min(1.0, middle + reach)


def makes_no_difference(before: np.ndarray, after: np.ndarray) -> bool:
    """Tell whether a plan is as good after a change as before it, on the same luck.

    It may lose at most `TOLERATED` of the chance, and no more than luck explains: among the
    futures that differ, losses must not outnumber gains at the 5 % level (McNemar's test). The
    first bound alone would let a large sample lose what is plainly there, the second alone would
    let a small one lose a lot unseen.
    """
    losses = int(np.sum(before & ~after))
    gains = int(np.sum(after & ~before))
    net = losses - gains
    return net <= 0 or (net <= TOLERATED * len(before) and net <= ONE_SIDED * sqrt(losses + gains))
