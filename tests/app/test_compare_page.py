"""The Compare page in a real browser."""

from __future__ import annotations

import csv
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import cxsim
from cxsim.app.state import PREFERRED, SLIDERS, Side, positions
from cxsim.figures import describe_event

from .conftest import PATIENCE, watch

A, B = "orchestrated", "fm06_survey_lady"
SETTLED = re.compile(r"-100$")
AXE = Path(__file__).with_name("axe.min.js")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def slider(page: Page, name: str, side: str) -> Locator:
    return page.get_by_role("slider", name=f"{SLIDERS[name]}, scenario {side}")


def settled(page: Page) -> Locator:
    """The outcomes, once they rest on all futures."""
    outcomes = page.locator(".cx-outcomes[data-rev]")
    expect(outcomes).to_have_attribute("data-rev", SETTLED, timeout=PATIENCE)
    return outcomes


def revision(page: Page) -> str:
    return settled(page).get_attribute("data-rev") or ""


def open_page(page: Page, url: str) -> Page:
    page.goto(url)
    page.locator("figure canvas").nth(5).wait_for(timeout=PATIENCE)
    settled(page)
    return page


def choose(page: Page, side: str, title: str) -> None:
    page.get_by_role("combobox", name=f"Scenario {side}").press("Enter")
    page.get_by_role("option", name=title, exact=True).click()


def test_the_page_opens_with_six_charts_and_outcomes(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url)
    expect(app_page.locator("figure canvas")).to_have_count(6)
    expect(app_page.locator(".cx-outcome")).to_have_count(6)
    expect(app_page.locator(".cx-verdict").first).to_contain_text(re.compile("futures|difference"))
    expect(app_page.get_by_text("What this model is not for")).to_be_in_viewport()
    expect(app_page.get_by_role("navigation").get_by_role("link", name="Compare")).to_be_visible()
    for name, percent in positions(Side(PREFERRED[0])).items():
        expect(slider(app_page, name, "A")).to_have_attribute("aria-valuenow", str(percent))


def test_an_arrow_key_moves_a_slider_and_the_result(app_page: Page, app_url: str) -> None:
    open_page(app_page, f"{app_url}/compare?a={A}&a.leadership=30&b={B}")
    before = revision(app_page)
    thumb = slider(app_page, "leadership", "A")
    thumb.focus()
    app_page.keyboard.press("ArrowRight")
    expect(thumb).to_have_attribute("aria-valuenow", "31")
    expect(app_page.locator("figure").first).not_to_have_attribute("data-rev", before)
    expect(app_page.locator("figure").first).to_have_attribute("data-rev", SETTLED)
    expect(app_page.locator("code[data-name=link]")).to_contain_text("a.leadership=31")
    assert "a.leadership=31" in app_page.url


def test_reset_brings_back_the_scenario(app_page: Page, app_url: str) -> None:
    open_page(app_page, f"{app_url}/compare?a={A}&b={B}")
    before = revision(app_page)
    app_page.goto(f"{app_url}/compare?a={A}&b={B}&b.wins=99")
    reset = app_page.get_by_role("button", name="Reset the sliders of scenario B")
    expect(slider(app_page, "wins", "B")).to_have_attribute("aria-valuenow", "99")
    reset.click()
    expect(app_page.locator(".cx-outcomes")).to_have_attribute("data-rev", before)
    expect(reset).to_be_disabled()


def test_another_scenario_is_chosen(app_page: Page, app_url: str) -> None:
    other = next(name for name in cxsim.bundled() if name not in {A, B})
    title = cxsim.load(other).title
    open_page(app_page, f"{app_url}/compare?a={A}&b={B}")
    before = revision(app_page)
    choose(app_page, "A", title)
    expect(app_page.locator(".cx-legend")).to_contain_text(title)
    expect(app_page.locator(".cx-outcomes")).not_to_have_attribute("data-rev", before)
    assert revision(app_page) != before


def test_a_link_gives_the_same_numbers_elsewhere(
    app_page: Page, app_url: str, browser: Browser
) -> None:
    open_page(app_page, f"{app_url}/compare?a={A}&a.change=71&b={B}&b.wins=12&seed=5")
    link = app_page.locator("code[data-name=link]").inner_text()
    cards = app_page.locator(".cx-outcomes").inner_text()
    context = browser.new_context()
    other = context.new_page()
    problems = watch(other, app_url)
    open_page(other, link)
    assert other.locator(".cx-outcomes").inner_text() == cards
    assert revision(other) == revision(app_page)
    expect(slider(other, "change", "A")).to_have_attribute("aria-valuenow", "71")
    assert problems == []
    context.close()


def test_the_command_on_the_page_gives_its_numbers(app_page: Page, app_url: str) -> None:
    open_page(app_page, f"{app_url}/compare?a={A}&a.wins=20&b={B}&b.leadership=90&seed=3")
    command = app_page.locator("code[data-name=command]").inner_text()
    program, *words = shlex.split(command)
    assert program == "cxsim"
    done = subprocess.run(
        [sys.executable, "-m", "cxsim.cli", *words, "--json"], capture_output=True, check=True
    )
    rows = json.loads(done.stdout)["outcomes"]
    for card, row in zip(app_page.locator(".cx-outcome").all(), rows, strict=False):
        expect(card).to_contain_text(row["label"])
        expect(card).to_contain_text(row["text_a"])
        expect(card).to_contain_text(row["text_b"])


def test_a_hostile_link_is_harmless(app_page: Page, app_url: str) -> None:
    hostile = "<img src=x onerror=document.title='owned'>"
    open_page(app_page, f"{app_url}/compare?a={hostile}&b={B}&b.leadership=1e99&b.wins=nan&z=%00")
    expect(slider(app_page, "leadership", "B")).to_have_attribute("aria-valuenow", "100")
    expect(app_page).to_have_title("Compare - cxsim")
    assert "owned" not in app_page.content()


def test_two_visitors_do_not_disturb_each_other(browser: Browser, app_url: str) -> None:
    contexts = [browser.new_context() for _ in range(2)]
    first, second = (
        open_page(context.new_page(), f"{app_url}/compare?a={A}&a.wins=40") for context in contexts
    )
    slider(first, "wins", "A").focus()
    first.keyboard.press("ArrowRight")
    expect(slider(first, "wins", "A")).to_have_attribute("aria-valuenow", "41")
    expect(first.locator("code[data-name=link]")).to_contain_text("a.wins=41")
    expect(slider(second, "wins", "A")).to_have_attribute("aria-valuenow", "40")
    for context in contexts:
        context.close()


def test_the_numbers_can_be_downloaded(app_page: Page, app_url: str) -> None:
    open_page(app_page, f"{app_url}/compare?a={A}&b={B}")
    with app_page.expect_download() as download:
        app_page.get_by_role("button", name="Download the numbers as CSV").click()
    with open(download.value.path(), encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 2 * 6 * cxsim.load(A).weeks
    assert {row["scenario"] for row in rows} == {A, B}
    for row in rows:
        levels = [float(row[key]) for key in ("p05", "p25", "median", "p75", "p95")]
        assert levels == sorted(levels)


def test_the_charts_can_be_downloaded(app_page: Page, app_url: str) -> None:
    open_page(app_page, f"{app_url}/compare?a={A}&b={B}")
    with app_page.expect_download() as download:
        app_page.get_by_role("button", name="Download the charts as PNG").click()
    picture = Path(download.value.path()).read_bytes()
    assert picture.startswith(PNG_SIGNATURE)
    assert len(picture) > 20_000


def test_the_weeks_can_be_read_by_keyboard(app_page: Page, app_url: str) -> None:
    open_page(app_page, f"{app_url}/compare?a={A}&b={B}")
    last = cxsim.load(A).weeks - 1
    chart = app_page.locator("figure").first
    chart.focus()
    expect(chart).to_contain_text(f"Week {last}")
    app_page.keyboard.press("ArrowLeft")
    expect(chart).to_contain_text(f"Week {last - 1}")
    app_page.keyboard.press("Home")
    expect(chart).to_contain_text("Week 0")


def test_an_event_is_told_where_it_happens(app_page: Page, app_url: str) -> None:
    name, event = next(
        (name, event)
        for name in cxsim.bundled()
        for event in cxsim.load(name).events
        if event.week < 60
    )
    open_page(app_page, f"{app_url}/compare?a={name}&b={B}")
    chart = app_page.locator("figure").first
    chart.focus()
    app_page.keyboard.press("Home")
    for _ in range(event.week):
        app_page.keyboard.press("ArrowRight")
    note = chart.get_by_text(f"A, week {event.week}: {describe_event(event)}")
    expect(note).to_be_visible()
    app_page.get_by_text("The story").first.click()
    expect(app_page.locator(".cx-story").first).to_contain_text(describe_event(event))


def test_a_narrow_screen_does_not_scroll_sideways(app_page: Page, app_url: str) -> None:
    app_page.set_viewport_size({"width": 390, "height": 844})
    open_page(app_page, app_url)
    width = app_page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    right = app_page.evaluate(
        "Math.max(...[...document.querySelectorAll('main *')]"
        ".filter((e) => !e.closest('.cx-scroll, .cx-copy-text, .v-input, .cx-spoken'))"
        ".map((e) => e.getBoundingClientRect().right))"
    )
    assert right <= 390


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_no_barrier(app_page: Page, app_url: str, colours: str) -> None:
    app_page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    open_page(app_page, app_url)
    expect(app_page.locator(f".v-theme--{colours}").first).to_be_visible()
    app_page.get_by_text("All outcomes as a table").click()
    app_page.evaluate(AXE.read_text(encoding="utf-8"))
    found = app_page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})"
        ".then((r) => r.violations.map((v) => [v.id, v.impact, v.nodes[0].html]))"
    )
    assert found == []


def test_the_theme_choice_is_remembered(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url)
    app_page.get_by_role("button", name="Switch to dark colours").click()
    expect(app_page.locator(".v-application.v-theme--dark")).to_be_visible()
    app_page.reload()
    expect(app_page.get_by_role("button", name="Switch to light colours")).to_be_visible()
    expect(app_page.locator(".v-application.v-theme--dark")).to_be_visible()
