"""Influences as figures: which of them carries a series when, and a run with and without one."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

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
)

AGAINST, FOR = COLOURS[1], COLOURS[0]  # lowers the series, raises it
SHADES = LinearSegmentedColormap.from_list("cxsim", [AGAINST, "#ffffff", FOR])
DEEPEST = 0.75  # of the colours: numbers stay legible on it
READING = (
    "Each number: how far the series would be off at the end of that time had the influence been "
    "held as it was when the time began, under the same luck. Blue raises the series, orange "
    "lowers it. In brackets: the 95 % interval includes zero, or less than half of the last digit. "
    "R: a loop that reinforces itself; B: one that balances itself. Contributions do not add up."
)
BAND = "Line: median of the futures. Band: 90 % of them."


def loops_figure(found: Mapping[str, Any]) -> Figure:
    """Draw what each influence contributes from each week, as a table of shades.

    Parameters
    ----------
    found : mapping
        `Loops.as_dict()`.
    """
    links, weeks = found["links"], found["weeks"]
    values = np.array([[c["value"] for c in link["contributions"]] for link in links])
    height = max(4.0, 1.9 + 0.38 * len(links))
    figure = Figure(figsize=(SIZE[0] * 0.72, height), layout="constrained")
    axes = figure.add_subplot()
    most = float(np.abs(values).max(initial=0.0)) / DEEPEST or 1.0
    axes.imshow(values, SHADES, vmin=-most, vmax=most, aspect="auto")
    for row, link in enumerate(links):
        for column, one in enumerate(link["contributions"]):
            _write(axes, column, row, one)
    clear_axes(axes, TEXT)
    axes.grid(visible=False)
    axes.set_yticks(range(len(links)), [_named(link) for link in links], color=INK)
    axes.set_xticks(range(len(weeks)), [f"week {week}" for week in weeks], color=INK)
    axes.xaxis.tick_top()
    axes.spines["bottom"].set_visible(False)
    _frame(figure, _title(found), f"{READING} {_made(found)}")
    return figure


def _write(axes: Axes, column: int, row: int, one: Mapping[str, Any]) -> None:
    number = one["text"].partition(" ")[0]
    axes.text(
        column, row, number if one["clear"] else f"({number})", ha="center", va="center",
        fontsize=TEXT, color=INK if one["clear"] else FAINT,
    )  # fmt: skip


def _named(link: Mapping[str, Any]) -> str:
    return f"{link['title']}  {link['sign']}" if link["sign"] else f"{link['title']}   "


def _title(found: Mapping[str, Any]) -> str:
    unit = found["links"][0]["contributions"][0]["text"].partition(" ")[2]
    of = f", {unit}" if unit else ""
    outcome = found["outcome"]["label"]
    title, span = found["scenario"]["title"], found["span"]
    return f"{title}. {outcome}{of}: what each influence brings in {span}"


def cut_figure(found: Mapping[str, Any]) -> Figure:
    """Draw series with an influence and with it held from some week on.

    Parameters
    ----------
    found : mapping
        `Cut.as_dict()`.
    """
    figure = Figure(figsize=(SIZE[0], SIZE[1] * 0.62), layout="constrained")
    count = len(found["series"])
    for place, series in enumerate(found["series"], start=1):
        axes = figure.add_subplot(1, count, place)
        for side, words in enumerate(("as it is", f"held from week {found['week']} on")):
            _draw(axes, series[("with", "without")[side]], side, words)
        axes.axvline(found["week"], color=FAINT, lw=0.9, ls=(0, (1, 2)))
        axes.set_title(
            f"{series['label']}, {series['unit']}", loc="left", fontsize=TEXT + 1, color=INK
        )
        axes.set_xlabel("week", fontsize=TEXT, color=FAINT, loc="right")
        axes.set_ylim(bottom=0.0)
        axes.margins(x=0.0)
        clear_axes(axes, TEXT)
    axes.legend(fontsize=SMALL, labelcolor=INK, frameon=False, handlelength=3.2)
    link = found["link"]["title"]
    title = f"{found['scenario']['title']}: {link} as it is, and held from week {found['week']}"
    _frame(figure, title, f"{found['sentence']} {BAND} {_made(found)}")
    return figure


def _draw(axes: Axes, band: Mapping[str, Any], side: int, words: str) -> None:
    weeks = np.arange(len(band["median"]))
    axes.fill_between(weeks, band["low"], band["high"], color=COLOURS[side], alpha=0.16, lw=0)
    axes.plot(band["median"], color=COLOURS[side], ls=DASHES[side], lw=2.0, label=words)


def _made(found: Mapping[str, Any]) -> str:
    return f"{found['replicates']} futures, seed {found['seed']}."


def _frame(figure: Figure, title: str, words: str) -> None:
    """Put the title above the figure, and below it how to read it."""
    length = int(LINE_LENGTH * figure.get_figwidth() / SIZE[0])
    lines = wrap(title, int(length * 0.68))
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold")
    figure.supxlabel(
        "\n".join(wrap(words, length)), x=0.01, ha="left", fontsize=SMALL, color=FAINT,
        linespacing=1.4,
    )  # fmt: skip
