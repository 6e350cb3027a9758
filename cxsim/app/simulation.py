"""Runs the simulations that the pages ask for: shared, bounded, quick looks before all else."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import cxsim
from cxsim.errors import CxsimError
from cxsim.results import Ensemble
from cxsim.scenario import Scenario

Stop = Callable[[], bool]
Progress = Callable[[int, int], None]
Key = tuple[str, int, int]

REPLICATES = 100
LOOKS = (2, 8)  # futures of a first look, and of a second one if there is time
LONG_RUNS = 1  # at a time; each uses all cores
QUESTIONS = 1  # at a time, beside the long runs, which last a second and shall not wait for them
REST = 0.3  # seconds after a quick look; another one often follows, and then the full answer
KEPT_BYTES = 300 * 2**20  # of results; 100 futures of the default company take 25 MB


class Simulator:
    """Simulates for all visitors, and keeps the latest results.

    A long run or a question pauses between two futures as long as somebody waits for a quick
    look, so that a slider answers at once however many visitors there are.

    Parameters
    ----------
    long_runs
        Long simulations that may be under way at the same time.
    questions
        Questions that may be worked on at the same time.
    kept_bytes
        Room for results; the one used longest ago goes first.
    """

    def __init__(
        self,
        long_runs: int = LONG_RUNS,
        kept_bytes: int = KEPT_BYTES,
        questions: int = QUESTIONS,
    ) -> None:
        self._long_slots = threading.BoundedSemaphore(long_runs)
        self._question_slots = threading.BoundedSemaphore(questions)
        self._kept_bytes = kept_bytes
        self._results: OrderedDict[Key, Ensemble] = OrderedDict()
        self._lock = threading.Lock()
        self._hurry = threading.Condition()
        self._urgent = 0  # quick looks waiting or under way
        self._looked = -REST  # when the latest of them ended
        self._under_way = 0
        self._one_look = threading.Lock()  # two at a time would both be late
        self._closing = threading.Event()

    def run(
        self,
        scenario: Scenario,
        replicates: int,
        seed: int,
        stop: Stop,
        urgent: bool = False,
        progress: Progress | None = None,
    ) -> Ensemble | None:
        """The ensemble of a scenario, from memory if it is there.

        Parameters
        ----------
        scenario
            What to simulate.
        replicates, seed
            As in `cxsim.simulate`.
        stop
            Asked between two futures; when true, None is returned.
        urgent
            A quick look of a few futures: long runs give way to it.
        progress
            Called with the runs done and their total.
        """
        known = self.recall(scenario, replicates, seed)
        if known is not None:
            return known

        def simulate(cancelled: Stop) -> Ensemble | None:
            return cxsim.simulate(
                scenario, replicates, seed, progress=progress, cancelled=cancelled
            )

        turn = self._quick_turn() if urgent else self._turn(self._long_slots, stop)
        with turn as granted:
            made = self._work(simulate, stop, urgent) if granted else None
        if made is not None and not urgent:
            self._remember((scenario.hash, seed, replicates), made)
        return made

    def ask[Found](
        self, question: Callable[[Progress, Stop], Found | None], stop: Stop, progress: Progress
    ) -> Found | None:
        """Work on a question that takes many runs, when its turn has come.

        Parameters
        ----------
        question
            Called as ``question(progress, cancelled)``; returns None soon after ``cancelled()``
            has turned true. It may ask that from any thread.
        stop
            As in `run`.
        progress
            Handed to the question; called first with ``(0, 1)`` when the turn has come.
        """

        def work(cancelled: Stop) -> Found | None:
            progress(0, 1)
            return question(progress, cancelled)

        with self._turn(self._question_slots, stop) as granted:
            return self._work(work, stop, rest=REST) if granted else None

    def recall(self, scenario: Scenario, replicates: int, seed: int) -> Ensemble | None:
        """The result of an earlier run, under this scenario's own name and title; None if gone."""
        key = (scenario.hash, seed, replicates)
        with self._lock:
            known = self._results.get(key)
            if known is None:
                return None
            self._results.move_to_end(key)
        return known.renamed(scenario)

    def knows(self, scenario: Scenario, replicates: int, seed: int) -> bool:
        """Whether a result is kept already."""
        return (scenario.hash, seed, replicates) in self._results

    @property
    def busy(self) -> int:
        """Simulations under way, quick and long."""
        return self._under_way

    def close(self, patience: float = 5.0) -> None:
        """End what runs, within `patience` seconds, and begin nothing new."""
        self._closing.set()
        with self._hurry:
            self._hurry.notify_all()
            self._hurry.wait_for(lambda: self._under_way == 0, timeout=patience)

    # --- turns -----------------------------------------------------------------------------

    def _work[Made](
        self,
        work: Callable[[Stop], Made | None],
        stop: Stop,
        urgent: bool = False,
        rest: float = 0.0,
    ) -> Made | None:
        if self._closing.is_set():
            return None

        def cancelled() -> bool:
            if not urgent:
                self._give_way(stop, rest)
            return self._closing.is_set() or stop()

        try:
            made = work(cancelled)
            return None if self._closing.is_set() else made
        except RuntimeError:
            if self._closing.is_set():  # the interpreter ends and starts no thread any more
                return None
            raise

    def _give_way(self, stop: Stop, rest: float) -> None:
        """Wait until nobody waits for a quick look, and `rest` seconds longer."""
        with self._hurry:
            while self._hurried(rest) and not self._closing.is_set() and not stop():
                self._hurry.wait(timeout=0.05)

    def _hurried(self, rest: float) -> bool:
        return self._urgent > 0 or time.monotonic() - self._looked < rest

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._hurry:
            self._under_way += 1
        try:
            yield
        finally:
            with self._hurry:
                self._under_way -= 1
                self._hurry.notify_all()

    @contextmanager
    def _quick_turn(self) -> Iterator[bool]:
        with self._hurry:
            self._urgent += 1
        try:
            with self._one_look, self._counted():
                yield True
        finally:
            with self._hurry:
                self._urgent -= 1
                self._looked = time.monotonic()
                self._hurry.notify_all()

    @contextmanager
    def _turn(self, slots: threading.BoundedSemaphore, stop: Stop) -> Iterator[bool]:
        while not slots.acquire(timeout=0.05):
            if stop() or self._closing.is_set():
                yield False
                return
        try:
            with self._counted():
                yield True
        finally:
            slots.release()

    # --- memory ----------------------------------------------------------------------------

    def _remember(self, key: Key, made: Ensemble) -> None:
        with self._lock:
            self._results[key] = made
            self._results.move_to_end(key)
            while len(self._results) > 1 and self._bytes() > self._kept_bytes:
                self._results.popitem(last=False)

    def _bytes(self) -> int:
        return sum(made.nbytes for made in self._results.values())


SIMULATOR = Simulator()


def warm_up() -> None:
    """Simulate something small, so that the engine is ready when a visitor comes."""
    with suppress(CxsimError):  # the page will say it, to somebody who can read it
        SIMULATOR.run(cxsim.load("typical"), LOOKS[0], 1, stop=lambda: False, urgent=True)
