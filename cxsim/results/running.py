"""Scenario -> ensemble, with the same company without a programme to compare the money with."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cxsim import engine, parameters
from cxsim.errors import CxsimError
from cxsim.results.ensemble import Ensemble
from cxsim.state import Record
from cxsim.values import LARGEST_SEED, MOST_REPLICATES, clean_value, shown

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

CACHE_BYTES = 64 * 2**20  # of baselines kept for reuse


def simulate(
    scenario: Scenario,
    replicates: int = 100,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    baseline: bool = True,
) -> Ensemble | None:
    """Run a scenario, and the same company without a programme, on the same random numbers.

    Parameters
    ----------
    replicates : int
        1 .. 100,000.
    seed : int
        0 .. 2**32 - 1. The same seed gives the same numbers, whatever else differs.
    threads : int, optional
        All cores by default.
    progress : callable, optional
        Called with the runs done and their total, both companies together.
    cancelled : callable, optional
        Asked between replicates; when true, None is returned.
    baseline : bool
        Without it nothing can be said about net value, payback and worse than no programme.

    Raises
    ------
    CxsimError
        A number out of range, or more replicates than fit into memory.
    """
    if not hasattr(scenario, "without_programme"):
        raise CxsimError(
            f"simulate: {shown(scenario)} where a Scenario is wanted; cxsim.load(...) gives one"
        )
    replicates = whole("replicates", replicates, 1, MOST_REPLICATES)
    seed = whole("seed", seed, 0, LARGEST_SEED)
    threads = None if threads is None else whole("threads", threads, 1, 4096)
    check_memory(engine.prepare(scenario), replicates)
    other = scenario.without_programme()
    itself = other.hash == scenario.hash
    known = BASELINES.find(other, seed, replicates) if baseline and not itself else None
    runs = 2 if baseline and not itself and known is None else 1

    def run(which: Scenario, before: int) -> Record | None:
        def report(done: int, _: int) -> None:
            if progress is not None:
                progress(before + done, runs * replicates)

        prepared = engine.prepare(which)
        return engine.run_replicates(prepared, seed, replicates, threads, report, cancelled)

    record = run(scenario, 0)
    if record is None:
        return None
    if baseline and itself:
        known = record.company["contribution"]
    if runs == 2:
        reference = run(other, replicates)
        if reference is None:
            return None
        known = BASELINES.keep(other, seed, reference.company["contribution"])
    return Ensemble(scenario, seed, record, known)


def whole(name: str, value: object, low: int, high: int) -> int:
    """Return a checked whole number.

    Raises
    ------
    CxsimError
        Not a whole number within the bounds; the message begins with its name.
    """
    try:
        return int(clean_value(value, "integer", low, high, name))
    except CxsimError as error:
        raise CxsimError(f"{name}: {error}") from None


def check_memory(prepared: engine.Prepared, replicates: int) -> None:
    """Refuse what would bring the machine to its knees; systems that cannot say are trusted."""
    one = sum(part.nbytes for part in engine.empty_records(prepared, 1))
    room = engine.bytes_at_work(prepared, replicates)
    wanted = room + 2 * one * replicates  # the baseline, or the frames made from the records
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return
    if room > memory:
        raise CxsimError(
            f"a company of this size needs {room / 2**30:.0f} GB on all cores, this machine has "
            f"{memory / 2**30:.0f} GB; ask for fewer customers, employees or threads"
        )
    if wanted > memory:
        fitting = max(1, (memory - room) // (2 * one))
        raise CxsimError(
            f"replicates: {replicates:,} replicates of {prepared.weeks} weeks need about "
            f"{wanted / 2**30:.0f} GB, this machine has {memory / 2**30:.0f} GB; "
            f"ask for at most {fitting:,}"
        )


class Baselines:
    """Weekly contributions of companies without a programme, those used longest ago go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, other: Scenario, seed: int, replicates: int) -> np.ndarray | None:
        """Return contributions, shape (replicates, weeks), if so many replicates are known."""
        key = (neutral(other).hash, seed)
        with self._lock:
            known = self._kept.get(key)
            if known is None or len(known) < replicates:
                return None
            self._kept.move_to_end(key)
            return known[:replicates]

    def keep(self, other: Scenario, seed: int, contribution: np.ndarray) -> np.ndarray:
        """Keep a copy of contributions for later, unless more replicates are known already."""
        key = (neutral(other).hash, seed)
        contribution = contribution.copy()
        contribution.flags.writeable = False  # ensembles share it
        with self._lock:
            if key not in self._kept or len(self._kept[key]) < len(contribution):
                self._kept[key] = contribution
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self._bytes() > CACHE_BYTES:
                self._kept.popitem(last=False)
        return contribution

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()

    def _bytes(self) -> int:
        return sum(array.nbytes for array in self._kept.values())


BASELINES = Baselines()


def neutral(other: Scenario) -> Scenario:
    """Return a company without a programme with those levers at rest that change nothing there.

    So a slider that only shapes a programme finds the baseline in memory.
    """
    rest = {
        name: lever.default
        for name, lever in parameters.registry().levers.items()
        if lever.group != "operations" and lever.off is None
    }
    return replace(other, levers={**other.levers, **rest})
