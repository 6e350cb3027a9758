"""Fair shares of a difference among players, in whole numbers, so that they add up exactly.

A player's Shapley value is what it adds to those before it, averaged over all orders in which the
players may come (Shapley 1953, "A value for n-person games"). Where a player is a group of smaller
ones, their Owen value is the same average over all orders in which groups stay together (Owen
1977, "Values of games with a priori unions"); the values of a group's members add up to the
group's own. Orders may be sampled instead (Castro, Gomez and Tejada 2009, "Polynomial calculation
of the Shapley value based on sampling"): along each order the additions still sum to the whole.

Worths are whole numbers (see `grain`), so nothing is lost in adding them; a division is rounded by
`shared_out`, which hands what is left over to the largest remainders.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial
from typing import TypeVar

import numpy as np

Player = frozenset[str]
Worth = Callable[[frozenset[str]], np.ndarray]  # coalition -> whole numbers, dtype object
Sums = TypeVar("Sums")


def shared_out(parts: np.ndarray, divisor: np.ndarray | int) -> np.ndarray:
    """Divide whole numbers so that the quotients add up to the rounded quotient of their sum.

    Parameters
    ----------
    parts : array of int, dtype object, shape (..., players)
    divisor : int or array of int
        Above 0.

    Returns
    -------
    array of int, dtype object, shape (..., players)
        Each less than 1 away from its quotient; where that is whole, as zero is, exactly it.
    """
    divisor = np.asarray(divisor, object)[..., None]
    floors, rests = parts // divisor, parts % divisor
    over = (2 * rests.sum(axis=-1, keepdims=True) + divisor) // (2 * divisor)
    ranks = np.argsort(np.argsort(-rests, axis=-1, kind="stable"), axis=-1)
    return np.asarray(floors + (ranks < over), object)


def from_all(
    players: Sequence[Player], worth: Worth, before: frozenset[str] = frozenset()
) -> tuple[np.ndarray, int]:
    """Return the sums of what each player adds over all orders, and how many orders there are.

    Parameters
    ----------
    players : sequence of frozenset
    worth : callable
        Of a coalition; shape (...).
    before : frozenset
        Those who are there already.

    Returns
    -------
    sums : array of int, dtype object, shape (..., players)
    orders : int
    """
    count = len(players)
    sums = [worth(before) * 0 for _ in players]
    for place, player in enumerate(players):
        others = [*players[:place], *players[place + 1 :]]
        for size in range(count):
            orders = factorial(size) * factorial(count - 1 - size)
            for chosen in combinations(others, size):
                there = before.union(*chosen)
                sums[place] = sums[place] + orders * (worth(there | player) - worth(there))
    return np.stack(sums, axis=-1), factorial(count)


def additions(
    order: Sequence[int], players: Sequence[Player], worth: Worth, before: frozenset[str]
) -> np.ndarray:
    """Return what each player adds along one order, shape (..., players)."""
    found: list[np.ndarray] = [np.empty(0)] * len(players)
    there, last = before, worth(before)
    for place in order:
        there = there | players[place]
        now = worth(there)
        found[place], last = now - last, now
    return np.stack(found, axis=-1)


def adjusted(sums: np.ndarray, orders: int, whole: np.ndarray) -> np.ndarray:
    """Return parts that add up to a whole that is known better than the sampled orders tell it.

    What lacks is a control variate of mean zero. Every player takes of it in proportion to the
    mean size of what it adds, so one that adds nothing keeps exactly nothing.

    Parameters
    ----------
    sums : array of int, dtype object, shape (replicates, ..., players)
        Of what is added over the sampled orders.
    whole : array of int, dtype object, shape (replicates, ...)
    """
    weights = np.abs(sums).sum(axis=0, keepdims=True)
    weights = np.where(weights.sum(axis=-1, keepdims=True) == 0, 1, weights)
    total = weights.sum(axis=-1)
    lacking = (whole * orders - sums.sum(axis=-1))[..., None]
    return shared_out(sums * total[..., None] + lacking * weights, np.broadcast_to(
        total * orders, whole.shape))  # fmt: skip
