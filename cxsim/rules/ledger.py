"""The record of the week, and the ledger that splits every flow by cause.

A cause is found by thinning: the uniform number that decided an event lies evenly between 0 and
the event's hazard, so the part of the hazard it fell on is the cause. No extra luck is needed,
every event has one cause, and each ledger sums to its series exactly.
"""

from __future__ import annotations

import numpy as np

from cxsim.compiled import compiled, entry
from cxsim.rules.leadership import stated_support
from cxsim.state import MAX_INITIATIVES


@compiled
def count_start(v, influences, row):
    """Enter a start in the ledger under the influence on which v, uniform in (0, 1), falls."""
    disposition, message, modelling, peers, wins = influences
    on = v * (disposition + message + modelling + peers + wins)
    if on < disposition:
        row.start_disposition += 1.0
    elif on < disposition + message:
        row.start_message += 1.0
    elif on < disposition + message + modelling:
        row.start_modelling += 1.0
    elif on < disposition + message + modelling + peers or wins <= 0.0:
        row.start_peers += 1.0
    else:
        row.start_wins += 1.0


@compiled
def add_start(rows):
    """Add a start to the rows of company, function and layer."""
    rows[0].starts += 1.0
    rows[1].starts += 1.0
    rows[2].starts += 1.0


@compiled
def add_stop(rows):
    """Add a stop to the rows of company, function and layer."""
    rows[0].stops += 1.0
    rows[1].stops += 1.0
    rows[2].stops += 1.0


@compiled
def count_stop(on, by_belief, by_effort, row):
    """Enter a stop in the ledger; `on` lies evenly between 0 and the hazard before habit."""
    if on < by_belief:
        row.stop_belief += 1.0
    elif on < by_belief + by_effort:
        row.stop_effort += 1.0
    else:
        row.stop_overload += 1.0


@compiled
def count_churn(customer, at, ratio, pain, inflation, row):
    """Enter a churned customer in the ledger; `at` lies evenly between 0 and the hazard."""
    row.churned += 1.0
    process = customer.lost_process / inflation
    service = customer.lost_service / inflation
    expectation = customer.lost_expectation / inflation
    total = process + service + expectation + pain
    excess = at - customer.base
    if excess < 0.0 or total <= 0.0:
        row.churn_base += 1.0
        return
    on = excess / (ratio * customer.base - customer.base) * total
    if on < process:
        row.churn_process += 1.0
    elif on < process + service:
        row.churn_service += 1.0
    elif on < process + service + expectation or pain <= 0.0:
        row.churn_expectation += 1.0
    else:
        row.churn_shock += 1.0


@compiled
def add_row(part, whole):
    """Add the sums of a function's row to the company's."""
    whole.employees += part.employees
    whole.practising += part.practising
    whole.embedded += part.embedded
    whole.awareness += part.awareness
    whole.belief += part.belief
    whole.ability += part.ability
    whole.cynicism += part.cynicism


@compiled
def write_means(row):
    """Turn the sums of a record row into means over its employees."""
    n = row.employees
    if n > 0.0:
        row.adoption = row.practising / n
        row.embedded /= n
        row.awareness /= n
        row.belief /= n
        row.ability /= n
        row.cynicism /= n


@compiled
def add_employee(employee, row):
    """Add an employee to the sums of a record row."""
    row.employees += 1.0
    row.practising += employee.practising
    if employee.habit > 0.5:
        row.embedded += 1.0
    row.awareness += employee.awareness
    row.belief += employee.belief
    row.ability += employee.ability
    row.cynicism += employee.cynicism


@compiled
def write_leadership(functions, ceo, levers, facts, company, rows):
    """Record what executives do and say, by function and for the company."""
    heads = functions.shape[0]
    squares = 0.0
    for f in range(heads):
        function, row = functions[f], rows[f]
        row.commitment = function.commitment
        row.stated_commitment = stated_support(function.commitment, levers, facts)
        row.conflict = function.conflict
        row.wins = function.win
        company.commitment += function.commitment
        company.stated_commitment += row.stated_commitment
        company.conflict += function.conflict
    company.commitment /= heads
    company.stated_commitment /= heads
    company.conflict /= heads
    for f in range(heads):
        difference = functions[f].commitment - company.commitment
        squares += difference * difference
    company.commitment_spread = np.sqrt(squares / heads)
    company.ceo_commitment = ceo
    company.alignment = company.commitment * (1.0 - min(1.0, 2.0 * company.commitment_spread))


@compiled
def write_processes(processes, touchpoints, functions, company, rows):
    """Record quality, pain points and closures, by function and for the company."""
    count = functions.shape[0]
    for f in range(count):
        quality = 0.5 * (processes[2 * f].quality + processes[2 * f + 1].quality)
        rows[f].quality_local = quality
        rows[f].closures = functions[f].closures
        company.quality_local += quality
        company.closures += functions[f].closures
    company.quality_local /= count
    age = 0.0
    for p in range(processes.shape[0]):
        issues = processes[p].issues
        rows[touchpoints[p].owner].open_issues += issues
        company.open_issues += issues
        age += issues * processes[p].issue_age
        if touchpoints[p].partner >= 0:
            company.quality_handoff += processes[p].quality
    company.quality_handoff /= count - 1
    if company.open_issues > 0.0:
        company.issue_age = age / company.open_issues


@compiled
def write_service(functions, company, rows):
    """Record load, contacts, complaints and experience, by function and for the company."""
    squares = 0.0
    for f in range(functions.shape[0]):
        function, row = functions[f], rows[f]
        row.contacts = function.contacts
        row.complaints = function.complaints
        company.contacts += function.contacts
        company.complaints += function.complaints
        company.experience += function.experience
        squares += function.experience_squares
        if function.contacts > 0.0:
            row.experience = function.experience / function.contacts
        company.load += row.load * row.employees
    company.load /= company.employees
    if company.contacts > 0.0:
        company.experience /= company.contacts
        variance = squares / company.contacts - company.experience * company.experience
        company.experience_spread = np.sqrt(max(0.0, variance))


@entry
def write(t, key, firm, ties, plan, state, record):
    """Record what is not already in the week's rows."""
    programme = state.programme[0]
    company = record.company[t]
    rows = record.function[t]
    write_leadership(state.functions, programme.ceo, plan.levers[t], plan.facts[0], company, rows)
    write_processes(state.processes, firm.touchpoints, state.functions, company, rows)
    write_service(state.functions, company, rows)
    company.wins = programme.win
    company.evidence = programme.evidence
    company.insight = programme.insight
    company.price_pain = programme.price_shown
    for slot in range(MAX_INITIATIVES):
        if state.initiatives[slot].process >= 0:
            company.initiatives += 1.0
