"""Experiments: many companies, one question; run in the background, looked at in pictures."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import solara

from cxsim.app.components.experiment_answers import Answer
from cxsim.app.components.experiments import BenchView, ShelfView, StudyView
from cxsim.app.experiments import desk
from cxsim.app.experiments.desk import Bench
from cxsim.app.experiments.form import read
from cxsim.app.experiments.offer import offer
from cxsim.app.experiments.place import TABS, Place, from_query, tabs
from cxsim.app.experiments.runner import COMPLETE, RUNNING, UNDER_WAY
from cxsim.app.experiments.studies import STUDIES, UNTOUCHED
from cxsim.app.experiments.verdict import FINE, WRONG, Problem, Verdict, judged, trial_of
from cxsim.app.latest import Latest
from cxsim.app.vuetify import alert, element
from cxsim.errors import CxsimError

PATH, LABEL = "experiments", "Experiments"
INTRODUCTION = (
    "A study runs many companies and asks one question of all of them. It runs in the background "
    "and is kept on this computer; what it finds holds for the model, not for one firm."
)
PAUSE = 0.3  # seconds between two looks at what runs
GONE = "There is no such study on this computer; it may have been made on another one."
UNEXPECTED = "This could not be done. The rest of the app keeps working."
_log = logging.getLogger(__name__)

Rows = list[dict[str, Any]]
# One value per browser tab.
bench: solara.Reactive[Bench | None] = solara.reactive(None)
verdict: solara.Reactive[Verdict] = solara.reactive(Verdict())


@solara.component
def Page() -> solara.Element:
    """The list of studies and the bench, or one study."""
    router = solara.use_router()
    rows = use_rows()
    place = from_query(router.search, STUDIES.shelf.holds)
    with element("div", class_="cx-stack cx-model cx-x") as page:
        element("h1", "Experiments", class_="cx-h1")
        element("p", INTRODUCTION, class_="cx-status")
        if place.missing:
            alert(GONE)
        if rows is None:
            element("p", "Looking for studies …", class_="cx-status", attributes={"role": "status"})
        elif place.study:
            Study(place, rows, lambda query: router.push(f"/{PATH}{query}")).key(place.study)
        else:
            ShelfView(meta={"studies": rows})
            BenchPart(rows, lambda query: router.push(f"/{PATH}{query}"))
    return page


def use_rows() -> Rows | None:
    """All studies, kept up to date while the tab is open; None before the first look."""
    rows: solara.Reactive[Rows | None] = solara.use_reactive(None)

    def start() -> Callable[[], None]:
        closed = threading.Event()

        def follow() -> None:
            seen = -1
            while not closed.is_set():
                try:
                    if (version := STUDIES.runner.version) != seen or rows.peek() is None:
                        seen = version
                        rows.set(STUDIES.rows())
                except Exception:  # a thread must not die silently and leave the page waiting
                    _log.exception("the studies could not be listed")
                closed.wait(PAUSE)
                STUDIES.runner.wait(seen, 1.0)

        threading.Thread(target=follow, daemon=True).start()
        return closed.set

    solara.use_effect(start, [])
    return rows.value


# ------------------------------------------------------------------ a new study


@solara.component
def BenchPart(rows: Rows, visit: Callable[[str], None]) -> solara.Element:
    """The bench: choose or write a design, see what it costs, run it."""
    solara.use_memo(lambda: bench.set(bench.peek() or desk.opening()), [])
    now = bench.value or desk.opening()
    latest: Latest[str] = solara.use_memo(lambda: Latest(_judge), [])
    solara.use_effect(lambda: latest.ask(now.text), [now.text])
    solara.use_effect(lambda: latest.close, [])
    offered = solara.use_memo(offer, [])
    states = {row["key"]: row["state"] for row in rows}

    def put(new: Bench) -> None:
        if new.text != now.text:
            verdict.set(Verdict())
        bench.set(new)

    def run(text: Any) -> None:
        # what the browser shows is what is run, also when its last letters are on their way
        text = str(text)
        put(now.typed(text))
        found = verdict.peek()
        if found.seconds is None or found.text != text:
            found = judged(text, trial_of)
        if found.state != FINE:
            verdict.set(found)
            return
        try:
            if states.get(found.key) in (None, UNTOUCHED):
                STUDIES.begin(found.key, text)
        except CxsimError as problem:
            bench.set(replace(bench.peek() or now, refusal=str(problem)))
            return
        visit(f"?study={found.key}")

    known = states.get(verdict.value.key, "")
    busy = any(state in UNDER_WAY for state in states.values())
    return BenchView(
        meta=desk.shown(now, verdict.value, known, busy),
        offer=offered,
        event_pick=lambda name: put(desk.picked(now, name)),
        event_bring=lambda text: put(now.put(str(text), desk.OWN)),
        event_write=lambda text: put(now.typed(str(text))),
        event_change=lambda change: put(desk.changed(now, _mapping(change))),
        event_run=run,
    )


def _judge(text: str, newer: Callable[[], bool], _: Callable[[], bool]) -> None:
    """Judge a text at once, and once more with the time that it would take."""
    try:
        found = judged(text)
        if not newer():
            verdict.set(found)
        if found.state == FINE and not newer():
            tried = judged(text, trial_of)
            if not newer():
                verdict.set(tried)
    except Exception:  # as above
        _log.exception("a design could not be judged")
        verdict.set(Verdict(text, WRONG, (Problem(UNEXPECTED),)))


def _mapping(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}


# ------------------------------------------------------------------ one study


@solara.component
def Study(place: Place, rows: Rows, visit: Callable[[str], None]) -> solara.Element:
    """One study: its progress, and its answers as far as it has come."""
    refusal, set_refusal = solara.use_state("")
    found = next((row for row in rows if row["key"] == place.study), None)
    row = found or STUDIES.row(place.study)
    under_way = row["state"] in UNDER_WAY

    def resume(_: Any) -> None:
        try:
            STUDIES.resume(place.study)
            set_refusal("")
        except CxsimError as problem:
            set_refusal(str(problem))

    def redesign(_: Any) -> None:
        try:
            old = bench.peek() or desk.opening()
            bench.set(old.put(STUDIES.shelf.text(place.study), desk.OWN))
            verdict.set(Verdict())
            visit("")
        except CxsimError as problem:
            set_refusal(str(problem))

    looks = not under_way and row["done"] > 0
    with element("div", class_="cx-stack") as stack:
        StudyView(
            meta={
                **{key: row[key] for key in ("key", "title", "state", "words", "share")},
                "question": row["remark"],
                "problem": refusal or row.get("problem", ""),
                "notice": _notice(row["state"], row["done"]),
                "can": _can(row["state"]),
                "show": place.show,
                "tabs": _tabs(place.study) if looks else [],
            },
            event_stop=lambda _: STUDIES.runner.stop(place.study),
            event_resume=resume,
            event_redesign=redesign,
        )
        if looks:
            Answer(place.study, place.show)
    return stack


def _tabs(key: str) -> list[dict[str, str]]:
    raw = read(STUDIES.shelf.text(key))
    return [{"key": name, "title": TABS[name]} for name in tabs(raw)]


def _can(state: str) -> str:
    if state == COMPLETE:
        return ""
    return "stop" if state in UNDER_WAY else "resume"


def _notice(state: str, done: int) -> str:
    if state == RUNNING:
        return "Answers come when it is done. Stop it to look at what there is; it can go on later."
    if state in UNDER_WAY or state == COMPLETE or not done:
        return ""
    return "Not complete: what stands below rests on the runs that are finished."
