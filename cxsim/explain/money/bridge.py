"""From a calculator's figure to the model's, one assumption given up after the other.

Every step but the first is the difference between two worlds in the same futures. The order is
fixed, because some assumptions make no sense without others (what is not begun cannot be kept):
first practice has to be won, then it can be lost again, then the budget moves too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxsim.explain.compare import paired_difference
from cxsim.explain.money.roi import KEPT_BUDGET, PERMANENT, PROMISE

NAN = float("nan")
CALCULATOR, MODEL, RATES = "calculator", "model", "rates"
# Coefficients of the worlds between the scenario (first) and the calculator's (last).
WORLDS: dict[str, dict[str, float]] = {
    "budget": KEPT_BUDGET,
    "permanent": {**KEPT_BUDGET, **PERMANENT},
    "instant": PROMISE,
}
LABELS = {
    CALCULATOR: "A conventional calculator promises",
    RATES: "because it reckons with rates",
    "instant": "because everybody practises from week 0 in it",
    "permanent": "because nobody falls back in it",
    "budget": "because the budget stays as planned in it",
    MODEL: "The model's mean",
}


@dataclass(frozen=True)
class Step:
    """One bar of the bridge.

    Attributes
    ----------
    name, label : str
    value : float
        USD: of the total, or of the change.
    low, high : float
        95 % interval; NaN where there is none.
    start, end : float
        Where the bar stands, USD.
    """

    name: str
    label: str
    value: float
    low: float
    high: float
    start: float
    end: float

    @property
    def is_total(self) -> bool:
        """Whether the bar begins at zero."""
        return self.name in (CALCULATOR, MODEL)


def bridge(promise: float, values: Sequence[np.ndarray]) -> tuple[Step, ...]:
    """Return the steps from the calculator's figure to the model's mean.

    Parameters
    ----------
    promise : float
        What the calculator says, USD.
    values : sequence of array, each of shape (replicates,)
        Net value at the horizon of the scenario and of each of `WORLDS`, in this order.
    """
    steps = [_total(CALCULATOR, promise, NAN, NAN)]
    ideal = float(values[-1].mean())
    steps.append(_step(RATES, ideal - promise, NAN, NAN, promise))
    backwards = zip(reversed(WORLDS), reversed(values[:-1]), reversed(values[1:]), strict=True)
    for name, given_up, assumed in backwards:
        mean, _, low, high = paired_difference(assumed, given_up)
        steps.append(_step(name, mean, low, high, steps[-1].end))
    mean, _, low, high = paired_difference(np.zeros_like(values[0]), values[0])
    return (*steps, _total(MODEL, mean, low, high))


def _total(name: str, value: float, low: float, high: float) -> Step:
    return Step(name, LABELS[name], value, low, high, 0.0, value)


def _step(name: str, value: float, low: float, high: float, start: float) -> Step:
    return Step(name, LABELS[name], value, low, high, start, start + value)
