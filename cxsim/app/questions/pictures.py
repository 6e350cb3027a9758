"""Pictures of answers as plain data: paths in a box of 1000 by 1000, and texts beside them.

The browser stretches the box to the room there is; every number that people read is a text made
here, in the picture's table too, which tells the same to those who do not see it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cxsim.app.axes import around
from cxsim.app.experiments.axis import place

BOX = 1000.0
FAINT, HALF, FULL = 0.16, 0.3, 0.82  # opacity of a band, an inner band, a stacked area
STACK = tuple(f"--cx-s{number}" for number in range(1, 17))  # of causes; after eight paler
QUARTERS, YEARS, DECADES = 13, 26, 52
Values = Sequence[float | None]
Text = Callable[[float], str]


def cause_colour(place: int) -> str:
    """Return the colour of a cause by its place among the causes that a quantity can have.

    By nothing else, so that it is the same in every future and every scenario.
    """
    return STACK[place % len(STACK)]


def number(value: float) -> str:
    """Return a number as an axis has it, with a true minus sign."""
    return f"{value:,.10g}".replace("-", "−")


def percent(value: float) -> str:
    """Return a share of one as percent."""
    return f"{number(round(100 * value, 6))} %"


def usd(value: float) -> str:
    """Return USD as an axis has it."""
    size, sign = abs(value), "−" if value < 0 else ""
    for limit, letter in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        if size >= limit:
            return f"{sign}${size / limit:g}{letter}"
    return f"{sign}${size:g}"


def short(value: float | None, digits: int = 3) -> str:
    """Return a number to a few digits; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    return number(float(f"{value:.{digits}g}"))


def usd_rounded(value: float | None) -> str:
    """Return USD to three digits; a dash where there are none."""
    return "–" if value is None else usd(float(f"{value:.3g}"))


@dataclass(frozen=True)
class Axis:
    """One axis: its ends, its name, and the places that bear a text."""

    low: float
    high: float
    title: str = ""
    marks: tuple[tuple[float, str], ...] = ()

    def at(self, value: float) -> float:
        """Return where a value lies, 0 to 1 within the ends; what is beyond is cut there."""
        return min(1.0, max(0.0, place(value, self.low, self.high)))

    def as_dict(self) -> dict[str, Any]:
        """Return what the browser draws."""
        marks = [{"at": round(self.at(value), 4), "text": text} for value, text in self.marks]
        return {"title": self.title, "ticks": marks}


def weeks_axis(weeks: int, title: str = "week", first: int = 0) -> Axis:
    """Return the axis of a horizon, marked every quarter, half-year or year."""
    span = weeks - 1 - first
    step = next((s for s in (2, 4, QUARTERS, YEARS, DECADES) if span / s <= 8), 2 * DECADES)
    start = -(-first // step) * step
    marks = tuple((float(week), str(week)) for week in range(start, weeks, step))
    return Axis(first, max(weeks - 1, first + 1), title, marks)


def value_axis(values: Values, text: Text = number, title: str = "") -> Axis:
    """Return a round axis that holds all values and zero."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    scale = around(min([*known, 0.0]), max([*known, 0.0]))
    count = round((scale.high - scale.low) / scale.step)
    steps = [scale.low + i * scale.step for i in range(count + 1)]
    return Axis(scale.low, scale.high, title, tuple((one, text(one)) for one in steps))


def counts_axis(counts: Values) -> Axis:
    """Return an axis of whole numbers."""
    axis = value_axis(counts)
    return replace(axis, marks=tuple(mark for mark in axis.marks if mark[0] == round(mark[0])))


SHARES = Axis(0.0, 1.0, "", tuple((one / 4, f"{25 * one} %") for one in range(5)))


@dataclass
class Picture:
    """A picture that grows piece by piece.

    Attributes
    ----------
    title : str
        Above it.
    x, y : Axis
    spoken : str
        What it shows, in a sentence or two, for those who do not see it.
    """

    title: str
    x: Axis
    y: Axis
    spoken: str = ""
    _areas: list[dict[str, Any]] = field(default_factory=list)
    _lines: list[dict[str, Any]] = field(default_factory=list)
    _levels: list[dict[str, Any]] = field(default_factory=list)
    _legend: list[dict[str, Any]] = field(default_factory=list)
    _columns: list[str] = field(default_factory=list)
    _rows: list[dict[str, Any]] = field(default_factory=list)

    def line(
        self,
        xs: Sequence[float],
        ys: Values,
        words: str = "",
        colour: str = "--cx-a",
        dash: str = "",
        dots: bool = False,
    ) -> None:
        """Add a line, with gaps where a value is missing; `words` put it into the legend."""
        points = [self._point(x, y) for x, y in zip(xs, ys, strict=True)]
        look = {"colour": colour, "dash": dash}
        dotted = [one for one in points if one] if dots else []
        self._lines.append({"d": _path(points), "dots": dotted, **look})
        self.legend("line", words, **look)

    def band(
        self,
        xs: Sequence[float],
        lows: Values,
        highs: Values,
        words: str = "",
        colour: str = "--cx-a",
        opacity: float = FAINT,
    ) -> None:
        """Add the area between two lines; weeks where either is missing are left out."""
        there = [
            (x, low, high)
            for x, low, high in zip(xs, lows, highs, strict=True)
            if low is not None and high is not None
        ]
        upper = [self._point(x, high) for x, _, high in there]
        lower = [self._point(x, low) for x, low, _ in reversed(there)]
        self._areas.append(
            {"d": _path([*upper, *lower], True), "colour": colour, "opacity": opacity}
        )
        self.legend("area", words, colour=colour, opacity=opacity)

    def bars(
        self, edges: Sequence[float], heights: Sequence[float], colour: str = "--cx-a"
    ) -> None:
        """Add the bars of a histogram, from zero."""
        for left, right, height in zip(edges[:-1], edges[1:], heights, strict=True):
            if height:
                inset = 0.04 * (right - left)
                sides = left + inset, right - inset
                self.band(sides, (0.0, 0.0), (height, height), colour=colour, opacity=FULL)

    def level(self, value: float, words: str = "") -> None:
        """Add a dashed line across."""
        self._levels.append({"across": True, "at": round(self.y.at(value), 4), "text": words})

    def upright(self, value: float, words: str = "") -> None:
        """Add a dashed line from top to bottom."""
        self._levels.append({"across": False, "at": round(self.x.at(value), 4), "text": words})

    def table(self, columns: Sequence[str], rows: Sequence[tuple[float, Sequence[str]]]) -> None:
        """Add the numbers: each row with the place on the x axis that it is about."""
        self._columns = list(columns)
        self._rows = [{"at": round(self.x.at(at), 4), "cells": list(cells)} for at, cells in rows]

    def legend(self, mark: str, words: str, **look: Any) -> None:
        """Explain a mark, "line" or "area", where there are words for it."""
        if words:
            self._legend.append({"mark": mark, "words": words, **look})

    def as_dict(self) -> dict[str, Any]:
        """Return what the browser draws."""
        return {
            "title": self.title,
            "spoken": self.spoken,
            "x": self.x.as_dict(),
            "y": {**self.y.as_dict(), "zero": round(self.y.at(0.0), 4)},
            "areas": self._areas,
            "lines": self._lines,
            "levels": self._levels,
            "legend": self._legend,
            "columns": self._columns,
            "rows": self._rows,
        }

    def _point(self, x: float, y: float | None) -> tuple[float, float] | None:
        if y is None or not math.isfinite(y):
            return None
        return round(BOX * self.x.at(x), 1), round(BOX * (1.0 - self.y.at(y)), 1)


def _path(points: Sequence[tuple[float, float] | None], closed: bool = False) -> str:
    """Return an SVG path through points; a missing one lifts the pen."""
    words, down = [], False
    for point in points:
        if point is None:
            down = False
            continue
        words.append(f"{'L' if down else 'M'}{point[0]:g} {point[1]:g}")
        down = True
    return "".join(words) + ("Z" if closed and words else "")


# --- bars that lie --------------------------------------------------------------------------------


def bars(
    rows: Sequence[dict[str, Any]], text: Text = number, title: str = "", axis: Axis | None = None
) -> dict[str, Any]:
    """Return lying bars, in percent of the room there is.

    Parameters
    ----------
    rows
        Each with ``key``, ``title``, ``from`` and ``to`` (the ends of the bar), ``text``, and
        perhaps ``low`` and ``high`` (of the end), ``note``, ``tone``, ``colour``, ``open``.
    text
        For the axis.
    title
        What the axis measures.
    axis
        In place of one that holds all ends and zero.
    """
    ends = [row.get(name) for row in rows for name in ("from", "to", "low", "high")]
    drawn = axis or value_axis(ends, text, title)
    return {
        "rows": [_bar(row, drawn) for row in rows],
        "zero": round(100 * drawn.at(0.0), 2),
        **drawn.as_dict(),
    }


def _bar(row: dict[str, Any], axis: Axis) -> dict[str, Any]:
    left, right = sorted(axis.at(row[name]) for name in ("from", "to"))
    ends = [end for end in (row.get("low"), row.get("high")) if end is not None]
    return {
        "key": row["key"],
        "title": row["title"],
        "text": row["text"],
        "note": row.get("note", ""),
        "tone": row.get("tone", "plain"),
        "open": bool(row.get("open")),
        "colour": row.get("colour", ""),
        "left": round(100 * left, 2),
        "width": round(100 * (right - left), 2),
        "whisker": [round(100 * axis.at(end), 2) for end in ends] if len(ends) == 2 else None,
    }
