"""Signs: what they find on known numbers, and what a list of them may not be."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cxsim.cli import main
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.scenario_file import load, parse
from cxsim.signs import Sign
from tests.measured import Known

SIGNS = """
[[signs]]
says = "Few practise at the end"
measure = "last(adoption)"
below = 0.5
[[signs]]
says = "Service closes some, not many"
measure = 'mean(closures["service"], -26)'
above = 0.25
below = 2
"""
FILE = 'name = "watched"\ntitle = "Watched"\nweeks = 104\n'
RISE = "[[events]]\nweek = 60\nshock = { price_rise = 0.25 }\n"
AFTER = '[[signs]]\nsays = "S"\nmeasure = "at(churned, event_week(\'price_rise\'))"\nabove = 1\n'


def watched(*signs: Any, **fields: Any) -> Scenario:
    """A scenario of defaults with these signs."""
    return Scenario(name="watched", title="Watched", signs=signs, **fields)


@pytest.fixture
def from_file() -> Scenario:
    """A scenario with two signs."""
    return parse(FILE + SIGNS, "watched.toml")


# --- on a run ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"above": 0.4}, [True, False]),  # 0.5 and 0.4; at a bound is not beyond it
        ({"below": 0.5}, [False, True]),
        ({"above": 0.3, "below": 0.45}, [False, True]),
        ({"above": 0.6}, [False, False]),
        ({"below": 0.6}, [True, True]),
    ],
)
def test_a_sign_holds_between_its_bounds(bounds: dict[str, float], expected: list[bool]) -> None:
    sign = Sign("s", "last(adoption)", **bounds)
    assert sign.holds(Known()).tolist() == expected
    assert sign.value(Known()).tolist() == [0.5, 0.4]


def test_no_answer_is_no_sign() -> None:
    for bounds in ({"above": -1e9}, {"below": 1e9}):
        sign = Sign("s", "first_week_above(adoption, 0.5)", **bounds)
        assert np.isnan(sign.value(Known())).tolist() == [True, False]
        assert sign.holds(Known()).tolist() == [False, True]


def test_a_run_that_is_too_short_cannot_tell() -> None:
    with pytest.raises(CxsimError, match="the horizon is 6 weeks"):
        Sign("s", "mean(adoption, -26)", above=0.1).holds(Known())


@given(st.floats(-10, 10), st.floats(-10, 10, exclude_min=True), st.floats(-10, 10))
def test_bounds_leave_out_what_is_at_or_beyond_them(above: float, below: float, at: float) -> None:
    sign = Sign("s", repr(at), above=above, below=below)
    assert sign.holds(Known()).tolist() == [above < at < below] * 2


def test_words() -> None:
    assert Sign("s", "sum(closures, 0, 26)", below=6.0).words() == "sum(closures, 0, 26) below 6"
    assert Sign("s", "weeks", 0.25, 1e6).words() == "weeks above 0.25 and below 1000000"


# --- in a scenario -------------------------------------------------------------------------------


def test_signs_are_read_from_a_file(from_file: Scenario) -> None:
    assert from_file.signs == (
        Sign("Few practise at the end", "last(adoption)", below=0.5),
        Sign("Service closes some, not many", 'mean(closures["service"], -26)', 0.25, 2.0),
    )
    assert parse(FILE + RISE + AFTER, "watched.toml").signs[0].above == 1.0


def test_signs_come_back_from_the_text_of_a_scenario(from_file: Scenario) -> None:
    for scenario in (from_file, parse(FILE + RISE + AFTER, "watched.toml")):
        assert parse(scenario.to_toml(), "watched.toml") == scenario


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip),
    st.floats(-1e15, 1e15),
)
def test_any_sound_sign_survives_its_file(says: str, bound: float) -> None:
    scenario = watched({"says": says, "measure": "mean(load)", "above": bound})
    assert parse(scenario.to_toml(), "watched.toml") == scenario


def test_signs_change_no_number(from_file: Scenario) -> None:
    bare = parse(FILE, "watched.toml")
    assert from_file.hash == bare.hash
    assert from_file != bare


def test_signs_stay_with_those_who_state_them(tmp_path: Path, from_file: Scenario) -> None:
    (tmp_path / "watched.toml").write_text(from_file.to_toml())
    child = tmp_path / "child.toml"
    child.write_text('name = "child"\ntitle = "C"\nextends = "watched.toml"\n')
    assert load(child).signs == ()
    child.write_text(child.read_text() + AFTER.replace("event_week('price_rise')", "3"))
    assert [sign.says for sign in load(child).signs] == ["S"]


def test_a_rescued_or_bare_company_has_other_signs() -> None:
    cure = {"week": 10, "set": {"charter": 1}}
    scenario = watched(Sign("s", "mean(load)", above=0.1), cure=cure)
    assert scenario.with_levers(charter=0.5).with_weeks(60).signs == scenario.signs
    assert scenario.rescue().signs == ()
    assert scenario.without_programme().signs == ()


def test_other_functions_drop_the_signs_that_name_old_ones(from_file: Scenario) -> None:
    fewer = from_file.with_organisation(functions=["sales", "care"], host_function="sales")
    assert [sign.says for sign in fewer.signs] == ["Few practise at the end"]
    same = from_file.with_settings({"functions": ["sales", "service"], "host_function": "sales"})
    assert same.signs == from_file.signs
    with pytest.raises(CxsimError, match=r"organisation\.functions: 3 where a list"):
        from_file.with_organisation(functions=3)


GOOD = {"says": "s", "measure": "mean(load)", "above": 0.1}
BAD: list[tuple[Any, str]] = [
    (3, "signs[0]: 3 where a table is wanted"),
    (GOOD | {"abov": 1}, "signs[0].abov: unknown key of a sign, did you mean 'above'?"),
    ({"measure": "mean(load)", "above": 1}, "signs[0]: lacks 'says'"),
    ({"says": "s", "above": 1}, "signs[0]: lacks 'measure'"),
    ({"says": "s", "measure": "mean(load)"}, "signs[0]: lacks 'above' or 'below'"),
    (GOOD | {"says": " "}, "signs[0].says: empty"),
    (GOOD | {"says": 3}, "signs[0].says: 3 where text is wanted"),
    (GOOD | {"measure": 3}, "signs[0].measure: 3 where a measure such as"),
    (GOOD | {"measure": "mean(laod)"}, "signs[0].measure: laod: no such series, did you mean"),
    (GOOD | {"above": True}, "signs[0].above: true where a number"),
    (GOOD | {"above": float("nan")}, "signs[0].above: nan where a number"),
    (GOOD | {"below": float("inf")}, "signs[0].below: inf is out of range"),
    (GOOD | {"below": 0.1}, "signs[0].above: not less than 'below', so no value would do"),
    (Sign("s", "mean(load)"), "below': any value would do"),
    (GOOD | {"measure": 'mean(load["srvice"])'}, "'srvice' is not a function of this company, did"),
    (GOOD | {"measure": 'event_week("outag")'}, "unknown shock, did you mean 'outage'?"),
    (GOOD | {"measure": 'event_week("outage")'}, 'event_week("outage"): no event has this shock'),
    (GOOD | {"measure": 'lever("chartr")'}, "chartr: no such lever, did you mean 'charter'?"),
]


@pytest.mark.parametrize(("sign", "words"), BAD, ids=[words for _, words in BAD])
def test_bad_signs_are_refused(sign: Any, words: str) -> None:
    with pytest.raises(CxsimError, match=re.escape(words)):
        watched(sign)


def test_each_bad_sign_is_told_with_its_place() -> None:
    with pytest.raises(CxsimError) as caught:
        watched(GOOD, GOOD | {"above": "x"}, GOOD, GOOD | {"measure": "1 +"})
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "signs[1].above",
        "signs[3].measure",
    ]


def test_what_is_no_list_of_signs_is_refused() -> None:
    for signs in ("mean(load)", 3, {"says": "s"}):
        with pytest.raises(CxsimError, match=r"where a list of \[\[signs\]\] is wanted"):
            Scenario(name="watched", title="Watched", signs=signs)  # type: ignore[arg-type]


# --- what people read ----------------------------------------------------------------------------


def test_signs_are_shown_with_what_to_look_for(tmp_path: Path, from_file: Scenario) -> None:
    path = tmp_path / "watched.toml"
    path.write_text('signature = "Nothing lasts."\n' + from_file.to_toml())
    shown = CliRunner().invoke(main, ["show", str(path)]).output
    assert (
        "What to look for: Nothing lasts.\n  - Few practise at the end (last(adoption) b" in shown
    )
    path.write_text(from_file.to_toml())  # signs without a signature
    assert "What to look for:\n  - Few" in CliRunner().invoke(main, ["show", str(path)]).output
    told = json.loads(CliRunner().invoke(main, ["show", "--json", str(path)]).output)
    assert told["signs"][0] == {
        "says": "Few practise at the end",
        "measure": "last(adoption)",
        "below": 0.5,
    }
