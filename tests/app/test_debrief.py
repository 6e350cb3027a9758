"""The debrief: which charts, which weeks, how many futures; against the runs themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import cxsim
from cxsim.app.debrief import (
    QUARTER,
    Panel,
    chart_of,
    debrief,
    is_count,
    panels,
    parts_of,
    signs_shown,
    weeks_in_words,
)
from cxsim.app.library import names
from cxsim.measures import Reading
from cxsim.results import Ensemble
from cxsim.series import SERIES
from cxsim.signs import Sign

FUTURES = 6


def pair(name: str) -> tuple[Ensemble, Ensemble]:
    scenario = cxsim.load(name)
    made = [cxsim.simulate(one, FUTURES, seed=4) for one in (scenario, scenario.rescue())]
    failing, rescued = made
    assert failing is not None
    assert rescued is not None
    return failing, rescued


@pytest.fixture(scope="module")
def survey_lady() -> tuple[Ensemble, Ensemble]:
    return pair("fm06_survey_lady")


def reading(first: int, last: int) -> Reading:
    return Reading("mean", "adoption", "company", first, last)


@pytest.mark.parametrize(
    ("windows", "words"),
    [
        ([(26, 26)], "week 26"),
        ([(0, 25)], "weeks 0 to 25"),
        ([(52, 77), (0, 7)], "weeks 0 to 7 and 52 to 77"),
        ([(0, 0), (26, 26)], "weeks 0 and 26"),
        ([(0, 25), (0, 25)], "weeks 0 to 25"),
    ],
)
def test_weeks_in_words(windows: list[tuple[int, int]], words: str) -> None:
    assert weeks_in_words([reading(*window) for window in windows]) == words


def test_a_panel_for_each_series_that_the_signs_read() -> None:
    scenario = cxsim.load("fm06_survey_lady")
    found = panels(scenario)
    assert [panel.series for panel in found] == [
        "adoption", "closures", "conflict", "commitment", "awareness",
    ]  # fmt: skip
    assert [panel.signs for panel in found] == [[], [0], [1], [2], [3]]
    span = found[1].spans[0]
    assert (span.first, span.last, span.text) == (0, 25, scenario.signs[0].says)


def test_a_sign_that_reads_nearly_all_weeks_shades_none() -> None:
    scenario = cxsim.load("fm06_survey_lady")
    signs = (Sign("low all the time", "max(adoption)", below=0.5),)
    (panel,) = panels(replace(scenario, signs=signs))
    assert panel.signs == [0]
    assert panel.spans == []


def test_counts_are_those_of_the_futures_themselves(
    survey_lady: tuple[Ensemble, Ensemble],
) -> None:
    failing, _ = survey_lady
    closed = failing.series("closures")[:, :26].sum(axis=1)
    conflict = 100 * failing.series("conflict")[:, 20:30].mean(axis=1)
    shown = signs_shown(failing)
    assert [sign.futures for sign in shown] == [FUTURES] * 4
    assert shown[0].count == (closed < 7).sum()
    assert shown[1].count == ((conflict > 15.5) & (conflict < 34)).sum()


def test_weekly_counts_are_averaged_over_a_quarter(survey_lady: tuple[Ensemble, Ensemble]) -> None:
    assert is_count("closures")
    assert is_count("starts")
    assert not is_count("open_issues")
    assert not is_count("revenue")
    chart, _ = chart_of(Panel("closures", "company", [], []), *survey_lady)
    assert f"mean of {QUARTER} weeks" in chart.unit
    last = survey_lady[0].series("closures")[:, -QUARTER:].mean(axis=1)
    assert chart.rows[0][2, -1] == pytest.approx(np.median(last))


def test_a_chart_shows_both_and_marks_the_cure_once(survey_lady: tuple[Ensemble, Ensemble]) -> None:
    failing, rescued = survey_lady
    chart, lines = chart_of(Panel("adoption", "company", [], []), failing, rescued)
    assert [line.key for line in lines] == ["failure", "rescue"]
    assert [bool(line.dash) for line in lines] == [False, True]
    np.testing.assert_allclose(chart.rows[1], 100 * rescued.quantiles("adoption"))
    cure = failing.scenario.cure
    assert cure is not None
    assert [(mark.line, mark.week, mark.note) for mark in chart.marks] == [(1, 40, cure.note)]


def test_events_of_both_are_marked_once() -> None:
    failing, rescued = pair("fm13_lagging_survey")
    chart, _ = chart_of(Panel("adoption", "company", [], []), failing, rescued)
    assert [mark.line for mark in chart.marks] == [0, 1]


def test_functions_are_the_lowest_and_the_others() -> None:
    failing, _ = pair("fm09_process_owner_says_no")
    (_, others), (_, lowest) = parts_of(failing, "commitment", "every function")
    by_function = failing.function_series("commitment")
    place = by_function[0].mean(axis=0).argmin()
    np.testing.assert_allclose(lowest[0], by_function[0, :, place])
    rest = np.delete(by_function[0], place, axis=1)
    np.testing.assert_allclose(others[0], rest.mean(axis=1))


def test_the_last_layer_is_the_last_with_anybody_in_it() -> None:
    failing, rescued = pair("fm26_tall_hierarchy")
    for one in (failing, rescued):
        (_, top), (_, last) = parts_of(one, "awareness", "every layer")
        assert np.isfinite(top).all()
        assert np.isfinite(last).all()  # the rescue takes layers out on the way
    layers = failing.layer_series("awareness")
    filled = np.flatnonzero(np.isfinite(layers[0, 0]))
    np.testing.assert_array_equal(last.shape, top.shape)
    np.testing.assert_allclose(
        parts_of(failing, "awareness", "every layer")[1][1][0, 0], layers[0, 0, filled[-1]]
    )


def test_one_function_by_name(survey_lady: tuple[Ensemble, Ensemble]) -> None:
    failing, _ = survey_lady
    name = failing.functions[1]
    ((label, values),) = parts_of(failing, "adoption", name)
    assert label == name
    np.testing.assert_array_equal(values, failing.function_series("adoption")[:, :, 1])


def test_everything_together(survey_lady: tuple[Ensemble, Ensemble]) -> None:
    failing, rescued = survey_lady
    meta, numbers = debrief(failing, rescued)
    count = sum(g["chart"]["count"] * g["chart"]["levels"] for g in meta["groups"])
    assert len(numbers) == 4 * count * failing.weeks
    assert len(meta["outcomes"]) == 3
    row = meta["outcomes"][0]
    practising = round(float(np.median(failing.outcome("adoption"))) * 300)
    assert f"{practising} of 300 employees" in row["failing"]
    assert meta["cure"]["week"] == 40
    assert meta["cure"]["turns"]
    assert "rescue" in meta["sentence"]


@pytest.mark.parametrize("name", names())
def test_every_failure_mode_has_charts_and_words(name: str) -> None:
    scenario = cxsim.load(name)
    found = panels(scenario)
    shown = {number for panel in found for number in panel.signs}
    assert shown == set(range(len(scenario.signs)))
    assert all(panel.series in SERIES for panel in found)
