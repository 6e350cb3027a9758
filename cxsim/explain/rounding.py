"""Numbers rounded to what is known about them, so that no digit promises more than there is."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

DIGITS = 2  # significant ones of half an interval's width
EXACT_DIGITS = 2  # of the value itself, where there is no interval to go by
LARGE = ((9, "billion"), (6, "million"))  # powers of ten of USD that have a name here


@dataclass(frozen=True)
class Rounded:
    """A difference and both ends of its interval, rounded at the same place.

    Attributes
    ----------
    value : float
    low, high : float or None
        None where there is no interval.
    place : int
        Power of ten of the last digit that is shown.
    """

    value: float
    low: float | None
    high: float | None
    place: int

    def in_words(self, is_money: bool, sign: bool = True) -> str:
        """Return the value alone: "+173", "-4.1", "+$1.94 million"."""
        return self._money(self.value, sign) if is_money else _number(self.value, self.place, sign)

    def interval(self, is_money: bool) -> str:
        """Return both ends, "+167 to +178" or "-$1.2 to +$0.4 million"; empty without them."""
        if self.low is None or self.high is None:
            return ""
        if is_money:
            low, high = (self._money(end) for end in self._ends())
            return f"{low.partition(' ')[0]} to {high}"
        return " to ".join(_number(end, self.place) for end in self._ends())

    def _ends(self) -> tuple[float, ...]:
        return tuple(end for end in (self.low, self.high) if end is not None)

    def _money(self, value: float, sign: bool = True) -> str:
        """Return USD; value and ends share one unit, so that they can be read side by side."""
        largest = max(abs(number) for number in (self.value, *self._ends()))
        power, word = next(((p, w) for p, w in LARGE if largest >= 10.0**p), (0, ""))
        text = _number(value / 10.0**power, self.place - power, sign)
        mark, digits = (text[0], text[1:]) if text[0] in "+-" else ("", text)
        return f"{mark}${digits} {word}".rstrip()


def rounded(
    value: float, low: float, high: float, digits: int = DIGITS, whole: bool = False
) -> Rounded:
    """Round a value and its interval to the same place.

    Parameters
    ----------
    value, low, high : float
        Both ends are NaN where there is no interval.
    digits : int
        Significant digits of half the interval's width that are kept.
    whole : bool
        Of things that come in ones; no fractions of them unless the interval is narrower than one.
    """
    half = (high - low) / 2.0
    known = not isnan(half)
    if known and half > 0.0:
        place = _last_place(half, digits)
        place = max(place, 0) if whole and half >= 1.0 else place
    else:
        place = 0 if whole else _last_place(abs(value), EXACT_DIGITS)
    if not known:
        return Rounded(_at(value, place), None, None, place)
    return Rounded(_at(value, place), _at(low, place), _at(high, place), place)


def _last_place(size: float, digits: int) -> int:
    """Return the power of ten of the last of so many significant digits, 0 for nothing at all."""
    if size == 0.0:
        return 0
    exponent = int(f"{size:.{digits - 1}e}".partition("e")[2])  # 9.97 counts as 10 with two digits
    return exponent - digits + 1


def _at(value: float, place: int) -> float:
    return round(value, -place) + 0.0  # no negative zero


def _number(value: float, place: int, sign: bool = True) -> str:
    mark = "+" if sign and value > 0.0 else ""
    return f"{mark}{value + 0.0:,.{max(0, -place)}f}"
