"""Parts of a difference in natural units and words, rounded so that they still add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.explain.adding_up import adding_up
from cxsim.explain.attribution.amounts import Amount, amount_of, spread
from cxsim.explain.attribution.phrases import PHRASES
from cxsim.explain.attribution.telling import ENOUGH, lower, notes_of, sentence_of
from cxsim.explain.attribution.units import Unit
from cxsim.explain.columns import WIDTH, aligned, paragraph
from cxsim.explain.headlines import Headline
from cxsim.explain.rounding import Rounded
from cxsim.parameters import GROUPS

if TYPE_CHECKING:
    from cxsim.explain.attribution.attribution import Attribution
    from cxsim.scenario import Scenario


@dataclass(frozen=True)
class Line:
    """What one unit accounts for.

    Attributes
    ----------
    part : Amount
    alone, last : Amount or None
        As the first and as the last of all to change; None where too few futures tell.
    synergy : str
        "more" or "less" where it is clearly worth that with the others than alone, else "none";
        empty where too few futures tell.
    futures : int
        In which the orders told what the unit does first and last of all.
    """

    unit: Unit
    part: Amount
    alone: Amount | None
    last: Amount | None
    synergy: str
    futures: int

    @property
    def together(self) -> str:
        """What the gap between alone and last says, in words."""
        if not self.synergy:
            return ""
        if self.synergy == "none":
            return "no clear difference between alone and with all the others"
        return f"worth {self.synergy} with all the others than alone"


@dataclass(frozen=True)
class Reading:
    """One outcome of an attribution, for people.

    Attributes
    ----------
    headline : Headline
        How the outcome is said.
    whole : Amount
    ends : (Amount, Amount) or None
        A and B themselves; None inside a group.
    lines : tuple of Line
        The units that differ, the one that accounts for most first.
    same : tuple of str
        Titles of the units that do not differ.
    """

    headline: Headline
    whole: Amount
    ends: tuple[Amount, Amount] | None
    lines: tuple[Line, ...]
    same: tuple[str, ...]
    names: tuple[str, str]
    group: Unit | None
    weeks: int
    futures: int

    @property
    def sentence(self) -> str:
        """What makes the difference, in one sentence."""
        return sentence_of(self)

    @property
    def notes(self) -> list[str]:
        """What a reader has to know besides, in sentences."""
        return notes_of(self)

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        return {
            "name": self.headline.name,
            "label": self.headline.label,
            "unit": self.headline.unit,
            "better": self.headline.better,
            "sentence": self.sentence,
            "whole": self.whole.as_dict(),
            "bars": self._bars(),
            "same": list(self.same),
            "notes": self.notes,
        }

    def _bars(self) -> list[dict[str, Any]]:
        start = 0.0 if self.ends is None else self.ends[0].value
        bars = [] if self.ends is None else [_level(self.names[0], self.ends[0])]
        for line in self.lines:
            bars.append(self._bar(line, start))
            start += line.part.value
        if self.ends is not None:
            return [*bars, _level(self.names[1], self.ends[1])]
        if self.group is not None:
            whole = {"kind": "whole", "unit": self.group.name, "title": self.group.title}
            bars.append({**whole, "from": 0.0, "to": self.whole.value, **self.whole.as_dict()})
        return bars

    def _bar(self, line: Line, start: float) -> dict[str, Any]:
        part = line.part
        return {
            "kind": "part",
            "unit": line.unit.name,
            "title": line.unit.title,
            "from": start,
            "to": start + part.value,
            **part.as_dict(),
            "clear": part.clear,
            "good": (part.value > 0.0) == (self.headline.better == "high") and part.value != 0.0,
            "can_open": line.unit.name in GROUPS and len(line.unit.atoms) > 1,
            "alone": line.alone and {**line.alone.as_dict(), "futures": line.futures},
            "last": line.last and {**line.last.as_dict(), "futures": line.futures},
            "together": line.together,
        }

    def table(self, method: str) -> str:
        """Return the reading as text, at most 100 columns wide."""
        a, b = self.names
        what = f" within {lower(self.group.title)}" if self.group else ""
        rows = aligned(self._rows(spread=True))
        if max(map(len, rows.splitlines())) > WIDTH:
            rows = aligned(self._rows(spread=False))
        texts = [self.sentence, *self.notes, method]
        if self.same:
            texts.insert(1, f"The same on both sides: {', '.join(self.same)}.")
        head = f"{self.headline.label}: what{what} makes the difference from {a} to {b}"
        return "\n".join([paragraph(head), "", rows, "", *map(paragraph, texts)])

    def _rows(self, spread: bool) -> list[tuple[str, ...]]:
        """Return the rows of the table, first and last of all with their intervals or without."""
        told = any(line.alone for line in self.lines)
        ends = ("first of all", "last of all") if told else ()
        rows = [(self.headline.unit, "part", "95 % interval", *ends)]
        if not spread and any(line.alone and line.futures < self.futures for line in self.lines):
            rows.append(("", "", "", *["(few futures)"] * len(ends)))
        rows += [_row(self.names[0], self.ends[0], len(ends))] if self.ends else []
        for line in self.lines:
            tails = [_tail(one, spread) for one in (line.alone, line.last)][: len(ends)]
            rows.append((f"  {line.unit.title}", line.part.text, line.part.interval, *tails))
        rows += [_row(self.names[1], self.ends[1], len(ends))] if self.ends else []
        title = self.group.title if self.group else "Difference"
        return [*rows, _row(title, self.whole, len(ends))]


# ------------------------------------------------------------------ making one


def read(found: Attribution, outcome: str) -> Reading:
    """Return one outcome of an attribution in natural units and words."""
    headline = PHRASES[outcome]
    differing = [place for place, unit in enumerate(found.units) if unit.differs]
    parts = found.parts(outcome)[:, differing].T * headline.factor
    whole = found.whole(outcome) * headline.factor
    numbers, number = adding_up([spread(part) for part in parts], spread(whole))
    amounts = [
        Amount(one, *spread(part), headline.money) for one, part in zip(numbers, parts, strict=True)
    ]
    total = Amount(number, *spread(whole), headline.money)
    ends = _ends(found.levels(outcome), headline, number)
    lines = [
        _line(found, outcome, headline, unit, amount)
        for unit, amount in zip(differing, amounts, strict=True)
    ]
    sign = 1.0 if total.value >= 0.0 else -1.0
    lines.sort(key=lambda line: -sign * line.part.value)
    return Reading(
        headline, total, ends, tuple(lines),
        tuple(unit.title for unit in found.units if not unit.differs),
        _names(found), found.group, found.a.weeks, found.replicates,
    )  # fmt: skip


def _names(found: Attribution) -> tuple[str, str]:
    a, b = (_called(one, other) for one, other in ((found.a, found.b), (found.b, found.a)))
    return (a, b) if a != b else (f"{a} (A)", f"{b} (B)")


def _called(one: Scenario, other: Scenario) -> str:
    """Return the name of a side; the same company without a programme is called what it is."""
    bare = one.hash != other.hash and one.hash == other.without_programme().hash
    return "no programme" if bare else one.name


def _ends(
    levels: np.ndarray | None, headline: Headline, difference: Rounded
) -> tuple[Amount, Amount] | None:
    """Return A and B; what is shown of B is what is shown of A and of the difference."""
    if levels is None:
        return None
    a, b = (
        amount_of(level * headline.factor, difference.place, headline.money, signed=False)
        for level in levels
    )
    shown = round(a.number.value + difference.value, -difference.place)
    return a, replace(b, number=replace(b.number, value=shown))


def _line(found: Attribution, outcome: str, headline: Headline, unit: int, part: Amount) -> Line:
    alone, last = (
        one[:, unit] * headline.factor for one in (found.alone(outcome), found.last(outcome))
    )
    told = ~(np.isnan(alone) | np.isnan(last))
    futures = int(told.sum())
    if not futures or futures < min(ENOUGH, found.replicates):
        return Line(found.units[unit], part, None, None, "", futures)
    first, then, gap = (
        amount_of(values[told], part.number.place, headline.money)
        for values in (alone, last, last - alone)
    )
    synergy = _synergy(gap, headline) if part.number.value else "none"
    return Line(found.units[unit], part, first, then, synergy, futures)


def _synergy(gap: Amount, headline: Headline) -> str:
    if isnan(gap.low):
        return ""
    if not gap.clear:
        return "none"
    return "more" if (gap.value > 0.0) == (headline.better == "high") else "less"


def _row(title: str, amount: Amount, empty: int) -> tuple[str, ...]:
    return (title, amount.text, amount.interval, *[""] * empty)


def _tail(amount: Amount | None, spread: bool) -> str:
    """Return what a unit does first or last of all; without its interval in a unit of its own."""
    if amount is None:
        return ""
    if spread and amount.interval:
        return f"{amount.text} ({amount.interval})"
    return replace(amount.number, low=None, high=None).in_words(amount.money)


def _level(name: str, amount: Amount) -> dict[str, Any]:
    bar = {"kind": "level", "unit": None, "title": name, "from": 0.0, "to": amount.value}
    return {**bar, **amount.as_dict()}
