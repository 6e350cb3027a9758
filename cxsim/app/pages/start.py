"""Start: three doors, each leading to something alive, and what the model is for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import solara

from cxsim.app.latest import Latest
from cxsim.app.opening import Glimpse, glimpse
from cxsim.app.vue import part

PATH, LABEL = "start", "Start"

shown: solara.Reactive[Glimpse | None] = solara.reactive(None)


@part("../components/start.vue", uses=("band_chart.vue",))
def Doors(
    meta: dict[str, Any] = {},  # noqa: B006 - read only, the browser's default
    payload: bytes = b"",
) -> None:
    """The doors, with small live charts above them."""


def _work(_: str, newer: Callable[[], bool], closed: Callable[[], bool]) -> None:
    made = glimpse(newer)
    if made is not None and not closed():
        shown.set(made)


@solara.component
def Page() -> solara.Element:
    """The page."""
    latest: Latest[str] = solara.use_memo(lambda: Latest(_work), [])
    solara.use_effect(lambda: latest.ask("open"), [])
    solara.use_effect(lambda: latest.close, [])
    now = shown.value
    return Doors(meta=now.meta if now else {}, payload=now.payload if now else b"")
