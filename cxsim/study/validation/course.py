"""The course of a change over the years: how long customers lag, what dips first, what lasts."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from cxsim.explain.sustaining import stopped
from cxsim.study.firms import WEEKS, random_firms
from cxsim.study.validation.findings import Effort, Estimate, Part, estimate
from cxsim.study.validation.runs import SEED, run_firms, smooth

MOVED = 0.2  # rise in adoption from which there is something to follow
LONGEST_LAG = 78  # weeks
WAVE, SHIFT = 52, 52  # week of the first survey wave that is compared, and of a yearly shift
QUARTER = 13
SMOOTH = 4
EARLY, LATE = 26, 52  # weeks at the start and at the end of a run
BETTER = 1.0  # percent by which a firm has to end above itself without the programme
DIPPED = 0.5  # percent below it in the first half-year
PUSH, AFTER = 104, 52
DECENT = 0.5  # every practice at least as good as in this part of the firms


def examine(effort: Effort) -> Part:
    """Follow random firms with and without their programmes, and after the programme's end."""
    parts = [_lag_and_dip(effort), _erosion(effort)]
    return Part(
        {key: value for part in parts for key, value in part.estimates.items()},
        {key: value for part in parts for key, value in part.curves.items()},
    )


# --- lag and dip ----------------------------------------------------------------------------------


def _lag_and_dip(effort: Effort) -> Part:
    firms = random_firms(effort.firms, SEED)
    company = run_firms(firms, 1).company[:, 0]
    without = run_firms([firm.without_programme() for firm in firms], 1).company[:, 0]
    lags = _lags(company)
    dips, curves = _dips(company["experience"], without["experience"])
    return Part({**lags, **dips}, {"dip-curves": curves})


def _lags(company: np.ndarray) -> dict[str, Estimate]:
    """Find by how many weeks satisfaction follows employees where practice spreads."""
    adoption, belief, satisfaction = (company[n] for n in ("adoption", "belief", "satisfaction"))
    moved = adoption.max(axis=1) - adoption[:, :SMOOTH].mean(axis=1) >= MOVED
    found = {"lag-shift": estimate(_shift_gain(belief, satisfaction), len(company))}
    for name, series in (("belief", belief), ("practice", adoption)):
        pairs = zip(series[moved], satisfaction[moved], strict=True)
        lags = np.array([_lag(*pair) for pair in pairs])
        found[f"lag-{name}"] = estimate(partial(_median, lags), len(lags))
    return found


def _dips(with_it: np.ndarray, without: np.ndarray) -> tuple[dict[str, Estimate], np.ndarray]:
    """Find how many of the firms that end better begin worse, and how much worse."""
    change = 100.0 * (smooth(with_it, QUARTER) / smooth(without, QUARTER) - 1.0)
    change = change[change[:, -LATE:].mean(axis=1) >= BETTER]
    dipped = change[:, QUARTER:EARLY].mean(axis=1) <= -DIPPED
    depth = -change[:, QUARTER : 2 * LATE].min(axis=1)
    found = {
        "dip-share": estimate(lambda rows: float(dipped[rows].mean()), len(dipped)),
        "dip-depth": estimate(partial(_median, depth), len(depth)),
    }
    return found, change


def _median(values: np.ndarray, rows: np.ndarray) -> float:
    return float(np.median(values[rows]))


def _lag(employees: np.ndarray, customers: np.ndarray) -> float:
    """Return by how many weeks customers follow: the shift at which the two agree best."""
    a, b = smooth(employees, SMOOTH), smooth(customers, SMOOTH)
    lags = range(LONGEST_LAG + 1)
    return float(np.argmax([np.corrcoef(a[: WEEKS - lag], b[lag:])[0, 1] for lag in lags]))


def _shift_gain(belief: np.ndarray, satisfaction: np.ndarray) -> Callable[[np.ndarray], float]:
    """Return how much better firms' belief agrees with satisfaction a year on than at once."""

    def wave(series: np.ndarray, week: int) -> np.ndarray:
        return series[:, week : week + QUARTER].mean(axis=1)

    staff, now = wave(belief, WAVE), wave(satisfaction, WAVE)
    later = wave(satisfaction, WAVE + SHIFT)

    def gain(rows: np.ndarray) -> float:
        at_once = np.corrcoef(staff[rows], now[rows])[0, 1]
        return float(np.corrcoef(staff[rows], later[rows])[0, 1] - at_once)

    return gain


# --- what lasts -----------------------------------------------------------------------------------


def _erosion(effort: Effort) -> Part:
    """Take programmes of decent firms away and compare what is left of structures and culture."""
    firms = random_firms(max(2, effort.firms // 4), SEED + 1, DECENT)
    ended = run_firms([stopped(firm, PUSH, AFTER) for firm in firms], 1).company[:, 0]
    without = run_firms([f.without_programme().with_weeks(PUSH + AFTER) for f in firms], 1)
    reference = without.company[:, 0]

    def gain(names: tuple[str, ...], week: int) -> np.ndarray:
        changes = [ended[name][:, week] - reference[name][:, week] for name in names]
        return np.sum(changes, axis=0)

    kinds = {"structures": ("quality_local", "quality_handoff"), "culture": ("embedded",)}
    before = {kind: gain(names, PUSH - 1) for kind, names in kinds.items()}
    after = {kind: gain(names, -1) for kind, names in kinds.items()}

    def left(kind: str, rows: np.ndarray) -> float:
        won = before[kind][rows].sum()
        return float(after[kind][rows].sum() / won) if won > 0.0 else float("nan")

    def difference(rows: np.ndarray) -> float:
        return left("culture", rows) - left("structures", rows)

    estimates = {f"erosion-{kind}": estimate(partial(left, kind), len(firms)) for kind in kinds}
    return Part(estimates | {"erosion-difference": estimate(difference, len(firms))})
