"""Photograph the app for the documents: ``python tools/screenshots.py [NAME ...]``.

To be run when a page has changed its looks. Every page comes in light and dark, on a desktop and on
a phone; the guides get pictures of the steps that they tell. Needs Chromium, like the tests.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cxsim.app.experiments.shelf import VARIABLE  # noqa: E402
from experiments.app.server import Server, serving  # noqa: E402

FOLDER = ROOT / "docs" / "pictures" / "app"
DESKTOP, PHONE, PROJECTOR = (1440, 900), (390, 844), (1920, 1080)
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
COLOURS = 160  # of a picture; enough for flat areas and lines
PATIENCE = 120_000  # ms
SETTLED = '.cx-outcomes[data-rev$="-100"]'
CHARTS = "figure canvas"
READY = "text=The real curve is ready"

Steps = Callable[[Page], None]


@dataclass(frozen=True)
class Shot:
    """One picture: where, what to wait for, what to do before it is taken."""

    name: str
    path: str
    wait: str
    steps: Steps | None = None
    size: tuple[int, int] = DESKTOP
    dark: bool = False
    clip: str = ""  # only this part of the page


def _played(page: Page) -> None:
    page.get_by_label("Go to week").fill("60")
    page.keyboard.press("Tab")


def _checked(page: Page) -> None:
    page.wait_for_timeout(3000)


def _studied(design: str, tab: str) -> Steps:
    """Run a bundled design, unless that has been done, and open one of its answers."""

    def steps(page: Page) -> None:
        page.locator(f"[data-design={design}]").click()
        page.wait_for_selector("#cx-xb-verdict[data-state=fine]")
        page.wait_for_timeout(2500)  # until the time has been measured
        page.get_by_role("button", name=re.compile("Run it|Open the study")).click()
        page.wait_for_selector(".cx-xst[data-state=complete]", timeout=10 * PATIENCE)
        page.get_by_role("link", name=tab).click()
        page.wait_for_selector(f".cx-tab[aria-current=page]:text('{tab}')")
        page.wait_for_selector(".cx-xa[data-ready=true] .cx-xa-answer:not(.cx-stale)")
        page.wait_for_timeout(1500)  # a new address scrolls to its top
        narrow = page.evaluate("window.innerWidth < 600")
        seen = page.locator(".cx-xa-answer" if narrow else ".cx-xst .cx-tabs")
        seen.evaluate("e => window.scrollTo(0, e.getBoundingClientRect().top + scrollY - 84)")

    return steps


FINE = "#cx-xb-verdict[data-state=fine]"

PAGES = (
    ("start", "/", CHARTS, None),
    ("compare", "/compare?a=typical&b=orchestrated", SETTLED, None),
    ("watch", "/watch?scenario=orchestrated&seed=1&week=60", CHARTS, None),
    ("failure_modes", "/failure-modes", "svg polyline, svg path", _checked),
    ("failure_mode", "/failure-modes?mode=fm06_survey_lady&seed=1", READY, None),
    ("experiments", "/experiments", FINE, _checked),
    ("experiments_tips", "/experiments", FINE, _studied("tipping", "Where it tips")),
    ("experiments_matters", "/experiments", FINE, _studied("where_it_fails", "What matters")),
    ("experiments_fails", "/experiments", FINE, _studied("where_it_fails", "Where it fails")),
    ("model_week", "/model", "svg", None),
    ("model_parameters", "/model?part=parameters", "table", None),
    ("model_sensitivity", "/model?part=sensitivity", "svg", _checked),
)


def _in_all_looks() -> Iterator[Shot]:
    for name, path, wait, steps in PAGES:
        for dark in (False, True):
            look = "dark" if dark else "light"
            yield Shot(f"{name}_desktop_{look}", path, wait, steps, DESKTOP, dark)
            yield Shot(f"{name}_phone_{look}", path, wait, steps, PHONE, dark)


# --- the board: twenty minutes -------------------------------------------------------------------

BOARD = "/compare?a=fm06_survey_lady&b=fm06_survey_lady&firm.employees=450&firm.customers=3000"
CHARTER = "&b.charter=0.85&b.reporting_levels=0"


def _my_firm(page: Page) -> None:
    page.locator(".cx-world").scroll_into_view_if_needed()


def _parts_open(page: Page) -> None:
    page.locator(".cx-parts summary").first.click()
    page.locator(".cx-about summary").first.click()


def _open_all_policies(page: Page) -> None:
    page.locator("section.cx-card[aria-label='Scenario B'] .cx-parts summary").first.click()


def _outcomes(page: Page) -> None:
    page.locator(".cx-outcomes").scroll_into_view_if_needed()


def _world_asked(page: Page) -> None:
    page.locator(".cx-world").scroll_into_view_if_needed()
    page.wait_for_selector("text=Under yours")


GUIDE_BOARD = (
    Shot("board_1_firm", BOARD, SETTLED, _my_firm, clip=".cx-world"),
    Shot("board_2_parts", BOARD, SETTLED, _parts_open),
    Shot("board_3_compare", BOARD + CHARTER, SETTLED),
    Shot("board_4_outcomes", BOARD + CHARTER, SETTLED, _outcomes, clip=".cx-outcomes"),
    Shot(
        "board_5_world", BOARD + CHARTER + "&firm.churn=25&view=interaction", SETTLED, _world_asked
    ),
)


# --- the workshop: ninety minutes ----------------------------------------------------------------

MODE = "/failure-modes?mode=fm07_listening_without_acting&seed=1"


def _drawn(page: Page) -> None:
    plot = page.locator(".cx-pr-plot")
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    assert box is not None
    left, bottom = box["x"] + 0.12 * box["width"], box["y"] + 0.8 * box["height"]
    page.mouse.move(left, bottom)
    page.mouse.down()
    for share in range(1, 21):
        page.mouse.move(
            left + share / 20 * 0.82 * box["width"],
            bottom - 0.55 * box["height"] * (share / 20) ** 0.6,
        )
    page.mouse.up()


def _revealed(page: Page) -> None:
    _drawn(page)
    page.get_by_role("button", name="Reveal").click()
    page.wait_for_selector("#cx-fd-signs")
    page.wait_for_timeout(4000)
    page.evaluate("window.scrollTo(0, 0)")


def _debriefed(page: Page) -> None:
    _revealed(page)
    page.locator("#cx-fd-signs").evaluate("e => e.scrollIntoView({block: 'start'})")


def _intervening(page: Page) -> None:
    page.get_by_role("button", name="Intervene now").click()
    page.wait_for_timeout(800)


GUIDE_WORKSHOP = (
    Shot("workshop_1_predict", MODE, ".cx-pr-plot", _drawn),
    Shot("workshop_2_reveal", MODE, ".cx-pr-plot", _revealed),
    Shot("workshop_3_debrief", MODE, ".cx-pr-plot", _debriefed),
    Shot(
        "workshop_4_watch", "/watch?scenario=fm07_listening_without_acting&seed=1&week=52", CHARTS
    ),
    Shot(
        "workshop_5_intervene",
        "/watch?scenario=fm07_listening_without_acting&seed=1&week=52",
        CHARTS,
        _intervening,
    ),
    Shot("workshop_6_mystery", "/failure-modes?mystery=4711", CHARTS),
)

SHOTS = (*_in_all_looks(), *GUIDE_BOARD, *GUIDE_WORKSHOP)


def take(browser: Browser, server: Server, shot: Shot) -> None:
    """Open the page of a shot, do its steps, and save the picture with few colours."""
    with _tab(browser, shot) as page:
        page.goto(server.url + shot.path)
        page.wait_for_selector(shot.wait)
        page.wait_for_timeout(1500)
        if shot.steps is not None:
            shot.steps(page)
            page.wait_for_timeout(1200)
        picture = page.locator(shot.clip).screenshot() if shot.clip else page.screenshot()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    few = image.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{shot.name}.png", optimize=True)


@contextmanager
def _tab(browser: Browser, shot: Shot) -> Iterator[Page]:
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    try:
        yield page
    finally:
        context.close()


def main() -> None:
    """Take all pictures, or those whose names begin as given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of names; all pictures without any")
    wanted = tuple(parser.parse_args().names) or ("",)
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with (
        tempfile.TemporaryDirectory() as studies,
        serving({VARIABLE: os.environ.get(VARIABLE, studies)}) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        for shot in SHOTS:
            if shot.name.startswith(wanted):
                take(browser, server, shot)
                print(shot.name, flush=True)
        browser.close()


if __name__ == "__main__":
    main()
