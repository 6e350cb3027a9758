"""Start the browser app: one process, this computer only unless told otherwise."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import sys
import threading
import warnings
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from cxsim.errors import CxsimError

if TYPE_CHECKING:
    from cxsim.app.guard import Guard

ASSETS = Path(__file__).parent / "assets"
LOCAL_NAMES = ("127.0.0.1", "localhost", "::1")
ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # recognised, never a default
MMAP_THRESHOLD, ARENA_MAX = -3, -8  # settings of the C library, see mallopt(3)
FIRST_PORT = 8765
PORTS_TRIED = 50
SWITCH = 0.001  # seconds; a quick look must not wait long for the thread that draws a page

# Solara reads these once, when it is imported. The dead address stands for "no network".
SETTINGS = {
    "SOLARA_APP": "cxsim.app.main",
    "SOLARA_MODE": "production",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",
    "SOLARA_ASSETS_PROXY": "true",
    "SOLARA_ASSETS_PROXY_CACHE_DIR": str(ASSETS / "cdn"),
    "SOLARA_ASSETS_EXTRA_LOCATIONS": str(ASSETS),
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_TITLE": "cxsim",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_KERNEL_CULL_TIMEOUT": "30m",
    "SOLARA_KERNEL_MAX_PER_SESSION": "8",
    "SOLARA_SESSION_HTTP_ONLY": "true",
    "MPLBACKEND": "agg",
}


def build(hosts: tuple[str, ...] = ()) -> Guard:
    """The complete ASGI application: guard, health check, Solara.

    Parameters
    ----------
    hosts
        Host names accepted besides this computer's own.
    """
    os.environ.update(SETTINGS)
    # a local page is served without encryption, and a lax cookie is what it needs
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    import solara.server.starlette as solara_server  # only after its settings are in place
    from solara.server import kernel_context
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Mount, Route

    from cxsim.app.experiments.studies import STUDIES
    from cxsim.app.guard import Guard
    from cxsim.app.simulation import SIMULATOR, warm_up
    from cxsim.app.vue import close_back_doors

    close_back_doors()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        threading.Thread(target=warm_up, daemon=True).start()
        try:
            # a mounted application does not get its own start and stop
            async with solara_server.lifespan(solara_server.app):
                yield
        finally:
            STUDIES.close()
            SIMULATOR.close()  # what still runs must not outlive the interpreter

    async def healthz(_: Request) -> JSONResponse:
        sessions, connections = len(kernel_context.contexts), guard.sessions
        counts = {"connections": connections, "sessions": sessions, "simulations": SIMULATOR.busy}
        return JSONResponse({"ok": True, **counts})

    # Solara comes last, because "/" takes whatever the routes before it leave.
    routes = [Route("/healthz", healthz), Mount("/", app=solara_server.app)]
    app = Starlette(routes=routes, lifespan=lifespan)
    guard = Guard(app, (*LOCAL_NAMES, *hosts), libraries=ASSETS / "cdn")
    return guard


def listen(host: str, port: int | None) -> socket.socket:
    """Take the port to serve on.

    Parameters
    ----------
    host
        Address to listen on.
    port
        Port to take; None takes the first free one from 8765 on.

    Raises
    ------
    CxsimError
        The port is taken, out of range, or the address is not one of this computer's.
    """
    if port is not None and not 0 < port < 65536:
        raise CxsimError(f"--port {port}: a port is a number from 1 to 65535")
    wanted = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else [port]
    for number in wanted:
        try:
            return _bind(host, number)
        except PermissionError:
            if port is None:
                continue
            raise CxsimError(
                f"port {number} may not be used by this account; choose one above 1023"
            ) from None
        except OSError as problem:
            if problem.errno != errno.EADDRINUSE:
                raise CxsimError(
                    f"--host {host}: this computer cannot listen there ({problem.strerror})"
                ) from None
    if port is None:
        raise CxsimError(
            f"ports {FIRST_PORT} to {wanted[-1]} are all in use; name a free one with --port"
        )
    raise CxsimError(
        f"port {port} is already in use; leave out --port to take the next free one, "
        "or stop the program that uses it"
    )


def main(
    host: str = "127.0.0.1",
    port: int | None = None,
    allow_hosts: tuple[str, ...] = (),
    open_browser: bool = True,
) -> None:
    """Serve the app until Ctrl-C.

    Parameters
    ----------
    host
        Address to listen on; the default can be reached from this computer only.
    port
        Port to take; None takes the first free one from 8765 on.
    allow_hosts
        Further host names under which the app answers, for use in a local network.
    open_browser
        Open the page in the default browser, where there is a display.

    Raises
    ------
    CxsimError
        The port or the address cannot be used.
    """
    sys.setswitchinterval(SWITCH)
    _give_memory_back()
    with closing(listen(host, port)) as sock:
        named = () if host in ANY_ADDRESS else (host,)
        config = uvicorn.Config(
            build((*named, *allow_hosts)),
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            ws_max_size=4 * 2**20,
        )
        url = _url(host, sock.getsockname()[1])
        if host in ANY_ADDRESS and not allow_hosts:
            print("other computers are refused until --allow-host names how they call this one")
        server = _Server(config, url, open_browser and _has_display())
        try:
            server.run(sockets=[sock])
        except KeyboardInterrupt:
            print("\ncxsim has stopped", flush=True)


class _Server(uvicorn.Server):
    """Says where the app runs once it really answers."""

    def __init__(self, config: uvicorn.Config, url: str, open_browser: bool) -> None:
        super().__init__(config)
        self.url = url
        self.open_browser = open_browser

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        print(f"cxsim is running at {self.url}  (press Ctrl-C to stop)", flush=True)
        if self.open_browser:
            threading.Thread(target=webbrowser.open, args=(self.url,), daemon=True).start()


def _give_memory_back() -> None:
    """Let the C library return the memory of large results as soon as they are forgotten.

    Left alone it comes to keep blocks of up to 32 MiB for reuse, in a pool per thread, and an app
    that forgets a result every second would grow to several times what it holds.
    """
    if not sys.platform.startswith("linux"):
        return
    with suppress(OSError, AttributeError):  # another C library knows no such settings
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(MMAP_THRESHOLD, 2**20)
        mallopt(ARENA_MAX, 2)


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two programs share the port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(64)
    except OSError:
        sock.close()
        raise
    return sock


def _url(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ANY_ADDRESS else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def _has_display() -> bool:
    if os.environ.get("SSH_CONNECTION"):
        return False
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
