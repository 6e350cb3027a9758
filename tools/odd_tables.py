"""The tables of docs/odd.md, each read from the code that the model runs on.

What the code cannot say about a name stands in docs/odd/words.toml; a name that is missing there,
or is there for nothing, is an error.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cxsim import draws, state
from cxsim.explain.reality import reality_checks
from cxsim.parameters import GRADES, GROUPS, KINDS, Parameter, registry
from cxsim.rules.week import WEEK
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.series import OUTCOMES, SERIES
from cxsim.study import patterns as published
from cxsim.timeline import SHOCKS, Detail

ROOT = Path(__file__).resolve().parents[1]
WORDS = ROOT / "docs" / "odd" / "words.toml"


class OddError(Exception):
    """The template, the code and the specification do not fit together; the text says where."""


# ------------------------------------------------------------------ words and scenarios


@functools.cache
def words() -> dict[str, Any]:
    """Return docs/odd/words.toml."""
    return tomllib.loads(WORDS.read_text(encoding="utf-8"))


@functools.cache
def shipped() -> tuple[Scenario, ...]:
    """Return the bundled scenarios."""
    return tuple(load(name) for name in bundled())


def agree(what: str, in_code: Iterable[str], in_words: Iterable[str]) -> None:
    """Raise OddError unless the code and words.toml know the same names."""
    code, told = list(in_code), list(in_words)
    missing = [name for name in code if name not in told]
    extra = [name for name in told if name not in code]
    if missing or extra:
        wrong = [f"lacks {name}" for name in missing] + [
            f"has {name} for nothing" for name in extra
        ]
        raise OddError(f"docs/odd/words.toml [{what}]: {', '.join(wrong)}")


# ------------------------------------------------------------------ markdown


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(c) for c in line) + " |" for line in lines)


def cell(text: str) -> str:
    """Return a text fit for one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


def code(name: str) -> str:
    """Return a name as code, or nothing for no name."""
    return f"`{name}`" if name else ""


def number(value: object) -> str:
    """Return a value of the registry as people write it."""
    if isinstance(value, tuple):
        return ", ".join(number(item) for item in value) or "none"
    if isinstance(value, bool | str):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.10g}"


# ------------------------------------------------------------------ the registry


def _range(parameter: Parameter) -> str:
    if parameter.type == "function":
        return "one of the functions"
    span = f"{number(parameter.low)} to {number(parameter.high)}"
    return f"{span} names" if parameter.type == "functions" else span


def _cells(parameter: Parameter) -> list[str]:
    return [
        code(parameter.name),
        parameter.unit,
        _range(parameter),
        number(parameter.default),
        parameter.meaning,
        parameter.source,
        code(parameter.grade),
    ]


HEAD = ("name", "unit", "range", "default", "meaning", "source", "grade")


def levers() -> str:
    """All levers, a table for each group, with what low, middle and high values look like."""
    parts = []
    for group in GROUPS:
        rows = []
        for lever in registry().levers.values():
            if lever.group == group:
                name, unit, span, default, meaning, source, grade = _cells(lever)
                off = "" if lever.off is None else number(lever.off)
                anchors = " / ".join(lever.anchors)
                rows.append((name, unit, span, default, off, meaning, anchors, source, grade))
        head = (*HEAD[:4], "off", "meaning", "low / middle / high", *HEAD[5:])
        parts.append(f"**{GROUPS[group]}**\n\n{table(head, rows)}")
    return "\n\n".join(parts)


def facts(kind: str) -> str:
    """The table of the organisation's or the market's facts."""
    return table(HEAD, map(_cells, registry().table(kind).values()))


def coefficients(submodel: str) -> str:
    """The coefficients of one submodel."""
    own = [p for p in registry().coefficients.values() if p.submodel == submodel]
    if not own:
        raise OddError(f"no coefficient belongs to a submodel '{submodel}'")
    return table(HEAD, map(_cells, own))


def submodels() -> list[str]:
    """Return the names of all submodels that have coefficients."""
    return list(dict.fromkeys(p.submodel for p in registry().coefficients.values()))


def grades() -> str:
    """How many entries of the registry have which grade."""
    rows = []
    for grade in GRADES:
        row = [sum(p.grade == grade for p in registry().table(kind).values()) for kind in KINDS]
        rows.append((code(grade), *map(str, row), str(sum(row))))
    whole = [len(registry().table(kind)) for kind in KINDS]
    return table(
        ("grade", *KINDS, "all"), [*rows, ("**all**", *map(str, whole), f"**{sum(whole)}**")]
    )


def count(what: str) -> str:
    """Return how many entries a table of the registry has, or how many have a grade."""
    if what in KINDS:
        return str(len(registry().table(what)))
    if what in GRADES:
        return str(sum(p.grade == what for p in registry()))
    known: Mapping[str, int] = {
        "all": len(registry().names()),
        "series": len(SERIES),
        "checks": len(reality_checks()),
        "scenarios": len(shipped()),
        "modes": len({s.mode for s in shipped() if s.mode}),
    }
    if what not in known:
        raise OddError(f"nothing to count is called '{what}'")
    return str(known[what])


# ------------------------------------------------------------------ patterns, checks, signs


def patterns() -> str:
    """The published patterns that runs are held against, with what counts as agreement."""
    rows = []
    for one in published.patterns():
        target = "direction" if one.target is None else number(one.target)
        agreement = f"{number(one.low)} to {number(one.high)}"
        used = "yes" if one.counted else "shown only"
        rows.append((one.id, one.statement, one.unit, target, agreement, used))
    head = ("pattern", "statement", "unit", "published", "counts as agreement", "counted")
    return table(head, rows)


def reality() -> str:
    """The IF-THEN statements that hold in any company."""
    rows = [(one.group, code(one.id), one.says) for one in reality_checks()]
    return table(("about", "check", "statement"), rows)


def signs() -> str:
    """The signs by which each scenario is recognised."""
    rows = []
    for scenario in shipped():
        for sign in scenario.signs:
            rows.append((code(scenario.name), scenario.mode or "", sign.says, code(sign.words())))
    return table(("scenario", "mode", "sign", "measure"), rows)


# ------------------------------------------------------------------ state


def populations() -> dict[str, tuple[str, ...]]:
    """Return the field names of every population and array in cxsim.state, records left out."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in vars(state).items():
        if isinstance(value, np.dtype) and not name.endswith("_SERIES"):
            found[name] = tuple(value.names or ())
        elif isinstance(value, type) and hasattr(value, "_fields"):
            found[name] = tuple(value._fields)
    del found["Plan"], found["Record"]  # they hold the tables of levers, facts and series
    return found


def state_fields(names: str) -> str:
    """The fields of the named populations, a table each."""
    known = populations()
    agree("state", known, words()["state"])
    parts = []
    for name in names.split():
        told = {key: value for key, value in words()["state"][name].items() if key != "title"}
        agree(f"state.{name}", known[name], told)
        rows = [(code(field), code(told[field][0]), *told[field][1:]) for field in known[name]]
        head = ("field", "in the equations", "unit or range", "meaning")
        title = words()["state"][name]["title"]
        parts.append(f"**{title}** (`{name}`)\n\n{table(head, rows)}")
    return "\n\n".join(parts)


# ------------------------------------------------------------------ schedule, draws, records


def schedule() -> str:
    """The steps of a week, in order."""
    told = words()["schedule"]
    agree("schedule", WEEK, told)
    rows = []
    for place, (step, rule) in enumerate(WEEK.items(), 1):
        does = (rule.__doc__ or "").split("\n")[0]
        where = code(f"{rule.__module__}.{rule.__name__}")
        rows.append((str(place), step, does, told[step], where))
    return table(("", "step", "what happens", "who acts, and in which order", "rule"), rows)


def purposes() -> str:
    """The purposes of random numbers."""
    numbers = {
        name: value
        for name, value in vars(draws).items()
        if name.isupper() and isinstance(value, int) and not name.startswith("_")
    }
    told = words()["purposes"]
    agree("purposes", numbers, told)
    rows = [(str(value), code(name), told[name]) for name, value in numbers.items()]
    return table(("purpose", "name in cxsim/draws.py", "why it is left to chance"), rows)


def series() -> str:
    """All recorded and derived series."""
    rows = [
        (
            code(s.name),
            s.label,
            s.unit,
            s.better or "",
            ", ".join(s.levels),
            "derived" if s.derived else "recorded",
        )
        for s in SERIES.values()
    ]
    return table(("series", "in words", "unit", "better", "for each", ""), rows)


def outcomes() -> str:
    """All outcomes, with how they are read off a run."""
    told = words()["outcomes"]
    agree("outcomes", OUTCOMES, told)
    rows = [(code(o.name), o.label, o.unit, o.better, told[o.name]) for o in OUTCOMES.values()]
    return table(("outcome", "in words", "unit", "better", "how it is read off"), rows)


# ------------------------------------------------------------------ scenarios


def shocks() -> str:
    """All shocks that a timeline may hold, with their details."""
    rows = []
    for name, rule in SHOCKS.items():
        details = {"size": rule} if isinstance(rule, Detail) else rule
        rows.append((code(name), "; ".join(f"`{key}`: {_detail(d)}" for key, d in details.items())))
    return table(("shock", "details"), rows)


def _detail(detail: Detail) -> str:
    optional = "" if detail.required else ", may be left out"
    if detail.type == "function":
        return f"name of a function{optional}"
    return f"{number(detail.low)} to {number(detail.high)}, {detail.unit}{optional}"


def scenarios() -> str:
    """All bundled scenarios."""
    rows = []
    for scenario in shipped():
        cure = f"week {scenario.cure.week}" if scenario.cure is not None else ""
        parent = scenario.extends or ""
        rows.append((code(scenario.name), scenario.mode or "", scenario.title, parent, cure))
    return table(("scenario", "mode", "title", "changed from", "cure"), rows)
