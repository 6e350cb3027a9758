"""What a chronicle reads off a trace: numbers in the units that people read, and likely reasons.

A reason is named when the numbers of the same weeks bear it out. That one thing came after another
is all it says, save where the model's own ledger of causes is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cxsim.series import LEDGERS, OUTCOME_WINDOW, SERIES

if TYPE_CHECKING:
    from cxsim.results.trace import Trace

QUARTER = 13  # weeks
RECENT = 8  # weeks in which a reason is looked for
LEAST_BACKLOG = 5.0  # pain points
LEAST_PEAK = 10.0  # % of the company; fewer make no practice that could fall back
SMALL, LARGE = 5.0, 10.0  # points of 100 that make a difference to a head
STRONG = 60.0  # commitment of a CEO who sets an example
DUE = 39  # weeks after which a programme is asked for results
WEAK = 20.0  # evidence that convinces nobody


class Readings:
    """The numbers of a trace as people read them: percent, points of 100, people, USD.

    Parameters
    ----------
    trace : Trace
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.weeks = trace.weeks
        self._known: dict[tuple[str, bool], np.ndarray] = {}

    def of(self, name: str, by_function: bool = False) -> np.ndarray:
        """Return a recorded series or a view (`VIEWS`), shape (weeks,) or (weeks, functions).

        Raises
        ------
        CxsimError
            There is no such series.
        """
        key = (name, by_function)
        if key not in self._known:
            self._known[key] = self._read(name, by_function)
        return self._known[key]

    def _read(self, name: str, by_function: bool) -> np.ndarray:
        if name in VIEWS:
            return VIEWS[name](self)
        run = self.trace.run
        kept = run.function_series(name) if by_function else run.series(name)
        return SERIES[name].shown(kept)

    def launch(self) -> int | None:
        """Return the week in which the programme's work begins, None if it never does."""
        found = np.flatnonzero(self.of("active"))
        return int(found[0]) if len(found) else None

    def back(self, week: int, weeks: int = RECENT) -> int:
        """Return the week so many weeks earlier, or the first one."""
        return max(0, week - weeks)

    def change(self, name: str, week: int) -> float:
        """Return what a series of the company has gained in the recent weeks."""
        values = self.of(name)
        return float(values[week] - values[self.back(week)])


# ------------------------------------------------------------------ views


def _active(readings: Readings) -> np.ndarray:
    return (readings.of("budget") > 0.0).astype(float)


def _budget_kept(readings: Readings) -> np.ndarray:
    """Return the budget, and its last value while there is no programme; 100 before the first."""
    budget, active = readings.of("budget"), readings.of("active") > 0.0
    last = np.maximum.accumulate(np.where(active, np.arange(readings.weeks), -1))
    return np.where(last >= 0, budget[last], 100.0)


def _dry_weeks(readings: Readings) -> np.ndarray:
    """Return the weeks at work since the last fix, counting anew with each pause."""
    done = np.bincount(readings.trace.fixes[:, 0], minlength=readings.weeks) > 0
    active = readings.of("active") > 0.0
    dry = np.zeros(readings.weeks)
    for week in range(1, readings.weeks):
        dry[week] = dry[week - 1] + 1.0 if active[week - 1 : week + 1].all() else 0.0
        if done[week]:
            dry[week] = 0.0
    return dry


def _practice_lost(readings: Readings) -> np.ndarray:
    adoption = readings.of("adoption")
    best = np.maximum.accumulate(adoption)
    return np.where(best >= LEAST_PEAK, 100.0 * (1.0 - adoption / np.maximum(best, 1.0)), 0.0)


def _words_over_deeds(readings: Readings) -> np.ndarray:
    return readings.of("stated_commitment") - readings.of("commitment")


def _score_change(readings: Readings) -> tuple[np.ndarray, np.ndarray]:
    """Return what score and satisfaction gained in half a year, zero before one can tell."""
    score, satisfaction = readings.of("survey_score"), readings.of("satisfaction")
    gains = np.zeros((2, readings.weeks))
    published = first_score(readings)
    begin = readings.weeks if published is None else published + OUTCOME_WINDOW
    if begin >= readings.weeks:
        return gains[0], gains[1]
    for gain, values in zip(gains, (score, satisfaction), strict=True):
        earlier = values[begin - OUTCOME_WINDOW : readings.weeks - OUTCOME_WINDOW]
        gain[begin:] = values[begin:] - earlier
    return gains[0], gains[1]


def _score_flatters(readings: Readings) -> np.ndarray:
    score, satisfaction = _score_change(readings)
    return np.minimum(score, -satisfaction)


def _score_belies(readings: Readings) -> np.ndarray:
    score, satisfaction = _score_change(readings)
    return np.minimum(-score, satisfaction)


def _backlog_age(readings: Readings) -> np.ndarray:
    return np.where(readings.of("open_issues") >= LEAST_BACKLOG, readings.of("issue_age"), 0.0)


def _against(values: np.ndarray, reference: float) -> np.ndarray:
    """Return the gain against a reference in percent of it, zero if there is none."""
    return 100.0 * (values / reference - 1.0) if reference > 0.0 else np.zeros(len(values))


def _satisfaction_gain(readings: Readings) -> np.ndarray:
    values = readings.of("satisfaction")
    return _after_first_quarter(values - values[:QUARTER].mean())


def _churn_above(readings: Readings) -> np.ndarray:
    churn = readings.of("churn_yearly")  # itself a mean of a quarter
    return _after_first_quarter(_against(churn, float(churn[:QUARTER][-1])))


def _after_first_quarter(values: np.ndarray) -> np.ndarray:
    return np.where(np.arange(len(values)) >= QUARTER, values, 0.0)


def _customers_gain(readings: Readings) -> np.ndarray:
    customers = readings.of("active_customers")
    return _against(customers, float(customers[0]))


VIEWS: dict[str, Callable[[Readings], np.ndarray]] = {
    "active": _active,
    "budget_kept": _budget_kept,
    "dry_weeks": _dry_weeks,
    "practice_lost": _practice_lost,
    "words_over_deeds": _words_over_deeds,
    "score_flatters": _score_flatters,
    "score_belies": _score_belies,
    "backlog_age": _backlog_age,
    "satisfaction_gain": _satisfaction_gain,
    "satisfaction_loss": lambda readings: -_satisfaction_gain(readings),
    "churn_above": _churn_above,
    "churn_below": lambda readings: -_churn_above(readings),
    "customers_gain": _customers_gain,
    "customers_loss": lambda readings: -_customers_gain(readings),
}


def first_score(readings: Readings) -> int | None:
    """Return the week of the first published score: the one assumed at the start stands till then.

    None if the score never moves from there.
    """
    scenario = readings.trace.scenario
    start = scenario.coefficients["satisfaction_start"]
    found = np.flatnonzero(readings.trace.run.series("survey_score") != start)
    return int(found[0]) if len(found) else None


# ------------------------------------------------------------------ reasons


def _fix(readings: Readings, week: int, members: Sequence[int]) -> bool:
    fixes = readings.trace.fixes
    recent = fixes[(fixes[:, 0] > week - RECENT) & (fixes[:, 0] <= week), 1:]
    return all((recent == member).any() for member in members)


def _shown(readings: Readings, week: int, members: Sequence[int]) -> bool:
    return readings.change("evidence", week) >= SMALL


def _faded(readings: Readings, week: int, members: Sequence[int]) -> bool:
    return readings.change("evidence", week) <= -SMALL


def _conflict_change(readings: Readings, week: int, members: Sequence[int]) -> np.ndarray:
    conflict = readings.of("conflict", by_function=True)[:, list(members)]
    return conflict[week] - conflict[readings.back(week)]


def _conflict(readings: Readings, week: int, members: Sequence[int]) -> bool:
    return bool((_conflict_change(readings, week, members) >= SMALL).all())


def _peace(readings: Readings, week: int, members: Sequence[int]) -> bool:
    return bool((_conflict_change(readings, week, members) <= -SMALL).all())


def _example(readings: Readings, week: int, members: Sequence[int]) -> bool:
    ceo = readings.of("ceo_commitment")[week]
    heads = readings.of("commitment", by_function=True)[week, list(members)]
    return bool(ceo >= STRONG and (ceo - heads >= LARGE).all())


def _appointment(readings: Readings, week: int, members: Sequence[int]) -> bool:
    launch = readings.launch()
    return launch is not None and launch <= week < launch + RECENT


def _earnings(readings: Readings, week: int, members: Sequence[int]) -> bool:
    for event in readings.trace.scenario.events:
        shock = event.shock.get("earnings")
        if shock and event.week <= week < event.week + shock["weeks"] + RECENT:
            return True
    return False


def _cut(readings: Readings, week: int, members: Sequence[int]) -> bool:
    return readings.change("budget_kept", week) <= -SMALL


def _nothing(readings: Readings, week: int, members: Sequence[int]) -> bool:
    launch = readings.launch()
    late = launch is not None and week >= launch + DUE
    return late and bool(readings.of("evidence")[week] < WEAK)


def _moved(flow: str) -> Callable[[Readings, int, Sequence[int]], bool]:
    def reason(readings: Readings, week: int, members: Sequence[int]) -> bool:
        return commonest_cause(readings, flow, week) is not None

    return reason


REASONS: dict[str, Callable[[Readings, int, Sequence[int]], bool]] = {
    "fix": _fix,
    "shown": _shown,
    "peace": _peace,
    "example": _example,
    "appointment": _appointment,
    "earnings": _earnings,
    "conflict": _conflict,
    "cut": _cut,
    "faded": _faded,
    "nothing": _nothing,
    "starts": _moved("starts"),
    "stops": _moved("stops"),
}


def commonest_cause(readings: Readings, flow: str, week: int) -> str | None:
    """Return the cause of most entries of a ledger in the last quarter, None if there are none.

    Parameters
    ----------
    flow : str
        "starts" or "stops".
    """
    first = readings.back(week, QUARTER - 1)
    causes = LEDGERS[flow][1]
    sums = [readings.trace.run.series(cause)[first : week + 1].sum() for cause in causes]
    return causes[int(np.argmax(sums))] if max(sums) > 0.0 else None
