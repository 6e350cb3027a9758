"""Files that the Compare page hands out."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest

import cxsim
from cxsim.app.handout import FORMATS, assumptions, certainty, ensembles_of, make
from cxsim.app.simulation import REPLICATES
from cxsim.app.state import Setting, Side, command_line, scenario_of
from cxsim.errors import CxsimError
from cxsim.parameters import registry
from cxsim.scenario_file import parse

SMALL = (("employees", "30"), ("customers", "60"))
EVENT = {"week": 20, "set": {"communication": 0.9}, "note": "<script>push()</script>"}
PLAIN = Setting((Side("typical"), Side("orchestrated")), firm=SMALL)
CHANGED = Setting(
    (Side("typical").move("wins", 20), replace(Side("orchestrated"), events=(EVENT,))),
    firm=SMALL,
    seed=5,
    charts=("adoption", "cynicism"),
)
LINK = "http://localhost/compare?a=typical&b=<b>"


def content(wanted: str, setting: Setting = CHANGED) -> bytes:
    return make(wanted, setting, LINK).content


@pytest.mark.parametrize("wanted", FORMATS)
def test_every_file_has_a_name_a_type_and_a_number_of_its_own(wanted: str) -> None:
    one, other = make(wanted, CHANGED, LINK), make(wanted, CHANGED, LINK)
    assert one.name == f"cxsim-typical-orchestrated.{wanted}"
    assert "/" in one.type
    assert one.serial < other.serial


@pytest.mark.parametrize(("wanted", "read"), [("csv", pd.read_csv), ("parquet", pd.read_parquet)])
def test_the_numbers_are_those_of_the_scenarios(wanted: str, read: object) -> None:
    assert callable(read)
    table = read(io.BytesIO(content(wanted)))
    for letter, side in zip("AB", CHANGED.sides, strict=True):
        made = cxsim.simulate(scenario_of(side, CHANGED), REPLICATES, 5)
        assert made is not None
        rows = table[(table.side == letter) & (table.series == "adoption")]
        assert rows["median"].to_numpy() == pytest.approx(made.quantiles("adoption", [0.5])[0])
        assert set(rows.seed) == {5}


def test_pictures_show_the_chosen_charts() -> None:
    assert content("png").startswith(b"\x89PNG\r\n\x1a\n")
    picture = content("svg")
    assert ElementTree.fromstring(picture).tag.endswith("svg")
    assert len(content("svg", replace(CHANGED, charts=("adoption",)))) < len(picture)


def test_the_page_to_print_says_what_was_set_and_runs_nothing() -> None:
    page = content("html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;push()" in page
    assert "early wins 20 %" in page
    assert "http://localhost/compare?a=typical&amp;b=&lt;b&gt;" in page
    for words in command_line(CHANGED).split()[:6]:
        assert words in page
    for words in assumptions(CHANGED):
        assert words in page


def test_the_files_of_a_command_are_in_the_archive() -> None:
    with zipfile.ZipFile(io.BytesIO(content("zip"))) as archive:
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(texts) == {"scenario_a.toml", "scenario_b.toml"}
    for (name, text), side in zip(texts.items(), CHANGED.sides, strict=True):
        assert parse(text, name).hash == scenario_of(side, CHANGED).hash
    assert "scenario_b.toml" in command_line(CHANGED)


def test_a_file_that_the_command_needs_is_never_left_out() -> None:
    own = [event.as_table() for event in cxsim.load("fm06_survey_lady").events]
    noted = tuple({**event, "note": "in other words"} for event in own)
    setting = Setting((replace(Side("fm06_survey_lady"), events=noted),))
    assert "scenario_a.toml" in command_line(setting)
    with zipfile.ZipFile(io.BytesIO(content("zip", setting))) as archive:
        assert archive.namelist() == ["scenario_a.toml"]


def test_nothing_changed_is_no_archive() -> None:
    with pytest.raises(CxsimError, match="nothing was changed"):
        make("zip", Setting((Side("sector_business"),), firm=(("employees", "300"),)), LINK)


def test_futures_come_from_memory() -> None:
    first, again = ensembles_of(PLAIN), ensembles_of(PLAIN)
    assert [one.record is other.record for one, other in zip(first, again, strict=True)] == [
        True,
        True,
    ]


def test_assumptions_and_certainty_in_words() -> None:
    table = registry()
    titles = table.organisation["employees"].title, table.market["customers"].title
    assert assumptions(CHANGED) == [f"{titles[0]}: 30", f"{titles[1]}: 60"]
    assert assumptions(replace(CHANGED, firm=())) == []
    assert certainty().count(" % for ") == 3
