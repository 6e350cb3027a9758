"""Calibrating to a company: from its figures to what may be behind them.

found = calibrate("firm.csv", base="typical", employees=800)
found.table()       # each unknown with its interval, and how much the data tell
found.sentences()   # the same in words
found.save("fit")   # a scenario, the draws behind it, a study design, a figure
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.study.company.calibration import Band, Calibration
from cxsim.study.company.data import Data, read_data
from cxsim.study.company.learning import Reference
from cxsim.study.company.observed import KINDS, parts
from cxsim.study.company.reference import Progress, Table, drawn, simulate_table
from cxsim.study.company.setting import Setting, prepare
from cxsim.values import LARGEST_SEED, clean_value

if TYPE_CHECKING:
    import pandas as pd

SIMULATIONS = 4096
FEWEST_SIMULATIONS, MOST_SIMULATIONS = 500, 100_000
CHECKED = 200  # companies simulated again at the draws, to hold them against the figures
BAND = (0.05, 0.5, 0.95)


def calibrate(
    source: str | os.PathLike[str] | pd.DataFrame,
    base: Scenario | str | os.PathLike[str] = "typical",
    *,
    start: str | None = None,
    simulations: int = SIMULATIONS,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    **known: Any,
) -> Calibration | None:
    """Learn from a company's own figures what may be behind them.

    Parameters
    ----------
    source : path or frame
        CSV with a heading and one row for each month, week or quarter: any of churn, active
        customers, survey score, adoption, training, budget; see docs/guides/calibrate.md.
    base : Scenario, name or path
        Holds whatever is neither given nor learned.
    start : str, optional
        When the programme began, such as "2023-05"; the first row by default.
    simulations : int
        Companies simulated for the reference table.
    seed : int
        The same figures and the same seed give the same bits, on any number of threads.
    progress : callable, optional
        Called with the companies simulated and their total.
    cancelled : callable, optional
        Asked between companies; when true, None is returned.
    **known
        What is known of the company and so not learned: ``employees=800``, ``charter=0.1``, any
        name of the registry or a headline slider (leadership, change, wins).

    Returns
    -------
    Calibration or None

    Raises
    ------
    CxsimError
        Figures that cannot be read, or settings that cannot be: what, where, what to do.
    """
    simulations = _whole("simulations", simulations, FEWEST_SIMULATIONS, MOST_SIMULATIONS)
    seed = _whole("seed", seed, 0, LARGEST_SEED)
    if "employees" in known:
        about = parameters.registry().organisation["employees"]
        known["employees"] = _whole("employees", known["employees"], about.low, about.high)
    data = read_data(source, known.get("employees"), start)
    setting = prepare(data, base, known)
    total = simulations + CHECKED

    def report(done: int, _: int, before: int = 0) -> None:
        if progress is not None:
            progress(before + done, total)

    positions = drawn(len(setting.unknowns), simulations, seed)
    table = _simulated(data, setting, positions, seed, 0, threads, report, cancelled)
    if table is None:
        return None
    found = learned(data, setting, table, seed)
    if found.out_of_reach:
        return found
    again = found.posterior.positions[found.posterior.chosen(CHECKED)]
    checked = _simulated(
        data, setting, again, seed, simulations, threads,
        lambda done, all_: report(done, all_, simulations), cancelled,
    )  # fmt: skip
    return None if checked is None else found.held_against(bands(data, checked))


def _simulated(
    data: Data, setting: Setting, positions: np.ndarray, seed: int, first: int,
    threads: int | None, progress: Progress | None, cancelled: Callable[[], bool] | None,
) -> Table | None:  # fmt: skip
    return simulate_table(
        setting.small, setting.unknowns, setting.held, data.series, positions, seed, first,
        threads, progress, cancelled,
    )  # fmt: skip


def learned(data: Data, setting: Setting, table: Table, seed: int) -> Calibration:
    """Return what a reference table says about a company's figures, without simulating more."""
    reference = Reference(data.series, table, setting.small.market["customers"])
    values = np.concatenate([s.values for s in data.series])
    reasons = tuple(reference.out_of_reach(values))
    posterior = reference.posterior(values)
    return Calibration(data, setting, posterior, len(table.positions), seed, reasons)


def bands(data: Data, table: Table) -> tuple[Band, ...]:
    """Return for each series where simulated companies at the draws lie."""
    found = []
    for observed, part in zip(data.series, parts(data.series), strict=True):
        low, middle, high = np.quantile(table.points[:, part], BAND, axis=0)
        mean = table.points[:, part].mean(axis=0)
        found.append(Band(observed, KINDS[observed.kind], low, middle, high, mean))
    return tuple(found)


def _whole(name: str, value: object, low: float, high: float) -> int:
    try:
        return int(clean_value(value, "integer", low, high, name))
    except CxsimError as error:
        raise CxsimError(f"{name}: {error}") from None
