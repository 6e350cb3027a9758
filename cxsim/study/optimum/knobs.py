"""The levers that a search may move: how far, in which steps, and what a move counts as effort.

The model charges money for staff alone, week by week: `resources` and `duration`. Every other
lever is free there, though not in life: it takes the time and the will of leaders. Its movement is
therefore counted as effort, a lever's way from its poor to its good end as 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cxsim import headline, parameters
from cxsim.errors import CxsimError
from cxsim.parameters import SHARES, Parameter
from cxsim.scenario import Scenario
from cxsim.values import shown, suggestion

PAID = ("resources", "duration")  # levers that the programme's cost is made of
MOST_STEPS = 32  # between both ends: finer than anybody decides, coarse enough to meet again
WITHOUT_STAFF = 6.0  # FTE per 100 employees to search up to, for a company that has none today
SYNTAX = "a lever may have a range or values of its own: charter=0.5:0.9, reporting_levels=0|1"
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
        Names, groups of the headline sliders (leadership, change, wins), or a name with
        a range of its own, charter=0.5:0.9, or values, reporting_levels=0|1; one text may hold
        several, with commas. By default all three groups and `resources`.
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
        name, given, values = (part.strip() for part in word.partition("="))
        group = headline.levers(name) if name in headline.GROUPS and not given else None
        for lever in group or [_lever(name)]:
            if lever.name not in by_events:
                knobs[lever.name] = _knob(lever, scenario, budget, values)
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
    if isinstance(levers, Mapping) or not isinstance(levers, Iterable):
        raise CxsimError(f"levers: {shown(levers)} where a list of names is wanted; {SYNTAX}")
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


def _knob(lever: Parameter, scenario: Scenario, budget: float | None, given: str) -> Knob:
    """Return the lever as something to be moved, over its own range or what was given."""
    today = scenario.levers[lever.name]
    whole = lever.type == "integer"
    if "|" in given or (given and ":" not in given):
        values = tuple(sorted({_given(lever, given, text) for text in given.split("|")}))
    else:
        low, high = _given_range(lever, given) if given else _range(lever, scenario, budget)
        ends = () if lever.headline is None else lever.headline
        values = steps(low, high, {v for v in (today, *ends) if low <= v <= high}, whole)
    ends = lever.headline or (lever.low, lever.high)
    if lever.name in PAID:
        ends = (lever.low, values[-1])
    good = None
    if lever.headline is not None:
        good = min(values, key=lambda value: abs(value - ends[1]))
    return Knob(
        lever.name, lever.title, lever.unit, today, values, abs(ends[1] - ends[0]) or 1.0, good
    )


def _range(lever: Parameter, scenario: Scenario, budget: float | None) -> tuple[float, float]:
    """Return the lowest and highest value to search: between the headline ends, if it has any."""
    today = scenario.levers[lever.name]
    if lever.headline is not None:
        return min(*lever.headline, today), max(*lever.headline, today)
    if lever.name == "duration":
        return lever.low, float(max(2, scenario.weeks))
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
    one = firm["fte_cost"] * firm["employees"] / 100.0 * weeks
    return float(budget / one) if one > 0.0 else math.inf


def _given_range(lever: Parameter, given: str) -> tuple[float, float]:
    low, high = (_given(lever, given, text) for text in given.split(":", 1))
    if low >= high:
        raise CxsimError(f"levers: {lever.name}={given}: the low end has to be below the high end")
    return low, high


def _given(lever: Parameter, given: str, text: str) -> float:
    """Return one of the values that were given for a lever."""
    try:
        number = float(text)
        return float(lever.clean(int(number) if number == int(number) else number))
    except (ValueError, OverflowError) as error:
        said = f" ({error})" if isinstance(error, CxsimError) else ""
        raise CxsimError(
            f"levers: {lever.name}={given}: values in {lever.low:g}..{lever.high:g} are "
            f"wanted{said}; {SYNTAX}"
        ) from None


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
