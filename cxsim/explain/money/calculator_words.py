"""What a conventional calculator assumes and what it was fed with, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cxsim.explain.headlines import span
from cxsim.explain.money.roi import MONTH, MONTHS_A_YEAR
from cxsim.series import money as usd

if TYPE_CHECKING:
    from cxsim.explain.money.worth import Money

ASSUMPTIONS = (
    "Everybody practises from week 0 on, newcomers from their first day.",
    "Nobody falls back.",
    "The budget stays as planned; executives neither cut nor raise it.",
    "Customers leave and come at the rates of the month, without luck.",
)
SOURCE = (
    "The calculator's rates are those of this very company, measured in runs with everybody "
    "practising and in runs without a programme; a real calculator would have to guess them."
)


def inputs(money: Money) -> list[dict[str, str]]:
    """Return what the calculator was fed with: label and text of each input."""
    sheet, market = money.calculator, money.scenario.market
    years = span(money.weeks)
    savings = float(np.repeat(sheet.savings, MONTH)[: money.weeks].sum())
    told = {
        "Horizon": years,
        "Customers on the first day": f"{market['customers']:,} of {sheet.without.places:,.0f} "
        "in the market",
        "Margin on a customer": f"{usd(sheet.margin)} a week ({market['margin']:.0%} of "
        f"{usd(market['revenue_per_customer'])})",
        "Customers lost a year without a programme": _yearly(sheet.without.churn),
        "Customers lost a year with everybody practising": _yearly(sheet.with_.churn),
        "Vacant places filled a year without a programme": _yearly(sheet.without.acquisition),
        "Vacant places filled a year with everybody practising": _yearly(sheet.with_.acquisition),
        "Cost of the programme as planned": f"{usd(float(sheet.cost.sum()))} in {years}",
        "Savings": f"{usd(savings)} in {years}",
    }
    if money.discount > 0.0:
        told["Discount"] = f"{100.0 * money.discount:g} % a year"
    return [{"label": label, "text": text} for label, text in told.items()]


def _yearly(weekly: np.ndarray) -> str:
    """Return weekly rates by month as shares of each year, "17.0, 12.9, 10.4 %"."""
    months = (1.0 - weekly) ** MONTH
    years = [
        months[first : first + MONTHS_A_YEAR] for first in range(0, len(months), MONTHS_A_YEAR)
    ]
    lost = [1.0 - float(year.prod()) ** (MONTHS_A_YEAR / len(year)) for year in years]
    return f"{', '.join(f'{100.0 * share:.1f}' for share in lost)} %"
