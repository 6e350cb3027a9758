"""Voice of the customer: answers become a published score, late and pooled."""

from __future__ import annotations

import numpy as np
import pytest

from cxsim import engine
from cxsim.company import empty_ties
from cxsim.rules.voice import publish
from tests.twin.scenarios import change, firm

START = -0.1  # the score of a company that has never asked


def published(lag: int, answers: dict[int, tuple[float, float]], later: int | None = None):
    """Published scores of 40 weeks; `answers` maps a week to sum and number of its answers."""
    events = [] if later is None else [change(20, survey_lag=later)]
    prepared = engine.prepare(firm({"survey_lag": lag}, events, 40, satisfaction_start=START))
    snapshot = engine.begin(prepared, 1, 0)
    for week, answer in answers.items():
        snapshot.state.voice[week] = answer
    ties = empty_ties(prepared.firm)
    for t in range(40):
        publish(t, snapshot.key, prepared.firm, ties, prepared.plan, snapshot.state,
                snapshot.record)  # fmt: skip
    return snapshot.record.company["survey_score"]


@pytest.mark.parametrize("lag", [0, 1, 5, 26])
def test_the_score_is_published_exactly_that_many_weeks_later(lag: int) -> None:
    score = published(lag, {10: (3.0, 6.0)})
    assert score[: 10 + lag] == pytest.approx(START)
    assert score[10 + lag :] == pytest.approx(0.5)


def test_four_weeks_of_answers_are_pooled() -> None:
    score = published(2, {10: (1.0, 1.0), 12: (-1.0, 3.0)})
    # Weeks 12 and 13 know the first answers alone, 14 and 15 all four, 16 and 17 the last three.
    assert score[12:18] == pytest.approx([1.0, 1.0, 0.0, 0.0, -1 / 3, -1 / 3])
    assert score[18:] == pytest.approx(-1 / 3), "without answers the last score stands"


def test_a_shorter_lag_shows_the_same_answers_sooner() -> None:
    score = published(15, {10: (2.0, 2.0), 18: (0.0, 2.0)}, later=1)
    assert score[:19] == pytest.approx(START)
    assert score[19] == pytest.approx(START), "week 19 still has the old lag"
    assert score[20:] == pytest.approx(0.0)


def test_respondents_are_counted_in_the_week_in_which_they_answer() -> None:
    prepared = engine.prepare(firm({"survey_lag": 10}, weeks=30, customers=300, response_rate=0.1))
    record = engine.run_replicates(prepared, 1, 1, threads=1)
    assert record is not None
    company = record.company[0]
    assert company["respondents"][0] > 0
    # Nobody has been heard before week 10; from then on nearly every week brings a new score.
    assert len(np.unique(company["survey_score"][:10])) == 1
    assert len(np.unique(company["survey_score"][10:])) == 20


def test_coverage_decides_who_is_asked_and_complainers_speak_up_anyway() -> None:
    counts = []
    for coverage in (0.0, 0.5, 1.0):
        scenario = firm({"survey_coverage": coverage}, weeks=30, customers=1000, response_rate=0.02)
        record = engine.run_replicates(engine.prepare(scenario), 1, 2, threads=1)
        assert record is not None
        counts.append(record.company["respondents"].sum())
    assert counts[0] < counts[1] < counts[2]
