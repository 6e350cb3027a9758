"""Two ensembles that met the same luck: what differs, by how much, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import erf, isnan, pi, sqrt, tan
from statistics import NormalDist
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.series import OUTCOMES, Outcome
from cxsim.values import shown

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.results import Ensemble

CONFIDENCE = 0.95
WIDTH = 100  # columns of the table for a terminal
NAN = float("nan")
_PARTIAL = "* over the futures in which it happens on both sides"
_HEADS = ("", "B - A", "95 % interval", "error", "unpaired", "corr.", "B better")


@dataclass(frozen=True)
class ComparisonRow:
    """One outcome of two ensembles, paired replicate by replicate.

    Numbers are in the outcome's own unit. Where an outcome may never happen, the difference and
    all that belongs to it come from the pairs in which it happens on both sides.

    Attributes
    ----------
    name, label, unit : str
    text_a, text_b : str
        What each side came to, in natural units.
    median_a, median_b : float
        NaN for never or not computed; for worse_than_none the share of the replicates.
    difference : float
        Mean of b - a over the pairs.
    standard_error : float
        Of the difference; NaN with fewer than two pairs.
    low, high : float
        95 % interval of the difference.
    unpaired_error : float
        What the standard error would have been had the two sides met different luck.
    correlation : float
        Between the sides over the pairs; NaN where one of them does not vary.
    pairs : int
        Replicates behind the difference.
    share_a_better, share_b_better : float
        Of all replicates; "never" is worse than any week. NaN when not computed.
    better : str or None
        "a", "b", or None where chance alone explains the difference well enough.
    text_difference, text_interval : str
        For people.
    """

    name: str
    label: str
    unit: str
    text_a: str
    text_b: str
    median_a: float
    median_b: float
    difference: float
    standard_error: float
    low: float
    high: float
    unpaired_error: float
    correlation: float
    pairs: int
    share_a_better: float
    share_b_better: float
    better: str | None
    text_difference: str
    text_interval: str


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Two ensembles side by side; `rows` has one entry per outcome."""

    a: Ensemble
    b: Ensemble
    rows: tuple[ComparisonRow, ...]

    def __repr__(self) -> str:
        return self.table()

    @property
    def names(self) -> tuple[str, str]:
        """What to call the two sides."""
        a, b = self.a.scenario.name, self.b.scenario.name
        return (a, b) if a != b else (f"{a} (A)", f"{b} (B)")

    def row(self, outcome: str) -> ComparisonRow:
        """Return the row of one outcome."""
        for row in self.rows:
            if row.name == outcome:
                return row
        raise CxsimError(f"{outcome}: no such outcome; there are {', '.join(OUTCOMES)}")

    def verdict(self, outcome: str = "adoption") -> str:
        """Return who does better on an outcome, and in how many futures, as a sentence."""
        row, count = self.row(outcome), self.a.replicates
        a, b = self.names
        on = f"on {row.label[0].lower()}{row.label[1:]}"
        if isnan(row.share_b_better):
            return f"{a} and {b} cannot be compared {on}: it was not computed"
        wins_a, wins_b = round(row.share_a_better * count), round(row.share_b_better * count)
        match row.better:
            case "a":
                return f"{a} beats {b} {on} in {wins_a} of {count} futures"
            case "b":
                return f"{b} beats {a} {on} in {wins_b} of {count} futures"
            case _:
                return (
                    f"no clear difference {on}: {a} is better in {wins_a}, "
                    f"{b} in {wins_b} of {count} futures"
                )

    def frame(self) -> pd.DataFrame:
        """Return the rows as a frame, indexed by the outcome's name."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.rows]).set_index("name")

    def to_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON; what is not a number becomes None."""
        sides = {
            side: {"scenario": e.scenario.name, "title": e.scenario.title, "hash": e.scenario.hash}
            for side, e in (("a", self.a), ("b", self.b))
        }
        return {
            **sides,
            "seed": self.a.seed,
            "replicates": self.a.replicates,
            "weeks": self.a.weeks,
            "verdict": self.verdict(),
            "outcomes": [
                {key: _plain(value) for key, value in asdict(row).items()} for row in self.rows
            ],
        }

    def table(self) -> str:
        """Return two tables as text, at most 100 columns wide: what happens, and how sure."""
        a, b = self.names
        sides = [("", a, b), *((row.label, row.text_a, row.text_b) for row in self.rows)]
        sure = [_HEADS, *(_figures(row, self.a.replicates) for row in self.rows)]
        note = (
            f"{self.a.replicates} futures, seed {self.a.seed}, {self.a.weeks} weeks; "
            f"A = {a}, B = {b}, the same luck on both sides."
        )
        texts = [note, *([_PARTIAL] if any(map(_is_partial, self.rows)) else []), self.verdict()]
        words = [line for text in texts for line in wrap(text, WIDTH)]
        return "\n".join([*_aligned(sides), "", *_aligned(sure), "", *words])


def compare(a: Ensemble, b: Ensemble) -> Comparison:
    """Compare two ensembles, replicate by replicate.

    Raises
    ------
    CxsimError
        They differ in seed, number of replicates or weeks, so that nothing is paired.
    """
    for side in (a, b):
        if not hasattr(side, "record"):
            raise CxsimError(
                f"compare: {shown(side)} where an Ensemble is wanted; cxsim.simulate(...) gives one"
            )
    for name in ("seed", "replicates", "weeks"):
        one, other = getattr(a, name), getattr(b, name)
        if one != other:
            raise CxsimError(
                f"{name}: {one} for {a.scenario.name}, {other} for {b.scenario.name}; "
                f"simulate both with the same {name} to compare them"
            )
    return Comparison(a, b, tuple(_compare(outcome, a, b) for outcome in OUTCOMES.values()))


def _compare(outcome: Outcome, a: Ensemble, b: Ensemble) -> ComparisonRow:
    x, y = a.outcome(outcome.name), b.outcome(outcome.name)
    both = ~(np.isnan(x) | np.isnan(y))
    mean, error, low, high = paired_difference(x[both], y[both])
    known = not outcome.money or (a.baseline is not None and b.baseline is not None)
    wins_a, wins_b = _wins(outcome, x, y) if known else (0, 0)
    return ComparisonRow(
        name=outcome.name,
        label=outcome.label,
        unit=outcome.unit,
        text_a=outcome.text(x, a.setting),
        text_b=outcome.text(y, b.setting),
        median_a=outcome.typical(x),
        median_b=outcome.typical(y),
        difference=mean,
        standard_error=error,
        low=low,
        high=high,
        unpaired_error=_unpaired_error(x[both], y[both]),
        correlation=_correlation(x[both], y[both]),
        pairs=int(both.sum()),
        share_a_better=wins_a / len(x) if known else NAN,
        share_b_better=wins_b / len(x) if known else NAN,
        better=_better(outcome, low, high, wins_a, wins_b),
        text_difference=outcome.difference(mean),
        text_interval=_interval(outcome, low, high),
    )


# ------------------------------------------------------------------ arithmetic


def paired_difference(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float, float]:
    """Return the mean of y - x, its standard error, and both ends of its 95 % interval."""
    count = len(x)
    if count == 0:
        return NAN, NAN, NAN, NAN
    differences = y - x
    mean = float(differences.mean())
    if count == 1:
        return mean, NAN, NAN, NAN
    error = float(differences.std(ddof=1) / sqrt(count))
    margin = t_quantile(0.5 + CONFIDENCE / 2.0, count - 1) * error
    return mean, error, mean - margin, mean + margin


def t_quantile(p: float, freedom: int) -> float:
    """Return a quantile of Student's t.

    Exact for one and two degrees of freedom, the Cornish-Fisher expansion in 1/freedom to the
    fourth order beyond (Abramowitz and Stegun 26.7.5): at p = 0.975 it is 0.13 % off for three
    degrees of freedom, 0.01 % for five, less for more.
    """
    if freedom == 1:
        return tan(pi * (p - 0.5))
    if freedom == 2:
        return (2.0 * p - 1.0) * sqrt(2.0 / (4.0 * p * (1.0 - p)))
    z = NormalDist().inv_cdf(p)
    terms = (
        (z**3 + z) / 4.0,
        (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0,
        (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0,
        (79.0 * z**9 + 776.0 * z**7 + 1482.0 * z**5 - 1920.0 * z**3 - 945.0 * z) / 92160.0,
    )
    return z + sum(term / freedom ** (n + 1) for n, term in enumerate(terms))


def _unpaired_error(x: np.ndarray, y: np.ndarray) -> float:
    if len(x) < 2:
        return NAN
    return sqrt((float(x.var(ddof=1)) + float(y.var(ddof=1))) / len(x))


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Return the correlation, NaN where a side does not vary.

    From plain sums: `numpy.corrcoef` multiplies matrices, whose last bit depends on the processor.
    """
    if len(x) < 2 or np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return NAN
    dx, dy = x - x.mean(), y - y.mean()
    return float((dx * dy).sum()) / sqrt(float((dx * dx).sum()) * float((dy * dy).sum()))


def _wins(outcome: Outcome, x: np.ndarray, y: np.ndarray) -> tuple[int, int]:
    """Return in how many replicates each side does better than the other."""
    sign = 1.0 if outcome.better == "high" else -1.0
    one, other = (sign * np.where(np.isnan(v), np.inf, v) for v in (x, y))
    return int((one > other).sum()), int((other > one).sum())


def _better(outcome: Outcome, low: float, high: float, wins_a: int, wins_b: int) -> str | None:
    """Return the side that does better beyond what chance explains.

    The interval of the difference decides. Where an outcome may never happen the difference knows
    only half of the story, and the sign test on the replicates decides instead.
    """
    if outcome.never:
        return _sign_test(wins_a, wins_b)
    if not (low > 0.0 or high < 0.0):
        return None
    return "b" if (low > 0.0) == (outcome.better == "high") else "a"


def _sign_test(wins_a: int, wins_b: int) -> str | None:
    """Return the winner of the sign test (normal approximation with continuity correction)."""
    decided = wins_a + wins_b
    if decided == 0:
        return None
    z = (abs(wins_b - wins_a) - 1.0) / sqrt(decided)
    if erf(max(0.0, z) / sqrt(2.0)) < CONFIDENCE:
        return None
    return "b" if wins_b > wins_a else "a"


# ------------------------------------------------------------------ words


def _interval(outcome: Outcome, low: float, high: float) -> str:
    if isnan(low):
        return "-"
    return f"{_short(outcome, low)} to {_short(outcome, high)}"


def _short(outcome: Outcome, value: float, sign: str = "+") -> str:
    """Return a number in the shown unit, without naming it; money in thousands or millions."""
    if isnan(value):
        return "-"
    if outcome.kind.form != "money":
        return f"{value * outcome.kind.factor:{sign},.{2 if abs(value) < 1 else 1}f}"
    size, letter = (value / 1e6, "m") if abs(value) >= 1e6 else (value / 1e3, "k")
    text = f"{size:{sign},.{2 if letter == 'm' else 0}f}{letter}"
    return text.replace(text[0], f"{text[0]}$", 1) if text[0] in "+-" else f"${text}"


def _is_partial(row: ComparisonRow) -> bool:
    """Return whether the difference leaves out replicates in which something never happens."""
    return OUTCOMES[row.name].never and row.pairs > 0


def _figures(row: ComparisonRow, replicates: int) -> tuple[str, ...]:
    outcome = OUTCOMES[row.name]
    wins = "-" if isnan(row.share_b_better) else f"{round(row.share_b_better * replicates)}"
    return (
        row.label,
        row.text_difference + ("*" if _is_partial(row) else ""),
        row.text_interval,
        _short(outcome, row.standard_error, ""),
        _short(outcome, row.unpaired_error, ""),
        "-" if isnan(row.correlation) else f"{row.correlation:z.2f}",
        wins if wins == "-" else f"{wins} of {replicates}",
    )


def _aligned(lines: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows of cells as lines of text, no wider than the terminal allows."""
    widths = [max(len(cell) for cell in column) for column in zip(*lines, strict=True)]
    while sum(widths) + 2 * (len(widths) - 1) > WIDTH:
        widths[widths.index(max(widths))] -= 1
    return [
        "  ".join(_cut(cell, width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _cut(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and isnan(value) else value
