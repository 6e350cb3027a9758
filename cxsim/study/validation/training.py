"""What is left of a training that nothing reinforces."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxsim import engine
from cxsim.explain.sustaining import stopped
from cxsim.scenario import Scenario
from cxsim.study.validation.findings import Effort, Part, estimate
from cxsim.study.validation.runs import SEED, inside

TRAINED = 52  # weeks
LOOKS = (0, 26, 52)  # weeks after the training
EMPLOYEES = 2000
RUNS = 8  # of a company that is large by itself
PUBLISHED = np.array([62.0, 44.0, 34.0]) / 62.0  # E1.16


def examine(effort: Effort) -> Part:
    """Train a whole company for a year and then leave it alone.

    Nobody leaves, nothing in the daily work changes, and after the year nobody speaks of it again.
    """
    runs = min(RUNS, effort.runs)
    applying, able = _followed(_trained(), runs)
    estimates = {}
    for place, name in ((1, "half-year"), (2, "year")):
        estimates[f"training-applied-{name}"] = estimate(_left(applying, place), runs)
        estimates[f"training-able-{name}"] = estimate(_left(able, place), runs)
    shares = {"applying": applying.mean(axis=0), "able": able.mean(axis=0)}
    curves = {name: share / share[0] for name, share in shares.items()}
    return Part(estimates, {**curves, "published": PUBLISHED, "weeks": np.array(LOOKS)})


def _left(shares: np.ndarray, place: int) -> Callable[[np.ndarray], float]:
    def left(rows: np.ndarray) -> float:
        mean = shares[rows].mean(axis=0)
        return float(mean[place] / mean[0]) if mean[0] > 0.0 else float("nan")

    return left


def _trained() -> Scenario:
    levers = {"frontline_support": 1.0, "communication": 1.0, "relating_to_objectives": 1.0}
    scenario = inside("typical").with_organisation(employees=EMPLOYEES)
    return stopped(
        scenario.with_levers({**levers, "embedding": 0.0, "turnover": 0.0}), TRAINED, LOOKS[-1] + 1
    )


def _followed(scenario: Scenario, runs: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the shares that apply it and that are able to, shape (replicates, looks).

    Innovators are left out: they practise without any training.
    """
    prepared = engine.prepare(scenario)
    numbers = scenario.coefficients
    applying, able = np.zeros((2, runs, len(LOOKS)))
    for replicate in range(runs):
        snapshot = engine.begin(prepared, SEED, replicate)
        for place, weeks in enumerate(LOOKS):
            snapshot = engine.advance(snapshot, prepared, TRAINED + weeks)
            people = snapshot.state.employees
            people = people[people["threshold"] >= numbers["innovator_threshold"]]
            applying[replicate, place] = (people["practising"] == 1).mean()
            able[replicate, place] = (people["ability"] >= numbers["ability_threshold"]).mean()
    return applying, able
