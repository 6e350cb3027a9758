"""Runs the simulations that the pages ask for: shared, bounded, and forgetful of stale wishes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import cxsim
from cxsim.app.state import (
    PREVIEW_REPLICATES,
    REPLICATES,
    Setting,
    default_setting,
    scenario_of,
)
from cxsim.errors import CxsimError
from cxsim.explain.compare import Comparison
from cxsim.results import Ensemble
from cxsim.scenario import Scenario

Stop = Callable[[], bool]

SLOTS = 2  # simulations at a time; each uses all cores
KEPT = 12  # results, 25 MB each with all futures of the default company


@dataclass(frozen=True, eq=False)  # arrays inside: two results are the same one or differ
class Futures:
    """Two ensembles that met the same luck, and what tells them apart."""

    setting: Setting
    a: Ensemble
    b: Ensemble
    comparison: Comparison

    @property
    def replicates(self) -> int:
        """Futures on each side."""
        return self.a.replicates

    @property
    def draft(self) -> bool:
        """Whether this is only the quick first look."""
        return self.replicates < REPLICATES

    @property
    def revision(self) -> str:
        """A short text that changes when the numbers do."""
        hashes = (self.a.scenario.hash, self.b.scenario.hash)
        return "-".join((*(text[:8] for text in hashes), str(self.a.seed), str(self.replicates)))


class Simulator:
    """Simulates with a limit on how much runs at once, and keeps the latest results.

    Parameters
    ----------
    slots
        Simulations that may run at the same time in this process.
    kept
        Results kept for reuse; the one used longest ago goes first.
    """

    def __init__(self, slots: int = SLOTS, kept: int = KEPT) -> None:
        self._slots = threading.BoundedSemaphore(slots)
        self._kept = kept
        self._results: OrderedDict[tuple[str, int, int], Ensemble] = OrderedDict()
        self._lock = threading.Lock()

    def run(self, scenario: Scenario, replicates: int, seed: int, stop: Stop) -> Ensemble | None:
        """The ensemble of `scenario`, from memory if it is there; None when `stop` said so."""
        key = (scenario.hash, seed, replicates)
        known = self._recall(key)
        if known is not None:
            return known
        while not self._slots.acquire(timeout=0.05):
            if stop():
                return None
        try:
            made = cxsim.simulate(scenario, replicates=replicates, seed=seed, cancelled=stop)
        finally:
            self._slots.release()
        if made is not None:
            self._remember(key, made)
        return made

    def knows(self, scenario: Scenario, replicates: int, seed: int) -> bool:
        """Whether a result is kept already."""
        return (scenario.hash, seed, replicates) in self._results

    def _recall(self, key: tuple[str, int, int]) -> Ensemble | None:
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
            return self._results.get(key)

    def _remember(self, key: tuple[str, int, int], made: Ensemble) -> None:
        with self._lock:
            self._results[key] = made
            while len(self._results) > self._kept:
                self._results.popitem(last=False)


SIMULATOR = Simulator()


def futures(
    setting: Setting, replicates: int, stop: Stop, simulator: Simulator = SIMULATOR
) -> Futures | None:
    """Simulate both sides of a setting; None when `stop` said so.

    Raises
    ------
    CxsimError
        A scenario cannot be read.
    """
    ensembles = []
    for side in (setting.a, setting.b):
        made = simulator.run(scenario_of(side), replicates, setting.seed, stop)
        if made is None:
            return None
        ensembles.append(made)
    a, b = ensembles
    return Futures(setting, a, b, cxsim.compare(a, b))


def look_then_settle(
    setting: Setting,
    publish: Callable[[Futures], None],
    newer: Stop,
    closed: Stop,
    simulator: Simulator = SIMULATOR,
) -> None:
    """Publish a quick look at a setting, then the full answer unless a newer wish came.

    The quick look runs to its end even while a slider moves on, so that the page keeps up with
    the hand; only the long run gives way. No quick look is needed where the answer is known.
    """
    scenarios = [scenario_of(side) for side in (setting.a, setting.b)]
    known = all(simulator.knows(one, REPLICATES, setting.seed) for one in scenarios)
    steps = [(PREVIEW_REPLICATES, closed)] * (not known) + [(REPLICATES, newer)]
    for replicates, stop in steps:
        made = futures(setting, replicates, stop, simulator)
        if made is None or closed():
            return
        publish(made)


def warm_up(stop: Stop) -> None:
    """Simulate what a visitor sees first, so that the engine is ready when one comes."""
    with suppress(CxsimError):  # the page will say it, to somebody who can read it
        futures(default_setting(cxsim.bundled()), PREVIEW_REPLICATES, stop)
