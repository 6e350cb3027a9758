"""What a chart in the browser shows: plain descriptions, and all numbers in one piece.

Numbers travel as bytes, because the page's framework walks through nested lists at every change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from cxsim.app.axes import Scale, hold
from cxsim.figures import FIXED, FROM_ZERO, describe_event
from cxsim.results import Ensemble, Run
from cxsim.scenario import Scenario
from cxsim.series import CHURN_WINDOW, SERIES

KEYS = ("a", "b", "c", "d")
DASHES: tuple[tuple[int, ...], ...] = ((), (8, 4), (2, 3), (10, 4, 2, 4))
WHOLE = Scale(0, 100, 25)

# What the axis of a series says below its name, where the unit alone would not do.
CAPTIONS = {
    "adoption": "employees practising, %",
    "commitment": "what executives do, not say; of 100",
    "satisfaction": "all customers, of 100",
    "survey_score": "of 100; late, and only of those who answer",
    "churn_yearly": f"% of customers a year, from the last {CHURN_WINDOW} weeks",
    "net_value": "USD, against no programme",
}


@dataclass(frozen=True)
class Line:
    """How one scenario is drawn and called in all charts of a page."""

    key: str
    name: str
    colour: str
    dash: tuple[int, ...] = ()
    ghost: bool = False  # drawn whole and faint, while others are played week by week


@dataclass(frozen=True)
class Mark:
    """A dated event on the time axis; `line` counts from 0."""

    line: int
    week: int
    note: str


@dataclass(frozen=True)
class Span:
    """Weeks worth looking at, and why."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, eq=False)
class Chart:
    """One chart; `rows` holds an array [level, week] per line, with 5 levels or 1."""

    name: str
    heading: str
    unit: str
    form: str
    scale: Scale
    rows: Sequence[np.ndarray]
    marks: Sequence[Mark] = ()
    spans: Sequence[Span] = ()
    spoken: str = field(default="")


def lines(names: Sequence[str], ghosts: Sequence[int] = ()) -> list[Line]:
    """The lines of up to four scenarios, told apart by colour and dashes."""
    return [
        Line(KEYS[i], name, f"--cx-{KEYS[i]}", DASHES[i], i in ghosts)
        for i, name in enumerate(names)
    ]


def pack(charts: Sequence[Chart]) -> tuple[list[dict[str, Any]], bytes]:
    """Describe charts for the browser.

    Returns
    -------
    descriptions
        Plain data; `offset` says where the chart's numbers begin, in numbers.
    numbers
        float32, little-endian; of each chart [line, level, week], a shorter run filled up with
        NaN.
    """
    descriptions, pieces, offset = [], [], 0
    for chart in charts:
        levels = max(rows.shape[0] for rows in chart.rows)
        weeks = max(rows.shape[1] for rows in chart.rows)
        filled = np.full((len(chart.rows), levels, weeks), np.nan, dtype="<f4")
        for place, rows in zip(filled, chart.rows, strict=True):
            place[:, : rows.shape[1]] = rows
        descriptions.append(_description(chart, offset, levels, weeks))
        pieces.append(filled.tobytes())
        offset += filled.size
    return descriptions, b"".join(pieces)


def _description(chart: Chart, offset: int, levels: int, weeks: int) -> dict[str, Any]:
    return {
        "name": chart.name,
        "heading": chart.heading,
        "unit": chart.unit,
        "form": chart.form,
        "scale": asdict(chart.scale),
        "marks": [asdict(mark) for mark in chart.marks],
        "spans": [asdict(span) for span in chart.spans],
        "spoken": chart.spoken or f"{chart.heading}, {chart.unit}.",
        "offset": offset,
        "count": len(chart.rows),
        "levels": levels,
        "weeks": weeks,
    }


def caption(series: str) -> str:
    """What the axis of a series says below its name."""
    return CAPTIONS.get(series, SERIES[series].shown_unit)


def scale_of(series: str, rows: Sequence[np.ndarray], previous: Scale | None = None) -> Scale:
    """The axis of a chart, kept from before as long as the numbers fit."""
    if series in FIXED:
        return WHOLE
    low = 0.0 if series in FROM_ZERO else min(_edge(np.nanmin, one) for one in rows)
    return hold(previous, low, max(_edge(np.nanmax, one) for one in rows))


def _edge(edge: Any, rows: np.ndarray) -> float:
    return float(edge(rows)) if np.isfinite(rows).any() else 0.0


def events_of(scenarios: Sequence[Scenario]) -> list[Mark]:
    """The dated events of all scenarios."""
    return [
        Mark(line, event.week, describe_event(event))
        for line, one in enumerate(scenarios)
        for event in one.events
    ]


def of_series(
    series: str,
    ensembles: Sequence[Ensemble],
    scales: Mapping[str, Scale] | None = None,
    spans: Sequence[Span] = (),
) -> Chart:
    """The chart of one weekly series: median and bands of one to four ensembles."""
    rows = [SERIES[series].shown(one.quantiles(series)) for one in ensembles]
    return _chart(series, rows, events_of([one.scenario for one in ensembles]), scales, spans)


def of_runs(
    series: str,
    runs: Sequence[Run],
    scales: Mapping[str, Scale] | None = None,
    spans: Sequence[Span] = (),
) -> Chart:
    """The chart of one weekly series in one to four single runs."""
    rows = [SERIES[series].shown(one.series(series))[None, :] for one in runs]
    return _chart(series, rows, events_of([run.ensemble.scenario for run in runs]), scales, spans)


def _chart(
    series: str,
    rows: list[np.ndarray],
    marks: Sequence[Mark],
    scales: Mapping[str, Scale] | None,
    spans: Sequence[Span],
) -> Chart:
    return Chart(
        name=series,
        heading=SERIES[series].label,
        unit=caption(series),
        form=SERIES[series].form,
        scale=scale_of(series, rows, (scales or {}).get(series)),
        rows=rows,
        marks=marks,
        spans=spans,
    )
