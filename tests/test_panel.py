"""The discriminating panel: what it holds, and what it says of runs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.explain.panel import build_statistics, panel, statistics
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load

GOOD = {
    "name": "one",
    "label": "One",
    "unit": "weeks",
    "meaning": "Something.",
    "measure": "mean(adoption)",
    "tells": ["FM01"],
}


def run(weeks: int = 60, **settings: Any) -> Ensemble:
    small = Scenario("small", "Small", weeks=weeks)
    made = simulate(small.with_settings({"employees": 60, "customers": 200, **settings}), 4)
    assert made is not None
    return made


def of(name: str, **changes: Any) -> dict[str, Any]:
    return {"statistics": [{**GOOD, "name": name, **changes}]}


def test_the_panel_has_one_row_a_future_and_one_column_a_statistic() -> None:
    found = panel(run())
    assert found.shape == (4, len(statistics()))
    assert found.index.name == "replicate"
    assert list(found.columns) == [one.name for one in statistics()]


def test_a_long_run_with_every_event_has_every_number() -> None:
    scenario = load("fm21_customers_or_profit")
    ensemble = simulate(scenario, 4, baseline=False)
    assert ensemble is not None
    median = panel(ensemble).median()
    assert median[median.isna()].empty


def test_what_a_run_cannot_tell_is_left_empty() -> None:
    short, plain = panel(run(weeks=8)), panel(run(weeks=60))
    assert short["adoption_kept"].isna().all(), "there is no last quarter"
    assert plain["earnings_dip"].isna().all(), "nothing happens to the earnings"
    assert plain["adoption_kept"].notna().all()


def test_every_statistic_tells_failure_modes_apart_that_exist() -> None:
    modes = {load(name).mode for name in bundled()}
    for one in statistics():
        assert set(one.tells) <= modes, one.name
        assert one.meaning.endswith("."), one.name


def test_every_failure_mode_has_a_statistic_of_its_own() -> None:
    told = {mode for one in statistics() for mode in one.tells}
    modes = {load(name).mode for name in bundled()} - {None}
    assert modes - told == set()


def test_labels_and_names_are_short_and_unique() -> None:
    labels = [one.label for one in statistics()]
    assert len(set(labels)) == len(labels)
    assert max(map(len, labels)) <= 34, "they stand beside numbers in a terminal"
    assert all(re.fullmatch(r"[a-z_]+", one.name) for one in statistics())


def test_what_a_project_won_is_not_kept_beyond_its_end() -> None:
    kept = []
    for name in ("orchestrated", "fm14_one_time_project"):
        ensemble = simulate(load(name), 6, baseline=False)
        assert ensemble is not None
        kept.append(panel(ensemble)["adoption_kept"])
    assert (kept[1] < kept[0]).all()


def test_a_score_that_comes_late_lags() -> None:
    rise = [{"week": 60, "shock": {"price_rise": 0.3}}]
    lags = [panel(_priced(rise, survey_lag=lag))["score_lag"].median() for lag in (0, 20)]
    assert lags[1] - lags[0] > 10


def _priced(rise: list[dict[str, Any]], **levers: Any) -> Ensemble:
    scenario = Scenario("small", "Small", weeks=130, levers=levers).with_events(rise)
    made = simulate(scenario.with_settings({"customers": 800, "employees": 60}), 4)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (of("x", unit=""), "x: lacks 'unit'"),
        (of("x", units="weeks"), "x: unknown key 'units', did you mean 'unit'?"),
        (of("x", measure="mean(adoptoin)"), "x: measure: "),
        ({"statistics": [GOOD, GOOD]}, "one: two statistics have this name"),
    ],
)
def test_a_damaged_panel_is_refused(data: dict[str, Any], said: str) -> None:
    with pytest.raises(CxsimError, match=re.escape(said)):
        build_statistics(data)


def test_a_sound_table_becomes_a_statistic() -> None:
    (one,) = build_statistics({"statistics": [GOOD]})
    assert one.tells == ("FM01",)
    ensemble = run(weeks=10)
    np.testing.assert_allclose(one.values(ensemble), ensemble.series("adoption").mean(axis=1))
