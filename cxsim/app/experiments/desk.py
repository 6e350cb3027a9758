"""The bench where a design is chosen or written: what one tab has on it, and what it shows."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from cxsim.app.experiments import form, verdict
from cxsim.app.experiments.studies import said
from cxsim.app.experiments.verdict import FINE, TOO_BIG, Verdict, duration
from cxsim.study.design import Until

FIRST = "tipping"
ORDER = ("quick", "tipping", "where_it_fails", "importance", "screening", "robust_choice")
OWN = ""  # the name of a design that is none of the bundled ones
TEMPLATE = """\
name = "my_study"
title = "My study"
base = "typical"
weeks = 104

[levers]
leadership = { low = 0.0, high = 1.0 }
change = { low = 0.0, high = 1.0 }

[design]
method = "sobol_sequence"
samples = 128

[replicates]
number = 8

[outcomes]
keep = ["adoption", "churn_yearly", "net_value"]
"""


@dataclass(frozen=True)
class Bench:
    """What lies on the bench of one tab.

    Attributes
    ----------
    text : str
        The design.
    revision : int
        Grows whenever the text changes in another way than by typing.
    chosen : str
        Name of the bundled design that it began as; "" for one of one's own.
    refusal : str
        Why the latest wish was refused.
    """

    text: str
    revision: int = 0
    chosen: str = OWN
    refusal: str = ""

    def typed(self, text: str) -> Bench:
        """The bench after typing."""
        return replace(self, text=text, refusal="")

    def put(self, text: str, chosen: str) -> Bench:
        """The bench with another text on it."""
        return Bench(text, self.revision + 1, chosen)


def opening() -> Bench:
    """The bench as a visitor finds it."""
    names = [one["name"] for one in designs()]
    return picked(Bench(""), FIRST if FIRST in names else next(iter(names), OWN))


def picked(bench: Bench, name: object) -> Bench:
    """The bench with a bundled design on it, or with the template; unchanged for another name."""
    texts = _texts()
    if name == OWN:
        return bench.put(TEMPLATE, OWN)
    return bench.put(texts[name], name) if isinstance(name, str) and name in texts else bench


@cache
def _texts() -> dict[str, str]:
    from cxsim.study.design.file import bundled_designs, design_folder

    folder, names = design_folder(), bundled_designs()
    order = [name for name in ORDER if name in names]
    order += [name for name in names if name not in order]
    return {name: (folder / f"{name}.toml").read_text(encoding="utf-8") for name in order}


@cache
def designs() -> list[dict[str, str]]:
    """The bundled designs with what they ask, and last the one of one's own."""
    rows = []
    for name, text in _texts().items():
        raw = form.read(text) or {}
        rows.append({"name": name, "title": str(raw.get("title", name)), "question": said(text)})
    own = {"name": OWN, "title": "Your own", "question": "Start from a small template."}
    return [*rows, own]


def shown(bench: Bench, judged: Verdict, done: str, busy: bool) -> dict[str, Any]:
    """What the browser draws of a bench.

    Parameters
    ----------
    bench
        What lies there.
    judged
        What can be said of it.
    done
        State of the study of this very design; "" where there is none.
    busy
        Whether a study runs, so that this one would wait.
    """
    raw = form.read(bench.text)
    return {
        "designs": designs(),
        "chosen": bench.chosen,
        "text": bench.text,
        "revision": bench.revision,
        "fresh": bench.revision <= 1,
        "drops": form.drops(bench.text),
        "form": form.shown(raw) if raw is not None else None,
        "verdict": _verdict(bench, judged, done, busy),
    }


def _verdict(bench: Bench, judged: Verdict, done: str, busy: bool) -> dict[str, Any]:
    design = judged.design
    problems = [vars(one) for one in judged.problems]
    if bench.refusal:
        problems.append({"words": bench.refusal, "line": 0, "column": 0})
    return {
        "state": judged.state,
        "problems": problems,
        "costs": _costs(judged),
        "warning": judged.warning,
        "remark": _remark(judged, done, busy),
        "action": "Open the study" if done and judged.state == FINE else "Run it",
        "file": f"{design.name}.toml" if design is not None else "design.toml",
        "command": command(design.name) if design is not None else "",
        "serial": json.dumps([bench.revision, judged.state, judged.key]),
    }


def _costs(judged: Verdict) -> list[dict[str, str]]:
    design = judged.design
    if design is None or judged.state not in (FINE, TOO_BIG):
        return []
    until = isinstance(design.replicates, Until)
    points = len(design)
    costs = [
        {"what": "points", "much": f"{points:,}"},
        {
            "what": "futures of each",
            "much": f"{'up to ' if until else ''}{design.most_replicates:,}",
        },
        {"what": "runs", "much": f"{'up to ' if until else ''}{judged.runs:,}"},
    ]
    if judged.seconds is not None:
        most = "at most " if until else ""
        costs.append({"what": "on this computer", "much": most + duration(judged.seconds)})
    return costs


def _remark(judged: Verdict, done: str, busy: bool) -> str:
    if judged.state != FINE:
        return ""
    if done:
        return "There is a study of exactly this design on this computer already."
    return "Another study runs; this one would wait in line." if busy else ""


def command(name: str) -> str:
    """The command that runs a design of this name from its file."""
    return f"cxsim study run {shlex.quote(name + '.toml')} --out {shlex.quote(name)}"


def changed(bench: Bench, change: Mapping[str, Any]) -> Bench:
    """The bench after a change in the form."""
    try:
        return bench.put(form.changed(bench.text, change), bench.chosen)
    except verdict.CxsimError as problem:
        return replace(bench, refusal=str(problem))
