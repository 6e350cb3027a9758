"""How far a study is, how fast it goes, and when it will be done."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

WINDOW = 30.0  # seconds over which the rate is measured


@dataclass(frozen=True)
class Progress:
    """How far a study is.

    Attributes
    ----------
    done, total, failed : int
        Runs. While replicates are added until an interval is narrow, the total still grows.
    rate : float
        Runs a second over the last half minute.
    left : float or None
        Seconds left at that rate; None while nothing can be said.
    """

    done: int
    total: int
    failed: int
    rate: float
    left: float | None

    @property
    def text(self) -> str:
        """One line for people."""
        share = 100.0 * self.done / self.total if self.total else 100.0
        words = f"{self.done:,} of {self.total:,} runs ({share:.0f} %)"
        if self.failed:
            words += f", {self.failed:,} failed"
        if self.rate > 0.0:
            words += f", {self.rate:,.1f} a second"
        return words if self.left is None else f"{words}, {clock(self.left)} left"


def clock(seconds: float) -> str:
    """Return a duration as people say it."""
    if seconds < 60.0:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60.0)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


class Meter:
    """Measures the rate of what is being done."""

    def __init__(self, done: int) -> None:
        self._marks = deque([(time.monotonic(), done)])

    def progress(self, done: int, total: int, failed: int) -> Progress:
        """Return how far it is by now."""
        now = time.monotonic()
        if now - self._marks[-1][0] > 0.5:
            self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > WINDOW:
            self._marks.popleft()
        began, before = self._marks[0]
        rate = (done - before) / (now - began) if now > began else 0.0
        left = (total - done) / rate if rate > 0.0 else None
        return Progress(done, total, failed, rate, 0.0 if done >= total else left)
