"""A comparison as the query of a link, and back. Nothing in a link is trusted.

Whatever a link asks for that does not exist is left out and named in a message; the rest holds.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cxsim.app.state import (
    FILE,
    LETTERS,
    MOST_CHARTS,
    SLIDERS,
    VARIANTS,
    Setting,
    Side,
    default_setting,
    scenario_of,
    world_of,
)
from cxsim.errors import CxsimError
from cxsim.series import COMPANY, SERIES, SIX
from cxsim.timeline import Event
from cxsim.values import LARGEST_SEED

LONGEST_LINK = 16_000  # characters of a query
LARGEST_TEXT = 100_000  # characters of a scenario file inside a link, unpacked
MOST_FIELDS = 300
LONGEST_SHOWN = 40  # characters of a bad value that a message repeats


@dataclass(frozen=True)
class Opened:
    """What a link asked for.

    Attributes
    ----------
    setting : Setting
        Everything in it that holds.
    messages : tuple of str
        One sentence for each thing that was left out or changed.
    version : str
        Of the cxsim that made the link; empty where it does not say.
    stamp : tuple of tuple of float
        The key results that its maker saw, one row per side; empty where it does not say.
    """

    setting: Setting
    messages: tuple[str, ...] = ()
    version: str = ""
    stamp: tuple[tuple[float, ...], ...] = ()


def to_query(setting: Setting, version: str = "", stamp: Sequence[Sequence[float]] = ()) -> str:
    """The setting as the query of a link, without the question mark."""
    pairs: list[tuple[str, str | int]] = []
    for letter, side in zip(LETTERS, setting.sides, strict=False):
        pairs += [(f"{letter}{tail}", text) for tail, text in _side_pairs(side)]
    pairs += [(f"firm.{name}", text) for name, text in setting.firm]
    pairs += [(f"world.{name}", text) for name, text in setting.assumptions]
    pairs.append(("seed", setting.seed))
    if setting.charts != SIX:
        pairs.append(("charts", ",".join(setting.charts)))
    if setting.interaction:
        pairs.append(("view", "interaction"))
    if version:
        pairs.append(("v", version))
    if stamp:
        pairs.append(("r", ";".join(",".join(f"{x:.4g}" for x in row) for row in stamp)))
    return urlencode(pairs, safe=",;:")


def _side_pairs(side: Side) -> list[tuple[str, str | int]]:
    pairs: list[tuple[str, str | int]] = [("", side.scenario)]
    if side.scenario == FILE:
        pairs.append((".file", _packed(side.text)))
    if side.variant:
        pairs.append((".as", side.variant))
    pairs += [(f".{name}", percent) for name, percent in side.moved]
    pairs += [(f".{name}", text) for name, text in side.levers]
    if side.events is not None:
        tables = [event.as_table() if isinstance(event, Event) else event for event in side.events]
        pairs.append((".events", _packed(json.dumps(tables, separators=(",", ":")))))
    return pairs


def from_query(query: str | None, names: Sequence[str]) -> Opened:
    """What a link asks for, and what of it could not be had.

    Parameters
    ----------
    query
        Query part of a link, with or without the question mark; None for none.
    names
        Bundled scenarios.
    """
    text = (query or "").lstrip("?")
    if len(text) > LONGEST_LINK:
        said = f"The link is too long ({len(text):,} characters) and was not opened."
        return Opened(default_setting(names), (said,))
    try:
        given = dict(parse_qsl(text, max_num_fields=MOST_FIELDS, keep_blank_values=True))
    except ValueError:
        return Opened(default_setting(names), ("The link asks for too much and was not opened.",))
    return _Reading(given, names).opened()


@dataclass
class _Reading:
    """One link on its way to a setting: fields are taken out, the rest is named at the end."""

    given: dict[str, str]
    names: Sequence[str]
    messages: list[str] = field(default_factory=list)

    def opened(self) -> Opened:
        version = self._take("v", _short_word) or ""
        stamp = self._take("r", _stamp) or ()
        asked = sum(name in self.given for name in LETTERS)
        setting = self._setting()
        for name in list(self.given)[:3]:
            self.messages.append(f"{_quoted(name)} in the link means nothing here.")
        # the maker's results are told by their place: with a side missing they would be mixed up
        stamp = stamp if len(setting.sides) == asked == len(stamp) else ()
        return Opened(setting, tuple(self.messages), version, stamp)

    def _setting(self) -> Setting:
        default = default_setting(self.names)
        found = {letter: self._side(letter) for letter in LETTERS}
        seed = self._take("seed", _seed)
        charts = self._take("charts", _charts)
        world = Setting(
            sides=(),
            firm=self._prefixed("firm."),
            assumptions=self._prefixed("world."),
            seed=default.seed if seed is None else seed,
            charts=charts or SIX,
            interaction=self._take("view", _view) is not None,
        )
        sides = {letter: side for letter, side in found.items() if side is not None}
        world = self._sound_world(world, [*sides.values()] or default.sides)
        kept = [self._sound(letter, side, world) for letter, side in sides.items()]
        found_sides = tuple(side for side in kept if side is not None)
        if not found_sides:
            world = self._sound_world(world, default.sides)
        return self._sound_view(replace(world, sides=found_sides or default.sides))

    def _side(self, letter: str) -> Side | None:
        if not any(key == letter or key.startswith(f"{letter}.") for key in self.given):
            return None
        name = self.given.pop(letter, "")
        text = self._take(f"{letter}.file", _unpacked) or ""
        if name not in self.names and not (name == FILE and text):
            what = f"a scenario {_quoted(name)} that is not here" if name else "no scenario"
            self.messages.append(f"For {letter.upper()} the link names {what}.")
            self._prefixed(f"{letter}.")
            return None
        side = Side(
            name,
            text=text,
            variant=self._take(f"{letter}.as", _variant) or "",
            events=self._take(f"{letter}.events", _events),
        )
        for slider in SLIDERS:
            percent = self._take(f"{letter}.{slider}", _percent)
            side = side if percent is None else side.move(slider, percent)
        return replace(side, levers=self._prefixed(f"{letter}."))

    def _prefixed(self, prefix: str) -> tuple[tuple[str, str], ...]:
        found = [name for name in self.given if name.startswith(prefix)]
        return tuple((name.removeprefix(prefix), self.given.pop(name)) for name in found)

    def _take[Value](self, name: str, read: Callable[[str], Value]) -> Value | None:
        text = self.given.pop(name, None)
        if text is None:
            return None
        try:
            return read(text)
        except (ValueError, KeyError, TypeError, RecursionError):
            self.messages.append(f"{name} in the link does not make sense: {_quoted(text)}.")
            return None

    def _sound_world(self, world: Setting, sides: Sequence[Side]) -> Setting:
        """The world without assumptions that the model, or a scenario as it is, refuses."""
        try:
            world_of(world)
            for side in sides:
                plain = Side(side.scenario, side.text)
                if _refusal(plain, Setting(())) is None:
                    scenario_of(plain, world)
        except CxsimError as problem:
            self.messages.append(f"Assumptions in the link were left out: {problem}")
            return replace(world, firm=(), assumptions=())
        return world

    def _sound(self, letter: str, side: Side, world: Setting) -> Side | None:
        """The side, or else its scenario as it is in its file, or else nothing."""
        problem = _refusal(side, world)
        if problem is None:
            return side
        plain = Side(side.scenario, side.text)
        sound = _refusal(plain, world) is None
        what = "is shown as it is in its file" if sound else "was left out"
        self.messages.append(f"Scenario {letter.upper()} of the link {what}: {problem}")
        return plain if sound else None

    def _sound_view(self, setting: Setting) -> Setting:
        if not setting.interaction or (setting.world_changed and len(setting.sides) > 1):
            return setting
        self.messages.append(
            "The view in the link needs two scenarios and a changed assumption; it was left out."
        )
        return replace(setting, interaction=False)


def _refusal(side: Side, world: Setting) -> str | None:
    """Why a side cannot be simulated; None when it can."""
    try:
        scenario_of(side, world)
    except CxsimError as problem:
        return str(problem)
    return None


def _quoted(text: str) -> str:
    shown = "".join(char if char.isprintable() else "?" for char in text[:LONGEST_SHOWN])
    return f"“{shown}…”" if len(text) > LONGEST_SHOWN else f"“{shown}”"


# --- one reader per field; each raises ValueError on nonsense ------------------------------------


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _percent(text: str) -> int:
    number = _number(text)
    if not 0 <= number <= 100:
        raise ValueError(text)
    return round(number)


def _seed(text: str) -> int:
    number = int(text)
    if not 0 <= number <= LARGEST_SEED:
        raise ValueError(text)
    return number


def _charts(text: str) -> tuple[str, ...]:
    charts = tuple(dict.fromkeys(text.split(",")))
    if len(charts) > MOST_CHARTS or not all(is_chart(name) for name in charts):
        raise ValueError(text)
    return charts


def is_chart(name: str) -> bool:
    """Whether a series can be drawn on the page."""
    return name in SERIES and COMPANY in SERIES[name].levels


def _view(text: str) -> bool:
    if text != "interaction":
        raise ValueError(text)
    return True


def _variant(text: str) -> str:
    if text not in VARIANTS:
        raise ValueError(text)
    return text


def _short_word(text: str) -> str:
    if not text.isascii() or not text.isprintable() or len(text) > LONGEST_SHOWN:
        raise ValueError(text)
    return text


def _stamp(text: str) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(x) for x in row.split(",")) for row in text.split(";")[: len(LETTERS)])


def _events(text: str) -> tuple[Mapping[str, Any], ...]:
    tables = json.loads(_unpacked(text))
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ValueError(text)
    return tuple(tables)


def _packed(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def _unpacked(text: str) -> str:
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        opener = zlib.decompressobj()
        plain = opener.decompress(raw, LARGEST_TEXT)
        if not opener.eof:  # too large, or cut off on its way
            raise ValueError(text)
        return plain.decode()
    except zlib.error:
        raise ValueError(text) from None
