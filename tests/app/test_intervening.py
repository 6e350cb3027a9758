"""Levers, headline sliders and shocks for somebody who watches a company."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxsim
from cxsim import headline
from cxsim.app.intervening import (
    FORMS,
    ONLY_AT_THE_START,
    desk,
    event_of,
    move,
    rebalanced,
    words,
)
from cxsim.app.state import SLIDERS
from cxsim.app.watching import checked
from cxsim.errors import CxsimError
from cxsim.parameters import SHARES, registry
from cxsim.results.trace import trace
from cxsim.scenario import Scenario
from cxsim.timeline import SHOCKS, Event

WEEK = 41
TYPICAL = cxsim.load("typical")
# A company in which every lever has something to do from the fortieth week on.
BUSY = cxsim.load("orchestrated").with_levers(
    ceo_sponsorship=0.5, charter=0.5, time_to_impact_horizon=30, seasonality=0.2, status_seeking=0.3
)


def levers_of(shown: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {lever["name"]: lever for group in shown["groups"] for lever in group["levers"]}


# --- the panel --------------------------------------------------------------------------------


def test_every_lever_that_can_still_be_turned_is_on_the_panel_once() -> None:
    names = [lever["name"] for group in desk(TYPICAL, WEEK)["groups"] for lever in group["levers"]]
    assert sorted([*names, *ONLY_AT_THE_START]) == sorted(registry().levers)


def test_numbers_are_shown_as_people_read_them() -> None:
    shown = levers_of(desk(TYPICAL, WEEK))
    charter = shown["charter"]
    assert (charter["now"], charter["low"], charter["high"], charter["unit"]) == (60, 0, 100, "%")
    assert shown["workload"]["unit"] == "% of capacity"
    assert shown["workload"]["high"] == pytest.approx(120)
    assert (shown["reporting_levels"]["high"], shown["reporting_levels"]["unit"]) == (4, "levels")
    assert shown["holdouts"]["now"] == []


def test_values_are_those_in_force_before_the_week() -> None:
    scenario = TYPICAL.with_events(
        [{"week": 20, "set": {"charter": 0.9}}, {"week": 60, "set": {"charter": 0.1}}]
    )
    assert levers_of(desk(scenario, WEEK))["charter"]["now"] == 90
    assert levers_of(desk(scenario, 61))["charter"]["now"] == 10


def test_headline_sliders_stand_where_the_levers_do() -> None:
    shown = {one["name"]: one["now"] for one in desk(TYPICAL, WEEK)["headlines"]}
    assert shown == {name: round(100 * at) for name, at in headline.positions(TYPICAL).items()}
    assert list(SLIDERS) == list(headline.GROUPS)


def test_every_shock_can_be_asked_for_with_all_its_details() -> None:
    assert list(FORMS) == list(SHOCKS)
    for name, rule in SHOCKS.items():
        assert set(FORMS[name].details) == (set(rule) if isinstance(rule, dict) else {""})


def test_the_first_values_of_a_shock_are_a_shock() -> None:
    for shock in desk(TYPICAL, WEEK)["shocks"]:
        details = {one["name"]: one["value"] or "sales" for one in shock["details"]}
        event = event_of(TYPICAL, WEEK, {"shocks": {shock["name"]: details}})
        assert checked("typical", [event]) == (event,)


# --- sliders that turn several levers ---------------------------------------------------------


@pytest.mark.parametrize("group", headline.GROUPS)
@pytest.mark.parametrize("target", [0, 35, 100])
def test_a_headline_slider_turns_its_levers(group: str, target: int) -> None:
    draft = move(TYPICAL, WEEK, {}, group, target)
    event = event_of(TYPICAL, WEEK, {"levers": draft})
    reached = headline.positions(TYPICAL.with_levers(event.set))[group]
    assert reached == pytest.approx(target / 100, abs=0.06)  # whole levels are rounded
    assert set(event.set) <= {lever.name for lever in headline.levers(group)}


def test_a_headline_slider_keeps_what_was_turned_before() -> None:
    draft = move(TYPICAL, WEEK, {"communication": 12.5}, "leadership", 80)
    assert draft["communication"] == 12.5
    assert draft["ceo_sponsorship"] > 65


def test_a_share_of_effort_takes_from_the_others() -> None:
    draft = move(TYPICAL, WEEK, {}, "insight_share", 72)
    assert draft["insight_share"] == 72
    event = event_of(TYPICAL, WEEK, {"levers": draft})
    assert set(event.set) == set(SHARES)
    assert checked("typical", [event]) == (event,)


@given(
    st.lists(st.floats(0, 1), min_size=5, max_size=5),
    st.sampled_from(SHARES),
    st.floats(-1, 2),
)
def test_shares_always_sum_to_one(values: list[float], moved: str, target: float) -> None:
    after = rebalanced(dict(zip(SHARES, values, strict=True)), moved, target)
    assert list(after) == list(SHARES)
    assert math.fsum(after.values()) == pytest.approx(1, abs=1e-12)
    assert after[moved] == pytest.approx(min(1, max(0, target)), abs=0.0005)
    assert min(after.values()) >= 0


def test_other_shares_keep_their_proportions() -> None:
    shares = dict(zip(SHARES, (0.3, 0.4, 0.2, 0.1, 0.0), strict=True))
    after = rebalanced(shares, "insight_share", 0.65)
    assert [after[name] for name in SHARES] == [0.65, 0.2, 0.1, 0.05, 0.0]


@pytest.mark.parametrize("value", [math.nan, math.inf, "much", True, None, [1]])
@pytest.mark.parametrize("name", ["leadership", "insight_share"])
def test_a_slider_goes_to_numbers_only(name: str, value: Any) -> None:
    with pytest.raises(CxsimError, match=name):
        move(TYPICAL, WEEK, {}, name, value)


def test_an_unknown_slider_is_refused() -> None:
    with pytest.raises(CxsimError, match="no headline group"):
        move(TYPICAL, WEEK, {}, "luck", 50)
    with pytest.raises(CxsimError, match="there is no such lever"):
        move(TYPICAL, WEEK, {"luck": 3}, "leadership", 50)


# --- from a draft to an event -----------------------------------------------------------------


def test_a_draft_becomes_an_event_in_the_models_own_units() -> None:
    draft = {
        "levers": {"charter": 85, "reporting_levels": 0, "rivalry": 12.5, "holdouts": ["sales"]},
        "shocks": {"price_rise": {"": 10}, "outage": {"size": 50, "weeks": 2, "function": ""}},
    }
    event = event_of(TYPICAL, WEEK, draft)
    assert event.week == WEEK
    assert dict(event.set) == {"charter": 0.85, "rivalry": 0.125, "holdouts": ["sales"]}
    assert event.shock == {"price_rise": 0.1, "outage": {"size": 0.5, "weeks": 2}}


def test_what_stands_there_already_is_no_change() -> None:
    with pytest.raises(CxsimError, match="nothing would change"):
        event_of(TYPICAL, WEEK, {"levers": {"charter": 60, "holdouts": []}})


@pytest.mark.parametrize(
    ("draft", "message"),
    [
        ({"levers": {"luck": 1}}, 'the text "luck": there is no such lever'),
        ({"shocks": {"meteor": {}}}, "no such thing that could happen"),
    ],
)
def test_what_is_unknown_is_refused(draft: dict[str, Any], message: str) -> None:
    with pytest.raises(CxsimError, match=message):
        event_of(TYPICAL, WEEK, draft)


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Event(3, {"charter": 0.85}), "Charter agreed before the appointment: 85 %"),
        (Event(3, {"ceo_sponsorship": 0.5, "holdouts": ()}), "CEO sponsorship: 50 %; functions "),
        (Event(3, shock={"price_rise": 0.1}), "Prices rise (rise of the price 10 %)"),
        (
            Event(3, shock={"executive_replaced": {"function": "help_desk"}}),
            "A head of function is replaced (function help desk)",
        ),
        (
            Event(3, {"resources": 5.0}, {"cco_leaves": {"vacancy": 13}}),
            "Programme staff: 5 FTE per 100 employees; the chief customer officer leaves (weeks ",
        ),
    ],
)
def test_an_intervention_is_told_in_words(event: Event, text: str) -> None:
    assert words(event).startswith(text)


# --- the past stays -----------------------------------------------------------------------------


def other_end(lever: dict[str, Any]) -> Any:
    """A value far from the present one."""
    if lever["type"] == "functions":
        return ["sales"]
    middle = (lever["low"] + lever["high"]) / 2
    return lever["low"] if lever["now"] > middle else lever["high"]


def turned(scenario: Scenario, name: str) -> Scenario:
    """The scenario with one lever of the panel turned from week 41 on, or one shock."""
    shown = desk(scenario, WEEK)
    levers = levers_of(shown)
    if name in SHARES:
        draft: dict[str, Any] = {"levers": move(scenario, WEEK, {}, name, other_end(levers[name]))}
    elif name in levers:
        draft = {"levers": {name: other_end(levers[name])}}
    else:
        shock = next(one for one in shown["shocks"] if one["name"] == name)
        details = {one["name"]: one["value"] or "sales" for one in shock["details"]}
        draft = {"shocks": {name: details}}
    return scenario.with_events([event_of(scenario, WEEK, draft)])


@pytest.mark.parametrize("name", [*registry().levers, *SHOCKS])
def test_an_intervention_changes_the_future_and_not_the_past(name: str) -> None:
    if name in ONLY_AT_THE_START:
        later = BUSY.with_events([{"week": WEEK, "set": {name: 0.1}}])
        assert np.array_equal(trace(later).practising, trace(BUSY).practising)
        return
    before, after = trace(BUSY), trace(turned(BUSY, name))
    changed = False
    for array in ("practising", "habit", "cynicism", "heads", "ceo", "customers"):
        one, other = getattr(before, array), getattr(after, array)
        assert np.array_equal(one[:WEEK], other[:WEEK]), array
        changed = changed or not np.array_equal(one[WEEK:], other[WEEK:])
    for series in ("net_value", "survey_score", "stated_commitment"):
        one, other = before.run.series(series), after.run.series(series)
        assert np.array_equal(one[:WEEK], other[:WEEK]), series
        changed = changed or not np.array_equal(one[WEEK:], other[WEEK:])
    assert changed
