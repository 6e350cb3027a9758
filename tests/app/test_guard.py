"""Who may talk to the app, and what it never hands out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from cxsim.app.guard import Guard, holds, host_name, same_origin

HOST = (b"host", b"localhost:8765")


class Behind:
    """An application that answers everything with the same small page."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.inside = 0
        self.release = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        if scope["type"] == "websocket":
            self.inside += 1
            await self.release.wait()
            return
        body = b"<!doctype html><html>hello</html>"
        headers = [(b"content-type", b"text/html"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def run[T](coroutine: Coroutine[Any, Any, T]) -> T:
    """Run to the end, in a thread of its own: the browser tests keep a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result(30)


def talk(guard: Guard, path: str = "/", *headers: tuple[bytes, bytes], kind: str = "http") -> Any:
    """Send one request through the guard; return what came back."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "path": path, "headers": list(headers)}
    run(guard(scope, receive, send))
    return sent


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    folder = tmp_path / "cdn"
    (folder / "lib@1.0.0").mkdir(parents=True)
    (folder / "lib@1.0.0" / "lib.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


@pytest.fixture
def guard(libraries: Path) -> Guard:
    return Guard(Behind(), ["localhost", "127.0.0.1"], libraries, max_sessions=2)


def status(sent: Any) -> int:
    return int(sent[0]["status"])


def test_a_page_gets_its_language_and_headers(guard: Guard) -> None:
    start, body = talk(guard, "/", HOST)
    headers = dict(start["headers"])
    assert body["body"].startswith(b'<!doctype html><html lang="en">')
    assert int(headers[b"content-length"]) == len(body["body"])
    assert b"default-src 'self'" in headers[b"content-security-policy"]
    assert headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize("host", [b"evil.example", b"localhost.evil.example:8765", b""])
def test_a_foreign_host_is_refused(guard: Guard, host: bytes) -> None:
    assert status(talk(guard, "/", (b"host", host))) == 421
    assert guard.app.asked == []  # type: ignore[attr-defined]


def test_a_foreign_site_is_refused(guard: Guard) -> None:
    origin = (b"origin", b"http://evil.example")
    assert status(talk(guard, "/", HOST, origin)) == 403
    assert talk(guard, "/ws", HOST, origin, kind="websocket") == [
        {"type": "websocket.close", "code": 4403}
    ]


def test_a_websocket_without_origin_is_refused(guard: Guard) -> None:
    sent = talk(guard, "/ws", HOST, kind="websocket")
    assert sent[0]["type"] == "websocket.close"


def test_sessions_are_capped_and_counted_down(guard: Guard) -> None:
    origin = (b"origin", b"http://localhost:8765")

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def scene() -> list[Any]:
        behind = Behind()
        guard.app = behind
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "websocket", "path": "/ws", "headers": [HOST, origin]}
        open_ones = [asyncio.create_task(guard(scope, receive, send)) for _ in range(2)]
        while behind.inside < 2:
            await asyncio.sleep(0)
        await guard(scope, receive, send)
        behind.release.set()
        await asyncio.gather(*open_ones)
        return sent

    assert run(scene()) == [{"type": "websocket.close", "code": 4403}]
    assert guard.sessions == 0


@pytest.mark.parametrize(
    "path",
    [
        "/resourcez",
        "/resourcez/",
        "/_solara/cdn/unknown@1.0.0/file.js",
        "/_solara/cdn/../secret.txt",
        "/_solara/cdn/lib@1.0.0",
        "/_solara/cdn/",
    ],
)
def test_what_is_not_ours_is_not_found(guard: Guard, path: str) -> None:
    assert status(talk(guard, path, HOST)) == 404
    assert guard.app.asked == []  # type: ignore[attr-defined]


def test_a_shipped_library_is_let_through(guard: Guard) -> None:
    assert status(talk(guard, "/_solara/cdn/lib@1.0.0/lib.js", HOST)) == 200


def test_host_names_and_origins_are_compared_in_full() -> None:
    assert host_name("[::1]:8765") == "::1"
    assert host_name("LOCALHOST:1") == host_name("localhost") == "localhost"
    assert same_origin("http://localhost:1", "localhost:1")
    assert not same_origin("http://localhost:2", "localhost:1")
    assert not same_origin("null", "localhost:1")
    assert not same_origin("file://localhost:1", "localhost:1")


def test_a_path_with_a_null_byte_is_not_held(libraries: Path) -> None:
    assert not holds(libraries, "lib@1.0.0/lib.js\0")
    assert holds(libraries, "lib@1.0.0/lib.js")
