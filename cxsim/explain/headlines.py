"""The few outcomes that a verdict speaks of: how they are measured, scaled and said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.explain.rounding import Rounded
from cxsim.series import OUTCOME_WINDOW, OUTCOMES, SERIES, WEEKS_A_YEAR, money

if TYPE_CHECKING:
    from cxsim.results import Ensemble

YEARS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
CHURN_FALLS = (
    "churn tends to fall over time in every scenario, because the customers most likely to leave "
    "do so first; compare scenarios, not the weeks of one."
)


@dataclass(frozen=True)
class Headline:
    """One outcome in natural units.

    Attributes
    ----------
    name, label : str
    better : str
        "high" or "low".
    values : callable
        Ensemble -> array, shape (replicates,), in the model's own units; NaN for never.
    text : callable
        Ensemble -> what it came to, for people.
    more, fewer : str
        A difference in a sentence, with "{}" for its size.
    factor : float
        Natural units per unit of `values`.
    unit : str
        Natural unit, as it stands after a number.
    about, most : str
        What it concerns ("customers"), and how a leader is named ("fewest customers leave");
        empty where it stays out of sentences.
    whole, money, never : bool
        It comes in ones; it is USD; NaN stands for "not within the horizon".
    note : str
        What a reader has to know about it, to follow the label and a colon.
    """

    name: str
    label: str
    better: str
    values: Callable[[Ensemble], np.ndarray]
    text: Callable[[Ensemble], str]
    more: str
    fewer: str
    factor: float = 1.0
    unit: str = ""
    about: str = ""
    most: str = ""
    whole: bool = False
    money: bool = False
    never: bool = False
    note: str = ""

    def known(self, ensemble: Ensemble) -> bool:
        """Return whether an ensemble can tell: money needs the company without a programme."""
        needs_money = self.name in OUTCOMES and OUTCOMES[self.name].money
        return ensemble.baseline is not None or not needs_money

    def fitting(self, a: Ensemble, b: Ensemble) -> Headline:
        """Return the headline in the unit that suits both: people, if the firms are as large."""
        if self.name != "adoption" or a.setting.employees != b.setting.employees:
            return self
        return replace(
            self,
            factor=float(a.setting.employees),
            unit="people",
            whole=True,
            more="{} more people practise",
            fewer="{} fewer people practise",
        )

    def ahead(self, values: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return in which futures the first does better; "never" is worse than any week."""
        sign = 1.0 if self.better == "high" else -1.0
        one, other = (sign * np.where(np.isnan(v), np.inf, v) for v in (values, others))
        return np.asarray(one > other)

    def said(self, difference: Rounded, weeks: int) -> str:
        """Return a rounded difference as part of a sentence."""
        form = self.more if difference.value > 0.0 else self.fewer
        size = replace(difference, value=abs(difference.value), low=None, high=None)
        return form.format(size.in_words(self.money, sign=False), span=span(weeks))


def span(weeks: int) -> str:
    """Return a horizon in words: whole years where it is some."""
    years, rest = divmod(weeks, WEEKS_A_YEAR)
    if rest or not 1 <= years <= len(YEARS):
        return f"{weeks} week{'s' * (weeks != 1)}"
    return f"{YEARS[years - 1]} year{'s' * (years != 1)}"


# ------------------------------------------------------------------ values and words


def _satisfaction(ensemble: Ensemble) -> np.ndarray:
    """Mean of the last weeks, as churn is: one week would be mostly luck."""
    return ensemble.series("satisfaction")[:, -OUTCOME_WINDOW:].mean(axis=1)


def _satisfaction_text(ensemble: Ensemble) -> str:
    typical = SERIES["satisfaction"].shown(float(np.median(_satisfaction(ensemble))))
    return f"{typical:.0f} of 100 points"


def _net_value_text(ensemble: Ensemble) -> str:
    values = ensemble.outcome("net_value")
    middle, years = OUTCOMES["net_value"].typical(values), span(ensemble.weeks)
    worse, futures = int((values < 0.0).sum()), len(values)
    if middle < 0.0:
        text = f"costs {money(-middle)} more than it brings in {years}"
    elif middle > 0.0:
        text = f"brings {money(middle)} more than it costs in {years}"
    else:
        text = f"neither costs nor brings anything in {years}"
    return f"{text} (a loss in {worse} of {futures})" if worse and futures > 1 else text


def _payback_text(ensemble: Ensemble) -> str:
    values = ensemble.outcome("payback_week")
    outcome, never, futures = OUTCOMES["payback_week"], int(np.isnan(values).sum()), len(values)
    if not np.isnan(outcome.typical(values)):
        return outcome.text(values, ensemble.setting)
    text = f"does not pay back within {span(ensemble.weeks)}"
    return f"{text} (in {never} of {futures})" if futures > 1 else text


def _share(name: str, label: str, **words: Any) -> Headline:
    """Return a headline of an outcome that is a share, told in numbers of every hundred."""
    outcome = OUTCOMES[name]

    def text(ensemble: Ensemble) -> str:
        return outcome.text(ensemble.outcome(name), ensemble.setting)

    return Headline(
        name, label, outcome.better, lambda ensemble: ensemble.outcome(name), text,
        factor=outcome.kind.factor, **words,
    )  # fmt: skip


HEADLINES = (
    _share(
        "adoption", "Practice among employees",
        more="{} more of every 100 employees practise",
        fewer="{} fewer of every 100 employees practise",
        unit="of 100 employees", about="people", most="most employees practise",
    ),
    _share(
        "churn_yearly", "Customers lost, last half-year",
        more="{} more of every 100 customers leave in a year",
        fewer="{} fewer of every 100 customers leave in a year",
        unit="of 100 customers", about="customers", most="fewest customers leave",
        note=CHURN_FALLS,
    ),
    Headline(
        "satisfaction", "Customer satisfaction, last half-year", "high",
        _satisfaction, _satisfaction_text,
        more="satisfaction is {} points higher", fewer="satisfaction is {} points lower",
        factor=SERIES["satisfaction"].kind.factor, unit="points",
    ),
    Headline(
        "net_value", "Money", "high",
        lambda ensemble: ensemble.outcome("net_value"), _net_value_text,
        more="{} more after {span}", fewer="{} less after {span}",
        about="money", most="most money is left", money=True,
        note="against the same company without a programme.",
    ),
    Headline(
        "payback_week", "Payback", "low",
        lambda ensemble: ensemble.outcome("payback_week"), _payback_text,
        more="it pays back {} weeks later", fewer="it pays back {} weeks sooner",
        unit="weeks", whole=True, never=True,
        note="the difference is over the futures in which both sides pay back.",
    ),
)  # fmt: skip

MAIN = tuple(headline.name for headline in HEADLINES if headline.about)
