"""Series, outcomes, ledgers, frames and files of an ensemble."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsim
from cxsim.errors import CxsimError
from cxsim.results import Ensemble, running, simulate
from cxsim.results.running import neutral
from cxsim.rules import customers
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.series import HIGHEST, LEDGERS, LOWEST, OUTCOMES, SERIES, SIX, payback_week
from cxsim.state import COMPANY_SERIES, FUNCTION_SERIES, LAYER_SERIES, Record

GOOD = {
    "ceo_sponsorship": 0.9, "accountability": 0.9, "charter": 0.9, "role_modelling": 0.9,
    "communication": 0.9, "relating_to_objectives": 0.9, "frontline_support": 0.9,
    "embedding": 0.8, "reporting_levels": 0, "initial_commitment": 0.8,
}  # fmt: skip


def small(**levers: Any) -> Scenario:
    """A company that runs in a moment."""
    return Scenario(
        name="small",
        title="A small company",
        levers=levers,
        organisation={"employees": 40},
        market={"customers": 120},
        weeks=30,
    )


def made(scenario: Scenario, replicates: int = 4, **more: Any) -> Ensemble:
    ensemble = simulate(scenario, replicates, **more)
    assert ensemble is not None
    return ensemble


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    return made(small(**GOOD), 5)


def by_hand(baseline: np.ndarray | None = None, **series: Any) -> Ensemble:
    """An ensemble whose record holds these series of the company, shape (replicates, weeks)."""
    shape = np.shape(next(iter(series.values())))
    company = np.zeros(shape, COMPANY_SERIES)
    for name, values in series.items():
        company[name] = values
    record = Record(
        company, np.zeros((*shape, 6), FUNCTION_SERIES), np.zeros((*shape, 2), LAYER_SERIES)
    )
    return Ensemble(small(), 1, record, baseline)


# ------------------------------------------------------------------ the registry


@pytest.mark.parametrize(
    ("level", "fields"),
    [("company", COMPANY_SERIES), ("function", FUNCTION_SERIES), ("layer", LAYER_SERIES)],
)
def test_every_recorded_field_is_described_and_nothing_else(level: str, fields: np.dtype) -> None:
    recorded = {n for n, s in SERIES.items() if level in s.levels and not s.derived}
    assert recorded == set(fields.names or ())


def test_every_series_and_outcome_can_be_had(ensemble: Ensemble) -> None:
    assert set(ensemble.series_names()) == set(SERIES)
    for name in SERIES:
        assert ensemble.series(name).shape == (5, 30)
    assert list(ensemble.outcomes().columns) == list(OUTCOMES)
    assert set(SIX) <= set(SERIES)


def test_satisfaction_is_shown_on_a_scale_of_0_to_100() -> None:
    assert (LOWEST, HIGHEST) == (customers.LOWEST, customers.HIGHEST)
    shown = SERIES["satisfaction"].shown(np.array([LOWEST, 0.0, HIGHEST]))
    np.testing.assert_allclose(shown, [0.0, 100 * 1.5 / 2.7, 100.0])


def test_every_ledger_has_the_causes_that_are_recorded() -> None:
    causes = {cause for _, names in LEDGERS.values() for cause in names}
    prefixes = ("start_", "stop_", "churn_")
    assert causes == {n for n in COMPANY_SERIES.names or () if n.startswith(prefixes)}


# ------------------------------------------------------------------ definitions, by hand


def test_churn_a_year_is_compounded_from_the_weeks_so_far() -> None:
    churned = np.array([[10.0, 0.0, 18.0]])
    acquired = np.array([[0.0, 0.0, 5.0]])
    active = np.array([[90.0, 90.0, 77.0]])  # of 100 at the start
    one = by_hand(churned=churned, acquired=acquired, active_customers=active)
    rates = [0.1, 0.05, 0.1]  # means of 10 %; 10, 0 %; 10, 0, 20 %
    expected = [1 - (1 - rate) ** 52 for rate in rates]
    np.testing.assert_allclose(one.series("churn_yearly")[0], expected)
    np.testing.assert_allclose(one.outcome("churn_yearly"), expected[-1])


def test_churn_looks_back_13_weeks_in_the_series_and_26_in_the_outcome() -> None:
    weeks = 40
    churned = np.zeros((1, weeks))
    churned[0, weeks - 20] = 10.0
    active = np.full((1, weeks), 100.0)
    one = by_hand(churned=churned, acquired=churned, active_customers=active)
    series = one.series("churn_yearly")[0]
    hit = 1 - (1 - 0.1 / 13) ** 52
    np.testing.assert_allclose(series[20:33], hit)
    np.testing.assert_allclose(series[[19, 33, 39]], 0.0, atol=1e-12)
    np.testing.assert_allclose(one.outcome("churn_yearly"), 1 - (1 - 0.1 / 26) ** 52)


def test_a_company_without_customers_loses_none() -> None:
    nothing = np.zeros((1, 3))
    one = by_hand(churned=nothing, acquired=nothing, active_customers=nothing)
    assert one.series("churn_yearly").tolist() == [[0.0, 0.0, 0.0]]


def test_net_value_is_the_cumulative_difference_from_no_programme() -> None:
    contribution = np.array([[10.0, 5.0, 20.0], [10.0, 5.0, 6.0]])
    baseline = np.full((2, 3), 10.0)
    one = by_hand(baseline, contribution=contribution, programme_cost=np.ones((2, 3)))
    assert one.series("net_value").tolist() == [[0.0, -5.0, 5.0], [0.0, -5.0, -9.0]]
    outcomes = one.outcomes()
    assert outcomes["net_value"].tolist() == [5.0, -9.0]
    assert outcomes["worse_than_none"].tolist() == [0.0, 1.0]
    assert outcomes["payback_week"][0] == 2.0
    assert np.isnan(outcomes["payback_week"][1])


@pytest.mark.parametrize(
    ("net_value", "cost", "week"),
    [
        ([-1, 1, -1, 2, 3], [1, 1, 1, 1, 1], 3),  # not the first crossing: it has to stay
        ([0, 0, -1, 0, 4], [0, 0, 1, 1, 1], 3),
        ([0, 0, 1, 2, 3], [0, 0, 1, 1, 1], 2),  # never below: from the first cost on
        ([-1, -1, -1, -1, -1], [1, 1, 1, 1, 1], np.nan),
        ([0, 0, 0, 0, -1], [1, 1, 1, 1, 1], np.nan),
        ([0, 0, 0, 0, 0], [0, 0, 0, 0, 0], np.nan),  # nothing spent, nothing to pay back
    ],
)
def test_payback(net_value: list[float], cost: list[float], week: float) -> None:
    found = payback_week(np.array([net_value], float), np.array([cost], float))
    np.testing.assert_equal(found, [week])


def test_half_adoption_is_the_first_week_at_half() -> None:
    one = by_hand(adoption=[[0.1, 0.5, 0.4, 0.6], [0.1, 0.2, 0.3, 0.49]])
    np.testing.assert_equal(one.outcome("week_half_adoption"), [1.0, np.nan])


def test_outcomes_in_natural_units() -> None:
    one = by_hand(
        employees=np.full((3, 2), 300.0),
        adoption=[[0.1, 0.2], [0.1, 0.2033], [0.5, 0.9]],
        active_customers=np.full((3, 2), 1000.0),
    )

    def text(name: str) -> str:
        return OUTCOMES[name].text(one.outcome(name), one.setting)

    assert text("adoption") == "61 of 300 employees practise"
    assert text("week_half_adoption") == "never within 2 weeks in 2 of 3"
    assert text("churn_yearly") == "0.0 % of customers lost a year"
    assert text("customers") == "1,000 customers"
    assert text("net_value") == text("payback_week") == "not computed"


# ------------------------------------------------------------------ what has to hold in any run

levers = st.fixed_dictionaries(
    {
        name: st.floats(0.6, 1.0)  # people do start
        for name in ("communication", "frontline_support", "role_modelling", "embedding")
    }
)
shocks = st.sampled_from(
    [
        {"price_rise": 0.4},
        {"demand_surge": {"size": 1.0, "weeks": 8}},
        {"cco_leaves": {"vacancy": 5}},
    ]
)


@settings(max_examples=8)
@given(levers=levers, shock=shocks, seed=st.integers(0, 2**32 - 1))
def test_ledgers_and_customers_add_up(levers: dict, shock: dict, seed: int) -> None:
    scenario = small(**GOOD | levers).with_events([{"week": 10, "shock": shock}])
    scenario = scenario.with_market(churn_alpha=3.0).with_levers(turnover=0.6)
    one = made(scenario, 3, seed=seed)
    for flow in LEDGERS:
        ledger = one.ledger(flow)
        causes = ledger.drop(columns=["replicate", "week", "total"])
        assert ledger["total"].sum() > 0
        assert (causes.sum(axis=1) == ledger["total"]).all()
    active, lost, won = (one.series(n) for n in ("active_customers", "churned", "acquired"))
    assert (np.diff(active) == won[:, 1:] - lost[:, 1:]).all()
    assert (active[:, 0] == 120 - lost[:, 0] + won[:, 0]).all()
    practising = one.series("practising")
    change = one.series("starts") - one.series("stops")
    assert (np.diff(practising) == change[:, 1:]).all()


def test_functions_and_layers_add_up_to_the_company(ensemble: Ensemble) -> None:
    for name in ("employees", "practising", "starts", "stops"):
        assert (ensemble.function_series(name).sum(axis=2) == ensemble.series(name)).all()
        assert (ensemble.layer_series(name).sum(axis=2) == ensemble.series(name)).all()


def test_a_layer_without_people_has_no_mean() -> None:
    flat = small().with_events([{"week": 10, "set": {"span_of_control": 40}}])
    one = made(flat.with_levers(span_of_control=2), 1)
    deepest = one.layer_series("belief")[0, :, -1]
    assert np.isfinite(deepest[:10]).all()
    assert np.isnan(deepest[10:]).all()
    assert (one.layer_series("employees")[0, 10:, -1] == 0).all()


# ------------------------------------------------------------------ running


def test_the_baseline_met_the_same_luck() -> None:
    scenario = small(**GOOD)
    one = made(scenario, 3, seed=7)
    other = made(scenario.without_programme(), 3, seed=7)
    np.testing.assert_array_equal(one.baseline, other.series("contribution"))
    assert (other.series("net_value") == 0.0).all()
    assert np.isnan(other.outcome("payback_week")).all()


def test_progress_covers_the_baseline_which_is_then_remembered() -> None:
    running.BASELINES.clear()
    seen: list[tuple[int, int]] = []
    made(small(), 3, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (6, 6)
    assert seen == sorted(seen)
    seen.clear()
    again = made(
        small(communication=0.9), 2, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (2, 2)
    running.BASELINES.clear()
    np.testing.assert_array_equal(again.baseline, made(small(communication=0.9), 2).baseline)


def test_levers_that_only_shape_a_programme_change_nothing_without_one() -> None:
    plain = small().without_programme().with_events([{"week": 5, "shock": {"price_rise": 0.5}}])
    extreme = plain.with_levers(
        reporting_levels=4, time_to_impact_horizon=5, diplomacy=1, assertiveness=1,
        initial_commitment=0.9, commitment_spread=0.3, competing_priorities=1, rivalry=1,
        profit_tradeoff_belief=1, status_seeking=1, quick_win_share=1, customer_outcome_focus=0,
        duration=3, survey_lag=0, survey_coverage=0.1,
    )  # fmt: skip
    assert extreme.hash != plain.hash
    assert neutral(extreme).hash == neutral(plain).hash
    one, other = (made(scenario, 3).series("contribution") for scenario in (plain, extreme))
    np.testing.assert_array_equal(one, other)


def test_levers_of_everyday_work_have_a_baseline_of_their_own() -> None:
    for lever in ({"workload": 0.9}, {"turnover": 0.4}, {"span_of_control": 3}):
        assert neutral(small(**lever)).hash != neutral(small()).hash


def test_cancelled_runs_give_nothing() -> None:
    assert simulate(small(), 3, cancelled=lambda: True) is None


def test_without_a_baseline_money_is_unknown() -> None:
    one = made(small(), 2, baseline=False)
    assert one.outcomes()[["net_value", "payback_week", "worse_than_none"]].isna().all(axis=None)
    assert "net_value" not in one.wide()
    with pytest.raises(CxsimError, match="baseline=True"):
        one.series("net_value")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"replicates": 0}, "replicates: 0 is out of range 1..100000"),
        ({"replicates": 2.5}, "replicates: 2.5 where a whole number"),
        ({"replicates": 100_001}, "out of range"),
        ({"seed": -1}, "seed: -1 is out of range 0..4.29497e"),
        ({"seed": 2**32}, "seed"),
        ({"seed": "one"}, 'seed: the text "one"'),
        ({"threads": 0}, "threads"),
    ],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(CxsimError) as caught:
        simulate(small(), **wrong)
    assert message in str(caught.value)


def test_more_than_fits_into_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sysconf", lambda _: 2048, raising=False)  # 4 MB
    with pytest.raises(CxsimError, match="ask for at most"):
        simulate(small(), 100)


def test_unknown_names_are_refused_with_the_nearest(ensemble: Ensemble) -> None:
    for ask in (ensemble.series, ensemble.outcome, ensemble.function_series):
        with pytest.raises(CxsimError, match="did you mean 'adoption'"):
            ask("adoptoin")
    with pytest.raises(CxsimError, match="by layer"):
        ensemble.layer_series("revenue")
    with pytest.raises(CxsimError, match="no such ledger"):
        ensemble.ledger("money")
    with pytest.raises(CxsimError, match=r"0\.\.4 is wanted"):
        ensemble.run(5)


# ------------------------------------------------------------------ frames


def test_quantiles_are_those_of_numpy(ensemble: Ensemble) -> None:
    np.testing.assert_array_equal(
        ensemble.quantiles("belief", (0.1, 0.5)),
        np.quantile(ensemble.series("belief"), (0.1, 0.5), axis=0),
    )


def test_wide_has_a_row_per_week_and_a_column_per_series(ensemble: Ensemble) -> None:
    frame = ensemble.wide()
    assert list(frame.columns) == ["scenario", "replicate", "week", *ensemble.series_names()]
    row = frame[(frame.replicate == 3) & (frame.week == 17)]
    assert len(row) == 1
    assert row["belief"].item() == ensemble.series("belief")[3, 17]
    assert row["net_value"].item() == ensemble.series("net_value")[3, 17]


def test_long_has_every_number_at_its_place(ensemble: Ensemble) -> None:
    frame = ensemble.long()
    counts = {"company": 1, "function": 6, "layer": len(ensemble.layers)}
    rows = sum(counts[level] for series in SERIES.values() for level in series.levels)
    assert len(frame) == rows * 5 * 30
    at = frame[(frame.replicate == 2) & (frame.week == 9)].set_index(["level", "unit", "series"])
    sales = ensemble.functions.index("sales")
    assert at.loc[("company", "", "adoption"), "value"] == ensemble.series("adoption")[2, 9]
    belief = ensemble.function_series("belief")[2, 9, sales]
    assert at.loc[("function", "sales", "belief"), "value"] == belief
    assert at.loc[("layer", "1", "starts"), "value"] == ensemble.layer_series("starts")[2, 9, 0]
    assert (frame["seed"] == 1).all()


def test_summary_holds_the_quantiles(ensemble: Ensemble) -> None:
    frame = ensemble.summary()
    row = frame[(frame.series == "belief") & (frame.week == 12) & (frame["quantile"] == 0.75)]
    assert row["value"].item() == ensemble.quantiles("belief", [0.75])[0, 12]


def test_one_run_is_a_row_of_the_ensemble(ensemble: Ensemble) -> None:
    run = ensemble.run(2)
    np.testing.assert_array_equal(run.series("adoption"), ensemble.series("adoption")[2])
    assert run.function_series("adoption").shape == (30, 6)
    assert run.layer_series("adoption").shape == (30, len(ensemble.layers))
    assert run.outcomes()["adoption"] == ensemble.outcome("adoption")[2]


# ------------------------------------------------------------------ files


def test_what_is_saved_can_be_read_back(ensemble: Ensemble, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "run"
    written = ensemble.save(folder)
    assert sorted(written) == sorted(folder.iterdir())
    frames = {
        "outcomes": ensemble.outcomes().reset_index(),
        "quantiles": ensemble.summary(),
        "series": ensemble.wide(),
        "ledger": ensemble.ledger_totals(),
    }
    for name, frame in frames.items():
        parquet = pd.read_parquet(folder / f"{name}.parquet")
        pd.testing.assert_frame_equal(parquet, frame, check_categorical=False, check_dtype=False)
        csv = pd.read_csv(folder / f"{name}.csv")
        pd.testing.assert_frame_equal(
            csv.select_dtypes("number"), frame.select_dtypes("number"),
            check_dtype=False, check_exact=True,
        )  # fmt: skip
    totals = pd.read_csv(folder / "ledger.csv")
    losses = totals[totals.flow == "churn"].groupby("replicate")["events"].sum()
    assert losses.tolist() == ensemble.outcome("customers_lost").tolist()


def test_the_manifest_is_enough_to_run_it_again(tmp_path: Path) -> None:
    first = made(small(**GOOD).with_coefficients(start_hazard=0.4), 2, seed=11)
    first.save(tmp_path, formats="csv")
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["changed_coefficients"]) == {"start_hazard"}
    assert manifest["changed_coefficients"]["start_hazard"]["value"] == 0.4
    assert manifest["cxsim"] == cxsim.__version__
    again = load(tmp_path / "small.toml")
    assert again.hash == manifest["hash"]
    assert manifest["scenario_toml"] == (tmp_path / "small.toml").read_text(encoding="utf-8")
    second = made(again, manifest["replicates"], seed=manifest["seed"])
    pd.testing.assert_frame_equal(second.wide(), first.wide())


def test_a_folder_below_a_file_cannot_be_written(ensemble: Ensemble, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(CxsimError, match=r"outcomes\.csv: cannot be written: .*another folder"):
        ensemble.save(tmp_path / "file" / "run")


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    from cxsim.results import write_whole

    path = tmp_path / "table.csv"
    path.write_text("old")

    def fail(file: Any) -> None:
        file.write(b"half of the new")
        raise OSError(28, "No space left on device")

    with pytest.raises(CxsimError, match="No space left on device"):
        write_whole(path, fail)
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]
    assert path.read_text() == "old"


def test_an_unknown_format_is_refused_before_anything_is_written(
    ensemble: Ensemble, tmp_path: Path
) -> None:
    with pytest.raises(CxsimError, match="csv, parquet"):
        ensemble.save(tmp_path / "out", formats=("csv", "xlsx"))
    assert not (tmp_path / "out").exists()


# ------------------------------------------------------------------ the package


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, cxsim; cxsim.CxsimError; print(dir(cxsim)); "
        "heavy = {'numba', 'numpy', 'pandas', 'matplotlib', 'mesa', 'solara'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "simulate" in done.stdout


def test_every_public_name_is_there() -> None:
    for name in cxsim.__all__:
        assert getattr(cxsim, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        cxsim.nothing  # noqa: B018
