"""A server of the app for measuring: started, watched, stopped."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

SERVE = (
    "import sys; from cxsim.app.serve import main; main(port=int(sys.argv[1]), open_browser=False)"
)
PATIENCE = 90.0  # seconds until it has to answer


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    process: psutil.Process

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def health(self) -> dict[str, int]:
        """What the server says of itself: open connections, sessions, simulations under way."""
        with urllib.request.urlopen(f"{self.url}/healthz", timeout=10) as answer:
            found: dict[str, int] = json.load(answer)
            return found

    def memory(self) -> float:
        """Memory in use, MiB."""
        return float(self.process.memory_info().rss / 2**20)

    def cpu(self) -> float:
        """Seconds of processor time used so far."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


def free_port() -> int:
    """A port that nothing uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """Run the app in a process of its own.

    Parameters
    ----------
    settings : mapping of str, optional
        Further environment variables.
    """
    port = free_port()
    child = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)],
        env={**os.environ, **(settings or {})},
        stdout=subprocess.DEVNULL,
    )
    server = Server(port, psutil.Process(child.pid))
    try:
        _wait(server, child)
        yield server
    finally:
        child.terminate()
        child.wait(20)


def _wait(server: Server, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError("the app ended before it answered")
        try:
            server.health()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the app did not answer within {PATIENCE:.0f} s")
