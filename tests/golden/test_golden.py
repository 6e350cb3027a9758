"""What cxsim says and comes to changes on purpose only; see tools/golden.py."""

from __future__ import annotations

import json
from pathlib import Path

import golden
import pytest

import cxsim


@pytest.mark.parametrize("name", golden.NAMES)
def test_nothing_changes_by_accident(name: str) -> None:
    told = golden.change(name, golden.produced(name))
    assert not told, f"\n{told}"


def test_every_file_is_still_made() -> None:
    found = {path.name for path in golden.FOLDER.iterdir() if path.suffix in (".txt", ".json")}
    assert found == set(golden.NAMES)


def test_the_baseline_holds_every_scenario() -> None:
    content = json.loads((golden.FOLDER / golden.BASELINE).read_text(encoding="utf-8"))
    assert [*content["scenarios"]] == cxsim.bundled()


def test_a_change_is_shown_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = (golden.FOLDER / "list.txt").read_text(encoding="utf-8")
    (tmp_path / "list.txt").write_text(known.replace("orchestrated", "orchestra"))
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    told = golden.change("list.txt", known)
    assert "-orchestra " in told
    assert "+orchestrated " in told
    assert told.endswith(golden.ADVICE)
    assert golden.ADVICE in golden.change("show_charter.txt", "text")  # there is no such file


def test_not_even_the_last_digit_may_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    (tmp_path / golden.BASELINE).write_text('{"x": 0.1}')
    assert golden.change(golden.BASELINE, '{"x": 0.10000000000000002}')
    assert not golden.change(golden.BASELINE, '{"x": 0.1}')
