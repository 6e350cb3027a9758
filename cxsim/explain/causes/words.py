"""Amounts of causes in words and natural units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.explain.causes.graph import FACT, LEVEL, LEVER, NODE, STOCK, Node, Source
from cxsim.explain.compare import paired_difference
from cxsim.explain.rounding import EXACT_DIGITS, Rounded, rounded
from cxsim.plan import decisions

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

DIGITS = 3  # of the largest amount in a table
FEW = 10  # from here on things that come in ones are told in ones
NAN = float("nan")
WIDTH = 24  # characters of the longest bar
UNITS = {"percent": "%", "points": "points of 100"}


def factor(node: Node, staff: int) -> float:
    """Return what turns a kept amount into the one that people read."""
    return float(staff) if node.people else node.measured.factor


def readable(node: Node, staff: int, values: np.ndarray) -> np.ndarray:
    """Return values as people read them."""
    offset = 0.0 if node.people else node.measured.offset
    return values * factor(node, staff) + offset


def unit_words(node: Node) -> str:
    """Return the unit of an amount, "" for money, which has its own sign."""
    if node.people:
        return "employees"
    form = node.measured.form
    if form == "money":
        return ""
    if form == "percent":
        return "% of capacity" if node.name == "load" else node.measured.shown_unit
    name = UNITS.get(form, node.unit)
    return name.removesuffix(" a week") if node.kind != LEVEL else name


def measured(amounts: np.ndarray, largest: float, whole: bool = False) -> Rounded:
    """Return the mean over the futures with its interval, rounded to what is known.

    No finer than `DIGITS` digits of the largest amount beside it, so that a number that is the
    same in all futures does not stand out by digits nobody needs; `whole` things in ones, where
    there are ten or more.
    """
    found = rounded(*_interval(amounts))
    coarsest = rounded(largest, NAN, NAN).place - (DIGITS - EXACT_DIGITS)
    return at(amounts, max(found.place, coarsest, 0 if whole and largest >= FEW else coarsest))


def at(amounts: np.ndarray, place: int) -> Rounded:
    """Return the mean over the futures with its interval, rounded at some place."""
    value, low, high = _interval(amounts)
    ends = [None if np.isnan(end) else round(end, -place) + 0.0 for end in (low, high)]
    return Rounded(round(value, -place) + 0.0, ends[0], ends[1], place)


def _interval(amounts: np.ndarray) -> tuple[float, float, float]:
    mean, _, low, high = paired_difference(np.zeros(len(amounts)), amounts)
    return mean, low, high


def amount(node: Node, value: Rounded, sign: bool = True, unit: bool = True) -> str:
    """Return an amount in words: "+61 employees", "-4.2 points of 100", "+$1.2 million"."""
    text = value.in_words(node.measured.form == "money", sign)
    return f"{text} {_unit(node, text)}".rstrip() if unit else text


def _unit(node: Node, text: str) -> str:
    """Return the unit that belongs to a number: "points of 100", but "1 point of 100"."""
    first, *others = unit_words(node).split(" ")
    return " ".join([first.removesuffix("s") if text.lstrip("+-") == "1" else first, *others])


def unclear(value: Rounded) -> bool:
    """Return whether there is an interval around a value and it includes zero."""
    if value.low is None or value.high is None or value.low == value.high:
        return False
    return value.low <= 0.0 <= value.high


def between(node: Node, value: Rounded, futures: int) -> str:
    """Return the interval in brackets, and how many futures are behind it."""
    if value.low is None or value.high is None:
        return " in the one future looked at"
    if value.low == value.high:
        return f" (mean of {futures} futures)"
    if node.kind == STOCK and unclear(value):
        ends = value.interval(node.measured.form == "money")
        whole = f"{ends} {unit_words(node)}".rstrip()
        return f" ({whole}, 95 % interval of the mean of {futures} futures)"
    if node.kind == STOCK and value.value < 0.0:  # by how much it fell
        value = Rounded(-value.value, 0.0 - value.high, 0.0 - value.low, value.place)
    ends = value.interval(node.measured.form == "money").replace("+", "")
    return f" (mean of {futures} futures, 95 % interval {ends})"


def in_sentence(title: str) -> str:
    """Return a title inside a sentence; abbreviations stay as they are."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def window(first: int, last: int) -> str:
    """Return the weeks in words."""
    return f"week {first}" if first == last else f"weeks {first} to {last}"


def headline(node: Node, function: str | None, total: Rounded, staff: int, weeks: str) -> str:
    """Return what happened, without causes and without the final stop."""
    what = in_sentence(node.title) + (f" in {function}" if function else "")
    money = node.measured.form == "money"
    if node.kind == STOCK:
        if unclear(total):
            return f"In {weeks} {what} did not clearly change"
        if total.value == 0.0:
            return f"In {weeks} {what} stayed where it was"
        verb = "rose" if total.value > 0.0 else "fell"
        bare = total.in_words(money, sign=False).lstrip("-")
        whole = f"of {staff:,} employees" if node.people else _unit(node, bare)
        return f"In {weeks} {what} {verb} by {bare} {whole}".rstrip()
    verb = "was" if node.kind == LEVEL else "came to"
    return f"In {weeks} {what} {verb} {amount(node, total, sign=money)}"


def bars(rows: Sequence[tuple[str, str, float]]) -> list[str]:
    """Return lines of title, amount and a bar of plus or minus signs; the largest comes first."""
    wide = max((len(title) for title, _, _ in rows), default=0)
    far = max((len(text) for _, text, _ in rows), default=0)
    lines = []
    for title, text, value in rows:
        length = round(WIDTH * abs(value / rows[0][2]))
        bar = ("+" if value > 0.0 else "-") * length
        lines.append(f"  {title:<{wide}}  {text:>{far}}  {bar}".rstrip())
    return lines


def in_ones(node: Node) -> bool:
    """Return whether a quantity counts things that come in ones."""
    return node.people or node.measured.form == "number"


def source_dict(source: Source, scenario: Scenario, first: int, last: int) -> dict[str, Any]:
    """Return a source with its value in a window of weeks, ready for JSON."""
    return {
        "kind": source.kind,
        "name": source.name,
        "title": source.title,
        "sign": source.sign,
        "text": source_value(source, scenario, first, last),
    }


def source_value(source: Source, scenario: Scenario, first: int, last: int) -> str:
    """Return the value of a lever or of a coefficient, "" for what has none."""
    if source.kind == LEVER:
        return lever_values(source.name, scenario, first, last)
    if source.kind == FACT:
        for table in (scenario.coefficients, scenario.organisation, scenario.market):
            if source.name in table:
                return f"{table[source.name]:g}"
    return ""


def lever_values(name: str, scenario: Scenario, first: int, last: int) -> str:
    """Return how a lever stands in a window: "0.3", or "0.3, from week 40 on 0.9"."""
    said: list[tuple[int, Any]] = []
    for week, levers in decisions(scenario):
        if week > last:
            break
        if week <= first:
            said = [(week, levers[name])]
        elif levers[name] != said[-1][1]:
            said.append((week, levers[name]))
    begin, *later = said
    return ", ".join([_value(begin[1]), *(f"from week {w} on {_value(v)}" for w, v in later)])


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def source_words(source: Source, scenario: Scenario, first: int, last: int) -> str:
    """Return a source in a line of text."""
    value = source_value(source, scenario, first, last)
    if source.kind == NODE or not value:
        return source.title
    return f"{source.title} ({value})"
