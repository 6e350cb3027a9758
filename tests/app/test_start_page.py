"""The Start page in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

import cxsim
from cxsim.app.opening import FUTURES, SERIES_SHOWN, SHOWN

from .conftest import PATIENCE
from .pages import barriers, settled, sideways


def open_start(page: Page, app_url: str, path: str = "/") -> Page:
    page.goto(app_url + path)
    page.locator("figure canvas").nth(len(SERIES_SHOWN) - 1).wait_for(timeout=PATIENCE)
    return page


@pytest.mark.parametrize("path", ["/", "/start"])
def test_it_is_the_first_page_and_alive(app_page: Page, app_url: str, path: str) -> None:
    page = open_start(app_page, app_url, path)
    expect(page).to_have_title("Start - cxsim")
    expect(page.get_by_role("heading", level=1)).to_contain_text("customer-experience programmes")
    expect(page.locator("figure")).to_have_count(len(SERIES_SHOWN))
    expect(page.get_by_text(f"{FUTURES} futures of each")).to_be_visible()
    for name in SHOWN:
        expect(page.locator(".cx-legend")).to_contain_text(cxsim.load(name).title)
    for words in ("it does not forecast the figures of one firm", "it does not judge people"):
        expect(page.get_by_text(words)).to_be_visible()


def test_the_numbers_are_simulated(app_page: Page, app_url: str) -> None:
    page = open_start(app_page, app_url)
    readout = page.locator("figure[data-name=adoption] .cx-readout b")
    for place, name in enumerate(SHOWN):
        made = cxsim.simulate(cxsim.load(name), FUTURES, seed=1)
        assert made is not None
        median = 100 * made.quantiles("adoption", [0.5])[0, -1]
        expect(readout.nth(place)).to_have_text(f"{'ABC'[place]} {median:.0f} %")


@pytest.mark.parametrize(
    ("door", "address", "there"),
    [
        ("Compare options", "/compare?a=typical&b=orchestrated", "Compare programmes"),
        ("Show why programmes fail", "/failure-modes", None),
        ("Run experiments", "/experiments", None),
    ],
)
def test_every_door_leads_to_something(
    app_page: Page, app_url: str, door: str, address: str, there: str | None
) -> None:
    page = open_start(app_page, app_url)
    page.get_by_role("navigation", name="Where to begin").get_by_role("link", name=door).click()
    page.wait_for_url(lambda url: url.startswith(app_url + address))
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE)
    if there:
        expect(page.get_by_role("heading", level=1)).to_have_text(there)
        settled(page)


def test_the_library_has_as_many_stories_as_the_door_says(app_page: Page, app_url: str) -> None:
    page = open_start(app_page, app_url)
    modes = sum(cxsim.load(name).mode is not None for name in cxsim.bundled())
    expect(page.get_by_role("link", name="Show why programmes fail")).to_contain_text(str(modes))


def test_the_keyboard_reaches_the_doors(app_page: Page, app_url: str) -> None:
    page = open_start(app_page, app_url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    door = page.get_by_role("link", name="Compare options")
    for _ in range(12):
        page.keyboard.press("Tab")
        if door.evaluate("(one) => one === document.activeElement"):
            break
    expect(door).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?**")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nobody_is_kept_out(app_page: Page, app_url: str, colours: Any) -> None:
    app_page.emulate_media(color_scheme=colours)
    page = open_start(app_page, app_url)
    for width in (1920, 1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(200)
        assert sideways(page) == []
    assert barriers(page) == []
