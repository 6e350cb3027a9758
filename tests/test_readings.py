"""What a measure reads: series, whose, and weeks, worked out by hand."""

from __future__ import annotations

import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.measures import Reading, parse, readings
from cxsim.series import SERIES
from tests.measured import story

STORY = story(weeks=20)  # a price rise in week 2, the officer leaves in week 4

READ = {
    "mean(adoption)": [("mean", "adoption", "company", 0, 19)],
    "100 * mean(adoption, -5)": [("mean", "adoption", "company", 15, 19)],
    "sum(closures, 3, 8)": [("sum", "closures", "company", 3, 7)],
    "at(cynicism, 6)": [("at", "cynicism", "company", 6, 6)],
    "at(cynicism, -1)": [("at", "cynicism", "company", 19, 19)],
    "at(cynicism, -20)": [("at", "cynicism", "company", 0, 0)],
    'max(adoption["service"], 1)': [("max", "adoption", "service", 1, 19)],
    'last(adoption["last layer"])': [("last", "adoption", "last layer", 0, 19)],
    "gap_of_lowest(commitment, 6)": [("gap_of_lowest", "commitment", "every function", 6, 19)],
    "between_layers(awareness, 2, 4)": [("between_layers", "awareness", "every layer", 2, 3)],
    "mean(budget, weeks / 2)": [("mean", "budget", "company", 10, 19)],
    'min(satisfaction, event_week("cco_leaves"), event_week("cco_leaves") + 3)': [
        ("min", "satisfaction", "company", 4, 6)
    ],
    "lag_of_best_correlation(satisfaction, survey_score, 5, 2, 18)": [
        ("lag_of_best_correlation", "satisfaction", "company", 2, 17),
        ("lag_of_best_correlation", "survey_score", "company", 2, 17),
    ],
    "first_week_above(adoption, max(adoption, 0, 9) / 2, 3)": [
        ("first_week_above", "adoption", "company", 3, 19),
        ("max", "adoption", "company", 0, 8),
    ],
    'mean(load) - lever("charter") + mean(load)': [("mean", "load", "company", 0, 19)],
    'event_week("price_rise") / weeks': [],
}


@pytest.mark.parametrize("text", READ)
def test_a_measure_tells_what_it_reads(text: str) -> None:
    assert readings(parse(text), STORY) == tuple(Reading(*found) for found in READ[text])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mean(adoption, 15, 40)", "the horizon is 20 weeks"),
        ("at(adoption, 20)", "the horizon is 20 weeks"),
        ('at(adoption, event_week("outage"))', "no event of the scenario has this shock"),
    ],
)
def test_weeks_that_are_not_there_are_told(text: str, complaint: str) -> None:
    with pytest.raises(CxsimError, match=complaint):
        readings(parse(text), STORY)


def test_every_sign_of_every_bundled_scenario_reads_something() -> None:
    for name in cxsim.bundled():
        scenario = cxsim.load(name)
        for sign in scenario.signs:
            found = readings(parse(sign.measure), scenario)
            assert found, (name, sign.measure)
            for reading in found:
                assert reading.series in SERIES
                assert 0 <= reading.first <= reading.last < scenario.weeks
