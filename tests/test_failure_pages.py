"""The page of the failure modes: every scenario is on it, with a picture that is there."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import failure_pictures
import pytest
from click.testing import CliRunner

import cxsim
from cxsim.cli import main as command_line
from cxsim.series import FUNCTION, LAYER, SERIES

NAMES = cxsim.bundled()
REDRAWN = "fm09_process_owner_says_no"  # has lines by function, a band and a count of futures


@pytest.fixture(scope="module")
def written() -> str:
    return failure_pictures.PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_the_tool_writes(written: str) -> None:
    assert written == failure_pictures.page(), "run `python tools/failure_pictures.py --page`"


def test_every_scenario_stands_on_the_page_once(written: str) -> None:
    assert re.findall(r"\]\(\.\./scenarios/(\w+)\.toml\)", written) == failure_pictures.ordered()
    assert sorted(failure_pictures.ordered()) == NAMES


def test_every_failure_mode_of_the_evidence_has_its_company(written: str) -> None:
    headings = re.findall(r"^### (FM\d\d) ", written, flags=re.MULTILINE)
    assert headings == list(failure_pictures.modes())
    assert len(headings) == 31


def test_every_link_leads_somewhere(written: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)", written)
    assert targets
    assert [t for t in targets if not (failure_pictures.PAGE.parent / t).is_file()] == []


def test_every_command_names_something_that_runs(written: str) -> None:
    commands = re.findall(r"`cxsim (\w+) (\w+)`", written)
    assert [name for command, name in commands if command == "run"] == failure_pictures.ordered()
    shown = CliRunner().invoke(command_line, ["show", commands[-1][1]])
    assert shown.exit_code == 0


def test_pictures_and_scenarios_belong_together() -> None:
    drawn = sorted(path.stem for path in failure_pictures.FOLDER.iterdir())
    assert drawn == NAMES
    assert sorted(failure_pictures.PICTURES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_picture_is_small_and_whole(name: str) -> None:
    path = failure_pictures.FOLDER / f"{name}.svg"
    assert path.stat().st_size <= failure_pictures.LARGEST
    text = path.read_text(encoding="utf-8")
    ElementTree.fromstring(text)
    for panel in failure_pictures.PICTURES[name].panels:
        assert SERIES[panel.series].label in text


@pytest.mark.parametrize("name", NAMES)
def test_picture_shows_two_or_three_series_that_are_recorded(name: str) -> None:
    picture = failure_pictures.PICTURES[name]
    assert 2 <= len(picture.panels) <= 3
    level = {failure_pictures.FUNCTIONS: FUNCTION, failure_pictures.LAYERS: LAYER}
    for panel in picture.panels:
        assert level.get(panel.by, "company") in SERIES[panel.series].levels
    assert picture.against is None or picture.against in NAMES


def test_the_same_picture_each_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(failure_pictures, "REPLICATES", 3)
    monkeypatch.setattr(failure_pictures, "FOLDER", tmp_path)
    failure_pictures.ensemble.cache_clear()
    first = failure_pictures.save(REDRAWN).read_bytes()
    failure_pictures.ensemble.cache_clear()
    assert failure_pictures.save(REDRAWN).read_bytes() == first
    failure_pictures.ensemble.cache_clear()
