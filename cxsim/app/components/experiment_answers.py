"""One answer of a study: worked out in the background, drawn by the browser."""

from __future__ import annotations

import json
import logging
import shlex
import threading
from collections.abc import Mapping
from typing import Any

import solara

from cxsim.app.components.experiments import AnswerView
from cxsim.app.components.model import UNEXPECTED, use_made
from cxsim.app.experiments import files, looking
from cxsim.app.experiments.desk import command
from cxsim.app.experiments.form import read
from cxsim.app.experiments.place import TABS
from cxsim.app.experiments.studies import STUDIES, stamp_of
from cxsim.app.parcel import Parcel
from cxsim.errors import CxsimError

LONGEST = 120  # characters of one choice
WAITS = {
    "glance": "Reading the study …",
    "matters": "Working out what matters; some seconds …",
    "map": "Drawing the map; some seconds …",
    "fails": "Searching for the box; the first time this takes up to half a minute …",
    "robust": "Comparing the policies …",
}
_log = logging.getLogger(__name__)


@solara.component
def Answer(key: str, show: str) -> solara.Element:
    """What one part of the page says about a study."""
    folder = STUDIES.shelf.runs(key)
    stamp = stamp_of(folder)
    nothing: dict[str, str] = {}
    no_parcel: Parcel | None = None
    chosen, set_chosen = solara.use_state(nothing)
    parcel, set_parcel = solara.use_state(no_parcel)
    trouble, set_trouble = solara.use_state("")
    choices = use_made(f"{key} {stamp}", lambda: looking.choices(folder, stamp))
    offered = choices.value or {}
    wish = {**offered.get("first", {}), **chosen}
    ready = bool(offered) and show in looking.ANSWERS
    asked = json.dumps([key, stamp, show, wish, ready], sort_keys=True)

    def make() -> bytes:
        if not ready:
            return b""
        told = looking.answer(folder, stamp, show, wish)
        content = {"show": show, "told": told}
        return json.dumps(content, ensure_ascii=False, allow_nan=False).encode()

    made = use_made(asked, make)
    last = solara.use_ref(b"")
    if made.value:
        last.current = made.value
    elif made.problem is not None or not last.current.startswith(f'{{"show": "{show}"'.encode()):
        last.current = b""  # an answer to another question is no answer

    def choose(told: Any) -> None:
        set_trouble("")
        set_chosen(chosen_with(chosen, told, offered))

    def download(told: Any) -> None:
        name = str(told.get("name")) if isinstance(told, Mapping) else ""

        def work() -> None:
            try:
                set_parcel(_parcel(key, show, wish, name))
                set_trouble("")
            except CxsimError as problem:
                set_trouble(str(problem))
            except Exception:  # a thread must not die silently and leave the page waiting
                _log.exception("the file %s could not be made", name)
                set_trouble(UNEXPECTED)

        threading.Thread(target=work, daemon=True).start()

    problem = choices.problem or made.problem or trouble or None
    return AnswerView(
        meta={
            "show": show,
            "title": TABS[show],
            "wish": wish,
            "choices": offered,
            "busy": problem is None and show in looking.ANSWERS and not made.value,
            "wait": WAITS.get(show, ""),
            "problem": problem or "",
            "files": _offered(show),
            "parcel": {"serial": parcel.serial, "name": parcel.name, "type": parcel.type}
            if parcel
            else {"serial": 0},
            **_whereabouts(key),
        },
        payload=last.current,
        content=parcel.content if parcel else b"",
        event_choose=choose,
        event_download=download,
    )


def chosen_with(chosen: Mapping[str, str], told: Any, offered: Mapping[str, Any]) -> dict[str, str]:
    """Return the choices after a change; another outcome brings its own threshold."""
    known = offered.get("first", {})
    if not isinstance(told, Mapping):
        return dict(chosen)
    new = {name: str(value)[:LONGEST] for name, value in told.items() if name in known}
    now, kept = {**known, **chosen}, dict(chosen)
    if "outcome" in new:
        usual = offered.get("thresholds", {}).get(new["outcome"], {})
        kept |= {name: usual.get(name, "") for name in looking.USUAL}
        kept |= {"enough": ""}
    for one, other in (("x", "y"), ("y", "x")):  # the same twice: they change places
        if new.get(one) and new[one] == now.get(other) and other not in new:
            kept[other] = now.get(one, "")
    return kept | new


def _offered(show: str) -> list[dict[str, str]]:
    table = files.OF_STUDIES if show == "files" else files.OF_ANSWERS if show in files.FINDS else {}
    return [{"name": name, "title": title} for name, title in table.items()]


def _parcel(key: str, show: str, wish: Mapping[str, Any], name: str) -> Parcel:
    folder = STUDIES.shelf.runs(key)
    if show == "files":
        return files.of_study(folder, stamp_of(folder), name, STUDIES.shelf.text(key))
    return files.of_answer(folder, stamp_of(folder), show, wish, name)


def _whereabouts(key: str) -> dict[str, str]:
    """Return where a study is, and how it is reproduced."""
    try:
        name = str((read(STUDIES.shelf.text(key)) or {}).get("name", "design"))
    except CxsimError:
        name = "design"
    folder = str(STUDIES.shelf.runs(key))
    python = f"import cxsim; study = cxsim.open_study({folder!r}); study.runs()"
    return {"command": command(name), "folder": shlex.quote(folder), "python": python}
