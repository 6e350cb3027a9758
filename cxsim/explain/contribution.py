"""What something has contributed to a number: the same futures with and without it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from cxsim.explain.compare import paired_difference
from cxsim.explain.interaction import Effect
from cxsim.explain.rounding import DIGITS, rounded
from cxsim.series import Outcome, Series

OF_EMPLOYEES = ("adoption", "embedded")  # shares that are better said in people


@dataclass(frozen=True)
class Scale:
    """How a difference of a series or of an outcome is said.

    Attributes
    ----------
    factor : float
        Natural units per unit that is kept.
    unit : str
        Natural unit, as it stands after a number.
    whole, money : bool
        It comes in ones; it is USD.
    """

    factor: float
    unit: str
    whole: bool = False
    money: bool = False

    @classmethod
    def of(cls, measure: Series | Outcome, employees: int) -> Scale:
        """Return the scale of a series or of an outcome in a company of so many employees."""
        kind = measure.kind
        if measure.name in OF_EMPLOYEES:
            return cls(float(employees), f"of {employees:,} employees", whole=True)
        match kind.form:
            case "money":
                return cls(1.0, "" if kind.unit == "USD" else "a week", money=True)
            case "percent":
                return cls(kind.factor, "percentage points")
            case "points":
                return cls(kind.factor, "points of 100")
            case _:
                return cls(1.0, "weeks" if kind.unit == "week" else kind.unit, whole=True)

    def effect(self, without: np.ndarray, with_: np.ndarray) -> Effect | None:
        """Return the mean difference over the futures in which there is one, None without any.

        Parameters
        ----------
        without, with_ : array, shape (replicates,)
            In the unit that is kept; NaN for never.
        """
        both = ~(np.isnan(without) | np.isnan(with_))
        pair = (values[both] * self.factor for values in (without, with_))
        mean, _, low, high = paired_difference(*pair)
        if isnan(mean):
            return None
        few = self.whole and high - low < 2.0  # parts of one: a single digit of them says enough
        number = rounded(mean, low, high, 1 if few else DIGITS, whole=self.whole)
        text = f"{number.in_words(self.money)} {self.unit}".strip()
        return Effect(mean, low, high, text, number.interval(self.money))


def plain(effect: Effect | None) -> dict[str, Any]:
    """Return an effect ready for JSON; None for what cannot be told."""
    if effect is None:
        numbers: dict[str, Any] = dict.fromkeys(("value", "low", "high"))
        return {**numbers, "text": "-", "text_interval": "", "clear": False}
    sure = not isnan(effect.low)
    return {
        "value": effect.value,
        "low": effect.low if sure else None,
        "high": effect.high if sure else None,
        "text": effect.text,
        "text_interval": effect.interval,
        "clear": effect.clear,
    }


def between(effect: Effect) -> str:
    """Return an effect with its interval for the middle of a sentence."""
    if not effect.interval:
        return f"{effect.text}, in the one future simulated"
    return f"{effect.text} (95 % interval {effect.interval})"
