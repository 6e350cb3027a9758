"""The registry: every lever, fact and coefficient with its unit, range, default and source.

``parameters.toml`` beside this file is the only place where defaults come from. It is read and
checked once; an entry that lacks a unit, a range, a source or a grade stops the program, so that
no number can enter the model without saying where it comes from.
"""

from __future__ import annotations

import functools
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cxsim.errors import CxsimError
from cxsim.values import clean_value, nearest, shown, shown_key, suggestion

__all__ = [
    "ALLOCATION",
    "GRADES",
    "GROUPS",
    "KINDS",
    "SHARES",
    "TYPES",
    "Parameter",
    "Registry",
    "build_registry",
    "nearest",
    "registry",
]

KINDS = ("levers", "organisation", "market", "coefficients")
# Groups of levers, with their titles for people.
GROUPS = {
    "leadership": "Leadership alignment",
    "change": "Change management",
    "wins": "Early wins",
    "programme": "Programme",
    "listening": "Listening",
    "operations": "Operations",
}
GRADES = ("S", "S2", "C", "M-hi", "M-med", "M-lo", "assumption", "calibrated")
TYPES = ("number", "integer", "functions", "list", "function", "text")
ALLOCATION = ("insight", "process", "culture", "success", "advocacy")
SHARES = tuple(f"{part}_share" for part in ALLOCATION)

_REQUIRED = ("unit", "range", "default", "meaning", "source", "grade")
_REQUIRED_BY_KIND = {
    "levers": (*_REQUIRED, "title", "group", "anchors"),
    "organisation": (*_REQUIRED, "title"),
    "market": (*_REQUIRED, "title"),
    "coefficients": (*_REQUIRED, "submodel"),
}
_OPTIONAL_BY_KIND = {
    "levers": ("off", "headline", "type"),
    "organisation": ("type",),
    "market": ("type",),
    "coefficients": ("type", "title"),
}
_EVIDENCE = re.compile(r"[A-Z]{1,3}[0-9]+(\.[0-9]+)?")
_FILE = Path(__file__).with_name("parameters.toml")


@dataclass(frozen=True)
class Parameter:
    """One entry of the registry.

    Attributes
    ----------
    name, kind, title, unit, meaning : str
        ``kind`` is the table it stands in: levers, organisation, market or coefficients.
    low, high : float
        Range, both ends allowed. For type ``list`` it holds for every element, for type
        ``functions`` for the number of names; unused for ``function`` and ``text``.
    default, off : value or None
        ``off`` is the value in a company without a programme; None when that changes nothing.
    headline : (float, float) or None
        Poor and good end when moved by the headline slider of its group.
    type : str
        One of ``TYPES``.
    anchors : tuple of str
        Plain-words descriptions of a low, a middle and a high value (levers only).
    source, grade : str
        Evidence ids, the experiment that fitted it, or the word "assumption"; one of ``GRADES``.
    group, submodel : str
        ``group`` for levers, ``submodel`` for coefficients, else empty.
    """

    name: str
    kind: str
    title: str
    unit: str
    low: float
    high: float
    default: Any
    meaning: str
    source: str
    grade: str
    type: str = "number"
    group: str = ""
    submodel: str = ""
    off: Any = None
    headline: tuple[float, float] | None = None
    anchors: tuple[str, ...] = ()

    def clean(self, value: object) -> Any:
        """Return `value` in the parameter's own type, or raise CxsimError saying what is wrong."""
        return clean_value(value, self.type, self.low, self.high, self.unit)


@dataclass(frozen=True)
class Registry:
    """All parameters, by table and name; the tables are read-only."""

    levers: Mapping[str, Parameter]
    organisation: Mapping[str, Parameter]
    market: Mapping[str, Parameter]
    coefficients: Mapping[str, Parameter]

    def table(self, kind: str) -> Mapping[str, Parameter]:
        """Return one of the four tables by its name."""
        return {k: getattr(self, k) for k in KINDS}[kind]

    def find(self, name: str) -> Parameter:
        """Return the parameter called `name`, whichever table it stands in.

        Raises
        ------
        CxsimError
            No parameter has that name; the message offers the nearest one.
        """
        for parameter in self:
            if parameter.name == name:
                return parameter
        raise CxsimError(f"{shown_key(name)}: unknown name{suggestion(name, self.names())}")

    def names(self) -> list[str]:
        """Return the names of all parameters, levers first."""
        return [parameter.name for parameter in self]

    def __iter__(self) -> Iterator[Parameter]:
        for kind in KINDS:
            yield from getattr(self, kind).values()


@functools.cache
def registry() -> Registry:
    """Return the product's registry, read and checked once.

    Raises
    ------
    CxsimError
        The file is not valid TOML or an entry is incomplete or contradicts itself.
    """
    try:
        data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CxsimError(f"{_FILE.name}: cannot be read: {error}") from error
    return build_registry(data)


def build_registry(data: Mapping[str, Any]) -> Registry:
    """Check the parsed TOML tables and return them as a Registry.

    Raises
    ------
    CxsimError
        One line for every entry that is incomplete or wrong.
    """
    problems = [f"{key}: unknown table{suggestion(key, KINDS)}" for key in data if key not in KINDS]
    tables: dict[str, dict[str, Parameter]] = {kind: {} for kind in KINDS}
    owner: dict[str, str] = {}
    for kind in KINDS:
        for name, entry in data.get(kind, {}).items():
            where = f"{kind}.{name}"
            found = _entry_problems(kind, entry)
            if name in owner:
                found.append(f"the name is already used in [{owner[name]}]")
            owner.setdefault(name, kind)
            problems += [f"{where}: {message}" for message in found]
            if not found:
                tables[kind][name] = _parameter(kind, name, entry)
    if problems:
        raise CxsimError("\n".join(f"{_FILE.name}: {problem}" for problem in problems))
    return Registry(**{kind: MappingProxyType(table) for kind, table in tables.items()})


def _parameter(kind: str, name: str, entry: Mapping[str, Any]) -> Parameter:
    """Turn a checked entry into a Parameter."""
    type_ = _type_of(entry)
    low, high = entry["range"]
    rest = {"title": name.replace("_", " ").capitalize(), **entry}
    rest = {key: value for key, value in rest.items() if key not in ("range", "type")}
    for key in ("default", "off"):
        if key in rest:
            rest[key] = clean_value(rest[key], type_, low, high, entry["unit"])
    for key in ("headline", "anchors"):
        if key in rest:
            rest[key] = tuple(rest[key])
    return Parameter(name=name, kind=kind, type=type_, low=low, high=high, **rest)


def _entry_problems(kind: str, entry: object) -> list[str]:
    """Return what is wrong with one entry, in plain words; empty when it is complete."""
    if not isinstance(entry, Mapping):
        return [f"{shown(entry)} where a table is wanted"]
    required = _REQUIRED_BY_KIND[kind]
    allowed = (*required, *_OPTIONAL_BY_KIND[kind])
    problems = [f"lacks '{key}'" for key in required if key not in entry]
    problems += [f"unknown key '{key}'{suggestion(key, allowed)}" for key in entry
                 if key not in allowed]  # fmt: skip
    texts = ("title", "unit", "meaning", "source", "grade", "group", "submodel")
    problems += [
        f"{key}: {shown(entry[key])} where some text is wanted"
        for key in texts
        if key in entry and not (isinstance(entry[key], str) and entry[key].strip())
    ]
    return problems or [*_provenance_problems(entry), *_value_problems(entry)]


def _provenance_problems(entry: Mapping[str, Any]) -> list[str]:
    """Return contradictions among group, anchors, source and grade."""
    problems = []
    if "group" in entry and entry["group"] not in GROUPS:
        problems.append(f"unknown group '{entry['group']}'{suggestion(entry['group'], GROUPS)}")
    if "anchors" in entry and not _is_three_texts(entry["anchors"]):
        problems.append("anchors: three texts are wanted (low, middle, high)")
    source, grade = entry["source"], entry["grade"]
    if grade not in GRADES:
        problems.append(f"unknown grade '{grade}'; allowed: {', '.join(GRADES)}")
    fitted = "experiments/" in source
    if "assumption" not in source and not fitted and not _EVIDENCE.search(source):
        problems.append(f"source '{source}' names no evidence id nor the word assumption")
    if grade == "calibrated" and not fitted:
        problems.append(f"source '{source}' names no experiment, which grade 'calibrated' needs")
    if source == "assumption" and grade in GRADES and grade not in ("assumption", "calibrated"):
        problems.append(f"source is an assumption, grade '{grade}' says otherwise")
    return problems


def _type_of(entry: Mapping[str, Any]) -> Any:
    """Return the declared type; a list whose default holds names is a list of functions."""
    type_, default = entry.get("type", "number"), entry["default"]
    if type_ == "list" and isinstance(default, list) and default:
        return "functions" if isinstance(default[0], str) else "list"
    return type_


def _value_problems(entry: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with type, range, default, off and headline."""
    type_ = _type_of(entry)
    if type_ not in TYPES:
        return [f"unknown type {shown(type_)}; allowed: {', '.join(TYPES)}"]
    if not _is_interval(entry["range"]):
        return ["range: two numbers [low, high] are wanted, low not above high"]
    low, high = entry["range"]
    problems = []
    for key in ("default", "off"):
        if key in entry:
            try:
                clean_value(entry[key], type_, low, high, entry["unit"])
            except CxsimError as error:
                problems.append(f"{key}: {error}")
    if "headline" in entry and not _is_headline(entry["headline"], type_, low, high):
        problems.append("headline: two different numbers [poor, good] within the range are wanted")
    return problems


def _is_three_texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(text, str) and text.strip() for text in value)
    )


def _is_number_pair(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(
            isinstance(v, Real) and not isinstance(v, bool) and not math.isnan(v) for v in value
        )
    )


def _is_interval(value: Any) -> bool:
    return _is_number_pair(value) and value[0] <= value[1]


def _is_headline(value: Any, type_: str, low: float, high: float) -> bool:
    if type_ not in ("number", "integer") or not _is_number_pair(value):
        return False
    return value[0] != value[1] and all(low <= v <= high and math.isfinite(v) for v in value)
