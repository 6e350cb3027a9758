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


def test_statistics_may_differ_in_their_last_digits_only() -> None:
    known = [0.1, None, 3, "in week 3"]
    assert golden.close({"a": known}, {"a": [0.1 * (1.0 + 1e-12), None, 3, "in week 3"]})
    for place, other in enumerate((0.1001, 0.0, 4, "in week 4")):
        assert not golden.close(known, [*known[:place], other, *known[place + 1 :]])
    assert not golden.close(known, known[:-1])
    assert not golden.close({"a": known}, {"b": known})


def test_the_baseline_may_not_differ_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    for name in (golden.BASELINE, golden.STATISTICS[0]):
        (tmp_path / name).write_text('{"x": 0.1}')
    now = '{"x": 0.10000000000000002}'
    assert golden.change(golden.BASELINE, now)
    assert not golden.change(golden.STATISTICS[0], now)
