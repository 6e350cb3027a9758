"""Cards of failure modes and cures in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import cxsim
from cxsim.app.library import (
    LONGEST_TEASER,
    SPARK_POINTS,
    anchor_words,
    cards,
    cure_turns,
    difference,
    in_force,
    names,
    spark,
    teaser,
    themes,
    value_text,
)
from cxsim.parameters import GROUPS, registry
from cxsim.scenario import Scenario
from cxsim.timeline import Event


def test_there_is_a_card_for_every_failure_mode() -> None:
    assert [card.mode for card in cards()] == [f"FM{number:02}" for number in range(1, 32)]
    assert set(names()) == {name for name in cxsim.bundled() if cxsim.load(name).mode}
    for card in cards():
        assert card.themes, card.name
        assert 20 < len(card.teaser) <= LONGEST_TEASER + 2
        assert cxsim.load(card.name).story.replace("\n", " ").startswith(card.teaser.rstrip(" …"))


def test_every_group_of_levers_is_a_theme_with_some_cards() -> None:
    for group in GROUPS:
        holding = sum(group in card.themes for card in cards())
        assert 0 < holding < len(cards()), group


@pytest.mark.parametrize(
    ("story", "begins"),
    [
        ("One thing. Another.", "One thing."),
        ('"All of us," he says. They nod.', '"All of us," he says.'),
        ('He asked: "why?" Nobody knew.', 'He asked: "why?"'),
        ("No end", "No end"),
        ("Two\nlines here. And more", "Two lines here."),
        ("word " * 40, "word " * 25 + "word …"),
    ],
)
def test_a_teaser_is_the_first_sentence(story: str, begins: str) -> None:
    assert teaser(story) == begins


def test_themes_follow_from_the_levers() -> None:
    base = cxsim.load("orchestrated")
    small = base.with_levers(charter=base.levers["charter"] * 0.8)
    assert themes(_child(small)) == ()
    large = base.with_levers(charter=0.1, embedding=0.5, survey_lag=40)
    assert themes(_child(large)) == ("listening", "leadership", "change")
    later = base.with_events([{"week": 20, "set": {"workload": 0.1}}])
    assert themes(_child(later)) == ("operations",)


def _child(scenario: Scenario) -> Scenario:
    return replace(scenario, inherited=cxsim.load("orchestrated").levers)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [(0.2, 0.8, 0.75), (0.0, 0.0, 0.0), (8, 4, 0.5), ((), ("sales",), 1.0), ((), (), 0.0)],
)
def test_differences_are_shares_of_the_larger_value(one: Any, other: Any, apart: float) -> None:
    assert difference(one, other) == pytest.approx(apart)


def test_a_cure_is_told_from_what_was_in_force() -> None:
    scenario = cxsim.load("fm06_survey_lady")
    turns = {turn.title: turn for turn in cure_turns(scenario)}
    charter = turns["Charter agreed before the appointment"]
    assert (charter.before, charter.after) == ("3 %", "85 %")
    assert charter.words_before == "peers learn of the role from the press release"
    assert charter.words_after == "peers signed what the role may change in their own houses"
    assert scenario.cure is not None
    assert len(turns) == len(scenario.cure.set)


def test_events_before_the_cure_count_and_later_ones_do_not() -> None:
    events = [Event(10, set={"charter": 0.3}), Event(20, set={"charter": 0.9})]
    levers = {"charter": 0.1, "workload": 0.8}
    assert in_force(levers, events, 9) == levers
    assert in_force(levers, events, 10)["charter"] == 0.3
    assert in_force(levers, events, 156) == {"charter": 0.9, "workload": 0.8}


def test_what_the_cure_leaves_alone_is_not_told() -> None:
    scenario = cxsim.load("fm06_survey_lady").with_levers(charter=0.85)
    assert "Charter agreed before the appointment" not in {t.title for t in cure_turns(scenario)}
    assert cure_turns(cxsim.load("orchestrated")) == []


@pytest.mark.parametrize(
    ("lever", "value", "text", "words"),
    [
        ("charter", 0.85, "85 %", "peers signed what the role may change in their own houses"),
        ("charter", 0.5, "50 %", "the role is described, its rights are not"),
        ("time_to_impact_horizon", 13, "13 weeks", "one month"),
        ("turnover", 0.18, "18 % per year", "nobody leaves"),
        ("holdouts", (), "none", ""),
        ("holdouts", ("sales", "finance"), "sales, finance", ""),
    ],
)
def test_values_read_as_people_say_them(lever: str, value: Any, text: str, words: str) -> None:
    parameter = registry().levers[lever]
    assert value_text(parameter, value) == text
    assert anchor_words(parameter, value) == words


def test_a_spark_is_the_median_in_per_cent() -> None:
    ensemble = cxsim.simulate(cxsim.load("fm06_survey_lady"), replicates=3, seed=2)
    assert ensemble is not None
    points = spark(ensemble)
    assert len(points) == SPARK_POINTS
    middle = sorted(ensemble.series("adoption")[:, -1])[1]
    assert points[-1] == round(100 * middle)
    assert points[0] == round(100 * sorted(ensemble.series("adoption")[:, 0])[1])
