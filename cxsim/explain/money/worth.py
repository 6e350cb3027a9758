"""When a programme pays back, how likely it is worse than nothing, and what it is worth.

    found = money(load("typical"))
    found.net_value[:, -1]     # USD after the horizon, one number for each future
    print(found.table())

All of it is measured against the same company without a programme, which meets the same luck. Money
is not discounted unless a yearly rate is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.attribution import Attribution, attribute
from cxsim.explain.money import laid_out, roi, words
from cxsim.explain.money.bridge import WORLDS, Step, bridge
from cxsim.explain.money.flows import (
    PARTS,
    Flows,
    discount_factors,
    margin_per_customer,
    read,
    split,
)
from cxsim.results.running import whole
from cxsim.results.variants import live_variants
from cxsim.series import payback_week
from cxsim.values import MOST_REPLICATES, clean_value

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.scenario import Scenario

GROUP_FUTURES = 30  # at most, behind the worth of lever groups: each asks for some thirty runs
GROUP_RUNS = 32  # about, in each of them
HIGHEST_RATE = 1.0

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False, repr=False)
class Money:
    """What a scenario's programme is worth.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    discount : float
        Yearly rate; 0 for none.
    parts : array, shape (4, replicates, weeks)
        What the programme has earned by each week, USD: margin on customers kept, on customers
        won, its cost (negative), savings. They add up to `net_value` exactly.
    payback : array, shape (replicates,)
        Week from which net value stays at zero or above; NaN for never.
    calculator : Calculator
    bridge : tuple of Step
        From the calculator's figure to the mean of the futures.
    groups : Attribution or None
        Net value split over the lever groups.
    """

    scenario: Scenario
    seed: int
    discount: float
    parts: np.ndarray
    payback: np.ndarray
    calculator: roi.Calculator
    bridge: tuple[Step, ...]
    groups: Attribution | None = None

    def __repr__(self) -> str:
        return self.table()

    @cached_property
    def net_value(self) -> np.ndarray:
        """What the programme has earned by each week, USD, shape (replicates, weeks)."""
        return np.asarray(self.parts.sum(axis=0))

    def part(self, name: str) -> np.ndarray:
        """Return one of the parts "kept", "won", "cost", "savings", shape (replicates, weeks)."""
        if name not in PARTS:
            raise CxsimError(f"{name}: no such part; there are {', '.join(PARTS)}")
        return np.asarray(self.parts[list(PARTS).index(name)])

    @property
    def replicates(self) -> int:
        """Number of futures."""
        return int(self.parts.shape[1])

    @property
    def weeks(self) -> int:
        """Horizon."""
        return int(self.parts.shape[2])

    @property
    def sentence(self) -> str:
        """The answer in one sentence."""
        return words.sentence(self)

    def as_dict(self) -> dict[str, Any]:
        """Return numbers and texts, ready for JSON."""
        return laid_out.as_dict(self)

    def frame(self) -> pd.DataFrame:
        """Return one row per future: net value at the horizon, its parts, USD, and payback."""
        import pandas as pd

        last = {"net_value": self.net_value[:, -1]}
        last |= {name: self.part(name)[:, -1] for name in PARTS}
        futures = np.arange(self.replicates)
        return pd.DataFrame({"replicate": futures, **last, "payback_week": self.payback})

    def weekly_frame(self) -> pd.DataFrame:
        """Return one row per week: bands of net value over the futures, and the calculator's."""
        import pandas as pd

        bands = laid_out.weekly(self)
        weeks = {"week": bands.pop("weeks")}
        return pd.DataFrame({**weeks, **bands, "calculator": self.calculator.net_value})

    def table(self) -> str:
        """Return the answer as text for a terminal."""
        return laid_out.table(self)


def money(
    scenario: Scenario,
    replicates: int = 100,
    seed: int = 1,
    groups: bool = True,
    discount: float = 0.0,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Money | None:
    """Work out what the programme of a scenario is worth.

    Parameters
    ----------
    scenario : Scenario
    replicates, seed, threads
        As in `simulate`.
    groups : bool
        Split net value over the lever groups too (in at most 30 of the futures), which takes
        several times as long.
    discount : float
        Yearly rate at which later money counts less, 0 to 1; the split over groups leaves it out.
    progress : callable, optional
        Called with the runs done and about how many there are.
    cancelled : callable, optional
        Asked on the way; when true, None is returned.

    Raises
    ------
    CxsimError
        A scenario without a programme, or a number out of range.
    """
    none, discount = _none(scenario), _rate(discount)
    replicates = whole("replicates", replicates, 1, MOST_REPLICATES)
    futures = min(replicates, GROUP_FUTURES)
    own, rest = (2 + len(WORLDS)) * replicates, GROUP_RUNS * futures * groups
    first, then = (
        _phase(progress, before, weight, own + rest) for before, weight in ((0, own), (own, rest))
    )
    companies = [
        scenario,
        none,
        *(scenario.with_coefficients(changes) for changes in WORLDS.values()),
    ]
    rows = live_variants(companies, read, replicates, seed, threads, first, cancelled)
    if rows is None:
        return None
    found = _valued(scenario, seed, discount, [Flows.of(one) for one in rows])
    if not groups:
        return found
    split = attribute(
        none,
        scenario,
        "net_value",
        replicates=futures,
        seed=seed,
        threads=threads,
        progress=then,
        cancelled=cancelled,
    )
    return None if split is None else replace(found, groups=split)


def _none(scenario: Scenario) -> Scenario:
    none = scenario.without_programme()
    if none.hash == scenario.hash:
        raise CxsimError(
            f"{scenario.name}: has no programme, so there is nothing that could pay back; "
            "choose a scenario with one"
        )
    return none


def _valued(
    scenario: Scenario,
    seed: int,
    discount: float,
    companies: list[Flows],
) -> Money:
    """Put the answer together from the flows of the scenario, of no programme, and of `WORLDS`."""
    own, none, *worlds = companies
    factors = discount_factors(discount, scenario.weeks)
    margin = margin_per_customer(scenario)
    parts, *others = (split(one, none, margin, factors) for one in (own, *worlds))
    values = [one.sum(axis=0)[:, -1] for one in (parts, *others)]
    sheet = roi.calculator(scenario, worlds[-1], none, factors)
    payback = payback_week(parts.sum(axis=0), own.cost)
    steps = bridge(sheet.promise, values)
    return Money(scenario, seed, discount, parts, payback, sheet, steps)


def _rate(discount: float) -> float:
    try:
        return float(clean_value(discount, "number", 0.0, HIGHEST_RATE, "a year"))
    except CxsimError as error:
        raise CxsimError(f"discount: {error}") from None


def _phase(progress: Progress | None, before: int, weight: int, total: int) -> Progress | None:
    """Return a function that reports one part of the work as part of the whole."""
    if progress is None:
        return None

    def report(done: int, of: int) -> None:
        progress(before + weight * done // max(1, of), total)

    return report
