"""Held links: the fast engine and the twin agree on every bit of every week with them too."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.explain.links import LINKS
from cxsim.scenario import Scenario
from tests.strategies import SEEDS, scenarios
from tests.twin.comparison import fast_record, first_difference
from tests.twin.scenarios import BUSY, FOUR, QUICK, change, firm, shock

SEED = 3
# Week 20 is where a picture taken a moment late is a wrong one: a chief customer officer returns,
# heads are replaced, people move desks, the price rises.
EVENTFUL = firm(
    BUSY | {"turnover": 0.5, "span_of_control": 3, "charter": 0.3, "rivalry": 0.8},
    [
        shock(6, price_rise=0.3),
        shock(11, cco_leaves={"vacancy": 9}, earnings={"size": 0.5, "weeks": 20}),
        shock(15, demand_surge={"size": 0.8, "weeks": 12}, outage={"size": 0.7, "weeks": 9}),
        shock(20, executive_replaced={"function": "sales"}, price_rise=0.5),
        shock(20, executive_replaced={"function": "service", "commitment": 0.9}),
        change(20, span_of_control=6, cross_functional_ties=0.4),
    ],
    weeks=50,
    employees=36,
    customers=60,
    functions=FOUR,
    host_function="sales",
    innovator_threshold=0.4,
    **QUICK,
)
# Many come by word of mouth after one price rise and before another: whose pain counts shows.
CROWDED = firm(
    BUSY,
    [shock(8, price_rise=1.0), shock(20, price_rise=0.3)],
    weeks=40,
    employees=12,
    customers=250,
    word_of_mouth=3.0,
    acquisition_rate=0.1,
    market_potential=2.0,
    price_fade=0.1,
    **QUICK,
)
# So much is expected of employees that many leave over those who do not practise.
DISAPPOINTED = CROWDED.with_settings(
    {
        "experience_practice": 0.8,
        "initial_expectation": 0.8,
        "contact_rate": 0.6,
        "innovator_threshold": 0.5,
    }
)
TOGETHER = {link: 7 * place % 31 for place, link in enumerate(LINKS)}


@cache
def left_alone(world: Scenario) -> Any:
    return fast_record(world, SEED, 1).company


def matters(world: Scenario, cuts: dict[str, int]) -> bool:
    """Whether the run with the links held is another one: agreement on no change proves little."""
    held = fast_record(world, SEED, 1, cuts).company
    return not np.array_equal(held, left_alone(world))


# Week 25 is one in which the budget is reviewed.
@pytest.mark.parametrize(
    ("link", "week"), [*((link, week) for link in LINKS for week in (0, 20)), ("funding", 25)]
)
def test_a_held_link(link: str, week: int) -> None:
    assert first_difference(EVENTFUL, SEED, cuts={link: week}) is None
    assert matters(EVENTFUL, {link: week})


@pytest.mark.parametrize(
    ("world", "cuts"),
    [
        (CROWDED, {"word_of_mouth": 0}),
        (CROWDED, {"word_of_mouth": 20}),
        (DISAPPOINTED, {"practice_to_experience": 0}),
    ],
    ids=["word of mouth from the start", "word of mouth", "experience"],
)
def test_a_held_link_among_many_customers(world: Scenario, cuts: dict[str, int]) -> None:
    assert first_difference(world, SEED, cuts=cuts) is None
    assert matters(world, cuts)


@pytest.mark.parametrize("world", [EVENTFUL, CROWDED], ids=["eventful", "crowded"])
def test_all_links_held_together(world: Scenario) -> None:
    assert first_difference(world, SEED, replicate=1, cuts=TOGETHER) is None
    assert first_difference(world, SEED, cuts=dict.fromkeys(LINKS, 0)) is None


@settings(max_examples=15)
@given(
    scenario=scenarios(coefficients=6),
    cuts=st.dictionaries(st.sampled_from(sorted(LINKS)), st.integers(0, 60), max_size=5),
    seed=SEEDS,
)
def test_links_held_in_a_random_scenario(
    scenario: Scenario, cuts: dict[str, int], seed: int
) -> None:
    assert first_difference(scenario, seed, cuts=cuts) is None
