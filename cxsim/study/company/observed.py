"""What a company counts, and the same read off a simulated one at exactly the same points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from cxsim.series import SERIES

BLOCKS = 6  # a series is looked at as the means of so many stretches of its points


@dataclass(frozen=True, eq=False)
class Observed:
    """One series that a company gave.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    begin, end : array, shape (points,)
        Weeks since the start of the programme, fractions allowed; each point is about the time
        from `begin` to `end`.
    values : array, shape (points,)
        In the model's units: shares, satisfaction, customers and budget relative to the first.
    column : str
        Its name in the file.
    """

    kind: str
    begin: np.ndarray
    end: np.ndarray
    values: np.ndarray
    column: str = ""

    @property
    def label(self) -> str:
        """What it is, for people."""
        return KINDS[self.kind].label

    @property
    def middle(self) -> np.ndarray:
        """Week in the middle of each point's time."""
        return 0.5 * (self.begin + self.end)


@dataclass(frozen=True)
class Kind:
    """A sort of figures.

    Attributes
    ----------
    label, unit : str
        For people.
    read : callable
        (company record, begin, end) -> values at the points of the same sort.
    line : callable
        (values, smallest) -> values on a scale on which effects add up; `smallest` is the least
        share that can be told from nothing.
    factor, offset : float
        Shown = factor * value + offset.
    """

    label: str
    unit: str
    read: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
    line: Callable[[np.ndarray, float], np.ndarray]
    factor: float = 1.0
    offset: float = 0.0

    def shown(self, values: np.ndarray) -> np.ndarray:
        """Return values as people read them."""
        return self.factor * values + self.offset


# ------------------------------------------------------------------ reading a simulated company


def _upto(weekly: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Return the sum of a weekly series from week 0 to some times, part weeks in proportion."""
    sums = np.concatenate([[0.0], np.cumsum(weekly)])
    return np.interp(times, np.arange(len(sums)), sums)


def _over(weekly: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the mean of a weekly series over some stretches of time."""
    return (_upto(weekly, end) - _upto(weekly, begin)) / (end - begin)


def _churn(company: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the customers lost in a time as a share of those at its beginning."""
    lost = _upto(company["churned"], end) - _upto(company["churned"], begin)
    return np.minimum(1.0, lost / np.maximum(1.0, _customers_at(company, begin)))


def _customers_at(company: np.ndarray, times: np.ndarray) -> np.ndarray:
    active = company["active_customers"]
    first = active[0] + company["churned"][0] - company["acquired"][0]
    return np.interp(times, np.arange(len(active) + 1), np.concatenate([[first], active]))


def _growth(company: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the customers at the end of each time, relative to the first time's end."""
    count = _customers_at(company, end)
    return count / max(1.0, count[0])


def _mean(name: str, company: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    return _over(company[name], begin, end)


def _trained(company: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return how far mean ability has come from its start towards full."""
    ability = company["ability"]
    start = min(ability[0], 0.99)
    return np.clip((_over(ability, begin, end) - start) / (1.0 - start), 0.0, 1.0)


def _spending(company: np.ndarray, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the cost of the programme relative to the first time's."""
    cost = _over(company["programme_cost"], begin, end)
    return cost / max(1e-9, float(cost[0]))


def _log(values: np.ndarray, smallest: float) -> np.ndarray:
    return np.log(np.maximum(values, smallest))


def _logit(values: np.ndarray, smallest: float) -> np.ndarray:
    inside = np.clip(values, smallest, 1.0 - smallest)
    return np.log(inside) - np.log1p(-inside)


def _as_it_is(values: np.ndarray, smallest: float) -> np.ndarray:
    return np.asarray(values, float)


_SCORE = SERIES["survey_score"].kind

KINDS = {
    "churn": Kind("Churn", "% of customers", _churn, _log, 100.0),
    "customers": Kind("Active customers", "first = 100", _growth, _log, 100.0),
    "survey": Kind(
        "Survey score", "0 to 100", partial(_mean, "survey_score"), _as_it_is,
        _SCORE.factor, _SCORE.offset,
    ),
    "adoption": Kind("Adoption", "% of employees", partial(_mean, "adoption"), _logit, 100.0),
    "trained": Kind("Trained", "% of employees", _trained, _logit, 100.0),
    "budget": Kind("Budget", "first = 100", _spending, _log, 100.0),
}  # fmt: skip


def readings(company: np.ndarray, series: Sequence[Observed]) -> np.ndarray:
    """Return what a simulated company would have reported, all series one after another.

    Parameters
    ----------
    company : structured array, shape (weeks,)
        Record of one replicate.
    """
    return np.concatenate([KINDS[s.kind].read(company, s.begin, s.end) for s in series])


def parts(series: Sequence[Observed]) -> list[slice]:
    """Return where each series stands in an array of readings."""
    ends = np.cumsum([len(s.values) for s in series])
    return [slice(int(b), int(e)) for b, e in zip([0, *ends[:-1]], ends, strict=True)]


def features(points: np.ndarray, series: Sequence[Observed], customers: int) -> np.ndarray:
    """Return what the fit looks at: means over stretches of each series, on additive scales.

    Parameters
    ----------
    points : array, shape (runs, points)
        From `readings`.
    customers : int
        Of the simulated company; fewer than a quarter of one customer cannot be seen.

    Returns
    -------
    array, shape (runs, features)
    """
    columns = []
    for observed, places in stretches(series):
        kind = KINDS[observed.kind]
        smallest = 0.25 / max(1, customers) / len(places) if kind.line is _log else 0.002
        columns.append(kind.line(points[:, places].mean(axis=1), smallest))
    return np.stack(columns, axis=1)


def stretches(series: Sequence[Observed]) -> list[tuple[Observed, np.ndarray]]:
    """Return each stretch of each series: which one, and the places of its points among all."""
    found = []
    for observed, part in zip(series, parts(series), strict=True):
        places = np.arange(part.start, part.stop)
        found += [(observed, block) for block in np.array_split(places, min(BLOCKS, len(places)))]
    return found
