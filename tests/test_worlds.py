"""Minimally different worlds: what was not touched stays the same to the last bit."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim import engine
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.state import Record, State
from tests.strategies import SEEDS, scenarios, settings_of
from tests.twin.scenarios import EVERY_SHOCK, change, firm, shock


def records(scenario: Scenario, seed: int = 1, replicates: int = 1, **how: Any) -> Record:
    found = engine.run_replicates(engine.prepare(scenario), seed, replicates, **how)
    assert found is not None
    return found


def different(a: np.ndarray, b: np.ndarray) -> list[str]:
    """The fields in which two arrays of records differ in any bit that matters."""
    assert a.dtype == b.dtype
    assert a.shape == b.shape
    return [name for name in a.dtype.names or () if not np.array_equal(a[name], b[name])]


def assert_same(one: Record | State, other: Record | State) -> None:
    for name in ("company", "function", "layer") if isinstance(one, Record) else (
        *("functions", "employees", "customers", "processes", "initiatives", "programme"),
    ):  # fmt: skip
        assert different(getattr(one, name), getattr(other, name)) == [], name


def until(record: Record, week: int) -> Record:
    """The weeks before `week`; records have the axes replicate, week, ..."""
    return Record(*(part[:, :week] for part in record))


# --- another decision -----------------------------------------------------------------------------

TURNAROUND = {
    "ceo_sponsorship": 0.31,
    "resources": 7.5,
    "duration": 900.0,
    "time_to_impact_horizon": 30.0,
    "rivalry": 0.7,
    "cross_functional_ties": 0.35,
    "workload": 0.9,
    "turnover": 0.4,
    "survey_lag": 2,
    "embedding": 0.55,
    "seasonality": 0.3,
}


@pytest.mark.parametrize("name", bundled())
def test_a_lever_changed_in_week_40_leaves_the_weeks_before_as_they_were(name: str) -> None:
    scenario = load(name).with_market(customers=500)
    before = records(scenario)
    after = records(scenario.with_events([change(40, **TURNAROUND)]))
    assert_same(until(before, 40), until(after, 40))
    assert different(before.company[:, 40:], after.company[:, 40:]), "the event does something"


@settings(max_examples=40)
@given(scenario=scenarios(), seed=SEEDS, data=st.data())
def test_any_change_at_any_time_leaves_the_weeks_before_as_they_were(
    scenario: Scenario, seed: int, data: st.DataObject
) -> None:
    week = data.draw(st.integers(0, scenario.weeks - 1))
    levers = data.draw(settings_of("levers", 5).filter(bool))
    levers.pop("span_of_control", None)  # adds layers to the record
    levers["charter"] = 0.123
    before = records(scenario, seed)
    after = records(scenario.with_events([change(week, **levers)]), seed)
    assert_same(until(before, week), until(after, week))


def test_a_taller_hierarchy_adds_layers_that_were_empty_before() -> None:
    scenario = firm({}, weeks=50, employees=60)
    before = records(scenario)
    after = records(scenario.with_events([change(40, span_of_control=2)]))
    layers = before.layer.shape[2]
    assert after.layer.shape[2] > layers
    old = until(after, 40)
    assert not old.layer[:, :, layers:]["employees"].any()
    assert_same(until(before, 40), old._replace(layer=old.layer[:, :, :layers]))


ONE_OF_EACH: dict[str, Any] = {
    "price_rise": 0.3,
    "earnings": {"size": 0.6, "weeks": 9},
    "cco_leaves": {"vacancy": 9},
    "executive_replaced": {"function": "sales"},
    "outage": {"size": 0.7, "weeks": 5},
    "demand_surge": {"size": 0.5, "weeks": 9},
}


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_a_shock_leaves_the_weeks_before_as_they_were(name: str) -> None:
    before = records(firm(weeks=40))
    after = records(firm({}, [shock(20, **{name: ONE_OF_EACH[name]})], weeks=40))
    assert_same(until(before, 20), until(after, 20))
    assert different(before.company[:, 20:], after.company[:, 20:])


def test_a_longer_horizon_only_adds_weeks() -> None:
    scenario = firm({}, EVERY_SHOCK[:6], weeks=60)
    assert_same(records(scenario), until(records(scenario.with_weeks(90)), 60))


# --- another customer -----------------------------------------------------------------------------

# Customers act on the company through complaints (load) and on others through word of mouth.
ALOOF: dict[str, Any] = {"word_of_mouth": 0.0, "complaint_load": 0.0, "response_rate": 0.0}


def ended(scenario: Scenario, seed: int = 1) -> engine.Snapshot:
    prepared = engine.prepare(scenario)
    return engine.advance(engine.begin(prepared, seed, 0), prepared, scenario.weeks)


@pytest.mark.parametrize("customers", [0, 1, 150, 170, 171])
def test_one_more_customer_changes_nobody_elses_start(customers: int) -> None:
    start, more = (
        engine.begin(engine.prepare(firm(weeks=2, customers=count)), 1, 0).state
        for count in (customers, customers + 1)
    )
    places = len(start.customers)
    assert different(start.customers, more.customers[:places]) == []
    for name in ("functions", "employees", "processes", "programme"):
        assert different(getattr(start, name), getattr(more, name)) == [], name


@pytest.mark.parametrize("customers", [1, 150, 170, 171])
def test_one_more_customer_changes_nobody_elses_life(customers: int) -> None:
    happenings = [shock(10, price_rise=0.3), shock(20, outage={"size": 0.6, "weeks": 5})]
    for weeks in (25, 60):
        few, more = (
            ended(firm({}, happenings, weeks, customers=count, **ALOOF)).state
            for count in (customers, customers + 1)
        )
        assert different(few.customers, more.customers[: len(few.customers)]) == []
        assert different(few.employees, more.employees) == []
        assert few.customers["joined"].max(initial=-1) > 0 or customers == 1


def test_earlier_customers_hear_nothing_from_later_ones() -> None:
    talk = ALOOF | {"word_of_mouth": 3.0, "acquisition_rate": 0.05}
    few, more = (ended(firm(customers=count, **talk)).state for count in (100, 101))
    assert different(few.customers, more.customers[: len(few.customers)]) == []


def test_how_much_time_a_contact_needs_concerns_customers_alone() -> None:
    scenario = firm({}, weeks=60, **ALOOF)
    calm, hasty = (
        ended(scenario.with_coefficients(experience_haste=haste)).state for haste in (0.0, 1.0)
    )
    assert different(calm.employees, hasty.employees) == []
    assert different(calm.processes, hasty.processes) == []
    assert "satisfaction" in different(calm.customers, hasty.customers)


# --- another computer, another order --------------------------------------------------------------


def test_any_number_of_threads_gives_the_same_numbers() -> None:
    scenario = firm({}, EVERY_SHOCK, weeks=90)
    alone = records(scenario, 7, 9, threads=1)
    assert_same(alone, records(scenario, 7, 9, threads=4))
    assert_same(alone, records(scenario, 7, 9))


def test_a_replicate_does_not_depend_on_how_many_there_are() -> None:
    scenario = firm({}, EVERY_SHOCK, weeks=90)
    many = records(scenario, 7, 6)
    for replicate in range(6):
        alone = records(scenario, 7, 1, first=replicate)
        assert_same(alone, Record(*(part[replicate : replicate + 1] for part in many)))


def test_replicates_and_seeds_differ() -> None:
    scenario = firm(weeks=30)
    first, second = records(scenario, 1, 2), records(scenario, 2, 2)
    for series in ("commitment", "satisfaction", "belief", "adoption", "contacts"):
        values = np.concatenate([first.company[series], second.company[series]])
        assert len({tuple(row) for row in values}) == 4, series


def test_a_seed_and_a_replicate_are_not_interchangeable() -> None:
    scenario = firm(weeks=10)
    one = records(scenario, 3, 1, first=5).company
    other = records(scenario, 5, 1, first=3).company
    assert not np.array_equal(one["belief"], other["belief"])


def test_a_stopped_run_gives_nothing_and_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    prepared = engine.prepare(firm(weeks=5))
    assert engine.run_replicates(prepared, 1, 3, cancelled=lambda: True) is None
    engine.run_replicates(prepared, 1, 3, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)
    assert [done for done, _ in told] == sorted({done for done, _ in told})


# --- in pieces and forked -------------------------------------------------------------------------


def whole(snapshot: engine.Snapshot) -> Record:
    """The record of one replicate with the axis of replicates in front."""
    return Record(*(part[None] for part in snapshot.record))


@pytest.mark.parametrize("stops", [(60,), (1, 60), (13, 14, 40, 60), tuple(range(1, 61))])
def test_a_run_in_pieces_is_the_same_run(stops: tuple[int, ...]) -> None:
    scenario = firm({}, EVERY_SHOCK[:12], weeks=60)
    prepared = engine.prepare(scenario)
    snapshot = engine.begin(prepared, 11, 2)
    for stop in stops:
        snapshot = engine.advance(snapshot, prepared, stop)
        assert snapshot.week == stop
    assert_same(whole(snapshot), records(scenario, 11, 1, first=2))


def test_a_snapshot_stays_as_it_was() -> None:
    prepared = engine.prepare(firm(weeks=60))
    middle = engine.advance(engine.begin(prepared, 1, 0), prepared, 30)
    kept = copy.deepcopy(middle)
    engine.advance(middle, prepared, 60)
    assert_same(middle.state, kept.state)
    assert_same(middle.record, kept.record)
    assert not middle.record.company["employees"][30:].any()


def test_a_fork_is_the_same_until_the_fork_and_the_other_plan_after_it() -> None:
    scenario = firm({}, EVERY_SHOCK[:12], weeks=60)
    changed = scenario.with_events([change(30, **TURNAROUND)])
    old, new = engine.prepare(scenario), engine.prepare(changed)
    middle = engine.advance(engine.begin(old, 1, 0), old, 30)
    stayed, forked = engine.advance(middle, old, 60), engine.advance(middle, new, 60)
    assert_same(until(whole(stayed), 30), until(whole(forked), 30))
    assert_same(whole(stayed), records(scenario))
    assert_same(whole(forked), records(changed))


def test_a_fork_may_make_the_hierarchy_taller() -> None:
    scenario = firm({}, weeks=40, employees=60)
    changed = scenario.with_events([change(20, span_of_control=2)])
    old, new = engine.prepare(scenario), engine.prepare(changed)
    middle = engine.advance(engine.begin(old, 1, 0), old, 20)
    assert_same(whole(engine.advance(middle, new, 40)), records(changed))


def test_two_forks_do_not_know_each_other() -> None:
    prepared = engine.prepare(firm(weeks=40))
    middle = engine.advance(engine.begin(prepared, 1, 0), prepared, 20)
    one, other = (engine.advance(middle, prepared, 40) for _ in range(2))
    one.state.customers["satisfaction"] = 9.0
    one.record.company["satisfaction"] = 9.0
    assert other.state.customers["satisfaction"].max() < 9.0
    assert other.record.company["satisfaction"].max() < 9.0
    assert middle.state.customers["satisfaction"].max() < 9.0


# --- other names ----------------------------------------------------------------------------------


def test_names_of_functions_and_words_for_people_change_nothing() -> None:
    scenario = firm(
        {"holdouts": ["finance"]},
        [
            shock(5, outage={"size": 0.5, "weeks": 4, "function": "sales"}),
            shock(9, executive_replaced={"function": "service", "commitment": 0.9}),
            change(20, holdouts=["technology"]),
        ],
        weeks=60,
    )
    names = scenario.organisation["functions"]
    renamed = Scenario(
        "other",
        "Another title",
        story="Other words.",
        levers={**scenario.levers, "holdouts": relabelled(scenario.levers["holdouts"])},
        organisation={
            **scenario.organisation,
            "functions": relabelled(names),
            "host_function": f"x_{scenario.organisation['host_function']}",
        },
        market=scenario.market,
        events=(
            shock(5, outage={"size": 0.5, "weeks": 4, "function": "x_sales"}),  # type: ignore[arg-type]
            shock(9, executive_replaced={"function": "x_service", "commitment": 0.9}),
            change(20, holdouts=["x_technology"]),
        ),
        weeks=60,
    )
    assert_same(records(scenario), records(renamed))


def relabelled(names: tuple[str, ...]) -> list[str]:
    return [f"x_{name}" for name in names]
