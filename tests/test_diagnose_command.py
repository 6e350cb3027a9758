"""``cxsim diagnose``: what it prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cxsim.cli import main
from cxsim.explain.panel import statistics

QUICK = ("--replicates", "4", "--weeks", "60")
SIGNED = """\
name = "ailing"
title = "An ailing programme"
signature = "People are there."
[organisation]
employees = 60
[market]
customers = 200
[[signs]]
says = "people are there"
measure = "mean(employees)"
above = 0
[[signs]]
says = "nobody has ever left this company, however long one waits, looks and counts all of them"
measure = "sum(leavers)"
below = 0
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ailing.toml").write_text(SIGNED)
    return tmp_path


def cxsim(*words: str) -> Result:
    return CliRunner().invoke(main, ["diagnose", *words])


def test_it_prints_panel_signs_and_what_the_futures_look_like(home: Path) -> None:
    done = cxsim("ailing.toml", *QUICK)
    assert done.exit_code == 0, done.output
    for one in statistics():
        assert one.label in done.output
    assert " 100 %  people are there\n" in done.output
    assert "   0 %  all of these\n" in done.output
    assert "What the futures look like" in done.output
    assert "cxsim diagnose ailing.toml --weeks 60 --replicates 4 --seed 1" in done.output
    assert max(map(len, done.output.splitlines())) <= 100


def test_without_signs_of_its_own_there_is_no_word_of_them() -> None:
    done = cxsim("sector_consumer", *QUICK)
    assert done.exit_code == 0, done.output
    assert "The signs" not in done.output


def test_json_says_the_same(home: Path) -> None:
    answer = json.loads(cxsim("ailing.toml", *QUICK, "--json").output)
    assert answer["scenario"]["name"] == "ailing"
    assert set(answer["panel"]) == {one.name for one in statistics()}
    kept = answer["panel"]["adoption_kept"]
    assert kept["low"] <= kept["median"] <= kept["high"]
    assert answer["panel"]["earnings_dip"]["median"] is None
    assert [sign["share"] for sign in answer["signs"]] == [1.0, 0.0]
    assert answer["all_signs"] == 0.0
    assert sum(one["share"] for one in answer["looks_like"]) == pytest.approx(1.0)


def test_out_holds_the_numbers_of_every_future(home: Path) -> None:
    done = cxsim("ailing.toml", *QUICK, "--out", "found")
    assert done.exit_code == 0, done.output
    numbers = pd.read_csv(home / "found" / "panel.csv", index_col="replicate")
    looks = pd.read_csv(home / "found" / "diagnosis.csv", index_col="replicate")
    assert list(numbers.columns) == [one.name for one in statistics()]
    assert len(numbers) == len(looks) == 4
    assert "looks_like" in looks.columns


def test_settings_change_the_company() -> None:
    before, after = (
        json.loads(cxsim("typical", *QUICK, "--json", *more).output)["panel"]["overhead"]["median"]
        for more in ((), ("--set", "governance_overhead=0.9"))
    )
    assert (before, after) == (25.0, 90.0)


def test_a_mistake_is_one_line_and_exit_code_2() -> None:
    done = cxsim("typcal")
    assert done.exit_code == 2
    assert "did you mean" in done.output
    assert "Traceback" not in done.output
