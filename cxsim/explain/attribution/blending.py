"""Scenarios between two scenarios: some of what differs comes from B, the rest from A."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cxsim.explain.attribution.units import (
    FIRM,
    MARKET,
    MODEL,
    SHOCKS,
    courses,
    levers_of,
    shocks_of,
)
from cxsim.scenario import Scenario
from cxsim.timeline import Event

Coalition = frozenset[str]  # the atoms that come from B


class Blender:
    """Makes and keeps the scenarios between A and B.

    Parameters
    ----------
    a, b : Scenario
        Of the same horizon.
    differing : frozenset of str
        All atoms in which they differ.
    """

    def __init__(self, a: Scenario, b: Scenario, differing: Coalition) -> None:
        self._a, self._b, self._differing = a, b, differing
        self._courses = courses(a), courses(b)
        self._known = {Coalition(): a, differing: b}

    def scenario(self, coalition: Coalition) -> Scenario:
        """Return A with some atoms as they are in B."""
        found = self._known.get(coalition)
        if found is None:
            # two threads may both make it; the scenarios are equal
            found = self._known[coalition] = self._blended(coalition)
        return found

    def _blended(self, coalition: Coalition) -> Scenario:
        """Levers follow their owner's course in every week, whichever event sets it there."""
        owner = {kind: self._b if kind in coalition else self._a for kind in
                 (SHOCKS, FIRM, MARKET, MODEL)}  # fmt: skip
        course = self._course(coalition)
        return replace(
            self._a,
            name="between",
            title=f"Between {self._a.name} and {self._b.name}",
            levers={name: values[0] for name, values in course.items()},
            organisation=owner[FIRM].organisation,
            market=owner[MARKET].market,
            coefficients=owner[MODEL].coefficients,
            events=(*_changes(course, self._a.weeks), *shocks_of(owner[SHOCKS])),
            mode=None,
            cure=None,
            signs=(),
        )

    def _course(self, coalition: Coalition) -> Mapping[str, list[Any]]:
        ours, theirs = self._courses
        taken = {name for atom in coalition for name in levers_of(atom)}
        return {name: (theirs if name in taken else ours)[name] for name in ours}


def _changes(course: Mapping[str, list[Any]], weeks: int) -> list[Event]:
    """Return one event for each week in which some lever moves."""
    moved = (
        (week, {name: v[week] for name, v in course.items() if v[week] != v[week - 1]})
        for week in range(1, weeks)
    )
    return [Event(week, set=values) for week, values in moved if values]
