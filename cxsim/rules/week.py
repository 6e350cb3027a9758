"""The week, in order. Each submodel is one compiled function of the same arguments."""

from __future__ import annotations

from cxsim.compiled import compiled
from cxsim.rules import (
    customers,
    funding,
    initiatives,
    leadership,
    ledger,
    links,
    voice,
    workforce,
)

WEEK = {
    "links": links.hold,
    "leadership": leadership.lead,
    "initiatives": initiatives.work,
    "workforce": workforce.practise,
    "customers": customers.live,
    "voice of the customer": voice.publish,
    "funding": funding.decide,
    "record": ledger.write,
}


@compiled
def live_week(t, key, firm, ties, plan, state, record):
    """Let one week pass: the functions of `WEEK`, one after the other."""
    links.hold(t, key, firm, ties, plan, state, record)
    leadership.lead(t, key, firm, ties, plan, state, record)
    initiatives.work(t, key, firm, ties, plan, state, record)
    workforce.practise(t, key, firm, ties, plan, state, record)
    customers.live(t, key, firm, ties, plan, state, record)
    voice.publish(t, key, firm, ties, plan, state, record)
    funding.decide(t, key, firm, ties, plan, state, record)
    ledger.write(t, key, firm, ties, plan, state, record)
