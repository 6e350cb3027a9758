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
    engine_time, = medians(
        effort.repeats,
        lambda: seconds(lambda: engine.run_replicates(prepared, SEED, runs, threads=1)) / runs,
    )
    staff, customers = scenario.organisation["employees"], scenario.market["customers"]
    how = f"{staff:,} employees, {customers:,} customers, {effort.weeks} weeks, one thread"
    yield Row(group, "engine", engine_time * 1e3, "ms", how, at_most=MOST_MS)
    turns = 1 if effort.quick else 2
    for twin, named in ((TwinModel, "objects"), (PlainTwin, "objects, Python's random numbers")):
        twin_time, = medians(turns, lambda twin=twin: seconds(twin(scenario, SEED, 0).run))
        how = "the Mesa model of tests/twin, object per agent, the same run"
        yield Row(group, named, twin_time * 1e3, "ms", how)
        target = TIMES_FASTER if twin is TwinModel else None
        how = f"{named} to engine"
        yield Row(group, how, twin_time / engine_time, "times", "the two above", at_least=target)


def ensembles(effort: Effort) -> Iterator[Row]:
    """Yield how long two scenarios of many replicates take, and what a second thread brings."""
    group = "Two ensembles"
    scenarios = [cxsim.load(name).with_weeks(max(effort.weeks, 156)) for name in PAIR]
    prepared = [engine.prepare(scenario) for scenario in scenarios]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()

    def on(threads: int | None) -> float:
        def both() -> None:
            for one in prepared:
                engine.run_replicates(one, SEED, effort.replicates, threads)

        return seconds(both)

    every, one, two = medians(effort.repeats, lambda: on(None), lambda: on(1), lambda: on(2))
    how = f"{' and '.join(PAIR)}, {effort.replicates} replicates each"
    cores_how = f"{how}, all {cores} cores"
    yield Row(group, "time", every, "s", cores_how, at_most=MOST_ENSEMBLE_SECONDS)
    yield Row(group, "one thread to two", one / two, "times", how)
