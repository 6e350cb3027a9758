"""Shares of futures and means over futures, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan, sqrt
from typing import Any

import numpy as np

from cxsim.explain.compare import paired_difference

NORMAL_95 = 1.959963984540054  # standard deviations each way of a 95 % interval
HALF = 0.5  # of the futures: what happens in so many is called likely


def wilson(hits: int, futures: int) -> tuple[float, float]:
    """Return the 95 % interval of a chance by Wilson's score: sound at 0 and 1 too.

    Parameters
    ----------
    hits, futures : int
        Futures in which it happened, and all of them, at least one.
    """
    share, square = hits / futures, NORMAL_95**2
    middle = (share + square / (2 * futures)) / (1 + square / futures)
    reach = sqrt(share * (1 - share) / futures + square / (4 * futures**2))
    reach *= NORMAL_95 / (1 + square / futures)
    low = 0.0 if hits == 0 else middle - reach
    return low, 1.0 if hits == futures else middle + reach


@dataclass(frozen=True)
class Chance:
    """Futures in which something happens, of all that were looked at (at least one)."""

    count: int
    of: int

    @classmethod
    def among(cls, happens: np.ndarray) -> Chance:
        """Count the futures; `happens` is an array of bool, shape (replicates,)."""
        return cls(int(happens.sum()), len(happens))

    @property
    def share(self) -> float:
        """Of the futures."""
        return self.count / self.of

    @property
    def likely(self) -> bool:
        """Whether it happens in at least half of the futures."""
        return self.share >= HALF

    @property
    def text(self) -> str:
        """Such as "61 of 100 futures"."""
        return f"{self.count:,} of {self.of:,} future{'s' * (self.of != 1)}"

    @property
    def interval(self) -> str:
        """Both ends of the 95 % interval: "51 to 70 %"."""
        low, high = wilson(self.count, self.of)
        return f"{100 * low:.0f} to {100 * high:.0f} %"

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        low, high = wilson(self.count, self.of)
        known = {"value": self.share, "low": low, "high": high}
        return {"count": self.count, "of": self.of, **known, "text": self.text}


@dataclass(frozen=True)
class Mean:
    """A mean over futures with its 95 % interval; NaN where it cannot be known."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: np.ndarray) -> Mean:
        """Take the mean of an array of shape (replicates,), NaN left out."""
        known = values[~np.isnan(values)]
        value, _, low, high = paired_difference(np.zeros(len(known)), known)
        return cls(value, low, high)

    @property
    def percent(self) -> str:
        """The mean of shares: "82 % (81 to 83 %)"; "-" when it is unknown."""
        if isnan(self.value):
            return "-"
        low = max(0.0, self.low)  # the interval of a few futures may reach below nothing
        interval = "" if isnan(self.low) else f" ({100 * low:.0f} to {100 * self.high:.0f} %)"
        return f"{100 * self.value:.0f} %{interval}"

    def as_dict(self, text: str) -> dict[str, Any]:
        """Return everything ready for JSON, with the text that people see."""
        known = {"value": self.value, "low": self.low, "high": self.high}
        return {k: None if isnan(v) else v for k, v in known.items()} | {"text": text}
