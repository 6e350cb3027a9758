"""Sensitivity indices of any function of numbers between 0 and 1, by SALib.

A model here is a function from points, shape (points, factors), to outcomes, shape (points,
outcomes). SALib says nothing when an outcome is not a number, and gives indices that are all zero
or not numbers either; so outcomes are checked first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from SALib.analyze import morris as morris_indices
from SALib.analyze import sobol as sobol_indices
from SALib.sample import morris as morris_points
from SALib.sample import sobol as sobol_points

from cxsim.errors import CxsimError
from cxsim.study.sensitivity import Effect, Share

Model = Callable[[np.ndarray], np.ndarray]

LEVELS = 4  # of the grid on which Morris' trajectories walk
RESAMPLES = 500  # for the intervals
RESAMPLING_SEED = 1


def problem(names: Sequence[str], groups: Sequence[str] | None = None) -> dict[str, Any]:
    """Return factors between 0 and 1 as SALib describes them."""
    described: dict[str, Any] = {
        "num_vars": len(names),
        "names": list(names),
        "bounds": [[0.0, 1.0]] * len(names),
    }
    return described if groups is None else {**described, "groups": list(groups)}


def screen(
    names: Sequence[str], model: Model, trajectories: int, seed: int
) -> list[tuple[Effect, ...]]:
    """Screen factors by Morris' method, `trajectories` * (factors + 1) points.

    Returns
    -------
    list of tuple of Effect
        For each outcome the factors, largest effect first.

    Raises
    ------
    CxsimError
        An outcome is not a finite number at some point.
    """
    described = problem(names)
    points = morris_points.sample(described, trajectories, num_levels=LEVELS, seed=seed)
    outcomes = checked(model(points), len(points))
    return [effects_of(names, points, column) for column in outcomes.T]


def effects_of(
    names: Sequence[str], points: np.ndarray, outcome: np.ndarray, levels: int = LEVELS
) -> tuple[Effect, ...]:
    """Return the effects that Morris' trajectories found, largest first.

    Parameters
    ----------
    names : sequence of str
    points : array, shape (points, factors)
        The trajectories, one after the other, positions 0..1.
    outcome : array, shape (points,)
        Finite.
    levels : int
        Of the grid on which the trajectories walk.
    """
    found = morris_indices.analyze(
        problem(names), points, outcome, num_levels=levels, num_resamples=RESAMPLES,
        seed=RESAMPLING_SEED,
    )  # fmt: skip
    columns = (found[key] for key in ("mu_star", "mu_star_conf", "mu", "sigma"))
    rows = zip(names, *columns, strict=True)
    effects = [Effect(name, *map(float, numbers)) for name, *numbers in rows]
    return tuple(sorted(effects, key=lambda effect: -effect.size))


def decompose(
    names: Sequence[str],
    model: Model,
    samples: int,
    seed: int,
    groups: Sequence[str] | None = None,
) -> tuple[list[tuple[Share, ...]], np.ndarray]:
    """Divide the variance of each outcome by Sobol's method, `samples` * (factors + 2) points.

    Parameters
    ----------
    samples : int
        A power of two.
    groups : sequence of str, optional
        The group of each factor: then the variance is divided among groups.

    Returns
    -------
    shares : list of tuple of Share
        For each outcome the factors or groups, in the order of their total.
    independent : array, shape (2 * samples, outcomes)
        Outcomes at the points that were drawn independently.

    Raises
    ------
    CxsimError
        An outcome is not a finite number at some point, or the same at all of them.
    """
    described = problem(names, groups)
    points = sobol_points.sample(described, samples, calc_second_order=False, seed=seed)
    outcomes = checked(model(points), len(points))
    block = len(set(groups if groups is not None else names)) + 2
    independent = np.concatenate([outcomes[::block], outcomes[block - 1 :: block]])
    for number, column in enumerate(independent.T):
        if np.ptp(column) == 0.0:
            raise CxsimError(
                f"sensitivity: outcome {number} is {column[0]:g} at every point, so there is no "
                "variance to divide; choose a scenario that can go either way"
            )
    return [shares_of(names, column, groups) for column in outcomes.T], independent


def shares_of(
    names: Sequence[str], outcome: np.ndarray, groups: Sequence[str] | None = None
) -> tuple[Share, ...]:
    """Return the shares of the variance by Sobol's method, in the order of their total.

    Parameters
    ----------
    names : sequence of str
    outcome : array, shape (samples * (factors or groups + 2),)
        Finite and not the same everywhere, in the order of SALib's points without second order.
    groups : sequence of str, optional
        The group of each factor: then the shares are those of the groups.
    """
    found = sobol_indices.analyze(
        problem(names, groups), outcome, calc_second_order=False, num_resamples=RESAMPLES,
        seed=RESAMPLING_SEED,
    )  # fmt: skip
    columns = (found[key] for key in ("S1", "S1_conf", "ST", "ST_conf"))
    rows = zip(dict.fromkeys(names if groups is None else groups), *columns, strict=True)
    shares = [Share(name, *map(float, numbers)) for name, *numbers in rows]
    return tuple(sorted(shares, key=lambda share: -share.total))


def checked(outcomes: np.ndarray, points: int) -> np.ndarray:
    """Return outcomes that are finite numbers, shape (points, outcomes), or raise CxsimError."""
    outcomes = np.asarray(outcomes, float)
    if outcomes.ndim != 2 or len(outcomes) != points:
        raise CxsimError(
            f"sensitivity: outcomes of shape {outcomes.shape} where ({points}, outcomes) is wanted"
        )
    wrong = np.argwhere(~np.isfinite(outcomes))
    if len(wrong):
        point, outcome = wrong[0]
        raise CxsimError(
            f"sensitivity: outcome {outcome} is {outcomes[point, outcome]} at point {point} "
            f"({len(wrong)} such numbers in all); indices would be wrong without saying so. "
            "Choose an outcome that is a number everywhere, or narrower intervals"
        )
    return outcomes
