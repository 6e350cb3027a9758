"""Whether retention rises with tenure because people differ, and as fast as was observed."""

from __future__ import annotations

import numpy as np

from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.series import WEEKS_A_YEAR
from cxsim.study.validation.findings import Effort, Part, estimate
from cxsim.study.validation.runs import run
from cxsim.timeline import LONGEST

YEARS = LONGEST // WEEKS_A_YEAR  # the published table goes on to year 12
# E3.01, percentages of a cohort left after each year: seen, and by the fitted distribution.
OBSERVED = np.array([100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1, 46.8, 44.5, 42.7])
PUBLISHED_FIT = np.array([100, 85.1, 74.7, 67.0, 61.0, 56.2, 52.2, 48.9, 46.0, 43.6, 41.4])
ALIKE = {"churn_alpha": 35.0, "churn_beta": 200.0}  # the same mean of .149, hardly any spread
INDIFFERENT = {"churn_satisfied": 0.0, "churn_dissatisfied": 0.0}  # satisfaction has no say
RUNS = 8  # of a cohort that is large by itself


def examine(effort: Effort) -> Part:
    """Follow a cohort of customers of a company without a programme that wins nobody new."""
    firm = (
        load("no_programme")
        .with_market(customers=effort.survivors, market_potential=1.0, acquisition_rate=0.0)
        .with_weeks(LONGEST)
    )
    quiet = firm.with_coefficients(INDIFFERENT)
    cohorts = {
        "usual": _survival(firm),
        "indifferent": _survival(quiet),
        "alike": _survival(quiet.with_market(ALIKE)),
        "usual_alike": _survival(firm.with_market(ALIKE)),
    }
    usual, indifferent = cohorts["usual"], cohorts["indifferent"]
    estimates = {
        "survival-observed": estimate(lambda rows: _error(usual[rows], OBSERVED), RUNS),
        "survival-fitted": estimate(lambda rows: _error(indifferent[rows], PUBLISHED_FIT), RUNS),
        "survival-rise": estimate(lambda rows: _rise(usual[rows]), RUNS),
        "survival-alike": estimate(lambda rows: _rise(cohorts["alike"][rows]), RUNS),
        "survival-usual-alike": estimate(lambda rows: _rise(cohorts["usual_alike"][rows]), RUNS),
    }
    curves = {name: cohort.mean(axis=0) for name, cohort in cohorts.items()}
    return Part(estimates, {**curves, "observed": OBSERVED})


def _survival(scenario: Scenario) -> np.ndarray:
    """Return the percentage left after each year from 0, shape (replicates, years + 1)."""
    active = run(scenario, RUNS).series("active_customers")
    left = 100.0 * active[:, WEEKS_A_YEAR - 1 :: WEEKS_A_YEAR] / scenario.market["customers"]
    return np.concatenate([np.full((RUNS, 1), 100.0), left], axis=1)


def _error(survival: np.ndarray, wanted: np.ndarray) -> float:
    """Return the mean absolute error in percent of the wanted percentages, from year 1."""
    mean = survival.mean(axis=0)[1:]
    return float(100.0 * np.mean(np.abs(mean / wanted[1:] - 1.0)))


def _rise(survival: np.ndarray) -> float:
    """Return yearly retention in the last three years less that in the first two."""
    mean = survival.mean(axis=0)
    retention = mean[1:] / mean[:-1]
    return float(retention[-3:].mean() - retention[:2].mean())
