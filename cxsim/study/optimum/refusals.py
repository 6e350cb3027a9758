"""When there is no plan to propose: one clear error that says how far one would get."""

from __future__ import annotations

from collections.abc import Sequence

from cxsim.errors import CxsimError
from cxsim.explain.goals import Goal, in_words
from cxsim.scenario import Scenario
from cxsim.study.optimum.evaluation import Judge, Luck
from cxsim.study.optimum.plans import dollars
from cxsim.study.optimum.search import Bounds, Candidate


def refuse_if_met(judge: Judge, scenario: Scenario, bounds: Bounds, lucks: Sequence[Luck]) -> None:
    """Refuse a goal that today's programme meets in every future, at a price that is fine.

    Raises
    ------
    CxsimError
        It does; what its futures come to.
    """
    today = [judge.one(scenario, luck) for luck in lucks]
    if all(r.hits.all() for r in today) and bounds.allow(today[-1].cost, 0.0):
        futures = sum(len(reading.hits) for reading in today)
        raise CxsimError(
            f"goal: {judge.goal.text}: the programme meets it as it is in all of {futures} futures "
            f"(median: {in_words(judge.goal, today[-1].typical)}); ask for more, or for less money"
        )


def refuse_if_hopeless(tried: list[Candidate], goal: Goal, bounds: Bounds, luck: Luck) -> None:
    """Refuse to go on where no plan meets the goal, or none that the budget allows.

    Raises
    ------
    CxsimError
        What the best of them came to, or the cheapest one that does meet it.
    """
    if not any(c.reading.hits.any() for c in tried):
        nearest = max(tried, key=lambda c: c.reading.near)
        moves = ", ".join(f"{name}={value:g}" for name, value in nearest.moves.items())
        raise CxsimError(
            f"goal: {goal.text}: none of {len(tried)} plans met it in any of {luck.replicates} "
            f"futures; the nearest came to a median of {in_words(goal, nearest.reading.typical)}"
            f" ({moves or 'as it is today'}); ask for less, or let other levers move"
        )
    if not any(bounds.allow(c.reading.cost, 0.0) and c.reading.hits.any() for c in tried):
        raise out_of_reach(tried, goal, bounds)


def out_of_reach(tried: list[Candidate], goal: Goal, bounds: Bounds) -> CxsimError:
    """Return what to say when no plan within the bounds ever meets the goal."""
    limits = []
    if bounds.budget is not None:
        limits.append(f"costs at most {dollars(bounds.budget)}")
    if bounds.effort is not None:
        limits.append(f"asks an effort of at most {bounds.effort:g}")
    within = [c for c in tried if bounds.allow(c.reading.cost, c.effort)]
    if within:
        limits.append("meets the goal in any future")
    name = "budget" if bounds.budget is not None else "effort" if limits else "goal"
    said = f"{name}: none of {len(tried)} plans {' and '.join(limits)}"
    half = [c for c in tried if c.reading.chance >= 0.5]
    half = half or [max(tried, key=lambda c: c.reading.chance)]
    cheapest = min(half, key=lambda c: c.reading.cost)
    reached = "one half" if cheapest.reading.chance >= 0.5 else f"{cheapest.reading.chance:.2g}"
    advice = "" if within else "; a smaller staff costs less: let the lever resources go lower"
    return CxsimError(
        f"{said}; the cheapest plan that reaches a chance of {reached} of {goal.text} costs "
        f"{dollars(cheapest.reading.cost)} and asks an effort of {cheapest.effort:.1f}{advice}"
    )
