"""Portions of work whose workers died, and which of their runs is to blame.

A run that brings its worker down each time takes innocent ones with it: those of its portion, and
whatever else that worker had under way. So the suspects wait until no other work is about, and
are then run one at a time. Who brings a worker down again, and alone, is the culprit.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field

from cxsim.study.batch.crew import Keep
from cxsim.study.batch.queue import Item


@dataclass
class Portion:
    """Some runs on their way.

    Attributes
    ----------
    items
    keep : callable
        Takes each run that comes back.
    kept : Future
        Done when all of them are kept.
    whole : Portion or None
        What it was a part of.
    left : int
        Its parts that are still to do.
    """

    items: list[Item]
    keep: Keep
    kept: Future[None]
    whole: Portion | None = None
    left: int = field(default=0)

    def parts(self) -> list[Portion]:
        """Return one portion for each of its runs."""
        runs = [Item(item.point, [r]) for item in self.items for r in item.replicates]
        self.left = len(runs)
        return [Portion([run], self.keep, Future(), self) for run in runs]

    def finish(self) -> None:
        """Say that all is kept, unless nobody waits any more."""
        with contextlib.suppress(InvalidStateError):
            self.kept.set_result(None)

    def fail(self, error: BaseException) -> None:
        """Say that something went wrong, unless nobody waits any more."""
        with contextlib.suppress(InvalidStateError):
            (self.whole or self).kept.set_exception(error)


class Suspects:
    """Runs that wait until they can be run by themselves.

    Parameters
    ----------
    send : callable
        Has a portion done.
    """

    def __init__(self, send: Callable[[Portion], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._waiting: deque[Portion] = deque()
        self._about = 0  # portions under way

    def begin(self) -> None:
        """Note that a portion is on its way."""
        with self._lock:
            self._about += 1

    def suspect(self, portion: Portion) -> None:
        """Have the runs of a portion done one by one, later."""
        with self._lock:
            self._waiting += portion.parts()
        self._ended()

    def done(self, portion: Portion) -> None:
        """Note that a portion has come back."""
        whole = portion.whole
        if whole is None:
            portion.finish()
        else:
            whole.left -= 1  # one at a time, so nobody else counts
            if not whole.left:
                whole.finish()
        self._ended()

    def _ended(self) -> None:
        """Send the next suspect when nothing else is under way."""
        with self._lock:
            self._about -= 1
            following = self._waiting.popleft() if self._waiting and not self._about else None
            self._about += following is not None
        if following is not None:
            self._send(following)
