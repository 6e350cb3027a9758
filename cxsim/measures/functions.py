"""The functions of measures: what they compute, what they take and the words for them.

Arrays of shape (replicates, weeks), the weeks already cut to the window, become (replicates,). A
third axis, functions or layers, stays. Plain sums and no powers: the same bits on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.series import first_week


def ratio(above: Any, below: Any) -> np.ndarray:
    """Divide; NaN where there is nothing to divide by."""
    above, below = np.broadcast_arrays(np.asarray(above, float), np.asarray(below, float))
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0.0)


def _count(values: np.ndarray) -> np.ndarray:
    return (~np.isnan(values)).sum(axis=1)


def _sum(values: np.ndarray) -> np.ndarray:
    total = np.where(np.isnan(values), 0.0, values).sum(axis=1)
    return np.where(_count(values) > 0, total, np.nan)


def _mean(values: np.ndarray) -> np.ndarray:
    return ratio(_sum(values), _count(values))


def _first(values: np.ndarray) -> np.ndarray:
    return values[:, 0]


def _last(values: np.ndarray) -> np.ndarray:
    return values[:, -1]


def _at(values: np.ndarray, week: int) -> np.ndarray:
    weeks = values.shape[1]
    if not -weeks <= week < weeks:
        raise CxsimError(f"week {week} is not one of the {weeks} weeks")
    return values[:, week]


def _max(values: np.ndarray) -> np.ndarray:
    return np.fmax.reduce(values, axis=1)


def _min(values: np.ndarray) -> np.ndarray:
    return np.fmin.reduce(values, axis=1)


def _week_of_max(values: np.ndarray) -> np.ndarray:
    place = np.where(np.isnan(values), -np.inf, values).argmax(axis=1)
    return np.where(_count(values) > 0, place, np.nan)


def _week_of_min(values: np.ndarray) -> np.ndarray:
    return _week_of_max(-values)


def _first_week_above(values: np.ndarray, bound: Any) -> np.ndarray:
    return first_week(values > np.reshape(bound, (-1, 1)))


def _first_week_below(values: np.ndarray, bound: Any) -> np.ndarray:
    return first_week(values < np.reshape(bound, (-1, 1)))


def _around_mean(values: np.ndarray) -> np.ndarray:
    return values - _mean(values)[:, np.newaxis]


def _sd(values: np.ndarray) -> np.ndarray:
    around = _around_mean(values)
    return np.sqrt(_mean(around * around))


def _slope(values: np.ndarray) -> np.ndarray:
    weeks = np.where(np.isnan(values), np.nan, np.arange(values.shape[1]))
    along = _around_mean(weeks)
    return ratio(_sum(along * _around_mean(values)), _sum(along * along))


def _correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = np.where(both, a, np.nan), np.where(both, b, np.nan)
    together = _mean(_around_mean(a) * _around_mean(b))
    varies = (_max(a) > _min(a)) & (_max(b) > _min(b))  # rounding gives a constant some variance
    return np.where(varies, ratio(together, _sd(a) * _sd(b)), np.nan)


def _lag_of_best_correlation(a: np.ndarray, b: np.ndarray, most: int) -> np.ndarray:
    weeks = a.shape[1]
    if not 0 <= most <= weeks - 3:  # two weeks always lie on a line
        raise CxsimError(
            f"a lag of up to {most} weeks within {weeks} weeks; allowed: 0..{max(weeks - 3, 0)}"
        )
    scores = [_correlation(a[:, : weeks - lag], b[:, lag:]) for lag in range(most + 1)]
    return _week_of_max(np.stack(scores, axis=1))


def _between_functions(values: np.ndarray) -> np.ndarray:
    return _sd(_mean(values))


def _lowest_function(values: np.ndarray) -> np.ndarray:
    return _min(_mean(values))


def _highest_function(values: np.ndarray) -> np.ndarray:
    return _max(_mean(values))


def _gap_of_lowest(values: np.ndarray) -> np.ndarray:
    means = _mean(values)
    lowest = _min(means)
    return ratio(_sum(means) - lowest, _count(means) - 1) - lowest


def _between_layers(values: np.ndarray) -> np.ndarray:
    return _mean(values[:, :, 0]) - _mean(last_layer(values))


def last_layer(values: np.ndarray) -> np.ndarray:
    """Return the lowest layer with anybody in it, shape (replicates, weeks)."""
    layers = values.shape[2]
    filled = ~np.isnan(values).all(axis=1)
    last = layers - 1 - filled[:, ::-1].argmax(axis=1)
    return np.take_along_axis(values, last[:, np.newaxis, np.newaxis], axis=2)[:, :, 0]


def _same(value: Any) -> Any:
    return value


# --- the table of functions ----------------------------------------------------------------------


class Kind(StrEnum):
    """What an argument can be, in the words of messages."""

    SERIES = "series"
    BY_FUNCTION = "series by function"
    BY_LAYER = "series by layer"
    NUMBER = "number"
    WEEK = "week"
    LEVER = '"lever"'
    SHOCK = '"shock"'


@dataclass(frozen=True)
class Function:
    """One function of the language.

    Attributes
    ----------
    compute : callable
        From the arguments' values.
    takes : tuple of Kind
        Its arguments.
    words : str
        What it gives.
    window : bool
        Whether the weeks from-to may follow.
    week : bool
        Gives a week counted from the first week of the window.
    """

    compute: Callable[..., Any]
    takes: tuple[Kind, ...]
    words: str
    window: bool = False
    week: bool = False

    @property
    def most(self) -> int:
        """Greatest number of arguments."""
        return len(self.takes) + 2 * self.window


def _windowed(compute: Callable[..., Any], words: str, *more: Kind, week: bool = False) -> Function:
    return Function(compute, (Kind.SERIES, *more), words, window=True, week=week)


def _over(kind: Kind, compute: Callable[..., Any], words: str) -> Function:
    return Function(compute, (kind,), words, window=True)


FUNCTIONS: dict[str, Function] = {
    "mean": _windowed(_mean, "mean over the weeks"),
    "sum": _windowed(_sum, "sum over the weeks"),
    "first": _windowed(_first, "value in the first of the weeks"),
    "last": _windowed(_last, "value in the last of the weeks"),
    "at": Function(_at, (Kind.SERIES, Kind.WEEK), "value in one week"),
    "max": _windowed(_max, "greatest weekly value"),
    "min": _windowed(_min, "least weekly value"),
    "sd": _windowed(_sd, "standard deviation over the weeks"),
    "slope": _windowed(_slope, "change per week, by least squares"),
    "week_of_max": _windowed(_week_of_max, "week of the greatest value", week=True),
    "week_of_min": _windowed(_week_of_min, "week of the least value", week=True),
    "first_week_above": _windowed(
        _first_week_above, "first week with more than the number", Kind.NUMBER, week=True
    ),
    "first_week_below": _windowed(
        _first_week_below, "first week with less than the number", Kind.NUMBER, week=True
    ),
    "correlation": _windowed(_correlation, "correlation of two series over the weeks", Kind.SERIES),
    "lag_of_best_correlation": _windowed(
        _lag_of_best_correlation,
        "weeks, at most those given, by which the second series follows the first",
        Kind.SERIES,
        Kind.WEEK,
    ),
    "between_functions": _over(
        Kind.BY_FUNCTION, _between_functions, "standard deviation between the functions' means"
    ),
    "lowest_function": _over(Kind.BY_FUNCTION, _lowest_function, "mean of the lowest function"),
    "highest_function": _over(Kind.BY_FUNCTION, _highest_function, "mean of the highest function"),
    "gap_of_lowest": _over(
        Kind.BY_FUNCTION, _gap_of_lowest, "mean of the other functions minus that of the lowest"
    ),
    "between_layers": _over(
        Kind.BY_LAYER, _between_layers, "mean of the first layer minus that of the last"
    ),
    "abs": Function(np.abs, (Kind.NUMBER,), "number without its sign"),
    "min_of": Function(np.minimum, (Kind.NUMBER, Kind.NUMBER), "lesser of two numbers"),
    "max_of": Function(np.maximum, (Kind.NUMBER, Kind.NUMBER), "greater of two numbers"),
    "lever": Function(_same, (Kind.LEVER,), "value of a lever at week 0"),
    "event_week": Function(_same, (Kind.SHOCK,), "week of the first event with a shock"),
}


def usage(name: str) -> str:
    """Return how a function is written, such as ``mean(series, from, to)``."""
    function = FUNCTIONS[name]
    return f"{name}({', '.join((*function.takes, *('from', 'to')[: 2 * function.window]))})"
