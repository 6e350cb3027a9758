"""``cxsim study``: from a design to its answers, on the command line."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from cxsim.cli import main, study_command, study_progress
from cxsim.study.batch import Progress

COMPANY = """
[base]
name = "tiny"
title = "Tiny"
weeks = 12
[base.organisation]
employees = 12
[base.market]
customers = 20
"""
DESIGN = """
name = "small"
title = "A small design"
[levers]
charter = { low = 0.2, high = 0.8 }
insight_share = [0.3, 0.9]
[design]
method = "factorial"
samples = 3
[replicates]
number = 2
[outcomes]
keep = ["adoption", "churn_yearly", "payback_week"]
[series]
keep = ["adoption"]
"""
# Enough for an answer: two numbers on a grid.
GRID = DESIGN.replace('"small"', '"grid"').replace(
    "insight_share = [0.3, 0.9]", "workload = { low = 0.1, high = 1.1 }"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with two designs of a tiny company; in one, half the points fail."""
    monkeypatch.chdir(tmp_path)
    Path("small.toml").write_text(DESIGN + COMPANY)
    Path("grid.toml").write_text(GRID + COMPANY)
    return tmp_path


def called(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["study", *arguments])
    assert result.exit_code == code, (result.output, result.exception)
    assert "Traceback" not in result.output
    return result


def test_the_list_names_the_bundled_designs() -> None:
    lines = called("list").stdout.splitlines()
    assert lines[0].split() == ["NAME", "METHOD", "RUNS", "TITLE"]
    told = json.loads(called("list", "--json").stdout)
    assert {key: value for key, value in told[1].items() if key != "title"} == {
        "name": "quick",
        "method": "factorial",
        "runs": 128,
    }
    assert [line.split()[0] for line in lines[1:]] == [one["name"] for one in told]


def test_a_plan_counts_times_and_finds_what_cannot_be() -> None:
    text = called("plan", "small.toml", "--threads", "2").stdout
    assert "A small design" in text
    assert [line.split(maxsplit=1)[1] for line in text.splitlines()[2:6]] == [
        "Tiny",
        "factorial, 3 levels of a range",
        "6",
        "each  2",
    ]
    assert "charter        lever  0.2 to 0.8  share" in text
    assert "insight_share  lever  0.3, 0.9" in text
    assert "3 of 6 points that were tried cannot be run" in text
    assert "five shares sum to 1.6" in text
    told = json.loads(called("plan", "small.toml", "--threads", "2", "--json").stdout)
    assert (told["points"], told["runs"], told["cores"], told["tried"]) == (6, 12, 2, 6)
    assert 0.0 < told["seconds"] < 60.0
    assert len(told["errors"]) == 3


def test_from_run_to_answers(folder: Path) -> None:
    lines = [
        json.loads(x) for x in called("run", "grid.toml", "--progress", "json").stdout.splitlines()
    ]
    assert lines[-1] == {
        "complete": True, "folder": "grid_study", "done": 18, "total": 18, "failed": 0,
    }  # fmt: skip
    assert set(lines[0]) == {"done", "total", "failed", "rate", "left"}

    told = json.loads(called("status", "grid_study", "--json").stdout)
    assert (told["points"], told["runs"], told["done"], told["complete"]) == (9, 18, 18, True)
    assert "18 of 18 (100 %)" in called("status", "grid_study").stdout

    text = called("show", "grid_study").stdout
    assert text.startswith("A small design\n9 points, 18 of 18 runs\n")
    assert "Adoption (adoption)" in text
    assert "On this map “Adoption” goes from" in text
    shown = json.loads(called("show", "grid_study", "--json").stdout)
    points = pd.read_parquet(folder / "grid_study" / "points.parquet")
    assert list(points["charter"]) == [0.2] * 3 + [0.5] * 3 + [0.8] * 3
    assert shown["outcomes"]["adoption"]["points"] == 9
    assert shown["outcomes"]["payback_week"]["mean"] is None  # it never pays back
    assert list(shown["answers"]) == ["map"]

    drawn = called(
        "show", "grid_study", "--map", "churn_yearly", "--x", "workload", "--figure", "map.svg"
    )
    assert "map.svg" in drawn.stdout
    assert Path("map.svg").read_text().startswith("<?xml")

    assert "Written:" in called("export", "grid_study", "--to", "out", "--format", "csv").stdout
    runs = pd.read_csv("out/runs.csv")
    assert list(runs.columns) == [
        "point", "replicate", "charter", "workload", "adoption", "churn_yearly", "payback_week",
        "error",
    ]  # fmt: skip
    assert shown["outcomes"]["adoption"]["mean"] == pytest.approx(runs["adoption"].mean())
    assert len(pd.read_csv("out/weekly.csv")) == 18 * 12


def test_points_that_fail_are_told_with_their_reason() -> None:
    said = called("run", "small.toml", "--out", "s", "--progress", "none").stdout
    assert "Complete: 12 runs in s" in said
    assert "6 of them failed; cxsim study show s tells why" in said
    text = called("show", "s").stdout
    assert "3 points failed:\n  1 (charter=0.2, insight_share=0.9): " in text
    assert "five shares sum to 1.6" in text
    failed = json.loads(called("show", "s", "--json").stdout)["failed"]
    assert [each["point"] for each in failed] == [1, 3, 5]
    assert failed[0]["settings"] == {"charter": 0.2, "insight_share": 0.9}


def test_shares_give_the_study_in_one_piece() -> None:
    called("run", "grid.toml", "--out", "whole", "--progress", "none")
    for share in ("1", "2"):
        done = called("run", "grid.toml", "--shard", f"{share}/2", "--out", share)
        assert "This share is done" in done.stdout
        assert "cxsim study merge" in done.stdout
    assert "18 of 18 runs are there" in called("merge", "1", "2", "--into", "both").stdout
    for name in ("whole", "both"):
        called("export", name, "--to", f"{name}_tables")
    tables = [Path(f"{name}_tables/runs.parquet").read_bytes() for name in ("whole", "both")]
    assert tables[0] == tables[1]
    assert "To go on: cxsim study resume 1" in called("status", "1").stdout


def test_a_stopped_study_says_how_to_go_on_and_goes_on(folder: Path) -> None:
    text = (DESIGN + COMPANY).replace("number = 2", "number = 4000").replace("0.3, 0.9", "0.3")
    Path("long.toml").write_text(text.replace('"small"', '"long"'))
    child = subprocess.Popen(
        [sys.executable, "-m", "cxsim.cli", "study", "run", "long.toml", "--progress", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    )
    assert child.stdout is not None
    while json.loads(child.stdout.readline())["done"] == 0:
        pass
    child.send_signal(signal.SIGINT)
    rest, errors = child.communicate(timeout=60)
    last = json.loads(rest.splitlines()[-1])
    assert (child.returncode, last["complete"]) == (130, False)
    assert "Traceback" not in errors
    told = json.loads(called("status", "long_study", "--json").stdout)
    assert 0 < told["done"] == last["done"] < told["runs"] == 12_000

    # With fewer futures it ends soon; what is finished counts and is not run again.
    Path("long.toml").write_text(text.replace('"small"', '"long"').replace("4000", "100"))
    told = called("run", "long.toml", "--progress", "json").stdout.splitlines()
    first, last = json.loads(told[0]), json.loads(told[-1])
    assert 0 < first["done"] <= last["done"] == 300
    assert called("resume", "long_study", "--progress", "none").stdout.startswith("Complete: 300")


def test_a_study_stopped_at_once_names_the_command_that_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @contextlib.contextmanager
    def stopped() -> Iterator[threading.Event]:
        event = threading.Event()
        event.set()
        yield event

    monkeypatch.setattr(study_command, "stop_on_interrupt", stopped)
    told = called("run", "grid.toml", "--out", "my study", "--threads", "2", code=130).stderr
    assert "Stopped: 0 of 18 runs are done and kept in my study." in told
    assert "To go on: cxsim study resume 'my study' --threads 2" in told


def test_progress_is_a_bar_lines_or_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_progress, "LINE_SECONDS", 0.0)
    for mode in ("bar", "lines", "none"):
        with study_progress.telling(mode, "tipping") as tell:
            tell(Progress(done=50, total=200, failed=2, rate=10.0, left=15.0))
        out, err = capsys.readouterr()
        assert out == ""
        assert {
            "bar": "tipping:  25%" in err and "50/200" in err and "2 failed" in err,
            "lines": err.startswith(
                "tipping: 50 of 200 runs (25 %), 2 failed, 10.0 a second, 15 s"
            ),
            "none": err == "",
        }[mode], (mode, err)


# --- what cannot be used -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "quik"], "no bundled design, did you mean 'quick'"),
        (["plan", "bad.toml"], "bad.toml:3:1: levers.chartr: unknown name"),
        (["run", "own.toml"], "own: has no base scenario"),
        (["run", "grid.toml", "--shard", "3/2"], "'3/2' where 2/5 is wanted"),
        (["run", "grid.toml", "--shard", "0/2"], "'0/2' where 2/5 is wanted"),
        (["run", "small.toml", "--out", "grid"], "holds the study 'grid'"),
        (["resume", "nowhere"], "nowhere: no such folder"),
        (["status", "."], "holds no study"),
        (["show", "grid", "--sobol", "adoption"], "needs a design of method 'saltelli'"),
        (["show", "grid", "--map", "adopton"], "did you mean 'adoption'"),
        (["show", "grid", "--map", "adoption", "--x", "wins"], "wins: no such factor"),
        (["show", "grid", "--threshold", "0.5"], "--threshold says more about --robust"),
        (["show", "grid", "--fails", "adoption <"], "adoption <"),
        (["show", "grid", "--figure", "map.gif"], "does not end in .png or .svg"),
        (["show", "small", "--figure", "map.png"], "one answer makes one figure"),
        (["merge", "grid", "small", "--into", "both"], "holds another study than grid"),
        (["merge", "grid", "--into", "grid"], "is one of the shards"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(arguments: list[str], words: str) -> None:
    Path("bad.toml").write_text('base = "typical"\n[levers]\nchartr = [1]\n')
    Path("own.toml").write_text('[levers]\nx = { low = 0, high = 1 }\n[outcomes]\nkeep = ["y"]\n')
    for name in ("grid", "small"):
        if name in arguments:
            called("run", f"{name}.toml", "--out", name, "--progress", "none")
    result = called(*arguments, code=2)
    assert words in result.stderr
    assert "Usage" in result.stderr or len(result.stderr.splitlines()) == 1
    assert not Path("quik_study").exists()
