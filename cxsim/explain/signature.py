"""Which failure mode a run looks like, told by the signs in the files of the bundled scenarios.

The rule, future by future: a run looks like the failure mode of which it shows all the signs; of
several such modes the one with the most signs wins, of equal numbers the one that comes first. A
run that shows all the signs of no mode looks like none of them, however near it comes to some
(`Signature.nearest`). A sign that a run cannot tell, because it is too short or nothing of the kind
happens in it, is not shown.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cxsim.errors import CxsimError
from cxsim.measures import Source
from cxsim.scenario_file import bundled, load
from cxsim.signs import Sign
from cxsim.values import suggestion

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.results import Ensemble
    from cxsim.scenario import Scenario

NONE = ""  # the mode of a run that looks like none
RULE = (
    "A future looks like a failure mode when it shows all the signs of it; of several such modes, "
    "like the one with the most signs."
)


@dataclass(frozen=True)
class FailureMode:
    """What a run is compared with.

    Attributes
    ----------
    mode : str
        "FM01".."FM31".
    name, title : str
        Of the bundled scenario.
    signs : tuple of Sign
    """

    mode: str
    name: str
    title: str
    signs: tuple[Sign, ...]


@functools.cache
def failure_modes() -> tuple[FailureMode, ...]:
    """Return the bundled failure modes that have signs, in the order of their numbers."""
    scenarios = [load(name) for name in bundled()]
    modes = [
        FailureMode(one.mode, one.name, one.title, one.signs)
        for one in scenarios
        if one.mode and one.signs
    ]
    return tuple(sorted(modes, key=lambda one: one.mode))


def shown(signs: Sequence[Sign], source: Source) -> np.ndarray:
    """Return which signs each future shows, shape (replicates, signs); not those it cannot tell."""
    replicates = len(source.series("employees"))
    table = np.zeros((replicates, len(signs)), bool)
    for place, sign in enumerate(signs):
        try:
            table[:, place] = sign.holds(source)
        except CxsimError:  # too short, or no such function or event in this company
            continue
    return table


@dataclass(frozen=True, eq=False, repr=False)
class Signature:
    """Which failure modes the futures of a run look like.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    modes : tuple of FailureMode
        What the run was compared with.
    shows : tuple of array, each of shape (replicates, signs of the mode)
        Which signs of each mode each future shows.
    own : tuple of Sign
        The scenario's own signs, or else those of its failure mode, which a rescue has left behind.
    own_shows : array, shape (replicates, own signs)
    """

    scenario: Scenario
    seed: int
    modes: tuple[FailureMode, ...]
    shows: tuple[np.ndarray, ...]
    own: tuple[Sign, ...]
    own_shows: np.ndarray

    def __repr__(self) -> str:
        return self.table()

    @property
    def replicates(self) -> int:
        """Number of futures."""
        return len(self.own_shows)

    @cached_property
    def scores(self) -> np.ndarray:
        """Share of each mode's signs that each future shows, shape (replicates, modes)."""
        columns = [shows.mean(axis=1) for shows in self.shows]
        return np.stack(columns, axis=1) if columns else np.zeros((self.replicates, 0))

    @cached_property
    def looks_like(self) -> np.ndarray:
        """The mode that each future looks like, shape (replicates,); "" for none of them."""
        if not self.modes:
            return np.full(self.replicates, NONE)
        counts = np.array([len(one.signs) for one in self.modes])
        complete = np.where(self.scores == 1.0, counts, 0)  # `argmax` takes the first of equals
        names = np.array([one.mode for one in self.modes])
        return np.where(complete.any(axis=1), names[complete.argmax(axis=1)], NONE)

    def share(self, mode: str) -> float:
        """Return the share of the futures that look like a mode, "" for none of them."""
        known = [NONE, *(one.mode for one in self.modes)]
        if mode not in known:
            raise CxsimError(f"{mode}: no failure mode with signs{suggestion(mode, known)}")
        return float(np.mean(self.looks_like == mode))

    def shares(self) -> dict[str, float]:
        """Return the share of the futures for each mode that any looks like, greatest first."""
        names = [*(one.mode for one in self.modes), NONE]
        found = {name: share for name in names if (share := self.share(name)) > 0.0}
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def nearest(self, most: int = 3) -> dict[str, float]:
        """Return the modes of which the futures show the greatest share of signs on average."""
        shares = dict(zip((one.mode for one in self.modes), self.scores.mean(axis=0), strict=True))
        ordered = sorted(shares.items(), key=lambda item: -item[1])
        return {mode: float(share) for mode, share in ordered[:most]}

    @property
    def all_own(self) -> float:
        """Share of the futures that show all the scenario's own signs; NaN if it has none."""
        return float(self.own_shows.all(axis=1).mean()) if self.own else float("nan")

    def titled(self, mode: str) -> str:
        """Return a mode with its title, such as "FM10 Tyranny in the customer's name"."""
        for one in self.modes:
            if one.mode == mode:
                return f"{mode} {one.title}"
        return "none of them"

    def frame(self) -> pd.DataFrame:
        """Return one row per replicate: the mode it looks like, and the share of each one's signs.

        Columns: looks_like ("" for none), then one for each mode.
        """
        import pandas as pd

        scores = dict(zip((one.mode for one in self.modes), self.scores.T, strict=True))
        return pd.DataFrame({"looks_like": self.looks_like, **scores}).rename_axis("replicate")

    def own_table(self) -> str:
        """Return the scenario's own signs, each with the share of futures that show it."""
        if not self.own:
            return ""
        shares = self.own_shows.mean(axis=0)
        lines = [line_of(s, sign.says) for s, sign in zip(shares, self.own, strict=True)]
        return "\n".join([*lines, line_of(self.all_own, "all of these")])

    def table(self) -> str:
        """Return the modes that the futures look like, each with the share of futures."""
        return "\n".join(line_of(share, self.titled(mode)) for mode, share in self.shares().items())


def line_of(share: float, words: str) -> str:
    """Return a share and what it is a share of, such as ``  93 %  none of them``."""
    return f"{100 * share:4.0f} %  {words}"


def signature(ensemble: Ensemble, modes: Sequence[FailureMode] | None = None) -> Signature:
    """Find which failure modes the futures of a run look like.

    Parameters
    ----------
    ensemble : Ensemble
    modes : sequence of FailureMode, optional
        Those to compare with; by default all bundled ones.

    Raises
    ------
    CxsimError
        A bundled scenario cannot be read.
    """
    modes = failure_modes() if modes is None else tuple(modes)
    scenario = ensemble.scenario
    own = scenario.signs or _signs_of(scenario.mode, modes)
    return Signature(
        scenario,
        ensemble.seed,
        modes,
        tuple(shown(one.signs, ensemble) for one in modes),
        own,
        shown(own, ensemble),
    )


def _signs_of(mode: str | None, modes: Sequence[FailureMode]) -> tuple[Sign, ...]:
    return next((one.signs for one in modes if one.mode == mode), ())
