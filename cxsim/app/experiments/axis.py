"""Axes of the pictures that the browser draws: where the ticks are, and what stands beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from cxsim.study.analysis import words

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
WANTED = 5  # ticks, about


def round_ticks(low: float, high: float, wanted: int = WANTED) -> list[float]:
    """Return round numbers within a span, about as many as wanted."""
    if not high > low:
        return [low]
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * one for one in STEPS if power * one >= raw * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def place(value: float, low: float, high: float) -> float:
    """Return where a value lies between two ends, 0..1 within them."""
    return (value - low) / (high - low) if high > low else 0.5


def ticks(
    low: float, high: float, text: Callable[[float], str] = words.number
) -> list[dict[str, Any]]:
    """Return ticks as the browser takes them: a place from 0 to 1, and a text."""
    return [
        {"at": place(value, low, high), "text": text(value).replace("-", "−")}
        for value in round_ticks(low, high)
    ]
