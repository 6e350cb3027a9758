"""What validation looks for and what it finds: a pattern, a number with its interval, a verdict."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, isnan, nan
from pathlib import Path
from typing import Any

import numpy as np

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.parameters import GRADES

AGREES, NEAR, MISSES, SHOWN = "agrees", "near", "misses", "shown"
NEW, FITTED, GIVEN = "new", "fitted", "given"
# Whether the model has seen the pattern before: nowhere; in the fit of the coefficients; as the
# source of a number that the runs start from.
SEEN = (NEW, FITTED, GIVEN)

BOOTSTRAPS = 300
LEVEL = 0.9  # of the interval
_FILE = Path(__file__).with_name("expected.toml")


@dataclass(frozen=True)
class Effort:
    """How many runs are made.

    Attributes
    ----------
    runs : int
        Replicates of each scenario.
    firms : int
        Random firms.
    survivors : int
        Customers of each replicate of the cohort.
    """

    runs: int = 40
    firms: int = 300
    survivors: int = 10_000


@dataclass(frozen=True)
class Expectation:
    """One published pattern.

    Attributes
    ----------
    id, group : str
        Unique name, and the heading that it stands under.
    says, how : str
        The pattern, and what it means in the model, in plain words.
    evidence : tuple of str
        Rows of docs/evidence.md.
    grade : str
        Of those rows.
    unit : str
        Of `low`, `high` and what is measured.
    low, high : float or None
        What counts as agreement. Without either the number is shown and not judged.
    basis : str
        Where `low` and `high` come from.
    seen : str
        One of `SEEN`.
    rests_on : tuple of str
        Names of the registry that decide the number most directly.
    why : str
        Why the model does not agree, as far as is known, and what a modeller would try next.
    """

    id: str
    group: str
    says: str
    how: str
    evidence: tuple[str, ...]
    grade: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    basis: str = ""
    seen: str = NEW
    rests_on: tuple[str, ...] = ()
    why: str = ""

    @property
    def wanted(self) -> str:
        """What counts as agreement, in words."""
        if self.low is not None and self.high is not None:
            text = f"{self.low:g} to {self.high:g}"
        elif self.low is not None:
            text = f"at least {self.low:g}"
        elif self.high is not None:
            text = f"at most {self.high:g}"
        else:
            return "–"
        return f"{text} {self.unit}".strip()


@dataclass(frozen=True)
class Estimate:
    """A number and its 90 % interval over replicates, firms or customers."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Finding:
    """A pattern and what the model did."""

    expectation: Expectation
    estimate: Estimate

    @property
    def verdict(self) -> str:
        """Say whether the model agrees.

        "agrees": the number is as wanted. "near": it is not, but its interval reaches so far.
        "misses": neither. "shown": nothing is wanted.
        """
        wanted, found = self.expectation, self.estimate
        if wanted.low is None and wanted.high is None:
            return SHOWN
        if isnan(found.value):
            return MISSES
        low = -inf if wanted.low is None else wanted.low
        high = inf if wanted.high is None else wanted.high
        if low <= found.value <= high:
            return AGREES
        return NEAR if found.low <= high and found.high >= low else MISSES

    @property
    def measured(self) -> str:
        """The number with its interval, in words."""
        found = self.estimate
        if isnan(found.value):
            return "never"
        value, low, high = (_digits(x) for x in (found.value, found.low, found.high))
        return f"{value} {self.expectation.unit}".strip() + f" ({low} to {high})"


@dataclass(frozen=True)
class Part:
    """What one group of experiments gives.

    Attributes
    ----------
    estimates : mapping
        Id of an expectation to what was found.
    curves : mapping
        Name to an array, for figures.
    """

    estimates: Mapping[str, Estimate]
    curves: Mapping[str, np.ndarray] = field(default_factory=dict)


def estimate(statistic: Callable[[np.ndarray], float], count: int) -> Estimate:
    """Compute a number from all rows, and its interval by drawing rows again and again.

    Parameters
    ----------
    statistic : callable
        Takes the places of the rows to use, some of them more than once.
    count : int
        Number of rows: replicates, firms, ... Without any there is nothing to estimate: NaN.
    """
    if count == 0:
        return Estimate(nan, nan, nan)
    random = np.random.Generator(np.random.Philox(count))
    drawn = [statistic(random.integers(0, count, count)) for _ in range(BOOTSTRAPS)]
    value = float(statistic(np.arange(count)))
    if np.isnan(drawn).all():
        return Estimate(value, value, value)
    tail = 0.5 * (1.0 - LEVEL)
    low, high = np.nanquantile(drawn, (tail, 1.0 - tail))
    return Estimate(value, float(low), float(high))


@functools.cache
def expectations() -> Mapping[str, Expectation]:
    """Return all patterns by id, in the order of the file.

    Raises
    ------
    CxsimError
        An entry is incomplete or contradicts itself.
    """
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))["expected"]
    found = [_expectation(table) for table in tables]
    if len({entry.id for entry in found}) < len(found):
        raise CxsimError(f"{_FILE.name}: two patterns have the same id")
    return {entry.id: entry for entry in found}


def _expectation(table: dict[str, Any]) -> Expectation:
    where = f"{_FILE.name}: {table.get('id')}"
    for key in ("evidence", "rests_on"):
        table[key] = tuple(table.get(key, ()))
    try:
        made = Expectation(**table)
    except TypeError as error:
        raise CxsimError(f"{where}: {error}") from None
    if made.seen not in SEEN:
        raise CxsimError(f"{where}: seen is {made.seen}; allowed: {', '.join(SEEN)}")
    if not set(made.grade.split(" + ")) <= set(GRADES):
        raise CxsimError(f"{where}: unknown grade {made.grade}")
    if (made.low is not None or made.high is not None) and not made.basis:
        raise CxsimError(f"{where}: lacks 'basis', where low and high come from")
    for name in made.rests_on:
        parameters.registry().find(name)
    return made


def _digits(value: float) -> str:
    if abs(value) >= 100.0:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) >= 0.01 else f"{value:.3f}"
