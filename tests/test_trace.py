"""Traces: the same run as in an ensemble, person by person, and packed for a browser."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import cxsim
from cxsim import CXModel, engine
from cxsim.errors import CxsimError
from cxsim.results import Ensemble, simulate
from cxsim.results.trace import (
    LAYOUT,
    MOST_EMPLOYEES,
    MOST_PLACES,
    Trace,
    evenly,
    shown_employees,
    shown_managers,
    shown_ties,
    trace,
)
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load

EVENTS = [
    {"week": 20, "set": {"span_of_control": 3}, "note": "taller"},
    {"week": 30, "shock": {"price_rise": 0.2}},
    {"week": 40, "shock": {"outage": {"size": 0.5, "weeks": 4}}},
]


def small(weeks: int = 60, **settings: Any) -> Scenario:
    scenario = Scenario("small", "Small", weeks=weeks)
    return scenario.with_settings({"employees": 90, "customers": 400, **settings})


def ensemble_of(scenario: Scenario, replicates: int, seed: int) -> Ensemble:
    made = simulate(scenario, replicates, seed)
    assert made is not None
    return made


@pytest.fixture(scope="module")
def eventful() -> Trace:
    return trace(load("orchestrated").with_events(EVENTS), seed=3)


# ------------------------------------------------------------------ the same run


@pytest.mark.parametrize("replicate", [0, 2])
def test_it_is_that_replicate_to_the_bit(replicate: int) -> None:
    scenario = small().with_events(EVENTS)
    one = trace(scenario, 7, replicate)  # before the ensemble has left a baseline in memory
    whole = ensemble_of(scenario, 3, 7)
    again = trace(scenario, 7, replicate)
    for mine in (one, again):
        for part, all_parts in zip(mine.run.ensemble.record, whole.record, strict=True):
            assert part[0].tobytes() == all_parts[replicate].tobytes()
        for name in whole.series_names():
            np.testing.assert_array_equal(mine.run.series(name), whole.run(replicate).series(name))


def test_a_company_without_a_programme_is_its_own_baseline() -> None:
    found = trace(small().without_programme())
    assert (found.run.series("net_value") == 0.0).all()
    assert not len(found.fixes)


def test_an_event_changes_nothing_before_its_week() -> None:
    scenario = small()
    before = trace(scenario, 5)
    after = trace(scenario.with_events([{"week": 25, "set": {"communication": 1.0}}]), 5)
    for name in ("practising", "habit", "cynicism", "heads", "ceo", "customers"):
        np.testing.assert_array_equal(getattr(before, name)[:25], getattr(after, name)[:25])
    assert (before.cynicism[26:] != after.cynicism[26:]).any()


# ------------------------------------------------------------------ the people


def test_people_add_up_to_the_recorded_series(eventful: Trace) -> None:
    run = eventful.run
    np.testing.assert_array_equal(eventful.practising.sum(axis=1), run.series("practising"))
    by_function = run.function_series("practising")
    for f in range(len(eventful.functions)):
        members = eventful.function_of == f
        np.testing.assert_array_equal(
            eventful.practising[:, members].sum(axis=1), by_function[:, f]
        )
    np.testing.assert_allclose(
        eventful.cynicism.mean(axis=1) / 255, run.series("cynicism"), atol=0.5 / 255
    )
    embedded = run.series("embedded") * len(eventful.function_of)
    assert ((eventful.habit > 128).sum(axis=1) <= embedded + 1e-9).all()
    assert ((eventful.habit >= 127).sum(axis=1) >= embedded - 1e-9).all()


def test_executives_are_those_of_the_record(eventful: Trace) -> None:
    run = eventful.run
    np.testing.assert_allclose(
        eventful.heads / 255, run.function_series("commitment"), atol=0.5 / 255
    )
    np.testing.assert_allclose(eventful.ceo / 255, run.series("ceo_commitment"), atol=0.5 / 255)


def test_customers_are_as_many_and_as_satisfied_as_in_the_record(eventful: Trace) -> None:
    run, taken = eventful.run, eventful.customers > 0
    np.testing.assert_array_equal(taken.sum(axis=1), run.series("active_customers"))
    assert run.series("price_pain").max() > 0.1
    kept = (eventful.customers - 1.0) / 254 * 2.7 - 1.5
    total = np.where(taken, kept, 0.0).sum(axis=1)  # newcomers, at 0, are not in the series
    stayed = run.series("active_customers") - run.series("acquired")
    np.testing.assert_allclose(total / stayed, run.series("satisfaction"), atol=0.5 * 2.7 / 254)


@pytest.mark.parametrize("efforts", [{}, {"effort_quick": 0.1, "effort_local": 0.1}])
def test_every_completed_initiative_is_a_fix(efforts: dict[str, float]) -> None:
    """Aimed at customers alone, each of them is a win, even when begun in the same week."""
    lively = {"customer_outcome_focus": 1.0, "resources": 10.0, "process_share": 0.6}
    lively |= {"insight_share": 0.2, "culture_share": 0.1}
    found = trace(load("orchestrated").with_settings({**lively, **efforts}).with_weeks(40))
    weeks = np.bincount(found.fixes[:, 0], minlength=found.weeks)
    wins = found.run.series("wins_completed")
    assert wins.sum() > 20
    np.testing.assert_array_equal(weeks, wins)


def test_pain_points_are_closed_by_fixes_of_their_function(eventful: Trace) -> None:
    owners = {(week, owner) for week, owner, _ in eventful.fixes.tolist()}
    closed = np.argwhere(eventful.run.function_series("closures") > 0.0).tolist()
    assert len(closed) > 10
    assert {(week, function) for week, function in closed} <= owners
    crossing = eventful.fixes[eventful.fixes[:, 2] >= 0]
    assert len(crossing)
    assert (crossing[:, 2] == crossing[:, 1] + 1).all(), "hand-offs join neighbours"


@pytest.mark.parametrize("name", bundled())
def test_bundled_scenarios_have_no_fewer_fixes_than_wins(name: str) -> None:
    found = trace(load(name))
    weeks = np.bincount(found.fixes[:, 0], minlength=found.weeks)
    assert (weeks >= found.run.series("wins_completed")).all()


# ------------------------------------------------------------------ the picture


def test_the_picture_is_that_of_week_0(eventful: Trace) -> None:
    model = CXModel(load("orchestrated"), seed=3)
    np.testing.assert_array_equal(eventful.manager_of, model.employees.column("manager"))
    np.testing.assert_array_equal(eventful.layer_of, model.employees.column("depth"))
    names = np.array(eventful.functions)[eventful.function_of]
    np.testing.assert_array_equal(names, model.employees.column("function"))
    known = {
        (min(i, int(j)), max(i, int(j)))
        for i, peers in enumerate(model.ties.peers[0])
        for j in peers
        if j >= 0
    }
    assert sorted(known) == [tuple(pair) for pair in eventful.ties.tolist()]


def test_managers_who_are_not_shown_give_way_to_those_above_them() -> None:
    manager = np.array([-1, 0, 1, 2, 0, -1])
    found = shown_managers(manager, np.array([0, 3, 4, 5]))
    assert found.tolist() == [-1, 0, 0, -1]
    assert shown_managers(manager, np.array([3])).tolist() == [-1]


def test_ties_are_told_once_and_only_between_those_shown() -> None:
    peers = np.array([[1, 2], [0, -1], [3, 0], [2, 1]], np.int32)
    assert shown_ties(peers, np.arange(4)).tolist() == [[0, 1], [0, 2], [1, 3], [2, 3]]
    assert shown_ties(peers, np.array([0, 2, 3])).tolist() == [[0, 1], [1, 2]]
    assert shown_ties(peers, np.array([1])).shape == (0, 2)


@pytest.mark.parametrize(("count", "kept"), [(10, 4), (7, 7), (3, 9), (1, 1), (0, 5)])
def test_places_are_spread_evenly(count: int, kept: int) -> None:
    places = evenly(count, kept)
    assert len(places) == min(count, kept)
    if len(places):
        steps = np.diff([*places, count])
        assert places[0] == 0
        assert steps.max() - steps.min() <= 1


def test_each_function_keeps_its_share_of_those_shown() -> None:
    start = np.array([0, 1, 3000, 10000])
    places = shown_employees(start, 1000)
    assert len(np.unique(places)) == len(places) == 1000
    shares = np.histogram(places, bins=start)[0]
    assert shares[0] == 1
    np.testing.assert_allclose(shares[1:], [300, 700], atol=2)


def test_a_big_company_is_thinned_and_runs_whole() -> None:
    scenario = small(weeks=6, employees=5000, customers=10_000)
    found = trace(scenario, 2)
    whole = ensemble_of(scenario, 1, 2)
    assert found.practising.shape == (6, MOST_EMPLOYEES)
    assert found.customers.shape == (6, MOST_PLACES)
    assert found.employees_shown_of == 5000
    assert found.customers_shown_of == 15_000
    assert found.run.ensemble.record.company.tobytes() == whole.record.company.tobytes()
    assert found.manager_of.max() < MOST_EMPLOYEES
    below = found.manager_of >= 0
    above = found.layer_of[found.manager_of[below]]
    assert (above < found.layer_of[below]).all()


# ------------------------------------------------------------------ packed


def test_what_is_packed_can_be_unpacked(eventful: Trace) -> None:
    meta, payload = eventful.packed()
    assert json.loads(json.dumps(meta)) == meta
    assert list(meta["arrays"]) == list(LAYOUT)
    end = 0
    for name, place in meta["arrays"].items():
        kind = np.dtype(place["type"]).newbyteorder("<")
        assert place["offset"] == end, "one after the other"
        assert place["offset"] % kind.itemsize == 0
        count = int(np.prod(place["shape"]))
        flat = np.frombuffer(payload, kind, count, place["offset"])
        np.testing.assert_array_equal(flat.reshape(place["shape"]), getattr(eventful, name))
        end += flat.nbytes
    assert end == len(payload)
    assert (meta["weeks"], meta["seed"], meta["replicate"]) == (156, 3, 0)
    assert meta["functions"] == list(eventful.functions)
    assert meta["employees"] == meta["employees_shown_of"] == 300


def test_a_company_without_customers_can_be_packed() -> None:
    meta, _ = trace(small(weeks=3, customers=0)).packed()
    assert meta["arrays"]["customers"]["shape"] == [3, 0]


# ------------------------------------------------------------------ the call


def test_it_is_a_public_function_and_leaves_nothing_to_write_to(eventful: Trace) -> None:
    assert cxsim.trace is trace
    assert repr(eventful) == "<Trace orchestrated: 156 weeks, seed 3, replicate 0>"
    for name in LAYOUT:
        with pytest.raises(ValueError, match="read-only"):
            getattr(eventful, name)[...] = 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("typical",), '"typical" where a Scenario is wanted'),
        ((small(), -1), "seed"),
        ((small(), 1, 2.5), "replicate"),
        ((small(employees=150_000, customers=900_000),), "too many to follow"),
    ],
)
def test_what_cannot_be_traced_is_refused(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        trace(*arguments)


def test_a_snapshot_taken_by_the_engine_agrees(eventful: Trace) -> None:
    prepared = engine.prepare(eventful.scenario)
    there = engine.advance(engine.begin(prepared, 3, 0), prepared, 50)
    np.testing.assert_array_equal(eventful.practising[49], there.state.employees["practising"])
    np.testing.assert_array_equal(eventful.customers[49] > 0, there.state.customers["active"] == 1)
