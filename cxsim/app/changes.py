"""What a visitor does on the Compare page, as a change of its setting.

The browser sends plain data. It is checked here and by the scenario itself; a change that cannot
be simulated is refused with one clear sentence, and the setting stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import cxsim
from cxsim.app.intervening import rebalanced
from cxsim.app.link import LARGEST_TEXT, is_chart
from cxsim.app.state import (
    FILE,
    MOST_CHARTS,
    MOST_SIDES,
    SLIDERS,
    VARIANTS,
    Setting,
    Side,
    default_setting,
    own_scenario,
    scenario_of,
    with_pair,
    world_of,
)
from cxsim.errors import CxsimError
from cxsim.parameters import SHARES
from cxsim.scenario import parse_assignment
from cxsim.series import SIX
from cxsim.values import LARGEST_SEED

Data = Mapping[str, Any]
MOST_EVENTS = 60


def change(setting: Setting, data: object) -> Setting:
    """The setting after a change.

    Parameters
    ----------
    setting
        What holds now.
    data
        ``{"kind": ..., ...}`` as the browser sends it; see the functions below.

    Raises
    ------
    CxsimError
        Nonsense, or something that the model refuses, in words for the visitor.
    """
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(kind, str) or kind not in _KINDS:
        raise CxsimError("the page asked for something that does not exist; reload it")
    try:
        changed = _KINDS[kind](setting, data)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        if isinstance(error, CxsimError):
            raise
        raise CxsimError("the page sent something unreadable; reload it") from None
    check(changed)
    return changed


def check(setting: Setting) -> None:
    """Raise CxsimError if a setting cannot be simulated."""
    world_of(setting)
    for side in setting.sides:
        scenario_of(side, setting)


def about(data: object) -> str | None:
    """Names what is being dragged or typed, so that one drag is one step to undo."""
    if not isinstance(data, Mapping) or data.get("kind") not in (
        "slider",
        "lever",
        "world",
        "firm",
    ):
        return None
    return ":".join(str(data.get(key)) for key in ("kind", "side", "name"))


# --- one function per kind of change --------------------------------------------------------------


def _place(setting: Setting, data: Data) -> int:
    place = data["side"]
    if not isinstance(place, int) or not 0 <= place < len(setting.sides):
        raise ValueError(place)
    return place


def _on_side(edit: Callable[[Side, Data], Side]) -> Callable[[Setting, Data], Setting]:
    def edited(setting: Setting, data: Data) -> Setting:
        place = _place(setting, data)
        return setting.with_side(place, edit(setting.sides[place], data))

    return edited


def _slider(side: Side, data: Data) -> Side:
    if data["name"] not in SLIDERS:
        raise ValueError(data["name"])
    return side.move(data["name"], round(float(data["value"])))


def _lever(side: Side, data: Data) -> Side:
    name, text = str(data["name"]), data["text"]
    text = None if text is None else str(text).strip()
    if name in SHARES:
        return _share(side, name, text)
    return side.set(name, text)


def _share(side: Side, name: str, text: str | None) -> Side:
    """One share of the effort moves the others, since they sum to one; they go back together."""
    shares: dict[str, str | None] = dict.fromkeys(SHARES)
    if text is not None:
        _, wanted = parse_assignment(f"{name}={text}")
        now = scenario_of(replace(side, variant=""), Setting((side,))).levers
        filled = rebalanced({share: now[share] for share in SHARES}, name, wanted)
        shares = {share: str(value) for share, value in filled.items()}
    for share, value in shares.items():
        side = side.set(share, value)
    return side


def _scenario(side: Side, data: Data) -> Side:
    if data["name"] not in cxsim.bundled():
        raise CxsimError("that scenario is not here; choose one from the list")
    return Side(data["name"])


def _variant(side: Side, data: Data) -> Side:
    variant = data["variant"] or ""
    if variant and variant not in VARIANTS:
        raise ValueError(variant)
    return replace(side, variant=variant)


def _events(side: Side, data: Data) -> Side:
    events = data["events"]
    if events is None:
        return replace(side, events=None)
    if len(events) > MOST_EVENTS:
        raise CxsimError(f"{len(events)} events; at most {MOST_EVENTS} fit on the timeline")
    return replace(side, events=tuple(_whole(dict(event), side) for event in events))


def _whole(event: dict[str, Any], side: Side) -> dict[str, Any]:
    """An event that sets one share of the effort sets the others too, in proportion."""
    given = dict(event.get("set", {}))
    named = [name for name in SHARES if name in given]
    if len(named) != 1:
        return event
    before = scenario_of(replace(side, variant="", events=()), Setting((side,))).levers
    shares = {share: before[share] for share in SHARES}
    _, wanted = parse_assignment(f"{named[0]}={given[named[0]]}")
    return {**event, "set": given | rebalanced(shares, named[0], wanted)}


def _upload(side: Side, data: Data) -> Side:
    text = data["text"]
    if not isinstance(text, str):
        raise CxsimError("the file could not be read as text; a scenario file (.toml) is wanted")
    if len(text) > LARGEST_TEXT:
        raise CxsimError(
            f"the file has {len(text):,} characters; a scenario file has at most {LARGEST_TEXT:,}"
        )
    own_scenario(FILE, text)
    return Side(FILE, text=text)


def _add(setting: Setting, _: Data) -> Setting:
    if len(setting.sides) >= MOST_SIDES:
        raise CxsimError(f"at most {MOST_SIDES} scenarios can be compared")
    return replace(setting, sides=(*setting.sides, setting.sides[-1]), interaction=False)


def _take(setting: Setting, data: Data) -> Setting:
    """A side once more, as a new one, with another timeline."""
    place = _place(setting, data)
    added = _add(setting, data)
    side = replace(setting.sides[place], variant="")
    return added.with_side(len(setting.sides), _events(side, data))


def _remove(setting: Setting, data: Data) -> Setting:
    if len(setting.sides) == 1:
        raise CxsimError("one scenario has to stay")
    place = _place(setting, data)
    sides = setting.sides[:place] + setting.sides[place + 1 :]
    return replace(setting, sides=sides, interaction=setting.interaction and len(sides) > 1)


def _swap(setting: Setting, _: Data) -> Setting:
    first, second, *others = setting.sides
    return replace(setting, sides=(second, first, *others))


def _pair(field: str) -> Callable[[Setting, Data], Setting]:
    def edited(setting: Setting, data: Data) -> Setting:
        text = data["text"]
        text = None if text is None else str(text).strip()
        pairs = with_pair(getattr(setting, field), str(data["name"]), text)
        changed = replace(setting, **{field: pairs})  # type: ignore[arg-type]
        return replace(changed, interaction=setting.interaction and changed.world_changed)

    return edited


def _reset_world(setting: Setting, _: Data) -> Setting:
    return replace(setting, firm=(), assumptions=(), interaction=False)


def _seed(setting: Setting, data: Data) -> Setting:
    try:
        seed = int(data["value"])
    except (ValueError, OverflowError):
        seed = -1
    if not 0 <= seed <= LARGEST_SEED:
        raise CxsimError(f"the seed is a whole number from 0 to {LARGEST_SEED:,}")
    return replace(setting, seed=seed)


def _charts(setting: Setting, data: Data) -> Setting:
    charts = tuple(data["names"])
    if len(charts) > MOST_CHARTS or not all(is_chart(name) for name in charts):
        raise CxsimError(f"choose up to {MOST_CHARTS} of the charts in the list")
    return replace(setting, charts=charts or SIX)


def _interaction(setting: Setting, data: Data) -> Setting:
    wanted = bool(data["on"])
    if wanted and (len(setting.sides) < 2 or not setting.world_changed):
        raise CxsimError("change an assumption and compare at least two scenarios first")
    return replace(setting, interaction=wanted)


def _start_over(_: Setting, __: Data) -> Setting:
    return default_setting(cxsim.bundled())


_KINDS: dict[str, Callable[[Setting, Data], Setting]] = {
    "slider": _on_side(_slider),
    "release": _on_side(lambda side, data: side.release(str(data["name"]))),
    "lever": _on_side(_lever),
    "reset_side": _on_side(lambda side, _: side.reset()),
    "scenario": _on_side(_scenario),
    "variant": _on_side(_variant),
    "events": _on_side(_events),
    "upload": _on_side(_upload),
    "add": _add,
    "take": _take,
    "remove": _remove,
    "swap": _swap,
    "firm": _pair("firm"),
    "world": _pair("assumptions"),
    "reset_world": _reset_world,
    "seed": _seed,
    "charts": _charts,
    "interaction": _interaction,
    "start_over": _start_over,
}
