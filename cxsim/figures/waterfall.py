"""A difference split into its parts, from one side's level to the other's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.figures.style import (
    COLOURS,
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

LEVEL, BETTER, WORSE = "#9aa5ab", COLOURS[0], COLOURS[1]
HATCH = "////"  # of what goes the wrong way, for those who do not see the hue
BAR = 0.62  # of the room that a row has
LETTER = 0.0105  # of the axes' width, for a letter beside a bar
PALE = 0.5  # opacity of a part that may be nothing
READING = (
    "Whiskers: 95 % interval of the part, or of the level. Pale: the interval has zero in it. "
    "The parts add up to the difference."
)


def waterfall_figure(outcome: Mapping[str, Any], method: str) -> Figure:
    """Draw the parts of a difference as bars that begin where the one above ends.

    Parameters
    ----------
    outcome : mapping
        One outcome as `Attribution.as_dict` has it.
    method : str
        How the parts were found, for the foot.
    """
    bars = outcome["bars"]
    figure = Figure(figsize=(SIZE[0] * 0.8, 2.4 + 0.52 * max(1, len(bars))), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.15, h_pad=0.12)  # type: ignore[union-attr,call-arg]
    axes = figure.add_subplot()
    for place, bar in enumerate(bars):
        _draw(axes, bar, place)
    _join(axes, bars)
    _dress(axes, outcome, bars)
    length = int(LINE_LENGTH * 0.72)
    figure.suptitle(
        "\n".join(wrap(outcome["sentence"], int(length * SMALL / TEXT))),
        x=0.01, ha="left", fontsize=TEXT, color=INK, linespacing=1.4, parse_math=False,
    )  # fmt: skip
    figure.supxlabel(
        "\n".join(wrap(f"{READING} {method}", length)),
        x=0.01, ha="left", fontsize=SMALL, color=FAINT, linespacing=1.4, parse_math=False,
    )  # fmt: skip
    return figure


def _draw(axes: Axes, bar: Mapping[str, Any], place: int) -> None:
    """Draw one bar, its whisker, and its number outside of both."""
    wrong = bar["kind"] == "part" and not bar["good"]
    colour = LEVEL if bar["kind"] != "part" else WORSE if wrong else BETTER
    axes.barh(
        place, bar["to"] - bar["from"], BAR, bar["from"], color=colour,
        hatch=HATCH if wrong else None, edgecolor="white", lw=0,
        alpha=1.0 if bar.get("clear", True) else PALE,
    )  # fmt: skip
    ends = [bar["from"], bar["to"]]
    if bar["interval"]:
        low, high = (bar["from"] + bar[end] for end in ("low", "high"))
        axes.plot([low, high], [place, place], color=INK, lw=1.6, marker="|", ms=7)
        ends += [low, high]
    axes.annotate(
        _words(bar), (max(ends), place), (6, 0), textcoords="offset points",
        va="center", fontsize=SMALL, color=INK, parse_math=False,
    )  # fmt: skip


def _words(bar: Mapping[str, Any]) -> str:
    return f"{bar['text']}  ({bar['interval']})" if bar["interval"] else str(bar["text"])


def _join(axes: Axes, bars: Sequence[Mapping[str, Any]]) -> None:
    """Draw thin lines from the end of each bar to the next one's start."""
    for place, bar in enumerate(bars[:-1]):
        axes.plot([bar["to"]] * 2, [place, place + 1], color=FAINT, lw=0.8, zorder=0)


def _dress(axes: Axes, outcome: Mapping[str, Any], bars: Sequence[Mapping[str, Any]]) -> None:
    axes.set_yticks(range(len(bars)), [bar["title"] for bar in bars])
    axes.invert_yaxis()
    clear_axes(axes, TEXT, "x")
    axes.tick_params(axis="y", labelcolor=INK)
    axes.axvline(0.0, color=FAINT, lw=0.8)
    unit = outcome["unit"] or "USD"
    axes.set_title(outcome["label"], loc="left", fontsize=LARGE, color=INK)
    axes.set_xlabel(unit, loc="right", fontsize=SMALL, color=FAINT)
    axes.xaxis.set_major_locator(MaxNLocator(7))
    if not outcome["unit"]:
        axes.xaxis.set_major_formatter(FuncFormatter(money_tick))
    low, high = axes.get_xlim()
    room = max((len(_words(bar)) for bar in bars), default=0) * LETTER
    axes.set_xlim(low, high + room / (1.0 - room) * (high - low))
    kinds = [Patch(color=BETTER, label="to the better")]
    kinds.append(Patch(facecolor=WORSE, hatch=HATCH, edgecolor="white", label="to the worse"))
    axes.legend(
        handles=kinds, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, frameon=False,
        fontsize=SMALL, labelcolor=INK,
    )  # fmt: skip
