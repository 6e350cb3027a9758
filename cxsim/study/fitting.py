"""Search coefficients that show as many published patterns as possible, by CMA-ES."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log
from pathlib import Path
from typing import Any

import numpy as np
from cmaes import CMA

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.study.calibration import Coefficients, Cohort, clean, linked
from cxsim.study.trials import trials

REACH = 30.0  # a rate is searched within this factor of its default


@dataclass(frozen=True)
class Axis:
    """A coefficient as the search sees it: from 0 to 1, rates on a logarithmic scale."""

    name: str
    low: float
    high: float
    logarithmic: bool

    @classmethod
    def of(cls, name: str) -> Axis:
        """Return the axis of a coefficient: its registry range, a rate's within REACH."""
        clean({name: parameters.registry().find(name).default})
        parameter = parameters.registry().find(name)
        rate = parameter.unit.startswith("per ") and parameter.default > 0.0
        if not rate:
            return cls(name, parameter.low, parameter.high, False)
        low = max(parameter.low, parameter.default / REACH)
        return cls(name, low, min(parameter.high, parameter.default * REACH), True)

    def place(self, value: float) -> float:
        """Return where on the axis a value lies, 0..1."""
        low, high = (log(self.low), log(self.high)) if self.logarithmic else (self.low, self.high)
        at = log(max(value, self.low)) if self.logarithmic else value
        return min(1.0, max(0.0, (at - low) / (high - low)))

    def value(self, place: float) -> float:
        """Return the value at a place, 0..1."""
        if self.logarithmic:
            at = exp(log(self.low) + place * (log(self.high) - log(self.low)))
        else:
            at = self.low + place * (self.high - self.low)
        return min(self.high, max(self.low, at))


@dataclass(frozen=True)
class Fit:
    """What a search has found."""

    coefficients: dict[str, float]
    loss: float
    losses: tuple[float, ...]  # of the start, then the best of each generation


def fit(
    names: Sequence[str],
    cohort: Cohort,
    start: Coefficients | None = None,
    generations: int = 40,
    population: int | None = None,
    seed: int = 1,
    spread: float = 0.08,
    trace: Path | None = None,
    tell: Callable[[str], None] = lambda text: None,
    loss: Callable[[Coefficients], float] | None = None,
) -> Fit:
    """Search coefficients that show as many patterns as possible, by CMA-ES.

    Parameters
    ----------
    names : sequence of str
        Two coefficients or more.
    cohort : Cohort
        The firms to fit on; look at the result on others.
    start : mapping, optional
        Values to start from, in place of the defaults; of coefficients that are not searched too.
    population : int, optional
        Sets tried in a generation; by default what CMA-ES advises.
    spread : float
        First step, as a part of each axis.
    trace : Path, optional
        A JSON file that is written after each generation; a search that finds it goes on there.
    tell : callable
        Takes a line of progress after each generation.
    loss : callable, optional
        What to minimise; by default the loss of `evaluate`.

    Raises
    ------
    CxsimError
        Fewer than two names, an unknown one, or a trace of another search.
    """
    if len(set(names)) < 2:
        raise CxsimError("fit: two coefficients or more are wanted")
    fixed = clean(start or {})
    axes = [Axis.of(name) for name in names]
    defaults = {axis.name: parameters.registry().find(axis.name).default for axis in axes}
    places = np.array([axis.place(fixed.get(axis.name, defaults[axis.name])) for axis in axes])
    search = CMA(places, spread, np.array([[0.0, 1.0]] * len(axes)), seed=seed,
                 population_size=population)  # fmt: skip
    first = defaults | fixed
    settings = {
        "names": list(names),
        "start": fixed,
        "population": search.population_size,
        "seed": seed,
        "spread": spread,
        "firms": [len(cohort.everybody), cohort.seed],
    }
    known = _known(trace, settings)
    began = time.monotonic()
    with trials(cohort, loss) as measure:
        known = known or [measure([first])]
        best, curve = (known[0][0], first), [known[0][0]]
        for generation in range(1, generations + 1):
            asked = [search.ask() for _ in range(search.population_size)]
            sets = [_values(axes, places, fixed) for places in asked]
            if generation == len(known):
                known.append(measure(sets))
            losses = known[generation]
            search.tell(list(zip(asked, losses, strict=True)))
            best = min([best, *zip(losses, sets, strict=True)], key=lambda pair: pair[0])
            curve.append(min(losses))
            _write(trace, {**settings, "loss": best[0], "best": best[1], "generations": known})
            left = (time.monotonic() - began) / generation * (generations - generation)
            tell(
                f"generation {generation} of {generations}: {curve[-1]:.2f}, "
                f"best {best[0]:.2f}, about {left / 60.0:.0f} min left"
            )
    return Fit(linked(best[1]), best[0], tuple(curve))


def _values(axes: Sequence[Axis], places: np.ndarray, fixed: Coefficients) -> dict[str, float]:
    """Return the coefficients at a place of the search."""
    found = {axis.name: axis.value(x) for axis, x in zip(axes, places, strict=True)}
    return {**fixed, **found}


def _known(trace: Path | None, settings: Mapping[str, Any]) -> list[list[float]]:
    """Return the losses that an earlier search has written down: the start's, each generation's.

    The search asks the same questions again, being seeded, so their answers bring it to where it
    stopped.
    """
    if trace is None or not trace.exists():
        return []
    try:
        written = json.loads(trace.read_text(encoding="utf-8"))
        same = all(written[name] == value for name, value in settings.items())
        generations = [[float(loss) for loss in losses] for losses in written["generations"]]
    except (ValueError, KeyError, TypeError):
        raise CxsimError(f"{trace}: not the trace of a search; name another file") from None
    if not same:
        raise CxsimError(f"{trace}: of a search with other settings; name another file")
    return generations


def _write(trace: Path | None, content: Mapping[str, Any]) -> None:
    if trace is not None:
        trace.parent.mkdir(parents=True, exist_ok=True)
        fresh = trace.with_name(trace.name + ".new")
        fresh.write_text(json.dumps(content, indent=1), encoding="utf-8")
        fresh.replace(trace)  # whole or not at all: a search may be stopped at any time
