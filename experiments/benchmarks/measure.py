"""Clocks: every number is a median, and what is compared is run by turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


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
QUICK = Effort(quick=True, repeats=2, weeks=12, replicates=4)


def seconds(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def medians(repeats: int, *works: Callable[[], float]) -> list[float]:
    """Return the median of each, measured in turns so that a busy moment hits them all.

    Each of `works` does its work and returns the seconds that count. A first turn is thrown away:
    it compiles, loads and warms.
    """
    turns = [[work() for work in works] for _ in range(repeats + 1)][1:]
    return [statistics.median(column) for column in zip(*turns, strict=True)]
