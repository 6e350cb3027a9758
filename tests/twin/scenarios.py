"""Small companies in which every rule, shock and odd corner of the model is at work."""

from __future__ import annotations

from typing import Any

from cxsim.scenario import Scenario

FOUR = ("sales", "operations", "service", "technology")
GOOD = {
    "ceo_sponsorship": 0.9,
    "accountability": 0.9,
    "charter": 0.9,
    "diplomacy": 0.9,
    "role_modelling": 0.9,
    "communication": 0.9,
    "relating_to_objectives": 0.9,
    "frontline_support": 0.9,
    "embedding": 0.9,
    "capitalisation": 0.9,
    "roi_attribution": 0.9,
    "coherence": 0.9,
    "data_access": 0.9,
    "leading_indicators": 0.9,
}


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
QUICK: dict[str, Any] = {"effort_quick": 0.3, "effort_local": 0.8, "effort_cross": 1.5}  # FTE-weeks

SYNTHETIC = {
    "defaults": firm(weeks=90),
    "good": firm(GOOD, weeks=90),
    "no_programme": firm().without_programme(),
    "busy": firm(BUSY, weeks=90, employees=60, **QUICK),
    "efficiency": firm(BUSY | {"customer_outcome_focus": 0.1, "charter": 0.1}, **QUICK),
    "every_shock": firm(GOOD | {"profit_tradeoff_belief": 0.8}, EVERY_SHOCK, weeks=90),
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
        {"resources": 0.0}, [shock(3, cco_leaves={"vacancy": 4}), change(20, resources=0.7)]
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
    "overload": firm(GOOD | {"workload": 1.2}, innovator_threshold=0.6, habit_initial=0.0),
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
    "against_the_stops": firm(
        {"initial_commitment": 0.95, "commitment_spread": 0.5, "competing_priorities": 0.9},
        [
            shock(week, executive_replaced={"function": name})
            for week, name in enumerate(("sales", "operations", "service") * 5)
        ],
        weeks=30,
        head_noise=0.1,
        cynicism_hollow=1.0,
        cynicism_effort=1.0,
        belief_own=2.0,
        threshold_spread=0.5,
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
    "fast_learners": firm(
        GOOD,
        innovator_threshold=0.5,
        awareness_gain=1.0,
        awareness_peers=1.0,
        ability_training=1.0,
        ability_doing=1.0,
        ability_peers=1.0,
        training_load=0.5,
    ),
    "sharp_rules": firm(
        {},
        [shock(4, price_rise=2.0)],
        satisfaction_fade=0.45,
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
