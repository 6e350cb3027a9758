"""The debrief of a failure mode: its signs on charts, its rescue beside it, what came of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cxsim.app.charts import Chart, Line, Mark, Span, caption, events_of, pack, scale_of
from cxsim.app.library import cure_turns
from cxsim.explain.headlines import MAIN
from cxsim.explain.signature import shown
from cxsim.explain.verdicts import verdicts
from cxsim.measures import Reading, parse, readings
from cxsim.measures.readings import EVERY_FUNCTION, EVERY_LAYER
from cxsim.results import Ensemble
from cxsim.results.ensemble import LEVELS
from cxsim.scenario import Scenario
from cxsim.series import SERIES, trailing_mean
from cxsim.signs import Sign

SIDES = ("the failure", "the rescue")
DASH = (7, 4)
QUARTER = 13  # weeks over which weekly counts are averaged, or nobody could read them
NEARLY_ALL = 0.85  # of the weeks: a shade over so many points at nothing


@dataclass(frozen=True)
class SignShown:
    """One sign beside the futures: its words, its weeks, and in how many of them it shows."""

    says: str
    weeks: str
    count: int
    futures: int


def signs_shown(ensemble: Ensemble) -> list[SignShown]:
    """The scenario's own signs."""
    scenario = ensemble.scenario
    counts = shown(scenario.signs, ensemble).sum(axis=0)
    return [
        SignShown(sign.says, weeks_in_words(read(sign, scenario)), int(count), ensemble.replicates)
        for sign, count in zip(scenario.signs, counts, strict=True)
    ]


def read(sign: Sign, scenario: Scenario) -> tuple[Reading, ...]:
    """What a sign's measure reads of a run of the scenario."""
    return readings(parse(sign.measure), scenario)


def weeks_in_words(found: Sequence[Reading]) -> str:
    """The weeks that a measure reads: "week 26", "weeks 0 to 7 and 52 to 77"."""
    windows = sorted({(reading.first, reading.last) for reading in found})
    parts = [f"{first}" if first == last else f"{first} to {last}" for first, last in windows]
    one_week = len(windows) == 1 and windows[0][0] == windows[0][1]
    return f"{'week' if one_week else 'weeks'} {' and '.join(parts)}"


# ------------------------------------------------------------------ charts


@dataclass
class Panel:
    """One chart of a series, and the signs that show on it."""

    series: str
    whose: str
    signs: list[int]
    spans: list[Span]


def panels(scenario: Scenario) -> list[Panel]:
    """Adoption first, then a panel for each series that the scenario's signs read."""
    found = {("adoption", "company"): Panel("adoption", "company", [], [])}
    for number, sign in enumerate(scenario.signs):
        for reading in read(sign, scenario):
            key = (reading.series, reading.whose)
            panel = found.setdefault(key, Panel(*key, [], []))
            if number not in panel.signs:
                panel.signs.append(number)
            if reading.last - reading.first < NEARLY_ALL * scenario.weeks:
                panel.spans.append(Span(reading.first, reading.last, sign.says))
    return list(found.values())


def is_count(series: str) -> bool:
    """Whether a series counts what happens in each week."""
    return SERIES[series].form == "number" and SERIES[series].unit.endswith(" a week")


def parts_of(ensemble: Ensemble, series: str, whose: str) -> list[tuple[str, np.ndarray]]:
    """What to draw of a series: names and arrays of shape (replicates, weeks)."""
    if whose == EVERY_FUNCTION:
        return _lowest_and_others(ensemble.function_series(series))
    if whose == EVERY_LAYER:
        layers = ensemble.layer_series(series)
        return [("top layer", layers[:, :, 0]), ("last layer", _deepest(layers))]
    if whose in ensemble.functions:
        place = ensemble.functions.index(whose)
        return [(whose, ensemble.function_series(series)[:, :, place])]
    return [("", ensemble.series(series))]


def _lowest_and_others(values: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """The function that is lowest on average in each future, and the mean of the others."""
    lowest = np.nanmean(values, axis=1).argmin(axis=1)[:, None, None]
    low = np.take_along_axis(values, lowest, axis=2)[:, :, 0]
    others = (np.nansum(values, axis=2) - low) / (values.shape[2] - 1)
    return [("the other functions", others), ("lowest function", low)]


def _deepest(layers: np.ndarray) -> np.ndarray:
    """The lowest layer with anybody in it, week by week: a rescue may take layers out."""
    depth = layers.shape[2] - 1 - np.isfinite(layers)[:, :, ::-1].argmax(axis=2)
    return np.take_along_axis(layers, depth[:, :, None], axis=2)[:, :, 0]


def chart_of(panel: Panel, failing: Ensemble, rescued: Ensemble) -> tuple[Chart, list[Line]]:
    """The chart of a panel and its lines; without bands where each side has several lines."""
    series, marks = SERIES[panel.series], cure_and_events(failing, rescued)
    per_side = [parts_of(one, panel.series, panel.whose) for one in (failing, rescued)]
    levels = LEVELS if len(per_side[0]) == 1 else (0.5,)
    rows, lines = [], []
    for side, parts in enumerate(per_side):
        for place, (name, values) in enumerate(parts):
            rows.append(_levels(panel.series, values, levels))
            lines.append(_line(side, name, dashed=place > 0 or (len(parts) == 1 and side == 1)))
    unit = caption(panel.series)
    chart = Chart(
        name=panel.series if panel.whose == "company" else f"{panel.series} {panel.whose}",
        heading=series.label if panel.whose == "company" else f"{series.label}, {panel.whose}",
        unit=f"{unit}, mean of {QUARTER} weeks" if is_count(panel.series) else unit,
        form=series.form,
        scale=scale_of(panel.series, rows),
        rows=rows,
        marks=[Mark(len(per_side[0]) * mark.line, mark.week, mark.note) for mark in marks],
        spans=panel.spans,
    )
    return chart, lines


def _levels(series: str, values: np.ndarray, levels: Sequence[float]) -> np.ndarray:
    if is_count(series):
        values = trailing_mean(values, QUARTER)
    return SERIES[series].shown(np.quantile(values, levels, axis=0))


def _line(side: int, part: str, dashed: bool) -> Line:
    key = ("failure", "rescue")[side]
    return Line(
        f"{key}, {part}" if part else key, key, ("--cx-a", "--cx-b")[side], DASH if dashed else ()
    )


def cure_and_events(failing: Ensemble, rescued: Ensemble) -> list[Mark]:
    """The events of the failure, and of its rescue the cure alone."""
    own = len(failing.scenario.events)
    marks = events_of([failing.scenario, rescued.scenario])
    told = {(mark.week, mark.note) for mark in marks[:own]}
    return [*marks[:own], *(m for m in marks[own:] if (m.week, m.note) not in told)]


# ------------------------------------------------------------------ all of it


def debrief(failing: Ensemble, rescued: Ensemble) -> tuple[dict[str, Any], bytes]:
    """Everything for the page: plain data, and the numbers of its charts.

    Raises
    ------
    CxsimError
        The two did not meet the same luck.
    """
    scenario = failing.scenario
    found = panels(scenario)
    drawn = [chart_of(panel, failing, rescued) for panel in found]
    described, numbers = pack([chart for chart, _ in drawn])
    groups = [
        {"chart": chart, "lines": [asdict(line) for line in lines], "signs": panel.signs}
        for chart, (_, lines), panel in zip(described, drawn, found, strict=True)
    ]
    cure = scenario.cure
    meta = {
        "name": scenario.name,
        "futures": failing.replicates,
        "seed": failing.seed,
        "groups": groups,
        "signs": [asdict(sign) for sign in signs_shown(failing)],
        "outcomes": outcomes(failing, rescued),
        "sentence": sentence(failing, rescued),
        "cure": {
            "week": cure.week if cure else 0,
            "note": cure.note if cure else "",
            "turns": [asdict(turn) for turn in cure_turns(scenario)],
        },
        "revision": f"{scenario.name}-{failing.seed}-{failing.replicates}",
    }
    return meta, numbers


def outcomes(failing: Ensemble, rescued: Ensemble) -> list[dict[str, str]]:
    """Adoption, churn and net value of both, in natural units, with a verdict on the rescue."""
    return [
        {
            "label": outcome.label,
            "failing": outcome.standings[0].text,
            "rescued": outcome.standings[1].text,
            "verdict": outcome.standings[1].difference.verdict,
        }
        for outcome in verdicts([failing, rescued], SIDES).outcomes
        if outcome.name in MAIN and outcome.standings[1].difference is not None
    ]


def sentence(failing: Ensemble, rescued: Ensemble) -> str:
    """What the rescue achieves, in one sentence."""
    text = verdicts([failing, rescued], SIDES).sentence
    return text[:1].upper() + text[1:]
