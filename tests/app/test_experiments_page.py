"""The Experiments page in a real browser: a study from its design to its answers."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from cxsim.app.experiments.desk import TEMPLATE
from cxsim.app.experiments.shelf import VARIABLE, Shelf
from cxsim.app.experiments.verdict import judged
from cxsim.study.batch import run_study

from .conftest import SERVE, serving, watch
from .pages import barriers, download, sideways

PATIENCE = 90_000  # ms; the first study waits until the engine is compiled

# Small companies, so that it is the page that takes the time.
SMALL = """\
# Does it matter? Perhaps.
name = "small"
title = "Small <b>companies</b>"
weeks = 52
[base]
name = "tiny"
title = "Tiny"
organisation.employees = 30
market.customers = 100
[levers]
leadership = { low = 0.0, high = 1.0 }
change = { low = 0.0, high = 1.0 }
[design]
method = "sobol_sequence"
samples = 64
[replicates]
number = 2
[outcomes]
keep = ["adoption", "churn_yearly"]
"""
LONG = (
    SMALL.replace("small", "long")
    .replace("employees = 30", "employees = 100")
    .replace("customers = 100", "customers = 1000")
    .replace("64", "2048")
    .replace("number = 2", "number = 9")
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("studies"))


@pytest.fixture(scope="module")
def own_url(shelf: Shelf, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app whose studies nobody else sees."""
    script = f"import os; os.environ[{VARIABLE!r}] = {str(shelf.folder)!r}; {SERVE}"
    with serving(script, tmp_path_factory.mktemp("own")) as url:
        yield url


@pytest.fixture
def tab(page: Page, own_url: str) -> Iterator[Page]:
    page.set_default_timeout(PATIENCE)
    problems = watch(page, own_url)
    yield page
    assert problems == []


def bench(page: Page, url: str) -> Page:
    page.goto(f"{url}/experiments")
    expect(verdict(page)).to_have_attribute("data-state", "fine", timeout=PATIENCE)
    return page


def verdict(page: Page) -> Locator:
    return page.locator("#cx-xb-verdict")


def typed(page: Page, text: str) -> None:
    page.get_by_label("The design as text").fill(text)


def begin(page: Page, text: str, runs: str) -> None:
    typed(page, text)
    costs = verdict(page).locator("dl")
    expect(costs).to_contain_text(f"runs{runs}", timeout=PATIENCE)
    expect(costs).to_contain_text("on this computer")
    page.get_by_role("button", name="Run it").click()


def progress(page: Page) -> Locator:
    return page.locator(".cx-xst")


def finished(page: Page) -> None:
    expect(progress(page)).to_have_attribute("data-state", "complete", timeout=PATIENCE)


def answered(page: Page, show: str) -> Locator:
    answer = page.locator(f".cx-xa[data-show={show}]")
    expect(answer).to_have_attribute("data-ready", "true", timeout=PATIENCE)
    return answer


def finished_before(shelf: Shelf) -> str:
    """The key of a small study that is complete."""
    key = judged(SMALL).key
    shelf.put(key, SMALL)
    run_study(shelf.file(key), shelf.runs(key))
    return key


def test_from_a_design_to_its_answers(tab: Page, own_url: str, shelf: Shelf) -> None:
    bench(tab, own_url)
    begin(tab, SMALL, "128")
    finished(tab)
    expect(tab.get_by_role("heading", name="Small <b>companies</b>")).to_be_visible()
    glance = answered(tab, "glance")
    expect(glance).to_contain_text("128 runs at 64 points")
    tab.get_by_role("link", name="What matters").click()
    bars = answered(tab, "matters").locator(".cx-xbar-rows .cx-xbar-row")
    expect(bars).to_have_count(2)
    expect(bars.first).to_contain_text("±")
    expect(tab.locator(".cx-xbar-floor").first).to_be_visible()
    table = pd.read_csv(download(tab, "Numbers (CSV)"))
    assert sorted(table["factor"]) == ["change", "leadership"]
    tab.get_by_role("link", name="Where it fails").click()
    fails = answered(tab, "fails")
    tab.get_by_label("this level (%)").fill("much")
    tab.keyboard.press("Tab")
    expect(fails.get_by_role("alert")).to_contain_text("'much' is no number")
    tab.get_by_role("link", name="Files").click()
    runs = pd.read_parquet(download(tab, "Runs (Parquet)"))
    assert len(runs) == 128
    design = download(tab, "Design (TOML)")
    assert (design.name, design.read_text()) == ("small.toml", SMALL)
    expect(tab.locator("[data-name=command]")).to_have_text(
        "cxsim study run small.toml --out small"
    )
    tab.reload()
    finished(tab)
    tab.get_by_role("link", name="All studies and designs").click()
    key = judged(SMALL).key
    row = tab.locator(f".cx-xs-study[data-study='{key}']")
    expect(row).to_contain_text("complete: 128 runs")
    row.get_by_role("link").click()
    answered(tab, "glance")


def test_a_study_is_stopped_found_again_and_goes_on(tab: Page, own_url: str) -> None:
    bench(tab, own_url)
    begin(tab, LONG, "18,432")
    bar = tab.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuenow", re.compile("[1-9]"), timeout=PATIENCE)
    expect(progress(tab)).to_contain_text(re.compile(r"of 18,432 runs · [\d,]+ a second"))
    tab.reload()
    expect(progress(tab)).to_have_attribute("data-state", "running")
    tab.get_by_role("button", name="Stop").click()
    expect(progress(tab)).to_have_attribute("data-state", "stopped", timeout=PATIENCE)
    words = progress(tab).locator(".cx-xst-words")
    expect(words).to_contain_text(re.compile(r"stopped after [\d,]+ of 18,432 runs"))
    before = int(re.findall(r"[\d,]+", words.inner_text())[0].replace(",", ""))
    expect(answered(tab, "glance")).to_contain_text("runs at")
    expect(progress(tab)).to_contain_text("rests on the runs that are finished")
    tab.get_by_role("button", name="Resume").click()
    done = re.compile(r"of 18,432 runs · [\d,]+ a second")
    expect(words).to_contain_text(done, timeout=PATIENCE)
    assert int(re.findall(r"[\d,]+", words.inner_text())[0].replace(",", "")) >= before
    tab.get_by_role("button", name="Stop").click()
    expect(progress(tab)).to_have_attribute("data-state", "stopped", timeout=PATIENCE)


def test_what_is_wrong_is_told_while_typing(tab: Page, own_url: str) -> None:
    bench(tab, own_url)
    typed(tab, TEMPLATE.replace("sobol_sequence", "sobol_sequens"))
    expect(verdict(tab)).to_have_attribute("data-state", "wrong")
    line = next(i for i, one in enumerate(TEMPLATE.splitlines(), 1) if one.startswith("method"))
    place = tab.get_by_role("button", name=f"line {line}, column 1")
    expect(verdict(tab)).to_contain_text("did you mean 'sobol_sequence'?")
    expect(tab.get_by_role("button", name="Run it")).to_be_disabled()
    place.click()
    area = tab.get_by_label("The design as text")
    expect(area).to_be_focused()
    chosen = area.evaluate("(one) => one.value.slice(one.selectionStart, one.selectionEnd)")
    assert chosen == 'method = "sobol_sequens"'
    typed(tab, TEMPLATE.replace("number = 8", "number = 900"))
    expect(verdict(tab)).to_have_attribute("data-state", "too_big")
    expect(verdict(tab)).to_contain_text("at most 20,000")
    expect(tab.get_by_role("button", name="Run it")).to_be_disabled()


def test_a_typed_design_is_kept(tab: Page, own_url: str) -> None:
    bench(tab, own_url)
    area, back = (
        tab.get_by_label("The design as text"),
        tab.get_by_role("button", name="Bring back my text"),
    )
    expect(back).to_have_count(0)
    typed(tab, SMALL)
    expect(verdict(tab).locator("dl")).to_contain_text("runs128", timeout=PATIENCE)
    tab.reload()
    expect(area).to_have_value(SMALL)
    tab.get_by_role("button", name="Your own").click()
    expect(area).to_have_value(TEMPLATE)
    expect(tab.get_by_role("heading", name="What it would cost")).to_be_focused()
    back.click()
    expect(area).to_have_value(SMALL)
    expect(back).to_have_count(0)


def test_the_form_writes_the_text_by_keyboard(tab: Page, own_url: str) -> None:
    bench(tab, own_url)
    tab.get_by_role("button", name="Your own").press("Enter")
    area = tab.get_by_label("The design as text")
    expect(area).to_have_value(TEMPLATE)
    tab.get_by_label("Vary an assumption").select_option("workload")
    row = tab.locator("[data-factor=workload]")
    row.get_by_label("How Workload varies").select_option("between")
    row.get_by_label("Lowest Workload").fill("0.4")
    tab.keyboard.press("Tab")
    expect(area).to_have_value(re.compile(r"workload = \{ low = 0\.4, high = "))
    tab.get_by_label("Samples").fill("256")
    tab.keyboard.press("Tab")
    expect(area).to_have_value(re.compile("samples = 256"))
    expect(verdict(tab)).to_contain_text("256")
    with tab.expect_download() as arriving:
        tab.get_by_role("button", name="Design file", exact=True).click()
    raw = tomllib.loads(Path(arriving.value.path()).read_text(encoding="utf-8"))
    assert raw["uncertainties"]["workload"]["low"] == 0.4
    assert arriving.value.suggested_filename == "my_study.toml"


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nobody_is_kept_out(tab: Page, own_url: str, shelf: Shelf, colours: Any) -> None:
    tab.emulate_media(color_scheme=colours)
    bench(tab, own_url)
    key = finished_before(shelf)
    shows = ("", *(f"?study={key}&show={one}" for one in ("glance", "matters", "map", "files")))
    for show in shows:
        tab.goto(f"{own_url}/experiments{show}")
        if show:
            answered(tab, show.rpartition("=")[2])
        else:
            expect(verdict(tab)).to_have_attribute("data-state", "fine")
        for width in (1920, 390):
            tab.set_viewport_size({"width": width, "height": 900})
            tab.wait_for_timeout(150)
            assert sideways(tab) == [], (show, width)
        assert barriers(tab) == [], show


def test_a_link_to_a_study_of_another_computer_says_so(tab: Page, own_url: str) -> None:
    tab.goto(f"{own_url}/experiments?study={'0' * 16}")
    expect(tab.get_by_role("alert")).to_contain_text("no such study on this computer")
    assert os.sep not in tab.get_by_role("alert").inner_text()
