"""One future lived again, week by week, with what moved everything written down beside it.

Nothing is recorded in ordinary runs. Here the same rules run on the same random numbers, in the
same order; before and after each of them its own functions are asked for the terms of their
formulas. The record comes out as that of `simulate`, bit for bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cxsim import engine
from cxsim.company import empty_ties, meet
from cxsim.compiled import entry
from cxsim.explain.causes import customers, funding, initiatives, leadership, workforce
from cxsim.explain.causes.rows import Terms, empty_terms
from cxsim.rules import ledger, voice
from cxsim.state import Record

if TYPE_CHECKING:
    from cxsim.state import Firm, State


class Replay(NamedTuple):
    """One future with its causes."""

    firm: Firm
    record: Record
    terms: Terms
    start: dict[str, np.ndarray]  # what stood before week 0: by series, company first, functions
    voice: np.ndarray  # (weeks, 2): sum and number of survey answers


@entry
def live_again(key, firm, ties, plan, state, record, terms):
    """Let all weeks pass, in the order of `cxsim.rules.week`, and write down what moves things."""
    for t in range(plan.weeks.shape[0]):
        leadership.lead(t, key, firm, ties, plan, state, record, terms)
        initiatives.work(t, key, firm, plan, state, record, terms)
        workforce.practise(t, key, firm, ties, plan, state, record, terms)
        customers.live(t, key, firm, ties, plan, state, record, terms)
        voice.publish(t, key, firm, ties, plan, state, record)
        funding.decide(t, key, firm, ties, plan, state, record, terms)
        ledger.write(t, key, firm, ties, plan, state, record)


def replay(prepared: engine.Prepared, seed: int, replicate: int) -> Replay:
    """Live one replicate again and return it with its causes."""
    firm, plan = prepared
    key, _, state, record = engine.begin(prepared, seed, replicate)
    ties = empty_ties(firm)
    meet(key, firm, ties)
    start = beginnings(firm, state)
    terms = empty_terms(prepared.weeks, len(firm.function_start) - 1)
    live_again(key, firm, ties, plan, state, record, terms)
    return Replay(firm, record, terms, start, state.voice)


def beginnings(firm: Firm, state: State) -> dict[str, np.ndarray]:
    """Return what stands before week 0 of all that moves by changes.

    Returns
    -------
    dict of str to array, shape (1 + functions,)
        The company's value and then those of the functions.
    """
    people, customers_, programme = state.employees, state.customers, state.programme[0]
    count = len(firm.function_start) - 1
    heads = {name: state.functions[name] for name in ("commitment", "conflict")}
    found = {name: np.concatenate([[v.mean()], v]) for name, v in heads.items()}
    minds = {name: people[name] for name in ("awareness", "belief", "ability", "cynicism")}
    minds |= {"adoption": people["practising"], "embedded": people["habit"] > workforce.HABIT}
    for name, each in minds.items():
        parts = np.split(each.astype(float), firm.function_start[1:-1])
        found[name] = np.array([each.mean(), *(part.mean() for part in parts)])
    quality = state.processes["quality"]
    local = quality[: 2 * count].reshape(count, 2).mean(axis=1)
    found["quality_local"] = np.concatenate([[local.mean()], local])
    alone = {
        "ceo_commitment": programme["ceo"],
        "quality_handoff": quality[2 * count :].mean(),
        "satisfaction": customers_["satisfaction"][customers_["active"] == 1].mean(),
        "active_customers": float(customers_["active"].sum()),
    }
    return found | {name: np.full(1 + count, value) for name, value in alone.items()}
