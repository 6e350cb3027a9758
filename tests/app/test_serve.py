"""Starting, refusing and stopping the app."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from cxsim.app.serve import FIRST_PORT, listen
from cxsim.errors import CxsimError

from .conftest import PATIENCE, SERVE, free_port


def get(url: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


def test_a_taken_port_gives_one_clear_error() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(CxsimError, match=f"port {port} is already in use; leave out --port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_an_impossible_port_gives_one_clear_error(port: int) -> None:
    with pytest.raises(CxsimError, match="from 1 to 65535"):
        listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["203.0.113.7", "no.such.host.invalid"])
def test_an_address_of_another_computer_gives_one_clear_error(host: str) -> None:
    with pytest.raises(CxsimError, match=f"--host {host}: this computer cannot listen there"):
        listen(host, free_port())


def test_without_a_port_the_next_free_one_is_taken() -> None:
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        ports = [sock.getsockname()[1] for sock in (first, second)]
    assert FIRST_PORT <= ports[0] < ports[1]


# Starts a long run at once, as a visitor would who came back to an open page.
BUSY = (
    "import threading, cxsim; from cxsim.app.simulation import SIMULATOR;"
    "threading.Thread(target=SIMULATOR.run, args=(cxsim.load('typical'), 2000, 1, lambda: False),"
    " daemon=True).start();" + SERVE
)


@contextmanager
def started(script: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """A server of its own, which has said where it runs."""
    server = subprocess.Popen(
        [sys.executable, "-c", script, str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line == f"cxsim is running at http://127.0.0.1:{port}  (press Ctrl-C to stop)\n"
        yield server
    finally:
        server.kill()
        server.wait(15)


def interrupt(server: subprocess.Popen[str]) -> None:
    """Press Ctrl-C, and see the app end in peace."""
    server.send_signal(signal.SIGINT)
    output, errors = server.communicate(timeout=20)
    assert errors == ""
    assert output.strip() == "cxsim has stopped"
    assert server.returncode == 0


# the engine is loaded, warmed up and at rest at about these times after the start
@pytest.mark.parametrize("pause", [0.0, 0.3, 1.0])
def test_ctrl_c_ends_the_app_cleanly(pause: float) -> None:
    with started(SERVE, free_port()) as server:
        time.sleep(pause)
        interrupt(server)


@pytest.mark.parametrize("pause", [0.2, 1.5])
def test_ctrl_c_ends_the_app_cleanly_while_it_simulates(pause: float) -> None:
    with started(BUSY, free_port()) as server:
        time.sleep(pause)
        interrupt(server)


def test_ctrl_c_ends_the_app_cleanly_under_a_visitors_eyes(page: Page) -> None:
    port = free_port()
    with started(SERVE, port) as server:
        page.goto(f"http://127.0.0.1:{port}/compare?seed=321")
        page.locator("figure canvas").first.wait_for(timeout=PATIENCE)  # the answer is under way
        interrupt(server)


def test_health_is_answered(app_url: str) -> None:
    said = json.loads(get(app_url, "/healthz").read())
    assert said.pop("ok") is True
    assert set(said) == {"connections", "sessions", "simulations"}
    assert all(isinstance(count, int) and count >= 0 for count in said.values())


def test_foreign_hosts_and_sites_are_refused(app_url: str) -> None:
    assert get(app_url, "/", Host="evil.example").status == 421
    assert get(app_url, "/", Origin="http://evil.example").status == 403
    assert get(app_url, "/resourcez").status == 404
    assert get(app_url, "/_solara/cdn/vue@3.0.0/vue.js").status == 404


def test_a_foreign_site_cannot_open_a_session(page: Page, app_url: str) -> None:
    # the sandbox of a data: address has an opaque origin, which no list can allow
    page.goto("data:text/html,<title>elsewhere</title>")
    address = app_url.replace("http", "ws") + "/_solara/api/watchdog"
    outcome = page.evaluate(
        """(address) => new Promise((resolve) => {
            const socket = new WebSocket(address);
            socket.onopen = () => resolve("open");
            socket.onclose = () => resolve("refused");
        })""",
        address,
    )
    assert outcome == "refused"
