"""The fast engine against the twin: the same bits in every series of every week."""

from __future__ import annotations

import math
import statistics
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.parameters import SHARES, Parameter, registry
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.timeline import SHOCKS, Detail
from tests.twin import numbers
from tests.twin.comparison import fast_record, first_difference
from tests.twin.scenarios import SYNTHETIC, change, firm

# --- the twin's own numbers ---------------------------------------------------------------------


def test_philox_gives_the_published_answers() -> None:
    ones = 0xFFFFFFFF
    zero = numbers.philox((0, 0, 0, 0), numbers.round_keys(0, 0))
    full = numbers.philox((ones,) * 4, numbers.round_keys(ones, ones))
    assert zero == (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)
    assert full == (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)


def test_elementary_functions_are_close_to_the_true_ones() -> None:
    for n in range(-300, 301):
        x = n / 7.3
        assert numbers.exp(x) == pytest.approx(math.exp(x), rel=1e-14)
        assert numbers.log(math.exp(x)) == pytest.approx(x, rel=1e-14, abs=1e-15)
        assert numbers.sine(abs(x)) == pytest.approx(math.sin(math.tau * abs(x)), abs=1e-13)
    for n in range(1, 1000):
        quantile = statistics.NormalDist().inv_cdf(n / 1000)
        assert numbers.normal(n / 1000) == pytest.approx(quantile, rel=2e-9, abs=2e-9)


def test_a_difference_is_found() -> None:
    difference = first_difference(firm(weeks=2), seed=3, twin_seed=4)
    assert difference is not None
    assert "week 0, company, awareness: engine 0." in difference


# --- whole scenarios ----------------------------------------------------------------------------


def small(name: str) -> Scenario:
    return load(name).with_organisation(employees=30).with_market(customers=30)


@pytest.mark.parametrize("name", bundled())
def test_bundled_scenario(name: str) -> None:
    assert first_difference(small(name), seed=len(name)) is None


@pytest.mark.parametrize("name", [name for name in bundled() if load(name).cure])
def test_rescued_scenario(name: str) -> None:
    assert first_difference(small(name).rescue(), seed=len(name), replicate=1) is None


@pytest.mark.parametrize("name", SYNTHETIC)
def test_synthetic_scenario(name: str) -> None:
    assert first_difference(SYNTHETIC[name].with_name(name)) is None


def test_the_default_company_of_300_employees_and_2000_customers() -> None:
    assert first_difference(Scenario("default", "Default", weeks=15), seed=2**32 - 1) is None


def test_the_scenarios_reach_every_cause_and_every_slot() -> None:
    """Agreement on flows that never flow would prove nothing."""
    seen: dict[str, float] = {}
    for name in ("busy", "every_shock", "turnover", "overload", "rising_expectations"):
        company = fast_record(SYNTHETIC[name], 3, 1).company
        for series in company.dtype.names:
            seen[series] = max(seen.get(series, 0.0), float(company[series].max()))
    assert [series for series, most in seen.items() if most == 0] == []
    assert seen["initiatives"] >= 5


# --- random scenarios ---------------------------------------------------------------------------

# Lists and names have scenarios of their own; sizes stay small; memories of customers that are
# divided by ever smaller powers of what fades leave the range of a float when all fades.
_FIXED = {"employees", "customers", "market_potential", *SHARES}


def _values(rule: Parameter | Detail) -> st.SearchStrategy[Any]:
    if rule.type == "integer":
        return st.integers(int(rule.low), int(rule.high))
    if rule.type == "function":
        return st.sampled_from(registry().find("functions").default)
    return st.floats(rule.low, rule.high)


def _some(kind: str, most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Up to `most` numbers of one of the registry's tables, anywhere in their ranges."""
    moved = {
        name: _values(parameter)
        for name, parameter in registry().table(kind).items()
        if parameter.type in ("number", "integer") and name not in _FIXED
    }
    names = st.lists(st.sampled_from(sorted(moved)), max_size=most, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({n: moved[n] for n in chosen}))


def _shock(name: str) -> st.SearchStrategy[dict[str, Any]]:
    rule = SHOCKS[name]
    if isinstance(rule, Detail):
        return st.fixed_dictionaries({name: _values(rule)})
    needed = {key: _values(detail) for key, detail in rule.items() if detail.required}
    free = {key: _values(detail) for key, detail in rule.items() if not detail.required}
    return st.fixed_dictionaries({name: st.fixed_dictionaries(needed, optional=free)})


_WEEKS = 30
_WEEK = st.integers(0, _WEEKS - 1)
_SHOCKS = st.lists(
    st.fixed_dictionaries(
        {"week": _WEEK, "shock": st.sampled_from(sorted(SHOCKS)).flatmap(_shock)}
    ),
    max_size=5,
)


@settings(max_examples=25)
@given(
    levers=_some("levers", 12),
    facts=_some("organisation", 3),
    market=_some("market", 3),
    coefficients=_some("coefficients", 8),
    later=_some("levers", 4).filter(bool),
    week=_WEEK,
    shocks=_SHOCKS,
    seed=st.integers(0, 2**32 - 1),
)
def test_random_scenario(
    levers: dict[str, Any],
    facts: dict[str, Any],
    market: dict[str, Any],
    coefficients: dict[str, Any],
    later: dict[str, Any],
    week: int,
    shocks: list[dict[str, Any]],
    seed: int,
) -> None:
    events = [change(week, **later), *shocks]
    scenario = firm(levers, events, _WEEKS, 24, 24, **facts, **market, **coefficients)
    assert first_difference(scenario, seed) is None
