"""A smooth surface through noisy numbers scattered over a square, and how sure it is.

A thin-plate spline (SciPy's `RBFInterpolator`) with as much smoothing as leaves the smallest error
at points it has not seen. It assumes no shape of the line where something tips, unlike a logistic
regression, takes a grid as well as scattered points, and is linear in the numbers: once the
smoothing is chosen, fitting other numbers at the same places is one product of matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxsim.errors import CxsimError

SMOOTHINGS = tuple(10.0**power for power in range(-6, 3))
MOST_PLACES = 400  # more are gathered into the cells of a grid of this many
SIDE = 20
GRID = 61  # lines of the map each way
LEAST_EACH_WAY = 3


@dataclass(frozen=True, eq=False)
class Places:
    """Where a map was looked at, after gathering.

    Attributes
    ----------
    at : array, shape (places, 2)
        In the unit square.
    of : array of int, shape (runs,)
        The place of each run.
    """

    at: np.ndarray
    of: np.ndarray

    @property
    def grid(self) -> bool:
        """Whether they are all crossings of some lines."""
        return len(self.at) == np.prod([len(np.unique(side)) for side in self.at.T])

    def means(self, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the weighted mean of the runs at each place; NaN where no weight is left."""
        count = len(self.at)
        total = np.bincount(self.of, weights, count)
        summed = np.bincount(self.of, weights * values, count)
        return np.divide(summed, total, out=np.full(count, np.nan), where=total > 0.0)


def gather(where: np.ndarray) -> Places:
    """Return the places of runs, near ones gathered when there are too many.

    Parameters
    ----------
    where : array, shape (runs, 2)
        In the unit square.

    Raises
    ------
    CxsimError
        Fewer than three places each way.
    """
    for side, name in ((0, "x"), (1, "y")):
        found = len(np.unique(where[:, side]))
        if found < LEAST_EACH_WAY:
            raise CxsimError(
                f"{name}: only {found} different values in this study; a map needs at least "
                f"{LEAST_EACH_WAY} each way"
            )
    at, of = np.unique(where, axis=0, return_inverse=True)
    if len(at) > MOST_PLACES:
        cells = np.minimum((where * SIDE).astype(int), SIDE - 1)
        _, of = np.unique(cells, axis=0, return_inverse=True)
        counts = np.bincount(of)
        at = np.stack([np.bincount(of, where[:, side]) / counts for side in (0, 1)], axis=1)
    return Places(at, of)


@dataclass(frozen=True, eq=False)
class Smoother:
    """What turns numbers at places into a surface.

    Attributes
    ----------
    places : Places
    smoothing : float
    there : array, shape (places, places)
        Numbers to the surface at the places themselves.
    onto : array, shape (GRID * GRID, places)
        Numbers to the surface on the grid, x fastest.
    """

    places: Places
    smoothing: float
    there: np.ndarray
    onto: np.ndarray

    def surface(self, numbers: np.ndarray) -> np.ndarray:
        """Return the surface, shape (GRID, GRID): rows are y, columns x."""
        return (self.onto @ numbers).reshape(GRID, GRID)

    def of_some(self, numbers: np.ndarray, times: np.ndarray) -> np.ndarray:
        """Return the surface when each place counts so many times, some of them never."""
        there = times > 0
        weights = _weights(self.places)[there] * times[there]
        at = self.places.at[there]
        return _through(at, numbers[there], self.smoothing / weights, _lines()).reshape(GRID, GRID)


def smoother(places: Places, numbers: np.ndarray) -> Smoother:
    """Return the smoother that suits numbers at places best.

    Parameters
    ----------
    numbers : array, shape (places,)

    Raises
    ------
    CxsimError
        All places lie on one line.
    """
    weights, each = _weights(places), np.eye(len(places.at))
    best, error = SMOOTHINGS[0], np.inf
    for smoothing in SMOOTHINGS:
        hat = _through(places.at, each, smoothing / weights, places.at)
        own = np.minimum(np.diag(hat), 1.0 - 1e-9)
        missed = (numbers - hat @ numbers) / (1.0 - own)  # left-one-out, in closed form
        found = float(np.sum(weights * missed**2))
        if found < error * (1.0 - 1e-6):
            best, error = smoothing, found
    there, onto = (_through(places.at, each, best / weights, to) for to in (places.at, _lines()))
    return Smoother(places, best, there, onto)


def _weights(places: Places) -> np.ndarray:
    """Return how many runs there are at each place, beside the mean of that."""
    runs = np.bincount(places.of).astype(float)
    return runs / runs.mean()


def _lines() -> np.ndarray:
    line = np.linspace(0.0, 1.0, GRID)
    x, y = np.meshgrid(line, line)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def _through(
    at: np.ndarray, numbers: np.ndarray, smoothing: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    from scipy.interpolate import RBFInterpolator

    try:
        return RBFInterpolator(at, numbers, smoothing=smoothing)(wanted)
    except np.linalg.LinAlgError:
        raise CxsimError(
            "x, y: all points lie on one line, so there is no map; vary both independently"
        ) from None
