"""Variants of a scenario: the weeks they share are lived once, and no number shows it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from cxsim import engine
from cxsim.errors import CxsimError
from cxsim.explain.sustaining import stopped
from cxsim.results import Ensemble, simulate
from cxsim.results.variants import live_variants
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from tests.strategies import scenarios

SMALL = {"employees": 30}
FEW = {"customers": 60}


def small(name: str, weeks: int = 60) -> Scenario:
    scenario = load(name)
    events = [event for event in scenario.events if event.week < weeks]
    bare = Scenario(name, name, scenario.levers, SMALL, FEW, events=tuple(events), weeks=weeks)
    return bare


def everything(ensemble: Ensemble) -> np.ndarray:
    return np.concatenate([ensemble.series(name)[0] for name in ("adoption", "churned", "load")])


def test_variants_give_the_numbers_of_runs_of_their_own() -> None:
    trunk = small("orchestrated")
    others = [
        stopped(trunk, 20),
        trunk.with_events([{"week": 31, "set": {"span_of_control": 3, "charter": 0.1}}]),
        small("fm26_tall_hierarchy"),
        trunk.with_market(customers=80),
        trunk.with_weeks(40),
        trunk,
    ]
    found = live_variants([trunk, *others], everything, replicates=3, seed=5, first=2)
    assert found is not None
    for scenario, rows in zip([trunk, *others], found, strict=True):
        alone = simulate(scenario, 5, 5, baseline=False)
        assert alone is not None
        wanted = [alone.series(name)[2:] for name in ("adoption", "churned", "load")]
        np.testing.assert_array_equal(rows, np.concatenate(wanted, axis=1), scenario.name)


@given(scenarios(), scenarios())
@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
def test_any_two_companies_can_stand_side_by_side(one: Scenario, other: Scenario) -> None:
    found = live_variants([one, other], everything, replicates=1, seed=9)
    alone = simulate(other, 1, 9, baseline=False)
    assert found is not None
    assert alone is not None
    np.testing.assert_array_equal(found[1][0], everything(alone))


def test_net_value_is_that_of_a_run_of_its_own() -> None:
    trunk = small("orchestrated")
    stays = [trunk, stopped(trunk, 30, 30), trunk.with_levers(workload=0.7)]
    found = live_variants(
        stays, lambda one: one.series("net_value")[0], replicates=2, seed=7, baseline=True
    )
    assert found is not None
    for scenario, rows in zip(stays, found, strict=True):
        alone = simulate(scenario, 2, 7)
        assert alone is not None
        np.testing.assert_array_equal(rows, alone.series("net_value"), scenario.name)


def test_threads_change_no_number() -> None:
    stays = [small("orchestrated"), stopped(small("orchestrated"), 10)]
    one = live_variants(stays, everything, replicates=5, threads=1)
    three = live_variants(stays, everything, replicates=5, threads=3)
    assert one is not None
    assert three is not None
    assert all(np.array_equal(a, b) for a, b in zip(one, three, strict=True))


def test_shared_weeks_end_where_the_plans_part() -> None:
    trunk = engine.prepare(small("orchestrated"))

    def shared(scenario: Scenario) -> int:
        return engine.shared_weeks(trunk, engine.prepare(scenario))

    assert shared(small("orchestrated")) == 60
    assert shared(stopped(small("orchestrated"), 17)) == 17
    assert shared(small("orchestrated").with_levers(charter=0.5)) == 0
    assert shared(small("orchestrated").with_market(customers=61)) == 0
    assert shared(small("orchestrated").with_coefficients(belief_rate=0.2)) == 0


def test_progress_is_told_and_a_stop_is_obeyed() -> None:
    told: list[tuple[int, int]] = []
    stays = [small("orchestrated"), stopped(small("orchestrated"), 10)]
    live_variants(stays, everything, replicates=3, progress=lambda *now: told.append(now))
    assert told[-1] == (6, 6)
    assert live_variants(stays, everything, replicates=3, cancelled=lambda: True) is None


def test_what_goes_wrong_in_reading_is_not_swallowed() -> None:
    def read(_: Ensemble) -> np.ndarray:
        raise CxsimError("cannot be read")

    with pytest.raises(CxsimError, match="cannot be read"):
        live_variants([small("orchestrated")], read, replicates=3)


@pytest.mark.parametrize("given_", [{"replicates": 0}, {"seed": -1}, {"threads": 0}])
def test_numbers_out_of_range_are_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(CxsimError, match=next(iter(given_))):
        live_variants([small("orchestrated")], everything, **given_)
