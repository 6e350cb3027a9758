"""Sections 2 and 9 of docs/model.md: random numbers and elementary functions."""

from __future__ import annotations

import math
from collections.abc import Iterable

EXECUTIVE, EMPLOYEE, PEER, CUSTOMER, ACQUAINTANCE, PROCESS = 1, 2, 3, 4, 5, 6
LEADERSHIP, START, COURSE, WORK, MARKET, COMPLAINT = 10, 11, 12, 13, 14, 15

_WORD = 0xFFFFFFFF
_EXP = [1.0 / math.factorial(n) for n in range(11, -1, -1)]
_SINE = [1.0 / math.factorial(n) for n in range(17, 0, -2)]
_LOW = 0.6931471803691238, 1.9082149292705877e-10  # log 2 in two parts

# Acklam's coefficients: numerator and denominator in the centre, then in the tails.
_CENTRE = (
    [
        -3.969683028665376e01,
        2.209460984245205e02,
        -2.759285104469687e02,
        1.383577518672690e02,
        -3.066479806614716e01,
        2.506628277459239e00,
    ],
    [
        -5.447609879822406e01,
        1.615858368580409e02,
        -1.556989798598866e02,
        6.680131188771972e01,
        -1.328068155288572e01,
        1.0,
    ],
)
_TAIL = (
    [
        -7.784894002430293e-03,
        -3.223964580411365e-01,
        -2.400758277161838e00,
        -2.549732539343734e00,
        4.374664141464968e00,
        2.938163982698783e00,
    ],
    [
        7.784695709041462e-03,
        3.224671290700398e-01,
        2.445134137142996e00,
        3.754408661907416e00,
        1.0,
    ],
)


def round_keys(k0: int, k1: int) -> list[tuple[int, int]]:
    return [((k0 + n * 0x9E3779B9) & _WORD, (k1 + n * 0xBB67AE85) & _WORD) for n in range(10)]


def philox(counter: tuple[int, int, int, int], keys: list[tuple[int, int]]) -> tuple[int, ...]:
    """Philox4x32-10: four random words for this counter under these keys of its rounds."""
    c0, c1, c2, c3 = counter
    for k0, k1 in keys:
        one, two = c0 * 0xD2511F53, c2 * 0xCD9E8D57
        c0, c1, c2, c3 = (two >> 32) ^ c1 ^ k0, two & _WORD, (one >> 32) ^ c3 ^ k1, one & _WORD
    return c0, c1, c2, c3


class Draws:
    """The uniform numbers of one replicate."""

    def __init__(self, seed: int, replicate: int) -> None:
        self.keys = round_keys(seed, replicate)

    def __call__(self, purpose: int, agent: int, week: int) -> list[float]:
        words = philox((agent, week, purpose, 0), self.keys)
        return [(word + 0.5) * 2**-32 for word in words]


def clip(x: float, lo: float, hi: float) -> float:
    return min(max(x, lo), hi)


def add_up(values: Iterable[float]) -> float:
    """The sum in order; Python's own sum() compensates rounding errors."""
    total = 0.0
    for value in values:
        total += value
    return total


def power(base: float, times: int) -> float:
    result = 1.0
    for _ in range(times):
        result *= base
    return result


def _horner(coefficients: Iterable[float], x: float) -> float:
    result = 0.0
    for coefficient in coefficients:
        result = result * x + coefficient
    return result


def exp(x: float) -> float:
    x = clip(x, -700.0, 700.0)
    k = math.floor(x * 1.4426950408889634 + 0.5)
    r = (x - k * _LOW[0]) - k * _LOW[1]
    return math.ldexp(_horner(_EXP, r), k)


def log(x: float) -> float:
    m, k = math.frexp(x)
    if m < 0.7071067811865476:
        m, k = 2.0 * m, k - 1
    s = (m - 1.0) / (m + 1.0)
    p = _horner((1.0 / n for n in range(19, 0, -2)), s * s)
    return k * _LOW[0] + (2.0 * s * p + k * _LOW[1])


def sine(turns: float) -> float:
    """sin(2 pi turns)."""
    part, sign = turns - math.floor(turns), 1.0
    if part >= 0.5:
        part, sign = part - 0.5, -1.0
    if part > 0.25:
        part = 0.5 - part
    x = part * 6.283185307179586
    p = 0.0
    for coefficient in _SINE:
        p = coefficient - x * x * p
    return sign * x * p


def sigma(y: float) -> float:
    return 1.0 / (1.0 + exp(-y))


def normal(u: float) -> float:
    """The normal quantile z(u), by Acklam's approximation."""
    if u > 0.97575:
        return -normal(1.0 - u)
    if u < 0.02425:
        q = math.sqrt(-2.0 * log(u))
        return _horner(_TAIL[0], q) / _horner(_TAIL[1], q)
    q = u - 0.5
    r = q * q
    return q * _horner(_CENTRE[0], r) / _horner(_CENTRE[1], r)
