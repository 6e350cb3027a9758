"""Latest wish wins: work in a background thread that drops what is no longer wanted."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Latest[Wish]:
    """Runs `work` for the latest wish, one at a time.

    Parameters
    ----------
    work
        Called as ``work(wish, newer, closed)``; ``newer()`` turns true as soon as another wish
        is waiting or the runner is closed, ``closed()`` only in the second case.
    """

    def __init__(
        self, work: Callable[[Wish, Callable[[], bool], Callable[[], bool]], None]
    ) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._waiting: list[Wish] = []
        self._working = False
        self._closed = threading.Event()

    def ask(self, wish: Wish) -> None:
        """Replace whatever waits by `wish`, and start working if nothing is."""
        with self._lock:
            self._waiting = [wish]
            if self._working or self._closed.is_set():
                return
            self._working = True
        # a plain thread carries the browser tab's context along; pool workers do not
        threading.Thread(target=self._loop, daemon=True).start()

    @property
    def working(self) -> bool:
        """Whether a wish is being worked on."""
        return self._working

    def close(self) -> None:
        """Stop for good, as soon as the work in hand asks."""
        self._closed.set()

    def _newer(self) -> bool:
        return bool(self._waiting) or self._closed.is_set()

    def _next(self) -> list[Wish]:
        """The wish to work on, in a list; an empty one ends the work."""
        with self._lock:
            if self._waiting and not self._closed.is_set():
                return [self._waiting.pop()]
            self._working = False
            return []

    def _loop(self) -> None:
        while wishes := self._next():
            self._work(wishes[0], self._newer, self._closed.is_set)
