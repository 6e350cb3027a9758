"""Workforce, rule by rule, against values worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.rules.workforce import (
    Climate,
    backlog_age,
    climate_of,
    conviction,
    cynicism_after,
    go_on_practising,
    leave,
    live_employee,
    load_of,
    mean_ability,
    modelling,
    practising_peers,
    serve,
    settle,
    slack_of,
    start_practising,
    support_of,
    threshold_of,
    wins_seen,
)
from cxsim.state import EMPLOYEE, PROCESS, TOUCHPOINT
from tests import rows

share = st.floats(0.0, 1.0)


def climate(**values: float) -> Climate:
    """A climate in which nothing is said, shown or demanded."""
    silent = dict.fromkeys(Climate._fields, 0.0) | {"openness": 1.0, "slack": 1.0}
    return Climate(**(silent | values))


# --- what a function gives its people -------------------------------------------------------------


def test_load_by_hand() -> None:
    facts = rows.facts(season_load=1.0, training_load=0.2, complaint_load=0.5, surge_load=0.4)
    levers = rows.levers(workload=0.5, seasonality=0.2)
    function, week = rows.function(complaint_rate=0.2), rows.week(season=0.5, surge=0.5)
    assert load_of(function, 0.0, 0.0, week, levers, facts) == pytest.approx(0.9)
    assert load_of(function, 0.25, 0.0, week, levers, facts) == pytest.approx(0.95)
    assert load_of(rows.function(), 0.0, 0.0, rows.week(), levers, facts) == 0.5


@pytest.mark.parametrize(("ability", "load"), [(0.0, 0.2), (0.25, 0.15), (0.5, 0.1), (1.0, 0.0)])
def test_training_takes_the_time_of_those_who_cannot_do_it_yet(ability: float, load: float) -> None:
    facts, levers = rows.facts(training_load=0.4), rows.levers(workload=0.5, seasonality=0.0)
    found = load_of(rows.function(), 0.5, ability, rows.week(), levers, facts)
    assert found == pytest.approx(0.5 + load)  # .4 x .5 x what is still to learn


def test_mean_ability_is_that_of_the_function_alone() -> None:
    people = rows.table(EMPLOYEE, [{"ability": k} for k in (0.25, 0.75, 0.125, 0.25, 0.5, 1.0)])
    start = np.array([0, 2, 5, 6], np.int32)
    assert [mean_ability(f, start, people) for f in range(3)] == [0.5, 0.875 / 3, 1.0]


@pytest.mark.parametrize(
    ("budget", "active", "support"), [(1.0, 1, 0.5), (1.5, 1, 0.5), (0.4, 1, 0.2), (1.0, 0, 0.0)]
)
def test_support_needs_a_programme_that_is_paid(budget: float, active: int, support: float) -> None:
    programme, week = rows.programme(budget=budget), rows.week(active=active)
    found = support_of(programme, week, rows.levers(frontline_support=0.5))
    assert found == pytest.approx(support)


@settings(max_examples=40)
@given(low=share, high=share, ability=share)
def test_training_never_lightens_the_load(low: float, high: float, ability: float) -> None:
    low, high = sorted((low, high))
    facts = rows.facts(training_load=0.3, slack_ceiling=1.2, slack_range=0.8, slack_floor=0.05)
    levers, week = rows.levers(workload=0.5), rows.week()
    less, more = (
        load_of(rows.function(), support, ability, week, levers, facts) for support in (low, high)
    )
    assert more - less == pytest.approx(0.3 * (high - low) * (1.0 - ability))
    assert slack_of(more, facts) <= slack_of(less, facts)
    able = load_of(rows.function(), high, max(ability, 0.5), week, levers, facts)
    assert able <= more


@pytest.mark.parametrize(("load", "slack"), [(0.2, 1.0), (0.4, 1.0), (0.6, 0.75), (5.0, 0.05)])
def test_slack(load: float, slack: float) -> None:
    facts = rows.facts(slack_ceiling=1.2, slack_range=0.8, slack_floor=0.05)
    assert slack_of(load, facts) == pytest.approx(slack)


def round_climate(active: int = 1, budget: float = 1.5, **changed: float) -> Climate:
    """The climate of one function, with round numbers for everything that enters it."""
    facts = rows.facts(
        stated_share=0.8, message_coherence=0.4, message_stated=0.5, belief_relating=0.2,
        belief_message=0.5, hollow_governance=0.5, hollow_gap=0.5, hollow_backlog=0.25,
        backlog_age=52, seen_own=0.5, seen_company=0.5, belief_wins=0.4, belief_efficiency=0.25,
        ability_training=0.06, slack_ceiling=1.2, slack_range=0.8,
    )  # fmt: skip
    even = {
        "ceo_encouragement": 1.0, "communication": 0.5, "coherence": 0.5,
        "relating_to_objectives": 0.5, "governance_overhead": 0.4, "efficiency_pressure": 0.4,
        "embedding": 0.5, "frontline_support": 0.5,
    }  # fmt: skip
    function = rows.function(commitment=0.4, win=0.5)
    programme = rows.programme(budget=budget, win=0.2)
    week, levers = rows.week(active=active), rows.levers(**even | changed)
    support = support_of(programme, week, levers)
    seen = wins_seen(function, programme, facts)
    return climate_of(
        0.4, seen, programme, 0.8, support, 0.003, 0.6, 26.0, week, levers, facts
    )  # fmt: skip


def test_climate_by_hand() -> None:
    found = round_climate()._asdict()
    wanted = {
        "commitment": 0.4,
        "message": 0.252,  # .5 x .8 x .7 x .9
        "message_weight": 0.3,
        "words": 0.525,  # .2 governance + .2 gap + .125 backlog
        "seen": 0.35,
        "wins_weight": 0.14,
        "openness": 0.95,
        "training": 0.03,
        "slack": 0.75,
        "leaving": 0.003,
    }
    assert found == pytest.approx(wanted)


def test_without_a_programme_nobody_trains_governs_or_asks() -> None:
    found = round_climate(active=0)
    assert found.training == 0.0
    assert found.words == pytest.approx(0.2)  # what the head says and does not do


def test_half_a_budget_trains_governs_and_asks_half_as_much() -> None:
    found = round_climate(budget=0.5)
    assert found.training == pytest.approx(0.015)
    assert found.words == pytest.approx(0.3625)  # .1 governance + .2 gap + .0625 backlog


def test_backlog_age_is_weighted_by_pain_points_and_stays_in_the_house() -> None:
    points = rows.table(TOUCHPOINT, [{"owner": owner, "partner": -1} for owner in (0, 0, 1, 0)])
    backlog = [(1.0, 10.0), (3.0, 30.0), (9.0, 99.0), (0.0, 50.0)]
    processes = rows.table(PROCESS, [{"issues": n, "issue_age": age} for n, age in backlog])
    assert backlog_age(0, processes, points) == pytest.approx(25.0)
    assert backlog_age(1, processes, points) == pytest.approx(99.0)
    assert backlog_age(2, processes, points) == 0.0


@pytest.mark.parametrize(
    ("peers", "part"),
    [([0, 1, 2, -1, -1, -1], 2 / 3), ([-1] * 6, 0.0), ([0, 0, 0, 0, 0, 1], 5 / 6)],
)
def test_practising_peers(peers: list[int], part: float) -> None:
    practised = np.array([1, 0, 1], np.uint8)
    everybody = np.array([[2] * 6, peers], np.int32)
    assert practising_peers(1, everybody, practised) == pytest.approx(part)


@pytest.mark.parametrize(
    ("role_modelling", "daily", "lead", "modelled"),
    [
        (0.5, 0.2, 1.0, 0.41),  # head .4 x .5 x .25, manager .6 x .6
        (0.5, 0.2, 0.0, 0.05),
        (0.5, 0.0, 1.0, 0.35),
        (1.0, 0.2, 1.0, 0.7),
        (0.0, 0.2, 1.0, 0.12),
        (0.0, 0.0, 1.0, 0.0),
        (0.0, 0.2, 0.0, 0.0),
    ],
)
def test_modelling_by_hand(
    role_modelling: float, daily: float, lead: float, modelled: float
) -> None:
    """A manager who practises is noticed even where leaders make no point of it; a head is not."""
    levers = rows.levers(role_modelling=role_modelling)
    facts = rows.facts(modelling_head=0.4, modelling_daily=daily)
    found = modelling(lead, 0.5, climate(commitment=0.5), levers, facts)
    assert found == pytest.approx(modelled)


# --- cynicism -------------------------------------------------------------------------------------

SCEPTIC = {"cynicism": 0.5, "practising": 1, "habit": 0.5}


def cynicism(
    message: float = 0.3, modelled: float = 0.4, seen: float = 0.5, words: float = 0.2, **own: Any
) -> float:
    facts = rows.facts(
        cynicism_hollow=0.06, cynicism_effort=0.05, effort_slack=1.3, effort_embedding=0.5,
        relief_base=0.2, relief_wins=0.8, relief_modelling=0.5, cynicism_relief=0.05,
    )  # fmt: skip
    weather = climate(words=words, seen=seen, slack=0.5)
    person, levers = rows.employee(**SCEPTIC | own), rows.levers(embedding=0.5)
    return cynicism_after(person, message, modelled, weather, levers, facts)


def test_cynicism_by_hand() -> None:
    assert cynicism() == pytest.approx(0.492)
    assert cynicism(practising=0) == pytest.approx(0.4845)  # no effort: .0045 less .02


@settings(max_examples=40)
@given(low=share, high=share)
def test_words_feed_cynicism_and_deeds_heal_it(low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert cynicism(words=high) >= cynicism(words=low)
    assert cynicism(message=high) >= cynicism(message=low)
    assert cynicism(seen=high) <= cynicism(seen=low)
    assert cynicism(modelled=high) <= cynicism(modelled=low)
    assert cynicism(habit=high) <= cynicism(habit=low)


# --- starting and stopping ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("belief", "convinced"),
    [(0.4, 0.5), (0.5, 0.7310585786), (0.3, 0.2689414214), (1.0, 0.9975273768)],
)
def test_conviction_is_a_step_at_the_own_threshold(belief: float, convinced: float) -> None:
    person = rows.employee(belief=belief, threshold=0.4)
    assert conviction(person, rows.facts(belief_width=0.1)) == pytest.approx(convinced)


INFLUENCES = (0.1, 0.2, 0.3, 0.2, 0.2)  # disposition, message, modelling, peers, wins
STARTS = ("disposition", "message", "modelling", "peers", "wins")
STOPS = ("belief", "effort", "overload")


def begin(u: float, influences: tuple[float, ...] = INFLUENCES) -> tuple[Any, Any]:
    """One who starts with hazard .2 x .5 x .5 x .8 x .5 = .02, and the company's row."""
    person = rows.employee(awareness=0.5, ability=0.55, habit=0.5, belief=0.3, threshold=0.3)
    facts = rows.facts(start_hazard=0.2, ability_threshold=0.55, habit_idle_loss=0.03)
    count = rows.counters()
    start_practising(person, u, influences, climate(slack=0.8), facts, count)
    assert all(row["starts"] == person["practising"] for row in count)
    return person, count[0]


@pytest.mark.parametrize(("u", "practising"), [(0.0199, 1), (0.0201, 0)])
def test_start_hazard_by_hand(u: float, practising: int) -> None:
    person, _ = begin(u)
    assert person["practising"] == practising
    assert person["habit"] == pytest.approx(0.485)


@pytest.mark.parametrize(
    ("u", "cause"),
    [
        (0.0019, "disposition"),
        (0.0021, "message"),
        (0.0059, "message"),
        (0.0061, "modelling"),
        (0.0119, "modelling"),
        (0.0121, "peers"),
        (0.0159, "peers"),
        (0.0161, "wins"),
        (0.0199, "wins"),
    ],
)
def test_cause_of_a_start(u: float, cause: str) -> None:
    _, row = begin(u)
    assert {name: row[f"start_{name}"] for name in STARTS} == {
        name: float(name == cause) for name in STARTS
    }


def test_without_wins_no_start_is_put_down_to_them() -> None:
    _, row = begin(0.02 * (1 - 1e-16), (0.1, 0.2, 0.3, 0.2, 0.0))
    assert row["start_wins"] == 0.0
    assert row["start_peers"] == 1.0


def go_on(
    u: float, habit: float = 0.5, belief: float = 0.5, slack: float = 0.5, **rhythm: float
) -> Any:
    """One who stops with hazard (.05 + .04 + .02) x (1 - habit) by default."""
    person = rows.employee(practising=1, habit=habit, belief=belief, threshold=0.5)
    facts = rows.facts(
        stop_belief=0.1, stop_effort=0.04, habit_gain=0.05, habit_loss=0.01,
        habit_alone=rhythm.get("alone", 0.0), innovator_threshold=0.2,
    )  # fmt: skip
    count = rows.counters()
    levers = rows.levers(embedding=rhythm.get("embedding", 0.8))
    go_on_practising(person, u, climate(slack=slack), levers, facts, count)
    assert all(row["stops"] == 1 - person["practising"] for row in count)
    return person, count[0]


@pytest.mark.parametrize(("u", "practising"), [(0.0549, 0), (0.0551, 1)])
def test_stop_hazard_and_habit_by_hand(u: float, practising: int) -> None:
    person, _ = go_on(u)
    assert person["practising"] == practising
    assert person["habit"] == pytest.approx(0.515)


@pytest.mark.parametrize(
    ("alone", "embedding", "habit"),
    [
        (0.0, 0.0, 0.495),  # less .01 x .5
        (0.2, 0.0, 0.5),
        (0.2, 0.5, 0.51),  # + .05 x .6 x .5
        (0.2, 1.0, 0.52),
        (1.0, 0.0, 0.52),
    ],
)
def test_repetition_alone_makes_part_of_a_habit(
    alone: float, embedding: float, habit: float
) -> None:
    person, _ = go_on(0.9, alone=alone, embedding=embedding)
    assert person["habit"] == pytest.approx(habit)


@pytest.mark.parametrize(
    ("u", "cause"),
    [(0.0249, "belief"), (0.0251, "effort"), (0.0449, "effort"), (0.0451, "overload")],
)
def test_cause_of_a_stop(u: float, cause: str) -> None:
    _, row = go_on(u)
    assert {name: row[f"stop_{name}"] for name in STOPS} == {
        name: float(name == cause) for name in STOPS
    }


@settings(max_examples=60)
@given(u=share, low=share, high=share)
def test_habit_belief_and_slack_never_make_anybody_stop(u: float, low: float, high: float) -> None:
    low, high = sorted((low, high))
    for what in ("habit", "belief", "slack"):
        with_less, _ = go_on(u * 0.2, **{what: low})
        with_more, _ = go_on(u * 0.2, **{what: high})
        assert with_more["practising"] >= with_less["practising"]


def test_a_full_habit_is_never_given_up() -> None:
    person, _ = go_on(1e-9, habit=1.0)
    assert person["practising"] == 1


# --- coming and going -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("u", "threshold"), [(0.5, 0.5), (0.8413447460685429, 0.65), (1e-9, 0.02), (1 - 1e-12, 0.98)]
)
def test_threshold(u: float, threshold: float) -> None:
    facts = rows.facts(threshold_mean=0.5, threshold_spread=0.15)
    assert threshold_of(u, facts) == pytest.approx(threshold, abs=1e-8)


@pytest.mark.parametrize(("u", "practising", "habit"), [(0.02, 1, 0.9), (0.03, 0, 0.0)])
def test_only_innovators_practise_from_the_first_day(
    u: float, practising: int, habit: float
) -> None:
    person = rows.employee(practising=1, habit=0.4)
    # Two standard deviations below the mean is quantile .0228.
    facts = rows.facts(
        threshold_mean=0.5, threshold_spread=0.15, innovator_threshold=0.2, habit_initial=0.9
    )
    settle(person, u, facts)
    assert (person["practising"], person["habit"]) == (practising, habit)


def test_a_newcomer_brings_nothing_but_what_colleagues_show() -> None:
    person = rows.employee(practising=1, habit=0.9, awareness=0.9, belief=0.9, cynicism=0.9)
    facts = rows.facts(
        newcomer_awareness=0.3, initial_belief=0.2, newcomer_peers=0.4, initial_ability=0.25,
        initial_cynicism=0.1,
    )  # fmt: skip
    count = rows.counters()
    leave(person, 0.5, 0.5, rows.levers(embedding=0.5), facts, count)
    found = [person[name] for name in ("awareness", "belief", "ability", "cynicism", "habit")]
    assert found == pytest.approx([0.15, 0.4, 0.25, 0.1, 0.0])
    assert person["practising"] == 0
    assert count[0]["leavers"] == count[0]["stop_turnover"] == count[1]["stops"] == 1.0
    assert count[0]["starts"] == 0.0


def test_an_innovator_who_comes_counts_as_a_start() -> None:
    count = rows.counters()
    leave(rows.employee(), 1e-6, 0.0, rows.levers(), rows.facts(), count)
    assert count[0]["start_disposition"] == count[0]["starts"] == count[2]["starts"] == 1.0
    assert count[0]["stops"] == 0.0


@pytest.mark.parametrize(("practising", "delivered", "noise"), [(1, 0.7, 0.125), (0, 0.0, 0.1)])
def test_what_a_customer_gets(practising: int, delivered: float, noise: float) -> None:
    person = rows.employee(practising=practising, ability=0.5)
    serve(person, rows.facts(practice_ability=0.4, experience_noise=0.1, inconsistency=0.5))
    assert person["delivered"] == pytest.approx(delivered)
    assert person["noise"] == pytest.approx(noise)


# --- a whole week of one employee -----------------------------------------------------------------


PASSED_ON = ("awareness_peers", "ability_peers", "modelling_daily")


def lived(peers: float = 0.4, role_modelling: float = 0.0, **values: float) -> Any:
    """One week of an employee who practises and neither stops nor leaves.

    `values` belong to the climate, or are coefficients of what colleagues pass on, by default 0.
    """
    passed_on = {name: values.pop(name, 0.0) for name in PASSED_ON}
    person = rows.employee(
        threshold=0.5, awareness=0.5, belief=0.25, ability=0.8, cynicism=0.5, practising=1
    )
    facts = rows.facts(
        initial_awareness=0.1, initial_ability=0.3, awareness_gain=0.1, awareness_loss=0.02,
        cynicism_hollow=0, cynicism_effort=0, cynicism_relief=0, belief_disposition=0.1,
        belief_modelling=0.5, belief_peers=0.5, belief_cynicism=0.8, belief_own=0.4,
        ability_threshold=0.55, belief_rate=0.1, ability_doing=0.02, ability_loss=0.02,
        modelling_head=0.4, **passed_on,
    )  # fmt: skip
    given_ = {"message": 0.8, "message_weight": 0.5, "wins_weight": 0.1, "openness": 0.5}
    live_employee(
        person, (0.999, 0.999, 0.5, 0.5), 0.5, 0.75, 1.0, peers, 1, person,
        climate(**given_ | {"training": 0.05} | values),
        rows.levers(role_modelling=role_modelling), facts, rows.counters(),
    )  # fmt: skip
    return person


def test_a_week_by_hand() -> None:
    person = lived()
    assert person["awareness"] == pytest.approx(0.512)  # + .1 x .4 x .5 - .02 x .4
    assert person["belief"] == pytest.approx(0.26)  # heard .5 x .6 x .5 + .1 + .1 = .35
    assert person["ability"] == pytest.approx(0.79912)
    assert person["practising"] == 1


@pytest.mark.parametrize(("peers", "awareness"), [(0.4, 0.552), (1.0, 0.612), (0.0, 0.512)])
def test_practising_colleagues_make_aware(peers: float, awareness: float) -> None:
    person = lived(peers, awareness_peers=0.2)  # + .2 x peers x .5
    assert person["awareness"] == pytest.approx(awareness)


@pytest.mark.parametrize(("peers", "ability"), [(0.4, 0.80712), (1.0, 0.81912), (0.0, 0.79912)])
def test_practising_colleagues_teach(peers: float, ability: float) -> None:
    person = lived(peers, ability_peers=0.1)  # + .1 x peers x .2
    assert person["ability"] == pytest.approx(ability)


def test_a_manager_who_practises_convinces_without_making_a_point_of_it() -> None:
    # Noticed by half, .6 x .5 = .3 is modelled: heard .65 x .6 x .5 + .1 + .1 = .395.
    assert lived(modelling_daily=0.5)["belief"] == pytest.approx(0.2645)
    assert lived(modelling_daily=0.0)["belief"] == pytest.approx(0.26)


@settings(max_examples=40)
@given(low=share, high=share)
def test_more_of_a_good_influence_never_lowers_belief(low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert lived(peers=high)["belief"] >= lived(peers=low)["belief"]
    for what in ("role_modelling", "message", "wins_weight", "openness", "commitment"):
        assert lived(**{what: high})["belief"] >= lived(**{what: low})["belief"] - 1e-15
