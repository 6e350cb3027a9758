"""Lives the scenarios between A and B on the same luck, and keeps what each came to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import replace

import numpy as np

from cxsim.cores import available_cores
from cxsim.explain.attribution.blending import Blender, Coalition
from cxsim.explain.attribution.shapley import Worth
from cxsim.results import Ensemble
from cxsim.results.running import neutral
from cxsim.results.variants import TOLD_EVERY, live_variants
from cxsim.series import OUTCOMES, SHARE

# Outcomes become whole numbers of 2**-GRAIN of their units: so fine that nobody sees it, and so
# coarse that floating-point sums of them lose nothing. The last SPARE binary digits are zero at
# first, so that halves and quarters are whole numbers too.
SPARE = 4
GRAIN = np.array([48 if one.kind is SHARE else 14 for one in OUTCOMES.values()])


class Lives:
    """What every mixture came to in every future, as far as it has been asked for.

    Attributes
    ----------
    replicates, seed : int
    """

    def __init__(self, blender: Blender, replicates: int, seed: int) -> None:
        self.replicates, self.seed = replicates, seed
        self._blender = blender
        self._known: list[dict[Coalition, np.ndarray]] = [{} for _ in range(replicates)]

    @property
    def runs(self) -> int:
        """Return how many mixtures have been lived, all futures together."""
        return sum(map(len, self._known))

    def worth(self, replicate: int) -> Worth:
        """Return what tells a coalition's outcomes in one future, in grains."""
        return self._known[replicate].__getitem__

    def ensure(
        self,
        wanted: Sequence[Collection[Coalition]],
        threads: int | None,
        progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> bool:
        """Live what is not known yet; False when told to stop, which forgets nothing.

        Parameters
        ----------
        wanted : sequence of collection of frozenset
            For each future, the coalitions whose worth is asked for.
        """
        lacking = [
            [one for one in dict.fromkeys(coalitions) if one not in known]
            for coalitions, known in zip(wanted, self._known, strict=True)
        ]
        total, count, stopped = sum(map(len, lacking)), 0, threading.Event()
        lock = threading.Lock()

        def asked() -> bool:
            if cancelled is not None and cancelled():
                stopped.set()
            return stopped.is_set()

        def told() -> None:
            nonlocal count
            with lock:
                count += 1

        def one(replicate: int) -> None:
            if lacking[replicate] and not stopped.is_set():
                self._live(replicate, lacking[replicate], told, asked)

        workers = max(1, min(threads or available_cores(), self.replicates))
        with ThreadPoolExecutor(workers, thread_name_prefix="cxsim") as pool:
            pending = {pool.submit(one, replicate) for replicate in range(self.replicates)}
            try:
                while pending:
                    finished, pending = wait(pending, TOLD_EVERY, return_when=FIRST_COMPLETED)
                    for future in finished:
                        future.result()
                    if progress is not None and total:
                        progress(count, total)
            except BaseException:
                stopped.set()
                pool.shutdown(cancel_futures=True)  # Ctrl-C, or an error
                raise
        return not stopped.is_set()

    def _live(
        self,
        replicate: int,
        coalitions: Sequence[Coalition],
        told: Callable[[], None],
        stopped: Callable[[], bool],
    ) -> None:
        """Live mixtures in one future, after their companies without a programme."""
        scenarios = [self._blender.scenario(coalition) for coalition in coalitions]
        others = [neutral(scenario.without_programme()) for scenario in scenarios]
        distinct = {other.hash: other for other in others}
        alone = live_variants(
            list(distinct.values()),
            lambda run: run.series("contribution")[0],
            1, self.seed, 1, cancelled=stopped, first=replicate,
        )  # fmt: skip
        if alone is None:
            return
        contributions = dict(zip(distinct, alone, strict=True))
        baseline_of = {
            scenario.hash: contributions[other.hash]
            for scenario, other in zip(scenarios, others, strict=True)
        }

        def read(run: Ensemble) -> np.ndarray:
            told()
            return _outcomes(replace(run, baseline=baseline_of[run.scenario.hash]))

        rows = live_variants(
            scenarios, read, 1, self.seed, 1, cancelled=stopped, first=replicate
        )  # fmt: skip
        if rows is None:
            return
        self._known[replicate] |= {
            coalition: _in_grains(row[0]) for coalition, row in zip(coalitions, rows, strict=True)
        }


def _outcomes(run: Ensemble) -> np.ndarray:
    """Return all outcomes of one future; what never happens counts as the end of the horizon."""
    values = np.array([run.outcome(name)[0] for name in OUTCOMES])
    return np.where(np.isnan(values), float(run.weeks), values)


def _in_grains(values: np.ndarray) -> np.ndarray:
    coarse = np.rint(np.ldexp(values, GRAIN - SPARE))
    return np.array([int(value) << SPARE for value in coarse], object)


def from_grains(numbers: np.ndarray, axis: int) -> np.ndarray:
    """Return whole numbers of grains in the outcomes' own units, exactly.

    Parameters
    ----------
    numbers : array of int, dtype object
    axis : int
        The one that runs over the outcomes.
    """
    shape = [1] * numbers.ndim
    shape[axis] = len(GRAIN)
    return np.ldexp(numbers.astype(float), -GRAIN.reshape(shape))
