"""The Watch page in a real browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import cxsim
from cxsim.app.playing import difference, play
from cxsim.app.watching import Watch, from_query
from cxsim.explain.chronicle import chronicle
from cxsim.parameters import GROUPS
from cxsim.results.trace import Trace, trace
from cxsim.timeline import Event

from .conftest import PATIENCE, watch

AXE = Path(__file__).with_name("axe.min.js")
LINK = "future=41:ceo_sponsorship=0.95,accountability=0.9&play=B&ghost=A"
PUSH = Event(41, {"ceo_sponsorship": 0.95, "accountability": 0.9})


def open_page(page: Page, url: str, query: str = "") -> Locator:
    """Open the page and return its root, once the first film is there."""
    page.goto(f"{url}/watch?{query}")
    root = page.locator(".cx-watch[data-rev*='-']")
    root.wait_for(timeout=PATIENCE)
    return root


def week_of(page: Page) -> int:
    return int(page.locator(".cx-watch").get_attribute("data-week") or "-1")


def expect_week(page: Page, week: int) -> None:
    expect(page.locator(".cx-watch")).to_have_attribute("data-week", str(week))


def stage(page: Page) -> Locator:
    return page.get_by_role("region", name="The organisation")


def practise(shown: Trace, week: int) -> str:
    count, people = shown.practising[week].sum(), shown.practising.shape[1]
    return f"{count:,} of {people:,} employees practise."


def ink(canvas: Locator) -> int:
    """How many pixels of a canvas are drawn on."""
    count: int = canvas.evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
        ".reduce((sum, byte, nth) => sum + (nth % 4 === 3 && byte > 0), 0)"
    )
    return count


def intervene(page: Page) -> None:
    """Turn CEO sponsorship to 95 % from the next week on."""
    page.get_by_role("button", name="Intervene now").click()
    page.locator(".cx-watch-group summary", has_text="Leadership").click()
    field = page.get_by_role("spinbutton", name="CEO sponsorship, %")
    field.fill("95")
    field.press("Tab")
    page.get_by_role("button", name="Apply 1 change").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


# --- playing ----------------------------------------------------------------------------------


def test_the_pictures_show_the_people_of_the_week(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "scenario=orchestrated&seed=3&week=60")
    shown = trace(cxsim.load("orchestrated"), 3)
    expect(stage(app_page)).to_contain_text(practise(shown, 60))
    for canvas in app_page.locator(".cx-watch-box canvas").all():
        assert ink(canvas) > 2000
    active = round(shown.run.series("active_customers")[60])
    lost = round(shown.run.series("churned")[60])
    field = app_page.get_by_role("region", name="The customers")
    expect(field).to_contain_text(f"{active:,} customers, {lost} lost")


def test_the_picture_changes_with_the_week(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "scenario=orchestrated&week=0")
    blue = (
        "c => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
        "for (let i = 0; i < d.length; i += 4) n += d[i + 2] - d[i] > 100; return n; }"
    )
    canvas = app_page.locator(".cx-watch-stage .cx-watch-box canvas")
    before = canvas.evaluate(blue)
    app_page.keyboard.press("End")
    expect_week(app_page, 155)
    assert canvas.evaluate(blue) > 3 * before


def test_playing_needs_no_word_with_the_server(app_page: Page, app_url: str) -> None:
    sent: list[Any] = []
    app_page.on("websocket", lambda ws: ws.on("framesent", lambda frame: sent.append(frame)))
    open_page(app_page, app_url, "speed=16")
    app_page.wait_for_timeout(500)
    sent.clear()
    app_page.get_by_role("button", name="Play").click()
    app_page.wait_for_function("+document.querySelector('.cx-watch').dataset.week >= 20")
    app_page.get_by_role("button", name="Pause").click()
    assert [frame for frame in sent if '"event"' in str(frame)] == []
    stopped = week_of(app_page)
    app_page.wait_for_timeout(400)
    assert week_of(app_page) == stopped
    assert f"week={stopped}" in app_page.url
    app_page.get_by_role("button", name="Another company").click()
    expect_week(app_page, 0)
    assert [frame for frame in sent if '"event"' in str(frame)]  # such a wish is heard


def test_playing_ends_in_the_last_week_and_begins_again(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "speed=16&week=150")
    app_page.keyboard.press("Space")
    expect_week(app_page, 155)
    expect(app_page.locator(".cx-watch")).to_have_attribute("data-playing", "false")
    app_page.keyboard.press("Space")
    app_page.wait_for_function("+document.querySelector('.cx-watch').dataset.week < 100")


def test_keys_move_the_weeks(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "week=50")
    for key, week in (
        ("ArrowRight", 51),
        ("Shift+ArrowRight", 64),
        ("ArrowLeft", 63),
        ("Shift+ArrowLeft", 50),
        ("End", 155),
        ("ArrowRight", 155),
        ("Home", 0),
        ("Shift+ArrowLeft", 0),
    ):
        app_page.keyboard.press(key)
        expect_week(app_page, week)
    app_page.keyboard.press("+")
    expect(app_page.get_by_label("Weeks a second")).to_have_value("8")
    app_page.keyboard.press("-")
    app_page.keyboard.press("-")
    expect(app_page.get_by_label("Weeks a second")).to_have_value("2")


def test_keys_are_left_alone_while_somebody_types(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "week=50")
    field = app_page.get_by_role("spinbutton", name="Go to week")
    field.focus()
    for key in ("Space", "Home", "i", "p", "?", "ArrowLeft"):
        app_page.keyboard.press(key)
    assert week_of(app_page) == 50
    expect(app_page.get_by_role("dialog")).to_have_count(0)
    field.fill("77")
    field.press("Enter")
    expect_week(app_page, 77)
    field.fill("9999")
    field.press("Enter")
    expect_week(app_page, 155)
    field.fill("")
    field.press("Tab")
    expect(field).to_have_value("155")


def test_the_help_lists_the_keys(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url)
    app_page.keyboard.press("?")
    dialog = app_page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_contain_text("play or pause")
    app_page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    app_page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(dialog).to_be_visible()


def test_a_function_shows_its_numbers(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "scenario=orchestrated&week=80")
    shown = trace(cxsim.load("orchestrated"))
    place = shown.functions.index("service")
    people = shown.function_of == place
    button = app_page.get_by_role("button", name="Numbers of service")
    button.focus()
    app_page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    count, head = shown.practising[80, people].sum(), shown.heads[80, place]
    expect(stage(app_page)).to_contain_text(f"Service: {count} of {people.sum()} practise")
    expect(stage(app_page)).to_contain_text(f"commitment {round(int(head) / 2.55)} of 100")


def test_the_log_tells_what_has_happened_and_no_more(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "scenario=orchestrated&week=30")
    so_far = [e for e in chronicle(trace(cxsim.load("orchestrated"))) if e.week <= 30]
    entries = app_page.locator(".cx-watch-entry")
    expect(entries).to_have_count(len(so_far))
    newest = entries.first
    expect(newest).to_contain_text(f"Week {so_far[-1].week}")
    expect(newest).to_contain_text(so_far[-1].text)
    entries.last.click()
    expect_week(app_page, so_far[0].week)


def test_charts_end_in_the_week_shown_and_can_be_chosen(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "week=40")
    figures = app_page.locator("figure.cx-chart")
    expect(figures).to_have_count(4)
    expect(figures.first).to_contain_text("Week 40")
    app_page.get_by_text("Choose charts").click()
    app_page.get_by_label("Workload").check()
    app_page.get_by_label("Adoption", exact=True).uncheck()
    expect(figures).to_have_count(4)
    expect(figures.last).to_contain_text("Workload")
    assert "charts=satisfaction,churn_yearly,net_value,load" in app_page.url


# --- interventions ----------------------------------------------------------------------------


def test_an_intervention_changes_the_future_only(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "week=40")
    before = trace(cxsim.load("typical"))
    intervene(app_page)
    expect(app_page.get_by_text("future B", exact=False).first).to_be_visible()
    expect_week(app_page, 40)
    after = trace(
        cxsim.load("typical").with_events([{"week": 41, "set": {"ceo_sponsorship": 0.95}}])
    )
    expect(stage(app_page)).to_contain_text(practise(before, 40))
    assert practise(after, 155) != practise(before, 155)
    app_page.keyboard.press("End")
    expect(stage(app_page)).to_contain_text(practise(after, 155))
    expect(app_page.locator(".cx-watch-lines")).to_contain_text("Future A, faint, to its end")
    assert "future=41:ceo_sponsorship=0.95&play=B&ghost=A" in app_page.url


def test_the_difference_stands_below_the_futures(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, LINK)
    told = difference(play(Watch("typical").intervene(PUSH)))
    expect(app_page.locator(".cx-watch-difference")).to_have_text(told)


def test_a_headline_slider_takes_its_levers_along(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "week=40")
    app_page.keyboard.press("i")
    slider = app_page.get_by_role("slider", name="Early wins")
    slider.focus()
    app_page.keyboard.press("End")
    expect(app_page.locator(".cx-watch-group summary", has_text="Early wins")).to_contain_text(
        "3 changed"
    )
    app_page.get_by_role("button", name="Apply 3 changes").click()
    expect(app_page.locator(".cx-watch-futures")).to_contain_text(
        "Making wins visible: 85 %".lower()
    )


def test_a_cleared_panel_can_be_filled_again(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "week=40")
    app_page.keyboard.press("i")
    for _ in range(2):
        slider = app_page.get_by_role("slider", name="Leadership alignment")
        slider.focus()
        app_page.keyboard.press("Home")
        app_page.get_by_role("button", name=re.compile("Apply [1-9]")).wait_for()
        app_page.get_by_role("button", name="Clear").click()
        expect(app_page.get_by_role("button", name="Apply 0 changes")).to_be_disabled()


def test_a_shock_can_be_added(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "week=40")
    app_page.keyboard.press("i")
    app_page.get_by_text("Something happens to the company").click()
    app_page.get_by_label("Prices rise").check()
    app_page.get_by_role("spinbutton", name="Rise of the price").fill("25")
    app_page.get_by_role("button", name="Apply 1 change").click()
    expect(app_page.locator(".cx-watch-futures")).to_contain_text(
        "Prices rise (rise of the price 25 %)"
    )
    assert "future=41:price_rise=0.25" in app_page.url


def test_what_is_refused_is_said_in_the_panel(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "week=40")
    app_page.keyboard.press("i")
    app_page.get_by_text("Something happens to the company").click()
    app_page.get_by_label("Prices rise").check()
    app_page.get_by_role("spinbutton", name="Rise of the price").fill("900")
    app_page.get_by_role("button", name="Apply 1 change").click()
    expect(app_page.get_by_role("alert")).to_contain_text("price_rise: 9 is out of range")


def test_the_panel_gives_the_keys_back(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "week=40")
    app_page.keyboard.press("i")
    expect(app_page.get_by_role("heading", name="Intervene from week 41 on")).to_be_focused()
    app_page.keyboard.press("Escape")
    expect(app_page.get_by_role("dialog")).to_have_count(0)
    expect(app_page.get_by_role("button", name="Intervene now")).to_be_focused()
    app_page.keyboard.press("End")
    expect(app_page.get_by_role("button", name="Intervene now")).to_be_disabled()


def test_futures_are_switched_undone_and_removed(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, LINK + "&week=80")
    futures = app_page.locator(".cx-watch-futures")
    app_page.get_by_role("radio", name="A untouched").check()
    expect(app_page.locator(".cx-watch-lines")).to_have_count(0)
    futures.get_by_role("button", name="Compare with future B").click()
    expect(app_page.locator(".cx-watch-lines")).to_contain_text("Future B, faint")
    futures.get_by_role("button", name="Rewind to before week 41").click()
    expect_week(app_page, 40)
    futures.get_by_role("button", name="Undo what was done in week 41 of future B").click()
    expect(futures).to_contain_text("Only the untouched future so far")
    assert "future=" not in app_page.url


def test_a_second_intervention_stacks(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, "future=20:resources=6&play=B&ghost=A&week=40")
    intervene(app_page)
    expect(app_page.locator(".cx-watch-list > li")).to_have_count(3)
    expect(app_page.locator(".cx-watch-list > li").last).to_contain_text(
        "Week 20: Programme staff: 6"
    )
    expect(app_page.locator(".cx-watch-list > li").last).to_contain_text(
        "Week 41: CEO sponsorship: 95 %"
    )


def test_a_hundred_futures_are_tried(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, LINK)
    app_page.get_by_role("button", name="Try in 100 futures").click()
    table = app_page.locator(".cx-watch-trial table")
    table.wait_for(timeout=PATIENCE)
    a = cxsim.simulate(cxsim.load("typical"), 100, 1)
    b = cxsim.simulate(cxsim.load("typical").with_events([PUSH]), 100, 1)
    assert a is not None
    assert b is not None
    row = cxsim.compare(a, b).row("adoption")
    shown = table.get_by_role("row").filter(
        has=app_page.get_by_role("rowheader", name="Adoption", exact=True)
    )
    expect(shown).to_contain_text(row.text_b)
    expect(shown).to_contain_text(f"{round(100 * row.share_b_better)} of 100")
    app_page.get_by_role("radio", name="A untouched").check()
    expect(table).to_have_count(0)


# --- companies and links ----------------------------------------------------------------------


def test_another_company_and_another_scenario(app_page: Page, app_url: str) -> None:
    open_page(app_page, app_url, LINK + "&week=80")
    app_page.get_by_role("button", name="Another company").click()
    expect_week(app_page, 0)
    expect(stage(app_page)).to_contain_text(practise(trace(cxsim.load("typical"), 2), 0))
    assert "seed=2" in app_page.url
    assert "future=" not in app_page.url
    app_page.get_by_label("Scenario").select_option("sector_manufacturing")
    expect(app_page.get_by_role("button", name="Numbers of production")).to_be_visible()
    app_page.get_by_text("The story, and what to look for").click()
    story = " ".join(cxsim.load("sector_manufacturing").story.split())[:60]
    expect(app_page.locator(".cx-watch-story")).to_contain_text(story)


def test_a_link_gives_the_same_elsewhere(app_page: Page, app_url: str, browser: Browser) -> None:
    open_page(app_page, app_url, "scenario=fm18_impatient_board&seed=4&week=40&speed=8")
    intervene(app_page)
    app_page.wait_for_url(re.compile("future="))
    context = browser.new_context(reduced_motion="reduce")
    other = context.new_page()
    problems = watch(other, app_url)
    other.goto(app_page.url)
    other.locator(".cx-watch[data-rev*='-']").wait_for(timeout=PATIENCE)
    for part in (".cx-watch-stage", ".cx-watch-log", ".cx-watch-futures"):
        expect(other.locator(part)).to_have_text(
            app_page.locator(part).inner_text(), use_inner_text=True
        )
    assert other.url == app_page.url
    expect(other.get_by_label("Weeks a second")).to_have_value("8")
    assert problems == []
    context.close()


def test_a_bad_link_is_answered_in_words(app_page: Page, app_url: str) -> None:
    query = "scenario=typicel&week=900&speed=3&future=40:chartre=1&x=<b>y</b>"
    open_page(app_page, app_url, query)
    message = app_page.get_by_role("alert")
    _, problems = from_query(query, cxsim.bundled())
    assert len(problems) == 5
    for problem in problems:
        expect(message).to_contain_text(problem)
    expect_week(app_page, 155)
    message.get_by_role("button", name="Close").click()
    expect(message).to_have_count(0)


def test_two_visitors_do_not_disturb_each_other(browser: Browser, app_url: str) -> None:
    contexts = [browser.new_context(reduced_motion="reduce") for _ in range(2)]
    first, second = (context.new_page() for context in contexts)
    for page in (first, second):
        open_page(page, app_url, "week=40")
    intervene(first)
    expect(first.locator(".cx-watch-list > li")).to_have_count(2)
    expect(second.locator(".cx-watch-list > li")).to_have_count(1)
    for context in contexts:
        context.close()


# --- projector, phone, everyone ---------------------------------------------------------------


def test_the_projector_view_is_large_and_left_by_escape(app_page: Page, app_url: str) -> None:
    app_page.set_viewport_size({"width": 1920, "height": 1080})
    open_page(app_page, app_url, LINK + "&week=155")
    app_page.keyboard.press("p")
    expect(app_page.locator(".cx-watch-projector")).to_be_visible()
    expect(app_page.get_by_role("button", name="Intervene now")).to_have_count(0)
    expect(app_page.locator(".cx-watch-verdict")).to_contain_text("compared with future A")
    sizes = app_page.evaluate(
        "[...document.querySelectorAll('.cx-watch *')].filter((e) => e.offsetParent && "
        "[...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) && "
        "!e.closest('.cx-spoken, option')).map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 20
    transport = app_page.locator(".cx-watch-transport").bounding_box()
    log = app_page.locator(".cx-watch-log").bounding_box()
    field = app_page.locator(".cx-watch-field").bounding_box()
    assert transport is not None
    assert log is not None
    assert field is not None
    assert max(log["y"] + log["height"], field["y"] + field["height"]) <= transport["y"]
    app_page.keyboard.press("Escape")
    expect(app_page.locator(".cx-watch-projector")).to_have_count(0)


def test_a_narrow_screen_does_not_scroll_sideways(app_page: Page, app_url: str) -> None:
    app_page.set_viewport_size({"width": 390, "height": 844})
    open_page(app_page, app_url, LINK + "&week=60")
    app_page.keyboard.press("i")
    app_page.locator(".cx-watch-group summary").first.click()
    assert app_page.evaluate("document.documentElement.scrollWidth") <= 390
    right = app_page.evaluate(
        "Math.max(...[...document.querySelectorAll('main *')]"
        ".filter((e) => e.getClientRects().length && !e.closest('.cx-scroll, .cx-spoken'))"
        ".map((e) => e.getBoundingClientRect().right))"
    )
    assert right <= 390


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("panel", [False, True])
def test_axe_finds_no_barrier(app_page: Page, app_url: str, colours: Any, panel: bool) -> None:
    app_page.emulate_media(color_scheme=colours)
    open_page(app_page, app_url, LINK + "&week=60&nonsense=1")
    expect(app_page.locator(f".v-theme--{colours}").first).to_be_visible()
    if panel:
        app_page.keyboard.press("i")
        for group in (*GROUPS.values(), "Something happens"):
            app_page.locator(".cx-watch-group summary", has_text=group).click()
        app_page.get_by_label("Prices rise").check()
    app_page.evaluate(AXE.read_text(encoding="utf-8"))
    found = app_page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})"
        ".then((r) => r.violations.map((v) => [v.id, v.impact, v.nodes[0].html]))"
    )
    assert found == []
