"""The comparison as tables, for screen readers and for copying."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import solara

from cxsim.app.components.outcomes import verdict
from cxsim.app.simulation import Futures
from cxsim.app.vuetify import element

if TYPE_CHECKING:
    from cxsim.explain.compare import ComparisonRow

COLUMNS = ("Outcome", "A", "B", "B minus A", "95 % interval", "Correlation", "Verdict")


@solara.component
def DataTable(result: Futures) -> solara.Element:
    """All outcomes with the paired difference and its interval."""
    caption = f"{result.replicates} futures each, seed {result.a.seed}; the same luck on both sides"
    table = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *(_head(text, "col") for text in COLUMNS))),
        element("tbody", *(_row(outcome, result.replicates) for outcome in result.comparison.rows)),
        class_="cx-table",
    )
    scrollable = {"tabindex": "0", "role": "region", "aria-label": "All outcomes"}
    return element(
        "details",
        element("summary", "All outcomes as a table"),
        element("div", table, class_="cx-scroll", attributes=scrollable),
        class_="cx-card cx-details",
    )


def _row(outcome: ComparisonRow, replicates: int) -> solara.Element:
    cells = (
        outcome.text_a,
        outcome.text_b,
        outcome.text_difference,
        outcome.text_interval,
        _number(outcome.correlation),
        verdict(outcome, replicates),
    )
    return element("tr", _head(outcome.label, "row"), *(element("td", text) for text in cells))


def _number(value: float) -> str:
    return "-" if isnan(value) else f"{value:.2f}"


def _head(text: str, scope: str) -> solara.Element:
    return element("th", text, attributes={"scope": scope})
