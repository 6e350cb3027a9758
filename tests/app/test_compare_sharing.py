"""The Compare page in a real browser: links, files, several visitors, quick hands."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

import cxsim
from cxsim.app.link import to_query
from cxsim.app.state import Setting, Side, positions

from .compare import (
    EVENT,
    LAST_WEEK,
    SETTING,
    WORLD,
    A,
    B,
    at,
    open_at,
    press,
    shows,
    slider,
    texts,
)
from .conftest import watch
from .pages import (
    download,
    open_page,
    revision,
)

# --- links ---------------------------------------------------------------------------------------


def test_a_link_gives_the_same_elsewhere(app_page: Page, app_url: str, browser: Browser) -> None:
    page = open_at(
        app_page,
        app_url,
        Setting(
            (A.move("wins", 12).set("charter", "0.7"), replace(B, events=(EVENT,))),
            firm=WORLD,
            assumptions=(("churn_alpha", "3"),),
            seed=5,
        ),
    )
    expect(page).to_have_url(re.compile(r"[?&]r="))  # the address bar holds the whole link
    link = page.locator("code[data-name=link]").inner_text()
    assert page.url == link
    context = browser.new_context()
    other = context.new_page()
    problems = watch(other, app_url)
    open_page(other, link)
    assert texts(other) == texts(page)
    assert other.locator(".cx-outcomes").inner_text() == page.locator(".cx-outcomes").inner_text()
    assert other.locator(".cx-sentence").inner_text() == page.locator(".cx-sentence").inner_text()
    assert revision(other) == revision(page)
    assert other.locator("code[data-name=link]").inner_text() == link
    expect(slider(other, "wins", "A")).to_have_value("12")
    expect(other.locator(".cx-notice")).to_have_count(0)
    assert problems == []
    context.close()


def test_a_link_of_another_version_says_what_differs(app_page: Page, app_url: str) -> None:
    query = to_query(SETTING, "0.0.9", [(0.01, 0.5, -5e9), (0.02, 0.6, 7e9)])
    page = open_page(app_page, f"{app_url}/compare?{query}")
    notice = page.get_by_role("note")
    expect(notice).to_contain_text("Whoever made this link, with cxsim 0.0.9, saw other numbers")
    expect(notice).to_contain_text(f"with cxsim {cxsim.__version__}: A, ")
    expect(notice).to_contain_text("instead of 7,000,000,000 USD")
    expect(notice).to_have_text(re.compile(r"[1-9]\d* % instead of 1 %"))
    slider(page, "wins", "A").press("ArrowLeft")
    expect(notice).not_to_contain_text("saw other numbers")


def test_a_hostile_link_is_named_and_harmless(app_page: Page, app_url: str) -> None:
    script = "<img src=x onerror=document.title='owned'>"
    good = to_query(replace(SETTING, sides=(B,))).replace("a=", "b=")
    page = open_page(
        app_page,
        f"{app_url}/compare?a={script}&{good}&b.wins=nan&world.charter=1&e={script}&c=../../x&z=%00",
    )
    notices = page.get_by_role("note")
    expect(notices.first).to_contain_text("<img src=x")
    said = " ".join(notices.all_inner_texts())
    for words in ("b.wins in the link", "charter: is a policy", "../../x", "means nothing here"):
        assert words in said
    expect(page).to_have_title("Compare - cxsim")
    assert page.locator("main img").count() == 0
    shows(page, Setting((B,)))
    slider(page, "wins", "A").press("ArrowLeft")
    shows(page, Setting((B.move("wins", positions(B)["wins"] - 1),)))


# --- files ---------------------------------------------------------------------------------------

TITLE = "<script>document.title = 'owned'</script>"
OWN = 'name = "mine"\ntitle = "{}"\nextends = "typical"\n[levers]\ncharter = 0.9\n'


def upload(page: Page, text: bytes, side: str = "B") -> None:
    field = page.get_by_label(f"Open a scenario file as scenario {side}")
    field.set_input_files({"name": "mine.toml", "mimeType": "text/plain", "buffer": text})


def test_a_file_takes_a_side_and_rubbish_does_not(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url)
    for rubbish, said in (
        (b"\x89PNG\r\n\x1a\n\x00\xff", "The uploaded file:1:1"),
        (b"x" * 5_000_000, "a scenario file has at most 100,000"),
        (b'name = "mine"\ntitle = "Mine"\n[levers]\nchartre = 1\n', "did you mean 'charter'"),
        (b"", "The uploaded file"),
    ):
        upload(page, rubbish)
        expect(page.get_by_role("alert")).to_have_count(1)
        expect(page.get_by_role("alert")).to_contain_text(said)
    shows(page, SETTING)
    own = OWN.format(TITLE)
    upload(page, own.encode())
    shows(page, SETTING.with_side(1, Side("file", text=own)))
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".cx-legend")).to_contain_text(TITLE)
    expect(page).to_have_title("Compare - cxsim")
    page.reload()
    shows(page, SETTING.with_side(1, Side("file", text=own)))
    expect(page).to_have_title("Compare - cxsim")


def test_every_download_arrives_and_reads_back(app_page: Page, app_url: str) -> None:
    page = open_at(app_page, app_url, replace(SETTING, sides=(A.move("wins", 12), B)))
    table = pd.read_csv(download(page, "Numbers (CSV)"))
    assert set(table.side) == {"A", "B"}
    assert table.groupby(["side", "series"]).size().unique() == [LAST_WEEK + 1]
    again = pd.read_parquet(download(page, "Numbers (Parquet)"))
    assert (again["median"] - table["median"]).abs().max() <= 1e-6 * again["median"].abs().max()
    assert download(page, "Charts (PNG)").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert ElementTree.parse(download(page, "Charts (SVG)")).getroot().tag.endswith("svg")
    printed = download(page, "One page to print").read_text(encoding="utf-8")
    assert page.locator(".cx-sentence").inner_text()[:40] in printed
    assert "<script" not in printed
    with zipfile.ZipFile(download(page, "Scenario files (ZIP)")) as archive:
        assert archive.namelist() == ["scenario_a.toml", "scenario_b.toml"]


def test_the_command_gives_the_numbers_on_the_page(
    app_page: Page, app_url: str, tmp_path: Path
) -> None:
    sides = (A.move("wins", 20).set("charter", "0.3"), replace(B, events=(EVENT,)))
    page = open_at(app_page, app_url, replace(SETTING, sides=sides, seed=3))
    archive = download(page, "Scenario files (ZIP)").read_bytes()
    zipfile.ZipFile(io.BytesIO(archive)).extractall(tmp_path)
    program, *words = shlex.split(page.locator("code[data-name=command]").inner_text())
    assert program == "cxsim"
    done = subprocess.run(
        [sys.executable, "-m", "cxsim.cli", *words, "--json"],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(cxsim.__file__).parents[1])},
    )
    rows = {row["name"]: row for row in json.loads(done.stdout)["outcomes"]}
    shown = texts(page)
    for place, name in ((0, "adoption"), (1, "churn_yearly")):
        assert shown[2 * place : 2 * place + 2] == [rows[name]["text_a"], rows[name]["text_b"]]


# --- many visitors, quick hands ------------------------------------------------------------------


def test_two_visitors_do_not_disturb_each_other(browser: Browser, app_url: str) -> None:
    contexts = [browser.new_context() for _ in range(2)]
    start = SETTING.with_side(0, A.move("wins", 40))
    first, second = (open_at(context.new_page(), app_url, start) for context in contexts)
    slider(first, "wins", "A").press("ArrowRight")
    shows(first, SETTING.with_side(0, A.move("wins", 41)))
    expect(slider(second, "wins", "A")).to_have_value("40")
    shows(second, start)
    for context in contexts:
        context.close()


def simulating(page: Page, url: str) -> int:
    """How many simulations are under way for all visitors."""
    return int(page.request.get(f"{url}/healthz").json()["simulations"])


def wait_for_rest(page: Page, url: str) -> None:
    """Wait until nothing is simulated, and see that it stays so."""
    for _ in range(300):
        if simulating(page, url) == 0:
            break
        page.wait_for_timeout(100)
    for _ in range(10):
        assert simulating(page, url) == 0
        page.wait_for_timeout(50)


DRAG = """async (slider) => {
    const begun = performance.now();
    let moves = 0;
    while (performance.now() - begun < 10000) {
        slider.value = 50 + Math.round(45 * Math.sin(moves++ / 9));
        slider.dispatchEvent(new Event("input", {bubbles: true}));
        await new Promise(requestAnimationFrame);
    }
    slider.value = 37;
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    slider.dispatchEvent(new Event("change", {bubbles: true}));
    return moves;
}"""


def test_ten_seconds_of_dragging_end_at_the_last_position(app_page: Page, app_url: str) -> None:
    setting = replace(SETTING, firm=())
    page = open_at(app_page, app_url, setting)
    moves = slider(page, "wins", "B").evaluate(DRAG)
    assert moves > 100
    shows(page, setting.with_side(1, B.move("wins", 37)))
    expect(slider(page, "wins", "B")).to_have_value("37")
    wait_for_rest(page, app_url)
    press(page, "Undo")  # all of it was one step
    shows(page, setting)


def test_a_closed_tab_simulates_no_more(app_page: Page, app_url: str) -> None:
    # a run of minutes, if nobody stopped it
    firm = (("employees", "20000"), ("customers", "200000"))
    other = app_page.context.new_page()
    other.goto(at(app_url, replace(SETTING, firm=firm, seed=8)))
    for _ in range(600):
        if simulating(app_page, app_url):
            break
        app_page.wait_for_timeout(50)
    else:
        pytest.fail("nothing was simulated")
    other.close(run_before_unload=True)
    wait_for_rest(app_page, app_url)
