"""The fast engine against the twin: the same bits in every series of every week."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim import engine
from cxsim.parameters import SHARES, Parameter, registry
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from tests.twin import numbers
from tests.twin.model import TwinModel

FOUR = ("sales", "operations", "service", "technology")
GOOD = dict.fromkeys(
    "ceo_sponsorship accountability charter diplomacy role_modelling communication "
    "relating_to_objectives frontline_support embedding capitalisation roi_attribution "
    "coherence data_access leading_indicators".split(),
    0.9,
)


def firm(
    levers: dict[str, Any] | None = None,
    events: list[dict[str, Any]] | None = None,
    weeks: int = 70,
    employees: int = 44,
    customers: int = 80,
    **settings: Any,
) -> Scenario:
    """A small company; `settings` are facts and coefficients."""
    small = Scenario("small", "Small", weeks=weeks)
    small = small.with_settings({"employees": employees, "customers": customers, **settings})
    return small.with_levers(levers).with_events(events or [])


def first_difference(
    scenario: Scenario, seed: int = 3, replicate: int = 0, twin_seed: int | None = None
) -> str | None:
    """What the two models disagree on first, in words; None when every bit agrees."""
    prepared = engine.prepare(scenario)
    fast = engine.run_replicates(prepared, seed, replicate + 1, threads=1)
    twin = TwinModel(scenario, twin_seed or seed, replicate).run()
    for week in range(scenario.weeks):
        groups = [("company", fast.company[replicate, week], twin.record["company"][week])]
        for table in ("function", "layer"):
            rows = getattr(fast, table)[replicate, week]
            records = twin.record[table][week]
            empty = dict.fromkeys(rows.dtype.names, 0.0)
            records = records + [empty] * (len(rows) - len(records))
            groups += [
                (f"{table} {n}", row, record)
                for n, (row, record) in enumerate(zip(rows, records, strict=True))
            ]
        for where, row, record in groups:
            for name in row.dtype.names:
                theirs, ours = float(row[name]), float(record[name])
                if theirs != ours:
                    return (
                        f"{scenario.name}, week {week}, {where}, {name}: engine {theirs!r} "
                        f"({theirs.hex()}), twin {ours!r} ({ours.hex()})"
                    )
    return None


# --- the twin's own numbers ---------------------------------------------------------------------


def test_philox_gives_the_published_answers() -> None:
    ones = 0xFFFFFFFF
    zero = numbers.philox((0, 0, 0, 0), numbers.round_keys(0, 0))
    full = numbers.philox((ones,) * 4, numbers.round_keys(ones, ones))
    assert zero == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    assert full == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)


def test_elementary_functions_are_close_to_the_true_ones() -> None:
    for n in range(-300, 301):
        x = n / 7.3
        assert numbers.exp(x) == pytest.approx(math.exp(x), rel=1e-14)
        assert numbers.log(math.exp(x)) == pytest.approx(x, rel=1e-14, abs=1e-15)
        assert numbers.sine(abs(x)) == pytest.approx(math.sin(math.tau * abs(x)), abs=1e-13)
    for n in range(1, 1000):
        quantile = statistics.NormalDist().inv_cdf(n / 1000)
        assert numbers.normal(n / 1000) == pytest.approx(quantile, rel=2e-9, abs=2e-9)


def test_a_difference_is_found() -> None:
    difference = first_difference(firm(weeks=2), seed=3, twin_seed=4)
    assert difference is not None
    assert "week 0, company, awareness: engine 0." in difference


# --- whole scenarios ----------------------------------------------------------------------------


@pytest.mark.parametrize("rescued", [False, True])
@pytest.mark.parametrize("name", bundled())
def test_bundled_scenario(name: str, rescued: bool) -> None:
    scenario = load(name).with_organisation(employees=40).with_market(customers=60)
    if rescued and scenario.cure is None:
        assert scenario.mode is None, "a failure mode without a cure"
        scenario = scenario.without_programme()
    elif rescued:
        scenario = scenario.rescue()
    assert first_difference(scenario, seed=len(name), replicate=int(rescued)) is None


def shock(week: int, **shocks: Any) -> dict[str, Any]:
    return {"week": week, "shock": shocks}


def change(week: int, **levers: Any) -> dict[str, Any]:
    return {"week": week, "set": levers}


def shares(**values: float) -> dict[str, float]:
    return {f"{name}_share": value for name, value in values.items()}


EVERY_SHOCK = [
    shock(0, price_rise=0.1, demand_surge={"size": 0.3, "weeks": 3}),
    shock(9, price_rise=0.35),
    shock(9, price_rise=0.1),
    shock(30, price_rise=0.2),
    shock(10, earnings={"size": 0.6, "weeks": 20}),
    shock(20, earnings={"size": 0.7, "weeks": 8}),
    shock(12, cco_leaves={"vacancy": 9}),
    shock(14, outage={"size": 0.7, "weeks": 5, "function": "operations"}),
    shock(16, outage={"size": 0.6, "weeks": 6}),
    shock(18, outage={"size": 0.15, "weeks": 6, "function": "service"}),
    shock(15, demand_surge={"size": 0.5, "weeks": 9}),
    shock(17, demand_surge={"size": 4.0, "weeks": 4}),
    shock(19, executive_replaced={"function": "sales"}),
    shock(19, executive_replaced={"function": "service", "commitment": 0.83}),
    shock(60, earnings={"size": 1.0, "weeks": 30}),
    shock(65, demand_surge={"size": 0.11, "weeks": 90}),
]

BUSY = GOOD | {"resources": 15.0, "quick_win_share": 0.3, "survey_coverage": 0.3}
BUSY |= shares(insight=0.2, process=0.55, culture=0.15, success=0.05, advocacy=0.05)
QUICK = {"effort_quick": 0.3, "effort_local": 0.8, "effort_cross": 1.5}  # FTE-weeks

SYNTHETIC = {
    "defaults": firm(weeks=90),
    "good": firm(GOOD, weeks=90),
    "no_programme": firm().without_programme(),
    "busy": firm(BUSY, weeks=90, employees=60, **QUICK),
    "efficiency": firm(BUSY | {"customer_outcome_focus": 0.1, "charter": 0.1}, **QUICK),
    "every_shock": firm(GOOD, EVERY_SHOCK, weeks=90),
    "every_shock_four": firm(BUSY, EVERY_SHOCK, functions=FOUR, host_function="sales", **QUICK),
    "no_programme_shocks": firm({}, EVERY_SHOCK).without_programme(),
    "vacancy_at_launch": firm({}, [shock(0, cco_leaves={"vacancy": 5})]),
    "vacancy_of_no_time": firm({}, [shock(4, cco_leaves={"vacancy": 0})], weeks=20),
    "vacancies_overlap": firm(
        {},
        [
            shock(5, cco_leaves={"vacancy": 20}),
            shock(8, cco_leaves={"vacancy": 4}),
            shock(25, cco_leaves={"vacancy": 3}),
            shock(30, cco_leaves={"vacancy": 5}),
            shock(32, cco_leaves={"vacancy": 9}),
        ],
    ),
    "vacancy_before_launch": firm(
        {"resources": 0.0}, [shock(3, cco_leaves={"vacancy": 4}), change(20, resources=4.0)]
    ),
    "vacancy_over_launch": firm(
        {"resources": 0.0}, [shock(3, cco_leaves={"vacancy": 20}), change(10, resources=4.0)]
    ),
    "starts_stops_starts": firm(
        GOOD | {"resources": 0.0},
        [change(20, resources=9.0), change(45, resources=0.0), change(52, resources=5.0)],
        weeks=90,
    ),
    "duration_30": firm(GOOD | {"duration": 30.0}),
    "duration_prolonged": firm(GOOD | {"duration": 12.5}, [change(40, duration=50.0)]),
    "impatient": firm({"time_to_impact_horizon": 13.0}),
    "week_zero_event": firm(
        {},
        [
            change(0, initial_commitment=0.9, commitment_spread=0.3, ceo_sponsorship=0.95),
            change(0, holdouts=["finance"], span_of_control=3, cross_functional_ties=0.6),
            change(0, ceo_sponsorship=0.8),
        ],
        weeks=15,
    ),
    "reorganised": firm(
        GOOD | {"span_of_control": 2, "cross_functional_ties": 0.0},
        [
            change(10, span_of_control=5),
            change(20, cross_functional_ties=0.5),
            change(30, span_of_control=50, cross_functional_ties=1.0),
            change(40, span_of_control=3, turnover=0.9),
        ],
        employees=60,
    ),
    "tall": firm(GOOD | {"span_of_control": 2}, employees=60, weeks=52),
    "turnover": firm(GOOD | {"turnover": 0.5}),
    "nobody_leaves": firm(GOOD | {"turnover": 0.0}, weeks=30),
    "seasons": firm({"seasonality": 0.5, "workload": 0.9}, [change(33, seasonality=0.1)]),
    "overload": firm(BUSY | {"workload": 1.2, "embedding": 0.0}, initial_belief=0.9),
    "holdouts": firm(
        {"holdouts": ["sales", "finance"]},
        [
            shock(10, executive_replaced={"function": "sales", "commitment": 0.7}),
            change(20, holdouts=["operations"]),
            shock(30, executive_replaced={"function": "sales"}),
            shock(30, executive_replaced={"function": "sales", "commitment": 0.2}),
            shock(31, executive_replaced={"function": "finance", "commitment": 0.6}),
            shock(31, executive_replaced={"function": "finance"}),
            change(40, holdouts=[]),
        ],
    ),
    "replaced_on_arrival": firm(
        {"charter": 0.0, "accountability": 0.1},
        [
            shock(0, executive_replaced={"function": "sales", "commitment": 0.01}),
            shock(0, executive_replaced={"function": "service"}),
        ],
        weeks=20,
    ),
    "hosted": firm(
        GOOD | {"reporting_levels": 3},
        [change(40, reporting_levels=0)],
        host_function="operations",
        **QUICK,
    ),
    "control_lost": firm(BUSY | {"efficiency_pressure": 0.05}, [change(40, efficiency_pressure=1)]),
    "survey_at_once": firm({"survey_lag": 0}, response_rate=0.05),
    "survey_late": firm({"survey_lag": 26}, [change(50, survey_lag=2)], response_rate=0.05),
    "survey_sparse": firm({"survey_lag": 3, "survey_coverage": 0.0}, customers=30),
    "no_customers": firm(GOOD, EVERY_SHOCK[:4], customers=0, weeks=40),
    "one_customer": firm({}, customers=1, market_potential=1.0, weeks=30, contact_rate=1.0),
    "rivals": firm(
        BUSY | {"rivalry": 1.0, "commitment_spread": 0.5, "charter": 0.2, "diplomacy": 0.0},
        rivalry_reach=0.01,
        **QUICK,
    ),
    "loyal": firm({}, churn_alpha=5.0, churn_beta=0.9, market_potential=1.37),
    "fickle": firm({}, churn_alpha=0.06, churn_beta=0.05, acquisition_rate=0.2, weeks=52),
    "talk_of_the_town": firm(
        BUSY, word_of_mouth=3.0, acquisition_rate=0.1, market_potential=4.0, customers=40, **QUICK
    ),
    "rising_expectations": firm(GOOD, expectation_drift=0.2, contact_rate=1.0, customers=40),
    "falling_expectations": firm({}, expectation_drift=-0.2, initial_expectation=0.9),
    "sharp_rules": firm(
        {},
        [shock(4, price_rise=2.0)],
        satisfaction_fade=0.6,
        belief_width=0.005,
        complaint_memory=0.0,
        churn_dissatisfied=5.0,
        belief_wins=0.0,
        effort_spread=0.9,
    ),
    "two_functions": firm(BUSY, functions=("front", "back"), host_function="back", **QUICK),
    "twelve_employees": firm(
        GOOD,
        [change(30, cross_functional_ties=0.0)],
        employees=12,
        functions=tuple("abcdefghijkl"),
        host_function="d",
    ),
    "lopsided": firm(
        {},
        employees=37,
        functions=FOUR,
        host_function="sales",
        headcount_shares=(0.0, 0.985, 0.005, 0.01),
        contact_shares=(0.0, 0.0, 1.0, 0.0),
        handoff_share=0.9,
    ),
    "no_handoffs": firm(BUSY, handoff_share=0.0, contact_shares=(0.5, 0.5, 0, 0, 0, 0), **QUICK),
}


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_scenario(name: str) -> None:
    assert first_difference(SYNTHETIC[name].with_name(name)) is None


def test_the_default_company_of_300_employees_and_2000_customers() -> None:
    assert first_difference(Scenario("default", "Default", weeks=15), seed=2**32 - 1) is None


def test_the_scenarios_reach_every_cause_and_every_slot() -> None:
    """Agreement on flows that never flow would prove nothing."""
    seen: dict[str, float] = {}
    for name in ("busy", "every_shock", "turnover", "overload", "talk_of_the_town"):
        scenario = SYNTHETIC[name]
        runs = engine.run_replicates(engine.prepare(scenario), 3, 1, threads=1).company
        for series in runs.dtype.names:
            seen[series] = max(seen.get(series, 0.0), float(runs[series].max()))
    unseen = [series for series, most in seen.items() if most == 0]
    assert not unseen
    assert seen["initiatives"] >= 5


# --- random scenarios ---------------------------------------------------------------------------

# A registry parameter of one of these types is moved; lists and names have their own scenarios.
_FIXED = {"employees", "customers", "market_potential", "satisfaction_fade", "duration", *SHARES}


def _values(parameter: Parameter) -> st.SearchStrategy[Any]:
    if parameter.type == "integer":
        return st.integers(int(parameter.low), int(parameter.high))
    return st.floats(parameter.low, parameter.high)


def _some(kind: str, most: int) -> st.SearchStrategy[dict[str, Any]]:
    moved = {
        name: _values(parameter)
        for name, parameter in registry().table(kind).items()
        if parameter.type in ("number", "integer") and name not in _FIXED
    }
    names = st.lists(st.sampled_from(sorted(moved)), max_size=most, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({n: moved[n] for n in chosen}))


@settings(max_examples=20)
@given(
    levers=_some("levers", 12),
    facts=st.one_of(_some("organisation", 4), _some("market", 4)),
    coefficients=_some("coefficients", 8),
    later=_some("levers", 4).filter(bool),
    week=st.integers(0, 29),
    seed=st.integers(0, 2**32 - 1),
)
def test_random_scenario(
    levers: dict[str, Any],
    facts: dict[str, Any],
    coefficients: dict[str, Any],
    later: dict[str, Any],
    week: int,
    seed: int,
) -> None:
    scenario = firm(levers, [change(week, **later)], 30, 30, 30, **facts, **coefficients)
    assert first_difference(scenario, seed) is None
