"""Plans put to the test: futures that meet the goal, and what they cost; nothing is run twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import IO, Any

import numpy as np

import cxsim
from cxsim.cores import available_cores
from cxsim.errors import CxsimError
from cxsim.explain.goals import Goal
from cxsim.results import simulate, write_whole
from cxsim.scenario import Scenario


class CancelledError(Exception):
    """Somebody does not want to wait any longer."""


@dataclass(frozen=True)
class Luck:
    """Random numbers that plans meet: the same for all of them, so that differences are paired."""

    seed: int
    replicates: int


@dataclass(frozen=True)
class Reading:
    """What one plan came to on one luck.

    Attributes
    ----------
    hits : bool array, shape (replicates,)
        Whether the goal is met.
    cost, cost_error : float
        Mean over the futures of what the programme costs over the horizon, in USD, and the
        standard error of that mean.
    near : float
        How near the futures come to the goal, -1..1.
    typical : str
        Median of the bounded number.
    """

    hits: np.ndarray
    cost: float
    cost_error: float
    near: float
    typical: str

    @property
    def chance(self) -> float:
        """Share of the futures that meet the goal."""
        return float(self.hits.mean())

    @property
    def score(self) -> float:
        """The chance; plans of the same chance are told apart by how near they come."""
        return self.chance + 0.49 * self.near / len(self.hits)


class Judge:
    """Runs scenarios against a goal and remembers every answer, in a file if there is one.

    Parameters
    ----------
    goal : Goal
    base : Scenario
        Whose plans are judged; a file of another one is refused.
    trace : Path, optional
        Each answer is one line there, so that a search that was interrupted finds them again.
    threads : int, optional
        All cores by default. The answers do not depend on it.
    progress : callable, optional
        Called with the runs done and the most there will be.
    cancelled : callable, optional

    Attributes
    ----------
    evaluations : int
        Plans that were run, rather than remembered.
    """

    def __init__(
        self,
        goal: Goal,
        base: Scenario,
        trace: Path | None = None,
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self.goal, self.threads, self.cancelled = goal, threads, cancelled
        self.progress, self.done, self.total = progress, 0, 0
        self.evaluations = 0
        self._head = {"search": goal.text, "scenario": base.hash, "cxsim": cxsim.__version__}
        self._lock = threading.Lock()
        self._trace = trace
        self._known = {} if trace is None else _known(trace, self._head)
        self._file: IO[str] | None = None

    def __enter__(self) -> Judge:
        if self._trace is not None:
            _write_known(self._trace, self._head, self._known)
            self._file = self._trace.open("a", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def read(self, scenarios: Sequence[Scenario], luck: Luck) -> list[Reading]:
        """Return what each scenario comes to; those not known yet are run, several at a time.

        Raises
        ------
        CancelledError
            It was cancelled; what had been finished is remembered.
        """
        keys = [_key(scenario, luck) for scenario in scenarios]
        new = {k: s for k, s in zip(keys, scenarios, strict=True) if k not in self._known}
        self.reach(self.done + luck.replicates * (len(keys) - len(new)))
        workers = self.threads or available_cores()
        inside = max(1, workers // max(1, len(new)))  # few plans on many cores: share each out
        with ThreadPoolExecutor(workers, thread_name_prefix="plans") as pool:
            tasks = [pool.submit(self._run, k, s, luck, inside) for k, s in new.items()]
            try:
                for task in tasks:
                    task.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return [self._known[key] for key in keys]

    def one(self, scenario: Scenario, luck: Luck) -> Reading:
        """Return what one scenario comes to."""
        return self.read([scenario], luck)[0]

    def reach(self, done: int) -> None:
        """Tell how far it is, at least."""
        self.done = max(self.done, done)
        if self.progress is not None:
            self.progress(min(self.done, self.total), self.total)

    def _run(self, key: str, scenario: Scenario, luck: Luck, threads: int) -> None:
        if self.cancelled is not None and self.cancelled():
            raise CancelledError
        ensemble = simulate(
            scenario, luck.replicates, luck.seed, threads,
            cancelled=self.cancelled, baseline=self.goal.baseline,
        )  # fmt: skip
        if ensemble is None:
            raise CancelledError
        values = self.goal.values(ensemble)
        cost = ensemble.series("programme_cost").sum(axis=1)
        spread = float(cost.std(ddof=1)) if len(cost) > 1 else 0.0
        reading = Reading(
            hits=self.goal.met(values),
            cost=float(cost.mean()),
            cost_error=spread / sqrt(len(cost)),
            near=self.goal.nearness(values),
            typical=self.goal.typical(values),
        )
        with self._lock:
            self._known[key] = reading
            self.evaluations += 1
            if self._file is not None:
                self._file.write(_line(key, reading) + "\n")
                self._file.flush()
            self.reach(self.done + luck.replicates)


def _key(scenario: Scenario, luck: Luck) -> str:
    return f"{scenario.hash} {luck.seed} {luck.replicates}"


# ------------------------------------------------------------------ the file


def _line(key: str, reading: Reading) -> str:
    hits = "".join("1" if hit else "0" for hit in reading.hits)
    values = [key, hits, reading.cost, reading.cost_error, reading.near, reading.typical]
    return json.dumps(values)


def _reading(line: str) -> tuple[str, Reading]:
    key, hits, cost, cost_error, near, typical = json.loads(line)
    if len(hits) != int(key.split()[-1]) or set(hits) - {"0", "1"}:
        raise ValueError(line)
    array = np.array([hit == "1" for hit in hits])
    return key, Reading(array, float(cost), float(cost_error), float(near), str(typical))


def _known(trace: Path, head: dict[str, Any]) -> dict[str, Reading]:
    """Return the answers in a file; a last line that was cut off is left out."""
    try:
        lines = trace.read_text(encoding="utf-8").splitlines() if trace.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is no text"
        raise CxsimError(f"{trace}: cannot be read: {said}; name another file") from None
    if not lines:
        return {}
    try:
        same = json.loads(lines[0])
        wrong = "search" not in same
    except (ValueError, TypeError):
        wrong = True
    if wrong:
        raise CxsimError(f"{trace}: not the trace of a search; name another file")
    if same != head:
        raise CxsimError(
            f"{trace}: of a search with another goal, scenario or version; name another file"
        )
    known = {}
    for number, line in enumerate(lines[1:], start=2):
        try:
            key, reading = _reading(line)
        except (ValueError, TypeError, IndexError):
            if number == len(lines):
                break
            raise CxsimError(f"{trace}:{number}: not a line of a search; delete it") from None
        known[key] = reading
    return known


def _write_known(trace: Path, head: dict[str, Any], known: dict[str, Reading]) -> None:
    text = "\n".join([json.dumps(head), *(_line(k, r) for k, r in known.items())]) + "\n"

    def write(file: IO[bytes]) -> None:
        file.write(text.encode())

    write_whole(trace, write)
