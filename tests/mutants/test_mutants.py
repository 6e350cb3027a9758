"""Every reality check notices a planted fault, and nothing but the fault."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cxsim.explain.checks import reality_checks
from tests.mutants.planted import MUTANTS, Mutant
from tests.mutants.planting import alone, build, planted, probe

NUMBERED = [
    pytest.param(number, mutant, id=mutant.checks[0]) for number, mutant in enumerate(MUTANTS, 1)
]


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[int, str]]:
    """The folder with the faulty package, and which faults could not be planted."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # all workers share one copy, and compile it once
    folder, ready = base / "planted", base / "planted.json"
    with alone(base / "planted.lock"):
        if not ready.exists():
            problems = build(folder, MUTANTS)
            probe(folder, Mutant(("contribution_adds_up",), "", "", ""), 0)
            ready.write_text(json.dumps(problems))
    return folder, {int(number): why for number, why in json.loads(ready.read_text()).items()}


@pytest.mark.parametrize(("number", "mutant"), NUMBERED)
def test_a_fault_is_noticed(number: int, mutant: Mutant, copy: tuple[Path, dict[int, str]]) -> None:
    folder, problems = copy
    assert number not in problems, problems[number]
    found = probe(folder, mutant, number)
    for check in mutant.checks:
        assert found["sound"][check].startswith("holds"), found
        assert found["planted"][check].startswith("fails"), found


def test_every_check_has_a_fault_to_notice() -> None:
    covered = {check for mutant in MUTANTS for check in mutant.checks}
    assert covered == {check.id for check in reality_checks()}


def test_a_fault_is_planted_where_its_lines_stand() -> None:
    mutant = Mutant((), "f.py", "a = 1\nb = 2", "a = 2", switch="n")
    text = "def f(n):\n    a = 1\n    b = 2\n    return a\n"
    assert planted(text, mutant, 7) == (
        "def f(n):\n    if n == 7:\n        a = 2\n    else:\n        a = 1\n        b = 2\n"
        "    return a\n"
    )
    for wrong in ("return a\n", text + text):
        with pytest.raises(LookupError):
            planted(wrong, mutant, 7)
