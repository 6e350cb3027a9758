"""What moves executives: the terms of their targets, shocks, chance; and what feeds conflict."""

from __future__ import annotations

from cxsim import draws
from cxsim.compiled import compiled, making
from cxsim.elementary import clip, normal_quantile
from cxsim.rules import leadership


@compiled
def see_changes_of_heads(t, key, plan, functions, rows):
    """Enter successors and a CCO's arrival; `functions` is a copy, on which both happen."""
    levers, facts = plan.levers[t], plan.facts[0]
    for f in range(functions.shape[0]):
        function, row = functions[f], rows[f]
        _, u_step_back, u_successor, _ = draws.draw(key, draws.LEADERSHIP, f, t)
        a, conflict = function.commitment, function.conflict
        if plan.agenda[t, f].replaced == 1:
            leadership.replace_head(function, plan.agenda[t, f].successor, u_successor, levers)
        row.commitment_successor = function.commitment - a
        row.conflict_successor = function.conflict - conflict
        a = function.commitment
        if plan.weeks[t].arrives == 1:
            leadership.step_back(function, u_step_back, levers, facts)
        row.commitment_appointment = function.commitment - a


@compiled
def enter_target(terms, rate, row):
    """Enter what the terms of a head's target add to commitment in a week."""
    base, sponsor, peers, proof, priority, gap, conflict, pressure = terms
    row.commitment_inclination = rate * base
    row.commitment_sponsor = rate * sponsor
    row.commitment_peers = rate * peers
    row.commitment_proof = rate * proof
    row.commitment_priority = -rate * priority
    row.commitment_gap = -rate * gap
    row.commitment_conflict = -rate * conflict
    row.commitment_pressure = -rate * pressure


@compiled
def see_head(f, t, key, before, gap, programme, function, plan, row):
    """Enter what moves one head; `before` holds the commitments that all of them start from."""
    levers, facts, week = plan.levers[t], plan.facts[0], plan.weeks[t]
    reach = facts.rivalry_reach
    peers = leadership.peers_commitment(f, before[f], before, programme.ceo, levers.rivalry, reach)
    win, conflict, evidence = function.win, function.conflict, programme.evidence
    terms = leadership.head_terms(
        function, win, conflict, peers, evidence, gap, week, levers, facts
    )
    target = leadership.head_target(
        function, win, conflict, peers, evidence, gap, week, levers, facts
    )
    if plan.agenda[t, f].holdout == 1:
        target = facts.holdout_target
        row.commitment_holdout = facts.head_rate * target
    else:
        enter_target(terms, facts.head_rate, row)
    noise = facts.head_noise * normal_quantile(draws.draw(key, draws.LEADERSHIP, f, t)[0])
    row.commitment_noise = noise
    row.commitment_fade = -facts.head_rate * before[f]
    free = before[f] + (facts.head_rate * (target - before[f]) + noise)
    row.commitment_limit = clip(free, 0.0, 1.0) - free


@compiled
def see_conflict(f, before, function, levers, facts, row):
    """Enter quarrels with rivals and the healing of a head's conflict."""
    difference = leadership.mean_difference(f, before)
    conflict = function.conflict
    row.conflict_quarrel = leadership.quarrel_of(conflict, difference, levers, facts)
    row.conflict_healing = -facts.conflict_decay * conflict
    free = conflict + row.conflict_healing + row.conflict_quarrel
    after = leadership.conflict_after(conflict, difference, levers, facts)
    row.conflict_limit = after - free


@compiled
def see_ceo(gap, programme, levers, facts, row):
    """Enter what moves the chief executive."""
    base, support, proof, missing = leadership.ceo_terms(programme.evidence, gap, levers, facts)
    rate = facts.head_rate
    row.ceo_commitment_inclination = rate * base
    row.ceo_commitment_support = rate * support
    row.ceo_commitment_proof = rate * proof
    row.ceo_commitment_gap = -rate * missing
    row.ceo_commitment_fade = -rate * programme.ceo
    free = programme.ceo + rate * (base + support + proof - missing - programme.ceo)
    row.ceo_commitment_limit = clip(free, 0.0, 1.0) - free


@making
def lead(t, key, firm, ties, plan, state, record, terms):
    """Let the executives live the week, and enter what moves them."""
    levers, facts = plan.levers[t], plan.facts[0]
    programme, rows = state.programme[0], terms.function[t]
    functions = state.functions.copy()
    see_changes_of_heads(t, key, plan, functions, rows)
    before = functions.commitment.copy()
    gap = leadership.evidence_gap(plan.weeks[t], levers, facts, programme.evidence)
    for f in range(functions.shape[0]):
        see_head(f, t, key, before, gap, programme, functions[f], plan, rows[f])
        see_conflict(f, before, functions[f], levers, facts, rows[f])
    see_ceo(gap, programme, levers, facts, terms.company[t])
    leadership.lead(t, key, firm, ties, plan, state, record)
