"""Which policy of a study does well enough whatever turns out to be true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cxsim.app.experiments.answers import Told, number
from cxsim.app.experiments.axis import ticks
from cxsim.study.analysis.reading import Study
from cxsim.study.analysis.words import meaning, percent

if TYPE_CHECKING:
    from cxsim.study.analysis.robustness import Policy, Robustness
    from cxsim.study.design import Design

# Measure -> heading of its column.
HEADINGS = {
    "mean": "Mean",
    "worst_tenth": "Worst tenth of the futures",
    "satisficing": "Good enough in",
    "regret_mean": "Mean regret",
    "regret_90": "Regret in nine of ten",
    "regret_max": "Largest regret",
}
MOST_POLICIES = 60  # in the table


def possible(design: Design) -> bool:
    """Whether a design puts several policies into the same futures."""
    decided = [factor for factor in design.factors if factor.role != "uncertainty"]
    return bool(decided) and design.method in ("factorial", "table", "one_at_a_time")


def robustness(study: Study, wish: Mapping[str, Any]) -> Told:
    """Return how the policies compare."""
    made = found(study, wish)
    names = [name for name in HEADINGS if name in made.measures]
    best = {name: {id(policy) for policy in made.preferred(name)} for name in names}
    order = sorted(made.policies, key=lambda policy: policy.regret_max)[:MOST_POLICIES]
    low = min(float(policy.values.min()) for policy in order)
    high = max(float(policy.values.max()) for policy in order)
    about = made.meaning
    return {
        "sentences": [_with_titles(study.design, sentence) for sentence in made.sentences()],
        "columns": [HEADINGS[name] for name in names],
        "rows": [_row(study.design, made, policy, names, best, low, high) for policy in order],
        "ticks": ticks(low, high, about.text) if high > low else [],
        "label": about.label,
        "left_out": len(made.policies) - len(order),
    }


def found(study: Study, wish: Mapping[str, Any]) -> Robustness:
    """Return the comparison that is wished for."""
    from cxsim.study.analysis import robust

    outcome = str(wish.get("outcome"))
    about = meaning(outcome)
    text = str(wish.get("enough", "")).strip().rstrip("%").strip()
    threshold = number(text, "good enough") / about.scale if text else None
    better = "high" if about.better is None else None
    made: Robustness = robust(study, outcome, threshold, better)
    return made


def _with_titles(design: Design, sentence: str) -> str:
    """Return a sentence in which scenarios go by their titles, as everywhere in the app."""
    for scenario in design.scenarios:
        for end in ("”", ", "):
            name, title = f"“{scenario.name}{end}", f"“{scenario.title}{end}"
            sentence = sentence.replace(name, title)
    return sentence


def _row(
    design: Design,
    made: Robustness,
    policy: Policy,
    names: list[str],
    best: Mapping[str, set[int]],
    low: float,
    high: float,
) -> Told:
    span = (high - low) or 1.0
    values = sorted(float(value) for value in policy.values)
    middle = values[len(values) // 2]
    return {
        "label": _with_titles(design, f"“{policy.label}”")[1:-1],
        "cells": [
            {"text": _text(made, name, getattr(policy, name)), "best": id(policy) in best[name]}
            for name in names
        ],
        "span": [(values[0] - low) / span, (values[-1] - low) / span],
        "middle": (middle - low) / span,
    }


def _text(made: Robustness, name: str, value: float) -> str:
    if name == "satisficing":
        return percent(value)
    about = made.meaning
    return about.step(value) if name.startswith("regret") else about.text(value)
