"""``cxsim calibrate`` and its guide: what is shown there is what happens."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from cxsim.cli import main
from cxsim.cli.calibrate_command import calibrate
from cxsim.cli.failures import CarefulGroup

GUIDE = (Path(__file__).resolve().parents[1] / "docs" / "guides" / "calibrate.md").read_text(
    encoding="utf-8"
)
FILE, FIT, USE, PYTHON = re.findall(r"^```\w+\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
FEW = ("--simulations", "500")


@click.group(cls=CarefulGroup)
def program() -> None:
    """Run the command by itself."""


program.add_command(calibrate)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the guide's file."""
    path = tmp_path_factory.mktemp("calibrate")
    (path / "firm.csv").write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def fitted(folder: Path) -> Result:
    """The guide's command, with few simulations."""
    _, *words = shlex.split(FIT)
    words = [str(folder / word) if word in ("firm.csv", "fit") else word for word in words]
    return CliRunner().invoke(program, [*words, *FEW])


def test_the_command_of_the_guide_works(fitted: Result, folder: Path) -> None:
    assert fitted.exit_code == 0, fitted.output
    for part in (
        "46 figures",
        "- The survey's scale from -100 to 100",
        "- Column people trained counts people, of 120 employees.",
        "beforehand",
        "left out: 2 gaps",
        "They say nothing about ",
        "The same numbers again: cxsim calibrate",
    ):
        assert part in fitted.output
    assert max(map(len, fitted.output.split("Written:")[0].splitlines())) <= 110
    names = {path.name for path in (folder / "fit").iterdir()}
    ends = (".toml", "_draws.csv", "_study.toml", ".json", ".png", ".svg")
    assert names == {f"firm_calibrated{end}" for end in ends}


def test_what_the_guide_does_with_it_works(
    fitted: Result, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fitted.exit_code == 0
    monkeypatch.chdir(folder)
    for line in USE.strip().splitlines():
        _, *words = shlex.split(line)
        done = CliRunner().invoke(main, [*words, "--replicates", "2"])
        assert done.exit_code == 0, done.output


def test_the_python_of_the_guide_works(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    exec(compile(PYTHON, "calibrate.md", "exec"), names)
    assert "leadership" in capsys.readouterr().out
    assert len(names["companies"]) == 20  # type: ignore[arg-type]


def test_json_is_json_and_settings_are_heeded(folder: Path) -> None:
    words = ["calibrate", str(folder / "firm.csv"), "--employees", "120", "--customers", "500"]
    words += ["--set", "leadership=0.4", "--set", "resources=2", "--start", "2024-02", "--json"]
    done = CliRunner().invoke(program, [*words, *FEW])
    assert done.exit_code == 0, done.output
    answer = json.loads(done.stdout)
    names = {row["unknown"] for row in answer["unknowns"]}
    assert names == {"change", "wins", "base_churn", "acquisition", "quality", "satisfaction"}
    assert answer["start"] == "2024-02-01"
    assert set(answer["fit"]) == {"churn", "customers", "survey", "trained"}
    assert "--set leadership=0.4" in answer["command"]


def test_figures_out_of_reach_end_with_exit_code_1(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    rows = "".join(f"{n},{2 if n < 5 else 70}\n" for n in range(1, 11))
    path.write_text(f"month,churn %\n{rows}")
    words = ["calibrate", str(path), "--employees", "30", "--customers", "200"]
    done = CliRunner().invoke(program, [*words, "--out", str(tmp_path / "fit"), *FEW])
    assert done.exit_code == 1
    assert "THE MODEL CANNOT REACH THESE FIGURES" in done.output
    assert not (tmp_path / "fit").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("none.csv",), "none.csv: no such file"),
        (("bad.csv",), "row 3, column churn %: 130 % is more than all"),
        (("firm.csv", "--set", "leadership=high"), 'leadership: the text "high"'),
        (("firm.csv", "--set", "chartr=1"), "did you mean 'charter'"),
        (("firm.csv", "--set", "charter=1", "--set", "charter=0"), "charter: is set twice"),
        (("firm.csv", "--base", "typicl"), "did you mean 'typical'"),
        (("firm.csv", "--employees", "3"), "employees: 3 is out of range"),
        (("firm.csv", "--start", "soon", "--employees", "120"), 'start: the text "soon"'),
        (("firm.csv",), "--employees N"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    words: tuple[str, ...], said: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "bad.csv").write_text("month,churn %\n1,2\n2,130\n3,2\n")
    done = CliRunner().invoke(program, ["calibrate", *words])
    assert done.exit_code == 2
    assert said in done.output
    assert len(done.output.strip().splitlines()) == 1
