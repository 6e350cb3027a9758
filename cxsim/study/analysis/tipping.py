"""Where a programme tips: a map over two factors, the line on it, and how sure that line is.

policy_map(study, "charter", "ceo_sponsorship").sentence()
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cxsim.errors import CxsimError
from cxsim.series import check_share
from cxsim.study.analysis import words
from cxsim.study.analysis.extra import SEED, one_thread
from cxsim.study.analysis.reading import Study, need_factor, need_outcome
from cxsim.study.analysis.surface import GRID, Places, Smoother, gather, smoother
from cxsim.study.analysis.words import Meaning, meaning, value_text
from cxsim.values import clean_value

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cxsim.study.design import Factor

RESAMPLES = 200
INTERVAL = (0.025, 0.975)
HALF = 0.5
TOLD = 5  # places along x that are put into words


@dataclass(frozen=True)
class Tip:
    """Where the outcome passes the level, at one value of x.

    Attributes
    ----------
    at : float
        The value of x.
    value, low, high : float
        Of y, with the 95 % interval; infinite where the level is passed outside the range of y.
    """

    at: float
    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PolicyMap:
    """The mean of an outcome over two factors, and where it passes a level.

    Attributes
    ----------
    meaning : Meaning
    x, y : Factor
    level : float or None
        What counts as tipped; None draws no line.
    xs, ys : array, shape (GRID,)
        In natural units.
    surface : array, shape (GRID, GRID)
        Mean of the outcome; rows are y, columns x.
    chance : array, shape (GRID, GRID)
        Share of the resampled maps that are at or above the level there.
    rising : bool
        Whether more of y raises the outcome.
    tips : tuple of Tip
        One for each of `xs`; empty without a level.
    places : array, shape (places, 3)
        Where it was looked at, and the mean there: x, y, outcome.
    points, runs, left_out : int
        Behind it; runs without a number for the outcome are left out.
    """

    meaning: Meaning
    x: Factor
    y: Factor
    level: float | None
    xs: np.ndarray
    ys: np.ndarray
    surface: np.ndarray
    chance: np.ndarray
    rising: bool
    tips: tuple[Tip, ...]
    places: np.ndarray
    points: int
    runs: int
    left_out: int

    def tips_at(self, x: float) -> Tip:
        """Return where it tips at a value of x.

        Raises
        ------
        CxsimError
            There is no level, or the value is outside the map.
        """
        if not self.tips:
            raise CxsimError(f"level: none is given for '{self.meaning.name}', so nothing tips")
        if not self.xs[0] <= x <= self.xs[-1]:
            raise CxsimError(f"x: {x:g} is outside the map, {self.xs[0]:g}..{self.xs[-1]:g}")
        place = (x - self.xs[0]) / (self.xs[-1] - self.xs[0]) * (GRID - 1)
        before, after = self.tips[math.floor(place)], self.tips[math.ceil(place)]
        near = after if place % 1.0 >= HALF else before

        def between(name: str) -> float:
            first, second = getattr(before, name), getattr(after, name)
            if not math.isfinite(first) or not math.isfinite(second):
                return float(getattr(near, name))
            return float(first + place % 1.0 * (second - first))

        return Tip(float(x), between("value"), between("low"), between("high"))

    def frame(self) -> pd.DataFrame:
        """Return a row per place of the map: x, y, the outcome, chance of being past the level."""
        import pandas as pd

        x, y = np.meshgrid(self.xs, self.ys)
        columns = {self.x.name: x, self.y.name: y, self.meaning.name: self.surface}
        if self.tips:
            columns["chance"] = self.chance
        return pd.DataFrame({name: values.ravel() for name, values in columns.items()})

    def line(self) -> pd.DataFrame:
        """Return a row per x: where y tips, low and high; infinite: outside the range of y."""
        import pandas as pd

        rows = [(tip.at, tip.value, tip.low, tip.high) for tip in self.tips]
        return pd.DataFrame(rows, columns=[self.x.name, self.y.name, "low", "high"])

    def table(self) -> str:
        """Return the line as text, with the sentences above it."""
        head = " ".join(self.sentences())
        if not self.tips:
            return head
        rows = [[words.title(self.x), f"tips at {words.title(self.y)}", "95 % interval"]]
        for tip in self.tips[:: (GRID - 1) // 10]:
            rows.append([value_text(self.x, tip.at), self._place(tip.value), self._interval(tip)])
        return f"{head}\n\n{words.aligned(rows)}"

    def sentence(self) -> str:
        """Return everything that can be said, in plain words."""
        return " ".join(self.sentences())

    def sentences(self) -> tuple[str, ...]:
        """Return what the map says, a sentence each."""
        low, high = float(self.surface.min()), float(self.surface.max())
        span = f"“{self.meaning.label}” goes from {self._text(low)} to {self._text(high)}"
        if not self.tips:
            return (f"On this map {span}.",)
        wanted = self._text(self.level or 0.0)
        if not any(math.isfinite(tip.value) for tip in self.tips):
            side = "at or above" if low >= (self.level or 0.0) else "below"
            nothing = f"Nothing tips on this map: {span}, everywhere {side} {wanted}."
            if any(math.isfinite(tip.low) or math.isfinite(tip.high) for tip in self.tips):
                nothing += " With other luck it might: the band of the line reaches into the map."
            return (nothing,)
        said = [f"It tips where “{self.meaning.label}” passes {wanted}."]
        for x in self._told():
            tip = self.tips_at(x)
            if math.isfinite(tip.value):
                said.append(
                    f"With “{words.title(self.x)}” at {value_text(self.x, x)} it tips at "
                    f"“{words.title(self.y)}” of {self._place(tip.value)} ({self._interval(tip)})."
                )
        said += [self._ends(sign) for sign in (1.0, -1.0)]
        return tuple(filter(None, said))

    def figure(self) -> Figure:
        """Return a picture of the map."""
        from cxsim.study.analysis.figures import map_figure

        return map_figure(self)

    def _told(self) -> list[float]:
        if self.x.values is not None and len(self.x.values) <= TOLD:
            return sorted(float(value) for value in self.x.values)
        low, high = float(self.xs[0]), float(self.xs[-1])
        inner = [low + part * (high - low) for part in (0.25, 0.5, 0.75)]
        return [float(round(value)) for value in inner] if self.x.whole else inner

    def _ends(self, sign: float) -> str:
        """Return where along x nothing tips it, or nothing is needed, when that is at an end."""
        beyond = np.array([tip.value == sign * math.inf for tip in self.tips])
        if not beyond.any():
            return ""
        nothing = (sign > 0.0) == self.rising  # else the line lies before the range of y
        outcome = "nothing on this map tips it" if nothing else "it has tipped wherever one looks"
        for side, where in (("below", beyond), ("above", beyond[::-1])):
            length = int(where.argmin())
            if length == where.sum():
                place = length if side == "below" else GRID - 1 - length
                edge = value_text(self.x, float(self.xs[place]))
                return f"{side.capitalize()} “{words.title(self.x)}” of {edge} {outcome}."
        return f"At some values of “{words.title(self.x)}” {outcome}."

    def _interval(self, tip: Tip) -> str:
        return f"{self._place(tip.low)} to {self._place(tip.high)}"

    def _place(self, value: float) -> str:
        if math.isfinite(value):
            return value_text(self.y, value)
        return "above the range" if value > 0.0 else "below the range"

    def _text(self, value: float) -> str:
        return self.meaning.text(value)


def policy_map(
    study: Study,
    x: str,
    y: str,
    outcome: str = "self_sustaining",
    level: float | None = None,
) -> PolicyMap:
    """Map the mean of an outcome over two factors, with the line where it passes a level.

    Parameters
    ----------
    study : Study
        With at least three values of each of the two factors, on a grid or scattered; whatever
        else varies is averaged over.
    x, y : str
        Names of two factors that are numbers.
    outcome : str
        A column of `study.runs()`.
    level : float, optional
        What counts as tipped, in the outcome's own unit. One half by default for an outcome that
        is true or not in each run; no line for others.

    Raises
    ------
    CxsimError
        No such factor or outcome, too few points, or an outcome that is the same in every run.
    """
    design = study.design
    if x == y:
        raise CxsimError(f"y: '{y}' is x as well; a map needs two different factors")
    along = (need_factor(design, x, "x"), need_factor(design, y, "y"))
    table = study.runs()
    need_outcome(design, table, outcome)
    sound = table["error"].fillna("").astype(str).eq("") & np.isfinite(table[outcome].astype(float))
    left_out, table = int((~sound).sum()), table[sound]
    if table.empty or np.ptp(table[outcome].to_numpy(float)) == 0.0:
        found = f"{table[outcome].iloc[0]:g} in every run" if len(table) else "not known in any run"
        raise CxsimError(f"outcome: '{outcome}' is {found}, so there is nothing to map")
    values = table[outcome].to_numpy(float)
    if level is not None:
        level = clean_value(level, "number", -np.inf, np.inf, "of the outcome")
        check_share(outcome, level, "level")
    if level is None and set(np.unique(values)) <= {0.0, 1.0}:
        level = HALF
    ends = [_ends_of(factor) for factor in along]
    where = np.stack(
        [
            (table[f.name].to_numpy(float) - low) / (high - low)
            for f, (low, high) in zip(along, ends, strict=True)
        ],
        axis=1,
    )
    places = gather(where)
    xs, ys = (np.linspace(low, high, GRID) for low, high in ends)
    with one_thread():
        fitted = _Fit(table, values, places)
        rising = bool(fitted.surface[-1].mean() >= fitted.surface[0].mean())
        tips, chance = _tips(fitted, xs, ys, level, rising)
    at = [low + places.at[:, n] * (high - low) for n, (low, high) in enumerate(ends)]
    surface = np.clip(fitted.surface, values.min(), values.max())
    return PolicyMap(
        meaning(outcome), *along, level, xs, ys, surface, chance, rising, tips,
        np.stack([*at, fitted.means], axis=1), int(table["point"].nunique()), len(table), left_out,
    )  # fmt: skip


def _ends_of(factor: Factor) -> tuple[float, float]:
    if factor.values is not None:
        return float(min(factor.values)), float(max(factor.values))
    low, high = factor.span
    return float(low), float(high)


class _Fit:
    """A surface through the means at the places, and surfaces through resampled ones."""

    def __init__(self, table: pd.DataFrame, values: np.ndarray, places: Places) -> None:
        self.values, self.places = values, places
        self.replicate = np.unique(table["replicate"].to_numpy(), return_inverse=True)[1]
        self.replicates = int(self.replicate.max()) + 1
        self.means = places.means(values, np.ones(len(values)))
        self.smoother: Smoother = smoother(places, self.means)
        self.surface = self.smoother.surface(self.means)
        own = np.minimum(np.diag(self.smoother.there), 0.95)
        self.missed = (self.means - self.smoother.there @ self.means) / np.sqrt(1.0 - own)

    def resampled(self, rng: np.random.Generator) -> np.ndarray:
        """Return a surface as it might have come out with other luck and other points.

        Runs with the same replicate number share their luck at all points, so they are drawn
        together: luck that favours the whole map moves the whole line. Scattered points are drawn
        too, since the line may lie anywhere between two of them. Points of a grid stand where they
        stand, and their means scatter about the surface by as much as one sees; some of that is
        luck again, so the band is rather too wide than too narrow.
        """
        numbers = self.means
        if self.replicates > 1:
            drawn = rng.multinomial(self.replicates, [1.0 / self.replicates] * self.replicates)
            means = self.places.means(self.values, drawn[self.replicate].astype(float))
            numbers = np.where(np.isnan(means), self.means, means)
        if not self.places.grid:
            count = len(numbers)
            return self.smoother.of_some(numbers, rng.multinomial(count, [1.0 / count] * count))
        signs = rng.choice((-1.0, 1.0), len(numbers))
        return self.smoother.surface(numbers + self.missed * signs)


def _tips(
    fitted: _Fit, xs: np.ndarray, ys: np.ndarray, level: float | None, rising: bool
) -> tuple[tuple[Tip, ...], np.ndarray]:
    if level is None:
        return (), np.zeros((GRID, GRID))
    rng = np.random.default_rng(SEED)
    passed, chance = [], np.zeros((GRID, GRID))
    for _ in range(RESAMPLES):
        surface = fitted.resampled(rng)
        chance += surface >= level
        passed.append(crossings(surface, ys, level, rising))
    middle = crossings(fitted.surface, ys, level, rising)
    low, high = np.quantile(passed, INTERVAL, axis=0, method="nearest")
    low, high = (_widened(middle, side, fitted) for side in (low, high))
    low, high = np.where(low < ys[0], -np.inf, low), np.where(high > ys[-1], np.inf, high)
    # The line itself belongs to its band, whatever was resampled.
    low, high = np.minimum(low, middle), np.maximum(high, middle)
    rows = zip(xs, middle, low, high, strict=True)
    return tuple(Tip(*map(float, row)) for row in rows), chance / RESAMPLES


def _widened(middle: np.ndarray, side: np.ndarray, fitted: _Fit) -> np.ndarray:
    """Return a side of the band with room for what few replicates do not show of the luck.

    Resampling n of them shows (n - 1) / n of the variance, and Student's t asks for more than the
    normal distribution does. Scattered points are resampled too, which is wide enough.
    """
    if not fitted.places.grid or fitted.replicates < 2:
        return side
    from scipy.special import stdtrit

    few = fitted.replicates - 1
    wider = stdtrit(few, INTERVAL[1]) / stdtrit(np.inf, INTERVAL[1]) * np.sqrt(1.0 + 1.0 / few)
    known = np.isfinite(middle) & np.isfinite(side)
    side = side.copy()
    side[known] = middle[known] + wider * (side[known] - middle[known])
    return side


def crossings(surface: np.ndarray, ys: np.ndarray, level: float, rising: bool) -> np.ndarray:
    """Return for each column of a surface the y where it first passes a level.

    Parameters
    ----------
    surface : array, shape (len(ys), columns)
    ys : array
        Ascending.
    rising : bool
        Whether to come from below, towards more of y; otherwise from above, towards less.

    Returns
    -------
    array, shape (columns,)
        Infinite where the level is not passed: beyond the side where it would have to be.
    """
    if not rising:
        return -crossings(surface[::-1], -ys[::-1], level, rising=True)
    above = surface >= level
    first = above.argmax(axis=0)
    columns = np.arange(surface.shape[1])
    before = surface[np.maximum(first - 1, 0), columns]
    after = surface[first, columns]
    rise = np.where(after > before, after - before, 1.0)
    part = np.where(first > 0, (level - before) / rise, 0.0)
    step = ys[first] - ys[np.maximum(first - 1, 0)]
    place = ys[np.maximum(first - 1, 0)] + part * step
    place = np.where(above[0], -np.inf, place)
    return np.where(above.any(axis=0), place, np.inf)
