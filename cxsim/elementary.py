"""Exponential, logarithm, sine and normal quantile with the same bits on every machine.

System libraries differ in the last bit between processors, so the model uses its own short
polynomials, built from additions, multiplications and divisions alone, which IEEE 754 rounds the
same way everywhere. Nothing here may be compiled with fast-math.
"""

from __future__ import annotations

import numpy as np

from cxsim.compiled import entry

LOG2_E = 1.4426950408889634
LN2_HIGH = 0.6931471803691238  # the upper bits of ln 2, so that k * LN2_HIGH is exact
LN2_LOW = 1.9082149292705877e-10
SQRT_HALF = 0.7071067811865476
TWO_PI = 6.283185307179586


@entry
def exp(x: float) -> float:
    """Return e**x with a relative error below 1e-14 for |x| <= 700 (clipped beyond)."""
    x = min(max(x, -700.0), 700.0)
    k = np.floor(x * LOG2_E + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    p = 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * np.int64((np.int64(k) + 1023) << 52).view(np.float64)


@entry
def log(x: float) -> float:
    """Return the natural logarithm of a positive, normal number; relative error below 1e-14."""
    bits = np.float64(x).view(np.int64)
    k = (bits >> 52) - 1022
    m = np.int64((bits & 0xFFFFFFFFFFFFF) | (1022 << 52)).view(np.float64)  # in [0.5, 1)
    if m < SQRT_HALF:
        m = m * 2.0
        k = k - 1
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 1.0 / 19.0
    p = p * z + 1.0 / 17.0
    p = p * z + 1.0 / 15.0
    p = p * z + 1.0 / 13.0
    p = p * z + 1.0 / 11.0
    p = p * z + 1.0 / 9.0
    p = p * z + 1.0 / 7.0
    p = p * z + 1.0 / 5.0
    p = p * z + 1.0 / 3.0
    p = p * z + 1.0
    return k * LN2_HIGH + (2.0 * s * p + k * LN2_LOW)


@entry
def sigmoid(y: float) -> float:
    """Return 1 / (1 + e**-y)."""
    return 1.0 / (1.0 + exp(-y))


@entry
def sine_of_turns(turns: float) -> float:
    """Return sin(2 pi turns) for turns >= 0, absolute error below 1e-12."""
    part = turns - np.floor(turns)
    sign = 1.0
    if part >= 0.5:
        part = part - 0.5
        sign = -1.0
    if part > 0.25:
        part = 0.5 - part
    x = part * TWO_PI
    z = x * x
    p = 1.0 / 355687428096000.0
    p = 1.0 / 1307674368000.0 - z * p
    p = 1.0 / 6227020800.0 - z * p
    p = 1.0 / 39916800.0 - z * p
    p = 1.0 / 362880.0 - z * p
    p = 1.0 / 5040.0 - z * p
    p = 1.0 / 120.0 - z * p
    p = 1.0 / 6.0 - z * p
    p = 1.0 - z * p
    return sign * x * p


@entry
def normal_quantile(u: float) -> float:
    """Return the standard normal quantile of u in (0, 1).

    Peter Acklam's rational approximation (2003), relative error below 1.15e-9.
    """
    if u < 0.02425:
        return _normal_tail(u)
    if u > 0.97575:
        return -_normal_tail(1.0 - u)
    q = u - 0.5
    r = q * q
    a = -3.969683028665376e01
    a = a * r + 2.209460984245205e02
    a = a * r - 2.759285104469687e02
    a = a * r + 1.383577518672690e02
    a = a * r - 3.066479806614716e01
    a = a * r + 2.506628277459239e00
    b = -5.447609879822406e01
    b = b * r + 1.615858368580409e02
    b = b * r - 1.556989798598866e02
    b = b * r + 6.680131188771972e01
    b = b * r - 1.328068155288572e01
    b = b * r + 1.0
    return q * a / b


@entry
def _normal_tail(u: float) -> float:
    q = np.sqrt(-2.0 * log(u))
    c = -7.784894002430293e-03
    c = c * q - 3.223964580411365e-01
    c = c * q - 2.400758277161838e00
    c = c * q - 2.549732539343734e00
    c = c * q + 4.374664141464968e00
    c = c * q + 2.938163982698783e00
    d = 7.784695709041462e-03
    d = d * q + 3.224671290700398e-01
    d = d * q + 2.445134137142996e00
    d = d * q + 3.754408661907416e00
    d = d * q + 1.0
    return c / d


@entry
def clip(x: float, low: float, high: float) -> float:
    """Return x held between low and high."""
    return min(max(x, low), high)
