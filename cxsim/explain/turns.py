"""Turning points of weekly numbers: marks that are passed, and quick moves, without chatter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Turn:
    """Something worth telling of in a week.

    Attributes
    ----------
    week : int
    place : int
        Of the mark among the marks; 0 for a quick move.
    rising : bool
        Whether the mark was passed upwards.
    members : tuple of int
        Columns of the numbers for which it holds in that week.
    again : bool
        The mark was told of before.
    """

    week: int
    place: int
    rising: bool
    members: tuple[int, ...]
    again: bool = False


def levels(values: np.ndarray, marks: Sequence[float], back: float) -> np.ndarray:
    """Return how many marks have been passed, with hysteresis.

    Parameters
    ----------
    values : array, shape (weeks, columns)
    marks : sequence of float
        Ascending.
    back : float
        A mark that has been passed counts until the value is further than this below it.

    Returns
    -------
    array of int, shape (weeks, columns)
    """
    passed = np.stack([values >= mark for mark in marks]).sum(axis=0)
    kept = np.stack([values >= mark - back for mark in marks]).sum(axis=0)
    found = passed.copy()
    for week in range(1, len(values)):
        found[week] = np.maximum(passed[week], np.minimum(found[week - 1], kept[week]))
    return found


def passings(
    values: np.ndarray,
    marks: Sequence[float],
    back: float,
    gap: int,
    directions: tuple[bool, bool] = (True, True),
    once: bool = False,
) -> list[Turn]:
    """Return when marks are passed, columns that pass the same one together.

    What would come too soon after another turn waits, and is told if it still holds by then.

    Parameters
    ----------
    values, marks, back
        As in `levels`. What holds in week 0 is not told.
    gap : int
        Least number of weeks between two turns.
    directions : (bool, bool)
        Whether to tell of rising and of falling.
    once : bool
        Tell of each mark only the first time that a column passes it.
    """
    level = levels(values, marks, back)
    told, highest = level[0].copy(), level[0].copy()
    turns: list[Turn] = []
    last = -gap
    for week in range(1, len(values)):
        if (level[week] == told).all():
            continue
        _pass_over(level[week], told, highest, directions, once)
        if week - last < gap:
            continue
        groups = _groups(values[week], level[week], marks, told, highest)
        if groups:
            (place, rising, again), members = max(groups.items(), key=lambda item: len(item[1]))
            told[members] = level[week][members]
            highest = np.maximum(highest, told)
            turns.append(Turn(week, place, rising, tuple(members), again))
            last = week
    return turns


def _pass_over(
    level: np.ndarray,
    told: np.ndarray,
    highest: np.ndarray,
    directions: tuple[bool, bool],
    once: bool,
) -> None:
    """Take what nobody wants to hear of as told."""
    rising, falling = directions
    silent = (level < told) & (not falling)
    silent |= (level > told) & ((not rising) | ((level <= highest) & once))
    told[silent] = level[silent]


def _groups(
    values: np.ndarray,
    level: np.ndarray,
    marks: Sequence[float],
    told: np.ndarray,
    highest: np.ndarray,
) -> dict[tuple[int, bool, bool], list[int]]:
    """Return the columns that differ from what was told of them, by mark and direction."""
    groups: dict[tuple[int, bool, bool], list[int]] = {}
    for column in np.flatnonzero(level != told):
        rising = bool(level[column] > told[column])
        place = int(level[column]) - 1 if rising else int(level[column])
        if rising == bool(values[column] >= marks[place]):  # true now, not only a while ago
            again = rising and bool(level[column] <= highest[column])
            groups.setdefault((place, rising, again), []).append(int(column))
    return groups


def swings(
    values: np.ndarray,
    size: float,
    window: int,
    gap: int,
    directions: tuple[bool, bool] = (True, True),
) -> list[Turn]:
    """Return when numbers move by more than `size` within `window` weeks.

    Parameters
    ----------
    values : array, shape (weeks, columns)
    gap : int
        Least number of weeks between two turns; a column rests for `window` weeks after its own.
    directions : (bool, bool)
        Whether to tell of rising and of falling.
    """
    turns: list[Turn] = []
    rested = np.zeros(values.shape[1], int)  # week from which a column may be told of
    last = -gap
    for week in range(window, len(values)):
        if week - last < gap:
            continue
        moved = values[week] - values[week - window]
        for rising, wanted in zip((True, False), directions, strict=True):
            far = moved > size if rising else moved < -size
            members = np.flatnonzero(far & (rested <= week)) if wanted else ()
            if len(members):
                turns.append(Turn(week, 0, rising, tuple(int(member) for member in members)))
                rested[np.asarray(members)] = week + window
                last = week
                break
    return turns
