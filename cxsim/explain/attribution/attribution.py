"""Why is B better than A? The difference, split over what the two differ in.

    found = attribute(load("typical"), load("orchestrated"))
    found.sentence                       # who accounts for how much
    found.within("leadership").table()   # the same inside one group of levers

The part of a unit is its Shapley value: what changes when it goes from A's to B's settings,
averaged over all orders in which the units may do so. All mixtures meet the same luck, so each
future has parts of its own, and they add up to its difference exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.attribution.blending import Blender, Coalition
from cxsim.explain.attribution.living import Lives, from_grains
from cxsim.explain.attribution.reading import Reading, read
from cxsim.explain.attribution.splitting import (
    Ensure,
    Split,
    split_groups,
    split_levers,
)
from cxsim.explain.attribution.units import Unit, check_pair, levers_within, units_between
from cxsim.results.running import whole
from cxsim.series import OUTCOMES
from cxsim.values import LARGEST_SEED, MOST_REPLICATES, shown_key, suggestion

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cxsim.scenario import Scenario

Progress = Callable[[int, int], None]
TOLD = ("adoption", "churn_yearly", "customers_lost", "net_value")  # besides the one asked for
_NAMES = list(OUTCOMES)


@dataclass(frozen=True, eq=False, repr=False)
class Attribution:
    """The difference between two scenarios, split; all outcomes come from the same runs.

    Attributes
    ----------
    a, b : Scenario
    outcome : str
        The one that is told first.
    units : tuple of Unit
        What the difference is split over, whether the sides differ there or not.
    group : Unit or None
        The group whose levers the units are; None where they are groups themselves.
    replicates, seed : int
    runs : int
        Of mixtures, behind this answer and those before it.
    """

    a: Scenario
    b: Scenario
    outcome: str
    units: tuple[Unit, ...]
    group: Unit | None
    replicates: int
    seed: int
    runs: int
    _split: Split
    _levels: np.ndarray | None
    _question: _Question

    def __repr__(self) -> str:
        return self.table()

    # --- numbers ---------------------------------------------------------------------------

    @property
    def exact(self) -> bool:
        """Whether all orders were followed rather than some of them."""
        return self._split.exact

    def parts(self, outcome: str | None = None) -> np.ndarray:
        """Return what each unit accounts for, in the outcome's own unit.

        Returns
        -------
        array, shape (replicates, units)
            Each row sums to `whole` exactly, in whatever order it is added up. A week that never
            comes counts as the horizon.
        """
        return self._spread(from_grains(self._split.parts, 1), outcome, 0.0)

    def whole(self, outcome: str | None = None) -> np.ndarray:
        """Return what is split, shape (replicates,): B less A, or the group's part of it."""
        sums = from_grains(self._split.parts.sum(axis=-1), 1)
        return np.asarray(sums[:, _NAMES.index(self._named(outcome))])

    def alone(self, outcome: str | None = None) -> np.ndarray:
        """Return what each unit changes as the first of all, NaN where no order told that."""
        return self._spread(_natural(self._split.alone), outcome, 0.0)

    def last(self, outcome: str | None = None) -> np.ndarray:
        """Return what each unit changes as the last of all, NaN where no order told that."""
        return self._spread(_natural(self._split.last), outcome, 0.0)

    def levels(self, outcome: str | None = None) -> np.ndarray | None:
        """Return A and B themselves, shape (2, replicates); None inside a group."""
        if self._levels is None:
            return None
        return np.asarray(from_grains(self._levels, 2)[..., _NAMES.index(self._named(outcome))])

    def _spread(self, values: np.ndarray, outcome: str | None, same: float) -> np.ndarray:
        """Return values of one outcome for all units, `same` for those that do not differ."""
        found = np.full((self.replicates, len(self.units)), same)
        found[:, [unit.differs for unit in self.units]] = values[
            :, _NAMES.index(self._named(outcome))
        ]
        return found

    def _named(self, outcome: str | None) -> str:
        return self.outcome if outcome is None else _checked(outcome)

    # --- other questions -------------------------------------------------------------------

    def showing(self, outcome: str) -> Attribution:
        """Return the same runs with another outcome first."""
        return replace(self, outcome=_checked(outcome))

    def within(
        self,
        group: str,
        threads: int | None = None,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Attribution | None:
        """Split the part of one group of levers over its levers, as `attribute(within=...)` does.

        What has been run already is not run again. None is returned when cancelled.

        Raises
        ------
        CxsimError
            No such group, or the scenarios are the same there.
        """
        return self._question.levers(group, self.outcome, _Calls(threads, progress, cancelled))

    # --- words -----------------------------------------------------------------------------

    def reading(self, outcome: str | None = None) -> Reading:
        """Return one outcome in natural units and words."""
        return read(self, self._named(outcome))

    @cached_property
    def sentence(self) -> str:
        """What makes the difference."""
        return self.reading().sentence

    @property
    def method(self) -> str:
        """How the parts were found, in words."""
        many = self.replicates > 1
        futures = f"in each of {self.replicates} futures" if many else "in one future"
        if not any(unit.differs for unit in self.units):
            return "Nothing differs, so nothing was run."
        if self.exact:
            return (
                f"Every order in which the differences can be made, {futures}, "
                "all on the same luck."
            )
        left_open = "; the intervals cover what that leaves open" if many else ""
        return (
            "One of the orders in which the differences can be made, and its reverse, "
            f"{futures}, all on the same luck{left_open}."
        )

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON: numbers in natural units beside their texts."""
        told = dict.fromkeys((self.outcome, *TOLD))
        return {
            "outcome": self.outcome,
            **{side: {"name": one.name, "title": one.title, "hash": one.hash}
               for side, one in (("a", self.a), ("b", self.b))},
            "weeks": self.a.weeks,
            "seed": self.seed,
            "replicates": self.replicates,
            "within": self.group and {"name": self.group.name, "title": self.group.title},
            "method": "exact" if self.exact else "sampled",
            "method_text": self.method,
            "runs": self.runs,
            "sentence": self.sentence,
            "notes": self.reading().notes,
            "outcomes": {name: self.reading(name).as_dict() for name in told},
        }  # fmt: skip

    def table(self) -> str:
        """Return the answer as text for a terminal."""
        return self.reading().table(self.method)

    def frame(self) -> pd.DataFrame:
        """Return one row for each outcome, future and unit: parts in the outcome's own unit."""
        import pandas as pd

        names = [unit.name for unit in self.units]
        frames = [
            pd.DataFrame(self.parts(outcome), columns=names).assign(
                outcome=outcome, replicate=range(self.replicates), whole=self.whole(outcome)
            )
            for outcome in OUTCOMES
        ]
        return pd.concat(frames)[["outcome", "replicate", *names, "whole"]].reset_index(drop=True)

    def figure(self) -> Figure:
        """Return the parts as a waterfall."""
        from cxsim.figures.waterfall import waterfall_figure

        return waterfall_figure(self.reading().as_dict(), self.method)


def attribute(
    a: Scenario,
    b: Scenario,
    outcome: str = "adoption",
    within: str | None = None,
    replicates: int = 50,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    exact: bool | None = None,
) -> Attribution | None:
    """Split the difference between two scenarios over what they differ in.

    Parameters
    ----------
    a, b : Scenario
        Of the same horizon.
    outcome : str
        One of `cxsim.series.OUTCOMES`; the answer holds all of them.
    within : str, optional
        A group of levers whose part is to be split over its levers.
    replicates, seed, threads
        As in `cxsim.simulate`.
    progress : callable, optional
        Called with the mixtures run and their total.
    cancelled : callable, optional
        Asked between runs, from several threads; when true, None is returned.
    exact : bool, optional
        True follows all orders, whatever it costs; False samples them; by default all are
        followed where few units differ.

    Raises
    ------
    CxsimError
        An unknown outcome or group, two horizons, or a number out of range.
    """
    check_pair(a, b)
    _checked(outcome)
    replicates = whole("replicates", replicates, 1, MOST_REPLICATES)
    seed = whole("seed", seed, 0, LARGEST_SEED)
    threads = None if threads is None else whole("threads", threads, 1, 4096)
    units = units_between(a, b)
    differing = Coalition().union(*(unit.atoms for unit in units))
    lives = Lives(Blender(a, b, differing), replicates, seed)
    question = _Question(a, b, units, lives, exact)
    calls = _Calls(threads, progress, cancelled)
    if within is None:
        return question.groups(outcome, calls)
    return question.levers(within, outcome, calls)


@dataclass(frozen=True)
class _Calls:
    """Who is told how far it is, who may stop it, and on how many cores it runs."""

    threads: int | None
    progress: Progress | None
    cancelled: Callable[[], bool] | None

    def ensure(self, lives: Lives) -> Ensure:
        return lambda wanted: lives.ensure(wanted, self.threads, self.progress, self.cancelled)


@dataclass(frozen=True, eq=False)
class _Question:
    """Two scenarios, and what is known of the mixtures between them."""

    a: Scenario
    b: Scenario
    units: tuple[Unit, ...]
    lives: Lives
    exact: bool | None

    def groups(self, outcome: str, calls: _Calls) -> Attribution | None:
        players = _atoms(self.units)
        split = split_groups(self.lives, players, self.exact, calls.ensure(self.lives))
        return None if split is None else self._answer(outcome, self.units, None, split)

    def levers(self, name: str, outcome: str, calls: _Calls) -> Attribution | None:
        levers = levers_within(self.units, name)
        group = next(unit for unit in self.units if unit.name == name)
        split = split_levers(
            self.lives, _atoms(self.units), _atoms(self.units).index(group.atoms),
            _atoms(levers), self.exact, calls.ensure(self.lives),
        )  # fmt: skip
        return None if split is None else self._answer(outcome, levers, group, split)

    def _answer(
        self, outcome: str, units: tuple[Unit, ...], group: Unit | None, split: Split
    ) -> Attribution:
        levels = self._levels() if group is None else None
        return Attribution(
            self.a, self.b, outcome, units, group, self.lives.replicates, self.lives.seed,
            self.lives.runs, split, levels, self,
        )  # fmt: skip

    def _levels(self) -> np.ndarray:
        """Return A and B in grains, shape (2, replicates, outcomes)."""
        ends = (Coalition(), Coalition().union(*_atoms(self.units)))
        futures = range(self.lives.replicates)
        return np.array([[self.lives.worth(one)(end) for one in futures] for end in ends], object)


def _atoms(units: Sequence[Unit]) -> list[Coalition]:
    return [unit.atoms for unit in units if unit.differs]


def _natural(grains: np.ndarray) -> np.ndarray:
    return from_grains(grains, 1)


def _checked(outcome: str) -> str:
    if outcome not in OUTCOMES:
        near = suggestion(str(outcome), OUTCOMES) or f"; there are {', '.join(OUTCOMES)}"
        raise CxsimError(f"outcome: {shown_key(str(outcome))}: no such outcome{near}")
    return outcome
