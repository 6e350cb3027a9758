"""Will it last: what survives the end of support, and how long each kind has to be held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.errors import CxsimError
from cxsim.figures.style import (
    BANDS,
    COLOURS,
    DASHES,
    FAINT,
    GRID,
    INK,
    LARGE,
    LINE_LENGTH,
    SIZE,
    SMALL,
    TEXT,
    clear_axes,
)

WIDTH = 0.75  # of the width of other figures
ENDS = (("low", "high"), ("quarter", "three_quarters"))  # of the bands, as in BANDS
TALL, ROW = 3.8, 0.42  # inches for the curve and for a bar
UNTIL, THROUGHOUT = "until", "throughout"


def momentum_figure(answer: Mapping[str, Any]) -> Figure:
    """Draw what survives withdrawal in each week and, if it was asked for, the minimum push.

    Parameters
    ----------
    answer : mapping
        From `Momentum.as_dict`.

    Raises
    ------
    CxsimError
        There was nothing to withdraw.
    """
    if not answer["tests"]:
        raise CxsimError(f"no figure: {answer['sentence']}")
    groups = answer["push"]["groups"] if answer["push"] else []
    heights = [TALL, ROW * (len(groups) + 1)] if groups else [TALL]
    figure = Figure(figsize=(WIDTH * SIZE[0], sum(heights) + 2.0), layout="constrained")
    panels = figure.subplots(
        len(heights), 1, sharex=True, squeeze=False, gridspec_kw={"height_ratios": heights}
    )[:, 0]
    _surviving(panels[0], answer)
    if groups:
        _bars(panels[1], groups, answer["weeks"])
    panels[-1].set_xlim(0, answer["weeks"] * 1.02)
    panels[-1].set_xlabel("week in which support ends", fontsize=TEXT, color=FAINT, loc="right")
    figure.suptitle(
        f"{answer['scenario']['title']}\n{answer['headline']}",
        x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold",
    )  # fmt: skip
    _explain(figure, answer)
    return figure


def _surviving(axes: Axes, answer: Mapping[str, Any]) -> None:
    """Draw the share that survives; dashed where too few had been won for it to mean much."""
    tests = [test for test in answer["tests"] if test["spread"]["middle"] is not None]
    weeks = [test["week"] for test in tests]
    for (low, high), (_, _, opacity) in zip(ENDS, BANDS, strict=True):
        below, above = ([100.0 * test["spread"][end] for test in tests] for end in (low, high))
        axes.fill_between(weeks, below, above, color=COLOURS[0], alpha=opacity, lw=0)
    middle = np.array([100.0 * test["spread"]["middle"] for test in tests])
    won = np.array([t["before"]["people"] >= answer["won"] * answer["employees"] for t in tests])
    axes.plot(weeks, middle, color=COLOURS[0], ls=DASHES[1], lw=2.0)
    axes.plot(weeks, np.where(won, middle, np.nan), color=COLOURS[0], lw=2.0, marker="o", ms=5)
    axes.axhline(100.0 * answer["threshold"], color=COLOURS[1], lw=1.4)
    axes.set_title(
        "Of those who practise when all support ends, still practising a year later, %",
        loc="left", fontsize=TEXT + 1, color=INK,
    )  # fmt: skip
    clear_axes(axes, TEXT)
    axes.set_ylim(0.0, max(105.0, min(160.0, 1.05 * float(middle.max(initial=0.0)))))


def _bars(axes: Axes, groups: Sequence[Mapping[str, Any]], weeks: int) -> None:
    """Draw for each group how long it has to be held, or say why there is no bar."""
    for place, group in enumerate(groups):
        until, start = group["held_until"], group["held_from"]
        if until is not None:
            colour = COLOURS[2] if group["group"] == "all" else COLOURS[0]
            axes.barh(place, until - start, left=start, height=0.62, color=colour)
        words, where, ink = _label(group, weeks)
        axes.text(
            where, place, words, va="center", ha="right" if ink == "white" else "left",
            fontsize=SMALL, color=ink,
        )  # fmt: skip
    axes.set_yticks(range(len(groups)), [group["title"] for group in groups])
    axes.set_ylim(len(groups) - 0.5, -0.6)
    axes.set_title("How long it has to be held", loc="left", fontsize=TEXT + 1, color=INK)
    clear_axes(axes, TEXT, "x")
    axes.grid(axis="y", color=GRID, lw=0.0)


def _label(group: Mapping[str, Any], weeks: int) -> tuple[str, float, str]:
    """Return the words at a bar, the week they stand at and their colour."""
    until = group["held_until"]
    if group["kind"] == THROUGHOUT:
        return "throughout, and on ", weeks, "white"
    if group["kind"] == UNTIL:
        words = f"until week {until} "
        return (words, until, "white") if until > 0.25 * weeks else (f" {words}", until, INK)
    return " " + group["text"].partition(":")[0], 0.0, FAINT


def _explain(figure: Figure, answer: Mapping[str, Any]) -> None:
    lines = [
        "Line: median of the futures; dashed where fewer than a quarter of the employees practise. "
        "Dark band: half of the futures. Light band: 90 % of them. Brown line: enough to call it "
        "self-sustaining. "
        f"{answer['replicates']:,} futures, seed {answer['seed']}.",
        *answer["readings"][-1:],
    ]
    length = int(WIDTH * LINE_LENGTH)
    figure.supxlabel(
        "\n".join(part for line in lines for part in wrap(line, length)),
        x=0.01, ha="left", fontsize=SMALL, color=FAINT, linespacing=1.4,
    )  # fmt: skip
