"""The published patterns as data, and what each of them means in the model.

A pattern's function takes what was observed (`observations`, `mechanisms`) and returns one number.
It is called again on resampled firms to say how sure that number is.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, log, nan
from pathlib import Path

import numpy as np

from cxsim.errors import CxsimError
from cxsim.parameters import GRADES
from cxsim.study.mechanisms import DETRACTORS, EXPERIMENTS, PASSIVES, PROMOTERS
from cxsim.study.observations import Columns

# Grades of change management: the outer tenths of the firms, and the two halves of the rest.
GRADE_LIMITS = (0.0, 0.1, 0.5, 0.9, 1.0)
POOR, FAIR, GOOD, EXCELLENT = range(4)
SPONSOR_END = 0.2  # part of the firms with extremely effective, or very ineffective, sponsors
FREQUENT = 1.0 / 3.0  # part of the firms that report often, or hardly ever
STRATA = 5  # groups of firms alike in everything but reinforcement
FLAT = 3.0  # points of 100 within which a score has not moved; about twice its sampling error
SIGNIFICANT = 6.0  # points of 100
INVITATIONS = 2.0  # a year
QUARTER = 0.25
BOOTSTRAPS = 200
LEVEL = 0.9  # of the interval
_SAMPLED = ("firms", "projects", "rigorous")
_FILE = Path(__file__).with_name("patterns.toml")


@dataclass(frozen=True)
class Pattern:
    """One published pattern.

    Attributes
    ----------
    id : str
        Unique; begins with an evidence id.
    evidence : tuple of str
        Rows of docs/evidence.md.
    grade, statement, interval, unit : str
        Grade of those rows, the pattern in words, where low and high come from, and the unit.
    function, sample : str
        What computes it, and from what.
    low, high : float
        What counts as agreement.
    target : float or None
        The published figure; None where only a direction was published.
    width : float or None
        Without a target: the distance from the interval (a logarithm, if the scale is one) that
        counts as one error more.
    scale : str
        "linear" or "log".
    counted : bool
        Whether it takes part in the fit.
    """

    id: str
    evidence: tuple[str, ...]
    grade: str
    statement: str
    function: str
    low: float
    high: float
    interval: str
    sample: str = "firms"
    unit: str = "share"
    target: float | None = None
    width: float | None = None
    scale: str = "linear"
    counted: bool = True

    def value(self, observed: Mapping[str, Columns]) -> float:
        """Return the simulated figure; NaN where nothing was there to be counted."""
        return float(FUNCTIONS[self.function](observed[self.sample]))

    def range_of(self, observed: Mapping[str, Columns], seed: int = 1) -> tuple[float, float]:
        """Return the 90 % interval of the value over resampled firms, people or replicates."""
        random = np.random.Generator(np.random.Philox(seed))
        columns = observed[self.sample]
        count = len(next(iter(columns.values())))
        values = []
        for _ in range(BOOTSTRAPS):
            rows = random.integers(0, count, count)
            again = {name: column[rows] for name, column in columns.items()}
            values.append(FUNCTIONS[self.function](again))
        if np.isnan(values).all():
            return nan, nan
        tail = 0.5 * (1.0 - LEVEL)
        low, high = np.nanquantile(values, (tail, 1.0 - tail))
        return float(low), float(high)

    def agrees(self, value: float) -> bool:
        """Return whether a value lies within the published uncertainty."""
        return self.low <= value <= self.high

    def error(self, value: float) -> float:
        """Return how far a value is from the target, in half-widths of the interval.

        Up to 1 in size is agreement. Without a target it is 0 within the interval. NaN, a value
        that could not be computed at all, is as far off as can be.
        """
        if np.isnan(value):
            return inf
        low, high, at = (self._on_scale(x) for x in (self.low, self.high, value))
        if self.target is None:
            outside = min(0.0, at - low) + max(0.0, at - high)
            return outside / (self.width or 1.0) + float(np.sign(outside))
        middle = self._on_scale(self.target)
        return (at - middle) / (high - middle if at > middle else middle - low)

    def _on_scale(self, value: float) -> float:
        return log(max(value, 1e-3)) if self.scale == "log" else value


@functools.cache
def patterns() -> tuple[Pattern, ...]:
    """Return all patterns, read and checked once.

    Raises
    ------
    CxsimError
        An entry is incomplete or contradicts itself.
    """
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))["patterns"]
    found = tuple(_pattern(table) for table in tables)
    if len({pattern.id for pattern in found}) < len(found):
        raise CxsimError(f"{_FILE.name}: two patterns have the same id")
    return found


def _pattern(table: Mapping[str, object]) -> Pattern:
    where = f"{_FILE.name}: {table.get('id')}"
    try:
        made = Pattern(**{**table, "evidence": tuple(table["evidence"])})  # type: ignore[arg-type]
    except (KeyError, TypeError) as error:
        raise CxsimError(f"{where}: {error}") from None
    if made.function not in FUNCTIONS:
        raise CxsimError(f"{where}: no function {made.function} in patterns.py")
    if made.sample not in (*_SAMPLED, *EXPERIMENTS):
        raise CxsimError(f"{where}: no sample {made.sample}")
    if made.scale not in ("linear", "log"):
        raise CxsimError(f"{where}: scale {made.scale} where linear or log is wanted")
    if not set(made.grade.split(" + ")) <= set(GRADES):
        raise CxsimError(f"{where}: unknown grade {made.grade}")
    if (made.target is None) == (made.width is None):
        raise CxsimError(f"{where}: either a target or a width is wanted")
    if not made.low <= (made.low if made.target is None else made.target) <= made.high:
        raise CxsimError(f"{where}: low <= target <= high is wanted")
    return made


# --- success and what goes with it ----------------------------------------------------------------


def met_by_grade(seen: Columns) -> np.ndarray:
    """Share of firms that meet their objectives, for each of the four grades from poor up."""
    quality = seen["change_management"]
    limits = np.quantile(quality, GRADE_LIMITS[1:-1])
    grade = np.searchsorted(limits, quality, side="right")
    return np.array([_mean(seen["met"][grade == g]) for g in range(4)])


def smallest_step_between_grades(seen: Columns) -> float:
    """Smallest rise of that share from one grade to the next; negative if the order is broken."""
    return float(np.diff(met_by_grade(seen)).min())


def met_with_best_sponsors(seen: Columns) -> float:
    """Share that meets its objectives in the fifth with the most effective chief executives."""
    return _mean(seen["met"][_top(seen["ceo_sponsorship"], SPONSOR_END)])


def met_with_worst_sponsors(seen: Columns) -> float:
    """Share that meets its objectives in the fifth with the least effective ones."""
    return _mean(seen["met"][_top(-seen["ceo_sponsorship"], SPONSOR_END)])


def transformed_with_frontline(seen: Columns) -> float:
    """Share of successes where support and embedding are both high."""
    return _mean(seen["transformed"][seen["frontline_high"]])


def progress_reports(seen: Columns) -> float:
    """Success in the third of firms that communicates most, as a multiple of the last third.

    Half a success is added to either side, so that none in the last third is no division by zero.
    """
    most, least = _top(seen["communication"], FREQUENT), _top(-seen["communication"], FREQUENT)
    success = seen["transformed"]
    often = (success[most].sum() + 0.5) / (most.sum() + 1.0)
    seldom = (success[least].sum() + 0.5) / (least.sum() + 1.0)
    return float(often / seldom)


def reinforcement(seen: Columns) -> float:
    """Ratio of success above and below the median of embedding, among otherwise equal firms.

    The firms are sorted into fifths by all other practices; their ratios are pooled by the method
    of Mantel and Haenszel, half a firm added to either side as above.
    """
    high = seen["embedding"] > np.median(seen["embedding"])
    others, success = seen["without_embedding"], seen["met"].astype(float)
    stratum = np.searchsorted(np.quantile(others, np.arange(1, STRATA) / STRATA), others)
    above = below = 0.0
    for number in range(STRATA):
        here = stratum == number
        with_it, without = here & high, here & ~high
        above += success[with_it].sum() * without.sum() / max(1, here.sum())
        below += success[without].sum() * with_it.sum() / max(1, here.sum())
    return float((above + 0.5) / (below + 0.5))


def collapses_among_failures(seen: Columns) -> float:
    """Share of firms where hardly anybody practises, among those that miss their objectives."""
    return _mean(seen["collapsed"][~seen["met"]])


# --- units, scores, causes ------------------------------------------------------------------------


def experience_of_top_units(seen: Columns) -> float:
    """Mean experience in the quarter of functions, over all firms, that believes most / least."""
    return _contrast(seen["unit_belief"], seen["unit_experience"])


def complaints_of_top_units(seen: Columns) -> float:
    """Complaints per contact in that quarter, as a multiple of the last quarter."""
    return _contrast(seen["unit_belief"], seen["unit_complaints"])


def attitude_to_impression(seen: Columns) -> float:
    """Slope of a function's gain in experience on its gain in belief, both in points of 100.

    From the first half-year to the last year; over all functions of all firms.
    """
    belief, experience = _both(seen["unit_belief_gain"], seen["unit_experience_gain"])
    return float(np.polyfit(belief, experience, 1)[0]) if np.ptp(belief) > 0.0 else nan


def unit_correlation(seen: Columns) -> float:
    """Correlation of belief and experience over functions of all firms."""
    belief, experience = _both(seen["unit_belief"], seen["unit_experience"])
    return float(np.corrcoef(belief, experience)[0, 1]) if np.ptp(belief) > 0.0 else nan


def mean_score_change(seen: Columns) -> float:
    """Mean change in a year of the published score, in points of 100."""
    return _mean(seen["score_change"])


def process_among_causes(seen: Columns) -> float:
    """Customers lost to processes, as a share of those lost to processes or service."""
    process, service = seen["process"].sum(), seen["service"].sum()
    return float(process / (process + service)) if process + service > 0.0 else nan


def week_of_impact(seen: Columns) -> float:
    """Week in which successful firms, in the median, have two thirds of their gain."""
    weeks = seen["impact_week"]
    return float(np.nanmedian(weeks)) if not np.isnan(weeks).all() else nan


def _hazard(seen: Columns, group: int) -> float:
    """Share of a group that leaves within a quarter, as a multiple of the passives'."""
    asked, left = seen["asked"].sum(axis=0), seen["left"].sum(axis=0)
    if asked[group] == 0.0 or left[PASSIVES] == 0.0:
        return nan
    return float(left[group] / asked[group] / (left[PASSIVES] / asked[PASSIVES]))


# --- tools ----------------------------------------------------------------------------------------


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else nan


def _top(values: np.ndarray, share: float) -> np.ndarray:
    """Return which rows belong to the highest `share`."""
    return values >= np.quantile(values, 1.0 - share)


def _both(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two columns as flat lists, without rows in which either is missing."""
    known = np.isfinite(a) & np.isfinite(b)
    return a[known], b[known]


def _contrast(sorted_by: np.ndarray, values: np.ndarray) -> float:
    """Return the mean of the highest quarter divided by that of the lowest."""
    key, value = _both(sorted_by, values)
    if len(key) == 0:
        return nan
    low = value[key <= np.quantile(key, QUARTER)].mean()
    return float(value[key >= np.quantile(key, 1.0 - QUARTER)].mean() / low) if low > 0.0 else nan


def _share(name: str, condition: Callable[[np.ndarray], np.ndarray]) -> Callable[[Columns], float]:
    return lambda seen: _mean(condition(seen[name]))


def _typical(name: str) -> Callable[[Columns], float]:
    return lambda seen: float(np.median(seen[name]))


def _grade(number: int) -> Callable[[Columns], float]:
    return lambda seen: float(met_by_grade(seen)[number])


FUNCTIONS: dict[str, Callable[[Columns], float]] = {
    "met_when_poor": _grade(POOR),
    "met_when_fair": _grade(FAIR),
    "met_when_good": _grade(GOOD),
    "met_when_excellent": _grade(EXCELLENT),
    "smallest_step_between_grades": smallest_step_between_grades,
    "met_with_best_sponsors": met_with_best_sponsors,
    "met_with_worst_sponsors": met_with_worst_sponsors,
    "transformed": _share("transformed", lambda yes: yes),
    "transformed_with_frontline": transformed_with_frontline,
    "progress_reports": progress_reports,
    "reinforcement": reinforcement,
    "collapses_among_failures": collapses_among_failures,
    "experience_of_top_units": experience_of_top_units,
    "complaints_of_top_units": complaints_of_top_units,
    "attitude_to_impression": attitude_to_impression,
    "unit_correlation": unit_correlation,
    # answers of a customer who is asked, in a year
    "answers_per_invitation": _share("answers", lambda answers: answers / INVITATIONS),
    "process_among_causes": process_among_causes,
    # stages are fifths of adoption, at a random age of the programme
    "in_lowest_two_stages": _share("stage", lambda stage: stage <= 1),
    "in_top_stage": _share("stage", lambda stage: stage == 4),
    "scores_flat": _share("score_change", lambda change: np.abs(change) <= FLAT),
    "scores_up": _share("score_change", lambda change: change > FLAT),
    "scores_down": _share("score_change", lambda change: change < -FLAT),
    "scores_up_significantly": _share("score_change", lambda change: change > SIGNIFICANT),
    "mean_score_change": mean_score_change,
    # the funnel of listening, see observations.py
    "collecting": _share("collects", lambda yes: yes),
    "improving": _share("improves", lambda yes: yes),
    "telling": _share("tells", lambda yes: yes),
    "week_of_impact": week_of_impact,
    # single mechanisms, see mechanisms.py
    "left_after_half_year": _typical("half_year"),
    "left_after_year": _typical("year"),
    "days_to_habit": _typical("days"),
    "culture_outlasts_structures": lambda seen: float(np.mean(seen["culture"] - seen["built"])),
    "hazard_of_detractors": lambda seen: _hazard(seen, DETRACTORS),
    "hazard_of_promoters": lambda seen: _hazard(seen, PROMOTERS),
    "half_life_local": _typical("local"),
    "half_life_handoff": _typical("handoff"),
    "half_life_ratio": _typical("ratio"),
}
