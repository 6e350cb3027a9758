"""What is wanted of a future: an outcome or a measure with a bound.

parse_goal("adoption >= 0.5")
parse_goal("payback")                       # within the horizon
parse_goal("mean(open_issues, -13) < 40")
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np

from cxsim import measures
from cxsim.errors import CxsimError
from cxsim.results import Ensemble
from cxsim.series import OUTCOMES, SERIES, Outcome, check_share
from cxsim.timeline import LONGEST
from cxsim.values import parse_amount, shown, suggestion

EXAMPLE = 'write it like "adoption >= 0.5", "churn_yearly <= 0.1" or "mean(open_issues, -13) < 40"'
SIGNS = {">=": np.greater_equal, "<=": np.less_equal, ">": np.greater, "<": np.less}
_SIGN = re.compile(r">=|<=|==|!=|>|<|=|≥|≤")
_ALIAS = {"≥": ">=", "≤": "<="}
_LOGARITHMS = 50.0  # brings the logarithm of any margin below one
# Words that people write for an outcome, blanks and hyphens left out.
_SAID = {"churn": "churn_yearly", "payback": "payback_week", "netvalue": "net_value"}
_ALONE = {"payback": f"payback_week <= {LONGEST}"}  # never is worse than any week
_WITHOUT_PROGRAMME = ("net_value", "payback_week", "worse_than_none")


@dataclass(frozen=True)
class Goal:
    """A bound on one number of each future.

    Attributes
    ----------
    text : str
        As written, blanks made even.
    what : str
        Name of an outcome, or a measure.
    sign : str
        ">=", "<=", ">" or "<".
    bound : float
        In the number's own unit.
    """

    text: str
    what: str
    sign: str
    bound: float

    @property
    def outcome(self) -> Outcome | None:
        """The outcome that is bounded; None for a measure."""
        return OUTCOMES.get(self.what)

    @property
    def baseline(self) -> bool:
        """Whether the same company without a programme has to be run too."""
        return any(name in self.what for name in _WITHOUT_PROGRAMME)

    def values(self, ensemble: Ensemble) -> np.ndarray:
        """Return the bounded number of each future, NaN for never or no answer."""
        if self.outcome is not None:
            return ensemble.outcome(self.what)
        return measures.parse(self.what).of(ensemble)

    def met(self, values: np.ndarray) -> np.ndarray:
        """Return for each future whether the goal is met; NaN never meets it."""
        return np.asarray(SIGNS[self.sign](values, self.bound))

    def margins(self, values: np.ndarray) -> np.ndarray:
        """Return how far each future is beyond the bound, -1..1; below zero it falls short.

        A search needs it where no future, or every one, meets the goal. Logarithms, since nobody
        knows beforehand how far off the numbers will be.
        """
        unit = abs(self.bound) or 1.0
        side = 1.0 if self.sign.startswith(">") else -1.0
        margin = side * (values - self.bound) / unit
        size = np.minimum(1.0, np.log1p(np.abs(margin)) / _LOGARITHMS)
        return np.where(np.isnan(margin), -1.0, np.sign(margin) * size)

    def nearness(self, values: np.ndarray) -> float:
        """Return how near the futures come on average, -1..1: it tells equal chances apart."""
        return float(self.margins(values).mean())

    def typical(self, values: np.ndarray) -> str:
        """Return the median in the unit of the bound; "never" counts as worst."""
        worst = -np.inf if self.sign.startswith(">") else np.inf
        middle = float(np.median(np.where(np.isnan(values), worst, values)))
        return f"{middle:.4g}" if math.isfinite(middle) else "never"


def parse_goal(text: object) -> Goal:
    """Read a goal.

    Raises
    ------
    CxsimError
        No bound, an unknown outcome, a measure that cannot be read, or a bound that is no number
        or cannot be one of this outcome.
    """
    if not isinstance(text, str) or not text.strip():
        raise CxsimError(f"goal: {shown(text)} where a goal is wanted; {EXAMPLE}")
    text = _ALONE.get(_bare(text), text)
    found = _SIGN.findall(text)
    if len(found) != 1 or _ALIAS.get(found[0], found[0]) not in SIGNS:
        raise CxsimError(f"goal: {shown(text)} needs one of >=, <=, >, < and a bound; {EXAMPLE}")
    what, bound = (" ".join(part.split()) for part in _SIGN.split(text))
    what, sign = _SAID.get(_bare(what), what), _ALIAS.get(found[0], found[0])
    number = parse_amount(bound)
    if not what or number is None:
        said = f"{shown(bound)} where a number is wanted" if what else "nothing is bounded"
        raise CxsimError(f"goal: {said}; {EXAMPLE}")
    if re.fullmatch(r"\w+", what):
        _check_outcome(what, number)
    else:
        _check_measure(what)
    return Goal(f"{what} {sign} {bound}", what, sign, number)


def _bare(text: str) -> str:
    return re.sub(r"[\s_-]", "", text).lower()


def _check_outcome(name: str, bound: float) -> None:
    if name not in OUTCOMES:
        hint = suggestion(name, OUTCOMES)
        if name in SERIES:
            hint = f", but a weekly series: give weeks, such as mean({name}, -13)"
        raise CxsimError(f"goal: {name}: no such outcome{hint or _all_outcomes()}")
    check_share(name, bound, "goal")


def _all_outcomes() -> str:
    return f"; there are {', '.join(OUTCOMES)}, and measures such as mean(adoption, -13)"


def _check_measure(text: str) -> None:
    try:
        measures.parse(text)
    except CxsimError as error:
        raise CxsimError(f"goal: {error}") from None


def in_words(goal: Goal, typical: str) -> str:
    """Return a typical value with the label of what is bounded."""
    if goal.outcome is None or typical == "never":
        return f"{goal.what} {typical}"
    return f"{goal.outcome.label.lower()} {typical} ({goal.outcome.unit})"
