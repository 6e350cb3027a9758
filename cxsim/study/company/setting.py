"""The company to be simulated: what is known of it, at which size, and what is to be learned."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cxsim import headline, parameters
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.study.company.data import Data
from cxsim.study.company.unknowns import Unknown, unknowns

MOST_EMPLOYEES = 1000  # simulated for the fit; the scenario that comes of it has them all
MOST_CUSTOMERS = 2000
MOST_PLACES = 5500  # taken and vacant: what a simulation's time goes into
USUAL_WEEKS = 156  # longer data are fitted with fewer customers
FEWEST_CUSTOMERS = 600


@dataclass(frozen=True)
class Setting:
    """A company before its unknowns are learned.

    Attributes
    ----------
    name : str
        Of the scenario to be made.
    base : Scenario
        At its full size and horizon.
    small : Scenario
        At the size and horizon of the fit.
    held : dict
        Levers and values that stay whatever the sliders move.
    unknowns : tuple of Unknown
    notes : tuple of str
        What was decided on the way, in words for people.
    """

    name: str
    base: Scenario
    small: Scenario
    held: dict[str, Any]
    unknowns: tuple[Unknown, ...]
    notes: tuple[str, ...]


def prepare(
    data: Data, base: Scenario | str | os.PathLike[str], known: Mapping[str, Any]
) -> Setting:
    """Return the company that the figures belong to.

    Parameters
    ----------
    base : Scenario, name or path
        Holds whatever is neither given nor learned.
    known : mapping
        Headline sliders and registry names that the user fixes. Customers are otherwise the first
        number in the data, or else the base's.

    Raises
    ------
    CxsimError
        A setting that cannot be, staff or money that make no sense, or nothing left to be learned.
    """
    scenario = base if isinstance(base, Scenario) else load(base)
    given = dict(known)
    notes: list[str] = []
    if data.customers is not None:
        given.setdefault("customers", data.customers)
    sliders = {name: given.pop(name) for name in headline.GROUPS if name in given}
    _check_size(data, given)
    scenario = scenario.with_settings(_without_staff(given))
    given |= _staff(data, scenario, given, notes)
    for name, position in sliders.items():
        scenario = headline.move(scenario, name, position)
    scenario = scenario.with_settings(given)
    name = _name_of(data.label)
    scenario = replace(
        scenario, name=name, signs=(), mode=None, cure=None, extends=None, signature="",
        weeks=max(scenario.weeks, data.weeks),
    )  # fmt: skip
    learned = unknowns(scenario, {*given, *sliders})
    if not learned:
        raise CxsimError("everything is fixed by --set, so there is nothing to be learned")
    small = _small(scenario, data.weeks, notes)
    levers = parameters.registry().levers
    held = {name: value for name, value in given.items() if name in levers}
    return Setting(name, scenario, small, held, learned, tuple(notes))


def _check_size(data: Data, given: Mapping[str, Any]) -> None:
    most = int(parameters.registry().market["customers"].high)
    if data.customers is not None and data.customers > most:
        raise CxsimError(
            f"{data.label}: {data.customers:,} customers are more than the {most:,} that can be "
            "simulated; give them in thousands"
        )


def _without_staff(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "resources"}


def _staff(
    data: Data, scenario: Scenario, given: Mapping[str, Any], notes: list[str]
) -> dict[str, Any]:
    """Return the size of the programme where the figures give it."""
    if "resources" in given or (data.staff is None and data.spending is None):
        return {}
    people = scenario.organisation["employees"]
    cost = scenario.organisation["fte_cost"]
    found: dict[str, Any] = {}
    if data.staff and data.spending and "fte_cost" not in given:
        cost = found["fte_cost"] = float(f"{data.spending / data.staff:.6g}")
    staff = data.staff if data.staff is not None else (data.spending or 0.0) / max(cost, 1e-9)
    source = "staff" if data.staff is not None else f"money at {cost:,.0f} a person and week"
    resources = float(f"{100.0 * staff / people:.6g}")
    lever = parameters.registry().levers["resources"]
    if not 0.0 < resources <= lever.high:
        raise CxsimError(
            f"{data.label}: the programme's {source} comes to {resources:.3g} people per 100 of "
            f"{people:,} employees; more than 0 and at most {lever.high:g} is wanted: give the "
            "company's --employees, or --set fte_cost=..., or leave the column out"
        )
    notes.append(
        f"Programme staff is fixed at {resources:.3g} per 100 employees, from its {source} in "
        "the first rows."
    )
    return found | {"resources": resources}


def _small(scenario: Scenario, weeks: int, notes: list[str]) -> Scenario:
    """Return the company at the size and horizon of the fit."""
    places = MOST_PLACES / scenario.market["market_potential"]
    room = int(min(MOST_CUSTOMERS, places) * min(1.0, USUAL_WEEKS / weeks))
    limits = {"employees": MOST_EMPLOYEES, "customers": max(FEWEST_CUSTOMERS, room)}
    size = {"employees": scenario.organisation["employees"]}
    size["customers"] = scenario.market["customers"]
    if size["customers"] < 1:
        raise CxsimError("customers: a company without any has nothing to be fitted")
    for name, limit in limits.items():
        if size[name] > limit:
            notes.append(
                f"The fit simulates {limit:,} of {size[name]:,} {name}. A smaller company has more "
                "luck in its figures, so the intervals are a little wider than they need be."
            )
            size[name] = limit
    early = tuple(event for event in scenario.events if event.week < weeks)
    if len(early) < len(scenario.events):
        notes.append("Events of the base after the last figure play no part in the fit.")
    return replace(scenario, events=early, weeks=weeks).with_settings(size)


def _name_of(label: str) -> str:
    """Return a sound name for a scenario: the file's, as far as possible."""
    stem = re.sub(r"[^a-z0-9]+", "_", Path(label).stem.lower()).strip("_")[:40]
    return f"{stem}_calibrated" if stem else "calibrated"
