"""Which of the model's own numbers its results rest on: what is varied, and what was found.

Coefficients and facts of firm and market are varied around their defaults; levers are not, since
they are decisions and not something that nobody knows. `kept` gives the findings that come with
the package; `cxsim.study.sensitivity_runs.investigate` makes new ones.
"""

from __future__ import annotations

import functools
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.parameters import Parameter
from cxsim.values import suggestion

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.scenario import Scenario

KEPT = Path(__file__).with_name("sensitivity.json")
VARIED = ("organisation", "market", "coefficients")

ASSUMED, CALIBRATED, REMEMBERED, SOURCED = "assumption", "calibrated", "from memory", "sourced"
GROUPS = (ASSUMED, CALIBRATED, REMEMBERED, SOURCED)
# How far each way, as a share of the default. An assumption may be a quarter off: an expert would
# hardly object to either end. Who fits coefficients to patterns learns about their combinations,
# not about each one, so the calibrated ones vary as much. What a source gives is a number from
# another firm or another time, and may be a tenth off here; from memory it is less certain.
WIDTHS = {ASSUMED: 0.25, CALIBRATED: 0.25, REMEMBERED: 0.15, SOURCED: 0.1}
# A scale that goes through zero, or a default of zero, has no share of its own to vary by. This
# share of the allowed range stands for the default there.
STEP = 0.2

INNOVATORS = 1.96  # standard deviations below the mean threshold where innovators end, by E1.19
REASONS_BY_NAME = {
    "reference_employees": "a unit: efforts are stated for firms of this size",
    "innovator_threshold": "follows from threshold_mean and threshold_spread, and moves with them",
}
REASONS = {
    "integer": "a count: it says which company this is",
    "functions": "names: they say which company this is",
    "function": "a name: it says which company this is",
    "list": "shares that sum to one: they say which company this is",
    "text": "text: it changes no number",
}


# ------------------------------------------------------------------ what is varied


@dataclass(frozen=True)
class Factor:
    """One number of the model that is varied.

    Attributes
    ----------
    name, grade : str
        As in the registry.
    low, default, high : float
        Both ends of the interval, and the registry's default, in the parameter's own unit.
    """

    name: str
    grade: str
    low: float
    default: float
    high: float

    @property
    def group(self) -> str:
        """What the number rests on: one of `GROUPS`."""
        return group_of(self.grade)

    @property
    def position(self) -> float:
        """Where the default lies between both ends, 0..1."""
        return (self.default - self.low) / (self.high - self.low)

    def at(self, position: float) -> float:
        """Return the value at a position between both ends, 0..1."""
        value = self.low + position * (self.high - self.low)
        return min(max(value, self.low), self.high)


def group_of(grade: str) -> str:
    """Return what a parameter of this grade rests on: one of `GROUPS`."""
    if grade in (ASSUMED, CALIBRATED):
        return grade
    return REMEMBERED if grade.startswith("M-") else SOURCED


def factors() -> tuple[Factor, ...]:
    """Return everything that is varied, in the registry's order."""
    found = (_factor(parameter) for parameter in _candidates() if not _reason(parameter))
    return tuple(factor for factor in found if factor.low < factor.high)


def with_what_follows(settings: Mapping[str, float], scenario: Scenario) -> dict[str, float]:
    """Return settings and those numbers that follow from them; the rest is the scenario's."""
    settings = dict(settings)
    if not {"threshold_mean", "threshold_spread"} & set(settings):
        return settings
    known = {**scenario.coefficients, **settings}
    innovators = known["threshold_mean"] - INNOVATORS * known["threshold_spread"]
    return {**settings, "innovator_threshold": max(0.0, innovators)}


def left_out() -> dict[str, str]:
    """Return the facts and coefficients that are not varied, each with the reason."""
    return {p.name: reason for p in _candidates() if (reason := _reason(p))}


def _candidates() -> list[Parameter]:
    registry = parameters.registry()
    return [parameter for kind in VARIED for parameter in registry.table(kind).values()]


def _reason(parameter: Parameter) -> str:
    return REASONS_BY_NAME.get(parameter.name) or REASONS.get(parameter.type, "")


def _factor(parameter: Parameter) -> Factor:
    default, width = float(parameter.default), WIDTHS[group_of(parameter.grade)]
    without_zero = parameter.low >= 0.0 and default > 0.0
    reach = width * (default if without_zero else STEP * (parameter.high - parameter.low))
    low, high = max(parameter.low, default - reach), min(parameter.high, default + reach)
    return Factor(parameter.name, parameter.grade, low, default, high)


# ------------------------------------------------------------------ what was found


@dataclass(frozen=True)
class Effect:
    """What one factor does when it goes from its low to its high end, all others anywhere.

    Attributes
    ----------
    name : str
    size, margin : float
        Mean of the sizes of the effects (Morris' mu*), and half its 95 % interval.
    mean, spread : float
        Mean with its sign (mu), and the standard deviation of the effects (sigma): large beside
        `size` where the effect depends on what else is the case.
    """

    name: str
    size: float
    margin: float
    mean: float
    spread: float

    @property
    def direction(self) -> str:
        """Whether it raises ("+") or lowers ("-") the outcome, or one or the other ("±")."""
        if abs(self.mean) < 0.5 * self.size or self.size == 0.0:
            return "±"
        return "+" if self.mean > 0.0 else "-"


@dataclass(frozen=True)
class Share:
    """What part of an outcome's variance one factor, or a group of them, accounts for.

    Attributes
    ----------
    name : str
        Of the factor, or of the group.
    first, first_margin : float
        What would vanish if it were known (first-order index), and half the 95 % interval.
    total, total_margin : float
        What would remain if all else were known (total index): interactions included.
    """

    name: str
    first: float
    first_margin: float
    total: float
    total_margin: float


@dataclass(frozen=True)
class Answer:
    """What was found about one outcome, in the outcome's own unit.

    Attributes
    ----------
    name, label : str
    at_defaults : float
        Mean over the futures when every factor stands at its default.
    low, middle, high : float
        5 %, 50 % and 95 % of the points when every factor varies; a point is a mean of futures.
    spread : float
        Standard deviation of those points.
    spread_of_few : float
        The same when only the factors in `shares` vary.
    luck : float
        Standard deviation between futures at one point: same coefficients, other luck.
    noise : float
        Part of the points' variance that is luck which a mean of few futures has left.
    effects : tuple of Effect
        Of every factor, largest first.
    shares : tuple of Share
        Of the factors that matter most, in the order of their total.
    groups : tuple of Share
        By what the numbers rest on, every factor varied.
    """

    name: str
    label: str
    at_defaults: float
    low: float
    middle: float
    high: float
    spread: float
    spread_of_few: float
    luck: float
    noise: float
    effects: tuple[Effect, ...]
    shares: tuple[Share, ...]
    groups: tuple[Share, ...]

    @property
    def assumed(self) -> float:
        """Part of the variance that would vanish, at least, if every assumption were known.

        One less the totals of all other groups: what they do together with assumptions counts as
        theirs. Small totals are estimated far better than the large share itself.
        """
        others = math.fsum(group.total for group in self.groups if group.name != ASSUMED)
        return min(1.0, max(0.0, 1.0 - others))

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Answer:
        """Return the answer that `dataclasses.asdict` made a table of."""
        parts: dict[str, type] = {"effects": Effect, "shares": Share, "groups": Share}
        lists = {key: tuple(kind(**row) for row in table[key]) for key, kind in parts.items()}
        return cls(**{**table, **lists})


@dataclass(frozen=True)
class Findings:
    """Everything that one investigation found.

    Attributes
    ----------
    made : mapping
        How: scenario, its hash, seed, sizes, version.
    factors : tuple of Factor
    left_out : mapping
        Names that were not varied, each with the reason.
    answers : mapping
        Outcome name to what was found.
    """

    made: Mapping[str, Any]
    factors: tuple[Factor, ...]
    left_out: Mapping[str, str]
    answers: Mapping[str, Answer]

    def answer(self, outcome: str) -> Answer:
        """Return what was found about one outcome.

        Raises
        ------
        CxsimError
            No such outcome.
        """
        if outcome not in self.answers:
            raise CxsimError(f"{outcome}: no such outcome{suggestion(outcome, self.answers)}")
        return self.answers[outcome]

    def factor(self, name: str) -> Factor:
        """Return a factor by its name."""
        return next(factor for factor in self.factors if factor.name == name)

    def table(self, outcome: str) -> pd.DataFrame:
        """Return one row per factor, largest effect first; NaN where no share was worked out.

        Columns: factor, rests_on, grade, low, default, high, size, margin, direction, spread,
        first, first_margin, total, total_margin.
        """
        import pandas as pd

        answer = self.answer(outcome)
        shares = {share.name: asdict(share) for share in answer.shares}
        rows = []
        for effect in answer.effects:
            factor = self.factor(effect.name)
            row = {"factor": factor.name, "rests_on": factor.group, **asdict(factor)}
            row |= {**asdict(effect), "direction": effect.direction, **shares.get(factor.name, {})}
            rows.append(row)
        columns = ["factor", "rests_on", "grade", "low", "default", "high", "size", "margin"]
        columns += ["direction", "spread", "first", "first_margin", "total", "total_margin"]
        return pd.DataFrame(rows).reindex(columns=columns)

    def out_of_date(self) -> list[str]:
        """Return the names whose interval or default is no longer what it was in the runs."""
        now = {factor.name: factor for factor in factors()}
        then = {factor.name: factor for factor in self.factors}
        return sorted(name for name in now | then if now.get(name) != then.get(name))

    def to_json(self) -> str:
        """Return the findings as JSON text, numbers to five digits."""
        content = {
            "made": dict(self.made),
            "factors": [asdict(factor) for factor in self.factors],
            "left_out": dict(self.left_out),
            "answers": [_rounded(asdict(answer)) for answer in self.answers.values()],
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read(path: str | os.PathLike[str]) -> Findings:
    """Return the findings in a file that `Findings.to_json` wrote.

    Raises
    ------
    CxsimError
        The file cannot be read, or is not such a file.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        answers = [Answer.from_table(table) for table in content["answers"]]
        return Findings(
            made=content["made"],
            factors=tuple(Factor(**table) for table in content["factors"]),
            left_out=content["left_out"],
            answers={answer.name: answer for answer in answers},
        )
    except OSError as error:
        raise CxsimError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CxsimError(
            f"{path}: not a file of findings on sensitivity; give the sensitivity.json that "
            "`python -m experiments.sensitivity` wrote"
        ) from error


@functools.cache
def kept() -> Findings:
    """Return the findings that come with the package."""
    return read(KEPT)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_rounded(item) for item in value]
    return value
