"""The rows that causes are written into: one field for each term of each quantity that is followed.

A field is named after what it moves and by what: ``belief_peers`` is the part of a week's change of
belief that comes from colleagues. Fields of functions hold sums over the function's employees or
processes, or the head's own number; what they are divided by stands in `assembly`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxsim.state import floats


def _fields(what: str, *terms: str) -> tuple[str, ...]:
    return tuple(f"{what}_{term}" for term in terms)


LEDGER = (
    *_fields("start", "disposition", "message", "modelling", "peers", "wins"),
    *_fields("stop", "belief", "effort", "overload", "turnover"),
)

FUNCTION_TERMS = floats(
    *_fields("commitment", "inclination", "sponsor", "peers", "proof", "priority", "gap"),
    *_fields("commitment", "conflict", "pressure", "holdout", "noise", "successor", "appointment"),
    *_fields("commitment", "limit", "fade"),
    *_fields("conflict", "quarrel", "changes", "healing", "successor", "limit"),
    *_fields("wins", "quick", "large", "fading"),
    *_fields("quality_local", "quick", "large", "efficiency", "erosion"),
    *_fields("open_issues", "found", "closed", "forgotten"),
    *_fields("load", "everyday", "season", "training", "complaints", "surge"),
    *_fields("message", "communication", "culture", "coherence", "stated"),
    *_fields("awareness", "message", "peers", "forgetting", "turnover", "limit"),
    *_fields("belief", "disposition", "message", "modelling", "peers", "wins", "experience"),
    *_fields("belief", "cynicism", "efficiency", "turnover", "limit", "fade"),
    *_fields("ability", "training", "doing", "peers", "forgetting", "turnover", "limit"),
    *_fields("cynicism", "message", "governance", "gap", "backlog", "effort", "time", "wins"),
    *_fields("cynicism", "modelling", "turnover", "limit"),
    *_fields("embedded", "habit", "idle", "turnover"),
    *LEDGER,
)

COMPANY_TERMS = floats(
    *_fields("ceo_commitment", "inclination", "support", "proof", "gap", "limit", "fade"),
    *_fields("wins", "quick", "large", "fading"),
    *_fields("quality_handoff", "large", "efficiency", "erosion"),
    *_fields("evidence", "wins", "efficiency", "fading"),
    *_fields("insight", "staff", "data", "coverage", "leading"),
    *_fields("budget", "plan", "commitment", "proof", "gap", "pressure", "limit"),
    *_fields("satisfaction", "base", "quality", "practice", "haste", "noise", "expectation"),
    *_fields("satisfaction", "drift", "aversion", "fading", "price", "newcomers", "leaving"),
    *_fields("satisfaction", "limit"),
    *_fields("acquired", "base", "praise", "warning"),
)


class Terms(NamedTuple):
    """What moved everything in one future, week by week."""

    company: np.ndarray  # COMPANY_TERMS, (weeks,)
    function: np.ndarray  # FUNCTION_TERMS, (weeks, functions)


def empty_terms(weeks: int, functions: int) -> Terms:
    """Return room for the terms of one future."""
    return Terms(np.zeros(weeks, COMPANY_TERMS), np.zeros((weeks, functions), FUNCTION_TERMS))
