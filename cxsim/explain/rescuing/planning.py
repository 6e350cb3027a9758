"""What would save a programme, and until when.

    found = rescue(load("typical"), week=40, goals="adoption >= 50%")
    print(found.sentence)

The search exploits some luck; what it finds is judged, dropped changes and deadline included, on
luck that it has not seen. Only what turns out superfluous there and in the search is left out then.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from cxsim.errors import CxsimError
from cxsim.explain.goals import Goal, parse_goal
from cxsim.explain.rescuing.answer import (
    BEYOND,
    NOT_NEEDED,
    SAVED,
    Alternative,
    Cure,
    Needed,
    Rescue,
    loss_of,
)
from cxsim.explain.rescuing.changes import changes_of, parse_levers, possible
from cxsim.explain.rescuing.deadline import Deadline, deadline, runs
from cxsim.explain.rescuing.futures import CancelledError, Futures, Plan, Progress, Reading
from cxsim.explain.rescuing.search import Search
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.values import LARGEST_SEED, MOST_REPLICATES, clean_value, shown

WEEK, GOALS, PROBABILITY, REPLICATES = 40, ("adoption >= 50%",), 0.8, 50
FEWEST = 10  # futures: with fewer no share of them says anything
ATTEMPTS = 4  # samples of fresh luck that may find a rescue wanting, before everything is taken
ALTERNATIVES = 3
GENTLE = 6  # changes; of more nobody asks how far each has to go


def rescue(
    scenario: Scenario | str | os.PathLike[str],
    week: int = WEEK,
    goals: Iterable[str] | str = GOALS,
    probability: float = PROBABILITY,
    levers: Iterable[str] | str | None = None,
    replicates: int = REPLICATES,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Rescue | None:
    """Find the fewest changes in a week that reach goals often enough, and their deadline.

    Parameters
    ----------
    scenario : Scenario, name or path
    week : int
        In which the changes are made, for good: what the plan sets later for the same levers is
        overruled.
    goals : str or iterable of str
        Such as "adoption >= 50%", "churn <= 9%", "payback", "net_value > 0"; an outcome or a
        measure with a bound. All have to be met in the same future.
    probability : float
        Share of the futures in which they have to be met, above 0 and below 1.
    levers : str or iterable of str, optional
        What may change: names, groups ("leadership"), "allocation" for the five shares of effort.
        By default everything that people decide. A lever goes to where it stands in the scenario
        in which everything is in place.
    replicates : int
        Futures, at least 10. As many are searched, and as many others judge.
    seed, threads
        As in `simulate`.
    progress : callable, optional
        Called with what is done and the whole.
    cancelled : callable, optional
        Asked between runs; when true, None is returned.

    Returns
    -------
    Rescue
        Also when nothing is needed, or nothing is enough any more: see its `verdict`. That no
        smaller set of changes would do is not proven: those most likely were tried.

    Raises
    ------
    CxsimError
        A week beyond the horizon, a goal or a lever that is unknown, a number out of range.
    """
    if isinstance(scenario, str | os.PathLike):
        scenario = load(scenario)
    if not isinstance(scenario, Scenario):
        raise CxsimError(f"rescue: {shown(scenario)} where a Scenario is wanted")
    week = _number("week", week, "integer", (0, scenario.weeks - 1), "weeks")
    probability = _number("probability", probability, "number", (0.01, 0.99), "share")
    count = _number("replicates", replicates, "integer", (FEWEST, MOST_REPLICATES // 8), "futures")
    seed = _number("seed", seed, "integer", (0, LARGEST_SEED), "seed")
    wanted, names = _goals(goals), parse_levers(levers)
    bar = Progress(progress)
    futures = Futures(scenario, wanted, seed, threads, bar, cancelled)
    try:
        found = _Rescuing(futures, week, probability, names, count, seed).answer()
    except CancelledError:
        return None
    bar.finish()
    return found


class _Rescuing:
    """The way from a question to its answer."""

    def __init__(
        self, futures: Futures, week: int, probability: float, names: tuple[str, ...] | None,
        replicates: int, seed: int,
    ) -> None:  # fmt: skip
        self._futures, self._week, self._probability = futures, week, probability
        self._names, self._count, self._seed = names, replicates, seed
        self._changes = possible(futures.scenario, week, names)
        self._search = Search(futures, self._changes, probability, replicates)
        self._nothing = Plan(week, frozenset())
        self._everything = self._all_in(week)

    def answer(self) -> Rescue:
        """Return what would save the programme."""
        luck, bar = self._luck(1), self._futures.progress
        bar.stage(0.08, 4 * self._count)
        self._futures.prepare(luck.stop)
        untouched, _ = self._futures.read([self._nothing, self._everything], luck)
        if untouched.chance.share >= self._probability:
            return self._rescue(NOT_NEEDED, luck)
        if not self._changes:
            return self._rescue(BEYOND, luck)
        start = self._start()
        if start is None:
            return self._too_late(luck)
        bar.stage(0.6, self._search.runs() * self._left())
        plans = self._search.equals(self._search.smallest(start))
        bar.stage(0.75, 12 * self._count * self._left())
        return self._judged(plans)

    def _start(self) -> Plan | None:
        """Return a plan of many changes that reaches the goals; None if there is none."""
        if self._search.reaches(self._everything):
            return self._everything
        best = self._search.best(self._everything)
        return best if self._search.reaches(best) else None

    def _judged(self, plans: list[Plan]) -> Rescue:
        """Return the best plan that is good enough on fresh luck too, with what belongs to it."""
        plan = plans[0]
        for attempt in range(1, ATTEMPTS + 1):
            luck = self._luck(attempt)
            if self._good(plan, luck):
                return self._told(self._trimmed(plan, luck), plans, luck)
            plan = self._search.more(plan, 2 ** (attempt - 1))
        luck = self._luck(ATTEMPTS + 1)
        if self._good(self._everything, luck):
            return self._told(self._trimmed(self._everything, luck), [], luck)
        return self._too_late(luck)

    def _trimmed(self, plan: Plan, luck: range) -> Plan:
        """Return the plan without what is superfluous both on this luck and on the search's."""
        for one in reversed(self._needed(plan, luck)):
            less = plan.without(one.change)
            if less.changes and self._good(less, luck) and self._search.reaches(less):
                plan = less
        return plan

    def _told(self, plan: Plan, equals: list[Plan], luck: range) -> Rescue:
        needed = self._needed(plan, luck)
        others = [one for one in equals if one != plan and len(one.changes) == len(plan.changes)]
        alternatives = tuple(
            Alternative(self._search.sorted(one.changes), self._futures.one(one, luck))
            for one in others[:ALTERNATIVES]
            if self._good(one, luck)
        )
        gentle, needed = self._gentle(plan, needed, luck)
        weeks, bar = self._futures.scenario.weeks, self._futures.progress
        bar.stage(0.9, runs(weeks, (self._week, weeks - 1), self._count))
        last = self._deadline(plan.at, (self._week, weeks - 1), luck)
        after = (last.week or self._week, weeks - 1)
        bar.stage(1.0, runs(weeks, after, self._count))
        return replace(
            self._rescue(SAVED, luck),
            rescued=self._futures.one(plan, luck),
            needed=needed,
            alternatives=alternatives,
            gentle=gentle,
            deadline=last,
            last_resort=self._deadline(self._all_in, after, luck),
        )

    def _needed(self, plan: Plan, luck: range) -> tuple[Needed, ...]:
        """Return the changes with what is lost without each of them, the most valuable first."""
        members = self._search.sorted(plan.changes)
        whole, *others = self._futures.read([plan, *(plan.without(m) for m in members)], luck)
        pairs = zip(members, others, strict=True)
        needed = [Needed(member, other, *loss_of(whole, other)) for member, other in pairs]
        return tuple(sorted(needed, key=lambda one: -one.loss))

    def _gentle(
        self, plan: Plan, needed: tuple[Needed, ...], luck: range
    ) -> tuple[Reading | None, tuple[Needed, ...]]:
        """Return what the plan comes to when each change goes only as far as it has to."""
        if len(needed) > GENTLE:
            return None, needed
        enough = self._search.gentler(plan)
        partly = [change for _, change in enough.values()]
        reading = self._futures.one(plan.without(*enough).with_(*partly), luck)
        if not enough or reading.chance.share < self._probability:
            return None, needed
        return reading, tuple(replace(one, enough=enough.get(one.change)) for one in needed)

    def _too_late(self, luck: range) -> Rescue:
        """Return that nothing is enough, and until when it would have been."""
        between = (0, self._week)
        self._futures.progress.stage(1.0, runs(self._futures.scenario.weeks, between, self._count))
        return replace(
            self._rescue(BEYOND, luck), deadline=self._deadline(self._all_in, between, luck)
        )

    def _rescue(self, verdict: str, luck: range) -> Rescue:
        """Return an answer with what every answer has."""
        untouched, everything = self._futures.read([self._nothing, self._everything], luck)
        return Rescue(
            scenario=self._futures.scenario,
            week=self._week,
            goals=self._futures.goals,
            probability=self._probability,
            seed=self._seed,
            verdict=verdict,
            untouched=untouched,
            everything=everything,
            possible=len(self._changes),
            cure=None if verdict == NOT_NEEDED else self._cure(luck),
        )

    def _cure(self, luck: range) -> Cure | None:
        """Return what the cure of the scenario's file comes to."""
        scenario, event = self._futures.scenario, self._futures.scenario.cure
        if event is None or event.shock:
            return None
        here = changes_of(scenario, self._week, event.set)
        plans = [Plan(self._week, frozenset(here))]
        if event.week < scenario.weeks:
            plans.append(Plan(event.week, frozenset(changes_of(scenario, event.week, event.set))))
        first, *own = self._futures.read(plans, luck)
        return Cure(event, here, first, own[0] if own else None)

    def _deadline(
        self, plan_in: Callable[[int], Plan], between: tuple[int, int], luck: range
    ) -> Deadline:
        return deadline(self._futures, plan_in, between, self._probability, luck)

    def _all_in(self, week: int) -> Plan:
        return Plan(week, frozenset(possible(self._futures.scenario, week, self._names)))

    def _good(self, plan: Plan, luck: range) -> bool:
        return self._futures.one(plan, luck).chance.share >= self._probability

    def _luck(self, attempt: int) -> range:
        """Return the numbers of futures that the search has not seen, others for each attempt."""
        return range(self._count * attempt, self._count * (attempt + 1))

    def _left(self) -> float:
        """Return the share of the horizon that a plan has to live by itself."""
        return 1.0 - self._week / self._futures.scenario.weeks


def _goals(given: Iterable[str] | str) -> tuple[Goal, ...]:
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, Iterable):
        raise CxsimError(f"goals: {shown(given)} where texts such as 'adoption >= 50%' are wanted")
    goals = tuple(map(parse_goal, texts))
    if not goals:
        raise CxsimError("goals: none is given; leave them out, or name one as 'adoption >= 50%'")
    return goals


def _number(name: str, value: object, type_: str, ends: tuple[float, float], unit: str) -> Any:
    try:
        return clean_value(value, type_, *ends, unit)
    except CxsimError as error:
        text = str(error).replace(f" (unit {unit})", "")  # the name says it
        raise CxsimError(f"{name}: {text}") from None
