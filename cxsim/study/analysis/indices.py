"""Which factors matter for an outcome of a study: four methods, all worked out by SALib.

sobol(study, "adoption")    shares of the variance; needs a design of method "saltelli"
morris(study, "adoption")   effects; needs a design of method "morris"
pawn(study, "adoption")     how far the distribution moves; any points
delta(study, "adoption")    the same by densities, for outcomes that vary smoothly; any points
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cxsim.errors import CxsimError
from cxsim.study.analysis import words
from cxsim.study.analysis.extra import SEED, one_thread, quiet_and_seeded
from cxsim.study.analysis.reading import Cases, Study, cases, need_method
from cxsim.study.analysis.words import Meaning, number, percent
from cxsim.study.sensitivity import Effect, Share

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FEWEST_SAMPLES = 16  # of Saltelli's design: with fewer the intervals are wider than the indices
FEWEST_TRAJECTORIES = 4
FEWEST_POINTS = 60  # of pawn and delta
# Slices of a factor's range in pawn. With 6 or 9 of them rounding takes SALib beyond the range.
SLIDES, LEAST_IN_SLIDE = (1, 2, 3, 4, 5, 7, 8, 10), 10
# Each resample and each dummy costs a whole analysis of SALib's, and one of many points takes
# seconds: these are enough to know spread and floor. Resamples have no more than so many points.
RESAMPLES = 30
PAWN_DUMMIES, DELTA_DUMMIES = 20, 10
PAWN_POINTS, DELTA_POINTS = 500, 1000
LUMPED = 0.2  # share of the points that may have one and the same outcome, for delta
Z = 1.96  # standard deviations in half a 95 % interval
ABOVE_ALL_DUMMIES = 1.645  # standard deviations above the mean of dummies: 95 % of them are below
NEGLIGIBLE = 0.01  # share of the variance
MINOR = 0.1  # effect beside the greatest one
# Half of an interval that leaves a question open. Without it even a million points would: the
# interval of a factor that does nothing nearly always reaches a little over what chance does.
WIDE = 0.05
NAMED = 5  # factors in a sentence

MEASURES = {
    "sobol": "share of the variance",
    "morris": "effect from low to high end",
    "pawn": "distance between distributions, 0 to 1",
    "delta": "shift of the density, 0 to 1",
}


@dataclass(frozen=True)
class Influence:
    """How much one factor moves the distribution of an outcome.

    Attributes
    ----------
    name : str
    size, margin : float
        0..1, estimates may fall a little below; and half the 95 % interval.
    floor : float
        What 95 % of factors without any influence, of the same kind of values, would stay below.
    """

    name: str
    size: float
    margin: float
    floor: float


@dataclass(frozen=True)
class Indices:
    """What moves one outcome, by one method.

    Attributes
    ----------
    method : str
        "sobol", "morris", "pawn" or "delta".
    meaning : Meaning
        Of the outcome.
    rows : tuple of Share, Effect or Influence
        Every factor, largest first.
    titles : mapping
        Name of each factor to its title.
    points : int
        Behind the numbers.
    left_out : int
        Points of the design where the outcome is not known.
    floor : float or None
        The greatest floor of the factors, in pawn and delta.
    """

    method: str
    meaning: Meaning
    rows: tuple[Share, ...] | tuple[Effect, ...] | tuple[Influence, ...]
    titles: Mapping[str, str]
    points: int
    left_out: int = 0
    floor: float | None = None

    def matters(self, row: Share | Effect | Influence) -> bool:
        """Tell whether a factor does more than one without influence might seem to do."""
        if isinstance(row, Share):
            return row.total - row.total_margin > NEGLIGIBLE
        if isinstance(row, Influence):
            return row.size > row.floor
        return row.size > MINOR * self._greatest

    def open(self, row: Share | Effect | Influence) -> bool:
        """Tell whether so few points leave it open that a factor matters.

        It has not been shown to, but its interval is wide and reaches beyond what chance does.
        """
        if self.matters(row):
            return False
        if isinstance(row, Share):
            return row.total_margin > WIDE
        if isinstance(row, Influence):
            return row.margin > WIDE and row.size + row.margin > row.floor
        size, margin = row.size / self._greatest, row.margin / self._greatest
        return margin > WIDE and size + margin > MINOR

    def frame(self) -> pd.DataFrame:
        """Return a row per factor, largest first.

        Columns: factor, title, the numbers of `Share`, `Effect` or `Influence` in the outcome's
        own unit, `matters`, and `open` where so few points cannot tell.
        """
        import pandas as pd

        rows = []
        for row in self.rows:
            numbers = asdict(row)
            name = numbers.pop("name")
            known = {"factor": name, "title": self.titles[name]}
            rows.append({**known, **numbers, "matters": self.matters(row), "open": self.open(row)})
        return pd.DataFrame(rows)

    def table(self) -> str:
        """Return the same as text, with the sentence above it."""
        frame = self.frame()
        numbers = [n for n in frame.columns if n not in ("factor", "title", "matters", "open")]
        lines = [["factor", *(name.replace("_", " ") for name in numbers), ""]]
        for row in frame.to_dict("records"):
            cells = [number(float(row[name])) for name in numbers]
            weak = "cannot be told" if row["open"] else "next to nothing"
            lines.append([row["title"], *cells, "" if row["matters"] else weak])
        return f"{self.sentence()}\n\n{words.aligned(lines)}"

    def sentence(self) -> str:
        """Return what was found in plain words."""
        matter = [row for row in self.rows if self.matters(row)]
        thin = [row for row in self.rows if self.open(row)]
        if matter:
            parts = [f"{self.titles[row.name]} ({self._size(row)})" for row in matter[:NAMED]]
            more = len(matter) - len(parts)
            parts += [f"{more} more with less"] if more else []
            found = f"What moves {self._label}: {words.joined(parts)}."
        elif not thin:
            return f"No factor moves {self._label} by more than chance would." + self._notes()
        elif len(thin) == len(self.rows):
            return (
                f"What moves {self._label} cannot be told from {self.points} points."
                + self._notes()
            )
        else:
            found = f"No factor is sure to move {self._label}."
        rest = len(self.rows) - len(matter) - len(thin)
        others = {0: "", 1: " The other factor does next to nothing."}
        tail = others.get(rest, f" The other {rest} factors do next to nothing.")
        return found + self._thin(thin) + tail + self._notes()

    def _thin(self, rows: list[Share | Effect | Influence]) -> str:
        if not rows:
            return ""
        names = [self.titles[row.name] for row in rows]
        names[NAMED:] = [f"{len(rows) - NAMED} more"] if len(rows) > NAMED else []
        verb = "matters" if len(rows) == 1 else "matter"
        return f" Whether {words.joined(names)} {verb} cannot be told from {self.points} points."

    def figure(self) -> Figure:
        """Return a picture of the same."""
        from cxsim.study.analysis.figures import indices_figure

        return indices_figure(self)

    @property
    def _greatest(self) -> float:
        return max(size_of(row) for row in self.rows)

    @property
    def _label(self) -> str:
        return f"“{self.meaning.label}”"

    def _size(self, row: Share | Effect | Influence) -> str:
        if isinstance(row, Share):
            alone = max(0.0, row.first)
            return f"{percent(max(0.0, row.total))} of the variance, {percent(alone)} by itself"
        if isinstance(row, Effect):
            word = {"+": "raises it", "-": "lowers it", "±": "either way"}[row.direction]
            return f"{word}, by {self.meaning.step(row.size)}"
        return number(row.size)

    def _notes(self) -> str:
        notes = ""
        if self.method == "sobol":
            alone = sum(row.first for row in self.rows if isinstance(row, Share))
            together = min(1.0, max(0.0, 1.0 - alone))
            if together >= 0.05:
                notes += f" {percent(together)} of the variance is what factors do together only."
        if self.floor is not None:
            least = min(row.floor for row in self.rows if isinstance(row, Influence))
            notes += f" A factor without influence would get up to {number(self.floor)}"
            same = number(least) == number(self.floor)
            notes += "." if same else f", or {number(least)}, by how its values are spread."
        if self.left_out:
            total = self.left_out + self.points
            notes += f" {self.left_out} of {total} points are left out: the outcome is not known."
        return notes


def size_of(row: Share | Effect | Influence) -> float:
    """Return the number by which factors are ranked."""
    return row.total if isinstance(row, Share) else row.size


# ------------------------------------------------------------------ designed for it


def sobol(study: Study, outcome: str) -> Indices:
    """Divide the variance of an outcome among the factors.

    Parameters
    ----------
    study : Study
        Complete, of a design of method "saltelli".
    outcome : str
        A column of `study.points()`.

    Raises
    ------
    CxsimError
        Another design, too few samples, or an outcome that is constant or not known everywhere.
    """
    from cxsim.study.sensitivity_indices import shares_of

    need_method(study.design, "saltelli", "sobol")
    found = cases(study, outcome, every=True)
    blocks = found.values.reshape(-1, len(found.factors) + 2)
    if len(blocks) < FEWEST_SAMPLES:
        raise CxsimError(
            f"samples: {len(blocks)} base samples are too few for shares of the variance; at least "
            f"{FEWEST_SAMPLES} are needed, and 256 or more are usual"
        )
    if np.ptp(blocks[:, [0, -1]]) == 0.0:
        raise CxsimError(
            f"outcome: '{outcome}' is {blocks[0, 0]:g} at all points that were drawn "
            "independently, so there is no variance to divide; take more samples, or morris"
        )
    return _indices("sobol", found, shares_of(found.names, found.values))


def morris(study: Study, outcome: str) -> Indices:
    """Screen the factors by their effects when they go from one end of their range to the other.

    Parameters
    ----------
    study : Study
        Complete, of a design of method "morris".
    outcome : str
        A column of `study.points()`.

    Raises
    ------
    CxsimError
        Another design, too few trajectories, or an outcome that is constant or not known
        everywhere.
    """
    from cxsim.study.sensitivity_indices import effects_of

    need_method(study.design, "morris", "morris")
    found = cases(study, outcome, every=True)
    trajectories = len(found.values) // (len(found.factors) + 1)
    if trajectories < FEWEST_TRAJECTORIES:
        raise CxsimError(
            f"samples: {trajectories} trajectories are too few for effects; at least "
            f"{FEWEST_TRAJECTORIES} are needed, and 16 or more are usual"
        )
    # A step of p / (2 (p - 1)) on p levels: the size of the steps tells the levels.
    step = np.abs(np.diff(found.positions[: len(found.factors) + 1], axis=0)).max()
    levels = round(2.0 * step / (2.0 * step - 1.0))
    effects = effects_of(found.names, found.positions, found.values, levels)
    return _indices("morris", found, effects)


# ------------------------------------------------------------------ any points


def pawn(study: Study, outcome: str) -> Indices:
    """Tell by how much knowing a factor changes the distribution of an outcome (PAWN).

    The index is the median, over slices of the factor's range, of the largest distance between
    the cumulative distribution in the slice and that of all points. It copes with outcomes of any
    shape: skewed, two-humped, with many points at zero.

    Parameters
    ----------
    study : Study
        Of any design whose points cover the ranges; points without an outcome are left out.
    outcome : str
        A column of `study.points()`.

    Raises
    ------
    CxsimError
        Too few points, or an outcome that is constant.
    """
    found = _enough(cases(study, outcome))
    rng = np.random.default_rng(SEED)
    positions = _apart(found.positions, rng)
    slides = [_slides(column) for column in found.positions.T]
    sizes = _pawn(positions, found.values, slides)
    margins = _pawn_margins(found, positions, slides, rng)
    kinds = _kinds(found)
    dummies = _dummies(found, kinds, PAWN_DUMMIES, rng)
    cuts = [slides[kind] for kind in sorted(set(kinds)) for _ in range(PAWN_DUMMIES)]
    floors, _ = _floors(_pawn(dummies, found.values, cuts), kinds)
    return _influences("pawn", found, sizes, margins, floors)


def delta(study: Study, outcome: str) -> Indices:
    """Tell by how much knowing a factor shifts the density of an outcome (Borgonovo's delta).

    Parameters
    ----------
    study : Study
        Of any design whose points cover the ranges; points without an outcome are left out.
    outcome : str
        A column of `study.points()` that varies smoothly: where many points have one and the same
        value there is no density, and `pawn` is the method.

    Raises
    ------
    CxsimError
        Too few points, or an outcome that is constant or lumped.
    """
    from SALib.analyze import delta as library

    found = _enough(cases(study, outcome))
    values, counts = np.unique(found.values, return_counts=True)
    if counts.max() > LUMPED * len(found.values):
        raise CxsimError(
            f"outcome: '{outcome}' is exactly {values[counts.argmax()]:g} at {counts.max()} of "
            f"{len(found.values)} points, so it has no density; use pawn, which copes with that"
        )
    rng = np.random.default_rng(SEED)
    kinds = _kinds(found)
    dummies = _dummies(found, kinds, DELTA_DUMMIES, rng)
    # Above zero throughout: the library would also treat zero as "switched off".
    points = 1.0 + np.concatenate([_apart(found.positions, rng), dummies], axis=1)
    with quiet_and_seeded(), one_thread():
        result = library.analyze(
            _described(points.shape[1]), points, found.values, num_resamples=RESAMPLES,
            y_resamples=min(DELTA_POINTS, len(points)), method="delta",
        )  # fmt: skip
    sizes, margins = np.asarray(result["delta_raw"]), np.asarray(result["delta_raw_conf"])
    factors = len(found.factors)
    if not np.isfinite(sizes).all():
        where = found.names[int(np.argmin(np.isfinite(sizes[:factors])))]
        raise CxsimError(f"delta: no density could be estimated along '{where}'; use pawn")
    floors, spreads = _floors(sizes[factors:], kinds)
    # The library resamples single points, as if those of one block said something new each.
    margins = np.maximum(margins[:factors], spreads)
    return _influences("delta", found, sizes[:factors], margins, floors)


def _enough(found: Cases) -> Cases:
    if len(found.values) < FEWEST_POINTS:
        raise CxsimError(
            f"the outcome is known at {len(found.values)} points; at least {FEWEST_POINTS} "
            "are needed to compare distributions"
        )
    return found


def _apart(positions: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return positions of which no two are the same.

    Both methods sort a factor's values; ties would be broken by the order of the points, which
    is that of the other factors, and the last of many equal values would be dropped.
    """
    return positions + 1e-6 * rng.random(positions.shape)


def _kinds(found: Cases) -> list[int]:
    """Return for each factor the first one whose values are spread alike.

    What chance does to a factor depends on nothing else, so one floor does for all of a kind.
    """
    keys = []
    for column, crossed in zip(found.positions.T, found.crossed, strict=True):
        counts = np.unique(column, return_counts=True)[1]
        # More values than slices are as good as a range.
        keys.append((crossed, tuple(sorted(counts)) if len(counts) <= max(SLIDES) else ()))
    return [keys.index(key) for key in keys]


def _dummies(found: Cases, kinds: list[int], count: int, rng: np.random.Generator) -> np.ndarray:
    """Return positions of factors without influence: of each kind, `count` shuffles of its own."""
    columns = [_shuffled(found, kind, rng) for kind in sorted(set(kinds)) for _ in range(count)]
    return _apart(np.stack(columns, axis=1), rng)


def _shuffled(found: Cases, place: int, rng: np.random.Generator) -> np.ndarray:
    """Return the values of a factor, dealt anew as the design deals them.

    Where a block has every value of the factor they change places within it, so that each value
    still meets every block; otherwise each block gets the values of another.
    """
    column = found.positions[:, place]
    _, of, sizes = np.unique(found.blocks, return_inverse=True, return_counts=True)
    order = np.argsort(of, kind="stable")
    dealt = np.empty(len(column))
    if found.crossed[place]:
        dealt[order] = column[np.lexsort((rng.random(len(column)), of))]
        return dealt
    starts = np.cumsum(sizes) - sizes
    giver = rng.permutation(len(sizes))[of[order]]
    nth = np.arange(len(column)) - starts[of[order]]  # blocks with points left out are shorter
    dealt[order] = column[order[starts[giver] + nth % sizes[giver]]]
    return dealt


def _pawn_margins(
    found: Cases, positions: np.ndarray, slides: list[int], rng: np.random.Generator
) -> np.ndarray:
    """Return half the 95 % intervals, by resampling blocks of points."""
    order = np.argsort(found.blocks, kind="stable")
    blocks = np.split(order, np.flatnonzero(np.diff(found.blocks[order])) + 1)
    mean = len(found.values) / len(blocks)
    count = max(1, min(len(blocks), round(PAWN_POINTS / mean)))
    found_again = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([blocks[n] for n in rng.integers(len(blocks), size=count)])
        found_again.append(_pawn(positions[rows], found.values[rows], slides))
    # Fewer points scatter more, by the root of their number.
    return Z * np.std(found_again, axis=0, ddof=1) * np.sqrt(count / len(blocks))


def _slides(column: np.ndarray) -> int:
    most = min(len(np.unique(column)), len(column) // LEAST_IN_SLIDE)
    return max(count for count in SLIDES if count <= most)


def _pawn(positions: np.ndarray, values: np.ndarray, slides: list[int]) -> np.ndarray:
    from SALib.analyze import pawn as library

    sizes = np.zeros(len(slides))
    with quiet_and_seeded():
        for count in sorted(set(slides) - {1}):  # a factor with one value moves nothing
            chosen = [place for place, wanted in enumerate(slides) if wanted == count]
            found = library.analyze(_described(len(chosen)), positions[:, chosen], values, S=count)
            sizes[chosen] = found["median"]
    return sizes


def _described(factors: int) -> dict[str, object]:
    from cxsim.study.sensitivity_indices import problem

    # The library refuses names with some endings, so it never sees the real ones.
    return problem([f"x{place}" for place in range(factors)])


def _floors(dummies: np.ndarray, kinds: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return for each factor its floor, and half of where 95 % of the dummies of its kind are."""
    own = sorted(set(kinds))
    sizes = dummies.reshape(len(own), -1)[[own.index(kind) for kind in kinds]]
    spreads = sizes.std(axis=1, ddof=1)
    return sizes.mean(axis=1) + ABOVE_ALL_DUMMIES * spreads, Z * spreads


def _influences(
    method: str, found: Cases, sizes: np.ndarray, margins: np.ndarray, floors: np.ndarray
) -> Indices:
    numbers = zip(found.names, sizes.tolist(), margins.tolist(), floors.tolist(), strict=True)
    rows = tuple(sorted((Influence(*row) for row in numbers), key=lambda row: -row.size))
    return replace(_indices(method, found, rows), floor=float(floors.max()))


def _indices(
    method: str,
    found: Cases,
    rows: tuple[Share, ...] | tuple[Effect, ...] | tuple[Influence, ...],
) -> Indices:
    titles = {factor.name: words.title(factor) for factor in found.factors}
    return Indices(method, found.meaning, rows, titles, len(found.values), len(found.left_out))
