"""What went wrong: how likely each candidate is, and what its cure would have won back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.figures.style import COLOURS, FAINT, GRID, INK, LARGE, SIZE, SMALL, TEXT, clear_axes

WIDTH, ROW, REST = 0.8 * SIZE[0], 0.62, 1.6  # inches; REST for title and axes
NAME_LENGTH, TITLE_LENGTH = 38, 96  # characters a line
BAR = 0.55


def diagnosis_figure(answer: Mapping[str, Any]) -> Figure:
    """Draw the candidates of a diagnosis.

    Parameters
    ----------
    answer : mapping
        From `Diagnosis.as_dict`; with one candidate at least.
    """
    rows = answer["candidates"]
    tried = any(row["gain"] for row in rows)
    figure = Figure(figsize=(WIDTH, ROW * len(rows) + REST), layout="constrained")
    panels = figure.subplots(1, 2 if tried else 1, sharey=True, squeeze=False)[0]
    _likelihoods(panels[0], rows)
    if tried:
        _gains(panels[1], rows)
    title = fill(answer["sentence"], TITLE_LENGTH)
    figure.suptitle(title, fontsize=LARGE - 2.0, color=INK, x=0.01, ha="left")
    return figure


def _likelihoods(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    places = range(len(rows))
    axes.barh(places, [100 * row["likelihood"] for row in rows], BAR, color=COLOURS[0])
    names = [fill(f"{row['mode']} {row['title']}", NAME_LENGTH) for row in rows]
    axes.set_yticks(places, names, fontsize=SMALL)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    clear_axes(axes, SMALL, "x")
    axes.tick_params(axis="y", colors=INK)
    axes.set_xlim(0, 100)
    axes.set_xlabel("likelihood, %", fontsize=TEXT, color=FAINT, loc="right")


def _gains(axes: Axes, rows: Sequence[Mapping[str, Any]]) -> None:
    """Draw what each cure wins back, within what is lacking."""
    unit = next(row["gain"]["unit"] for row in rows if row["gain"])
    for place, row in enumerate(rows):
        gain = row["gain"]
        if gain is None:
            continue
        axes.barh(place, max(gain["lacking"], 0.0), BAR, color=GRID)
        shade = COLOURS[0] if row["confirmed"] else FAINT
        axes.barh(place, gain["value"], 0.6 * BAR, color=shade)
        if gain["low"] is not None:
            axes.plot([gain["low"], gain["high"]], [place, place], color=INK, lw=1.2)
    clear_axes(axes, SMALL, "x")
    axes.set_xlabel(f"{unit}: won back by the cure, of those lacking", fontsize=TEXT, color=FAINT)
