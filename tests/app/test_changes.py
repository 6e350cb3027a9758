"""What the browser asks for: done as wished, or refused with all as it was."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as drawn
from hypothesis import strategies as st

import cxsim
from cxsim.app.changes import MOST_EVENTS, about, change, check
from cxsim.app.link import LARGEST_TEXT, from_query, to_query
from cxsim.app.state import FILE, MOST_CHARTS, Setting, Side, default_setting, scenario_of
from cxsim.errors import CxsimError
from cxsim.parameters import SHARES
from cxsim.series import SIX
from cxsim.values import LARGEST_SEED

from .strategies import CHARTS, KINDS, NAMES, settings, wishes
from .strategies import FILE as OWN_FILE

START = default_setting(NAMES)
A, B = START.sides
EVENT = {"week": 30, "set": {"communication": 0.9}}


def asked(*data: dict[str, Any], setting: Setting = START) -> Setting:
    """The setting after some changes."""
    for one in data:
        setting = change(setting, one)
    return setting


def on(side: int, kind: str, **data: Any) -> Side:
    return asked({"kind": kind, "side": side, **data}).sides[side]


def test_changes_of_a_side_leave_the_other_alone() -> None:
    setting = asked({"kind": "slider", "side": 1, "name": "wins", "value": 20})
    assert setting == replace(START, sides=(A, B.move("wins", 20)))


def test_policies() -> None:
    assert on(0, "slider", name="wins", value=33.4) == A.move("wins", 33)
    assert on(0, "lever", name="charter", text=" 0.3 ") == A.set("charter", "0.3")
    assert on(0, "lever", name="charter", text=None) == A
    assert on(1, "scenario", name="typical") == Side("typical")
    assert on(1, "events", events=[EVENT]) == replace(B, events=(EVENT,))
    assert on(1, "events", events=[]) == replace(B, events=())
    assert on(1, "variant", variant="without") == replace(B, variant="without")
    assert on(0, "upload", text=OWN_FILE.format(30)) == Side(FILE, OWN_FILE.format(30))


def test_policies_given_back() -> None:
    moved = [
        {"kind": "slider", "side": 0, "name": "wins", "value": 5},
        {"kind": "lever", "side": 0, "name": "charter", "text": "0.3"},
        {"kind": "events", "side": 0, "events": [EVENT]},
    ]
    setting = asked(*moved, {"kind": "events", "side": 0, "events": None})
    assert setting.sides[0] == A.move("wins", 5).set("charter", "0.3")
    setting = asked({"kind": "release", "side": 0, "name": "leadership"}, setting=setting)
    assert setting.sides[0] == A.move("wins", 5)
    assert asked(*moved, {"kind": "reset_side", "side": 0}) == START


def test_one_share_of_the_effort_moves_the_others() -> None:
    wish = {"kind": "lever", "side": 0, "name": SHARES[0], "text": "0.5"}
    setting = asked(wish)
    before, after = (
        [scenario_of(one.sides[0], one).levers[name] for name in SHARES] for one in (START, setting)
    )
    assert after[0] == 0.5
    assert sum(after) == pytest.approx(1.0)
    shrunk = [now / then for now, then in zip(after[1:], before[1:], strict=True)]
    assert shrunk == pytest.approx(
        [0.5 / (1 - before[0])] * 4, rel=0.03
    )  # kept to a tenth of a per cent
    assert from_query(to_query(setting), NAMES).setting == setting
    refused = {"kind": "lever", "side": 0, "name": SHARES[0], "text": "1.5"}
    with pytest.raises(CxsimError, match="is out of range"):
        asked(refused)


def test_another_scenario_starts_from_its_file() -> None:
    moved = {"kind": "slider", "side": 0, "name": "wins", "value": 5}
    chosen = {"kind": "scenario", "side": 0, "name": "no_programme"}
    assert asked(moved, chosen).sides[0] == Side("no_programme")


def test_up_to_four_sides() -> None:
    four = asked({"kind": "add"}, {"kind": "add"})
    assert four.sides == (A, B, B, B)
    with pytest.raises(CxsimError, match="at most 4"):
        change(four, {"kind": "add"})
    assert asked({"kind": "remove", "side": 1}).sides == (A,)
    with pytest.raises(CxsimError, match="one scenario has to stay"):
        asked({"kind": "remove", "side": 1}, {"kind": "remove", "side": 0})
    assert asked({"kind": "swap"}).sides == (B, A)


WORLD = [
    {"kind": "world", "name": "churn_alpha", "text": "3"},
    {"kind": "firm", "name": "employees", "text": "80"},
]


def test_the_world_and_back() -> None:
    setting = asked(*WORLD)
    assert setting.assumptions == (("churn_alpha", "3"),)
    assert setting.firm == (("employees", "80"),)
    assert asked({"kind": "reset_world"}, setting=setting) == START
    again = [{**one, "text": None} for one in WORLD]
    assert asked(*again, setting=setting) == START


def test_reset_of_a_side_keeps_the_world_and_the_other_way_round() -> None:
    setting = asked(*WORLD, {"kind": "slider", "side": 0, "name": "wins", "value": 5})
    assert asked({"kind": "reset_side", "side": 0}, setting=setting) == asked(*WORLD)
    assert asked({"kind": "reset_world"}, setting=setting).sides == setting.sides


def test_two_worlds_need_two_sides_and_a_change() -> None:
    both = {"kind": "interaction", "on": True}
    with pytest.raises(CxsimError, match="change an assumption and compare at least two"):
        asked(both)
    setting = asked(*WORLD, both)
    assert setting.interaction
    assert not asked({"kind": "interaction", "on": False}, setting=setting).interaction
    for after in (
        [{"kind": "remove", "side": 0}],
        [{"kind": "reset_world"}],
        [{**one, "text": None} for one in WORLD],
    ):
        assert not asked(*after, setting=setting).interaction
    assert asked({**WORLD[0], "text": None}, setting=setting).interaction


def test_luck_and_charts() -> None:
    assert asked({"kind": "seed", "value": "12"}).seed == 12
    assert asked({"kind": "charts", "names": CHARTS[:3]}).charts == tuple(CHARTS[:3])
    assert asked({"kind": "charts", "names": []}).charts == SIX


def test_starting_over() -> None:
    assert asked(*WORLD, {"kind": "add"}, {"kind": "start_over"}) == START


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"kind": "lever", "side": 0, "name": "charter", "text": "five"}, 'the text "five"'),
        ({"kind": "lever", "side": 0, "name": "charter", "text": "5"}, "charter: 5 is out of"),
        ({"kind": "lever", "side": 0, "name": "charter", "text": ""}, "charter"),
        ({"kind": "lever", "side": 0, "name": "charter=1\n", "text": "5"}, "charter"),
        ({"kind": "lever", "side": 0, "name": "churn_alpha", "text": "5"}, "is an assumption"),
        ({"kind": "lever", "side": 0, "name": "nobody", "text": "5"}, "nobody: unknown name"),
        ({"kind": "world", "name": "charter", "text": "1"}, "is a policy"),
        ({"kind": "world", "name": "host_function", "text": "nowhere"}, "host_function"),
        ({"kind": "firm", "name": "employees", "text": "few"}, "Employees: 'few' does not fit"),
        ({"kind": "firm", "name": "sector", "text": "space"}, "'space' is none of"),
        ({"kind": "scenario", "side": 0, "name": "../etc/passwd"}, "choose one from the list"),
        ({"kind": "scenario", "side": 0, "name": FILE}, "choose one from the list"),
        ({"kind": "variant", "side": 0, "variant": "rescue"}, "no cure"),
        ({"kind": "events", "side": 0, "events": [{"week": 1}]}, "lacks 'set' or 'shock'"),
        ({"kind": "events", "side": 0, "events": [{**EVENT, "week": 156}]}, "156"),
        ({"kind": "events", "side": 0, "events": [EVENT] * (MOST_EVENTS + 1)}, "at most 60 fit"),
        ({"kind": "upload", "side": 0, "text": "<html>"}, "uploaded file:1:1: not valid TOML"),
        ({"kind": "upload", "side": 0, "text": "a=" + "[" * 5000}, "nested too deeply"),
        ({"kind": "upload", "side": 0, "text": "# " * LARGEST_TEXT}, "has 200,000 characters"),
        ({"kind": "upload", "side": 0, "text": ["x"]}, "could not be read as text"),
        ({"kind": "upload", "side": 0, "text": "\ufffd\ufffd"}, "not valid TOML"),
        ({"kind": "seed", "value": "one"}, "the seed is a whole number from 0 to"),
        ({"kind": "seed", "value": ""}, "the seed is a whole number"),
        ({"kind": "seed", "value": "1.5"}, "the seed is a whole number"),
        ({"kind": "seed", "value": str(LARGEST_SEED + 1)}, "the seed is a whole number"),
        ({"kind": "seed", "value": -1}, "the seed is a whole number"),
        ({"kind": "charts", "names": CHARTS[: MOST_CHARTS + 1]}, f"choose up to {MOST_CHARTS}"),
        ({"kind": "charts", "names": ["secrets"]}, "choose up to"),
    ],
)  # fmt: skip
def test_a_refusal_says_why(data: dict[str, Any], said: str) -> None:
    with pytest.raises(CxsimError, match=said):
        change(START, data)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "add",
        {},
        {"kind": None},
        {"kind": []},
        {"kind": "destroy"},
        {"kind": "slider"},
        {"kind": "slider", "side": 0, "name": "wins"},
        {"kind": "slider", "side": 0, "name": [], "value": 1},
        {"kind": "slider", "side": 0, "name": "charter", "value": 1},
        {"kind": "slider", "side": 2, "name": "wins", "value": 1},
        {"kind": "slider", "side": -1, "name": "wins", "value": 1},
        {"kind": "slider", "side": "0", "name": "wins", "value": 1},
        {"kind": "slider", "side": 0, "name": "wins", "value": float("nan")},
        {"kind": "slider", "side": 0, "name": "wins", "value": float("inf")},
        {"kind": "slider", "side": 0, "name": "wins", "value": {}},
        {"kind": "seed", "value": float("inf")},
        {"kind": "variant", "side": 0, "variant": "winner"},
        {"kind": "variant", "side": 0, "variant": {"a": 1}},
        {"kind": "release", "side": 0, "name": "everything"},
        {"kind": "events", "side": 0, "events": 5},
        {"kind": "events", "side": 0, "events": "ab"},
        {"kind": "events", "side": 0, "events": [None]},
        {"kind": "charts", "names": None},
        {"kind": "charts", "names": [[]]},
        {"kind": "remove", "side": 7},
    ],
)
def test_nonsense_is_refused_in_words(data: object) -> None:
    with pytest.raises(CxsimError):
        change(START, data)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(
    wishes(),
    st.dictionaries(st.sampled_from(["side", "name", "text", "value", "events", "variant"]), JUNK),
)
@drawn(max_examples=200)
def test_no_message_does_more_than_refuse(wish: dict[str, Any], junk: dict[str, Any]) -> None:
    try:
        changed = change(START, {**wish, **junk})
    except CxsimError:
        return
    check(changed)


@given(settings(), wishes())
@drawn(max_examples=60)
def test_whatever_is_accepted_can_be_simulated(setting: Setting, wish: dict[str, Any]) -> None:
    try:
        changed = change(setting, wish)
    except CxsimError:
        return
    check(changed)
    assert {side.scenario for side in changed.sides} <= {*cxsim.bundled(), FILE}


def test_one_drag_is_about_one_thing() -> None:
    drag = {"kind": "slider", "side": 0, "name": "wins", "value": 3}
    assert about(drag) == about({**drag, "value": 4})
    assert about(drag) != about({**drag, "side": 1})
    assert about(drag) != about({**drag, "kind": "lever"})
    for kind in set(KINDS) - {"slider", "lever", "world", "firm"}:
        assert about({"kind": kind}) is None
    assert about("nonsense") is None
