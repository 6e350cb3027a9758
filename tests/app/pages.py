"""What the tests of several pages do with a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from .conftest import PATIENCE

AXE = Path(__file__).with_name("axe.min.js").read_text(encoding="utf-8")
RULES = ("wcag2a", "wcag2aa", "wcag21aa")
SOON = 30_000  # ms; once the engine is compiled nothing takes longer
ANSWERED = re.compile(r"-100$")  # a revision ends in its number of futures


def open_page(page: Page, url: str, charts: int = 6) -> Page:
    """Open a comparison and wait for its answer."""
    page.goto(url)
    page.locator("figure canvas").nth(charts - 1).wait_for(timeout=PATIENCE)
    settled(page)
    page.set_default_timeout(SOON)
    return page


def settled(page: Page) -> Locator:
    """The outcomes of a comparison, once they rest on all futures."""
    outcomes = page.locator(".cx-outcomes")
    expect(outcomes).to_have_attribute("data-rev", ANSWERED, timeout=PATIENCE)
    expect(page.locator(".cx-progress-on")).to_have_count(0)
    return outcomes


def revision(page: Page) -> str:
    """What stands for the numbers on a comparison."""
    return settled(page).get_attribute("data-rev") or ""


def open_details(page: Page) -> None:
    """Open everything that can be unfolded, what is inside too."""
    while page.evaluate(
        "[...document.querySelectorAll('details:not([open])')].map((one) => one.open = true).length"
    ):
        page.wait_for_timeout(150)


def barriers(page: Page) -> list[Any]:
    """What keeps somebody from using the page, by the rules of WCAG 2.1 AA."""
    page.evaluate(AXE)
    found: list[Any] = page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules})"
        ".then((r) => r.violations.map((v) => [v.id, v.impact, v.nodes.length, v.nodes[0].html]))",
        list(RULES),
    )
    return found


def sideways(page: Page) -> list[str]:
    """What reaches beyond an edge of the window, outside of boxes that scroll."""
    found: list[str] = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            const beyond = ({left, right}) => left < -0.5 || right > width + 0.5;
            const boxed = ".cx-scroll, .cx-copy-text, .cx-spoken, .cx-table-scroll, .v-overlay";
            const wide = [...document.querySelectorAll("main *")].filter((one) =>
                !one.closest(boxed) && beyond(one.getBoundingClientRect()));
            const page = document.documentElement.scrollWidth > width ? ["the page itself"] : [];
            return [...page, ...wide.map((one) => one.outerHTML.slice(0, 120))];
        }"""
    )
    return found


def download(page: Page, button: str) -> Path:
    """The file behind a button."""
    with page.expect_download() as arriving:
        page.get_by_role("button", name=button).click()
    path = Path(arriving.value.path())
    named = path.with_name(arriving.value.suggested_filename)
    return path.rename(named)
