"""What a comparison is set to, and its form in a link: pure functions, no browser.

Whatever a link holds is checked and clamped here; a link can never break the page.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

import cxsim
from cxsim import headline
from cxsim.scenario import Scenario
from cxsim.values import LARGEST_SEED

REPLICATES = 100
PREVIEW_REPLICATES = 12
LONGEST_QUERY = 2000
PREFERRED = ("typical", "orchestrated")

# Slider name -> words on the page. The names are those of cxsim.headline.
SLIDERS = {
    "leadership": "Leadership alignment",
    "change": "Change management",
    "wins": "Early wins",
}


@dataclass(frozen=True)
class Side:
    """One side of a comparison: a scenario, and the sliders moved away from its own positions."""

    scenario: str
    moved: tuple[tuple[str, int], ...] = ()

    def move(self, slider: str, percent: int) -> Side:
        """The same side with one slider at `percent` (0 to 100)."""
        moved = dict(self.moved) | {slider: min(100, max(0, int(percent)))}
        return replace(self, moved=tuple((name, moved[name]) for name in SLIDERS if name in moved))

    def reset(self) -> Side:
        """The same scenario with every slider at its own position."""
        return Side(self.scenario)


@dataclass(frozen=True)
class Setting:
    """Two sides and the seed they share, so that both meet the same luck."""

    a: Side
    b: Side
    seed: int = 1


def default_setting(names: Sequence[str]) -> Setting:
    """The comparison shown first: the preferred pair, or whatever scenarios there are."""
    first, second = (*names, *names)[:2]
    a, b = PREFERRED
    return Setting(Side(a if a in names else first), Side(b if b in names else second))


def to_query(setting: Setting) -> str:
    """The setting as the query of a link, without the question mark."""
    pairs: list[tuple[str, str | int]] = []
    for letter, side in (("a", setting.a), ("b", setting.b)):
        pairs.append((letter, side.scenario))
        pairs += [(f"{letter}.{name}", percent) for name, percent in side.moved]
    return urlencode([*pairs, ("seed", setting.seed)])


def from_query(query: str | None, names: Sequence[str]) -> Setting:
    """The setting that a link asks for; anything unknown or out of range is left out or clamped.

    Parameters
    ----------
    query
        Query part of a link, with or without the question mark; None for none.
    names
        Scenarios that exist.
    """
    try:
        text = (query or "").lstrip("?")[:LONGEST_QUERY]
        given = dict(parse_qsl(text, max_num_fields=40))
    except ValueError:
        given = {}
    setting = default_setting(names)
    seed = _whole(given.get("seed"), 0, LARGEST_SEED)
    return Setting(
        _side(given, "a", setting.a, names),
        _side(given, "b", setting.b, names),
        setting.seed if seed is None else seed,
    )


def _side(given: dict[str, str], letter: str, default: Side, names: Sequence[str]) -> Side:
    side = Side(given[letter]) if given.get(letter) in names else default
    for name in SLIDERS:
        percent = _whole(given.get(f"{letter}.{name}"), 0, 100)
        if percent is not None:
            side = side.move(name, percent)
    return side


def _whole(text: str | None, low: int, high: int) -> int | None:
    """The number in `text`, rounded and clamped; None when there is none."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    if math.isnan(number):
        return None
    return round(min(high, max(low, number)))


def scenario_of(side: Side) -> Scenario:
    """The scenario of a side with its sliders applied.

    Raises
    ------
    CxsimError
        The scenario cannot be read or does not allow a position.
    """
    scenario = cxsim.load(side.scenario)
    for name, percent in side.moved:
        scenario = headline.move(scenario, name, percent / 100)
    return scenario.described(describe(side))


def describe(side: Side) -> str:
    """What was moved on a side, in words: "early wins 20 %"."""
    return ", ".join(f"{SLIDERS[name].lower()} {percent} %" for name, percent in side.moved)


def positions(side: Side) -> dict[str, int]:
    """Where the sliders of a side stand, in percent."""
    own = headline.positions(cxsim.load(side.scenario))
    return {name: round(100 * own[name]) for name in SLIDERS} | dict(side.moved)


def command_line(setting: Setting) -> str:
    """The command that gives the numbers on the page."""
    words = ["cxsim", "compare", setting.a.scenario, setting.b.scenario]
    for letter, side in (("a", setting.a), ("b", setting.b)):
        for name, percent in side.moved:
            words += ["--set", f"{letter}.{name}={percent / 100:g}"]
    words += ["--replicates", str(REPLICATES), "--seed", str(setting.seed)]
    return shlex.join(words)
