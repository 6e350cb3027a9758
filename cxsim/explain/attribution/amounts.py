"""A mean over the futures as people read it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np

from cxsim.explain.compare import paired_difference
from cxsim.explain.rounding import Rounded


@dataclass(frozen=True)
class Amount:
    """A mean over the futures with its 95 % interval, in natural units."""

    number: Rounded
    value: float
    low: float
    high: float
    money: bool
    signed: bool = True

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0.0 or self.high < 0.0

    @property
    def text(self) -> str:
        """The value in words."""
        return self.number.in_words(self.money, self.signed)

    @property
    def interval(self) -> str:
        """Both ends, or nothing where there are none."""
        if self.number.low is None or self.number.high is None or self.low == self.high:
            return ""
        text = self.number.interval(self.money)
        return text if self.signed else text.replace("+", "")

    def size(self) -> str:
        """Return how much it is, whatever its sign, with the interval in brackets."""
        low, high = self.number.low, self.number.high
        if self.number.value < 0.0 and low is not None and high is not None:
            low, high = -high, -low
        turned = Rounded(abs(self.number.value), low, high, self.number.place)
        words = turned.in_words(self.money, sign=False)
        ends = turned.interval(self.money).replace("+", "") if self.interval else ""
        return f"{words} ({ends})" if ends else words

    def as_dict(self) -> dict[str, Any]:
        """Return it ready for JSON."""
        ends = {"low": _plain(self.low), "high": _plain(self.high)}
        return {"value": _plain(self.value), **ends, "text": self.text, "interval": self.interval}


def spread(values: np.ndarray) -> tuple[float, float, float]:
    """Return the mean over the futures and both ends of its 95 % interval, NaN without one."""
    mean, _, low, high = paired_difference(np.zeros(len(values)), values)
    return mean, low, high


def amount_of(values: np.ndarray, place: int, money: bool, signed: bool = True) -> Amount:
    """Return the mean of some values, rounded to a power of ten."""
    mean, low, high = spread(values)
    first, last = (None if isnan(end) else _at(end, place) for end in (low, high))
    return Amount(Rounded(_at(mean, place), first, last, place), mean, low, high, money, signed)


def _at(value: float, place: int) -> float:
    return round(value, -place) + 0.0  # no negative zero


def _plain(value: float) -> float | None:
    return None if isnan(value) else float(value)
