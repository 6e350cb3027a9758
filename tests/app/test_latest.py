"""Only the latest wish counts, and nothing runs on after closing."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cxsim.app.latest import Latest

WAIT = 10


def test_wishes_in_between_are_skipped() -> None:
    started, go, done = threading.Event(), threading.Event(), threading.Event()
    seen: list[int] = []

    def work(wish: int, newer: Callable[[], bool], closed: Callable[[], bool]) -> None:
        seen.append(wish)
        started.set()
        assert go.wait(WAIT)
        if wish == 5:
            done.set()

    latest = Latest(work)
    latest.ask(1)
    assert started.wait(WAIT)
    for wish in (2, 3, 4, 5):
        latest.ask(wish)
    go.set()
    assert done.wait(WAIT)
    assert seen == [1, 5]


def test_work_in_hand_hears_of_a_newer_wish_and_of_closing() -> None:
    started, finished = threading.Event(), threading.Event()
    heard: list[str] = []

    def work(wish: str, newer: Callable[[], bool], closed: Callable[[], bool]) -> None:
        started.set()
        pause = threading.Event()
        while not (newer() if wish == "first" else closed()):
            pause.wait(0.01)
        heard.append(wish)
        if wish == "second":
            finished.set()

    latest = Latest(work)
    latest.ask("first")
    assert started.wait(WAIT)
    latest.ask("second")
    while "first" not in heard:
        threading.Event().wait(0.01)
    latest.close()
    assert finished.wait(WAIT)
    latest.ask("third")
    assert heard == ["first", "second"]


def test_a_wish_after_a_pause_starts_again() -> None:
    seen: list[int] = []
    done = threading.Semaphore(0)

    def work(wish: int, newer: Callable[[], bool], closed: Callable[[], bool]) -> None:
        seen.append(wish)
        done.release()

    latest = Latest(work)
    for wish in (1, 2, 3):
        latest.ask(wish)
        assert done.acquire(timeout=WAIT)
    assert seen == [1, 2, 3]
