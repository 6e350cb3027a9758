"""What supports a programme, from when to when, and the plan without a part of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.explain.sustaining import QUIET
from cxsim.plan import NUMERIC, build_plan, decisions
from cxsim.scenario import Scenario
from cxsim.series import WEEKS_A_YEAR
from cxsim.timeline import LONGEST, Event
from cxsim.values import clean_value

QUARTER = WEEKS_A_YEAR // 4  # weeks between two tested weeks, unless told otherwise


@dataclass(frozen=True)
class Support:
    """When a plan supports its programme.

    Attributes
    ----------
    starts : int
        First week in which any lever of a programme is not off.
    ends : int or None
        Week from which on its staff no longer work though support is not withdrawn; None when
        they do to the end, or never did.
    groups : mapping
        Groups with a lever that is ever on -> the names of their levers.
    """

    starts: int
    ends: int | None
    groups: Mapping[str, tuple[str, ...]]


def levers_of_support() -> dict[str, tuple[str, ...]]:
    """Return the levers that can be withdrawn, by group.

    Heads who refuse are left out: without a programme they have nothing to refuse, but to make
    them agree is not to withdraw support.
    """
    levers = parameters.registry().levers.values()
    can = [lever for lever in levers if lever.off is not None and lever.type in NUMERIC]
    return {
        group: names
        for group in parameters.GROUPS
        if (names := tuple(lever.name for lever in can if lever.group == group))
    }


def support(scenario: Scenario) -> Support | None:
    """Return when a plan supports its programme; None when there is none to withdraw."""
    groups, plan = levers_of_support(), decisions(scenario)
    first = {group: _first_on(plan, names) for group, names in groups.items()}
    weeks = [week for week in first.values() if week is not None]
    if not weeks:
        return None
    active = np.flatnonzero(build_plan(scenario).weeks["active"])
    ends = int(active[-1]) + 1 if len(active) and active[-1] + 1 < scenario.weeks else None
    used = {group: names for group, names in groups.items() if first[group] is not None}
    return Support(min(weeks), ends, used)


def _first_on(plan: Sequence[tuple[int, Mapping[str, Any]]], names: Sequence[str]) -> int | None:
    off = _off(names)
    on = (week for week, levers in plan if any(levers[name] != off[name] for name in names))
    return next(on, None)


def _off(names: Sequence[str]) -> dict[str, Any]:
    levers = parameters.registry().levers
    return {name: levers[name].off for name in names}


def weeks_to_test(
    scenario: Scenario, starts: int, weeks: Sequence[int] | None = None
) -> tuple[int, ...]:
    """Return the weeks of withdrawal to look at, in their order.

    Parameters
    ----------
    starts : int
        First week with support.
    weeks : sequence of int, optional
        Every quarter and the end of the plan unless given.

    Raises
    ------
    CxsimError
        A week before there is anything to withdraw, beyond the horizon, or too late for a year
        to follow.
    """
    last = min(scenario.weeks, LONGEST - QUIET)
    if starts >= last:
        raise CxsimError(
            f"{scenario.name}: the programme starts in week {starts}; at most {LONGEST} weeks can "
            f"be run, and withdrawal needs {QUIET} of them to follow"
        )
    if weeks is None:
        return (*(week for week in range(QUARTER, last, QUARTER) if week > starts), last)
    if not len(weeks):
        raise CxsimError("weeks: none given; leave it out to test every quarter")
    return tuple(sorted({_tested(week, starts, last, scenario.weeks) for week in weeks}))


def _tested(week: object, starts: int, last: int, horizon: int) -> int:
    try:
        found = int(clean_value(week, "integer", 1, LONGEST, "week"))
    except CxsimError as error:
        raise CxsimError(f"weeks: {error}") from None
    if found <= starts:
        raise CxsimError(
            f"weeks: {found}: the programme starts in week {starts}, so there is nothing to "
            f"withdraw before week {starts + 1}"
        )
    if found > last:
        why = (
            f"the plan has {horizon} weeks; a longer horizon is needed to withdraw later"
            if last == horizon
            else f"after week {last} fewer than {QUIET} weeks can follow"
        )
        raise CxsimError(f"weeks: {found}: {why}")
    return found


def without_group(scenario: Scenario, names: Sequence[str], week: int, weeks: int) -> Scenario:
    """Return the scenario with some levers off for good, and all others as planned.

    Parameters
    ----------
    names : sequence of str
        Levers that have an `off`.
    week : int
        First week without them; 0 when they never were.
    weeks : int
        Horizon.
    """
    off = _off(names)
    planned = [event for event in scenario.events if event.week < weeks]
    before = [event for event in planned if event.week < week]
    after = [kept for event in planned if event.week >= week and (kept := _spared(event, off))]
    stop = [Event(week, set=off, note="This support ends")] if week else []
    return replace(
        scenario,
        levers=scenario.levers if week else {**scenario.levers, **off},
        events=(*before, *stop, *after),
        weeks=weeks,
        cure=None,
        signs=(),
    )


def _spared(event: Event, off: Mapping[str, Any]) -> Event | None:
    """Return an event without what it sets of these levers; None when nothing is left of it."""
    kept = {name: value for name, value in event.set.items() if name not in off}
    return replace(event, set=kept) if kept or event.shock else None
