"""``cxsim optimise``: what it prints and writes, and the guide that shows it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cxsim.cli.failures import CarefulGroup
from cxsim.cli.optimise_command import optimise
from cxsim.cli.run_command import run
from cxsim.scenario_file import load

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "guides" / "optimise.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
LINES = [line for kind, text in BLOCKS if kind == "sh" for line in text.strip().splitlines()]
# A small company and few futures: the guide's own numbers take minutes.
SMALL = ["--set", "employees=30", "--set", "customers=100"]
FEW = ["--trials", "10", "--replicates", "4", "--fresh", "10", "--threads", "2"]
QUICK = ["optimise", "typical", *SMALL, *FEW, "--weeks", "52", "--levers", "leadership,resources"]


def call(*words: str) -> Result:
    group = CarefulGroup(commands={"optimise": optimise, "run": run})
    return CliRunner().invoke(group, words)


def test_the_answer_is_printed_with_what_it_rests_on() -> None:
    result = call(*QUICK, "--goal", "adoption >= 0.1", "--budget", "100k")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "Within $100,000, " in result.stdout
    for words in ("chance lost without it", "no programme", "time and the will", "too high"):
        assert words in result.stdout
    line = result.stdout.partition("The same numbers again: ")[2]
    assert call(*shlex.split(line)[1:]).stdout.splitlines()[:6] == result.stdout.splitlines()[:6]


def test_json_is_nothing_but_json_and_the_files_are_written(tmp_path: Path) -> None:
    words = [*QUICK, "--goal", "adoption >= 0.1", "--json", "--out", str(tmp_path)]
    answer = json.loads(call(*words).stdout, parse_constant=pytest.fail)
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"figure.png", "figure.svg", "frontier.csv", "search.jsonl",
                       "typical_plan.toml"}  # fmt: skip
    assert {Path(path).name for path in answer["files"]} == written - {"search.jsonl"}
    plan = load(tmp_path / "typical_plan.toml")
    best = {move["lever"]: move["after"] for move in answer["best"]["moves"]}
    assert best
    assert best == {name: plan.levers[name] for name in best}
    assert call("run", str(tmp_path / "typical_plan.toml"), "--replicates", "2").exit_code == 0
    again = json.loads(call(*words).stdout)
    assert again == answer


BAD: list[tuple[list[str], str]] = [
    (["--goal", "adoptoin >= 1"], "did you mean 'adoption'?"),
    (["--goal", "adoption >= 0.1", "--budget", "a lot"], "an amount of money above zero"),
    (["--goal", "adoption >= 0.1", "--levers", "chartre"], "did you mean 'charter'?"),
    ([], "Missing option '--goal'"),
]


@pytest.mark.parametrize(("words", "said"), BAD, ids=[said for _, said in BAD])
def test_bad_input_gets_one_message_and_exit_code_2(words: list[str], said: str) -> None:
    result = call(*QUICK, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_the_help_shows_examples_and_how_many_futures_a_trial_has() -> None:
    text = call("optimise", "--help").stdout
    assert "  cxsim optimise typical" in text.partition("Example")[2]
    assert re.search(r"--replicates.*\n?.*default: 20", text)


@pytest.mark.parametrize("line", LINES)
def test_the_commands_of_the_guide_work(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program, command, *words = shlex.split(line)
    assert program == "cxsim"
    if command == "run":
        (tmp_path / "plan").mkdir()
        text = load("typical").with_name("typical_plan").to_toml()
        (tmp_path / "plan" / "typical_plan.toml").write_text(text)
        words += ["--replicates", "2"]
    else:
        words += [*SMALL, *FEW]
    result = call(command, *words)
    assert result.exit_code == 0, result.output


def test_the_python_of_the_guide_works(capsys: pytest.CaptureFixture[str]) -> None:
    code = next(text for kind, text in BLOCKS if kind == "python")
    small = ".with_organisation(employees=30).with_market(customers=100)"
    code = code.replace('load("typical")', f'load("typical"){small}')
    code = code.replace('budget="1.5M"', 'budget="250k", trials=10, replicates=4, fresh=10')
    names: dict[str, Any] = {}
    exec(compile(code, "optimise.md", "exec"), names)
    assert "adoption >= 0.5" in capsys.readouterr().out
    assert names["frontier"].best.chance > 0.0
