"""Two sides of a comparison on one headline outcome, future by future."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cxsim.explain.compare import compare, paired_difference
from cxsim.explain.headlines import Headline
from cxsim.explain.rounding import Rounded, rounded

if TYPE_CHECKING:
    from cxsim.results import Ensemble


@dataclass(frozen=True, eq=False)
class Pair:
    """How the second side differs from the first on one headline.

    Attributes
    ----------
    headline : Headline
        In the unit that suits both sides.
    a, b : str
        Keys of the sides.
    mean, low, high : float
        Mean of b - a in natural units, and its 95 % interval; NaN where there is none.
    count : int
        Futures behind the mean: those in which it happens on both sides.
    a_ahead, b_ahead : array of bool, shape (replicates,)
        Where either side does better than the other.
    better : str or None
        Key of the side that clearly does better.
    weeks : int
        Horizon.
    """

    headline: Headline
    a: str
    b: str
    mean: float
    low: float
    high: float
    count: int
    a_ahead: np.ndarray
    b_ahead: np.ndarray
    better: str | None
    weeks: int

    @property
    def same(self) -> bool:
        """Whether the sides come to the same in every future."""
        return not (self.a_ahead.any() or self.b_ahead.any())

    def ahead(self, key: str) -> np.ndarray:
        """Return in which futures a side does better than the other."""
        return self.a_ahead if key == self.a else self.b_ahead

    def other(self, key: str) -> str:
        """Return the key of the other side."""
        return self.b if key == self.a else self.a

    def rounded(self) -> Rounded:
        """Return difference and interval as a table shows them."""
        return rounded(self.mean, self.low, self.high, whole=self.headline.whole)

    def words(self, key: str) -> str:
        """Return the difference from the view of one side, rounded once more for a sentence."""
        mean, low, high = self.mean, self.low, self.high
        if key == self.a:
            mean, low, high = -mean, -high, -low
        number = rounded(mean, low, high, digits=1, whole=self.headline.whole)
        return self.headline.said(number, self.weeks)


Table = Mapping[tuple[str, str], Mapping[str, Pair]]  # keys of two sides -> headline -> pair


def pair_up(sides: Mapping[str, Ensemble], headlines: Sequence[Headline]) -> Table:
    """Pair every two sides on every headline, the earlier side first.

    Raises
    ------
    CxsimError
        Two of them did not meet the same luck.
    """
    return {
        (a, b): _paired(headlines, (a, sides[a]), (b, sides[b])) for a, b in combinations(sides, 2)
    }


def _paired(
    headlines: Sequence[Headline], first: tuple[str, Ensemble], second: tuple[str, Ensemble]
) -> dict[str, Pair]:
    (a, one), (b, other) = first, second
    comparison = compare(one, other)
    found = {}
    for headline in (general.fitting(one, other) for general in headlines):
        x, y = headline.values(one), headline.values(other)
        both = ~(np.isnan(x) | np.isnan(y))
        mean, _, low, high = paired_difference(headline.factor * x[both], headline.factor * y[both])
        if headline.never:  # the interval knows only the futures in which it happens
            better = {"a": a, "b": b, None: None}[comparison.row(headline.name).better]
        elif low > 0.0 or high < 0.0:
            better = b if (low > 0.0) == (headline.better == "high") else a
        else:
            better = None
        found[headline.name] = Pair(
            headline, a, b, mean, low, high, int(both.sum()),
            headline.ahead(x, y), headline.ahead(y, x), better, one.weeks,
        )  # fmt: skip
    return found
