"""What can be asked about a failure mode: the diagnosis, the rescue, and when they are offered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

import cxsim
from cxsim.app import failure_asking
from cxsim.app.link import from_query
from cxsim.app.mystery import Secret, secret
from cxsim.app.questions import rescue
from cxsim.app.state import scenario_of
from cxsim.errors import CxsimError

from .conftest import PATIENCE, serving, watch
from .pages import barriers, open_details, sideways

MODE = Secret("fm06_survey_lady", 1)
WEEK = 30
NUMBER = 4711
FEW = 10  # futures; what is tested here is the page, not the model
SERVE = f"""
import sys
from cxsim.app import failure_asking, serve
from cxsim.app.questions import rescue
failure_asking.REPLICATES = rescue.REPLICATES = {FEW}
serve.main(port=int(sys.argv[1]), open_browser=False)
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """What the model itself says to the diagnosis, with few futures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(failure_asking, "REPLICATES", FEW)
        question = failure_asking.diagnosis(MODE, {"week": WEEK})
    found = question.work(lambda *_: None, lambda: False)
    assert found is not None
    return found


def test_a_diagnosis_names_what_is_played_with_its_cure(told: dict[str, Any]) -> None:
    first = told["candidates"][0]
    assert first["mode"] == "FM06"
    assert first["confirmed"]
    assert told["truth"].endswith("names it first.")
    assert 0 < first["gain"]["whisker"][0] < first["gain"]["width"] < first["gain"]["lacking"]
    cure = cxsim.load(MODE.name).cure
    assert cure is not None
    assert {turn["title"] for turn in first["cure"]["turns"]} == {
        "Charter agreed before the appointment",
        "Diplomacy of the CCO",
        "Accountability",
        "Role modelling",
    }
    assert len(told["candidates"]) <= failure_asking.SHOWN


def test_the_link_to_compare_has_the_failure_and_its_cure(told: dict[str, Any]) -> None:
    query = told["candidates"][0]["cure"]["compare"].partition("?")[2]
    opened = from_query(query, cxsim.bundled())
    assert opened.messages == ()
    failing, cured = (scenario_of(side, opened.setting) for side in opened.setting.sides)
    own = cxsim.load(MODE.name)
    assert failing.hash == own.hash
    assert own.cure is not None
    event = {"week": WEEK, "set": dict(own.cure.set), "note": own.cure.note}
    assert cured.hash == own.with_events([event]).hash


def test_the_goal_of_the_rescue_fits_the_harm() -> None:
    goals = [
        failure_asking.rescue_offer(MODE, found)["goal"]
        for found in (None, {"harm": "customers"}, {"harm": "money"})
    ]
    assert goals == ["adoption >= 50%", "churn <= 9%", "net_value > 0"]
    for goal in goals:
        assert failure_asking.rescuing(MODE, {"goal": goal}).panel == rescue.PANEL


@pytest.mark.parametrize("week", ["-1", "156", "ten", "1e2"])
def test_a_week_that_is_none_is_refused(week: str) -> None:
    for question in (failure_asking.diagnosis, failure_asking.rescuing):
        with pytest.raises(CxsimError, match="whole number from 0 to 155"):
            question(MODE, {"week": week})


# --- in a real browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quick_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app whose questions live few futures."""
    with serving(SERVE, tmp_path_factory.mktemp("failure")) as url:
        yield url


@pytest.fixture
def quick_page(page: Page, quick_url: str) -> Iterator[Page]:
    page.set_default_timeout(PATIENCE)
    problems = watch(page, quick_url)
    yield page
    assert problems == []


def card(page: Page, name: str) -> Locator:
    return page.locator(f".cx-ask[data-panel={name}]")


def debriefed(page: Page, url: str) -> None:
    page.goto(f"{url}/failure-modes?mode={MODE.name}&seed={MODE.seed}")
    page.get_by_text("The real curve is ready").wait_for(timeout=PATIENCE)
    expect(page.locator(".cx-fa")).to_have_count(0)
    page.get_by_role("button", name="Just show me").click()
    page.locator(".cx-fa").wait_for()


def ask(page: Page, name: str) -> Locator:
    asked = card(page, name)
    asked.locator("button[type=submit]").click()
    expect(asked).to_have_attribute("data-state", re.compile("ready|problem"), timeout=PATIENCE)
    return asked


def test_both_questions_are_answered_when_asked(
    quick_page: Page, quick_url: str, told: dict[str, Any]
) -> None:
    debriefed(quick_page, quick_url)
    for name in (failure_asking.DIAGNOSIS, rescue.PANEL):
        expect(card(quick_page, name)).to_have_attribute("data-state", "unasked")
    weeks = quick_page.locator(".cx-fa input[type=range]")
    for slider in weeks.all():
        slider.fill(str(WEEK))
    found = ask(quick_page, failure_asking.DIAGNOSIS)
    expect(found.locator(".cx-sentence")).to_have_text(told["sentence"])
    expect(found.locator(".cx-fa-one")).to_have_count(len(told["candidates"]))
    expect(found).to_contain_text(f"--week {WEEK} --replicates {FEW}")
    saved = ask(quick_page, rescue.PANEL)
    expect(saved.locator(".cx-sentence")).to_contain_text(f"in week {WEEK}")
    expect(saved.locator(".cx-apic-line").first).to_be_attached()
    for size, colours in ((1440, "light"), (390, "dark")):
        quick_page.set_viewport_size({"width": size, "height": 900})
        quick_page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
        open_details(quick_page)
        assert barriers(quick_page) == []
    assert sideways(quick_page) == []
    quick_page.get_by_role("link", name="See the rescue in Compare").click()
    quick_page.wait_for_url(re.compile(r"compare\?a=fm06_survey_lady&b=fm06_survey_lady&b.events="))
    expect(quick_page.get_by_role("heading", level=1)).to_be_visible()


def test_a_mystery_is_not_given_away(quick_page: Page, quick_url: str) -> None:
    quick_page.goto(f"{quick_url}/failure-modes?mystery={NUMBER}")
    quick_page.locator(".cx-fy canvas").nth(5).wait_for(timeout=PATIENCE)
    expect(quick_page.locator(".cx-fa, .cx-ask")).to_have_count(0)
    quick_page.get_by_role("button", name="Give up").click()
    quick_page.locator(".cx-fa").wait_for()
    ask(quick_page, failure_asking.DIAGNOSIS)
    mode = cxsim.load(secret(NUMBER).name).mode
    expect(card(quick_page, failure_asking.DIAGNOSIS)).to_contain_text(f"Played is {mode}.")
