"""Where a study looks: the points that each method puts between the ends of the factors."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cxsim.study.design.factor import UNCERTAINTY, Factor

if TYPE_CHECKING:
    import numpy as np

FACTORIAL, ONE_AT_A_TIME, TABLE = "factorial", "one_at_a_time", "table"
LATIN_HYPERCUBE, SOBOL_SEQUENCE = "latin_hypercube", "sobol_sequence"
SALTELLI, MORRIS = "saltelli", "morris"
# Each method with the number that `samples` has unless one is given.
METHODS = {
    FACTORIAL: 5,
    ONE_AT_A_TIME: 5,
    LATIN_HYPERCUBE: 64,
    SOBOL_SEQUENCE: 64,
    SALTELLI: 64,
    MORRIS: 10,
    TABLE: 1,
}
MEANING = {
    FACTORIAL: "levels of a range",
    ONE_AT_A_TIME: "levels of a range",
    LATIN_HYPERCUBE: "points, the same for every policy",
    SOBOL_SEQUENCE: "points, the same for every policy",
    SALTELLI: "base samples",
    MORRIS: "trajectories",
}
MORRIS_LEVELS = 4  # of the grid on which trajectories walk; cxsim.study.sensitivity_indices too

Settings = dict[str, Any]


def count(method: str, factors: Sequence[Factor], samples: int) -> int:
    """Return how many points a method makes, without making them (a table has its own number).

    Of one-at-a-time it is the most possible: a level that is the base's own value is left out.
    """
    match method:
        case "factorial":
            return math.prod(len(factor.grid(samples)) for factor in factors)
        case "one_at_a_time":
            return 1 + sum(len(factor.grid(samples)) for factor in factors)
        case "saltelli":
            return samples * (len(factors) + 2)
        case "morris":
            return samples * (len(factors) + 1)
        case _:
            return samples * math.prod(len(policy.values or ()) for policy in policies(factors))


def policies(factors: Sequence[Factor]) -> list[Factor]:
    """Return the decisions that are listed: whole scenarios, and levers with a list of values.

    A Latin hypercube and a Sobol' sequence look at every combination of them at each point of all
    else, so that policies are compared in the same futures.
    """
    return [f for f in factors if f.values is not None and f.role != UNCERTAINTY]


def usual(factors: Sequence[Factor], rows: Sequence[object] = ()) -> str:
    """Return the method for a design that names none."""
    if rows:
        return TABLE
    listed = bool(factors) and len(policies(factors)) == len(factors)
    return FACTORIAL if listed else LATIN_HYPERCUBE


def drawn(method: str, factors: Sequence[Factor], samples: int, seed: int) -> np.ndarray:
    """Return the positions that a method of drawing takes, shape (points, factors), in 0..1.

    A larger Sobol' sequence or Saltelli sample begins with the points of a smaller one.
    """
    import numpy as np

    match method:
        case "latin_hypercube" | "sobol_sequence":
            points = _crossed(method, factors, samples, seed)
        case "saltelli":
            from SALib.sample import sobol

            points = sobol.sample(_described(factors), samples, calc_second_order=False, seed=seed)
        case _:
            from SALib.sample import morris

            points = morris.sample(
                _described(factors), samples, num_levels=MORRIS_LEVELS, seed=seed
            )
    return np.clip(np.asarray(points, float), 0.0, 1.0)


def _crossed(method: str, factors: Sequence[Factor], samples: int, seed: int) -> np.ndarray:
    """Return every combination of the policies at each point of a sample of all else."""
    import numpy as np
    from scipy.stats import qmc

    listed = policies(factors)
    places = [place for place, factor in enumerate(factors) if factor not in listed]
    if method == SOBOL_SEQUENCE:
        sample = _sobol(len(places), samples, seed)
    else:
        sample = qmc.LatinHypercube(len(places), rng=np.random.default_rng(seed)).random(samples)
    choices = list(itertools.product(*(_middles(len(policy.values or ())) for policy in listed)))
    points = np.empty((samples, len(choices), len(factors)))
    points[:, :, places] = sample[:, None, :]
    for column, policy in enumerate(listed):
        points[:, :, factors.index(policy)] = [choice[column] for choice in choices]
    return points.reshape(-1, len(factors))


def _middles(parts: int) -> list[float]:
    """Return the middles of equal parts of 0..1, which is where a list has its values."""
    return [(part + 0.5) / parts for part in range(parts)]


def _sobol(number: int, samples: int, seed: int) -> np.ndarray:
    import numpy as np
    from scipy.stats import qmc

    sequence = qmc.Sobol(number, rng=np.random.default_rng(seed))
    with warnings.catch_warnings():  # any length is allowed; a power of two is more even
        warnings.filterwarnings("ignore", message="The balance properties", category=UserWarning)
        return sequence.random(samples)


def _described(factors: Sequence[Factor]) -> dict[str, Any]:
    from cxsim.study.sensitivity_indices import problem

    return problem([factor.name for factor in factors])


def grid(factors: Sequence[Factor], samples: int) -> list[Settings]:
    """Return every combination of the levels; those of the last factor change fastest."""
    names = [factor.name for factor in factors]
    levels = [factor.grid(samples) for factor in factors]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*levels)]


def one_at_a_time(
    factors: Sequence[Factor], samples: int, centre: Mapping[str, Any]
) -> list[Settings]:
    """Return the centre, and for each factor its other levels with all else as in the centre."""
    points = [dict(centre)]
    for factor in factors:
        points += [
            {**centre, factor.name: value}
            for value in factor.grid(samples)
            if value != centre[factor.name]
        ]
    return points
