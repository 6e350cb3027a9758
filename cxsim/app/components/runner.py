"""Keeps the result on the Compare page in step with its controls, in the background."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import solara

from cxsim.app import session
from cxsim.app.comparing import REPLAY_PAUSE, Comparer, View
from cxsim.app.latest import Latest
from cxsim.app.state import Setting
from cxsim.errors import CxsimError

TELL_EVERY = 0.4  # seconds
BREATH = 0.08  # seconds
_log = logging.getLogger(__name__)
UNEXPECTED = (
    "The simulation stopped unexpectedly. The sliders still work: change something to try again."
)


@dataclass(frozen=True)
class Wish:
    """A setting to show, perhaps after a look at what held before it."""

    setting: Setting
    after: Setting | None = None


class TabRunner:
    """Simulates for one tab: the latest wish wins, a failure becomes a message on the page."""

    def __init__(self, desk: session.Desk) -> None:
        self.desk = desk
        self._comparer = Comparer()
        self._latest: Latest[Wish] = Latest(self._work)
        self._replayed = 0
        self._told = 0.0

    def take(self, desk: session.Desk, lazily: bool) -> None:
        """Take a new desk, and simulate what it is set to if that is new.

        Parameters
        ----------
        desk
            What the visitor has set.
        lazily
            Draw the controls only after the next line: drawing them would slow the model down.
        """
        changed = (desk.setting, desk.replay) != (self.desk.setting, self.desk.replay)
        self.desk = desk
        if changed:
            self.ask()
        if not lazily or not self._latest.working:
            session.desk.set(desk)

    def ask(self) -> None:
        """Simulate what the desk is set to."""
        before = self.desk.history.before if self.desk.replay != self._replayed else None
        self._replayed = self.desk.replay
        self._latest.ask(Wish(self.desk.setting, before))

    def close(self) -> None:
        """End what runs for the tab."""
        self._latest.close()

    def _work(self, wish: Wish, newer: Callable[[], bool], closed: Callable[[], bool]) -> None:
        def publish(view: View, settled: bool) -> None:
            session.shown.set(session.Shown(view, busy=not settled))
            if not settled:
                _pause(BREATH, newer)  # the browser draws the line before all cores are busy again
            if settled or not newer():
                session.desk.set(self.desk)

        try:
            if session.done.peek():
                session.done.set(0.0)
            if wish.after is not None:
                self._comparer.work(wish.after, _publish_before, newer, closed)
                _pause(REPLAY_PAUSE, newer)
            self._comparer.work(wish.setting, publish, newer, closed, self._tell)
        except CxsimError as problem:
            session.shown.set(replace(session.shown.peek(), busy=False, problem=str(problem)))
        except Exception:  # a thread must not die silently and leave the page waiting
            _log.exception("simulation failed for %s", wish)
            session.shown.set(replace(session.shown.peek(), busy=False, problem=UNEXPECTED))
        finally:
            if not closed():
                session.desk.set(self.desk)

    def _tell(self, done: float) -> None:
        """Move the bar, but not so often that telling the time takes time."""
        if time.monotonic() - self._told > TELL_EVERY:
            self._told = time.monotonic()
            session.done.set(done)


def _pause(seconds: float, newer: Callable[[], bool]) -> None:
    """Wait, unless the visitor goes on."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not newer():
        time.sleep(0.01)


def _publish_before(view: View, settled: bool) -> None:
    session.shown.set(session.Shown(view, busy=True, replaying=True))


@solara.component
def Runner() -> None:
    """Simulate what the page opens with, and stop when the tab is closed."""

    def open_and_close() -> Callable[[], None]:
        runner = TabRunner(session.desk.peek())
        session.runner.set(runner)
        runner.ask()
        return runner.close

    solara.use_effect(open_and_close, [])
    solara.Div(style="display:none")
