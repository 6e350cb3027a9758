"""What is closed ends: sessions that nobody comes back to, and the simulations of closed tabs."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from .conftest import serving

FORGETFUL = """
import sys
from cxsim.app import serve
serve.SETTINGS["SOLARA_KERNEL_CULL_TIMEOUT"] = "2s"
serve.main(port=int(sys.argv[1]), open_browser=False)
"""
LARGE = "/compare?a=typical&firm.employees=8000&firm.customers=60000"  # a minute of simulation
SOON = 20.0  # seconds


@pytest.fixture(scope="module")
def forgetful_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app that forgets a lost session after two seconds instead of half an hour."""
    with serving(FORGETFUL, tmp_path_factory.mktemp("sessions")) as url:
        yield url


def health(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
        found: dict[str, int] = json.load(answer)
        return found


def wait_for(url: str, holds: Callable[[dict[str, int]], bool]) -> dict[str, int]:
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        if holds(now := health(url)):
            return now
        time.sleep(0.2)
    pytest.fail(f"still {health(url)}")


def tab(browser: Browser, address: str) -> BrowserContext:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.locator("aside .cx-range").first.wait_for(timeout=60_000)
    return context


def test_the_simulation_of_a_closed_tab_ends(browser: Browser, forgetful_url: str) -> None:
    context = tab(browser, forgetful_url + LARGE)
    wait_for(forgetful_url, lambda now: now["simulations"] > 0 and now["sessions"] == 1)
    context.close()
    ended = wait_for(forgetful_url, lambda now: now["simulations"] == 0)
    assert ended["connections"] == 0


def test_a_lost_session_is_forgotten(browser: Browser, forgetful_url: str) -> None:
    context = tab(browser, f"{forgetful_url}/compare?a=typical")
    page = context.pages[0]
    wait_for(forgetful_url, lambda now: now["sessions"] >= 1 and now["connections"] == 1)
    # no farewell: as when a phone leaves the network
    page.evaluate("navigator.sendBeacon = () => true")
    page.context.set_offline(True)
    context.close()
    wait_for(forgetful_url, lambda now: now["sessions"] == 0 and now["connections"] == 0)


def test_two_tabs_are_two_sessions(browser: Browser, forgetful_url: str) -> None:
    first = tab(browser, f"{forgetful_url}/compare?a=typical")
    second = tab(browser, f"{forgetful_url}/compare?a=typical")
    wait_for(forgetful_url, lambda now: now["sessions"] == 2)
    first.close()
    second.close()
    wait_for(forgetful_url, lambda now: now["sessions"] == 0)
