"""From likelihoods and what cures gain to an order of candidates, and a name for each future."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from cxsim.explain.chance import Mean
from cxsim.explain.diagnosing.cures import OUTCOMES, Cure, Trial

HEALTHY, UNSURE = "healthy", "cannot tell"
LIKELY = 0.5  # from which on a mode, or health, is named
PLAUSIBLE = 0.25  # from which on a mode is named beside a likely one, if its cure helps
TOLD = 0.05  # from which on a candidate is told on the terminal
POSSIBLE = 0.02  # below it no cure is tried
MOST = 8  # candidates at most
MOST_TOGETHER = 3  # whose cures are tried together
WORTH = 0.05  # of what is lacking: a smaller gain does not matter
SHORT_OF_PRACTICE = 0.15  # of those who would practise; who lacks less fails elsewhere, if at all
SHORT_OF_CUSTOMERS = 0.02  # of the customers
MANY_CUSTOMERS = (
    0.05  # of them: who lacks fewer, and practice hardly, has lost nothing that matters
)
DOUBT = 0.25  # what is left of the likelihood of a mode whose cure gains nothing
ENOUGH = 0.1  # share of what is lacking from which on a cure counts in full


@dataclass(frozen=True)
class Gain:
    """What a cure would have brought.

    Attributes
    ----------
    outcome : str
        "adoption" (employees who practise at the end), "customers" or "money" (USD).
    mean : Mean
        Over the futures, with its 95 % interval.
    lacking : float
        What the run lacks of it.
    beside : tuple of str
        Names of the modes that are cured anyway; empty for a cure by itself.
    """

    outcome: str
    mean: Mean
    lacking: float
    beside: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """Of what is lacking; 0 where nothing is."""
        return self.mean.value / self.lacking if self.lacking > 0.0 else 0.0

    @property
    def matters(self) -> bool:
        """Whether the cure clearly recovers more than a trifle."""
        clear = self.mean.value > 0.0 if isnan(self.mean.low) else self.mean.low > 0.0
        return clear and self.share >= WORTH


def candidates_of(likelihoods: np.ndarray) -> list[int]:
    """Return the modes that are possible at all, the likeliest first, MOST at most.

    Parameters
    ----------
    likelihoods : array, shape (replicates, modes)
    """
    means = likelihoods.mean(axis=0)
    return [int(n) for n in np.argsort(-means, kind="stable")[:MOST] if means[n] >= POSSIBLE]


def plausible_of(likelihoods: np.ndarray, places: Sequence[int]) -> list[int]:
    """Return those of the candidates whose cures are tried together."""
    means = likelihoods.mean(axis=0)
    return [n for n in places if means[n] >= PLAUSIBLE][:MOST_TOGETHER]


def gain_of(trial: Trial, mode: str) -> Gain:
    """Return what a cure gains, told in what the run lacks most of.

    By itself, or beside the cures of the other likely modes: whichever is more.
    """
    outcome = _harm(trial)
    place = OUTCOMES.index(outcome)
    lacking = float(trial.lacking[:, place].mean())
    alone = Gain(outcome, Mean.of(trial.gain(mode)[:, place]), lacking)
    others = trial.others(mode)
    if not others:
        return alone
    beside = Gain(outcome, Mean.of(trial.gain_beside(mode)[:, place]), lacking, others)
    return beside if beside.mean.value > alone.mean.value else alone


def _harm(trial: Trial) -> str:
    """Return where the harm lies: in practice, or else in customers, or else in money."""
    practice, customers, _ = trial.lacking.mean(axis=0)
    sound_practice, sound_customers, _ = trial.sound.mean(axis=0)
    if practice >= SHORT_OF_PRACTICE * sound_practice:
        return "adoption"
    return "customers" if customers >= SHORT_OF_CUSTOMERS * sound_customers else "money"


def unharmed(trial: Trial) -> np.ndarray:
    """Return in which futures a run has lost nothing that matters, shape (replicates,)."""
    practice, customers, _ = trial.lacking.T
    sound_practice, sound_customers, _ = trial.sound.T
    return np.asarray(
        (practice < SHORT_OF_PRACTICE * sound_practice)
        & (customers < MANY_CUSTOMERS * sound_customers)
    )


def weight(gain: Gain | None, cure: Cure | None) -> float:
    """Return by how much a likelihood counts after its cure was tried, 0..1.

    A cure that recovers much with few changes speaks for its mode more than one that changes
    everything; one that changes nothing here rules its mode out.
    """
    if gain is None or cure is None:
        return 1.0
    if not cure.changes:
        return 0.0
    recovered = min(max(gain.share, 0.0) / ENOUGH, 1.0)
    return DOUBT + (1.0 - DOUBT) * recovered


def name_futures(
    likelihoods: np.ndarray, healthy: np.ndarray, weights: Sequence[float]
) -> np.ndarray:
    """Return for each future the place of the mode that is named first, -1 health, -2 unsure.

    Parameters
    ----------
    likelihoods : array, shape (replicates, candidates)
    healthy : array, shape (replicates,)
    weights : sequence of float
        One for each candidate.
    """
    sure = np.where(healthy >= LIKELY, -1, -2)
    if not likelihoods.shape[1]:
        return sure
    scores = likelihoods * np.asarray(weights)
    first = scores.argmax(axis=1)
    likely = np.take_along_axis(likelihoods, first[:, None], axis=1)[:, 0] >= LIKELY
    alive = scores.max(axis=1) > 0.0
    return np.where(likely & alive, first, sure)
