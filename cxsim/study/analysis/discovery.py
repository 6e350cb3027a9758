"""Where a programme fails: boxes of few limits that hold most of the failures and little else.

where_it_fails(study, "adoption < 0.5").sentence()
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.series import check_share
from cxsim.study.analysis import words
from cxsim.study.analysis.boxes import Limit, Limits, inside, propose
from cxsim.study.analysis.reading import Study, blocks_of, known_points, need_outcome
from cxsim.study.analysis.words import percent, value_text
from cxsim.values import parse_amount, shown, suggestion

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cxsim.study.design import Factor

METHODS = ("prim", "cart")
FEWEST_POINTS = 50
FEWEST_CASES = 10
MOST_BOXES = 3
FEW_VALUES = 12  # that are listed one by one rather than by their limits
WORTH_ANOTHER = 0.1  # share of all failures that has to be left for one more box
MOSTLY = 0.8  # share of failures above which the successes are the exception
_TERM = re.compile(r"\s*([A-Za-z_]\w*)\s*(<=|>=|<|>)\s*([^<>=]+)")
_SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True)
class Box:
    """Limits inside which it mostly fails.

    Attributes
    ----------
    limits : tuple of Limit
    coverage, density : float
        Share of all failures that are inside (and in no earlier box); share of failures inside.
    points, failures : int
        Inside, and in no earlier box.
    unseen : float
        Density of boxes found without a third of the points, among that third.
    rivals : tuple of (float, float)
        Coverage and density of everything that was proposed.
    """

    limits: Limits
    coverage: float
    density: float
    points: int
    failures: int
    unseen: float
    rivals: tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Failures:
    """Where a condition holds in a study.

    Attributes
    ----------
    condition : str
        In words or as it was given.
    method : str
        "prim" or "cart".
    factors : tuple of Factor
    boxes : tuple of Box
        The best first; none when no box is better than looking anywhere.
    settings : DataFrame
        A row per point, a column per factor.
    failed : array of bool, shape (points,)
    left_out : int
        Points where the condition cannot be told.
    """

    condition: str
    method: str
    factors: tuple[Factor, ...]
    boxes: tuple[Box, ...]
    settings: pd.DataFrame
    failed: np.ndarray
    left_out: int

    @property
    def base_rate(self) -> float:
        """Share of all points that fail."""
        return float(self.failed.mean())

    @property
    def unexplained(self) -> int:
        """Failures that are in no box."""
        return int(self.failed.sum()) - sum(box.failures for box in self.boxes)

    def factor(self, name: str) -> Factor:
        """Return a factor by its name."""
        return next(factor for factor in self.factors if factor.name == name)

    def frame(self) -> pd.DataFrame:
        """Return a row per limit of each box.

        Columns: box (from 1), factor, title, low, high, kept, p_low, p_high, coverage, density,
        unseen, base_rate, points, failures.
        """
        import pandas as pd

        rows = []
        for number, box in enumerate(self.boxes, start=1):
            for limit in box.limits:
                rows.append(
                    {
                        "box": number,
                        "factor": limit.name,
                        "title": words.title(self.factor(limit.name)),
                        **{key: getattr(limit, key) for key in ("low", "high", "kept")},
                        **{key: getattr(limit, key) for key in ("p_low", "p_high")},
                        **{key: getattr(box, key) for key in ("coverage", "density", "unseen")},
                        "base_rate": self.base_rate,
                        "points": box.points,
                        "failures": box.failures,
                    }
                )
        columns = ["box", "factor", "title", "low", "high", "kept", "p_low", "p_high"]
        columns += ["coverage", "density", "unseen", "base_rate", "points", "failures"]
        return pd.DataFrame(rows, columns=columns)

    def table(self) -> str:
        """Return the limits as text, with the sentences above them."""
        if not self.boxes:
            return self.sentence()
        rows = [["box", "limit", "quasi-p-value"]]
        for number, box in enumerate(self.boxes, start=1):
            for limit in box.limits:
                worst = max(p for p in (limit.p_low, limit.p_high) if p is not None)
                rows.append([str(number), self.limit_text(limit), f"{worst:.2g}"])
        return f"{self.sentence()}\n\n{words.aligned(rows, left=2)}"

    def sentence(self) -> str:
        """Return everything that can be said, in plain words."""
        return " ".join(self.sentences())

    def sentences(self) -> tuple[str, ...]:
        """Return what was found, a sentence each."""
        failures, points = int(self.failed.sum()), len(self.failed)
        left_out = f"{self.left_out} points are left out: it cannot be told there."
        notes = [left_out] if self.left_out else []
        if failures in (0, points):
            which = "none" if failures == 0 else "every one"
            return (
                f"“{self.condition}” holds at {which} of the {points} points, so there is nothing "
                "to tell apart; change the condition or widen the ranges.",
                *notes,
            )
        everywhere = f"{failures} of {points} points, {percent(self.base_rate)}"
        if not self.boxes:
            nowhere = (
                f"“{self.condition}” holds at {everywhere}, and no box of limits on the "
                f"{len(self.factors)} factors does better than that on points it has not seen."
            )
            if self.base_rate > MOSTLY:
                nowhere += " It fails nearly everywhere: ask for the opposite, where it succeeds."
            return (nowhere, *notes)
        said = [self._about(number, box) for number, box in enumerate(self.boxes)]
        said.append(f"Over all it is {everywhere}.")
        left = self.unexplained
        if left:
            verb = "failure is" if left == 1 else "failures are"
            said.append(f"{left} {verb} not explained ({percent(left / failures)}).")
        return (*said, *notes)

    def _about(self, number: int, box: Box) -> str:
        where = words.joined([self.limit_text(limit) for limit in box.limits])
        start = f"“{self.condition}” when" if number == 0 else "Of what is left, when"
        return (
            f"{start} {where}: {percent(box.coverage)} of all failures, and "
            f"{percent(box.density)} of the points there fail (on points not seen before: "
            f"{percent(box.unseen)})."
        )

    def limit_text(self, limit: Limit) -> str:
        """Return a limit in words, with the title and unit of its factor."""
        factor = self.factor(limit.name)
        title = f"“{words.title(factor)}”"
        if factor.values is not None and len(factor.values) <= FEW_VALUES:
            kept = [v for v in factor.values if limit.kept is None or v in limit.kept]
            kept = [v for v in kept if limit.low is None or v >= limit.low]
            kept = [v for v in kept if limit.high is None or v <= limit.high]
            return f"{title} is {words.joined([value_text(factor, v) for v in kept], 'or')}"
        if limit.kept is not None:
            return f"{title} is one of {len(limit.kept)}: {words.joined(limit.kept)}"
        if limit.low is None:
            return f"{title} is under {value_text(factor, limit.high)}"
        if limit.high is None:
            return f"{title} is over {value_text(factor, limit.low)}"
        return f"{title} is between {words.number(limit.low)} and {value_text(factor, limit.high)}"

    def figure(self) -> Figure:
        """Return a picture of the boxes."""
        from cxsim.study.analysis.figures import failures_figure

        return failures_figure(self)


def where_it_fails(
    study: Study, condition: str | Callable[[pd.DataFrame], Any], method: str = "prim"
) -> Failures:
    """Find the combinations of factors under which a study fails (scenario discovery).

    Parameters
    ----------
    study : Study
        Of any design with at least 50 points.
    condition : str or callable
        What counts as failing, at a point, by the means over its replicates: such as
        "adoption < 0.5" or "adoption < 0.5 and net_value < 0"; or a function that takes
        `study.points()` and returns a truth for each row.
    method : str
        "prim" (patient rule induction: one box after another) or "cart" (a tree).

    Raises
    ------
    CxsimError
        A condition that cannot be read, too few points or cases, or the extra "analysis" is not
        installed.
    """
    if method not in METHODS:
        raise CxsimError(f"method: unknown {shown(method)}{suggestion(str(method), METHODS)}")
    design, table = study.design, study.points()
    known, failed, text = _judged(study, table, condition)
    points, failures = len(known), int(failed.sum())
    if points < FEWEST_POINTS:
        raise CxsimError(
            f"{points} points with a result; at least {FEWEST_POINTS} are needed to find "
            "out where it fails"
        )
    settings = table.loc[known, list(design.names)].reset_index(drop=True)
    boxes: tuple[Box, ...] = ()
    if 0 < failures < points:
        least = min(failures, points - failures)
        if least < FEWEST_CASES:
            what = "failures" if least == failures else "points that do not fail"
            raise CxsimError(
                f"condition: only {least} {what} among {points} points; at least {FEWEST_CASES} "
                "are needed. Change the condition, or take more points"
            )
        boxes = _boxes(settings, failed, design.factors, method, blocks_of(design)[known])
    left_out = len(design) - points
    return Failures(text, method, design.factors, boxes, settings, failed, left_out)


def _boxes(
    settings: pd.DataFrame,
    failed: np.ndarray,
    factors: tuple[Factor, ...],
    method: str,
    blocks: np.ndarray,
) -> tuple[Box, ...]:
    boxes: list[Box] = []
    left = np.ones(len(failed), bool)
    while len(boxes) < MOST_BOXES:
        cases = failed[left]
        enough = max(FEWEST_CASES, WORTH_ANOTHER * failed.sum())
        if cases.sum() < enough or cases.all() or len(cases) < FEWEST_POINTS:
            break
        rows = settings[left].reset_index(drop=True)
        found = propose(rows, cases, factors, method, blocks[left])
        if not found.holds:
            break
        within = inside(found.limits, settings) & left
        hits, points = int(failed[within].sum()), int(within.sum())
        boxes.append(
            Box(
                found.limits, hits / int(failed.sum()), hits / points, points, hits,
                found.unseen, found.rivals,
            )
        )  # fmt: skip
        left &= ~within
    return tuple(boxes)


# ------------------------------------------------------------------ conditions


def _judged(
    study: Study, table: pd.DataFrame, condition: str | Callable[[pd.DataFrame], Any]
) -> tuple[np.ndarray, np.ndarray, str]:
    """Return the points where a condition can be told, whether it holds there, and its words."""
    design = study.design
    if callable(condition):
        known, _ = known_points(design, table, [])
        rows = table.loc[known]
        found = np.asarray(condition(rows))
        if found.shape != (len(rows),) or found.dtype != bool:
            raise CxsimError(
                "condition: the function has to return true or false for each row of the points"
            )
        name = getattr(condition, "__name__", "condition")
        return known, found, "it fails" if name == "<lambda>" else words.in_words(name)
    joints, terms = _parsed(condition)
    for name, _, _ in terms:
        need_outcome(design, table, name)
    known, _ = known_points(design, table, [name for name, _, _ in terms])
    held = [_SIGNS[sign](table.loc[known, name].to_numpy(float), v) for name, sign, v in terms]
    combine = np.logical_or if "or" in joints else np.logical_and
    return known, combine.reduce(held), " ".join(condition.split())


def _parsed(condition: object) -> tuple[list[str], list[tuple[str, str, float]]]:
    wanted = 'condition: such as "adoption < 0.5" or "adoption < 0.5 and net_value < 0" is wanted'
    if not isinstance(condition, str) or not condition.strip():
        raise CxsimError(f"{wanted}, not {shown(condition)}")
    parts = re.split(r"\s(and|or)\s", condition)
    joints = parts[1::2]
    if len(set(joints)) > 1:
        raise CxsimError('condition: "and" and "or" in one condition; give a function instead')
    terms = []
    for part in parts[::2]:
        match = _TERM.fullmatch(part)
        bound = None if match is None else parse_amount(match[3])
        if match is None or bound is None:
            raise CxsimError(f"{wanted}; {shown(part.strip())} cannot be read")
        check_share(match[1], bound, "condition")
        terms.append((match[1], match[2], bound))
    return joints, terms
