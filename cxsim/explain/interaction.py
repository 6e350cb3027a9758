"""Was it the policy or the assumption? Two policies in two worlds, and what is left over.

The effect of a policy is B less A in the same world. If the effect changes with the world, policy
and assumption *interact*: the interaction is the effect under changed assumptions less the effect
under the first ones, future by future.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.compare import paired_difference
from cxsim.explain.headlines import HEADLINES, Headline
from cxsim.explain.rounding import rounded
from cxsim.results import Ensemble

FEWEST = 2  # futures behind an interval


@dataclass(frozen=True)
class Effect:
    """A mean over the futures with its 95 % interval, in natural units and as text."""

    value: float
    low: float
    high: float
    text: str
    interval: str

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class InteractionRow:
    """One outcome: the policy's effect in both worlds, and what the worlds change about it.

    `beside` has both effects written without their intervals, to stand beside each other.
    """

    name: str
    label: str
    before: Effect
    after: Effect
    interaction: Effect
    words: str
    beside: tuple[str, str]


def interaction(
    a: Ensemble, b: Ensemble, a_changed: Ensemble, b_changed: Ensemble
) -> list[InteractionRow]:
    """Split what policy and assumption do.

    Parameters
    ----------
    a, b : Ensemble
        Without and with the policy, under the first assumptions.
    a_changed, b_changed : Ensemble
        The same two under the changed ones, with the same seed and number of futures.

    Raises
    ------
    CxsimError
        The four did not meet the same luck.
    """
    four = (a, b, a_changed, b_changed)
    if len({(one.seed, one.replicates) for one in four}) > 1:
        raise CxsimError("the four ensembles need the same seed and the same number of futures")
    known = (headline for headline in HEADLINES if all(headline.known(one) for one in four))
    rows = (_row(headline, *four) for headline in known)
    return [row for row in rows if row is not None]


def _row(
    headline: Headline, a: Ensemble, b: Ensemble, a_changed: Ensemble, b_changed: Ensemble
) -> InteractionRow | None:
    """One outcome; None where it never happens on all four sides of any future."""
    values = np.array(
        [headline.values(one) * headline.factor for one in (a, b, a_changed, b_changed)]
    )
    with_all = values[:, np.isfinite(values).all(axis=0)]
    if with_all.shape[1] < FEWEST:
        return None
    before, after = with_all[1] - with_all[0], with_all[3] - with_all[2]
    first, then, change = (_effect(headline, one) for one in (before, after, after - before))
    words = _words(headline, first, then, change)
    beside = (_bare(headline, before), _bare(headline, after))
    return InteractionRow(headline.name, headline.label, first, then, change, words, beside)


def _effect(headline: Headline, differences: np.ndarray) -> Effect:
    mean, _, low, high = paired_difference(np.zeros(len(differences)), differences)
    number = rounded(mean, low, high, whole=headline.whole)
    text = f"{number.in_words(headline.money)} {headline.unit}".strip()
    return Effect(mean, low, high, text, number.interval(headline.money))


def _bare(headline: Headline, differences: np.ndarray) -> str:
    """Return the mean in a unit that does not depend on its interval."""
    mean, _, low, high = paired_difference(np.zeros(len(differences)), differences)
    number = replace(rounded(mean, low, high, whole=headline.whole), low=None, high=None)
    return f"{number.in_words(headline.money)} {headline.unit}".strip()


def _words(headline: Headline, before: Effect, after: Effect, change: Effect) -> str:
    """What the changed assumptions do to the policy's effect."""
    if not change.clear:
        return "no clear interaction: the policy does about the same in both worlds"
    if before.clear and after.clear and before.value * after.value < 0:
        return "the assumption turns the policy's effect around"
    good = 1.0 if headline.better == "high" else -1.0
    if good * before.value <= 0 and good * after.value <= 0:
        word = "less harm" if good * change.value > 0 else "more harm"
        return f"the policy does {word} under your assumptions"
    word = "more" if good * change.value > 0 else "less"
    return f"the policy helps {word} under your assumptions"
