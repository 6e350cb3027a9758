"""The published series, fitted with and without what is known to have happened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import cxsim
from cxsim.study.company import Calibration, calibrate
from cxsim.study.company.calibration import Band
from cxsim.study.company.reference import Progress

SERIES = Path(__file__).with_name("netflix.csv")
BASES = {
    "churn": "churn alone; the two price rises and two steps of growth are given",
    "churn_and_subscribers": "churn and subscribers; the same is given",
    "nothing_given": "churn alone; nothing that happened is given",
}
EMPLOYEES = 300  # of the scenario; without a programme they hardly matter


def fitted(name: str, simulations: int, progress: Progress | None = None) -> Calibration:
    """Return the fit of the published series.

    Parameters
    ----------
    name : str
        One of `BASES`.
    """
    base = cxsim.load("netflix_2011")
    figures = pd.read_csv(SERIES, comment="#")
    figures.attrs["name"] = f"netflix_{name}"
    if name == "nothing_given":
        base = replace(base, events=())
    if name != "churn_and_subscribers":
        figures = figures.drop(columns="subscribers")
    found = calibrate(
        figures, base, simulations=simulations, progress=progress, employees=EMPLOYEES
    )
    if found is None:
        raise AssertionError("nothing cancels here")
    return found


def monthly_errors(band: Band) -> tuple[float, float]:
    """Return the root mean square error of monthly churn, in points, and that of a constant."""
    own, fit = (100.0 * (1.0 - (1.0 - v) ** (1 / 3)) for v in (band.observed.values, band.mean))
    error = float(np.sqrt(((fit - own) ** 2).mean()))
    return error, float(own.std())
