"""A reference table made ready to answer: the same table serves any number of companies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from cxsim.study.company.observed import Observed, features
from cxsim.study.company.posterior import (
    NEAR,
    Guesser,
    Posterior,
    learn_and_infer,
    near,
    stretch,
)
from cxsim.study.company.reach import beyond_range, farthest_usual, is_lonely
from cxsim.study.company.reference import Table
from cxsim.study.company.unknowns import to_line

ALONE = "Each figure by itself can be reached, but not all of them together"


class Reference:
    """Simulated companies with all that does not depend on the company asked about.

    Parameters
    ----------
    series : sequence of Observed
        Which points were read; their values play no part.
    table : Table
    customers : int
        Of the simulated companies.
    """

    def __init__(self, series: Sequence[Observed], table: Table, customers: int) -> None:
        self.series, self.table, self.customers = tuple(series), table, customers
        self.simulated = features(table.points, self.series, customers)
        self.targets = to_line(table.positions)
        self.guesser = Guesser.learn(self.simulated, self.targets)
        self.guesses = self.guesser.guess(self.simulated)
        self.components = self.guesser.components(self.simulated)

    def posterior(self, values: np.ndarray) -> Posterior:
        """Return what the unknowns of a company with these figures may be.

        Parameters
        ----------
        values : array, shape (points,)
            All series one after another.
        """
        company = self._features(values)
        first = near(self.guesses, self.guesser.guess(company)[0], NEAR)
        found = learn_and_infer(self.targets, self.simulated, company, first)
        return found.stretched(self._stretch)

    def out_of_reach(self, values: np.ndarray) -> list[str]:
        """Return in words which figures no simulated company shows, [] when some do."""
        company = self._features(values)
        found = beyond_range(self.series, self.simulated, self.table.points, company[0], values)
        if found:
            return found
        there = self.guesser.components(company)[0]
        return [ALONE] if is_lonely(self.components, there, self._usual) else []

    def _features(self, values: np.ndarray) -> np.ndarray:
        return features(values[None, :], self.series, self.customers)

    @cached_property
    def _stretch(self) -> np.ndarray:
        return stretch(self.targets, self.simulated, self.guesses)

    @cached_property
    def _usual(self) -> float:
        return farthest_usual(self.components)
