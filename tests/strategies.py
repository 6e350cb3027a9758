"""Random valid scenarios: any lever, fact and coefficient anywhere in its range, any shock."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from cxsim.parameters import SHARES, Parameter, registry
from cxsim.scenario import Scenario
from cxsim.timeline import SHOCKS, Detail

NAMES = ("marketing", "sales", "operations", "service", "finance", "technology")
# Lists, names and sizes have strategies of their own.
_OWN = {"employees", "customers", "market_potential"}
# Fine detail is the enemy of a short counter-example: ranges in hundredths are enough.
_PART = st.integers(0, 100).map(lambda n: n / 100)


def value_of(rule: Parameter | Detail) -> st.SearchStrategy[Any]:
    """Any value within the range of a number, both ends included."""
    if rule.type == "integer":
        return st.integers(int(rule.low), int(rule.high))
    return _PART.map(lambda part: min(rule.high, rule.low + part * (rule.high - rule.low)))


def settings_of(kind: str, most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Up to `most` numbers of one table of the registry; the shares of effort stay as they are."""
    free = {
        name: value_of(parameter)
        for name, parameter in registry().table(kind).items()
        if parameter.type in ("number", "integer") and name not in {*_OWN, *SHARES}
    }
    names = st.lists(st.sampled_from(sorted(free)), max_size=most, unique=True)
    return names.flatmap(
        lambda chosen: st.fixed_dictionaries({name: free[name] for name in chosen})
    )


def shares_of(count: int) -> st.SearchStrategy[tuple[float, ...]]:
    """So many shares that sum to 1; some may be 0."""
    weights = st.lists(st.integers(0, 20), min_size=count, max_size=count).filter(any)
    return weights.map(lambda given: tuple(weight / sum(given) for weight in given))


def allocations() -> st.SearchStrategy[dict[str, float]]:
    return shares_of(len(SHARES)).map(lambda shares: dict(zip(SHARES, shares, strict=True)))


def shocks(functions: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """One shock of any kind and size."""

    def detail(rule: Detail) -> st.SearchStrategy[Any]:
        return st.sampled_from(functions) if rule.type == "function" else value_of(rule)

    def shock(name: str) -> st.SearchStrategy[dict[str, Any]]:
        rule = SHOCKS[name]
        if isinstance(rule, Detail):
            return st.fixed_dictionaries({name: detail(rule)})
        needed = {key: detail(part) for key, part in rule.items() if part.required}
        free = {key: detail(part) for key, part in rule.items() if not part.required}
        return st.fixed_dictionaries({name: st.fixed_dictionaries(needed, optional=free)})

    return st.sampled_from(sorted(SHOCKS)).flatmap(shock)


@st.composite
def scenarios(draw: st.DrawFn, coefficients: int = 0) -> Scenario:
    """A small company of 12-80 employees and 0-200 customers, for 5-60 weeks.

    Up to `coefficients` coefficients of the model leave their defaults too.
    """
    functions = NAMES[: draw(st.integers(2, len(NAMES)))]
    weeks = draw(st.integers(5, 60))
    week = st.integers(0, weeks - 1)
    names = st.lists(st.sampled_from(functions), max_size=2, unique=True)
    changes: st.SearchStrategy[Any] = st.fixed_dictionaries(
        {"week": week, "set": settings_of("levers", 4).filter(bool) | allocations()}
    )
    happenings: st.SearchStrategy[Any] = st.fixed_dictionaries(
        {"week": week, "shock": shocks(functions)}
    )
    return Scenario(
        "random",
        "Random",
        weeks=weeks,
        levers=draw(settings_of("levers", 20)) | draw(allocations()) | {"holdouts": draw(names)},
        organisation={
            **draw(settings_of("organisation", 4)),
            "employees": draw(st.integers(12, 80)),
            "functions": functions,
            "host_function": draw(st.sampled_from(functions)),
            "headcount_shares": draw(shares_of(len(functions))),
            "contact_shares": draw(shares_of(len(functions))),
        },
        market={
            **draw(settings_of("market", 4)),
            "customers": draw(st.integers(0, 200)),
            "market_potential": draw(st.integers(10, 40)) / 10,
        },
        coefficients=draw(settings_of("coefficients", coefficients)),
        events=tuple(draw(st.lists(changes | happenings, max_size=6))),
    )


SEEDS = st.integers(0, 2**32 - 1)
