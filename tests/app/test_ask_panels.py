"""The section "Ask further" of the Compare page in a real browser."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from cxsim.app.questions import causes, cutting, loops, momentum, money, rescue, why
from cxsim.app.state import Setting, Side

from .compare import SETTING, A, B, at, open_at, shows, slider
from .conftest import PATIENCE, serving, watch
from .pages import SOON, barriers, open_details, sideways

FEW = 10  # futures; what is asked here is the page, not the model
PANELS: dict[str, tuple[Any, dict[str, str]]] = {
    "why": (why, {"pair": "0-1"}),
    "causes": (causes, {"side": "0"}),
    "loops": (loops, {"side": "0"}),
    "cut": (cutting, {"side": "0", "link": "peers", "week": "26"}),
    "momentum": (momentum, {"side": "0"}),
    "rescue": (rescue, {"side": "1"}),
    "money": (money, {"side": "0"}),
}
MODULES = [module.__name__.rpartition(".")[2] for module, _ in PANELS.values()]
SERVE = f"""
import sys
from cxsim.app import serve
from cxsim.app.questions import {", ".join(MODULES)}
for module in ({", ".join(MODULES)}):
    module.REPLICATES = {FEW}
serve.SETTINGS["SOLARA_KERNEL_CULL_TIMEOUT"] = "2s"
serve.main(port=int(sys.argv[1]), open_browser=False)
"""
ONE_CHART = replace(SETTING, charts=("adoption",))
LARGE = Setting((Side("typical"),), firm=(("employees", "1500"),), charts=("adoption",))


@pytest.fixture(scope="module")
def quick_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app whose questions live few futures, and that ends what nobody looks at."""
    with serving(SERVE, tmp_path_factory.mktemp("ask")) as url:
        yield url


@pytest.fixture
def quick_page(page: Page, quick_url: str) -> Iterator[Page]:
    page.set_default_timeout(PATIENCE)
    problems = watch(page, quick_url)
    yield open_at(page, quick_url, ONE_CHART)
    assert problems == []


def panel(page: Page, name: str) -> Locator:
    return page.locator(f".cx-ask[data-panel={name}]")


def unfold(page: Page, name: str) -> Locator:
    card = panel(page, name)
    card.locator("summary").first.click()
    return card


def ask(card: Locator) -> None:
    card.locator("button[type=submit]").click()
    answered(card)


def answered(card: Locator) -> None:
    expect(card).to_have_attribute("data-state", re.compile("ready|stale|problem"), timeout=SOON)


def own(setting: Setting, name: str, **more: str) -> dict[str, Any]:
    """What the model itself says to a question."""
    module, wish = PANELS[name]
    told: dict[str, Any] = module.question(setting, {**wish, **more}).work(
        lambda *_: None, lambda: False
    )
    return told


def sentence(card: Locator) -> Locator:
    return card.locator(".cx-sentence")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same few futures here as in the app."""
    for module, _ in PANELS.values():
        monkeypatch.setattr(module, "REPLICATES", FEW)


def test_every_panel_answers_as_the_model_does(quick_page: Page) -> None:
    page = quick_page
    expect(page.locator(".cx-ask[open]")).to_have_count(0)
    expect(page.locator(".cx-ask-answer")).to_have_count(0)
    for name, (module, wish) in PANELS.items():
        card = unfold(page, name)
        if "side" in wish:
            card.get_by_role("combobox", name="Scenario").select_option(wish["side"])
        ask(card)
        told = own(ONE_CHART, name)
        shown = told["outcomes"][0] if name == "why" else told
        expect(sentence(card)).to_have_text(" ".join(shown["sentence"].split()))
        expect(card.locator(f"code[data-name={name}]")).to_have_text(
            module.question(ONE_CHART, wish).command
        )
    open_details(page)
    assert barriers(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert sideways(page) == []


def test_a_group_is_split_and_an_answer_is_marked_when_it_is_old(quick_page: Page) -> None:
    page = quick_page
    card = unfold(page, "why")
    ask(card)
    whole = sentence(card).inner_text()
    card.get_by_role("button", name="Split it over its levers: Leadership alignment").click()
    expect(sentence(card)).not_to_have_text(whole)
    inner = own(ONE_CHART, "why", within="leadership")["outcomes"][0]["bars"]["rows"]
    expect(card.locator(".cx-abar-words b")).to_have_text([row["text"] for row in inner])
    card.get_by_role("button", name="All groups").click()
    expect(sentence(card)).to_have_text(whole)

    thumb = slider(page, "leadership", "A")
    thumb.focus()
    page.keyboard.press("ArrowLeft")
    expect(card).to_have_attribute("data-state", "stale")
    expect(card.get_by_role("note")).to_contain_text("settings before your change")
    page.keyboard.press("Control+z")
    expect(card).to_have_attribute("data-state", "ready")

    form = card.get_by_label("Difference")
    form.select_option("1-0")
    expect(card).to_have_attribute("data-state", "stale")
    expect(card.get_by_role("note")).to_contain_text("not for the form as it stands")
    expect(card.locator(".cx-ask-about")).to_contain_text(re.compile("^From A .* to B .*seed 1$"))
    form.select_option("0-1")
    expect(card).to_have_attribute("data-state", "ready")


def test_causes_are_followed_upstream_and_back(quick_page: Page) -> None:
    card = unfold(quick_page, "causes")
    card.get_by_label("to week").fill("60")
    ask(card)
    first = own(ONE_CHART, "causes", last="60")["sentence"]
    expect(sentence(card)).to_have_text(first)
    card.get_by_role("button", name="Upstream: Belief that it works").first.click()
    above = own(ONE_CHART, "causes", series="belief", last="60")["sentence"]
    expect(sentence(card)).to_have_text(above)
    expect(sentence(card)).to_be_focused()  # the button pressed is gone
    trail = card.get_by_role("navigation", name="Steps upstream")
    expect(trail.locator("[aria-current=step]")).to_have_text("Belief that it works")
    trail.get_by_role("button", name="Adoption").click()
    expect(sentence(card)).to_have_text(first)
    expect(trail).to_have_count(0)


def test_a_picture_is_read_by_pointer_and_by_keys(quick_page: Page) -> None:
    card = unfold(quick_page, "momentum")
    ask(card)
    rows = own(ONE_CHART, "momentum")["picture"]["rows"]
    field = card.get_by_role("slider").first
    field.focus()
    quick_page.keyboard.press("ArrowRight")
    expect(field).to_have_attribute("aria-valuenow", "0")
    quick_page.keyboard.press("End")
    expect(card.locator(".cx-apic-reading b").first).to_have_text(rows[-1]["cells"][0])
    field.hover(position={"x": 2, "y": 40})
    expect(card.locator(".cx-apic-reading b")).to_have_text(rows[0]["cells"])
    card.get_by_text("The numbers as a table").click()
    expect(card.locator("table tbody tr")).to_have_count(len(rows))


def test_a_rescue_becomes_a_scenario_and_bad_wishes_are_refused(quick_page: Page) -> None:
    page = quick_page
    card = unfold(page, "rescue")
    card.get_by_role("combobox", name="Scenario").select_option("1")
    for field, text, said in (
        ("Changes in week", "200", "Week: '200' is no whole number from 0 to"),
        ("Goal;", "adopton >= 50%", "did you mean 'adoption'?"),
    ):
        before = card.get_by_label(field).input_value()
        card.get_by_label(field).fill(text)
        card.get_by_label(field).press("Enter")
        expect(card.get_by_role("alert")).to_contain_text(said)
        card.get_by_label(field).fill(before)
    goal = card.get_by_label("Goal;")
    card.get_by_role("button", name="payback", exact=True).click()
    expect(goal).to_have_value("payback")
    card.get_by_role("button", name=rescue.GOAL, exact=True).click()
    ask(card)
    expect(card.get_by_role("alert")).to_have_count(0)
    card.get_by_role("button", name="Take this as a new scenario").click()
    timeline = tuple(own(ONE_CHART, "rescue")["timeline"])
    third = replace(B, events=timeline)
    shows(page, replace(ONE_CHART, sides=(A, B, third)))
    expect(card).to_have_attribute("data-state", "ready")


def test_a_slider_answers_while_a_question_runs_and_cancel_ends_it(
    app_page: Page, app_url: str
) -> None:
    setting = replace(ONE_CHART, firm=())
    page = open_at(app_page, app_url, setting)
    card = unfold(page, "momentum")
    card.get_by_role("combobox", name="Scenario").select_option("1")
    card.get_by_role("button", name="Ask").click()
    expect(card.get_by_role("progressbar")).to_be_visible()
    slider(page, "leadership", "A").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    percent = int(slider(page, "leadership", "A").input_value())
    shows(page, setting.with_side(0, A.move("leadership", percent)))
    expect(card).to_have_attribute("data-state", "busy")
    expect(card).to_contain_text(re.compile(r"\d+ % done, about \d+ s left"))
    card.get_by_role("button", name="Cancel").click()
    expect(card).to_have_attribute("data-state", "unasked")
    expect(card.get_by_role("button", name="Ask")).to_be_focused()
    nothing_runs(app_url)


def test_a_closed_tab_ends_its_question(browser: Browser, quick_url: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(at(quick_url, LARGE))
    card = panel(page, "momentum")
    card.locator("summary").first.click(timeout=PATIENCE)
    card.get_by_role("button", name="Ask").click()
    expect(card.get_by_role("progressbar")).to_be_visible()
    context.close()
    nothing_runs(quick_url)


def nothing_runs(url: str) -> None:
    """No simulation is under way any more."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{url}/healthz", timeout=10) as answer:
            if json.load(answer)["simulations"] == 0:
                return
        time.sleep(0.2)
    pytest.fail("something still runs")
