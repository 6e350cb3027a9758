"""Clocks: every number is a median, and what is compared is run by turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # where cxsim, experiments and tests can be imported


@dataclass(frozen=True)
class Effort:
    """How much work a measurement does.

    Attributes
    ----------
    quick : bool
        Small sizes: every row in little time, good for seeing that all works.
    repeats : int
        Measurements behind each median.
    weeks : int
        Horizon of a run.
    replicates : int
        Of an ensemble.
    """

    quick: bool
    repeats: int
    weeks: int
    replicates: int


FULL = Effort(quick=False, repeats=7, weeks=156, replicates=100)
QUICK = Effort(quick=True, repeats=1, weeks=12, replicates=4)


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def medians(repeats: int, *works: Callable[[], float], warm_up: bool = True) -> list[float]:
    """Return the median of each, measured in turns so that a busy moment hits them all.

    Each of `works` does its work and returns the seconds that count. A first turn, which compiles,
    loads and warms, is thrown away.
    """
    if warm_up:
        for work in works:
            work()
    turns = [[work() for work in works] for _ in range(repeats)]
    return [statistics.median(column) for column in zip(*turns, strict=True)]
