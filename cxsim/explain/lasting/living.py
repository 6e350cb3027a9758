"""Living a plan and its variants on the same people and the same luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from cxsim.results import Ensemble
from cxsim.results.variants import Progress, live_variants
from cxsim.scenario import Scenario

ALL = "all"  # key of everything at once, beside the keys of the groups
Key = tuple[str, int]  # a group or ALL, and the week of its withdrawal
PLAN: Key = ("", 0)  # nothing is withdrawn


class Luck(NamedTuple):
    """Which futures, and on how many cores."""

    replicates: int
    seed: int
    threads: int | None


@dataclass(frozen=True)
class Lives:
    """Lives a plan and variants of it, in one or two goes that move one and the same progress.

    Attributes
    ----------
    scenario : Scenario
        The plan.
    planned : int
        Runs for each future in both goes together, at most.
    luck : Luck
    progress, cancelled : callable, optional
        As in `live_variants`.
    """

    scenario: Scenario
    planned: int
    luck: Luck
    progress: Progress | None
    cancelled: Callable[[], bool] | None

    def live(
        self, runs: Mapping[Key, Scenario], weeks: int, last: bool = False
    ) -> dict[Key, np.ndarray] | None:
        """Return adoption in the plan, over so many weeks, and in its variants; None if cancelled.

        The arrays have the shape (replicates, weeks). With `last` the progress ends at its total.
        """
        scenarios = [replace(self.scenario, weeks=weeks), *runs.values()]

        def told(done: int, total: int) -> None:
            if self.progress is not None:
                whole = total // len(scenarios) * self.planned
                self.progress(done + (whole - total if last else 0), whole)

        found = live_variants(scenarios, _adoption, *self.luck, told, self.cancelled)
        return None if found is None else dict(zip((PLAN, *runs), found, strict=True))


def _adoption(ensemble: Ensemble) -> np.ndarray:
    return ensemble.series("adoption")[0]
