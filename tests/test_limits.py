"""Limits in which the answer is known, and extremes in which nothing may break."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cxsim import engine
from cxsim.parameters import SHARES, registry
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from tests.test_conservation import check_everything
from tests.twin.scenarios import change, firm, shares

INDIFFERENT: dict[str, Any] = {"churn_satisfied": 0.0, "churn_dissatisfied": 0.0}


def company(scenario: Scenario, replicates: int = 1) -> np.ndarray:
    """The company's record, (replicates, weeks)."""
    record = engine.run_replicates(engine.prepare(scenario), 1, replicates)
    assert record is not None
    return record.company


# --- customers ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def survival() -> np.ndarray:
    """Survivors of 20,000 customers whom nothing holds and nothing drives away."""
    scenario = load("no_programme").with_market(
        customers=20_000, market_potential=1.0, acquisition_rate=0.0
    )
    return company(scenario.with_coefficients(INDIFFERENT))["active_customers"][0] / 20_000


@pytest.mark.parametrize(("year", "share"), [(1, 0.851), (2, 0.747), (3, 0.670)])
def test_survival_is_that_of_fader_and_hardie(
    survival: np.ndarray, year: int, share: float
) -> None:
    error = (share * (1 - share) / 20_000) ** 0.5
    assert survival[52 * year - 1] == pytest.approx(share, abs=0.0005 + 3 * error)


def test_those_who_stay_are_the_loyal_ones(survival: np.ndarray) -> None:
    at_year = np.array([1.0, *survival[51::52]])
    kept = at_year[1:] / at_year[:-1]
    assert kept[0] < kept[1] < kept[2]


def test_survival_of_identical_customers_is_geometric() -> None:
    # Beta(50, 200) is narrow: everybody leaves with nearly one fifth a year.
    market = {"churn_alpha": 50.0, "churn_beta": 200.0, "acquisition_rate": 0.0}
    scenario = load("no_programme").with_weeks(104).with_market(
        market | {"customers": 20_000, "market_potential": 1.0}
    )  # fmt: skip
    active = company(scenario.with_coefficients(INDIFFERENT))["active_customers"][0]
    assert active[51] / 20_000 == pytest.approx(0.8, abs=0.01)
    assert active[103] / active[51] == pytest.approx(0.8, abs=0.011)


FOREVER: dict[str, Any] = {"churn_alpha": 0.05, "churn_beta": 200.0}  # nearly nobody leaves


def test_vacant_places_fill_at_the_rate_of_acquisition() -> None:
    scenario = firm({}, weeks=52, customers=4000, market_potential=2.0, acquisition_rate=0.02,
                    word_of_mouth=0.0, **FOREVER, **INDIFFERENT)  # fmt: skip
    joined = company(scenario)["acquired"][0].sum() / 4000
    assert joined == pytest.approx(1 - 0.98**52, abs=4 * (0.65 * 0.35 / 4000) ** 0.5)


def test_without_contacts_satisfaction_only_fades() -> None:
    scenario = firm({}, weeks=40, customers=2000, market_potential=1.0, contact_rate=0.0,
                    satisfaction_start=-0.5, satisfaction_fade=0.1, **FOREVER)  # fmt: skip
    found = company(scenario)[0]
    assert not found["contacts"].any()
    assert not found["complaints"].any()
    assert not found["experience"].any()
    assert not found["experience_spread"].any()
    assert found["satisfaction"] == pytest.approx(-0.5 * 0.9 ** np.arange(1, 41), abs=0.01)


def test_where_nobody_practises_and_luck_plays_no_part_all_contacts_are_alike() -> None:
    # Base .3, quality .4 x .5, and .5 for each unit of load above .6; nothing changes quality.
    scenario = firm(
        {"resources": 0.0, "workload": 0.8}, [change(20, workload=0.4)], weeks=40, customers=400,
        local_quality=0.5, handoff_quality=0.5, quality_spread=0.0, quality_erosion=0.0,
        start_hazard=0.0, innovator_threshold=0.0, experience_noise=0.0, complaint_load=0.0,
        experience_base=0.3, experience_quality=0.4, experience_haste=0.5, load_reference=0.6,
    )  # fmt: skip
    found = company(scenario)[0]
    assert found["adoption"].max() == 0.0
    assert found["experience"][:20] == pytest.approx(0.4)
    assert found["experience"][20:] == pytest.approx(0.6)
    assert found["experience_spread"] == pytest.approx(0.0, abs=1e-6)


# --- employees ------------------------------------------------------------------------------------

ALONE = dict.fromkeys(
    ("belief_message", "belief_modelling", "belief_peers", "belief_wins", "belief_own"), 0.0
)


@pytest.mark.parametrize("turnover", [0.0, 0.15])
def test_practice_without_any_influence_stays_with_innovators(turnover: float) -> None:
    scenario = load("no_programme").with_weeks(260).with_levers(turnover=turnover)
    found = company(scenario.with_coefficients(ALONE), 20)["adoption"].mean(axis=0)
    assert found[0] == pytest.approx(0.025, abs=0.01)
    assert found[-52:].mean() == pytest.approx(0.025, abs=0.01)
    assert found.max() < 0.05


def test_a_perfect_programme_among_people_easily_convinced_reaches_all() -> None:
    scenario = load("orchestrated").with_levers(turnover=0.0)
    eager = scenario.with_coefficients(threshold_mean=0.1, stop_effort=0.0, ability_threshold=0.0)
    assert company(eager, 5)["adoption"][:, -1].min() > 0.98


@pytest.mark.parametrize(("turnover", "yearly"), [(0.0, 0.0), (0.5, 0.6886)])
def test_so_many_employees_leave(turnover: float, yearly: float) -> None:
    # Places are refilled, so a hazard that empties half of all places in a year empties .69.
    found = company(firm({"turnover": turnover}, weeks=52, employees=4000, customers=0))[0]
    assert found["leavers"].sum() / 4000 == pytest.approx(yearly, abs=0.05 * turnover)
    assert (found["employees"] == 4000).all()


# --- leadership -----------------------------------------------------------------------------------


def test_heads_whom_nothing_moves_stay_where_they_are() -> None:
    found = company(firm({}, weeks=30, head_rate=0.0, head_noise=0.0, appointment_drop=0.0))[0]
    assert len(np.unique(found["commitment"])) == 1


def test_the_chief_executive_settles_where_sponsorship_says() -> None:
    scenario = load("no_programme").with_weeks(300).with_levers(ceo_sponsorship=0.0)
    changed = scenario.with_events([change(1, ceo_sponsorship=0.5)])
    ceo = company(changed.with_coefficients(ceo_base=0.2, ceo_sponsor=0.6))["ceo_commitment"][0]
    assert ceo[0] == pytest.approx(0.2)
    assert ceo[-1] == pytest.approx(0.5, abs=1e-4)


# --- extremes -------------------------------------------------------------------------------------


def every_lever(end: str) -> dict[str, Any]:
    """Every number among the levers at the low or high end of its range."""
    ends = {
        name: getattr(lever, end)
        for name, lever in registry().levers.items()
        if lever.type in ("number", "integer") and name not in SHARES
    }
    return ends | shares(insight=0.2, process=0.2, culture=0.2, success=0.2, advocacy=0.2)


def every_share_at(value: float) -> dict[str, Any]:
    """Every share among the levers at `value`, the rest at the defaults."""
    return {
        name: value
        for name, lever in registry().levers.items()
        if lever.type == "number" and (lever.low, lever.high) == (0, 1) and name not in SHARES
    } | {"turnover": min(value, 0.9)}


EXTREMES = {
    "no customers": firm({}, customers=0),
    "no resources": firm({"resources": 0.0}),
    "every lever low": firm(every_lever("low")),
    "every lever high": firm(every_lever("high")),
    "every share at 1": firm(every_share_at(1.0)),
    "every share at 0": firm(every_share_at(0.0)),
    "all effort on insight": firm(
        shares(insight=1.0, process=0.0, culture=0.0, success=0.0, advocacy=0.0)
    ),
    "the smallest company": firm({}, employees=12, customers=1, functions=("front", "back"),
                                 host_function="front", weeks=1),
    "a contact every week": firm({}, contact_rate=1.0, response_rate=1.0),
    "everybody leaves": firm({}, churn_alpha=50.0, churn_beta=0.05),
    "everybody starts at once": firm({}, start_hazard=1.0, innovator_threshold=1.0),
    "everything teaches at once": firm(
        every_share_at(1.0), innovator_threshold=1.0, awareness_gain=1.0, awareness_peers=1.0,
        ability_training=1.0, ability_doing=1.0, ability_peers=1.0,
    ),
    "everybody is a holdout": firm(
        {"holdouts": ["marketing", "sales", "operations", "service", "finance", "technology"]}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXTREMES)
def test_extremes_break_nothing(name: str) -> None:
    check_everything(EXTREMES[name])


def test_a_company_without_customers_has_no_revenue_and_asks_nobody() -> None:
    found = company(EXTREMES["no customers"])[0]
    for series in (
        *("revenue", "respondents", "contacts", "churned", "acquired", "satisfaction"),
        *("experience", "experience_spread"),
    ):
        assert not found[series].any(), series
    assert len(np.unique(found["survey_score"])) == 1


def test_a_programme_without_engineers_wins_nothing() -> None:
    found = company(EXTREMES["all effort on insight"])[0]
    assert not found["initiatives"].any()
    assert not found["closures"].any()
    assert found["open_issues"][-1] > found["open_issues"][0] > 0
