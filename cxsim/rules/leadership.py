"""Leadership: executives' commitment follows sponsorship, peers, evidence, priorities, conflict.

Line authority after E5.05, appointment effect after failure mode FM17, gap between what the board
expects and what it has seen after E4.08. Rivals listen only to those who think alike, as in
bounded-confidence models of opinion (Hegselmann and Krause 2002).
"""

from __future__ import annotations

import numpy as np

from cxsim import draws
from cxsim.compiled import compiled, entry
from cxsim.elementary import clip, normal_quantile
from cxsim.rules.links import as_read
from cxsim.state import Link


@compiled
def evidence_gap(week, levers, facts, evidence):
    """Return results that are due and not seen, 0 without a programme."""
    if week.active == 0:
        return 0.0
    u = min(1.0, week.since / levers.time_to_impact_horizon)
    return max(0.0, facts.gap_scale * u * u - evidence)


@compiled
def earnings_pressure(week, levers):
    """Return how hard an earnings shock hits what cannot be tied to revenue."""
    belief = 0.5 + levers.profit_tradeoff_belief
    return week.earnings * (1.0 - levers.roi_attribution) * belief


@compiled
def stated_support(commitment, levers, facts):
    """Return what a head says: the deed, or the chief executive's words if they are warmer."""
    return max(commitment, facts.stated_share * levers.ceo_encouragement)


@compiled
def peers_commitment(f, own, commitment, ceo, rivalry, reach):
    """Return the mean commitment of the other executives; rivals discount those unlike them."""
    weights = 1.0 - rivalry * min(1.0, abs(ceo - own) / reach)
    total = weights * ceo
    for g in range(commitment.shape[0]):
        if g != f:
            weight = 1.0 - rivalry * min(1.0, abs(commitment[g] - own) / reach)
            total += weight * commitment[g]
            weights += weight
    if weights <= 0.0:
        return own
    return total / weights


@compiled
def mean_difference(f, commitment):
    """Return the mean distance between a head's commitment and that of the other heads."""
    total = 0.0
    for g in range(commitment.shape[0]):
        total += abs(commitment[g] - commitment[f])
    return total / (commitment.shape[0] - 1)


@compiled
def priority_of(function, week, levers, facts):
    """Return how much other goals claim a head's attention this week."""
    season = facts.season_priority * levers.seasonality * week.season
    return clip(function.priority + levers.competing_priorities + season, 0.0, 1.0)


@compiled
def head_terms(function, win, conflict, peers, evidence, gap, week, levers, facts):
    """Return what makes up a head's target: what raises it, then what lowers it.

    `win` and `conflict` are the function's, `evidence` and `gap` the company's, as the head sees
    them.

    Returns
    -------
    (float, float, float, float, float, float, float, float)
        Own base, sponsor, peers, proof; priorities, gap, conflict, pressure.
    """
    sponsor = facts.head_sponsor * levers.ceo_sponsorship * week.line * levers.accountability
    trust = 1.25 - 0.5 * levers.profit_tradeoff_belief
    company = facts.head_evidence_company
    proof = facts.head_evidence * evidence * trust
    proof *= company + (1.0 - company) * min(1.0, win)
    relief = (1.0 - levers.accountability) * (1.0 - facts.head_charter_relief * levers.charter)
    priority = facts.head_priority * priority_of(function, week, levers, facts) * relief
    return (
        facts.head_base,
        sponsor,
        facts.head_peers * peers,
        proof,
        priority,
        facts.head_gap * gap,
        facts.head_conflict * conflict,
        earnings_pressure(week, levers),
    )


@compiled
def head_target(function, win, conflict, peers, evidence, gap, week, levers, facts):
    """Return the commitment toward which the head of a function moves; see `head_terms`."""
    terms = head_terms(function, win, conflict, peers, evidence, gap, week, levers, facts)
    base, sponsor, company, proof, priority, missing, quarrel, pressure = terms
    target = base + sponsor + company + proof
    target -= priority
    target -= missing + quarrel
    return target - pressure


@compiled
def ceo_terms(evidence, gap, levers, facts):
    """Return what makes up the chief executive's target: base, own support, evidence; gap."""
    support = facts.ceo_sponsor * levers.ceo_sponsorship
    return facts.ceo_base, support, facts.ceo_evidence * evidence, facts.ceo_gap * gap


@compiled
def replace_head(function, successor, u, levers):
    """Put a successor, drawn or given, in the place of a head."""
    a = successor
    if np.isnan(a):
        a = levers.initial_commitment + levers.commitment_spread * normal_quantile(u)
    function.commitment = clip(a, 0.0, 1.0)
    function.conflict = 0.0


@compiled
def step_back(function, u, levers, facts):
    """Let a head step back when a CCO starts: "now it is the CCO's job"."""
    most = facts.appointment_drop * (1.0 - levers.accountability) * (1.0 - levers.charter)
    function.commitment = max(0.0, function.commitment - most * u)


@compiled
def quarrel_of(conflict, difference, levers, facts):
    """Return the conflict that a head's quarrels with rivals add in a week."""
    quarrel = facts.rivalry_conflict * levers.rivalry
    quarrel *= 1.0 - facts.conflict_diplomacy * levers.diplomacy
    return quarrel * (difference * (1.0 - conflict))


@compiled
def conflict_after(conflict, difference, levers, facts):
    """Return a head's conflict after a week of healing and of quarrels with rivals."""
    quarrel = quarrel_of(conflict, difference, levers, facts)
    return clip(conflict * (1.0 - facts.conflict_decay) + quarrel, 0.0, 1.0)


@entry
def lead(t, key, firm, ties, plan, state, record):
    """Move every executive's commitment and let conflicts heal and rivals quarrel."""
    levers = plan.levers[t]
    facts = plan.facts[0]
    week = plan.weeks[t]
    programme = state.programme[0]
    functions = state.functions
    held = plan.held
    for f in range(functions.shape[0]):
        _, u_step_back, u_successor, _ = draws.draw(key, draws.LEADERSHIP, f, t)
        if plan.agenda[t, f].replaced == 1:
            replace_head(functions[f], plan.agenda[t, f].successor, u_successor, levers)
        if week.arrives == 1:
            step_back(functions[f], u_step_back, levers, facts)
        functions[f].before = functions[f].commitment
    before = functions.before
    others = as_read(t, held[Link.EXECUTIVE_PEERS], before, state.functions_then.commitment)
    proven = as_read(t, held[Link.WINS_TO_EXECUTIVES], state.functions, state.functions_then)
    evidence = as_read(t, held[Link.WINS_TO_EXECUTIVES], programme, state.programme_then).evidence
    quarrels = as_read(t, held[Link.CONFLICT], state.functions, state.functions_then)
    gap = evidence_gap(week, levers, facts, evidence)
    for f in range(functions.shape[0]):
        function = functions[f]
        peers = peers_commitment(
            f, before[f], others, programme.ceo, levers.rivalry, facts.rivalry_reach
        )
        win, conflict = proven[f].win, quarrels[f].conflict
        target = head_target(function, win, conflict, peers, evidence, gap, week, levers, facts)
        if plan.agenda[t, f].holdout == 1:
            target = facts.holdout_target
        noise = facts.head_noise * normal_quantile(draws.draw(key, draws.LEADERSHIP, f, t)[0])
        step = facts.head_rate * (target - before[f]) + noise
        function.commitment = clip(before[f] + step, 0.0, 1.0)
        difference = mean_difference(f, before)
        function.conflict = conflict_after(function.conflict, difference, levers, facts)
    base, support, proof, missing = ceo_terms(evidence, gap, levers, facts)
    target = base + support
    target += proof
    target -= missing
    programme.ceo = clip(programme.ceo + facts.head_rate * (target - programme.ceo), 0.0, 1.0)
