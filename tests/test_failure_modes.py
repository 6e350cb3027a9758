"""The experiment on failure modes: what it counts, and how it says it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cxsim.explain.signature import failure_modes, signature
from cxsim.results import simulate
from cxsim.scenario_file import load
from experiments.failure_modes.__main__ import main, write
from experiments.failure_modes.confusion import Confusion, Row, known_pairs, row_of
from experiments.failure_modes.heatmap import confusion_figure
from experiments.failure_modes.table import BEGIN, END, document, pairs_table

CALM = Row("FM06", "fm06_x", "Calm", {"FM06": 0.8, "FM20": 0.2}, (("so", 0.9),), 0.88)
WILD = Row("FM20", "fm20_x", "Wild", {"FM20": 0.6, "": 0.3, "FM06": 0.1}, (("what", 1.0),), 1.0)
WELL = Row("orchestrated", "orchestrated", "Well", {"": 1.0}, (), float("nan"))


@pytest.fixture
def found() -> Confusion:
    return Confusion((CALM, WILD), (WELL,), replicates=20, seed=1)


def test_the_matrix_has_a_row_for_each_scenario_and_a_last_column_for_none(
    found: Confusion,
) -> None:
    expected = [[0.8, 0.2, 0.0], [0.1, 0.6, 0.3], [0.0, 0.0, 1.0]]
    np.testing.assert_array_equal(found.matrix(), expected)
    assert (found.right, found.none) == pytest.approx((0.7, 0.15))
    assert found.wrong == pytest.approx(0.15)


def test_pairs_above_a_tenth_are_listed_with_their_reason(found: Confusion) -> None:
    assert found.pairs() == [("FM06", "FM20", 0.2)]
    assert known_pairs()["FM06", "FM20"] in pairs_table(found)
    other = Row("FM06", "fm06_x", "Calm", {"FM01": 1.0}, (), 0.0)
    assert "Not explained." in pairs_table(Confusion((other,), (), 20, 1))


def test_known_pairs_are_of_two_different_modes() -> None:
    modes = {one.mode for one in failure_modes()}
    for mode, other in known_pairs():
        assert {mode, other} <= modes
        assert mode != other


def test_the_document_marks_its_summary(found: Confusion) -> None:
    text = document(found)
    quoted = text.split(BEGIN)[1].split(END)[0]
    assert "70 % look like what they are, 15 % like another mode and 15 % like none" in quoted
    assert "1 of 2 modes show all their own signs" in quoted
    assert "FM20 (20 %)" in quoted
    assert "`orchestrated` looks like: none of the modes 100 %." in quoted


def test_the_figure_has_a_cell_for_each_share(found: Confusion) -> None:
    (axes,) = confusion_figure(found).axes
    assert sorted(text.get_text() for text in axes.texts) == sorted(
        ["80", "20", "10", "60", "30", "100"]
    )


def test_a_diagnosis_becomes_a_row() -> None:
    ensemble = simulate(load("fm16_window_dressing"), 4, baseline=False)
    assert ensemble is not None
    row = row_of(signature(ensemble))
    assert (row.label, row.right, row.all_signs) == ("FM16", 1.0, 1.0)
    assert [share for _, share in row.signs] == [1.0] * len(load(row.name).signs)


def test_files(found: Confusion, tmp_path: Path) -> None:
    names = [path.name for path in write(found, tmp_path)]
    assert names == ["measured.md", "confusion.png", "confusion.svg"]
    assert (tmp_path / "measured.md").read_text(encoding="utf-8") == document(found)


def test_a_quick_run_is_not_kept() -> None:
    done = CliRunner().invoke(main, ["--quick", "--keep"])
    assert done.exit_code == 2
    assert "whole run" in done.output
