"""Runs a design: hands out what is lacking, keeps what comes back, stops and goes on.

Whoever does the work (threads here, worker processes of a cluster elsewhere), this process alone
writes to the study's folder, and every run is kept the moment it is known here.
"""

from __future__ import annotations

import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import cxsim
from cxsim.cores import available_cores
from cxsim.errors import CxsimError
from cxsim.study.batch.crew import Crew
from cxsim.study.batch.parts import Columns
from cxsim.study.batch.progress import Bar, Meter, Progress
from cxsim.study.batch.queue import Queue
from cxsim.study.batch.recipe import Model, Recipe, digest, recipe_of
from cxsim.study.batch.run import Run
from cxsim.study.batch.store import DESIGN, FORMAT, MANIFEST, Store, opened, table
from cxsim.study.batch.study import Study, write_points
from cxsim.study.design import Design, Until, load_design
from cxsim.values import clean_value, shown

TELL_SECONDS = 0.2  # between two looks at how far it is
LOG_SECONDS = 30.0


def run_study(
    design: Design | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    *,
    model: Model | None = None,
    threads: int | None = None,
    cluster: str | None = None,
    shard: tuple[int, int] | None = None,
    retry_failed: bool = False,
    progress: Callable[[Progress], None] | bool = False,
    cancelled: Callable[[], bool] | None = None,
) -> Study:
    """Run what is lacking of a study, and return it.

    Parameters
    ----------
    design : Design, or name or path of a design file
    folder : path
        Made if needed. What is finished there is not run again, also when the design has grown.
    model : callable, optional
        (settings, seed, replicate) -> outcomes by name, in place of the company, for a design
        without a base.
    threads : int, optional
        All cores by default. No number depends on it.
    cluster : str, optional
        Address of a Dask scheduler whose workers do the work, such as "tcp://10.0.0.5:8786".
    shard : (int, int), optional
        This machine's share, such as (2, 5): the second of five. `merge` puts them together.
    retry_failed : bool
        Run those again that failed before.
    progress : bool or callable
        True shows a bar (in a notebook too); a function is called with a Progress a few times a
        second.
    cancelled : callable, optional
        Asked as often; when true, the runs at hand are finished and kept. A cluster's workers drop
        what they have at hand, a second or two of work.

    Raises
    ------
    CxsimError
        A folder that cannot be used, a cluster that does not answer or goes away. What was
        finished until then is kept.
    """
    design = design if isinstance(design, Design) else load_design(design)
    if threads is not None:
        threads = clean_value(threads, "integer", 1, 4096, "threads")
    recipe = recipe_of(design, model)
    keys = [recipe.key(settings) for settings in design.settings]
    points = _share(keys, shard)
    with opened(Path(folder), Columns.of(recipe)) as store:
        _describe(store, design, recipe, keys)
        if retry_failed:
            store.forget_failed()
        queue = _queue(store, design, recipe, keys, points)
        with _crew(design, recipe, model, threads, cluster) as crew:
            work = _Work(store, queue, recipe, keys, design.replicates)
            _log_start(store, queue, crew)
            try:
                with _shown(progress, design.name) as tell:
                    work.go(crew, tell, cancelled)
            finally:
                store.log(f"stopped: {queue.done} of {queue.total} runs, {queue.failed} failed")
    return Study(Path(folder))


@contextmanager
def _shown(
    progress: Callable[[Progress], None] | bool, title: str
) -> Iterator[Callable[[Progress], None] | None]:
    """Give what is called with how far it is."""
    if progress is True:
        with Bar(title) as bar:
            yield bar
    else:
        yield progress or None


def _share(keys: Sequence[str], shard: tuple[int, int] | None) -> list[int] | None:
    """Return the points of a shard: by key, so that a grown design keeps its division."""
    if shard is None:
        return None
    try:
        number = clean_value(shard[0], "integer", 1, shard[1], "shard")
        of = clean_value(shard[1], "integer", 1, 10_000, "shards")
    except (CxsimError, TypeError, IndexError, ValueError):
        raise CxsimError(
            f"shard: {shown(shard)} where a number and a total are wanted, such as 2/5: "
            "the second of five"
        ) from None
    return [point for point, key in enumerate(keys) if int(key, 16) % of == number - 1]


def _describe(store: Store, design: Design, recipe: Recipe, keys: Sequence[str]) -> None:
    """Write down what the study is."""
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "name": design.name,
        "title": design.title,
        "design": design.hash,
        "design_text": digest(design.to_toml()),
        "points": len(keys),
        "cxsim": cxsim.__version__,
        "recipe": asdict(recipe),
        "recipe_hash": recipe.hash,
        "platform": {
            "system": platform.platform(),
            "python": platform.python_version(),
            **{name: metadata.version(name) for name in ("numpy", "numba", "pyarrow")},
        },
    }
    write_points(store.folder, design, keys)
    store.write(DESIGN, design.to_toml())
    store.write_json(MANIFEST, manifest)


def _queue(
    store: Store, design: Design, recipe: Recipe, keys: Sequence[str], points: list[int] | None
) -> Queue:
    """Return what is still to run."""
    queue = Queue(keys, design.replicates, points)
    rule = design.replicates
    names = [rule.outcome] if isinstance(rule, Until) else []
    known = table(store.folder, store.columns, names).to_pydict()
    values = known[names[0]] if names else [0.0] * len(known["key"])
    for key, replicate, error, value in zip(
        known["key"], known["replicate"], known["error"], values, strict=True
    ):
        queue.know(key, replicate, value, bool(error))
    queue.start()
    return queue


def _crew(
    design: Design, recipe: Recipe, model: Model | None, threads: int | None, cluster: str | None
) -> AbstractContextManager[Crew]:
    if cluster is not None:
        from cxsim.study.batch.cluster import Cluster

        return Cluster(cluster, design, recipe, model)
    from cxsim.study.batch.threads import Threads

    return Threads(design, recipe, model, threads or available_cores())


def _log_start(store: Store, queue: Queue, crew: Crew) -> None:
    store.log(
        f"started: {queue.done} of {queue.total} runs are there; cxsim {cxsim.__version__}, "
        f"{crew.hands} at a time, {platform.platform()}"
    )


class _Work:
    """One session of a study."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        recipe: Recipe,
        keys: Sequence[str],
        rule: int | Until,
    ) -> None:
        self.store, self.queue, self.keys = store, queue, keys
        self.lock = threading.Lock()  # threads keep their runs themselves
        self.column = recipe.outcomes.index(rule.outcome) if isinstance(rule, Until) else None
        self.meter = Meter(queue.done)
        self.pace = 0.0  # seconds that a run takes one of the crew
        self.note = ""  # what holds it up
        self.logged = self.told = time.monotonic()

    def keep(self, point: int, run: Run) -> None:
        """Keep a finished run, unless it is known."""
        value = 0.0 if self.column is None else float(run.numbers[self.column])
        with self.lock:
            if self.queue.record(self.keys[point], run.replicate, value, bool(run.error)):
                self.store.add(self.keys[point], run)

    def go(
        self,
        crew: Crew,
        progress: Callable[[Progress], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        """Run until nothing is lacking, or until told to stop."""
        pending: dict[Future[None], tuple[float, int]] = {}
        try:
            while not (cancelled is not None and cancelled()):
                self._hand_out(crew, pending)
                self._listen(crew)
                self._tell(progress)
                if not pending:
                    return
                crew.check()
                self._take_in(pending)
        finally:
            crew.stop()
            self._last(pending)
            self._tell(progress, at_once=True)

    def _listen(self, crew: Crew) -> None:
        """Write down at once what holds the work up, and when it no longer does."""
        if crew.note != self.note:
            self.note = crew.note
            self.store.log(self.note or "going on")

    def _hand_out(self, crew: Crew, pending: dict[Future[None], tuple[float, int]]) -> None:
        """Keep everybody busy, with one more portion waiting for each."""
        while len(pending) < 2 * crew.hands:
            with self.lock:
                items = self.queue.take(self._portion(crew))
            if not items:
                return
            runs = sum(len(item.replicates) for item in items)
            pending[crew.submit(items, self.keep)] = (time.monotonic(), runs)

    def _portion(self, crew: Crew) -> int:
        """Return how many runs to hand out at a time; few while the pace is unknown."""
        if self.pace <= 0.0:
            return 1
        fair = (self.queue.total - self.queue.done) // (4 * crew.hands) + 1  # no one ends last
        return max(1, min(int(crew.seconds / self.pace), fair, 1000))

    def _take_in(self, pending: dict[Future[None], tuple[float, int]]) -> None:
        finished, _ = wait(pending, timeout=TELL_SECONDS, return_when=FIRST_COMPLETED)
        for future in finished:
            began, runs = pending.pop(future)
            future.result()
            # A portion waits for as long as it takes, the queue being two portions long.
            pace = (time.monotonic() - began) / runs / 2.0
            self.pace = pace if self.pace <= 0.0 else 0.7 * self.pace + 0.3 * pace

    def _last(self, pending: dict[Future[None], tuple[float, int]]) -> None:
        """Let those finish who are in the middle of a run."""
        wait([future for future in pending if not future.cancel()], timeout=60.0)

    def _tell(self, progress: Callable[[Progress], None] | None, at_once: bool = False) -> None:
        if not at_once and time.monotonic() - self.told < TELL_SECONDS:
            return
        self.told = time.monotonic()
        with self.lock:
            queue = self.queue
            now = self.meter.progress(queue.done, queue.total, queue.failed, self.note)
        if time.monotonic() - self.logged > LOG_SECONDS:
            self.logged = time.monotonic()
            self.store.log(now.text)
        if progress is not None:
            progress(now)
