"""Vertical axes with round ends that stay put while a slider moves."""

from __future__ import annotations

import math
from dataclasses import dataclass

LABELS = 4  # about this many steps on an axis


@dataclass(frozen=True)
class Scale:
    """A vertical axis: its ends and the distance of its labels."""

    low: float
    high: float
    step: float


def nice_step(span: float) -> float:
    """The round number (1, 2, 2.5 or 5 times a power of ten) that divides `span` well."""
    rough = max(span, 1e-9) / LABELS
    power = 10.0 ** math.floor(math.log10(rough))
    return next(times * power for times in (1, 2, 2.5, 5, 10) if times * power >= rough * 0.999)


def around(low: float, high: float) -> Scale:
    """The smallest round axis that holds everything from `low` to `high`."""
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = 0.0, 1.0
    step = nice_step(high - low if high > low else abs(high) or 1.0)
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    return Scale(bottom, top if top > bottom else bottom + step, step)


def hold(previous: Scale | None, low: float, high: float) -> Scale:
    """The previous axis as long as the data fit in it; a wider one when they do not.

    An axis never shrinks under the hand that moves a slider, so that a change of the curve is
    seen as one.
    """
    if previous is None:
        return around(low, high)
    if previous.low <= low and high <= previous.high:
        return previous
    return around(min(low, previous.low), max(high, previous.high))
