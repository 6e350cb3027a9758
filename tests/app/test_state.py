"""A comparison and its link are the same thing, and no link can hurt."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsim
from cxsim import headline
from cxsim.app.state import (
    LARGEST_SEED,
    SLIDERS,
    Setting,
    Side,
    command_line,
    default_setting,
    from_query,
    positions,
    scenario_of,
    to_query,
)

NAMES = cxsim.bundled()
moves = st.dictionaries(st.sampled_from(list(SLIDERS)), st.integers(0, 100))


@st.composite
def sides(draw: st.DrawFn) -> Side:
    side = Side(draw(st.sampled_from(NAMES)))
    for name, percent in draw(moves).items():
        side = side.move(name, percent)
    return side


@given(sides(), sides(), st.integers(0, LARGEST_SEED))
def test_a_link_restores_the_setting(a: Side, b: Side, seed: int) -> None:
    setting = Setting(a, b, seed)
    assert from_query("?" + to_query(setting), NAMES) == setting


@given(st.text(max_size=300))
@settings(max_examples=300)
def test_no_text_breaks_the_reading_of_a_link(text: str) -> None:
    setting = from_query("?" + text, NAMES)
    assert {setting.a.scenario, setting.b.scenario} <= set(NAMES)
    assert 0 <= setting.seed <= LARGEST_SEED


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("a.leadership=9999", 100),
        ("a.leadership=-1e300", 0),
        ("a.leadership=inf", 100),
        ("a.leadership=49.6", 50),
    ],
)
def test_numbers_out_of_range_are_clamped(query: str, expected: int) -> None:
    assert dict(from_query(query, NAMES).a.moved) == {"leadership": expected}


@pytest.mark.parametrize(
    "query",
    [
        "a.leadership=nan",
        "a.leadership=<script>alert(1)</script>",
        "a=../../etc/passwd",
        "a=<img src=x onerror=alert(1)>",
        "a.charter=1",
        "&".join(f"x{n}=1" for n in range(500)),
        "seed=one",
        None,
    ],
)
def test_what_makes_no_sense_is_left_out(query: str | None) -> None:
    assert from_query(query, NAMES) == default_setting(NAMES)


def test_an_unmoved_side_is_the_bundled_scenario() -> None:
    for name in NAMES:
        assert scenario_of(Side(name)).hash == cxsim.load(name).hash


def test_a_slider_moves_its_own_group_only() -> None:
    before = Side(NAMES[0])
    after = before.move("wins", 100 - positions(before)["wins"])
    changed = headline.positions(scenario_of(after))
    original = headline.positions(scenario_of(before))
    assert changed["wins"] != original["wins"]
    assert changed["leadership"] == original["leadership"]
    assert changed["change"] == original["change"]
    assert after.reset() == before


def test_one_scenario_is_enough_for_a_comparison() -> None:
    assert default_setting(["only"]) == Setting(Side("only"), Side("only"))


def test_the_command_names_both_sides_and_every_move() -> None:
    setting = Setting(Side(NAMES[0]).move("wins", 35), Side(NAMES[1]), seed=7)
    words = shlex.split(command_line(setting))
    assert words[:4] == ["cxsim", "compare", NAMES[0], NAMES[1]]
    assert words[-4:] == ["--replicates", "100", "--seed", "7"]
