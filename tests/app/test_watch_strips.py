"""The strip of the week on the Watch page: what moved the company, and what stands behind it."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import cxsim
from cxsim.app import weekly_causes
from cxsim.app.questions import pictures
from cxsim.app.watching import Watch, from_query, to_query
from cxsim.results.trace import trace

from .conftest import PATIENCE
from .pages import barriers, sideways

PUSH = {"week": 41, "set": {"ceo_sponsorship": 0.95}}
WEEK = 60


def unpacked(scenario: cxsim.Scenario, seed: int = 1) -> tuple[dict[str, Any], np.ndarray]:
    """What the browser is sent: plain data, and the amounts of shape (terms, weeks)."""
    sent = weekly_causes.packed(scenario, seed)
    text, _ = np.frombuffer(sent[:8], "<u4").tolist()
    meta = json.loads(sent[8 : 8 + text])
    start = 8 + text + -text % 4
    return meta, np.frombuffer(sent[start:], "<f4").reshape(-1, meta["weeks"])


def node_of(meta: dict[str, Any], name: str) -> dict[str, Any]:
    return next(node for node in meta["nodes"] if node["name"] == name)


def amounts(meta: dict[str, Any], rows: np.ndarray, name: str) -> np.ndarray:
    node = node_of(meta, name)
    return rows[node["offset"] : node["offset"] + len(node["terms"])]


@pytest.fixture(scope="module")
def pushed() -> cxsim.Scenario:
    return cxsim.load("typical").with_events([PUSH])


def test_the_amounts_sum_to_what_the_film_shows(pushed: cxsim.Scenario) -> None:
    meta, rows = unpacked(pushed, 3)
    run = trace(pushed, 3).run
    for name, series in (("adoption", "practising"), ("active_customers", "active_customers")):
        change = np.diff(run.series(series))
        np.testing.assert_allclose(amounts(meta, rows, name).sum(axis=0)[1:], change, atol=1e-3)
    lost = amounts(meta, rows, "churned").sum(axis=0)
    np.testing.assert_allclose(lost, run.series("churned"), atol=1e-3)
    assert len(rows) == sum(len(node["terms"]) for node in meta["nodes"])
    assert rows.any(axis=1).all()  # what is nothing in every week is left out
    assert meta["revision"] == weekly_causes.revision(pushed, 3)


def test_a_lever_is_told_as_it_stands_in_each_week(pushed: cxsim.Scenario) -> None:
    meta, _ = unpacked(pushed)
    terms = node_of(meta, "commitment")["terms"]
    sources = [one for term in terms for one in term["sources"] if one["name"] == "ceo_sponsorship"]
    assert sources[0]["settings"] == [[0, "65 %"], [41, "95 %"]]


def test_a_cause_has_one_colour_and_one_place_in_every_future(pushed: cxsim.Scenario) -> None:
    looks: dict[tuple[str, str], str] = {}
    for scenario in (pushed, cxsim.load("orchestrated")):
        for node in unpacked(scenario)[0]["nodes"]:
            colours = [term["colour"] for term in node["terms"]]
            assert len(set(colours)) == len(colours)
            assert colours == sorted(colours, key=pictures.STACK.index)
            for term in node["terms"]:
                known = looks.setdefault((node["name"], term["name"]), term["colour"])
                assert known == term["colour"]


def test_bars_have_room_for_usual_weeks_and_words_for_one(pushed: cxsim.Scenario) -> None:
    meta, rows = unpacked(pushed)
    for node in meta["nodes"]:
        up = np.clip(amounts(meta, rows, node["name"]), 0, None).sum(axis=0)
        assert np.mean(up <= node["up"] + 1e-6) >= 0.95
    people = node_of(meta, "adoption")
    assert (people["unit"], people["one"], people["decimals"]) == ("employees", "employee", 0)


def test_the_link_says_what_is_explained() -> None:
    watch = Watch("typical", why="commitment")
    opened, problems = from_query(to_query(watch), cxsim.bundled())
    assert (opened.why, problems) == ("commitment", [])
    assert "why=" not in to_query(Watch("typical"))
    opened, problems = from_query("why=comitment", cxsim.bundled())
    assert opened.why == "adoption"
    assert "commitment" in problems[0]


# --- in a real browser ----------------------------------------------------------------------------


def open_page(page: Page, url: str, query: str) -> Locator:
    page.goto(f"{url}/watch?{query}")
    page.locator(".cx-why-said").wait_for(timeout=PATIENCE)
    return page.locator(".cx-why")


def signed(total: float) -> str:
    return f"{'−' if total < 0 else '+'}{abs(total):.0f} employee"


def week_told(scenario: cxsim.Scenario, week: int, seed: int = 1) -> str:
    """How the sentence on adoption begins."""
    values = trace(scenario, seed).run.series("practising")
    return f"Week {week}: {signed(float(values[week] - values[week - 1]))}"


def moving_week(scenario: cxsim.Scenario, other: cxsim.Scenario) -> int:
    """A late week in which the two companies do not move alike."""
    moves = [np.diff(trace(one).run.series("practising"))[60:] for one in (scenario, other)]
    apart = (moves[0] != moves[1]) & (moves[0] != 0) & (moves[1] != 0)
    return 61 + int(np.flatnonzero(apart)[0])


def test_the_strip_follows_the_week_and_the_future(
    app_page: Page, app_url: str, pushed: cxsim.Scenario
) -> None:
    typical = cxsim.load("typical")
    week = moving_week(typical, pushed)
    future = "future=41:ceo_sponsorship=0.95&ghost=A&play=B"
    strip = open_page(app_page, app_url, f"scenario=typical&week={week}&{future}")
    expect(strip.locator(".cx-why-said")).to_contain_text(week_told(pushed, week))
    app_page.get_by_role("radio", name="A untouched").check()
    expect(strip.locator(".cx-why-said")).to_contain_text(week_told(typical, week))
    expect(strip.locator(".cx-why-bar i")).not_to_have_count(0)
    app_page.get_by_role("button", name="Back to the first week").click()
    expect(strip.locator(".cx-why-said")).to_contain_text("Week 0:")


def test_one_steps_upstream_and_back(app_page: Page, app_url: str) -> None:
    strip = open_page(app_page, app_url, f"scenario=typical&week={WEEK}")
    strip.get_by_text("Cause by cause").click()
    strip.get_by_role("button", name=re.compile("Started because of the message")).click()
    expect(strip.locator(".cx-why-sources")).to_contain_text("Relating to objectives: 60 %")
    strip.get_by_role("button", name="Upstream: Force of the message").click()
    expect(strip).to_have_attribute("data-name", "message")
    expect(strip.locator(".cx-why-said")).to_contain_text("what is missing")
    assert "why=message" in app_page.url
    trail = strip.get_by_role("navigation", name="Steps upstream")
    trail.get_by_role("button", name="Adoption").click()
    expect(strip).to_have_attribute("data-name", "adoption")
    expect(trail).to_have_count(0)
    strip.get_by_label("What to explain").select_option("commitment")
    expect(strip.get_by_role("heading")).to_have_text("Why: executives' commitment")


def test_the_strip_is_open_to_everyone(app_page: Page, app_url: str) -> None:
    strip = open_page(app_page, app_url, f"scenario=typical&week={WEEK}&why=commitment")
    strip.get_by_text("Cause by cause").click()
    for term in strip.locator(".cx-why-term").all()[:2]:
        term.click()
    for size, colours in ((1440, "light"), (390, "dark")):
        app_page.set_viewport_size({"width": size, "height": 900})
        app_page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        assert barriers(app_page) == []
    assert sideways(app_page) == []
    app_page.set_viewport_size({"width": 1920, "height": 1080})
    app_page.get_by_role("button", name="Projector", exact=True).click()
    expect(strip.locator(".cx-why-terms")).to_have_count(0)
    bar, transport = (
        app_page.locator(name).bounding_box() for name in (".cx-why-past", ".cx-watch-transport")
    )
    assert bar is not None
    assert transport is not None
    assert bar["y"] + bar["height"] <= transport["y"]
