"""The three headline sliders: many levers moved as one.

A scenario's position in a group is the mean, over the group's levers that have headline ends, of
how far each has come from its poor to its good end. Moving the group takes each lever the same
fraction of its own way, so that a firm keeps its profile of strengths and weaknesses.
"""

from __future__ import annotations

from statistics import fmean
from typing import Any

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.parameters import Parameter
from cxsim.scenario import Scenario
from cxsim.values import clean_value, shown, suggestion

GROUPS = ("leadership", "change", "wins")
_DIGITS = 6  # keeps moved values short enough to read and to type


def levers(group: str) -> list[Parameter]:
    """Return the levers that the slider of a group moves.

    Raises
    ------
    CxsimError
        There is no such headline group.
    """
    if not isinstance(group, str) or group not in GROUPS:
        near = suggestion(group, GROUPS) if isinstance(group, str) else ""
        raise CxsimError(f"{shown(group)} is no headline group{near}")
    registry = parameters.registry()
    return [p for p in registry.levers.values() if p.group == group and p.headline is not None]


def positions(scenario: Scenario) -> dict[str, float]:
    """Return the position of each group at week 0, from 0 (all poor) to 1 (all good)."""
    return {group: _position(scenario, levers(group)) for group in GROUPS}


def move(scenario: Scenario, group: str, target: float) -> Scenario:
    """Return the scenario with one group of levers moved to `target`.

    Parameters
    ----------
    scenario : Scenario
        Its levers at week 0 are moved; its events stay.
    group : str
        leadership, change or wins.
    target : float
        New position, 0..1. Levers of whole numbers are rounded, so the position reached may
        differ a little. A lever already beyond the end it is moved towards stays.

    Raises
    ------
    CxsimError
        Unknown group, or a target that is no number in 0..1.
    """
    moved = levers(group)
    try:
        target = clean_value(target, "number", 0.0, 1.0, "position")
    except CxsimError as error:
        raise CxsimError(f"{group}: {error}") from None
    current = _position(scenario, moved)
    if target == current:
        return scenario
    return scenario.with_levers(
        {lever.name: _moved(lever, scenario.levers[lever.name], current, target) for lever in moved}
    )


def _position(scenario: Scenario, moved: list[Parameter]) -> float:
    return fmean(_reached(lever, scenario.levers[lever.name]) for lever in moved)


def _ends(lever: Parameter) -> tuple[float, float]:
    if lever.headline is None:
        raise CxsimError(f"{lever.name}: has no headline ends")
    return lever.headline


def _reached(lever: Parameter, value: float) -> float:
    """Return how far a lever has come from its poor (0) to its good end (1)."""
    poor, good = _ends(lever)
    return min(1.0, max(0.0, (value - poor) / (good - poor)))


def _moved(lever: Parameter, value: float, current: float, target: float) -> Any:
    """Return the lever's value once its group has gone from `current` to `target`."""
    poor, good = _ends(lever)
    at = _reached(lever, value)
    if at == (1.0 if target > current else 0.0):
        return value
    if target in (0.0, 1.0):
        return (poor, good)[int(target)]
    step = (target - current) / (1 - current) if target > current else (current - target) / current
    share = at + step * (1 - at) if target > current else at - step * at
    moved = poor + share * (good - poor)
    return round(moved) if lever.type == "integer" else round(moved, _DIGITS)
