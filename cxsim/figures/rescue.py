"""Until when a rescue works, as a picture: its chance by the week in which it is made."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cxsim.figures.style import COLOURS, FAINT, INK, LARGE, LINE_LENGTH, SMALL, TEXT, clear_axes

if TYPE_CHECKING:
    from cxsim.explain.rescuing.answer import Rescue
    from cxsim.explain.rescuing.deadline import Deadline

SIZE = (10.4, 5.8)  # inches
THESE, ALL = COLOURS[0], COLOURS[1]
READING = (
    "Points: share of the futures in which the goal is reached when the changes are made in that "
    "week; bands: 95 % intervals; shaded weeks: 95 % interval of the deadline."
)


def rescue_figure(found: Rescue) -> Figure:
    """Draw the chance of a rescue against the week in which it is made.

    Parameters
    ----------
    found : Rescue
        One that needs no rescue has no curve; its figure says so.
    """
    figure = Figure(figsize=SIZE, layout="constrained")
    axes = figure.add_subplot()
    clear_axes(axes, SMALL)
    if found.deadline is None:
        axes.text(0.5, 0.5, "No curve: see the sentence above", ha="center", color=FAINT)
    if found.last_resort is not None:
        label = f"everything at once, {found.possible} changes"
        _curve(axes, found.last_resort, ALL, label, shaded=False)
    if found.deadline is not None:
        count = len(found.needed)
        these = f"the {count} changes found" if count > 1 else "the change found"
        of_all = f"everything at once, {found.possible} changes"
        colour, label = (THESE, these) if count else (ALL, of_all)
        _curve(axes, found.deadline, colour, label, shaded=True)
    _dress(axes, found)
    title = "\n".join(wrap(found.sentence, 105))
    figure.suptitle(title, x=0.01, ha="left", fontsize=LARGE - 2.5, color=INK)
    figure.supxlabel("\n".join(wrap(READING, LINE_LENGTH)), x=0.01, ha="left", fontsize=SMALL - 1.5,
                     color=FAINT)  # fmt: skip
    return figure


def _curve(axes: Axes, curve: Deadline, colour: str, label: str, shaded: bool) -> None:
    shares = [100.0 * chance.share for chance in curve.chances]
    ends = [chance.as_dict() for chance in curve.chances]
    low, high = ([100.0 * end[key] for end in ends] for key in ("low", "high"))
    axes.fill_between(curve.weeks, low, high, color=colour, alpha=0.13, lw=0)
    axes.plot(curve.weeks, shares, color=colour, marker="o", ms=4.5, lw=1.8, label=label)
    if curve.week is None or curve.low is None or curve.high is None:
        return
    if shaded:
        axes.axvspan(curve.low, curve.high, color=colour, alpha=0.08, lw=0)
    axes.axvline(curve.week, color=colour, lw=1.0, ls=(0, (2, 2)))
    axes.annotate(
        f"week {curve.week}", (curve.week, 3.0), (4, 0), textcoords="offset points",
        color=colour, fontsize=SMALL,
    )  # fmt: skip


def _dress(axes: Axes, found: Rescue) -> None:
    wanted = 100.0 * found.probability
    axes.axhline(wanted, color=INK, lw=1.0, ls=(0, (6, 3)))
    axes.annotate(
        f"wanted: {wanted:.3g} %", (1.0, wanted), (-2, 4), xycoords=("axes fraction", "data"),
        textcoords="offset points", ha="right", fontsize=SMALL, color=INK,
    )  # fmt: skip
    untouched = 100.0 * found.untouched.chance.share
    axes.axhline(untouched, color=FAINT, lw=1.0, ls=(0, (1, 2)))
    axes.annotate(
        f"as it is: {untouched:.0f} %", (1.0, untouched), (-2, 4),
        xycoords=("axes fraction", "data"), textcoords="offset points", ha="right",
        fontsize=SMALL, color=FAINT,
    )  # fmt: skip
    axes.set_ylim(0.0, 103.0)
    axes.set_xlabel("Week in which the changes are made", fontsize=TEXT, color=INK)
    axes.set_ylabel("Futures that reach the goal, %", fontsize=TEXT, color=INK)
    if found.deadline is not None:
        axes.legend(frameon=False, fontsize=SMALL, labelcolor=INK, loc="lower left",
                    bbox_to_anchor=(0.0, 1.0), ncols=2, borderaxespad=0.2)  # fmt: skip
