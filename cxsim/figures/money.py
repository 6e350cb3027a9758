"""A programme's money as a figure: over the weeks, against a calculator, by group of levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.figures.style import (
    COLOURS,
    DASHES,
    FAINT,
    INK,
    LARGE,
    LINE_LENGTH,
    SIZE,
    SMALL,
    TEXT,
    clear_axes,
    money_tick,
)

if TYPE_CHECKING:
    from cxsim.explain.money import Money

BANDS = (("low", "high", 0.14), ("low_half", "high_half", 0.26))
GAIN, LOSS, TOTAL = COLOURS[0], COLOURS[1], COLOURS[2]
LABEL = 34  # characters of a line beside a bar
READING = (
    "Dark band: half of the futures; light band: 90 % of them. Right: means over the futures; "
    "whiskers: 95 % intervals."
)


def money_figure(found: Money) -> Figure:
    """Draw net value and payback over the weeks, the bridge, and groups of levers or parts."""
    answer = found.as_dict()
    figure = Figure(figsize=SIZE, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)  # type: ignore[union-attr,call-arg]
    grid = figure.add_gridspec(3, 2, width_ratios=(1.0, 1.05))
    over_weeks = figure.add_subplot(grid[:2, 0])
    _draw_weeks(over_weeks, answer)
    _draw_payback(figure.add_subplot(grid[2, 0], sharex=over_weeks), answer)
    right = grid[:, 1].subgridspec(2, 1, height_ratios=(6, 5))
    steps = [row for row in answer["bridge"] if row["shown"]]
    _draw_bars(figure.add_subplot(right[0]), answer["bridge_title"], steps)
    which = "groups" if answer["groups"] else "parts"
    bars = [_from_zero(row) for row in answer[which]]
    _draw_bars(figure.add_subplot(right[1]), answer[f"{which}_title"], bars)
    figure.suptitle(
        answer["scenario"]["title"], x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold"
    )
    made = f"{answer['replicates']} futures, seed {answer['seed']}."
    under = wrap(f"{answer['sentence']} {READING} {made}", LINE_LENGTH)
    figure.supxlabel(
        "\n".join(under), x=0.01, ha="left", fontsize=SMALL, color=FAINT, linespacing=1.4
    )
    return figure


def _draw_weeks(axes: Axes, answer: Mapping[str, Any]) -> None:
    weekly = answer["weekly"]
    for low, high, opacity in BANDS:
        axes.fill_between(
            weekly["weeks"], weekly[low], weekly[high], color=GAIN, alpha=opacity, lw=0
        )
    lines = {
        "conventional calculator": (answer["calculator"]["weekly"], LOSS, DASHES[1]),
        "median of the futures": (weekly["median"], GAIN, DASHES[0]),
    }
    for label, (values, colour, dashes) in lines.items():
        axes.plot(weekly["weeks"], values, color=colour, ls=dashes, lw=2.0, label=label)
    axes.legend(loc="upper left", fontsize=SMALL, labelcolor=INK, frameon=False, handlelength=3.2)
    axes.axhline(0.0, color=FAINT, lw=0.8, zorder=1)
    _title(axes, "What the programme has earned by each week, USD")
    axes.yaxis.set_major_formatter(FuncFormatter(money_tick))
    axes.tick_params(labelbottom=False)
    axes.margins(x=0.0)


def _draw_payback(axes: Axes, answer: Mapping[str, Any]) -> None:
    histogram = answer["payback"]["histogram"]
    edges = np.array(histogram["edges"], float)
    axes.bar(edges[:-1], histogram["counts"], np.diff(edges) * 0.92, align="edge", color=GAIN)
    _title(axes, f"Futures that pay back in these weeks; never: {histogram['never']}")
    axes.set_xlabel("week", fontsize=TEXT, color=FAINT, loc="right", labelpad=1)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.set_xlim(0.0, max(1, answer["weeks"] - 1))
    axes.set_ylim(0.0, max(1, *histogram["counts"]))


def _from_zero(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "kind": "step", "from": 0.0, "to": row["value"]}


def _draw_bars(axes: Axes, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Draw bars from top to bottom, each from one amount to another, with text and interval."""
    places = np.arange(len(rows))[::-1]
    for place, row in zip(places, rows, strict=True):
        low, high = sorted((row["from"], row["to"]))
        axes.barh(place, high - low, left=low, height=0.6, color=_colour(row))
        right = high
        if row["low"] is not None:
            ends = [row["to"] - row["value"] + row[end] for end in ("low", "high")]
            axes.plot(ends, [place, place], color=INK, lw=1.2)
            right = max(high, ends[1])
        axes.annotate(
            row["text"], (right, place), xytext=(5, 0), textcoords="offset points",
            va="center", fontsize=SMALL, color=INK,
        )  # fmt: skip
    axes.set_yticks(places, ["\n".join(wrap(row["label"], LABEL)) for row in rows])
    axes.axvline(0.0, color=FAINT, lw=0.8, zorder=1)
    axes.xaxis.set_major_formatter(FuncFormatter(money_tick))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    _title(axes, f"{title}, USD", "right", "x")
    axes.tick_params(axis="y", labelsize=SMALL, labelcolor=INK)
    axes.margins(x=0.25)


def _colour(row: Mapping[str, Any]) -> str:
    if row["kind"] == "total":
        return TOTAL
    return GAIN if row["value"] >= 0.0 else LOSS


def _title(
    axes: Axes, words: str, side: Literal["left", "right"] = "left", grid: Literal["x", "y"] = "y"
) -> None:
    axes.set_title(words, loc=side, fontsize=TEXT + 1, color=INK, pad=8)
    clear_axes(axes, SMALL, grid)
