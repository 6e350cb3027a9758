"""The shapes of the capability trap: what improvement costs at first, and what neglect costs later.

Performance is the mean experience of a week's contacts. Everything is measured against the
undisturbed company with the same people and the same luck, in percent of it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cxsim.explain.sustaining import stopped
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.study.validation.findings import Effort, Estimate, Part, estimate
from cxsim.study.validation.runs import off, programme_of, run, set_at, smooth

START = 10  # week in which T19 disturbs its firm
END = 156  # week in which T19 ends
PUSHED = 78  # week from which a running programme is pushed
EARLY = 26  # weeks after that: "at first"
LATER = 104
PROJECTS = (26, 40, 78)  # weeks after which a project ends
AFTERWARDS = 104  # T19's projects are back at the start some 100 weeks after their end
INTERRUPTED, PAUSE = 104, 26  # week and length of an interruption
LONG = 416  # weeks
BACK = -1.0  # percent: as good as before, as in T19
SMOOTH, QUARTER = 4, 13  # weeks

Rows = np.ndarray


def examine(effort: Effort) -> Part:
    """Protect improvement, push people, end a project, interrupt a programme."""
    parts = [_protected(effort), _pushed(effort), _projects(effort), _interrupted(effort)]
    return Part(
        {key: value for part in parts for key, value in part.estimates.items()},
        {key: value for part in parts for key, value in part.curves.items()},
    )


# --- worse before better --------------------------------------------------------------------------


def _protected(effort: Effort) -> Part:
    """Give a company without a programme all of a good one in week START."""
    firm = load("no_programme").with_weeks(END)
    with_it = set_at(firm, START, programme_of("orchestrated"))
    change = _paired(with_it, firm, effort.runs, "experience")
    estimates = {
        "trap-dip-depth": change.estimate(lambda c: -float(c[START:].min())),
        "trap-dip-length": change.estimate(_length_of_dip),
        "trap-better-after": change.estimate(lambda c: float(c[-QUARTER:].mean())),
    }
    return Part(estimates, {"protected": change.curve()})


def _length_of_dip(curve: np.ndarray) -> float:
    """Return the weeks from START until performance is no longer below; NaN if it stays below."""
    lowest = START + int(curve[START:].argmin())
    back = curve[lowest:] >= 0.0
    return float(lowest + back.argmax() - START) if back.any() else float("nan")


# --- better before worse --------------------------------------------------------------------------


def _pushed(effort: Effort) -> Part:
    """Cut the time for training, or reward nothing but efficiency, in a running programme."""
    cut, efficiency = {"frontline_support": 0.0}, {"efficiency_pressure": 0.9}
    cases = {
        "trap-cut-typical": ("typical", cut),
        "trap-cut-orchestrated": ("orchestrated", cut),
        "trap-efficiency": ("typical", efficiency),
    }
    estimates: dict[str, Estimate] = {}
    curves = {}
    for name, (bundled, levers) in cases.items():
        firm = load(bundled).with_weeks(PUSHED + LATER)
        change = _paired(set_at(firm, PUSHED, levers), firm, effort.runs, "experience")
        estimates[f"{name}-first"] = change.estimate(_best_at_first)
        estimates[f"{name}-later"] = change.estimate(lambda c: float(c[-EARLY:].mean()))
        curves[name] = change.curve()
    return Part(estimates, curves)


def _best_at_first(curve: np.ndarray) -> float:
    return float(curve[PUSHED : PUSHED + EARLY].max())


# --- a project with an end ------------------------------------------------------------------------


def _projects(effort: Effort) -> Part:
    """Take a good programme away for good, and see what is left of the best it brought."""
    estimates, curves = {}, {}
    horizon = max(PROJECTS) + AFTERWARDS + SMOOTH
    for end in PROJECTS:
        firm = stopped(load("orchestrated"), end, horizon - end)
        without = load("no_programme").with_weeks(horizon)
        change = _paired(firm, without, effort.runs, "experience")

        def left(curve: np.ndarray, end: int = end) -> float:
            best = curve[: end + EARLY].max()
            late = curve[end + AFTERWARDS - SMOOTH : end + AFTERWARDS + SMOOTH].mean()
            return float(late / best) if best > 0.0 else float("nan")

        estimates[f"trap-project-{end}"] = change.estimate(left)
        curves[f"project-{end}"] = change.curve()
    return Part(estimates, curves)


# --- slower to mend than to break -----------------------------------------------------------------


def _interrupted(effort: Effort) -> Part:
    """Switch a good programme off for PAUSE weeks and then on again."""
    firm = load("orchestrated").with_weeks(LONG)
    levers = {name: firm.levers[name] for name in off()}
    paused = set_at(set_at(firm, INTERRUPTED, off()), INTERRUPTED + PAUSE, levers)
    whole, broken = run(firm, effort.runs), run(paused, effort.runs)

    estimates, curves = {}, {}
    for name, series in (("experience", "experience"), ("practice", "adoption")):
        change = _Change(broken.series(series), whole.series(series))
        estimates[f"trap-recovery-{name}"] = change.estimate(_weeks_to_mend)
        curves[f"interrupted-{name}"] = change.curve()
    change = _Change(broken.series("experience"), whole.series("experience"))
    estimates["trap-neglect-loss"] = change.estimate(lambda c: -float(c[INTERRUPTED:].min()))
    return Part(estimates, curves)


def _weeks_to_mend(curve: np.ndarray) -> float:
    """Return the time until a quarter's mean is back, over that of the pause; NaN if it is not."""
    after = smooth(curve[INTERRUPTED + PAUSE :], QUARTER)
    lowest = int(after.argmin())
    back = after[lowest:] >= BACK
    return float((lowest + back.argmax()) / PAUSE) if back.any() else float("nan")


# --- paired runs ----------------------------------------------------------------------------------


class _Change:
    """A series against that of the undisturbed company, in percent, smoothed over SMOOTH weeks."""

    def __init__(self, disturbed: np.ndarray, undisturbed: np.ndarray) -> None:
        self._disturbed, self._undisturbed = smooth(disturbed, SMOOTH), smooth(undisturbed, SMOOTH)

    def curve(self, rows: Rows | slice = slice(None)) -> np.ndarray:
        """Return the change of the mean over replicates."""
        before = self._undisturbed[rows].mean(axis=0)
        return 100.0 * (self._disturbed[rows].mean(axis=0) / before - 1.0)

    def estimate(self, statistic: Callable[[np.ndarray], float]) -> Estimate:
        """Return a number read off the curve."""
        return estimate(lambda rows: statistic(self.curve(rows)), len(self._disturbed))


def _paired(disturbed: Scenario, undisturbed: Scenario, runs: int, series: str) -> _Change:
    return _Change(run(disturbed, runs).series(series), run(undisturbed, runs).series(series))
