"""Will it last? Withdraw all support in one week after another, and see what is left a year on.

    found = momentum(load("orchestrated"))
    found.sentence   # "The programme sustains itself from week 104 ..."
    found.table()

Momentum in a week is the share of adoption that survives a year without the programme; it sustains
itself when at least four fifths do, and a quarter of the employees had been won.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.explain.chance import Chance, Mean
from cxsim.explain.lasting import words
from cxsim.explain.lasting.living import ALL, PLAN, Key, Lives, Luck
from cxsim.explain.lasting.pushes import (
    Push,
    left_out,
    needed,
    push_of_all,
    push_sentence,
    read_pushes,
    withdrawn,
)
from cxsim.explain.lasting.support import QUARTER, Support, support, weeks_to_test
from cxsim.explain.lasting.withdrawal import (
    Withdrawal,
    first_for_good,
    first_likely,
    read_withdrawals,
    surely_between,
)
from cxsim.explain.sustaining import QUIET, SUSTAINED, WON, stopped, surviving
from cxsim.results.variants import Progress
from cxsim.scenario import Scenario
from cxsim.series import trailing_mean

if TYPE_CHECKING:
    import pandas as pd

NOTICEABLE = 0.05  # of the employees: what a programme loses below that is not called a fall
SPREAD = {"low": 0.05, "quarter": 0.25, "middle": 0.5, "three_quarters": 0.75, "high": 0.95}


@dataclass(frozen=True, eq=False)
class InPlan:
    """What happens within the plan itself: the best quarter of each future, and the last one.

    Attributes
    ----------
    best, end : array, shape (replicates,)
        Adoption, as means of thirteen weeks.
    best_week : array, shape (replicates,)
        Last week of the best quarter.
    """

    best: np.ndarray
    end: np.ndarray
    best_week: np.ndarray

    @classmethod
    def of(cls, adoption: np.ndarray) -> InPlan:
        """Read the weeks of the plan, shape (replicates, weeks)."""
        smooth = trailing_mean(adoption, QUARTER)
        return cls(smooth.max(axis=1), smooth[:, -1], smooth.argmax(axis=1))

    @cached_property
    def kept(self) -> np.ndarray:
        """Share of the best quarter that is left at the end; NaN where nobody ever practised."""
        return surviving(self.best, self.end)

    @cached_property
    def falls(self) -> Chance:
        """Futures that lose more than a fifth of their best, and not just a handful of people."""
        lost = self.best - self.end
        return Chance.among((self.kept < SUSTAINED) & (lost >= NOTICEABLE))

    @cached_property
    def wins(self) -> Chance:
        """Futures in which a quarter of the employees are ever won."""
        return Chance.among(self.best >= WON)


@dataclass(frozen=True, eq=False, repr=False)
class Momentum:
    """Whether a programme lasts once support ends, from when on, and how long it has to be held.

    Attributes
    ----------
    scenario : Scenario
    replicates, seed : int
    support : Support or None
        When the plan supports its programme; None when there is none to withdraw.
    in_plan : InPlan
    tests : tuple of Withdrawal
        All support withdrawn, one for each week that was tried.
    pushes : tuple of Push, or None
        Everything at once and each group of levers alone; None when that was not asked for.
    """

    scenario: Scenario
    replicates: int
    seed: int
    support: Support | None
    in_plan: InPlan
    tests: tuple[Withdrawal, ...]
    pushes: tuple[Push, ...] | None

    def __repr__(self) -> str:
        return self.table()

    @property
    def employees(self) -> int:
        """Size of the company."""
        return int(self.scenario.organisation["employees"])

    @cached_property
    def first_week(self) -> int | None:
        """First tested week from which on it sustains itself in at least half of the futures."""
        return first_likely([t.week for t in self.tests], [t.chance for t in self.tests])

    @cached_property
    def first_week_between(self) -> tuple[int | None, int | None]:
        """Ends of the 95 % interval of that week; None where it may be or is never."""
        return surely_between([t.week for t in self.tests], [t.chance for t in self.tests])

    @cached_property
    def own_first_weeks(self) -> np.ndarray:
        """First week of each future by itself, infinite for never; shape (replicates,)."""
        if not self.tests:
            return np.full(self.replicates, np.inf)
        place = first_for_good(np.stack([test.lasts for test in self.tests], axis=1))
        weeks = np.array([test.week for test in self.tests], float)
        return np.where(place < 0, np.inf, weeks[place])

    @property
    def verdict(self) -> str:
        """Such as "sustains"; the keys of `lasting.words.HEADLINES`."""
        if not self.tests:
            return "no_programme"
        if self.in_plan.falls.likely:
            return "falls"
        if self.first_week is not None:
            return "sustains"
        return "supported" if self.in_plan.wins.likely else "never_won"

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return words.sentence(self)

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        one = self.scenario
        return {
            "scenario": {"name": one.name, "title": one.title, "hash": one.hash},
            "seed": self.seed,
            "replicates": self.replicates,
            "weeks": one.weeks,
            "employees": self.employees,
            "quiet": QUIET,
            "threshold": SUSTAINED,
            "won": WON,
            "verdict": self.verdict,
            "headline": words.headline(self),
            "sentence": self.sentence,
            "readings": words.readings(self),
            "starts": None if self.support is None else self.support.starts,
            "ends": None if self.support is None else self.support.ends,
            "tests": [self._test(test) for test in self.tests],
            "first_week": self._first_week(),
            "in_plan": self._in_plan(),
            "push": self._push(),
        }

    def frame(self) -> pd.DataFrame:
        """Return every withdrawal in every future: group, week, future, before, left, held."""
        import pandas as pd

        pushes = self.pushes[1:] if self.pushes else ()
        tried = [(ALL, self.tests), *((push.group, push.tests) for push in pushes)]
        columns = ("group", "week", "future", "before", "left", "held")
        rows = [
            (group, test.week, future, *numbers)
            for group, tests in tried
            for test in tests
            for future, numbers in enumerate(zip(test.before, test.left, test.held, strict=True))
        ]
        return pd.DataFrame(rows, columns=list(columns))

    def table(self) -> str:
        """Return the answer as text for a terminal, at most 100 columns wide."""
        return words.table(self)

    def _test(self, test: Withdrawal) -> dict[str, Any]:
        share, known = Mean.of(test.share), test.share[~np.isnan(test.share)]
        ends = np.quantile(known, list(SPREAD.values())) if len(known) else [None] * len(SPREAD)
        return {
            "week": test.week,
            "too_few": words.too_few(test),
            "before": self._people(test.before),
            "left": self._people(test.left),
            "share": share.as_dict(share.percent),
            "spread": {k: v if v is None else float(v) for k, v in zip(SPREAD, ends, strict=True)},
            "sustains": test.chance.as_dict(),
        }

    def _people(self, adoption: np.ndarray) -> dict[str, Any]:
        mean = self.employees * float(adoption.mean())
        return {"people": mean, "text": words.people(mean, self.employees)}

    def _first_week(self) -> dict[str, Any]:
        ends = np.quantile(self.own_first_weeks, [0.05, 0.5, 0.95], method="inverted_cdf")
        low, middle, high = (int(end) if np.isfinite(end) else None for end in ends)
        return {
            "week": self.first_week,
            "between": list(self.first_week_between),
            "middle": middle,
            "low": low,
            "high": high,
            "never": int(np.isinf(self.own_first_weeks).sum()),
            "of": self.replicates,
            "text": words.first_week(self),
        }

    def _in_plan(self) -> dict[str, Any]:
        plan, kept = self.in_plan, Mean.of(self.in_plan.kept)
        return {
            "best": {**self._people(plan.best), "week": int(np.median(plan.best_week))},
            "end": self._people(plan.end),
            "kept": kept.as_dict(kept.percent),
            "falls": plan.falls.as_dict(),
            "text": words.in_plan(self),
        }

    def _push(self) -> dict[str, Any] | None:
        if not self.pushes:
            return None
        groups = [push.as_dict() for push in self.pushes]
        return {"sentence": push_sentence(self.pushes), "groups": groups}


def momentum(
    scenario: Scenario,
    weeks: Sequence[int] | None = None,
    replicates: int = 100,
    seed: int = 1,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
    *,
    push: bool = True,
) -> Momentum | None:
    """Find out whether a programme lasts once its support is withdrawn, and from when on.

    Parameters
    ----------
    scenario : Scenario
    weeks : sequence of int, optional
        Weeks in which to withdraw all support; every quarter and the end of the plan by default.
    replicates, seed, threads
        As in `simulate`.
    progress : callable, optional
        Called with the runs done and their total.
    cancelled : callable, optional
        Asked between runs, from several threads; when true, None is returned.
    push : bool
        Also withdraw each group of levers alone, which takes about four times as long.

    Raises
    ------
    CxsimError
        A number out of range, or a week in which nothing can be withdrawn.
    """
    found = support(scenario)
    tried = () if found is None else weeks_to_test(scenario, found.starts, weeks)
    pushing = found if push else None
    groups = len(pushing.groups) if pushing else 0
    planned = 1 + len(tried) + groups * (1 + len(tried))
    lives = Lives(scenario, planned, Luck(replicates, seed, threads), progress, cancelled)
    lived = _live(scenario, pushing, tried, lives)
    if lived is None:
        return None
    plan = lived[PLAN][:, : scenario.weeks]
    tests = read_withdrawals(lived, ALL, tried)
    pushes = None
    if pushing:
        rest = read_pushes(scenario, pushing, tried, lived)
        pushes = (push_of_all(scenario, pushing, tests, plan[:, -1]), *rest)
    return Momentum(scenario, len(plan), int(seed), found, InPlan.of(plan), tests, pushes)


def _live(
    scenario: Scenario, pushing: Support | None, tried: Sequence[int], lives: Lives
) -> dict[Key, np.ndarray] | None:
    """Return the adoption in every run; groups that could be left out are not tried by weeks."""
    runs = {(ALL, week): stopped(scenario, week) for week in tried}
    if pushing:
        runs |= left_out(scenario, pushing)
    lived = lives.live(runs, max([scenario.weeks, *(week + QUIET for week in tried)]))
    if lived is None or not pushing:
        return lived
    wanted = withdrawn(scenario, pushing, needed(scenario, pushing, lived), tried)
    rest = lives.live(wanted, scenario.weeks, last=True)
    return None if rest is None else {**rest, **lived}
