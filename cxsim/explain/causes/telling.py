"""The causes of a change in one sentence: first what went the same way, then what did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.explain.causes import words
from cxsim.explain.causes.graph import STOCK

if TYPE_CHECKING:
    from cxsim.explain.causes.strips import Causes

NAMED = 4  # causes that a sentence speaks of
SMALL = 0.05  # of all that moves; below, a sentence does not speak of it
TURNS = ("started", "stopped")  # how the causes begin that are people who do something
NOTE = "These are turns, not people: the same employee can start and stop several times."


def sentence(found: Causes) -> str:
    """Return what happened, and what of it comes from where."""
    node, total = found.node, found.total_told
    weeks = words.window(found.first, found.last)
    told = words.headline(node, found.function, total, found.staff, weeks)
    told += words.between(node, total, found.replicates)
    parts = _missing(found) if node.product else _both_ways(found)
    note = f" {NOTE}" if turns(found) else ""
    return f"{told}{parts}.{note}"


def turns(found: Causes) -> bool:
    """Return whether more people start and stop in these weeks than there are."""
    if not found.node.people:
        return False
    means = np.abs(found.sums.mean(axis=0))
    titles = (term.title for term in found.node.terms)
    moved = [m for m, title in zip(means, titles, strict=True) if title.startswith(TURNS)]
    return sum(moved) > 1.0


def _missing(found: Causes) -> str:
    parts = [_part(found, place) for place in _named(found)]
    return f"; what is missing: {', '.join(parts)}" if parts else ""


def _both_ways(found: Causes) -> str:
    """Return what moved the quantity as it moved, and what moved it the other way."""
    means = found.sums.mean(axis=0) * (-1.0 if found.total < 0.0 else 1.0)
    places = _named(found)
    along = ", ".join(_part(found, place) for place in places if means[place] > 0.0)
    against = ", ".join(_part(found, place) for place in places if means[place] < 0.0)
    unclear = found.node.kind == STOCK and words.unclear(found.total_told)
    other = f"{'the other way' if unclear and along else 'against it'} {against}" if against else ""
    told = "; ".join(part for part in (along, other) if part)
    return f": {told}" if told else ""


def _named(found: Causes) -> list[int]:
    order = np.argsort(-found.shares, kind="stable")[:NAMED]
    return [int(place) for place in order if found.shares[place] >= SMALL]


def _part(found: Causes, place: int) -> str:
    value, title = found.told(place), found.node.terms[place].title
    if found.node.people and title.startswith(TURNS):
        return f"{value.in_words(False, sign=False).lstrip('-')} {title}"
    return f"{title} {words.amount(found.node, value, unit=False)}"
