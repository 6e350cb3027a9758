"""Implementation as a contest between pressure and results: which pushes take hold.

A push is a good programme. It ends when managers no longer press for it: sponsorship, words,
accountability, example and messages stop, while team, training and what was built into the work
remain. Beside that stands the stricter case in which the whole programme is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from cxsim.explain.sustaining import stopped
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.study.validation.findings import Effort, Estimate, Part, estimate
from cxsim.study.validation.runs import inside, off, run, set_at

LENGTHS = tuple(range(10, 201, 10))  # weeks
AFTER = 104  # weeks from the end of the push until one looks
PUSH, YEARS_LATER = 104, 312  # weeks: a long push, and when one looks again
ALIVE = 0.5  # share of employees who practise when a programme counts as alive
LOW, HIGH = 1.0 / 3.0, 2.0 / 3.0  # neither nearly all nor nearly nothing
PRESSURE = (
    "ceo_sponsorship",
    "ceo_encouragement",
    "accountability",
    "role_modelling",
    "communication",
)
EFFORTS = ("effort_quick", "effort_local", "effort_cross")
GAINS = ("gain_quick", "gain_local", "gain_cross")
WINS = ("win_quick", "win_large")
LONG = 312  # weeks in which symbolic wins can show what they are worth
SUBSIDIES = (0, 26, 52)  # weeks of visible wins; the docking model's 0, 6 and 12 months

Release = Callable[[Scenario, int], Scenario]


def examine(effort: Effort) -> Part:
    """Push for longer and longer, at several speeds of results, and let go."""
    parts = [_pushes(effort), _slower(effort), _symbolic(effort)]
    return Part(
        {key: value for part in parts for key, value in part.estimates.items()},
        {key: value for part in parts for key, value in part.curves.items()},
    )


# --- pushes of many lengths -----------------------------------------------------------------------


def pressure_stops(scenario: Scenario, week: int) -> Scenario:
    """Return the scenario in which nobody presses for the programme from some week on."""
    levers = off()
    return set_at(
        scenario.with_weeks(week + AFTER), week, {name: levers[name] for name in PRESSURE}
    )


def all_stops(scenario: Scenario, week: int) -> Scenario:
    """Return the scenario in which the programme is taken away in some week."""
    return stopped(scenario, week, AFTER)


def _pushes(effort: Effort) -> Part:
    estimates: dict[str, Estimate] = {}
    curves: dict[str, np.ndarray] = {"push-lengths": np.array(LENGTHS)}
    for name, release in (("pressure", pressure_stops), ("all", all_stops)):
        ends = _ends(_orchestrated(), release, effort.runs)
        least = _minimum(ends >= ALIVE)
        estimates[f"push-minimum-{name}"] = least
        curves[f"push-{name}"] = (ends >= ALIVE).mean(axis=1)
        if np.isnan(least.value):  # nothing takes hold, so there is no threshold to look at
            estimates |= dict.fromkeys(_AT_THRESHOLD[name], least)
        else:
            seen = _at_threshold(release, least.value, effort.runs) | _around(ends, least.value)
            estimates |= {key: seen[key] for key in _AT_THRESHOLD[name]}
            at = _ended(release, least.value, 2 * effort.runs)
            curves[f"threshold-{name}"] = at.series("adoption")[:, -1]
            curves[f"threshold-{name}-functions"] = at.function_series("adoption")[:, -1].ravel()
    gone = stopped(_orchestrated(), PUSH, YEARS_LATER)
    left = run(gone, effort.runs).series("adoption")[:, -1]
    estimates["push-all-later"] = estimate(lambda rows: float(left[rows].mean()), len(left))
    return Part(estimates, curves)


_AT_THRESHOLD: Mapping[str, Sequence[str]] = {
    "pressure": (
        "push-around",
        "push-between",
        "push-between-functions",
        "push-reversion",
        "push-survival",
    ),
    "all": (),
}


def _at_threshold(release: Release, least: float, runs: int) -> dict[str, Estimate]:
    """Look at pushes of the minimum length, of half of it, and of half as much again."""
    at = _ended(release, least, 2 * runs)
    short = _ended(release, 0.5 * least, runs).series("adoption")[:, -1]
    long = _ended(release, 1.5 * least, runs).series("adoption")[:, -1]
    whole, parts = at.series("adoption")[:, -1], at.function_series("adoption")[:, -1]
    return {
        "push-between": estimate(lambda rows: _between(whole[rows]), len(whole)),
        "push-between-functions": estimate(lambda rows: _between(parts[rows]), len(parts)),
        "push-reversion": estimate(lambda rows: float(short[rows].mean()), runs),
        "push-survival": estimate(lambda rows: float((long[rows] >= ALIVE).mean()), runs),
    }


def _around(ends: np.ndarray, least: float) -> dict[str, Estimate]:
    """Look at all pushes up to twice the minimum."""
    near = ends[np.array(LENGTHS) <= 2.0 * least]
    return {"push-around": estimate(lambda rows: _between(near[:, rows]), near.shape[1])}


def _ended(release: Release, length: float, runs: int) -> Ensemble:
    return run(release(_orchestrated(), max(1, round(length))), runs)


def _between(adoption: np.ndarray) -> float:
    """Return the share that ends neither high nor low."""
    return float(((adoption > LOW) & (adoption < HIGH)).mean())


def _ends(scenario: Scenario, release: Release, runs: int) -> np.ndarray:
    """Return what is left of each push, shape (lengths, replicates)."""
    cases = (release(scenario, length) for length in LENGTHS)
    return np.array([run(case, runs).series("adoption")[:, -1] for case in cases])


def _minimum(alive: np.ndarray) -> Estimate:
    """Return the weeks of push after which half of the futures survive."""
    return estimate(lambda rows: _crossing(alive[:, rows]), alive.shape[1])


def _crossing(alive: np.ndarray) -> float:
    share = np.maximum.accumulate(alive.mean(axis=1))
    if share[-1] < ALIVE:
        return float("nan")
    above = int((share >= ALIVE).argmax())
    if above == 0:
        return float(LENGTHS[0])
    span = slice(above - 1, above + 1)
    return float(np.interp(ALIVE, share[span], LENGTHS[span]))


# --- results that come more slowly ----------------------------------------------------------------


def _slower(effort: Effort) -> Part:
    """Find the minimum push when results take longer or are seen less."""
    base = _orchestrated()
    cases = {
        "efforts": _scaled(base, EFFORTS, 2.0),
        "evidence": _scaled(base, ("evidence_gain",), 0.5),
        "wins": _scaled(base, WINS, 0.5),
    }
    usual = _ends(base, pressure_stops, effort.runs) >= ALIVE
    estimates, curves = {}, {}
    for name, scenario in cases.items():
        slow = _ends(scenario, pressure_stops, effort.runs) >= ALIVE

        def ratio(rows: np.ndarray, slow: np.ndarray = slow) -> float:
            return _crossing(slow[:, rows]) / _crossing(usual[:, rows])

        estimates[f"push-slower-{name}"] = estimate(ratio, effort.runs)
        curves[f"push-slower-{name}"] = slow.mean(axis=1)
    return Part(estimates, curves)


def _scaled(scenario: Scenario, names: Sequence[str], factor: float) -> Scenario:
    numbers = scenario.coefficients
    return scenario.with_coefficients({name: factor * numbers[name] for name in names})


# --- wins without results -------------------------------------------------------------------------


def _symbolic(effort: Effort) -> Part:
    """Show wins that improve nothing, for a while, where nothing else improves either."""
    bare = _orchestrated().with_levers(embedding=0.0).with_weeks(LONG)
    bare = bare.with_coefficients(win_unseen=0.0)
    hollow = _scaled(bare, (*GAINS, "evidence_gain", "evidence_efficiency"), 0.0)
    courses = {weeks: _with_wins(hollow, weeks, effort.runs) for weeks in SUBSIDIES}
    none, longest = courses[0], courses[SUBSIDIES[-1]]
    real = _with_wins(bare, SUBSIDIES[-1], effort.runs)
    embedded = hollow.with_levers(embedding=_orchestrated().levers["embedding"])
    kept = [_with_wins(embedded, weeks, effort.runs) for weeks in (0, SUBSIDIES[-1])]

    def postponed(weeks: int) -> Estimate:
        return estimate(
            lambda rows: _end(courses[weeks][rows], none[rows]) - _end(none[rows], none[rows]),
            effort.runs,
        )

    estimates = {
        "wins-postpone-26": postponed(26),
        "wins-postpone-52": postponed(52),
        "wins-outcome": _final_difference(longest, none),
        "wins-real": _final_difference(real, longest),
        "wins-embedded": _final_difference(kept[1], kept[0]),
    }
    curves = {f"wins-{weeks}": course.mean(axis=0) for weeks, course in courses.items()}
    return Part(estimates, {**curves, "wins-real": real.mean(axis=0)})


def _with_wins(scenario: Scenario, weeks: int, runs: int) -> np.ndarray:
    """Return adoption when completed wins are shown only for so many weeks."""
    shown = scenario.levers["capitalisation"]
    quiet = {"capitalisation": 0.0}
    case = set_at(scenario.with_levers(capitalisation=shown), weeks, quiet)
    return run(case, runs).series("adoption")


def _end(course: np.ndarray, unaided: np.ndarray) -> float:
    """Return the week from which adoption stays below half of what the unaided firm gains."""
    mean, plain = course.mean(axis=0), unaided.mean(axis=0)
    above = np.flatnonzero(mean >= 0.5 * (plain[0] + plain.max()))
    return float(above[-1] + 1)


def _final_difference(a: np.ndarray, b: np.ndarray) -> Estimate:
    def difference(rows: np.ndarray) -> float:
        return float(a[rows, -1].mean() - b[rows, -1].mean())

    return estimate(difference, len(a))


def _orchestrated() -> Scenario:
    return inside("orchestrated")
