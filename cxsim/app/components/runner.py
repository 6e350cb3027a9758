"""Keeps the result on the page in step with the sliders, in the background."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import solara

from cxsim.app import session
from cxsim.app.latest import Latest
from cxsim.app.simulation import Futures, look_then_settle
from cxsim.app.state import Setting
from cxsim.app.vuetify import element
from cxsim.errors import CxsimError

_log = logging.getLogger(__name__)
UNEXPECTED = (
    "The simulation stopped unexpectedly. The sliders still work: change something to try again."
)


def _publish(result: Futures) -> None:
    session.shown.set(session.Shown(result, busy=result.draft))


def _work(wish: Setting, newer: Callable[[], bool], closed: Callable[[], bool]) -> None:
    """Simulate a setting and show it; a failure becomes a message on the page."""
    try:
        look_then_settle(wish, _publish, newer, closed)
    except CxsimError as problem:
        session.shown.set(session.Shown(busy=False, problem=str(problem)))
    except Exception:  # a thread must not die silently and leave the page waiting
        _log.exception("simulation failed for %s", wish)
        session.shown.set(session.Shown(busy=False, problem=UNEXPECTED))


@solara.component
def Runner() -> solara.Element:
    """Ask for a new result whenever the setting changes; close with the tab."""
    latest: Latest[Setting] = solara.use_memo(lambda: Latest(_work), [])
    wish = session.setting.value

    def ask() -> None:
        session.shown.set(replace(session.shown.peek(), busy=True))
        latest.ask(wish)

    solara.use_effect(ask, [wish])
    solara.use_effect(lambda: latest.close, [])
    return element("span", style="display:none")
