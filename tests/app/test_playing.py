"""A future as the browser plays it."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import cxsim
from cxsim.app.playing import difference, grouped, packed, play, setting, try_hundred, verdicts
from cxsim.app.simulation import REPLICATES, Simulator
from cxsim.app.watching import CHOICES, Watch, from_query
from cxsim.explain.chronicle import chronicle
from cxsim.results.trace import trace
from cxsim.series import SERIES
from cxsim.timeline import Event

PUSH = Event(41, {"ceo_sponsorship": 0.95, "accountability": 0.9, "charter": 0.9})


def opened(film: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """The three parts of a film, read as the browser does."""
    lengths = np.frombuffer(film[:12], "<u4").tolist()
    parts, start = [], 12
    for length in lengths:
        parts.append(film[start : start + length])
        start += length + -length % 4
    assert start == len(film)
    return json.loads(parts[0]), parts[1], parts[2]


def chart(meta: dict[str, Any], numbers: bytes, name: str) -> np.ndarray:
    found = next(one for one in meta["charts"] if one["name"] == name)
    shape = (found["count"], found["levels"], found["weeks"])
    return np.frombuffer(numbers, "<f4", int(np.prod(shape)), 4 * found["offset"]).reshape(shape)


def test_the_film_holds_the_people_of_the_trace() -> None:
    meta, people, _ = opened(packed(play(Watch("typical", 3))))
    expected = trace(cxsim.load("typical"), 3)
    for name, array in meta["arrays"].items():
        found = np.frombuffer(
            people, array["type"], int(np.prod(array["shape"])), array["offset"]
        ).reshape(array["shape"])
        assert np.array_equal(found, getattr(expected, name)), name
    assert meta["title"] == "Typical: a middling programme"


def test_the_film_holds_every_series_of_both_futures() -> None:
    watch = Watch("typical").intervene(PUSH)
    meta, _, numbers = opened(packed(play(watch)))
    assert [one["name"] for one in meta["charts"]] == list(CHOICES)
    runs = [trace(cxsim.load("typical").with_events([PUSH])).run, trace(cxsim.load("typical")).run]
    for name in ("adoption", "net_value", "satisfaction"):
        expected = np.stack([SERIES[name].shown(run.series(name)) for run in runs])
        assert np.allclose(chart(meta, numbers, name)[:, 0], expected, rtol=1e-6), name
    assert [(line["key"], line["ghost"]) for line in meta["lines"]] == [("b", False), ("a", True)]


def test_the_film_tells_the_story_and_what_happens() -> None:
    meta, _, _ = opened(packed(play(Watch("fm06_survey_lady").intervene(PUSH))))
    scenario = cxsim.load("fm06_survey_lady")
    assert (meta["story"], meta["signature"]) == (scenario.story, scenario.signature)
    told = chronicle(trace(scenario.with_events([PUSH])))
    assert [entry["text"] for entry in meta["entries"]] == [entry.text for entry in told]
    assert {k: v for k, v in meta["marks"][-1].items() if k != "text"} == {"week": 41, "own": True}


def test_the_scenarios_own_events_are_marked_apart() -> None:
    name = "netflix_2011"
    meta, _, _ = opened(packed(play(Watch(name))))
    assert [mark["week"] for mark in meta["marks"]] == [e.week for e in cxsim.load(name).events]
    assert not any(mark["own"] for mark in meta["marks"])


def test_the_difference_in_the_end_is_told_in_words() -> None:
    played = play(Watch("typical").intervene(PUSH))
    assert played.ghost is not None
    run, other = played.trace.run, played.ghost.run
    more = round(run.series("practising")[-1] - other.series("practising")[-1])
    assert more > 1
    text = difference(played)
    assert text.startswith(f"In week 155, compared with future A: {more} more people practise; ")
    assert "net value +$" in text or "net value -$" in text
    turned = play(played.watch.show(0, 1))
    assert f"compared with future B: {more} fewer people practise" in difference(turned)


def test_two_futures_that_do_not_differ_are_said_not_to() -> None:
    late = Event(155, {"commitment_spread": 0.5})
    assert difference(play(Watch("typical").intervene(late))).endswith("future A: nothing differs.")
    assert difference(play(Watch("typical"))) == ""


def test_the_setting_names_every_future_and_what_was_done() -> None:
    shown = setting(Watch("typical", 5, week=7).intervene(PUSH))
    assert [one["letter"] for one in shown["futures"]] == ["A", "B"]
    assert shown["futures"][1]["events"][0]["text"].startswith("CEO sponsorship: 95 %; acc")
    again, problems = from_query(shown["query"], cxsim.bundled())
    assert problems == []
    assert (again.futures[1], again.seed, again.play, again.ghost) == ((PUSH,), 5, 1, 0)


def test_every_scenario_is_offered_once_in_its_group() -> None:
    groups = {one["title"]: one["scenarios"] for one in grouped(cxsim.bundled())}
    names = [one["name"] for scenarios in groups.values() for one in scenarios]
    assert sorted(names) == sorted(cxsim.bundled())
    assert [one["name"] for one in groups["Cases"]] == ["netflix_2011"]
    assert {"typical", "orchestrated"} < {one["name"] for one in groups["Starting points"]}
    assert len(groups["Why programmes fail"]) == 31
    assert all(groups.values())


def test_a_hundred_futures_are_those_of_the_comparison() -> None:
    watch = Watch("typical").intervene(PUSH)
    steps: list[tuple[int, int]] = []
    made = try_hundred(watch, Simulator(), lambda: False, lambda *step: steps.append(step))
    assert made is not None
    a = cxsim.simulate(cxsim.load("typical"), REPLICATES, 1)
    b = cxsim.simulate(cxsim.load("typical").with_events([PUSH]), REPLICATES, 1)
    assert a is not None
    assert b is not None
    row = cxsim.compare(a, b).row("adoption")
    told = verdicts(watch, made)
    first = told["rows"][0]
    assert (first["before"], first["after"]) == (row.text_a, row.text_b)
    assert first["wins"] == round(100 * row.share_b_better) > 50
    assert (told["before"], told["after"], told["count"]) == ("A", "B", 100)
    assert steps == sorted(steps)
    assert steps[-1] == (2 * REPLICATES, 2 * REPLICATES)


@pytest.mark.parametrize("ghost", [None, 0])
def test_a_hundred_futures_can_be_stopped(ghost: int | None) -> None:
    watch = Watch("typical").intervene(PUSH).show(1, ghost)
    assert try_hundred(watch, Simulator(), lambda: True, lambda *_: None) is None
