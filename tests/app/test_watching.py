"""What the Watch page is set to: futures, and the link to them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxsim
from cxsim.app.watching import (
    CHARTS,
    LETTERS,
    LONGEST_QUERY,
    MOST_EVENTS,
    SPEEDS,
    Watch,
    checked,
    default_watch,
    from_query,
    future_text,
    scenario_of,
    to_query,
)
from cxsim.errors import CxsimError
from cxsim.timeline import Event

NAMES = cxsim.bundled()
CHARTER = Event(41, {"charter": 0.85, "rivalry": 0.1})
MANY_THINGS = [
    {"week": 30, "set": {"holdouts": ["sales", "finance"], "reporting_levels": 2}},
    {"week": 41, "set": {"charter": 0.85}, "shock": {"price_rise": 0.1}},
    {"week": 60, "shock": {"executive_replaced": {"function": "sales", "commitment": 0.7}}},
    {"week": 60, "shock": {"outage": {"size": 0.5, "weeks": 2}, "cco_leaves": {"vacancy": 13}}},
    {"week": 70, "set": {"holdouts": []}, "shock": {"earnings": {"size": 0.25, "weeks": 13}}},
]


def tried(*events: Event) -> Watch:
    """One future after the other, each with one more event."""
    watch = Watch("typical")
    for event in events:
        watch = watch.intervene(event)
    return watch


def asked(query: str) -> tuple[Watch, list[str]]:
    return from_query(query, NAMES)


# --- futures ------------------------------------------------------------------------------


def test_an_intervention_starts_another_future_with_the_old_one_behind_it() -> None:
    watch = tried(CHARTER, Event(60, shock={"price_rise": 0.1}))
    assert [len(future) for future in watch.futures] == [0, 1, 2]
    assert (watch.play, watch.ghost, watch.week) == (2, 1, 59)
    assert scenario_of(watch, 0) == cxsim.load("typical")
    assert [event.week for event in scenario_of(watch, 2).events] == [41, 60]


def test_an_earlier_intervention_takes_its_place_in_the_order_of_weeks() -> None:
    watch = tried(CHARTER, Event(20, {"resources": 5.0}))
    assert [event.week for event in watch.futures[2]] == [20, 41]


def test_events_of_the_scenario_itself_stay() -> None:
    name = next(name for name in NAMES if cxsim.load(name).events)
    own = cxsim.load(name).events
    watch = Watch(name).intervene(Event(own[0].week + 1, {"charter": 0.9}))
    assert set(own) < set(scenario_of(watch, 1).events)
    assert len(watch.futures[1]) == 1


def test_the_last_intervention_undone_removes_its_future() -> None:
    watch = tried(CHARTER, Event(60, {"resources": 5.0}))
    assert watch.undo(2, 0).futures[2] == watch.futures[2][1:]
    gone = watch.undo(1, 0)
    assert gone.futures == ((), watch.futures[2])
    assert (gone.play, gone.ghost) == (1, None)
    assert watch.undo(2, 5) == watch


def test_a_future_removed_leaves_the_others_in_place() -> None:
    watch = tried(CHARTER, Event(60, {"resources": 5.0}), Event(80, {"resources": 1.0}))
    left = watch.show(1, 3).drop(2)
    assert left.futures == (watch.futures[0], watch.futures[1], watch.futures[3])
    assert (left.play, left.ghost) == (1, 2)
    assert watch.drop(3).play == 0
    assert watch.drop(0) == watch


def test_nothing_stands_behind_itself() -> None:
    watch = tried(CHARTER)
    assert watch.show(1, 1).ghost is None
    assert watch.show(1, 0).ghost == 0
    assert watch.show(9, 9) == watch.show(0, None)


def test_another_company_starts_afresh_with_the_same_speed() -> None:
    watch = Watch("typical", speed=16, charts=("awareness",)).intervene(CHARTER)
    assert watch.company("orchestrated", 7) == Watch(
        "orchestrated", 7, speed=16, charts=("awareness",)
    )


def test_only_so_many_futures_are_kept() -> None:
    full = tried(*(Event(week, {"resources": 5.0}) for week in range(10, 10 + len(LETTERS) - 1)))
    with pytest.raises(CxsimError, match="8 futures are kept at a time; remove one"):
        full.intervene(CHARTER)


def test_only_so_many_interventions_fit_into_a_future() -> None:
    events = [Event(week, {"resources": 5.0}) for week in range(10, 10 + MOST_EVENTS)]
    full = Watch("typical", futures=((), checked("typical", events)), play=1)
    with pytest.raises(CxsimError, match="12 interventions at most"):
        full.intervene(CHARTER)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event(0, {"charter": 0.5}), "the first one is week 1"),
        (Event(156, {"charter": 0.5}), "156 is beyond the horizon"),
        (Event(40, {"charter": 7.0}), "^charter: 7 is out of range"),
        (Event(40, {"insight_share": 0.9}), "the five shares sum to"),
        (Event(40, shock={"price_rise": -1.0}), "^price_rise: -1 is out of range"),
        (Event(40, {"holdouts": ("nobody",)}), "'nobody' is not a function"),
    ],
)
def test_what_a_company_cannot_take_is_refused(event: Event, words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        Watch("typical").intervene(event)


# --- the link -------------------------------------------------------------------------------


def test_a_link_gives_the_same_setting() -> None:
    futures = ((), checked("typical", MANY_THINGS), checked("typical", [CHARTER]))
    watch = Watch("typical", 9, futures, 2, 1, 77, 16, ("awareness", "net_value"))
    assert asked("?" + to_query(watch)) == (watch, [])


def test_an_empty_link_is_the_default() -> None:
    assert asked("") == (default_watch(NAMES), [])
    assert from_query(None, NAMES) == (default_watch(NAMES), [])


def test_a_future_in_a_link_can_be_read_by_people() -> None:
    assert future_text((CHARTER,)) == "41:charter=0.85,rivalry=0.1"
    assert "&future=41:charter=0.85,rivalry=0.1&" in to_query(tried(CHARTER))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("scenario=typicel", "did you mean 'typical'"),
        ("seed=many", 'seed: the text "many" where a whole number is wanted; 1 used'),
        ("seed=-4", "seed: -4 is outside 0 to 4294967295; 0 used"),
        ("week=9999", "week: 9999 is outside 0 to 155; 155 used"),
        ("week=", "week: .* where a whole number is wanted"),
        ("speed=3", "speed: 3 weeks a second where one of"),
        ("speed=fast", "speed: .* 4 used"),
        ("play=C", 'play: there is no future the text "C" among A'),
        ("ghost=%F0%9F%91%BB", "ghost: there is no future"),
        ("charts=adoptoin", "did you mean 'adoption'"),
        ("wek=3", '"wek" is no part of such a link, did you mean .week.'),
        ("future=", "future B is left out: 0 interventions where 1 to 12 are wanted"),
        ("future=40", "where week:name=value is wanted"),
        ("future=40:charter", "where name=value is wanted"),
        ("future=x:charter=1", "future B is left out: week: "),
        ("future=0:charter=1", "the first one is week 1"),
        ("future=999:charter=1", "future B is left out: .*week: 999"),
        ("future=40:charter=high", "charter: .*where a number in 0..1"),
        ("future=40:chartre=0.5", "chartre: unknown lever, did you mean 'charter'"),
        ("future=40:price_rise.size=0.5", "price_rise"),
        ("future=40:price_rise=0.5,price_rise.size=1", "price_rise has no such part"),
        ("future=40:outage.size=0.5", "outage: lacks weeks"),
        ("future=40:earnings.size=nan,earnings.weeks=4", "earnings.size"),
        ("future=40:insight_share=0.9", "the five shares sum to"),
        ("future=40:holdouts=nobody", "'nobody' is not a function"),
        ("&".join(["future=40:charter=1"] * 9), "7 can be tried at a time"),
        ("future=" + ";".join(["40:charter=1"] * 13), "13 interventions where 1 to 12"),
        ("x=1&" * 50, "too many parts"),
        ("scenario=typical&x=" + "y" * LONGEST_QUERY, "longer than"),
    ],
)
def test_a_bad_part_of_a_link_is_named(query: str, words: str) -> None:
    watch, problems = asked(query)
    assert problems, query
    assert any(re.search(words, problem) for problem in problems), problems
    for place in range(len(watch.futures)):
        assert scenario_of(watch, place).name == "typical"


def test_letters_of_a_link_hold_when_a_future_is_left_out() -> None:
    watch, problems = asked("future=40:no=1&future=41:charter=0.85,rivalry=0.1&play=C&ghost=A")
    assert len(problems) == 1
    assert watch.futures == ((), (CHARTER,))
    assert (watch.play, watch.ghost) == (1, 0)
    _, problems = asked("future=40:no=1&play=B")
    assert "play: there is no future" in problems[1]


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_a_link_that_works(text: str) -> None:
    watch, _ = asked(text)
    assert watch.scenario in NAMES
    assert watch.speed in SPEEDS
    assert watch.charts


@given(
    st.dictionaries(
        st.sampled_from(["scenario", "seed", "future", "play", "ghost", "week", "speed", "charts"]),
        st.text(alphabet="0123456789.:;,=-aABeinfxprceoutagsizwk_é", max_size=40)
        | st.sampled_from(["typical", "A", "B", "40:charter=0.5", "1e400", "nan", CHARTS[0]]),
    )
)
@settings(max_examples=300, deadline=None)
def test_any_value_of_a_known_part_is_taken_or_named(given_: dict[str, str]) -> None:
    watch, problems = asked("&".join(f"{key}={value}" for key, value in given_.items()))
    for place in range(len(watch.futures)):
        scenario_of(watch, place)
    again, none = asked(to_query(watch))
    assert again == watch
    assert none == []
    assert all(problem.strip() for problem in problems)
