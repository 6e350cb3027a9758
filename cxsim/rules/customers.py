"""Customers: contacts, disconfirmed expectations, satisfaction, complaints, churn, acquisition.

Heterogeneous base hazards after Fader and Hardie 2007 (E3.01): loyalty does not grow with tenure.
Expectancy disconfirmation with loss aversion (E3.13), a concave response of churn (E3.15), word of
mouth that acts on acquisition (E3.09, E3.10).

A place needs one block of four random words a week: contact and survey answer, churn, whom the
contact falls on, and how it turns out. Rare decisions are looked at only when a cheap bound allows.
"""

from __future__ import annotations

from typing import NamedTuple

from cxsim import draws
from cxsim.compiled import compiled, entry
from cxsim.elementary import clip, exp, normal_quantile
from cxsim.rules.initiatives import reach
from cxsim.rules.ledger import count_churn
from cxsim.rules.links import as_read
from cxsim.state import ACQUAINTANCES, CHUNK, HIGHEST, LOWEST, NEVER, Link


class Market(NamedTuple):
    """What all customers meet this week."""

    contact: float  # probability of a contact
    fade: float  # what is left of satisfaction after a week
    inflation: float  # turns a loss of this week into satisfaction of week 0
    drift: float  # expectation gained by the market
    pain: float  # satisfaction lost to a price rise, after the cushion
    pain_until: float  # customers who joined later do not feel it
    success: float  # reach of customer success
    advocacy: float  # reach of the work with advocates
    bound: float  # greatest possible ratio of hazard to base hazard
    asked: float  # answer rate of an ordinary customer
    complainer: float  # answer rate of a recent complainer


@entry
def market_of(t, staff, programme, week, levers, facts):
    """Return what all customers meet this week; `staff` is the number of employees."""
    fade = 1.0 - facts.satisfaction_fade
    inflation = 1.0
    for _ in range(t):
        inflation /= fade
    heard = facts.response_rate * (1.0 + facts.response_action * min(1.0, programme.win))
    coverage = levers.survey_coverage
    return Market(
        min(1.0, facts.contact_rate * (1.0 + week.surge)),
        fade,
        inflation,
        week.drift,
        programme.price_shown,
        programme.price_week,
        reach(programme.capacity, levers.success_share, staff, facts),
        reach(programme.capacity, levers.advocacy_share, staff, facts),
        exp(facts.churn_dissatisfied * max(0.0, facts.churn_reference - LOWEST)),
        min(1.0, heard * coverage),
        min(1.0, heard * (coverage + (1.0 - coverage) * facts.response_complainer)),
    )


@entry
def feel_price(t, programme, week, levers, facts):
    """Let the pain of a price rise begin, fade, and be cushioned once the company has noticed."""
    programme.price_pain *= 1.0 - facts.price_fade
    if week.price_rise > 0.0:
        programme.price_pain += facts.price_pain * week.price_rise
        programme.price_week = t - 1.0
    leading = levers.leading_indicators
    late = levers.survey_lag + facts.notice_survey
    delay = leading * facts.notice_leading + (1.0 - leading) * late
    cushion = 0.0
    if t - (programme.price_week + 1.0) >= delay:
        cushion = facts.cushion * programme.insight
    programme.price_shown = programme.price_pain * (1.0 - cushion)


@compiled
def served_by(u, guide, touchpoints, front, front_start):
    """Return the process a contact falls on and the frontline employee who serves it."""
    p = guide[int(u * guide.shape[0])]
    while p < touchpoints.shape[0] - 1 and u >= touchpoints[p].bound:
        p += 1
    touchpoint = touchpoints[p]
    part = (u - touchpoint.lower) / (touchpoint.bound - touchpoint.lower)
    first = front_start[touchpoint.owner]
    count = front_start[touchpoint.owner + 1] - first
    return p, front[first + min(count - 1, int(part * count))]


@compiled
def blame(customer, loss, quality, delivered, haste, noise, surplus, facts):
    """Remember why a customer was disappointed: process, service, or too high an expectation."""
    process = facts.experience_quality * (1.0 - quality)
    service = facts.experience_practice * (1.0 - delivered) + max(0.0, haste) + max(0.0, -noise)
    expectation = max(0.0, surplus)
    total = process + service + expectation
    part = loss / total if total > 0.0 else 0.0
    customer.lost_process += part * process
    customer.lost_service += part * service
    customer.lost_expectation += part * expectation


@compiled
def experience_terms(quality, employee, haste, u, facts):
    """Return what makes up the experience of a contact: base, process, practice; haste; noise."""
    return (
        facts.experience_base,
        facts.experience_quality * quality,
        facts.experience_practice * employee.delivered,
        haste,
        employee.noise * normal_quantile(u),
    )


@compiled
def experience(customer, quality, employee, haste, u, market, facts):
    """Let a customer have a contact; return what they got, and the surprise that it was.

    A pleasant surprise takes the same path with a loss of zero: the processor cannot foresee
    which it will be, and guessing wrong costs more than the arithmetic.
    """
    base, process, practice, haste, noise = experience_terms(quality, employee, haste, u, facts)
    got = base + process
    got += practice
    got -= haste
    got += noise
    expected = customer.expectation + market.drift
    surprise = got - expected
    aversion = facts.loss_aversion
    change = facts.satisfaction_gain * surprise
    change *= aversion if surprise < 0.0 else 1.0
    loss = max(0.0, -change) * market.inflation
    surplus = expected - facts.initial_expectation
    blame(customer, loss, quality, employee.delivered, haste, noise, surplus, facts)
    customer.satisfaction = clip(customer.satisfaction + change, LOWEST, HIGHEST)
    customer.expectation += facts.expectation_rate * surprise
    return got, surprise


@compiled
def felt_pain(customer, market):
    """Return the satisfaction a customer loses to a price rise this week."""
    if market.pain > 0.0 and customer.joined <= market.pain_until:
        return market.pain
    return 0.0


@compiled
def churn_ratio(s, success, facts):
    """Return the churn hazard at satisfaction s relative to the base hazard."""
    z = s - facts.churn_reference
    if z >= 0.0:
        return exp(-facts.churn_satisfied * z)
    ratio = exp(-facts.churn_dissatisfied * z)
    return ratio * (1.0 - facts.success_save * success * min(1.0, -z / facts.success_zone))


@compiled
def answers(customer, t, u, market, facts):
    """Return whether a customer answers the survey; u is also what decided on a contact."""
    rate = market.asked
    if t - customer.complained <= facts.complaint_memory:
        rate = market.complainer
    if u < market.contact:
        return u < market.contact * rate
    return u < market.contact + (1.0 - market.contact) * rate


@compiled
def base_hazard(u, table):
    """Return the weekly base hazard at quantile u."""
    last = table.shape[0] - 1
    at = u * last
    node = min(last - 1, int(at))
    return table[node] + (at - node) * (table[node + 1] - table[node])


@compiled
def welcome(customer, t, u_base, u_expectation, table, facts):
    """Let a newcomer take a vacant place."""
    customer.active = 1
    customer.base = base_hazard(u_base, table)
    spread = facts.expectation_spread * normal_quantile(u_expectation)
    customer.expectation = facts.initial_expectation + spread
    customer.satisfaction = 0.0
    customer.lost_process = 0.0
    customer.lost_service = 0.0
    customer.lost_expectation = 0.0
    customer.complained = NEVER
    customer.joined = t


@compiled
def word_of_mouth(acquaintances, market, facts, customers):
    """Return what acquaintances add to the hazard of joining by praise and take by warning."""
    good = 0
    bad = 0
    for slot in range(ACQUAINTANCES):
        if acquaintances[slot] < 0:
            continue
        customer = customers[acquaintances[slot]]
        if customer.active == 1:
            s = max(LOWEST, customer.satisfaction - felt_pain(customer, market))
            if s > facts.churn_reference + facts.satisfied_above:
                good += 1
            elif s < facts.churn_reference - facts.dissatisfied_below:
                bad += 1
    praise = facts.word_of_mouth * (1.0 + market.advocacy) * good / ACQUAINTANCES
    warning = facts.word_of_mouth * facts.bad_news_reach * bad / ACQUAINTANCES
    return praise, warning


@compiled
def reputation(acquaintances, market, facts, customers):
    """Return the factor that acquaintances put on the hazard of joining."""
    praise, warning = word_of_mouth(acquaintances, market, facts, customers)
    return max(0.0, 1.0 + praise - warning)


@compiled
def talk_of(market, programme):
    """Return the market with the price pain of another time: that which acquaintances speak of."""
    return Market(
        market.contact,
        market.fade,
        market.inflation,
        market.drift,
        programme.price_shown,
        programme.price_week,
        market.success,
        market.advocacy,
        market.bound,
        market.asked,
        market.complainer,
    )


@compiled
def acquire(t, key, candidates, known, market, facts, table, ties, state):
    """Fill the vacant places whose neighbourhood speaks well enough; return how many.

    `known` are the places of acquaintances, `market` is what they have met.
    """
    customers = state.customers
    chosen = state.vacant
    count = 0
    for n in range(candidates):
        i = chosen[n]
        factor = reputation(ties.acquaintances[i], market, facts, known)
        if draws.draw(key, draws.CUSTOMER, i, t)[0] < facts.acquisition_rate * factor:
            chosen[count] = i
            count += 1
    for n in range(count):
        i = chosen[n]
        _, _, u_base, u_expectation = draws.draw(key, draws.CUSTOMER, i, t)
        welcome(customers[i], t, u_base, u_expectation, table, facts)
    return count


@compiled
def smooth_complaints(functions, facts):
    """Move each function's complaint rate toward this week's."""
    for f in range(functions.shape[0]):
        function = functions[f]
        if function.contacts > 0.0:
            rate = function.complaints / function.contacts
            function.complaint_rate += facts.complaint_smoothing * (rate - function.complaint_rate)


@compiled
def sort_places(customers, words, contact, may_join, fade, lists):
    """Fade the satisfaction of a chunk's customers and sort its places into three lists.

    `lists` has one row each for active places, for those with a contact, and for vacant places that
    may be filled. Sorting without branches and then walking through each list costs less than
    deciding at every place, which the processor cannot foresee.

    Returns
    -------
    (int, int, int)
        The lengths of the three lists.
    """
    active, contacts, joining = 0, 0, 0
    for j in range(customers.shape[0]):
        customer = customers[j]
        u = draws.unit(words[0, j])
        customer.satisfaction *= fade
        lists[0, active] = j
        lists[1, contacts] = j
        lists[2, joining] = j
        active += customer.active
        contacts += customer.active & (u < contact)
        joining += (1 - customer.active) & (u < may_join)
    return active, contacts, joining


@compiled
def complains(surprise, i, t, k0, k1, facts):
    """Return whether customer i complains about a contact; k0 and k1 are the replicate's key."""
    if surprise >= -facts.complaint_threshold:
        return False
    word, _, _, _ = draws.philox(i, t, draws.COMPLAINT, 0, k0, k1)
    return draws.unit(word) < facts.complaint_probability


@compiled
def have_contacts(t, key, first, count, customers, employees, firm, plan, market, state):
    """Let the customers of a chunk who have a contact be served, and perhaps complain."""
    facts, agenda = plan.facts[0], plan.agenda[t]
    version = plan.weeks[t].version
    touchpoints, guide = firm.touchpoints, firm.guide
    front, front_start = firm.front[version], firm.front_start[version]
    processes, functions = state.processes, state.functions
    words, lists = state.words, state.lists
    k0, k1 = key[0], key[1]
    for n in range(count):
        j = lists[1, n]
        customer = customers[j]
        u_who, u_noise = draws.unit(words[2, j]), draws.unit(words[3, j])
        p, server = served_by(u_who, guide, touchpoints, front, front_start)
        f = touchpoints[p].owner
        function = functions[f]
        quality = processes[p].quality * (1.0 - agenda[f].outage)
        employee = employees[server]
        got, surprise = experience(
            customer, quality, employee, function.haste, u_noise, market, facts
        )
        function.contacts += 1.0
        function.experience += got
        function.experience_squares += got * got
        if complains(surprise, first + j, t, k0, k1, facts):
            function.complaints += 1.0
            customer.complained = t


@compiled
def leaves(customer, u, s, market, facts, company):
    """Return whether a customer leaves, and enter it in the ledger."""
    ratio = churn_ratio(s, market.success, facts)
    if u >= customer.base * ratio:
        return False
    count_churn(customer, u, ratio, felt_pain(customer, market), market.inflation, company)
    customer.active = 0
    return True


@compiled
def answer_and_stay(t, count, customers, words, lists, market, facts, voice, company):
    """Let a chunk's customers answer the survey, and stay or leave."""
    may_answer = market.contact * market.complainer
    may_answer_too = market.contact + (1.0 - market.contact) * market.complainer
    for n in range(count):
        j = lists[0, n]
        customer = customers[j]
        u = draws.unit(words[0, j])
        s = max(LOWEST, customer.satisfaction - felt_pain(customer, market))
        might_answer = u < may_answer or market.contact <= u < may_answer_too
        if might_answer and answers(customer, t, u, market, facts):
            voice[0] += s
            voice[1] += 1.0
        u_churn = draws.unit(words[1, j])
        might_leave = u_churn < customer.base * market.bound
        if not (might_leave and leaves(customer, u_churn, s, market, facts, company)):
            company.active_customers += 1.0
            company.satisfaction += s


@compiled
def live_places(t, key, employees, firm, plan, market, state, company):
    """Let each customer live the week; return how many vacant places might be filled."""
    facts = plan.facts[0]
    may_join = facts.acquisition_rate * (1.0 + facts.word_of_mouth * (1.0 + market.advocacy))
    words, lists = state.words, state.lists
    candidates = 0
    for first in range(0, state.customers.shape[0], CHUNK):
        customers = state.customers[first : first + CHUNK]
        draws.fill_words(key, draws.CUSTOMER, first, customers.shape[0], t, words)
        active, contacts, joining = sort_places(
            customers, words, market.contact, may_join, market.fade, lists
        )
        have_contacts(t, key, first, contacts, customers, employees, firm, plan, market, state)
        answer_and_stay(t, active, customers, words, lists, market, facts, state.voice[t], company)
        for n in range(joining):
            state.vacant[candidates + n] = first + lists[2, n]
        candidates += joining
    if company.active_customers > 0.0:
        company.satisfaction /= company.active_customers
    return candidates


@compiled
def open_market(t, plan, state):
    """Let a price rise be felt and contacts be counted anew; return what all customers meet."""
    levers = plan.levers[t]
    facts = plan.facts[0]
    programme = state.programme[0]
    feel_price(t, programme, plan.weeks[t], levers, facts)
    for f in range(state.functions.shape[0]):
        state.functions[f].contacts = 0.0
        state.functions[f].complaints = 0.0
        state.functions[f].experience = 0.0
        state.functions[f].experience_squares = 0.0
    staff = state.employees.shape[0]
    return market_of(t, staff, programme, plan.weeks[t], levers, facts)


@compiled
def close_market(t, key, candidates, market, firm, ties, plan, state, company):
    """Fill vacant places and learn from the week's complaints."""
    facts = plan.facts[0]
    word = plan.held[Link.WORD_OF_MOUTH]
    talk = talk_of(market, as_read(t, word, state.programme[0], state.programme_then))
    known = as_read(t, word, state.customers, state.customers_then)
    acquired = acquire(t, key, candidates, known, talk, facts, firm.base_table, ties, state)
    company.acquired = acquired
    company.active_customers += acquired
    smooth_complaints(state.functions, facts)


@entry
def live(t, key, firm, ties, plan, state, record):
    """Let every customer live the week and fill vacant places."""
    company = record.company[t]
    market = open_market(t, plan, state)
    service = plan.held[Link.PRACTICE_TO_EXPERIENCE]
    employees = as_read(t, service, state.employees, state.employees_then)
    candidates = live_places(t, key, employees, firm, plan, market, state, company)
    close_market(t, key, candidates, market, firm, ties, plan, state, company)
