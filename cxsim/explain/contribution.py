"""What something has contributed to a number: the same futures with and without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

import numpy as np

from cxsim.explain.compare import paired_difference
from cxsim.explain.interaction import Effect
from cxsim.explain.rounding import DIGITS, Rounded, rounded
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
        return self._told((mean, low, high), self.rounded(mean, low, high))

    def rounded(self, mean: float, low: float, high: float) -> Rounded:
        """Return a difference as precisely as it is said."""
        few = self.whole and high - low < 2.0  # parts of one: a single digit of them says enough
        return rounded(mean, low, high, 1 if few else DIGITS, whole=self.whole)

    def alike(self, effects: Sequence[Effect]) -> tuple[Contribution, ...]:
        """Return effects that stand below each other, all with the decimals of the largest one.

        Money keeps its own digits, since its unit changes with its size.
        """
        numbers = [self.rounded(e.value, e.low, e.high) for e in effects]
        place = max(zip(effects, numbers, strict=True), key=lambda pair: abs(pair[0].value))[
            1
        ].place
        told = []
        for effect, number in zip(effects, numbers, strict=True):
            kept = number.place if self.money else place
            shown = self._told((effect.value, effect.low, effect.high), _at(effect, kept))
            least = 0.5 * max(10.0**kept, 1.0 if self.whole else 0.0)
            told.append(Contribution(**asdict(shown), least=least))
        return tuple(told)

    def _told(self, numbers: tuple[float, float, float], number: Rounded) -> Effect:
        text = f"{number.in_words(self.money)} {self.unit}".strip()
        return Effect(*numbers, text, number.interval(self.money))


@dataclass(frozen=True)
class Contribution(Effect):
    """An effect that counts as clear only if it can be seen in the number that is shown.

    Attributes
    ----------
    least : float
        The size from which on it does: half of the last digit, and half a person.
    """

    least: float = 0.0

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero and the effect is large enough to be seen."""
        return super().clear and abs(self.value) >= self.least


def _at(effect: Effect, place: int) -> Rounded:
    """Return an effect rounded at some place."""

    def end(number: float) -> float | None:
        return None if isnan(number) else round(number, -place) + 0.0

    value = round(effect.value, -place) + 0.0
    return Rounded(value, end(effect.low), end(effect.high), place)


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
