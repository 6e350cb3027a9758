"""Simulated companies drawn from everything that is possible beforehand: the reference table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim import engine
from cxsim.cores import available_cores
from cxsim.scenario import Scenario
from cxsim.study.company.observed import Observed, readings
from cxsim.study.company.unknowns import Unknown, settled

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Table:
    """Simulated companies and what they would have reported.

    Attributes
    ----------
    positions : array, shape (runs, unknowns)
        Of the unknowns between their ends, 0..1.
    points : array, shape (runs, points)
        See `cxsim.study.company.observed.readings`.
    """

    positions: np.ndarray
    points: np.ndarray


def drawn(unknowns: int, runs: int, seed: int) -> np.ndarray:
    """Return positions spread evenly over all that is possible, shape (runs, unknowns).

    The first n rows are the same however many rows are asked for.
    """
    from scipy.stats import qmc

    sobol = qmc.Sobol(unknowns, scramble=True, rng=np.random.default_rng(seed))
    return sobol.random_base2(max(1, (runs - 1).bit_length()))[:runs]


def simulate_table(
    base: Scenario,
    varied: Sequence[Unknown],
    held: dict[str, Any],
    series: Sequence[Observed],
    positions: np.ndarray,
    seed: int,
    first: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Table | None:
    """Simulate one company at each row of positions, each with luck of its own.

    Parameters
    ----------
    base : Scenario
        At the size at which companies are simulated, with the horizon of the data.
    held : dict
        Levers and values that the user fixed.
    seed, first : int
        Row n meets the luck of replicate `first` + n of that seed, on any number of threads.

    Returns
    -------
    Table or None
        None when cancelled.
    """
    points = np.zeros((len(positions), sum(len(s.values) for s in series)))

    def one(row: int) -> bool:
        if cancelled is not None and cancelled():
            return False
        prepared = engine.prepare(settled(base, varied, positions[row], held))
        record = engine.run_replicates(prepared, seed, 1, threads=1, first=first + row)
        if record is not None:
            points[row] = readings(record.company[0], series)
        return record is not None

    with ThreadPoolExecutor(threads or available_cores(), "cxsim") as pool:
        try:
            futures = [pool.submit(one, row) for row in range(len(positions))]
            for done, future in enumerate(as_completed(futures), start=1):
                if not future.result():
                    pool.shutdown(cancel_futures=True)
                    return None
                if progress is not None:
                    progress(done, len(positions))
        except BaseException:
            pool.shutdown(cancel_futures=True)  # Ctrl-C, or an error: what has not begun does not
            raise
    return Table(positions, points)
