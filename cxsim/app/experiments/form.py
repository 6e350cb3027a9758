"""The form beside a design's text: what it shows is read from the text, what it changes is written.

The text is the one truth. The form knows its usual parts; whatever else a text holds stays in it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from cxsim.app.experiments.toml_text import remark_of, written
from cxsim.errors import CxsimError

TABLES = ("levers", "uncertainties")
HOWS = ("range", "sensitivity", "between", "values")
LONGEST = 200  # characters of one field
MOST_FACTORS = 250  # there are not that many numbers in the model
NEW_FACTOR = "range"
_QUOTED = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")

Raw = dict[str, Any]


def read(text: str) -> Raw | None:
    """Return what a text says, as plain tables; None when it is no TOML."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def shown(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form shows of a design: texts for its fields, whatever the file holds."""
    design, outcomes = _table(raw, "design"), _table(raw, "outcomes")
    replicates = _table(raw, "replicates")
    keep = outcomes.get("keep")
    return {
        "title": _text(raw.get("title")),
        "base": "" if isinstance(raw.get("base"), Mapping) else _text(raw.get("base")),
        "weeks": _text(raw.get("weeks")),
        "seed": _text(raw.get("seed")),
        "method": _text(design.get("method")),
        "samples": _text(design.get("samples")),
        "until": _text(replicates.get("until")),
        "number": _text(replicates.get("number")),
        "half_width": _text(replicates.get("half_width")),
        "at_most": _text(replicates.get("at_most")),
        "withdraw": _text(outcomes.get("withdraw")),
        "keep": [one for one in keep if isinstance(one, str)] if isinstance(keep, list) else [],
        "factors": [
            {"table": table, "name": name, **_factor(value)}
            for table in TABLES
            for name, value in _table(raw, table).items()
        ],
        "besides": _besides(raw),
    }


def changed(text: str, change: Mapping[str, Any]) -> str:
    """Return a design's text after a change in the form.

    Parameters
    ----------
    text
        As it stands.
    change
        From the browser: ``kind`` (set, add, remove, vary, replicates) and what that needs.

    Raises
    ------
    CxsimError
        The text is no TOML, or the form knows no such change.
    """
    raw = read(text)
    if raw is None:
        raise CxsimError("the text is not valid TOML at the moment; mend it, then use the form")
    make = _CHANGES.get(str(change.get("kind")))
    if make is None:
        raise CxsimError("the form knows no such change")
    make(raw, change)
    return written({key: value for key, value in raw.items() if value != {}}, remark_of(text))


def drops(text: str) -> bool:
    """Whether a change in the form drops comments: it keeps those at the top only."""
    inside = text[len(remark_of(text)) :]
    return "#" in _QUOTED.sub("", inside)


def number(value: object) -> int | float | str:
    """Return a typed number as one; what is none stays text, for the check to speak of."""
    text = str(value).strip()[:LONGEST]
    for kind in (int, float):
        try:
            made = kind(text)
        except ValueError:
            continue
        return made if abs(made) < 1e15 else text  # an infinity, too, is left to the check
    return text


# --- what is shown -------------------------------------------------------------------------------


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(value: object) -> str:
    return "" if value is None else str(value)[:LONGEST]


def _factor(value: object) -> dict[str, str]:
    match value:
        case "range" | "sensitivity":
            return {"how": value, "low": "", "high": "", "values": ""}
        case Mapping():
            low, high = _text(value.get("low")), _text(value.get("high"))
            return {"how": "between", "low": low, "high": high, "values": ""}
        case list():
            words = ", ".join(_text(one) for one in value)
            return {"how": "values", "low": "", "high": "", "values": words}
        case _:
            return {"how": "values", "low": "", "high": "", "values": _text(value)}


def _besides(raw: Mapping[str, Any]) -> list[str]:
    """Parts of a design that only its text can change."""
    words = {
        "points": "a table of points",
        "scenarios": "whole scenarios",
        "series": "weekly series",
    }
    found = [words[key] for key in words if raw.get(key)]
    if isinstance(raw.get("base"), Mapping):
        found.insert(0, "a company written out")
    return found + (["measures of its own"] if _table(raw, "outcomes").get("measures") else [])


# --- what is changed -----------------------------------------------------------------------------


def _as_text(value: object) -> str:
    return str(value)[:LONGEST]


def _as_names(value: object) -> list[str]:
    return [str(one)[:LONGEST] for one in value][:100] if isinstance(value, list) else []


FIELDS: dict[str, tuple[str, Callable[[object], Any]]] = {
    "title": ("", _as_text),
    "base": ("", _as_text),
    "weeks": ("", number),
    "seed": ("", number),
    "method": ("design", _as_text),
    "samples": ("design", number),
    "number": ("replicates", number),
    "until": ("replicates", _as_text),
    "half_width": ("replicates", number),
    "at_most": ("replicates", number),
    "withdraw": ("outcomes", number),
    "keep": ("outcomes", _as_names),
}


def _set(raw: Raw, change: Mapping[str, Any]) -> None:
    field = str(change.get("field"))
    if field not in FIELDS:
        raise CxsimError("the form has no such field")
    section, clean = FIELDS[field]
    value = clean(change.get("value"))
    table = _section(raw, section) if section else raw
    if value in ("", []):
        table.pop(field, None)
    else:
        table[field] = value
    if field == "base" and value:
        raw.pop("scenarios", None)


def _replicates(raw: Raw, change: Mapping[str, Any]) -> None:
    """Change between a fixed number of futures and as many as it takes."""
    if change.get("value") == "until":
        keep = _table(raw, "outcomes").get("keep") or ["adoption"]
        raw["replicates"] = {"until": str(keep[0]), "half_width": 0.02, "at_most": 200}
    else:
        raw["replicates"] = {"number": 20}


def _add(raw: Raw, change: Mapping[str, Any]) -> None:
    table, name = _place(change)
    if sum(len(_table(raw, one)) for one in TABLES) >= MOST_FACTORS:
        raise CxsimError(f"a design may vary {MOST_FACTORS} numbers at most")
    _section(raw, table).setdefault(name, NEW_FACTOR)


def _remove(raw: Raw, change: Mapping[str, Any]) -> None:
    table, name = _place(change)
    _section(raw, table).pop(name, None)


def _vary(raw: Raw, change: Mapping[str, Any]) -> None:
    """Say how a factor varies."""
    table, name = _place(change)
    match change.get("how"):
        case "range" | "sensitivity" as how:
            value: Any = how
        case "between":
            value = {side: number(change.get(side, "")) for side in ("low", "high")}
        case "values":
            given = _as_text(change.get("values", "")).split(",")
            value = [number(one) for one in given if one.strip()]
        case _:
            raise CxsimError("the form knows no such way to vary a number")
    _section(raw, table)[name] = value


def _place(change: Mapping[str, Any]) -> tuple[str, str]:
    table, name = str(change.get("table")), _as_text(change.get("name"))
    if table not in TABLES:
        raise CxsimError("the form has no such table")
    return table, name


def _section(raw: Raw, name: str) -> Raw:
    if not isinstance(raw.get(name), dict):
        raw[name] = {}
    section: Raw = raw[name]
    return section


_CHANGES: dict[str, Callable[[Raw, Mapping[str, Any]], None]] = {
    "set": _set,
    "replicates": _replicates,
    "add": _add,
    "remove": _remove,
    "vary": _vary,
}
