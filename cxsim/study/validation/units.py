"""How closely what employees do and think goes with what their customers experience."""

from __future__ import annotations

import numpy as np

from cxsim.series import WEEKS_A_YEAR
from cxsim.study.firms import random_firms
from cxsim.study.validation.findings import Effort, Estimate, Part, estimate
from cxsim.study.validation.runs import SEED, run_firms

ANSWERS = 30  # customers asked per unit in a survey


def examine(effort: Effort) -> Part:
    """Correlate functions over the last year of random firms.

    The published correlations are taken between the units of one organisation and then averaged
    over organisations; so are these. Pooling all units of all firms is shown beside it.
    """
    record = run_firms(random_firms(effort.firms, SEED), 1)
    year = record.function[:, 0, -WEEKS_A_YEAR:]
    contacts = year["contacts"].sum(axis=1)
    experience = (year["experience"] * year["contacts"]).sum(axis=1) / contacts
    spread = record.company["experience_spread"][:, 0, -WEEKS_A_YEAR:].mean(axis=1)
    noise = np.random.Generator(np.random.Philox(SEED)).standard_normal(experience.shape)
    surveyed = experience + noise * spread[:, None] / np.sqrt(ANSWERS)
    belief, practice = year["belief"].mean(axis=1), year["adoption"].mean(axis=1)
    estimates = {
        "units-belief": _within(belief, experience),
        "units-belief-surveyed": _within(belief, surveyed),
        "units-practice": _within(practice, experience),
        "units-practice-surveyed": _within(practice, surveyed),
        "units-pooled": _pooled(belief, experience),
        "units-pooled-surveyed": _pooled(belief, surveyed),
    }
    return Part(
        estimates,
        {
            "units-belief": _centred(belief).ravel(),
            "units-experience": _centred(experience).ravel(),
            "units-correlations": _of_each_firm(belief, experience),
        },
    )


def _within(a: np.ndarray, b: np.ndarray) -> Estimate:
    """Return the mean over firms of the correlation between a firm's functions."""
    each = _of_each_firm(a, b)
    return estimate(lambda rows: float(np.nanmean(each[rows])), len(each))


def _of_each_firm(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return one correlation per firm; NaN where one of the two does not vary."""
    a, b = _centred(a), _centred(b)
    below = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    above = (a * b).sum(axis=1)
    return np.divide(above, below, out=np.full(len(a), np.nan), where=below > 0.0)


def _pooled(a: np.ndarray, b: np.ndarray) -> Estimate:
    """Return the correlation over all functions of all firms."""

    def correlation(rows: np.ndarray) -> float:
        return float(np.corrcoef(a[rows].ravel(), b[rows].ravel())[0, 1])

    return estimate(correlation, len(a))


def _centred(values: np.ndarray) -> np.ndarray:
    return values - values.mean(axis=1, keepdims=True)
