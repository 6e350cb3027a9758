"""Whether any simulated company comes near the figures at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.study.company.observed import KINDS, Observed, stretches

MARGIN = 0.05  # of the range of all simulated companies, beyond which a figure is out of reach
NEIGHBOURS = 10
COMPARED = 400  # simulated companies whose distance to the others is measured
RARE = 0.995  # of them are nearer to their neighbours
FURTHER = 1.2  # times that distance is out of reach


def beyond_range(
    series: Sequence[Observed],
    features: np.ndarray,
    points: np.ndarray,
    company: np.ndarray,
    values: np.ndarray,
) -> list[str]:
    """Return in words which figures lie beyond those of all simulated companies.

    Parameters
    ----------
    features, points : array, shape (runs, ...)
        Of the reference table; see `cxsim.study.company.observed`.
    company : array, shape (features,)
    values : array, shape (points,)
        The company's own, all series one after another.
    """
    low, high = features.min(axis=0), features.max(axis=0)
    slack = MARGIN * (high - low) + 1e-9
    begin = np.concatenate([s.begin for s in series])
    end = np.concatenate([s.end for s in series])
    found = []
    for number, (observed, places) in enumerate(stretches(series)):
        if low[number] - slack[number] <= company[number] <= high[number] + slack[number]:
            continue
        kind = KINDS[observed.kind]
        simulated = kind.shown(points[:, places].mean(axis=1))
        above = company[number] > high[number]
        limit = f"at most {simulated.max():.3g}" if above else f"at least {simulated.min():.3g}"
        found.append(
            f"{observed.label}, weeks {begin[places[0]]:.0f} to {end[places[-1]]:.0f}: "
            f"{kind.shown(values[places]).mean():.3g} reported, {limit} simulated ({kind.unit})"
        )
    return found


def is_lonely(components: np.ndarray, company: np.ndarray, usual: float) -> bool:
    """Tell whether a company is further from all simulated ones than they are from each other.

    Parameters
    ----------
    components : array, shape (runs, components)
        Of the reference table.
    company : array, shape (components,)
    usual : float
        From `farthest_usual`.
    """
    return _to_others(components, company, 0) > FURTHER * usual


def farthest_usual(components: np.ndarray) -> float:
    """Return a distance to the nearest others that few simulated companies exceed."""
    some = components[:COMPARED]
    return float(np.quantile([_to_others(components, row, 1) for row in some], RARE))


def _to_others(components: np.ndarray, row: np.ndarray, itself: int) -> float:
    """Return the mean distance to the nearest companies, without itself."""
    squares = ((components - row) ** 2).sum(axis=1)
    nearest = np.partition(squares, NEIGHBOURS + itself)[: NEIGHBOURS + itself]
    return float(np.sqrt(nearest).sum() / NEIGHBOURS)
