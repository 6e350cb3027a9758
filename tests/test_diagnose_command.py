"""``cxsim diagnose``: what it prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import cxsim
from cxsim.cli import main
from cxsim.explain.panel import statistics

QUICK = ("--replicates", "4", "--weeks", "60")
SIGNED = """\
name = "ailing"
title = "An ailing programme"
[organisation]
employees = 60
[market]
customers = 200
[levers]
accountability = 0.03
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


def diagnosed(*words: str) -> Result:
    return CliRunner().invoke(main, ["diagnose", *words])


def test_it_prints_the_answer_and_the_way_to_it() -> None:
    done = diagnosed("fm16_window_dressing", "--replicates", "2", "--week", "26")
    assert done.exit_code == 0, done.output
    assert "FM16 Window dressing: a title and nothing behind it (likelihood " in done.output
    assert "Its cure in week 26 would have brought" in done.output
    assert "Future by future: FM16 in 2 of 2." in done.output
    assert "   The cure: Programme staff 0.2 -> 3; CEO sponsorship " in done.output
    assert "The signs" not in done.output
    again = "cxsim diagnose fm16_window_dressing --week 26 --replicates 2 --seed 1"
    assert done.output.endswith(f"The same numbers again: {again}\n")
    assert max(map(len, done.output.splitlines())) <= 100


def test_signs_and_panel_are_told_when_asked(home: Path) -> None:
    done = diagnosed("ailing.toml", *QUICK, "--signs", "--panel")
    assert done.exit_code == 0, done.output
    for one in statistics():
        assert one.label in done.output
    assert " 100 %  people are there\n" in done.output
    assert "   0 %  all of these\n" in done.output
    assert "What the futures look like by their signs" in done.output


def test_json_and_files_say_the_same(home: Path) -> None:
    more = ("--signs", "--panel", "--json", "--out", "found")
    answer = json.loads(diagnosed("ailing.toml", *QUICK, *more).output)
    assert answer["scenario"]["name"] == "ailing"
    assert answer["week"] == 20
    assert set(answer["panel"]) == {one.name for one in statistics()}
    assert answer["panel"]["earnings_dip"]["median"] is None
    assert [sign["share"] for sign in answer["signs"]["own"]] == [1.0, 0.0]
    futures = pd.read_csv(home / "found" / "futures.csv", index_col="replicate")
    candidates = pd.read_csv(home / "found" / "candidates.csv", index_col="mode")
    assert list(candidates.index) == [one["mode"] for one in answer["candidates"]]
    assert len(futures) == len(pd.read_csv(home / "found" / "panel.csv")) == 4
    assert all(Path(name).exists() for name in answer["files"])


def test_a_saved_run_and_its_numbers_alone(home: Path) -> None:
    made = cxsim.simulate(cxsim.load("ailing.toml").with_weeks(60), 2, baseline=False)
    assert made is not None
    made.save(home / "saved", ["csv"])
    whole, alone = (
        json.loads(diagnosed(name, "--json").output) for name in ("saved", "saved/series.csv")
    )
    assert whole["seed"] == 1
    assert alone["scenario"] is None
    assert [one["gain"] for one in alone["candidates"]] == [None] * len(alone["candidates"])
    refused = diagnosed("saved", "--set", "charter=0.1")
    assert refused.exit_code == 2
    assert "belongs to a scenario" in refused.output
    told = diagnosed("saved", "--week", "10").output
    assert "\n2 futures of 60 weeks (the first 52 of them were read), seed 1\n" in told
    assert "weeks were read." not in told
    assert told.endswith("The same numbers again: cxsim diagnose saved --week=10\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("typcal",), "did you mean"),
        (("typical", "--weeks", "30", "--replicates", "2"), "wants at least 52"),
        (("typical", *QUICK, "--week", "60"), "before the end"),
        (("nowhere.csv",), "there is no such file"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(words: tuple[str, ...], said: str) -> None:
    done = diagnosed(*words)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output
