"""Funding: every quarter the board reviews the budget; every week the money is counted."""

from __future__ import annotations

from cxsim.compiled import compiled, entry
from cxsim.elementary import clip
from cxsim.rules.leadership import earnings_pressure, evidence_gap
from cxsim.state import Link

QUARTER = 13  # weeks


@compiled
def growth_terms(mean_commitment, evidence, week, levers, facts):
    """Return what a review adds to the budget, as shares of it: commitment, evidence; gap."""
    return (
        facts.budget_commitment * (mean_commitment - facts.budget_pivot),
        facts.budget_evidence * evidence,
        facts.budget_gap * evidence_gap(week, levers, facts, evidence),
    )


@compiled
def budget_growth(mean_commitment, evidence, week, levers, facts):
    """Return the factor that a review puts on the budget.

    Commitment and evidence raise it; missing results and a bad quarter cut it.
    """
    commitment, proof, missing = growth_terms(mean_commitment, evidence, week, levers, facts)
    growth = 1.0 + commitment
    growth += proof
    growth -= missing
    return growth * (1.0 - min(1.0, earnings_pressure(week, levers)))


@compiled
def under_review(week):
    """Return whether the board reviews the budget at the end of this week."""
    return week.active == 1 and (int(week.since) + 1) % QUARTER == 0


@compiled
def mean_commitment(functions):
    """Return the mean commitment of the heads of functions."""
    total = 0.0
    for f in range(functions.shape[0]):
        total += functions[f].commitment
    return total / functions.shape[0]


@compiled
def count_money(company, staff, saving, facts):
    """Record the week's revenue, cost and contribution."""
    company.revenue = company.active_customers * facts.revenue_per_customer
    company.churned_revenue = company.churned * facts.revenue_per_customer
    company.programme_cost = staff * facts.fte_cost
    company.savings = saving
    margin = company.revenue * facts.margin
    company.contribution = margin - company.programme_cost + company.savings


@entry
def decide(t, key, firm, ties, plan, state, record):
    """Review the budget at the end of each quarter and count the week's money."""
    levers = plan.levers[t]
    facts = plan.facts[0]
    week = plan.weeks[t]
    programme = state.programme[0]
    if under_review(week) and t < plan.held[Link.FUNDING].week:
        mean = mean_commitment(state.functions)
        growth = budget_growth(mean, programme.evidence, week, levers, facts)
        budget = programme.budget * growth
        programme.budget = clip(budget, facts.budget_low, facts.budget_high)
    record.company[t].budget = programme.budget * week.active
    count_money(record.company[t], programme.staff, programme.saving, facts)
