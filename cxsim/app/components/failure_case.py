"""Keeps a page in step with what is simulated in the background for the failure modes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

import solara

from cxsim.app.failure_runs import SPARKS, Case, CaseShown, Pictures, run_case
from cxsim.app.latest import Latest
from cxsim.app.mystery import Secret
from cxsim.errors import CxsimError

_log = logging.getLogger(__name__)
UNEXPECTED = "The simulation stopped unexpectedly. Open the page again to try once more."


def use_case(secret: Secret, with_suspects: bool = False) -> CaseShown:
    """Simulate a case in the background; what has come of it so far.

    Parameters
    ----------
    secret
        The failure mode and the seed.
    with_suspects
        Also look whose signs the futures show.
    """
    nothing = CaseShown()
    shown: solara.Reactive[CaseShown] = solara.use_reactive(nothing)

    def work(wish: Secret, newer: Callable[[], bool], _: Callable[[], bool]) -> None:
        def progress(done: int, total: int) -> None:
            tenth = total // 10 or 1
            if done % tenth == 0 and shown.peek().case is None:
                shown.set(CaseShown(wish, done=done, total=total))

        def publish(case: Case) -> None:
            shown.set(CaseShown(wish, case))

        shown.set(CaseShown(wish))
        try:
            run_case(wish, publish, progress, newer, with_suspects)
        except CxsimError as problem:
            shown.set(replace(shown.peek(), problem=str(problem)))
        except Exception:  # a thread must not die silently and leave the page waiting
            _log.exception("simulation failed for %s", wish)
            shown.set(replace(shown.peek(), problem=UNEXPECTED))

    latest: Latest[Secret] = solara.use_memo(lambda: Latest(work), [])
    solara.use_effect(lambda: latest.ask(secret), [secret])
    solara.use_effect(lambda: latest.close, [])
    return shown.value if shown.value.secret == secret else nothing


def use_sparks() -> Pictures:
    """Small pictures of all failure modes, as they are drawn."""
    pictures: solara.Reactive[Pictures] = solara.use_reactive(SPARKS.known())

    def start() -> Callable[[], None]:
        closed = threading.Event()

        def work() -> None:
            try:
                SPARKS.draw(pictures.set, closed.is_set)
            except Exception:  # a card without its picture is still a card
                _log.exception("the small pictures were not drawn")

        threading.Thread(target=work, daemon=True).start()
        return closed.set

    solara.use_effect(start, [])
    return pictures.value
