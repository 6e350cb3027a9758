"""Reality checks at work: whether a scenario behaves as any company would.

Both runs of a check meet the same luck, so that a difference is the change's own doing. "Higher"
means that the mean difference over the futures is above zero by more than two standard errors,
"not higher" that it is not; "same" means bit for bit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from math import inf, isnan, nan, sqrt
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim import measures
from cxsim.errors import CxsimError
from cxsim.explain.reality import Check, fill, find, reality_checks, setting_of
from cxsim.results import simulate
from cxsim.values import MOST_REPLICATES, clean_value, shown

if TYPE_CHECKING:
    from cxsim.results import Ensemble
    from cxsim.scenario import Scenario

__all__ = ["Check", "Report", "Verdict", "check", "reality_checks"]

HOLDS, FAILS, SILENT = "holds", "fails", "does not apply"
MARKS = {HOLDS: "✓", FAILS: "✗", SILENT: "–"}
NOISE = 2.0  # standard errors that chance may explain
FUTURES = 20
WIDTH = 100  # columns of the table for a terminal


@dataclass(frozen=True)
class Verdict:
    """What came of one check.

    Attributes
    ----------
    check : Check
    verdict : str
        "holds", "fails" or "does not apply".
    why : str
        Why it fails or does not apply; empty when it holds.
    first, second : float
        Mean of the measure over the futures in the first and in the second run; NaN where there
        is none. Of several measures, that which decided.
    difference, error : float
        Mean of second - first, future by future, and its standard error.
    """

    check: Check
    verdict: str
    why: str = ""
    first: float = nan
    second: float = nan
    difference: float = nan
    error: float = nan

    @property
    def numbers(self) -> str:
        """Both runs in words, "" where nothing was measured."""
        label = self.check.label or "measured"
        if isnan(self.first):
            return ""
        if isnan(self.second):
            return f"{label}: {self.first:.4g}"
        noise = "" if isnan(self.error) else f" ± {self.error:.2g}"
        return f"{label}: {self.first:.4g} → {self.second:.4g} ({self.difference:+.2g}{noise})"


@dataclass(frozen=True, repr=False)
class Report:
    """All verdicts on one scenario, in the order of the checks."""

    scenario: Scenario
    replicates: int
    seed: int
    verdicts: tuple[Verdict, ...]

    def __repr__(self) -> str:
        return self.table()

    def count(self, verdict: str) -> int:
        """Return how many checks got a verdict: "holds", "fails" or "does not apply"."""
        return sum(one.verdict == verdict for one in self.verdicts)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The checks that fail."""
        return tuple(one for one in self.verdicts if one.verdict == FAILS)

    def verdict(self, name: str) -> Verdict:
        """Return the verdict on the check with this id."""
        for one in self.verdicts:
            if one.check.id == name:
                return one
        raise CxsimError(f"{name}: no such reality check in this report")

    def summary(self) -> str:
        """Return the counts as a sentence."""
        counts = ", ".join(f"{self.count(v)} {_plural(v, self.count(v))}" for v in MARKS)
        return f"{counts}; {self.replicates} futures, seed {self.seed}"

    def table(self) -> str:
        """Return the statements with their marks as text, at most 100 columns wide."""
        lines: list[str] = []
        group = ""
        for one in self.verdicts:
            if one.check.group != group:
                group = one.check.group
                lines += ["", group.capitalize()]
            lines += _told(one)
        return "\n".join([*lines[1:], "", self.summary()])

    def to_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON; what is not a number is NaN."""
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "hash": self.scenario.hash,
            "replicates": self.replicates,
            "seed": self.seed,
            "counts": {verdict: self.count(verdict) for verdict in MARKS},
            "checks": [_plain(one) for one in self.verdicts],
        }


def check(
    scenario: Scenario,
    replicates: int = FUTURES,
    seed: int = 1,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    only: tuple[str, ...] = (),
) -> Report | None:
    """Test a scenario against the reality checks.

    Parameters
    ----------
    replicates : int
        Futures of each run, 1 .. 100,000; with fewer than ten, chance hides small effects.
    seed : int
        0 .. 2**32 - 1; all runs meet the same luck.
    progress : callable, optional
        Called with the futures simulated and their total.
    cancelled : callable, optional
        Asked between futures; when true, None is returned.
    only : tuple of str
        Ids of the checks to make; all of them if empty.

    Raises
    ------
    CxsimError
        Not a scenario, an unknown id, or a number out of range.
    """
    if not hasattr(scenario, "with_settings"):
        raise CxsimError(
            f"check: {shown(scenario)} where a Scenario is wanted; cxsim.load(...) gives one"
        )
    try:
        replicates = int(clean_value(replicates, "integer", 1, MOST_REPLICATES, "replicates"))
    except CxsimError as error:
        raise CxsimError(f"replicates: {error}") from None
    cases = [_case(one, scenario) for one in _chosen(only)]
    runs = _Runs(cases, replicates, seed, progress, cancelled)
    verdicts = []
    try:
        for case in cases:
            verdicts.append(_judge(case, runs))
            runs.release(case)
    except _StoppedError:
        return None
    return Report(scenario, replicates, seed, tuple(verdicts))


def _chosen(only: tuple[str, ...]) -> tuple[Check, ...]:
    checks = reality_checks()
    return find(checks, tuple(only)) if only else checks


# --- runs -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Case:
    """A check on its way: the scenarios of its runs, or why there are none."""

    check: Check
    scenarios: tuple[Scenario, ...] = ()
    why_not: str = ""


def _case(one: Check, scenario: Scenario) -> _Case:
    """Lay base and change over the scenario and look at what can be told without a run."""
    try:
        first = one.base.over(scenario)
        for need in one.needs:
            if need.setting and not need.met_by(setting_of(first, need.setting)):
                return _Case(one, why_not=need.why)
        if one.change is None:
            return _Case(one, (first,))
        second = one.change.over(first)
    except CxsimError as error:
        return _Case(one, why_not=_first_line(error))
    if second.hash == first.hash:
        return _Case(one, why_not="the change changes nothing in this company")
    return _Case(one, (first, second))


class _StoppedError(Exception):
    """The user has cancelled."""


class _Runs:
    """The runs of all checks; each is made once, and forgotten when no check needs it any more."""

    def __init__(
        self,
        cases: list[_Case],
        replicates: int,
        seed: int,
        progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> None:
        self.replicates, self.seed = replicates, seed
        self.progress, self.cancelled = progress, cancelled
        self.wanted = Counter(one.hash for case in cases for one in case.scenarios)
        self.total = len(self.wanted) * replicates
        self.done = 0
        self.kept: dict[str, Ensemble] = {}

    def get(self, scenario: Scenario) -> Ensemble:
        """Return the ensemble of a scenario, whatever its name."""
        if scenario.hash not in self.kept:
            ensemble = simulate(
                scenario,
                self.replicates,
                self.seed,
                progress=self._report,
                cancelled=self.cancelled,
                baseline=False,
            )
            if ensemble is None:
                raise _StoppedError
            self.kept[scenario.hash] = ensemble
            self.done += self.replicates
        return self.kept[scenario.hash]

    def release(self, case: _Case) -> None:
        """Forget what only this check needed; what it did not need after all counts as done."""
        for scenario in case.scenarios:
            self.wanted[scenario.hash] -= 1
            if self.wanted[scenario.hash] == 0 and self.kept.pop(scenario.hash, None) is None:
                self.done += self.replicates
                self._report(0, 0)

    def _report(self, done: int, _: int) -> None:
        if self.progress is not None:
            self.progress(self.done + done, self.total)


# --- verdicts -------------------------------------------------------------------------------------


def _judge(case: _Case, runs: _Runs) -> Verdict:
    """Return the verdict on a check."""
    one = case.check
    if case.why_not:
        return Verdict(one, SILENT, case.why_not)
    first = runs.get(case.scenarios[0])
    try:
        for need in one.needs:
            if need.measure and not need.met_by(float(np.mean(_measured(need.measure, first)))):
                return Verdict(one, SILENT, need.why)
    except CxsimError as error:
        return Verdict(one, SILENT, _first_line(error))
    second = runs.get(case.scenarios[1]) if one.change is not None else None
    try:
        if not one.measures:
            return _identical(one, first, second)
        found = [_measure(one, text, first, second) for text in one.measures]
    except CxsimError as error:  # a measure that this company or horizon does not have
        return Verdict(one, SILENT, _first_line(error))
    return next((verdict for verdict in found if verdict.verdict != HOLDS), found[0])


def _first_line(error: CxsimError) -> str:
    return str(error).splitlines()[0]


def _measured(text: str, ensemble: Ensemble) -> np.ndarray:
    """Return a measure of each future, shape (replicates,)."""
    return measures.parse(fill(text, ensemble.scenario)).of(ensemble)


def _measure(one: Check, text: str, first: Ensemble, second: Ensemble | None) -> Verdict:
    """Return the verdict on one measure."""
    a = _measured(text, first)
    if one.expect == "always":
        return _bounded(one, a)
    b = _measured(text, second) if second is not None else a
    if one.expect == "same":
        same = np.array_equal(a, b, equal_nan=True)
        why = "" if same else "it differs, though nothing should touch it"
        return Verdict(one, HOLDS if same else FAILS, why, *_means(a, b))
    if second is None:
        a, b = np.zeros_like(a), a
    both = ~(np.isnan(a) | np.isnan(b))
    if not both.any():
        return Verdict(one, SILENT, "what is measured happens in no future of both runs")
    a, b = a[both], b[both]
    difference = b - a
    mean = float(difference.mean())
    error = float(difference.std(ddof=1) / sqrt(len(a))) if len(a) > 1 else 0.0
    why = "" if _as_expected(one, mean, error) else f"is {_found(mean, error)}; {_hoped(one)}"
    numbers = (*_means(a, b), mean, error) if second is not None else (float(b.mean()),)
    return Verdict(one, FAILS if why else HOLDS, why, *numbers)


def _as_expected(one: Check, mean: float, error: float) -> bool:
    """Return whether a mean difference is what the check expects, beyond what chance explains."""
    sign = 1.0 if one.expect.endswith("higher") else -1.0
    if one.expect.startswith("not"):
        return sign * mean <= NOISE * error + one.slack
    return sign * mean > NOISE * error


def _found(mean: float, error: float) -> str:
    if abs(mean) <= NOISE * error or mean == 0.0:
        return "not clearly different"
    return "higher" if mean > 0.0 else "lower"


def _hoped(one: Check) -> str:
    return f"{one.expect.replace('_', ' ')} is expected"


def _bounded(one: Check, values: np.ndarray) -> Verdict:
    """Return whether a measure lies between its bounds in every future."""
    low = -inf if one.above is None else one.above
    high = inf if one.below is None else one.below
    out = ~((values > low) & (values < high))
    if not out.any():
        return Verdict(one, HOLDS, first=float(values.mean()))
    why = f"in {int(out.sum())} of {len(values)} futures out of bounds"
    return Verdict(one, FAILS, why, first=float(values[out][0]))


def _identical(one: Check, first: Ensemble, second: Ensemble | None) -> Verdict:
    """Return whether two runs have the same bits in every recorded series."""
    if second is None:
        raise CxsimError(f"{one.id}: 'same' needs a change or a measure")
    different: list[str] = []
    for a, b in zip(first.record, second.record, strict=True):
        names = [name for name in a.dtype.names or () if name not in one.but]
        shared = a.shape == b.shape
        different += [
            name
            for name in names
            if not (shared and np.array_equal(a[name][:, : one.until], b[name][:, : one.until]))
        ]
    unique = list(dict.fromkeys(different))
    listed = ", ".join(unique[:4]) + (", ..." if len(unique) > 4 else "")
    return Verdict(one, FAILS if unique else HOLDS, f"these differ: {listed}" if unique else "")


def _means(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    return float(a.mean()), float(b.mean())


# --- words ----------------------------------------------------------------------------------------


def _plural(verdict: str, count: int) -> str:
    if count == 1:
        return verdict
    return {HOLDS: "hold", FAILS: "fail", SILENT: "do not apply"}[verdict]


def _told(one: Verdict) -> list[str]:
    """Return a statement with its mark; where it does not hold, its id, the numbers and why."""
    mark = f" {MARKS[one.verdict]} "
    lines = wrap(one.check.says, WIDTH, initial_indent=mark, subsequent_indent="   ")
    if one.verdict == HOLDS:
        return lines
    reason = f"{one.check.id}: " + "; ".join(part for part in (one.numbers, one.why) if part)
    indent = "     "
    return [*lines, *wrap(reason, WIDTH, initial_indent=indent, subsequent_indent=indent)]


def _plain(one: Verdict) -> dict[str, Any]:
    table = asdict(one)
    about: Mapping[str, Any] = table.pop("check")
    named = {key: about[key] for key in ("id", "group", "says", "expect", "label")}
    return {**named, **table, "numbers": one.numbers}
