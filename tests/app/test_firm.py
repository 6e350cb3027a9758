"""The facts of a visitor's own firm, and what the model makes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxsim
from cxsim import parameters
from cxsim.app import firm
from cxsim.app.firm import facts, of, sectors, settings
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario

from .strategies import NAMES

TYPICAL = cxsim.load("typical")
SECTORS = ("business", "consumer", "financial_services", "manufacturing")


def with_firm(**given: str) -> Scenario:
    return TYPICAL.with_settings(settings(given))


def churn(scenario: Scenario) -> float:
    """The mean propensity to leave of a Beta distribution, in percent."""
    alpha, beta = scenario.market["churn_alpha"], scenario.market["churn_beta"]
    return float(100 * alpha / (alpha + beta))


def test_nothing_given_changes_nothing() -> None:
    assert settings({}) == {}


def test_employees_and_customers_are_taken_as_they_are() -> None:
    made = with_firm(employees="80", customers="1 200")
    assert made.organisation["employees"] == 80
    assert made.market["customers"] == 1200


@pytest.mark.parametrize("text", ["1200", "1,200", " 1 200 ", "1200.0", "1.2e3"])
def test_numbers_may_be_written_as_people_do(text: str) -> None:
    assert settings({"customers": text}) == {"customers": 1200}


@given(st.floats(facts()["churn"].low, facts()["churn"].high))
def test_churn_moves_the_mean_of_the_propensities(percent: float) -> None:
    made = with_firm(churn=str(percent))
    assert churn(made) == pytest.approx(percent, rel=1e-3)


def test_churn_in_the_middle_leaves_the_spread_of_propensities() -> None:
    own, made = TYPICAL.market, with_firm(churn="20").market
    total = own["churn_alpha"] + own["churn_beta"]
    assert made["churn_alpha"] == pytest.approx(0.2 * total)
    assert made["churn_beta"] == pytest.approx(0.8 * total)


def test_revenue_is_shared_among_the_customers() -> None:
    made = with_firm(customers="500", revenue="5,200,000").market
    assert made["revenue_per_customer"] == 5_200_000 / 52 / 500
    default = parameters.registry().market["customers"].default
    alone = with_firm(revenue="5200000").market
    assert alone["revenue_per_customer"] == pytest.approx(5_200_000 / 52 / default)


def test_more_revenue_than_the_customers_could_pay_is_refused() -> None:
    with pytest.raises(CxsimError, match="too much for so few customers; check both"):
        settings({"customers": "2", "revenue": "1e9"})


@pytest.mark.parametrize("name", NAMES)
def test_the_panel_shows_what_may_be_typed(name: str) -> None:
    scenario = cxsim.load(name)
    shown = {key: f"{value:,.6f}" for key, value in of(scenario).items()}
    again = of(scenario.with_settings(settings(shown)))
    for key, value in of(scenario).items():
        assert again[key] == pytest.approx(value, rel=1e-3), key


@pytest.mark.parametrize("name", facts())
def test_both_ends_of_every_field_can_be_simulated(name: str) -> None:
    fact = facts()[name]
    for end in (fact.low, fact.high):
        given = {name: str(end)} | ({"customers": "200000"} if name == "revenue" else {})
        value = of(TYPICAL.with_settings(settings(given)))[name]
        assert value == pytest.approx(end, rel=2e-2)
    for beyond in (fact.low * 0.9 - 1, fact.high * 1.1):
        with pytest.raises(CxsimError, match=f"{fact.title}: .* does not fit"):
            settings({name: str(beyond)})


def test_a_sector_fills_in_what_its_file_says() -> None:
    assert tuple(sectors()) == SECTORS
    for name, preset in sectors().items():
        made = with_firm(sector=name)
        assert made.organisation == preset.organisation
        assert made.market == preset.market
        assert made.levers == TYPICAL.levers


def test_numbers_count_more_than_the_sector() -> None:
    preset = sectors()["consumer"].market
    made = with_firm(sector="consumer", churn="10", employees="44")
    assert made.organisation["employees"] == 44
    assert made.market["churn_alpha"] + made.market["churn_beta"] == pytest.approx(
        preset["churn_alpha"] + preset["churn_beta"]
    )
    assert churn(made) == pytest.approx(10)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"employes": "1"}, "did you mean 'employees'"),
        (
            {"employees": "a few"},
            "Employees: 'a few' does not fit; a whole number from 12 to 20,000",
        ),
        ({"employees": ""}, "Employees"),
        ({"employees": "12.5"}, "whole number"),
        ({"employees": "nan"}, "Employees"),
        ({"customers": "inf"}, "Customers"),
        ({"customers": "9" * 400}, "Customers"),
        ({"churn": "-3"}, "Customers lost a year: '-3' does not fit"),
        ({"sector": "space"}, f"'space' is none of {', '.join(SECTORS)}"),
        ({"sector": "../typical"}, "is none of"),
    ],
)
def test_nonsense_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(CxsimError, match=said):
        firm.settings(given)
