"""How far a study is, how fast it goes, and when it will be done."""

from __future__ import annotations

import sys
import time
from collections import deque
from dataclasses import dataclass

WINDOW = 30.0  # seconds over which the rate is measured
LOG_SECONDS = 10.0  # between two lines where nobody watches


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
    note : str
        What holds it up, such as a cluster without workers; "" if nothing.
    """

    done: int
    total: int
    failed: int
    rate: float
    left: float | None
    note: str = ""

    @property
    def text(self) -> str:
        """One line for people."""
        share = 100.0 * self.done / self.total if self.total else 100.0
        words = f"{self.done:,} of {self.total:,} runs ({share:.0f} %)"
        if self.failed:
            words += f", {self.failed:,} failed"
        if self.rate > 0.0:
            words += f", {self.rate:,.1f} a second"
        if self.left is not None:
            words += f", {clock(self.left)} left"
        return f"{words}; {self.note}" if self.note else words


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

    def progress(self, done: int, total: int, failed: int, note: str = "") -> Progress:
        """Return how far it is by now."""
        now = time.monotonic()
        if now - self._marks[-1][0] > 0.5:
            self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > WINDOW:
            self._marks.popleft()
        began, before = self._marks[0]
        rate = (done - before) / (now - began) if now > began else 0.0
        left = (total - done) / rate if rate > 0.0 else None
        return Progress(done, total, failed, rate, 0.0 if done >= total else left, note)


class Bar:
    """A progress bar: in a notebook, on a terminal, or as lines now and then in a log.

    Use it as the `progress` of `run_study`; `with Bar() as bar` takes it away at the end.
    """

    def __init__(self, title: str = "") -> None:
        from tqdm.auto import tqdm

        busy = sys.stderr.isatty() or "ipykernel" in sys.modules
        self._bar = tqdm(
            desc=title or None, unit="run", mininterval=0.2 if busy else LOG_SECONDS, leave=False
        )

    def __call__(self, now: Progress) -> None:
        """Show how far it is."""
        self._bar.total = now.total
        if not self._bar.n and now.done:
            self._bar.initial = now.done  # what was there before is no speed
        words = [f"{now.failed:,} failed"] if now.failed else []
        self._bar.set_postfix_str(", ".join([*words, now.note] if now.note else words), False)
        self._bar.update(now.done - self._bar.n)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()
