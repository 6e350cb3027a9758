"""The page on failure modes in a real browser: library, prediction, debrief, mysteries."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect

import cxsim
from cxsim.app.library import cards, names
from cxsim.app.mystery import secret
from cxsim.app.prediction import handles

from .conftest import PATIENCE

AXE = Path(__file__).with_name("axe.min.js")
MODE = "fm06_survey_lady"
NUMBER = 4711
READY = "The real curve is ready"


def title_of(name: str) -> str:
    return cxsim.load(name).title


def open_mode(page: Page, url: str, name: str = MODE) -> Page:
    page.goto(f"{url}/failure-modes?mode={name}&seed=1")
    page.get_by_text(READY).wait_for(timeout=PATIENCE)
    return page


def open_mystery(page: Page, url: str, number: int = NUMBER) -> Page:
    page.goto(f"{url}/failure-modes?mystery={number}")
    page.locator(".cx-fy canvas").nth(5).wait_for(timeout=PATIENCE)
    return page


def handle(page: Page, week: int) -> Locator:
    return page.get_by_role("slider", name=f"Adoption in week {week}", exact=True)


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def debriefed(page: Page) -> Locator:
    """The charts of the debrief, once they are drawn."""
    charts = page.locator(".cx-fd-card")
    charts.last.locator("canvas").wait_for(timeout=PATIENCE)
    return charts


def guess(page: Page, name: str) -> None:
    page.get_by_label("Your guess").select_option(label=title_of(name))
    button(page, "That is it").click()


def test_every_failure_mode_has_a_card_and_a_picture(app_page: Page, app_url: str) -> None:
    app_page.goto(f"{app_url}/failure-modes")
    expect(app_page.locator(".cx-fm-card")).to_have_count(len(names()))
    expect(app_page.locator(".cx-fm-card svg")).to_have_count(len(names()), timeout=PATIENCE)
    spoken = app_page.locator(".cx-fm-card svg").first.get_attribute("aria-label") or ""
    assert re.fullmatch(r"Adoption peaks at \d+ % and ends at \d+ %", spoken)
    app_page.get_by_label("Pictures").uncheck()
    expect(app_page.locator(".cx-fm-card svg")).to_have_count(0)


def test_cards_are_found_by_text_and_theme(app_page: Page, app_url: str) -> None:
    app_page.goto(f"{app_url}/failure-modes")
    listening = [card.title for card in cards() if "listening" in card.themes]
    button(app_page, "Listening").click()
    expect(button(app_page, "Listening")).to_have_attribute("aria-pressed", "true")
    expect(app_page.locator(".cx-fm-title")).to_have_text(listening)
    button(app_page, "Listening").click()
    search = app_page.get_by_label("Search the stories")
    search.fill("warehouse refunds")
    expect(app_page.locator(".cx-fm-title")).to_have_text([title_of(MODE)])
    expect(app_page.get_by_role("status").first).to_contain_text(f"1 of {len(names())}")
    search.fill("nothing of the kind")
    expect(app_page.get_by_text("No failure mode speaks of this")).to_be_visible()
    button(app_page, "Show all").click()
    expect(app_page.locator(".cx-fm-card")).to_have_count(len(names()))


def test_a_prediction_by_keyboard_alone(app_page: Page, app_url: str) -> None:
    app_page.goto(f"{app_url}/failure-modes")
    app_page.get_by_role("link", name=title_of(MODE)).focus()
    app_page.keyboard.press("Enter")
    expect(app_page.get_by_role("heading", level=1)).to_have_text(title_of(MODE))
    expect(app_page.get_by_role("heading", level=1)).to_be_focused()
    assert f"mode={MODE}" in app_page.url
    app_page.get_by_text(READY).wait_for(timeout=PATIENCE)
    expect(button(app_page, "Reveal")).to_be_disabled()
    expect(app_page.locator(".cx-pr-handle")).to_have_count(len(handles(156)) - 1)
    handle(app_page, 13).focus()
    app_page.keyboard.press("Home")
    for _ in range(2):
        app_page.keyboard.press("PageUp")
    app_page.keyboard.press("ArrowDown")
    expect(handle(app_page, 13)).to_have_attribute("aria-valuenow", "19")
    app_page.keyboard.press("ArrowRight")
    expect(handle(app_page, 26)).to_be_focused()
    app_page.keyboard.press("End")
    expect(handle(app_page, 26)).to_have_attribute("aria-valuetext", "100 %")
    # whoever stops early means: and so on
    expect(handle(app_page, 143)).to_have_attribute("aria-valuenow", "100")
    handle(app_page, 130).focus()
    app_page.keyboard.press("Home")
    button(app_page, "Reveal").focus()
    app_page.keyboard.press("Enter")
    expect(app_page.locator(".cx-pr-score")).to_contain_text("of 100")
    expect(app_page.locator(".cx-pr-median")).to_have_count(1)
    expect(app_page.get_by_text("You expected a peak and a fall")).to_be_visible()
    button(app_page, "Draw again").click()
    expect(handle(app_page, 26)).to_have_attribute("aria-valuenow", "100")
    expect(app_page.locator(".cx-pr-median")).to_have_count(0)


def test_a_curve_is_drawn_with_the_mouse(app_page: Page, app_url: str) -> None:
    open_mode(app_page, app_url)
    box = app_page.locator(".cx-pr-plot").bounding_box()
    assert box is not None

    def move(week: float, percent: float) -> None:
        x = box["x"] + box["width"] * week / 155
        app_page.mouse.move(x, box["y"] + box["height"] * (1 - percent / 100))

    move(13, 20)
    app_page.mouse.down()
    move(154, 80)  # in one leap: the handles on the way follow
    app_page.mouse.up()
    values = [int(handle(app_page, week).get_attribute("aria-valuenow") or -1) for week in (13, 78)]
    assert values == pytest.approx([20, 20 + 60 * 65 / 141], abs=2)
    button(app_page, "Reveal").click()
    expect(app_page.locator(".cx-pr-score")).to_contain_text("of 100")


def test_the_prediction_can_be_skipped(app_page: Page, app_url: str) -> None:
    open_mode(app_page, app_url)
    button(app_page, "Just show me").click()
    expect(app_page.locator(".cx-pr-median")).to_have_count(1)
    expect(app_page.locator(".cx-pr-score")).to_have_count(0)


def test_the_debrief_shows_signs_rescue_and_outcomes(app_page: Page, app_url: str) -> None:
    scenario = cxsim.load(MODE)
    assert scenario.cure is not None
    open_mode(app_page, app_url)
    button(app_page, "Just show me").click()
    expect(debriefed(app_page)).to_have_count(5)
    signs = app_page.locator(".cx-fd-signs li")
    expect(signs).to_have_count(len(scenario.signs))
    for shown, sign in zip(signs.all(), scenario.signs, strict=True):
        expect(shown).to_contain_text(sign.says, ignore_case=True)
        expect(shown).to_contain_text(re.compile(r"weeks \d+ to \d+; in \d+ of 100 futures"))
    cure = app_page.get_by_role("region", name="What would have saved it")
    expect(cure).to_contain_text(f"Week {scenario.cure.week}: {scenario.cure.note}")
    expect(cure.get_by_role("listitem")).to_have_count(len(scenario.cure.set))
    rows = app_page.locator(".cx-fd-box tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text(re.compile(r"\d+ of 300 employees practise"))
    expect(rows.first).to_contain_text("better than the failure")
    watch = app_page.get_by_role("link", name="Watch it week by week")
    expect(watch).to_have_attribute("href", f"watch?scenario={MODE}&seed=1")
    compare = app_page.get_by_role("link", name="Compare it")
    expect(compare).to_have_attribute("href", re.compile(f"compare\\?a={MODE}&b=orchestrated"))


def test_the_numbers_on_the_page_are_those_of_the_model(app_page: Page, app_url: str) -> None:
    scenario = cxsim.load(MODE)
    failing = cxsim.simulate(scenario, replicates=100, seed=1)
    rescued = cxsim.simulate(scenario.rescue(), replicates=100, seed=1)
    assert failing is not None
    assert rescued is not None
    open_mode(app_page, app_url)
    button(app_page, "Just show me").click()
    debriefed(app_page)
    row = app_page.locator(".cx-fd-box tbody tr").first
    for ensemble in (failing, rescued):
        expect(row).to_contain_text(cxsim.compare(ensemble, ensemble).row("adoption").text_a)
    count = int(scenario.signs[0].holds(failing).sum())
    expect(app_page.locator(".cx-fd-signs li").first).to_contain_text(f"in {count} of 100 futures")


def test_a_mode_that_is_not_there_leads_to_the_library(app_page: Page, app_url: str) -> None:
    hostile = "<img src=x onerror=document.title='owned'>"
    app_page.goto(f"{app_url}/failure-modes?mode={hostile}&seed=nan")
    expect(app_page.get_by_role("alert")).to_contain_text("there is no such failure mode")
    expect(app_page.locator(".cx-fm-card")).to_have_count(len(names()))
    expect(app_page).to_have_title("Failure modes - cxsim")


def test_a_mystery_keeps_its_secret(app_page: Page, app_url: str) -> None:
    """Nothing that reaches the browser tells this failure mode from the others."""
    received: list[str] = []

    def listen(socket: WebSocket) -> None:
        def keep(frame: str | bytes) -> None:
            text = frame if isinstance(frame, str) else frame.decode("utf-8", "ignore")
            received.append(text)

        socket.on("framereceived", keep)

    app_page.on("websocket", listen)
    open_mystery(app_page, app_url)
    scenario = cxsim.load(secret(NUMBER).name)
    sent = "".join(received)
    assert title_of(names()[0]) in sent  # the suspects did come, so the messages were read
    for other in (scenario.story[:40], scenario.hash, scenario.signature[:40]):
        assert other not in sent
    for event in scenario.events:
        assert event.note not in sent
    # its name comes as often as any other: in the list of suspects
    assert {sent.count(f'"{name}"') for name in names()} == {1}
    expect(app_page).to_have_title("Failure modes - cxsim")
    assert app_page.url.endswith(f"mystery={NUMBER}")


def test_a_mystery_is_solved(app_page: Page, app_url: str) -> None:
    open_mystery(app_page, app_url)
    name = secret(NUMBER).name
    scenario = cxsim.load(name)
    hints = app_page.locator(".cx-fy-hints li")
    for count in range(1, len(scenario.signs) + 1):
        button(app_page, "Give us a hint").click()
        expect(hints).to_have_count(count)
    expect(button(app_page, "No more hints")).to_be_disabled()
    assert hints.all_inner_texts()[0].lower() == scenario.signs[0].says.lower()
    app_page.get_by_label(title_of(MODE)).check()
    app_page.get_by_label(title_of(name)).check()
    options = app_page.get_by_label("Your guess").locator("option")
    expect(options).to_have_count(3)  # the question and both suspects
    guess(app_page, name)
    expect(app_page.get_by_text("Right. It is")).to_be_visible()
    expect(
        app_page.get_by_role("heading", name=f"{scenario.mode} {scenario.title}")
    ).to_be_visible()
    expect(app_page.get_by_text("1 of 1 found")).to_be_visible()
    expect(app_page.get_by_text("The runner-up by its signs")).to_be_visible()
    debriefed(app_page)
    expect(app_page.get_by_text(scenario.story[:40])).to_be_visible()


def test_the_count_runs_on_over_mysteries(app_page: Page, app_url: str) -> None:
    open_mystery(app_page, app_url)
    wrong = next(name for name in names() if name != secret(NUMBER).name)
    guess(app_page, wrong)
    expect(app_page.get_by_text("Not this time. It was")).to_be_visible()
    expect(app_page.get_by_text(f"Your guess: {title_of(wrong)}")).to_be_visible()
    expect(app_page.get_by_text("0 of 1 found")).to_be_visible()
    button(app_page, "Next mystery").click()
    heading = app_page.get_by_role("heading", level=1)
    expect(heading).not_to_contain_text(str(NUMBER))
    expect(app_page).to_have_url(re.compile(r"mystery=\d{4}$"))
    number = int(app_page.url[-4:])
    assert secret(number).name != secret(NUMBER).name
    app_page.locator(".cx-fy canvas").nth(5).wait_for(timeout=PATIENCE)
    guess(app_page, secret(number).name)
    expect(app_page.get_by_text("1 of 2 found")).to_be_visible()
    button(app_page, "Next mystery").click()
    expect(heading).not_to_contain_text(str(number))
    app_page.locator(".cx-fy canvas").nth(5).wait_for(timeout=PATIENCE)
    button(app_page, "Give up").click()
    expect(app_page.get_by_text("1 of 3 found")).to_be_visible()


def test_any_mystery_gets_a_number_to_share(app_page: Page, app_url: str) -> None:
    app_page.goto(f"{app_url}/failure-modes")
    app_page.get_by_role("link", name="Start a mystery").click()
    app_page.locator(".cx-fy canvas").nth(5).wait_for(timeout=PATIENCE)
    expect(app_page).to_have_url(re.compile(r"mystery=\d{4}$"))
    number = app_page.url[-4:]
    expect(app_page.get_by_role("heading", level=1)).to_contain_text(number)
    expect(app_page.locator("code[data-name=link]")).to_contain_text(f"mystery={number}")
    app_page.reload()
    expect(app_page.get_by_role("heading", level=1)).to_contain_text(number)


def test_symptoms_are_played(app_page: Page, app_url: str) -> None:
    open_mystery(app_page, app_url)
    week = app_page.get_by_role("slider", name="Shown up to week")
    button(app_page, "Play").click()
    expect(button(app_page, "Pause")).to_be_visible()
    expect(week).to_have_attribute("aria-valuetext", re.compile(r"^Week ([5-9]|[1-9]\d)$"))
    button(app_page, "Pause").click()
    chart = app_page.locator(".cx-fy figure").first
    expect(chart).not_to_contain_text("Week 155")
    button(app_page, "Show all").click()
    expect(chart).to_contain_text("Week 155")


@pytest.mark.parametrize(
    "query", ["", f"?mode={MODE}&seed=1", f"?mystery={NUMBER}"], ids=["library", "mode", "mystery"]
)
def test_a_narrow_screen_does_not_scroll_sideways(app_page: Page, app_url: str, query: str) -> None:
    app_page.set_viewport_size({"width": 390, "height": 844})
    unfolded(app_page, f"{app_url}/failure-modes{query}")
    assert app_page.evaluate("document.documentElement.scrollWidth") <= 390
    right = app_page.evaluate(
        "Math.max(...[...document.querySelectorAll('main *')]"
        ".filter((e) => !e.closest('.cx-scroll, .cx-spoken, .cx-plot, svg'))"
        ".map((e) => e.getBoundingClientRect().right))"
    )
    assert right <= 391


def unfolded(page: Page, url: str) -> None:
    """Open a place of the page and go on until all of it is there."""
    page.goto(url)
    if "mode=" in url:
        page.get_by_text(READY).wait_for(timeout=PATIENCE)
        handle(page, 13).focus()
        page.keyboard.press("PageUp")
        button(page, "Reveal").click()
        debriefed(page)
    elif "mystery=" in url:
        page.locator(".cx-fy canvas").nth(5).wait_for(timeout=PATIENCE)
        button(page, "Give us a hint").click()
        page.locator(".cx-fy-hints li").wait_for()
    else:
        expect(page.locator(".cx-fm-card svg")).to_have_count(len(names()), timeout=PATIENCE)


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize(
    "query", ["", f"?mode={MODE}&seed=1", f"?mystery={NUMBER}"], ids=["library", "mode", "mystery"]
)
def test_axe_finds_no_barrier(app_page: Page, app_url: str, colours: str, query: str) -> None:
    app_page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    unfolded(app_page, f"{app_url}/failure-modes{query}")
    expect(app_page.locator(f".v-theme--{colours}").first).to_be_visible()
    app_page.evaluate(AXE.read_text(encoding="utf-8"))
    found = app_page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})"
        ".then((r) => r.violations.map((v) => [v.id, v.impact, v.nodes[0].html]))"
    )
    assert found == []
