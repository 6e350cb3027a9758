"""docs/odd.md is up to date, complete, and true in what it points to."""

from __future__ import annotations

import re
from pathlib import Path

import odd
import odd_tables
import pytest

from cxsim import draws
from cxsim.parameters import registry
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.series import OUTCOMES, SERIES

# Experiments whose kept results have to be there; in the end all of odd.MEASURED.
DEMANDED = odd.MEASURED

# The elements of ODD 2020 and of TRACE 2014, in their order.
ELEMENTS = (
    "1. Purpose and patterns",
    "2. Entities, state variables, and scales",
    "3. Process overview and scheduling",
    "4. Design concepts",
    "5. Initialisation",
    "6. Input data",
    "7. Submodels",
)
CONCEPTS = (
    "4.1 Basic principles",
    "4.2 Emergence",
    "4.3 Adaptation",
    "4.4 Objectives",
    "4.5 Learning",
    "4.6 Prediction",
    "4.7 Sensing",
    "4.8 Interaction",
    "4.9 Stochasticity",
    "4.10 Collectives",
    "4.11 Observation",
)
RECORD = (
    "TRACE 1. Problem formulation",
    "TRACE 2. Model description",
    "TRACE 3. Data evaluation",
    "TRACE 4. Conceptual model evaluation",
    "TRACE 5. Implementation verification",
    "TRACE 6. Model output verification",
    "TRACE 7. Model analysis",
    "TRACE 8. Model output corroboration",
)
OTHERS = ("Limits of use", "Contrary evidence")

HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:cxsim|docs|experiments|scenarios|tests|tools)/[\w./-]*")
IDENTIFIER = re.compile(r"\b(?:E[1-5]\.[0-9]{2}|FM[0-9]{2}|T(?:10|19|20))\b")
SWITCH = re.compile(r"`(\w+) = ([0-9.]+)`")


@pytest.fixture(scope="module")
def document(checkout: Path) -> str:
    """The text of docs/odd.md."""
    return (checkout / "docs" / "odd.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def prose(document: str) -> str:
    """The same without blocks of code."""
    return re.sub(r"^```.*?^```$", "", document, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def first_cells(document: str) -> set[str]:
    """What stands as code in the first cell of a row of any table."""
    return set(re.findall(r"^\| `([^`]+)` \|", document, flags=re.MULTILINE))


def anchor(heading: str) -> str:
    """The name under which a heading can be linked to."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_the_page_is_up_to_date() -> None:
    told = odd.change(odd.produced())
    assert not told, f"\n{told}"


def test_check_says_so_when_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "odd.md"
    monkeypatch.setattr(odd, "TARGET", target)
    monkeypatch.setattr("sys.argv", ["odd.py", "--check"])
    assert odd.main() == 1
    assert odd.ADVICE in capsys.readouterr().out
    assert not target.exists()
    monkeypatch.setattr("sys.argv", ["odd.py"])
    assert odd.main() == 0
    assert target.read_text(encoding="utf-8").startswith(odd.NOTICE)
    monkeypatch.setattr("sys.argv", ["odd.py", "--check"])
    assert odd.main() == 0


def test_no_element_is_missing_and_all_are_in_order(prose: str) -> None:
    found = [match[2] for match in HEADING.finditer(prose)]
    wanted = (*ELEMENTS, *OTHERS, *RECORD)
    assert [heading for heading in found if heading in wanted] == list(wanted)
    assert [heading for heading in found if heading in CONCEPTS] == list(CONCEPTS)
    assert len(found) == len(set(found)), "two headings share an anchor"


def test_every_element_and_submodel_gives_its_rationale(prose: str) -> None:
    parts = re.split(r"^## ", prose, flags=re.MULTILINE)
    for element in ELEMENTS:
        (part,) = (part for part in parts if part.startswith(element))
        assert "ationale" in part, element
    submodels = re.split(r"^### ", prose, flags=re.MULTILINE)
    for submodel in [part for part in submodels if re.match(r"7\.[1-6] ", part)]:
        assert "**Rationale.**" in submodel
        assert "**Equations" in submodel
        assert "**Coefficients**" in submodel


def test_every_parameter_series_and_outcome_has_a_row(first_cells: set[str]) -> None:
    assert set(registry().names()) | set(SERIES) | set(OUTCOMES) <= first_cells


def test_every_state_field_has_a_row(document: str) -> None:
    tables = odd_tables.populations()
    assert {"EMPLOYEE", "CUSTOMER", "FUNCTION", "PROGRAMME", "State"} <= set(tables)
    for name, fields in tables.items():
        rows = document.split(f"(`{name}`)\n\n")[1].split("\n\n")[0]
        assert re.findall(r"^\| `(\w+)` \|", rows, flags=re.MULTILINE) == list(fields)


def test_purposes_have_the_numbers_of_the_specification(document: str) -> None:
    code = dict(re.findall(r"^\| (\d+) \| `(\w+)` \|", document, flags=re.MULTILINE))
    told = re.findall(
        r"^\| (\d+) [a-z ]+ \|", odd.MODEL.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert list(code) == told
    assert all(getattr(draws, name) == int(number) for number, name in code.items())


def test_every_scenario_has_a_row(first_cells: set[str]) -> None:
    assert set(bundled()) <= first_cells


def test_the_specification_is_there_word_for_word(document: str) -> None:
    blocks = re.findall(
        r"^```.*?^```$", odd.MODEL.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    assert len(blocks) > 8
    assert all(document.count(block) == 1 for block in blocks)


def test_cited_evidence_exists(document: str, checkout: Path) -> None:
    evidence = (checkout / "docs" / "evidence.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| \*\*([A-Z0-9.]+)\*\* \|", evidence, flags=re.MULTILINE))
    cited = set(IDENTIFIER.findall(document))
    assert len(cited) > 50
    assert cited <= rows


def test_links_lead_somewhere(document: str, checkout: Path) -> None:
    for link in sorted(set(LINK.findall(document))):
        path, _, place = link.partition("#")
        target = (checkout / "docs" / path) if path else checkout / "docs" / "odd.md"
        assert target.exists(), link
        if place:
            headings = [match[2] for match in HEADING.finditer(target.read_text(encoding="utf-8"))]
            assert place in map(anchor, headings), link


def test_named_paths_exist(prose: str, checkout: Path) -> None:
    named = {match for text in CODE.findall(prose) for match in PATH.findall(text)}
    assert {"tests/test_twin.py", "tools/odd.py"} <= named
    assert {path for path in named if not (checkout / path).exists()} == set()


def test_what_a_doubter_may_switch_off_can_be(document: str) -> None:
    switches = SWITCH.findall(document.split("## TRACE 4")[1].split("## TRACE 5")[0])
    assert len(switches) > 15
    changed = load("typical").with_settings({name: float(value) for name, value in switches})
    assert isinstance(changed, Scenario)
    assert changed.hash != load("typical").hash


@pytest.mark.parametrize("name", DEMANDED)
def test_measured_results_are_kept_and_linked(name: str, document: str) -> None:
    assert f"(../experiments/{name}/measured.md)" in document


def test_the_index_names_every_experiment(checkout: Path) -> None:
    index = (checkout / "experiments" / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `python -m experiments\.(\w+)` \|", index, flags=re.MULTILINE)
    assert sorted(named) == sorted((*odd.MEASURED, *odd.NOT_OF_THE_MODEL))
    folders = {path.parent.name for path in (checkout / "experiments").glob("*/__main__.py")}
    assert folders <= set(named)


@pytest.mark.parametrize(
    ("directive", "words"),
    [
        ("{{model Leadrship}}", "has no section 'Leadrship'"),
        ("{{model Initiatives | Middle}}", "has no 'Middle'"),
        ("{{model Leadership}}", "2 times, not once"),
        ("{{coefficients weather}}", "no coefficient belongs to a submodel 'weather'"),
        ("{{code cxsim/company.py nobody}}", "no function 'nobody'"),
        ("{{measured luck}}", "no experiment is called 'luck'"),
        ("{{count sheep}}", "nothing to count is called 'sheep'"),
        ("{{rain}}", "unknown"),
    ],
)
def test_a_wrong_template_is_told(
    directive: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in odd.TEMPLATE.glob("*.md"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "0_wrong.md").write_text(directive, encoding="utf-8")
    monkeypatch.setattr(odd, "TEMPLATE", tmp_path)
    with pytest.raises(odd.OddError, match=re.escape(words)):
        odd.produced()


@pytest.mark.parametrize(
    ("part", "piece", "words"),
    [
        ("07_submodels.md", "{{model Leadership}}", "'Leadership': in the template 0 times"),
        ("07_submodels.md", "{{coefficients voice}}", "no part shows 'voice'"),
        ("04_concepts.md", "{{series}}", "no part uses 'series'"),
        ("02_entities.md", " PROGRAMME", "no part shows 'PROGRAMME'"),
    ],
)
def test_a_forgotten_piece_is_told(
    part: str, piece: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in odd.TEMPLATE.glob("*.md"):
        text = path.read_text(encoding="utf-8")
        if path.name == part:
            assert piece in text
            text = text.replace(piece, "")
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(odd, "TEMPLATE", tmp_path)
    with pytest.raises(odd.OddError, match=re.escape(words)):
        odd.produced()


def test_words_without_a_name_and_names_without_words_are_told() -> None:
    with pytest.raises(odd.OddError, match="lacks b, has c for nothing"):
        odd_tables.agree("state.X", ["a", "b"], ["a", "c"])


def test_results_are_quoted_between_their_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "experiments" / "calibration"
    folder.mkdir(parents=True)
    monkeypatch.setattr(odd, "ROOT", tmp_path)
    assert "no run of it is kept yet" in odd.measured("calibration")
    (folder / "measured.md").write_text(f"# Title\n\n{odd.BEGIN}\n| a |\n{odd.END}\n\nmore\n")
    said = odd.measured("calibration")
    assert "(../experiments/calibration/measured.md)" in said
    assert said.endswith("\n\n| a |")
