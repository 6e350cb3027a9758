"""What moves quality, pain points, visible wins, evidence and insight; conflict from changes."""

from __future__ import annotations

import numpy as np

from cxsim.compiled import compiled, making
from cxsim.rules import initiatives
from cxsim.state import MAX_INITIATIVES, QUICK


@compiled
def see_insight(programme, employees, levers, facts, row):
    """Enter the factors whose product insight is."""
    share = levers.insight_share
    row.insight_staff = initiatives.reach(programme.capacity, share, employees, facts)
    row.insight_data = facts.data_floor + (1.0 - facts.data_floor) * levers.data_access
    floor = facts.coverage_floor
    row.insight_coverage = floor + (1.0 - floor) * levers.survey_coverage
    row.insight_leading = facts.leading_floor + (1.0 - facts.leading_floor) * (
        levers.leading_indicators
    )


@compiled
def see_issues(t, before, firm, plan, state, rows):
    """Enter pain points found and forgotten; `before` are those known before anybody listened."""
    facts, insight = plan.facts[0], state.programme[0].insight
    for p in range(state.processes.shape[0]):
        owner = firm.touchpoints[p].owner
        upward = firm.upward[plan.weeks[t].version, owner]
        found = initiatives.found_in(state.processes[p], upward, insight, facts)
        rows[owner].open_issues_found += found
        rows[owner].open_issues_forgotten -= before[p] * facts.issue_forget


@compiled
def enter_repair(initiative, touchpoint, gain, company, rows):
    """Enter what a completed initiative did for quality, by its kind and aim."""
    row = rows[touchpoint.owner]
    half = 0.5 * gain  # a function has two touchpoints
    if touchpoint.partner >= 0:
        part = gain / (rows.shape[0] - 1)
        if initiative.customer == 1:
            company.quality_handoff_large += part
        else:
            company.quality_handoff_efficiency += part
    elif initiative.customer == 0:
        row.quality_local_efficiency += half
    elif initiative.kind == QUICK:
        row.quality_local_quick += half
    else:
        row.quality_local_large += half


@compiled
def enter_win(kind, gain, row):
    """Enter what a win adds to the wins that are seen."""
    if kind == QUICK:
        row.wins_quick += gain
    else:
        row.wins_large += gain


@compiled
def see_win(initiative, touchpoint, seen, levers, facts, company, rows):
    """Enter a win where it is seen; `seen` are the functions' wins and then the company's."""
    _, win = initiatives.gain_and_win(initiative.kind, facts)
    win *= 1.0 if initiative.known == 1 else facts.unknown_yield
    shown = initiatives.shown_of(win, levers, facts)
    for f in (touchpoint.owner, touchpoint.partner):
        if f >= 0:
            gain = shown * (1.0 - seen[f])
            seen[f] += gain
            enter_win(initiative.kind, gain, rows[f])
    gain = facts.win_company * shown * (1.0 - seen[-1])
    seen[-1] += gain
    enter_win(initiative.kind, gain, company)
    return initiatives.proof_of(win, levers, facts)


@compiled
def see_completed(under_way, quality, seen, evidence, firm, levers, facts, state, company, rows):
    """Enter what the initiatives completed this week have brought, in their order.

    `under_way` are the processes that the slots worked on, `quality` that of the processes before;
    `seen` the wins seen before, by function and then by the company, and `evidence` likewise.
    """
    for slot in range(MAX_INITIATIVES):
        initiative = state.initiatives[slot]
        p = under_way[slot]
        if p < 0 or initiative.process >= 0:
            continue
        touchpoint = firm.touchpoints[p]
        gain = state.processes[p].quality - quality[p]
        enter_repair(initiative, touchpoint, gain, company, rows)
        if initiative.customer == 1:
            proof = see_win(initiative, touchpoint, seen, levers, facts, company, rows)
            proof *= 1.0 - evidence
            company.evidence_wins += proof
        else:
            proof = facts.evidence_efficiency * (1.0 - evidence)
            company.evidence_efficiency += proof
        evidence += proof


@making
def wins_seen(state):
    """Return the wins seen in each function, and then by the company, shape (functions + 1,)."""
    seen = np.empty(state.functions.shape[0] + 1)
    for f in range(state.functions.shape[0]):
        seen[f] = state.functions[f].win
    seen[-1] = state.programme[0].win
    return seen


@making
def progress(t, key, cpe, firm, plan, state, company, rows):
    """Let initiatives be worked on, and enter what they bring and stir up."""
    levers, facts, week = plan.levers[t], plan.facts[0], plan.weeks[t]
    under_way = state.initiatives.process.copy()
    quality, issues = state.processes.quality.copy(), state.processes.issues.copy()
    conflict = state.functions.conflict.copy()
    seen, evidence = wins_seen(state), state.programme[0].evidence
    won = initiatives.progress(t, key, cpe, state.functions, firm, week, levers, facts, state)
    see_completed(under_way, quality, seen, evidence, firm, levers, facts, state, company, rows)
    for f in range(conflict.shape[0]):
        rows[f].conflict_changes = state.functions[f].conflict - conflict[f]
    for p in range(issues.shape[0]):
        row = rows[firm.touchpoints[p].owner]
        row.open_issues_closed += state.processes[p].issues - issues[p]
    return won


@making
def fade(firm, levers, facts, state, company, rows):
    """Let everything fade, and enter how much of it does."""
    programme = state.programme[0]
    seen, evidence = wins_seen(state), programme.evidence
    quality = state.processes.quality.copy()
    initiatives.fade(state.employees, firm, levers, facts, state)
    company.evidence_fading = programme.evidence - evidence
    company.wins_fading = programme.win - seen[-1]
    for f in range(rows.shape[0]):
        rows[f].wins_fading = state.functions[f].win - seen[f]
    for p in range(quality.shape[0]):
        lost = state.processes[p].quality - quality[p]
        if firm.touchpoints[p].partner >= 0:
            company.quality_handoff_erosion += lost / (rows.shape[0] - 1)
        else:
            rows[firm.touchpoints[p].owner].quality_local_erosion += 0.5 * lost


@making
def work(t, key, firm, plan, state, record, terms):
    """Let the programme work for a week, and enter what that moves."""
    levers, facts = plan.levers[t], plan.facts[0]
    company, rows = terms.company[t], terms.function[t]
    issues = state.processes.issues.copy()
    cpe = initiatives.listen(t, firm, plan, state)
    see_insight(state.programme[0], state.employees.shape[0], levers, facts, company)
    see_issues(t, issues, firm, plan, state, rows)
    won = 0
    if cpe > 0.0:
        initiatives.begin(t, key, cpe, firm, plan, state)
        won = progress(t, key, cpe, firm, plan, state, company, rows)
    record.company[t].wins_completed = won
    fade(firm, levers, facts, state, company, rows)
