"""What all figures share: colours, sizes of type, quiet axes, numbers of money."""

from __future__ import annotations

from typing import Any, Literal

from matplotlib.axes import Axes

# Told apart by lightness and dashes as well as by hue, so that no kind of colour blindness hurts.
COLOURS = ("#0b6e99", "#b8501a", "#2b2b2b", "#a176c8")
DASHES: tuple[Any, ...] = ("solid", (0, (6, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)))
INK, FAINT, GRID = "#222b30", "#5c6970", "#dde3e6"
TEXT, SMALL, LARGE = 11.0, 10.0, 14.0  # points
BANDS = ((0.05, 0.95, 0.14), (0.25, 0.75, 0.26))  # from quantile, to quantile, opacity
SIZE = (13.5, 8.2)  # inches
LINE_LENGTH = 150  # characters of a line under the figure


def clear_axes(axes: Axes, size: float, grid: Literal["x", "y", "both"] = "y") -> None:
    """Leave of a panel's frame no more than a quiet grid, the numbers and the line below."""
    axes.tick_params(labelsize=size, colors=FAINT, length=0)
    axes.grid(axis=grid, color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)


def money_tick(value: float, _: float | None) -> str:
    """Return USD as an axis has it: "1.5 m"."""
    size = abs(value)
    sign = "-" if value < 0 else ""
    for limit, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size >= limit:
            return f"{sign}{size / limit:g} {letter}"
    return f"{sign}{size:g}"
