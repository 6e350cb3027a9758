"""What a company earns week by week, and how a programme's money splits into its parts.

Two companies that met the same luck start with the same customers. Later they differ by those who
did not leave and by those who were won, so the difference in money has four parts: margin on
customers kept, margin on customers won, the cost of the programme, and savings.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import frexp
from typing import TYPE_CHECKING

import numpy as np

from cxsim.elementary import exp, log
from cxsim.series import WEEKS_A_YEAR

if TYPE_CHECKING:
    from cxsim.results import Ensemble
    from cxsim.scenario import Scenario

READ = ("active_customers", "churned", "acquired", "programme_cost", "savings")
PARTS = {
    "kept": "Margin on customers who did not leave",
    "won": "Margin on customers won",
    "cost": "Cost of the programme",
    "savings": "Savings",
}
EXACT_BITS = 48  # of 53: sums of amounts on such a grid are exact


def read(ensemble: Ensemble) -> np.ndarray:
    """Return what `Flows` are made of from one future, shape (5, weeks)."""
    return np.stack([ensemble.record.company[name][0] for name in READ])


@dataclass(frozen=True, eq=False)
class Flows:
    """Weekly flows of one company, each an array of shape (replicates, weeks).

    Attributes
    ----------
    active, churned, acquired : array
        Customers at the end of the week; lost and won in it.
    cost, savings : array
        USD a week.
    """

    active: np.ndarray
    churned: np.ndarray
    acquired: np.ndarray
    cost: np.ndarray
    savings: np.ndarray

    @classmethod
    def of(cls, rows: np.ndarray) -> Flows:
        """Return the flows from what was read in every future, shape (replicates, 5, weeks)."""
        return cls(*np.moveaxis(rows, 1, 0))

    @property
    def at_start(self) -> np.ndarray:
        """Customers at the start of each week."""
        return np.asarray(self.active + self.churned - self.acquired)


def discount_factors(rate: float, weeks: int) -> np.ndarray:
    """Return what a dollar of each week is worth in week 0 at a yearly rate, shape (weeks,)."""
    weekly = -log(1.0 + rate) / WEEKS_A_YEAR
    return np.array([exp(weekly * week) for week in range(weeks)])


def margin_per_customer(scenario: Scenario) -> float:
    """Return USD a week that one customer leaves after the cost of serving."""
    market = scenario.market
    return float(market["revenue_per_customer"] * market["margin"])


def split(with_: Flows, without: Flows, margin: float, factors: np.ndarray) -> np.ndarray:
    """Return the parts of what a programme earns, cumulated, shape (4, replicates, weeks).

    Parameters
    ----------
    with_, without : Flows
        The two companies, in the same futures.
    margin : float
        USD a week from one customer.
    factors : array, shape (weeks,)
        What a dollar of each week is worth.

    Notes
    -----
    Amounts lie on a fine grid, far below a cent, so that sums of parts are exact in any order.
    """
    kept = np.cumsum(without.churned - with_.churned, axis=1)
    won = np.cumsum(with_.acquired - without.acquired, axis=1)
    weekly = np.stack(
        [margin * kept, margin * won, without.cost - with_.cost, with_.savings - without.savings]
    )
    return on_grid(np.cumsum(weekly * factors, axis=2))


def on_grid(amounts: np.ndarray) -> np.ndarray:
    """Return amounts rounded to multiples of one small power of two."""
    _, exponent = frexp(float(np.abs(amounts).max(initial=1.0)))
    grid = 2.0 ** (exponent - EXACT_BITS)
    return np.rint(amounts / grid) * grid + 0.0  # no negative zero
