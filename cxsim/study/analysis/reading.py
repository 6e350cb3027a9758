"""Reading a finished study: what came out at each point, checked before anybody computes with it.

Libraries for sensitivity say nothing when one outcome is not a number and answer all the same, so
every answer in this package starts here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cxsim.errors import CxsimError
from cxsim.study.analysis.words import Meaning, is_number, meaning
from cxsim.values import suggestion

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.study.design import Design, Factor

NAMED = 5  # points that a message names
NOT_OUTCOMES = ("point", "replicate", "replicates", "error")


class Study(Protocol):
    """What an answer is worked out from."""

    @property
    def design(self) -> Design:
        """What was varied, and where."""

    def runs(self) -> pd.DataFrame:
        """Return a row per run: point, replicate, factors, outcomes, error."""

    def points(self) -> pd.DataFrame:
        """Return a row per point: factors, replicates, error, means of the outcomes."""


@dataclass(frozen=True, eq=False)
class Cases:
    """One outcome at the points of a study where it is known.

    Attributes
    ----------
    meaning : Meaning
    factors : tuple of Factor
    numbers : array of int, shape (points,)
        Of the points, from 0.
    positions : array, shape (points, factors)
        0..1.
    values : array, shape (points,)
        Finite.
    blocks : array of int, shape (points,)
        Points with the same number were drawn together and have most of their values in common.
    crossed : tuple of bool
        Of each factor: whether every block has all its values.
    left_out : tuple of int
        Points of the design where the outcome is not known.
    """

    meaning: Meaning
    factors: tuple[Factor, ...]
    numbers: np.ndarray
    blocks: np.ndarray
    positions: np.ndarray
    values: np.ndarray
    crossed: tuple[bool, ...]
    left_out: tuple[int, ...]

    @property
    def names(self) -> list[str]:
        """Names of the factors."""
        return [factor.name for factor in self.factors]


def outcome_names(design: Design, table: pd.DataFrame) -> list[str]:
    """Return the columns of a study's table that are outcomes."""
    taken = {*NOT_OUTCOMES, *design.names}
    return [str(name) for name in table.columns if name not in taken]


def need_outcome(design: Design, table: pd.DataFrame, outcome: str) -> None:
    """Raise CxsimError when a study has not kept an outcome."""
    known = outcome_names(design, table)
    if outcome not in known:
        raise CxsimError(f"outcome: '{outcome}' is not in this study{suggestion(outcome, known)}")


def cases(study: Study, outcome: str, every: bool = False) -> Cases:
    """Return an outcome at the points of a study.

    Parameters
    ----------
    every : bool
        Whether the method needs every point of the design.

    Raises
    ------
    CxsimError
        No such outcome; it is the same at every point; or it is not known at some point and the
        method needs every one.
    """
    design, table = study.design, study.points()
    need_outcome(design, table, outcome)
    known, failed = known_points(design, table, [outcome])
    if every and failed:
        raise CxsimError(_incomplete(design, table, outcome, failed))
    if not len(known):
        raise CxsimError(f"outcome: '{outcome}' is not known at any point of this study")
    values = table.loc[known, outcome].to_numpy(float)
    if np.ptp(values) == 0.0:
        raise CxsimError(
            f"outcome: '{outcome}' is {values[0]:g} at every point, so nothing can be said about "
            "what moves it; vary other factors, widen their ranges, or look at another outcome"
        )
    return Cases(
        meaning=meaning(outcome),
        factors=design.factors,
        numbers=known,
        blocks=blocks_of(design)[known],
        positions=np.asarray(design.positions, float)[known],
        values=values,
        crossed=tuple(crossed_of(design)),
        left_out=tuple(failed),
    )


def blocks_of(design: Design) -> np.ndarray:
    """Return for each point a number that points share when they were drawn together."""
    numbers = np.arange(len(design))
    if design.method in ("saltelli", "morris"):
        return numbers // (len(design.factors) + (2 if design.method == "saltelli" else 1))
    if design.method not in ("latin_hypercube", "sobol_sequence"):
        return numbers
    drawn = np.logical_not(crossed_of(design))
    positions = np.asarray(design.positions, float)[:, drawn]
    return np.unique(positions, axis=0, return_inverse=True)[1].ravel()


def crossed_of(design: Design) -> list[bool]:
    """Tell of each factor whether all its values are put into each of the futures drawn."""
    spread = design.method in ("latin_hypercube", "sobol_sequence")
    return [spread and f.values is not None and f.role != "uncertainty" for f in design.factors]


def known_points(
    design: Design, table: pd.DataFrame, outcomes: Sequence[str]
) -> tuple[np.ndarray, list[int]]:
    """Return the numbers of the points that are sound, and of those that are not.

    A point is sound when all its runs are there, none failed, and its outcomes are finite.
    """
    wanted = _wanted(design)
    sound = table["error"].fillna("").astype(str).eq("").to_numpy()
    sound = sound & (table["replicates"] >= wanted).to_numpy()
    for outcome in outcomes:
        sound = sound & np.isfinite(table[outcome].to_numpy(float))
    known = np.sort(table.index.to_numpy(int)[sound])
    failed = sorted(set(range(len(design))) - set(known.tolist()))
    return known, failed


def _wanted(design: Design) -> int:
    rule = design.replicates
    return rule if isinstance(rule, int) else rule.at_least


def _incomplete(design: Design, table: pd.DataFrame, outcome: str, failed: list[int]) -> str:
    wanted = _wanted(design)
    runs = table["replicates"].reindex(failed).fillna(0)
    absent = [point for point in failed if runs[point] < wanted]
    if absent:
        return (
            f"{len(absent)} of {len(design)} points have not run to the end yet "
            f"({named(absent)}), and this method needs every one; resume the study (or choose PAWN "
            "or delta, which can do without)"
        )
    reasons = [str(text) for text in table.loc[failed, "error"].fillna("") if text]
    why = f"; the first error is: {reasons[0]}" if reasons else ""
    return (
        f"outcome: '{outcome}' is not known at {len(failed)} of {len(design)} points "
        f"({named(failed)}), and this method needs every one{why}. Run those points again, narrow "
        f"the ranges, or use pawn or delta, which leave them out{how_often(outcome, table)}"
    )


def how_often(outcome: str, table: pd.DataFrame) -> str:
    """Return the end of a message on something that may never come in a run."""
    share = f"{outcome}_reached"
    return f"; '{share}' tells how often it comes at all" if share in table.columns else ""


def named(points: Sequence[int]) -> str:
    """Return the first few points of a list in words."""
    shown = ", ".join(map(str, points[:NAMED]))
    more = f" and {len(points) - NAMED} more" if len(points) > NAMED else ""
    return f"{'point' if len(points) == 1 else 'points'} {shown}{more}"


def need_method(design: Design, method: str, purpose: str) -> None:
    """Raise CxsimError when a design was sampled by another method than an answer needs."""
    if design.method != method:
        raise CxsimError(
            f"design: {purpose} needs a design of method '{method}', and this one is "
            f"'{design.method}'; make one, or use pawn or delta, which take points of any method"
        )


def need_factor(design: Design, name: str, argument: str) -> Factor:
    """Return a factor of the design that is a number, or raise CxsimError."""
    if name not in design.names:
        raise CxsimError(
            f"{argument}: '{name}' does not vary in this study{suggestion(name, design.names)}"
        )
    factor = design.factor(name)
    if not is_number(factor):
        raise CxsimError(f"{argument}: '{name}' has no numbers; choose a factor that has")
    return factor
