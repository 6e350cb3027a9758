"""What holds in every run of every scenario: nothing is lost, nothing leaves its bounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from cxsim import engine
from cxsim.rules.customers import HIGHEST, LOWEST
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.state import COMPANY_SERIES, FUNCTION_SERIES, LAYER_SERIES, Record
from tests.strategies import SEEDS, scenarios

LEDGERS = {
    "starts": ("disposition", "message", "modelling", "peers", "wins"),
    "stops": ("belief", "effort", "overload", "turnover"),
    "churn": ("base", "process", "service", "expectation", "shock"),
}
COUNTS = ("employees", "practising", "starts", "stops")
MEANS = ("adoption", "embedded", "awareness", "belief", "ability", "cynicism")
SHARES = {
    *MEANS,
    *("commitment", "stated_commitment", "ceo_commitment", "conflict", "alignment"),
    *("quality_local", "quality_handoff", "wins", "evidence", "insight"),
}
NEVER_NEGATIVE = {
    *COUNTS,
    *("commitment_spread", "wins_completed", "open_issues", "issue_age", "closures"),
    *("initiatives", "respondents", "contacts", "complaints", "active_customers", "churned"),
    *("acquired", "revenue", "churned_revenue", "programme_cost", "savings", "budget"),
    *("price_pain", "leavers", "experience_spread"),
}


def played(scenario: Scenario, seed: int = 1) -> tuple[Record, engine.Snapshot]:
    """The record of one replicate, and its start."""
    prepared = engine.prepare(scenario)
    records = engine.run_replicates(prepared, seed, 1, threads=1)
    assert records is not None
    return engine.replicate_record(records, 0), engine.begin(prepared, seed, 0)


def check_everything(scenario: Scenario, seed: int = 1) -> None:
    record, first = played(scenario, seed)
    check_customers(record, scenario)
    check_practising(record, first)
    check_ledgers(record.company)
    check_parts(record)
    check_experience(record)
    check_bounds(record, scenario)


def check_customers(record: Record, scenario: Scenario) -> None:
    company = record.company
    change = np.diff(company["active_customers"], prepend=scenario.market["customers"])
    assert (change == company["acquired"] - company["churned"]).all()
    places = np.ceil(scenario.market["customers"] * scenario.market["market_potential"])
    assert company["active_customers"].max() <= places
    assert (company["contacts"] <= places).all()
    assert (company["complaints"] <= company["contacts"]).all()
    assert (company["respondents"] <= places).all()


def check_practising(record: Record, first: engine.Snapshot) -> None:
    employees = first.state.employees["practising"].astype(float)
    change = np.diff(record.company["practising"], prepend=employees.sum())
    assert (change == record.company["starts"] - record.company["stops"]).all()
    for f in range(record.function.shape[1]):
        row = record.function[1:, f]
        change = np.diff(record.function["practising"][:, f])
        assert (change == row["starts"] - row["stops"]).all()


def check_ledgers(company: np.ndarray) -> None:
    for flow, causes in LEDGERS.items():
        parts = np.sum([company[f"{flow.removesuffix('s')}_{cause}"] for cause in causes], axis=0)
        total = company["churned" if flow == "churn" else flow]
        assert (parts == total).all(), flow


def check_parts(record: Record) -> None:
    """Functions and layers add up to the company."""
    company = record.company
    for parts in (record.function, record.layer):
        for name in COUNTS:
            assert (parts[name].sum(axis=1) == company[name]).all(), name
        for name in MEANS:
            weighted = (parts[name] * parts["employees"]).sum(axis=1) / company["employees"]
            np.testing.assert_allclose(weighted, company[name], atol=1e-12, err_msg=name)
    for name in ("contacts", "complaints"):
        assert (record.function[name].sum(axis=1) == company[name]).all(), name
    for name in ("closures", "open_issues"):
        total = record.function[name].sum(axis=1)
        np.testing.assert_allclose(total, company[name], rtol=1e-12, err_msg=name)
    for name in ("commitment", "stated_commitment", "conflict", "quality_local"):
        mean = record.function[name].mean(axis=1)
        np.testing.assert_allclose(mean, company[name], atol=1e-12, err_msg=name)


def check_experience(record: Record) -> None:
    """The functions' means make up the company's, and its spread is no less than theirs."""
    company, function = record.company, record.function
    contacts = np.maximum(company["contacts"], 1.0)
    mean = (function["experience"] * function["contacts"]).sum(axis=1) / contacts
    np.testing.assert_allclose(mean, company["experience"], atol=1e-12)
    apart = function["experience"] - company["experience"][:, None]
    between = (function["contacts"] * apart * apart).sum(axis=1) / contacts
    assert (company["experience_spread"] ** 2 >= between - 1e-9).all()
    for part in (company, function):
        assert not part["experience"][part["contacts"] == 0].any()
    assert not company["experience_spread"][company["contacts"] <= 1].any()


def check_bounds(record: Record, scenario: Scenario) -> None:
    for part in record:
        for name in part.dtype.names or ():
            values = part[name]
            assert np.isfinite(values).all(), name
            if name in SHARES:
                assert values.min() >= 0.0, name
                assert values.max() <= 1.0, name
            if name in NEVER_NEGATIVE:
                assert values.min() >= 0.0, name
    company, facts = record.company, scenario.coefficients
    for name in ("satisfaction", "survey_score"):
        assert company[name].min() >= LOWEST, name
        assert company[name].max() <= HIGHEST, name
    # Until the first review the budget is the plan itself, whatever the limits.
    funded = company["budget"][company["budget"] > 0]
    assert (funded >= min(1.0, facts["budget_low"])).all()
    assert (funded <= facts["budget_high"]).all()
    assert company["initiatives"].max() <= 8


def test_every_series_is_checked_for_its_bounds() -> None:
    """A new series has to be put into one of the sets above."""
    names = {
        name
        for part in (COMPANY_SERIES, FUNCTION_SERIES, LAYER_SERIES)
        for name in part.names or ()
    }
    ledgers = {name for name in names if name.startswith(("start_", "stop_", "churn_"))}
    anything = {"load", "contribution", "satisfaction", "survey_score", "experience"}
    assert names - ledgers - SHARES - NEVER_NEGATIVE == anything


@pytest.mark.parametrize("name", bundled())
def test_bundled_scenario(name: str) -> None:
    check_everything(load(name))


@settings(max_examples=250)
@given(scenario=scenarios(), seed=SEEDS)
def test_random_scenario(scenario: Scenario, seed: int) -> None:
    check_everything(scenario, seed)


@settings(max_examples=150)
@given(scenario=scenarios(coefficients=10), seed=SEEDS)
def test_random_scenario_of_another_model(scenario: Scenario, seed: int) -> None:
    check_everything(scenario, seed)
