"""A calibration as a figure: what is known of each unknown, and the figures inside the bands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from cxsim.figures import COLOURS, FAINT, INK, LARGE, SMALL, TEXT, clear_axes

if TYPE_CHECKING:
    from cxsim.study.company.calibration import Answer, Band, Calibration

COLUMNS = 3
WIDTH, ROW = 13.5, 3.5  # inches
DATA, FITTED = COLOURS[1], COLOURS[0]
COLOUR_OF = {"told": FITTED, "narrowed": COLOURS[3], "open": "#c3ccd1"}
WORDS_OF = {
    "told": "the data tell",
    "narrowed": "the data narrow it down",
    "open": "the data say nothing",
}


def picture(found: Calibration) -> Figure:
    """Draw the intervals of all unknowns, then each series inside its band.

    Raises
    ------
    CxsimError
        The model cannot reach the figures, so there is nothing to draw.
    """
    answers, bands = found.answers, found.bands
    rows = -(-len(bands) // COLUMNS)
    figure = Figure(figsize=(WIDTH, ROW * (1 + rows) + 0.9), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.12)  # type: ignore[union-attr,call-arg]
    heights = [1.0, max(0.1, float(rows))]
    # Each with margins of its own.
    above, below = figure.subfigures(2, 1, height_ratios=heights)  # type: ignore[misc]
    _draw_answers(above.add_subplot(), answers)
    for place, band in enumerate(bands, start=1):
        _draw_band(below.add_subplot(rows, min(COLUMNS, max(2, len(bands))), place), band)
    title = f"{found.scenario().title}: {found.data.values} figures"
    figure.suptitle(title, x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold")
    _legend(figure, answers)
    figure.supxlabel(
        "Above: the whole width is what was possible beforehand; the bar holds 95 % of what is "
        "possible now, its mark the median.\nBelow: dots are the company's figures; the band "
        f"holds 90 % of simulated companies, luck included. {found.simulations:,} simulations, "
        f"seed {found.seed}.",
        x=0.01, ha="left", fontsize=SMALL, color=FAINT, linespacing=1.4,
    )  # fmt: skip
    return figure


def _draw_answers(axes: Axes, answers: tuple[Answer, ...]) -> None:
    for place, answer in enumerate(answers):
        unknown = answer.unknown
        low, middle, high = (
            _position(answer, value) for value in (answer.low, answer.middle, answer.high)
        )
        axes.barh(place, 1.0, height=0.66, color="#eef1f3", zorder=1)
        axes.barh(
            place, high - low, left=low, height=0.66, color=COLOUR_OF[answer.verdict], zorder=2
        )
        axes.plot([middle, middle], [place - 0.33, place + 0.33], color="white", lw=2.0, zorder=3)
        for at, text, side in (
            (0.0, unknown.text(unknown.low), "left"),
            (1.0, unknown.text(unknown.high), "right"),
        ):
            axes.annotate(
                text, (at, place), xytext=(-5 if side == "left" else 5, 0),
                textcoords="offset points", ha="right" if side == "left" else "left",
                va="center", fontsize=SMALL, color=FAINT,
            )  # fmt: skip
        said = f"{unknown.text(answer.low)} to {unknown.text(answer.high)}"
        axes.annotate(
            said, (1.0, place), xytext=(52, 0), textcoords="offset points", va="center",
            fontsize=TEXT, color=INK,
        )  # fmt: skip
    axes.set_yticks(range(len(answers)), [f"{a.unknown.title}, {a.unknown.unit}" for a in answers])
    axes.tick_params(axis="y", labelsize=TEXT, colors=INK, length=0, pad=36)
    axes.set_xticks([])
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(len(answers) - 0.5, -0.5)
    axes.spines[:].set_visible(False)


def _position(answer: Answer, value: float) -> float:
    """Return where a value stands between the ends of its range, 0..1."""
    unknown = answer.unknown
    if unknown.even == "ratio":
        return float(np.log(value / unknown.low) / np.log(unknown.high / unknown.low))
    return (value - unknown.low) / (unknown.high - unknown.low)


def _draw_band(axes: Axes, band: Band) -> None:
    weeks = band.observed.middle
    low, middle, high = (band.kind.shown(v) for v in (band.low, band.middle, band.high))
    axes.fill_between(weeks, low, high, color=FITTED, alpha=0.2, lw=0)
    axes.plot(weeks, middle, color=FITTED, lw=2.0)
    axes.plot(
        weeks, band.kind.shown(band.observed.values), "o", ms=4.5, color=DATA, mec="white", mew=0.5
    )
    axes.set_title(
        f"{band.observed.label}, {band.kind.unit}", loc="left", fontsize=TEXT + 1, color=INK, pad=8
    )
    axes.set_xlabel("week", fontsize=TEXT, color=FAINT, loc="right", labelpad=1)
    clear_axes(axes, TEXT)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    if band.observed.kind in ("churn", "adoption", "trained"):
        axes.set_ylim(bottom=0.0)


def _legend(figure: Figure, answers: tuple[Answer, ...]) -> None:
    verdicts = {answer.verdict for answer in answers}
    handles: list[Patch | Line2D] = [
        Patch(color=colour, label=WORDS_OF[verdict])
        for verdict, colour in COLOUR_OF.items()
        if verdict in verdicts
    ]
    handles.append(
        Line2D([], [], color=DATA, marker="o", ls="", ms=5, label="the company's figures")
    )
    figure.legend(
        handles=handles, loc="outside upper right", ncols=len(handles), frameon=False,
        fontsize=TEXT, labelcolor=INK,
    )  # fmt: skip
