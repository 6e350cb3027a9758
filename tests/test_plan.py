"""The plan: events and shocks laid out week by week."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from cxsim.plan import build_plan, by_week, power, versions_of
from cxsim.state import Plan
from tests.twin.scenarios import change, firm, shock

FINANCE, SALES = 4, 1  # places of functions in the default company


def plan(
    levers: dict[str, Any] | None = None, *events: dict[str, Any], weeks: int = 30, **facts: Any
) -> Plan:
    return build_plan(firm(levers, list(events), weeks, **facts))


def test_a_lever_has_its_new_value_from_the_events_week_on() -> None:
    charter = plan({"charter": 0.2}, change(10, charter=0.9), change(20, charter=0.1)).levers[
        "charter"
    ]
    assert charter.tolist() == [0.2] * 10 + [0.9] * 10 + [0.1] * 10


def test_events_in_any_order_and_the_later_of_one_week_wins() -> None:
    found = plan({}, change(20, charter=0.3), change(5, charter=0.6), change(5, charter=0.7))
    assert set(found.levers["charter"][5:20]) == {0.7}
    assert set(found.levers["charter"][20:]) == {0.3}


def test_an_event_of_week_0_is_there_at_the_start() -> None:
    assert plan({"charter": 0.2}, change(0, charter=0.8)).levers["charter"][0] == 0.8


def test_an_event_leaves_the_other_levers_alone() -> None:
    scenario = firm({"diplomacy": 0.3}, [change(10, charter=0.9)], 20)
    before, after = by_week(scenario, dict)[9:11]
    assert {name for name in before if before[name] != after[name]} == {"charter"}


def test_facts_are_what_the_scenario_says() -> None:
    facts = plan({}, word_of_mouth=0.7, fte_cost=99.0).facts[0]
    assert (facts["word_of_mouth"], facts["fte_cost"], facts["employees"]) == (0.7, 99.0, 44)


def test_holdouts_are_marked_while_they_hold_out() -> None:
    holdout = plan({"holdouts": ["finance"]}, change(10, holdouts=["sales"])).agenda["holdout"]
    assert holdout[:10, FINANCE].all()
    assert not holdout[10:, FINANCE].any()
    assert holdout[10:, SALES].all()
    assert holdout.sum() == 30


# --- launch, duration, activity -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("levers", "events", "active", "launch"),
    [
        ({}, [], [(0, 30)], 0),
        ({"resources": 0}, [], [], None),
        ({"resources": 0}, [change(8, resources=2)], [(8, 30)], 8),
        ({"duration": 10}, [], [(0, 10)], 0),
        ({"duration": 9.5}, [], [(0, 10)], 0),
        ({"resources": 0, "duration": 10}, [change(8, resources=2)], [(8, 18)], 8),
        ({}, [change(5, resources=0), change(9, resources=2)], [(0, 5), (9, 30)], 0),
        ({"duration": 10}, [change(20, duration=500)], [(0, 10), (20, 30)], 0),
    ],
)
def test_activity(
    levers: dict[str, Any], events: list[Any], active: list[Any], launch: int | None
) -> None:
    weeks = plan(levers, *events).weeks
    wanted = [int(any(first <= t < last for first, last in active)) for t in range(30)]
    assert weeks["active"].tolist() == wanted
    since = [0 if launch is None else max(0, t - launch) for t in range(30)]
    assert weeks["since"].tolist() == since
    assert weeks["arrives"].tolist() == [int(t == launch) for t in range(30)]


def test_a_quiet_week() -> None:
    found = plan(weeks=104, expectation_drift=0.1)
    assert found.weeks["present"].all()
    for name in ("earnings", "price_rise", "surge"):
        assert not found.weeks[name].any()
    for name in ("holdout", "replaced", "outage"):
        assert not found.agenda[name].any()
    assert np.isnan(found.agenda["successor"]).all()
    t = np.arange(104)
    assert found.weeks["season"] == pytest.approx(np.sin(2 * np.pi * t / 52), abs=1e-12)
    assert found.weeks["drift"] == pytest.approx(0.1 * t / 52)


def test_line_authority_weakens_with_every_level() -> None:
    line = plan({"reporting_levels": 3}, change(10, reporting_levels=0), line_fidelity=0.5).weeks
    assert line["line"].tolist() == [0.125] * 10 + [1.0] * 20
    assert [power(0.5, n) for n in range(4)] == [1.0, 0.5, 0.25, 0.125]


def test_every_shape_of_the_organisation_is_a_version() -> None:
    scenario = firm(
        {"span_of_control": 7, "cross_functional_ties": 0.1},
        [
            change(4, span_of_control=3),
            change(8, cross_functional_ties=0.4),
            change(12, span_of_control=7, cross_functional_ties=0.1),
        ],
        weeks=16,
    )
    shapes, version = versions_of(scenario)
    assert shapes == [(7, 0.1), (3, 0.1), (3, 0.4)]
    assert version.tolist() == [0] * 4 + [1] * 4 + [2] * 4 + [0] * 4


# --- shocks ---------------------------------------------------------------------------------------


def at(values: np.ndarray) -> dict[int, float]:
    """The weeks that are not zero."""
    return {int(t): float(values[t]) for t in np.flatnonzero(values)}


def test_price_rise_is_felt_in_its_week() -> None:
    found = plan({}, shock(4, price_rise=0.25), shock(9, price_rise=0.1), shock(9, price_rise=0.2))
    assert at(found.weeks["price_rise"]) == pytest.approx({4: 0.25, 9: 0.3})


def test_earnings_shocks_add_up_to_one_at_most() -> None:
    found = plan(
        {},
        shock(4, earnings={"size": 0.6, "weeks": 3}),
        shock(6, earnings={"size": 0.7, "weeks": 2}),
    )
    assert at(found.weeks["earnings"]) == pytest.approx({4: 0.6, 5: 0.6, 6: 1.0, 7: 0.7})


def test_demand_surges_add_up() -> None:
    found = plan(
        {},
        shock(27, demand_surge={"size": 3.0, "weeks": 9}),
        shock(28, demand_surge={"size": 0.5, "weeks": 1}),
    )
    assert at(found.weeks["surge"]) == pytest.approx({27: 3.0, 28: 3.5, 29: 3.0})


def test_an_outage_hits_one_function_or_all_and_adds_up_to_one_at_most() -> None:
    outage = plan(
        {},
        shock(4, outage={"size": 0.7, "weeks": 3, "function": "sales"}),
        shock(6, outage={"size": 0.5, "weeks": 2}),
    ).agenda["outage"]
    assert at(outage[:, SALES]) == pytest.approx({4: 0.7, 5: 0.7, 6: 1.0, 7: 0.5})
    for f in set(range(6)) - {SALES}:
        assert at(outage[:, f]) == pytest.approx({6: 0.5, 7: 0.5})


def test_a_cco_leaves_and_another_arrives() -> None:
    weeks = plan({}, shock(5, cco_leaves={"vacancy": 8})).weeks
    assert weeks["present"].tolist() == [1] * 5 + [0] * 8 + [1] * 17
    assert at(weeks["arrives"]) == {0: 1.0, 13: 1.0}


@pytest.mark.parametrize(
    ("vacancy", "absent", "arrivals"),
    [(0, 0, {0: 1.0, 5: 1.0}), (25, 25, {0: 1.0}), (99, 25, {0: 1.0})],
)
def test_a_vacancy_of_no_time_and_one_beyond_the_horizon(
    vacancy: int, absent: int, arrivals: dict[int, float]
) -> None:
    weeks = plan({}, shock(5, cco_leaves={"vacancy": vacancy})).weeks
    assert 30 - weeks["present"].sum() == absent
    assert at(weeks["arrives"]) == arrivals


def test_a_replaced_executive_is_given_or_drawn() -> None:
    agenda = plan(
        {},
        shock(5, executive_replaced={"function": "sales", "commitment": 0.8}),
        shock(7, executive_replaced={"function": "finance"}),
    ).agenda
    assert np.argwhere(agenda["replaced"]).tolist() == [[5, SALES], [7, FINANCE]]
    assert agenda["successor"][5, SALES] == 0.8
    assert math.isnan(agenda["successor"][7, FINANCE])
