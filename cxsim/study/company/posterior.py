"""From a reference table and data to what the unknowns may be: approximate Bayesian computation.

The likelihood of the model cannot be written down, so it is replaced by simulated companies:

1. For each unknown a regression on the features gives its best guess; these guesses are the only
   summaries that count (semi-automatic summaries, Fearnhead and Prangle 2012). They are learned
   twice: from the whole table, then from the companies whose first guesses are near.
2. The simulated companies whose guesses are nearest to the company's are kept (rejection).
3. What is left of the distance is taken out by a local-linear regression, with a spread that may
   change with the guesses (Beaumont and others 2002; Blum and Francois 2010).
4. Some simulated companies are fitted as if they were real. Where 95 % intervals hold less than
   95 % of their known truths, all draws are moved apart until they do (recalibration, after
   Rodrigues and others 2018); see `stretch`.

All of it happens on the logit of the position between the ends of an unknown's range, so that
nothing ever leaves the range.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cxsim.study.company.unknowns import from_line, to_line

KEPT = 0.6  # share of those that is kept
FEWEST = 200  # companies kept at least
NEAR = 0.4  # share of the table from which the guesses are learned once more
RUNS_A_TERM = 6
COMPONENTS = 12  # of the features, for the curved part of the guesses
RIDGE = 1e-3  # of the number of runs: steadies the guesses when features nearly coincide
SPREAD_RIDGE = 1e-2
PROVED = 400  # runs of the table that are fitted as if they were companies
MOST_STRETCH = 1.5


@dataclass(frozen=True, eq=False)
class Guesser:
    """Best guesses of all unknowns from features: linear and quadratic in their main components.

    Attributes
    ----------
    centre, scale : array, shape (features,)
    axes : array, shape (features, components)
    low, high : array, shape (components,)
        Range of the components over the reference table; beyond it nothing is extrapolated.
    weights : array, shape (terms, unknowns)
    """

    centre: np.ndarray
    scale: np.ndarray
    axes: np.ndarray
    low: np.ndarray
    high: np.ndarray
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
        steady = int(np.sqrt(len(z) / RUNS_A_TERM))  # few runs cannot bear many terms
        many = int(min(COMPONENTS, steady, (sizes > 1e-6 * sizes[0]).sum()))
        # Components of spread one, so that one penalty suits all.
        shortened = axes[:many].T / np.sqrt(sizes[:many])
        low, high = np.quantile(z @ shortened, (0.001, 0.999), axis=0)
        terms = _terms(np.clip(z @ shortened, low, high))
        penalty = RIDGE * len(z) * np.eye(terms.shape[1])
        penalty[0, 0] = 0.0
        weights = np.linalg.solve(terms.T @ terms + penalty, terms.T @ targets)
        return cls(centre, scale, shortened, low, high, weights)

    def components(self, features: np.ndarray) -> np.ndarray:
        """Return the main components of features, each of spread one over the reference table."""
        return (features - self.centre) / self.scale @ self.axes

    def guess(self, features: np.ndarray) -> np.ndarray:
        """Return the best guesses, shape (runs, unknowns)."""
        return _terms(np.clip(self.components(features), self.low, self.high)) @ self.weights


def _terms(z: np.ndarray) -> np.ndarray:
    """Return 1, each column, and each product of two columns."""
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

    def stretched(self, factors: np.ndarray) -> Posterior:
        """Return the draws moved apart from their middle, on the line, each unknown by itself."""
        line = to_line(self.positions)
        middle = _middles(line, self.weights)
        return Posterior(from_line(middle + factors * (line - middle)), self.weights)

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


def near(guesses: np.ndarray, company: np.ndarray, share: float) -> np.ndarray:
    """Return the runs whose guesses are nearest to a company's, the nearest first."""
    distance = ((guesses - company) ** 2).sum(axis=1)
    return np.argsort(distance, kind="stable")[: max(FEWEST, int(share * len(guesses)))]


def learn_and_infer(
    targets: np.ndarray, simulated: np.ndarray, company: np.ndarray, first: np.ndarray
) -> Posterior:
    """Return what the unknowns of a company may be, guessing anew among companies like it.

    Parameters
    ----------
    targets, simulated : array, shape (runs, ...)
        Unknowns on the line, and features, of the reference table.
    company : array, shape (1, features)
    first : array of int
        Runs whose first guesses are near, from `near`.
    """
    guesser = Guesser.learn(simulated[first], targets[first])
    guesses = guesser.guess(simulated[first])
    return infer(targets[first], guesses, guesser.guess(company)[0])


def infer(targets: np.ndarray, guesses: np.ndarray, company: np.ndarray) -> Posterior:
    """Return what the unknowns of a company may be.

    Parameters
    ----------
    targets : array, shape (runs, unknowns)
        Of the reference table, on the line.
    guesses : array, shape (runs, unknowns)
        For the same runs.
    company : array, shape (unknowns,)
        Guesses for the company's own figures.
    """
    off = guesses - company
    distance = np.sqrt((off**2).sum(axis=1))
    many = min(len(distance), max(FEWEST, int(KEPT * len(distance))))
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


def stretch(targets: np.ndarray, simulated: np.ndarray, guesses: np.ndarray) -> np.ndarray:
    """Return by how much intervals have to grow to hold what they promise, shape (unknowns,).

    Runs of the table take the part of the company, each fitted with all the others.

    Parameters
    ----------
    targets, simulated, guesses : array, shape (runs, ...)
        Of the reference table: unknowns on the line, features, first guesses.
    """
    short = []
    for row in np.linspace(0, len(targets) - 1, PROVED).astype(int):
        first = near(guesses, guesses[row], NEAR)
        found = learn_and_infer(targets, simulated, simulated[[row]], first[first != row])
        low, middle, high = to_line(found.quantiles(np.array((0.025, 0.5, 0.975))))
        off = targets[row] - middle
        short.append(np.where(off < 0.0, off / (low - middle - 1e-9), off / (high - middle + 1e-9)))
    return np.clip(np.quantile(short, 0.95, axis=0), 1.0, MOST_STRETCH)


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
