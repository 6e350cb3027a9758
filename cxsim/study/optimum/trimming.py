"""The shortest plan: moves that make no difference are taken back, the rest are given a price."""

from __future__ import annotations

from collections.abc import Sequence

from cxsim.explain.chance import NORMAL_95
from cxsim.scenario import Scenario
from cxsim.study.optimum.chance import makes_no_difference
from cxsim.study.optimum.evaluation import Judge, Luck, Reading
from cxsim.study.optimum.knobs import Board
from cxsim.study.optimum.search import Bounds, Candidate

NOTICED = 0.01  # a cost that rises by less is the same


def choose(
    candidates: Sequence[Candidate], table: Board, judge: Judge, luck: Luck, bounds: Bounds
) -> list[Candidate]:
    """Return the candidates that keep to the bounds on fresh luck, the most promising first.

    First come those as good as the one with the highest chance, the shortest first (without a
    budget the cheapest first); then the others by their chance.
    """
    readings = judge.read([table.scenario_at(c.moves) for c in candidates], luck)
    fresh = [Candidate(c.moves, c.effort, r) for c, r in zip(candidates, readings, strict=True)]
    within = [c for c in fresh if bounds.allow(highest_cost(c.reading), c.effort)]
    if not within:
        return []
    top = max(within, key=lambda c: (c.reading.chance, -c.effort, -c.reading.cost))

    def order(candidate: Candidate) -> tuple[float, ...]:
        cost, effort = candidate.reading.cost, candidate.effort
        price = (cost, effort) if bounds.budget is None else (effort, cost)
        if makes_no_difference(top.reading.hits, candidate.reading.hits):
            return (0.0, 0.0, *price)
        return (1.0, -candidate.reading.chance, *price)

    return sorted(within, key=order)


def highest_cost(reading: Reading) -> float:
    """Return the upper end of the 95 % interval of a mean cost: other luck may cost more."""
    return reading.cost + NORMAL_95 * reading.cost_error


def shortened(
    plan: Candidate, table: Board, judge: Judge, luck: Luck, bounds: Bounds
) -> list[Candidate]:
    """Take back the moves of a plan, the least valuable first.

    Each is taken back by itself first, which gives the order: those whose loss is smallest go
    first, the longer way first among equals. Then one after the other goes for good, as long as
    the plan is no worse than the whole one was (not than the last one, or many small losses would
    add up), keeps to the bounds and costs no more. What is left then goes likewise, down to
    nothing: shorter plans, for less.

    Returns
    -------
    list of Candidate
        What is left when the moves that make no difference are gone, then the plans shorter than
        that, each by a move; the last one keeps staff alone.
    """
    names = list(plan.moves)
    alone = judge.read([_without(table, plan.moves, [name]) for name in names], luck)
    loss = {n: plan.reading.chance - r.chance for n, r in zip(names, alone, strict=True)}
    names.sort(key=lambda name: (loss[name], -table.knob(name).distance(plan.moves[name])))
    left, cost = dict(plan.moves), plan.reading.cost
    for name in names:
        shorter = _tried(_less(left, [name]), table, judge, luck)
        allowed = bounds.allow(highest_cost(shorter.reading), shorter.effort)
        dearer = shorter.reading.cost > cost * (1.0 + NOTICED)
        same = makes_no_difference(plan.reading.hits, shorter.reading.hits)
        if allowed and same and not dearer:
            left, cost = shorter.moves, min(cost, shorter.reading.cost)
    ladder = [name for name in names if name in left and not table.knob(name).paid]
    steps = [_less(left, ladder[:count]) for count in range(len(ladder) + 1)]
    readings = judge.read([table.scenario_at(moves) for moves in steps], luck)
    pairs = zip(steps, readings, strict=True)
    return [Candidate(moves, table.effort(moves), reading) for moves, reading in pairs]


def _tried(moves: dict[str, float], table: Board, judge: Judge, luck: Luck) -> Candidate:
    return Candidate(moves, table.effort(moves), judge.one(table.scenario_at(moves), luck))


def _less(moves: dict[str, float], names: Sequence[str]) -> dict[str, float]:
    return {name: value for name, value in moves.items() if name not in names}


def without_each(
    moves: dict[str, float], table: Board, judge: Judge, luck: Luck
) -> dict[str, Reading]:
    """Return what becomes of a plan without each of its moves."""
    readings = judge.read([_without(table, moves, [name]) for name in moves], luck)
    return dict(zip(moves, readings, strict=True))


def _without(table: Board, moves: dict[str, float], names: Sequence[str]) -> Scenario:
    return table.scenario_at(_less(moves, names))
