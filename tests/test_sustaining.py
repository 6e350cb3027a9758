"""Taking a programme away: the same run until then, no programme after, and what survives."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.explain.sustaining import SUSTAINED, share_surviving, stopped
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.timeline import Event

STOP = 30
LEVERS = parameters.registry().levers
PROGRAMME = {name: lever.off for name, lever in LEVERS.items() if lever.off is not None}
EVENTS = (
    Event(10, set={"communication": 0.9}),
    Event(STOP, set={"communication": 1.0, "workload": 0.6}),
    Event(40, shock={"cco_leaves": {"vacancy": 4}}),
    Event(41, set={"resources": 9.0}),
    Event(42, shock={"price_rise": 0.1, "cco_leaves": {"vacancy": 4}}),
    Event(55, set={"workload": 0.5}),
)


def busy() -> Scenario:
    return Scenario(
        name="busy",
        title="A busy one",
        organisation={"employees": 40},
        market={"customers": 120},
        events=EVENTS,
        weeks=60,
        cure=Event(20, set={"charter": 0.9}),
    )


def run(scenario: Scenario, replicates: int = 4) -> Ensemble:
    ensemble = simulate(scenario, replicates, seed=3, baseline=False)
    assert ensemble is not None
    return ensemble


def test_the_runs_are_the_same_until_the_stop_and_differ_after_it() -> None:
    whole, quiet = run(busy()), run(stopped(busy(), STOP, 20))
    assert quiet.weeks == STOP + 20
    for name in ("adoption", "satisfaction", "budget", "commitment"):
        one, other = whole.series(name), quiet.series(name)
        np.testing.assert_array_equal(one[:, :STOP], other[:, :STOP])
        assert (one[:, STOP : STOP + 20] != other[:, STOP:]).any()
    assert (quiet.series("programme_cost")[:, STOP:] == 0.0).all()
    assert (quiet.series("programme_cost")[:, STOP - 1] > 0.0).all()


def test_nothing_brings_the_programme_back_and_the_rest_of_the_world_goes_on() -> None:
    quiet = stopped(busy(), STOP, 20)
    assert [event.week for event in quiet.events] == [10, STOP, STOP, 42]
    first, stop, same_week, rise = quiet.events
    assert first == EVENTS[0]
    assert dict(stop.set) == PROGRAMME
    assert dict(same_week.set) == {"workload": 0.6}
    assert dict(rise.shock) == {"price_rise": 0.1}
    assert quiet.cure is None
    assert quiet.levers == busy().levers
    assert str(STOP) in quiet.title


def test_a_horizon_shorter_than_the_stop_is_prolonged() -> None:
    assert stopped(busy().with_weeks(60), 80).weeks == 132


def test_a_full_programme_leaves_more_behind_than_a_series_of_pushes() -> None:
    left = {
        name: run(stopped(load(name), 104), 6).series("adoption")[:, -1]
        for name in ("orchestrated", "fm05_sisyphus")
    }
    assert (left["orchestrated"] > 2.0 * left["fm05_sisyphus"]).all()


def test_those_whom_nobody_had_to_win_stay_and_so_the_share_of_a_dead_programme_is_high() -> None:
    nothing = run(stopped(load("no_programme"), 104), 6)
    assert share_surviving(nothing, 104).mean() > SUSTAINED


def test_the_share_is_adoption_at_the_end_over_adoption_before() -> None:
    ensemble = run(busy())
    adoption = ensemble.record.company["adoption"]
    adoption[:, STOP - 1] = [0.5, 0.4, 0.0, 0.2]
    adoption[:, -1] = [0.25, 0.4, 0.1, 0.3]
    np.testing.assert_allclose(share_surviving(ensemble, STOP), [0.5, 1.0, np.nan, 1.5])


@pytest.mark.parametrize(
    ("week", "weeks", "wanted"),
    [(0, 52, "week: 0 is out of range 1..519"), (1.5, 52, "week: 1.5"), (500, 52, "weeks: 52")],
)
def test_weeks_out_of_range_are_named(week: int, weeks: int, wanted: str) -> None:
    with pytest.raises(CxsimError, match=wanted):
        stopped(busy(), week, weeks)


def test_a_run_that_ends_before_the_stop_is_refused() -> None:
    with pytest.raises(CxsimError, match=r"week: 60 is out of range 1\.\.59"):
        share_surviving(run(busy(), 1), 60)
