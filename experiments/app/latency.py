"""One visitor alone: from a move of a slider to the first new line, and to the bands."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass

from cxsim.app.comparing import revision
from cxsim.app.simulation import REPLICATES
from cxsim.app.state import Setting, Side, scenario_of
from experiments.app.server import Server

PATH = "/compare?a=typical&b=orchestrated"
SLIDER = "#slider-A-leadership"
SETTLED = f'.cx-outcomes[data-rev$="-{REPLICATES}"]'
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
PAUSE = 0.3  # seconds between two moves
MOVE = """(value) => {
  const slider = document.querySelector("#slider-A-leadership");
  window.answers = [];
  window.cxsim.onDrawn = (drawn) => window.answers.push([drawn.kind, drawn.at - window.moved]);
  window.moved = performance.now();
  slider.value = value;
  slider.dispatchEvent(new Event("input", {bubbles: true}));
  slider.dispatchEvent(new Event("change", {bubbles: true}));
}"""
DRAG = """async (seconds) => {
  const slider = document.querySelector("#slider-A-leadership");
  const end = performance.now() + 1000 * seconds;
  let moves = 0;
  while (performance.now() < end) {
    slider.value = 20 + (moves * 7) % 61;
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    moves += 1;
    await new Promise((go) => setTimeout(go, 16));
  }
  slider.value = 42;
  slider.dispatchEvent(new Event("input", {bubbles: true}));
  slider.dispatchEvent(new Event("change", {bubbles: true}));
  return moves;
}"""


@dataclass(frozen=True)
class Alone:
    """Times in milliseconds, one per move; and what a drag of some seconds left behind."""

    first: list[float]
    bands: list[float]
    drag_moves: int
    drag_right: bool
    drag_settled_after: float
    left_running: int


def measure(server: Server, moves: int, drag_seconds: float) -> Alone:
    """Move a slider of the Compare page in Chromium and time what is drawn.

    A time ends after the frame in which all charts hold the new numbers.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        names = ("chromium", "chromium-browser", "google-chrome")
        found = next(filter(None, map(shutil.which, names)))
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.set_default_timeout(120_000)
        page.goto(server.url + PATH)
        page.wait_for_selector(SETTLED)
        page.wait_for_timeout(3000)
        first, bands = [], []
        for move in range(moves):
            page.evaluate(MOVE, 20 + (move * 17) % 61)
            page.wait_for_function("window.answers.some(([kind]) => kind === 'bands')")
            answers = page.evaluate("window.answers")
            lines = [at for kind, at in answers if kind == "line"]
            bands.append(answers[-1][1])
            first.append(lines[0] if lines else answers[-1][1])
            page.wait_for_timeout(1000 * PAUSE)
        drag_moves = page.evaluate(DRAG, drag_seconds)
        let_go = time.monotonic()
        wanted = _expected(42)
        page.wait_for_selector(f'.cx-outcomes[data-rev="{wanted}"]')
        took = time.monotonic() - let_go
        page.wait_for_timeout(1500)
        right = page.get_attribute(".cx-outcomes", "data-rev") == wanted
        left = server.health()["simulations"]
        browser.close()
    return Alone(first, bands, drag_moves, right, took, left)


def _expected(percent: int) -> str:
    """The revision of the page's result with the slider at `percent`, worked out here."""
    sides = (Side("typical").move("leadership", percent), Side("orchestrated"))
    setting = Setting(sides)
    return revision([scenario_of(side, setting) for side in sides], setting.seed, REPLICATES)
