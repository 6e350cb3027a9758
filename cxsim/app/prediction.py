"""Predict before reveal: the curve that somebody draws, its score, and what it missed.

Curves are in per cent of the employees, one number per week.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

GRID = 13  # weeks between two handles of the curve
FOR_CLOSENESS = 70  # of the 100 points; the others are for weeks inside the band
FAR = 25.0  # percentage points from the median at which closeness is worth nothing
CLEAR = 5.0  # percentage points that a rise, a fall or a level has to differ by to be told
CLEAR_WAVE = 3.0  # likewise for the rises and falls of a curve with several of them
CLEAR_WEEKS = 13
MOST_HINTS = 3


def handles(weeks: int) -> tuple[int, ...]:
    """The weeks at which a curve can be taken hold of; the first is given, not drawn."""
    last = weeks - 1
    return (*range(0, last, GRID), last)


def curve(points: Sequence[float], weeks: int) -> np.ndarray:
    """The drawn curve week by week: straight lines between the handles.

    Parameters
    ----------
    points
        Per cent at each of the `handles`.
    """
    return np.interp(np.arange(weeks), handles(weeks), points)


# ------------------------------------------------------------------ score


@dataclass(frozen=True)
class Score:
    """How good a prediction was.

    Attributes
    ----------
    points : int
        Of 100.
    distance : float
        Mean absolute distance to the median, percentage points, from week 1 on.
    inside, weeks : int
        Weeks within the band that holds 90 % of the futures, of all weeks from week 1 on.
    """

    points: int
    distance: float
    inside: int
    weeks: int

    @property
    def words(self) -> str:
        """How the score comes about."""
        near = round(_closeness(self.distance))
        return (
            f"Your curve lies {self.distance:.1f} percentage points from the median on average: "
            f"{near} of {FOR_CLOSENESS} (nothing from {FAR:g} on). In {self.inside} of "
            f"{self.weeks} weeks it runs inside the band that holds 90 % of the futures: "
            f"{self.points - near} of {100 - FOR_CLOSENESS}."
        )

    @property
    def verdict(self) -> str:
        """The score as an exclamation."""
        for least, words in ((85, "Uncanny"), (65, "Well seen"), (40, "The rough idea")):
            if self.points >= least:
                return words
        return "Surprised? So were they"


def _closeness(distance: float) -> float:
    return FOR_CLOSENESS * max(0.0, 1.0 - distance / FAR)


def score(drawn: np.ndarray, quantiles: np.ndarray) -> Score:
    """Compare a drawn curve with the quantiles .05 .25 .5 .75 .95, shape [5, week].

    The first week was given and does not count.
    """
    low, median, high = (quantiles[level, 1:] for level in (0, 2, 4))
    own = drawn[1:]
    distance = float(np.abs(own - median).mean())
    inside = int(((own >= low) & (own <= high)).sum())
    weeks = len(own)
    points = round(_closeness(distance)) + round((100 - FOR_CLOSENESS) * inside / weeks)
    return Score(points, distance, inside, weeks)


# ------------------------------------------------------------------ shape


@dataclass(frozen=True)
class Shape:
    """What one says of a curve.

    Attributes
    ----------
    peak_week : int
    peak, end : float
        Per cent.
    falls : bool
        Whether it clearly comes down from its peak.
    half_way : int or None
        First week at half of the rise to the peak; None without a clear rise.
    waves : int
        Clear rises that are followed by a clear fall.
    """

    peak_week: int
    peak: float
    end: float
    falls: bool
    half_way: int | None
    waves: int


def shape(values: np.ndarray) -> Shape:
    """Describe a curve."""
    peak_week = int(values.argmax())
    start, peak, end = float(values[0]), float(values[peak_week]), float(values[-1])
    rises = peak - start >= CLEAR
    half_way = int((values >= (start + peak) / 2).argmax()) if rises else None
    return Shape(peak_week, peak, end, rises and peak - end >= CLEAR, half_way, waves(values))


def waves(values: np.ndarray) -> int:
    """Count the clear rises that a clear fall follows."""
    count, rising, low, high = 0, False, float(values[0]), float(values[0])
    for value in map(float, values):
        if rising:
            high = max(high, value)
            if high - value >= CLEAR_WAVE:
                count, rising, low = count + 1, False, value
        else:
            low = min(low, value)
            if value - low >= CLEAR_WAVE:
                rising, high = True, value
    return count


def hints(drawn: np.ndarray, median: np.ndarray) -> list[str]:
    """What the drawn curve missed, the most telling first."""
    yours, real = shape(drawn), shape(median)
    found = [
        _about_waves(yours, real),
        _about_peak(yours, real),
        _about_pace(yours, real),
        _about_end(yours, real),
    ]
    told = [hint for hint in found if hint][:MOST_HINTS]
    return told or ["You had its shape: peak, pace and end are about where you drew them."]


def _about_waves(yours: Shape, real: Shape) -> str:
    if real.waves > 1 and yours.waves < real.waves:
        often = "twice" if real.waves == 2 else f"{real.waves} times"
        return f"It goes up and comes down {often}; you drew {_times(yours.waves)}."
    if real.waves <= 1 < yours.waves:
        return f"You expected {yours.waves} ups and downs; there is {_one(real.waves)}."
    return ""


def _times(count: int) -> str:
    return {0: "no fall", 1: "one rise and fall"}.get(count, f"{count} of them")


def _one(count: int) -> str:
    return "one" if count else "none"


def _about_peak(yours: Shape, real: Shape) -> str:
    if real.waves > 1 or yours.waves > 1:
        return ""  # which of the peaks comes out highest says little
    if real.falls and not yours.falls:
        return f"You did not expect the fall: it peaks in week {real.peak_week} and comes down."
    if yours.falls and not real.falls:
        return "You expected a peak and a fall; it does not come down again."
    late = yours.peak_week - real.peak_week
    if real.falls and abs(late) >= CLEAR_WEEKS:
        return f"You expected the peak {abs(late)} weeks too {'late' if late > 0 else 'early'}."
    return ""


def _about_pace(yours: Shape, real: Shape) -> str:
    if real.half_way is None and yours.half_way is not None:
        return "You expected a rise; it hardly leaves the ground."
    if real.half_way is not None and yours.half_way is None:
        return f"You expected no rise; it climbs to {real.peak:.0f} %."
    if real.half_way is None or yours.half_way is None:
        return ""
    late = yours.half_way - real.half_way
    if abs(late) < CLEAR_WEEKS:
        return ""
    return f"You expected the rise {abs(late)} weeks too {'late' if late > 0 else 'early'}."


def _about_end(yours: Shape, real: Shape) -> str:
    above = yours.end - real.end
    if abs(above) < CLEAR:
        return ""
    way = "high" if above > 0 else "low"
    return f"It ends at {real.end:.0f} %; you were {abs(above):.0f} points too {way}."
