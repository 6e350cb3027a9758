"""What somebody who watches a company can do to it: levers, headline sliders, shocks, in words.

The browser holds a draft, numbers as people read them (85 for 85 %); here it becomes an event
that the scenario checks. Pure functions, no browser.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxsim import headline
from cxsim.app.library import in_force, value_text
from cxsim.app.state import SLIDERS
from cxsim.errors import CxsimError
from cxsim.parameters import GROUPS, SHARES, Parameter, registry
from cxsim.scenario import Scenario
from cxsim.timeline import SHOCKS, Detail, Event
from cxsim.values import shown

# Facts of the first week: nobody can turn them later.
ONLY_AT_THE_START = ("initial_commitment", "commitment_spread")
_DIGITS = 6


@dataclass(frozen=True)
class Form:
    """How a shock is asked for: its name, what it means, and the first values of its details.

    `details` has a label and a first value for each; the empty key stands for the shock's own size.
    """

    title: str
    meaning: str
    details: Mapping[str, tuple[str, Any]]


FORMS = {
    "price_rise": Form(
        "Prices rise", "Customers notice at once; some leave.", {"": ("Rise of the price", 0.1)}
    ),
    "earnings": Form(
        "Bad earnings",
        "Money is tight; executives look at the quarter.",
        {"size": ("How bad", 0.5), "weeks": ("Weeks", 13)},
    ),
    "cco_leaves": Form(
        "The chief customer officer leaves",
        "Nobody speaks for the programme until a successor comes.",
        {"vacancy": ("Weeks the post stays empty", 26)},
    ),
    "executive_replaced": Form(
        "A head of function is replaced",
        "The successor has to be won over, or has been chosen for it.",
        {"function": ("Function", None), "commitment": ("Commitment of the successor", 0.7)},
    ),
    "outage": Form(
        "Service outage",
        "Contacts go wrong for a while.",
        {
            "size": ("Share of contacts spoilt", 0.5),
            "weeks": ("Weeks", 2),
            "function": ("Function", None),
        },
    ),
    "demand_surge": Form(
        "Surge of demand",
        "More contacts than usual, and the load that comes with them.",
        {"size": ("More contacts", 0.3), "weeks": ("Weeks", 8)},
    ),
}


# --- what the panel shows -------------------------------------------------------------------


def desk(scenario: Scenario, week: int) -> dict[str, Any]:
    """Everything that can be done in a week, with the values in force just before it.

    Parameters
    ----------
    scenario
        The future on the stage.
    week
        The first week that would be different.
    """
    values = in_force(scenario.levers, scenario.events, week)
    standing = headline.positions(scenario.with_levers(values))
    return {
        "week": week,
        "functions": list(scenario.organisation["functions"]),
        "headlines": [
            {"name": name, "title": title, "now": round(100 * standing[name])}
            for name, title in SLIDERS.items()
        ],
        "groups": [
            {"name": group, "title": title, "levers": _levers(group, values)}
            for group, title in GROUPS.items()
        ],
        "shocks": [_shock(name, form) for name, form in FORMS.items()],
    }


def _levers(group: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": lever.name,
            "title": lever.title,
            "meaning": lever.meaning,
            "anchors": list(lever.anchors),
            "share": lever.name in SHARES,
            "now": as_read(lever, values[lever.name]),
            **_field(lever),
        }
        for lever in registry().levers.values()
        if lever.group == group and lever.name not in ONLY_AT_THE_START
    ]


def _field(rule: Parameter | Detail) -> dict[str, Any]:
    """Type, ends, step and unit of a number as people read it."""
    factor = _factor(rule)
    low, high = rule.low * factor, rule.high * factor
    fine = factor == 1 and rule.type == "number" and high - low <= 20
    unit = rule.unit.replace("share", "%", 1) if factor > 1 else rule.unit
    step = 0.5 if fine else 1
    return {"type": rule.type, "low": low, "high": high, "step": step, "unit": unit}


def _shock(name: str, form: Form) -> dict[str, Any]:
    fields = []
    for key, (label, start) in form.details.items():
        rule = _rule(name, key)
        value = round(start * _factor(rule), _DIGITS) if isinstance(start, int | float) else start
        fields.append(
            {
                **_field(rule),
                "name": key,
                "label": label,
                "value": value,
                "required": rule.required,
            }
        )
    return {"name": name, "title": form.title, "meaning": form.meaning, "details": fields}


def _rule(shock: str, detail: str) -> Detail:
    rule = SHOCKS[shock]
    return rule if isinstance(rule, Detail) else rule[detail]


def _factor(rule: Parameter | Detail) -> float:
    """What turns a number as it is kept into the one that people read."""
    return 100.0 if rule.unit.startswith("share") and rule.type == "number" else 1.0


def as_read(lever: Parameter, value: Any) -> Any:
    """A lever's value as people read it: 85 for 0.85, a list of names for functions."""
    if isinstance(value, tuple):
        return list(value)
    return round(value * _factor(lever), _DIGITS)


def as_kept(rule: Parameter | Detail, value: Any) -> Any:
    """The other way round; what is no number is left to the scenario's checks."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return round(value / _factor(rule), _DIGITS)


# --- moves that turn several levers at once -----------------------------------------------------


def move(
    scenario: Scenario, week: int, draft: Mapping[str, Any], name: str, value: float
) -> dict[str, Any]:
    """What else a draft turns when a headline slider or one of the five shares of effort moves.

    Parameters
    ----------
    scenario
        The future on the stage.
    week
        The first week that would be different.
    draft
        Levers turned so far, as people read them.
    name, value
        A headline group or the name of a share, and where it goes, in per cent.

    Returns
    -------
    dict
        The levers of the draft afterwards, as people read them.

    Raises
    ------
    CxsimError
        A name or a value that does not exist.
    """
    levers = registry().levers
    before = in_force(scenario.levers, scenario.events, week)
    turned = {key: as_kept(_known(key), item) for key, item in draft.items()}
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise CxsimError(f"{name}: {shown(value)} where a number in 0..100 is wanted")
    if name in SHARES:
        after = before | turned
        after |= rebalanced({share: after[share] for share in SHARES}, name, value / 100)
    else:
        moved = headline.move(scenario.with_levers(before | turned), name, value / 100)
        after = dict(moved.levers)
    return {
        key: draft[key] if after[key] == turned.get(key) else _short(as_read(lever, after[key]))
        for key, lever in levers.items()
        if after[key] != before[key] or key in draft
    }


def _short(value: Any) -> Any:
    """A number that a slider came to, without digits that nobody would type."""
    return round(value, 1) if isinstance(value, float) else value


def rebalanced(shares: Mapping[str, float], moved: str, target: float) -> dict[str, float]:
    """Shares that sum to one, with one at `target` and the others in proportion.

    Where all others are zero they become equal.
    """
    whole = 10**3  # counted in tenths of a per cent, so that nothing is lost to rounding
    after = {moved: round(whole * min(1.0, max(0.0, target)))}
    others = [name for name in shares if name != moved]
    weights = {name: shares[name] if any(shares[n] for n in others) else 1.0 for name in others}
    left = whole - after[moved]
    while others:
        name, total = others[0], math.fsum(weights[n] for n in others)
        after[name] = round(left * weights[name] / total) if total else 0
        left -= after[name]
        others = others[1:]
    return {name: after[name] / whole for name in shares}


def _known(name: str) -> Parameter:
    levers = registry().levers
    if name not in levers:
        raise CxsimError(f"{shown(name)}: there is no such lever")
    return levers[name]


# --- from a draft to an event ---------------------------------------------------------------


def event_of(scenario: Scenario, week: int, draft: Mapping[str, Any]) -> Event:
    """The event that a draft stands for, with a note in plain words.

    Parameters
    ----------
    scenario
        The future on the stage.
    week
        The first week that is different.
    draft
        ``levers``: name to value, ``shocks``: name to details, numbers as people read them.

    Raises
    ------
    CxsimError
        Nothing would change, or something in it is unknown. Ranges are left to the scenario.
    """
    before = in_force(scenario.levers, scenario.events, week)
    levers = {key: as_kept(_known(key), item) for key, item in draft.get("levers", {}).items()}
    turned = {key: item for key, item in levers.items() if _plain(item) != _plain(before[key])}
    if turned.keys() & set(SHARES):  # they are checked together, so they are written together
        turned |= {name: levers.get(name, before[name]) for name in SHARES}
    shocks = {name: _shock_of(name, details) for name, details in draft.get("shocks", {}).items()}
    if not turned and not shocks:
        raise CxsimError("nothing would change; move a lever or choose something that happens")
    return Event(week, turned, shocks)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _shock_of(name: str, details: Mapping[str, Any]) -> Any:
    if name not in FORMS:
        raise CxsimError(f"{shown(name)}: there is no such thing that could happen")
    kept = {
        key: as_kept(_rule(name, key), value)
        for key, value in details.items()
        if key in FORMS[name].details and value not in (None, "")
    }
    return kept.get("") if "" in FORMS[name].details else kept


def words(event: Event) -> str:
    """An intervention in words: "charter agreed before the appointment: 85 %; prices rise"."""
    levers = registry().levers
    parts = [
        f"{_small(levers[name].title)}: {value_text(levers[name], value)}"
        for name, value in event.set.items()
    ]
    parts += [_shock_words(name, value) for name, value in event.shock.items()]
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _small(title: str) -> str:
    """A title inside a sentence; abbreviations such as CEO keep their capitals."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def _shock_words(name: str, value: Any) -> str:
    form = FORMS[name]
    details = value if isinstance(value, Mapping) else {"": value}
    told = [
        f"{_small(form.details[key][0])} {_detail_text(_rule(name, key), item)}"
        for key, item in details.items()
    ]
    return f"{_small(form.title)} ({', '.join(told)})"


def _detail_text(rule: Detail, value: Any) -> str:
    if isinstance(value, str):
        return value.replace("_", " ")
    return f"{100 * value:.3g} %" if _factor(rule) > 1 else f"{value:g}"
