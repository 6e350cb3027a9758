"""The guides and the page on the app: what they show is there, what they ask to type works."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

from cxsim.cli import main
from cxsim.study.batch import run_study
from cxsim.study.design import parse_design

DOCS = Path(__file__).resolve().parents[1] / "docs"
TOOLS = DOCS.parent / "tools"
PAGES = [DOCS / "app.md", *sorted((DOCS / "guides").glob("*.md"))]


def blocks_of(guide: str) -> dict[str, str]:
    """The first block of each language in a guide."""
    text = (DOCS / "guides" / guide).read_text(encoding="utf-8")
    found = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return dict(reversed(found))


BLOCKS = blocks_of("research.md")
QUESTIONS = "".join(
    re.findall(
        r"^```sh\n(.*?)^```$",
        (DOCS / "guides" / "why.md").read_text(encoding="utf-8"),
        re.DOTALL | re.MULTILINE,
    )
)
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("text", PAGES, ids=lambda text: text.stem)
def test_links_and_pictures_are_there(text: Path) -> None:
    links = LINK.findall(text.read_text(encoding="utf-8"))
    assert links
    here = [link for link in links if not link.startswith("https://")]
    missing = [link for link in here if not (text.parent / link).exists()]
    assert missing == []


def test_every_picture_of_the_app_is_used() -> None:
    told = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    unused = [p.name for p in (DOCS / "pictures" / "app").glob("*.png") if p.name not in told]
    assert unused == []


@pytest.mark.parametrize("line", BLOCKS["sh"].strip().splitlines())
def test_the_commands_for_researchers_work(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program, *words = shlex.split(line, comments=True)
    assert program == "cxsim"
    done = CliRunner().invoke(main, [*words, "--replicates", "4"])
    assert done.exit_code == 0, done.output


def test_the_python_for_researchers_works(capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {}
    exec(compile(BLOCKS["python"].replace("500", "20"), "research.md", "exec"), names)
    assert "adoption" in capsys.readouterr().out
    assert names["week_by_week"] is not None


def test_the_commands_on_experiments_work_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in blocks_of("experiments.md")["sh"].strip().splitlines():
        program, *words = shlex.split(line, comments=True)
        assert program == "cxsim"
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
    assert {"map.png", "quick_study", "tidy"} <= {path.name for path in tmp_path.iterdir()}


def fewer(line: str) -> list[str]:
    """The words of a line of the guide on questions, for a small company and few futures."""
    program, command, *words = shlex.split(line, comments=True)
    assert program == "cxsim"
    if command == "reproduce" or "--list" in words:
        return [command, *words]
    short = {"report": "--weeks 60 --replicates 2 --futures 10", "causes": "--replicates 2"}
    less = short.get(command, "--weeks 60 --replicates 10")
    return [command, *words, *f"--set employees=30 --set customers=60 {less}".split()]


def test_the_questions_can_be_asked_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for line in QUESTIONS.splitlines():
        done = CliRunner().invoke(main, fewer(line))
        assert done.exit_code == 0, f"{line}\n{done.output}"
    assert "Every number is the same again" in done.output  # the last one


def test_the_answer_in_the_guide_is_what_is_said() -> None:
    text = (DOCS / "guides" / "why.md").read_text(encoding="utf-8")
    (quoted,) = re.findall(r"^    In weeks 0 to 155 .*?\n\n(?=\S)", text, re.DOTALL | re.MULTILINE)
    done = CliRunner().invoke(main, ["causes", "fm06_survey_lady", "--series", "commitment"])
    said = " ".join(done.output.split())
    parts = [" ".join(part.split()) for part in re.split(r"\.\.\.|\n\n", quoted) if part.strip()]
    assert len(parts) > 2
    assert [part for part in parts if part not in said] == []


def test_the_questions_can_be_asked_in_python(capsys: pytest.CaptureFixture[str]) -> None:
    small = ".with_organisation(employees=30).with_market(customers=60).with_weeks(60)"
    text = re.sub(r"(cxsim\.load\(.*?\))", rf"\1{small}", blocks_of("why.md")["python"])
    names: dict[str, Any] = {}
    exec(compile(text, "why.md", "exec"), names)
    assert capsys.readouterr().out.count(".\n") >= len(names["answers"]) == 8


def test_the_design_in_the_guide_is_one() -> None:
    design = parse_design(blocks_of("experiments.md")["toml"], "my_question.toml")
    assert len(design) == 2 * 64  # the same sample for each number of staff
    assert design.withdraw == 104


def test_the_query_in_the_guide_joins_settings_and_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    study = run_study("quick", "quick_study")
    found = duckdb.execute(blocks_of("experiments.md")["sql"]).df()
    assert len(found) == len(study.runs()) == 128
    assert {"leadership", "workload", "adoption"} <= set(found)


def test_the_notebook_says_what_it_said() -> None:
    """Its cells are executed in an empty folder; pictures are not compared."""
    done = subprocess.run(
        [sys.executable, TOOLS / "notebook.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
