"""Links that are held: from a given week on their readers see what was there when it began.

A reader asks here for the rows that it is to look at. They have the same types whether the link is
held or not, and are chosen once, outside all loops.
"""

from __future__ import annotations

from cxsim.compiled import compiled, entry
from cxsim.state import Link


@entry(inline="always")
def as_read(t, held, now, then):
    """Return what the readers of a link see: what is there now, or what was there then.

    `held` says from which week on they see row `held.row` of `then`. The lines are put in where
    they are asked for, because a function that returns an array would have to count references.
    """
    return then[held.row] if t >= held.week else now


@compiled
def remember(row, state):
    """Keep the state of this moment, customers aside, in a row of its own."""
    state.programme_then[row] = state.programme[0]
    for f in range(state.functions.shape[0]):
        state.functions_then[row, f] = state.functions[f]
    for i in range(state.employees.shape[0]):
        state.employees_then[row, i] = state.employees[i]
        state.practised_then[row, i] = state.employees[i].practising
    for p in range(state.processes.shape[0]):
        state.processes_then[row, p] = state.processes[p]


@entry
def hold(t, key, firm, ties, plan, state, record):
    """Keep what the readers of each link that is held from this week on will see."""
    for link in range(plan.held.shape[0]):
        if plan.held[link].week == t:
            remember(plan.held[link].row, state)
    talk = plan.held[Link.WORD_OF_MOUTH]
    if talk.week == t:
        for i in range(state.customers.shape[0]):
            state.customers_then[talk.row, i] = state.customers[i]
