"""Catches what goes wrong while a page is drawn, so that nobody meets a traceback."""

from __future__ import annotations

import logging
from typing import Any

import solara

from cxsim.app.vuetify import Button, alert, element
from cxsim.errors import CxsimError

_log = logging.getLogger(__name__)
UNEXPECTED = "Something went wrong on this page. The rest of the app keeps working."


@solara.component
def Boundary(children: list[Any] = []) -> solara.Element:  # noqa: B006 - Solara's own convention
    """Show the children, or what is wrong and a way to try again."""
    problem, clear = solara.use_exception()
    if problem is None:
        return element("div", *children)
    if not isinstance(problem, CxsimError):
        _log.error("a page could not be drawn", exc_info=problem)
    text = str(problem) if isinstance(problem, CxsimError) else UNEXPECTED
    return element("div", alert(text), Button("Try again", clear), class_="cx-stack")
