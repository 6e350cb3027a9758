"""Workforce: awareness, belief (desire), ability, practice, habit, and change cynicism.

The stages are those of ADKAR (E1.24), thresholds those of Rogers (E1.19), habit that of Lally et
al. (E1.17), decay of trained skill that of Saks and Belcourt (E1.16).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxsim import draws
from cxsim.compiled import compiled, entry
from cxsim.elementary import clip, exp, log, normal_quantile, sigmoid
from cxsim.rules.initiatives import reach
from cxsim.rules.leadership import stated_support
from cxsim.rules.ledger import (
    add_employee,
    add_row,
    add_start,
    add_stop,
    count_start,
    count_stop,
    write_means,
)
from cxsim.rules.links import as_read
from cxsim.state import CHUNK, PEERS, Link


class Climate(NamedTuple):
    """What a function gives all its employees this week."""

    commitment: float  # of the head
    message: float  # before it goes down the layers
    message_weight: float  # belief per unit of message
    words: float  # governance, say-do gap and backlog, before deeds are seen
    seen: float  # wins seen
    wins_weight: float  # belief from the wins seen
    openness: float  # part of any influence that efficiency pressure lets through
    training: float  # ability per week and unit of awareness
    slack: float
    leaving: float  # hazard per week


class Around(NamedTuple):
    """What employees see of each other; all of it as of last week or this, unless a link is held.

    Chosen once a week, before the loop over employees.
    """

    peers: np.ndarray  # uint8, (employees,): who practised last week, as peers see it
    managers: np.ndarray  # likewise, as reports see it
    doing: np.ndarray  # likewise, as practice teaches it
    doubters: np.ndarray  # EMPLOYEE, (employees,): whose cynicism weighs on belief


@compiled
def load_terms(function, support, ability, week, levers, facts):
    """Return what makes up the load of a function, as shares of its capacity.

    In this order: work of every day, season, training, complaints, surge.

    Training and coaching (`support`, 0 to 1) take the time of those who cannot do it yet, given the
    mean ability of the function: improvement makes things worse before it makes them better (T19).
    """
    return (
        levers.workload,
        facts.season_load * levers.seasonality * week.season,
        facts.training_load * support * (1.0 - ability),
        facts.complaint_load * function.complaint_rate,
        facts.surge_load * week.surge,
    )


@compiled
def load_of(function, support, ability, week, levers, facts):
    """Return the load of a function as a share of its capacity."""
    terms = load_terms(function, support, ability, week, levers, facts)
    return terms[0] + terms[1] + terms[2] + terms[3] + terms[4]


@compiled
def hollow_words(commitment, stated, unheard, budget, levers, facts):
    """Return what makes words hollow: governance, what is said but not done, what goes unheard."""
    return (
        facts.hollow_governance * levers.governance_overhead * budget,
        facts.hollow_gap * max(0.0, stated - commitment),
        facts.hollow_backlog * budget * min(1.0, unheard / facts.backlog_age),
    )


@compiled
def slack_of(load, facts):
    """Return the room a load leaves for practising something new."""
    return clip((facts.slack_ceiling - load) / facts.slack_range, facts.slack_floor, 1.0)


@compiled
def support_of(programme, week, levers):
    """Return the training and support that the front line really gets, 0 to 1."""
    return levers.frontline_support * (min(1.0, programme.budget) * week.active)


@compiled
def wins_seen(function, programme, facts):
    """Return the wins that the people of a function see, their own and the company's."""
    return min(1.0, facts.seen_own * function.win + facts.seen_company * programme.win)


@compiled
def climate_of(
    commitment, seen, programme, culture, support, leaving, load, unheard, week, levers, facts
):
    """Return the climate in a function.

    `commitment` is the head's, `seen` the wins seen, `culture` the reach of the culture team,
    `support` the training that the front line gets, `unheard` the age of its pain points.
    """
    stated = stated_support(commitment, levers, facts)
    message = levers.communication * culture
    message *= facts.message_coherence + (1.0 - facts.message_coherence) * levers.coherence
    message *= facts.message_stated + (1.0 - facts.message_stated) * stated
    relating = facts.belief_relating
    relating += (1.0 - facts.belief_relating) * levers.relating_to_objectives
    budget = min(1.0, programme.budget) * week.active
    hollow = hollow_words(commitment, stated, unheard, budget, levers, facts)
    words = hollow[0] + hollow[1] + hollow[2]
    blocked = facts.belief_efficiency * levers.efficiency_pressure * (1.0 - levers.embedding)
    return Climate(
        commitment,
        message,
        facts.belief_message * relating,
        words,
        seen,
        facts.belief_wins * seen,
        1.0 - blocked,
        facts.ability_training * support,
        slack_of(load, facts),
        leaving,
    )


@compiled
def backlog_age(f, processes, touchpoints):
    """Return the mean age in weeks of the known pain points in function f's processes."""
    issues = 0.0
    age = 0.0
    for p in range(processes.shape[0]):
        if touchpoints[p].owner == f:
            issues += processes[p].issues
            age += processes[p].issues * processes[p].issue_age
    if issues <= 0.0:
        return 0.0
    return age / issues


@compiled
def mean_ability(f, function_start, employees):
    """Return the mean ability in function f."""
    ability = 0.0
    for i in range(function_start[f], function_start[f + 1]):
        ability += employees[i].ability
    return ability / (function_start[f + 1] - function_start[f])


@compiled
def practising_peers(i, peers, practised):
    """Return the share of employee i's informal peers who practised last week."""
    count = 0
    known = 0
    for slot in range(PEERS):
        if peers[i, slot] >= 0:
            known += 1
            count += practised[peers[i, slot]]
    if known == 0:
        return 0.0
    return count / known


@compiled
def modelling(lead, above, climate, levers, facts):
    """Return what the direct manager (`lead`) and the head, seen from so far below, model.

    A head has to make a point of it to be noticed; a manager who practises is partly seen anyway.
    """
    weight = facts.modelling_head
    noticed = facts.modelling_daily + (1.0 - facts.modelling_daily) * levers.role_modelling
    head = levers.role_modelling * (climate.commitment * above)
    return weight * head + (1.0 - weight) * (noticed * lead)


@compiled
def cynicism_terms(employee, message, modelled, climate, levers, facts):
    """Return what feeds cynicism (hollow words, effort) and what heals it (time, wins, example)."""
    hollow = (message + climate.words) * (1.0 - climate.seen) * (1.0 - modelled)
    effort = employee.practising * (1.0 - employee.habit) * (facts.effort_slack - climate.slack)
    effort *= 1.0 - facts.effort_embedding * levers.embedding
    return (
        facts.cynicism_hollow * hollow,
        facts.cynicism_effort * effort,
        facts.relief_base,
        facts.relief_wins * climate.seen,
        facts.relief_modelling * modelled,
    )


@compiled
def cynicism_after(employee, message, modelled, climate, levers, facts):
    """Return cynicism after a week: words without deeds and effort without habit feed it."""
    cynicism = employee.cynicism
    terms = cynicism_terms(employee, message, modelled, climate, levers, facts)
    gained = terms[0] + terms[1]
    healing = terms[2] + terms[3] + terms[4]
    change = gained * (1.0 - cynicism) - facts.cynicism_relief * cynicism * healing
    return clip(cynicism + change, 0.0, 1.0)


@compiled
def conviction(employee, facts):
    """Return how far an employee is convinced: a step around the own threshold."""
    return sigmoid((employee.belief - employee.threshold) / facts.belief_width)


@compiled
def start_practising(employee, u, influences, climate, facts, rows):
    """Let one who does not practise start; `influences` are the terms of belief, for the ledger."""
    employee.habit *= 1.0 - facts.habit_idle_loss
    if u >= facts.start_hazard * employee.awareness:
        return  # not even if fully able, unburdened and convinced
    able = sigmoid((employee.ability - facts.ability_threshold) / facts.ability_width)
    hazard = facts.start_hazard * employee.awareness * able * climate.slack
    hazard *= conviction(employee, facts)
    if u < hazard:
        employee.practising = 1
        add_start(rows)
        count_start(u / hazard, influences, rows[0])


@compiled
def give_up(employee, u, climate, facts, rows):
    """Let one who practises perhaps give up; habit protects, and innovators need no reason."""
    if employee.threshold < facts.innovator_threshold:
        return
    open_to_stop = 1.0 - employee.habit
    most = facts.stop_belief + facts.stop_effort + facts.stop_effort
    if u >= most * open_to_stop:
        return  # not even if not convinced at all and without any slack
    by_belief = facts.stop_belief * (1.0 - conviction(employee, facts))
    hazard = by_belief + facts.stop_effort + facts.stop_effort * (1.0 - climate.slack)
    if u < hazard * open_to_stop:
        employee.practising = 0
        add_stop(rows)
        count_stop(u / open_to_stop, by_belief, facts.stop_effort, rows[0])


@compiled
def go_on_practising(employee, u, climate, levers, facts, rows):
    """Let one who practises give up, or grow the habit."""
    habit = employee.habit
    give_up(employee, u, climate, facts, rows)
    rhythm = facts.habit_alone + (1.0 - facts.habit_alone) * levers.embedding
    gained = facts.habit_gain * rhythm * (1.0 - habit)
    employee.habit = habit + gained - facts.habit_loss * habit


@compiled
def threshold_of(u, facts):
    """Return the adoption threshold at quantile u."""
    return clip(facts.threshold_mean + facts.threshold_spread * normal_quantile(u), 0.02, 0.98)


@compiled
def settle(employee, u, facts):
    """Give one who is new a threshold; innovators practise from the first day."""
    employee.threshold = threshold_of(u, facts)
    employee.practising = 0
    employee.habit = 0.0
    if employee.threshold < facts.innovator_threshold:
        employee.practising = 1
        employee.habit = facts.habit_initial


@compiled
def leave(employee, u, peers, levers, facts, rows):
    """Let an employee leave and a newcomer come."""
    rows[0].leavers += 1.0
    if employee.practising == 1:
        rows[0].stop_turnover += 1.0
        add_stop(rows)
    employee.awareness = facts.newcomer_awareness * levers.embedding
    employee.belief = min(1.0, facts.initial_belief + facts.newcomer_peers * peers)
    employee.ability = facts.initial_ability
    employee.cynicism = facts.initial_cynicism
    settle(employee, u, facts)
    if employee.practising == 1:
        rows[0].start_disposition += 1.0
        add_start(rows)


@compiled
def awareness_terms(awareness, message, peers, facts):
    """Return what makes aware (message, colleagues), per unit to gain, and what is forgotten."""
    return (
        facts.awareness_gain * message,
        facts.awareness_peers * peers,
        facts.awareness_loss * (awareness - facts.initial_awareness),
    )


@compiled
def influences_on(message, modelled, peers, climate, facts):
    """Return the terms of belief: disposition, message, example of leaders, colleagues, wins."""
    return (
        facts.belief_disposition,
        climate.message_weight * message,
        facts.belief_modelling * modelled,
        facts.belief_peers * peers,
        climate.wins_weight,
    )


@compiled
def own_experience(doing, ability, facts):
    """Return what practising oneself adds to belief; below the threshold of ability it takes."""
    return facts.belief_own * doing * (ability - facts.ability_threshold)


@compiled
def ability_terms(ability, doing, awareness, peers, climate, facts):
    """Return what teaches (training, doing, colleagues), per unit to gain; what is forgotten."""
    return (
        climate.training * awareness,
        facts.ability_doing * doing,
        facts.ability_peers * peers,
        facts.ability_loss * (ability - facts.initial_ability),
    )


@compiled
def live_employee(
    employee, uniforms, fidelity, above, lead, peers, doing, doubter, climate, levers, facts, rows
):
    """Let an employee hear, see, learn, start or stop, and perhaps leave.

    `fidelity` is what is left of a message at this depth, `above` one layer up, `lead` the direct
    manager's practice, `peers` the share of practising peers, `doing` the practice that teaches;
    `doubter` is whose cynicism weighs on belief, the employee unless that link is held; `rows` are
    the records of company, function and layer.
    """
    message = climate.message * fidelity
    modelled = modelling(lead, above, climate, levers, facts)
    a = employee.awareness
    told, seen, forgotten = awareness_terms(a, message, peers, facts)
    a = clip(a + ((told + seen) * (1.0 - a) - forgotten), 0.0, 1.0)
    employee.awareness = a
    employee.cynicism = cynicism_after(employee, message, modelled, climate, levers, facts)
    influences = influences_on(message, modelled, peers, climate, facts)
    k = employee.ability
    heard = influences[1] + influences[2] + influences[3] + influences[4]
    heard *= (1.0 - facts.belief_cynicism * doubter.cynicism) * climate.openness
    heard += influences[0]
    heard += own_experience(doing, k, facts)
    employee.belief += facts.belief_rate * (clip(heard, 0.0, 1.0) - employee.belief)
    trained, done, shown, lost = ability_terms(k, doing, a, peers, climate, facts)
    employee.ability = clip(k + ((trained + done + shown) * (1.0 - k) - lost), 0.0, 1.0)
    if employee.practising == 1:
        go_on_practising(employee, uniforms[0], climate, levers, facts, rows)
    else:
        start_practising(employee, uniforms[0], influences, climate, facts, rows)
    if uniforms[1] < climate.leaving:
        leave(employee, uniforms[2], peers, levers, facts, rows)


@compiled
def serve(employee, facts):
    """Set what a customer who meets this employee will get, and how reliably."""
    x = employee.practising
    k = employee.ability
    employee.delivered = x * (facts.practice_ability + (1.0 - facts.practice_ability) * k)
    employee.noise = facts.experience_noise * (1.0 + facts.inconsistency * x * (1.0 - k))


@compiled
def live_function(f, t, key, climate, around, firm, ties, plan, state, record):
    """Let each employee of a function live the week; `around` is what they see of each other."""
    levers = plan.levers[t]
    facts = plan.facts[0]
    posts = firm.posts[plan.weeks[t].version]
    peers_of = ties.peers[plan.weeks[t].version]
    employees, words = state.employees, state.words
    shown, led, done, doubters = around.peers, around.managers, around.doing, around.doubters
    company, function, layers = record.company[t], record.function[t, f], record.layer[t]
    start, end = firm.function_start[f], firm.function_start[f + 1]
    for i in range(start, end):
        j = (i - start) % CHUNK
        if j == 0:
            draws.fill_words(key, draws.EMPLOYEE, i, min(CHUNK, end - i), t, words)
        uniforms = (draws.unit(words[0, j]), draws.unit(words[1, j]), draws.unit(words[2, j]))
        employee = employees[i]
        depth = posts[i].depth
        manager = posts[i].manager
        lead = climate.commitment if manager < 0 else np.float64(led[manager])
        peers = practising_peers(i, peers_of, shown)
        layer = layers[depth - 1]
        live_employee(
            employee, uniforms, firm.fidelity[depth], firm.fidelity[depth - 1], lead, peers,
            done[i], doubters[i], climate, levers, facts, (company, function, layer),
        )  # fmt: skip
        serve(employee, facts)
        add_employee(employee, function)
        add_employee(employee, layer)


@compiled
def remember_practice(employees, practised):
    """Keep who practised at the end of last week: that is what peers and managers show."""
    for i in range(employees.shape[0]):
        practised[i] = employees[i].practising


@compiled
def same_for_all(staff, programme, week, levers, facts):
    """Return what all functions share: reach of the culture team, support, hazard of leaving."""
    culture = reach(programme.capacity, levers.culture_share, staff, facts)
    support = support_of(programme, week, levers)
    return culture, support, 1.0 - exp(log(1.0 - levers.turnover) / 52.0)


@compiled
def close_week(t, record):
    """Turn the sums of the company and of its layers into means."""
    write_means(record.company[t])
    for depth in range(record.layer.shape[1]):
        write_means(record.layer[t, depth])


@entry
def practise(t, key, firm, ties, plan, state, record):
    """Let every employee live the week, function by function."""
    levers = plan.levers[t]
    facts = plan.facts[0]
    week = plan.weeks[t]
    programme = state.programme[0]
    company = record.company[t]
    staff = state.employees.shape[0]
    held = plan.held
    culture, support, leaving = same_for_all(staff, programme, week, levers, facts)
    remember_practice(state.employees, state.practised)
    around = Around(
        as_read(t, held[Link.PEERS], state.practised, state.practised_then),
        as_read(t, held[Link.MANAGERS], state.practised, state.practised_then),
        as_read(t, held[Link.LEARNING_BY_DOING], state.practised, state.practised_then),
        as_read(t, held[Link.CYNICISM], state.employees, state.employees_then),
    )
    heads = as_read(t, held[Link.COMMITMENT_TO_EMPLOYEES], state.functions, state.functions_then)
    winners = as_read(t, held[Link.WINS_TO_EMPLOYEES], state.functions, state.functions_then)
    winning = as_read(t, held[Link.WINS_TO_EMPLOYEES], programme, state.programme_then)
    complained = as_read(t, held[Link.COMPLAINTS], state.functions, state.functions_then)
    known = as_read(t, held[Link.BACKLOG], state.processes, state.processes_then)
    for f in range(state.functions.shape[0]):
        function, row = state.functions[f], record.function[t, f]
        unheard = backlog_age(f, known, firm.touchpoints)
        ability = mean_ability(f, firm.function_start, state.employees)
        row.load = load_of(complained[f], support, ability, week, levers, facts)
        function.haste = facts.experience_haste * (row.load - facts.load_reference)
        seen = wins_seen(winners[f], winning, facts)
        climate = climate_of(
            heads[f].commitment, seen, programme, culture, support, leaving, row.load, unheard,
            week, levers, facts,
        )  # fmt: skip
        live_function(f, t, key, climate, around, firm, ties, plan, state, record)
        add_row(row, company)
        write_means(row)
    close_week(t, record)
