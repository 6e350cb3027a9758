"""Trying a few points of a design: how long a study will take, and what of it cannot run."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

from cxsim.study.batch.evaluation import evaluator
from cxsim.study.batch.recipe import recipe_of
from cxsim.study.design import Design

TRIED = 8  # points, spread over the design
MOST_SECONDS = 3.0  # of trying
KEEPING = 1.2  # what handing out and keeping runs adds, by experiments/batch


@dataclass(frozen=True)
class Trial:
    """What a few points of a design told.

    Attributes
    ----------
    points : int
    errors : tuple of str
        Of those that cannot be run.
    seconds : float or None
        That a run takes one core, keeping it included; None when none could be run.
    """

    points: int
    errors: tuple[str, ...]
    seconds: float | None


def tried(design: Design) -> Trial:
    """Run one future at a few points that are spread over the design.

    Raises
    ------
    CxsimError
        The design has no company.
    """
    run = evaluator(design, recipe_of(design))
    settings = design.settings[:: max(1, len(design) // TRIED)][:TRIED]
    next(iter(run(settings[0], range(1))))  # what only the first run costs
    begun, times, errors = time.monotonic(), [], []
    points = 0
    for point in settings:
        start = time.thread_time()  # of this thread: others may be busy meanwhile
        found = next(iter(run(point, range(1, 2))))
        points += 1
        if found.error:
            errors.append(found.error)
        else:
            times.append(time.thread_time() - start)
        if time.monotonic() - begun > MOST_SECONDS:
            break
    seconds = max(1e-5, KEEPING * statistics.mean(times)) if times else None
    return Trial(points, tuple(errors), seconds)
