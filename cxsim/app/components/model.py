"""The parts of the Model page, and the work behind those that take a while."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import solara

import cxsim
from cxsim.app import checking, reference, texts, week_overview
from cxsim.app.checking import Checked
from cxsim.app.document import Document, document, fragment
from cxsim.app.latest import Latest
from cxsim.app.sensitivity_view import view
from cxsim.app.vue import part
from cxsim.app.vuetify import Button, alert, element
from cxsim.errors import CxsimError
from cxsim.scenario_file import heading

_log = logging.getLogger(__name__)
UNEXPECTED = "This part of the page could not be made. The rest of the app keeps working."
Stop = Callable[[], bool]


@part("model_tabs.vue")
def Tabs(parts: list[dict[str, str]] = [], current: str = "") -> None:  # noqa: B006 - read only
    """Links to the parts of the page; follows every link within the page without a reload."""


@part("model_week.vue")
def WeekDrawing(payload: bytes = b"", start: str = "") -> None:
    """The week as a drawing, with the step `start` open."""


@part("model_parameters.vue")
def ParameterTable(payload: bytes = b"", start: dict[str, str] = {}) -> None:  # noqa: B006
    """All parameters, filtered as `start` says."""


@part("model_checks.vue")
def CheckList(payload: bytes = b"", meta: dict[str, Any] = {}) -> None:  # noqa: B006
    """The statements with their verdicts, and how far they have come."""


@part("model_document.vue")
def TextView(payload: bytes = b"", meta: dict[str, Any] = {}) -> None:  # noqa: B006
    """One text with its contents; the payload is HTML of our own."""


@part("model_sensitivity.vue")
def SensitivityView(payload: bytes = b"", svg: bytes = b"", meta: dict[str, Any] = {}) -> None:  # noqa: B006
    """Sentences, figure and table of what the results rest on."""


# ------------------------------------------------------------------ what takes a while


@dataclass(frozen=True)
class Made[Value]:
    """Something made in the background: nothing yet, a value, or what went wrong."""

    key: str
    value: Value | None = None
    problem: str | None = None


def use_made[Value](key: str, make: Callable[[], Value]) -> Made[Value]:
    """Make a value in the background when the page opens or `key` changes."""
    state: solara.Reactive[Made[Value]] = solara.use_reactive(Made(key))

    def work(wish: tuple[str, Callable[[], Value]], newer: Stop, _: Stop) -> None:
        wanted, make_it = wish
        try:
            made = Made(wanted, make_it())
        except CxsimError as problem:
            made = Made(wanted, problem=str(problem))
        except Exception:  # a thread must not die silently and leave the page waiting
            _log.exception("%s could not be made", wanted)
            made = Made(wanted, problem=UNEXPECTED)
        if not newer():
            state.set(made)

    latest: Latest[tuple[str, Callable[[], Value]]] = solara.use_memo(lambda: Latest(work), [])
    solara.use_effect(lambda: latest.ask((key, make)), [key])
    solara.use_effect(lambda: latest.close, [])
    return state.value if state.value.key == key else Made(key)


def waiting(text: str, problem: str | None) -> solara.Element:
    """Stand where something will be, or say why it will not."""
    if problem is not None:
        return alert(problem)
    return element("p", text, class_="cx-card cx-model-wait", attributes={"role": "status"})


# ------------------------------------------------------------------ the sections


@solara.component
def Week(step: str) -> solara.Element:
    """What happens in one simulated week."""
    return WeekDrawing(payload=week_payload(), start=step)


@functools.cache
def week_payload() -> bytes:
    """Return everything that the drawing needs, as JSON."""
    week = week_overview.overview()
    steps = [
        {
            **{key: getattr(step, key) for key in ("name", "title", "actor", "does", "rule")},
            "equations": fragment(step.equations, "model"),
            "parameters": list(step.parameters),
        }
        for step in week.steps
    ]
    loops = [{"title": one.title, "text": one.text, "hops": one.hops} for one in week.loops]
    flows = [asdict(flow) for flow in week.flows]
    content = {"actors": dict(week.actors), "steps": steps, "flows": flows, "loops": loops}
    return json.dumps(content, ensure_ascii=False).encode()


@solara.component
def Parameters(filters: dict[str, str]) -> solara.Element:
    """Every number of the model."""
    return ParameterTable(payload=reference.payload(), start=filters)


@solara.component
def Checks(name: str) -> solara.Element:
    """The reality checks on one scenario, as they are made."""
    state: solara.Reactive[Checked] = solara.use_reactive(Checked(name))

    def work(wish: str, newer: Stop, _: Stop) -> None:
        try:
            checking.check_all(wish, state.set, newer)
        except CxsimError as problem:
            state.set(checking.failure(wish, str(problem)))
        except Exception:  # as above
            _log.exception("the checks on %s stopped", wish)
            state.set(checking.failure(wish, UNEXPECTED))

    latest: Latest[str] = solara.use_memo(lambda: Latest(work), [])
    solara.use_effect(lambda: latest.ask(name), [name])
    solara.use_effect(lambda: latest.close, [])
    shown = state.value if state.value.scenario == name else Checked(name)
    rows = json.dumps(checking.rows(shown.verdicts), ensure_ascii=False).encode()
    return CheckList(payload=rows, meta={**shown.progress, "scenarios": scenario_titles()})


@functools.cache
def scenario_titles() -> list[dict[str, str]]:
    """Return the bundled scenarios for a drop-down list."""
    return [{"key": name, "title": str(heading(name)["title"])} for name in cxsim.bundled()]


@solara.component
def Description(name: str) -> solara.Element:
    """One of the texts about the model."""
    made = use_made(name, lambda: document(name))
    file, _ = texts.FILES[name]
    with element("div", class_="cx-stack") as section:
        if made.value is None:
            waiting("Setting the text …", made.problem)
        else:
            with solara.FileDownload(
                lambda: texts.read(name), filename=f"cxsim-{file}", mime_type="text/markdown"
            ):
                Button("Markdown", icon_name="mdi-download", spoken=f"Download {file} as Markdown")
            TextView(payload=made.value.html.encode(), meta=_about(made.value))
    return section


def _about(shown: Document) -> dict[str, Any]:
    titles = [{"key": key, "title": title} for key, (_, title) in texts.FILES.items()]
    contents = [{"level": level, "id": id_, "words": words} for level, id_, words in shown.contents]
    return {"name": shown.name, "texts": titles, "contents": contents}


@solara.component
def Sensitivity() -> solara.Element:
    """What the results rest on."""
    made = use_made("sensitivity", view)
    if made.value is None:
        return waiting("Drawing what the results rest on …", made.problem)
    shown = made.value
    answers = json.dumps(shown.answers, ensure_ascii=False, allow_nan=False).encode()
    meta = {"spoken": shown.spoken, "made": shown.made}
    return SensitivityView(payload=answers, svg=shown.svg.encode(), meta=meta)
