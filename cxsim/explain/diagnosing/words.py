"""What a diagnosis says in words: likelihoods, what is lacking, cures and what they gain."""

from __future__ import annotations

from typing import Any

from cxsim.explain.diagnosing.cures import OUTCOMES, Cure, Trial
from cxsim.explain.diagnosing.ranking import Gain
from cxsim.explain.rescuing.changes import Change
from cxsim.explain.rounding import rounded
from cxsim.explain.sentences import listed
from cxsim.parameters import registry
from cxsim.series import money
from cxsim.timeline import plain

UNITS = {"adoption": "employees", "customers": "customers", "money": "USD"}
MOST_CHANGES = 6  # of a cure that are told one by one
_WOULD = {"adoption": "brought", "customers": "kept", "money": "brought"}


def percent(share: float) -> str:
    """Return a likelihood in words; none is ever certain."""
    if share > 0.995:
        return "over 99 %"
    return "below 1 %" if share < 0.005 else f"{100 * share:.0f} %"


def in_futures(count: int, of: int) -> str:
    """Return "in 47 of 50 futures"; of one alone, nothing but whether."""
    return f"in {count} of {of} futures" if of != 1 else ("first" if count else "not first")


def amount(outcome: str, value: float) -> str:
    """Return so many employees, customers or USD."""
    if outcome == "money":
        return money(value)
    number, unit = f"{value:,.0f}", UNITS[outcome]
    return f"{number} {unit.removesuffix('s') if number == '1' else unit}"


# --- what is lacking ------------------------------------------------------------------------------


def lacking(trial: Trial) -> dict[str, Any]:
    """Return for each outcome what a run lacks of it, below zero where it is ahead."""
    means = trial.lacking.mean(axis=0)
    return {
        name: {"value": float(value), "text": _lack(name, float(value))}
        for name, value in zip(OUTCOMES, means, strict=True)
    }


def _lack(outcome: str, value: float) -> str:
    if _is_nothing(outcome, value):
        return "no money" if outcome == "money" else f"no {UNITS[outcome]}"
    ahead = " ahead" if outcome == "money" else " more"
    return amount(outcome, abs(value)) + (ahead if value < 0.0 else "")


def _is_nothing(outcome: str, value: float) -> bool:
    return amount(outcome, abs(value)) == amount(outcome, 0.0)


def lacks(trial: Trial, *outcomes: str) -> str:
    """Return "lacks 210 employees and 133 customers and is $550,000 ahead", of some outcomes."""
    told = {name: one for name, one in lacking(trial).items() if name in outcomes}
    told = {name: one for name, one in told.items() if not _is_nothing(name, one["value"])}
    behind = [one["text"] for one in told.values() if one["value"] > 0.0]
    more = [one["text"] for name, one in told.items() if one["value"] < 0.0 and name != "money"]
    parts = [f"lacks {listed(behind) if behind else 'nothing'}"]
    parts += [f"has {listed(more)}"] if more else []
    parts += [f"is {told['money']['text']}"] if told.get("money", {"value": 0})["value"] < 0 else []
    *most, last = parts
    return f"{', '.join(most)}, and {last}" if most else last


# --- cures ----------------------------------------------------------------------------------------


def cure_dict(cure: Cure) -> dict[str, Any]:
    """Return a cure as plain data for JSON."""
    titles = registry().levers
    return {
        "week": cure.event.week,
        "note": cure.event.note,
        "text": cure_words(cure),
        "settings": {name: plain(to) for name, (_, to) in cure.changes.items()},
        "changes": [
            {"lever": name, "title": titles[name].title, "from": plain(was), "to": plain(to)}
            for name, (was, to) in cure.changes.items()
        ],
    }


def cure_words(cure: Cure) -> str:
    """Return "Accountability 0.4 -> 0.85; ..." for what a cure changes, "nothing" if nothing."""
    changes = [Change(name, was, to) for name, (was, to) in cure.changes.items()]
    told = [f"{one.title} {one.said(one.before)} -> {one.said(one.after)}" for one in changes]
    rest = len(told) - MOST_CHANGES
    more = [f"and {rest} more"] if rest > 0 else []
    return "; ".join([*told[:MOST_CHANGES], *more]) or "nothing"


def gain_words(gain: Gain) -> str:
    """Return what a cure would have brought of what is lacking."""
    mean, is_money = gain.mean, gain.outcome == "money"
    number = rounded(mean.value, mean.low, mean.high, whole=not is_money)
    interval = number.interval(is_money).replace("+", "")
    told = number.in_words(is_money, sign=False) + (f" ({interval})" if interval else "")
    if gain.beside:
        told += " more"
    if not gain.matters:
        return f"would have {_WOULD[gain.outcome]} nothing that matters ({_of(gain, told)})"
    return f"would have {_WOULD[gain.outcome]} {_of(gain, told)}"


def _of(gain: Gain, told: str) -> str:
    if gain.lacking <= 0.0:
        return f"{told}{'' if gain.outcome == 'money' else f' {UNITS[gain.outcome]}'}"
    lack = amount(gain.outcome, gain.lacking)
    verb = "is" if gain.outcome == "money" or lack.startswith("1 ") else "are"
    return f"{told} of the {lack} that {verb} lacking"
