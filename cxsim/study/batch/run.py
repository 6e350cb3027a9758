"""One finished run: what is kept of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Run(NamedTuple):
    """What is kept of one replicate at one point of a design.

    Attributes
    ----------
    replicate : int
    numbers : array, shape (outcomes,)
        NaN for "never", and throughout when the run failed.
    weekly : array, shape (weeks, series), or None
        None when no series are kept, or the run failed.
    error : str
        "" when nothing went wrong.
    """

    replicate: int
    numbers: np.ndarray
    weekly: np.ndarray | None = None
    error: str = ""


def failed(replicate: int, outcomes: int, error: BaseException) -> Run:
    """Return a run that failed."""
    words = " ".join((str(error) or type(error).__name__).split())[:500]
    legible = words.encode("utf-8", "replace").decode()  # what cannot be written is not kept
    return Run(replicate, np.full(outcomes, np.nan), None, legible)
