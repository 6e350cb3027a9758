"""What people read about a programme's money: sentences and numbers beside their texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from cxsim.explain.adding_up import adding_up
from cxsim.explain.chance import Chance
from cxsim.explain.compare import paired_difference
from cxsim.explain.headlines import span
from cxsim.explain.money.bridge import RATES, Step
from cxsim.explain.money.flows import PARTS
from cxsim.explain.rounding import Rounded, rounded
from cxsim.explain.sentences import listed
from cxsim.series import OUTCOMES

if TYPE_CHECKING:
    from cxsim.explain.money.worth import Money

ENDS = (0.05, 0.95)  # of the range that holds 90 % of the futures
NO_DISCOUNT = "Money is not discounted: a dollar of any week counts as one dollar."
DISCOUNTED = (
    "A dollar of a later week counts less, by {:g} % a year, here and in the calculator; the split "
    "over groups of levers is not discounted."
)
MEANS = (
    "Medians and ranges say what one company may meet; parts, bridge and groups are means over the "
    "futures, because only means add up."
)


@dataclass(frozen=True)
class Told:
    """A number with its interval, for a chart, and rounded, for people."""

    name: str
    label: str
    value: float
    low: float
    high: float
    number: Rounded

    @property
    def text(self) -> str:
        """The number alone, "+$1.9 million"."""
        return self.number.in_words(True)

    @property
    def interval(self) -> str:
        """Its 95 % interval, empty where there is none."""
        return self.number.interval(True)


def parts(money: Money) -> tuple[list[Told], Told]:
    """Return the means of the parts of net value, and of net value; rounded they add up too."""
    estimates = [_mean(values[:, -1]) for values in money.parts]
    whole = _mean(money.net_value[:, -1])
    (*numbers, _), end = adding_up([*estimates, _doubt(money)], whole)
    told = [
        Told(name, label, *estimate, number)
        for (name, label), estimate, number in zip(PARTS.items(), estimates, numbers, strict=True)
    ]
    return told, Told("net_value", "Net value", *whole, end)


def bridge(money: Money) -> list[Told]:
    """Return the bars of the bridge, rounded so that they lead from the first to the last."""
    *steps, last = money.bridge
    estimates = [*map(_estimate, steps), _doubt(money)]
    (*numbers, _), end = adding_up(estimates, _estimate(last))
    return [
        Told(step.name, step.label, *_estimate(step), number)
        for step, number in zip(money.bridge, [*numbers, end], strict=True)
    ]


def worth_a_row(told: Told) -> bool:
    """Return whether a step of the bridge is more than rates that come to nothing."""
    return told.name != RATES or told.number.value != 0.0


def middle(money: Money) -> Rounded:
    """Return the median of net value with the range of 90 % of the futures."""
    final = money.net_value[:, -1]
    low, high = np.quantile(final, ENDS)
    return rounded(float(np.median(final)), float(low), float(high))


def payback_ends(money: Money) -> tuple[float, float]:
    """Return the weeks between which 90 % of the futures pay back; infinite for never."""
    weeks = np.where(np.isnan(money.payback), np.inf, money.payback)
    low, high = np.quantile(weeks, ENDS, method="inverted_cdf")
    return float(low), float(high)


def worse(money: Money) -> Chance:
    """Return in how many futures no programme would have been better."""
    return Chance.among(money.net_value[:, -1] < 0.0)


def paid_back(money: Money) -> Chance:
    """Return in how many futures the programme pays back within the horizon."""
    return Chance.among(~np.isnan(money.payback))


# ------------------------------------------------------------------ sentences


def sentence(money: Money) -> str:
    """Return the answer in one sentence: how often it loses or pays back, and what was promised."""
    futures, years = money.replicates, span(money.weeks)
    losing = int((money.net_value[:, -1] < 0.0).sum())
    losses = 2 * losing > futures
    share = losing if losses else futures - losing
    where = "In the one future simulated" if futures == 1 else f"In {share} of {futures} futures"
    if losses:
        told = f"{where} the programme costs more than it brings within {years}"
    else:
        told = f"{where} the programme brings in at least what it costs within {years}"
    week = OUTCOMES["payback_week"].typical(money.payback)
    back = "" if isnan(week) else f", typically from week {week:.0f} on"
    median = "" if futures == 1 else "median "
    promised = bridge(money)[0].text
    return (
        f"{told}{back}; the {median}net value is {middle(money).in_words(True)}. "
        f"A conventional calculator would have promised {promised}."
    )


def calculator_sentence(money: Money) -> str:
    """Return by how much the calculator is off, and which of its assumptions does it."""
    first, *steps, last = bridge(money)
    gap = sum(step.number.value for step in steps)
    if gap == 0.0:
        return f"A conventional calculator says {first.text}, as the model does."
    size = Rounded(abs(gap), None, None, first.number.place).in_words(True, sign=False)
    return (
        f"A conventional calculator promises {first.text}, {size} {'more' if gap < 0 else 'less'} "
        f"than the model's mean of {last.text}: {_reasons(steps, gap)}."
    )


def notes(money: Money) -> list[str]:
    """Return what a reader has to know about the numbers."""
    rate = money.discount
    return [DISCOUNTED.format(100.0 * rate) if rate > 0.0 else NO_DISCOUNT, MEANS]


def _reasons(steps: Sequence[Told], gap: float) -> str:
    """Return which assumptions make the gap, and which narrow it."""
    makes = [_reason(step) for step in steps if step.number.value * gap > 0.0]
    narrows = [_reason(step) for step in steps if step.number.value * gap < 0.0]
    told = f"of that, {listed(makes)}" if len(makes) + len(narrows) > 1 else listed(makes)
    return f"{told}; the other way, {listed(narrows)}" if narrows else told


def _reason(step: Told) -> str:
    number = step.number
    size = Rounded(abs(number.value), None, None, number.place).in_words(True, sign=False)
    return f"{size} {step.label}"


def _doubt(money: Money) -> tuple[float, float, float]:
    """Return nothing, as uncertain as the least certain mean of the answer.

    Beside the parts and beside the bridge it makes both round at the same place, so that the net
    value, which ends both of them, is the same number there.
    """
    steps = [_estimate(step) for step in money.bridge]
    known = [*(_mean(values[:, -1]) for values in money.parts), *steps]
    halves = ((high - low) / 2.0 for _, low, high in known if not isnan(low))
    half = max(halves, default=float("nan"))
    return 0.0, -half, half


def _mean(values: np.ndarray) -> tuple[float, float, float]:
    mean, _, low, high = paired_difference(np.zeros_like(values), values)
    return mean, low, high


def _estimate(step: Step) -> tuple[float, float, float]:
    return step.value, step.low, step.high
