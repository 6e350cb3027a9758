"""A crew of worker processes, on this machine or others, under a Dask scheduler.

The workers only compute; results come back here and are kept here. A worker that dies costs what
it had under way, which others do again. When the scheduler goes away the study stops with one
error and goes on later, on that cluster, another one, or none.
"""

from __future__ import annotations

import functools
import pickle
import socket
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Any

from cxsim.errors import CxsimError
from cxsim.study.batch.crew import Keep
from cxsim.study.batch.evaluation import Evaluate, evaluator
from cxsim.study.batch.queue import Item
from cxsim.study.batch.recipe import Model, Recipe, digest, model_hash
from cxsim.study.batch.run import Run, failed
from cxsim.study.design import Design

PATIENCE = 10.0  # seconds until a scheduler that says nothing counts as gone
RETRIES = 3  # of work whose worker died
INSTALL = "working on a cluster needs Dask: pip install 'cxsim[cluster]'"


class Cluster:
    """Worker processes that do the runs, and this process that keeps them."""

    seconds = 1.5  # of work at a time: sending it and its results costs some milliseconds

    def __init__(self, address: str, design: Design, recipe: Recipe, model: Model | None) -> None:
        self.address = address
        self._settings, self._recipe = design.settings, recipe
        self._task = _pickled((design, recipe, model))
        self._name = digest([design.hash, recipe.hash])
        self._client: Any = None
        self._stopped = threading.Event()

    def __enter__(self) -> Cluster:
        try:
            from distributed import Client
        except ImportError:
            raise CxsimError(INSTALL) from None
        try:
            self._client = Client(
                self.address, timeout=PATIENCE, set_as_default=False, name="cxsim-study"
            )
        except (OSError, ValueError, TimeoutError, ImportError) as error:
            raise CxsimError(
                f"{self.address}: no scheduler answers there ({_words(error)}); start one with "
                "'dask scheduler' and give its address, such as tcp://10.0.0.5:8786"
            ) from None
        self._executor = self._client.get_executor(pure=False, retries=RETRIES)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.stop()
        self._client.close(timeout=2.0)

    @property
    def hands(self) -> int:
        """Threads of all workers; at least one, who may still be on the way."""
        workers = self._client.scheduler_info(n_workers=-1).get("workers", {})
        return max(1, sum(int(worker["nthreads"]) for worker in workers.values()))

    def submit(self, items: list[Item], keep: Keep) -> Future[None]:
        """Have some runs done, and keep them when they come back."""
        settings = [(self._settings[item.point], item.replicates) for item in items]
        answer = self._executor.submit(work, self._name, self._task, settings)
        kept: Future[None] = Future()
        answer.add_done_callback(functools.partial(self._take, items, keep, kept))
        return kept

    def _take(
        self, items: list[Item], keep: Keep, kept: Future[None], answer: Future[list[list[Run]]]
    ) -> None:
        """Keep what has come back; called in a thread of the client."""
        try:
            for item, runs in zip(items, self._runs(items, answer), strict=True):
                for run in runs:
                    keep(item.point, run)
            kept.set_result(None)
        except BaseException as error:  # whoever waits is to hear of anything
            kept.set_exception(error)

    def _runs(self, items: list[Item], answer: Future[list[list[Run]]]) -> list[list[Run]]:
        """Return the runs of some items; of one that kills every worker, failed ones."""
        from distributed import KilledWorker

        if answer.cancelled():
            raise self._gone()
        try:
            return answer.result()
        except KilledWorker as error:
            count = len(self._recipe.outcomes)
            told = CxsimError(f"killed its worker {RETRIES} times: {_words(error)}")
            return [[failed(r, count, told) for r in item.replicates] for item in items]

    def check(self) -> None:
        """Raise CxsimError when the scheduler is gone."""
        if not self._stopped.is_set() and self._client.status != "running":
            raise self._gone()

    def _gone(self) -> CxsimError:
        return CxsimError(
            f"{self.address}: the scheduler is gone; everything finished is kept, so resume the "
            "study once it is back, or on this machine"
        )

    def stop(self) -> None:
        """Have nothing more begun."""
        if not self._stopped.is_set():
            self._stopped.set()
            if self._client.status == "running":
                self._executor.shutdown(wait=False)


def work(name: str, task: bytes, items: list[tuple[dict[str, Any], list[int]]]) -> list[list[Run]]:
    """Do some runs on a worker.

    Parameters
    ----------
    name : str
        Stands for `task`.
    task : bytes
        Design, recipe and the user's own function, if any.
    items : list of (settings, replicates)

    Raises
    ------
    CxsimError
        This worker has another version of the model.
    """
    evaluate = _evaluate(name, task)
    return [list(evaluate(settings, replicates)) for settings, replicates in items]


_KNOWN: dict[str, Evaluate] = {}  # of this worker: what gives the runs of each study


def _evaluate(name: str, task: bytes) -> Evaluate:
    """Return what gives the runs of a study, made once on a worker."""
    if name not in _KNOWN:
        design, recipe, model = pickle.loads(task)
        if model is None and recipe.model != model_hash():
            raise CxsimError(
                f"worker on {socket.gethostname()}: has another version of cxsim; install the same "
                "one on all machines, then resume the study"
            )
        _KNOWN[name] = evaluator(design, recipe, model)
    return _KNOWN[name]


def _pickled(task: tuple[Design, Recipe, Model | None]) -> bytes:
    """Return a task as bytes, with the source of a function that workers cannot import."""
    try:
        import cloudpickle
    except ImportError:
        raise CxsimError(INSTALL) from None
    return bytes(cloudpickle.dumps(task))


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
