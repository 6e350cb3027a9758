"""A factor: one thing that a study varies, and the values that it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from cxsim.errors import CxsimError
from cxsim.values import MOST_REPLICATES, clean_value, shown, suggestion

LEVER, UNCERTAINTY, SCENARIO = "lever", "uncertainty", "scenario"
ROLES = (SCENARIO, LEVER, UNCERTAINTY)  # the order in which factors stand in a design
# Where each kind of factor stands in a design file, and so in a message.
TABLES = {LEVER: "levers", UNCERTAINTY: "uncertainties", SCENARIO: "scenarios"}
LONGEST_NAME = 60
MOST_VALUES = 10_000
LARGEST_NUMBER = 1e15


@dataclass(frozen=True)
class Factor:
    """One thing that varies: over a range, or over a list of values.

    Attributes
    ----------
    name : str
        A name of the registry; a headline group (leadership, change, wins), whose values are
        positions from 0 to 1; "scenario", whose values are names of scenarios; or any identifier in
        a study of a function of one's own.
    role : str
        "lever" (somebody decides it), "uncertainty" (nobody knows it), or "scenario".
    low, high : float, optional
        Both ends of a range, in natural units.
    values : tuple, optional
        A list of values instead of a range: numbers or texts. A parameter that is itself a list
        takes texts as ``--set`` does: "sales,finance".
    whole : bool
        Whole numbers only.
    title, unit : str
        For people; a design fills them in from the registry.

    Raises
    ------
    CxsimError
        What is wrong, without the place.
    """

    name: str
    role: str = LEVER
    low: float | None = None
    high: float | None = None
    values: tuple[Any, ...] | None = None
    whole: bool = False
    title: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        _check_words(self)
        given = self.low is not None or self.high is not None
        if given == (self.values is not None):
            raise CxsimError("either a range (low and high) or a list of values is wanted")
        if self.values is None:
            low, high = _clean_range(self.low, self.high, self.whole)
            object.__setattr__(self, "low", low)
            object.__setattr__(self, "high", high)
        else:
            object.__setattr__(self, "values", _clean_values(self.values))

    @property
    def span(self) -> tuple[float, float]:
        """Both ends of the range."""
        if self.low is None or self.high is None:
            raise CxsimError(f"{self.name}: has a list of values, not a range")
        return self.low, self.high

    def at(self, position: float) -> Any:
        """Return the value at a position from 0 to 1, in natural units.

        Whole numbers and listed values have equal parts of the way, so that uniform positions give
        each one the same weight.

        Raises
        ------
        CxsimError
            The position is no number in 0..1.
        """
        position = float(position)
        if not 0.0 <= position <= 1.0:
            raise CxsimError(f"{self.name}: position {position:g} is not in 0..1")
        if self.values is not None:
            return self.values[min(int(position * len(self.values)), len(self.values) - 1)]
        low, high = self.span
        if self.whole:
            return int(low) + min(int(position * (high - low + 1)), int(high - low))
        return min(max(low + position * (high - low), low), high)

    def position_of(self, value: Any) -> float:
        """Return a position from 0 to 1 whose value this is (of an equal part: its middle).

        Raises
        ------
        CxsimError
            The factor does not take this value.
        """
        if self.values is not None:
            if value not in self.values:
                raise CxsimError(f"{self.name}: {shown(value)} is not among its values")
            return (self.values.index(value) + 0.5) / len(self.values)
        low, high = self.span
        if not is_number(value) or not low <= value <= high:
            raise CxsimError(f"{self.name}: {shown(value)} is not in {low:g}..{high:g}")
        if self.whole:
            return (float(value) - low + 0.5) / (high - low + 1)
        return (float(value) - low) / (high - low)

    def grid(self, levels: int) -> tuple[Any, ...]:
        """Return all listed values, or `levels` values of the range at equal distances.

        A grid of 2 n - 1 levels holds every value of a grid of n.
        """
        if self.values is not None:
            return self.values
        low, high = self.span
        if self.whole:
            steps = ((high - low) * number / (levels - 1) for number in range(levels))
            return tuple(dict.fromkeys(int(low) + math.floor(step + 0.5) for step in steps))
        return tuple(self.at(number / (levels - 1)) for number in range(levels))


@dataclass(frozen=True)
class Until:
    """Replicates until the mean of an outcome is known well enough, at each point by itself.

    Attributes
    ----------
    outcome : str
        One that the design keeps.
    half_width : float
        Half the 95 % interval of its mean, in the outcome's own unit.
    at_least, at_most : int
        Replicates of every point.

    Raises
    ------
    CxsimError
        What is wrong, after the name of the entry.
    """

    outcome: str
    half_width: float
    at_least: int = 8
    at_most: int = 200

    def __post_init__(self) -> None:
        if not isinstance(self.outcome, str) or not self.outcome:
            raise CxsimError(f"until: {shown(self.outcome)} where the name of an outcome is wanted")
        width = _entry("half_width", self.half_width, "number", 0.0, math.inf, "of the outcome")
        if not 0.0 < width < math.inf:
            raise CxsimError(f"half_width: {width:g} where a number above 0 is wanted")
        least = _entry("at_least", self.at_least, "integer", 2, MOST_REPLICATES, "replicates")
        most = _entry("at_most", self.at_most, "integer", 2, MOST_REPLICATES, "replicates")
        if most < least:
            raise CxsimError(f"at_most: {most} is below at_least, {least}")
        for key, value in (("half_width", width), ("at_least", least), ("at_most", most)):
            object.__setattr__(self, key, value)


def _entry(name: str, value: object, type_: str, low: float, high: float, unit: str) -> Any:
    try:
        return clean_value(value, type_, low, high, unit)
    except CxsimError as error:
        raise CxsimError(f"{name}: {error}") from None


def _check_words(factor: Factor) -> None:
    name = factor.name
    if not isinstance(name, str) or not name.isidentifier() or len(name) > LONGEST_NAME:
        raise CxsimError(
            f"{shown(name)} where a name of letters, digits and _ is wanted, "
            f"at most {LONGEST_NAME} long"
        )
    if factor.role not in ROLES:
        raise CxsimError(f"unknown role {shown(factor.role)}{suggestion(str(factor.role), ROLES)}")
    if (name == SCENARIO) != (factor.role == SCENARIO):
        raise CxsimError("the name and the role 'scenario' go together")
    if name == SCENARIO and factor.values is None:
        raise CxsimError("whole scenarios vary as a factor called 'scenario' with a list of names")
    if not isinstance(factor.whole, bool):
        raise CxsimError(f"whole: {shown(factor.whole)} where true or false is wanted")
    for key in ("title", "unit"):
        if not isinstance(getattr(factor, key), str):
            raise CxsimError(f"{key}: {shown(getattr(factor, key))} where text is wanted")


def _clean_range(low: Any, high: Any, whole: bool) -> tuple[float, float]:
    ends: list[float] = []
    for key, value in (("low", low), ("high", high)):
        if value is None:
            raise CxsimError(f"lacks '{key}'")
        if not is_number(value):
            raise CxsimError(f"{key}: {shown(value)} where a number is wanted")
        if whole and value != int(value):
            raise CxsimError(f"{key}: {shown(value)} where a whole number is wanted")
        ends.append(int(value) if whole else float(value) + 0.0)
    if ends[0] >= ends[1]:
        raise CxsimError(f"low, {ends[0]:g}, is not below high, {ends[1]:g}")
    return ends[0], ends[1]


def _clean_values(values: object) -> tuple[Any, ...]:
    if not isinstance(values, list | tuple):
        raise CxsimError(f"{shown(values)} where a list of values is wanted")
    if not 0 < len(values) <= MOST_VALUES:
        raise CxsimError(f"{len(values)} values; 1..{MOST_VALUES} are allowed")
    for value in values:
        if not (is_number(value) or isinstance(value, str)):
            raise CxsimError(f"{shown(value)} among the values, where numbers or texts are wanted")
    if len(set(values)) < len(values):
        twice = next(value for value in values if values.count(value) > 1)
        raise CxsimError(f"{shown(twice)} is among the values twice")
    return tuple(map(_plain, values))


def is_number(value: object) -> bool:
    """Tell whether a value is a number that one can reckon with."""
    number: Any = value
    real = isinstance(value, Real) and not isinstance(value, bool)
    return real and -LARGEST_NUMBER <= number <= LARGEST_NUMBER


def _plain(value: Any) -> Any:
    """Return a number of Python itself, whichever library it came from."""
    if isinstance(value, str):
        return value
    return int(value) if isinstance(value, Integral) else float(value) + 0.0
