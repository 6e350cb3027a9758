"""A conventional return-on-investment calculator, fed from the same scenario.

Such calculators are sheets of rates: customers, how many leave and how many come, margin, savings,
less the cost of the programme. Adoption does not occur in them: everybody works in the new way from
the first day on, nobody falls back, and the budget is what the plan says. Here the sheet gets the
rates that are true of such a company. They are measured in runs in which every employee practises
from week 0 on and never stops and the budget stays as planned (ordinary coefficients, `PROMISE`),
and in runs without a programme. What it makes of them is its own: from the customers of the first
day it goes on, week after week, with the rates of the month, without any luck.

Rates are by month (of four weeks) because customers differ: those inclined to leave go first, so
churn falls over time in every company. Where the sheet's assumptions hold, months give the net
value of the bundled scenarios within 0.3 %; quarters would mostly be 0.1 to 0.2 % too high, one
rate a year 1 to 2 %, one rate for three years 11 to 15 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from cxsim.explain.money.flows import Flows, margin_per_customer
from cxsim.plan import build_plan
from cxsim.series import WEEKS_A_YEAR

if TYPE_CHECKING:
    from cxsim.scenario import Scenario

MONTH = 4  # weeks for which a rate holds
MONTHS_A_YEAR = WEEKS_A_YEAR // MONTH
KEPT_BUDGET = {"budget_low": 1.0, "budget_high": 1.0}
PERMANENT = {"stop_belief": 0.0, "stop_effort": 0.0}
INSTANT = {"innovator_threshold": 1.0}  # no threshold is above .98: all practise from the first day
PROMISE = {**KEPT_BUDGET, **PERMANENT, **INSTANT}


@dataclass(frozen=True, eq=False)
class Sheet:
    """Customers from rates: how many there are at the end of each week.

    Attributes
    ----------
    customers, places : float
        Active on the first day; the market's places, taken and vacant.
    weeks : int
    churn : array, shape (months,)
        Share of the customers who leave in a week.
    acquisition : array, shape (months,)
        Share of the vacant places that are filled in a week.
    """

    customers: float
    places: float
    weeks: int
    churn: np.ndarray
    acquisition: np.ndarray

    @classmethod
    def measured(cls, flows: Flows, scenario: Scenario) -> Sheet:
        """Return the sheet with the rates of a company, over all of its futures."""
        customers = float(scenario.market["customers"])
        places = float(ceil(customers * scenario.market["market_potential"]))
        at_start = flows.at_start
        return cls(
            customers=customers,
            places=places,
            weeks=at_start.shape[1],
            churn=_rates(flows.churned, at_start),
            acquisition=_rates(flows.acquired, places - at_start),
        )

    def active(self) -> np.ndarray:
        """Return the customers at the end of each week, shape (weeks,)."""
        found, now = np.empty(self.weeks), self.customers
        for week in range(self.weeks):
            month = week // MONTH
            lost = self.churn[month] * now
            now += self.acquisition[month] * (self.places - now) - lost
            found[week] = now
        return found


@dataclass(frozen=True, eq=False)
class Calculator:
    """What a conventional calculator says of a scenario.

    Attributes
    ----------
    with_, without : Sheet
        Customers with everybody practising, and without a programme.
    margin : float
        USD a week from one customer.
    cost : array, shape (weeks,)
        Of the programme as planned, USD a week.
    savings : array, shape (months,)
        USD a week.
    factors : array, shape (weeks,)
        What a dollar of each week is worth.
    """

    with_: Sheet
    without: Sheet
    margin: float
    cost: np.ndarray
    savings: np.ndarray
    factors: np.ndarray

    @property
    def net_value(self) -> np.ndarray:
        """What the programme has earned by each week, USD, shape (weeks,)."""
        more = self.with_.active() - self.without.active()
        savings = np.repeat(self.savings, MONTH)[: len(more)]
        return np.cumsum((self.margin * more + savings - self.cost) * self.factors)

    @property
    def promise(self) -> float:
        """Net value at the horizon, USD."""
        return float(self.net_value[-1])


def calculator(scenario: Scenario, promise: Flows, none: Flows, factors: np.ndarray) -> Calculator:
    """Return the calculator for a scenario.

    Parameters
    ----------
    promise, none : Flows
        Of the company that is as the calculator assumes, and of the one without a programme.
    factors : array, shape (weeks,)
        What a dollar of each week is worth.
    """
    saved = promise.savings - none.savings
    return Calculator(
        with_=Sheet.measured(promise, scenario),
        without=Sheet.measured(none, scenario),
        margin=margin_per_customer(scenario),
        cost=planned_cost(scenario),
        savings=_rates(saved, np.ones_like(saved)),
        factors=factors,
    )


def planned_cost(scenario: Scenario) -> np.ndarray:
    """Return what the plan says the programme costs, USD a week, shape (weeks,)."""
    plan = build_plan(scenario)
    staff = plan.levers["resources"] * scenario.organisation["employees"] / 100.0
    return np.asarray(staff * scenario.organisation["fte_cost"] * plan.weeks["active"])


def _rates(events: np.ndarray, at_risk: np.ndarray) -> np.ndarray:
    """Return events for each one at risk by month, over all futures; 0 where there is none."""
    edges = np.arange(0, events.shape[1], MONTH)
    happened, could = (np.add.reduceat(values.sum(axis=0), edges) for values in (events, at_risk))
    return np.divide(happened, could, out=np.zeros(len(edges)), where=could > 0.0)
