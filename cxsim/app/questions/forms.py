"""What the panels' forms offer, and how what comes back from them is read; nothing is trusted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from cxsim.app.state import LETTERS, Setting, describe, horizons, own_scenario, scenario_of
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.values import parse_amount

Wish = Mapping[str, Any]
LONGEST = 200  # characters of a typed answer
STRANGE = "the page asked for something that does not exist; reload it"


def sides(setting: Setting) -> list[dict[str, Any]]:
    """Return the sides to choose from."""
    return [
        {
            "key": str(place),
            "letter": LETTERS[place].upper(),
            "title": own_scenario(side.scenario, side.text).title
            + (" (changed)" if describe(side) or side.variant else ""),
        }
        for place, side in enumerate(setting.sides)
    ]


def named(setting: Setting, place: int) -> str:
    """Return letter and title of a side: "A Typical: a middling programme"."""
    side = sides(setting)[place]
    return f"{side['letter']} {side['title']}"


def about(setting: Setting, what: str, replicates: int) -> str:
    """Return the line above an answer: what it is about, in how many futures of which seed."""
    return f"{what}; {replicates} futures, seed {setting.seed}"


def weeks(setting: Setting) -> int:
    """Return how many weeks the comparison covers."""
    return max(horizons(setting))


def place(setting: Setting, wish: Wish, name: str = "side") -> int:
    """Return the place of the side that was chosen.

    Raises
    ------
    CxsimError
        There is no such side, any more or at all.
    """
    text = str(wish.get(name, "0"))
    if not text.isdecimal() or len(text) > 1:
        raise CxsimError(STRANGE)
    if int(text) >= len(setting.sides):
        raise CxsimError("that scenario has been removed from the comparison; choose another")
    return int(text)


def scenario(setting: Setting, wish: Wish, name: str = "side") -> Scenario:
    """Return the scenario that was chosen; raises as `place` does."""
    return scenario_of(setting.sides[place(setting, wish, name)], setting)


def choice(wish: Wish, name: str, known: Collection[str], usual: str) -> str:
    """Return one of a few names.

    Raises
    ------
    CxsimError
        It is none of them.
    """
    text = str(wish.get(name, usual))
    if text not in known:
        raise CxsimError(STRANGE)
    return text


def whole(wish: Wish, name: str, title: str, usual: int, low: int, high: int) -> int:
    """Return a typed whole number.

    Raises
    ------
    CxsimError
        It is none, or lies outside `low` to `high`.
    """
    text = str(wish.get(name, usual)).strip()[:LONGEST]
    if not text.isdecimal() or not low <= int(text) <= high:
        raise CxsimError(f"{title}: '{text[:20]}' is no whole number from {low} to {high}")
    return int(text)


def amount(wish: Wish, name: str, title: str, usual: float, high: float) -> float:
    """Return a typed number that is not negative.

    Raises
    ------
    CxsimError
        It is none, lies below 0 or above `high`.
    """
    text = str(wish.get(name, usual)).strip()[:LONGEST]
    value = parse_amount(text.removesuffix("%"))
    if value is not None and value < 0.0:
        raise CxsimError(f"{title}: '{text[:20]}' is negative; write a number from 0 to {high:g}")
    if value is None or value > high:
        raise CxsimError(f"{title}: '{text[:20]}' is no number from 0 to {high:g}, such as 7.5")
    return value


def words(wish: Wish, name: str, usual: str = "") -> str:
    """Return a typed text on one line."""
    return " ".join(str(wish.get(name, usual)).split())[:LONGEST]
