"""The guides and the page on the app: what they show is there, what they ask to type works."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from cxsim.cli import main

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = [DOCS / "app.md", *sorted((DOCS / "guides").glob("*.md"))]
RESEARCH = (DOCS / "guides" / "research.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```(\w+)\n(.*?)^```$", RESEARCH, re.DOTALL | re.MULTILINE))
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("text", PAGES, ids=lambda text: text.stem)
def test_links_and_pictures_are_there(text: Path) -> None:
    links = LINK.findall(text.read_text(encoding="utf-8"))
    assert links
    missing = [link for link in links if not (text.parent / link).exists()]
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
