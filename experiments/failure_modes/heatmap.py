"""The confusion matrix as a picture."""

from __future__ import annotations

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from cxsim.figures import COLOURS, FAINT, GRID, INK, LARGE, SMALL
from experiments.failure_modes.confusion import Confusion

SHADES = LinearSegmentedColormap.from_list("share", ["#ffffff", COLOURS[0]])
DARK = 0.5  # a share from which on white is easier to read than ink
LEAST = 0.02  # a share below which a number would be noise
TITLE = "What the futures of each failure mode look like, by their signs"


def confusion_figure(found: Confusion) -> Figure:
    """Draw the matrix: rows what a future is, columns what it looks like, in % of the futures."""
    matrix = found.matrix()
    rows, columns = matrix.shape
    figure = Figure(figsize=(0.36 * columns + 2.2, 0.36 * rows + 1.6), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(matrix, cmap=SHADES, vmin=0.0, vmax=1.0, aspect="equal")
    for y, line in enumerate(matrix):
        for x, share in enumerate(line):
            if share >= LEAST:
                colour = "white" if share > DARK else INK
                axes.text(x, y, f"{100 * share:.0f}", ha="center", va="center",
                          fontsize=SMALL - 3, color=colour)  # fmt: skip
    modes = [row.label for row in found.modes]
    axes.set_xticks(range(columns), [*modes, "none"], rotation=90, fontsize=SMALL - 2)
    axes.set_yticks(
        range(rows), [*modes, *(row.label for row in found.baselines)], fontsize=SMALL - 2
    )
    axes.tick_params(length=0, colors=FAINT)
    for edge in axes.spines.values():
        edge.set_color(GRID)
    axes.axhline(len(modes) - 0.5, color=FAINT, lw=0.8)
    axes.axvline(len(modes) - 0.5, color=FAINT, lw=0.8)
    axes.set_ylabel("is", color=FAINT)
    axes.set_xlabel(f"looks like, % of {found.replicates} futures (seed {found.seed})", color=FAINT)
    figure.suptitle(TITLE, x=0.01, ha="left", fontsize=LARGE - 2, color=INK, weight="bold")
    return figure
