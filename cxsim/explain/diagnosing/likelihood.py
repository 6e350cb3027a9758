"""How likely each failure mode is, given what a company could see: a small fitted network.

For each mode the network says how likely it is to be there, whatever else is: several can be there
at once, or none. It was fitted to simulated companies by ``experiments/diagnosis``; the numbers lie
in ``fitted.npz`` beside this file.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.diagnosing.features import LEAST, SPANS, features
from cxsim.explain.diagnosing.observables import Observed

FITTED = Path(__file__).with_name("fitted.npz")
HEALTHY = "healthy"  # the last of the network's answers
REACH = 5.0  # standard deviations beyond which a feature counts no further


@dataclass(frozen=True, eq=False)
class Network:
    """One layer between features and answers.

    Attributes
    ----------
    answers : tuple of str
        Names of the failure modes' scenarios, and HEALTHY.
    centre, scale : array, shape (features,)
        In the order in which `features` gives them.
    first : array, shape (features, hidden)
    first_bias : array, shape (hidden,)
    second : array, shape (hidden, answers)
    second_bias : array, shape (answers,)
    """

    answers: tuple[str, ...]
    centre: np.ndarray
    scale: np.ndarray
    first: np.ndarray
    first_bias: np.ndarray
    second: np.ndarray
    second_bias: np.ndarray

    def likelihoods(self, table: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return how likely each answer is, shape (replicates, answers).

        Sums are made without the linear algebra library, whose last bits depend on the machine.
        """
        values = np.stack(list(table.values()), axis=1)
        inputs = np.clip((values - self.centre) / self.scale, -REACH, REACH)
        hidden = np.maximum(np.einsum("rf,fh->rh", inputs, self.first) + self.first_bias, 0.0)
        logits = np.einsum("rh,ha->ra", hidden, self.second) + self.second_bias
        return np.asarray(1.0 / (1.0 + np.exp(-logits)))


PARTS = ("centre", "scale", "first", "first_bias", "second", "second_bias")


def key(span: int, full: bool) -> str:
    """Return what a network is called in the fitted file."""
    return f"{'full' if full else 'company'}{span}"


@functools.cache
def network(span: int, full: bool) -> Network:
    """Return the network for a length of history, with numbers by function and layer or without.

    Raises
    ------
    CxsimError
        The fitted file is missing or damaged.
    """
    content = fitted()
    name = key(span, full)
    parts = {part: content[f"{name}/{part}"].astype(float) for part in PARTS}
    answers = tuple(str(one) for one in content["answers"])
    return Network(answers, **parts)


@functools.cache
def fitted() -> Mapping[str, np.ndarray]:
    """Return all that was fitted.

    Raises
    ------
    CxsimError
        The file is missing or damaged.
    """
    try:
        with np.load(FITTED) as content:
            return dict(content)
    except (OSError, ValueError) as error:
        raise CxsimError(f"{FITTED.name}: cannot be read: {error}; install cxsim again") from error


@functools.cache
def modes() -> tuple[str, ...]:
    """Return the names of the failure modes' scenarios, in the order of the answers."""
    return tuple(str(name) for name in fitted()["answers"] if name != HEALTHY)


def span_of(weeks: int) -> int:
    """Return how many weeks of a history are read: as many as there is a fit for.

    Raises
    ------
    CxsimError
        The history is too short.
    """
    if weeks < LEAST:
        raise CxsimError(
            f"weeks: {weeks} where a diagnosis wants at least {LEAST}; before that the ways to "
            "fail look alike"
        )
    return max(span for span in SPANS if span <= weeks)


def likelihoods(observed: Observed) -> np.ndarray:
    """Return how likely each answer is in each future, shape (replicates, answers).

    Raises
    ------
    CxsimError
        A history shorter than LEAST weeks.
    """
    span = span_of(observed.weeks)
    full = observed.is_full
    return network(span, full).likelihoods(features(observed, span, full))
