"""The Model page in a real browser."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

import cxsim
from cxsim import parameters
from cxsim.app import checking, reference, texts, week_overview
from cxsim.app.model_link import PARTS
from cxsim.explain.checks import reality_checks
from cxsim.study.sensitivity import kept

from .conftest import PATIENCE

AXE = Path(__file__).with_name("axe.min.js")
READY = {
    "week": ".cx-week-step",
    "parameters": ".cx-ref-table tbody tr",
    "checks": ".cx-check[data-verdict=holds]",
    "description": ".cx-doc h3",
    "sensitivity": ".cx-sens-drawing svg",
}
STEPS = week_overview.overview().steps
TOTAL = len(parameters.registry().names())


def open_part(page: Page, url: str, part: str, more: str = "") -> Page:
    page.goto(f"{url}/model?part={part}{more}")
    page.locator(READY[part]).first.wait_for(timeout=PATIENCE)
    return page


def step(page: Page, name: str) -> Locator:
    return page.locator(f".cx-week-step[data-step='{name}']")


def corner(drawn: Locator) -> tuple[float, float]:
    box = drawn.bounding_box()
    assert box is not None
    return box["x"], box["y"]


def rows(page: Page) -> Locator:
    return page.locator(".cx-ref-table tbody tr[data-name]")


# ------------------------------------------------------------------ the week


def test_the_steps_stand_in_the_order_of_the_week(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "week")
    drawn = app_page.locator(".cx-week-step").all()
    assert [one.get_attribute("data-step") for one in drawn] == [one.name for one in STEPS]
    lefts = [corner(one)[0] for one in drawn]
    assert lefts == sorted(lefts)
    expect(app_page.locator(".cx-week-panel")).to_have_count(0)


def test_a_step_is_chosen_by_keyboard_and_leads_to_its_parameters(
    app_page: Page, app_url: str
) -> None:
    open_part(app_page, app_url, "week")
    step(app_page, "leadership").focus()
    for _ in range(2):
        app_page.keyboard.press("ArrowRight")
    expect(step(app_page, "workforce")).to_have_attribute("aria-pressed", "true")
    expect(step(app_page, "workforce")).to_be_focused()
    assert "step=workforce" in app_page.url
    panel = app_page.locator(".cx-week-panel")
    chosen = STEPS[2]
    for sentence in (chosen.does, *chosen.rule):
        expect(panel).to_contain_text(sentence)
    expect(panel.locator("pre").first).to_contain_text("support = frontline_support * budget")
    panel.get_by_role("link", name=f"All {len(chosen.parameters)} in the table").click()
    status = app_page.get_by_text(f"{len(chosen.parameters)} of {TOTAL} shown")
    expect(status).to_be_visible()
    app_page.go_back()
    expect(step(app_page, "workforce")).to_be_visible()


def test_a_link_opens_a_step(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "week", "&step=funding")
    expect(app_page.locator(".cx-week-panel")).to_have_attribute("data-step", "funding")
    app_page.locator(".cx-week-panel").get_by_role("button", name="Initiatives").first.click()
    expect(app_page.locator(".cx-week-panel")).to_have_attribute("data-step", "initiatives")


def test_a_loop_lights_its_own_arrows(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "week")
    expect(app_page.locator(".cx-week-flow.cx-week-on")).to_have_count(0)
    loop = max(week_overview.overview().loops, key=lambda one: len(one.hops))
    button = app_page.get_by_role("button", name=loop.title)
    button.click()
    expect(app_page.locator(".cx-week-flow.cx-week-on")).to_have_count(len(loop.hops))
    expect(app_page.get_by_text(loop.text)).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(app_page.locator(".cx-week-flow.cx-week-on")).to_have_count(0)


def test_the_week_stands_upright_on_a_narrow_screen(app_page: Page, app_url: str) -> None:
    app_page.set_viewport_size({"width": 390, "height": 844})
    open_part(app_page, app_url, "week")
    corners = [corner(one) for one in app_page.locator(".cx-week-step").all()]
    assert len({round(left) for left, _ in corners}) == 1
    assert corners == sorted(corners, key=lambda place: place[1])


# ------------------------------------------------------------------ parameters


def test_the_table_is_searched_filtered_and_remembered(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "parameters")
    expect(rows(app_page)).to_have_count(TOTAL)
    app_page.get_by_label("Grade").select_option("calibrated")
    fitted = [row for row in reference.rows() if row["grade"] == "calibrated"]
    expect(rows(app_page)).to_have_count(len(fitted))
    app_page.get_by_role("searchbox").fill("belief")
    wanted = [
        row["name"] for row in fitted if "belief" in f"{row['name']} {row['meaning']}".lower()
    ]
    expect(rows(app_page)).to_have_count(len(wanted))
    expect(app_page.get_by_text(f"{len(wanted)} of {TOTAL} shown")).to_be_visible()
    app_page.reload()
    expect(rows(app_page)).to_have_count(len(wanted))
    app_page.get_by_role("button", name="Show all").click()
    expect(rows(app_page)).to_have_count(TOTAL)
    app_page.get_by_role("searchbox").fill("no such number")
    expect(app_page.get_by_text("Nothing fits all of these filters.")).to_be_visible()


def test_a_row_opens_to_the_words_of_its_source(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "parameters", "&q=line_fidelity")
    opener = rows(app_page).first.get_by_role("button")
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    detail = app_page.locator(".cx-ref-detail")
    expect(detail).to_contain_text("Of a message, 100 % at the top become 63")
    expect(detail).to_contain_text("second-hand")
    detail.get_by_role("link", name="Before the week").wait_for(state="detached")
    expect(detail).to_contain_text("Before the week: the timeline")


def test_the_table_is_sorted_both_ways_and_back(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "parameters", "&kind=market")
    values = [row["number"] for row in reference.rows() if row["kind"] == "market"]
    names = [row["name"] for row in reference.rows() if row["kind"] == "market"]
    by_value = [name for _, name in sorted(zip(values, names, strict=True))]
    button = app_page.get_by_role("button", name="Default")
    for expected in (by_value, by_value[::-1], names):
        button.click()
        shown = [row.get_attribute("data-name") for row in rows(app_page).all()]
        assert shown == expected


def test_what_is_shown_can_be_downloaded(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "parameters", "&group=coefficients.funding")
    with app_page.expect_download() as download:
        app_page.get_by_role("button", name="CSV of what is shown").click()
    with open(download.value.path(), encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    wanted = [one for one in parameters.registry() if one.submodel == "funding"]
    assert [row["name"] for row in found] == [one.name for one in wanted]
    assert [row["meaning"] for row in found] == [one.meaning for one in wanted]


# ------------------------------------------------------------------ reality checks


def test_checks_are_told_as_they_are_made_and_start_again_elsewhere(
    app_page: Page, app_url: str
) -> None:
    open_part(app_page, app_url, "checks", "&scenario=fm04_all_process_no_action")
    first = reality_checks()[0]
    row = app_page.locator(f".cx-check[data-id={first.id}]")
    expect(row).to_have_attribute("data-verdict", re.compile("holds|fails"), timeout=PATIENCE)
    report = cxsim.check(
        cxsim.load("fm04_all_process_no_action"), checking.FUTURES, checking.SEED, only=(first.id,)
    )
    assert report is not None
    expect(row).to_contain_text(report.verdicts[0].numbers.replace("(-", "(−"))
    expect(app_page.locator(".cx-check")).to_have_count(len(reality_checks()))
    expect(app_page.locator(".cx-check[data-verdict='']").first).to_be_visible()
    expect(app_page.get_by_text(re.compile(r"of 69 made; .* left"))).to_be_visible()
    app_page.get_by_label("Scenario").select_option("fm05_sisyphus")
    expect(app_page).to_have_url(re.compile("scenario=fm05_sisyphus"))
    expect(app_page.get_by_text("starting …")).to_be_visible()
    row.locator("summary").click()
    expect(row).to_contain_text("ceo sponsorship 0.9")


def test_failures_can_be_singled_out(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "checks")
    app_page.get_by_role("button", name=re.compile("^✗ fail")).click()
    expect(app_page.get_by_text("Nothing fails so far.")).to_be_visible()
    app_page.get_by_role("button", name=re.compile("^✓ hold")).click()
    expect(app_page.locator(".cx-check").first).to_have_attribute("data-verdict", "holds")


# ------------------------------------------------------------------ texts and sensitivity


def test_the_description_can_be_walked_through(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "description")
    app_page.get_by_role("link", name="7.4 Customers").click()
    heading = app_page.locator("[id='74-customers']")
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()
    app_page.get_by_role("navigation", name="Texts").get_by_role("link", name="evidence").click()
    expect(app_page.get_by_role("heading", name="The published evidence")).to_be_visible()
    assert "text=evidence" in app_page.url


def test_a_link_leads_to_a_heading(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "description", "&text=evidence#docking-models")
    expect(app_page.locator("[id='docking-models']")).to_be_in_viewport()


def test_the_description_can_be_downloaded(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "description")
    with app_page.expect_download() as download:
        app_page.get_by_role("button", name="Download odd.md as Markdown").click()
    assert Path(download.value.path()).read_text(encoding="utf-8") == texts.read("odd")


def test_sensitivity_shows_figure_and_table(app_page: Page, app_url: str) -> None:
    open_part(app_page, app_url, "sensitivity")
    expect(app_page.get_by_role("img", name=re.compile("What the results rest on"))).to_be_visible()
    for answer in kept().answers.values():
        card = app_page.locator(f"[data-outcome={answer.name}]")
        expect(card).to_contain_text(f"at least {round(100 * answer.assumed)} %")
    app_page.get_by_role("button", name=f"Show all {len(kept().factors)}").click()
    table = app_page.locator(".cx-sens-table tbody tr")
    expect(table).to_have_count(len(kept().factors))
    last = list(kept().answers.values())[-1]
    app_page.get_by_label("The table behind it, for").select_option(last.name)
    expect(table.first).to_have_attribute("data-name", last.effects[0].name)
    table.first.get_by_role("link").click()
    expect(app_page.locator(".cx-ref-detail")).to_be_visible()


# ------------------------------------------------------------------ the page as a whole


def test_a_hostile_link_is_harmless(app_page: Page, app_url: str) -> None:
    hostile = "<img src=x onerror=document.title='owned'>"
    app_page.goto(f"{app_url}/model?part=parameters&q={hostile}&kind={hostile}&open={hostile}")
    expect(app_page.get_by_role("searchbox")).to_have_value(hostile)
    expect(app_page).to_have_title("Model - cxsim")
    assert app_page.locator("main img").count() == 0


@pytest.mark.parametrize("part", PARTS)
def test_a_narrow_screen_does_not_scroll_sideways(app_page: Page, app_url: str, part: str) -> None:
    app_page.set_viewport_size({"width": 390, "height": 844})
    open_part(app_page, app_url, part, "&step=initiatives&open=charter&q=charter")
    assert app_page.evaluate("document.documentElement.scrollWidth") <= 390
    right = app_page.evaluate(
        "Math.max(...[...document.querySelectorAll('main *')]"
        ".filter((e) => !e.closest('.cx-scroll, pre, svg, .cx-spoken'))"
        ".map((e) => e.getBoundingClientRect().right))"
    )
    assert right <= 390


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_no_barrier(app_page: Page, app_url: str, colours: str) -> None:
    app_page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    for part in PARTS:
        open_part(app_page, app_url, part, "&step=initiatives&open=charter&q=charter")
        expect(app_page.locator(f".v-theme--{colours}").first).to_be_visible()
        app_page.evaluate(AXE.read_text(encoding="utf-8"))
        found = app_page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})"
            ".then((r) => r.violations.map((v) => [v.id, v.impact, v.nodes[0].html]))"
        )
        assert (part, found) == (part, [])
