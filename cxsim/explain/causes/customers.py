"""What moves customers: surprises by cause, impressions that fade, who comes and who goes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cxsim import draws
from cxsim.compiled import compiled, making
from cxsim.elementary import clip
from cxsim.rules import customers
from cxsim.state import HIGHEST, LOWEST


@compiled
def felt(customer, pain, until):
    """Return satisfaction as it counts, given the pain of a price rise and who feels it."""
    if pain > 0.0 and customer.joined <= until:
        return max(LOWEST, customer.satisfaction - pain), pain
    return max(LOWEST, customer.satisfaction), 0.0


@compiled
def enter_surprise(terms, customer, market, facts, row):
    """Enter what a contact's surprise is made of; return the satisfaction that it adds."""
    base, process, practice, haste, noise = terms
    gain = facts.satisfaction_gain
    row.satisfaction_base += gain * base
    row.satisfaction_quality += gain * process
    row.satisfaction_practice += gain * practice
    row.satisfaction_haste -= gain * haste
    row.satisfaction_noise += gain * noise
    row.satisfaction_expectation -= gain * customer.expectation
    row.satisfaction_drift -= gain * market.drift
    expected = customer.expectation + market.drift
    change = gain * (base + process + practice - haste + noise - expected)
    more = change * (facts.loss_aversion - 1.0) if change < 0.0 else 0.0
    row.satisfaction_aversion += more
    return change + more


class Floor(NamedTuple):
    """Who and what serves customers this week."""

    guide: np.ndarray
    touchpoints: np.ndarray
    front: np.ndarray
    front_start: np.ndarray
    processes: np.ndarray
    functions: np.ndarray
    employees: np.ndarray
    agenda: np.ndarray


@compiled
def floor_of(t, firm, plan, state):
    """Return who and what serves customers this week."""
    version = plan.weeks[t].version
    return Floor(
        firm.guide,
        firm.touchpoints,
        firm.front[version],
        firm.front_start[version],
        state.processes,
        state.functions,
        state.employees,
        plan.agenda[t],
    )


@compiled
def see_contact(words, floor, customer, market, facts, row):
    """Enter a contact of a customer; return the satisfaction that it adds."""
    p, server = customers.served_by(
        words[2], floor.guide, floor.touchpoints, floor.front, floor.front_start
    )
    f = floor.touchpoints[p].owner
    quality = floor.processes[p].quality * (1.0 - floor.agenda[f].outage)
    employee, haste = floor.employees[server], floor.functions[f].haste
    terms = customers.experience_terms(quality, employee, haste, words[3], facts)
    return enter_surprise(terms, customer, market, facts, row)


@compiled
def see_customer(customer, added, pain, market, row):
    """Enter what else moves a customer, as of last week; return satisfaction before and after.

    `added` is the satisfaction from a contact; `pain` that of a price rise last week, and the last
    week of joining of those who felt it.
    """
    before, pain_before = felt(customer, pain[0], pain[1])
    faded = customer.satisfaction * market.fade
    row.satisfaction_fading += faded - customer.satisfaction
    free = faded + added
    pain_after = customers.felt_pain(customer, market)
    row.satisfaction_price += pain_before - pain_after
    after = max(LOWEST, clip(free, LOWEST, HIGHEST) - pain_after)
    unbounded = before + (free - customer.satisfaction) + (pain_before - pain_after)
    row.satisfaction_limit += after - unbounded
    return before, after


@compiled
def mean(total, count):
    """Return a mean, 0 of nobody: so it is recorded."""
    return total / count if count > 0 else 0.0


@compiled
def see_satisfaction(t, key, pain, before, firm, plan, state, market, row):
    """Enter what moves mean satisfaction; `before` are the customers of the start of the week.

    Newcomers of last week count from now on, and those who leave no longer do: what each adds to
    the mean is a term of its own. All others are means over those who were there at the start.
    """
    facts, floor = plan.facts[0], floor_of(t, firm, plan, state)
    served, old, everybody, stayers = state.customers, 0, 0, 0
    sum_old, sum_before, sum_after, sum_stayers = 0.0, 0.0, 0.0, 0.0
    for i in range(before.shape[0]):
        if before[i].active == 0:
            continue
        words, added = draws.draw(key, draws.CUSTOMER, i, t), 0.0
        if words[0] < market.contact:
            added = see_contact(words, floor, before[i], market, facts, row)
        s, after = see_customer(before[i], added, pain, market, row)
        everybody += 1
        sum_before += s
        sum_after += after
        if before[i].joined < t - 1 or t == 0:
            old += 1
            sum_old += s
        if served[i].active == 1:
            stayers += 1
            sum_stayers += after
    divide(row, everybody)
    row.satisfaction_newcomers = mean(sum_before, everybody) - mean(sum_old, old)
    row.satisfaction_leaving = mean(sum_stayers, stayers) - mean(sum_after, everybody)


@compiled
def divide(row, count):
    """Turn the sums over customers into means."""
    share = 1.0 / max(1, count)
    row.satisfaction_base *= share
    row.satisfaction_quality *= share
    row.satisfaction_practice *= share
    row.satisfaction_haste *= share
    row.satisfaction_noise *= share
    row.satisfaction_expectation *= share
    row.satisfaction_drift *= share
    row.satisfaction_aversion *= share
    row.satisfaction_fading *= share
    row.satisfaction_price *= share
    row.satisfaction_limit *= share


@compiled
def see_acquired(t, key, candidates, market, facts, ties, state, row):
    """Enter who joins, by the part of the hazard on which the number that decides it falls.

    Those whom a warning keeps away are taken off again, so that the terms sum to who joins.
    """
    for n in range(candidates):
        i = state.vacant[n]
        talk = ties.acquaintances[i]
        praise, _ = customers.word_of_mouth(talk, market, facts, state.customers)
        u = draws.draw(key, draws.CUSTOMER, i, t)[0]
        if u < facts.acquisition_rate:
            row.acquired_base += 1.0
        elif u < facts.acquisition_rate * (1.0 + praise):
            row.acquired_praise += 1.0
        else:
            continue
        factor = customers.reputation(talk, market, facts, state.customers)
        if u >= facts.acquisition_rate * factor:
            row.acquired_warning -= 1.0


@making
def live(t, key, firm, ties, plan, state, record, terms):
    """Let the customers live the week, and enter what moves them."""
    company, row = record.company[t], terms.company[t]
    programme = state.programme[0]
    pain = (programme.price_shown, programme.price_week)
    before = state.customers.copy()
    market = customers.open_market(t, plan, state)
    candidates = customers.live_places(t, key, state.employees, firm, plan, market, state, company)
    see_satisfaction(t, key, pain, before, firm, plan, state, market, row)
    see_acquired(t, key, candidates, market, plan.facts[0], ties, state, row)
    customers.close_market(t, key, candidates, market, firm, ties, plan, state, company)
