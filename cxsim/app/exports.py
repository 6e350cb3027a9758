"""Files to download: the numbers as CSV, the charts as PNG."""

from __future__ import annotations

import csv
import io

from cxsim.app.simulation import Futures
from cxsim.figures import comparison_figure
from cxsim.series import SERIES, SIX

HEADER = ["side", "scenario", "series", "unit", "week", "p05", "p25", "median", "p75", "p95"]


def to_csv(result: Futures) -> bytes:
    """One row per side, series and week, in the units of the model."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for side, ensemble in (("A", result.a), ("B", result.b)):
        for name in SIX:
            for week, levels in enumerate(ensemble.quantiles(name).T):
                numbers = [f"{level:.9g}" for level in levels]
                who = (side, ensemble.scenario.name, name, SERIES[name].unit)
                writer.writerow([*who, week, *numbers])
    return text.getvalue().encode()


def to_png(result: Futures) -> bytes:
    """The comparison as one picture for a slide or a page."""
    picture = io.BytesIO()
    comparison_figure([result.a, result.b]).savefig(picture, format="png", dpi=160)
    return picture.getvalue()
