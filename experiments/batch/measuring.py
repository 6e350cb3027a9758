"""A study and its runs alone, in turns, so that both see the same machine."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

import cxsim
from cxsim.study.batch import Progress, run_study, store
from cxsim.study.batch.evaluation import evaluator
from cxsim.study.batch.parts import Columns
from cxsim.study.batch.recipe import recipe_of
from cxsim.study.batch.run import Run
from cxsim.study.design import Design

PORTIONS = 5  # of a study; the runs alone are timed before, between and after them
ALONE = 1.5  # seconds each time
ADDED = 2_000  # runs kept to time the keeping of one


BOUND = 1.25  # times what the runs alone take, shared out among the threads


@dataclass(frozen=True)
class Trial:
    """A study that is measured."""

    title: str
    design: Design
    runs: int
    wanted: str


@dataclass
class Found:
    """What a study took.

    Attributes
    ----------
    seconds : float
        Of the study.
    ratio : float
        Of these to what the runs alone take, shared out among the threads.
    early, late : int
        Resident bytes at a tenth of the runs, and at the end.
    bytes : int
        On disk.
    adding : float
        Seconds until one run is kept.
    """

    seconds: float = 0.0
    ratio: float = 0.0
    early: int = 0
    late: int = 0
    bytes: int = 0
    adding: float = 0.0


def trials(runs: int, small: int) -> Iterator[Trial]:
    """Give the studies: about so many runs of the default company, and of a small one."""
    company = cxsim.load("typical")
    firm = company.with_weeks(52).with_organisation(employees=30).with_market(customers=100)
    bound = f"at most {BOUND}"
    for title, base, number, replicates, wanted in (
        ("default company, 20 replicates a point", company, runs, 20, bound),
        ("default company, 1 replicate a point", company, runs, 1, bound),
        ("30 employees, 100 customers, a year", firm, small, 20, "to go through"),
    ):
        points = max(1, number // replicates)
        design = Design.of(
            base,
            levers={"leadership": (0.0, 1.0), "change": (0.0, 1.0), "wins": (0.0, 1.0)},
            method="latin_hypercube",
            samples=points,
            replicates=replicates,
        )
        yield Trial(title, design, points * replicates, wanted)


def measured(trial: Trial, threads: int, folder: Path) -> Found:
    """Run a study in portions and time its runs alone before, between and after them."""
    found = Found()
    _Portions(trial, threads, folder / "study", found).go()
    found.bytes = store.size(folder)
    found.adding = _adding(trial.design, folder / "adding")
    return found


@dataclass
class _Portions:
    """A study that is stopped and resumed a few times, so that its runs can be timed alone.

    What stopping and resuming takes is counted as the study's.
    """

    trial: Trial
    threads: int
    folder: Path
    found: Found
    alone: list[float] = field(default_factory=list)

    def go(self) -> None:
        """Run the study portion by portion."""
        self.time_alone()
        for number in range(1, PORTIONS + 1):
            self.portion(self.trial.runs * number // PORTIONS)
            self.time_alone()
        self.found.late = psutil.Process().memory_info().rss
        each = float(np.median(self.alone))
        self.found.ratio = self.found.seconds / (self.trial.runs * each / self.threads)

    def portion(self, limit: int) -> None:
        """Go on until so many runs are there."""
        done = 0

        def watch(now: Progress) -> None:
            nonlocal done
            done = now.done
            if not self.found.early and done >= self.trial.runs // 10:
                self.found.early = psutil.Process().memory_info().rss

        began = time.perf_counter()
        run_study(
            self.trial.design,
            self.folder,
            threads=self.threads,
            progress=watch,
            cancelled=lambda: limit <= done < self.trial.runs,
        )
        self.found.seconds += time.perf_counter() - began

    def time_alone(self) -> None:
        """Time some runs, one after the other, in this thread."""
        design = self.trial.design
        evaluate = evaluator(design, recipe_of(design))
        order = np.random.default_rng(len(self.alone)).permutation(len(design))
        settings = itertools.cycle(order.tolist())
        runs = 0
        began = time.perf_counter()
        while time.perf_counter() - began < ALONE:
            point: dict[str, Any] = design.settings[next(settings)]
            runs += sum(1 for _ in evaluate(point, range(design.most_replicates)))
        self.alone.append((time.perf_counter() - began) / runs)


def _adding(design: Design, folder: Path) -> float:
    recipe = recipe_of(design)
    numbers = np.arange(len(recipe.outcomes), dtype=float)
    with store.opened(folder, Columns.of(recipe)) as kept:
        began = time.perf_counter()
        for replicate in range(ADDED):
            kept.add("0" * 20, Run(replicate, numbers))
        return (time.perf_counter() - began) / ADDED
