"""``cxsim explain``: what it prints and writes."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cxsim.cli.explain_command import explain
from cxsim.cli.failures import CarefulGroup
from tests.test_variants import small

CHANGES = {"communication": 0.9, "frontline_support": 0.9, "role_modelling": 0.9, "resources": 0.9}
PAIR = ("poor.toml", "good.toml", "--replicates", "4")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    poor = small("typical", 40)
    for name, scenario in (("poor", poor), ("good", poor.with_levers(CHANGES))):
        (tmp_path / f"{name}.toml").write_text(scenario.with_name(name).to_toml())
    return tmp_path


def cxsim(*words: str) -> Result:
    return CliRunner().invoke(CarefulGroup(commands=[explain]), ["explain", *words])


def test_it_prints_who_accounts_for_how_much(home: Path) -> None:
    done = cxsim(*PAIR, "--assume", "churn_alpha=0.8")
    assert done.exit_code == 0, done.output
    for words in ("Leadership alignment", "Change management", "Programme", "Difference"):
        assert f"\n{words}" in done.output.replace("\n  ", "\n")
    assert "The same on both sides: Early wins, Listening, Operations" in done.output
    assert "B against A" in done.output
    assert "The policy: going from poor (A) to good (B)." in done.output
    *rest, last = done.output.strip().splitlines()
    assert max(map(len, rest)) <= 100
    assert last == (
        "The same numbers again: cxsim explain poor.toml good.toml --outcome adoption "
        "--assume churn_alpha=0.8 --replicates 4 --seed 1"
    )
    assert list(home.iterdir()) == [*home.glob("*.toml")]


def test_json_has_the_parts_and_a_folder_gets_them_too(home: Path) -> None:
    words = ("--within", "change", "--outcome", "net_value", "--json", "--out", "kept")
    done = cxsim(*PAIR, *words)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    bars = told["outcomes"]["net_value"]["bars"]
    assert {bar["unit"] for bar in bars[:-1]} == {"communication", "frontline_support"}
    assert sum(bar["value"] for bar in bars[:-1]) == pytest.approx(bars[-1]["value"])
    assert {Path(file).suffix for file in told["files"]} == {".png", ".svg", ".csv"}
    parts = pd.read_csv(next((home / "kept").glob("*.csv")))
    money = parts[parts["outcome"] == "net_value"]
    assert list(money["replicate"]) == [0, 1, 2, 3]
    added = money["communication"] + money["frontline_support"]
    assert money["whole"].to_numpy() == pytest.approx(added.to_numpy())


def test_what_differs_may_be_set_on_either_side(home: Path) -> None:
    done = cxsim("poor.toml", "poor.toml", "--set-b", "charter=0.9", "--replicates", "2", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert [bar["unit"] for bar in told["outcomes"]["adoption"]["bars"]] == [
        None,
        "leadership",
        None,
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("poor.toml", "nowhere"), "nowhere"),
        ((*PAIR, "--within", "wins"), "within: wins: both scenarios are the same there"),
        ((*PAIR, "--assume", "luck=2"), "luck: unknown name"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    home: Path, words: tuple[str, ...], message: str
) -> None:
    done = cxsim(*words)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output
