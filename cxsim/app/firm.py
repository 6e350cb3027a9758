"""My firm: the few facts that a visitor knows by heart, turned into the model's parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import cxsim
from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.scenario_file import scenario_folder
from cxsim.series import WEEKS_A_YEAR
from cxsim.values import clean_value, suggestion

PRESET = "sector_"
MOST_CUSTOMERS = 200_000  # more would keep a visitor waiting for minutes


@dataclass(frozen=True)
class Fact:
    """One field of the panel."""

    name: str
    title: str
    unit: str
    low: float
    high: float
    type: str
    meaning: str


def facts() -> dict[str, Fact]:
    """The numeric fields in the order of the panel, their ranges from the registry."""
    table = parameters.registry()
    employees = table.organisation["employees"]
    most_revenue = table.market["revenue_per_customer"].high * WEEKS_A_YEAR * MOST_CUSTOMERS
    return {
        fact.name: fact
        for fact in (
            Fact(
                "employees", "Employees", "people", employees.low, 20_000, "integer",
                "Everybody below the heads of function.",
            ),
            Fact(
                "customers", "Customers", "customers", 1, MOST_CUSTOMERS, "integer",
                "Customers at the start; let one stand for many if there are more.",
            ),
            Fact(
                "churn", "Customers lost a year", "% of customers", 1.5, 80, "number",
                "Before anything changes.",
            ),
            Fact(
                "revenue", "Revenue a year", "USD", WEEKS_A_YEAR, most_revenue,
                "number", "From all these customers together.",
            ),
        )
    }  # fmt: skip


@cache
def sectors() -> dict[str, Scenario]:
    """The bundled sector presets by name; "consumer" for ``sector_consumer``."""
    names = sorted(path.stem for path in scenario_folder().glob(f"{PRESET}*.toml"))
    return {name.removeprefix(PRESET): cxsim.load(name) for name in names}


def of(scenario: Scenario) -> dict[str, float]:
    """What the fields say of a scenario as it is."""
    market = scenario.market
    customers = market["customers"]
    return {
        "employees": scenario.organisation["employees"],
        "customers": customers,
        "churn": 100 * market["churn_alpha"] / (market["churn_alpha"] + market["churn_beta"]),
        "revenue": customers * market["revenue_per_customer"] * WEEKS_A_YEAR,
    }


def settings(given: Mapping[str, str]) -> dict[str, Any]:
    """The registry values that the given fields stand for.

    Parameters
    ----------
    given
        Field name to its text; "sector" takes the name of a preset, which fills organisation and
        market before the numbers do.

    Raises
    ------
    CxsimError
        An unknown field or sector, or a number out of range.
    """
    known = facts()
    for name in given:
        if name != "sector" and name not in known:
            raise CxsimError(f"firm.{name}: no such field{suggestion(name, [*known, 'sector'])}")
    values = _sector(given["sector"]) if "sector" in given else {}
    numbers = {name: _number(known[name], given[name]) for name in known if name in given}
    people = ("employees", "customers")
    values |= {name: int(numbers[name]) for name in people if name in numbers}
    if "churn" in numbers:
        values |= _churn(numbers["churn"] / 100, values)
    if "revenue" in numbers:
        values["revenue_per_customer"] = _per_customer(numbers, values)
    return values


def _number(fact: Fact, text: str) -> float:
    try:
        number = float(str(text).replace(",", "").replace(" ", ""))
        whole = int(number) if fact.type == "integer" and number == int(number) else number
        return float(clean_value(whole, fact.type, fact.low, fact.high, fact.unit))
    except (ValueError, OverflowError):
        kind = "whole number" if fact.type == "integer" else "number"
        raise CxsimError(
            f"{fact.title}: {text!r:.40} does not fit; "
            f"a {kind} from {fact.low:,.10g} to {fact.high:,.10g} ({fact.unit}) is wanted"
        ) from None


def _sector(name: str) -> dict[str, Any]:
    found = sectors().get(name)
    if found is None:
        raise CxsimError(f"firm.sector: {name!r:.40} is none of {', '.join(sectors())}")
    return {
        key: value
        for kind in ("organisation", "market")
        for key, value in getattr(found, kind).items()
        if value != parameters.registry().table(kind)[key].default or key in _CHURN
    }


_CHURN = ("churn_alpha", "churn_beta")


def _churn(mean: float, values: Mapping[str, Any]) -> dict[str, float]:
    """Another mean of the customers' propensities to leave, with the same alpha + beta."""
    market = parameters.registry().market
    alpha, beta = (values.get(name, market[name].default) for name in _CHURN)
    total = alpha + beta
    return {"churn_alpha": round(mean * total, 6), "churn_beta": round((1 - mean) * total, 6)}


def _per_customer(numbers: Mapping[str, float], values: Mapping[str, Any]) -> float:
    market = parameters.registry().market
    customers = values.get("customers", market["customers"].default)
    weekly = numbers["revenue"] / WEEKS_A_YEAR / max(1, customers)
    if weekly > market["revenue_per_customer"].high:
        raise CxsimError("Revenue a year: too much for so few customers; check both numbers")
    return round(weekly, 6)
