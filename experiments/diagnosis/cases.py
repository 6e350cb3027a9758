"""The cases that the diagnosis is fitted to and measured on, and what their companies could see."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import numpy as np

from cxsim.cores import available_cores
from cxsim.explain.diagnosing.features import SPANS, features
from cxsim.explain.diagnosing.likelihood import key
from cxsim.explain.diagnosing.observables import observe
from cxsim.explain.diagnosing.readings import values
from cxsim.results import simulate
from cxsim.scenario import Scenario
from experiments.diagnosis.faults import (
    default_firm,
    mode_names,
    nearer_to_typical,
    other_firm,
    planted,
)

DEFAULT, OTHER = "default", "other"  # the company of the bundled scenarios; firms of all sorts
SINGLE, HALF, PAIR = "single", "half", "pair"
SOUND, HEALTHY, MIDDLING = "orchestrated", "healthy", "middling"
SEED_LIMIT = 2**31

# How far a programme without a fault is on the way from the orchestrated to the middling one.
NEAR, MIDDLE, SLACK = (0.0, 0.25), (0.6, 1.3), (0.0, 0.15)
HALF_STRENGTH = (0.45, 0.7)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Case:
    """A company with what is wrong with it.

    Attributes
    ----------
    kind : str
        One of the constants above.
    firm : str
        DEFAULT or OTHER.
    modes : tuple of str
        Names of the failure modes that were planted.
    seed : int
        Of the firm and of its luck.
    """

    kind: str
    firm: str
    modes: tuple[str, ...]
    seed: int

    def scenario(self) -> Scenario:
        """Return the company."""
        random = np.random.default_rng(self.seed)
        firm = default_firm() if self.firm == DEFAULT else other_firm(random)
        match self.kind:
            case "orchestrated":
                return firm
            case "healthy":
                return nearer_to_typical(firm, random.uniform(*NEAR), random)
            case "middling":
                return nearer_to_typical(firm, random.uniform(*MIDDLE), random)
        if self.firm == OTHER:
            firm = nearer_to_typical(firm, random.uniform(*SLACK), random)
        strengths = random.uniform(*HALF_STRENGTH, len(self.modes))
        whole = self.kind != HALF
        return planted(
            {
                name: 1.0 if whole else float(half)
                for name, half in zip(self.modes, strengths, strict=True)
            },
            firm,
        )

    @property
    def luck(self) -> int:
        """Seed of the simulation."""
        return self.seed % SEED_LIMIT


def cases(counts: Sequence[tuple[str, str, float]], first_seed: int) -> list[Case]:
    """Return cases with seeds of their own.

    Parameters
    ----------
    counts : sequence of (kind, firm, number)
        Number for each failure mode, for each pair of them (below one: the share of all pairs that
        are drawn), or in all.
    """
    seeds = itertools.count(first_seed)
    random = np.random.default_rng(first_seed)
    return [
        Case(kind, firm, modes, next(seeds))
        for kind, firm, number in counts
        for modes in _planted(kind, number, random)
    ]


def _planted(kind: str, number: float, random: np.random.Generator) -> Iterator[tuple[str, ...]]:
    if kind in (SINGLE, HALF):
        yield from ((name,) for name in mode_names() for _ in range(int(number)))
    elif kind != PAIR:
        yield from (() for _ in range(int(number)))
    else:
        pairs = list(itertools.combinations(mode_names(), 2))
        drawn = random.choice(len(pairs), round(number % 1 * len(pairs)), replace=False)
        yield from (pair for pair in pairs for _ in range(int(number)))
        yield from (pairs[place] for place in drawn)


@dataclass(frozen=True, eq=False)
class Seen:
    """What the companies of many cases could see.

    Attributes
    ----------
    cases : list of Case
    features : dict
        Key of a network -> array, shape (cases, features).
    readings : dict
        Span -> array, shape (cases, readings).
    """

    cases: list[Case]
    features: dict[str, np.ndarray]
    readings: dict[int, np.ndarray]


def look(wanted: Sequence[Case], progress: Progress) -> Seen:
    """Simulate cases in all cores and keep what their companies could see."""
    rows = []
    with ProcessPoolExecutor(available_cores(), get_context("fork")) as pool:
        for row in pool.map(_look, wanted, chunksize=16):
            rows.append(row)
            progress(len(rows), len(wanted))
    stacked = {name: np.array([row[0][name] for row in rows]) for name in rows[0][0]}
    read = {span: np.array([row[1][span] for row in rows]) for span in SPANS}
    return Seen(list(wanted), stacked, read)


def _look(case: Case) -> tuple[dict[str, np.ndarray], dict[int, np.ndarray]]:
    made = simulate(case.scenario(), 1, case.luck, threads=1, baseline=False)
    assert made is not None
    observed = observe(made)
    tables = {
        key(span, full): _row(features(observed, span, full))
        for span in SPANS
        for full in (False, True)
    }
    return tables, {span: values(observed, span)[0] for span in SPANS}


def _row(table: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.array([value[0] for value in table.values()], np.float32)
