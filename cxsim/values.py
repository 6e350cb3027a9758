"""Single values: turning what was given into what is wanted, and naming it in a message."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from numbers import Integral, Real
from typing import Any

from cxsim.errors import CxsimError

_FUNCTION_NAME = re.compile(r"[a-z_]+")
LARGEST_SEED = 2**32 - 1  # seed and replicate key the random numbers with 32 bits each
MOST_REPLICATES = 100_000

# Commas stand between groups of three digits only: "0,5" could be a half or a mistake for five.
_AMOUNT = re.compile(
    r"(-?)\s*\$?\s*(\d{1,3}(?:[,_]\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)\s*(k|m|bn|%)?", re.IGNORECASE
)
_TIMES = {"k": 1e3, "m": 1e6, "bn": 1e9, "%": 0.01, "": 1.0}
_LARGEST = 2**53  # beyond it whole numbers are no longer exact as floats


def clean_value(value: object, type_: str, low: float, high: float, unit: str) -> Any:
    """Return `value` in the wanted type: float, int, str, or a tuple of floats or names.

    Parameters
    ----------
    value : object
        What a file, a caller or the command line gave.
    type_ : str
        One of ``TYPES``.
    low, high : float
        Allowed range (of each element of a list; of the count of a list of functions).
    unit : str
        Named in the message.

    Raises
    ------
    CxsimError
        Wrong type or out of range: what was found and what is allowed, without the place.
    """
    match type_:
        case "number" | "integer":
            return _clean_number(value, type_ == "integer", low, high, unit)
        case "list":
            if not isinstance(value, list | tuple) or not value:
                raise CxsimError(f"{shown(value)} where a list of numbers is wanted")
            return tuple(_clean_number(v, False, low, high, unit) for v in value)
        case "functions":
            return _clean_functions(value, low, high)
        case "function":
            return clean_function_name(value)
        case _:
            if not isinstance(value, str):
                raise CxsimError(f"{shown(value)} where text is wanted")
            return value


def _clean_number(value: object, whole: bool, low: float, high: float, unit: str) -> float | int:
    allowed = f"{low:g}..{high:g} (unit {unit})"
    wanted = f"a {'whole ' if whole else ''}number in {allowed} is wanted"
    number: Any = value
    ordinary = type(value) is float or type(value) is int  # asked first: the abstract class is slow
    if isinstance(value, bool) or not (ordinary or isinstance(value, Real)) or number != number:
        raise CxsimError(f"{shown(value)} where {wanted}")
    if not low <= number <= high:
        raise CxsimError(f"{shown(value)} is out of range {allowed}")
    if whole and (math.isinf(number) or number != int(number)):
        raise CxsimError(f"{shown(value)} where {wanted}")
    return int(number) if whole else float(number) + 0.0  # + 0.0 turns -0.0 into 0.0


def _clean_functions(value: object, low: float, high: float) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise CxsimError(f"{shown(value)} where a list of function names is wanted")
    names = tuple(clean_function_name(name) for name in value)
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise CxsimError(f"'{twice}' is named twice")
    if not low <= len(names) <= high:
        raise CxsimError(f"{len(names)} functions; {low:g}..{high:g} are allowed")
    return names


def clean_function_name(value: object) -> str:
    """Return `value` when it can name a function: small letters and underscores."""
    if not isinstance(value, str) or not _FUNCTION_NAME.fullmatch(value):
        raise CxsimError(
            f"{shown(value)} where the name of a function is wanted (small letters and _)"
        )
    return value


def parse_amount(text: str) -> float | None:
    """Return the number that people write as 0.5, 50 %, 1.5M, $800k, 1,500,000 or 1e6.

    None for anything else: a comma that could be a decimal one too.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        try:
            value = float(text)
        except ValueError:
            return None
        return value if math.isfinite(value) and "_" not in text else None
    minus, digits, unit = match.groups()
    value = float(re.sub("[,_]", "", digits)) * _TIMES[(unit or "").lower()]
    return -value if minus else value


SHORTEST_BEGINNING = 3  # letters of a name that can stand for the whole


def nearest(name: str, choices: Iterable[str]) -> str | None:
    """Return the choice most like `name`, or None when none is near."""
    if len(name) > 60:  # no real name is that long, and the comparison grows with the square
        return None
    choices = list(choices)
    begun = [choice for choice in choices if choice.startswith(name.lower())]
    if len(begun) == 1 and len(name) >= SHORTEST_BEGINNING:
        return begun[0]
    found = difflib.get_close_matches(name.lower(), choices, n=1, cutoff=0.6)
    return found[0] if found else None


def suggestion(name: str, choices: Iterable[str]) -> str:
    """Return the end of a message on an unknown name: the nearest one, or a short list."""
    choices = list(choices)
    near = nearest(name, choices)
    if near is not None:
        return f", did you mean '{near}'?"
    return f"; allowed: {', '.join(choices)}" if 0 < len(choices) <= 12 else ""


def shown(value: object) -> str:
    """Return a value as a message shows it: short, on one line, without control characters."""
    match value:
        case bool():
            words = "true" if value else "false"
        case str():
            words = f'the text "{_short(value)}"'
        case date() | time():
            words = f"the date or time {value.isoformat()}"
        case Mapping():
            words = "a table"
        case list() | tuple():
            words = "a list" if value else "an empty list"
        case Integral():
            words = str(int(value)) if abs(int(value)) <= _LARGEST else "a huge whole number"
        case Real():
            words = f"{float(value):.12g}"
        case None:
            words = "nothing"
        case _:
            words = f"a value of type {type(value).__name__}"
    return words


def shown_key(key: str) -> str:
    """Return a key as a message shows it: quoted when it is not a plain name."""
    if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", key):
        return key
    return f'"{_short(key)}"'


def _short(text: str) -> str:
    text = text if len(text) <= 40 else text[:37] + "..."
    return "".join(ch if ch.isprintable() else f"\\x{ord(ch):02x}" for ch in text)
