"""Writes a design as TOML the way a person would: sections in order, a factor on one line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

HEADER_KEYS = ("name", "title", "question", "base", "weeks", "seed")
SECTIONS = (
    "levers",
    "uncertainties",
    "scenarios",
    "design",
    "points",
    "replicates",
    "outcomes",
    "series",
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def written(raw: Mapping[str, Any], remark: str = "") -> str:
    """Return a table as TOML.

    Parameters
    ----------
    raw : mapping
        As `tomllib` reads it.
    remark : str
        Comment lines for the top.
    """
    plain = {key: value for key, value in raw.items() if not _is_section(value)}
    sections = {key: value for key, value in raw.items() if _is_section(value)}
    first = "\n".join(f"{_key(key)} = {_value(plain[key])}" for key in _order(plain, HEADER_KEYS))
    blocks = [_section(key, sections[key]) for key in _order(sections, SECTIONS)]
    top = f"{remark.rstrip()}\n{first}".strip("\n")
    return "\n\n".join(part.rstrip("\n") for part in (top, *blocks) if part) + "\n"


def remark_of(text: str) -> str:
    """Return the comment lines that a text begins with."""
    lines = text.splitlines()
    count = next((i for i, line in enumerate(lines) if not line.startswith("#")), len(lines))
    return "\n".join(lines[:count])


def _order(table: Mapping[str, Any], first: Sequence[str]) -> list[str]:
    known = [key for key in first if key in table]
    return known + [key for key in table if key not in known]


def _is_section(value: object) -> bool:
    return isinstance(value, Mapping) or _is_tables(value)


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, Mapping) for v in value)


def _section(name: str, content: Any) -> str:
    if _is_tables(content):
        return "\n".join(f"[[{_key(name)}]]\n{_pairs(one)}" for one in content)
    inner = {k: v for k, v in content.items() if k == "measures" and isinstance(v, Mapping)}
    several = {key: value for key, value in content.items() if _is_tables(value)}
    rest = {key: value for key, value in content.items() if key not in {*inner, *several}}
    tables = [f"[{_key(name)}.{_key(key)}]\n{_pairs(value)}" for key, value in inner.items()]
    tables += [
        f"[[{_key(name)}.{_key(key)}]]\n{_pairs(one)}"
        for key, value in several.items()
        for one in value
    ]
    own = [f"[{_key(name)}]\n{_pairs(rest)}"] if rest or not tables else []
    return "\n".join([*own, *tables])


def _pairs(table: Mapping[str, Any]) -> str:
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items())


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return _quoted(value)
        case date() | time():
            return value.isoformat()
        case Mapping():
            inside = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case list() | tuple():
            return "[" + ", ".join(_value(one) for one in value) + "]"
        case _:
            return repr(value)
