"""What the Compare page offers to choose from: the same for every visitor, plain data."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

import cxsim
from cxsim import headline, parameters
from cxsim.app import firm
from cxsim.app.charts import caption
from cxsim.app.intervening import FORMS
from cxsim.app.state import MOST_SIDES, SLIDERS
from cxsim.parameters import Parameter
from cxsim.report import LIMITS
from cxsim.scenario import Scenario
from cxsim.series import COMPANY, SERIES, SIX
from cxsim.timeline import SHOCKS, Detail

WORLDS = {
    "market": "Market",
    "organisation": "Organisation",
    "coefficients": "How people and customers react",
}
FAMILIES = ("Starting points", "Why programmes fail", "Sectors", "Cases")


@cache
def catalogue() -> dict[str, Any]:
    """Everything at once."""
    registry = parameters.registry()
    return {
        "scenarios": scenarios(),
        "families": list(FAMILIES),
        "sliders": [
            {"name": name, "title": title, "levers": [p.name for p in headline.levers(name)]}
            for name, title in SLIDERS.items()
        ],
        "groups": parameters.GROUPS,
        "levers": [described(lever) for lever in registry.levers.values()],
        "worlds": WORLDS,
        "world": [described(p) for kind in WORLDS for p in registry.table(kind).values()],
        "facts": [asdict(fact) for fact in firm.facts().values()],
        "sectors": [{"name": n, "title": one.title} for n, one in firm.sectors().items()],
        "charts": charts(),
        "usual_charts": list(SIX),
        "shocks": shocks(),
        "most_sides": MOST_SIDES,
        "limits": LIMITS,
    }


def scenarios() -> list[dict[str, Any]]:
    """The bundled scenarios in the order of a list to choose from."""
    found = [_scenario(cxsim.load(name)) for name in cxsim.bundled()]
    return sorted(found, key=lambda one: (FAMILIES.index(one["family"]), one["mode"] or ""))


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title,
        "mode": scenario.mode,
        "family": family(scenario),
        "story": scenario.story,
        "signature": scenario.signature,
        "curable": scenario.cure is not None,
    }


def family(scenario: Scenario) -> str:
    """Under which heading a scenario is found."""
    if scenario.mode is not None:
        return FAMILIES[1]
    if scenario.name.startswith(firm.PRESET):
        return FAMILIES[2]
    return FAMILIES[0] if scenario.extends is None or not scenario.events else FAMILIES[3]


def described(parameter: Parameter) -> dict[str, Any]:
    """A parameter as the page explains it."""
    return {
        "name": parameter.name,
        "kind": parameter.kind,
        "group": parameter.group,
        "title": parameter.title or parameter.name.replace("_", " "),
        "unit": parameter.unit,
        "type": parameter.type,
        "low": parameter.low,
        "high": parameter.high,
        "default": _plain(parameter.default),
        "meaning": parameter.meaning,
        "anchors": list(parameter.anchors),
        "source": parameter.source,
        "grade": parameter.grade,
    }


def charts() -> list[dict[str, str]]:
    """The weekly series of the whole company that can be drawn."""
    return [
        {"name": name, "label": series.label, "unit": caption(name)}
        for name, series in SERIES.items()
        if COMPANY in series.levels
    ]


def shocks() -> list[dict[str, Any]]:
    """The shocks of a timeline with the fields that describe them."""
    found = []
    for name, rule in SHOCKS.items():
        details = {"": rule} if isinstance(rule, Detail) else rule
        form = FORMS[name]
        fields = [
            {"name": key, "label": form.details[key][0], "first": form.details[key][1]}
            | asdict(detail)
            for key, detail in details.items()
        ]
        found.append({"name": name, "title": form.title, "meaning": form.meaning, "fields": fields})
    return found


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
