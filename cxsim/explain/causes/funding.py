"""What moves the budget: the plan itself, and what the board makes of it every quarter."""

from __future__ import annotations

from cxsim.compiled import compiled
from cxsim.elementary import clip
from cxsim.rules import funding
from cxsim.rules.leadership import earnings_pressure


@compiled
def see_review(budget, functions, evidence, week, levers, facts, row):
    """Enter what a quarterly review does to the budget."""
    mean = funding.mean_commitment(functions)
    terms = funding.growth_terms(mean, evidence, week, levers, facts)
    growth = 1.0 + terms[0] + terms[1] - terms[2]
    row.budget_commitment = budget * terms[0]
    row.budget_proof = budget * terms[1]
    row.budget_gap = -budget * terms[2]
    row.budget_pressure = -budget * growth * min(1.0, earnings_pressure(week, levers))
    free = budget * funding.budget_growth(mean, evidence, week, levers, facts)
    row.budget_limit = clip(free, facts.budget_low, facts.budget_high) - free


@compiled
def decide(t, key, firm, ties, plan, state, record, terms):
    """Let the board review the budget, and enter what moves it."""
    week, programme, row = plan.weeks[t], state.programme[0], terms.company[t]
    budget = programme.budget
    before = plan.weeks[t - 1].active if t > 0 else 0
    row.budget_plan = budget * (week.active - before)
    if funding.under_review(week):
        levers, facts = plan.levers[t], plan.facts[0]
        see_review(budget, state.functions, programme.evidence, week, levers, facts, row)
    funding.decide(t, key, firm, ties, plan, state, record)
