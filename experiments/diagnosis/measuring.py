"""Diagnose cases with seeds that nothing was fitted to, and count what is named."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context

import numpy as np

from cxsim.cores import available_cores
from cxsim.explain.diagnosing import diagnose
from cxsim.results import Ensemble
from cxsim.results.variants import live_variants
from cxsim.scenario_file import load
from experiments.diagnosis.cases import Case, Progress
from experiments.diagnosis.faults import mode_names


@dataclass(frozen=True)
class Named:
    """What the diagnosis made of one case.

    Attributes
    ----------
    case : Case
    verdict : str
    seen : tuple of str
        Failure modes in the order of the first step alone, the likeliest first.
    order : tuple of str
        Candidates in the final order.
    causes : tuple of str
        Those that were named as causes.
    """

    case: Case
    verdict: str
    seen: tuple[str, ...]
    order: tuple[str, ...]
    causes: tuple[str, ...]

    @property
    def first(self) -> str:
        """What a reader takes away: the first cause, or else the verdict."""
        return self.causes[0] if self.causes else self.verdict


@dataclass(frozen=True, eq=False)
class Group:
    """Cases of one kind and one sort of firm."""

    rows: Sequence[Named]

    @property
    def count(self) -> int:
        """Number of cases."""
        return len(self.rows)

    def first(self, places: int, step_one: bool = False) -> float:
        """Return the share of cases whose modes are all among the first `places`."""
        return self._share(
            [
                set(r.case.modes) <= set((r.seen if step_one else r.order)[:places])
                for r in self.rows
            ]
        )

    def called(self, verdict: str) -> float:
        """Return the share of cases with this verdict."""
        return self._share([r.verdict == verdict for r in self.rows])

    @property
    def named(self) -> float:
        """Share of the cases in which all planted modes are named as causes."""
        return self._share([set(r.case.modes) <= set(r.causes) for r in self.rows])

    def _share(self, hits: Sequence[bool]) -> float:
        return float(np.mean(hits)) if hits else 0.0


@dataclass(frozen=True, eq=False)
class Measured:
    """All cases with what was made of them."""

    rows: Sequence[Named]

    def group(self, kinds: Sequence[str], firm: str) -> Group:
        """Return the cases of some kinds and one sort of firm."""
        return Group([r for r in self.rows if r.case.kind in kinds and r.case.firm == firm])

    @cached_property
    def confusion(self) -> dict[str, dict[str, int]]:
        """Planted mode -> what was named -> cases, of those with one whole fault."""
        table: dict[str, dict[str, int]] = {name: {} for name in mode_names()}
        for row in self.rows:
            if row.case.kind == "single":
                counts = table[row.case.modes[0]]
                counts[row.first] = counts.get(row.first, 0) + 1
        return table


def measure(wanted: Sequence[Case], progress: Progress) -> Measured:
    """Diagnose cases in all cores, each from one future alone."""
    rows = []
    with ProcessPoolExecutor(available_cores(), get_context("fork")) as pool:
        for row in pool.map(_name, wanted, chunksize=4):
            rows.append(row)
            progress(len(rows), len(wanted))
    return Measured(rows)


def _name(case: Case) -> Named:
    found = diagnose(case.scenario(), replicates=1, seed=case.luck, threads=1)
    assert found is not None
    seen = sorted(found.likelihoods, key=lambda name: -found.likelihoods[name])
    return Named(
        case,
        found.verdict,
        tuple(seen),
        tuple(one.name for one in found.candidates),
        tuple(one.name for one in found.causes),
    )


# --- what the cures of the files recover ----------------------------------------------------------


@dataclass(frozen=True)
class Recovery:
    """What a failure mode's own cure, in the week of its file, wins back.

    Attributes
    ----------
    name : str
    week : int
    practice, customers : (float, float)
        Lacking beside the orchestrated programme at the end, and won back; means over the futures.
    """

    name: str
    week: int
    practice: tuple[float, float]
    customers: tuple[float, float]

    @property
    def share(self) -> float:
        """Of the practice that is lacking."""
        return self.practice[1] / self.practice[0]

    @property
    def customers_share(self) -> float:
        """Of the customers that are lacking."""
        return self.customers[1] / self.customers[0]


def recoveries(futures: int, seed: int, progress: Progress) -> list[Recovery]:
    """Return what each bundled failure mode's cure recovers of what orchestrated has."""
    found = []
    for place, name in enumerate(mode_names(), 1):
        failing = load(name)
        assert failing.cure is not None
        ends = live_variants(
            [failing, failing.rescue(), load("orchestrated")], _ends, futures, seed
        )
        assert ends is not None
        own, cured, sound = (end.mean(axis=0) for end in ends)
        lost, won = sound - own, cured - own
        pairs = [(float(a), float(b)) for a, b in zip(lost, won, strict=True)]
        found.append(Recovery(name, failing.cure.week, pairs[0], pairs[1]))
        progress(place, len(mode_names()))
    return found


def _ends(ensemble: Ensemble) -> np.ndarray:
    return np.array([ensemble.series(name)[0, -1] for name in ("practising", "active_customers")])
