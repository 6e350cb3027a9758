"""Mysteries: a number that stands for a failure mode and a seed, and the count of those found.

The number alone goes through the browser. Mode and seed follow from it here, by a hash, so that
everybody who is given the same number faces the same case, on any machine.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from random import Random

import numpy as np

from cxsim.app.library import names
from cxsim.explain.signature import Signature

FIRST, LAST = 1000, 9999
SEEDS = 1000


@dataclass(frozen=True)
class Secret:
    """What a mystery's number stands for: the scenario's name and the seed."""

    name: str
    seed: int


def secret(number: int, among: Sequence[str] | None = None) -> Secret:
    """What a number stands for.

    Parameters
    ----------
    among
        Names of the failure modes; by default all bundled ones.
    """
    known = names() if among is None else among
    digest = blake2b(f"mystery {number}".encode(), digest_size=16).digest()
    mode, seed = int.from_bytes(digest[:8]), int.from_bytes(digest[8:])
    return Secret(known[mode % len(known)], 1 + seed % SEEDS)


def read_number(text: str | None) -> int | None:
    """The number of a link, None when it is not one."""
    if text and text.isascii() and text.isdigit() and FIRST <= int(text[:9]) <= LAST:
        return int(text)
    return None


def next_number(met: Collection[str], chance: Random) -> int:
    """A number whose failure mode is not among those met already, as long as one is left."""
    left = set(names()) - set(met)
    while True:
        number = chance.randint(FIRST, LAST)
        if not left or secret(number).name in left:
            return number


# ------------------------------------------------------------------ the count


@dataclass(frozen=True)
class Tally:
    """The mysteries of one browser tab: number -> whether it was found at the first guess."""

    outcomes: tuple[tuple[int, bool], ...] = ()

    def with_outcome(self, number: int, right: bool) -> Tally:
        """Add an outcome; only the first for each number counts."""
        if number in dict(self.outcomes):
            return self
        return Tally((*self.outcomes, (number, right)))

    @property
    def words(self) -> str:
        """The count, such as "3 of 5 found"; empty before the first."""
        found = sum(right for _, right in self.outcomes)
        return f"{found} of {len(self.outcomes)} found" if self.outcomes else ""

    def met(self) -> set[str]:
        """Names of the failure modes that were behind them."""
        return {secret(number).name for number, _ in self.outcomes}


# ------------------------------------------------------------------ who else it might have been


@dataclass(frozen=True)
class Suspect:
    """A failure mode beside the signs that the futures show.

    Attributes
    ----------
    name, title : str
    share : float
        Mean share of its signs that a future shows.
    signs : tuple of (str, int)
        Each sign in words, and in how many futures it shows.
    """

    name: str
    title: str
    share: float
    signs: tuple[tuple[str, int], ...]


def suspects(run: Signature) -> list[Suspect]:
    """All failure modes, the one whose signs the futures show best first."""
    found = [
        Suspect(
            mode.name,
            mode.title,
            float(shows.mean()),
            tuple(
                (sign.says, int(count))
                for sign, count in zip(mode.signs, np.sum(shows, axis=0), strict=True)
            ),
        )
        for mode, shows in zip(run.modes, run.shows, strict=True)
    ]
    return sorted(found, key=lambda one: -one.share)


def runner_up(found: Sequence[Suspect], name: str) -> Suspect | None:
    """Whoever, beside the failure mode called `name`, fits the signs best."""
    return next((one for one in found if one.name != name), None)
