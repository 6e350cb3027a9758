"""The case of 2011: two years of growth, a price rise, one lost quarter, and recovery."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxsim.results import Ensemble
from cxsim.scenario_file import load
from cxsim.study.validation.findings import Effort, Part, estimate
from cxsim.study.validation.runs import run

QUARTER = 13  # weeks
LOST = 8  # the quarter of the loss, counted from 0: the third of 2011
MILLION = 1000.0  # simulated customers in a million real ones
# T20: millions of subscribers at the end of each quarter from the third of 2009.
PUBLISHED = np.array([11.11, 12.27, 13.97, 15.00, 16.80, 19.50, 22.80, 24.59, 23.79, 24.40])
FIRST_CHANGE = 0.51  # in the first of them
RISES = (106, 113)  # weeks of the announcement and of the new price
RUNS = 20


def examine(effort: Effort) -> Part:
    """Replay it, quarter by quarter; one simulated customer stands for a thousand."""
    scenario = load("netflix_2011")
    runs = min(RUNS, effort.runs)
    ensemble = run(scenario, runs)
    ends = ensemble.series("active_customers")[:, QUARTER - 1 :: QUARTER] / MILLION
    start = np.full((runs, 1), scenario.market["customers"] / MILLION)
    changes = np.diff(np.concatenate([start, ends], axis=1), axis=1)
    relative = 100.0 * changes[:, LOST] / ends[:, LOST - 1]
    readings: dict[str, Callable[[np.ndarray], float]] = {
        "netflix-least-growth": lambda rows: float(changes[rows, :LOST].mean(axis=0).min()),
        "netflix-most-growth": lambda rows: float(changes[rows, :LOST].mean(axis=0).max()),
        "netflix-loss": lambda rows: float(relative[rows].mean()),
        "netflix-recovery": lambda rows: float(changes[rows, LOST + 1].mean()),
        "netflix-subscribers": lambda rows: _error(ends[rows]),
    }
    estimates = {name: estimate(read, runs) for name, read in readings.items()}
    lost = ensemble.series("churned") / MILLION
    estimates["netflix-peaks"] = estimate(lambda rows: _between_peaks(lost[rows]), runs)
    score = ensemble.series("survey_score")
    estimates["netflix-score"] = estimate(lambda rows: _turn(score[rows]), runs)
    return Part(estimates, _curves(changes, lost, ensemble))


def _curves(changes: np.ndarray, lost: np.ndarray, ensemble: Ensemble) -> dict[str, np.ndarray]:
    published = np.concatenate([[FIRST_CHANGE], np.diff(PUBLISHED)])
    return {
        "netflix-changes": changes.mean(axis=0)[: len(published)],
        "netflix-published": published,
        "netflix-lost": lost.mean(axis=0),
        "netflix-score": ensemble.series("survey_score").mean(axis=0),
    }


def _error(ends: np.ndarray) -> float:
    """Return the mean absolute error of subscribers at the quarters' ends, percent."""
    mean = ends.mean(axis=0)[: len(PUBLISHED)]
    return float(100.0 * np.abs(mean / PUBLISHED - 1.0).mean())


def _between_peaks(lost: np.ndarray) -> float:
    """Return the weeks between the two greatest local peaks of weekly cancellations."""
    mean = lost.mean(axis=0)
    inner = np.arange(1, len(mean) - 1)
    peaks = inner[(mean[inner] > mean[inner - 1]) & (mean[inner] >= mean[inner + 1])]
    greatest = peaks[np.argsort(mean[peaks])[-2:]]
    return float(abs(greatest[1] - greatest[0]))


def _turn(score: np.ndarray) -> float:
    """Return the weeks from the first peak of cancellations until the published score turns down.

    It has turned in the first week in which it is lower than in any week of the year before the
    announcement.
    """
    mean = score.mean(axis=0)
    usual = mean[RISES[0] - 52 : RISES[0]].min()
    below = np.flatnonzero(mean[RISES[0] :] < usual)
    return float(below[0]) if len(below) else float("nan")
