"""Companies with faults planted in them: one, two, half of one, or none; in firms of all sorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from cxsim.parameters import SHARES, registry
from cxsim.plan import decisions
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.timeline import Event

DIGITS = 9  # that a lever keeps: what a file says comes out as it says
USUAL = ("marketing", "sales", "operations", "service", "finance", "technology")
FUNCTIONS = (*USUAL, "logistics", "claims")

Levers = Mapping[str, Any]


def mode_names() -> tuple[str, ...]:
    """Return the names of the bundled failure modes in the order of their numbers."""
    return tuple(name for name in bundled() if name.startswith("fm"))


def planted(modes: Mapping[str, float], base: Scenario) -> Scenario:
    """Return a company with the levers and events of failure modes laid over its own.

    Parameters
    ----------
    modes : mapping of str to float
        Name of a bundled failure mode -> strength, 1.0 as in its file.
    base : Scenario
        The company without them.

    Notes
    -----
    In every week each lever stands at the worst of the values that the modes give it: the one
    furthest from the company's own. The five shares of the staff's work are taken together,
    holdouts of all modes hold out, and all shocks come.
    """
    sound = load("orchestrated").levers
    plans = [_plan_of(load(name), strength, base, sound) for name, strength in modes.items()]
    weeks = sorted({0, *(week for plan in plans for week, _ in plan)})
    own = dict(base.levers)
    table = [(week, _worst(own, [_standing(plan, week) for plan in plans])) for week in weeks]
    shocks = [
        Event(event.week, shock=_renamed(event.shock, base))
        for name in modes
        for event in load(name).events
        if event.shock and event.week < base.weeks
    ]
    return base.with_levers(table[0][1]).with_events([*_steps(table), *shocks])


def _plan_of(mode: Scenario, strength: float, base: Scenario, sound: Levers) -> list[Any]:
    """Return by week what a mode does to the company's levers: its distance from a sound one."""
    return [
        (week, {name: _moved(name, levers[name], sound[name], strength, base) for name in levers})
        for week, levers in decisions(mode)
        if week < base.weeks
    ]


def _moved(name: str, fault: Any, sound: Any, strength: float, base: Scenario) -> Any:
    """Return a company's value moved towards a fault; its own where the mode has no fault."""
    own = base.levers[name]
    if fault == sound:
        return own
    if name == "holdouts":
        return _heads_of(fault, base) if strength > 0.0 else own
    value = own + strength * (fault - own)
    whole = registry().levers[name].type == "integer"
    return round(value) if whole else round(float(value), DIGITS)


def _heads_of(functions: Sequence[str], base: Scenario) -> tuple[str, ...]:
    """Return the heads who hold out; where the firm has no such function, its largest one's."""
    there = base.organisation["functions"]
    shares = base.organisation["headcount_shares"]
    largest = there[int(np.argmax(shares))]
    return tuple(dict.fromkeys(name if name in there else largest for name in functions))


def _renamed(shock: Mapping[str, Any], base: Scenario) -> Mapping[str, Any]:
    there = base.organisation["functions"]
    return {
        name: {k: v for k, v in detail.items() if k != "function" or v in there}
        if isinstance(detail, Mapping)
        else detail
        for name, detail in shock.items()
    }


def _standing(plan: Sequence[tuple[int, Levers]], week: int) -> Levers:
    return [levers for start, levers in plan if start <= week][-1]


def _worst(own: Levers, all_levers: Sequence[Levers]) -> dict[str, Any]:
    worst = dict(own)
    for levers in all_levers:
        for name, value in levers.items():
            if name == "holdouts":
                worst[name] = tuple(dict.fromkeys((*worst[name], *value)))
            elif name not in SHARES and abs(value - own[name]) > abs(worst[name] - own[name]):
                worst[name] = value
        if _far(levers, own) > _far(worst, own):
            worst |= {name: levers[name] for name in SHARES}
    rest = sum(worst[name] for name in SHARES[1:])
    worst[SHARES[0]] = max(0.0, round(1.0 - rest, DIGITS))  # one in all, whatever was rounded
    return worst


def _far(levers: Levers, own: Levers) -> float:
    return float(sum(abs(levers[name] - own[name]) for name in SHARES))


def _steps(table: Sequence[tuple[int, Levers]]) -> list[Event]:
    events = []
    for (_, before), (week, now) in pairwise(table):
        changed = {name for name in now if now[name] != before[name]}
        if changed & set(SHARES):
            changed |= set(SHARES)
        if changed:
            events.append(Event(week, set={name: now[name] for name in sorted(changed)}))
    return events


# --- firms ----------------------------------------------------------------------------------------


def default_firm(weeks: int = 156) -> Scenario:
    """Return the company of the bundled scenarios with the orchestrated programme."""
    sound = load("orchestrated")
    return Scenario("planted", "Planted", sound.levers, weeks=weeks)


def other_firm(random: np.random.Generator, weeks: int = 156) -> Scenario:
    """Return a firm of another size, shape and market, with a programme near the orchestrated."""
    firm = default_firm(weeks)
    organisation = _organisation(random)
    market = {
        "customers": int(np.exp(random.uniform(np.log(500), np.log(4000)))),
        "contact_rate": random.uniform(0.15, 0.4),
        "churn_alpha": 0.668 * random.uniform(0.7, 1.4),
        "acquisition_rate": random.uniform(0.004, 0.009),
        "revenue_per_customer": random.uniform(300.0, 1200.0),
    }
    levers = {
        "workload": random.uniform(0.5, 0.6),
        "turnover": random.uniform(0.1, 0.2),
        "span_of_control": int(random.integers(5, 10)),
        "initial_commitment": random.uniform(0.36, 0.48),
    }
    return (
        firm.with_organisation(organisation)
        .with_market(market)
        .with_coefficients(_coefficients(random))
        .with_levers(levers)
    )


def _organisation(random: np.random.Generator) -> dict[str, Any]:
    count = int(random.integers(4, len(FUNCTIONS) + 1))
    functions = tuple(str(name) for name in random.choice(FUNCTIONS, count, replace=False))
    heads, contacts = random.dirichlet([6.0] * count), random.dirichlet([6.0] * count)
    return {
        "employees": int(np.exp(random.uniform(np.log(120), np.log(800)))),
        "functions": functions,
        "headcount_shares": _shares(heads),
        "contact_shares": _shares(contacts),
        "host_function": functions[0],
        "handoff_share": random.uniform(0.25, 0.45),
        "local_quality": random.uniform(0.44, 0.54),
        "handoff_quality": random.uniform(0.35, 0.47),
        "initial_cynicism": random.uniform(0.04, 0.16),
    }


def _shares(values: np.ndarray) -> tuple[float, ...]:
    """Return shares that none is nearly without, exactly one in all."""
    even = [float(value) for value in 0.3 / len(values) + 0.7 * values]
    return (1.0 - sum(even[1:]), *even[1:])


VARIED = (
    *("threshold_mean", "start_hazard", "win_decay", "head_rate", "issue_discovery"),
    *("awareness_gain", "habit_gain", "quality_erosion", "satisfaction_gain", "response_rate"),
)


def _coefficients(random: np.random.Generator) -> dict[str, float]:
    """Return coefficients of the model moved by a tenth, since no company is quite as modelled."""
    known = registry().coefficients
    return {name: known[name].default * random.uniform(0.9, 1.1) for name in VARIED}


def nearer_to_typical(firm: Scenario, share: float, random: np.random.Generator) -> Scenario:
    """Return the firm with its levers part of the way to a middling programme, each its own way."""
    sound, middling = load("orchestrated").levers, load("typical").levers
    moved = {}
    for name, own in firm.levers.items():
        if name in SHARES or name == "holdouts" or registry().levers[name].type == "integer":
            continue
        step = share * random.uniform(0.5, 1.5) * (middling[name] - sound[name])
        low, high = registry().levers[name].low, registry().levers[name].high
        moved[name] = float(np.clip(own + step, low, high))
    return firm.with_levers(moved)
