"""Between the visitor and the Compare page's state: changes in, what there is to show out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import cxsim
from cxsim.app import changes, firm, handout, session
from cxsim.app.comparing import STAMPED, View
from cxsim.app.link import LONGEST_LINK, Opened, to_query
from cxsim.app.state import (
    LETTERS,
    Setting,
    Side,
    command_line,
    horizons,
    needs_files,
    own_scenario,
    positions,
    scenario_of,
    world_of,
)
from cxsim.errors import CxsimError
from cxsim.series import OUTCOMES
from cxsim.timeline import plain

SAME = 2e-3  # relative; results in a link are rounded to four digits


# --- in --------------------------------------------------------------------------------------


def on_change(data: Any) -> None:
    """Take a change from the browser; a refused one leaves all as it was and says why."""
    runner = session.runner.peek()
    now = present()
    given = data if isinstance(data, Mapping) else {}
    seen = given.get("n", now.seen)
    try:
        new = replace(_changed(now, data), seen=seen, refusal="")
    except CxsimError as problem:
        new = replace(now, seen=seen, refusal=sentence(str(problem)))
    if runner is None:
        session.desk.set(new)
    else:
        # a slider already stands where the hand put it: the model goes first, the controls follow
        runner.take(new, lazily=given.get("kind") == "slider" and not new.refusal)


def present() -> session.Desk:
    """What the visitor has set, ahead of what is drawn of it."""
    runner = session.runner.peek()
    return session.desk.peek() if runner is None else runner.desk


def _changed(now: session.Desk, data: Any) -> session.Desk:
    kind = data.get("kind") if isinstance(data, Mapping) else None
    history = now.history
    match kind:
        case "undo":
            return replace(now, history=history.undo())
        case "redo":
            return replace(now, history=history.redo())
        case "dismiss":
            return now
        case "replay":
            return replace(now, replay=now.replay + 1)
    new = changes.change(history.present, data)
    history = history.change(new, changes.about(data))
    return replace(now, history=history.settle() if data.get("final", True) else history)


def sentence(text: str) -> str:
    """A message of the model as a sentence on the page."""
    return text[:1].upper() + text[1:]


# --- out -------------------------------------------------------------------------------------


def echo(now: session.Desk) -> dict[str, Any]:
    """What the page answers to every change."""
    return {
        "seen": now.seen,
        "refusal": now.refusal,
        "undo": bool(now.history.past),
        "redo": bool(now.history.future),
    }


def described(setting: Setting) -> dict[str, Any]:
    """Everything the controls show, as plain data."""
    first = own_scenario(setting.sides[0].scenario, setting.sides[0].text)
    return {
        "sides": [_side(side, setting) for side in setting.sides],
        "firm": {
            "given": dict(setting.firm),
            "now": firm.of(scenario_of(replace(setting.sides[0], variant=""), setting)),
        },
        "world": {
            "given": dict(setting.assumptions),
            "values": _world_values(setting, first),
            "own": {kind: plain(getattr(first, kind)) for kind in ("organisation", "market")},
        },
        "world_changed": setting.world_changed,
        "interaction": setting.interaction,
        "seed": setting.seed,
        "charts": list(setting.charts),
    }


def _world_values(setting: Setting, first: cxsim.Scenario) -> dict[str, Any]:
    given = world_of(setting) if setting.world_changed else {}
    values: dict[str, Any] = {}
    for kind in ("organisation", "market", "coefficients"):
        values |= plain(getattr(first, kind))
    return values | {name: plain(value) for name, value in given.items() if name in values}


def _side(side: Side, setting: Setting) -> dict[str, Any]:
    own = own_scenario(side.scenario, side.text)
    scenario = scenario_of(replace(side, variant=""), setting)
    return {
        "scenario": side.scenario,
        "title": own.title,
        "story": own.story,
        "signature": own.signature,
        "variant": side.variant,
        "curable": own.cure is not None,
        "changed": side.changed,
        "positions": positions(side),
        "moved": [name for name, _ in side.moved],
        "levers": {name: plain(value) for name, value in scenario.levers.items()},
        "pinned": [name for name, _ in side.levers],
        "events": [event.as_table() for event in scenario.events],
        "own_events": side.events is None,
        "functions": list(scenario.organisation["functions"]),
        "weeks": scenario.weeks,
    }


def notices(setting: Setting, opened: Opened | None, view: View | None) -> list[str]:
    """What a visitor has to know about the setting and the link that led to it."""
    said = _uneven(setting)
    if opened is None:
        return said
    said += opened.messages
    here = cxsim.__version__
    settled = view is not None and view.stamp and view.setting == opened.setting
    differences = _differences(opened.stamp, view.stamp) if view is not None and settled else []
    if differences:
        said.append(
            f"Whoever made this link, with cxsim {opened.version or '(version unknown)'}, saw "
            f"other numbers. Here, with cxsim {here}: {'; '.join(differences)}."
        )
    elif opened.version and opened.version != here:
        words = ", and the numbers are the same" if settled and opened.stamp else ""
        said.append(f"This link was made with cxsim {opened.version}; this is cxsim {here}{words}.")
    return said


def _uneven(setting: Setting) -> list[str]:
    weeks = horizons(setting)
    return [
        f"Scenario {letter.upper()} ends after {own} weeks in its file; here it goes on to "
        f"{max(weeks)}, like the longest."
        for letter, own in zip(LETTERS, weeks, strict=False)
        if own < max(weeks)
    ]


def _differences(
    then: tuple[tuple[float, ...], ...], now: tuple[tuple[float, ...], ...]
) -> list[str]:
    found = []
    for letter, old, new in zip(LETTERS, then, now, strict=False):
        for name, before, after in zip(STAMPED, old, new, strict=False):
            if abs(after - before) > SAME * max(abs(before), abs(after), 1e-9):
                label = OUTCOMES[name].label
                found.append(
                    f"{letter.upper()}, {label[0].lower()}{label[1:]}: {_said(name, after)} "
                    f"instead of {_said(name, before)}"
                )
    return found


def _said(name: str, value: float) -> str:
    outcome = OUTCOMES[name]
    if outcome.money:
        return f"{value:,.0f} {outcome.unit}"
    return f"{100 * value:.3g} %"


# --- handing out ------------------------------------------------------------------------------


def shared(setting: Setting, view: View | None) -> dict[str, Any]:
    """Link, command and the files on offer."""
    settled = view is not None and view.setting == setting
    stamp = view.stamp if view is not None and settled else ()
    ready = bool(view is not None and settled and not view.meta["draft"])
    query = to_query(setting, cxsim.__version__, stamp)
    return {
        "path": f"/compare?{query}" if len(query) <= LONGEST_LINK else "",
        "command": command_line(setting),
        "files_needed": any(needs_files(side) for side in setting.sides),
        "formats": [
            {"name": name, "title": title}
            for name, title in handout.FORMATS.items()
            if name != "zip" or _has_files(setting)
        ],
        "ready": ready,
    }


def _has_files(setting: Setting) -> bool:
    changed = any(side.changed or needs_files(side) for side in setting.sides)
    return changed or setting.world_changed


def on_download(data: Any) -> None:
    """Make the file that the visitor asks for and hand it to the browser."""
    wanted = str(data.get("format")) if isinstance(data, Mapping) else ""
    address = str(data.get("address", ""))[:20_000] if isinstance(data, Mapping) else ""
    view = session.shown.peek().view
    if view is None or wanted not in handout.FORMATS:
        return
    try:
        session.parcel.set(handout.make(wanted, view.setting, address))
    except CxsimError as problem:
        session.desk.set(replace(session.desk.peek(), refusal=sentence(str(problem))))
