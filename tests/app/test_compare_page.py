"""The Compare page in a real browser: scenarios, policies, assumptions, charts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import cxsim
from cxsim.app.state import SLIDERS, Setting, Side, positions
from cxsim.figures import describe_event

from .compare import (
    CHARTER,
    EVENT,
    LAST_WEEK,
    SETTING,
    A,
    B,
    card,
    link_of,
    open_at,
    press,
    shows,
    slider,
    texts,
    world,
)
from .pages import (
    barriers,
    open_details,
    open_page,
    settled,
    sideways,
)

# --- what is there -------------------------------------------------------------------------------


def test_the_page_opens_with_an_answer(app_page: Page, app_url: str) -> None:
    page = open_page(app_page, f"{app_url}/compare")
    expect(page).to_have_title("Compare - cxsim")
    expect(page.locator("figure canvas")).to_have_count(6)
    expect(page.get_by_role("link", name="Compare")).to_have_attribute("aria-current", "page")
    expect(page.locator(".cx-sentence")).to_contain_text(re.compile(r"in \d+ of 100 futures"))
    expect(page.locator(".cx-verdict").first).to_contain_text(re.compile(r"\d+ of 100 futures"))
    expect(page.get_by_text("It does not forecast the figures of one firm")).to_be_visible()
    for name, percent in positions(Side("typical")).items():
        expect(slider(page, name, "A")).to_have_value(str(percent))
        expect(slider(page, name, "A")).to_have_accessible_name(f"{SLIDERS[name]}, scenario A")
    assert link_of(page) == Setting((Side("typical"), Side("orchestrated")))


def test_two_to_four_scenarios(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    press(page, "Add a scenario")
    press(page, "Add a scenario")
    expect(page.get_by_role("button", name="Add a scenario")).to_have_count(0)
    card(page, "D").get_by_role("combobox", name="Scenario D").select_option("no_programme")
    four = replace(SETTING, sides=(A, B, B, Side("no_programme")))
    shows(page, four)
    expect(page.locator(".cx-legend-item")).to_have_count(4)
    expect(page.locator(".cx-outcome-table thead th")).to_have_text(["Outcome", *"ABCD"])
    expect(page.locator("figure[data-name=adoption] .cx-readout b")).to_have_count(4)
    press(page, "Remove scenario C")
    press(page, "Swap A and B")
    shows(page, replace(SETTING, sides=(B, A, Side("no_programme"))))
    press(page, "Remove scenario A")
    press(page, "Remove scenario B")
    shows(page, replace(SETTING, sides=(A,)))
    expect(page.get_by_role("button", name="Remove scenario A")).to_have_count(0)
    expect(page.locator(".cx-outcome-text").first).to_be_visible()


def test_a_side_and_the_world_are_reset_apart(app_page: Page, app_url: str) -> None:
    moved = replace(SETTING, sides=(A.move("wins", 9), B.move("change", 99)))
    page = open_at(app_page, app_url, moved)
    reset = page.get_by_role("button", name="Reset the policies of scenario B")
    reset.click()
    expect(reset).to_be_disabled()
    shows(page, replace(moved, sides=(A.move("wins", 9), B)))
    press(page, "Reset firm and assumptions")
    shows(page, replace(moved, sides=(A.move("wins", 9), B), firm=()))


def test_steps_are_undone_done_again_and_replayed(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    thumb = slider(page, "leadership", "A")
    own = positions(A)["leadership"]
    thumb.focus()
    page.keyboard.press("ArrowLeft")
    expect(thumb).to_have_value(str(own - 1))
    one = SETTING.with_side(0, A.move("leadership", own - 1))
    shows(page, one)
    card(page, "B").get_by_role("combobox").select_option("no_programme")
    two = one.with_side(1, Side("no_programme"))
    shows(page, two)
    page.keyboard.press("Control+z")
    shows(page, one)
    press(page, "Undo")
    shows(page, SETTING)
    expect(thumb).to_have_value(str(own))
    page.keyboard.press("Control+Shift+z")
    press(page, "Redo")
    shows(page, two)
    press(page, "Replay last change")
    expect(page.get_by_text("Before the latest change")).to_be_visible()
    shows(page, two)
    expect(page.get_by_text("Before the latest change")).to_have_count(0)


# --- policies ------------------------------------------------------------------------------------


def test_the_parts_of_a_slider(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    lever = CHARTER
    card(page, "A").get_by_text("Its 9 parts").click()
    field = card(page, "A").locator(".cx-lever").filter(has_text=lever.title).first
    assert lever.anchors
    for anchor in lever.anchors:
        expect(field.locator(".cx-anchors")).to_contain_text(anchor)
    field.locator("summary").click()
    about = field.locator(".cx-about")
    for words in (lever.meaning, f"Source: {lever.source}", f"Grade: {lever.grade}"):
        expect(about).to_contain_text(words)
    typed = field.get_by_role("textbox")
    typed.fill("0.25")
    typed.press("Enter")
    shows(page, SETTING.with_side(0, A.set("charter", "0.25")))
    expect(field.get_by_role("slider")).to_have_value("0.25")
    expect(card(page, "A").get_by_text("(1 set by hand)")).to_be_visible()
    press(field, f"Give back {lever.title}")
    shows(page, SETTING)
    field.get_by_role("slider").focus()
    page.keyboard.press("Home")
    shows(page, SETTING.with_side(0, A.set("charter", "0")))


def test_a_bad_value_is_refused_in_one_sentence(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    card(page, "A").get_by_text("Its 9 parts").click()
    typed = card(page, "A").get_by_role("textbox", name=f"{CHARTER.title}, typed value")
    before = typed.input_value()
    for text, said in (("1.5", "harter: 1.5 is out of range"), ("much", "number in 0..1")):
        typed.fill(text)
        typed.press("Enter")
        expect(page.get_by_role("alert")).to_have_count(1)
        expect(page.get_by_role("alert")).to_contain_text(said)
        expect(typed).to_have_value(text)  # it can be mended, until one turns away
        typed.press("Tab")
        expect(typed).to_have_value(before)
    shows(page, SETTING)
    press(page, "Dismiss the message")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_another_scenario_its_story_and_its_rescue(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    other = cxsim.load("fm12_buried")
    card(page, "A").get_by_role("combobox").select_option(label=other.title)
    shows(page, SETTING.with_side(0, Side("fm12_buried")))
    expect(page.locator(".cx-legend")).to_contain_text(other.title)
    card(page, "A").get_by_text("The story", exact=True).click()
    expect(card(page, "A")).to_contain_text(other.story[:80])
    card(page, "A").get_by_label("Apply the rescue").check()
    shows(page, SETTING.with_side(0, Side("fm12_buried", variant="rescue")))
    card(page, "A").get_by_label("without any programme").check()
    expect(card(page, "A").get_by_label("Apply the rescue")).not_to_be_checked()
    shows(page, SETTING.with_side(0, Side("fm12_buried", variant="without")))


# --- the world -----------------------------------------------------------------------------------


def test_my_firm_changes_what_is_said(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    before = texts(page)
    assert "of 40 employees" in before[0]
    for field, text in (
        ("Employees", "60"),
        ("Customers", "120"),
        ("Customers lost a year", "30"),
        ("Revenue a year", "1,500,000"),
    ):
        box = world(page).get_by_role("textbox", name=f"{field} of my firm")
        box.fill(text)
        box.press("Enter")
    firm = (
        ("employees", "60"), ("customers", "120"), ("churn", "30"), ("revenue", "1,500,000")
    )  # fmt: skip
    shows(page, replace(SETTING, firm=firm))
    after = texts(page)
    assert "of 60 employees" in after[0]
    assert sum(one != other for one, other in zip(before, after, strict=True)) >= 6
    world(page).get_by_role("combobox").select_option("consumer")
    shows(page, replace(SETTING, firm=(*firm, ("sector", "consumer"))))
    box.fill("a lot")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Revenue a year: 'a lot' does not fit")
    shows(page, replace(SETTING, firm=(*firm, ("sector", "consumer"))))


def test_assumptions_are_found_and_changed(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    world(page).get_by_text("All assumptions").click()
    find = world(page).get_by_role("searchbox", name="Search the assumptions")
    find.fill("no such thing")
    expect(world(page).get_by_text("Nothing is called that.")).to_be_visible()
    find.fill("churn_alpha")
    typed = world(page).locator(".cx-lever").get_by_role("textbox")
    expect(typed).to_have_count(1)
    typed.fill("3")
    typed.press("Enter")
    shows(page, replace(SETTING, assumptions=(("churn_alpha", "3"),)))
    expect(world(page).get_by_text("(1 changed)")).to_be_visible()
    seed = world(page).get_by_role("textbox", name="Seed")
    seed.fill("99")
    seed.press("Enter")
    shows(page, replace(SETTING, assumptions=(("churn_alpha", "3"),), seed=99))
    seed.fill("lucky")
    seed.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("seed is a whole number")
    seed.press("Tab")
    expect(seed).to_have_value("99")


def test_was_it_the_policy_or_the_assumption(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url, replace(SETTING, firm=()))
    asking = world(page).get_by_label("Was it the policy or the assumption?")
    expect(asking).to_be_disabled()
    employees = world(page).get_by_role("textbox", name="Employees of my firm")
    employees.fill("40")
    employees.press("Enter")
    asking.check()
    expect(page.locator(".cx-legend-item")).to_have_count(4)
    table = page.locator(".cx-outcome-table")
    expect(table.locator("thead th").nth(3)).to_contain_text("The assumption changes the effect")
    expect(table.locator(".cx-verdict").first).to_contain_text(
        re.compile("no clear interaction|under your assumptions|turns the policy")
    )
    settled(page)
    expect(page.locator("figure[data-name=adoption] .cx-readout b")).to_have_count(4)
    assert link_of(page) == replace(SETTING, firm=(("employees", "40"),), interaction=True)
    asking.uncheck()
    shows(page, replace(SETTING, firm=(("employees", "40"),)))


# --- the timeline --------------------------------------------------------------------------------


def test_events_are_added_edited_and_removed(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url, replace(SETTING, sides=(A, Side("typical"))))
    side = card(page, "B")
    side.get_by_text("Timeline:").click()
    press(side, "Add an event")
    side.get_by_label("Week", exact=True).fill("30")
    side.get_by_label("New value of policy 1").fill("0.9")
    side.get_by_label("Note for the charts").fill("a push")
    press(side, "Add the event")
    one = replace(Side("typical"), events=(EVENT,))
    shows(page, replace(SETTING, sides=(A, one)))
    expect(side.get_by_text("Timeline: 1 event")).to_be_visible()

    chart = page.locator("figure[data-name=adoption]")
    chart.focus()
    page.keyboard.press("Home")
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(chart.locator(".cx-note")).to_contain_text("B, week 30: a push")

    press(side, "Add an event")
    side.get_by_label("Week", exact=True).fill("20")
    side.get_by_label("What happens").select_option("outage")
    side.get_by_label("Share of contacts spoilt").fill("0.4")
    side.get_by_label("Weeks weeks").fill("6")
    press(side, "Add the event")
    outage = {"week": 20, "shock": {"outage": {"size": 0.4, "weeks": 6}}}
    shows(page, replace(SETTING, sides=(A, replace(one, events=(EVENT, outage)))))
    expect(side.locator(".cx-events .cx-event").first).to_contain_text("Week 20")

    press(side, "Week 30 a push")
    side.get_by_label("Week", exact=True).fill("900")
    press(side, "Save the event")
    expect(side.get_by_label("Week", exact=True)).to_be_focused()  # the browser says what is wrong
    side.get_by_label("Week", exact=True).fill("31")
    side.get_by_label("New value of policy 1").fill("lots")
    press(side, "Save the event")
    expect(page.get_by_role("alert")).to_contain_text("communication")
    expect(side.get_by_label("New value of policy 1")).to_have_value("lots")  # nothing is lost
    press(side, "Cancel")
    press(side, "Remove the event of week 30")
    expect(side.locator(".cx-events li")).to_have_count(1)
    press(side, "The scenario's own events")
    shows(page, replace(SETTING, sides=(A, Side("typical"))))


def test_an_event_of_a_scenario_is_told_where_it_happens(app_page: Page, app_url: str) -> None:
    name, event = next(
        (name, event)
        for name in cxsim.bundled()
        for event in cxsim.load(name).events
        if event.week < 40
    )
    page = open_at(app_page, app_url, replace(SETTING, sides=(Side(name), B)))
    chart = page.locator("figure[data-name=churn_yearly]")
    chart.focus()
    page.keyboard.press("Home")
    for _ in range(event.week):
        page.keyboard.press("ArrowRight")
    expect(chart).to_contain_text(f"A, week {event.week}: {describe_event(event)}")


# --- charts --------------------------------------------------------------------------------------


def test_charts_are_chosen(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    page.get_by_text("Choose charts").click()
    chooser = page.get_by_role("group", name="Charts on the page")
    chooser.get_by_label("Change cynicism").check()
    expect(page.locator("figure[data-name=cynicism] canvas")).to_be_visible()
    chooser.get_by_label("Adoption").uncheck()
    expect(page.locator("figure[data-name=adoption]")).to_have_count(0)
    shows(page, replace(SETTING, charts=(*SETTING.charts[1:], "cynicism")))
    press(chooser, "The usual six")
    shows(page, SETTING)
    expect(page.locator("figure canvas")).to_have_count(6)


def test_one_pointer_moves_all_charts(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    weeks = page.locator("figure .cx-chart-week")
    expect(weeks).to_have_text([f"Week {LAST_WEEK}"] * 6)
    plot = page.locator("figure[data-name=adoption] .u-over")
    box = plot.bounding_box()
    assert box
    plot.hover(position={"x": box["width"] / 2, "y": 20})
    expect(weeks).to_have_text([re.compile(r"Week 7[78]")] * 6)
    page.mouse.move(5, 5)
    expect(weeks).to_have_text([f"Week {LAST_WEEK}"] * 6)
    page.locator("figure[data-name=net_value]").focus()
    page.keyboard.press("Home")
    expect(weeks).to_have_text(["Week 0"] * 6)
    page.keyboard.press("ArrowRight")
    expect(weeks).to_have_text(["Week 1"] * 6)
    page.keyboard.press("End")
    expect(weeks).to_have_text([f"Week {LAST_WEEK}"] * 6)


def test_a_chart_fills_the_screen(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    before = page.locator("figure[data-name=churn_yearly] canvas").bounding_box()
    press(page, "Full screen: Churn")
    page.wait_for_function("document.fullscreenElement?.dataset.name === 'churn_yearly'")
    page.wait_for_function(
        "(width) => document.fullscreenElement.querySelector('canvas').clientWidth > 2 * width",
        arg=before["width"] if before else 0,
    )
    page.evaluate("document.exitFullscreen()")
    page.wait_for_function("!document.fullscreenElement")


# --- for everybody -------------------------------------------------------------------------------


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nobody_is_kept_out(app_page: Page, app_url: str, colours: Any) -> None:
    app_page.emulate_media(color_scheme=colours)
    setting = replace(SETTING, sides=(A, replace(B, events=(EVENT,)).set("charter", "0.2")))
    page = open_at(app_page, app_url, setting)
    expect(page.locator(f".v-theme--{colours}").first).to_be_visible()
    assert sideways(page) == []
    open_details(page)
    press(card(page, "B"), "Add an event")
    assert barriers(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("figure[data-name=adoption]")).to_have_css("position", "relative")
    assert sideways(page) == []
    assert barriers(page) == []


def test_a_whole_journey_by_keyboard(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url, replace(SETTING, sides=(Side("typical"), B)))
    keys = page.keyboard

    def tab_to(words: str) -> None:
        for _ in range(60):
            keys.press("Tab")
            if words in page.evaluate(SPOKEN):
                return
        pytest.fail(f"Tab does not lead to {words}")

    tab_to("Leadership alignment, scenario A")
    for _ in range(3):
        keys.press("ArrowRight")
    own = positions(Side("typical"))["leadership"]
    moved = Side("typical").move("leadership", own + 3)
    shows(page, replace(SETTING, sides=(moved, B)))
    tab_to("Its 9 parts")
    keys.press("Enter")
    card(page, "A").locator(".cx-lever").first.wait_for()
    tab_to(f"{CHARTER.title}, typed value")
    keys.press("Control+a")
    keys.type("0.15")
    keys.press("Enter")
    moved = moved.set("charter", "0.15")
    shows(page, replace(SETTING, sides=(moved, B)))
    tab_to("Timeline:")
    keys.press("Enter")
    card(page, "A").locator(".cx-timeline").wait_for()
    tab_to("Add an event")
    keys.press("Enter")
    card(page, "A").locator(".cx-event-form").wait_for()
    if not page.evaluate(SPOKEN).startswith("Week"):
        tab_to("Week")
    keys.press("Control+a")
    keys.type("30")
    tab_to("New value of policy 1")
    keys.press("Control+a")
    keys.type("0.9")
    tab_to("Note for the charts")
    keys.type("a push")
    keys.press("Enter")
    shows(page, replace(SETTING, sides=(replace(moved, events=(EVENT,)), B)))
    keys.press("Control+z")
    shows(page, replace(SETTING, sides=(moved, B)))


SPOKEN = """() => {
    const one = document.activeElement;
    const label = one.labels && one.labels.length ? one.labels[0].textContent : one.textContent;
    return one.getAttribute("aria-label") || label.trim() || "";
}"""


def test_colours_and_large_type_are_remembered(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    press(page, "Switch to dark colours")
    press(page, "Large type for a projector")
    expect(page.locator(".v-application.v-theme--dark")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Switch to light colours")).to_be_visible()
    expect(page.locator(".v-application.v-theme--dark")).to_be_visible()
    expect(page.locator("html.cx-projector")).to_have_count(1)
    page.set_viewport_size({"width": 1920, "height": 1080})
    settled(page)
    assert sideways(page) == []
