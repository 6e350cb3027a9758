"""Matplotlib figures for files and reports: one visual language for all of them.

One file per kind of figure: `ensembles` has the weekly series; `style` is what all share.
"""

from cxsim.figures.ensembles import (
    FIXED,
    FROM_ZERO,
    READING,
    SHOCK_WORDS,
    comparison_figure,
    describe_event,
    numbered_events,
    run_figure,
)
from cxsim.figures.saving import FORMATS, save_figure
from cxsim.figures.style import (
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

__all__ = [
    "COLOURS",
    "DASHES",
    "FAINT",
    "FIXED",
    "FORMATS",
    "FROM_ZERO",
    "GRID",
    "INK",
    "LARGE",
    "LINE_LENGTH",
    "READING",
    "SHOCK_WORDS",
    "SIZE",
    "SMALL",
    "TEXT",
    "clear_axes",
    "comparison_figure",
    "describe_event",
    "numbered_events",
    "run_figure",
    "save_figure",
]
