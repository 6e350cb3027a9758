"""From weekly numbers to features: levels, swings, spreads and rhythms, none of which knows size.

Counts are taken per employee or per customer, so that a large firm looks like a small one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np

from cxsim.explain.diagnosing.observables import Observed
from cxsim.series import WEEKS_A_YEAR

EDGES = (0, 13, 26, 39, 52, 65, 78, 91, 104, 117, 130, 143, 156)  # weeks between two windows
SPANS = (52, 104, 156)  # weeks of history that there are fitted likelihoods for
LEAST = SPANS[0]
LOGARITHMIC = ("open", "age", "closures", "answers", "cost")

Table = dict[str, np.ndarray]  # name -> one number for each replicate


def features(observed: Observed, span: int, full: bool) -> Table:
    """Return what the first weeks of a history look like.

    Parameters
    ----------
    observed : Observed
        Of at least `span` weeks.
    span : int
        One of SPANS.
    full : bool
        Also those that need numbers by function and by layer.
    """
    windows = [slice(a, b) for a, b in pairwise(EDGES) if b <= span]
    rates = _rates(observed)
    found: Table = {}
    for name, weekly in rates.items():
        _put(found, name, weekly, windows, _level_of(name))
    for name in ("adoption", "awareness", "commitment", "score"):
        _put(found, f"{name} swing", rates[name], windows, _swing)
    for name in ("adoption", "awareness", "commitment", "score", "churn", "closures"):
        _rhythm(found, name, rates[name][:, :span])
    if full:
        for name, weekly in {**_function_rates(observed), **_layer_rates(observed)}.items():
            _put(found, name, weekly, windows, _mean)
        found["layers"] = np.log(np.isfinite(observed.layer["adoption"]).any(axis=1).sum(axis=1))
    return found


def _level_of(name: str) -> Callable[[np.ndarray], np.ndarray]:
    """Return the mean of a window, of what varies over powers of ten its logarithm."""
    return _log_mean if name in LOGARITHMIC else _mean


def _put(
    found: Table,
    name: str,
    weekly: np.ndarray,
    windows: list[slice],
    of: Callable[[np.ndarray], np.ndarray],
) -> None:
    for window in windows:
        found[f"{name} {window.start}-{window.stop}"] = of(weekly[:, window])


def _mean(values: np.ndarray) -> np.ndarray:
    return values.mean(axis=1)


def _log_mean(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.log1p(values.mean(axis=1)))


def _swing(values: np.ndarray) -> np.ndarray:
    return np.asarray(np.ptp(values, axis=1))


def _rhythm(found: Table, name: str, weekly: np.ndarray) -> None:
    """Add how far a series swings with the year, and when, after a straight line is taken out."""
    weeks = np.arange(weekly.shape[1], dtype=float)
    turn = 2.0 * np.pi * weeks / WEEKS_A_YEAR
    shapes = np.stack([np.ones_like(weeks), weeks, np.sin(turn), np.cos(turn)])
    inverse = np.linalg.pinv(shapes.T)
    sine, cosine = (_along(weekly, row) for row in inverse[2:])
    found[f"{name} yearly sine"], found[f"{name} yearly cosine"] = sine, cosine


def _along(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return weighted sums, added up in the same order on every machine."""
    return np.einsum("rw,w->r", values, weights)


# --- company --------------------------------------------------------------------------------------


def _rates(observed: Observed) -> Mapping[str, np.ndarray]:
    company = observed.company
    people = np.maximum(company["employees"], 1.0)
    customers = np.maximum(company["active_customers"], 1.0)
    per_hundred = 100.0 / people
    cost = company["programme_cost"] / people
    return {
        "awareness": company["awareness"],
        "adoption": company["adoption"],
        "open": company["open_issues"] * per_hundred,
        "age": company["issue_age"] / 4.0,
        "closures": 10.0 * company["closures"] * per_hundred,
        "score": company["survey_score"],
        "answers": 1000.0 * company["respondents"] / customers,
        "churn": 52.0 * company["churned"] / customers,
        "won": 52.0 * company["acquired"] / customers,
        "cost": cost / 10.0,
        "commitment": company["commitment"],
        "words": company["stated_commitment"] - company["commitment"],
    }


# --- functions and layers -------------------------------------------------------------------------


def _function_rates(observed: Observed) -> Mapping[str, np.ndarray]:
    function = observed.function
    heads = function["employees"] / np.maximum(observed.company["employees"][..., None], 1.0)
    adoption = np.nan_to_num(function["adoption"])
    awareness = np.nan_to_num(function["awareness"])
    commitment, stated = function["commitment"], function["stated_commitment"]
    closed, still = _shares(function["closures"]), _shares(function["open_issues"])
    return {
        "heads apart": commitment.mean(axis=2) - commitment.min(axis=2),
        "heads spread": commitment.std(axis=2),
        "heads ahead": commitment.max(axis=2) - commitment.mean(axis=2),
        "words spread": (stated - commitment).max(axis=2),
        "functions apart": _weighted_spread(adoption, heads),
        "functions behind": adoption.mean(axis=2) - adoption.min(axis=2),
        "heard apart": _weighted_spread(awareness, heads),
        "closures in one house": closed.max(axis=2),
        "closures follow heads": (closed * commitment).sum(axis=2) - commitment.mean(axis=2),
        "open in one house": (still - heads).max(axis=2),
        "open follows heads": (still * commitment).sum(axis=2) - commitment.mean(axis=2),
    }


def _shares(counts: np.ndarray) -> np.ndarray:
    """Return each function's part of a count of the last half-year; even parts of nothing."""
    window = 26
    padded = np.concatenate([np.zeros_like(counts[:, :1]), np.cumsum(counts, axis=1)], axis=1)
    weeks = np.arange(1, counts.shape[1] + 1)
    sums = padded[:, weeks] - padded[:, np.maximum(weeks - window, 0)]
    total = sums.sum(axis=2, keepdims=True)
    even = np.full_like(sums, 1.0 / counts.shape[2])
    return np.divide(sums, total, out=even, where=total > 1e-9)


def _weighted_spread(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    mean = (values * weights).sum(axis=2, keepdims=True)
    return np.sqrt((weights * (values - mean) ** 2).sum(axis=2))


def _layer_rates(observed: Observed) -> Mapping[str, np.ndarray]:
    return {
        f"{name} lost below": _top_minus_bottom(observed.layer[name])
        for name in ("awareness", "adoption")
    }


def _top_minus_bottom(values: np.ndarray) -> np.ndarray:
    """Return the layer below the heads minus the lowest one with people in it."""
    there = np.isfinite(values)
    last = values.shape[2] - 1 - there[..., ::-1].argmax(axis=2)
    lowest = np.take_along_axis(values, last[..., None], axis=2)[..., 0]
    return np.nan_to_num(values[..., 0] - lowest)
