"""Causes as a figure: what each term adds, stacked week by week, under the quantity itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.explain.causes import words
from cxsim.explain.causes.graph import LEVEL
from cxsim.figures.style import COLOURS, FAINT, INK, LARGE, SMALL, TEXT, clear_axes

if TYPE_CHECKING:
    from cxsim.explain.causes.strips import Causes

SIZE = (11.0, 7.4)  # inches
SHOWN = 6  # terms with a colour of their own
# After the four of all figures, two more that differ in lightness too; the rest are grey.
PALETTE = (*COLOURS, "#7fb27a", "#e3b23c")
OTHER = "#c3ccd1"


def strip_figure(causes: Causes) -> Figure:
    """Draw the quantity as a line, and below it what each term adds in every week."""
    figure = Figure(figsize=SIZE, layout="constrained")
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.0, 1.7))
    weeks = np.arange(causes.first, causes.last + 1)
    window = slice(causes.first, causes.last + 1)
    staff = causes.past.staff(causes.function)
    values = words.readable(causes.node, staff, causes.values)[window]
    above.plot(weeks, values, color=INK, lw=2.0)
    _title(above, f"{causes.node.title}, {causes.node.unit}")
    _stack(below, causes, weeks, causes.contributions[:, window] * _scale(causes, staff))
    each = "every week" if causes.node.kind == LEVEL else "a week"
    _title(below, f"What each cause adds {each}, {causes.node.unit}")
    below.set_xlabel("week", fontsize=TEXT, color=FAINT, loc="right")
    where = f" in {causes.function}" if causes.function else ""
    figure.suptitle(
        f"{causes.scenario.title}: why {words.in_sentence(causes.node.title)}{where} moved",
        x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold",
    )  # fmt: skip
    made = f"Means over {causes.replicates} futures, seed {causes.past.seed}."
    figure.supxlabel(made, x=0.01, ha="left", fontsize=SMALL, color=FAINT)
    return figure


def _scale(causes: Causes, staff: int) -> float:
    return words.factor(causes.node, staff)


def _stack(axes: Axes, causes: Causes, weeks: np.ndarray, terms: np.ndarray) -> None:
    """Stack what raises above the line of zero and what lowers below it."""
    order = np.argsort(-np.abs(terms).sum(axis=1), kind="stable")
    kept, others = order[:SHOWN], order[SHOWN:]
    rows = [(causes.node.terms[n].title, terms[n]) for n in kept if np.any(terms[n])]
    if np.any(terms[others]):
        rows.append(("all others", terms[others].sum(axis=0)))
    up, down = np.zeros(len(weeks)), np.zeros(len(weeks))
    for (title, values), colour in zip(rows, (*PALETTE[: len(kept)], OTHER), strict=False):
        rising, falling = np.maximum(values, 0.0), np.minimum(values, 0.0)
        shade = OTHER if title == "all others" else colour
        axes.bar(weeks, rising, 1.0, up, color=shade, label=title, lw=0)
        axes.bar(weeks, falling, 1.0, down, color=shade, lw=0)
        up, down = up + rising, down + falling
    axes.plot(weeks, terms.sum(axis=0), color=INK, lw=1.4, label="all together")
    axes.axhline(0.0, color=FAINT, lw=0.8)
    axes.legend(
        loc="upper left", bbox_to_anchor=(0.0, -0.12), ncols=2, fontsize=SMALL, frameon=False,
        labelcolor=INK,
    )  # fmt: skip


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", fontsize=TEXT + 1, color=INK)
    clear_axes(axes, TEXT)
    axes.margins(x=0.0)
