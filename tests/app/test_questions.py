"""Questions read from the page's forms, and the pictures that are drawn of answers."""

from __future__ import annotations

import importlib
import json
import math
import shlex
from dataclasses import replace
from typing import Any

import click
import pytest

from cxsim.app.changes import change
from cxsim.app.components.ask import PANELS
from cxsim.app.questions import causes, forms, loops, money, pictures, rescue, why
from cxsim.app.state import FILE, Setting, Side, own_scenario
from cxsim.errors import CxsimError

A, B = Side("typical"), Side("orchestrated", moved=(("wins", 30),))
SETTING = Setting((A, B), firm=(("employees", "40"), ("customers", "90")))
MODULES = {module.PANEL: module for module, _ in PANELS}
WISHES: dict[str, dict[str, str]] = {name: {"side": "1"} for name in MODULES} | {
    "why": {"pair": "0-1"}
}


@pytest.mark.parametrize("name", MODULES)
def test_a_question_is_the_same_as_long_as_its_scenarios_are(name: str) -> None:
    def key(setting: Setting, **more: str) -> str:
        return str(MODULES[name].question(setting, {**WISHES[name], **more}).key)

    first = key(SETTING)
    assert key(replace(SETTING, charts=("churn_yearly",))) == first
    assert key(SETTING.with_side(1, B.move("change", 1))) != first
    assert key(replace(SETTING, seed=9)) != first
    assert key(replace(SETTING, firm=(("employees", "41"), ("customers", "90")))) != first
    aside = key(SETTING.with_side(0, A.move("change", 1)))
    assert (aside == first) == (name != "why")


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize(
    "wish",
    [
        {"side": "2", "pair": "0-2"},
        {"side": "x", "pair": "x"},
        {"side": ["a"], "pair": {"b": 1}},
        {"side": "99999999999999999999", "pair": "99-1"},
    ],
)
def test_nonsense_is_refused_in_one_line(name: str, wish: dict[str, Any]) -> None:
    with pytest.raises(CxsimError) as refused:
        MODULES[name].question(SETTING, wish)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "-1", "3.5", "156", "1e3", "forty", "²", None])
def test_a_week_is_a_whole_number_within_the_horizon(text: object) -> None:
    with pytest.raises(CxsimError, match=r"week: '.*' is no whole number from 0 to 155"):
        rescue.question(SETTING, {"side": "0", "week": text})


def test_goals_are_told_apart() -> None:
    told = rescue.question(SETTING, {"goal": " adoption >= 50% ;; payback  <= 130 "}).command
    assert shlex.split(told).count("--goal") == 2
    with pytest.raises(CxsimError, match="the goal is empty"):
        rescue.question(SETTING, {"goal": " ; "})


# --- the same numbers again ----------------------------------------------------------------------


def command_in(verb: str) -> click.Command:
    found: click.Command = getattr(importlib.import_module(f"cxsim.cli.{verb}_command"), verb)
    return found


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize(
    "setting",
    [
        SETTING,
        replace(SETTING, sides=(A, Side("fm14_one_time_project", variant="rescue"))),
        replace(SETTING, sides=(A, replace(B, levers=(("charter", "0.5"),)))),
    ],
)
def test_every_command_is_one_that_the_command_line_takes(name: str, setting: Setting) -> None:
    asked = MODULES[name].question(setting, WISHES[name])
    program, verb, *words = shlex.split(asked.command)
    assert program == "cxsim"
    given = command_in(verb).make_context(verb, words).params
    assert given["replicates"] == MODULES[name].REPLICATES
    assert "employees=40" in given["settings"]
    assert not asked.files_needed


def test_a_command_names_files_where_names_do_not_do() -> None:
    text = own_scenario("typical").to_toml()
    files = replace(SETTING, sides=(Side(FILE, text=text), B))
    asked = why.question(files, {"pair": "0-1"})
    assert asked.files_needed
    assert asked.command.startswith("cxsim explain scenario_a.toml orchestrated --set")
    alone = why.question(SETTING, {"pair": "none-1"})  # without wins and levers: a contradiction
    assert alone.command.startswith("cxsim explain scenario_b.toml:without orchestrated ")
    assert "--set-b wins=0.3" in alone.command


def test_two_sides_of_one_name_are_told_apart() -> None:
    same = replace(SETTING, sides=(A, A.move("wins", 90)))
    told = why.question(same, {"pair": "0-1"})
    assert told.command.startswith("cxsim explain typical typical ")
    a, b = why._two(same, "0", "1")
    assert (a.name, b.name) == ("scenario_a", "scenario_b")


# --- a rescue becomes a side ---------------------------------------------------------------------


def test_a_timeline_becomes_a_new_side_with_the_policies_of_its_own() -> None:
    events = [{"week": 40, "set": {"charter": 0.85}, "note": "Rescue"}]
    taken = change(SETTING, {"kind": "take", "side": 1, "events": events})
    assert taken.sides == (A, B, replace(B, events=tuple(events)))
    full = replace(SETTING, sides=(A, B, A, B))
    with pytest.raises(CxsimError, match="at most 4"):
        change(full, {"kind": "take", "side": 1, "events": events})


# --- pictures ------------------------------------------------------------------------------------


def test_a_line_lies_where_its_values_are_and_lifts_the_pen() -> None:
    picture = pictures.Picture("x", pictures.weeks_axis(5), pictures.Axis(0.0, 2.0))
    picture.line([0, 1, 2, 3, 4], [0.0, 1.0, None, math.nan, 5.0], "it", dots=True)
    (line,) = picture.as_dict()["lines"]
    assert line["d"] == "M0 1000L250 500M1000 0"
    assert line["dots"] == [(0.0, 1000.0), (250.0, 500.0), (1000.0, 0.0)]


def test_a_band_is_closed_and_leaves_out_what_is_missing() -> None:
    picture = pictures.Picture("x", pictures.weeks_axis(5), pictures.Axis(0.0, 1.0))
    picture.band([0, 2, 4], [0.0, None, 0.5], [1.0, 1.0, 1.0], "band")
    drawn = picture.as_dict()
    assert drawn["areas"][0]["d"] == "M0 0L1000 0L1000 500L0 1000Z"
    assert drawn["legend"][0]["words"] == "band"
    assert json.dumps(drawn, allow_nan=False)


def test_bars_share_an_axis_that_holds_their_intervals() -> None:
    rows = [
        {"key": "a", "title": "A", "from": 0.0, "to": 30.0, "text": "30"},
        {"key": "b", "title": "B", "from": 30.0, "to": 10.0, "low": -8.0, "high": 40.0, "text": ""},
    ]
    drawn = pictures.bars(rows)
    a, b = drawn["rows"]
    scale = (a["width"] - 0.0) / 30.0
    assert a["left"] == drawn["zero"]
    assert (b["left"], b["width"]) == pytest.approx((a["left"] + 10 * scale, 20 * scale), abs=0.02)
    assert b["whisker"] == pytest.approx([a["left"] - 8 * scale, a["left"] + 40 * scale], abs=0.02)
    assert a["whisker"] is None


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "$0"), (-1500.0, "−$1.5k"), (2e6, "$2M"), (250.0, "$250")]
)
def test_money_on_an_axis(value: float, text: str) -> None:
    assert pictures.usd(value) == text


def test_counts_are_marked_at_whole_numbers() -> None:
    marks = [value for value, _ in pictures.counts_axis([1.0, 2.0]).marks]
    assert marks == [0.0, 1.0, 2.0]


def test_weeks_are_marked_within_the_window() -> None:
    axis = pictures.weeks_axis(157, first=40)
    assert [text for _, text in axis.marks] == ["52", "78", "104", "130", "156"]


def test_stacked_layers_add_up_on_each_side_of_zero() -> None:
    blocks = [[1.0, -2.0], [3.0, -1.0], [-4.0, 5.0]]
    up, down = causes._layers(blocks, 1.0), causes._layers(blocks, -1.0)
    assert up == [[0.0, 0.0], [1.0, 0.0], [4.0, 0.0], [4.0, 5.0]]
    assert down == [[0.0, 0.0], [0.0, -2.0], [0.0, -3.0], [-4.0, -3.0]]
    assert causes._blocks([1.0, 2.0, 3.0, 4.0, 6.0], 4, mean=False) == [10.0, 6.0]
    assert causes._blocks([1.0, 2.0, 3.0, 6.0], 4, mean=True) == [3.0]


def test_a_cell_of_the_ranking_is_as_strong_as_its_contribution() -> None:
    def cell(value: float | None) -> dict[str, Any]:
        return {"week": 0, "value": value, "text": "", "text_interval": "", "clear": True}

    link = dict.fromkeys(("name", "title", "sign_text", "sentence"), "x")
    told = {
        **dict.fromkeys(("sentence", "outcome", "horizon", "dominant", "weeks"), ""),
        "links": [{**link, "contributions": [cell(-4.0), cell(2.0), cell(None)]}],
    }
    (row,) = loops.drawn(told)["rows"]
    assert [one["strength"] for one in row["cells"]] == [1.0, 0.5, 0.0]
    assert [one["up"] for one in row["cells"]] == [False, True, False]


def test_a_bridge_goes_from_bar_to_bar() -> None:
    row = money._row(
        {
            "name": "n",
            "kind": "step",
            "label": "Step",
            "value": -3.0,
            "low": -4.0,
            "high": -2.0,
            "from": 10.0,
            "to": 7.0,
            "text": "-3",
            "interval_text": "-4 to -2",
        }
    )
    assert (row["from"], row["to"], row["low"], row["high"]) == (10.0, 7.0, 6.0, 8.0)
    assert row["tone"] == "bad"


def test_a_typed_number_is_read_as_it_stands() -> None:
    assert forms.whole({"week": " 12 "}, "week", "week", 0, 0, 20) == 12
    assert forms.whole({}, "week", "week", 7, 0, 20) == 7
    assert forms.words({"goal": " a \n b "}, "goal") == "a b"


def test_a_discount_may_have_decimals_and_says_what_is_wrong_with_it() -> None:
    told = money.question(SETTING, {"side": "0", "discount": "7.5"})
    assert "--discount 7.5%" in told.command
    for text, said in (
        ("-10", "'-10' is negative"),
        ("7,5", "is no number"),
        ("51", "from 0 to 50"),
    ):
        with pytest.raises(CxsimError, match=said):
            money.question(SETTING, {"side": "0", "discount": text})


def test_an_answer_says_what_it_is_about() -> None:
    assert loops.question(replace(SETTING, seed=9), {"side": "0"}).about == (
        f"A {own_scenario('typical').title}; {loops.REPLICATES} futures, seed 9"
    )
    about = why.question(SETTING, {"pair": "none-1"}).about
    assert about.startswith(
        f"From no programme to B {own_scenario('orchestrated').title} (changed);"
    )


def test_a_cause_keeps_its_colour_and_its_place_in_the_stack_whatever_its_size() -> None:
    def told(sizes: list[float]) -> dict[str, Any]:
        terms = [
            {"name": f"t{n}", "title": f"T{n}", "sum": 60 * size, "sum_text": "", "sources": []}
            | {"weekly": [size] * 60}
            for n, size in enumerate(sizes)
        ]
        whole = {"series": "belief", "sentence": "", "first": 0, "last": 59, "total_text": ""}
        return {**whole, "kind": "stock", "unit": "0 to 100", "path": [], "terms": terms}

    def colours(sizes: list[float]) -> dict[str, str]:
        drawn = causes.drawn(told(sizes))
        legend = [one["words"] for one in drawn["stack"]["legend"]]
        assert legend[:-2] == sorted(legend[:-2])  # the last two are the rest and all together
        rest = drawn["bars"]["rows"][-1]
        assert (rest["title"], rest["text"].split(" ", 1)[1]) == (causes.REST, "points of 100")
        found = {row["title"]: row["colour"] for row in drawn["bars"]["rows"]}
        assert len(set(found.values())) == len(found) == causes.MOST + 1
        return found

    up = colours([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0])
    down = colours([9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 0.1, -2.0, -3.0])
    both = up.keys() & down.keys()
    assert len(both) > 4
    assert all(up[title] == down[title] for title in both)
