"""Small experiments on the real engine, each about one mechanism of which a pattern speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from cxsim import engine
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.study.observations import Columns

REPLICATES = 4
SEED = 11
FEW_CUSTOMERS = 100  # where only employees matter
MANY_CUSTOMERS = 50_000  # where rare departures are counted

TRAINED = 52  # weeks of training before people are left alone
FOLLOWED = 78  # weeks of unbroken practice after which a habit counts as complete
AUTOMATIC = 0.95  # of the final habit; E1.17
PUSH = 104  # weeks, then the programme ends
AFTER = 52
WATCHED = (26, 52, 78, 104)  # weeks in which customers are asked, and who has left is counted
SEASON = 13  # weeks later
DETRACTORS, PASSIVES, PROMOTERS = 0, 1, 2

Coefficients = Mapping[str, float]
DAYS, MONTH = 7.0, 52.0 / 12.0


def training_decay(coefficients: Coefficients) -> Columns:
    """Train everybody for a year, then leave them alone: ability half a year and a year on."""
    record = _run(_trained(), coefficients)
    ability = record["ability"]
    last = ability[:, TRAINED - 1]
    return {
        "half_year": ability[:, TRAINED + 25] / last,
        "year": ability[:, TRAINED + 51] / last,
    }


def habit_formation(coefficients: Coefficients) -> Columns:
    """Follow employees who practise without a break where it is fully embedded.

    Days from the first week until the habit has reached AUTOMATIC of what it comes to.
    """
    prepared = engine.prepare(_embedded().with_coefficients(coefficients))
    snapshot = engine.begin(prepared, SEED, 0)
    habits, practising = [], []
    for week in range(prepared.weeks):
        snapshot = engine.advance(snapshot, prepared, week + 1)
        habits.append(snapshot.state.employees["habit"].copy())
        practising.append(snapshot.state.employees["practising"] == 1)
    return {"days": DAYS * _weeks_to_habit(np.array(habits), np.array(practising))}


def _weeks_to_habit(habits: np.ndarray, practising: np.ndarray) -> np.ndarray:
    """Return weeks to a complete habit of those who have practised FOLLOWED weeks or more."""
    weeks = []
    for habit, practice in zip(habits.T, practising.T, strict=True):
        first = len(practice) - int(np.argmin(practice[::-1])) if not practice.all() else 0
        if first > 0 and not practice.all() and len(practice) - first >= FOLLOWED:
            own = habit[first:]
            weeks.append(float((own >= AUTOMATIC * own[-1]).argmax() + 1))
    return np.array(weeks or [np.nan])


def improvement(coefficients: Coefficients) -> Columns:
    """Months of work that close half of a process's gap to perfect quality, in a good programme.

    Counted are the weeks in which somebody works on the process, as in the published table: what
    nobody works on has no half-life. One row per replicate.
    """
    prepared = engine.prepare(_few("orchestrated").with_coefficients(coefficients))
    months = np.array([_months_to_halve(prepared, replicate) for replicate in range(REPLICATES)])
    return {"local": months[:, 0], "handoff": months[:, 1], "ratio": months[:, 1] / months[:, 0]}


def _months_to_halve(prepared: engine.Prepared, replicate: int) -> tuple[float, float]:
    """Return the half-life of touchpoints and of hand-offs."""
    snapshot = engine.begin(prepared, SEED, replicate)
    kinds = prepared.firm.touchpoints["partner"] >= 0
    worked, closed = np.zeros(len(kinds)), np.zeros(len(kinds))
    for week in range(PUSH):
        before = snapshot.state.processes
        snapshot = engine.advance(snapshot, prepared, week + 1)
        after = snapshot.state.processes
        busy = (before["busy"] == 1) | (after["busy"] == 1)
        worked += busy
        closed += busy * (_log_gap(before["quality"]) - _log_gap(after["quality"]))
    weeks = [np.log(2.0) * worked[k].sum() / max(1e-6, closed[k].sum()) for k in (~kinds, kinds)]
    return weeks[0] / MONTH, weeks[1] / MONTH


def _log_gap(quality: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(1e-6, 1.0 - quality))


def evaporation(coefficients: Coefficients) -> Columns:
    """Share of what was built, and of the culture, that is left a year after a push ends."""
    scenario = _few("orchestrated").with_weeks(PUSH + AFTER).with_levers(duration=PUSH)
    record = _run(scenario, coefficients)
    quality = 0.5 * (record["quality_local"] + record["quality_handoff"])
    won = np.maximum(1e-6, quality[:, PUSH - 1] - quality[:, 0])
    habit = record["embedded"]
    return {
        "built": (quality[:, -1] - quality[:, 0]) / won,
        "culture": np.minimum(1.0, habit[:, -1] / np.maximum(1e-6, habit[:, PUSH - 1])),
    }


def cancelling(coefficients: Coefficients) -> Columns:
    """Ask customers how satisfied they are and see who of them leaves within a quarter.

    Who would warn others is a detractor, who would recommend a promoter, in the model's own terms.
    """
    typical = load("typical").with_market(customers=MANY_CUSTOMERS)
    scenario = typical.with_weeks(WATCHED[-1] + SEASON + 1).with_coefficients(coefficients)
    prepared = engine.prepare(scenario)
    snapshot = engine.begin(prepared, SEED, 0)
    rows = []
    for week in WATCHED:
        asked = engine.advance(snapshot, prepared, week)
        snapshot = engine.advance(asked, prepared, week + SEASON)
        before, after = asked.state.customers, snapshot.state.customers
        there = before["active"] == 1
        left = there & ((after["active"] == 0) | (after["joined"] != before["joined"]))
        rows.append([[g.sum(), (g & left).sum()] for g in _groups(before, there, scenario)])
    counts = np.array(rows, float)
    return {"asked": counts[:, :, 0], "left": counts[:, :, 1]}


def _groups(customers: np.ndarray, there: np.ndarray, scenario: Scenario) -> list[np.ndarray]:
    limits = scenario.coefficients
    z = customers["satisfaction"] - limits["churn_reference"]
    low, high = z < -limits["dissatisfied_below"], z > limits["satisfied_above"]
    return [there & low, there & ~low & ~high, there & high]


EXPERIMENTS: dict[str, Callable[[Coefficients], Columns]] = {
    "training_decay": training_decay,
    "habit_formation": habit_formation,
    "improvement": improvement,
    "evaporation": evaporation,
    "cancelling": cancelling,
}


def _run(scenario: Scenario, coefficients: Coefficients) -> np.ndarray:
    """Return the company's record, shape (replicates, weeks)."""
    prepared = engine.prepare(scenario.with_coefficients(coefficients))
    record = engine.run_replicates(prepared, SEED, REPLICATES)
    assert record is not None  # nobody can cancel it
    return record.company


@cache
def _few(name: str) -> Scenario:
    return load(name).with_market(customers=FEW_CUSTOMERS)


@cache
def _trained() -> Scenario:
    """Everybody is told and trained for a year, and then all is over.

    Nobody has the time to practise, so that forgetting is seen alone.
    """
    levers = {"frontline_support": 1.0, "communication": 1.0, "duration": TRAINED, "turnover": 0.0}
    levers |= {"role_modelling": 0.0, "embedding": 0.0, "workload": 1.2}
    return _few("typical").with_levers(levers).with_weeks(TRAINED + 52)


@cache
def _embedded() -> Scenario:
    levers = {"embedding": 1.0, "frontline_support": 1.0, "turnover": 0.0}
    return _few("orchestrated").with_levers(levers).with_weeks(156)
