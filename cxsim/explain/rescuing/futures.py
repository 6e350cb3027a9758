"""Rescues put to the test on futures; nothing is run twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cxsim.explain.chance import Chance
from cxsim.explain.goals import Goal
from cxsim.explain.rescuing.changes import Change, rescued
from cxsim.results import Ensemble, simulate
from cxsim.results.running import BASELINES
from cxsim.results.variants import live_variants
from cxsim.scenario import Scenario

_HIT, _MARGIN, _COST, _EARNED, _VALUES = 0, 1, 2, 3, 4  # places in what is kept of a run


class CancelledError(Exception):
    """Somebody does not want to wait any longer."""


@dataclass(frozen=True)
class Plan:
    """Changes made in one week; none leaves the scenario as it is."""

    week: int
    changes: frozenset[Change]

    def without(self, *changes: Change) -> Plan:
        """Return the plan with less."""
        return Plan(self.week, self.changes - set(changes))

    def with_(self, *changes: Change) -> Plan:
        """Return the plan with more."""
        return Plan(self.week, self.changes | set(changes))

    def at(self, week: int) -> Plan:
        """Return the same changes in another week."""
        return Plan(week, self.changes)


@dataclass(frozen=True, eq=False)
class Reading:
    """What a plan comes to in some futures.

    Attributes
    ----------
    hits : array of bool, shape (replicates,)
        Where all goals are met.
    margin : array, shape (replicates,)
        How far beyond its bound the goal is that is met worst, -1..1.
    cost : array, shape (replicates,)
        What the programme costs over the horizon, USD.
    earned : array, shape (replicates,)
        What the company earns over the horizon, that cost paid, USD.
    values : array, shape (replicates, goals)
        The bounded numbers.
    """

    hits: np.ndarray
    margin: np.ndarray
    cost: np.ndarray
    earned: np.ndarray
    values: np.ndarray

    @property
    def chance(self) -> Chance:
        """Futures in which all goals are met."""
        return Chance.among(self.hits)

    @property
    def score(self) -> float:
        """How good it is: mean margin."""
        return float(self.margin.mean())


class Progress:
    """How far it is, over stages whose lengths are only estimated."""

    WHOLE = 1000

    def __init__(self, tell: Callable[[int, int], None] | None) -> None:
        self._tell = tell
        self._start, self._end, self._runs, self._done = 0.0, 0.0, 1.0, 0.0

    def stage(self, end: float, runs: float) -> None:
        """Begin a stage that ends at a share of the whole and takes about so many runs."""
        self._start, self._end = self._end, end
        self._runs, self._done = max(1.0, runs), 0.0
        self._say(0.0)

    def within(self, done: int, total: int, runs: float) -> None:
        """Tell of a call that counts as so many runs."""
        self._say(self._done + runs * done / max(1, total))

    def add(self, runs: float) -> None:
        """Count a call that is over."""
        self._done += runs

    def finish(self) -> None:
        """Tell the end."""
        if self._tell is not None:
            self._tell(self.WHOLE, self.WHOLE)

    def _say(self, done: float) -> None:
        if self._tell is not None:
            share = self._start + (self._end - self._start) * min(1.0, done / self._runs)
            self._tell(int(self.WHOLE * share), self.WHOLE)


class Futures:
    """Runs the plans of a scenario against its goals and remembers every future of each.

    Parameters
    ----------
    scenario : Scenario
    goals : sequence of Goal
        All of them have to be met in the same future.
    seed, threads, cancelled
        As in `cxsim.results.variants.live_variants`.
    progress : Progress
    """

    def __init__(
        self,
        scenario: Scenario,
        goals: Sequence[Goal],
        seed: int,
        threads: int | None,
        progress: Progress,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.scenario, self.goals, self.progress = scenario, tuple(goals), progress
        self._seed, self._threads, self._cancelled = seed, threads, cancelled
        self._rows: dict[Plan, dict[int, np.ndarray]] = {}
        self._baseline = any(goal.baseline for goal in goals)

    def prepare(self, replicates: int) -> None:
        """Run the company without a programme, if a goal needs it, so that many plans share it."""
        if not self._baseline:
            return
        other = self.scenario.without_programme()
        if BASELINES.find(other, self._seed, replicates) is not None:
            return
        alone = simulate(
            other, replicates, self._seed, self._threads, cancelled=self._cancelled, baseline=False
        )
        if alone is None:
            raise CancelledError
        BASELINES.keep(other, self._seed, alone.series("contribution"))

    def read(self, plans: Sequence[Plan], luck: range) -> list[Reading]:
        """Return what plans come to in the futures of these numbers.

        Raises
        ------
        CancelledError
            It was cancelled.
        """
        missing: dict[int, list[Plan]] = {}
        for plan in dict.fromkeys(map(_plain, plans)):
            known = self._rows.setdefault(plan, {})
            lacking = next((number for number in luck if number not in known), luck.stop)
            if lacking < luck.stop:
                missing.setdefault(lacking, []).append(plan)
        for first, new in missing.items():
            self._live(new, range(first, luck.stop))
        rows = [[self._rows[_plain(plan)][number] for number in luck] for plan in plans]
        return [_reading(np.stack(one)) for one in rows]

    def one(self, plan: Plan, luck: range) -> Reading:
        """Return what one plan comes to."""
        return self.read([plan], luck)[0]

    def _live(self, plans: list[Plan], luck: range) -> None:
        """Run plans, the latest one first: the others leave it in the week of their changes."""
        plans = sorted(plans, key=lambda plan: -plan.week)
        scenarios = [rescued(self.scenario, plan.week, plan.changes) for plan in plans]
        weeks = self.scenario.weeks
        runs = len(luck) * sum(1.0 - plan.week / weeks for plan in plans)
        found = live_variants(
            scenarios, self._read, len(luck), self._seed, self._threads,
            lambda done, total: self.progress.within(done, total, runs), self._cancelled,
            self._baseline, luck.start,
        )  # fmt: skip
        if found is None:
            raise CancelledError
        self.progress.add(runs)
        for plan, rows in zip(plans, found, strict=True):
            self._rows[plan].update(zip(luck, rows, strict=True))

    def _read(self, ensemble: Ensemble) -> np.ndarray:
        values = [goal.values(ensemble) for goal in self.goals]
        pairs = list(zip(self.goals, values, strict=True))
        hit = all(goal.met(value)[0] for goal, value in pairs)
        margins = [_margin(goal, value, ensemble) for goal, value in pairs]
        cost = ensemble.series("programme_cost").sum()
        earned = ensemble.series("contribution").sum()
        return np.array([hit, min(margins), cost, earned, *(value[0] for value in values)])


def _plain(plan: Plan) -> Plan:
    """Return the plan; one without changes is the same in every week."""
    return plan if plan.changes else Plan(0, plan.changes)


def _margin(goal: Goal, values: np.ndarray, ensemble: Ensemble) -> float:
    """Return how far a run is beyond the bound; where it never happens, how far it is from it."""
    margin = float(goal.margins(values)[0])
    if not np.isnan(values[0]):
        return margin
    if goal.what == "payback_week":
        short = -ensemble.outcome("net_value")[0]
        spent = max(1.0, float(ensemble.series("programme_cost").sum()))
        return margin - max(0.0, float(np.log1p(max(0.0, short) / spent)))
    if goal.what == "week_half_adoption":
        return margin - max(0.0, 0.5 - float(ensemble.series("adoption").max()))
    return margin


def _reading(rows: np.ndarray) -> Reading:
    margin, cost, earned = (rows[:, place] for place in (_MARGIN, _COST, _EARNED))
    return Reading(rows[:, _HIT] > 0.5, margin, cost, earned, rows[:, _VALUES:])
