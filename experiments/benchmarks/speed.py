"""A run of the default company, by the engine and by plain objects; ensembles on threads."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import cxsim
from cxsim import engine
from cxsim.scenario import Scenario
from experiments.benchmarks.measure import Effort, medians, seconds
from experiments.benchmarks.table import Row
from tests.twin.model import TwinModel

MOST_MS = 10
TIMES_FASTER = 150
MOST_ENSEMBLE_SECONDS = 1
PAIR = ("orchestrated", "typical")
SEED = 1


class PlainTwin(TwinModel):
    """The twin with Python's own generator in the place of addressed random numbers.

    Addressed numbers are dear in pure Python; without them the comparison is harder to win.
    """

    def _start(self) -> None:
        generator = random.Random(SEED)
        self.draws = lambda *_: [generator.random() for _ in range(4)]  # type: ignore[assignment]
        super()._start()


def one_run(effort: Effort) -> Iterator[Row]:
    """Yield how long one run takes, and how much longer plain objects take for the same."""
    group = "One run"
    scenario = Scenario("default", "Default", weeks=effort.weeks)
    if effort.quick:
        scenario = scenario.with_organisation(employees=60).with_market(customers=200)
    prepared = engine.prepare(scenario)
    runs = 2 if effort.quick else 10

    def by_engine() -> float:
        return seconds(lambda: engine.run_replicates(prepared, SEED, runs, threads=1)) / runs

    def by(twin: type[TwinModel]) -> float:
        return seconds(lambda: twin(scenario, SEED, 0).run())

    check_the_twin(scenario)
    (fast,) = medians(effort.repeats, by_engine)
    slow, plain = medians(min(3, effort.repeats), lambda: by(TwinModel), lambda: by(PlainTwin))
    staff, customers = scenario.organisation["employees"], scenario.market["customers"]
    how = f"{staff:,} employees, {customers:,} customers, {effort.weeks} weeks, one thread"
    yield Row(group, "engine", fast * 1e3, "ms", how, at_most=MOST_MS)
    how = "the same run with an object per agent: the Mesa model in tests/twin"
    yield Row(group, "objects", slow * 1e3, "ms", how)
    ratio = slow / fast
    yield Row(group, "objects to engine", ratio, "times", "", at_least=TIMES_FASTER)
    how = "the objects draw from Python's own generator, which is cheaper there"
    yield Row(group, "objects, plain draws", plain * 1e3, "ms", how)
    yield Row(group, "objects, plain draws, to engine", plain / fast, "times", "")


def check_the_twin(scenario: Scenario, weeks: int = 4) -> None:
    """Make sure that engine and objects do the same work.

    Raises
    ------
    RuntimeError
        They differ in a series of the company in the first weeks.
    """
    scenario = scenario.with_weeks(min(weeks, scenario.weeks))
    fast = engine.run_replicates(engine.prepare(scenario), SEED, 1)
    slow = TwinModel(scenario, SEED, 0).run().record["company"]
    for week, row in enumerate(slow):
        for name, value in row.items():
            if fast is None or fast.company[name][0, week] != value:
                raise RuntimeError(f"engine and objects differ: week {week}, {name}")


def ensembles(effort: Effort) -> Iterator[Row]:
    """Yield how long two scenarios of many replicates take, and what a second thread brings."""
    group = "Two ensembles"
    prepared = [engine.prepare(cxsim.load(name)) for name in PAIR]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    def on(threads: int | None) -> float:
        def both() -> None:
            for one in prepared:
                engine.run_replicates(one, SEED, effort.replicates, threads)

        return seconds(both)

    every, one, two = medians(effort.repeats, lambda: on(None), lambda: on(1), lambda: on(2))
    how = f"{' and '.join(PAIR)}, {effort.replicates} replicates each"
    yield Row(group, "time", every, "s", f"{how}, all {cores} cores", at_most=MOST_ENSEMBLE_SECONDS)
    yield Row(group, "one thread to two", one / two, "times", how)
