"""The company: who leads, knows and serves whom, and how everybody starts."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cxsim import draws
from cxsim.compiled import compiled, entry, making_entry
from cxsim.elementary import clip, exp, log, normal_quantile
from cxsim.plan import power, versions_of
from cxsim.rules.customers import welcome
from cxsim.rules.workforce import serve, settle
from cxsim.state import (
    ACQUAINTANCES,
    CHUNK,
    CUSTOMER,
    EMPLOYEE,
    FUNCTION,
    HIGHEST,
    INITIATIVE,
    LOWEST,
    MAX_INITIATIVES,
    NEVER,
    NOT_HELD,
    PEERS,
    POST,
    PROCESS,
    PROGRAMME,
    TOUCHPOINT,
    Firm,
    Link,
    Plan,
    State,
    Ties,
)

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

NODES = 2049  # of the table of base hazards by quantile
STEPS = 8192  # of the integration behind it
TAIL = 27.6  # e**-27.6 is a millionth of a millionth
GUIDE = 256  # slices of the guide to the process of a contact
WINDOW = 100  # acquaintances are looked for among so many earlier places


# ------------------------------------------------------------------ the formal organisation


def head_counts(employees: int, shares: np.ndarray) -> np.ndarray:
    """Return whole numbers of employees by function, at least one each (largest remainders)."""
    wanted = shares / shares.sum() * (employees - len(shares))
    counts = np.floor(wanted).astype(np.int64)
    order = np.argsort(-(wanted - counts), kind="stable")
    counts[order[: employees - len(shares) - counts.sum()]] += 1
    return counts + 1


def tree(count: int, span: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the reporting tree of one function, filled layer by layer.

    Returns
    -------
    posts : array of POST, shape (count,)
        Manager as a place within the function (-1 for the head) and depth from 1.
    front : array of int32
        Places of those who have no reports: the front line.
    """
    place = np.arange(count)
    posts = np.zeros(count, POST)
    posts["manager"] = place // span - 1
    posts["depth"] = 1
    first, width = span, span * span
    while first < count:
        posts["depth"][first:] += 1
        first, width = first + width, width * span
    return posts, place[(place + 1) * span >= count].astype(np.int32)


class _Layout(NamedTuple):
    """The reporting tree of the whole company for one span of control."""

    posts: np.ndarray
    front: np.ndarray
    front_start: np.ndarray


def _lay_out(counts: np.ndarray, start: np.ndarray, span: int) -> _Layout:
    trees = [tree(int(count), span) for count in counts]
    for (posts, front), first in zip(trees, start[:-1], strict=True):
        posts["manager"][posts["manager"] >= 0] += first
        front += first
    return _Layout(
        posts=np.concatenate([posts for posts, _ in trees]),
        front=np.concatenate([front for _, front in trees]),
        front_start=np.concatenate([[0], np.cumsum([len(front) for _, front in trees])]),
    )


def _upward(layout: _Layout, fidelity: float) -> np.ndarray:
    """Return by function what is left of the front line's reports, two layers being free."""
    depth = layout.posts["depth"]
    bounds = zip(layout.front_start[:-1], layout.front_start[1:], strict=True)
    means = [float(depth[layout.front[a:b]].mean()) for a, b in bounds]
    return np.array([exp(log(fidelity) * max(0.0, mean - 2.0)) for mean in means])


def _touchpoints(contact_shares: np.ndarray, handoff_share: float) -> np.ndarray:
    """Return two touchpoints per function, then the hand-offs between neighbours."""
    count = len(contact_shares)
    functions = np.arange(count)
    touchpoints = np.zeros(3 * count - 1, TOUCHPOINT)
    touchpoints["owner"] = np.concatenate([np.repeat(functions, 2), functions[:-1]])
    touchpoints["partner"] = np.concatenate([np.full(2 * count, -1), functions[1:]])
    local = np.repeat(contact_shares / contact_shares.sum() / 2.0, 2)
    pairs = contact_shares[:-1] + contact_shares[1:]
    handoffs = pairs / pairs.sum() * handoff_share
    touchpoints["share"] = np.concatenate([local * (1.0 - handoff_share), handoffs])
    touchpoints["bound"] = np.cumsum(touchpoints["share"])
    touchpoints["lower"][1:] = touchpoints["bound"][:-1]
    return touchpoints


def _guide(touchpoints: np.ndarray) -> np.ndarray:
    """Return for each of `GUIDE` slices of 0..1 the first process whose bound is above its start.

    Looking for the process of a contact from there on takes one comparison instead of eight.
    """
    starts = np.arange(GUIDE) / GUIDE
    first = np.searchsorted(touchpoints["bound"], starts, side="right")
    return np.minimum(first, len(touchpoints) - 1).astype(np.int64)


def build_firm(scenario: Scenario) -> Firm:
    """Build what all replicates of a scenario share."""
    organisation, market, coefficients = (
        scenario.organisation,
        scenario.market,
        scenario.coefficients,
    )
    functions = list(organisation["functions"])
    counts = head_counts(organisation["employees"], np.array(organisation["headcount_shares"]))
    start = np.concatenate([[0], np.cumsum(counts)])
    shapes, _ = versions_of(scenario)
    layouts = [_lay_out(counts, start, span) for span, _ in shapes]
    widest = max(len(layout.front) for layout in layouts)
    posts = np.stack([layout.posts for layout in layouts])
    layers = int(posts["depth"].max())
    touchpoints = _touchpoints(
        np.array(organisation["contact_shares"]), organisation["handoff_share"]
    )
    host = organisation["host_function"]
    return Firm(
        function_start=start,
        posts=posts,
        front=np.stack([np.pad(x.front, (0, widest - len(x.front))) for x in layouts]),
        front_start=np.stack([layout.front_start for layout in layouts]),
        upward=np.stack([_upward(layout, coefficients["upward_fidelity"]) for layout in layouts]),
        fidelity=np.array([power(coefficients["layer_fidelity"], d) for d in range(layers + 1)]),
        ties=np.array([ties for _, ties in shapes]),
        touchpoints=touchpoints,
        guide=_guide(touchpoints),
        base_table=_base_table(market["churn_alpha"], market["churn_beta"]),
        initial_active=initially_active(market["customers"], market["market_potential"]),
        host=functions.index(host),
    )


@functools.lru_cache(maxsize=64)
def _base_table(alpha: float, beta: float) -> np.ndarray:
    """Return `base_hazards`, worked out once for scenarios that share them."""
    return base_hazards(alpha, beta)


def initially_active(customers: int, potential: float) -> np.ndarray:
    """Return which places are taken at the start, spread evenly; shape (places,), uint8.

    Whether a place is taken does not depend on how many places follow it, so that one more
    customer changes nobody else.
    """
    places = int(np.ceil(customers * potential))
    index = np.arange(places + 1)
    return np.diff(np.floor(index / potential)).astype(np.uint8)


@making_entry
def base_hazards(alpha, beta):
    """Return weekly churn hazards at evenly spaced quantiles of Beta(alpha, beta) per year.

    The distribution function is integrated over the logit of the yearly propensity, where the
    integrand is smooth whatever the shape parameters, and inverted by linear interpolation.
    """
    middle = log(alpha / beta)
    spread = 6.0 * np.sqrt(1.0 / alpha + 1.0 / beta)  # the tails alone miss a narrow distribution
    low = min(-TAIL / alpha, middle - spread)
    high = max(TAIL / beta, middle + spread)
    step = (high - low) / STEPS
    total = np.zeros(STEPS + 1)
    before = 0.0
    for n in range(STEPS + 1):
        z = low + n * step
        share = 1.0 / (1.0 + exp(-z))
        rest = 1.0 / (1.0 + exp(z))
        density = exp(alpha * log(max(share, 1e-300)) + beta * log(max(rest, 1e-300)))
        if n > 0:
            total[n] = total[n - 1] + 0.5 * (before + density)
        before = density
    table = np.zeros(NODES)
    n = 0
    for node in range(NODES):
        wanted = total[STEPS] * node / (NODES - 1)
        while n < STEPS - 1 and total[n + 1] < wanted:
            n += 1
        gap = total[n + 1] - total[n]
        part = (wanted - total[n]) / gap if gap > 0.0 else 0.0
        z = low + (n + part) * step
        table[node] = 1.0 - exp(-log(1.0 + exp(z)) / 52.0)
    return table


# ------------------------------------------------------------------ one replicate's people


def empty_state(firm: Firm, plan: Plan) -> State:
    """Return room for the state of one replicate."""
    staff, places = firm.posts.shape[1], len(firm.initial_active)
    functions, processes = len(firm.function_start) - 1, len(firm.touchpoints)
    held, talk = rows_held(plan)
    return State(
        functions=np.zeros(functions, FUNCTION),
        employees=np.zeros(staff, EMPLOYEE),
        customers=np.zeros(places, CUSTOMER),
        processes=np.zeros(processes, PROCESS),
        initiatives=np.zeros(MAX_INITIATIVES, INITIATIVE),
        programme=np.zeros(1, PROGRAMME),
        voice=np.zeros((len(plan.levers), 2)),
        practised=np.zeros(staff, np.uint8),
        words=np.zeros((4, CHUNK), np.uint32),
        lists=np.zeros((3, CHUNK), np.int64),
        vacant=np.zeros(places, np.int32),
        functions_then=np.zeros((held, functions), FUNCTION),
        employees_then=np.zeros((held, staff), EMPLOYEE),
        practised_then=np.zeros((held, staff), np.uint8),
        processes_then=np.zeros((held, processes), PROCESS),
        programme_then=np.zeros(held, PROGRAMME),
        customers_then=np.zeros((talk, places), CUSTOMER),
    )


def rows_held(plan: Plan) -> tuple[int, int]:
    """Return how many links are held some day, and how many up to word of mouth.

    Customers are many, and only word of mouth has readers who look back on them.
    """
    held = plan.held["week"] < NOT_HELD
    talk = int(plan.held["row"][Link.WORD_OF_MOUTH]) + 1 if held[Link.WORD_OF_MOUTH] else 0
    return int(held.sum()), talk


def empty_ties(firm: Firm) -> Ties:
    """Return room for who knows whom."""
    versions, staff = firm.posts.shape
    return Ties(
        peers=np.zeros((versions, staff, PEERS), np.int32),
        acquaintances=np.zeros((len(firm.initial_active), ACQUAINTANCES), np.int32),
    )


@compiled
def peer_of(i, first, last, staff, u_in, u_out, crosses):
    """Return an informal peer of employee i, inside or outside the function, or -1."""
    if crosses:
        j = int(u_out * (staff - (last - first)))
        return j if j < first else j + (last - first)
    if last - first < 2:
        return -1
    j = first + int(u_in * (last - first - 1))
    return j if j < i else j + 1


@entry
def meet(key, firm, ties):
    """Let employees find informal peers and customers acquaintances."""
    staff = firm.posts.shape[1]
    for f in range(firm.function_start.shape[0] - 1):
        first, last = firm.function_start[f], firm.function_start[f + 1]
        for i in range(first, last):
            for slot in range(PEERS):
                u_cross, u_in, u_out, _ = draws.draw(key, draws.INITIAL_PEER, i, slot)
                for version in range(firm.ties.shape[0]):
                    crosses = u_cross < firm.ties[version]
                    peer = peer_of(i, first, last, staff, u_in, u_out, crosses)
                    ties.peers[version, i, slot] = peer
    for i in range(firm.initial_active.shape[0]):
        among = min(i, WINDOW)
        uniforms = draws.draw(key, draws.INITIAL_ACQUAINTANCE, i, 0)
        for slot in range(ACQUAINTANCES):
            ties.acquaintances[i, slot] = i - 1 - int(uniforms[slot] * among) if i > 0 else -1


@compiled
def start_executives(key, plan, state):
    """Give heads their commitment and priorities, and the programme its start."""
    levers = plan.levers[0]
    facts = plan.facts[0]
    for f in range(state.functions.shape[0]):
        u_commitment, u_priority, _, _ = draws.draw(key, draws.INITIAL_EXECUTIVE, f, 0)
        a = levers.initial_commitment + levers.commitment_spread * normal_quantile(u_commitment)
        if plan.agenda[0, f].holdout == 1:
            a = facts.holdout_target
        state.functions[f].commitment = clip(a, 0.0, 1.0)
        state.functions[f].priority = facts.priority_spread * normal_quantile(u_priority)
    programme = state.programme[0]
    programme.budget = 1.0
    programme.ceo = clip(facts.ceo_base + facts.ceo_sponsor * levers.ceo_sponsorship, 0.0, 1.0)
    programme.price_week = -2.0
    programme.score = facts.satisfaction_start


@compiled
def start_processes(key, touchpoints, facts, state):
    """Give touchpoints and hand-offs their quality; free every initiative slot."""
    for p in range(touchpoints.shape[0]):
        z = normal_quantile(draws.draw(key, draws.INITIAL_PROCESS, p, 0)[0])
        mean = facts.local_quality if touchpoints[p].partner < 0 else facts.handoff_quality
        state.processes[p].quality = clip(mean + facts.quality_spread * z, 0.0, 1.0)
    for slot in range(MAX_INITIATIVES):
        state.initiatives[slot].process = -1


@compiled
def start_employees(key, facts, employees):
    """Give employees their threshold; innovators practise already."""
    for i in range(employees.shape[0]):
        employee = employees[i]
        settle(employee, draws.draw(key, draws.INITIAL_EMPLOYEE, i, 0)[0], facts)
        employee.awareness = facts.initial_awareness
        employee.belief = facts.initial_belief
        employee.ability = facts.initial_ability
        employee.cynicism = facts.initial_cynicism
        serve(employee, facts)


@compiled
def start_customers(key, firm, facts, customers):
    """Give the customers of the first day their propensity, expectation and satisfaction."""
    for i in range(customers.shape[0]):
        customer = customers[i]
        customer.complained = NEVER
        if firm.initial_active[i] == 1:
            u_base, u_expectation, u, _ = draws.draw(key, draws.INITIAL_CUSTOMER, i, 0)
            welcome(customer, -1, u_base, u_expectation, firm.base_table, facts)
            s = facts.satisfaction_start + facts.satisfaction_spread * normal_quantile(u)
            customer.satisfaction = clip(s, LOWEST, HIGHEST)


@entry
def populate(key, firm, plan, state):
    """Fill an empty state with the people and processes of one replicate."""
    facts = plan.facts[0]
    start_executives(key, plan, state)
    start_processes(key, firm.touchpoints, facts, state)
    start_employees(key, facts, state.employees)
    start_customers(key, firm, facts, state.customers)
