"""Section 3: what each week brings, from the scenario's levers and events."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from cxsim.scenario import Scenario

from .numbers import add_up, power, sine


def facts(scenario: Scenario) -> SimpleNamespace:
    """Everything that never changes: organisation, market and coefficients."""
    return SimpleNamespace(**scenario.organisation, **scenario.market, **scenario.coefficients)


def calendar(scenario: Scenario) -> list[SimpleNamespace]:
    """One namespace per week: its levers by name, and what follows from the date."""
    levers = dict(scenario.levers)
    weeks = []
    for t in range(scenario.weeks):
        for event in scenario.events:
            if event.week == t:
                levers.update(event.set)
        weeks.append(SimpleNamespace(t=t, **levers))
    launch = next((now.t for now in weeks if now.resources > 0), None)
    for now in weeks:
        _programme(now, launch, scenario)
        _shocks(now, launch, scenario)
    return weeks


def _programme(now: SimpleNamespace, launch: int | None, scenario: Scenario) -> None:
    started = launch is not None and now.t >= launch
    now.since = now.t - launch if launch is not None and started else 0
    now.active = started and now.resources > 0 and now.since < now.duration
    now.line = power(scenario.coefficients["line_fidelity"], now.reporting_levels)
    now.season = sine(now.t / 52.0)
    now.drift = (scenario.market["expectation_drift"] / 52.0) * now.t


def _shocks(now: SimpleNamespace, launch: int | None, scenario: Scenario) -> None:
    names = scenario.organisation["functions"]
    happened = [
        (e.week, name, details) for e in scenario.events for name, details in e.shock.items()
    ]
    rises = [size for week, name, size in happened if (week, name) == (now.t, "price_rise")]
    now.price_rise = add_up(rises)
    now.replaced = [
        (names.index(details["function"]), details.get("commitment"))
        for week, name, details in happened
        if (week, name) == (now.t, "executive_replaced")
    ]
    now.earnings = min(1.0, add_up(x["size"] for x in _under_way(happened, "earnings", now.t)))
    now.surge = add_up(x["size"] for x in _under_way(happened, "demand_surge", now.t))
    outages = _under_way(happened, "outage", now.t)
    now.outage = [
        min(1.0, add_up(x["size"] for x in outages if x.get("function", name) == name))
        for name in names
    ]
    vacancies = [
        (week, details["vacancy"]) for week, name, details in happened if name == "cco_leaves"
    ]
    now.present = int(not any(week <= now.t < week + length for week, length in vacancies))
    ends = any(week + length == now.t for week, length in vacancies)
    later = launch is not None and now.t > launch
    now.arrives = now.t == launch or bool(later and ends and now.present)


def _under_way(happened: list[tuple[int, str, Any]], shock: str, t: int) -> list[Any]:
    return [
        details
        for week, name, details in happened
        if name == shock and week <= t < week + details["weeks"]
    ]
