"""Plain verdicts: every number in them worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.explain.compare import compare
from cxsim.explain.rounding import rounded
from cxsim.explain.verdicts import Difference, Verdicts, verdicts
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.series import OUTCOMES
from cxsim.state import COMPANY_SERIES, FUNCTION_SERIES, HIGHEST, LAYER_SERIES, LOWEST, Record

NAN = float("nan")


def ending(
    adoption: list[float],
    churn: float | list[float] = 0.1,
    money: float | list[float] = -5e5,
    satisfaction: float = 50.0,
    employees: float = 300.0,
) -> Ensemble:
    """An ensemble of one year with these ends: money is earned back, if at all, in week 51."""
    company = np.zeros((len(adoption), 52), COMPANY_SERIES)
    weekly = 1.0 - (1.0 - np.broadcast_to(churn, len(adoption))) ** (1 / 52)
    company["adoption"][:, -1] = adoption
    company["employees"] = employees
    company["active_customers"] = 1000.0
    company["churned"] = company["acquired"] = 1000.0 * weekly[:, None]
    company["satisfaction"] = LOWEST + satisfaction / 100.0 * (HIGHEST - LOWEST)
    company["programme_cost"] = 1.0
    company["contribution"][:, 0] = -1e9
    company["contribution"][:, -1] = 1e9 + np.asarray(money)
    shape = company.shape
    rows = (np.zeros((*shape, 6), FUNCTION_SERIES), np.zeros((*shape, 2), LAYER_SERIES))
    scenario = Scenario("by_hand", "By hand", weeks=52)
    return Ensemble(scenario, 1, Record(company, *rows), np.zeros(shape))


POOR = ending([0.2] * 4)
GOOD = ending([0.3, 0.32, 0.34, 0.36], [0.08, 0.08, 0.06, 0.06], [5e5, 7e5, 9e5, 1.1e6])
DEAR = ending([0.3, 0.32, 0.34, 0.36], 0.1, [-1e6, -1.2e6, -1.2e6, -1.4e6])
UNLIKE = ending([0.1, 0.3, 0.1, 0.3])  # as good as POOR on average


def difference(said: Verdicts, outcome: str, place: int = 1) -> Difference:
    """How a side differs from the first."""
    row = next(row for row in said.outcomes if row.name == outcome)
    found = row.standings[place].difference
    assert found is not None
    return found


def text(said: Verdicts, outcome: str, place: int = 0) -> str:
    """What a side came to."""
    return next(row for row in said.outcomes if row.name == outcome).standings[place].text


# ------------------------------------------------------------------ rounding


@pytest.mark.parametrize(
    ("numbers", "options", "value", "interval"),
    [
        ((39.0, 26.67, 51.33), {}, "+39", "+27 to +51"),  # half 12.3: ones
        ((39.0, 26.67, 51.33), {"digits": 1}, "+40", "+30 to +50"),  # tens
        ((-3.0, -4.84, -1.16), {}, "-3.0", "-4.8 to -1.2"),  # half 1.84: tenths
        ((1234.5, 1134.5, 1334.5), {}, "+1,230", "+1,130 to +1,330"),  # half 100: tens
        ((50.0, 40.04, 59.96), {}, "+50", "+40 to +60"),  # half 9.96 counts as 10: ones
        ((0.001, -0.05, 0.052), {}, "+0.001", "-0.050 to +0.052"),
        ((-0.0001, -0.05, 0.05), {}, "0.000", "-0.050 to +0.050"),  # no negative zero
        ((3.4, 1.4, 5.4), {"whole": True}, "+3", "+1 to +5"),  # no tenths of people ...
        ((0.34, 0.14, 0.54), {"whole": True}, "+0.34", "+0.14 to +0.54"),  # ... unless it matters
        ((12.0, 12.0, 12.0), {"whole": True}, "+12", "+12 to +12"),  # the same in every future
        ((0.4567, NAN, NAN), {}, "+0.46", ""),  # one future
        ((187.4, NAN, NAN), {"whole": True}, "+187", ""),
        ((0.0, NAN, NAN), {}, "0", ""),
    ],
)
def test_no_more_digits_than_the_interval_supports(
    numbers: tuple[float, float, float], options: dict[str, Any], value: str, interval: str
) -> None:
    number = rounded(*numbers, **options)
    assert number.in_words(is_money=False) == value
    assert number.interval(is_money=False) == interval


@pytest.mark.parametrize(
    ("numbers", "value", "interval"),
    [
        ((1.3e6, 889_148, 1_710_852), "+$1.30 million", "+$0.89 to +$1.71 million"),
        ((-352_400, -401_000, -303_800), "-$352,000", "-$401,000 to -$304,000"),
        ((5e5, -1.2e6, 2.2e6), "+$0.5 million", "-$1.2 to +$2.2 million"),  # one unit for all
        ((2.04e9, 1.93e9, 2.15e9), "+$2.04 billion", "+$1.93 to +$2.15 billion"),
    ],
)
def test_money_is_said_in_one_unit(
    numbers: tuple[float, float, float], value: str, interval: str
) -> None:
    number = rounded(*numbers)
    assert number.in_words(is_money=True) == value
    assert number.interval(is_money=True) == interval


# ------------------------------------------------------------------ one difference


def test_people_by_hand() -> None:
    """30, 36, 42, 48 people: mean 39, error 3.873, half the interval 3.182 times that, 12.3."""
    said = verdicts([POOR, GOOD])
    assert text(said, "adoption") == "60 of 300 employees practise"
    found = difference(said, "adoption")
    assert (found.text, found.interval) == ("+39 people", "+27 to +51")
    assert (found.value, found.low, found.high) == (39.0, 27.0, 51.0)
    assert found.words == "40 more people practise"
    assert found.verdict == "better than A in 4 of 4 futures"
    assert (found.better, found.wins, found.losses, found.count) == ("B", 4, 0, 4)


def test_customers_by_hand() -> None:
    """-2, -2, -4, -4 of a hundred: mean -3, error .577, half the interval 1.84."""
    said = verdicts([POOR, GOOD])
    assert text(said, "churn_yearly", 1) == "7.0 % of customers lost a year"
    found = difference(said, "churn_yearly")
    assert found.text == "-3.0 of 100 customers"
    assert found.interval == "-4.8 to -1.2"
    assert found.words == "3 fewer of every 100 customers leave in a year"
    assert found.better == "B"


def test_money_by_hand() -> None:
    """1.0, 1.2, 1.4, 1.6 million: mean 1.3, error .129, half the interval .411."""
    said = verdicts([POOR, GOOD])
    loss = "costs $500,000 more than it brings in one year (a loss in 4 of 4)"
    assert text(said, "net_value") == loss
    assert text(said, "net_value", 1) == "brings $800,000 more than it costs in one year"
    found = difference(said, "net_value")
    assert (found.text, found.interval) == ("+$1.30 million", "+$0.89 to +$1.71 million")
    assert found.words == "$1.3 million more after one year"


def test_satisfaction_by_hand() -> None:
    said = verdicts([POOR, ending([0.2] * 4, satisfaction=62.5)])
    assert text(said, "satisfaction", 1) == "62 of 100 points"  # halves go to the even side
    found = difference(said, "satisfaction")
    assert found.value == pytest.approx(12.5, abs=0.5)
    assert found.better == "B"


def test_payback_that_never_comes_is_worse_than_any_week() -> None:
    some = ending([0.2] * 12, money=[5e5] * 11 + [-5e5])
    said = verdicts([ending([0.2] * 12), some])
    assert text(said, "payback_week") == "does not pay back within one year (in 12 of 12)"
    assert text(said, "payback_week", 1) == "pays back in week 51 (never in 1 of 12)"
    found = difference(said, "payback_week")
    assert (found.text, found.value, found.count) == ("", None, 0)
    assert found.verdict == "better than A in 11 of 12 futures"
    row = next(row for row in said.outcomes if row.name == "payback_week")
    assert "futures in which both sides pay back" in row.note


def test_firms_of_different_size_are_compared_by_the_hundred() -> None:
    large = ending([0.3, 0.32, 0.34, 0.36], employees=900.0)
    found = difference(verdicts([POOR, large]), "adoption")
    assert found.text == "+13.0 of 100 employees"
    assert found.words == "13 more of every 100 employees practise"


def test_no_difference_is_called_one_that_chance_explains() -> None:
    found = difference(verdicts([POOR, UNLIKE]), "adoption")
    assert found.better is None
    assert found.words == "no clear difference"
    assert found.verdict == "no clear difference: better in 2, worse in 2 of 4 futures"


def test_a_few_large_gains_are_not_called_many() -> None:
    rare = ending([0.2] * 70 + [0.9] * 30)
    found = difference(verdicts([ending([0.2] * 100), rare]), "adoption")
    assert found.better == "B"
    assert found.verdict == "better than A on the whole: better in 30, worse in 0 of 100 futures"


# ------------------------------------------------------------------ the sentence


def test_a_clear_winner() -> None:
    assert verdicts([POOR, GOOD]).sentence == (
        "B beats A on people, customers and money in 4 of 4 futures: 40 more people practise, "
        "3 fewer of every 100 customers leave in a year, $1.3 million more after one year."
    )


def test_the_winner_may_be_the_first() -> None:
    said = verdicts([GOOD, POOR], keys=("now", "then"))
    assert said.sentence.startswith("now beats then on people, customers and money in 4 of 4")
    assert "40 more people practise" in said.sentence


def test_a_trade_off() -> None:
    assert verdicts([POOR, DEAR]).sentence == (
        "Neither A nor B is better throughout: 40 more people practise with B, but "
        "$700,000 more after one year with A; no clear difference on customers."
    )


def test_no_clear_difference() -> None:
    assert verdicts([POOR, UNLIKE]).sentence == (
        "No clear difference between A and B: B is better on people in 2, on customers in 0 and "
        "on money in 0 of 4 futures."
    )


def test_a_win_in_few_futures_is_said_to_be_one() -> None:
    said = verdicts([ending([0.2] * 100), ending([0.2] * 70 + [0.9] * 30)])
    assert said.sentence.startswith(
        "B beats A on people on average, though only in 30 of 100 futures: 60 more people practise"
    )


def test_nothing_differs() -> None:
    assert verdicts([POOR, POOR]).sentence == "A and B come to the same in every one of 4 futures."
    assert verdicts([POOR] * 3).sentence == "A, B and C come to the same in 4 futures."


def test_one_future_claims_nothing() -> None:
    one, other = ending([0.2]), ending([0.35], 0.08)
    said = verdicts([one, other])
    assert said.sentence == (
        "In the one future simulated, 45 more people practise and 2.0 fewer of every 100 "
        "customers leave in a year with B than with A; one future does not tell how sure that is."
    )
    found = difference(said, "adoption")
    assert (found.interval, found.better, found.low) == ("", None, None)
    assert found.verdict == "better than A in this one future"
    assert said.warnings[0].startswith("One future only")
    assert "most employees practise with B" in verdicts([one, other, one]).sentence


def test_one_scenario_says_what_it_came_to() -> None:
    said = verdicts([POOR])
    assert said.sentence == (
        "In the middle of 4 futures: 60 of 300 employees practise; 10.0 % of customers lost a "
        "year; costs $500,000 more than it brings in one year (a loss in 4 of 4)."
    )
    assert said.against_reference == ()


def test_of_several_the_one_ahead_of_all_others() -> None:
    said = verdicts([POOR, GOOD, UNLIKE])
    assert said.sentence.startswith("B comes out ahead of A and C; it beats A on people, customers")
    assert [one[:9] for one in said.against_reference] == ["B beats A", "No clear "]


def test_of_several_the_leaders_where_none_is_ahead() -> None:
    assert verdicts([POOR, DEAR, UNLIKE]).sentence == (
        "No scenario is ahead of all others in 4 futures: most employees practise with B or C "
        "and most money is left with A or C."
    )
    assert verdicts([POOR, UNLIKE, UNLIKE]).sentence == (
        "No clear difference between A, B and C in 4 futures."
    )


# ------------------------------------------------------------------ warnings and mistakes


def test_churn_carries_its_warning_once() -> None:
    notes = [
        row.note for row in verdicts([POOR, GOOD]).outcomes if "most likely to leave" in row.note
    ]
    assert len(notes) == 1


def test_few_futures_are_a_first_look() -> None:
    assert verdicts([POOR, GOOD]).warnings == ("Only 4 futures: a first look, not yet an answer.",)


def test_without_a_baseline_there_is_no_money() -> None:
    said = verdicts([replace(POOR, baseline=None), GOOD])
    assert [row.name for row in said.outcomes] == ["adoption", "churn_yearly", "satisfaction"]
    assert "money" not in said.sentence
    assert said.warnings[-1].startswith("Money was not computed")


@pytest.mark.parametrize("count", [0, 5])
def test_too_few_or_too_many(count: int) -> None:
    with pytest.raises(CxsimError, match="one to 4"):
        verdicts([POOR] * count)


def test_sides_need_names_of_their_own_and_the_same_luck() -> None:
    with pytest.raises(CxsimError, match="key of its own"):
        verdicts([POOR, GOOD], keys=("A", "A"))
    with pytest.raises(CxsimError, match="seed: 1 for by_hand, 2"):
        verdicts([POOR, replace(GOOD, seed=2)])


def test_everything_is_ready_for_json() -> None:
    said = verdicts([POOR, GOOD, DEAR, UNLIKE]).as_dict()
    back = json.loads(json.dumps(said, allow_nan=False))
    assert back["sides"][3] == {"key": "D", "name": "by_hand", "title": "By hand"}
    assert back["outcomes"][0]["standings"][1]["difference"]["text"] == "+39 people"


def test_verdicts_agree_with_the_comparison() -> None:
    """The table of the command line and the plain words never name different winners."""
    firm = {"organisation": {"employees": 60}, "market": {"customers": 200}, "weeks": 40}
    better = {"communication": 0.9, "frontline_support": 0.9, "ceo_sponsorship": 0.9}
    ensembles = [
        simulate(Scenario("poor", "Poor", **firm), 12),  # type: ignore[arg-type]
        simulate(Scenario("good", "Good", levers=better, **firm), 12),  # type: ignore[arg-type]
    ]
    a, b = (one for one in ensembles if one is not None)
    comparison, said = compare(a, b), verdicts([a, b])
    for row in said.outcomes:
        if row.name in OUTCOMES:
            expected, found = comparison.row(row.name), difference(said, row.name)
            assert found.better == {"a": "A", "b": "B", None: None}[expected.better]
            assert found.wins == round(12 * expected.share_b_better)
            assert found.losses == round(12 * expected.share_a_better)
            assert found.count == expected.pairs
