"""What of a study is still to run, and in which order."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cxsim.study.batch.replication import asked, most
from cxsim.study.design import Until


class Item(NamedTuple):
    """Some replicates of one point."""

    point: int
    replicates: list[int]


class Queue:
    """The runs that are still wanted.

    Points that have the same settings share one key and so their runs; only the first of them
    stands here.

    Parameters
    ----------
    keys : sequence of str
        Of every point.
    rule : int or Until
    points : sequence of int, optional
        Those that this machine is to run; all by default.
    """

    def __init__(
        self, keys: Sequence[str], rule: int | Until, points: Sequence[int] | None = None
    ) -> None:
        self.rule = rule
        mine = range(len(keys)) if points is None else points
        self._points = list({keys[point]: point for point in reversed(mine)}.values())[::-1]
        self._place = {keys[point]: place for place, point in enumerate(self._points)}
        self._have = np.zeros((len(self._points), most(rule)), bool)
        # By the rule's outcome alone; a fixed number looks at nothing.
        self._values = np.full(self._have.shape if isinstance(rule, Until) else (0, 0), np.nan)
        self._handed = np.zeros(len(self._points), np.int64)  # replicates known or under way
        self._wanted = np.zeros(len(self._points), np.int64)
        self._ready: deque[int] = deque()
        self.done = self.failed = 0

    @property
    def total(self) -> int:
        """Runs wanted, as far as is known by now."""
        return int(self._wanted.sum())

    @property
    def most(self) -> int:
        """Runs wanted at most."""
        return int(self._have.size)

    @property
    def finished(self) -> bool:
        """Whether all that is wanted is there."""
        return self.done >= self.total and not self._ready

    def know(self, key: str, replicate: int, value: float, failed: bool) -> None:
        """Note a run of an earlier time; before `start`."""
        place = self._place.get(key)
        if place is None or replicate >= self._have.shape[1]:
            return
        self._note(place, replicate, value, failed)

    def start(self) -> None:
        """Work out what is wanted, once everything known has been noted."""
        for place in range(len(self._points)):
            self._ask(place)
        # What was kept beyond what is wanted (the design has shrunk) does not count.
        within = np.arange(self._have.shape[1]) < self._wanted[:, None]
        self.done = int((self._have & within).sum())

    def take(self, runs: int) -> list[Item]:
        """Return about so many runs to do next; none when all are done or under way."""
        items: list[Item] = []
        while self._ready and runs > 0:
            place = self._ready[0]
            first, last = int(self._handed[place]), int(self._wanted[place])
            lacking = [r for r in range(first, last) if not self._have[place, r]]
            chosen = lacking[:runs]
            self._handed[place] = chosen[-1] + 1 if len(chosen) < len(lacking) else last
            if self._handed[place] >= last:
                self._ready.popleft()
            if chosen:
                items.append(Item(self._points[place], chosen))
                runs -= len(chosen)
        return items

    def record(self, key: str, replicate: int, value: float, failed: bool) -> bool:
        """Note a run that has just finished; return False when it was known already."""
        place = self._place[key]
        if self._have[place, replicate]:
            return False
        self._note(place, replicate, value, failed)
        self.done += 1
        if self._have[place, : self._wanted[place]].all():
            self._ask(place)
        return True

    def _note(self, place: int, replicate: int, value: float, failed: bool) -> None:
        self._have[place, replicate] = True
        self.failed += failed
        if len(self._values):
            self._values[place, replicate] = value

    def _ask(self, place: int) -> None:
        """Work out how many replicates a point wants now, and queue it when some are lacking."""
        known = int(np.argmin(self._have[place])) if not self._have[place].all() else None
        values = self._values[place, :known] if len(self._values) else self._values
        wanted = asked(self.rule, values)
        self._wanted[place] = wanted
        if wanted > self._handed[place] and not self._have[place, :wanted].all():
            self._ready.append(place)
