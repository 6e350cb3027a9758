"""Funding, rule by rule: what a review decides, when it takes place, and the week's money."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim import engine
from cxsim.rules.funding import budget_growth, count_money, mean_commitment
from cxsim.state import FUNCTION
from tests import rows
from tests.twin.scenarios import change, firm, shock

share = st.floats(0.0, 1.0)


def growth(
    commitment: float = 0.6, evidence: float = 0.04, earnings: float = 0.0, since: float = 52.0
) -> float:
    facts = rows.facts(
        budget_commitment=0.5, budget_pivot=0.4, budget_evidence=0.25, budget_gap=2, gap_scale=0.4
    )  # fmt: skip
    levers = rows.levers(time_to_impact_horizon=104, roi_attribution=0.5,
                         profit_tradeoff_belief=0.5)  # fmt: skip
    return budget_growth(
        commitment, evidence, rows.week(since=since, earnings=earnings), levers, facts
    )


def test_growth_by_hand() -> None:
    # 1 + .5 x .2 + .25 x .04 - 2 x (.4 x .25 - .04)
    assert growth() == pytest.approx(0.99)
    assert growth(since=0.0) == pytest.approx(1.11)
    assert growth(earnings=0.4) == pytest.approx(0.99 * 0.8)


@settings(max_examples=40)
@given(low=share, high=share)
def test_what_moves_a_budget(low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert growth(commitment=high) >= growth(commitment=low)
    assert growth(evidence=high) >= growth(evidence=low)
    assert growth(evidence=0.3, earnings=high) <= growth(evidence=0.3, earnings=low)
    assert growth(since=104 * high) <= growth(since=104 * low)


def test_mean_commitment() -> None:
    heads = rows.table(FUNCTION, [{"commitment": a} for a in (0.2, 0.3, 0.7)])
    assert mean_commitment(heads) == pytest.approx(0.4)


def test_money_by_hand() -> None:
    company, _, _ = rows.counters()
    company["active_customers"], company["churned"] = 100, 3
    facts = rows.facts(revenue_per_customer=600, margin=0.45, fte_cost=1600)
    count_money(company, 5.0, 250.0, facts)
    found = [
        float(company[name])
        for name in ("revenue", "churned_revenue", "programme_cost", "savings", "contribution")
    ]
    assert found == pytest.approx([60_000.0, 1_800.0, 8_000.0, 250.0, 19_250.0])


# --- the calendar of reviews ----------------------------------------------------------------------


def budgets(
    levers: dict[str, Any], events: list[dict[str, Any]], weeks: int = 60, **facts: Any
) -> np.ndarray:
    record = engine.run_replicates(engine.prepare(firm(levers, events, weeks, **facts)), 1, 1)
    assert record is not None
    return record.company["budget"][0]


def reviews(budget: np.ndarray) -> list[int]:
    """Weeks in which the budget changed while the programme was active."""
    before = np.concatenate([[1.0], budget[:-1]])
    return [int(t) for t in np.flatnonzero((budget != before) & (budget > 0) & (before > 0))]


def test_the_budget_is_reviewed_each_13th_week_only() -> None:
    assert reviews(budgets({}, [])) == [12, 25, 38, 51]


def test_quarters_are_counted_from_the_launch() -> None:
    budget = budgets({"resources": 0.0}, [change(5, resources=3.0)])
    assert not budget[:5].any()
    assert budget[5] == 1.0
    assert reviews(budget) == [17, 30, 43, 56]


def test_a_project_that_has_ended_has_no_budget() -> None:
    budget = budgets({"duration": 30.0}, [])
    assert budget[29] > 0
    assert not budget[30:].any()


def test_the_budget_stays_within_its_limits() -> None:
    generous = budgets({}, [], budget_commitment=5.0, budget_pivot=0.0, budget_high=1.2)
    assert generous[-1] == 1.2
    broke = budgets({"roi_attribution": 0.0}, [shock(0, earnings={"size": 1.0, "weeks": 60})],
                    budget_low=0.1)  # fmt: skip
    assert broke[-1] == 0.1


def test_capacity_follows_the_budget_a_week_later() -> None:
    scenario = firm({}, [], 30)
    record = engine.run_replicates(engine.prepare(scenario), 1, 1)
    assert record is not None
    company = record.company[0]
    staff = company["programme_cost"] / scenario.organisation["fte_cost"]
    plan = 3.0 * 44 / 100
    assert staff[0] == pytest.approx(plan)
    assert staff[1:] == pytest.approx(plan * company["budget"][:-1])
