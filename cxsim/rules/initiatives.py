"""Initiatives: listening finds pain points, engineers close them, finished work becomes wins.

Closing rates differ by organisational complexity as in Schneiderman's half-lives (T10); requests
lose force with every level of the line (E5.05) and across functions (E5.04).
"""

from __future__ import annotations

from cxsim import draws
from cxsim.compiled import compiled, entry
from cxsim.elementary import exp
from cxsim.rules.links import as_read
from cxsim.state import CROSS, LOCAL, MAX_INITIATIVES, QUICK, Link


@compiled
def reach(capacity, share, employees, facts):
    """Return how much of its possible effect a capability has, given its staff, 0 .. 1."""
    unit = facts.capability_unit * employees / 100.0
    return 1.0 - exp(-(capacity * share) / unit)


@compiled
def staff(week, levers, budget, employees):
    """Return the programme's staff in FTE."""
    if week.active == 0:
        return 0.0
    return levers.resources * employees / 100.0 * budget


@compiled
def insight(capacity, employees, levers, facts):
    """Return how much of what customers suffer from the programme gets to know, 0 .. 1."""
    heard = reach(capacity, levers.insight_share, employees, facts)
    heard *= facts.data_floor + (1.0 - facts.data_floor) * levers.data_access
    heard *= facts.coverage_floor + (1.0 - facts.coverage_floor) * levers.survey_coverage
    return heard * (facts.leading_floor + (1.0 - facts.leading_floor) * levers.leading_indicators)


@compiled
def found_in(process, upward, insight, facts):
    """Return the pain points of a process that become known in a week."""
    return facts.issue_discovery * insight * (1.0 - process.quality) * upward


@compiled
def discover(process, upward, insight, facts):
    """Add a process's newly known pain points, forget old ones, let the known ones age."""
    found = found_in(process, upward, insight, facts)
    kept = process.issues * (1.0 - facts.issue_forget)
    process.issues = kept + found
    if process.issues > 0.0:
        process.issue_age = (process.issue_age + 1.0) * kept / process.issues
    else:
        process.issue_age = 0.0


@compiled
def house_cooperation(function, is_host, week, levers, facts):
    """Return how far the head of a function lets the programme work in the own house."""
    line = week.line
    if is_host:
        line = 1.0
    floor = facts.coop_commitment
    help_ = floor + (1.0 - floor) * function.commitment
    floor = facts.coop_accountability
    help_ *= floor + (1.0 - floor) * levers.accountability
    floor = facts.coop_line
    help_ *= floor + (1.0 - floor) * line
    help_ *= 1.0 - function.conflict
    floor = facts.coop_charter
    help_ *= floor + (1.0 - floor) * levers.charter
    return help_ * (1.0 + facts.coop_assertiveness * levers.assertiveness * week.present)


@compiled
def cooperation(touchpoint, host, functions, week, levers, facts):
    """Return cooperation on a process; over a hand-off the weaker owner decides."""
    owner, partner = touchpoint.owner, touchpoint.partner
    help_ = house_cooperation(functions[owner], owner == host, week, levers, facts)
    if partner < 0:
        return help_
    other = house_cooperation(functions[partner], partner == host, week, levers, facts)
    help_ = min(help_, other)
    help_ *= facts.handoff_coherence + (1.0 - facts.handoff_coherence) * levers.coherence
    help_ *= facts.handoff_base + facts.handoff_ties * min(0.1, levers.cross_functional_ties)
    return help_ * (1.0 - facts.handoff_status * levers.status_seeking)


@compiled
def may_take(process, touchpoint, local_only):
    """Return whether a new initiative may take a process."""
    return process.busy == 0 and not (local_only and touchpoint.partner >= 0)


@compiled
def worst_known(processes, touchpoints, local_only):
    """Return the process with the greatest share of contacts x gap x known pain points, or -1."""
    best = -1
    most = 0.0
    for p in range(processes.shape[0]):
        if may_take(processes[p], touchpoints[p], local_only):
            weight = touchpoints[p].share * (1.0 - processes[p].quality) * processes[p].issues
            if weight > most:
                best = p
                most = weight
    return best


@compiled
def any_free(processes, touchpoints, local_only, u):
    """Return a process nobody works on, all equally likely, or -1 if there is none."""
    count = 0
    for p in range(processes.shape[0]):
        if may_take(processes[p], touchpoints[p], local_only):
            count += 1
    nth = int(u * count)
    for p in range(processes.shape[0]):
        if may_take(processes[p], touchpoints[p], local_only):
            if nth == 0:
                return p
            nth -= 1
    return -1


@compiled
def effort_of(kind, u, facts):
    """Return the effort of an initiative in FTE-weeks."""
    effort = facts.effort_local
    if kind == QUICK:
        effort = facts.effort_quick
    elif kind == CROSS:
        effort = facts.effort_cross
    return effort * (1.0 + facts.effort_spread * (2.0 * u - 1.0))


@compiled
def start(slot, t, key, touchpoints, levers, facts, state):
    """Start an initiative in a free slot: on the worst known process, or on a guess."""
    processes = state.processes
    u_kind, u_informed, u_guess, u_effort = draws.draw(key, draws.INITIATIVE_START, slot, t)
    quick = u_kind < levers.quick_win_share
    p = -1
    if u_informed < state.programme[0].insight:
        p = worst_known(processes, touchpoints, quick)
    known = p >= 0
    if not known:
        p = any_free(processes, touchpoints, quick, u_guess)
        if p < 0:
            return
        known = processes[p].issues >= 1.0
    kind = LOCAL
    if quick:
        kind = QUICK
    elif touchpoints[p].partner >= 0:
        kind = CROSS
    initiative = state.initiatives[slot]
    initiative.process = p
    initiative.kind = kind
    initiative.effort = effort_of(kind, u_effort, facts)
    initiative.left = initiative.effort
    u_aim = draws.draw(key, draws.INITIATIVE_COURSE, slot, t)[0]
    initiative.customer = 1 if u_aim < levers.customer_outcome_focus else 0
    initiative.known = 1 if known else 0
    processes[p].busy = 1


@compiled
def gain_and_win(kind, facts):
    """Return the share of the quality gap closed and the size of the win, by kind."""
    if kind == QUICK:
        return facts.gain_quick, facts.win_quick
    if kind == CROSS:
        return facts.gain_cross, facts.win_large
    return facts.gain_local, facts.win_large


@compiled
def shown_of(win, levers, facts):
    """Return how much of a win people get to see."""
    return win * (facts.win_unseen + (1.0 - facts.win_unseen) * levers.capitalisation)


@compiled
def proof_of(win, levers, facts):
    """Return the evidence in a win that customer experience pays."""
    floor = facts.evidence_coherence
    proof = facts.evidence_gain * win * (floor + (1.0 - floor) * levers.coherence)
    floor = facts.evidence_attribution
    return proof * (floor + (1.0 - floor) * levers.roi_attribution)


@compiled
def celebrate(win, touchpoint, functions, programme, levers, facts):
    """Let a win be seen in the owners' houses and by the company, and count as evidence."""
    shown = shown_of(win, levers, facts)
    functions[touchpoint.owner].win += shown * (1.0 - functions[touchpoint.owner].win)
    if touchpoint.partner >= 0:
        functions[touchpoint.partner].win += shown * (1.0 - functions[touchpoint.partner].win)
    programme.win += facts.win_company * shown * (1.0 - programme.win)
    programme.evidence += proof_of(win, levers, facts) * (1.0 - programme.evidence)


@compiled
def complete(initiative, touchpoint, levers, facts, state):
    """Finish an initiative: quality, closed pain points, and a win or a saving."""
    process = state.processes[initiative.process]
    programme = state.programme[0]
    gain, win = gain_and_win(initiative.kind, facts)
    yield_ = 1.0 if initiative.known == 1 else facts.unknown_yield
    closed = min(process.issues, facts.issues_closed)
    process.issues -= closed
    state.functions[touchpoint.owner].closures += closed
    if initiative.customer == 1:
        process.quality += gain * yield_ * (1.0 - process.quality)
        celebrate(win * yield_, touchpoint, state.functions, programme, levers, facts)
    else:
        part = gain * facts.efficiency_quality * yield_
        process.quality += part * (1.0 - process.quality)
        programme.evidence += facts.evidence_efficiency * (1.0 - programme.evidence)
        size = state.employees.shape[0] / facts.reference_employees
        programme.saving += facts.saving_per_effort * initiative.effort * size
    initiative.process = -1
    process.busy = 0


@compiled
def breed_conflict(function, cpe, week, levers, facts):
    """Let a head resent changes in the own house that were not agreed."""
    bred = facts.conflict_bred * (1.0 - levers.charter)
    bred *= 1.0 - facts.conflict_diplomacy * levers.diplomacy
    bred *= facts.conflict_base + facts.conflict_assertiveness * levers.assertiveness
    bred *= (1.0 - function.commitment) * min(1.0, cpe) * week.present
    function.conflict = min(1.0, function.conflict + bred)


@compiled
def owners_conflict(touchpoint, functions):
    """Return the conflict of a process's owners; of a hand-off the worse one."""
    conflict = functions[touchpoint.owner].conflict
    if touchpoint.partner >= 0:
        conflict = max(conflict, functions[touchpoint.partner].conflict)
    return conflict


@compiled
def count_running(initiatives):
    """Return the number of initiatives under way."""
    running = 0
    for slot in range(MAX_INITIATIVES):
        if initiatives[slot].process >= 0:
            running += 1
    return running


@compiled
def progress(t, key, cpe, houses, firm, week, levers, facts, state):
    """Work on what is under way and return how many initiatives were completed for customers.

    `houses` are the functions whose heads cooperate or reverse decisions.
    """
    functions = state.functions
    running = count_running(state.initiatives)
    won = 0
    for slot in range(MAX_INITIATIVES):
        initiative = state.initiatives[slot]
        if initiative.process < 0:
            continue
        touchpoint = firm.touchpoints[initiative.process]
        functions[touchpoint.owner].worked_in = 1.0
        if touchpoint.partner >= 0:
            functions[touchpoint.partner].worked_in = 1.0
        pace = cooperation(touchpoint, firm.host, houses, week, levers, facts)
        initiative.left -= cpe / running * pace
        reversal = facts.rework_rate * levers.rivalry * owners_conflict(touchpoint, houses)
        if draws.draw(key, draws.INITIATIVE_COURSE, slot, t)[1] < reversal:
            again = initiative.left + facts.rework_share * initiative.effort
            initiative.left = min(initiative.effort, again)
        if initiative.left <= 0.0:
            won += initiative.customer
            complete(initiative, touchpoint, levers, facts, state)
    for f in range(functions.shape[0]):
        if functions[f].worked_in == 1.0:
            breed_conflict(functions[f], cpe, week, levers, facts)
    return won


@compiled
def practising_share(f, function_start, employees):
    """Return the share of function f's employees who practise."""
    practising = 0
    for i in range(function_start[f], function_start[f + 1]):
        practising += employees[i].practising
    return practising / (function_start[f + 1] - function_start[f])


@compiled
def erosion_rate(share, levers, facts):
    """Return the weekly erosion of a function's processes; `share` of its employees practise.

    What is built into the daily work is kept in shape by those who work that way; where controls
    are gone, the same people each keep it in a shape of their own.
    """
    rate = facts.quality_erosion * (1.0 - facts.erosion_embedding * levers.embedding * share)
    lost_control = max(0.0, 1.0 - levers.efficiency_pressure / facts.control_threshold)
    return rate * (1.0 + facts.control_erosion * lost_control * share)


@compiled
def fade(employees, firm, levers, facts, state):
    """Let wins, evidence and savings fade, and quality erode, less where `employees` practise."""
    programme = state.programme[0]
    for f in range(state.functions.shape[0]):
        state.functions[f].win *= 1.0 - facts.win_decay
    programme.win *= 1.0 - facts.win_decay
    programme.evidence *= 1.0 - facts.evidence_decay
    programme.saving *= 1.0 - facts.saving_decay
    for f in range(state.functions.shape[0]):
        share = practising_share(f, firm.function_start, employees)
        rate = erosion_rate(share, levers, facts)
        for p in range(state.processes.shape[0]):
            if firm.touchpoints[p].owner == f:
                process = state.processes[p]
                process.quality -= rate * max(0.0, process.quality - facts.quality_floor)


@compiled
def listen(t, firm, plan, state):
    """Staff the programme and find pain points; return the effort for initiatives, FTE-weeks."""
    levers = plan.levers[t]
    facts = plan.facts[0]
    week = plan.weeks[t]
    programme = state.programme[0]
    employees = state.employees.shape[0]
    programme.staff = staff(week, levers, programme.budget, employees)
    programme.capacity = programme.staff
    if week.present == 0:
        programme.capacity *= facts.vacancy_capacity
    programme.insight = insight(programme.capacity, employees, levers, facts)
    for f in range(state.functions.shape[0]):
        state.functions[f].closures = 0.0
        state.functions[f].worked_in = 0.0
    for p in range(state.processes.shape[0]):
        upward = firm.upward[week.version, firm.touchpoints[p].owner]
        discover(state.processes[p], upward, programme.insight, facts)
    size = employees / facts.reference_employees
    return programme.capacity / size * levers.process_share * (1.0 - levers.governance_overhead)


@compiled
def begin(t, key, cpe, firm, plan, state):
    """Start initiatives in the free slots that the effort is enough for."""
    for slot in range(min(MAX_INITIATIVES, 1 + int(cpe))):
        if state.initiatives[slot].process < 0:
            start(slot, t, key, firm.touchpoints, plan.levers[t], plan.facts[0], state)


@entry
def work(t, key, firm, ties, plan, state, record):
    """Listen, start initiatives, work on them, harvest, and let everything fade a little."""
    levers = plan.levers[t]
    facts = plan.facts[0]
    week = plan.weeks[t]
    held = plan.held
    cpe = listen(t, firm, plan, state)
    won = 0
    if cpe > 0.0:
        begin(t, key, cpe, firm, plan, state)
        houses = as_read(t, held[Link.COMMITMENT_TO_WORK], state.functions, state.functions_then)
        won = progress(t, key, cpe, houses, firm, week, levers, facts, state)
    record.company[t].wins_completed = won
    keepers = as_read(t, held[Link.PRACTICE_TO_QUALITY], state.employees, state.employees_then)
    fade(keepers, firm, levers, facts, state)
