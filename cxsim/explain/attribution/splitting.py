"""How a difference is split in every future: over all orders of the units, or over some of them.

Beyond `FEW` units, which would need more than 2**FEW mixtures, each future draws an order and
its reverse. Orders come in rounds: one at random and its rotations, so that every unit
stands in every place about equally often. Each order tells the values without bias (Castro et al.
2009); an order and its reverse err to opposite sides.

Inside a group each lever gets its Owen value. A future takes its first order of the groups and
that order's reverse, which tell what comes before the group, and walks through the group's levers
in one order and in its reverse. The group's own part, as the split over groups has it, then serves
as a control, so that the levers add up to it to the last digit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from math import factorial

import numpy as np

from cxsim.explain.attribution.blending import Coalition
from cxsim.explain.attribution.living import Lives
from cxsim.explain.attribution.shapley import (
    Player,
    Worth,
    additions,
    adjusted,
    from_all,
    shared_out,
)
from cxsim.series import OUTCOMES

FEW = 5  # units of which all mixtures are tried
PAIRS = 1  # orders of a future, each with its reverse: a power of two, so that means stay exact

Order = tuple[int, ...]
Walk = tuple[Coalition, Order]  # who is there already, and in which order the players come
Ensure = Callable[[Sequence[Sequence[Coalition]]], bool]


@dataclass(frozen=True, eq=False)
class Split:
    """What each player contributes, in grains.

    Attributes
    ----------
    parts : array of int, dtype object, shape (replicates, outcomes, players)
    alone, last : array of float, shape (replicates, outcomes, players)
        What a player adds as the first and as the last to come; NaN where no order told.
    exact : bool
        All orders were followed.
    """

    parts: np.ndarray
    alone: np.ndarray
    last: np.ndarray
    exact: bool


@dataclass(frozen=True, eq=False)
class _Sums:
    """What players add, summed over a number of orders."""

    sums: np.ndarray
    orders: int
    alone: np.ndarray
    last: np.ndarray


def split_groups(
    lives: Lives, players: Sequence[Player], exact: bool | None, ensure: Ensure
) -> Split | None:
    """Split the whole difference over the units; None when told to stop."""
    if not players:
        return _nothing(lives) if ensure([[Coalition()]] * lives.replicates) else None
    every = _all_orders(exact, len(players))
    walks = [[(Coalition(), order) for order in orders] for orders in _orders(lives, len(players))]
    wanted = (
        [_mixtures(players)] * lives.replicates
        if every
        else [_along(players, own) for own in walks]
    )
    if not ensure(wanted):
        return None
    found = _over_all(lives, players, [(Coalition(), 1)]) if every else _over(lives, players, walks)
    return Split(shared_out(found.sums, found.orders), found.alone, found.last, every)


def split_levers(
    lives: Lives,
    players: Sequence[Player],
    group: int,
    levers: Sequence[Player],
    exact: bool | None,
    ensure: Ensure,
) -> Split | None:
    """Split the part of one unit over its levers; None when told to stop.

    Parameters
    ----------
    players : sequence of frozenset
        All units that differ.
    group : int
        Which of them is to be split.
    """
    others = [*players[:group], *players[group + 1 :]]
    every = _all_orders(exact, len(others) + len(levers))
    befores = [(Coalition().union(*own), _orders_with(len(own), len(others)))
               for own in _subsets(others)]  # fmt: skip
    walks = _lever_walks(lives, players, group, len(levers))
    wanted = (
        [[before | own for before, _ in befores for own in _mixtures(levers)]] * lives.replicates
        if every
        else [_along(levers, own) for own in walks]
    )
    part = _Part(lives, players, group, _all_orders(exact, len(players)))
    if not ensure([[*one, *other] for one, other in zip(part.wanted(), wanted, strict=True)]):
        return None
    found = _over_all(lives, levers, befores) if every else _over(lives, levers, walks)
    parts = adjusted(found.sums, found.orders, part.found())
    return Split(parts, found.alone, found.last, every)


@dataclass(frozen=True)
class _Part:
    """The part of one unit as `split_groups` has it, with no more runs than it takes."""

    lives: Lives
    players: Sequence[Player]
    group: int
    every: bool

    def wanted(self) -> list[list[Coalition]]:
        if self.every:
            return [_mixtures(self.players)] * self.lives.replicates
        own = self.players[self.group]
        return [[*befores, *(one | own for one in befores)] for befores in self._befores()]

    def found(self) -> np.ndarray:
        """Return the part, shape (replicates, outcomes), once what is wanted has been run."""
        if self.every:
            sums = _over_all(self.lives, self.players, [(Coalition(), 1)])
            return np.asarray(shared_out(sums.sums, sums.orders)[..., self.group])
        own = self.players[self.group]
        added = [
            _total([worth(one | own) - worth(one) for one in befores])
            for befores, worth in _with_worth(self.lives, self._befores())
        ]
        return np.asarray(shared_out(np.stack(added)[..., None], 2 * PAIRS)[..., 0])

    def _befores(self) -> list[list[Coalition]]:
        """Return for each future what comes before the unit in the future's orders."""
        orders = _orders(self.lives, len(self.players))
        return [[_before(self.players, one, self.group) for one in own] for own in orders]


def _nothing(lives: Lives) -> Split:
    """Return the split of no difference over nobody."""
    parts = np.zeros((lives.replicates, len(OUTCOMES), 0))
    return Split(parts.astype(object), parts, parts, True)


def _all_orders(exact: bool | None, count: int) -> bool:
    return count <= FEW if exact is None else exact


# ------------------------------------------------------------------ orders


def _orders(lives: Lives, count: int) -> list[list[Order]]:
    """Return for each future some orders of so many units, each followed by its reverse."""
    random = np.random.default_rng([lives.seed, count])
    forward: list[Order] = []
    while len(forward) < PAIRS * lives.replicates:
        first = [int(place) for place in random.permutation(count)]
        forward += [(*first[turn:], *first[:turn]) for turn in range(count)]
    pairs = [(order, order[::-1]) for order in forward]
    starts = range(0, PAIRS * lives.replicates, PAIRS)
    return [list(chain(*pairs[start : start + PAIRS])) for start in starts]


def _lever_walks(
    lives: Lives, players: Sequence[Player], group: int, levers: int
) -> list[list[Walk]]:
    """Return for each future two walks through a group, what comes before from its own orders."""
    within = _orders(lives, levers)
    between = _orders(lives, len(players))
    return [
        [
            (_before(players, outer, group), inner)
            for outer, inner in zip(units[:2], own[:2], strict=True)
        ]
        for units, own in zip(between, within, strict=True)
    ]


def _before(players: Sequence[Player], order: Order, player: int) -> Coalition:
    """Return all that comes before a player."""
    return frozenset().union(*(players[place] for place in order[: order.index(player)]))


def _along(players: Sequence[Player], walks: Sequence[Walk]) -> list[Coalition]:
    """Return the coalitions that walks pass."""
    return [
        before.union(*(players[place] for place in order[:count]))
        for before, order in walks
        for count in range(len(players) + 1)
    ]


def _subsets(players: Sequence[Player]) -> list[tuple[Player, ...]]:
    sizes = range(len(players) + 1)
    return [chosen for size in sizes for chosen in combinations(players, size)]


def _mixtures(players: Sequence[Player]) -> list[Coalition]:
    return [frozenset().union(*chosen) for chosen in _subsets(players)]


def _orders_with(before: int, others: int) -> int:
    """Return how many orders of one player and the others have just these others before it."""
    return factorial(before) * factorial(others - before)


# ------------------------------------------------------------------ sums


def _over_all(
    lives: Lives, players: Sequence[Player], befores: Sequence[tuple[Coalition, int]]
) -> _Sums:
    """Sum over all orders of the players, each after every beginning as often as it counts."""
    everybody = frozenset().union(*players)
    total = sum(weight for _, weight in befores)

    def ends(worth: Worth, before: Coalition) -> np.ndarray:
        full = before | everybody
        alone = [worth(before | one) - worth(before) for one in players]
        last = [worth(full) - worth(full - one) for one in players]
        return np.array([np.stack(alone, axis=-1), np.stack(last, axis=-1)], object)

    def of(worth: Worth) -> tuple[np.ndarray, ...]:
        sums = _total([weight * from_all(players, worth, one)[0] for one, weight in befores])
        alone, last = _total([weight * ends(worth, one) for one, weight in befores]) / total
        return sums, alone, last

    found = [of(lives.worth(replicate)) for replicate in range(lives.replicates)]
    sums, alone, last = (np.stack(one) for one in zip(*found, strict=True))
    return _Sums(sums, total * factorial(len(players)), alone.astype(float), last.astype(float))


def _over(lives: Lives, players: Sequence[Player], walks: Sequence[Sequence[Walk]]) -> _Sums:
    """Sum over the orders that each future walks."""

    def of(worth: Worth, own: Sequence[Walk]) -> tuple[np.ndarray, ...]:
        added = [additions(order, players, worth, before) for before, order in own]
        orders = [order for _, order in own]
        return _total(added), _at_place(added, orders, 0), _at_place(added, orders, -1)

    found = [of(worth, own) for own, worth in _with_worth(lives, walks)]
    sums, alone, last = (np.stack(one) for one in zip(*found, strict=True))
    return _Sums(sums, len(walks[0]), alone, last)


def _at_place(added: Sequence[np.ndarray], orders: Sequence[Order], place: int) -> np.ndarray:
    """Return the mean of what each player adds in the orders in which it stands at one place."""
    found = np.full(added[0].shape, np.nan)
    for player in {order[place] for order in orders}:
        own = [row[..., player] for row, order in zip(added, orders, strict=True)
               if order[place] == player]  # fmt: skip
        found[..., player] = (_total(own) / len(own)).astype(float)
    return found


def _total(arrays: Sequence[np.ndarray]) -> np.ndarray:
    return np.asarray(np.stack(arrays).sum(axis=0))


def _with_worth(lives: Lives, plans: Sequence[Sequence]) -> list[tuple[Sequence, Worth]]:
    return [(own, lives.worth(replicate)) for replicate, own in enumerate(plans)]
