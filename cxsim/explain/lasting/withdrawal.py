"""What is left a year after support has been withdrawn, and from which week on it is enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cxsim.explain.chance import HALF, Chance, wilson
from cxsim.explain.lasting.living import PLAN, Key
from cxsim.explain.sustaining import QUIET, SUSTAINED, surviving, sustains


@dataclass(frozen=True, eq=False)
class Withdrawal:
    """Support withdrawn in one week, in every future.

    Attributes
    ----------
    week : int
        First week without it.
    before, left, held : array, shape (replicates,)
        Adoption in the week before; `QUIET` weeks later; and there had the plan gone on.
    """

    week: int
    before: np.ndarray
    left: np.ndarray
    held: np.ndarray

    @cached_property
    def share(self) -> np.ndarray:
        """Share of the adoption that survives, NaN where nobody practised; shape (replicates,)."""
        return surviving(self.before, self.left)

    @cached_property
    def kept(self) -> np.ndarray:
        """Share that is left of what there would have been; shape (replicates,)."""
        return surviving(self.held, self.left)

    @cached_property
    def lasts(self) -> np.ndarray:
        """Whether enough was won and enough survives; array of bool, shape (replicates,)."""
        return sustains(self.before, self.left)

    @cached_property
    def chance(self) -> Chance:
        """Futures in which adoption sustains itself."""
        return Chance.among(self.lasts)

    @cached_property
    def chance_kept(self) -> Chance:
        """Futures in which withdrawal costs no more than a programme may lose."""
        return Chance.among(self.kept >= SUSTAINED)


def read_withdrawals(
    lived: Mapping[Key, np.ndarray], group: str, weeks: Sequence[int]
) -> tuple[Withdrawal, ...]:
    """Return the withdrawals of a group from the adoption in each run, shape (replicates, weeks).

    The run of the plan has the key `PLAN`.
    """
    plan = lived[PLAN]
    return tuple(
        Withdrawal(week, plan[:, week - 1], lived[group, week][:, -1], plan[:, week + QUIET - 1])
        for week in weeks
    )


def first_for_good(holds: np.ndarray) -> np.ndarray:
    """Return from which place on something holds to the end, -1 for never.

    Parameters
    ----------
    holds : array of bool, shape (..., places)
    """
    to_the_end = np.logical_and.accumulate(holds[..., ::-1], axis=-1)[..., ::-1]
    return np.where(to_the_end.any(axis=-1), to_the_end.argmax(axis=-1), -1)


def first_likely(weeks: Sequence[int], chances: Sequence[Chance]) -> int | None:
    """Return the first week from which on something happens in at least half of the futures."""
    return _first([chance.likely for chance in chances], weeks)


def surely_between(
    weeks: Sequence[int], chances: Sequence[Chance]
) -> tuple[int | None, int | None]:
    """Return the first week that can and the one that must be that first one, at 95 % each week."""
    ends = [wilson(chance.count, chance.of) for chance in chances]
    can = _first([high >= HALF for _, high in ends], weeks)
    return can, _first([low >= HALF for low, _ in ends], weeks)


def _first(holds: Sequence[bool], weeks: Sequence[int]) -> int | None:
    place = int(first_for_good(np.array(holds, bool))) if weeks else -1
    return None if place < 0 else weeks[place]
