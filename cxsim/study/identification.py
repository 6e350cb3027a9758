"""Which fitted coefficients the patterns really pin down, and which they leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cxsim import parameters
from cxsim.study.calibration import Coefficients, Cohort
from cxsim.study.trials import Loss, trials

STEP = 0.3  # part of its own value by which a coefficient is moved, down and up
NOTICED = 0.3  # rise of the loss that counts: as much as from a figure to the edge of its interval


@dataclass(frozen=True)
class Pinned:
    """What happens to the loss when one coefficient is moved.

    Attributes
    ----------
    name : str
    value : float
        The one moved from.
    down, up : float
        Rise of the loss when it is 30 % lower, or higher.
    """

    name: str
    value: float
    down: float
    up: float

    @property
    def identified(self) -> bool:
        """Whether the patterns object on both sides."""
        return min(self.down, self.up) >= NOTICED


def identify(
    names: Sequence[str],
    cohort: Cohort,
    fitted: Coefficients | None = None,
    loss: Loss | None = None,
) -> list[Pinned]:
    """Move each coefficient by 30 % down and up, one at a time, and see what the patterns say.

    Parameters
    ----------
    names : sequence of str
        Coefficients that were fitted.
    fitted : mapping, optional
        Where to move from; the registry's defaults otherwise.
    loss : callable, optional
        In place of the loss of `evaluate`.
    """
    registry = parameters.registry()
    start = {name: registry.find(name).default for name in names} | dict(fitted or {})
    sets: list[Coefficients] = [start]
    for name in names:
        parameter = registry.find(name)
        for factor in (1.0 - STEP, 1.0 + STEP):
            moved = min(parameter.high, max(parameter.low, start[name] * factor))
            sets.append(start | {name: moved})
    with trials(cohort, loss) as measure:
        here, *losses = measure(sets)
    rises = [value - here for value in losses]
    return [
        Pinned(name, start[name], down, up)
        for name, down, up in zip(names, rises[::2], rises[1::2], strict=True)
    ]
