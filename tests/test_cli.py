"""The command line: what it prints, where it writes, and how it fails."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import cxsim
from cxsim import compile_cache
from cxsim.cli import checkup, main, scenarios, simulation
from cxsim.errors import CxsimError
from cxsim.headline import move
from cxsim.parameters import registry
from cxsim.scenario import Scenario

QUICK = ("--replicates", "3", "--weeks", "20")
COMMANDS = (
    *("list", "show", "run", "compare", "check", "diagnose"),
    *("study", "calibrate", "optimise", "app", "doctor"),
)
WITH_CURE = """\
name = "ailing"
title = "An ailing programme"
mode = "FM02"
story = "Once upon a time."
signature = "Little happens."
[levers]
communication = 0.1
[organisation]
employees = 120
[market]
customers = 400
[[events]]
week = 4
shock = { price_rise = 0.1 }
note = "Prices go up"
[cure]
week = 10
set = { communication = 0.9 }
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder with one scenario file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ailing.toml").write_text(WITH_CURE)
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def answer(*words: str) -> Any:
    """What a command says in JSON; standard output must hold nothing else."""
    result = call(*words, "--json")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return json.loads(result.stdout, parse_constant=pytest.fail)


def process(*words: str, **options: Any) -> subprocess.Popen[str]:
    """Start the real command."""
    command = [sys.executable, "-m", "cxsim.cli", *words]
    top = str(Path(cxsim.__file__).parents[1])
    return subprocess.Popen(command, text=True, env={**os.environ, "PYTHONPATH": top}, **options)


# --- help and listings -----------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_an_example(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert f"  cxsim {command}" in result.stdout.partition("Example")[2]


def test_help_lists_commands_and_exit_codes() -> None:
    text = call("--help").stdout
    assert [name for name in COMMANDS if f"\n  {name} " not in text] == []
    assert [code for code in ("0", "1", "2", "70", "130") if f"\n    {code} " not in text] == []


def test_version() -> None:
    assert call("--version").stdout == f"cxsim {cxsim.__version__}\n"


LIGHT = [("--help",), ("list",), ("show", "charter"), ("show", "typical"), ("--version",)]


@pytest.mark.parametrize("words", LIGHT)
def test_quick_commands_load_nothing_heavy(words: tuple[str, ...]) -> None:
    code = (
        "import sys; from cxsim.cli import main; main(sys.argv[1:], standalone_mode=False);"
        "sys.stderr.write(' '.join(m for m in sys.modules if '.' not in m))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words],
        capture_output=True, text=True, check=True, cwd=Path(cxsim.__file__).parents[1],
    )  # fmt: skip
    heavy = {"numba", "pandas", "matplotlib", "mesa", "solara", "tqdm", "numpy", "uvicorn"}
    signs = {"numpy"} if words == ("show", "typical") else set()  # its signs are checked
    assert heavy & set(done.stderr.split()) <= signs


def test_list() -> None:
    lines = call("list").stdout.splitlines()
    assert [line.split()[0] for line in lines[1:]] == cxsim.bundled()
    listed = answer("list")
    assert [entry["name"] for entry in listed] == cxsim.bundled()
    assert [entry["mode"] for entry in listed] == [cxsim.load(n).mode for n in cxsim.bundled()]


# --- show ------------------------------------------------------------------------------------


def test_show_a_scenario(home: Path) -> None:
    text = call("show", "ailing.toml").stdout
    wanted = (
        "An ailing programme  [FM02]",
        "Once upon a time.",
        "What to look for: Little happens.",
        "(communication; usually",
        registry().levers["communication"].anchors[0],
        "(employees; usually 300)",
        "week 4: Prices go up (price_rise 0.1)",
        "week 10: communication = 0.9",
        "ailing:rescue",
    )
    assert [words for words in wanted if words not in text] == []
    assert answer("show", "ailing.toml")["changed_levers"] == {"communication": 0.1}


@pytest.mark.parametrize("name", cxsim.bundled())
def test_show_every_bundled_scenario(name: str) -> None:
    scenario = cxsim.load(name)
    text = call("show", name).stdout
    assert scenario.title in text
    assert all(f"({lever}; " in text for lever in scenario.changed_levers())
    assert all(len(line) <= 100 for line in text.splitlines())
    assert answer("show", name)["hash"] == scenario.hash


@pytest.mark.parametrize("name", registry().names())
def test_show_every_parameter(name: str) -> None:
    parameter = registry().find(name)
    text = call("show", name).stdout
    for words in (name, parameter.unit, parameter.source, parameter.grade, *parameter.anchors):
        assert words in text
    assert answer("show", name)["meaning"] == parameter.meaning


def test_show_groups_of_parameters() -> None:
    lines = call("show", "--parameters", "leadership").stdout.splitlines()
    names = [line.split()[0] for line in lines[1:]]
    assert {"charter", "ceo_base"} <= set(names)
    assert "communication" not in names
    assert len(answer("show", "--parameters")) == len(registry().names())


# --- run -------------------------------------------------------------------------------------


def test_run(home: Path) -> None:
    result = call("run", "ailing.toml", *QUICK)
    assert result.exit_code == 0, result.output
    assert "of 120 employees practise" in result.stdout
    assert "3 futures of 20 weeks, seed 1" in result.stdout
    line = "cxsim run ailing.toml --weeks 20 --replicates 3 --seed 1"
    assert result.stdout.splitlines()[-1].endswith(line)
    assert [path.name for path in home.iterdir()] == ["ailing.toml"]


def test_run_gives_the_numbers_of_simulate(home: Path) -> None:
    said = answer("run", "ailing.toml", *QUICK, "--seed", "9", "--set", "charter=0.9")
    scenario = cxsim.load("ailing.toml").with_weeks(20).with_levers(charter=0.9)
    ensemble = cxsim.simulate(scenario, replicates=3, seed=9)
    assert ensemble is not None
    assert said["scenario"]["hash"] == scenario.hash
    outcomes = ensemble.outcomes()
    for name in ("adoption", "churn_yearly", "net_value", "customers"):
        values = outcomes[name]
        shown = [said["outcomes"][name][key] for key in ("low", "median", "high")]
        assert shown == [values.min(), values.median(), values.max()], name
    assert said["outcomes"]["payback_week"]["median"] is None  # never


def test_the_printed_line_gives_the_same_numbers(home: Path) -> None:
    settings = ("--set", "charter=0.9", "--set", "wins=0.7", "--set", "holdouts=sales,finance")
    first = answer("run", "ailing.toml:rescue", *QUICK, "--threads", "1", *settings)
    again = answer(*shlex.split(first["command"])[1:], "--threads", "2")
    assert again == first
    assert again["outcomes"] != answer("run", "ailing.toml", *QUICK)["outcomes"]


def test_run_saves(home: Path) -> None:
    said = answer("run", "ailing.toml", *QUICK, "--out", "results")
    assert {"outcomes.csv", "manifest.json", "figure.png", "figure.svg"} <= {
        path.name for path in (home / "results").iterdir()
    }
    assert all(Path(path).stat().st_size for path in said["files"])
    assert len(said["files"]) == len(list((home / "results").iterdir()))


def test_variants_and_settings(home: Path) -> None:
    ailing = cxsim.load("ailing.toml")
    assert scenarios.find("ailing.toml:rescue") == ailing.rescue()
    assert scenarios.find("ailing.toml:without") == ailing.without_programme()
    assert scenarios.find(f"{home}/ailing.toml", weeks=30) == ailing.with_weeks(30)
    led = scenarios.find("ailing.toml", ["leadership=0.8"])
    assert led == move(ailing, "leadership", 0.8).described("leadership=0.8")
    assert led.title.endswith("(leadership=0.8)"), "legends and figures say what was changed"
    for lever in ("charter=0.9", "leadership=0.9"):
        with pytest.raises(CxsimError, match="belongs to the programme"):
            scenarios.find("ailing.toml:without", [lever])
    assert scenarios.find("ailing.toml:without", ["workload=0.9"]).levers["workload"] == 0.9
    changed = scenarios.find("ailing.toml", ["employees=90", "charter=0.2"])
    assert (changed.organisation["employees"], changed.levers["charter"]) == (90, 0.2)


# --- compare ---------------------------------------------------------------------------------


def test_compare(home: Path) -> None:
    result = call("compare", "ailing.toml", "ailing.toml:rescue", *QUICK)
    assert result.exit_code == 0, result.output
    for words in ("95 % interval", "corr.", "of 3 futures", "ailing_rescued", "cxsim compare"):
        assert words in result.stdout
    stem = "ailing_vs_ailing_rescue"
    assert {path.name for path in home.iterdir()} == {"ailing.toml", f"{stem}.png", f"{stem}.svg"}
    assert (home / f"{stem}.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (home / f"{stem}.svg").read_text()


def test_compare_gives_the_numbers_of_the_library(home: Path) -> None:
    said = answer("compare", "ailing.toml", "ailing.toml:rescue", *QUICK)
    ailing = cxsim.load("ailing.toml").with_weeks(20)
    a, b = (cxsim.simulate(one, replicates=3) for one in (ailing, ailing.rescue()))
    assert a is not None
    assert b is not None
    expected = cxsim.compare(a, b).to_dict()
    assert {key: said[key] for key in expected} == json.loads(json.dumps(expected))
    assert said["files"] == []


def test_compare_saves_both_sides(home: Path) -> None:
    said = answer("compare", "ailing.toml", "typical", *QUICK, "--out", "deep/er")
    files = [Path(path) for path in said["files"]]
    assert Path("deep/er/ailing_vs_typical.png") in files
    assert {Path("deep/er/a/outcomes.csv"), Path("deep/er/b/outcomes.csv")} <= set(files)
    assert all(path.stat().st_size for path in files)


def test_settings_of_one_side_and_of_both(home: Path) -> None:
    pair = ("compare", "ailing.toml", "ailing.toml", *QUICK)
    same = answer(*pair, "--set", "charter=0.9")
    assert same["a"]["hash"] == same["b"]["hash"]
    one = answer(*pair, "--set-b", "charter=0.9", "--set-a", "wins=0.9")
    assert one["b"]["hash"] == same["b"]["hash"]
    assert one == {**answer(*pair, "--set", "b.charter=0.9", "--set", "a.wins=0.9"),
                   "command": one["command"]}  # fmt: skip
    assert answer(*shlex.split(one["command"])[1:]) == one


# --- the first use and the progress bar ------------------------------------------------------


def test_compiling_is_announced(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_cache, "is_warm", lambda: False)
    said = call("run", "ailing.toml", *QUICK)
    assert said.stderr == "Compiling the model for this machine (once, about 20 s) ...\n"
    assert answer("run", "ailing.toml", *QUICK)["replicates"] == 3


def on_a_terminal(*words: str) -> tuple[int, str]:
    """Run the real command with standard error on a terminal; exit code and what it showed."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    running = process(*words, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(ours)
    return running.wait(timeout=60), shown.decode()


def test_progress_bar_on_a_terminal_only(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more_than_two_seconds = ("--replicates", "140", "--threads", "1")
    code, shown = on_a_terminal("run", "typical", *more_than_two_seconds)
    assert code == 0
    assert re.search(r"typical: +\d+%\|.*\d+/280 \[\d\d:\d\d<\d\d:\d\d", shown)  # time left
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with simulation.progress_bar("typical", quiet=True) as move:
        assert move is None
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    with simulation.progress_bar("typical", quiet=False) as move:
        assert move is None


# --- failures --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "typicl"), "did you mean 'typical'"),
        (("show", "chartr"), "no bundled scenario"),
        (("run", "gone.toml"), "gone.toml: no such file"),
        (("run", "ailing.toml:rescu"), "did you mean 'rescue'"),
        (("run", "typical:rescue"), "has no cure"),
        (("run", "ailing.toml:rescue", "--weeks", "8"), "cure.week: 10 is beyond"),
        (("run", "ailing.toml", "--weeks", "3"), "week"),
        (("run", "ailing.toml", "--set", "chartr=1"), "did you mean 'charter'"),
        (("run", "ailing.toml", "--set", "charter"), "name=value"),
        (("run", "ailing.toml", "--set", "charter=7"), "charter: 7 is out of range 0..1"),
        (("run", "ailing.toml", "--set", "wins=high"), "wins: a position from 0 to 1"),
        (("run", "ailing.toml", "--set", "wins=2"), "wins: a position from 0 to 1"),
        (("compare", "ailing.toml", "typical", "--set", "a.chartr=1"), "did you mean 'charter'"),
        (("show", "--parameters", "leadrship"), "did you mean 'leadership'"),
        (("show",), "name of a scenario"),
        (("run", "typical", "--replicates", "0"), "--replicates"),
        (("run", "typical", "--replicates", "many"), "'many' is not a valid integer"),
        (("run", "typical", "--seed", "-1"), "--seed"),
        (("run", "typical", "--replicate", "3"), "Did you mean '--replicates'"),
        (("compair", "a", "b"), "Did you mean 'compare'"),
        (("compare", "typical"), "Missing argument 'B'"),
        (("run", "ailing.toml", *QUICK, "--out", "ailing.toml"), "ailing.toml"),
        (("app", "--port", "99999"), "a port is a number"),
    ],
)
def test_bad_input(home: Path, words: tuple[str, ...], told: str) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert told in result.stderr
    assert len(result.stderr.splitlines()) <= 10
    assert "Traceback" not in result.stderr


def test_different_horizons_cannot_be_compared(home: Path) -> None:
    (home / "short.toml").write_text('name = "short"\ntitle = "Short"\nweeks = 12\n')
    result = call("compare", "ailing.toml", "short.toml", "--replicates", "2")
    assert result.exit_code == 2
    assert "same weeks" in result.stderr
    assert call("compare", "ailing.toml", "short.toml", *QUICK).exit_code == 0


def test_a_folder_that_cannot_be_written(home: Path) -> None:
    (home / "file").write_text("")
    result = call("run", "ailing.toml", *QUICK, "--out", "file/inside")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_an_error_of_our_own_leaves_a_report(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken() -> list[str]:
        raise ZeroDivisionError("the words of the error")

    monkeypatch.setattr("cxsim.cli.catalogue.bundled", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = call("list")
    assert result.exit_code == 70
    (line,) = result.stderr.splitlines()
    assert "ZeroDivisionError" in line
    report = Path(line.split()[-1])
    assert report.parent == tmp_path
    assert "the words of the error" in report.read_text()


def test_ctrl_c_stops_in_time(home: Path) -> None:
    running = process("run", "typical", "--replicates", "20000", stderr=subprocess.PIPE)
    time.sleep(3)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert told.strip() == "stopped"


def test_a_reader_who_leaves_is_no_error() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    running = process("list", stdout=theirs, stderr=subprocess.PIPE)
    os.close(theirs)
    assert running.communicate(timeout=30)[1] == ""
    assert running.returncode == 141


# --- doctor ----------------------------------------------------------------------------------


def test_doctor_says_the_same_in_words_and_json() -> None:
    words, machine = call("doctor"), call("doctor", "--json")
    findings = json.loads(machine.stdout)["findings"]
    assert words.exit_code == machine.exit_code == int(not all(f["ok"] for f in findings))
    marks = [line[:7].strip() for line in words.stdout.splitlines() if line[:3] in ("ok ", "pro")]
    assert marks == ["ok" if finding["ok"] else "problem" for finding in findings]
    assert ("All is well" in words.stdout) == (words.exit_code == 0)


@pytest.mark.parametrize(
    "check",
    [check for check in checkup.CHECKS if check is not checkup.check_packages],
    ids=lambda check: check.__name__,
)
def test_the_machine_of_the_tests_is_sound(check: Callable[[], Any]) -> None:
    checkup.fixed_run()  # compiles the model where that has not been done
    assert [finding for finding in check() if not finding.ok] == []


def test_an_extra_that_is_not_there_is_told_and_is_no_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(checkup.EXTRAS, "no_such_package", ("analysis", "wonders"))
    *_, finding = checkup.check_extras()
    assert finding.ok
    assert finding.text == "not installed; pip install 'cxsim[analysis]' brings wonders"


def test_other_numbers_are_noticed(tmp_path: Path) -> None:
    other = tmp_path / "bits.json"
    for content, told in (('{"bits": "0"}', "differs on this machine"), ("{}", "cannot be read")):
        other.write_text(content)
        threads, numbers = checkup.check_numbers(other)
        assert threads.ok
        assert not numbers.ok
        assert told in numbers.text
        assert numbers.advice


def test_bits_see_every_number() -> None:
    ensemble = checkup.fixed_run()
    before = checkup.bits(ensemble)
    ensemble.record.layer["belief"][-1, -1, -1] += 1e-15
    assert checkup.bits(ensemble) != before


def test_damaged_browser_files_are_noticed(tmp_path: Path) -> None:
    (finding,) = checkup.check_browser_files(tmp_path)
    assert not finding.ok
    files = {"a@1/x.js": "0" * 64}
    (tmp_path / "manifest.json").write_text(json.dumps([{"name": "a", "files": files}]))
    (finding,) = checkup.check_browser_files(tmp_path)
    assert not finding.ok
    assert "a@1/x.js is missing or damaged" in finding.text


def test_folders_that_cannot_be_written_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compile_cache, "FOLDER", tmp_path / "gone")
    compiled, *others = checkup.check_folders()
    assert not compiled.ok
    assert "gone" in compiled.text
    assert all(finding.ok for finding in others)


def test_the_fixed_scenario_is_small_and_eventful() -> None:
    scenario = checkup.fixed_scenario()
    assert isinstance(scenario, Scenario)
    assert len(scenario.events) == 2
    with pytest.raises(CxsimError):
        scenario.rescue()
