"""The full report: everything on one page, and every number of it made again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cxsim.cli import main
from cxsim.errors import CxsimError
from cxsim.report.full import full_report, reproduce, scenarios_of
from cxsim.report.full.request import BLOCK, Request
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from tests.test_report import HOSTILE, Page

MADE = date(2026, 1, 31)


def small(name: str, title: str = "", weeks: int = 60) -> Scenario:
    scenario = load(name)
    events = tuple(event for event in scenario.events if event.week < weeks)
    return Scenario(
        name, title or scenario.title, scenario.levers, {"employees": 30}, {"customers": 60},
        events=events, weeks=weeks, story=scenario.story,
    )  # fmt: skip


@pytest.fixture(scope="module")
def written() -> str:
    """Return a report on two small companies, one of them with a hostile title."""
    about = [small("fm06_survey_lady"), small("orchestrated", HOSTILE[2])]
    made = full_report(about, replicates=6, futures=10, seed=3, made=MADE)
    assert made is not None
    return made


@pytest.fixture
def file(written: str, tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that writes a page, changed or not."""

    def write(text: str = written) -> Path:
        path = tmp_path / "report.html"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def data_of(written: str) -> dict[str, Any]:
    found = BLOCK.search(written)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_every_question_is_answered(written: str) -> None:
    headings = re.findall(r"<h2>(.*?)</h2>", written)
    wanted = ("Outcomes", "Over the weeks", "Why", "Will it last", "What went wrong", "Money")
    for question in (*wanted, "Assumptions", "not for", "The same numbers again"):
        assert any(question in heading for heading in headings), (question, headings)
    for answers in data_of(written)["answers"].values():
        for answer in answers if isinstance(answers, list) else [answers]:
            assert answer is None or answer["sentence"]


def test_the_page_is_sound_and_asks_nobody(written: str) -> None:
    shown = Page(written)
    assert shown.open == []
    assert shown.tags.count("script") == 1  # the data; a browser neither shows nor runs them
    assert not any("//" in value for name, value in shown.attributes if name in ("src", "href"))
    assert not [name for name, _ in shown.attributes if name.startswith("on")]


def test_the_same_numbers_come_again(file: Callable[..., Path]) -> None:
    found = reproduce(file())
    assert found is not None
    assert found.same, found.table()
    assert found.numbers > 500


def test_a_changed_number_and_a_changed_text_are_found(
    written: str, file: Callable[..., Path]
) -> None:
    sentence = data_of(written)["answers"]["money"][0]["sentence"]
    last = written.rindex(json.dumps(sentence)[1:-1])  # in the data; the page above says it too
    lie = written[:last] + written[last:].replace(sentence, "It pays back.", 1)
    path = file(lie.replace("<h2>Money</h2>", "<h2>Money for nothing</h2>"))
    told = CliRunner().invoke(main, ["reproduce", str(path), "--json"])
    assert told.exit_code == 1
    where = [one["where"] for one in json.loads(told.output)["differences"]]
    assert where == ["answers > money > 1 > sentence", "text of the page"]


def test_a_scenario_changed_afterwards_is_refused(written: str, file: Callable[..., Path]) -> None:
    with pytest.raises(CxsimError, match=r"scenario 1 of the report .* changed after"):
        reproduce(file(written.replace("charter = 0.03", "charter = 0.9", 1)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<html></html>", "holds no data of a report"),
        ('<script type="application/json" id="cxsim-report">{</script>', "damaged"),
        ('<script type="application/json" id="cxsim-report">{"request": {}}</script>', "damaged"),
        (
            '<script type="application/json" id="cxsim-report">'
            '{"request": {"format": 9, "cxsim": "7"}}</script>',
            "Use the version that made it: 7",
        ),
    ],
)
def test_what_is_no_report_gets_one_message(
    text: str, message: str, file: Callable[..., Path]
) -> None:
    with pytest.raises(CxsimError, match=message) as caught:
        reproduce(file(text))
    assert "report.html" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_scenarios_can_be_taken_out(file: Callable[..., Path], tmp_path: Path) -> None:
    files = scenarios_of(file(), tmp_path / "plans")
    assert [path.name for path in files] == ["a_fm06_survey_lady.toml", "b_orchestrated.toml"]
    assert load(files[0]).hash == small("fm06_survey_lady").hash


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(CxsimError, match="one to 4"):
        Request(())
    with pytest.raises(CxsimError, match="same horizon"):
        Request((small("typical"), small("typical").with_weeks(30)))
    with pytest.raises(CxsimError, match="replicates"):
        Request((small("typical"),), replicates=1)


def test_a_report_can_be_cancelled() -> None:
    assert full_report([small("typical")], cancelled=lambda: True) is None


def test_the_command_writes_a_page(tmp_path: Path) -> None:
    plan, out = tmp_path / "typical.toml", tmp_path / "typical.html"
    plan.write_text(small("typical", weeks=30).to_toml(), encoding="utf-8")
    run = CliRunner().invoke
    few = ["--replicates", "3", "--futures", "10", "--seed", "5"]
    written = run(main, ["report", str(plan), *few, "--out", str(out)])
    assert (written.exit_code, written.output.splitlines()[0]) == (
        0,
        f"Written: {out} (open it in any browser; it needs no network)",
    )
    missing = run(main, ["reproduce", str(tmp_path / "none.html")])
    assert missing.exit_code == 2
    assert "none.html" in missing.output
