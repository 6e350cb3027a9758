"""The printable page in a real browser: one sheet of paper, and readable on a screen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import cxsim
from cxsim.report import report
from cxsim.results import Ensemble

from .conftest import watch

AXE = Path(__file__).with_name("axe.min.js")
LONG = [
    "netflix_2011",
    "fm16_window_dressing",
    "fm12_buried",
    "fm01_fragmented_strategy",
]
A4 = {"width": 794, "height": 1123}  # CSS pixels
MILLIMETRE = 96 / 25.4
CUT = """() => {
  const main = document.querySelector('main');
  const figure = document.querySelector('figure').getBoundingClientRect();
  const foot = document.querySelector('footer').getBoundingClientRect();
  return {hidden: main.scrollHeight - main.clientHeight, figure: figure.height,
          foot: foot.bottom, wide: document.documentElement.scrollWidth};
}"""


@pytest.fixture(scope="module")
def four() -> list[Ensemble]:
    made = [cxsim.simulate(cxsim.load(name), 20) for name in LONG]
    return [ensemble for ensemble in made if ensemble is not None]


def written(ensembles: list[Ensemble], folder: Path, **other: Any) -> str:
    """The address of a page about these ensembles."""
    given: dict[str, Any] = {
        "link": "http://127.0.0.1:8765/compare?a=typical&b=orchestrated&seed=1",
        "command": "cxsim compare typical orchestrated --replicates 100 --seed 1",
        "version": "0.1.0",
        "made": date(2026, 1, 5),
        "changes": [["early wins 20 %", "Charter 0.8"] for _ in ensembles],
        "assumptions": ["Employees 900 (default 300)"],
        "certainty": "About 60 % of the spread of net value rests on assumptions. " * 3,
    }
    file = folder / "report.html"
    file.write_text(report(ensembles, **(given | other)), encoding="utf-8")
    return file.as_uri()


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def printed(page: Page, address: str) -> tuple[int, dict[str, float]]:
    """How many sheets a page takes, and how its parts lie on the first one."""
    page.set_viewport_size(A4)  # type: ignore[arg-type]
    page.goto(address)
    page.emulate_media(media="print")
    laid_out = page.evaluate(CUT)
    return pages(page.pdf(prefer_css_page_size=True)), laid_out


def test_pages_are_counted(page: Page) -> None:
    page.set_content("<p style='break-after: page'>one</p><p>two</p>")
    assert pages(page.pdf()) == 2


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_it_prints_on_one_sheet(
    page: Page, tmp_path: Path, four: list[Ensemble], count: int
) -> None:
    sheets, laid_out = printed(page, written(four[:count], tmp_path))
    assert sheets == 1
    assert laid_out["hidden"] <= 0
    assert laid_out["foot"] <= A4["height"] - 8 * MILLIMETRE
    assert laid_out["figure"] >= 60 * MILLIMETRE


def test_even_with_all_that_fits_into_it(page: Page, tmp_path: Path, four: list[Ensemble]) -> None:
    long = "a rather long description of what was changed here, from one thing to the other "
    event = four[0].scenario.events[0]
    busy = tuple(replace(event, week=week, note=f"{week} {long * 3}") for week in range(30))
    wordy = [
        replace(one, scenario=replace(one.scenario, title=long * 3, events=busy, signs=()))
        for one in four
    ]
    sheets, laid_out = printed(
        page,
        written(
            wordy,
            tmp_path,
            link="http://127.0.0.1:8765/compare?" + "a.lever=0.5&" * 400,
            command="cxsim compare " + "--set-a some_lever=0.85 " * 200,
            changes=[[long * 3] * 30] * 4,
            assumptions=[long * 3] * 30,
            certainty=long * 30,
        ),
    )
    assert sheets == 1
    assert laid_out["hidden"] <= 0
    assert laid_out["figure"] >= 45 * MILLIMETRE


def test_on_a_screen_it_asks_nobody_and_needs_no_sideways_scrolling(
    page: Page, tmp_path: Path, four: list[Ensemble]
) -> None:
    address = written(four, tmp_path)
    problems = watch(page, address)
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(address)
    assert page.evaluate(CUT)["wide"] <= 390
    assert problems == []


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing(page: Page, tmp_path: Path, four: list[Ensemble], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(written(four, tmp_path))
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags})", tags)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
    assert len(found["passes"]) > 10
