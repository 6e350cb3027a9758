"""Everything recorded, derived from it, or read off at the end: label, unit, form, better side.

Numbers are kept in the model's own units (shares, people, USD, satisfaction from -1.5 to 1.2) and
turned into what people read (percent, points of 100) by `Series.shown` and `Outcome.text`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isnan

import numpy as np

from cxsim.errors import CxsimError
from cxsim.state import HIGHEST, LOWEST

WEEKS_A_YEAR = 52
CHURN_WINDOW = 13  # weeks behind a point of the weekly series churn_yearly
OUTCOME_WINDOW = 26  # weeks behind the outcome churn_yearly

COMPANY, FUNCTION, LAYER = "company", "function", "layer"
EVERYWHERE = (COMPANY, FUNCTION, LAYER)
BY_FUNCTION = (COMPANY, FUNCTION)

SIX = ("adoption", "commitment", "satisfaction", "survey_score", "churn_yearly", "net_value")


@dataclass(frozen=True)
class Kind:
    """How numbers of one sort are kept and shown.

    Attributes
    ----------
    unit, shown_unit : str
        Of the number that is kept, and of what people read.
    factor, offset : float
        Shown = factor * kept + offset.
    form : str
        "percent", "points" (of 100), "number" or "money".
    """

    unit: str
    shown_unit: str
    factor: float = 1.0
    offset: float = 0.0
    form: str = "number"


_POINTS = 100.0 / (HIGHEST - LOWEST)  # points of 100 per unit of satisfaction
SHARE = Kind("share", "%", 100.0, form="percent")
INDEX = Kind("0 to 1", "0 to 100", 100.0, form="points")
SATISFACTION = Kind("satisfaction, -1.5 to 1.2", "0 to 100", _POINTS, -LOWEST * _POINTS, "points")
PAIN = Kind("satisfaction", "points of 100", _POINTS, form="points")
YEARLY = Kind("share a year", "% of customers a year", 100.0, form="percent")
MONEY = Kind("USD", "USD", form="money")
MONEY_WEEKLY = Kind("USD a week", "USD a week", form="money")
WEEK = Kind("week", "week")


def _count(unit: str) -> Kind:
    return Kind(unit, unit)


@dataclass(frozen=True)
class Series:
    """A weekly series.

    Attributes
    ----------
    name, label : str
        In code, and in words for people.
    kind : Kind
        Unit and form.
    better : str or None
        "high", "low", or None where neither is good in itself.
    levels : tuple of str
        Where it exists: company, function, layer (of the hierarchy, from the one below the heads).
    derived : bool
        Worked out from the record rather than recorded.
    per_employee : bool
        A mean over employees, undefined where there are none.
    """

    name: str
    label: str
    kind: Kind
    better: str | None = None
    levels: tuple[str, ...] = (COMPANY,)
    derived: bool = False
    per_employee: bool = False

    @property
    def unit(self) -> str:
        """Unit of the numbers as they are kept."""
        return self.kind.unit

    @property
    def shown_unit(self) -> str:
        """Unit of the numbers that `shown` returns."""
        return self.kind.shown_unit

    @property
    def form(self) -> str:
        """How people write it: "percent", "points", "number" or "money"."""
        return self.kind.form

    def shown(self, values: np.ndarray | float) -> np.ndarray:
        """Return kept values as people read them, in `shown_unit`."""
        return np.asarray(values, float) * self.kind.factor + self.kind.offset


_EMPLOYEES, _PAIN_POINTS = _count("employees"), _count("pain points")
_CUSTOMERS, _CONTACTS = _count("customers a week"), _count("contacts a week")
_STARTS, _STOPS = _count("employees a week"), _count("employees a week")

_ALL = (
    # the workforce
    Series("employees", "Employees", _EMPLOYEES, None, EVERYWHERE),
    Series("practising", "Employees who practise", _EMPLOYEES, "high", EVERYWHERE),
    Series("adoption", "Adoption", SHARE, "high", EVERYWHERE, per_employee=True),
    Series("embedded", "Practice as a habit", SHARE, "high", EVERYWHERE, per_employee=True),
    Series("awareness", "Awareness", INDEX, "high", EVERYWHERE, per_employee=True),
    Series("belief", "Belief that it works", INDEX, "high", EVERYWHERE, per_employee=True),
    Series("ability", "Ability", INDEX, "high", EVERYWHERE, per_employee=True),
    Series("cynicism", "Change cynicism", INDEX, "low", EVERYWHERE, per_employee=True),
    Series("load", "Workload", SHARE, "low", BY_FUNCTION),
    Series("leavers", "Employees who leave", _STOPS),
    # leadership
    Series("commitment", "Executives' commitment", INDEX, "high", BY_FUNCTION),
    Series("commitment_spread", "Spread of commitment", INDEX, "low"),
    Series("stated_commitment", "Stated support", INDEX, None, BY_FUNCTION),
    Series("ceo_commitment", "CEO's commitment", INDEX, "high"),
    Series("conflict", "Conflict", INDEX, "low", BY_FUNCTION),
    Series("alignment", "Leadership alignment", INDEX, "high"),
    # the programme
    Series("quality_local", "Quality of touchpoints", INDEX, "high", BY_FUNCTION),
    Series("quality_handoff", "Quality of hand-offs", INDEX, "high"),
    Series("wins", "Visible wins", INDEX, "high", BY_FUNCTION),
    Series("wins_completed", "Wins completed", _count("wins a week"), "high"),
    Series("evidence", "Evidence that it pays", INDEX, "high"),
    Series("open_issues", "Known open pain points", _PAIN_POINTS, "low", BY_FUNCTION),
    Series("issue_age", "Age of open pain points", _count("weeks"), "low"),
    Series("closures", "Pain points closed", _count("pain points a week"), "high", BY_FUNCTION),
    Series("initiatives", "Initiatives under way", _count("initiatives")),
    Series("insight", "Insight into customers", INDEX, "high"),
    Series("budget", "Budget", Kind("share of plan", "% of plan", 100.0, form="percent")),
    # customers
    Series("experience", "Experience of a contact", INDEX, "high", BY_FUNCTION),
    Series("experience_spread", "Spread of experience between contacts", INDEX, "low"),
    Series("satisfaction", "Customer satisfaction", SATISFACTION, "high"),
    Series("survey_score", "Survey score that leaders see", SATISFACTION, "high"),
    Series("respondents", "Survey answers", _count("answers a week")),
    Series("contacts", "Customer contacts", _CONTACTS, None, BY_FUNCTION),
    Series("complaints", "Complaints", _count("complaints a week"), "low", BY_FUNCTION),
    Series("active_customers", "Active customers", _count("customers"), "high"),
    Series("churned", "Customers lost", _CUSTOMERS, "low"),
    Series("acquired", "Customers won", _CUSTOMERS, "high"),
    Series("price_pain", "Satisfaction lost to a price rise", PAIN, "low"),
    Series("churn_yearly", "Churn", YEARLY, "low", derived=True),
    # money
    Series("revenue", "Revenue", MONEY_WEEKLY, "high"),
    Series("churned_revenue", "Revenue lost with customers", MONEY_WEEKLY, "low"),
    Series("programme_cost", "Cost of the programme", MONEY_WEEKLY),
    Series("savings", "Savings", MONEY_WEEKLY, "high"),
    Series("contribution", "Contribution", MONEY_WEEKLY, "high"),
    Series("net_value", "Net value of the programme", MONEY, "high", derived=True),
    # the ledger
    Series("starts", "Employees who start", _STARTS, None, EVERYWHERE),
    Series("start_disposition", "Start by disposition", _STARTS),
    Series("start_message", "Start by the message", _STARTS),
    Series("start_modelling", "Start by leaders' example", _STARTS),
    Series("start_peers", "Start by colleagues' example", _STARTS),
    Series("start_wins", "Start by visible wins", _STARTS),
    Series("stops", "Employees who stop", _STOPS, None, EVERYWHERE),
    Series("stop_belief", "Stop by lost belief", _STOPS),
    Series("stop_effort", "Stop by effort without habit", _STOPS),
    Series("stop_overload", "Stop by overload", _STOPS),
    Series("stop_turnover", "Stop by leaving the firm", _STOPS),
    Series("churn_base", "Lost anyway", _CUSTOMERS),
    Series("churn_process", "Lost to processes", _CUSTOMERS),
    Series("churn_service", "Lost to service", _CUSTOMERS),
    Series("churn_expectation", "Lost to expectations", _CUSTOMERS),
    Series("churn_shock", "Lost to a price rise", _CUSTOMERS),
)

SERIES: dict[str, Series] = {series.name: series for series in _ALL}

# Flow -> the series it sums to, and its causes.
LEDGERS: dict[str, tuple[str, tuple[str, ...]]] = {
    flow: (total, tuple(s.name for s in _ALL if s.name.startswith(start) and not s.derived))
    for flow, total, start in (
        ("starts", "starts", "start_"),
        ("stops", "stops", "stop_"),
        ("churn", "churned", "churn_"),
    )
}


# ------------------------------------------------------------------ what is worked out


def weekly_churn(churned: np.ndarray, active: np.ndarray, acquired: np.ndarray) -> np.ndarray:
    """Return the share of the customers active at the start of each week who leave in it.

    Parameters
    ----------
    churned, active, acquired : array, shape (..., weeks)
        Customers lost, active at the end of the week, and won.
    """
    at_start = active + churned - acquired
    return np.divide(churned, at_start, out=np.zeros(churned.shape), where=at_start > 0.0)


def a_year(weekly: np.ndarray) -> np.ndarray:
    """Return the share lost in a year at a constant weekly share.

    The power is taken by multiplication: the library's own differs in the last bit between
    processors.
    """
    kept = 1.0 - weekly
    left, square = np.ones_like(kept), kept
    for digit in reversed(f"{WEEKS_A_YEAR:b}"):
        if digit == "1":
            left = left * square
        square = square * square
    return 1.0 - left


def trailing_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Return at each week the mean of the last `window` weeks, or of the fewer there are."""
    weeks = values.shape[-1]
    sums = np.zeros((*values.shape[:-1], weeks + 1))
    np.cumsum(values, axis=-1, out=sums[..., 1:])
    end = np.arange(1, weeks + 1)
    start = np.maximum(0, end - window)
    return np.maximum(0.0, sums[..., end] - sums[..., start]) / (end - start)


def first_week(condition: np.ndarray) -> np.ndarray:
    """Return the first week in which a condition holds, NaN where it never does.

    Parameters
    ----------
    condition : array of bool, shape (replicates, weeks)
    """
    return np.where(condition.any(axis=1), condition.argmax(axis=1), np.nan)


def payback_week(net_value: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Return the week from which cumulative net value stays at zero or above to the end.

    Parameters
    ----------
    net_value, cost : array, shape (replicates, weeks)
        Cumulative net value; what the programme costs in the week.

    Returns
    -------
    array, shape (replicates,)
        Not before the first week with a cost; NaN where there is no such week.
    """
    weeks = net_value.shape[1]
    below = net_value < 0.0
    last_below = np.where(below.any(axis=1), weeks - 1 - below[:, ::-1].argmax(axis=1), -1)
    week = np.maximum(last_below + 1.0, first_week(cost > 0.0))
    return np.where(week < weeks, week, np.nan)


# ------------------------------------------------------------------ outcomes


@dataclass(frozen=True)
class Setting:
    """What an outcome's words need to know besides its number."""

    employees: int
    weeks: int
    replicates: int
    baseline: bool = True  # whether the company without a programme was run too


@dataclass(frozen=True)
class Outcome:
    """One number per replicate.

    Attributes
    ----------
    name, label : str
        In code, and in words for people.
    kind : Kind
        Unit and form.
    better : str
        "high" or "low".
    words : callable
        (typical value, Setting) -> text in natural units, for a value that is not NaN.
    never : bool
        NaN stands for "not within the horizon", which is worse than any week.
    frequency : bool
        Each replicate is 0 or 1; the typical value is the mean, not the median.
    money : bool
        Needs the baseline without a programme.
    """

    name: str
    label: str
    kind: Kind
    better: str
    words: Callable[[float, Setting], str]
    never: bool = False
    frequency: bool = False
    money: bool = False

    @property
    def unit(self) -> str:
        """Unit of the numbers as they are kept."""
        return self.kind.unit

    def typical(self, values: np.ndarray) -> float:
        """Return the median (of a frequency: the mean); "never" counts as later than any week."""
        if self.frequency:
            return float(np.mean(values))
        if not self.never:
            return float(np.median(values))
        middle = float(np.median(np.where(np.isnan(values), np.inf, values)))
        return middle if np.isfinite(middle) else float("nan")

    def text(self, values: np.ndarray, setting: Setting) -> str:
        """Return what an ensemble came to, in natural units."""
        if self.money and not setting.baseline:
            return "not computed"
        middle, missing = self.typical(values), int(np.isnan(values).sum())
        if isnan(middle):
            part = f" in {missing} of {len(values)}" if missing < len(values) else ""
            return f"never within {_weeks(setting.weeks)}{part}"
        text = self.words(middle, setting)
        return f"{text} (never in {missing} of {len(values)})" if missing else text

    def difference(self, value: float) -> str:
        """Return a difference of two such numbers in words, "-" for NaN."""
        if isnan(value):
            return "-"
        match self.kind.form:
            case "percent":
                return f"{value * self.kind.factor:+.1f} points"
            case "money":
                return money(value, sign=True)
            case _:
                unit = "weeks" if self.kind is WEEK else self.unit
                return f"{value:+,.1f} {unit}"


def money(value: float, sign: bool = False, form: str = ",.1f") -> str:
    """Return USD in words, to three digits: "$1.2 million", "-$352,000".

    `form` is that of millions; ",.4g" shows the third digit too, where small differences count.
    """
    mark = "-" if value < 0 else "+" if sign and value > 0 else ""
    size = float(f"{abs(value):.3g}")
    for limit, word in ((1e9, "billion"), (1e6, "million")):
        if size >= limit:
            return f"{mark}${size / limit:{form}} {word}"
    return f"{mark}${size:,.0f}"


def _weeks(count: int) -> str:
    return "1 week" if count == 1 else f"{count} weeks"


def _of_employees(ending: str) -> Callable[[float, Setting], str]:
    def words(value: float, setting: Setting) -> str:
        return f"{value * setting.employees:,.0f} of {setting.employees:,} employees {ending}"

    return words


_OUTCOMES = (
    Outcome("adoption", "Adoption", SHARE, "high", _of_employees("practise")),
    Outcome("week_half_adoption", "Adoption passes half", WEEK, "low",
            lambda v, s: f"in week {v:.0f}", never=True),
    Outcome("churn_yearly", "Churn, last half-year", SHARE, "low",
            lambda v, s: f"{100 * v:.1f} % of customers lost a year"),
    Outcome("net_value", "Net value", MONEY, "high",
            lambda v, s: money(v), money=True),
    Outcome("payback_week", "Payback", WEEK, "low",
            lambda v, s: f"pays back in week {v:.0f}", never=True, money=True),
    Outcome("worse_than_none", "Worse than no programme", SHARE, "low",
            lambda v, s: f"in {v * s.replicates:.0f} of {s.replicates} futures",
            frequency=True, money=True),
    Outcome("practising", "People who practise", _count("people"), "high",
            lambda v, s: f"{v:,.0f} people"),
    Outcome("embedded", "Practice as a habit", SHARE, "high",
            _of_employees("have the habit")),
    Outcome("customers", "Customers at the end", _count("customers"), "high",
            lambda v, s: f"{v:,.0f} customers"),
    Outcome("customers_lost", "Customers lost", _count("customers"), "low",
            lambda v, s: f"{v:,.0f} customers in {_weeks(s.weeks)}"),
)  # fmt: skip

OUTCOMES: dict[str, Outcome] = {outcome.name: outcome for outcome in _OUTCOMES}


def check_share(name: str, value: float, what: str) -> None:
    """Raise CxsimError when an outcome is a share and a number beside it is none.

    Parameters
    ----------
    what : str
        What the number is, for the message: "goal", "level".
    """
    if name in OUTCOMES and OUTCOMES[name].kind is SHARE and not 0.0 <= value <= 1.0:
        raise CxsimError(
            f"{what}: {name}: {value:g} where a share from 0 to 1 is wanted; one half is 0.5 or 50%"
        )
