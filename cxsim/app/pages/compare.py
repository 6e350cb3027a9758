"""Compare: up to four scenarios side by side, under the same luck."""

from __future__ import annotations

import solara

import cxsim
from cxsim import compile_cache
from cxsim.app import desk, session
from cxsim.app.catalogue import catalogue
from cxsim.app.components import compare as parts
from cxsim.app.components.ask import AskFurther
from cxsim.app.components.runner import Runner
from cxsim.app.history import History
from cxsim.app.link import from_query

PATH, LABEL = "compare", "Compare"


@solara.component
def Page() -> solara.Element:
    """The page."""
    _read_link()
    with solara.Div(classes=["cx-split"]) as page:
        Controls()
        with solara.Div(classes=["cx-results"]):
            Runner()
            Results()
            AskFurther()
            Share()
    return page


def _read_link() -> None:
    """Take the setting from the address, once, when the page opens."""
    router = solara.use_router()

    def read() -> None:
        if router.search:
            opened = from_query(router.search, cxsim.bundled())
            session.opened.set(opened)
            session.desk.set(session.Desk(History(opened.setting)))

    solara.use_memo(read, [])


@solara.component
def Controls() -> solara.Element:
    """Scenarios with their policies, the world they share, undo and redo."""
    offer = solara.use_memo(catalogue, [])
    now = session.desk.value
    described = solara.use_memo(lambda: desk.described(now.setting), [now.setting])
    return parts.CompareControls(
        catalogue=offer,
        desk=described,
        echo=desk.echo(now),
        event_change=desk.on_change,
    )


@solara.component
def Results() -> solara.Element:
    """Verdict, outcomes and charts, the message of what went wrong, or the wait for the first."""
    offer = solara.use_memo(catalogue, [])
    shown, opened = session.shown.value, session.opened.value
    setting = shown.view.setting if shown.view else session.desk.peek().setting
    return parts.CompareResults(
        catalogue=offer,
        meta=shown.view.meta if shown.view else {},
        payload=shown.view.payload if shown.view else b"",
        state={
            "busy": shown.busy,
            "problem": shown.problem or "",
            "replaying": shown.replaying,
            "compiling": not compile_cache.is_warm(),
            "done": round(session.done.value, 2),
            "notices": desk.notices(setting, opened, shown.view),
        },
        event_change=desk.on_change,
    )


@solara.component
def Share() -> solara.Element:
    """Link, command and files that lead to the same numbers."""
    parcel = session.parcel.value
    return parts.CompareShare(
        share=desk.shared(session.desk.value.setting, session.shown.value.view),
        parcel={"serial": parcel.serial, "name": parcel.name, "type": parcel.type}
        if parcel
        else {},
        content=parcel.content if parcel else b"",
        event_download=desk.on_download,
    )
