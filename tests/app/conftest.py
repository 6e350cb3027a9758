"""A real server and a real browser for the tests of the app; nothing may leave this computer."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

PATIENCE = 180_000  # ms; the first page after a change waits until the engine is compiled
expect.set_options(timeout=30_000)

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
SERVE = (
    "import sys; from cxsim.app.serve import main; main(port=int(sys.argv[1]), open_browser=False)"
)


def free_port() -> int:
    """A port that nothing uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use the Chromium of the system."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, f"these tests need a browser on the PATH: {' or '.join(names)}"
    return {**browser_type_launch_args, "executable_path": found, "args": list(QUIET)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A common screen."""
    size = {"width": 1440, "height": 900}
    return {**browser_context_args, "viewport": size, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app that runs for the whole session."""
    with serving(SERVE, tmp_path_factory.mktemp("app")) as url:
        yield url


@contextmanager
def serving(script: str, folder: Path) -> Iterator[str]:
    """The address of an app that a script serves, given its port; what it says goes to a file."""
    url = f"http://127.0.0.1:{free_port()}"
    log = folder / "server.log"
    with log.open("w") as output:
        command = [sys.executable, "-c", script, url.rpartition(":")[2]]
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_until_healthy(url, server, log)
        yield url
    finally:
        server.terminate()
        server.wait(15)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url + "/healthz", timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the app did not answer within a minute:\n" + log.read_text())


def watch(page: Page, url: str) -> list[str]:
    """Collect what a page must never do: ask another host, or report an error."""
    problems: list[str] = []
    own = (url, url.replace("http://", "ws://"), "data:", "blob:")
    page.on("pageerror", lambda error: problems.append(f"error: {error}"))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(own) else problems.append(asked.url),
    )
    return problems


@pytest.fixture
def app_page(page: Page, app_url: str) -> Iterator[Page]:
    """A browser tab that fails the test on a foreign request or a console error."""
    page.set_default_timeout(PATIENCE)
    problems = watch(page, app_url)
    yield page
    assert problems == []
