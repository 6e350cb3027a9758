"""Scenario -> plan: levers and shocks laid out week by week, ready for the compiled rules."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim import parameters
from cxsim.elementary import sine_of_turns
from cxsim.errors import CxsimError
from cxsim.state import AGENDA, HELD, NOT_HELD, WEEK, Link, Plan, floats
from cxsim.timeline import LONGEST
from cxsim.values import clean_value, shown_key, suggestion

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

NUMERIC = ("number", "integer")


def _numeric(*tables: str) -> tuple[str, ...]:
    registry = parameters.registry()
    return tuple(
        name for table in tables for name, p in registry.table(table).items() if p.type in NUMERIC
    )


LEVERS = floats(*_numeric("levers"))
FACTS = floats(*_numeric("organisation", "market", "coefficients"))


def decisions(scenario: Scenario) -> list[tuple[int, Mapping[str, Any]]]:
    """Return the levers and the weeks from which on they stand so, the first week being 0."""
    found: list[tuple[int, Mapping[str, Any]]] = [(0, scenario.levers)]
    for event in scenario.events:
        if event.set and event.week < scenario.weeks:
            found.append((event.week, {**found[-1][1], **event.set}))
    return found


def by_week(scenario: Scenario, of: Callable[[Mapping[str, Any]], Any]) -> list[Any]:
    """Return what is made of the levers, for every week."""
    values: list[Any] = [None] * scenario.weeks
    for week, levers in decisions(scenario):
        values[week:] = [of(levers)] * (scenario.weeks - week)
    return values


def versions_of(scenario: Scenario) -> tuple[list[tuple[int, float]], np.ndarray]:
    """Return the distinct shapes of the organisation and which of them holds in each week.

    Returns
    -------
    shapes : list of (int, float)
        Span of control and share of ties that leave the function.
    version : array of int64, shape (weeks,)
    """

    def shape_of(levers: Mapping[str, Any]) -> tuple[int, float]:
        return int(levers["span_of_control"]), float(levers["cross_functional_ties"])

    held = by_week(scenario, shape_of)
    shapes = list(dict.fromkeys(held))  # those of a week in which two events meet never hold
    return shapes, np.array([shapes.index(shape) for shape in held], np.int64)


def power(base: float, exponent: int) -> float:
    """Return base**exponent by repeated multiplication: the same bits everywhere."""
    result = 1.0
    for _ in range(exponent):
        result *= base
    return result


def build_plan(scenario: Scenario, cuts: Mapping[str, int] | None = None) -> Plan:
    """Lay a scenario out week by week.

    Parameters
    ----------
    cuts : mapping of link to week, optional
        Links that are held, and from which week on; see `Link`.

    Raises
    ------
    CxsimError
        No such link, or no such week.
    """
    count = scenario.weeks
    functions = list(scenario.organisation["functions"])
    levers = np.zeros(count, LEVERS)
    for week, values in decisions(scenario):
        levers[week:] = tuple(values[name] for name in LEVERS.names or ())
    facts = _facts(scenario)
    weeks = np.zeros(count, WEEK)
    agenda = np.zeros((count, len(functions)), AGENDA)
    weeks["version"] = versions_of(scenario)[1]
    launch, weeks["active"] = _activity(levers)
    weeks["since"] = np.maximum(0, np.arange(count) - launch)
    weeks["present"] = 1
    fidelity = float(facts["line_fidelity"][0])
    weeks["line"] = [power(fidelity, int(n)) for n in levers["reporting_levels"]]
    weeks["season"] = seasons(count)
    drift = float(facts["expectation_drift"][0]) / 52.0
    weeks["drift"] = drift * np.arange(count)
    agenda["holdout"] = by_week(
        scenario, lambda values: [f in values["holdouts"] for f in functions]
    )
    agenda["successor"] = np.nan
    for event in scenario.events:
        for shock, value in event.shock.items():
            if event.week < count:
                SHOCKS[shock](weeks, agenda, event.week, value, functions)
    weeks["arrives"] *= weeks["present"]  # another vacancy may not be over yet
    weeks["arrives"][: launch + 1] = 0
    weeks["arrives"][launch : launch + 1] = 1
    np.minimum(1.0, weeks["earnings"], out=weeks["earnings"])
    np.minimum(1.0, agenda["outage"], out=agenda["outage"])
    return Plan(levers, facts, weeks, agenda, held_links(cuts or {}, count))


LINK_NAMES = tuple(link.name.lower() for link in Link)


def held_links(cuts: Mapping[str, int], weeks: int) -> np.ndarray:
    """Return from which week on each link is held, and the row of what its readers see.

    Rows are given in the order of weeks, so that two plans agree on those of the weeks they share.
    """
    held = np.zeros(len(Link), HELD)
    held["week"] = NOT_HELD
    for name, week in cuts.items():
        if name not in LINK_NAMES:
            near = suggestion(name, LINK_NAMES)
            raise CxsimError(f"{shown_key(name)}: no such link{near}")
        try:
            week = clean_value(week, "integer", 0, LONGEST, "weeks")
        except CxsimError as error:
            raise CxsimError(f"{name}: {error}") from None
        if week < weeks:
            held["week"][LINK_NAMES.index(name)] = week
    held["row"][np.argsort(held["week"], kind="stable")] = np.arange(len(Link))
    return held


def _facts(scenario: Scenario) -> np.ndarray:
    values: dict[str, Any] = {
        **scenario.organisation,
        **scenario.market,
        **scenario.coefficients,
    }
    return np.array([tuple(values[name] for name in FACTS.names or ())], FACTS)


@functools.cache
def seasons(weeks: int) -> np.ndarray:
    """Return the season of every week, shape (weeks,); the same array each time."""
    found = np.array([sine_of_turns(week / 52.0) for week in range(weeks)])
    found.flags.writeable = False
    return found


def _activity(levers: np.ndarray) -> tuple[int, np.ndarray]:
    """Return the launch week (the horizon if there is none) and the weeks with staff at work."""
    staffed = levers["resources"] > 0.0
    launch = int(np.argmax(staffed)) if staffed.any() else len(levers)
    since = np.arange(len(levers)) - launch
    return launch, (staffed & (since >= 0) & (since < levers["duration"])).astype(np.uint8)


# Each shock writes itself into the weeks and the functions' agenda; sizes of shocks that overlap
# add up.


def _price_rise(weeks, agenda, week, size, functions):
    weeks["price_rise"][week] += size


def _earnings(weeks, agenda, week, shock, functions):
    weeks["earnings"][week : week + shock["weeks"]] += shock["size"]


def _demand_surge(weeks, agenda, week, shock, functions):
    weeks["surge"][week : week + shock["weeks"]] += shock["size"]


def _outage(weeks, agenda, week, shock, functions):
    hit = [functions.index(shock["function"])] if "function" in shock else slice(None)
    agenda["outage"][week : week + shock["weeks"], hit] += shock["size"]


def _cco_leaves(weeks, agenda, week, shock, functions):
    back = week + shock["vacancy"]
    weeks["present"][week:back] = 0
    weeks["arrives"][back : back + 1] = 1


def _executive_replaced(weeks, agenda, week, shock, functions):
    row = agenda[week, functions.index(shock["function"])]
    row["replaced"] = 1
    row["successor"] = shock.get("commitment", np.nan)


SHOCKS = {
    "price_rise": _price_rise,
    "earnings": _earnings,
    "demand_surge": _demand_surge,
    "outage": _outage,
    "cco_leaves": _cco_leaves,
    "executive_replaced": _executive_replaced,
}
