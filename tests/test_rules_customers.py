"""Customers, rule by rule, against values worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim import engine
from cxsim.rules.customers import (
    HIGHEST,
    LOWEST,
    answers,
    base_hazard,
    blame,
    churn_ratio,
    experience,
    feel_price,
    felt_pain,
    market_of,
    reputation,
    smooth_complaints,
    welcome,
)
from cxsim.rules.ledger import count_churn, write_service
from cxsim.state import COMPANY_SERIES, CUSTOMER, FUNCTION, FUNCTION_SERIES, NEVER
from tests import rows
from tests.twin.scenarios import firm

LOST = ("lost_process", "lost_service", "lost_expectation")


def lost(customer: Any) -> list[float]:
    return [float(customer[name]) for name in LOST]


# --- what all customers meet ----------------------------------------------------------------------


def test_market_by_hand() -> None:
    facts = rows.facts(
        contact_rate=0.25, satisfaction_fade=0.2, response_rate=0.01, response_action=0.5,
        response_complainer=8, churn_dissatisfied=1, churn_reference=-0.5, capability_unit=0.5,
    )  # fmt: skip
    levers = rows.levers(survey_coverage=0.5, success_share=0.5, advocacy_share=0.0)
    programme = rows.programme(capacity=2.0, win=0.4, price_shown=0.3, price_week=7)
    found = market_of(2, 200, programme, rows.week(surge=0.5, drift=0.1), levers, facts)
    wanted = {
        "contact": 0.375,
        "fade": 0.8,
        "inflation": 1.5625,
        "drift": 0.1,
        "pain": 0.3,
        "pain_until": 7.0,
        "success": 0.6321205588,
        "advocacy": 0.0,
        "bound": 2.7182818285,
        "asked": 0.006,
        "complainer": 0.054,
    }
    assert found._asdict() == pytest.approx(wanted)


def test_probabilities_stop_at_one() -> None:
    facts = rows.facts(contact_rate=0.6, response_rate=0.5)
    found = market_of(0, 200, rows.programme(), rows.week(surge=5.0), rows.levers(), facts)
    assert (found.contact, found.complainer) == (1.0, 1.0)


PAINFUL = {"price_pain": 2.0, "cushion": 0.75, "notice_leading": 4.0, "notice_survey": 12.0}


def price_weeks(leading: float, fade: float = 0.0, survey_lag: int = 8) -> np.ndarray:
    """Shown pain in the 40 weeks after a rise by a quarter in week 10."""
    programme = rows.programme(insight=0.8)
    levers = rows.levers(leading_indicators=leading, survey_lag=survey_lag)
    facts = rows.facts(price_fade=fade, **PAINFUL)
    shown = []
    for t in range(50):
        week = rows.week(price_rise=0.25 if t == 10 else 0.0)
        feel_price(t, programme, week, levers, facts)
        shown.append(float(programme["price_shown"]))
    assert shown[:10] == [0.0] * 10
    assert programme["price_week"] == 9.0, "who joins in the week of the rise knows the new price"
    return np.array(shown[10:])


@pytest.mark.parametrize(
    ("leading", "survey_lag", "delay"), [(1.0, 8, 4), (0.0, 8, 20), (0.5, 8, 12), (0.0, 0, 12)]
)
def test_a_price_rise_hurts_at_once_and_is_cushioned_once_noticed(
    leading: float, survey_lag: int, delay: int
) -> None:
    shown = price_weeks(leading, survey_lag=survey_lag)
    assert shown[:delay] == pytest.approx(0.5)
    assert shown[delay:] == pytest.approx(0.2)  # .5 less .75 x .8 of it


def test_price_pain_fades() -> None:
    shown = price_weeks(0.0, fade=0.1)
    assert shown[:3] == pytest.approx([0.5, 0.45, 0.405])


def test_a_second_rise_adds_to_what_is_left() -> None:
    programme = rows.programme(price_pain=0.4)
    facts = rows.facts(price_pain=2.0, price_fade=0.5)
    feel_price(30, programme, rows.week(price_rise=0.1), rows.levers(), facts)
    assert programme["price_pain"] == pytest.approx(0.4)


@pytest.mark.parametrize(("joined", "pain"), [(-1, 0.3), (9, 0.3), (10, 0.0)])
def test_only_those_who_knew_the_old_price_feel_the_new_one(joined: int, pain: float) -> None:
    market = rows.market(pain=0.3, pain_until=9.0)
    assert felt_pain(rows.customer(joined=joined), market) == pain


# --- contacts -------------------------------------------------------------------------------------


def test_contacts_fall_on_functions_by_their_share_of_touchpoints_and_handoffs() -> None:
    scenario = firm({}, [], 50, customers=2000, contact_rate=0.5, handoff_share=0.4)
    prepared = engine.prepare(scenario.with_organisation(contact_shares=[0.1, 0.3, 0, 0, 0.6, 0]))
    record = engine.run_replicates(prepared, 1, 1)
    assert record is not None
    contacts = record.function["contacts"][0].sum(axis=0)
    # Own touchpoints .6 x share; hand-offs .4 x pair / 1.9 with pairs .4 .3 0 .6 .6.
    wanted = np.array([0.14421, 0.24316, 0.0, 0.12632, 0.48632, 0.0])
    assert contacts.sum() == pytest.approx(0.5 * record.company["active_customers"].sum(), rel=0.03)
    assert contacts / contacts.sum() == pytest.approx(wanted, abs=0.008)


ROUND = {
    "experience_base": 0.25,
    "experience_quality": 0.5,
    "experience_practice": 0.3,
    "satisfaction_gain": 0.3,
    "loss_aversion": 2.0,
    "expectation_rate": 0.03,
    "initial_expectation": 0.5,
}


def contact(
    expectation: float, haste: float = 0.0, satisfaction: float = 0.2, **market: float
) -> tuple[Any, float]:
    """A contact that gives .65 less haste: base .25, quality .5 x .5, practice .3 x .5, no luck."""
    customer = rows.customer(expectation=expectation, satisfaction=satisfaction)
    server, all_ = rows.employee(delivered=0.5, noise=0.1), rows.market(**market)
    got, surprise = experience(customer, 0.5, server, haste, 0.5, all_, rows.facts(**ROUND))
    assert got == pytest.approx(0.65 - haste)
    return customer, surprise


def test_delight_by_hand() -> None:
    customer, surprise = contact(0.5, drift=0.05)
    assert surprise == pytest.approx(0.1)
    assert customer["satisfaction"] == pytest.approx(0.23)
    assert customer["expectation"] == pytest.approx(0.503)
    assert lost(customer) == [0.0, 0.0, 0.0]


def test_disappointment_by_hand() -> None:
    customer, surprise = contact(0.85, drift=0.05, inflation=2.0)
    assert surprise == pytest.approx(-0.25)
    assert customer["satisfaction"] == pytest.approx(0.05)
    assert customer["expectation"] == pytest.approx(0.8425)
    # A loss of .3 in satisfaction of week 0, as .25 to .15 to .4.
    assert lost(customer) == pytest.approx([0.09375, 0.05625, 0.15])


@pytest.mark.parametrize(
    ("haste", "surprise", "satisfaction"), [(0.05, 0.05, 0.215), (-0.05, 0.15, 0.245)]
)
def test_haste_takes_from_what_a_customer_gets(
    haste: float, surprise: float, satisfaction: float
) -> None:
    customer, found = contact(0.5, haste, drift=0.05)
    assert found == pytest.approx(surprise)
    assert customer["satisfaction"] == pytest.approx(satisfaction)


def test_haste_counts_as_a_disappointment_with_service() -> None:
    customer, surprise = contact(0.85, 0.1, drift=0.05, inflation=2.0)
    assert surprise == pytest.approx(-0.35)
    assert customer["satisfaction"] == pytest.approx(-0.01)
    # A loss of .42 in satisfaction of week 0, as .25 to .15 + .1 to .4.
    assert lost(customer) == pytest.approx([0.1166667, 0.1166667, 0.1866667])


def test_luck_moves_what_a_customer_gets() -> None:
    customer, server = rows.customer(expectation=0.5), rows.employee(noise=0.1)
    u = 0.8413447460685429  # one standard deviation above the middle
    facts = rows.facts(**ROUND)
    got, surprise = experience(customer, 0.5, server, 0.1, u, rows.market(), facts)
    assert (got, surprise) == pytest.approx((0.5, 0.0), abs=1e-8)


@settings(max_examples=40)
@given(surprise=st.floats(0.01, 0.3))
def test_disappointment_weighs_more_than_delight(surprise: float) -> None:
    delighted, _ = contact(0.65 - surprise, satisfaction=0.0)
    disappointed, _ = contact(0.65 + surprise, satisfaction=0.0)
    gain, loss = delighted["satisfaction"], -disappointed["satisfaction"]
    assert loss == pytest.approx(2.0 * gain)
    assert gain > 0


@pytest.mark.parametrize(("expectation", "start"), [(-40.0, 1.1), (40.0, -1.4)])
def test_satisfaction_stays_within_its_bounds(expectation: float, start: float) -> None:
    customer, _ = contact(expectation, satisfaction=start)
    assert customer["satisfaction"] == (HIGHEST if start > 0 else LOWEST)


def test_bad_luck_is_put_down_to_service() -> None:
    customer = rows.customer()
    blame(customer, 0.4, 0.5, 1.0, 0.0, -0.25, -0.1, rows.facts(**ROUND))
    assert lost(customer) == pytest.approx([0.2, 0.2, 0.0])


@pytest.mark.parametrize(
    ("haste", "process", "service"), [(0.25, 0.2, 0.2), (0.75, 0.1, 0.3), (-0.25, 0.4, 0.0)]
)
def test_haste_is_put_down_to_service_and_time_to_spare_to_nobody(
    haste: float, process: float, service: float
) -> None:
    customer = rows.customer()
    blame(customer, 0.4, 0.5, 1.0, haste, 0.1, -0.1, rows.facts(**ROUND))
    assert lost(customer) == pytest.approx([process, service, 0.0])


def test_nobody_is_blamed_when_everything_was_perfect() -> None:
    customer = rows.customer()
    blame(customer, 0.4, 1.0, 1.0, -0.1, 0.1, -0.1, rows.facts(**ROUND))
    assert lost(customer) == [0.0, 0.0, 0.0]


# --- what is recorded of contacts ---------------------------------------------------------------


def service(contacts: list[list[float]]) -> tuple[Any, np.ndarray]:
    """The company's and the functions' records after contacts that gave so much, by function."""
    functions = rows.table(
        FUNCTION,
        [
            {"contacts": len(got), "experience": sum(got), "experience_squares": squares(got)}
            for got in contacts
        ],
    )
    company = rows.row(COMPANY_SERIES, employees=10)
    of_functions = rows.table(FUNCTION_SERIES, [{} for _ in contacts])
    write_service(functions, company, of_functions)
    return company, of_functions


def squares(values: list[float]) -> float:
    return sum(value * value for value in values)


def test_mean_and_spread_of_experience_by_hand() -> None:
    company, of_functions = service([[0.4, 0.6, 0.6, 0.8], [], [0.1]])
    assert of_functions["experience"] == pytest.approx([0.6, 0.0, 0.1])
    assert company["experience"] == pytest.approx(0.5)  # over contacts, not over functions
    assert company["experience_spread"] == pytest.approx(0.056**0.5)  # 1.53 / 5 less .25
    assert company["contacts"] == 5.0


def test_without_contacts_there_is_no_experience() -> None:
    company, of_functions = service([[], []])
    assert not of_functions["experience"].any()
    assert (company["experience"], company["experience_spread"]) == (0.0, 0.0)


@settings(max_examples=60)
@given(got=st.floats(-1.0, 2.0), count=st.integers(1, 50))
def test_the_same_for_everybody_is_no_spread(got: float, count: int) -> None:
    company, _ = service([[got] * count, [got]])
    assert company["experience"] == pytest.approx(got)
    assert company["experience_spread"] == pytest.approx(0.0, abs=1e-6)  # rounding, and no NaN


# --- survey ---------------------------------------------------------------------------------------

ASKING = {"contact": 0.25, "asked": 0.2, "complainer": 0.8}


@pytest.mark.parametrize(
    ("u", "answer"), [(0.04, True), (0.06, False), (0.26, True), (0.39, True), (0.41, False)]
)
def test_one_number_decides_on_contact_and_answer(u: float, answer: bool) -> None:
    assert answers(rows.customer(), 50, u, rows.market(**ASKING), rows.facts()) == answer


@pytest.mark.parametrize(("week", "answer"), [(42, True), (41, False), (NEVER, False)])
def test_recent_complainers_answer_more_often(week: int, answer: bool) -> None:
    customer, facts = rows.customer(complained=week), rows.facts(complaint_memory=8)
    assert answers(customer, 50, 0.15, rows.market(**ASKING), facts) == answer


# --- churn ----------------------------------------------------------------------------------------

LEAVING = {
    "churn_reference": 0.0,
    "churn_satisfied": 1.0,
    "churn_dissatisfied": 2.0,
    "success_save": 0.4,
    "success_zone": 0.5,
}


@pytest.mark.parametrize(
    ("s", "success", "ratio"),
    [
        (0.0, 0.0, 1.0),
        (0.0, 1.0, 1.0),
        (0.5, 1.0, 0.6065306597),
        (-0.5, 0.0, 2.7182818285),
        (-0.5, 1.0, 1.6309690971),
        (-0.25, 1.0, 1.3189770166),
        (-1.0, 1.0, 4.4334336594),
    ],
)
def test_churn_ratio_by_hand(s: float, success: float, ratio: float) -> None:
    assert churn_ratio(s, success, rows.facts(**LEAVING)) == pytest.approx(ratio, rel=1e-9)


def test_churn_ratio_is_one_at_the_registrys_reference() -> None:
    facts = rows.facts()
    assert churn_ratio(float(facts["churn_reference"]), 1.0, facts) == 1.0


def test_loyalty_rises_with_satisfaction_and_ever_more_slowly() -> None:
    facts = rows.facts()
    loyalty = [1.0 - churn_ratio(s, 0.0, facts) for s in np.linspace(LOWEST, HIGHEST, 271)]
    assert all(np.diff(loyalty) > 0)
    assert all(np.diff(loyalty, 2) < 1e-12)


def test_customer_success_never_makes_anybody_leave() -> None:
    facts = rows.facts()
    for s in np.linspace(LOWEST, HIGHEST, 55):
        ratios = [churn_ratio(s, success, facts) for success in np.linspace(0, 1, 11)]
        assert all(np.diff(ratios) <= 0)


@pytest.mark.parametrize(
    ("u", "hazard"), [(0.0, 0.0), (0.25, 0.05), (0.5, 0.1), (0.75, 0.25), (1.0, 0.4)]
)
def test_base_hazard_is_interpolated(u: float, hazard: float) -> None:
    assert base_hazard(u, np.array([0.0, 0.1, 0.4])) == pytest.approx(hazard)


CAUSES = ("base", "process", "service", "expectation", "shock")


def cause(at: float, pain: float = 0.4, **memories: float) -> str:
    """The cause of a churn at .01 base and .03 actual hazard; memories of .1, .2 and .3."""
    remembered = {"lost_process": 0.2, "lost_service": 0.4, "lost_expectation": 0.6}
    customer = rows.customer(base=0.01, **remembered | memories)
    company, _, _ = rows.counters()
    count_churn(customer, at, 3.0, pain, 2.0, company)
    counted = [name for name in CAUSES if company[f"churn_{name}"] == 1.0]
    assert len(counted) == company["churned"] == 1.0
    return counted[0]


@pytest.mark.parametrize(
    ("at", "wanted"),
    [
        (0.009, "base"),
        (0.0119, "process"),
        (0.0121, "service"),
        (0.0161, "expectation"),
        (0.0219, "expectation"),
        (0.0221, "shock"),
        (0.0299, "shock"),
    ],
)
def test_cause_of_churn(at: float, wanted: str) -> None:
    assert cause(at) == wanted


def test_without_a_price_rise_no_churn_is_put_down_to_it() -> None:
    assert cause(math.nextafter(0.03, 1.0), pain=0.0) == "expectation"


def test_who_remembers_nothing_bad_leaves_as_people_do() -> None:
    assert cause(0.02, pain=0.0, **dict.fromkeys(LOST, 0.0)) == "base"


# --- joining --------------------------------------------------------------------------------------


def test_a_newcomer_starts_afresh() -> None:
    place = rows.row(CUSTOMER, base=0.5, satisfaction=-1.0, lost_process=3.0, complained=12)
    facts = rows.facts(initial_expectation=0.5, expectation_spread=0.1)
    welcome(place, 20, 0.75, 0.8413447460685429, np.array([0.0, 0.1, 0.4]), facts)
    found = {name: float(place[name]) for name in CUSTOMER.names or ()}
    wanted = {"base": 0.25, "expectation": 0.6, "joined": 20, "active": 1, "complained": NEVER}
    assert found == pytest.approx(
        dict.fromkeys(LOST, 0.0) | {"satisfaction": 0.0} | wanted, abs=1e-8
    )


TALK = {
    "word_of_mouth": 0.5,
    "bad_news_reach": 2.0,
    "churn_reference": 0.0,
    "satisfied_above": 0.2,
    "dissatisfied_below": 0.3,
}


def said(*satisfactions: float, advocacy: float = 0.0, pain: float = 0.0, active: int = 1) -> float:
    customers = rows.table(
        CUSTOMER, [{"satisfaction": s, "active": active, "joined": -1} for s in satisfactions]
    )
    known = np.array([*range(len(satisfactions)), -1, -1, -1, -1][:4], np.int32)
    market = rows.market(advocacy=advocacy, pain=pain, pain_until=5.0)
    return reputation(known, market, rows.facts(**TALK), customers)


@pytest.mark.parametrize(
    ("satisfactions", "factor"),
    [
        ((), 1.0),
        ((0.0, 0.2, -0.3, 0.1), 1.0),
        ((0.5, 0.5, 0.0, 0.0), 1.25),
        ((-0.5, 0.0, 0.0, 0.0), 0.75),
        ((0.5, -0.5), 0.875),
        ((-0.5, -0.5, -0.5, -0.5), 0.0),
    ],
)
def test_word_of_mouth_by_hand(satisfactions: tuple[float, ...], factor: float) -> None:
    assert said(*satisfactions) == pytest.approx(factor)


def test_advocates_are_heard_more_and_those_in_pain_change_sides() -> None:
    assert said(0.5, 0.5, advocacy=1.0) == pytest.approx(1.5)
    assert said(0.5, 0.5, pain=0.4) == pytest.approx(1.0)
    assert said(0.5, 0.5, pain=1.0) == pytest.approx(0.5)
    assert said(0.5, 0.5, active=0) == 1.0


def test_complaint_rates_move_toward_this_weeks() -> None:
    functions = rows.table(
        FUNCTION,
        [
            {"complaint_rate": 0.2, "contacts": 10, "complaints": 4},
            {"complaint_rate": 0.2, "contacts": 0, "complaints": 0},
        ],
    )
    smooth_complaints(functions, rows.facts(complaint_smoothing=0.25))
    assert functions["complaint_rate"] == pytest.approx([0.25, 0.2])
