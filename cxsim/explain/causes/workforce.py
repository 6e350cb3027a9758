"""What moves employees: what they hear, see, learn and forget, and who comes and goes."""

from __future__ import annotations

import numpy as np

from cxsim import draws
from cxsim.compiled import compiled, making
from cxsim.elementary import clip
from cxsim.rules import workforce
from cxsim.rules.initiatives import reach
from cxsim.rules.leadership import stated_support
from cxsim.rules.ledger import add_row, write_means

HABIT = 0.5  # from where on a practice counts as embedded
AWARENESS, BELIEF, ABILITY, CYNICISM, EMBEDDED = range(5)  # columns of what an employee would be


@compiled
def see_load(function, ability, programme, levers, facts, week, row):
    """Enter what makes up the load of a function."""
    support = workforce.support_of(programme, week, levers)
    terms = workforce.load_terms(function, support, ability, week, levers, facts)
    row.load_everyday, row.load_season, row.load_training = terms[0], terms[1], terms[2]
    row.load_complaints, row.load_surge = terms[3], terms[4]


@compiled
def see_message(staff, function, programme, levers, facts, row):
    """Enter the factors whose product the message is, before it goes down the layers."""
    stated = stated_support(function.commitment, levers, facts)
    row.message_communication = levers.communication
    row.message_culture = reach(programme.capacity, levers.culture_share, staff, facts)
    floor = facts.message_coherence
    row.message_coherence = floor + (1.0 - floor) * levers.coherence
    floor = facts.message_stated
    row.message_stated = floor + (1.0 - floor) * stated


@compiled
def see_awareness(employee, message, peers, facts, row):
    """Enter what moves awareness; return the awareness after it."""
    a = employee.awareness
    told, seen, forgotten = workforce.awareness_terms(a, message, peers, facts)
    row.awareness_message += told * (1.0 - a)
    row.awareness_peers += seen * (1.0 - a)
    row.awareness_forgetting -= forgotten
    free = a + ((told + seen) * (1.0 - a) - forgotten)
    row.awareness_limit += clip(free, 0.0, 1.0) - free
    return clip(free, 0.0, 1.0)


@compiled
def see_cynicism(employee, message, modelled, words, climate, levers, facts, row):
    """Enter what moves cynicism; return the cynicism after it."""
    terms = workforce.cynicism_terms(employee, message, modelled, climate, levers, facts)
    hollow, effort, time, wins, example = terms
    c = employee.cynicism
    said = message + climate.words
    part = hollow * (1.0 - c) / said if said > 0.0 else 0.0
    row.cynicism_message += part * message
    row.cynicism_governance += part * words[0]
    row.cynicism_gap += part * words[1]
    row.cynicism_backlog += part * words[2]
    row.cynicism_effort += effort * (1.0 - c)
    relief = facts.cynicism_relief * c
    row.cynicism_time -= relief * time
    row.cynicism_wins -= relief * wins
    row.cynicism_modelling -= relief * example
    free = c + ((hollow + effort) * (1.0 - c) - relief * (time + wins + example))
    after = workforce.cynicism_after(employee, message, modelled, climate, levers, facts)
    row.cynicism_limit += after - free
    return after


@compiled
def see_belief(employee, cynicism, influences, climate, facts, row):
    """Enter what moves belief, given this week's cynicism; return the belief after it."""
    rate = facts.belief_rate
    row.belief_disposition += rate * influences[0]
    row.belief_message += rate * influences[1]
    row.belief_modelling += rate * influences[2]
    row.belief_peers += rate * influences[3]
    row.belief_wins += rate * influences[4]
    heard = influences[1] + influences[2] + influences[3] + influences[4]
    doubted = heard * (facts.belief_cynicism * cynicism)
    row.belief_cynicism -= rate * doubted
    shut_out = (heard - doubted) * (1.0 - climate.openness)
    row.belief_efficiency -= rate * shut_out
    own = workforce.own_experience(employee.practising, employee.ability, facts)
    row.belief_experience += rate * own
    free = heard - doubted - shut_out + influences[0] + own
    row.belief_limit += rate * (clip(free, 0.0, 1.0) - free)
    row.belief_fade -= rate * employee.belief
    return employee.belief + rate * (clip(free, 0.0, 1.0) - employee.belief)


@compiled
def see_ability(employee, awareness, peers, climate, facts, row):
    """Enter what moves ability, given this week's awareness; return the ability after it."""
    k, doing = employee.ability, employee.practising
    terms = workforce.ability_terms(k, doing, awareness, peers, climate, facts)
    trained, done, shown, lost = terms
    row.ability_training += trained * (1.0 - k)
    row.ability_doing += done * (1.0 - k)
    row.ability_peers += shown * (1.0 - k)
    row.ability_forgetting -= lost
    free = k + ((trained + done + shown) * (1.0 - k) - lost)
    row.ability_limit += clip(free, 0.0, 1.0) - free
    return clip(free, 0.0, 1.0)


@compiled
def see_employee(i, t, climate, words, firm, ties, plan, state, row, stays):
    """Enter what moves one employee's mind; `stays` gets what comes of those who do not leave."""
    levers, facts = plan.levers[t], plan.facts[0]
    version = plan.weeks[t].version
    employee, post = state.employees[i], firm.posts[version, i]
    lead = climate.commitment
    if post.manager >= 0:
        lead = np.float64(state.practised[post.manager])
    peers = workforce.practising_peers(i, ties.peers[version], state.practised)
    message = climate.message * firm.fidelity[post.depth]
    above = firm.fidelity[post.depth - 1]
    modelled = workforce.modelling(lead, above, climate, levers, facts)
    influences = workforce.influences_on(message, modelled, peers, climate, facts)
    awareness = see_awareness(employee, message, peers, facts, row)
    cynicism = see_cynicism(employee, message, modelled, words, climate, levers, facts, row)
    stays[AWARENESS] = awareness
    stays[CYNICISM] = cynicism
    stays[BELIEF] = see_belief(employee, cynicism, influences, climate, facts, row)
    stays[ABILITY] = see_ability(employee, awareness, peers, climate, facts, row)
    stays[EMBEDDED] = 1.0 if employee.habit > HABIT else 0.0


@compiled
def see_turnover(i, t, key, leaving, employee, stays, row):
    """Enter what newcomers lack of those who left, and whose habit came or went."""
    left = draws.draw(key, draws.EMPLOYEE, i, t)[1] < leaving
    if left:
        row.awareness_turnover += employee.awareness - stays[AWARENESS]
        row.belief_turnover += employee.belief - stays[BELIEF]
        row.ability_turnover += employee.ability - stays[ABILITY]
        row.cynicism_turnover += employee.cynicism - stays[CYNICISM]
    change = (1.0 if employee.habit > HABIT else 0.0) - stays[EMBEDDED]
    if left:
        row.embedded_turnover += change
    elif change > 0.0:
        row.embedded_habit += change
    else:
        row.embedded_idle += change


@making
def ledger_of(company):
    """Return the week's starts and stops by cause so far, in the order of the rows."""
    return np.array(
        [
            company.start_disposition,
            company.start_message,
            company.start_modelling,
            company.start_peers,
            company.start_wins,
            company.stop_belief,
            company.stop_effort,
            company.stop_overload,
            company.stop_turnover,
        ]
    )


@compiled
def enter_ledger(change, row):
    """Enter starts and stops by cause; the latter take away from adoption."""
    row.start_disposition, row.start_message, row.start_modelling = change[0], change[1], change[2]
    row.start_peers, row.start_wins = change[3], change[4]
    row.stop_belief, row.stop_effort = -change[5], -change[6]
    row.stop_overload, row.stop_turnover = -change[7], -change[8]


@compiled
def climate_in(f, shared, firm, state, week, levers, facts, row):
    """Enter load and message of a function; return the load, and climate and hollow words.

    The sequence is that of `cxsim.rules.workforce.practise`; to share it would slow every run down.
    """
    culture, support, leaving = shared
    function, programme = state.functions[f], state.programme[0]
    unheard = workforce.backlog_age(f, state.processes, firm.touchpoints)
    ability = workforce.mean_ability(f, firm.function_start, state.employees)
    load = workforce.load_of(function, support, ability, week, levers, facts)
    see_load(function, ability, programme, levers, facts, week, row)
    see_message(state.employees.shape[0], function, programme, levers, facts, row)
    a, stated = function.commitment, stated_support(function.commitment, levers, facts)
    budget = min(1.0, programme.budget) * week.active
    words = workforce.hollow_words(a, stated, unheard, budget, levers, facts)
    seen = workforce.wins_seen(function, programme, facts)
    climate = workforce.climate_of(
        a, seen, programme, culture, support, leaving, load, unheard, week, levers, facts
    )
    return load, (climate, words)


@making
def live_in(f, t, key, air, firm, ties, plan, state, record, row):
    """Let a function live the week, and enter what moves its employees.

    `air` holds the climate and, by cause, what makes words hollow in it.
    """
    climate, words = air
    first, end = firm.function_start[f], firm.function_start[f + 1]
    stays = np.empty((end - first, 5))
    for i in range(first, end):
        see_employee(i, t, climate, words, firm, ties, plan, state, row, stays[i - first])
    before = ledger_of(record.company[t])
    now = workforce.Around(state.practised, state.practised, state.practised, state.employees)
    workforce.live_function(f, t, key, climate, now, firm, ties, plan, state, record)
    enter_ledger(ledger_of(record.company[t]) - before, row)
    for i in range(first, end):
        see_turnover(i, t, key, climate.leaving, state.employees[i], stays[i - first], row)


@compiled
def practise(t, key, firm, ties, plan, state, record, terms):
    """Let the workforce live the week, and enter what moves it."""
    levers, facts, week = plan.levers[t], plan.facts[0], plan.weeks[t]
    staff = state.employees.shape[0]
    shared = workforce.same_for_all(staff, state.programme[0], week, levers, facts)
    workforce.remember_practice(state.employees, state.practised)
    for f in range(state.functions.shape[0]):
        function, own, row = state.functions[f], record.function[t, f], terms.function[t, f]
        load, air = climate_in(f, shared, firm, state, week, levers, facts, row)
        own.load = load
        function.haste = facts.experience_haste * (load - facts.load_reference)
        live_in(f, t, key, air, firm, ties, plan, state, record, row)
        add_row(own, record.company[t])
        write_means(own)
    workforce.close_week(t, record)
