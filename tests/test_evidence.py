"""The page on evidence covers what the registry and the bundled scenarios refer to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cxsim.parameters import GRADES, registry
from cxsim.scenario_file import bundled, load

OURS = {"assumption", "calibrated"}  # grades of a parameter, never of a published figure
ROW = re.compile(r"\| \*\*(?P<id>[A-Z]+[0-9.]+)\*\* \|(?P<cells>.+)\|")
IDENTIFIER = re.compile(r"\b[A-Z]{1,3}[0-9]+(?:\.[0-9]+)?\b")
CODE = re.compile(r"`([^`]+)`")


@pytest.fixture(scope="module")
def page(checkout: Path) -> str:
    """The text of docs/evidence.md."""
    return (checkout / "docs" / "evidence.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rows(page: str) -> dict[str, list[str]]:
    """The cells after the id of every row that has one."""
    found = [match for match in map(ROW.fullmatch, page.splitlines()) if match]
    cells = {row["id"]: [cell.strip() for cell in row["cells"].split("|")] for row in found}
    assert len(cells) == len(found), "an id has two rows"
    return cells


@pytest.fixture(scope="module")
def findings(rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """The rows of evidence: finding, source, grade, used for."""
    return {name: cells for name, cells in rows.items() if not name.startswith("FM")}


def cited() -> dict[str, set[str]]:
    """Return the names of the parameters that cite each evidence id."""
    users: dict[str, set[str]] = {}
    for parameter in registry():
        for name in IDENTIFIER.findall(parameter.source):
            users.setdefault(name, set()).add(parameter.name)
    return users


def test_every_cited_id_has_a_row(findings: dict[str, list[str]]) -> None:
    ids = set(cited())
    assert {"E1.03", "T20"} <= ids
    assert ids - set(findings) == set()


def test_the_last_column_names_the_parameters_that_cite_the_row(
    findings: dict[str, list[str]],
) -> None:
    named = {name: set(CODE.findall(cells[-1])) for name, cells in findings.items()}
    assert {name: users for name, users in named.items() if users} == cited()


def test_every_failure_mode_has_a_full_row(rows: dict[str, list[str]]) -> None:
    modes = {name: cells for name, cells in rows.items() if name.startswith("FM")}
    assert set(modes) == {f"FM{number:02}" for number in range(1, 32)}
    assert all(len(cells) == 4 and all(cells) for cells in modes.values())
    shown = {load(name).mode for name in bundled()} - {None}
    assert shown == set(modes)


def test_the_legend_explains_every_grade_in_order(page: str) -> None:
    legend = page.split("\n## Grades\n")[1].split("\n## ")[0]
    assert tuple(re.findall(r"^\| `([^`]+)` \| .+ \|$", legend, flags=re.MULTILINE)) == GRADES


def test_rows_carry_grades_of_the_legend(findings: dict[str, list[str]]) -> None:
    for name, cells in findings.items():
        assert len(cells) == 4, name
        assert all(cells), name
        graded = re.fullmatch(r"`[^`]+`(?: \+ `[^`]+`)*", cells[2])
        assert graded, f"{name}: {cells[2]}"
        assert set(CODE.findall(cells[2])) <= set(GRADES) - OURS, name


def test_rows_mentioned_in_the_text_exist(page: str, findings: dict[str, list[str]]) -> None:
    assert set(re.findall(r"\bE[1-5]\.[0-9]{2}\b", page)) <= set(findings)


def test_a_published_grade_of_a_parameter_is_one_of_its_rows(
    findings: dict[str, list[str]],
) -> None:
    for parameter in registry():
        if parameter.grade not in OURS:
            ids = IDENTIFIER.findall(parameter.source)
            assert ids, parameter.name
            seen = {grade for name in ids for grade in CODE.findall(findings[name][2])}
            assert parameter.grade in seen, parameter.name
