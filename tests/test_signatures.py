"""What the bundled scenarios show: an orchestrated programme works, each failure fails its own way.

Every scenario and every rescue is run once for 200 seeds. The seeds
are the same everywhere, so scenarios are compared pair by pair: same people, same luck.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from cxsim import engine
from cxsim.scenario_file import bundled, load

SEED, SEEDS = 1, 200
KEPT = ("adoption", "satisfaction", "survey_score", "churned", "active_customers")
FAILURES = [name for name in bundled() if name.startswith("fm")]
LATE = "fm13_lagging_survey"  # its people practise; it fails by seeing too late

Run = dict[str, np.ndarray]  # series name -> (seeds, weeks)
Play = Callable[..., Run]


@pytest.fixture(scope="session")
def play() -> Play:
    """Give the series of a bundled scenario or of its rescue; each is run once at most."""

    @cache
    def run(name: str, rescued: bool = False) -> Run:
        scenario = load(name).rescue() if rescued else load(name)
        record = engine.run_replicates(engine.prepare(scenario), SEED, SEEDS)
        assert record is not None
        return {series: record.company[series].copy() for series in KEPT}

    return run


def end(run: Run, series: str = "adoption") -> np.ndarray:
    return run[series][:, -1]


def yearly_churn(run: Run) -> np.ndarray:
    """Churn of the last half-year, per customer and year."""
    return run["churned"][:, -26:].sum(axis=1) / run["active_customers"][:, -26:].sum(axis=1) * 52


# --- the three baselines --------------------------------------------------------------------------


def test_orchestrated_convinces_half_the_company_within_130_weeks(play: Play) -> None:
    peak = play("orchestrated")["adoption"][:, :130].max(axis=1)
    assert (peak > 0.5).mean() >= 0.95


def test_orchestrated_keeps_what_it_has_won(play: Play) -> None:
    adoption = play("orchestrated")["adoption"]
    assert (adoption[:, -1] >= 0.9 * adoption.max(axis=1)).mean() >= 0.95


def test_orchestrated_ends_with_a_third_less_churn_than_no_programme(play: Play) -> None:
    with_programme = yearly_churn(play("orchestrated")).mean()
    without = yearly_churn(play("no_programme")).mean()
    assert with_programme <= without * 2 / 3


def test_churn_comes_down_after_adoption_has_gone_up(play: Play) -> None:
    run = play("orchestrated")
    adoption = run["adoption"].mean(axis=0)
    churn = (run["churned"] / run["active_customers"]).mean(axis=0)
    smooth = np.convolve(churn, np.ones(8) / 8, mode="valid")
    half_up = int((adoption > adoption.max() / 2).argmax())
    half_down = int((smooth < (smooth[:8].mean() + smooth[-8:].mean()) / 2).argmax())
    assert half_down > half_up


def test_without_a_programme_practice_stays_with_a_few(play: Play) -> None:
    assert play("no_programme")["adoption"].max() < 0.1


def test_a_typical_programme_is_neither_dead_nor_saved(play: Play) -> None:
    adoption = play("typical")["adoption"]
    passed = (adoption.max(axis=1) > 0.5).mean()
    assert 0 < passed < 0.4
    last = adoption[:, -1]
    assert ((last > 0.05) & (last < 0.5)).mean() > 0.5


# --- the failure modes ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(set(FAILURES) - {LATE}))
def test_a_failure_ends_far_below_orchestrated_with_the_same_luck(play: Play, name: str) -> None:
    assert (end(play(name)) < 0.6 * end(play("orchestrated"))).mean() >= 0.9


# Start and end of the push, end of the quiet, and in how many seeds at least the push is lost: the
# first one wins a dozen people, too few to be told from chance in every single company.
PUSHES = [(0, 26, 52, 0.6), (52, 78, 104, 0.9), (104, 130, 156, 0.9)]


@pytest.mark.parametrize(("begin", "stop", "quiet_end", "often"), PUSHES)
def test_sisyphus_loses_each_push_in_the_quiet_after_it(
    play: Play, begin: int, stop: int, quiet_end: int, often: float
) -> None:
    adoption = play("fm05_sisyphus")["adoption"]
    # What counts is what the push has won beyond the innovators, who practise anyway.
    innovators = play("no_programme")["adoption"][:, quiet_end - 1]
    before = adoption[:, max(0, begin - 1)]
    won = adoption[:, begin : stop + 4].max(axis=1) - innovators
    left = adoption[:, quiet_end - 1] - innovators
    assert won.mean() > 1.5 * (before - innovators).mean()
    assert left.mean() < 0.6 * won.mean()
    assert (left < 0.6 * won).mean() >= often


def test_a_project_loses_half_of_its_peak_once_it_is_over(play: Play) -> None:
    adoption = play("fm14_one_time_project")["adoption"]
    peak = adoption.max(axis=1)
    assert (adoption[:, -1] < 0.5 * peak).mean() >= 0.9
    assert np.median(peak) > 0.25, "there was something to lose"
    assert 45 <= np.median(adoption.argmax(axis=1)) <= 65


def test_the_lagging_survey_shows_the_price_rise_long_after_customers_felt_it(play: Play) -> None:
    run, rise = play(LATE), 60
    felt, shown = (np.median(run[name], axis=0) for name in ("satisfaction", "survey_score"))
    low_felt, low_shown = (rise + int(line[rise:].argmin()) for line in (felt, shown))
    assert low_felt < rise + 4
    assert low_shown >= low_felt + 13
    assert shown[rise : rise + 26].min() > felt[low_felt] + 0.3, "the score stays green meanwhile"
    late = run["survey_score"][:, rise:].argmin(axis=1) - run["satisfaction"][:, rise:].argmin(
        axis=1
    )
    assert (late >= 13).mean() >= 0.9


# --- the rescues ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FAILURES)
def test_a_rescue_ends_above_its_failure(play: Play, name: str) -> None:
    # Steering by a late survey costs customers, not practice.
    series = "active_customers" if name == LATE else "adoption"
    failed, rescued = end(play(name), series), end(play(name, True), series)
    assert (rescued > failed).mean() >= 0.95
    assert rescued.mean() > failed.mean()


@pytest.mark.parametrize("name", FAILURES)
def test_a_rescue_is_the_failure_until_the_cure(play: Play, name: str) -> None:
    cure = load(name).cure
    assert cure is not None
    failed, rescued = play(name), play(name, True)
    for series in KEPT:
        assert np.array_equal(failed[series][:, : cure.week], rescued[series][:, : cure.week])
