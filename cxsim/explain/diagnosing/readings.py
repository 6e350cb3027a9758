"""Numbers of a history that can be told to people, each beside what healthy programmes show.

They carry the evidence of a diagnosis; the likelihoods themselves rest on finer features.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxsim.explain.diagnosing.observables import Observed
from cxsim.series import SERIES, WEEKS_A_YEAR, a_year, money

YEAR, HALF, QUARTER = WEEKS_A_YEAR, WEEKS_A_YEAR // 2, WEEKS_A_YEAR // 4
EARLY = 3 * QUARTER
NOTHING = "hardly any"

Of = Callable[[Observed, int], np.ndarray]  # (history, weeks that are read) -> (replicates,)


@dataclass(frozen=True)
class Size:
    """How large a company is."""

    employees: float
    customers: float


@dataclass(frozen=True)
class Reading:
    """One number of a history.

    Attributes
    ----------
    name : str
    topic : str
        Of several readings of a topic one is told.
    low, high : str
        What it means to lie far below, and far above, healthy programmes; "" where it means
        nothing.
    even : str
        What it means to lie where they do.
    what : str
        With {} where the number goes.
    shown : callable
        (value, Size) -> text.
    of : callable
    per : str
        "employee", "customer" or "": what the number grows with.
    """

    name: str
    topic: str
    low: str
    high: str
    even: str
    what: str
    shown: Callable[[float, Size], str]
    of: Of
    per: str = ""

    def beside(self, value: float, healthy: float, size: Size) -> str:
        """Return the number beside that of healthy programmes, with what it means."""
        opener = self.low if value < healthy else self.high
        other = self.shown(healthy, size)
        of_size = " of this size" if self.per else ""
        return f"{opener}: {self.alone(value, size)}, {other} in healthy programmes{of_size}"

    def alone(self, value: float, size: Size) -> str:
        """Return the number with what it is of."""
        return self.what.format(self.shown(value, size))


# --- how numbers are shown ------------------------------------------------------------------------


def _points(value: float, _: Size) -> str:
    return f"{100 * value:.0f}"


def _percent(value: float, _: Size) -> str:
    return f"{100 * value:.0f} %"


def _people(value: float, size: Size) -> str:
    return f"{value * size.employees:,.0f}"


def _fewer_people(value: float, size: Size) -> str:
    return _people(abs(value), size)


def _fewer_points(value: float, size: Size) -> str:
    return _points(abs(value), size)


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}".removesuffix(".0")


def _plain(value: float, _: Size) -> str:
    return _count(value)


def _money(value: float, size: Size) -> str:
    return money(value * size.employees)


def _answers(value: float, size: Size) -> str:
    return _count(value * size.customers)


def _score(value: float, _: Size) -> str:
    return f"{float(SERIES['survey_score'].shown(value)):.0f}"


def _score_points(value: float, _: Size) -> str:
    return f"{value * SERIES['survey_score'].kind.factor:.0f}"


# --- what they are --------------------------------------------------------------------------------


def _mean(name: str, start: int, end: int | None = None) -> Of:
    """Return the mean of a series; weeks below zero count from the end of what is read."""

    def of(observed: Observed, span: int) -> np.ndarray:
        return np.asarray(observed.company[name][:, :span][:, start:end].mean(axis=1))

    return of


def _per(name: str, by: str, start: int, end: int | None = None) -> Of:
    """Return the sum of a series for each employee or customer."""

    def of(observed: Observed, span: int) -> np.ndarray:
        window = slice(start, end)
        total = observed.company[name][:, :span][:, window].sum(axis=1)
        return np.asarray(total / np.maximum(observed.company[by][:, :span].mean(axis=1), 1.0))

    return of


def _level_per(name: str, by: str, start: int, end: int | None = None) -> Of:
    def of(observed: Observed, span: int) -> np.ndarray:
        mean = observed.company[name][:, :span][:, start:end].mean(axis=1)
        return np.asarray(mean / np.maximum(observed.company[by][:, :span].mean(axis=1), 1.0))

    return of


def _kept(name: str) -> Of:
    """Return the last quarter of a series minus the highest quarter before it."""

    def of(observed: Observed, span: int) -> np.ndarray:
        values = observed.company[name][:, :span]
        quarters = values[:, : span // QUARTER * QUARTER].reshape(len(values), -1, QUARTER)
        means = quarters.mean(axis=2)
        return np.asarray(means[:, -1] - means.max(axis=1))

    return of


def _swing(name: str) -> Of:
    """Return how far a series swings with the year around its straight line, top to bottom."""

    def of(observed: Observed, span: int) -> np.ndarray:
        weeks = np.arange(span, dtype=float)
        turn = 2.0 * np.pi * weeks / YEAR
        shapes = np.stack([np.ones(span), weeks, np.sin(turn), np.cos(turn)], axis=1)
        inverse = np.linalg.pinv(shapes)
        values = observed.company[name][:, :span]
        sine, cosine = (np.einsum("rw,w->r", values, row) for row in inverse[2:])
        return np.asarray(2.0 * np.hypot(sine, cosine))

    return of


def _words(observed: Observed, span: int) -> np.ndarray:
    stated = observed.company["stated_commitment"][:, :span]
    return np.asarray((stated - observed.company["commitment"][:, :span]).mean(axis=1))


def _churn(start: int, end: int | None = None) -> Of:
    def of(observed: Observed, span: int) -> np.ndarray:
        lost = observed.company["churned"][:, :span][:, start:end].mean(axis=1)
        active = observed.company["active_customers"][:, :span][:, start:end].mean(axis=1)
        return a_year(np.minimum(lost / np.maximum(active, 1.0), 1.0))

    return of


def _worst_churn(observed: Observed, span: int) -> np.ndarray:
    """Return churn of the worst quarter, as a share a year."""
    quarters = [_churn(start, start + QUARTER)(observed, span) for start in range(0, span, QUARTER)]
    return np.asarray(np.max(quarters, axis=0))


def _head_apart(observed: Observed, span: int) -> np.ndarray:
    commitment = observed.function["commitment"][:, :span].mean(axis=1)
    return np.asarray(commitment.mean(axis=1) - commitment.min(axis=1))


def _one_house(observed: Observed, span: int) -> np.ndarray:
    closed = observed.function["closures"][:, :span].sum(axis=1)
    return np.asarray(closed.max(axis=1) / np.maximum(closed.sum(axis=1), 1e-9))


def _functions_apart(observed: Observed, span: int) -> np.ndarray:
    adoption = np.nan_to_num(observed.function["adoption"][:, :span][:, -HALF:].mean(axis=1))
    return np.asarray(adoption.max(axis=1) - adoption.min(axis=1))


def _lost_below(observed: Observed, span: int) -> np.ndarray:
    awareness = observed.layer["awareness"][:, :span].mean(axis=1)
    there = np.isfinite(awareness)
    last = awareness.shape[1] - 1 - there[:, ::-1].argmax(axis=1)
    return np.asarray(awareness[:, 0] - np.take_along_axis(awareness, last[:, None], 1)[:, 0])


def _layers(observed: Observed, _: int) -> np.ndarray:
    return np.asarray(np.isfinite(observed.layer["awareness"]).any(axis=1).sum(axis=1), float)


COMPANY_READINGS = (
    Reading(
        "awareness_year", "awareness", "fewer have heard of it", "more have heard of it",
        "people have heard of it", "awareness {} of 100 after a year", _points,
        _mean("awareness", 39, 52),
    ),
    Reading(
        "awareness_end", "awareness", "fewer know of it",
        "more know of it", "people know of it", "awareness {} of 100 in the last quarter",
        _points, _mean("awareness", -QUARTER),
    ),
    Reading(
        "awareness_lost", "awareness", "it is being forgotten", "", "nothing is forgotten",
        "awareness {} points below its best quarter", _fewer_points, _kept("awareness"),
    ),
    Reading(
        "adoption_end", "practice", "fewer work in the new way", "more work in the new way",
        "people work in the new way", "{} people practise in the last quarter", _people,
        _mean("adoption", -QUARTER), "employee",
    ),
    Reading(
        "adoption_lost", "practice", "people give up again", "", "nobody gives up",
        "{} people fewer than in the best quarter", _fewer_people, _kept("adoption"), "employee",
    ),
    Reading(
        "adoption_swing", "season", "", "practice swings with the year",
        "practice does not swing with the year", "{} people between the best and the worst season",
        _people, _swing("adoption"), "employee",
    ),
    Reading(
        "score_swing", "season", "", "the survey score swings with the year",
        "the survey score does not swing with the year",
        "{} points of 100 between the best and the worst season", _score_points,
        _swing("survey_score"),
    ),
    Reading(
        "closures_early", "closures", "less is closed", "more is closed from the start",
        "pain points are closed from the start", "{} pain points closed in the first nine months",
        _people, _per("closures", "employees", 0, EARLY), "employee",
    ),
    Reading(
        "closures_late", "closures", "less is closed in the end", "more is closed",
        "pain points go on being closed", "{} pain points closed in the last year", _people,
        _per("closures", "employees", -YEAR), "employee",
    ),
    Reading(
        "open_year", "backlog", "less trouble is known", "more trouble is known",
        "the list of known trouble is of the usual length",
        "{} pain points known and open after a year", _people,
        _level_per("open_issues", "employees", 39, 52), "employee",
    ),
    Reading(
        "open_end", "backlog", "less trouble is known", "known trouble piles up",
        "known trouble does not pile up", "{} pain points known and open in the last quarter",
        _people, _level_per("open_issues", "employees", -QUARTER), "employee",
    ),
    Reading(
        "age_end", "age", "what is known is dealt with soon", "known trouble grows old",
        "known trouble does not grow old", "open pain points are {} weeks old", _plain,
        _mean("issue_age", -QUARTER),
    ),
    Reading(
        "commitment_half", "deeds", "executives hold back from the start",
        "executives are committed from the start", "executives start out willing",
        "commitment {} of 100 in the first half-year", _points, _mean("commitment", 0, HALF),
    ),
    Reading(
        "commitment_year", "deeds", "executives hold back", "executives are committed",
        "executives are committed", "commitment {} of 100 after a year", _points,
        _mean("commitment", 39, 52),
    ),
    Reading(
        "commitment_end", "deeds", "executives lose interest", "executives are committed",
        "executives stay committed", "commitment {} of 100 in the last quarter", _points,
        _mean("commitment", -QUARTER),
    ),
    Reading(
        "words", "words", "", "words run ahead of deeds", "executives do as they say",
        "stated support {} points above commitment", _points, _words,
    ),
    Reading(
        "score_end", "score", "customers are less content", "customers are content",
        "customers are content", "survey score {} of 100 in the last quarter", _score,
        _mean("survey_score", -QUARTER),
    ),
    Reading(
        "answers", "answers", "fewer customers answer", "more customers answer",
        "customers answer", "{} survey answers a week", _answers,
        _level_per("respondents", "active_customers", 0), "customer",
    ),
    Reading(
        "churn_end", "churn", "fewer customers leave", "more customers leave", "customers stay",
        "{} of customers lost a year in the last half-year", _percent, _churn(-HALF),
    ),
    Reading(
        "churn_worst", "churn", "", "more customers left at once", "customers never left at once",
        "{} of customers a year lost in the worst quarter", _percent, _worst_churn,
    ),
    Reading(
        "cost_year", "spending", "less money is spent", "more money is spent",
        "money is spent", "{} spent in the first year", _money,
        _per("programme_cost", "employees", 0, YEAR), "employee",
    ),
    Reading(
        "cost_end", "spending", "the money runs out", "more money is spent",
        "the money keeps coming", "{} spent in the last quarter", _money,
        _per("programme_cost", "employees", -QUARTER), "employee",
    ),
)  # fmt: skip

FULL_READINGS = (
    Reading(
        "head_apart", "heads", "", "one head stands apart", "executives stand together",
        "the least committed head {} points below the mean", _points, _head_apart,
    ),
    Reading(
        "one_house", "houses", "", "one function is served more than the others",
        "all functions are served", "{} of all closures in one function", _percent, _one_house,
    ),
    Reading(
        "functions_apart", "functions", "functions keep step", "functions drift apart",
        "functions keep step", "{} points of adoption between the first and the last function",
        _points, _functions_apart,
    ),
    Reading(
        "lost_below", "layers", "", "the message fades on its way down",
        "the message arrives at the bottom", "awareness {} points lower in the lowest layer",
        _points, _lost_below,
    ),
    Reading(
        "layers", "layers", "", "the hierarchy is tall", "the hierarchy is not tall",
        "{} layers below the heads", _plain, _layers,
    ),
)  # fmt: skip


def readings(full: bool) -> tuple[Reading, ...]:
    """Return the readings of a history with numbers by function and layer, or without."""
    return (*COMPANY_READINGS, *FULL_READINGS) if full else COMPANY_READINGS


def values(observed: Observed, span: int) -> np.ndarray:
    """Return the readings of each future, shape (replicates, readings)."""
    return np.stack([one.of(observed, span) for one in readings(observed.is_full)], axis=1)
