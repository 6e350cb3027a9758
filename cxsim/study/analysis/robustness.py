"""Which policy does well enough whatever turns out to be true.

    robust(study, "adoption", threshold=0.5).sentence()

A policy is a combination of the levers and the scenario, a future one of the uncertainties. All
policies have to meet the same futures.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.study.analysis import words
from cxsim.study.analysis.reading import Study, how_often, known_points, need_outcome
from cxsim.study.analysis.words import Meaning, meaning, percent, value_text
from cxsim.values import shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from cxsim.study.design import Design, Factor

HIGH, LOW = "high", "low"
TENTH = 0.1
FEWEST_FUTURES = 3
# Measure -> what the policy it prefers is said to be, and whether more of it is better.
MEASURES = {
    "regret_max": ("has the smallest regret in the future where it is worst placed", False),
    "regret_90": ("has the smallest regret in nine futures of ten", False),
    "regret_mean": ("has the smallest regret on average", False),
    "satisficing": ("meets the threshold in most futures", True),
    "mean": ("is best on average", True),
    "worst_tenth": ("is best in its worst tenth of the futures", True),
}
HOW = (
    "give the levers as lists of values (or name scenarios) and only the uncertainties as ranges; "
    'then the methods "latin_hypercube", "sobol_sequence" and "factorial" put every policy into '
    "the same futures"
)


@dataclass(frozen=True, eq=False)
class Policy:
    """One policy, and how it did.

    Attributes
    ----------
    label : str
    settings : mapping
        Its levers and scenario.
    values : array, shape (futures,)
        The outcome, in its own unit.
    regret : array, shape (futures,)
        By how much the best policy for that future is better; 0 for that one itself.
    satisficing : float or None
        Share of the futures that meet the threshold; None without one.
    worst_tenth : float
        Mean of the worst tenth of the futures.
    """

    label: str
    settings: dict[str, Any]
    values: np.ndarray
    regret: np.ndarray
    satisficing: float | None
    worst_tenth: float

    @property
    def mean(self) -> float:
        """Mean of the outcome over the futures."""
        return float(self.values.mean())

    @property
    def regret_max(self) -> float:
        """Regret in the future where it is worst placed."""
        return float(self.regret.max())

    @property
    def regret_90(self) -> float:
        """Regret that is not exceeded in nine futures of ten."""
        return float(np.quantile(self.regret, 0.9))

    @property
    def regret_mean(self) -> float:
        """Mean regret."""
        return float(self.regret.mean())


@dataclass(frozen=True, eq=False)
class Robustness:
    """How policies compare over the same futures.

    Attributes
    ----------
    meaning : Meaning
    better : str
        "high" or "low".
    threshold : float or None
    policies : tuple of Policy
        In the order of the design.
    futures, left_out : int
        Futures compared, and futures without a result for every policy.
    of_luck : bool
        Whether futures differ in their luck only, for want of uncertainties.
    """

    meaning: Meaning
    better: str
    threshold: float | None
    policies: tuple[Policy, ...]
    futures: int
    left_out: int
    of_luck: bool

    def preferred(self, measure: str) -> tuple[Policy, ...]:
        """Return the policies that a measure puts first; several when they tie.

        Raises
        ------
        CxsimError
            No such measure, or there is no threshold to meet.
        """
        if measure not in self.measures:
            raise CxsimError(f"measure: '{measure}' is none of {', '.join(self.measures)}")
        sign = 1.0 if MEASURES[measure][1] else -1.0
        if measure in ("mean", "worst_tenth") and self.better == LOW:
            sign = -1.0
        scores = np.array([sign * getattr(policy, measure) for policy in self.policies])
        best = scores >= scores.max() - 1e-12 * max(1.0, float(np.abs(scores).max()))
        return tuple(p for p, first in zip(self.policies, best, strict=True) if first)

    @property
    def measures(self) -> list[str]:
        """Names of the measures that can be told."""
        return [name for name in MEASURES if name != "satisficing" or self.threshold is not None]

    def frame(self) -> pd.DataFrame:
        """Return a row per policy: label, settings, each measure in the outcome's own unit."""
        import pandas as pd

        rows = [
            {
                "label": policy.label,
                **policy.settings,
                **{name: getattr(policy, name) for name in self.measures},
            }
            for policy in self.policies
        ]
        return pd.DataFrame(rows)

    def table(self) -> str:
        """Return the measures as text; * marks what a measure prefers."""
        first = {name: {id(p) for p in self.preferred(name)} for name in self.measures}
        rows = [["policy", *(name.replace("_", " ") for name in self.measures)]]
        for policy in self.policies:
            cells = []
            for name in self.measures:
                value = float(getattr(policy, name))
                mark = "*" if id(policy) in first[name] else " "
                cells.append(self._text(name, value) + mark)
            rows.append([policy.label, *cells])
        return f"{self.sentence()}\n\n{words.aligned(rows)}"

    def sentence(self) -> str:
        """Return everything that can be said, in plain words."""
        return " ".join(self.sentences())

    def sentences(self) -> tuple[str, ...]:
        """Return which policy each measure prefers, a sentence each group of measures."""
        kind = "futures that differ in luck" if self.of_luck else "futures"
        said = [
            f"{len(self.policies)} policies in the same {self.futures} {kind}, by "
            f"“{self.meaning.label}”."
        ]
        groups: dict[str, list[str]] = {}
        for name in self.measures:
            first = self.preferred(name)
            if len(first) == len(self.policies):
                value = self._text(name, float(getattr(first[0], name)))
                said.append(f"By {name.replace('_', ' ')} all are equal: {value}.")
                continue
            policies = " or ".join(f"“{policy.label}”" for policy in first)
            groups.setdefault(policies, []).append(name)
        if len(groups) == 1:
            said.append("Whatever one asks for, the answer is the same.")
        for policies, names in groups.items():
            told = []
            for name in names:
                value = self._text(name, float(getattr(self.preferred(name)[0], name)))
                told.append(f"{MEASURES[name][0]} ({value})")
            said.append(f"{policies} {words.joined(told)}.")
        if self.left_out:
            verb = "future is" if self.left_out == 1 else "futures are"
            said.append(f"{self.left_out} {verb} left out: not every policy has a result there.")
        return tuple(said)

    def figure(self) -> Figure:
        """Return a picture of the policies over their futures."""
        from cxsim.study.analysis.figures import robust_figure

        return robust_figure(self)

    def _text(self, measure: str, value: float) -> str:
        if measure == "satisficing":
            return percent(value)
        return (self.meaning.step if measure.startswith("regret") else self.meaning.text)(value)


def robust(
    study: Study, outcome: str, threshold: float | None = None, better: str | None = None
) -> Robustness:
    """Compare policies over uncertain futures.

    Parameters
    ----------
    study : Study
        Of a design in which every policy meets every future. Where no uncertainty varies, the
        replicates are the futures: their luck is the same for every policy.
    outcome : str
        A column of the study; at a point its mean over the replicates counts.
    threshold : float, optional
        What is good enough, in the outcome's own unit.
    better : str, optional
        "high" or "low", for an outcome of which that is not known: a measure of one's own.

    Raises
    ------
    CxsimError
        No such outcome, no policies to compare, or policies that do not meet the same futures.
    """
    design = study.design
    uncertain = [factor for factor in design.factors if factor.role == "uncertainty"]
    decided = [factor for factor in design.factors if factor.role != "uncertainty"]
    if not decided:
        raise CxsimError(
            "design: nothing in it is decided, so there are no policies to compare; "
            "vary levers or scenarios too"
        )
    about = meaning(outcome)
    if uncertain:
        table = study.points()
        need_outcome(design, table, outcome)
        known, _ = known_points(design, table, [outcome])
        table = table.loc[known]
        futures = [factor.name for factor in uncertain]
    else:
        table = study.runs()
        need_outcome(design, table, outcome)
        fine = table["error"].fillna("").astype(str).eq("")
        table, futures = table[fine & table[outcome].notna()], ["replicate"]
    direction = _direction(about, better)
    if threshold is not None and not math.isfinite(threshold):
        raise CxsimError(f"threshold: {shown(threshold)} where a number is wanted")
    names = [factor.name for factor in decided]
    policies = _policies(design, names, futures if uncertain else [])
    values, left_out = _values(table, policies, names, futures, outcome)
    shared = len(values[policies[0]])
    if shared < FEWEST_FUTURES:
        raise CxsimError(
            f"every policy has a result in {shared} futures only; at least "
            f"{FEWEST_FUTURES} are needed{how_often(outcome, table)}"
        )
    titles = {scenario.name: scenario.title for scenario in design.scenarios}
    found = _compared(decided, titles, values, direction, threshold)
    return Robustness(about, direction, threshold, found, shared, left_out, not uncertain)


def _direction(about: Meaning, better: str | None) -> str:
    if better is not None and better not in (HIGH, LOW):
        raise CxsimError(f"better: {shown(better)} where 'high' or 'low' is wanted")
    direction = better or about.better
    if direction is None:
        raise CxsimError(
            f"better: whether more or less of '{about.name}' is better is not known; "
            "say better='high' or better='low'"
        )
    return direction


Settings = tuple[Any, ...]


def _policies(design: Design, decided: list[str], futures: list[str]) -> list[Settings]:
    """Return the policies, or raise CxsimError unless all of several meet every future."""
    met: dict[Settings, set[Settings]] = {}
    for point in design.settings:
        policy = tuple(point[name] for name in decided)
        met.setdefault(policy, set()).add(tuple(point[name] for name in futures))
    if len(met) < 2:
        raise CxsimError(f"design: it has one policy only, so there is nothing to choose; {HOW}")
    every = set().union(*met.values())
    short = next((policy for policy, seen in met.items() if len(seen) < len(every)), None)
    if short is not None:
        label = _label([design.factor(name) for name in decided], {}, short)
        raise CxsimError(
            f"design: its {len(met)} policies do not meet the same futures (“{label}” meets "
            f"{len(met[short])} of {len(every)}), so their luck would be compared; {HOW}"
        )
    return list(met)


def _values(
    table: pd.DataFrame,
    policies: list[Settings],
    decided: list[str],
    futures: list[str],
    outcome: str,
) -> tuple[dict[Settings, np.ndarray], int]:
    """Return the outcome of each policy in the futures where all have one, and how many lack it."""
    found: dict[Settings, dict[Settings, float]] = {policy: {} for policy in policies}
    columns = [table[name].tolist() for name in (*decided, *futures, outcome)]
    for *settings, value in zip(*columns, strict=True):
        policy, future = tuple(settings[: len(decided)]), tuple(settings[len(decided) :])
        found[policy][future] = float(value)
    met = list(found.values())
    every = dict.fromkeys(future for futures in met for future in futures)
    shared = [future for future in every if all(future in futures for futures in met)]
    values = {p: np.array([seen[future] for future in shared]) for p, seen in found.items()}
    return values, len(every) - len(shared)


def _compared(
    decided: list[Factor],
    titles: Mapping[str, str],
    values: dict[Settings, np.ndarray],
    direction: str,
    threshold: float | None,
) -> tuple[Policy, ...]:
    sign = 1.0 if direction == HIGH else -1.0
    good = {policy: sign * found for policy, found in values.items()}
    best = np.max(list(good.values()), axis=0)
    worst = max(1, math.ceil(TENTH * len(best)))
    policies = []
    for settings, found in good.items():
        met = None if threshold is None else float((found >= sign * threshold).mean())
        policies.append(
            Policy(
                label=_label(decided, titles, settings),
                settings=dict(zip((factor.name for factor in decided), settings, strict=True)),
                values=values[settings],
                regret=best - found,
                satisficing=met,
                worst_tenth=sign * float(np.sort(found)[:worst].mean()),
            )
        )
    return tuple(policies)


def _label(factors: list[Factor], titles: Mapping[str, str], settings: Settings) -> str:
    """Return what people call a policy; `titles` are those of whole scenarios."""
    parts = []
    for factor, value in zip(factors, settings, strict=True):
        text = value_text(factor, value)
        if factor.role == "scenario":
            parts.append(titles.get(text, text))
        else:
            parts.append(f"{words.title(factor)} {text}")
    return ", ".join(parts)
