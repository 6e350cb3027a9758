"""What README.md tells people to type works, and what it points to is there."""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import click
import pytest

import cxsim
from cxsim.cli import main
from cxsim.parameters import registry

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
(MAKE, BY_HAND, BASIC, FURTHER, PYTHON) = (content for _, content in BLOCKS)
COMMANDS = BASIC + FURTHER
LINKS = sorted(set(re.findall(r"\]\(([^)]+)\)", README)))
PROSE = re.sub(r"^```.*?^```$", "", README, flags=re.DOTALL | re.MULTILINE)
COMPARISON = "cxsim compare typical orchestrated"
FEWER = {
    "run": "--replicates 4",
    "compare": "--replicates 4",
    "optimise": "--replicates 4 --trials 12 --fresh 4 --weeks 60",
    "explain": "--replicates 2 --weeks 60",
    "causes": "--replicates 2",
    "loops": "--replicates 2 --weeks 60",
    "cut": "--replicates 2 --weeks 60",
    "diagnose": "--replicates 2",
    "rescue": "--replicates 10 --set employees=30 --set customers=60",
    "momentum": "--replicates 2 --weeks 60",
    "money": "--replicates 2 --weeks 60",
    "report": "--replicates 2 --futures 10 --weeks 30 --set employees=30 --set customers=60",
}
STUDY = "cxsim study run quick"
REPORT = f"cxsim report typical orchestrated {FEWER['report']}"
BEFORE = {("study", "show"): STUDY, ("reproduce", "report.html"): REPORT}  # in the same folder
QUOTED = sorted(set(re.findall(r"`([^`]+)`", PROSE)))


def lines(block: str) -> list[str]:
    return [line for line in block.splitlines() if line.strip()]


def words(line: str) -> list[str]:
    """The words of a line as a shell reads it, without the comment."""
    return shlex.split(line, comments=True)


def bare(line: str) -> str:
    """A line of the README as a command of the current environment: "cxsim list".

    The first comparison runs as it stands; for the others a few futures show as much.
    """
    command = shlex.join(words(line)).removeprefix(".venv/bin/")
    if command == COMPARISON:
        return command
    return f"{command} {FEWER.get(command.split()[1], '')}".strip()  # the last --replicates counts


class Done(NamedTuple):
    """A command that has ended."""

    code: int
    said: str
    complaint: str
    files: tuple[Path, ...]  # in its folder, once it has ended
    folder: Path


def run(folder: Path, *command: str) -> Done:
    """Run a command in a folder as a user's shell would."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    files = tuple(sorted(path for path in folder.rglob("*") if path.is_file()))
    return Done(done.returncode, done.stdout, done.stderr, files, folder)


Ran = Callable[[str], Done]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Run "cxsim ..." for real in an empty folder; the same line is run once only."""
    program = shutil.which("cxsim", path=sysconfig.get_path("scripts"))
    assert program, "cxsim is not installed in this environment"

    @functools.cache
    def ran(line: str) -> Done:
        name, *rest = shlex.split(line)
        assert name == "cxsim"
        before = BEFORE.get((rest[0], rest[1])) if len(rest) > 1 else None
        folder = ran(before).folder if before else tmp_path_factory.mktemp("empty")
        return run(folder, program, *rest)

    return ran


def check_success(done: Done) -> None:
    assert done.code == 0, f"{done.said}\n{done.complaint}"
    assert done.said.strip()
    assert "Traceback" not in done.said + done.complaint


# --- the command line ------------------------------------------------------------------------


def test_every_block_is_checked() -> None:
    assert [language for language, _ in BLOCKS] == ["sh", "sh", "sh", "sh", "python"]
    assert {words(line)[0] for line in lines(COMMANDS)} == {".venv/bin/cxsim"}


@pytest.mark.parametrize("line", [bare(line) for line in lines(COMMANDS)])
def test_command_works(ran: Ran, line: str) -> None:
    check_success(ran(line))


def test_list_names_the_scenarios(ran: Ran) -> None:
    listed = ran("cxsim list").said.splitlines()[1:]
    assert [line.split()[0] for line in listed] == cxsim.bundled()


def test_show_tells_story_signature_and_cure(ran: Ran) -> None:
    scenario = cxsim.load("fm06_survey_lady")
    said = " ".join(ran("cxsim show fm06_survey_lady").said.split())
    for text in (scenario.story, scenario.signature, "Cure (cxsim run fm06_survey_lady:rescue)"):
        assert " ".join(text.split()) in said


def test_rescue_is_the_same_company_with_the_cure(ran: Ran) -> None:
    plain = ran(f"cxsim run fm06_survey_lady --replicates 100 {FEWER['run']}").said
    rescued = ran(f"cxsim run fm06_survey_lady:rescue {FEWER['run']}").said
    cured = cxsim.load("fm06_survey_lady").rescue()
    assert rescued.splitlines()[0] == cured.title
    adoption = [re.search(r"^Adoption +(\d+) of", said, re.MULTILINE) for said in (plain, rescued)]
    before, after = (int(found.group(1)) for found in adoption if found)
    assert before < after


def test_compare_prints_intervals_and_draws_a_figure(ran: Ran) -> None:
    done = ran(COMPARISON)
    assert "100 futures" in done.said
    assert "95 % interval" in done.said
    assert "the same luck on both sides" in done.said
    assert "orchestrated beats typical on adoption" in done.said
    assert [path.suffix for path in done.files] == [".png", ".svg"]
    assert all(path.name in done.said and path.stat().st_size for path in done.files)


def test_a_report_can_be_checked(ran: Ran) -> None:
    assert "Every number is the same again" in ran("cxsim reproduce report.html").said


def test_doctor_finds_everything_in_order(ran: Ran) -> None:
    assert "All is well" in ran("cxsim doctor").said


@pytest.mark.parametrize("command", ["run typical", "compare typical typical"])
def test_the_named_options_work(ran: Ran, command: str) -> None:
    (sentence,) = (line for line in PROSE.splitlines() if "work with `run` and `compare`" in line)
    named = [text.split()[0] for text in re.findall(r"`(--[^`]+)`", sentence)]
    given = {
        "--set": "--set charter=0.85",
        "--weeks": "--weeks 20",
        "--replicates": "--replicates 2",
        "--seed": "--seed 3",
        "--out": "--out folder",
        "--json": "--json",
    }
    done = ran(f"cxsim {command} {' '.join(given[option] for option in named)}")
    check_success(done)
    answer = json.loads(done.said)
    assert [answer[name] for name in ("weeks", "replicates", "seed")] == [20, 2, 3]
    assert "charter=0.85" in answer["command"]
    assert done.files
    assert all(path.is_relative_to(done.folder / "folder") for path in done.files)


def test_every_option_is_known() -> None:
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PROSE + COMMANDS))
    known = {
        option
        for command in main.commands.values()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    }
    assert named - known == set()
    assert "--set-b" in named  # the pattern finds them


def test_every_scenario_is_bundled() -> None:
    quoted = {text for text in QUOTED if re.fullmatch(r"[a-z]\w+", text)}
    loaded = set(re.findall(r"(?:load|CXModel)\(\"(\w+)\"\)", README))
    modes = set(re.findall(r"\bfm\d\d_\w+", README))
    others = {"cxsim", "make", *main.commands, *registry().names()}
    named = (quoted - others) | loaded | modes
    assert {"no_programme", "typical", "fm06_survey_lady"} <= named
    assert named - set(cxsim.bundled()) == set()
    unnamed = set(cxsim.bundled()) - (quoted - others)
    assert all(cxsim.load(name).mode for name in unnamed)  # "and the failure modes"


def test_a_copy_of_a_scenario_can_be_changed_and_run(checkout: Path, tmp_path: Path) -> None:
    text = (checkout / "scenarios" / "orchestrated.toml").read_text(encoding="utf-8")
    changed = text.replace("\ncharter = 0.85", "\ncharter = 0.31")
    assert changed != text
    changed = changed.replace('name = "orchestrated"', 'name = "mine"')  # the file's own
    (tmp_path / "mine.toml").write_text(changed, encoding="utf-8")
    command = (sys.executable, "-m", "cxsim.cli", "run", "mine.toml", "--replicates", "2", "--json")
    done = run(tmp_path, *command)
    check_success(done)
    assert cxsim.load(tmp_path / "mine.toml").levers["charter"] == 0.31
    answer = json.loads(done.said)
    assert answer["scenario"]["hash"] != cxsim.load("orchestrated").hash


# --- Python ----------------------------------------------------------------------------------


def test_python_example_works(tmp_path: Path) -> None:
    done = run(tmp_path, sys.executable, "-c", PYTHON)
    check_success(done)
    assert "95 % interval" in done.said
    assert "100 futures" in done.said
    assert done.files == ()


def test_python_names_exist() -> None:
    named = set(re.findall(r"\bcxsim\.([A-Za-z]\w*)(?=\()", README))
    assert {"load", "simulate", "compare", "CXModel"} <= named
    assert [name for name in sorted(named) if not callable(getattr(cxsim, name))] == []


# --- installing ------------------------------------------------------------------------------


def test_make_targets_exist(checkout: Path) -> None:
    makefile = (checkout / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):(?!=)", makefile, re.MULTILINE)
    for line in lines(MAKE):
        program, target = words(line)
        assert program == "make"
        assert target in targets


def test_steps_without_make(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    venv, pip, app = map(words, lines(BY_HAND))
    assert project["requires-python"] == f">={venv[0].removeprefix('python')}"
    assert venv[1:] == ["-m", "venv", ".venv"]
    assert pip[:3] == [".venv/bin/pip", "install", "-c"]
    assert (checkout / pip[3]).is_file()
    assert pip[4:] == ["-e", ".[all]"]
    assert "all" in project["optional-dependencies"]
    assert app[0] == ".venv/bin/cxsim"
    assert app[1] in main.commands


def test_python_version_is_the_needed_one(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = re.findall(r"Python (3\.\d+) or newer", README)
    assert {f">={version}" for version in told} == {project["requires-python"]}


# --- links -----------------------------------------------------------------------------------


@pytest.mark.parametrize("link", [link for link in LINKS if "://" not in link])
def test_link_leads_somewhere(checkout: Path, link: str) -> None:
    assert (checkout / link.partition("#")[0]).is_file()


@pytest.mark.parametrize("path", [t for t in QUOTED if "/" in t and " " not in t])
def test_path_exists(checkout: Path, path: str) -> None:
    place = checkout / path
    assert place.is_dir() if path.endswith("/") else place.is_file()


def test_the_week_is_where_it_is_said_to_be(checkout: Path) -> None:
    assert "`cxsim/rules/`" in README
    assert "`week.py` is the order" in README
    assert (checkout / "cxsim" / "rules" / "week.py").is_file()


def test_licence(checkout: Path) -> None:
    assert "MIT licence" in README
    assert (checkout / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
