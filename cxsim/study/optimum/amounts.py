"""Amounts of money as people write them."""

from __future__ import annotations

import math

import numpy as np

from cxsim.errors import CxsimError
from cxsim.values import parse_amount, shown


def amount(value: object, name: str = "budget") -> float:
    """Return USD from a number, or from a text such as "1.5M", "800k" or "$1,500,000".

    Raises
    ------
    CxsimError
        No such number, or none above zero.
    """
    number = parse_amount(value) if isinstance(value, str) and "%" not in value else value
    if isinstance(number, bool) or not isinstance(number, int | float | np.number):
        number = math.nan
    if not (math.isfinite(number) and number > 0.0):
        raise CxsimError(
            f"{name}: {shown(value)} where an amount of money above zero is wanted, in USD over "
            "the whole horizon, such as 1.5M, 800k or 1500000"
        )
    return float(number)
