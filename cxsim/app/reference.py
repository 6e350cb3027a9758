"""Every number of the model as a row to search: what it means, and what it rests on."""

from __future__ import annotations

import functools
import json
from collections import Counter
from dataclasses import asdict
from typing import Any

from cxsim import parameters
from cxsim.app import evidence, week_overview
from cxsim.parameters import GRADES, GROUPS, KINDS, Parameter

KIND_TITLES = {
    "levers": "Levers",
    "organisation": "Organisation",
    "market": "Market",
    "coefficients": "Coefficients",
}
BEFORE_TITLES = {
    "timeline": "Before the week: the timeline",
    "start": "Before the week: the start",
    "entities": "The shape of the company",
}


@functools.cache
def payload() -> bytes:
    """Return everything that the browser needs for the table, as JSON.

    Raises
    ------
    CxsimError
        A text did not come with this installation.
    """
    return json.dumps(
        {
            "rows": rows(),
            "kinds": [{"key": kind, "title": KIND_TITLES[kind]} for kind in KINDS],
            "groups": groups(),
            "steps": steps(),
            "grades": grades(),
            "findings": {name: asdict(one) for name, one in evidence.findings().items()},
        },
        ensure_ascii=False,
        allow_nan=False,
    ).encode()


def rows() -> list[dict[str, Any]]:
    """Return one row a parameter, in the registry's order."""
    return [_row(parameter) for parameter in parameters.registry()]


def groups() -> list[dict[str, str]]:
    """Return the groups of levers and the submodels of coefficients, with the kind they divide."""
    levers = [("levers", group, GROUPS[group]) for group in GROUPS]
    submodels = dict.fromkeys(p.submodel for p in parameters.registry().coefficients.values())
    coefficients = [("coefficients", name, name.capitalize()) for name in submodels]
    return [
        {"key": f"{kind}.{name}", "kind": kind, "title": title}
        for kind, name, title in (*levers, *coefficients)
    ]


def steps() -> list[dict[str, str]]:
    """Return the places of the specification that use parameters, in the order of the week."""
    named = [(step.name, step.title) for step in week_overview.overview().steps if step.parameters]
    return [{"key": key, "title": title} for key, title in (*named, *BEFORE_TITLES.items())]


def grades() -> list[dict[str, Any]]:
    """Return the grades, best seen first, with their meaning and how many numbers carry each."""
    counts = Counter(parameter.grade for parameter in parameters.registry())
    words = evidence.grades()
    return [{"key": grade, "meaning": words[grade], "count": counts[grade]} for grade in GRADES]


def _row(parameter: Parameter) -> dict[str, Any]:
    group = parameter.group or parameter.submodel
    return {
        "name": parameter.name,
        "title": parameter.title,
        "kind": parameter.kind,
        "group": f"{parameter.kind}.{group}" if group else "",
        "unit": parameter.unit,
        "default": shown(parameter.default),
        "number": _number(parameter.default),
        "range": range_of(parameter),
        "off": "" if parameter.off is None else shown(parameter.off),
        "meaning": parameter.meaning,
        "anchors": list(parameter.anchors),
        "source": parameter.source,
        "cited": list(evidence.cited(parameter.source)),
        "grade": parameter.grade,
        "steps": list(week_overview.uses()[parameter.name]),
    }


def range_of(parameter: Parameter) -> str:
    """Return what is allowed, in words."""
    if parameter.type == "function":
        return "a name"
    suffix = {"functions": " names", "list": " each"}.get(parameter.type, "")
    return f"{shown(parameter.low)} to {shown(parameter.high)}{suffix}"


def shown(value: object) -> str:
    """Return a value as the table shows it."""
    if isinstance(value, tuple | list):
        return ", ".join(shown(item) for item in value) or "none"
    if isinstance(value, int | float):
        return f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"
    return str(value)


def _number(value: object) -> float | None:
    """Return what a column of numbers is sorted by; None for names and lists."""
    return float(value) if isinstance(value, int | float) else None
