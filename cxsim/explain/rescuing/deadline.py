"""Until when a rescue works: its chance by the week in which it is made, and the last good one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cxsim.explain.chance import Chance
from cxsim.explain.rescuing.futures import Futures, Plan

POINTS = 6  # weeks that the curve begins with
BETWEEN = 3  # weeks between the two of them where the chance falls below what is wanted
_ROUNDING = 1e-9
DRAWN_AGAIN = 500  # samples of the futures, from which the interval of the deadline is told


@dataclass(frozen=True, eq=False)
class Deadline:
    """The chance by week, and what follows from it.

    Attributes
    ----------
    weeks : tuple of int
        Ascending.
    hits : array of bool, shape (weeks, replicates)
    week : int or None
        The last one in which the chance is high enough; None where it is in none.
    low, high : int or None
        95 % interval of that week.
    """

    weeks: tuple[int, ...]
    hits: np.ndarray
    week: int | None
    low: int | None
    high: int | None

    @property
    def chances(self) -> list[Chance]:
        """One for each week."""
        return [Chance.among(row) for row in self.hits]


def deadline(
    futures: Futures,
    plan_in: Callable[[int], Plan],
    between: tuple[int, int],
    probability: float,
    luck: range,
) -> Deadline:
    """Find the last week in which a plan still reaches the goals often enough.

    Parameters
    ----------
    plan_in : callable
        Week -> plan made in that week.
    between : (int, int)
        First and last week to look at.
    luck : range
        Numbers of the futures.
    """
    first, last = between
    known: dict[int, np.ndarray] = {}

    def look(weeks: list[int]) -> None:
        new = [week for week in dict.fromkeys(weeks) if week not in known]
        readings = futures.read([plan_in(week) for week in new], luck)
        known.update({w: r.hits for w, r in zip(new, readings, strict=True)})

    look(_spread(first, last, POINTS))
    good = [week for week, hits in known.items() if hits.mean() >= probability]
    before = max(good, default=first)
    after = min((week for week in known if week > before), default=before)
    look(_spread(before, after, BETWEEN + 2))
    weeks = np.array(sorted(known))
    hits = np.stack([known[week] for week in weeks])
    if not good:
        return Deadline(tuple(weeks.tolist()), hits, None, None, None)
    week = int(_crossing(weeks, hits.mean(axis=1), probability))
    return Deadline(tuple(weeks.tolist()), hits, week, *_interval(weeks, hits, probability))


def runs(weeks: int, between: tuple[int, int], replicates: int) -> float:
    """Return how many runs it takes to find a deadline, about."""
    middle = (between[0] + between[1]) / 2.0 / weeks
    return replicates * (POINTS + BETWEEN) * (1.0 - middle)


def _spread(first: int, last: int, count: int) -> list[int]:
    """Return at most so many weeks, evenly, both ends among them."""
    return sorted({round(week) for week in np.linspace(first, last, count)})


def _interval(weeks: np.ndarray, hits: np.ndarray, probability: float) -> tuple[int, int]:
    """Return the 95 % interval of the last good week: the futures are drawn again and again."""
    rng, futures = np.random.default_rng(1), hits.shape[1]
    drawn = rng.integers(futures, size=(DRAWN_AGAIN, futures))
    shares = hits[:, drawn].mean(axis=2)  # (weeks, samples)
    last = [_crossing(weeks, column, probability) for column in shares.T]
    low, high = np.quantile(last, (0.025, 0.975))
    return int(np.floor(low)), int(np.ceil(high))


def _crossing(weeks: np.ndarray, shares: np.ndarray, probability: float) -> float:
    """Return where the chance falls below the probability; the first week if it is always below.

    A few futures more or less are luck: the chance is taken to fall with the weeks, and what rises
    is evened out (isotonic regression).
    """
    falling = _falling(shares)
    good = np.flatnonzero(falling >= probability - _ROUNDING)
    if not len(good):
        return float(weeks[0])
    place = int(good[-1])
    if place == len(weeks) - 1:
        return float(weeks[-1])
    before, after = falling[place], falling[place + 1]
    way = max(0.0, before - probability) / (before - after)
    return float(weeks[place] + way * (weeks[place + 1] - weeks[place]))


def _falling(values: np.ndarray) -> np.ndarray:
    """Return the nearest numbers that never rise: neighbours that do are pooled."""
    pools: list[tuple[float, int]] = []
    for value in values:
        pool = (float(value), 1)
        while pools and pools[-1][0] < pool[0]:
            mean, count = pools.pop()
            whole = count + pool[1]
            pool = ((mean * count + pool[0] * pool[1]) / whole, whole)
        pools.append(pool)
    return np.array([mean for mean, count in pools for _ in range(count)])
