"""Trying many sets of coefficients on the same cohort, one on each core."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait

from cxsim.cores import available_cores
from cxsim.study.calibration import Coefficients, Cohort, evaluate

Loss = Callable[[Coefficients], float]
Trials = Callable[[Sequence[Coefficients]], list[float]]  # sets of coefficients -> their losses


@contextmanager
def trials(cohort: Cohort, loss: Loss | None = None) -> Iterator[Trials]:
    """Give what measures several sets of coefficients at a time.

    Processes do it, because much of an evaluation is Python. The numbers do not depend on it.

    Parameters
    ----------
    loss : callable, optional
        Measured here, one set after the other, instead of the loss of `evaluate`.
    """
    if loss is not None:
        yield lambda sets: [loss(coefficients) for coefficients in sets]
        return
    fresh = Cohort(cohort.samples, cohort.seed)  # without what it has prepared: a process does it
    with ProcessPoolExecutor(available_cores(), get_context("spawn"), _settle, (fresh,)) as pool:
        yield lambda sets: list(pool.map(_loss, sets))


_COHORT: list[Cohort] = []  # of a process that measures


def _settle(cohort: Cohort) -> None:
    _COHORT[:] = [cohort]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the search is killed; it would go on measuring for nobody."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _loss(coefficients: Coefficients) -> float:
    return evaluate(coefficients, _COHORT[0], threads=1).loss
