"""Section 4: who sits where, and which contacts fall on which process."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace

from .numbers import ACQUAINTANCE, PEER, Draws, add_up


@dataclass
class Desk:
    """Where an employee sits: numbers of function, manager (None: the head) and peers."""

    function: int
    depth: int
    manager: int | None
    reports: int
    peers: list[int]


def headcounts(employees: int, shares: list[float]) -> list[int]:
    """Employees per function by largest remainders, at least one each."""
    whole = add_up(shares)
    quotas = [share / whole * (employees - len(shares)) for share in shares]
    counts = [1 + math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(shares)), key=lambda f: counts[f] - quotas[f])
    for f in by_remainder[: employees - sum(counts)]:
        counts[f] += 1
    return counts


def desks(counts: list[int], span: int, ties: float, draws: Draws) -> list[Desk]:
    """The reporting tree and the informal peers of the whole company."""
    result: list[Desk] = []
    for f, n in enumerate(counts):
        first = len(result)
        for j in range(n):
            above = j // span - 1
            manager = None if above < 0 else first + above
            depth = 1 if manager is None else result[manager].depth + 1
            if manager is not None:
                result[manager].reports += 1
            result.append(Desk(f, depth, manager, 0, []))
    for i, desk in enumerate(result):
        desk.peers = _peers(i, desk.function, counts, ties, draws)
    return result


def _peers(i: int, function: int, counts: list[int], ties: float, draws: Draws) -> list[int]:
    n, first = counts[function], sum(counts[:function])
    everybody = range(sum(counts))
    outside = [*everybody[:first], *everybody[first + n :]]
    inside = [other for other in everybody[first : first + n] if other != i]
    peers = []
    for slot in range(6):
        u = draws(PEER, i, slot)
        if u[0] < ties:
            peers.append(outside[int(u[2] * len(outside))])
        elif inside:
            peers.append(inside[int(u[1] * len(inside))])
    return peers


def acquaintances(i: int, draws: Draws) -> list[int]:
    if i == 0:
        return []
    return [i - 1 - int(u * min(i, 100)) for u in draws(ACQUAINTANCE, i, 0)]


def places(facts: SimpleNamespace) -> list[bool]:
    """Whether each place for a customer is taken at the start."""
    potential = facts.market_potential
    count = math.ceil(facts.customers * potential)
    return [math.floor((i + 1) / potential) > math.floor(i / potential) for i in range(count)]


def touchpoints(facts: SimpleNamespace) -> list[float]:
    """The share of contacts that falls on each process."""
    whole = add_up(facts.contact_shares)
    shares = [share / whole for share in facts.contact_shares]
    local = [share / 2 * (1 - facts.handoff_share) for share in shares for _ in range(2)]
    pairs = [one + two for one, two in pairwise(shares)]
    both = add_up(pairs)
    return local + [pair / both * facts.handoff_share for pair in pairs]


def hazard_at(u: float, table: list[float]) -> float:
    """The weekly base hazard at quantile u."""
    at = u * 2048.0
    n = min(2047, int(at))
    return table[n] + (at - n) * (table[n + 1] - table[n])
