"""Findings on sensitivity as a figure: what moves each outcome, and what that rests on."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from cxsim.figures import COLOURS, FAINT, GRID, INK, LARGE, LINE_LENGTH, SIZE, SMALL, TEXT
from cxsim.study.sensitivity import (
    ASSUMED,
    CALIBRATED,
    REMEMBERED,
    SOURCED,
    Answer,
    Effect,
    Findings,
    Share,
)

COLOUR_OF = {
    ASSUMED: COLOURS[1],
    CALIBRATED: COLOURS[0],
    REMEMBERED: COLOURS[3],
    SOURCED: COLOURS[2],
}
WORDS = {
    ASSUMED: "rests on an assumption",
    CALIBRATED: "calibrated",
    REMEMBERED: "from memory",
    SOURCED: "from a source",
}
BARS = 12  # effects per outcome
TITLE = "What the results rest on"
READING = (
    "Upper row: how far the outcome moves, on average, when one number goes from its low to its "
    "high end; + raises the outcome, − lowers it, ± depends on the rest. Lower row: part of the "
    "variance when only the numbers that matter most vary; dark: by itself, light: together with "
    "others; after the semicolon: what would vanish, at least, if all assumptions were known. "
    "Whiskers: 95 % intervals."
)


def sensitivity_figure(findings: Findings, outcomes: Sequence[str] | None = None) -> Figure:
    """Draw for each outcome the largest effects and the shares of its variance.

    Parameters
    ----------
    findings : Findings
    outcomes : sequence of str, optional
        All that were looked at by default.

    Raises
    ------
    CxsimError
        No such outcome.
    """
    names = list(findings.answers) if outcomes is None else list(outcomes)
    answers = [findings.answer(name) for name in names]
    figure = Figure(
        figsize=(SIZE[0] * max(0.5, len(answers) / 3), SIZE[1] * 1.25), layout="constrained"
    )
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # type: ignore[union-attr,call-arg]
    for column, answer in enumerate(answers, start=1):
        upper = figure.add_subplot(2, len(answers), column)
        _draw_effects(upper, findings, answer)
        lower = figure.add_subplot(2, len(answers), len(answers) + column)
        _draw_shares(lower, findings, answer)
    figure.suptitle(TITLE, x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold")
    _legend(figure, findings, answers)
    words = "\n".join(wrap(READING, int(LINE_LENGTH * figure.get_figwidth() / SIZE[0])))
    figure.supxlabel(words, x=0.01, ha="left", fontsize=SMALL, color=FAINT, linespacing=1.4)
    return figure


def _draw_effects(axes: Axes, findings: Findings, answer: Answer) -> None:
    effects = answer.effects[:BARS]
    sizes, margins = (
        100.0 * np.array([getattr(effect, field) for effect in effects])
        for field in ("size", "margin")
    )
    places = np.arange(len(effects))
    axes.barh(places, sizes, height=0.62, color=_colours(findings, effects))
    _whiskers(axes, sizes, margins, places)
    for place, effect in enumerate(effects):
        end = sizes[place] + margins[place]
        sign = effect.direction.replace("-", "−")
        axes.annotate(
            sign, (end, place), xytext=(4, 0), textcoords="offset points", va="center",
            fontsize=TEXT, color=INK,
        )  # fmt: skip
    _dress(axes, answer.label, "points of 100", effects)
    axes.set_xlim(right=1.08 * float((sizes + margins).max(initial=0.01)))


def _draw_shares(axes: Axes, findings: Findings, answer: Answer) -> None:
    shares = answer.shares
    colours, places = _colours(findings, shares), np.arange(len(shares))
    for field, margin, opacity, height in (
        ("total", "total_margin", 0.4, 0.62),
        ("first", "first_margin", 1.0, 0.3),
    ):
        # Estimates of shares near zero may come out a little below it.
        sizes = 100.0 * np.maximum(0.0, [getattr(share, field) for share in shares])
        axes.barh(places, sizes, height=height, color=colours, alpha=opacity)
        if field == "total":
            margins = 100.0 * np.array([getattr(share, margin) for share in shares])
            _whiskers(axes, sizes, margins, places)
    rest = f"; {100 * answer.assumed:.0f} % assumed" if answer.groups else ""
    _dress(axes, f"Part of the variance{rest}", "%", shares)


def _colours(findings: Findings, rows: Sequence[Effect] | Sequence[Share]) -> list[str]:
    return [COLOUR_OF[findings.factor(row.name).group] for row in rows]


def _whiskers(axes: Axes, sizes: np.ndarray, margins: np.ndarray, places: np.ndarray) -> None:
    reach = np.stack([np.minimum(margins, sizes), margins])
    axes.errorbar(sizes, places, xerr=reach, fmt="none", ecolor=FAINT, elinewidth=1.0, capsize=2.5)


def _dress(axes: Axes, title: str, unit: str, rows: Sequence[Effect] | Sequence[Share]) -> None:
    axes.set_title(title, loc="left", fontsize=TEXT, color=INK, pad=8)
    axes.set_xlabel(unit, fontsize=TEXT, color=FAINT, loc="right", labelpad=1)
    axes.set_yticks(range(len(rows)), [in_words(row.name) for row in rows])
    axes.invert_yaxis()
    axes.tick_params(axis="x", labelsize=SMALL, colors=FAINT, length=0)
    axes.tick_params(axis="y", labelsize=SMALL, colors=INK, length=0)
    axes.grid(axis="x", color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.spines["left"].set_color(FAINT)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlim(left=0.0)


def in_words(name: str) -> str:
    """Return the name of a factor as people read it."""
    return name.replace("_", " ").capitalize()


def _legend(figure: Figure, findings: Findings, answers: Sequence[Answer]) -> None:
    names = {effect.name for answer in answers for effect in answer.effects[:BARS]}
    names |= {share.name for answer in answers for share in answer.shares}
    drawn = {findings.factor(name).group for name in names}
    handles = [
        Patch(color=colour, label=WORDS[group])
        for group, colour in COLOUR_OF.items()
        if group in drawn
    ]
    figure.legend(
        handles=handles, loc="outside upper right", ncols=len(handles), frameon=False,
        fontsize=TEXT, labelcolor=INK,
    )  # fmt: skip
