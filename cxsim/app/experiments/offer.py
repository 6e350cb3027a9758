"""What the form offers to choose from: the same for every visitor, plain data."""

from __future__ import annotations

from functools import cache
from typing import Any

from cxsim import parameters
from cxsim.app.catalogue import FAMILIES, scenarios
from cxsim.app.state import SLIDERS
from cxsim.parameters import Parameter
from cxsim.series import OUTCOMES

NUMERIC = ("number", "integer")
WORLDS = {
    "organisation": "Organisation",
    "market": "Market",
    "coefficients": "How people and customers react",
}
# Method -> its name for people, what it answers, what its `samples` counts.
METHODS = {
    "saltelli": (
        "Sobol indices (Saltelli)",
        "What share of the spread rests on each factor, alone and with others. Costs most.",
        "base samples, a power of two",
    ),
    "morris": (
        "Screening (Morris)",
        "Which of many factors matter at all, for few runs.",
        "trajectories",
    ),
    "latin_hypercube": (
        "Latin hypercube",
        "Points spread evenly over all that varies: where it fails, what matters. Decisions given "
        "as lists are compared at the same points.",
        "points, the same for every policy",
    ),
    "sobol_sequence": (
        "Sobol sequence",
        "As the Latin hypercube, and a larger study finds the runs of a smaller one again.",
        "points (best a power of two); the same for every policy",
    ),
    "factorial": (
        "Every combination",
        "A grid: the map of two factors, or policies against scenarios.",
        "levels of each range",
    ),
    "one_at_a_time": (
        "One at a time",
        "Each factor moved alone, the others at the base scenario.",
        "levels of each range",
    ),
    "table": ("A table of points", "Exactly the points written in the text.", ""),
}
EXTRA_OUTCOMES = {
    "self_sustaining": "Sustains itself after the withdrawal (yes or no)",
    "share_surviving": "Share of the adoption that survives the withdrawal",
}


@cache
def offer() -> dict[str, Any]:
    """Everything at once."""
    return {
        "bases": [
            {"name": one["name"], "title": one["title"], "family": one["family"]}
            for one in scenarios()
        ],
        "families": list(FAMILIES),
        "numbers": {"levers": _levers(), "uncertainties": _worlds() + _levers()[len(SLIDERS) :]},
        "methods": [
            {"name": name, "title": title, "answers": answers, "counts": counts}
            for name, (title, answers, counts) in METHODS.items()
        ],
        "outcomes": [{"name": name, "title": one.label} for name, one in OUTCOMES.items()]
        + [{"name": name, "title": title} for name, title in EXTRA_OUTCOMES.items()],
    }


def _levers() -> list[dict[str, Any]]:
    """All levers, behind the three headline positions that move many of them."""
    whole = {"low": 0, "high": 1, "unit": "position", "group": "Headline sliders"}
    heads = [{"name": name, "title": title, **whole} for name, title in SLIDERS.items()]
    found = parameters.registry().levers.values()
    return heads + [
        _number(one, parameters.GROUPS.get(one.group, "")) for one in found if _fit(one)
    ]


def _worlds() -> list[dict[str, Any]]:
    registry = parameters.registry()
    return [
        _number(one, title)
        for kind, title in WORLDS.items()
        for one in registry.table(kind).values()
        if _fit(one)
    ]


def _fit(parameter: Parameter) -> bool:
    return parameter.type in NUMERIC


def _number(parameter: Parameter, group: str) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "title": parameter.title or parameter.name.replace("_", " "),
        "low": parameter.low,
        "high": parameter.high,
        "unit": parameter.unit,
        "group": group,
    }
