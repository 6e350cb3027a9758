"""A plan: which levers move and how far, its chance, what it costs and what it asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cxsim.explain.chance import NORMAL_95, wilson
from cxsim.scenario import Scenario
from cxsim.series import money
from cxsim.study.optimum.chance import lost
from cxsim.study.optimum.evaluation import Reading
from cxsim.study.optimum.knobs import Board


@dataclass(frozen=True)
class Move:
    """One lever of a plan.

    Attributes
    ----------
    name, title, unit : str
        As in the registry.
    before, after : float
        Today and in the plan.
    way : float
        How far it moves, in spans (from poor to good end).
    paid : bool
        It changes the cost by itself, and its way is no effort.
    worth : (float, float, float) or None
        Chance lost without it, all other moves made, with the ends of the 95 % interval; None
        where that was not looked at.
    saves : float or None
        What the plan would cost more without it, in USD.
    """

    name: str
    title: str
    unit: str
    before: float
    after: float
    way: float
    paid: bool
    worth: tuple[float, float, float] | None = None
    saves: float | None = None

    @property
    def step(self) -> str:
        """From where to where."""
        return f"{self.before:g} -> {self.after:g}"


@dataclass(frozen=True)
class Plan:
    """A programme with some levers moved, as it did on luck that nobody had chosen it by.

    Attributes
    ----------
    scenario : Scenario
        With the levers moved.
    moves : tuple of Move
        None for the programme as it is today.
    reading : Reading
        Futures that meet the goal, and cost.
    effort : float
        Total way of the free levers, in spans.
    within : bool
        It keeps to the budget and to the bound on effort.
    searched : float or None
        The chance that the search saw; None for a plan that was not found by it.
    """

    scenario: Scenario
    moves: tuple[Move, ...]
    reading: Reading
    effort: float
    within: bool
    searched: float | None = None

    @property
    def levers(self) -> dict[str, float]:
        """Values of the levers that move."""
        return {move.name: move.after for move in self.moves}

    @property
    def futures(self) -> int:
        """How many futures the numbers rest on."""
        return len(self.reading.hits)

    @property
    def chance(self) -> float:
        """Share of the futures that meet the goal."""
        return self.reading.chance

    @property
    def interval(self) -> tuple[float, float]:
        """The chance's 95 % interval."""
        return wilson(int(self.reading.hits.sum()), self.futures)

    @property
    def cost(self) -> float:
        """Mean over the futures of what the programme costs over the horizon, in USD."""
        return self.reading.cost

    @property
    def cost_interval(self) -> tuple[float, float]:
        """The mean cost's 95 % interval."""
        reach = NORMAL_95 * self.reading.cost_error
        return self.cost - reach, self.cost + reach

    @property
    def chance_words(self) -> str:
        """The chance and its interval in percent."""
        low, high = self.interval
        return f"{percent(self.chance)} ({100 * low:.0f} to {100 * high:.0f})"

    @property
    def cost_words(self) -> str:
        """The cost in words."""
        return dollars(self.cost)

    @property
    def moves_words(self) -> str:
        """The moves in one line."""
        return ", ".join(f"{move.name} {move.after:g}" for move in self.moves) or "none"


def dollars(value: float, sign: bool = False) -> str:
    """Return USD to three digits, since plans differ by little: "$1.42 million"."""
    return money(value, sign, ",.4g")


def percent(share: float) -> str:
    """Return a share in whole percent, and tenths where whole ones would say none or all."""
    whole = f"{100 * share:.0f}"
    if whole in ("0", "100") and share not in (0.0, 1.0):
        whole = f"{100 * share:.1f}"
    return f"{whole} %"


def plan_of(
    table: Board,
    moves: dict[str, float],
    reading: Reading,
    within: bool,
    searched: float | None = None,
) -> Plan:
    """Return a plan from its moves."""
    knobs = [table.knob(name) for name in moves]
    made = tuple(
        Move(k.name, k.title, k.unit, k.today, moves[k.name], k.distance(moves[k.name]), k.paid)
        for k in knobs
    )
    scenario = table.scenario_at(moves)
    return Plan(scenario, made, reading, table.effort(moves), within, searched)


def with_worth(plan: Plan, without: dict[str, Reading]) -> Plan:
    """Return a plan whose moves say what they are worth, the most valuable first."""
    moves = []
    for move in plan.moves:
        other = without[move.name]
        worth = lost(plan.reading.hits, other.hits)
        moves.append(replace(move, worth=worth, saves=other.cost - plan.cost))
    moves.sort(key=lambda move: -move.worth[0] if move.worth else 0.0)
    return replace(plan, moves=tuple(moves))


def unbeaten(plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans that no other one beats or equals in chance, cost and effort at once."""

    def beats(a: Plan, b: Plan) -> bool:
        better = a.chance >= b.chance and a.cost <= b.cost and a.effort <= b.effort
        same = (a.chance, a.cost, a.effort) == (b.chance, b.cost, b.effort)
        return better and not same

    kept = [plan for plan in plans if not any(beats(other, plan) for other in plans)]
    return sorted(kept, key=lambda plan: (plan.cost, plan.effort))
