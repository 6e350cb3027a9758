"""Leadership, rule by rule, against values worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim import engine
from cxsim.rules.leadership import (
    conflict_after,
    earnings_pressure,
    evidence_gap,
    head_target,
    mean_difference,
    peers_commitment,
    priority_of,
    replace_head,
    stated_support,
    step_back,
)
from tests import rows
from tests.twin.scenarios import firm, shock

THREE = np.array([0.2, 0.5, 0.8])


@pytest.mark.parametrize(
    ("since", "evidence", "gap"),
    [(0, 0.0, 0.0), (52, 0.0, 0.085), (52, 0.02, 0.065), (104, 0.0, 0.34), (300, 0.0, 0.34)],
)
def test_gap_grows_with_the_square_of_time_and_shrinks_with_evidence(
    since: float, evidence: float, gap: float
) -> None:
    facts, levers = rows.facts(gap_scale=0.34), rows.levers(time_to_impact_horizon=104)
    found = evidence_gap(rows.week(since=since), levers, facts, evidence)
    assert found == pytest.approx(gap, abs=1e-15)


def test_more_evidence_than_expected_is_no_negative_gap() -> None:
    assert evidence_gap(rows.week(since=52.0), rows.levers(), rows.facts(), 0.9) == 0.0


def test_without_a_programme_nothing_is_expected() -> None:
    assert evidence_gap(rows.week(since=500.0, active=0), rows.levers(), rows.facts(), 0.0) == 0.0


def test_earnings_pressure() -> None:
    levers = rows.levers(roi_attribution=0.25, profit_tradeoff_belief=0.5)
    assert earnings_pressure(rows.week(earnings=0.6), levers) == pytest.approx(0.45)
    assert earnings_pressure(rows.week(), levers) == 0.0
    proven = rows.levers(roi_attribution=1.0, profit_tradeoff_belief=1.0)
    assert earnings_pressure(rows.week(earnings=1.0), proven) == 0.0


@pytest.mark.parametrize(("commitment", "stated"), [(0.0, 0.64), (0.3, 0.64), (0.7, 0.7)])
def test_heads_say_what_they_do_or_what_the_chief_executive_wants_to_hear(
    commitment: float, stated: float
) -> None:
    levers, facts = rows.levers(ceo_encouragement=0.8), rows.facts(stated_share=0.8)
    assert stated_support(commitment, levers, facts) == pytest.approx(stated)


def test_peers_without_rivalry_are_a_plain_mean() -> None:
    assert peers_commitment(0, THREE[0], THREE, 0.6, 0.0, 0.5) == pytest.approx(1.9 / 3)
    assert peers_commitment(1, THREE[1], THREE, 0.6, 0.0, 0.5) == pytest.approx(1.6 / 3)


def test_rivals_discount_those_unlike_them() -> None:
    # Head 0 listens to the chief executive with weight .2, to head 1 with .4, to head 2 not at all.
    assert peers_commitment(0, THREE[0], THREE, 0.6, 1.0, 0.5) == pytest.approx(0.32 / 0.6)


def test_one_who_listens_to_nobody_keeps_to_themselves() -> None:
    assert peers_commitment(0, THREE[0], THREE, 0.6, 1.0, 0.01) == 0.2


def test_mean_difference() -> None:
    assert mean_difference(0, THREE) == pytest.approx(0.45)
    assert mean_difference(1, THREE) == pytest.approx(0.3)


@pytest.mark.parametrize(("own", "priority"), [(0.1, 0.8), (-0.9, 0.0), (0.9, 1.0)])
def test_priority_follows_the_season(own: float, priority: float) -> None:
    levers = rows.levers(competing_priorities=0.5, seasonality=0.4)
    week, facts = rows.week(season=0.5), rows.facts(season_priority=1.0)
    found = priority_of(rows.function(priority=own), week, levers, facts)
    assert found == pytest.approx(priority)


def target(
    levers: dict[str, Any] | None = None,
    week: dict[str, Any] | None = None,
    function: dict[str, Any] | None = None,
    evidence: float = 0.4,
    gap: float = 0.1,
) -> float:
    """The target of one head, with round numbers for everything not given."""
    head = rows.function(**{"win": 0.5, "conflict": 0.2} | (function or {}))
    return head_target(
        head,
        head["win"],
        head["conflict"],
        0.6,
        evidence,
        gap,
        rows.week(**{"line": 0.5, "earnings": 0.2} | (week or {})),
        rows.levers(**EVEN | (levers or {})),
        rows.facts(
            head_base=0.2, head_sponsor=0.4, head_peers=0.25, head_evidence=0.5,
            head_evidence_company=0.6, head_priority=0.2, head_charter_relief=0.5,
            head_gap=0.5, head_conflict=0.4,
        ),
    )  # fmt: skip


EVEN = {
    "ceo_sponsorship": 0.5,
    "accountability": 0.5,
    "charter": 0.4,
    "profit_tradeoff_belief": 0.5,
    "competing_priorities": 0.5,
    "roi_attribution": 0.5,
}


def test_target_by_hand() -> None:
    # base .2 + sponsor .05 + peers .15 + proof .16 - priority .04 - gap .05 - conflict .08 - .1
    assert target() == pytest.approx(0.29, abs=1e-12)


def test_target_of_a_head_without_line_evidence_or_trouble() -> None:
    free = {"competing_priorities": 0.0}
    calm = {"conflict": 0.0, "win": 0.0}
    found = target(free, {"line": 0.0, "earnings": 0.0}, calm, evidence=0.0, gap=0.0)
    assert found == pytest.approx(0.35, abs=1e-12)


share = st.floats(0.0, 1.0)


@settings(max_examples=60)
@given(
    low=share,
    high=share,
    others=st.fixed_dictionaries(dict.fromkeys(EVEN, share)),
    lever=st.sampled_from(["ceo_sponsorship", "accountability", "charter", "roi_attribution"]),
)
def test_more_of_a_good_lever_never_lowers_the_target(
    low: float, high: float, others: dict[str, float], lever: str
) -> None:
    low, high = sorted((low, high))
    assert target(others | {lever: high}) >= target(others | {lever: low}) - 1e-12


@settings(max_examples=40)
@given(low=share, high=share)
def test_what_else_moves_the_target(low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert target(evidence=high) >= target(evidence=low)
    assert target(gap=high) <= target(gap=low)
    assert target(function={"win": high}) >= target(function={"win": low})
    assert target(function={"conflict": high}) <= target(function={"conflict": low})
    assert target({"competing_priorities": high}) <= target({"competing_priorities": low})


def test_a_named_successor_brings_their_own_commitment_and_no_quarrels() -> None:
    head = rows.function(commitment=0.1, conflict=0.8)
    replace_head(head, 0.7, 0.9, rows.levers())
    assert (head["commitment"], head["conflict"]) == (0.7, 0.0)


@pytest.mark.parametrize(
    ("u", "commitment"), [(0.5, 0.4), (0.8413447460685429, 0.5), (1e-9, 0.0), (1 - 1e-12, 1.0)]
)
def test_an_unnamed_successor_is_drawn_like_the_first_head(u: float, commitment: float) -> None:
    head = rows.function(commitment=0.1)
    replace_head(head, math.nan, u, rows.levers(initial_commitment=0.4, commitment_spread=0.1))
    assert head["commitment"] == pytest.approx(commitment, abs=1e-8)


@pytest.mark.parametrize(
    ("start", "levers", "end"),
    [
        (0.3, {"accountability": 0.5, "charter": 0.5}, 0.28),
        (0.01, {"accountability": 0.0, "charter": 0.0}, 0.0),
        (0.3, {"accountability": 1.0, "charter": 0.0}, 0.3),
        (0.3, {"accountability": 0.0, "charter": 1.0}, 0.3),
    ],
)
def test_heads_step_back_when_a_cco_arrives_unless_it_stays_their_job(
    start: float, levers: dict[str, float], end: float
) -> None:
    head = rows.function(commitment=start)
    step_back(head, 0.4, rows.levers(**levers), rows.facts(appointment_drop=0.2))
    assert head["commitment"] == pytest.approx(end)


def test_conflict_heals_and_rivals_quarrel() -> None:
    facts = rows.facts(rivalry_conflict=0.1, conflict_diplomacy=0.8, conflict_decay=0.04)
    levers = rows.levers(rivalry=0.5, diplomacy=0.5)
    assert conflict_after(0.25, 0.4, levers, facts) == pytest.approx(0.249)
    assert conflict_after(0.25, 0.0, levers, facts) == pytest.approx(0.24)
    assert conflict_after(1.0, 1.0, levers, facts) == pytest.approx(0.96)
    friends = rows.levers(rivalry=0.0)
    assert conflict_after(0.0, 1.0, friends, facts) == 0.0


# --- a whole company ----------------------------------------------------------------------------

STILL: dict[str, Any] = {"head_noise": 0.0, "appointment_drop": 0.0}


def heads(scenario: Any) -> np.ndarray:
    """Commitment of each head, (weeks, functions)."""
    record = engine.run_replicates(engine.prepare(scenario), 1, 1, threads=1)
    assert record is not None
    return record.function["commitment"][0]


def test_a_holdout_stays_at_the_holdout_target() -> None:
    scenario = firm({"holdouts": ["finance"]}, weeks=20, **STILL, holdout_target=0.05)
    commitment = heads(scenario)
    finance = scenario.organisation["functions"].index("finance")
    assert commitment[:, finance] == pytest.approx(0.05, abs=0.001)
    assert commitment[:, finance].max() < np.delete(commitment, finance, axis=1).min()


def test_a_replaced_head_starts_from_the_given_commitment() -> None:
    events = [shock(5, executive_replaced={"function": "sales", "commitment": 0.95})]
    scenario = firm({}, events, weeks=8, **STILL, head_rate=0.0)
    sales = heads(scenario)[:, scenario.organisation["functions"].index("sales")]
    assert len(set(sales[:5])) == 1
    assert sales[5:].tolist() == [0.95] * 3
