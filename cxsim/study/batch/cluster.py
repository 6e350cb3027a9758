"""A crew of worker processes, on this machine or others, under a Dask scheduler.

The workers only compute; results come back here and are kept here. A worker that dies costs what
it had under way, which others do again. When the scheduler goes away the study stops with one
error and goes on later, on that cluster, another one, or none. A study that is stopped gives up
what the workers have under way: a second or two of work.

Dask's own configuration says how to reach a cluster that asks who one is.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from types import TracebackType
from typing import Any

from cxsim.errors import CxsimError
from cxsim.study.batch.crew import Keep
from cxsim.study.batch.portion import INSTALL, pickled, task_name, work
from cxsim.study.batch.queue import Item
from cxsim.study.batch.recipe import Model, Recipe
from cxsim.study.batch.run import Run, failed
from cxsim.study.batch.suspects import Portion, Suspects
from cxsim.study.design import Design

PATIENCE = 10.0  # seconds until a scheduler that says nothing counts as gone
LOOK_SECONDS = 1.0  # between two looks at who is there
RETRIES = 3  # of work that went wrong on a worker, such as one with another version
# What they say when a connection breaks is said here in one sentence.
TALKERS = ("distributed", "distributed.client", "tornado.application", "asyncio")


class Cluster:
    """Worker processes that do the runs, and this process that keeps them."""

    seconds = 1.5  # of work at a time: sending it and its results costs some milliseconds

    def __init__(self, address: str, design: Design, recipe: Recipe, model: Model | None) -> None:
        self.address = address
        self._settings, self._recipe = design.settings, recipe
        self._task = pickled(design, recipe, model)
        self._name = task_name(design, recipe)
        self._client: Any = None
        self._suspects = Suspects(self._send)
        self._stopped = False
        self._threads, self._looked = 0, 0.0
        self._after = contextlib.ExitStack()

    def __enter__(self) -> Cluster:
        try:
            from distributed import Client
        except ImportError:
            raise CxsimError(INSTALL) from None
        self._after.enter_context(_quiet())
        made: Future[Any] = Future()
        call = functools.partial(
            Client, self.address, timeout=PATIENCE, set_as_default=False, name="cxsim-study"
        )
        # In a thread: a scheduler that accepts and then says nothing would be waited for forever.
        threading.Thread(target=_call, args=(call, made), daemon=True).start()
        try:
            self._client = made.result(timeout=2.0 * PATIENCE)
        except (OSError, ValueError, TypeError, TimeoutError, ImportError) as error:
            self._after.close()
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
        with self._after, contextlib.suppress(OSError, TimeoutError):
            self._client.close(timeout=2.0)

    # --- who is there ----------------------------------------------------------------------

    @property
    def hands(self) -> int:
        """Threads of all workers; at least one, who may still be on the way."""
        self._look()
        return max(1, self._threads)

    @property
    def note(self) -> str:
        """Whether one waits for workers."""
        self._look()
        waiting = f"{self.address} has no workers; waiting for some (dask worker {self.address})"
        return "" if self._threads else waiting

    def _look(self) -> None:
        if self._stopped or time.monotonic() - self._looked < LOOK_SECONDS:
            return
        try:
            # A scheduler that is cut off or frozen would be waited for without end.
            known = self._client.sync(
                self._client.scheduler.identity, n_workers=-1, callback_timeout=PATIENCE
            )
        except (OSError, TimeoutError, AttributeError, RuntimeError):
            raise self._gone() from None
        self._threads = sum(int(worker["nthreads"]) for worker in known["workers"].values())
        self._looked = time.monotonic()

    def check(self) -> None:
        """Raise CxsimError when the scheduler is gone."""
        if not self._stopped and self._client.status != "running":
            raise self._gone()

    def _gone(self) -> CxsimError:
        return CxsimError(
            f"{self.address}: the scheduler is gone; everything finished is kept, so resume the "
            "study once it is back, or on this machine"
        )

    # --- work ------------------------------------------------------------------------------

    def submit(self, items: list[Item], keep: Keep) -> Future[None]:
        """Have some runs done, and keep them when they come back."""
        portion = Portion(items, keep, Future())
        self._suspects.begin()
        self._send(portion)
        return portion.kept

    def _send(self, portion: Portion) -> None:
        settings = [(self._settings[item.point], item.replicates) for item in portion.items]
        answer = self._executor.submit(work, self._name, self._task, settings)
        answer.add_done_callback(functools.partial(self._take, portion))

    def _take(self, portion: Portion, answer: Future[list[list[Run]]]) -> None:
        """Keep what has come back; called in a thread of the client."""
        if self._stopped:
            return
        try:
            runs = self._runs(portion, answer)
            if runs is None:
                self._suspects.suspect(portion)
                return
            for item, found in zip(portion.items, runs, strict=True):
                for run in found:
                    portion.keep(item.point, run)
            self._suspects.done(portion)
        except BaseException as error:  # whoever waits is to hear of anything
            portion.fail(error)

    def _runs(self, portion: Portion, answer: Future[list[list[Run]]]) -> list[list[Run]] | None:
        """Return the runs of a portion, None of one whose workers died and that is to be parted."""
        from distributed import KilledWorker

        if answer.cancelled():
            raise self._gone()
        try:
            return answer.result()
        except CxsimError:
            raise
        except KilledWorker:
            if portion.whole is None:  # others were about: nobody knows who it was
                return None
            told = CxsimError("the worker died each time that this was run, without a word")
            return [[failed(item.replicates[0], len(self._recipe.outcomes), told)]
                    for item in portion.items]  # fmt: skip
        except Exception as error:  # whatever may go wrong on the way there and back
            self.check()
            raise CxsimError(
                f"{self.address}: a worker could not do its work: {type(error).__name__}: "
                f"{_words(error)}; everything finished is kept, so resume the study once its "
                "workers are sound"
            ) from error

    def stop(self) -> None:
        """Have nothing more begun."""
        if not self._stopped:
            self._stopped = True
            if self._client.status == "running":
                self._executor.shutdown(wait=False)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what Dask says of broken connections from the user, who is told in one sentence."""
    loggers = [logging.getLogger(name) for name in TALKERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _call(function: Callable[[], Any], made: Future[Any]) -> None:
    try:
        made.set_result(function())
    except BaseException as error:  # whoever waits is to hear of anything
        made.set_exception(error)


def _words(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
