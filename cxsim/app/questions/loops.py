"""Which feedback loops carry a company, and when: influences ranked by what they contribute."""

from __future__ import annotations

from typing import Any

from cxsim.app.questions import forms
from cxsim.app.questions.question import Question, Told, key_of, worked_out
from cxsim.app.state import Setting, command_of

PANEL = "loops"
REPLICATES = 20
OUTCOMES = ("adoption", "churn_yearly", "satisfaction", "active_customers", "net_value")


def offer(setting: Setting) -> dict[str, Any]:
    """Return what the form shows."""
    from cxsim.series import SERIES

    named = [{"name": name, "title": SERIES[name].label} for name in OUTCOMES]
    return {"sides": forms.sides(setting), "outcomes": named}


def question(setting: Setting, wish: forms.Wish) -> Question:
    """Return the question that a wish stands for.

    Raises
    ------
    CxsimError
        The wish makes no sense.
    """
    place = forms.place(setting, wish)
    scenario, seed = forms.scenario(setting, wish), setting.seed
    outcome = forms.choice(wish, "outcome", OUTCOMES, OUTCOMES[0])

    def analyse(**running: Any) -> Any:
        from cxsim.explain.loops import loops

        return loops(scenario, outcome=outcome, replicates=REPLICATES, seed=seed, **running)

    more = [] if outcome == OUTCOMES[0] else ["--outcome", outcome]
    return Question(
        PANEL,
        key_of(PANEL, [scenario], seed, {"outcome": outcome, "replicates": REPLICATES}),
        wish,
        worked_out(analyse, lambda found: drawn(found.as_dict())),
        command_of(setting, PANEL, [place], more, REPLICATES),
        forms.about(setting, forms.named(setting, place), REPLICATES),
    )


def drawn(told: Told) -> Told:
    """Return an answer as a table: a row for each influence, a cell for each year that begins."""
    cells = [one for link in told["links"] for one in link["contributions"]]
    largest = max([abs(one["value"] or 0.0) for one in cells] + [1e-12])
    kept = {name: told[name] for name in ("sentence", "outcome", "horizon", "dominant")}
    return {**kept, "weeks": told["weeks"], "rows": [_row(one, largest) for one in told["links"]]}


def _row(link: Told, largest: float) -> Told:
    named = {name: link[name] for name in ("name", "title", "sign_text", "sentence")}
    cells = [_cell(one, largest) for one in link["contributions"]]
    return {**named, "cells": cells, "clear": any(cell["clear"] for cell in cells)}


def _cell(one: Told, largest: float) -> Told:
    value = one["value"] or 0.0
    return {
        "week": one["week"],
        "text": one["text"],
        "interval": one["text_interval"],
        "clear": bool(one["clear"]),
        "strength": round(abs(value) / largest, 3),
        "up": value > 0,
    }
