"""Charts as the browser gets them: descriptions, and numbers as bytes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from cxsim.app.axes import Scale
from cxsim.app.charts import (
    DASHES,
    KEYS,
    WHOLE,
    Chart,
    Mark,
    Span,
    caption,
    events_of,
    lines,
    of_runs,
    of_series,
    pack,
    scale_of,
)
from cxsim.figures import describe_event
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.series import SERIES

WEEKS = 12
PUSH = {"week": 3, "set": {"communication": 0.9}, "note": "a push"}


def made(weeks: int = WEEKS, seed: int = 1) -> Ensemble:
    company = {"organisation": {"employees": 30}, "market": {"customers": 50}}
    scenario = Scenario("small", "Small", weeks=weeks, events=(PUSH,), **company)  # type: ignore[arg-type]
    ensemble = simulate(scenario, 6, seed=seed)
    assert ensemble is not None
    return ensemble


@pytest.fixture(scope="module")
def two() -> list[Ensemble]:
    return [made(), made(WEEKS - 4, seed=2)]


def unpacked(chart: dict[str, int], numbers: bytes) -> np.ndarray:
    """Read one chart as the browser does."""
    shape = (chart["count"], chart["levels"], chart["weeks"])
    size = chart["count"] * chart["levels"] * chart["weeks"]
    return np.frombuffer(numbers, "<f4", size, 4 * chart["offset"]).reshape(shape)


def drawn_by_hand(name: str, rows: list[np.ndarray]) -> Chart:
    return Chart(name, "Heading", "unit", "number", Scale(0, 10, 5), rows)


def test_numbers_arrive_at_their_places() -> None:
    first = drawn_by_hand("one", [np.arange(10.0).reshape(5, 2), np.ones((5, 2))])
    second = drawn_by_hand("two", [np.array([[7.0, 8.0, 9.0]])])
    described, numbers = pack([first, second])
    assert [chart["offset"] for chart in described] == [0, 20]
    assert len(numbers) == 4 * (20 + 3)
    assert (unpacked(described[0], numbers)[0] == np.arange(10.0).reshape(5, 2)).all()
    assert (unpacked(described[1], numbers) == [[[7, 8, 9]]]).all()
    assert json.loads(json.dumps(described)) == described


def test_a_shorter_run_ends_in_gaps() -> None:
    chart = drawn_by_hand("one", [np.ones((5, 4)), np.ones((5, 2))])
    described, numbers = pack([chart])
    shorter = unpacked(described[0], numbers)[1]
    assert (shorter[:, :2] == 1).all()
    assert np.isnan(shorter[:, 2:]).all()


def test_nothing_to_draw_is_no_bytes() -> None:
    assert pack([]) == ([], b"")


@pytest.mark.parametrize("name", ["adoption", "satisfaction", "churn_yearly", "net_value"])
def test_a_series_is_drawn_as_people_read_it(two: list[Ensemble], name: str) -> None:
    chart = of_series(name, two)
    described, numbers = pack([chart])
    seen = unpacked(described[0], numbers)
    for line, one in enumerate(two):
        wanted = SERIES[name].shown(one.quantiles(name))
        assert seen[line, :, : one.weeks] == pytest.approx(wanted, rel=1e-6, nan_ok=True)
    assert chart.heading == SERIES[name].label
    assert chart.unit == caption(name)
    assert chart.scale.low <= np.nanmin(seen)
    assert np.nanmax(seen) <= chart.scale.high


def test_single_runs(two: list[Ensemble]) -> None:
    chart = of_runs("adoption", [two[0].run(2)])
    assert chart.rows[0].shape == (1, WEEKS)
    assert (chart.rows[0][0] == SERIES["adoption"].shown(two[0].series("adoption")[2])).all()


def test_events_are_marked(two: list[Ensemble]) -> None:
    chart = of_series("adoption", two)
    event = two[0].scenario.events[0]
    words = describe_event(event)
    assert list(chart.marks) == [Mark(0, 3, words), Mark(1, 3, words)]
    assert events_of([]) == []
    described, _ = pack([of_series("adoption", two, spans=[Span(2, 5, "look")])])
    assert described[0]["marks"][1] == {"line": 1, "week": 3, "note": words}
    assert described[0]["spans"] == [{"first": 2, "last": 5, "text": "look"}]


def test_shares_keep_the_whole_axis_and_money_keeps_its_own() -> None:
    assert scale_of("adoption", [np.array([3.0, 4.0])]) == WHOLE
    first = scale_of("net_value", [np.array([-3.0, 90.0])])
    assert first.low <= -3
    assert first.high >= 90
    assert scale_of("net_value", [np.array([-1.0, 40.0])], first) == first
    wider = scale_of("net_value", [np.array([-1.0, 400.0])], first)
    assert wider.low <= first.low
    assert wider.high >= 400
    held = scale_of("churn_yearly", [np.array([11.0, 14.0])])
    assert held.low == 0


def test_no_number_at_all_still_has_an_axis() -> None:
    scale = scale_of("net_value", [np.array([np.nan])])
    assert scale.low < scale.high
    mixed = scale_of("net_value", [np.array([np.nan]), np.array([5.0, np.nan])])
    assert mixed.high >= 5


def test_four_lines_can_be_told_apart() -> None:
    four = lines(["a", "b", "c", "d"], ghosts=[1])
    assert [line.key for line in four] == list(KEYS)
    assert len({line.colour for line in four}) == 4
    assert len({line.dash for line in four}) == len(DASHES) == 4
    assert [line.ghost for line in four] == [False, True, False, False]


def test_every_series_says_its_unit() -> None:
    assert caption("adoption") == "employees practising, %"
    assert all(caption(name) for name in SERIES)
