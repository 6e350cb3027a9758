"""Files to download: the numbers as CSV, the charts as PNG."""

from __future__ import annotations

import csv
import io

from cxsim.app.simulation import Futures
from cxsim.figures import comparison_figure
from cxsim.series import SERIES, SIX

WHO = ["side", "scenario", "title", "seed", "futures", "series", "unit"]
HEADER = [*WHO, "week", "p05", "p25", "median", "p75", "p95"]


def to_csv(result: Futures) -> bytes:
    """One row per side, series and week; the title says what was moved on the side."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for side, ensemble in (("A", result.a), ("B", result.b)):
        scenario = ensemble.scenario
        origin = (side, scenario.name, scenario.title, ensemble.seed, ensemble.replicates)
        for name in SIX:
            for week, levels in enumerate(ensemble.quantiles(name).T):
                numbers = [f"{level:.9g}" for level in levels]
                writer.writerow([*origin, name, SERIES[name].unit, week, *numbers])
    return text.getvalue().encode()


def to_png(result: Futures) -> bytes:
    """The comparison as one picture for a slide or a page."""
    picture = io.BytesIO()
    comparison_figure([result.a, result.b]).savefig(picture, format="png", dpi=160)
    return picture.getvalue()
