"""Validation as one figure: a small panel per pattern, the published beside the simulated."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from cxsim.figures import (
    COLOURS,
    DASHES,
    FAINT,
    GRID,
    INK,
    LARGE,
    SIZE,
    SMALL,
    TEXT,
    clear_axes,
)
from cxsim.study.validation.implementation import AFTER, SUBSIDIES
from cxsim.study.validation.run import Validation
from cxsim.study.validation.trap import INTERRUPTED, PAUSE, PROJECTS, PUSHED, START

TITLE = "What the model was not fitted to"
READING = (
    "Dots: published figures. Lines: means over the futures. Capability trap: mean experience of a "
    "week's contacts against the same company undisturbed.\nWhat is wanted of each, and whether "
    "the model agrees, stands in the table."
)
COLUMNS = 4
Curves = Mapping[str, np.ndarray]


def validation_figure(validation: Validation) -> Figure:
    """Draw all patterns that have a shape."""
    curves = validation.curves
    figure = Figure(figsize=(SIZE[0] * 1.3, SIZE[1] * 1.35), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # type: ignore[union-attr,call-arg]
    rows = -(-len(PANELS) // COLUMNS)
    for place, panel in enumerate(PANELS, start=1):
        panel(figure.add_subplot(rows, COLUMNS, place), curves)
    figure.suptitle(TITLE, x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold")
    figure.supxlabel(READING, x=0.01, ha="left", fontsize=SMALL, color=FAINT, linespacing=1.4)
    return figure


# ------------------------------------------------------------------ customers and training


def _survival(axes: Axes, curves: Curves) -> None:
    _line(axes, curves["usual"], 0, "as usual")
    _line(axes, curves["indifferent"], 1, "satisfaction has no say")
    _line(axes, curves["alike"], 3, "and all are alike")
    axes.plot(curves["observed"], "o", ms=5, color=COLOURS[2], label="published")
    axes.set_ylim(0.0, 101.0)
    _dress(axes, "Customers left, %", "year")


def _training(axes: Axes, curves: Curves) -> None:
    weeks = curves["weeks"]
    for place, (name, label) in enumerate({"applying": "apply it", "able": "are able to"}.items()):
        _line(axes, 100.0 * curves[name], place, label, weeks)
    axes.plot(weeks, 100.0 * curves["published"], "o", ms=6, color=COLOURS[2], label="published")
    axes.set_ylim(0.0, 101.0)
    _dress(axes, "Left of a training, %", "weeks after it")


# ------------------------------------------------------------------ the capability trap


def _protected(axes: Axes, curves: Curves) -> None:
    _line(axes, curves["protected"], 0, "")
    _zero(axes)
    axes.axvline(START, color=FAINT, lw=0.9, ls=(0, (1, 2)))
    _dress(axes, "Improvement protected, %", "week")


def _pushed(axes: Axes, curves: Curves) -> None:
    names = {
        "trap-cut-typical": "training cut, middling",
        "trap-cut-orchestrated": "training cut, very good",
        "trap-efficiency": "efficiency only, middling",
    }
    for place, (name, label) in enumerate(names.items()):
        course = curves[name][PUSHED - SUBSIDIES[1] :]
        _line(axes, course, place, label, np.arange(len(course)) - SUBSIDIES[1])
    _zero(axes)
    _dress(axes, "People pushed, %", "weeks after it")


def _projects(axes: Axes, curves: Curves) -> None:
    for place, end in enumerate(PROJECTS):
        _line(axes, curves[f"project-{end}"], place, f"{end} weeks")
    _zero(axes)
    _dress(axes, "A project with an end, %", "week")


def _interrupted(axes: Axes, curves: Curves) -> None:
    names = {"experience": "experience", "practice": "employees who practise"}
    for place, (name, label) in enumerate(names.items()):
        _line(axes, curves[f"interrupted-{name}"], place, label)
    axes.axvspan(INTERRUPTED, INTERRUPTED + PAUSE, color=GRID, zorder=0)
    _zero(axes)
    _dress(axes, "Half a year of neglect, %", "week")


# ------------------------------------------------------------------ implementation


def _pushes(axes: Axes, curves: Curves) -> None:
    names = {
        "push-pressure": "pressure stops",
        "push-slower-efforts": "results twice as slow",
        "push-slower-wins": "results seen half",
        "push-all": "all is taken away",
    }
    for place, (name, label) in enumerate(names.items()):
        _line(axes, 100.0 * curves[name], place, label, curves["push-lengths"])
    axes.set_ylim(-1.0, 101.0)
    _dress(axes, "Futures that survive, %", "weeks of push")


def _threshold(axes: Axes, curves: Curves) -> None:
    bins = np.linspace(0.0, 100.0, 13)
    names = {"threshold-pressure": "company", "threshold-pressure-functions": "function"}
    for place, (name, label) in enumerate(names.items()):
        if name in curves:
            share = np.asarray(np.histogram(100.0 * curves[name], bins)[0])
            values = 100.0 * share / max(1.0, float(share.sum()))
            axes.stairs(values, bins, color=COLOURS[place], ls=DASHES[place], lw=2.0, label=label)
    axes.set_ylim(bottom=0.0)
    _dress(axes, f"{AFTER} weeks after the least push, % of cases", "% who practise")


def _wins(axes: Axes, curves: Curves) -> None:
    for place, weeks in enumerate(SUBSIDIES):
        _line(axes, 100.0 * curves[f"wins-{weeks}"], place, f"shown for {weeks} weeks")
    _dress(axes, "Wins without results: % who practise", "week")


# ------------------------------------------------------------------ firms and the case


def _units(axes: Axes, curves: Curves) -> None:
    axes.plot(
        100.0 * curves["units-belief"], 100.0 * curves["units-experience"],
        ".", ms=3, alpha=0.35, color=COLOURS[0], mec="none",
    )  # fmt: skip
    _dress(axes, "Units against their firm's mean: experience", "belief, points")


def _dips(axes: Axes, curves: Curves) -> None:
    change = curves["dip-curves"]
    if len(change):
        low, middle, high = np.quantile(change, (0.25, 0.5, 0.75), axis=0)
        weeks = np.arange(len(middle))
        axes.fill_between(weeks, low, high, color=COLOURS[0], alpha=0.26, lw=0)
        _line(axes, middle, 0, "median; half of the firms", weeks)
    _zero(axes)
    _dress(axes, "Firms that end better: experience, %", "week")


def _netflix(axes: Axes, curves: Curves) -> None:
    quarters = np.arange(len(curves["netflix-published"]))
    axes.bar(
        quarters, curves["netflix-changes"], width=0.7, color=COLOURS[0], alpha=0.6, label="replay"
    )
    axes.plot(quarters, curves["netflix-published"], "o", ms=6, color=COLOURS[2], label="published")
    _zero(axes)
    _dress(axes, "Netflix: new subscribers, million", "quarter from mid-2009")


PANELS = (
    _survival, _training, _protected, _pushed,
    _projects, _interrupted, _pushes, _threshold,
    _wins, _units, _dips, _netflix,
)  # fmt: skip


# ------------------------------------------------------------------ one look for all


def _line(
    axes: Axes, values: np.ndarray, place: int, label: str, at: np.ndarray | None = None
) -> None:
    places = np.arange(len(values)) if at is None else at
    axes.plot(places, values, color=COLOURS[place], ls=DASHES[place], lw=2.0, label=label)


def _zero(axes: Axes) -> None:
    axes.axhline(0.0, color=FAINT, lw=0.8, zorder=1)


def _dress(axes: Axes, title: str, across: str) -> None:
    axes.set_title(title, loc="left", fontsize=TEXT, color=INK)
    axes.set_xlabel(across, fontsize=SMALL, color=FAINT, loc="right", labelpad=1)
    clear_axes(axes, SMALL)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    if axes.get_legend_handles_labels()[1]:
        axes.legend(
            fontsize=SMALL - 1, labelcolor=INK, handlelength=2.4, facecolor="white",
            edgecolor="none", framealpha=0.85, borderaxespad=0.2,
        )  # fmt: skip
