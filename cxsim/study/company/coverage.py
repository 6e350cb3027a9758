"""Whether intervals hold what they promise: companies with known levers, fitted like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cxsim.scenario import Scenario
from cxsim.study.company.calibration import LEVELS, NOTHING, WHOLE
from cxsim.study.company.learning import Reference
from cxsim.study.company.observed import KINDS, Observed, parts
from cxsim.study.company.periods import DAYS_A_MONTH
from cxsim.study.company.reference import Progress, Table, drawn, simulate_table
from cxsim.study.company.unknowns import Unknown, unknowns

MIXES = (
    ("churn",),
    ("churn", "customers"),
    ("survey",),
    ("adoption",),
    ("trained",),
    ("churn", "survey", "adoption"),
    tuple(KINDS),
)


@dataclass(frozen=True)
class Coverage:
    """How the intervals of one unknown did, given some kinds of data.

    Attributes
    ----------
    kinds : tuple of str
    unknown : Unknown
    trials : int
        Companies that the model could reach.
    covered : float
        Share of them whose 95 % interval held the truth.
    width : float
        Median width of the intervals against those beforehand.
    silent : float
        Share of the companies that were told the data say nothing about it.
    """

    kinds: tuple[str, ...]
    unknown: Unknown
    trials: int
    covered: float
    width: float
    silent: float

    @property
    def identified(self) -> bool:
        """Whether such data usually tell something about the unknown."""
        return self.width < NOTHING


def months(number: int) -> tuple[Observed, ...]:
    """Return all kinds of figures for so many months, without values."""
    begin = np.arange(number) * DAYS_A_MONTH / 7.0
    end = begin + DAYS_A_MONTH / 7.0
    return tuple(Observed(kind, begin, end, np.zeros(number), kind) for kind in KINDS)


def coverage(
    base: Scenario,
    number: int,
    trials: int,
    simulations: int,
    seed: int = 1,
    mixes: Sequence[tuple[str, ...]] = MIXES,
    progress: Progress | None = None,
) -> tuple[Coverage, ...]:
    """Fit companies whose levers are known, spread evenly over all that is possible.

    Parameters
    ----------
    base : Scenario
        At the size at which companies are simulated.
    number : int
        Months of figures.
    trials, simulations : int
        Companies fitted, and companies in the one reference table that serves all of them.
    """
    series = months(number)
    small = replace(base, weeks=int(np.ceil(series[0].end[-1])))
    varied = unknowns(small, ())
    table = simulate_table(
        small, varied, {}, series, drawn(len(varied), simulations, seed), seed, progress=progress
    )
    truths = drawn(len(varied), trials, seed + 1)
    firms = simulate_table(small, varied, {}, series, truths, seed, first=simulations)
    if table is None or firms is None:  # only a cancelled one is, and nothing cancels here
        return ()
    return tuple(
        found
        for mix in mixes
        for found in _of_mix(mix, varied, series, table, firms, small.market["customers"])
    )


def _of_mix(
    mix: tuple[str, ...],
    varied: Sequence[Unknown],
    series: Sequence[Observed],
    table: Table,
    firms: Table,
    customers: int,
) -> list[Coverage]:
    kept = [n for n, observed in enumerate(series) if observed.kind in mix]
    places = np.concatenate([np.arange(firms.points.shape[1])[parts(series)[n]] for n in kept])
    reference = Reference(
        [series[n] for n in kept], Table(table.positions, table.points[:, places]), customers
    )
    held, widths = [], []
    for truth, values in zip(firms.positions, firms.points[:, places], strict=True):
        if reference.out_of_reach(values):
            continue
        low, _, high = reference.posterior(values).quantiles(np.array(LEVELS))
        held.append((low <= truth) & (truth <= high))
        widths.append((high - low) / WHOLE)
    covered, width = np.mean(held, axis=0), np.median(widths, axis=0)
    silent = (np.array(widths) >= NOTHING).mean(axis=0)
    return [
        Coverage(mix, unknown, len(held), float(covered[n]), float(width[n]), float(silent[n]))
        for n, unknown in enumerate(varied)
    ]
