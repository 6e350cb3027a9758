"""The six charts of a comparison, with their common legend."""

from __future__ import annotations

import numpy as np
import solara

from cxsim.app.axes import Scale, hold
from cxsim.app.components.band_chart import BandChart, Mark
from cxsim.app.simulation import Futures
from cxsim.app.vuetify import card, element
from cxsim.figures import FIXED, FROM_ZERO, describe_event
from cxsim.results import Ensemble
from cxsim.series import CHURN_WINDOW, SERIES, SIX

WHOLE = Scale(0, 100, 25)

# What the axis of a series says below its name, where the unit alone would not do.
CAPTIONS = {
    "adoption": "employees practising, %",
    "commitment": "what executives do, not say; of 100",
    "satisfaction": "all customers, of 100",
    "survey_score": "of 100; late, and only of those who answer",
    "churn_yearly": f"% a year, from the last {CHURN_WINDOW} weeks",
    "net_value": "USD, against no programme",
}


def marks(result: Futures) -> list[Mark]:
    """The events of both scenarios."""
    return [
        Mark(side, event.week, describe_event(event))
        for side, ensemble in (("a", result.a), ("b", result.b))
        for event in ensemble.scenario.events
    ]


def bands(ensemble: Ensemble, series: str) -> np.ndarray:
    """Levels of a series by week as people read them, shape [level, week]."""
    return SERIES[series].shown(ensemble.quantiles(series))


def scale_of(series: str, data: list[np.ndarray], previous: Scale | None) -> Scale:
    """The axis of a chart, kept from before as long as the data fit."""
    if series in FIXED:
        return WHOLE
    low = 0.0 if series in FROM_ZERO else min(float(np.nanmin(rows)) for rows in data)
    return hold(previous, low, max(float(np.nanmax(rows)) for rows in data))


@solara.component
def Charts(result: Futures) -> solara.Element:
    """Draw all charts of a result."""
    nothing: dict[str, Scale] = {}
    scales = solara.use_ref(nothing).current
    # other scenarios may need quite other axes
    solara.use_memo(scales.clear, [result.setting.a.scenario, result.setting.b.scenario])
    events = marks(result)
    with element("div", class_="cx-charts") as grid:
        for name in SIX:
            data = [bands(result.a, name), bands(result.b, name)]
            scales[name] = scale_of(name, data, scales.get(name))
            chart = BandChart(
                data,
                heading=SERIES[name].label,
                unit=CAPTIONS[name],
                form=SERIES[name].form,
                scale=scales[name],
                marks=events,
                draft=result.draft,
                revision=result.revision,
            )
            card(chart, class_="cx-chart-card").key(name)
    return grid


@solara.component
def Legend(a: Ensemble, b: Ensemble) -> solara.Element:
    """Which line is which, and what the bands mean."""
    with element("div", class_="cx-legend") as legend:
        for letter, ensemble in (("a", a), ("b", b)):
            element(
                "span",
                element("span", class_=f"cx-key cx-key-{letter}"),
                element("b", letter.upper()),
                f" {ensemble.scenario.title}",
                class_="cx-legend-item",
            )
        element(
            "span",
            "Line: median. Dark band: half of all futures. Light band: 90 % of them. "
            "Dotted: events.",
            class_="cx-legend-note",
        )
    return legend
