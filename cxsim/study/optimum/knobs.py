"""The levers that a search may move: how far, in which steps, and what a move counts as effort.

The model charges money for staff alone, week by week: `resources` and `duration`. Every other
lever is free there, though not in life: it takes the time and the will of leaders. Its movement is
therefore counted as effort, a lever's way from its poor to its good end as 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxsim import headline, parameters
from cxsim.errors import CxsimError
from cxsim.parameters import SHARES, Parameter
from cxsim.scenario import Scenario
from cxsim.values import shown, suggestion

PAID = ("resources", "duration")  # levers that the programme's cost is made of
MOST_STEPS = 32  # between both ends: finer than anybody decides, coarse enough to meet again
WITHOUT_STAFF = 6.0  # FTE per 100 employees to search up to, for a company that has none today
_DIGITS = 6


@dataclass(frozen=True)
class Knob:
    """A lever that may be moved.

    Attributes
    ----------
    name, title, unit : str
        As in the registry.
    today : float
        In the scenario, at week 0.
    values : tuple of float
        What it can be set to, from low to high.
    span : float
        Way that counts as an effort of 1.
    good : float or None
        The value at the headline slider's good end; None where no end is good in itself.
    """

    name: str
    title: str
    unit: str
    today: float
    values: tuple[float, ...]
    span: float
    good: float | None

    @property
    def paid(self) -> bool:
        """Whether a move changes the cost by itself, and so is no effort."""
        return self.name in PAID

    def distance(self, value: float) -> float:
        """Return how far from today a value is, in spans."""
        return abs(value - self.today) / self.span


@dataclass(frozen=True)
class Board:
    """A scenario and the levers that may be moved in it.

    Attributes
    ----------
    scenario : Scenario
        As it is today.
    knobs : tuple of Knob
    fixed : tuple of str
        Levers of a group that stay because events set them.
    """

    scenario: Scenario
    knobs: tuple[Knob, ...]
    fixed: tuple[str, ...] = ()

    def moved(self, settings: Mapping[str, float]) -> dict[str, float]:
        """Return those settings that differ from today, in the order of the knobs."""
        known = {knob.name: knob.today for knob in self.knobs}
        return {n: settings[n] for n in known if n in settings and settings[n] != known[n]}

    def scenario_at(self, moves: Mapping[str, float]) -> Scenario:
        """Return the scenario with these levers moved."""
        return self.scenario.with_levers(dict(moves)) if moves else self.scenario

    def effort(self, moves: Mapping[str, float]) -> float:
        """Return the total movement of the free levers, in spans."""
        ways = (k.distance(moves[k.name]) for k in self.knobs if k.name in moves and not k.paid)
        return round(math.fsum(ways), _DIGITS)

    def knob(self, name: str) -> Knob:
        """Return a knob by its name."""
        return next(knob for knob in self.knobs if knob.name == name)


def board(
    scenario: Scenario, levers: Iterable[str] | str | None = None, budget: float | None = None
) -> Board:
    """Choose the levers that may be moved.

    Parameters
    ----------
    scenario : Scenario
    levers : iterable of str or str, optional
        Names, groups of the headline sliders (leadership, change, wins), or NAME=LOW:HIGH for
        another range; one text may hold several, with commas. By default all three groups and
        `resources`.
    budget : float, optional
        Staff is searched as far as it could go.

    Raises
    ------
    CxsimError
        An unknown name, a lever that cannot be searched, or one that an event sets.
    """
    words = _words(levers)
    by_events = {name: event.week for event in scenario.events for name in event.set}
    knobs: dict[str, Knob] = {}
    fixed = []
    for word in words or [*headline.GROUPS, "resources"]:
        name, _, bounds = (part.strip() for part in word.partition("="))
        group = headline.levers(name) if name in headline.GROUPS else None
        for lever in group or [_lever(name)]:
            if lever.name not in by_events:
                low, high = _range(lever, scenario, budget, bounds)
                knobs[lever.name] = _knob(lever, scenario.levers[lever.name], low, high)
            elif group is None and words:
                raise CxsimError(
                    f"levers: {name}: an event of {scenario.name} sets it in week "
                    f"{by_events[name]}, so its value from the start does not last; take the event "
                    "out of the scenario or leave the lever out of the search"
                )
            else:
                fixed.append(lever.name)
    if not knobs:
        raise CxsimError(
            f"levers: events of {scenario.name} set all of {', '.join(fixed)}; name others"
        )
    return Board(scenario, tuple(knobs.values()), tuple(fixed))


def _words(levers: Iterable[str] | str | None) -> list[str]:
    if levers is None:
        return []
    texts = [levers] if isinstance(levers, str) else list(levers)
    for text in texts:
        if not isinstance(text, str):
            raise CxsimError(f"levers: {shown(text)} where the name of a lever is wanted")
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    if not words:
        raise CxsimError("levers: none is named; leave it out to search the headline levers")
    return words


def _lever(name: str) -> Parameter:
    """Return a lever that can be searched."""
    registry = parameters.registry()
    if name not in registry.levers:
        if name in registry.names():
            kind = registry.find(name).kind
            said = f"stands in [{kind}]: nobody decides it, so it is no lever"
            raise CxsimError(f"levers: {name}: {said}")
        near = suggestion(name, [*registry.levers, *headline.GROUPS])
        raise CxsimError(f"levers: {name}: no such lever{near}")
    lever = registry.levers[name]
    if name in SHARES:
        raise CxsimError(
            f"levers: {name}: the five shares of effort sum to one, so none of them can be moved "
            "alone; set the allocation in the scenario"
        )
    if lever.type not in ("number", "integer"):
        raise CxsimError(f"levers: {name}: holds {lever.unit}, not a number to be searched")
    return lever


def _range(
    lever: Parameter, scenario: Scenario, budget: float | None, bounds: str
) -> tuple[float, float]:
    """Return the lowest and highest value to search: between the headline ends, if it has any."""
    if bounds:
        return _given_range(lever, bounds)
    today = scenario.levers[lever.name]
    if lever.headline is not None:
        return min(*lever.headline, today), max(*lever.headline, today)
    if lever.name == "duration":
        return lever.low, float(scenario.weeks)
    if lever.name == "resources":
        return lever.low, _most_staff(scenario, budget)
    return lever.low, lever.high


def _most_staff(scenario: Scenario, budget: float | None) -> float:
    """Return the staff to search up to: twice what the budget pays, or twice today's."""
    lever, today = parameters.registry().levers["resources"], scenario.levers["resources"]
    payable = today if budget is None else staff_for(scenario, budget)
    return float(min(lever.high, max(2.0 * payable, today) or WITHOUT_STAFF))


def staff_for(scenario: Scenario, budget: float) -> float:
    """Return the staff, in FTE per 100 employees, that costs so much if no board changes it."""
    firm = scenario.organisation
    weeks = min(scenario.weeks, scenario.levers["duration"])
    return float(budget / (firm["fte_cost"] * firm["employees"] / 100.0 * weeks))


def _given_range(lever: Parameter, bounds: str) -> tuple[float, float]:
    low, colon, high = bounds.partition(":")
    try:
        ends = float(low), float(high)
        clean = lever.clean(int(ends[0]) if ends[0] == int(ends[0]) else ends[0])
        other = lever.clean(int(ends[1]) if ends[1] == int(ends[1]) else ends[1])
    except (ValueError, OverflowError) as error:
        said = f": {error}" if isinstance(error, CxsimError) else ""
        raise CxsimError(
            f"levers: {lever.name}={bounds}: LOW:HIGH within {lever.low:g}:{lever.high:g} "
            f"is wanted{said}"
        ) from None
    if not colon or clean >= other:
        raise CxsimError(f"levers: {lever.name}={bounds}: the low end has to be below the high end")
    return float(clean), float(other)


def _knob(lever: Parameter, today: Any, low: float, high: float) -> Knob:
    ends = lever.headline or (lever.low, lever.high)
    span = max(abs(ends[1] - ends[0]), 0.0)
    if lever.name in PAID:
        span = high - low
    good = None if lever.headline is None else min(high, max(low, lever.headline[1]))
    known = {float(v) for v in (today, good) if v is not None and low <= v <= high}
    values = steps(low, high, known, whole=lever.type == "integer")
    return Knob(lever.name, lever.title, lever.unit, today, values, span, good)


def steps(
    low: float, high: float, known: Iterable[float] = (), whole: bool = False
) -> tuple[float, ...]:
    """Return both ends, what is `known`, and round numbers: of 1, 2 or 5 times a power of ten."""
    step = 10.0 ** math.floor(math.log10((high - low) / MOST_STEPS))
    step = next(step * m for m in (1, 2, 5, 10) if (high - low) / (step * m) <= MOST_STEPS)
    if whole:
        step = max(1, round(step))
    first, last = math.floor(low / step) + 1, math.ceil(high / step) - 1
    between = [round(k * step, _DIGITS) for k in range(first, last + 1)]
    values = sorted({low, *known, *between, high})
    return tuple(int(v) for v in values) if whole else tuple(values)


def starts(table: Board, budget: float | None) -> list[dict[str, float]]:
    """Return the moves to begin with: today, then good ends by group, with more or less staff.

    The most telling come first: a short search has no time for all of them.

    Parameters
    ----------
    table : Board
    budget : float, optional
        Where staff may be moved, what the budget pays is tried, and the half of it.
    """
    registry = parameters.registry().levers
    good = {k.name: k.good for k in table.knobs if k.good is not None}
    groups = [g for g in headline.GROUPS if any(registry[name].group == g for name in good)]
    unions = [tuple(groups), *[(g,) for g in groups]]
    unions += [pair for pair in _pairs(groups) if len(groups) > 2]
    bundles = [{n: v for n, v in good.items() if registry[n].group in u} for u in unions if u]
    found: list[dict[str, float]] = [{}]
    for bundle in [*bundles, {}]:
        for staff in _staffs(table, budget):
            moves = table.moved({**bundle, **staff})
            if moves not in found:
                found.append(moves)
    return found


def _pairs(groups: Sequence[str]) -> list[tuple[str, ...]]:
    return [(a, b) for n, a in enumerate(groups) for b in groups[n + 1 :]]


def _staffs(table: Board, budget: float | None) -> list[dict[str, float]]:
    """Return what a budget pays when a convinced board grants more, today's staff, and half."""
    if not any(knob.name == "resources" for knob in table.knobs):
        return [{}]
    knob = table.knob("resources")
    paid = knob.today if budget is None else staff_for(table.scenario, budget)
    granted = [paid / 1.4, paid / 2.8]  # a board that is convinced grants up to half as much again
    near = [min(knob.values, key=lambda v, w=wanted: abs(v - w)) for wanted in granted]
    return [{"resources": near[0]}, {}, {"resources": near[1]}]
