"""The three sliders: positions, and moves that keep a firm's profile."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxsim import headline
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario

TYPICAL = Scenario(name="typical", title="Typical")
groups = st.sampled_from(headline.GROUPS)
shares = st.floats(0, 1)


def at_ends(group: str, end: int) -> dict[str, Any]:
    """The levers of a group, each at its poor (0) or good (1) end."""
    return {lever.name: (lever.headline or ())[end] for lever in headline.levers(group)}


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Scenarios with the headline levers anywhere in their ranges."""
    values: dict[str, Any] = {}
    for group in headline.GROUPS:
        for lever in headline.levers(group):
            whole = lever.type == "integer"
            span = (
                st.integers(int(lever.low), int(lever.high))
                if whole
                else st.floats(lever.low, lever.high)
            )
            values[lever.name] = draw(span)
    return TYPICAL.with_levers(values)


def rounding(group: str) -> float:
    """How far rounding can take a group's position from its target."""
    moved = headline.levers(group)
    whole = [lever for lever in moved if lever.type == "integer"]
    steps = [0.5 / abs(lever.headline[1] - lever.headline[0]) for lever in whole if lever.headline]
    return sum(steps) / len(moved) + 1e-5


@pytest.mark.parametrize("group", headline.GROUPS)
@pytest.mark.parametrize("end", [0, 1])
def test_the_ends_are_reached_exactly(group: str, end: int) -> None:
    assert headline.positions(TYPICAL.with_levers(at_ends(group, end)))[group] == end
    moved = headline.move(TYPICAL, group, end)
    assert {name: moved.levers[name] for name in at_ends(group, end)} == at_ends(group, end)
    assert headline.positions(moved)[group] == end
    others = set(headline.GROUPS) - {group}
    before, after = headline.positions(TYPICAL), headline.positions(moved)
    assert {g: before[g] for g in others} == {g: after[g] for g in others}


@given(scenarios(), groups, shares)
def test_the_target_is_reached(scenario: Scenario, group: str, target: float) -> None:
    moved = headline.move(scenario, group, target)
    assert headline.positions(moved)[group] == pytest.approx(target, abs=rounding(group))


@given(scenarios(), groups, shares)
def test_every_lever_goes_the_same_way(scenario: Scenario, group: str, target: float) -> None:
    before = headline.positions(scenario)[group]
    assume(abs(target - before) > 1e-4)
    moved = headline.move(scenario, group, target)
    for lever in headline.levers(group):
        poor, good = lever.headline or (0, 1)
        change = (moved.levers[lever.name] - scenario.levers[lever.name]) / (good - poor)
        assert change * (target - before) >= -1e-6


@given(groups, shares)
def test_what_is_beyond_the_end_stays(group: str, target: float) -> None:
    beyond = {
        lever.name: lever.high
        if (lever.headline or (0, 1))[1] > (lever.headline or (0, 1))[0]
        else lever.low
        for lever in headline.levers(group)
    }
    first = next(iter(beyond))
    scenario = TYPICAL.with_levers({first: beyond[first]})
    assume(target > headline.positions(scenario)[group])
    assert headline.move(scenario, group, target).levers[first] == beyond[first]


def test_the_profile_is_kept() -> None:
    scenario = TYPICAL.with_levers(communication=0.2, frontline_support=0.6)
    for target in (0.05, 0.9):
        moved = headline.move(scenario, "change", target)
        assert moved.levers["communication"] < moved.levers["frontline_support"]


@given(scenarios(), groups)
def test_no_move_changes_nothing(scenario: Scenario, group: str) -> None:
    assert headline.move(scenario, group, headline.positions(scenario)[group]) == scenario


@pytest.mark.parametrize(
    ("group", "target", "words"),
    [
        ("leadershp", 0.5, "did you mean 'leadership'"),
        ("listening", 0.5, "no headline group"),
        (3, 0.5, "no headline group"),
        ("change", 1.2, "change: 1.2 is out of range 0..1"),
        ("change", float("nan"), "change: nan"),
        ("change", "half", 'change: the text "half"'),
    ],
)
def test_wrong_moves(group: Any, target: Any, words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        headline.move(TYPICAL, group, target)
