"""Running what validation needs: paired replicates, random firms, programmes set and taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from cxsim import engine, parameters
from cxsim.cores import available_cores
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.state import Record

SEED = 20_231  # of all runs: two scenarios with the same seed share people and luck
FEW_CUSTOMERS = 100  # where only employees matter


def run(scenario: Scenario, runs: int, seed: int = SEED) -> Ensemble:
    """Run a scenario without the company that has no programme."""
    ensemble = simulate(scenario, runs, seed, baseline=False)
    assert ensemble is not None  # nobody can cancel it
    return ensemble


def inside(name: str) -> Scenario:
    """Return a bundled scenario with few customers: for what only employees do."""
    return load(name).with_market(customers=FEW_CUSTOMERS)


def programme_of(name: str) -> dict[str, Any]:
    """Return the levers in which a bundled scenario differs from a company without a programme."""
    without = load("no_programme").levers
    return {key: value for key, value in load(name).levers.items() if value != without[key]}


def off() -> dict[str, Any]:
    """Return every lever that belongs to the programme, as it stands without one."""
    levers = parameters.registry().levers
    return {name: lever.off for name, lever in levers.items() if lever.off is not None}


def set_at(scenario: Scenario, week: int, values: Mapping[str, Any]) -> Scenario:
    """Return a scenario in which levers change in some week."""
    return scenario.with_events([{"week": week, "set": dict(values)}])


def run_firms(firms: Sequence[Scenario], runs: int) -> Record:
    """Run firms of the same horizon and functions, each with its own luck.

    Returns
    -------
    Record
        `company` of shape (firms, runs, weeks), `function` (firms, runs, weeks, functions); no
        layers, since firms differ in their number. Firms at the same place of two lists share
        their people and their luck.
    """

    def one(place: int) -> Record:
        record = engine.run_replicates(
            engine.prepare(firms[place]), SEED, runs, threads=1, first=place * runs
        )
        assert record is not None  # nobody can cancel it
        return record

    with ThreadPoolExecutor(available_cores()) as pool:
        records = list(pool.map(one, range(len(firms))))
    company = np.stack([record.company for record in records])
    return Record(company, np.stack([record.function for record in records]), np.empty(0))


def smooth(series: np.ndarray, window: int) -> np.ndarray:
    """Return at each week the mean of the last `window` weeks, or of the fewer there are."""
    weeks = series.shape[-1]
    sums = np.zeros((*series.shape[:-1], weeks + 1))
    np.cumsum(series, axis=-1, out=sums[..., 1:])
    end = np.arange(1, weeks + 1)
    start = np.maximum(0, end - window)
    return (sums[..., end] - sums[..., start]) / (end - start)
