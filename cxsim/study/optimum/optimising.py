"""From a goal and a budget to the plan with the best chance: search, check, shorten, look again.

Three samples of luck keep the answer honest: one that the search may exploit, one by which a plan
is chosen and shortened, and one
that nothing was chosen by, on which every reported number rests.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from cxsim.errors import CxsimError
from cxsim.explain.goals import parse_goal
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.study.optimum.amounts import amount
from cxsim.study.optimum.evaluation import CancelledError, Judge, Luck
from cxsim.study.optimum.frontier import Frontier
from cxsim.study.optimum.knobs import Board, board
from cxsim.study.optimum.plans import Plan, plan_of, unbeaten, with_worth
from cxsim.study.optimum.refusals import out_of_reach, refuse_if_hopeless, refuse_if_met
from cxsim.study.optimum.search import Bounds, Candidate, front, search, thinned
from cxsim.study.optimum.trimming import choose, shortened, without_each
from cxsim.values import LARGEST_SEED, MOST_REPLICATES, clean_value, shown

TRIALS, REPLICATES, FRESH = 300, 20, 200
MOST_TRIALS = 100_000
CHOSEN_FROM = 12  # plans among which one is chosen
BY_COST, BY_EFFORT = 12, 8  # plans of either front that are looked at again
Lucks = tuple[Luck, Luck, Luck]
_APART = 1_000_003  # between seeds, so that neighbouring searches do not share their luck


def optimise(  # noqa: PLR0913 - everything after the budget has a default
    scenario: Scenario | str | os.PathLike[str],
    goal: str,
    budget: float | str | None = None,
    levers: Iterable[str] | str | None = None,
    trials: int = TRIALS,
    replicates: int = REPLICATES,
    seed: int = 1,
    trace: str | os.PathLike[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    effort: float | None = None,
    fresh: int = FRESH,
    threads: int | None = None,
) -> Frontier | None:
    """Search for the plan with the best chance of a goal within a budget.

    Parameters
    ----------
    scenario : Scenario, name or path
        The programme as it is today.
    goal : str
        An outcome (`cxsim.series.OUTCOMES`) or a measure (`cxsim.measures`) with a bound:
        "adoption >= 0.5", "payback_week <= 130", "mean(open_issues, -13) < 40". A future without
        an answer (never) does not meet it.
    budget : float or str, optional
        What the programme may cost over the horizon, mean over the futures: 1.5e6 or "1.5M".
    levers : iterable of str or str, optional
        What may move; see `cxsim.study.optimum.knobs.board`. The headline levers and staff by
        default.
    trials : int
        Plans to try.
    replicates : int
        Futures of each trial.
    seed : int
        Of the search and of the luck; the same seed gives the same answer.
    trace : path, optional
        A file that keeps every answer; a search that finds it goes on there.
    progress : callable, optional
        Called with the runs done and the most there will be.
    cancelled : callable, optional
        Asked between runs; when true, None is returned.
    effort : float, optional
        Most total movement of the levers that cost no money, in spans (poor to good end = 1).
    fresh : int
        Futures on which the reported numbers rest; half as many choose and shorten the plan.
    threads : int, optional
        All cores by default. The numbers do not depend on it.

    Returns
    -------
    Frontier

    Raises
    ------
    CxsimError
        An input that cannot be used; a goal that is met already, or never; bounds that no plan
        keeps to.
    """
    if isinstance(scenario, str | os.PathLike):
        scenario = load(scenario)
    if not isinstance(scenario, Scenario):
        raise CxsimError(f"optimise: {shown(scenario)} where a Scenario is wanted")
    wanted = parse_goal(goal)
    bounds = Bounds(
        None if budget is None else amount(budget),
        None if effort is None else _number("effort", effort, 0.0, 1000.0),
    )
    trials = _whole("trials", trials, 1, MOST_TRIALS)
    seed = _whole("seed", seed, 0, LARGEST_SEED)
    futures = _whole("replicates", replicates, 2, MOST_REPLICATES)
    fresh = _whole("fresh", fresh, 2, MOST_REPLICATES)
    table = board(scenario, levers, bounds.budget)
    lucks = (
        Luck(seed, futures),
        Luck(_other(seed, 1), max(futures, fresh // 2)),
        Luck(_other(seed, 2), fresh),
    )
    path = None if trace is None else Path(trace)
    judge = Judge(wanted, scenario, path, threads, progress, cancelled)
    try:
        with judge:
            return _Search(table, judge, bounds, lucks, trials).frontier()
    except CancelledError:
        return None


def _other(seed: int, number: int) -> int:
    return (seed + number * _APART) % (LARGEST_SEED + 1)


def _whole(name: str, value: object, low: int, high: int) -> int:
    return int(_clean(name, value, "integer", low, high))


def _number(name: str, value: object, low: float, high: float) -> float:
    return float(_clean(name, value, "number", low, high))


def _clean(name: str, value: object, type_: str, low: float, high: float) -> float:
    try:
        return float(clean_value(value, type_, low, high, name))
    except CxsimError as error:
        raise CxsimError(f"{name}: {error}") from None


class _Search:
    """One search on its way to a frontier."""

    def __init__(
        self, table: Board, judge: Judge, bounds: Bounds, lucks: Lucks, trials: int
    ) -> None:
        self.table, self.judge, self.bounds, self.trials = table, judge, bounds, trials
        self.lucks = lucks
        self.first, self.second, self.last = lucks

    def frontier(self) -> Frontier:
        searched, chosen_by, reported = self._shares()
        self.judge.total = searched + chosen_by + reported
        refuse_if_met(self.judge, self.table.scenario, self.bounds, self.lucks[:2])
        tried = search(
            self.table, self.judge, self.first, self.bounds, self.trials, self.first.seed
        )
        self.judge.reach(searched)
        refuse_if_hopeless(tried, self.judge.goal, self.bounds, self.first)
        ordered = choose(self._promising(tried), self.table, self.judge, self.second, self.bounds)
        best, shorter = self._best(ordered, tried)
        self.judge.reach(searched + chosen_by)
        frontier = self._reported(best, shorter, tried)
        self.judge.reach(self.judge.total)
        return frontier

    def _shares(self) -> tuple[int, int, int]:
        """Return the most runs of the three parts of the work."""
        knobs = len(self.table.knobs)
        twice = 1 if self.bounds.effort is None else 2
        return (
            self.trials * self.first.replicates,
            twice * (CHOSEN_FROM + 3 * knobs) * self.second.replicates,
            (BY_COST + BY_EFFORT + 3 + 2 * knobs) * self.last.replicates,
        )

    def _promising(self, tried: list[Candidate]) -> list[Candidate]:
        """Return the plans within the bounds with the highest chances, short ones among them."""
        within = [c for c in tried if self.bounds.allow(c.reading.cost, c.effort)]
        best = sorted(within, key=self._rank)
        short = front(within, "effort")[-4:]
        picked = {c.key: c for c in [*short, *best[: CHOSEN_FROM - len(short)]]}
        for candidate in self._cut_down(tried):
            picked.setdefault(candidate.key, candidate)
        return list(picked.values())

    def _rank(self, candidate: Candidate) -> tuple[float, ...]:
        cost, effort = candidate.reading.cost, candidate.effort
        price = (cost, effort) if self.bounds.budget is None else (effort, cost)
        return (-candidate.reading.chance, *price)

    def _cut_down(self, tried: list[Candidate]) -> list[Candidate]:
        """Return what is left of the best plan of any effort once it fits the bound on it.

        A search meets few plans of little effort by chance; one that is cut down keeps what is
        worth most.
        """
        if self.bounds.effort is None:
            return []
        free = replace(self.bounds, effort=None)
        affordable = [c for c in tried if free.allow(c.reading.cost, c.effort)]
        best = sorted(affordable, key=self._rank)[:CHOSEN_FROM]
        ordered = choose(best, self.table, self.judge, self.second, free)
        if not ordered:
            return []
        ladder = shortened(ordered[0], self.table, self.judge, self.second, free)
        return [c for c in ladder if c.effort <= self.bounds.effort]

    def _best(
        self, ordered: list[Candidate], tried: list[Candidate]
    ) -> tuple[Plan, list[Candidate]]:
        """Return the first plan that, shortened, keeps to the budget on luck of its own.

        With it come the plans that are shorter still.
        """
        for candidate in ordered:
            if not candidate.reading.hits.any():
                continue
            ladder = shortened(candidate, self.table, self.judge, self.second, self.bounds)
            first = ladder[0]
            reading = self.judge.one(self.table.scenario_at(first.moves), self.last)
            if self.bounds.allow(reading.cost, first.effort):
                return plan_of(self.table, first.moves, reading, True), ladder[1:]
        raise out_of_reach(tried, self.judge.goal, self.bounds)

    def _reported(self, best: Plan, shorter: list[Candidate], tried: list[Candidate]) -> Frontier:
        """Look at everything that is told once more, on luck that nothing was chosen by."""
        plans = self._looked_at_again(tried, shorter)
        table, judge, luck = self.table, self.judge, self.last
        best = with_worth(best, without_each(best.levers, table, judge, luck))
        others = [plan for plan in plans if plan.levers != best.levers and plan.chance > 0.0]
        today = judge.one(table.scenario, luck)
        nothing = table.scenario.without_programme()
        return Frontier(
            goal=judge.goal,
            scenario=table.scenario,
            budget=self.bounds.budget,
            most_effort=self.bounds.effort,
            plans=tuple(_with(best, unbeaten([best, *others]))),
            best=best,
            today=plan_of(table, {}, today, self.bounds.allow(today.cost, 0.0)),
            without=Plan(nothing, (), judge.one(nothing, luck), 0.0, True),
            too_good=_too_good(plans),
            tried=len(tried),
            searched=tuple(knob.name for knob in table.knobs),
            fixed=table.fixed,
            lucks=self.lucks,
            evaluations=judge.evaluations,
        )

    def _looked_at_again(self, tried: list[Candidate], shorter: list[Candidate]) -> list[Plan]:
        """Return the most promising plans of the search and the shorter ones, on fresh luck."""
        most = self.bounds.effort
        easy = [c for c in tried if most is None or c.effort <= most]
        within = [c for c in easy if self.bounds.allow(c.reading.cost, c.effort)]
        by_cost, by_effort = front(easy, "cost"), front(within, "effort")
        found = {c.key: c for c in [*thinned(by_cost, BY_COST), *thinned(by_effort, BY_EFFORT)]}
        members = [*found.values(), *(c for c in shorter if c.key not in found)]
        readings = self.judge.read([self.table.scenario_at(c.moves) for c in members], self.last)
        return [
            plan_of(
                self.table, c.moves, reading, self.bounds.allow(reading.cost, c.effort),
                c.reading.chance if c.key in found else None,
            )
            for c, reading in zip(members, readings, strict=True)
            if c.moves
        ]  # fmt: skip


def _with(best: Plan, plans: list[Plan]) -> list[Plan]:
    """Return the plans with the best one among them, whatever luck made of it."""
    if any(plan is best for plan in plans):
        return plans
    return sorted([best, *plans], key=lambda plan: (plan.cost, plan.effort))


def _too_good(plans: list[Plan]) -> float | None:
    """Return by how much the search's own chances were higher than those on fresh luck."""
    gaps = [plan.searched - plan.chance for plan in plans if plan.searched is not None]
    return sum(gaps) / len(gaps) if gaps else None
