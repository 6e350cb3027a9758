"""Calibrating to a company: what known firms come out as, and what is said of what cannot be."""

from __future__ import annotations

import io
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxsim
from cxsim import headline
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.study.company import Calibration, calibrate
from cxsim.study.company.coverage import Coverage, coverage, months
from cxsim.study.company.data import read_data
from cxsim.study.company.observed import KINDS
from cxsim.study.company.setting import prepare
from cxsim.study.company.unknowns import ALL, from_line, settled, to_line
from cxsim.study.design import load_design

MONTHS, TRIALS, SIMULATIONS = 12, 100, 900
MIXES = (("churn", "customers"), ("trained",), ("survey", "adoption"))


@pytest.fixture(scope="module")
def firm() -> Scenario:
    """A small firm whose levers are known."""
    known = {"employees": 60, "customers": 600, "resources": 4.0, "churn_alpha": 1.2}
    scenario = cxsim.load("typical").with_settings(known).with_weeks(54)
    return headline.move(headline.move(scenario, "leadership", 0.8), "change", 0.85)


@pytest.fixture(scope="module")
def figures(firm: Scenario) -> pd.DataFrame:
    """What that firm reported, month by month, rounded as people do."""
    ensemble = cxsim.simulate(firm, 1, seed=11, baseline=False)
    assert ensemble is not None
    company = ensemble.record.company[0]
    read = {s.kind: KINDS[s.kind].read(company, s.begin, s.end) for s in months(MONTHS)}
    return pd.DataFrame(
        {
            "month": range(1, MONTHS + 1),
            "churn %": np.round(100 * read["churn"], 2),
            "customers": np.round(600 * read["customers"]).astype(int),
            "people trained": np.round(60 * read["trained"]).astype(int),
        }
    )


def fit(figures: pd.DataFrame, **more: object) -> Calibration:
    found = calibrate(figures, **{"simulations": 500, "employees": 60, **more})  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.fixture(scope="module")
def found(figures: pd.DataFrame) -> Calibration:
    """The fit of that firm."""
    return fit(figures)


@pytest.fixture(scope="module")
def trials() -> tuple[Coverage, ...]:
    """A hundred firms with known levers, one reference table for all of them."""
    base = cxsim.load("typical").with_settings({"employees": 60, "customers": 600})
    return coverage(base, MONTHS, TRIALS, SIMULATIONS, mixes=MIXES)


def test_intervals_hold_what_they_promise(trials: tuple[Coverage, ...]) -> None:
    told = {(each.kinds, each.unknown.name): each for each in trials if each.identified}
    assert {(MIXES[0], "base_churn"), (MIXES[0], "acquisition"), (MIXES[1], "change")} <= set(told)
    assert {(MIXES[2], "quality"), (MIXES[2], "satisfaction")} <= set(told)
    wrong = {key: each.covered for key, each in told.items() if not 0.90 <= each.covered <= 0.99}
    assert wrong == {}
    assert min(each.trials for each in trials) >= TRIALS - 5


def test_what_the_data_cannot_tell_is_said(trials: tuple[Coverage, ...]) -> None:
    silent = {(each.kinds, each.unknown.name): each.silent for each in trials}
    for unknown in ("leadership", "change", "wins", "resources"):
        assert silent[MIXES[0], unknown] > 0.8
    for unknown in ("base_churn", "acquisition", "quality"):
        assert silent[MIXES[1], unknown] > 0.8


def test_a_known_firm_is_found_again(found: Calibration) -> None:
    assert found.out_of_reach == ()
    table = found.table()
    truth = {"leadership": 0.8, "change": 0.85, "resources": 4.0, "base_churn": 1.2 / (1.2 + 3.806)}
    for name, value in truth.items():
        assert table.loc[name, "low"] <= value <= table.loc[name, "high"]
    assert table.loc["base_churn", "width"] < 0.6
    assert table.loc["wins", "verdict"] == "open"
    assert all(band.inside >= 0.75 * MONTHS for band in found.bands)
    churn = next(band for band in found.bands if band.observed.kind == "churn")
    assert 0.0 < churn.error < 3.0
    said = " ".join(found.sentences())
    assert "36 figures (12 of churn, 12 of active customers, 12 of trained)" in said
    assert "They narrow down: " in said
    assert "They say nothing about " in said


def test_intervals_and_draws_stay_inside_the_ranges(found: Calibration) -> None:
    for unknown in ALL:
        values = found.draws[unknown.name]
        assert values.between(unknown.low, unknown.high).all()
    assert found.draws["weight"].sum() == pytest.approx(1.0)
    positions = np.linspace(0.0, 1.0, 11)
    np.testing.assert_allclose(from_line(to_line(positions)), positions, atol=2e-6)


def test_the_scenario_and_the_companies_behind_it_can_be_run(
    found: Calibration, tmp_path: Path
) -> None:
    paths = found.save(tmp_path)
    assert [path.name for path in paths] == [
        "the_frame_calibrated.toml",
        "the_frame_calibrated_draws.csv",
        "the_frame_calibrated_study.toml",
        "the_frame_calibrated.json",
        "the_frame_calibrated.png",
        "the_frame_calibrated.svg",
    ]
    scenario = cxsim.load(paths[0])
    assert scenario == found.scenario()
    assert scenario.organisation["employees"] == 60
    design = load_design(paths[2])
    companies = found.ensemble(20)
    assert [design.scenario_at(point).hash for point in design.settings] == [
        company.hash for company in companies
    ]
    assert len({company.hash for company in companies}) > 10
    draws = pd.read_csv(paths[1], index_col="draw")
    np.testing.assert_allclose(draws, found.draws)


def test_the_same_seed_gives_the_same_bits_on_any_number_of_threads(
    figures: pd.DataFrame, found: Calibration
) -> None:
    again = fit(figures, threads=1)
    assert again.posterior.positions.tobytes() == found.posterior.positions.tobytes()
    assert all(
        a.middle.tobytes() == b.middle.tobytes()
        for a, b in zip(again.bands, found.bands, strict=True)
    )


def test_what_is_given_is_not_learned(figures: pd.DataFrame) -> None:
    text = figures.assign(spend=9000).to_csv(index=False)
    data = read_data(pd.read_csv(io.StringIO(text)), employees=60)
    setting = prepare(data, "typical", {"employees": 60, "change": 0.9, "charter": 0.1})
    learned = [unknown.name for unknown in setting.unknowns]
    assert learned == ["leadership", "wins", "base_churn", "acquisition", "quality", "satisfaction"]
    assert setting.base.levers["resources"] == pytest.approx(
        100 * 9000 / (365.25 / 12 / 7) / 1600 / 60, rel=1e-4
    )
    high = settled(setting.small, setting.unknowns, [1.0] * 6, setting.held)
    assert high.levers["charter"] == 0.1
    assert high.levers["ceo_sponsorship"] == 0.9
    assert setting.small.market["customers"] == data.customers
    quiet = prepare(data, "no_programme", {"employees": 60, "resources": 0})
    assert "leadership" not in [unknown.name for unknown in quiet.unknowns]


def test_a_large_company_is_simulated_smaller_and_that_is_said(figures: pd.DataFrame) -> None:
    data = read_data(figures.assign(customers=figures["customers"] * 100), employees=60)
    setting = prepare(data, "typical", {"employees": 5000})
    assert (setting.small.organisation["employees"], setting.small.market["customers"]) == (
        1000,
        2000,
    )
    assert setting.base.organisation["employees"] == 5000
    assert any("fit simulates 2,000 of" in note for note in setting.notes)


def test_figures_out_of_reach_get_no_interval(figures: pd.DataFrame, tmp_path: Path) -> None:
    absurd = figures.assign(**{"churn %": [1.0] * 6 + [60.0] * 6})
    lost = fit(absurd)
    assert lost.out_of_reach
    assert lost.sentences()[0].startswith("THE MODEL CANNOT REACH THESE FIGURES")
    for use in (lost.table, lost.scenario, lost.ensemble, lost.figure, lambda: lost.save(tmp_path)):
        with pytest.raises(CxsimError, match="Churn, weeks"):
            use()
    assert list(tmp_path.iterdir()) == []
    assert "unknowns" not in lost.to_dict()


def test_a_fit_that_misses_most_figures_is_no_fit(found: Calibration) -> None:
    off = tuple(
        replace(band, observed=replace(band.observed, values=band.observed.values + 9.0))
        for band in found.bands
    )
    missed = replace(found, bands=()).held_against(off)
    assert "only 0 of 12 figures lie in the band" in missed.out_of_reach[0]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"simulations": 10}, "simulations: 10 is out of range"),
        ({"seed": -1}, "seed: -1"),
        ({"employees": 3}, "employees: 3 is out of range"),
        ({"chart": 0.5}, "chart: unknown name, did you mean 'charter'"),
        ({"base": "typicl"}, "typicl"),
        ({"resources": 2, "leadership": 1.5}, "leadership: 1.5 is out of range"),
    ],
)
def test_settings_that_cannot_be(figures: pd.DataFrame, more: dict[str, object], said: str) -> None:
    with pytest.raises(CxsimError) as caught:
        fit(figures, **more)
    assert said in str(caught.value)


def test_money_that_makes_no_sense(figures: pd.DataFrame) -> None:
    with pytest.raises(CxsimError, match=r"comes to .* people per 100 of 60 employees"):
        fit(figures.assign(budget=9e6))
    with pytest.raises(CxsimError, match="give them in thousands"):
        fit(figures.assign(customers=24_000_000))


def test_a_fit_can_be_cancelled(figures: pd.DataFrame) -> None:
    seen: list[int] = []
    stopped = calibrate(
        figures, simulations=500, employees=60,
        progress=lambda done, _: seen.append(done), cancelled=lambda: len(seen) >= 5,
    )  # fmt: skip
    assert stopped is None
    assert 5 <= len(seen) < 100


def test_the_published_series_is_read(checkout: Path) -> None:
    data = read_data(checkout / "experiments" / "company" / "netflix.csv")
    churn, customers = data.series
    assert (len(churn.values), len(customers.values), data.gaps) == (9, 10, 1)
    ends = [11.11, 12.27, 13.97, 15.0, 16.8, 19.5, 22.8, 24.59, 23.79]
    begins = [10.6, *ends[:-1]]
    published = np.array([4.36, 3.94, 3.8, 3.96, 3.78, 3.7, 3.9, 4.2, 6.3]) / 100
    gone = 3 * published * np.array(ends) / (1 - 3 * published)
    np.testing.assert_allclose(churn.values, gone / np.array(begins), rtol=0.01)


def test_the_written_scenario_is_plain_toml(found: Calibration) -> None:
    assert tomllib.loads(found.scenario().to_toml())["name"] == "the_frame_calibrated"
