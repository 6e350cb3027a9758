"""A crew of threads in this process; compiled code lets them run side by side."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from cxsim.study.batch.crew import Keep
from cxsim.study.batch.evaluation import evaluator
from cxsim.study.batch.queue import Item
from cxsim.study.batch.recipe import Model, Recipe
from cxsim.study.design import Design


class Threads:
    """Threads that do the runs and keep each one as it is finished."""

    seconds = 0.2  # of work at a time: little, so that many short runs end together
    note = ""  # threads are always there

    def __init__(self, design: Design, recipe: Recipe, model: Model | None, hands: int) -> None:
        self.hands = hands
        self._settings = design.settings
        self._evaluate = evaluator(design, recipe, model)
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(hands, thread_name_prefix="cxsim-study")

    def __enter__(self) -> Threads:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.stop()
        self._pool.shutdown(cancel_futures=True)

    def submit(self, items: list[Item], keep: Keep) -> Future[None]:
        """Have some runs done."""
        return self._pool.submit(self._work, items, keep)

    def _work(self, items: list[Item], keep: Keep) -> None:
        for point, replicates in items:
            wanted = (r for r in replicates if not self._stopped.is_set())
            for run in self._evaluate(self._settings[point], wanted):
                keep(point, run)

    def check(self) -> None:
        """Threads are always there."""

    def stop(self) -> None:
        """Finish the run at hand and begin no other."""
        self._stopped.set()
