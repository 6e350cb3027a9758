"""The gate in front of the app: who may talk to it, and what the browser may load.

Solara itself checks neither the Host header nor the Origin of a websocket, and asks the network
for script files that it does not hold. This ASGI layer closes those doors and adds the headers
and page attributes that a careful web page carries.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

LIBRARIES = "/_solara/cdn/"
MAX_SESSIONS = 60

# Vue compiles templates in the browser, hence 'unsafe-eval'; nothing comes from another host.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss: blob: data:",
        "worker-src 'self' blob:",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
MISSING = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Not here - cxsim</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto;
  padding: 0 1.2rem; color: #15262f; background: #f4f6f8; }
a { color: #0b6e99; }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf1; background: #10181d; }
  a { color: #5bbfe8; }
}
</style></head>
<body><main><h1>There is no such page</h1>
<p>The address may be misspelt, or come from another version of cxsim.</p>
<p>Begin at the <a href="/">start</a>, <a href="/compare">compare programmes</a>,
<a href="/watch">watch a company</a>, <a href="/experiments">run experiments</a>, see
<a href="/failure-modes">how programmes fail</a> or
<a href="/model">how the model works</a>.</p></main></body></html>
"""
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
]


def host_name(host: str) -> str:
    """The name in a Host header, without its port: ``[::1]:80`` -> ``::1``."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.rpartition(":")[0].lower() if ":" in host else host.lower()


def same_origin(origin: str, host: str) -> bool:
    """Whether an Origin header names the very host that the request was sent to."""
    scheme, found, rest = origin.partition("://")
    return bool(found) and scheme in {"http", "https"} and rest.lower() == host.lower()


def holds(folder: Path, relative: str) -> bool:
    """Whether `relative` is a file inside `folder` (and not a way out of it)."""
    base = folder.resolve()
    try:
        path = (base / relative).resolve()
        return path.is_relative_to(base) and path.is_file()
    except (OSError, ValueError):
        return False


def polish(page: bytes) -> bytes:
    """Give Solara's page a language and let readers zoom."""
    page = page.replace(b"<html>", b'<html lang="en">', 1)
    return page.replace(b", maximum-scale=1, user-scalable=no, minimal-ui", b"", 1)


class Guard:
    """ASGI layer that lets through only what belongs to this app.

    Parameters
    ----------
    app
        The application behind the gate.
    hosts
        Names accepted in the Host header.
    libraries
        Folder of the script files that ship with the app.
    max_sessions
        Open websockets beyond this number are refused.
    """

    def __init__(
        self, app: App, hosts: Iterable[str], libraries: Path, max_sessions: int = MAX_SESSIONS
    ) -> None:
        self.app = app
        self.hosts = {host.lower() for host in hosts}
        self.libraries = libraries
        self.max_sessions = max_sessions
        self.sessions = 0

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _websocket(
        self, scope: MutableMapping[str, Any], receive: Receive, send: Send
    ) -> None:
        host, origin = _header(scope, b"host"), _header(scope, b"origin")
        known = host_name(host) in self.hosts and same_origin(origin, host)
        if not known or self.sessions >= self.max_sessions:
            await receive()
            await send({"type": "websocket.close", "code": 4403})
            return
        self.sessions += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.sessions -= 1

    async def _http(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        host, origin = _header(scope, b"host"), _header(scope, b"origin")
        if host_name(host) not in self.hosts:
            await _refuse(send, 421, "This app does not answer to that host name.")
        elif origin and not same_origin(origin, host):
            await _refuse(send, 403, "This app does not answer to other sites.")
        elif self._hidden(scope["path"]):
            await _refuse(send, 404, "Not found.")
        else:
            await self.app(_plain_pages(scope), receive, _Polisher(send, _wants_page(scope)))

    def _hidden(self, path: str) -> bool:
        if path.rstrip("/").endswith("/resourcez"):
            return True
        _, found, relative = path.partition(LIBRARIES)
        return bool(found) and not holds(self.libraries, relative)


class _Polisher:
    """Sends a response on, with the headers added and an HTML page polished.

    A person who follows a wrong address gets a page that leads back; a program gets the bare 404.
    """

    def __init__(self, send: Send, for_person: bool) -> None:
        self.send = send
        self.for_person = for_person
        self.start: Message | None = None
        self.page = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._begin(message)
        elif message["type"] == "http.response.body" and self.start is not None:
            self.page += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self.start)
        else:
            await self.send(message)

    async def _begin(self, message: Message) -> None:
        sent = dict(message["headers"])
        message = {**message, "headers": [*message["headers"], *HEADERS]}
        is_page = sent.get(b"content-type", b"").startswith(b"text/html")
        if message["status"] == 404 and self.for_person:
            kind = (b"content-type", b"text/html; charset=utf-8")
            kept = [pair for pair in message["headers"] if pair[0].lower() != kind[0]]
            self.start = {**message, "headers": [*kept, kind]}
        elif is_page and b"content-encoding" not in sent:
            self.start = message
        else:
            await self.send(message)

    async def _finish(self, start: Message) -> None:
        page = MISSING.encode() if start["status"] == 404 else polish(self.page)
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        headers.append((b"content-length", str(len(page)).encode()))
        await self.send({**start, "headers": headers})
        await self.send({"type": "http.response.body", "body": page})


def _header(scope: MutableMapping[str, Any], name: bytes) -> str:
    for key, value in scope["headers"]:
        if key.lower() == name:
            return str(value.decode("latin-1"))
    return ""


def _wants_page(scope: MutableMapping[str, Any]) -> bool:
    return "text/html" in _header(scope, b"accept")


def _plain_pages(scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Ask for pages uncompressed, so that they can be polished; files stay compressed."""
    if not _wants_page(scope):
        return scope
    kept = [pair for pair in scope["headers"] if pair[0].lower() != b"accept-encoding"]
    return {**scope, "headers": kept}


async def _refuse(send: Send, status: int, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode() + b"\n"})
