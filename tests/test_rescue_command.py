"""``cxsim rescue``: what it prints and writes, and how it refuses."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cxsim.cli.failures import CarefulGroup
from cxsim.cli.rescue_command import rescue
from cxsim.cli.run_command import run
from cxsim.scenario_file import load

SMALL = ["--set", "employees=30", "--set", "customers=60", "--set", "communication=0.1"]
QUICK = [
    *("rescue", "typical", *SMALL, "--weeks", "52", "--replicates", "10", "--threads", "2"),
    *("--week", "5", "--goal", "adoption >= 20%", "--probability", "0.7"),
    *("--levers", "communication,accountability,embedding,charter"),
]


def call(*words: str) -> Result:
    group = CarefulGroup(commands={"rescue": rescue, "run": run})
    return CliRunner().invoke(group, words)


def test_the_answer_is_printed_and_its_last_line_gives_it_again() -> None:
    result = call(*QUICK)
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    for words in ("in week 5 - ", "Without it", "Made in week", "Communication"):
        assert words in result.stdout
    line = result.stdout.rpartition("The same numbers again: ")[2]
    assert call(*shlex.split(line)[1:]).stdout == result.stdout


def test_json_is_nothing_but_json_and_what_is_written_can_be_run(tmp_path: Path) -> None:
    result = call(*QUICK, "--json", "--out", str(tmp_path))
    answer = json.loads(result.stdout, parse_constant=pytest.fail)
    assert answer["verdict"] == "saved"
    assert {Path(path).name for path in answer["files"]} == {
        *("changes.csv", "curve.csv", "rescue.png", "rescue.svg", "typical_saved.toml")
    }
    saved = load(tmp_path / "typical_saved.toml")
    assert dict(saved.events[-1].set) == {one["lever"]: one["to"] for one in answer["changes"]}
    ran = call("run", str(tmp_path / "typical_saved.toml"), "--replicates", "2")
    assert ran.exit_code == 0
    rows = (tmp_path / "curve.csv").read_text().splitlines()
    curves = [*answer["deadline"]["curve"], *answer["last_resort"]["curve"]]
    assert len(rows) == 1 + len(curves)


def test_what_is_beyond_rescue_is_an_answer_too(tmp_path: Path) -> None:
    result = call(*QUICK, "--goal", "payback <= 3", "--out", str(tmp_path))
    assert result.exit_code == 0, result.output
    assert "Nothing that can be changed in week 5 is enough" in result.stdout
    assert (tmp_path / "rescue.png").exists()
    assert not list(tmp_path.glob("*.toml"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--week", "52"], "week: 52 is out of range 0..51"),
        (["--week", "-1"], "week: -1 is out of range"),
        (["--goal", "adoption"], "needs one of >=, <=, >, < and a bound"),
        (["--goal", "churn <= 9"], "one half is 0.5 or 50%"),
        (["--probability", "1.5"], "probability: 1.5 is out of range"),
        (["--levers", "charm"], "levers: charm: no such lever"),
    ],
)
def test_bad_input_exits_with_two_and_one_line(words: list[str], said: str) -> None:
    result = call(*QUICK, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_a_default_week_beyond_the_horizon_asks_for_another() -> None:
    result = call("rescue", "typical", "--weeks", "20")
    assert result.exit_code == 2
    assert (
        "week: 40 (the default) lies beyond the horizon of 20 weeks; give --week" in result.stderr
    )


def test_too_few_futures_are_refused_with_the_bounds_that_the_help_tells() -> None:
    result = call(*QUICK, "--replicates", "2")
    assert result.exit_code == 2
    assert "2 is not in the range 10<=x<=12500" in result.stderr
    assert "10<=x<=12500" in " ".join(call("rescue", "--help").stdout.split())
