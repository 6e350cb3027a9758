"""The replicates of a scenario: series and outcomes as arrays, frames and files on demand."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.results import files, frames
from cxsim.series import (
    CHURN_WINDOW,
    COMPANY,
    FUNCTION,
    LAYER,
    OUTCOME_WINDOW,
    SERIES,
    Setting,
    a_year,
    first_week,
    payback_week,
    trailing_mean,
    weekly_churn,
)
from cxsim.state import Record
from cxsim.values import suggestion

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.scenario import Scenario

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)  # quantiles: the median, half and 90 % of the replicates


@dataclass(frozen=True, eq=False, repr=False)  # arrays inside: two results are one or differ
class Ensemble:
    """The replicates of one scenario.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    record : Record
        Structured arrays, first axis the replicate.
    baseline : array, shape (replicates, weeks), or None
        Weekly contribution of the same company without a programme, USD.
    """

    scenario: Scenario
    seed: int
    record: Record
    baseline: np.ndarray | None = None

    def __repr__(self) -> str:
        return (
            f"<Ensemble {self.scenario.name}: {self.replicates} futures of {self.weeks} weeks, "
            f"seed {self.seed}>"
        )

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return int(self.record.company.shape[0])

    @property
    def weeks(self) -> int:
        """Horizon in weeks."""
        return int(self.record.company.shape[1])

    @property
    def nbytes(self) -> int:
        """Memory that the records take."""
        return sum(part.nbytes for part in self.record)

    def renamed(self, scenario: Scenario) -> Ensemble:
        """Return the same results under the name and the notes of another, equal scenario.

        Raises
        ------
        CxsimError
            The other scenario would give other numbers.
        """
        if scenario.hash != self.scenario.hash:
            raise CxsimError(f"{scenario.name}: these are results of {self.scenario.name}")
        return replace(self, scenario=scenario)

    @property
    def functions(self) -> tuple[str, ...]:
        """Names along the last axis of `function_series`."""
        return tuple(self.scenario.organisation["functions"])

    @property
    def layers(self) -> tuple[str, ...]:
        """Names along the last axis of `layer_series`: layers below the heads, from 1."""
        return tuple(str(depth + 1) for depth in range(self.record.layer.shape[2]))

    @property
    def setting(self) -> Setting:
        """What outcomes in words need to know."""
        employees = int(self.record.company["employees"][0, -1])
        return Setting(employees, self.weeks, self.replicates, self.baseline is not None)

    def run(self, replicate: int) -> Run:
        """Return one replicate, counted from 0."""
        if not 0 <= replicate < self.replicates:
            raise CxsimError(f"replicate: {replicate} where 0..{self.replicates - 1} is wanted")
        return Run(self, replicate)

    def series(self, name: str) -> np.ndarray:
        """Return a weekly series of the company in its own unit, shape (replicates, weeks).

        Raises
        ------
        CxsimError
            No such series, or net value without a baseline.
        """
        _check_name(name, COMPANY)
        if name == "churn_yearly":
            return a_year(trailing_mean(self._weekly_churn, CHURN_WINDOW))
        if name == "net_value":
            return self._net_value()
        return np.array(self.record.company[name])

    def function_series(self, name: str) -> np.ndarray:
        """Return a series by function, shape (replicates, weeks, functions)."""
        return _by_unit(self.record.function, name, FUNCTION)

    def layer_series(self, name: str) -> np.ndarray:
        """Return a series by layer, shape (replicates, weeks, layers); NaN where nobody works."""
        return _by_unit(self.record.layer, name, LAYER)

    def quantiles(self, name: str, q: Sequence[float] = LEVELS) -> np.ndarray:
        """Return quantiles over the replicates week by week, shape (len(q), weeks)."""
        return np.quantile(self.series(name), q, axis=0)

    @cached_property
    def _weekly_churn(self) -> np.ndarray:
        company = self.record.company
        return weekly_churn(company["churned"], company["active_customers"], company["acquired"])

    def _net_value(self) -> np.ndarray:
        if self.baseline is None:
            raise CxsimError(
                "net_value: needs the same company without a programme; simulate with baseline=True"
            )
        return np.cumsum(self.record.company["contribution"] - self.baseline, axis=1)

    def series_names(self) -> tuple[str, ...]:
        """Return the names of all series of the company that this ensemble can give."""
        missing = ("net_value",) if self.baseline is None else ()
        return tuple(n for n, s in SERIES.items() if COMPANY in s.levels and n not in missing)

    def outcome(self, name: str) -> np.ndarray:
        """Return one outcome, shape (replicates,)."""
        if name not in self._outcomes:
            raise CxsimError(f"{name}: no such outcome{suggestion(name, self._outcomes)}")
        return self._outcomes[name].copy()

    @cached_property
    def _outcomes(self) -> dict[str, np.ndarray]:
        last = self.record.company[:, -1]
        nothing = np.full(self.replicates, np.nan)
        money = {"net_value": nothing, "payback_week": nothing, "worse_than_none": nothing}
        if self.baseline is not None:
            value = self._net_value()
            money = {
                "net_value": value[:, -1],
                "payback_week": payback_week(value, self.record.company["programme_cost"]),
                "worse_than_none": (value[:, -1] < 0.0).astype(float),
            }
        return {
            "adoption": last["adoption"],
            "week_half_adoption": first_week(self.record.company["adoption"] >= 0.5),
            "churn_yearly": a_year(self._weekly_churn[:, -OUTCOME_WINDOW:].mean(axis=1)),
            **money,
            "practising": last["practising"],
            "embedded": last["embedded"],
            "customers": last["active_customers"],
            "customers_lost": self.record.company["churned"].sum(axis=1),
        }

    # --- frames and files ------------------------------------------------------------------

    def outcomes(self) -> pd.DataFrame:
        """Return one row per replicate, one column per outcome; see `cxsim.series.OUTCOMES`.

        NaN stands for "never" in weeks, and for "not computed" without a baseline.
        """
        return frames.outcomes(self)

    def ledger(self, flow: str) -> pd.DataFrame:
        """Return a flow split by cause, week by week: "starts", "stops" or "churn".

        One row per replicate and week, one column per cause, and their `total`.
        """
        return frames.ledger(self, flow)

    def ledger_totals(self) -> pd.DataFrame:
        """Return all ledgers summed over the weeks: flow, cause, label, replicate, events."""
        return frames.ledger_totals(self)

    def wide(self) -> pd.DataFrame:
        """Return one row per replicate and week, one column per series of the company."""
        return frames.wide(self)

    def long(self) -> pd.DataFrame:
        """Return one row per number: scenario, seed, replicate, week, level, unit, series, value.

        `unit` names the function or the layer; it is empty for the company.
        """
        return frames.long(self)

    def summary(self, q: Sequence[float] = LEVELS) -> pd.DataFrame:
        """Return weekly quantiles of every series of the company, one row per number.

        Columns: scenario, series, week, quantile, value.
        """
        return frames.summary(self, q)

    def manifest(self) -> dict[str, Any]:
        """Return what is needed to make these numbers again, ready for JSON."""
        return files.manifest(self)

    def save(
        self, folder: str | os.PathLike[str], formats: Iterable[str] = files.FORMATS
    ) -> list[Path]:
        """Write tables, manifest and scenario into a folder; see `cxsim.results.files.save`."""
        return files.save(self, folder, formats)


@dataclass(frozen=True, eq=False)
class Run:
    """One replicate of an ensemble: the same questions, one axis less."""

    ensemble: Ensemble
    replicate: int

    def series(self, name: str) -> np.ndarray:
        """Return a weekly series of the company, shape (weeks,)."""
        return self.ensemble.series(name)[self.replicate]

    def function_series(self, name: str) -> np.ndarray:
        """Return a series by function, shape (weeks, functions)."""
        return self.ensemble.function_series(name)[self.replicate]

    def layer_series(self, name: str) -> np.ndarray:
        """Return a series by layer, shape (weeks, layers)."""
        return self.ensemble.layer_series(name)[self.replicate]

    def outcomes(self) -> dict[str, float]:
        """Return every outcome of this replicate."""
        row = self.ensemble.outcomes().iloc[self.replicate]
        return {str(name): float(value) for name, value in row.items()}


def _check_name(name: str, level: str) -> None:
    known = [n for n, series in SERIES.items() if level in series.levels]
    if name not in known:
        where = "" if level == COMPANY else f" by {level}"
        raise CxsimError(f"{name}: no such series{where}{suggestion(name, known)}")


def _by_unit(rows: np.ndarray, name: str, level: str) -> np.ndarray:
    _check_name(name, level)
    if not SERIES[name].per_employee:
        return np.array(rows[name])
    return np.where(rows["employees"] > 0.0, rows[name], np.nan)
