"""Where things stand on the Compare page, for its tests in a browser."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

import cxsim
from cxsim.app.comparing import revision as revision_of
from cxsim.app.link import from_query, to_query
from cxsim.app.simulation import REPLICATES
from cxsim.app.state import Setting, Side, scenario_of
from cxsim.parameters import registry

from .pages import (
    SOON,
    open_page,
    settled,
)

A, B = Side("orchestrated"), Side("fm06_survey_lady")
WORLD = (("employees", "40"), ("customers", "90"))  # a small firm, so that answers come quickly
SETTING = Setting((A, B), firm=WORLD)
LAST_WEEK = cxsim.load(A.scenario).weeks - 1
CHARTER = registry().levers["charter"]
EVENT = {"week": 30, "set": {"communication": 0.9}, "note": "a push"}


def at(app_url: str, setting: Setting) -> str:
    return f"{app_url}/compare?{to_query(setting)}"


def open_at(page: Page, app_url: str, setting: Setting = SETTING) -> Page:
    return open_page(page, at(app_url, setting), charts=len(setting.charts))


def shows(page: Page, setting: Setting) -> None:
    """The page has the answer that the model gives to a setting, and its link leads to it."""
    scenarios = [scenario_of(side, setting) for side in setting.sides]
    wanted = revision_of(scenarios, setting.seed, REPLICATES)
    expect(page.locator(".cx-outcomes")).to_have_attribute("data-rev", wanted, timeout=SOON)
    for _ in range(100):  # the link is brought up to date on its own
        if link_of(page) == setting:
            return
        page.wait_for_timeout(50)
    assert link_of(page) == setting


def link_of(page: Page) -> Setting:
    """What the link on the page asks for."""
    link = page.locator("code[data-name=link]").inner_text()
    return from_query(link.partition("?")[2], cxsim.bundled()).setting


def slider(page: Page, name: str, side: str) -> Locator:
    return page.locator(f"#slider-{side}-{name}")


def card(page: Page, side: str) -> Locator:
    return page.get_by_role("region", name=f"Scenario {side}", exact=True)


def world(page: Page) -> Locator:
    return page.get_by_role("region", name="My firm and assumptions")


def press(page: Page | Locator, name: str) -> None:
    page.get_by_role("button", name=name).click()


def texts(page: Page) -> list[str]:
    """What every side came to."""
    settled(page)
    return page.locator(".cx-outcome-text").all_inner_texts()
