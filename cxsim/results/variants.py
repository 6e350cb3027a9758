"""Variants of one scenario under the same luck; the weeks that they share are lived once.

"And if support had been withdrawn in week 52?" needs only the weeks from 52 on. The first scenario
of a call is the trunk: it is lived once per replicate, and every other one leaves it in the first
week in which its plan differs. The numbers are those of `simulate`, to the last bit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cxsim import engine
from cxsim.cores import available_cores
from cxsim.results.ensemble import Ensemble
from cxsim.results.running import BASELINES, check_memory, neutral, whole
from cxsim.state import Record
from cxsim.values import LARGEST_SEED, MOST_REPLICATES

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

Read = Callable[[Ensemble], np.ndarray]
Progress = Callable[[int, int], None]
TOLD_EVERY = 0.1  # seconds between two reports of progress


def live_variants(
    scenarios: Sequence[Scenario],
    read: Read,
    replicates: int = 100,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    baseline: bool = False,
    first: int = 0,
    cuts: Sequence[Mapping[str, int] | None] | None = None,
) -> list[np.ndarray] | None:
    """Run scenarios on the same random numbers and keep what is read from each run.

    Parameters
    ----------
    scenarios : sequence of Scenario
        At least one. Those that share their first weeks with the first one cost less.
    read : callable
        Ensemble of one replicate -> array; called in several threads, one run at a time in each.
        Arrays of all replicates of a scenario have the same shape.
    replicates, seed, threads
        As in `simulate`.
    progress : callable, optional
        Called with the runs done and their total.
    cancelled : callable, optional
        Asked between runs, from several threads; when true, None is returned.
    baseline : bool
        Run the company without a programme too, so that net value can be read.
    first : int
        The replicates are `first`, `first` + 1, ...
    cuts : sequence of mappings, optional
        For each scenario the links that are held, each with the week from which on. A company
        without a programme is never cut.

    Returns
    -------
    list of array
        One for each scenario, shape (replicates, *shape of what was read).

    Raises
    ------
    CxsimError
        A number out of range, no such link, or a company that does not fit into memory.
    """
    replicates = whole("replicates", replicates, 1, MOST_REPLICATES)
    seed = whole("seed", seed, 0, LARGEST_SEED)
    threads = None if threads is None else whole("threads", threads, 1, 4096)
    cuts = [None] * len(scenarios) if cuts is None else cuts
    grove = _Grove.of(scenarios, seed, read, baseline, replicates + first, cuts)
    check_memory(grove.prepared[0], 1)
    return _on_threads(grove, range(first, first + replicates), threads, progress, cancelled)


@dataclass(frozen=True, eq=False)
class _Grove:
    """What is to be run for every replicate.

    `leaves` are the places of the scenarios in the order of the weeks in which they leave the
    trunk, each with that week; `reference` is the place of each one's company without a programme
    in `references`.
    """

    scenarios: Sequence[Scenario]
    seed: int
    read: Read
    prepared: list[engine.Prepared]
    leaves: list[tuple[int, int]]
    references: list[tuple[Scenario, engine.Prepared, np.ndarray | None]] = field(
        default_factory=list
    )
    reference: list[int] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        scenarios: Sequence[Scenario],
        seed: int,
        read: Read,
        baseline: bool,
        replicates: int,
        cuts: Sequence[Mapping[str, int] | None],
    ) -> _Grove:
        prepared = [engine.prepare(*each) for each in zip(scenarios, cuts, strict=True)]
        weeks = [engine.shared_weeks(prepared[0], one) for one in prepared]
        leaves = sorted((week, place) for place, week in enumerate(weeks) if place > 0)
        grove = cls(scenarios, seed, read, prepared, leaves)
        if baseline:
            grove._find_references(replicates)
        return grove

    def _find_references(self, replicates: int) -> None:
        places: dict[str, int] = {}
        for scenario in self.scenarios:
            other = scenario.without_programme()
            key = neutral(other).hash  # without a programme some levers have nobody to act on
            if key not in places:
                places[key] = len(places)
                known = BASELINES.find(other, self.seed, replicates)
                self.references.append((other, engine.prepare(other), known))
            self.reference.append(places[key])

    @property
    def runs(self) -> int:
        """Runs for each replicate."""
        return len(self.scenarios) + sum(known is None for _, _, known in self.references)


class _Worker:
    """One thread's rooms, and the runs of one replicate after the other."""

    def __init__(self, grove: _Grove, done: Callable[[], bool]) -> None:
        self._grove, self._done = grove, done
        self._trunk, self._leaf = engine.Room(), engine.Room()

    def live(self, replicate: int) -> list[np.ndarray] | None:
        """Return what is read from each scenario's run; None when it was told to stop."""
        grove = self._grove
        references = self._references(replicate)
        if references is None:
            return None
        found: list[np.ndarray | None] = [None] * len(grove.scenarios)
        trunk = self._trunk.begin(grove.prepared[0], grove.seed, replicate)
        for week, place in grove.leaves:
            trunk = self._trunk.live(trunk, grove.prepared[0], max(week, trunk.week))
            record = self._leave(trunk, week, place, replicate)
            found[place] = self._reading(place, record, references)
            if self._done():
                return None
        trunk = self._trunk.live(trunk, grove.prepared[0], grove.prepared[0].weeks)
        found[0] = self._reading(0, trunk.record, references)
        return None if self._done() else [one for one in found if one is not None]

    def _leave(self, trunk: engine.Snapshot, week: int, place: int, replicate: int) -> Record:
        prepared = self._grove.prepared[place]
        if week == 0:  # another company, or another first day
            start = self._leaf.begin(prepared, self._grove.seed, replicate)
        else:
            start = self._leaf.take(trunk, prepared)
        return self._leaf.live(start, prepared, prepared.weeks).record

    def _references(self, replicate: int) -> list[np.ndarray] | None:
        """Return weekly contributions without a programme, each of shape (1, weeks)."""
        found = []
        for _, prepared, known in self._grove.references:
            if known is not None:
                found.append(known[replicate : replicate + 1])
                continue
            start = self._leaf.begin(prepared, self._grove.seed, replicate)
            run = self._leaf.live(start, prepared, prepared.weeks)
            found.append(run.record.company["contribution"][None].copy())
            if self._done():
                return None
        return found

    def _reading(self, place: int, record: Record, references: Sequence[np.ndarray]) -> np.ndarray:
        grove = self._grove
        one = Record(*(part[None] for part in record))
        baseline = references[grove.reference[place]] if references else None
        ensemble = Ensemble(grove.scenarios[place], grove.seed, one, baseline)
        return np.asarray(grove.read(ensemble))


def _on_threads(
    grove: _Grove,
    replicates: range,
    threads: int | None,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> list[np.ndarray] | None:
    local, stopped, lock = threading.local(), threading.Event(), threading.Lock()
    count = 0

    def done() -> bool:
        nonlocal count
        with lock:
            count += 1
        if cancelled is not None and cancelled():
            stopped.set()
        return stopped.is_set()

    def one(replicate: int) -> list[np.ndarray] | None:
        if stopped.is_set():
            return None
        if not hasattr(local, "worker"):
            local.worker = _Worker(grove, done)
        worker: _Worker = local.worker
        return worker.live(replicate)

    total = grove.runs * len(replicates)
    with ThreadPoolExecutor(
        max(1, min(threads or available_cores(), len(replicates))), thread_name_prefix="cxsim"
    ) as pool:
        wanted = [pool.submit(one, replicate) for replicate in replicates]
        pending: set[Future[list[np.ndarray] | None]] = set(wanted)
        try:
            while pending:
                finished, pending = wait(pending, TOLD_EVERY, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                if progress is not None:
                    progress(min(count, total), total)
        except BaseException:
            stopped.set()
            pool.shutdown(cancel_futures=True)  # Ctrl-C, or an error: what has not begun does not
            raise
    rows = [row for future in wanted if (row := future.result()) is not None]
    if stopped.is_set() or len(rows) < len(wanted):
        return None
    return [np.stack(column) for column in zip(*rows, strict=True)]
