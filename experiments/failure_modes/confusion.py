"""Run every failure mode and let its futures be diagnosed by their signs alone."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cxsim.explain.signature import NONE, Signature, failure_modes, signature
from cxsim.results import simulate
from cxsim.scenario_file import load

BASELINES = ("orchestrated", "typical", "no_programme")  # no failure modes: what they look like
OFTEN = 0.10  # a share of the futures from which on two modes are worth a word
KNOWN_PAIRS = Path(__file__).with_name("known_pairs.toml")

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Row:
    """What came of the futures of one scenario.

    Attributes
    ----------
    label : str
        Its mode, or the name of a baseline.
    name, title : str
        Of the scenario.
    looks_like : mapping
        Mode, or "" for none of them, to the share of the futures that look like it.
    signs : tuple of (str, float)
        Words of its own signs, and the share of the futures that show each.
    all_signs : float
        Share of the futures that show all its own signs; NaN without any.
    """

    label: str
    name: str
    title: str
    looks_like: Mapping[str, float]
    signs: tuple[tuple[str, float], ...]
    all_signs: float

    @property
    def right(self) -> float:
        """Share of the futures that look like what they are."""
        return self.looks_like.get(self.label, 0.0)

    def taken_for(self) -> dict[str, float]:
        """Return the other modes that more than `OFTEN` of the futures look like."""
        return {
            mode: share
            for mode, share in self.looks_like.items()
            if mode not in (NONE, self.label) and share > OFTEN
        }


@dataclass(frozen=True)
class Confusion:
    """All rows: failure modes in the order of their numbers, then the baselines."""

    modes: tuple[Row, ...]
    baselines: tuple[Row, ...]
    replicates: int
    seed: int

    def matrix(self) -> np.ndarray:
        """Return shares, shape (modes + baselines, modes + 1); the last column is "none"."""
        columns = [*(row.label for row in self.modes), NONE]
        rows = (*self.modes, *self.baselines)
        return np.array([[row.looks_like.get(c, 0.0) for c in columns] for row in rows])

    @property
    def right(self) -> float:
        """Share of all failing futures that look like what they are."""
        return float(np.mean([row.right for row in self.modes]))

    @property
    def none(self) -> float:
        """Share of all failing futures that look like none of the modes."""
        return float(np.mean([row.looks_like.get(NONE, 0.0) for row in self.modes]))

    @property
    def wrong(self) -> float:
        """Share of all failing futures that look like another mode."""
        return 1.0 - self.right - self.none

    def pairs(self) -> list[tuple[str, str, float]]:
        """Return (mode, taken for, share) for each pair above `OFTEN`, most frequent first."""
        found = [(r.label, other, s) for r in self.modes for other, s in r.taken_for().items()]
        return sorted(found, key=lambda pair: -pair[2])


def measure(replicates: int, seed: int, tell: Tell) -> Confusion:
    """Run and diagnose all failure modes and baselines; each is run once and then forgotten."""
    names = [mode.name for mode in failure_modes()]
    rows = []
    for done, name in enumerate((*names, *BASELINES), 1):
        ensemble = simulate(load(name), replicates, seed, baseline=False)
        assert ensemble is not None  # nothing cancels it
        rows.append(row_of(signature(ensemble)))
        tell(name, done, len(names) + len(BASELINES))
    return Confusion(tuple(rows[: len(names)]), tuple(rows[len(names) :]), replicates, seed)


def row_of(found: Signature) -> Row:
    """Return what came of one scenario."""
    scenario = found.scenario
    shares = found.own_shows.mean(axis=0).tolist()
    return Row(
        scenario.mode or scenario.name,
        scenario.name,
        scenario.title,
        found.shares(),
        tuple((sign.says, share) for sign, share in zip(found.own, shares, strict=True)),
        found.all_own,
    )


def known_pairs() -> dict[tuple[str, str], str]:
    """Return why the first mode of a pair is now and then taken for the second."""
    data = tomllib.loads(KNOWN_PAIRS.read_text(encoding="utf-8"))
    return {(one["mode"], one["taken_for"]): one["why"] for one in data.get("pairs", ())}
