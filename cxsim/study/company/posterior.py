"""From a reference table and data to what the unknowns may be: approximate Bayesian computation.

The likelihood of the model cannot be written down, so it is replaced by simulated companies:

1. For each unknown a regression on the features gives its best guess; these guesses are the only
   summaries that count (semi-automatic summaries, Fearnhead and Prangle 2012).
2. The simulated companies whose guesses are nearest to the company's are kept (rejection).
3. What is left of the distance is taken out by a local-linear regression, with a spread that may
   change with the guesses (Beaumont and others 2002; Blum and Francois 2010).

All of it happens on the logit of the position between the ends of an unknown's range, so that
nothing ever leaves the range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxsim.study.company.unknowns import from_line, to_line

KEPT = 0.25  # share of the reference table that is kept
FEWEST = 200  # companies kept at least
COMPONENTS = 12  # of the features, for the curved part of the guesses
RIDGE = 1e-3  # of the number of runs: steadies the guesses when features nearly coincide
SPREAD_RIDGE = 1e-2


@dataclass(frozen=True, eq=False)
class Guesser:
    """Best guesses of all unknowns from features: linear and quadratic in their main components.

    Attributes
    ----------
    centre, scale : array, shape (features,)
    axes : array, shape (features, components)
    weights : array, shape (terms, unknowns)
    """

    centre: np.ndarray
    scale: np.ndarray
    axes: np.ndarray
    weights: np.ndarray

    @classmethod
    def learn(cls, features: np.ndarray, targets: np.ndarray) -> Guesser:
        """Fit the guesses by ridge regression.

        Parameters
        ----------
        features : array, shape (runs, features)
        targets : array, shape (runs, unknowns)
        """
        centre, scale = features.mean(axis=0), features.std(axis=0)
        scale = np.where(scale > 1e-12, scale, 1.0)
        z = (features - centre) / scale
        _, sizes, axes = np.linalg.svd(z.T @ z / len(z))
        many = int(min(COMPONENTS, (sizes > 1e-6 * sizes[0]).sum()))
        # Components of spread one, so that one penalty suits all.
        shortened = axes[:many].T / np.sqrt(sizes[:many])
        terms = _terms(z @ shortened)
        penalty = RIDGE * len(z) * np.eye(terms.shape[1])
        penalty[0, 0] = 0.0
        weights = np.linalg.solve(terms.T @ terms + penalty, terms.T @ targets)
        return cls(centre, scale, shortened, weights)

    def components(self, features: np.ndarray) -> np.ndarray:
        """Return the main components of features, each of spread one over the reference table."""
        return (features - self.centre) / self.scale @ self.axes

    def guess(self, features: np.ndarray) -> np.ndarray:
        """Return the best guesses, shape (runs, unknowns)."""
        return _terms(self.components(features)) @ self.weights


def _terms(z: np.ndarray) -> np.ndarray:
    """Return 1, each column, and each product of two columns; far-off values are reined in."""
    z = np.clip(z, -5.0, 5.0)
    first, second = np.triu_indices(z.shape[1])
    return np.concatenate([np.ones((len(z), 1)), z, z[:, first] * z[:, second]], axis=1)


@dataclass(frozen=True, eq=False)
class Posterior:
    """Weighted draws of the unknowns.

    Attributes
    ----------
    positions : array, shape (draws, unknowns)
        Between the ends of the ranges, 0..1.
    weights : array, shape (draws,)
        Add up to one.
    """

    positions: np.ndarray
    weights: np.ndarray

    def quantiles(self, levels: np.ndarray) -> np.ndarray:
        """Return weighted quantiles, shape (levels, unknowns)."""
        return np.stack([_quantiles(c, self.weights, levels) for c in self.positions.T], axis=1)

    def share_below(self, positions: np.ndarray) -> np.ndarray:
        """Return the weight of the draws below some positions, shape (unknowns,)."""
        return ((self.positions < positions) * self.weights[:, None]).sum(axis=0)

    def correlations(self) -> np.ndarray:
        """Return weighted rank-free correlations on the line, shape (unknowns, unknowns)."""
        line = np.clip(to_line(self.positions), -6.0, 6.0)
        off = line - self.weights @ line
        covariance = (off * self.weights[:, None]).T @ off
        spread = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
        return covariance / np.outer(spread, spread)

    def central(self) -> int:
        """Return the draw nearest to the middle of all, correlations taken into account."""
        line = np.clip(to_line(self.positions), -6.0, 6.0)
        off = line - _middles(line, self.weights)
        covariance = (off * self.weights[:, None]).T @ off
        steady = covariance + 1e-6 * np.eye(len(covariance))
        distance = np.einsum("ij,jk,ik->i", off, np.linalg.inv(steady), off)
        return int(np.argmin(distance))

    def chosen(self, number: int) -> np.ndarray:
        """Return which draws stand for all, `number` of them, evenly by weight and repeatable."""
        steps = (np.arange(number) + 0.5) / number
        order = np.argsort(self.positions[:, 0], kind="stable")
        places = np.searchsorted(np.cumsum(self.weights[order]), steps)
        return order[np.minimum(places, len(order) - 1)]


def _quantiles(values: np.ndarray, weights: np.ndarray, levels: np.ndarray) -> np.ndarray:
    order = np.argsort(values, kind="stable")
    heights = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(levels, heights, values[order])


def _middles(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    half = np.array([0.5])
    return np.array([_quantiles(column, weights, half)[0] for column in values.T])


def infer(
    targets: np.ndarray, guesses: np.ndarray, company: np.ndarray, kept: float = KEPT
) -> Posterior:
    """Return what the unknowns of a company may be.

    Parameters
    ----------
    targets : array, shape (runs, unknowns)
        Of the reference table, on the line.
    guesses : array, shape (runs, unknowns)
        For the same runs.
    company : array, shape (unknowns,)
        Guesses for the company's own figures.
    kept : float
        Share of the table that is kept.
    """
    off = guesses - company
    distance = np.sqrt((off**2).sum(axis=1))
    many = min(len(distance), max(FEWEST, int(kept * len(distance))))
    nearest = np.argsort(distance, kind="stable")[:many]
    reach = max(float(distance[nearest[-1]]), 1e-12) * (1.0 + 1e-9)
    weights = 1.0 - (distance[nearest] / reach) ** 2
    line, near = targets[nearest], off[nearest]
    expected, here = _local(near, line, weights, 1e-6)
    left = line - expected
    # Log of a squared normal has mean -1.27: the same for all, so it drops out of the ratio.
    spread, spread_here = _local(near, np.log(left**2 + 1e-8), weights, SPREAD_RIDGE)
    ratio = np.exp(0.5 * np.clip(spread_here - spread, -2.0, 2.0))
    # A regression takes up some of the spread of the companies it was fitted to; it is given back.
    many_in_effect = weights.sum() ** 2 / (weights**2).sum()
    given_back = (1.0 - min(0.5, (1 + near.shape[1]) / many_in_effect)) ** -0.5
    return Posterior(from_line(here + given_back * ratio * left), weights / weights.sum())


def _local(
    off: np.ndarray, values: np.ndarray, weights: np.ndarray, ridge: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return a weighted linear regression's values at the runs and at the company."""
    scale = np.maximum(np.sqrt((off**2).mean(axis=0)), 1e-9)
    terms = np.concatenate([np.ones((len(off), 1)), off / scale], axis=1)
    weighted = terms * weights[:, None]
    penalty = ridge * weights.sum() * np.eye(terms.shape[1])
    penalty[0, 0] = 0.0
    slopes = np.linalg.solve(terms.T @ weighted + penalty, weighted.T @ values)
    return terms @ slopes, slopes[0]
