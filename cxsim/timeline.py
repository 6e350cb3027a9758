"""Dated events: lever settings and shocks that reach the company in a given week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cxsim.checks import Frozen, Path, Problems, as_table, clean_table
from cxsim.values import clean_value, shown

LONGEST = 520  # weeks


@dataclass(frozen=True)
class Detail:
    """One number or name that describes a shock."""

    type: str
    low: float = 0.0
    high: float = 1.0
    unit: str = "share"
    required: bool = True

    def clean(self, value: object) -> Any:
        """Return `value` in its type, or raise CxsimError saying what is wrong."""
        return clean_value(value, self.type, self.low, self.high, self.unit)


_WEEKS = Detail("integer", 1, LONGEST, "weeks")
WEEK = Detail("integer", 0, LONGEST - 1, "week")
HORIZON = _WEEKS

SHOCKS: dict[str, Detail | dict[str, Detail]] = {
    "price_rise": Detail("number", 0, 2, "share of the price"),
    "earnings": {"size": Detail("number"), "weeks": _WEEKS},
    "cco_leaves": {"vacancy": Detail("integer", 0, LONGEST, "weeks")},
    "executive_replaced": {
        "function": Detail("function"),
        "commitment": Detail("number", required=False),
    },
    "outage": {
        "size": Detail("number"),
        "weeks": _WEEKS,
        "function": Detail("function", required=False),
    },
    "demand_surge": {"size": Detail("number", 0, 5, "share of the contacts"), "weeks": _WEEKS},
}


@dataclass(frozen=True)
class Event:
    """What happens at the start of one week.

    Attributes
    ----------
    week : int
        Counted from 0, the announcement of the programme.
    set : mapping
        Lever name to the value it has from this week on.
    shock : mapping
        Shock name to its size, or to a mapping of its details; details left out are absent.
    note : str
        Words for charts and reports; changes no number.
    """

    week: int
    set: Mapping[str, Any] = field(default_factory=Frozen)
    shock: Mapping[str, Any] = field(default_factory=Frozen)
    note: str = ""

    def functions(self) -> list[tuple[Path, str]]:
        """Return the functions that the event names, each after the key's path in the event."""
        found: list[tuple[Path, str]] = [
            (("set", "holdouts"), name) for name in self.set.get("holdouts", ())
        ]
        for shock, details in self.shock.items():
            if isinstance(details, Mapping) and "function" in details:
                found.append((("shock", shock, "function"), details["function"]))
        return found

    def as_table(self) -> dict[str, Any]:
        """Return the event as plain dictionaries and lists, as a file has it."""
        table: dict[str, Any] = {"week": self.week}
        if self.set:
            table["set"] = plain(self.set)
        if self.shock:
            table["shock"] = plain(self.shock)
        if self.note:
            table["note"] = self.note
        return table


def plain(value: Any) -> Any:
    """Return nested read-only mappings and tuples as dictionaries and lists."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def clean_events(raw: object, problems: Problems) -> list[tuple[int, Event]]:
    """Check a list of events given as tables or Event objects.

    Returns
    -------
    list of (int, Event)
        The sound ones in the order of their weeks, each with its place in the given list.
    """
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        problems.add(("events",), f"{shown(raw)} where a list of [[events]] is wanted")
        return []
    pairs = [(i, clean_event(item, ("events", i), problems)) for i, item in enumerate(raw)]
    return sorted(((i, e) for i, e in pairs if e is not None), key=lambda pair: pair[1].week)


def clean_event(raw: object, path: Path, problems: Problems) -> Event | None:
    """Return the checked event, or None after noting what is wrong with it."""
    before = len(problems.found)
    table = as_table(raw.as_table() if isinstance(raw, Event) else raw, path, problems)
    for key in table:
        if key not in ("week", "set", "shock", "note"):
            problems.unknown((*path, key), "key of an event", ("week", "set", "shock", "note"))
    if len(problems.found) == before:  # otherwise what lacks is most likely what is misspelt
        _note_lacking(table, path, problems)
    week = problems.attempt((*path, "week"), WEEK.clean, table.get("week", 0))
    settings = clean_table("levers", table.get("set", {}), (*path, "set"), problems)
    shock = _clean_shocks(table.get("shock", {}), (*path, "shock"), problems)
    note = table.get("note", "")
    if not isinstance(note, str):
        problems.add((*path, "note"), f"{shown(note)} where text is wanted")
    if len(problems.found) > before:
        return None
    return Event(week, Frozen(settings), Frozen(shock), note)


def _note_lacking(table: Mapping[str, Any], path: Path, problems: Problems) -> None:
    if "week" not in table:
        problems.add(path, "lacks 'week', the week in which it happens")
    if "set" not in table and "shock" not in table:
        problems.add(path, "lacks 'set' or 'shock': nothing would happen")
    for key in ("set", "shock"):
        if isinstance(table.get(key), Mapping) and not table[key]:
            problems.add((*path, key), "empty table: nothing would happen")


def _clean_shocks(raw: object, path: Path, problems: Problems) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for name, value in as_table(raw, path, problems).items():
        here = (*path, name)
        rule = SHOCKS.get(name)
        if rule is None:
            problems.unknown(here, "shock", SHOCKS)
        elif isinstance(rule, Detail):
            clean[name] = problems.attempt(here, rule.clean, value)
        else:
            clean[name] = Frozen(_clean_details(rule, value, here, problems))
    return clean


def _clean_details(
    rules: Mapping[str, Detail], raw: object, path: Path, problems: Problems
) -> dict[str, Any]:
    table = as_table(raw, path, problems)
    clean: dict[str, Any] = {}
    for key, value in table.items():
        here = (*path, key)
        if key not in rules:
            problems.unknown(here, f"key of {path[-1]}", rules)
            continue
        clean[key] = problems.attempt(here, rules[key].clean, value)
    lacking = [key for key, rule in rules.items() if rule.required and key not in table]
    if lacking and isinstance(raw, Mapping) and set(table) <= set(rules):
        problems.add(path, f"lacks {', '.join(lacking)}")
    return clean
