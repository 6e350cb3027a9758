"""Boxes: limits on a few factors inside which something happens, found by PRIM or CART.

The EMA workbench proposes boxes; which of them is taken, and what it is worth, is decided here:

1. Of all proposals, those whose balance of coverage and density (their harmonic mean) is within
   `TOLERANCE` of the best; of these the ones with the fewest limits; of these the best.
2. Limits that chance would explain (quasi-p-value above `SIGNIFICANT`) are dropped, worst first.
3. The same is done without a third of the points, for each third, and what it finds is tried on
   that third. If no more happens there than everywhere, there is no box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.study.analysis.extra import SEED, quiet_and_seeded, workbench
from cxsim.study.analysis.words import is_number

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.study.design import Factor

TOLERANCE = 0.02
SIGNIFICANT = 0.05
LEAST_MASS = 0.05  # share of the points in a box
SURE = 0.01  # that no more happens on unseen points than anywhere, for a box to be told
PARTS = 3  # of the points: boxes from all but one are tried on that one
LEAST_POINTS = 10  # in a box, however few points there are


@dataclass(frozen=True)
class Limit:
    """What a box asks of one factor.

    Attributes
    ----------
    name : str
    low, high : float or None
        None where that side is open.
    kept : tuple or None
        Instead of both: the values that are inside, of a factor that has no numbers.
    p_low, p_high : float or None
        Quasi-p-value of each side, of `kept` in p_low: the chance of so many cases in the box if
        that limit did nothing.
    """

    name: str
    low: float | None = None
    high: float | None = None
    kept: tuple[Any, ...] | None = None
    p_low: float | None = None
    p_high: float | None = None

    @property
    def open(self) -> bool:
        """Whether it asks nothing."""
        return self.low is None and self.high is None and self.kept is None

    def without(self, side: str) -> Limit:
        """Return the limit with one side open: "low", "high" or "kept"."""
        if side == "high":
            return replace(self, high=None, p_high=None)
        return replace(self, low=None, kept=None, p_low=None)  # it never has both

    def inside(self, values: pd.Series) -> np.ndarray:
        """Return which values it lets in."""
        if self.kept is not None:
            return values.isin(self.kept).to_numpy()
        found = np.ones(len(values), bool)
        numbers = values.to_numpy(float)
        if self.low is not None:
            found &= numbers >= self.low
        if self.high is not None:
            found &= numbers <= self.high
        return found


Limits = tuple[Limit, ...]


def inside(limits: Limits, settings: pd.DataFrame) -> np.ndarray:
    """Return which points lie inside a box."""
    found = np.ones(len(settings), bool)
    for limit in limits:
        found &= limit.inside(settings[limit.name])
    return found


def worth(limits: Limits, settings: pd.DataFrame, cases: np.ndarray) -> tuple[float, float]:
    """Return coverage (cases that are inside) and density (insiders that are cases)."""
    found = inside(limits, settings)
    hits = float(cases[found].sum())
    return hits / max(1.0, float(cases.sum())), hits / max(1.0, float(found.sum()))


def balance(coverage: float, density: float) -> float:
    """Return the harmonic mean of coverage and density."""
    total = coverage + density
    return 2.0 * coverage * density / total if total > 0.0 else 0.0


# ------------------------------------------------------------------ one box


@dataclass(frozen=True)
class Proposed:
    """A box, what its rivals were worth, and what it was worth on points it had not seen.

    Attributes
    ----------
    limits : tuple of Limit
    rivals : tuple of (float, float)
        Coverage and density of everything proposed, among the points that were given.
    unseen : float
        Share of cases in boxes found without a third of the points, among that third.
    holds : bool
        Whether that is more than anywhere, beyond chance.
    """

    limits: Limits
    rivals: tuple[tuple[float, float], ...]
    unseen: float
    holds: bool


def propose(
    settings: pd.DataFrame,
    cases: np.ndarray,
    factors: Sequence[Factor],
    method: str,
    blocks: np.ndarray,
) -> Proposed:
    """Return the box that the rule above takes.

    Parameters
    ----------
    settings : DataFrame
        A row per point, a column per factor.
    cases : array of bool, shape (points,)
        Some, but not all.
    method : str
        "prim" or "cart".
    blocks : array of int, shape (points,)
        Points with the same number were drawn together; none of them is new once another is seen.
    """
    from scipy.stats import binomtest

    search = {"prim": _prim, "cart": _cart}[method]
    limits, rivals = _best(settings, cases, factors, search)
    _, of = np.unique(blocks, return_inverse=True)
    part_of = np.random.default_rng(SEED).permutation(of.max() + 1)[of] % PARTS
    hits = points = 0
    for part in range(PARTS):
        seen, unseen = np.flatnonzero(part_of != part), np.flatnonzero(part_of == part)
        if cases[seen].all() or not cases[seen].any():
            continue
        found, _ = _best(settings.iloc[seen], cases[seen], factors, search)
        within = inside(found, settings.iloc[unseen])
        hits += int(cases[unseen][within].sum())
        points += int(within.sum())
    if not limits or not points:
        return Proposed(limits, rivals, 0.0, False)
    test = binomtest(hits, points, float(cases.mean()), alternative="greater")
    return Proposed(limits, rivals, hits / points, bool(test.pvalue < SURE))


Search = Callable[["pd.DataFrame", np.ndarray, Sequence["Factor"], float], list[Limits]]


def _best(
    settings: pd.DataFrame, cases: np.ndarray, factors: Sequence[Factor], search: Search
) -> tuple[Limits, tuple[tuple[float, float], ...]]:
    mass = max(LEAST_MASS, LEAST_POINTS / len(cases))
    proposals = [limits for limits in search(settings, cases, factors, mass) if limits]
    if not proposals:
        return (), ()
    rivals = tuple(worth(limits, settings, cases) for limits in proposals)
    scores = [balance(*rival) for rival in rivals]
    near = [n for n, score in enumerate(scores) if score >= max(scores) - TOLERANCE]
    chosen = min(near, key=lambda n: (len(proposals[n]), -scores[n]))
    return _significant(proposals[chosen], settings, cases), rivals


def _significant(limits: Limits, settings: pd.DataFrame, cases: np.ndarray) -> Limits:
    """Return the limits with their quasi-p-values, without those that chance explains."""
    while limits:
        sides = _sides(limits, settings, cases)
        place, side, worst = max(sides, key=lambda found: found[2])
        if worst <= SIGNIFICANT:
            p = {(at, name == "high"): value for at, name, value in sides}
            return tuple(
                replace(limit, p_low=p.get((n, False)), p_high=p.get((n, True)))
                for n, limit in enumerate(limits)
            )
        limits = _dropped(limits, place, side)
    return ()


def _sides(
    limits: Limits, settings: pd.DataFrame, cases: np.ndarray
) -> list[tuple[int, str, float]]:
    from scipy.stats import binom

    found = inside(limits, settings)
    hits, points = int(cases[found].sum()), int(found.sum())
    sides = []
    for place, side in _each_side(limits):
        wider = inside(_dropped(limits, place, side), settings)
        rate = float(cases[wider].mean())
        sides.append((place, side, float(binom.sf(hits - 1, points, rate))))
    return sides


def _each_side(limits: Limits) -> list[tuple[int, str]]:
    """Return every side of the limits: the place of the limit, and "low", "high" or "kept"."""
    return [
        (place, side)
        for place, limit in enumerate(limits)
        for side in ("low", "high", "kept")
        if getattr(limit, side) is not None
    ]


def _dropped(limits: Limits, place: int, side: str) -> Limits:
    changed = (*limits[:place], limits[place].without(side), *limits[place + 1 :])
    return tuple(limit for limit in changed if not limit.open)


# ------------------------------------------------------------------ what the workbench proposes


def _prim(
    settings: pd.DataFrame, cases: np.ndarray, factors: Sequence[Factor], mass: float
) -> list[Limits]:
    """Return every box on the way of the search, and of one with the numbers alone.

    The search is greedy, and a text among few is a large cut at once, which may come too early.
    """
    numbers = [factor for factor in factors if is_number(factor)]
    found = _peeled(settings, cases, factors, mass)
    if 0 < len(numbers) < len(factors):
        found += _peeled(settings, cases, numbers, mass)
    return found


def _peeled(
    settings: pd.DataFrame, cases: np.ndarray, factors: Sequence[Factor], mass: float
) -> list[Limits]:
    import pandas as pd

    # Names of its own: the workbench drops a column called "scenario".
    kinds = {f.name: float if is_number(f) else object for f in factors}
    table = pd.DataFrame(
        {f"x{n}": settings[f.name].to_numpy(kinds[f.name]) for n, f in enumerate(factors)}
    )
    with quiet_and_seeded():
        box = workbench("analysis.prim").Prim(table, cases, mass_min=mass).find_box()
    whole = box.box_lims[0]
    boxes = []
    for lims in box.box_lims:
        limits = (_limit(f, lims, whole, f"x{n}") for n, f in enumerate(factors))
        boxes.append(tuple(limit for limit in limits if limit is not None))
    return boxes


def _limit(factor: Factor, lims: pd.DataFrame, whole: pd.DataFrame, column: str) -> Limit | None:
    if column not in whole:  # a text that does not vary among these points
        return None
    if not is_number(factor):
        kept, every = lims[column].iloc[0], whole[column].iloc[0]
        inside_it = tuple(value for value in factor.values or () if value in kept)
        return Limit(factor.name, kept=inside_it) if kept < every else None
    low, high = (
        None if end == widest else float(end)
        for end, widest in zip(lims[column], whole[column], strict=True)
    )
    limit = Limit(factor.name, low, high)
    return None if limit.open else limit


def _cart(
    settings: pd.DataFrame, cases: np.ndarray, factors: Sequence[Factor], mass: float
) -> list[Limits]:
    import pandas as pd

    # The workbench mixes up the texts of different leaves, so each text has a column of 0 and 1.
    columns: dict[str, Any] = {}
    for n, factor in enumerate(factors):
        if is_number(factor):
            columns[f"x{n}"] = settings[factor.name].to_numpy(float)
            continue
        for m, value in enumerate(factor.values or ()):
            columns[f"x{n}_{m}"] = (settings[factor.name] == value).to_numpy(float)
    table = pd.DataFrame(columns)
    with quiet_and_seeded():
        tree = workbench("analysis.cart").CART(table, cases, mass_min=mass)
        tree.build_tree()
        if tree.clf.tree_.node_count == 1:  # no split helps
            return []
        boxes = tree.boxes
    found: list[Limits] = []
    for box in boxes:
        limits = tuple(filter(None, (_of_leaf(f, n, box, table) for n, f in enumerate(factors))))
        # A tree may cut one region into several leaves; without the cut between them it is whole.
        found += [limits, *(_dropped(limits, *side) for side in _each_side(limits))]
    return found


def _of_leaf(factor: Factor, number: int, box: pd.DataFrame, table: pd.DataFrame) -> Limit | None:
    if is_number(factor):
        column = f"x{number}"
        low, high = float(box[column].iloc[0]), float(box[column].iloc[1])
        limit = Limit(
            factor.name,
            low if low > table[column].min() else None,
            high if high < table[column].max() else None,
        )
        return None if limit.open else limit
    values = factor.values or ()
    # A leaf on the side of 0 rules a value out; one on the side of 1 is about that value alone.
    ruled_out = [box[f"x{number}_{m}"].iloc[1] < 1.0 for m in range(len(values))]
    alone = [box[f"x{number}_{m}"].iloc[0] > 0.0 for m in range(len(values))]
    chosen = alone if any(alone) else [not out for out in ruled_out]
    kept = tuple(value for value, inside_it in zip(values, chosen, strict=True) if inside_it)
    return Limit(factor.name, kept=kept) if len(kept) < len(values) else None
