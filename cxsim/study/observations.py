"""What a survey of many firms would see of each: one number per firm, or per firm and function.

Published patterns speak of firms that "met their objectives" or "saw a significant increase". Here
stands what those words mean in the model; `patterns` then only counts and compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import rankdata

from cxsim.scenario import Scenario
from cxsim.series import SATISFACTION, WEEKS_A_YEAR
from cxsim.study.firms import WEEKS, YOUNGEST

Columns = Mapping[str, np.ndarray]  # name -> one row per firm, replicate, customer group, ...

OBJECTIVES_MET = 0.16  # of employees practise at the end: innovators and early adopters (E1.19)
TRANSFORMED = 0.5  # share of employees with the habit at the end; "very or completely successful"
VISIBLE_GAIN = 5.0  # points of 100 of satisfaction above the start: the rest of that success
COLLAPSED = 0.03  # of employees practise: only those who always do
HIGH = 0.65  # a practice of which people would say that it is done well

SCORE_WINDOW = 26  # weeks of published scores behind "the score of a year": some 80 answers
IMPACT = 2.0 / 3.0  # part of the final gain in satisfaction that makes an impact visible
SMOOTH = 13  # weeks
COLLECTS = 25  # answers in a year from which a firm can be said to collect what customers say
IMPROVES = 12  # pain points closed in a year, and no fewer than are left open at its end
TELLS = 0.3  # salience of wins from which people outside the team know of them

# What change managers themselves can do well or badly.
CHANGE_MANAGEMENT = (
    "role_modelling",
    "communication",
    "relating_to_objectives",
    "frontline_support",
    "embedding",
    "capitalisation",
)
LEVERS = ("ceo_sponsorship", *CHANGE_MANAGEMENT)


def observe(
    firms: Sequence[Scenario], company: np.ndarray, function: np.ndarray, age: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what is seen of each firm.

    Parameters
    ----------
    firms : sequence of Scenario
    company : structured array, shape (firms, weeks)
    function : structured array, shape (firms, weeks, functions)
    age : array of int, shape (firms,)
        Age of the programme when the survey comes by, weeks.

    Returns
    -------
    dict
        Name to an array whose first axis is the firm.
    """
    return {
        **_practices(firms),
        **_ends(company),
        **_cross_section(company, age),
        **_score_changes(company, age),
        **_listening(company, firms),
        **_units(function),
        "impact_week": _impact_week(company),
        **{c: company[f"churn_{c}"].sum(axis=1) for c in ("process", "service", "expectation")},
    }


def _practices(firms: Sequence[Scenario]) -> dict[str, np.ndarray]:
    levers = {name: np.array([firm.levers[name] for firm in firms]) for name in LEVERS}
    ranks = {name: (rankdata(v) - 0.5) / len(v) for name, v in levers.items()}
    others = [ranks[name] for name in LEVERS if name != "embedding"]
    return {
        **levers,
        "change_management": np.mean([ranks[name] for name in CHANGE_MANAGEMENT], axis=0),
        "without_embedding": np.mean(others, axis=0),
        "frontline_high": np.minimum(levers["frontline_support"], levers["embedding"]) >= HIGH,
    }


def _ends(company: np.ndarray) -> dict[str, np.ndarray]:
    adoption, embedded = company["adoption"][:, -1], company["embedded"][:, -1]
    satisfaction = points(company["satisfaction"])
    gain = satisfaction[:, -SMOOTH:].mean(axis=1) - satisfaction[:, :SMOOTH].mean(axis=1)
    return {
        "adoption": adoption,
        "met": adoption >= OBJECTIVES_MET,
        "transformed": (embedded >= TRANSFORMED) & (gain >= VISIBLE_GAIN),
        "collapsed": adoption < COLLAPSED,
    }


def _cross_section(company: np.ndarray, age: np.ndarray) -> dict[str, np.ndarray]:
    adoption = company["adoption"][np.arange(len(age)), np.minimum(age, WEEKS) - 1]
    return {"stage": np.minimum(4, np.floor(adoption * 5.0)).astype(int)}


def _score_changes(company: np.ndarray, age: np.ndarray) -> dict[str, np.ndarray]:
    """Return the change of the published score over the year up to a random week."""
    scores = points(company["survey_score"])
    sums = np.concatenate([np.zeros((len(scores), 1)), np.cumsum(scores, axis=1)], axis=1)
    earliest = WEEKS_A_YEAR + SCORE_WINDOW
    span = (age - YOUNGEST) / (WEEKS - YOUNGEST)
    end = np.rint(earliest + span * (WEEKS - earliest)).astype(int)
    row = np.arange(len(end))

    def mean(until: np.ndarray) -> np.ndarray:
        return (sums[row, until] - sums[row, until - SCORE_WINDOW]) / SCORE_WINDOW

    return {"score_change": mean(end) - mean(end - WEEKS_A_YEAR)}


def _listening(company: np.ndarray, firms: Sequence[Scenario]) -> dict[str, np.ndarray]:
    year = company[:, -WEEKS_A_YEAR:]
    asked = np.array([firm.levers["survey_coverage"] for firm in firms])
    answers = year["respondents"].sum(axis=1) / np.maximum(1.0, year["active_customers"].mean(1))
    collects = year["respondents"].sum(axis=1) >= COLLECTS
    closed = year["closures"].sum(axis=1)
    improves = collects & (closed >= np.maximum(IMPROVES, year["open_issues"][:, -1]))
    return {
        "answers": answers / np.maximum(asked, 0.01),
        "collects": collects,
        "improves": improves,
        "tells": improves & (year["wins"].mean(axis=1) >= TELLS),
    }


def _units(function: np.ndarray) -> dict[str, np.ndarray]:
    """Return belief, experience and complaints of each function, early and in the last year."""
    late, early = function[:, -WEEKS_A_YEAR:], function[:, :SCORE_WINDOW]

    def experience(part: np.ndarray) -> np.ndarray:
        return _per(part["experience"] * part["contacts"], part["contacts"])

    return {
        "unit_belief": late["belief"].mean(axis=1),
        "unit_experience": experience(late),
        "unit_complaints": _per(late["complaints"], late["contacts"]),
        "unit_belief_gain": late["belief"].mean(axis=1) - early["belief"].mean(axis=1),
        "unit_experience_gain": experience(late) - experience(early),
    }


def _impact_week(company: np.ndarray) -> np.ndarray:
    """Return the week in which satisfaction has made IMPACT of its gain; NaN without success."""
    satisfaction = points(company["satisfaction"])
    start, final = satisfaction[:, :SMOOTH].mean(axis=1), satisfaction[:, -SMOOTH:].mean(axis=1)
    smooth = np.lib.stride_tricks.sliding_window_view(satisfaction, SMOOTH, axis=1).mean(axis=2)
    wanted = (start + IMPACT * (final - start))[:, None]
    week = (smooth >= wanted).argmax(axis=1) + float(SMOOTH)
    return np.where(_ends(company)["transformed"], week, np.nan)


def points(satisfaction: np.ndarray) -> np.ndarray:
    """Return satisfaction in points of 100."""
    return satisfaction * SATISFACTION.factor + SATISFACTION.offset


def _per(flow: np.ndarray, base: np.ndarray) -> np.ndarray:
    """Return a flow summed over weeks, per unit of its base; NaN where there is no base."""
    below: Any = base.sum(axis=1)
    empty = np.full(below.shape, np.nan)
    return np.divide(flow.sum(axis=1), below, out=empty, where=below > 0.0)
