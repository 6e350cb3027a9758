"""Scenarios: layers, variants, identity, files that come back equal, assignments."""

from __future__ import annotations

import math
import pickle
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim import scenario_file
from cxsim.errors import CxsimError
from cxsim.parameters import SHARES, Parameter, registry
from cxsim.scenario import Scenario, parse_assignment
from cxsim.scenario_file import bundled, load, parse
from cxsim.timeline import Event

ALLOCATION = {"insight": 0.1, "process": 0.5, "culture": 0.2, "success": 0.1, "advocacy": 0.1}

PARENT = """
name = "parent"
title = "Parent"
mode = "FM06"
story = "A story"
signature = "A signature"
weeks = 104
cure = { week = 40, set = { charter = 0.85, diplomacy = 0.8 }, shock = { price_rise = 0.1 } }
[levers]
charter = 0.03
holdouts = ["sales"]
[market]
customers = 500
[[events]]
week = 60
shock = { price_rise = 0.25, cco_leaves = { vacancy = 13 } }
note = "Prices go up by a quarter"
[[events]]
week = 20
set = { communication = 0.9, workload = 0.7 }
[[signs]]
says = "Adoption stays low"
measure = "mean(adoption, -26)"
below = 0.3
"""
CHILD = 'name = "child"\ntitle = "Child"\nextends = "parent.toml"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one parent scenario."""
    (tmp_path / "parent.toml").write_text(PARENT)
    return tmp_path


@pytest.fixture
def parent(folder: Path) -> Scenario:
    """The scenario that the others extend."""
    return load(folder / "parent.toml")


def child(folder: Path, more: str = "") -> Scenario:
    """Write and load a scenario that extends the parent."""
    (folder / "child.toml").write_text(CHILD + more)
    return load(str(folder / "child.toml"))


def default(**fields: Any) -> Scenario:
    """A scenario of registry defaults."""
    return Scenario(name="plain", title="Plain", **fields)


# --- files -------------------------------------------------------------------------------------


def test_a_file_is_read(parent: Scenario) -> None:
    assert (parent.name, parent.title, parent.mode) == ("parent", "Parent", "FM06")
    assert parent.levers["charter"] == 0.03
    assert parent.levers["holdouts"] == ("sales",)
    assert parent.market["customers"] == 500
    assert [event.week for event in parent.events] == [20, 60]
    assert parent.events[1].shock["cco_leaves"]["vacancy"] == 13
    assert parent.events[1].note == "Prices go up by a quarter"
    assert [sign.says for sign in parent.signs] == ["Adoption stays low"]
    assert set(parent.coefficients) == set(registry().coefficients)


def test_a_child_takes_over_content_but_not_words(folder: Path, parent: Scenario) -> None:
    found = child(folder)
    assert found.hash == parent.hash
    assert found != parent
    assert (found.mode, found.cure, found.story, found.signature) == (None, None, "", "")
    assert found.signs == ()
    assert found.changed_levers() == {}
    assert found.extends == "parent.toml"


def test_a_child_adds_to_its_parent(folder: Path) -> None:
    found = child(
        folder,
        "weeks = 90\n[levers]\ndiplomacy = 0.2\n[[events]]\nweek = 60\nset = { charter = 1 }\n",
    )
    assert found.changed_levers() == {"diplomacy": 0.2}
    assert found.levers["charter"] == 0.03
    assert [event.week for event in found.events] == [20, 60, 60]
    assert found.events[2].set["charter"] == 1
    assert found.weeks == 90


def test_without_a_parent_changes_are_those_from_the_defaults(parent: Scenario) -> None:
    assert parent.changed_levers() == {"charter": 0.03, "holdouts": ("sales",)}


def test_chains_and_other_folders(folder: Path) -> None:
    (folder / "sub").mkdir()
    child(folder, "[levers]\ndiplomacy = 0.2\n")
    (folder / "sub" / "grandchild.toml").write_text(
        'name = "grandchild"\ntitle = "G"\nextends = "../child.toml"\n'
    )
    found = load(folder / "sub" / "grandchild.toml")
    assert (found.levers["charter"], found.levers["diplomacy"]) == (0.03, 0.2)


def test_bundled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario_file, "scenario_folder", lambda: tmp_path)
    assert bundled() == []
    with pytest.raises(CxsimError, match="there are no bundled scenarios"):
        load("typical")
    for name in ("typical", "orchestrated"):
        (tmp_path / f"{name}.toml").write_text(f'name = "{name}"\ntitle = "T"\n')
    assert bundled() == ["orchestrated", "typical"]
    assert load("typical").name == "typical"
    extended = parse('name = "mine"\ntitle = "M"\nextends = "typical"', "mine.toml")
    assert extended.hash == load("typical").hash


def test_the_bundled_folder_is_the_packages_or_the_checkouts(checkout: Path) -> None:
    assert scenario_file.scenario_folder() in (
        checkout / "cxsim" / "scenarios",
        checkout / "scenarios",
    )


def test_a_text_without_a_folder_extends_no_file(folder: Path) -> None:
    with pytest.raises(CxsimError, match=r"child\.toml:3:1: extends: only a bundled scenario"):
        parse(CHILD, "child.toml")
    assert parse(CHILD, "child.toml", folder).name == "child"


def test_windows_files_are_read(folder: Path) -> None:
    text = b"\xef\xbb\xbf" + (CHILD + "[levers]\ncharter = 2\n").replace("\n", "\r\n").encode()
    (folder / "child.toml").write_bytes(text)
    with pytest.raises(CxsimError, match=r"child\.toml:5:1: levers\.charter: 2 is out of range"):
        load(folder / "child.toml")


@given(st.binary(max_size=60), st.integers(0, len(PARENT)), st.integers(0, 40))
def test_a_damaged_file_gives_a_clear_error_or_a_scenario(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, start: int, length: int
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "parent.toml"
    data = PARENT.encode()
    path.write_bytes(data[:start] + junk + data[start + length :])
    message = complaint(path)
    assert message == "" or re.match(r"\S*parent\.toml(:\d+:\d+)?: ", message)
    assert len(message.splitlines()) <= 10


def complaint(path: Path) -> str:
    """What loading a file complains of; empty when it gives a scenario."""
    try:
        load(path)
    except CxsimError as error:
        return str(error)
    return ""


# --- variants ----------------------------------------------------------------------------------


def test_variants_are_checked_and_leave_the_original_alone(parent: Scenario) -> None:
    assert parent.with_levers({"charter": 0.85}).levers["charter"] == 0.85
    assert parent.with_levers(allocation=ALLOCATION).levers["process_share"] == 0.5
    assert parent.with_market(customers=10).market["customers"] == 10
    assert parent.with_coefficients(belief_rate=0.2).coefficients["belief_rate"] == 0.2
    assert parent.with_weeks(61).weeks == 61
    assert parent.with_name("other").title == "Parent"
    assert parent.levers["charter"] == 0.03
    mixed = parent.with_settings({"charter": 0.5, "customers": 7, "employees": 50})
    assert (mixed.levers["charter"], mixed.market["customers"]) == (0.5, 7)
    assert mixed.organisation["employees"] == 50


REFUSED: list[tuple[Callable[[Scenario], Scenario], str]] = [
    (lambda s: s.with_levers({"chartr": 1}), "levers.chartr: unknown lever, did you mean"),
    (lambda s: s.with_levers(charter=1.7), "levers.charter: 1.7 is out of range 0..1 (unit sh"),
    (lambda s: s.with_market(customers=True), "market.customers: true where a whole number"),
    (lambda s: s.with_weeks(60), "events[1].week: 60 is beyond the horizon of 60 weeks"),
    (lambda s: s.with_events([{"week": 1}]), "events[2]: lacks 'set' or 'shock'"),
    (lambda s: s.with_events([Event(1, {"charter": 2})]), "events[2].set.charter: 2"),
    (lambda s: s.with_settings({"custmers": 1}), "custmers: unknown name, did you mean"),
    (lambda s: s.with_name("A b"), 'name: the text "A b"'),
    (
        lambda s: s.with_organisation(functions=["a", "b"], host_function="marketing"),
        "host_function: 'marketing'",
    ),
    (lambda s: s.with_levers(holdouts=["sale"]), "levers.holdouts: 'sale' is not a function"),
    (lambda s: s.with_levers(insight_share=0.9), "levers.allocation: the five shares sum to 1.6"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=[words for _, words in REFUSED])
def test_variants_refuse_with_the_files_messages(
    parent: Scenario, change: Callable[[Scenario], Scenario], message: str
) -> None:
    with pytest.raises(CxsimError, match=re.escape(message)):
        change(parent)


def test_functions_reset_the_share_lists() -> None:
    four = default().with_organisation(functions=list("abcd"), host_function="a")
    assert four.organisation["headcount_shares"] == (0.25,) * 4
    uneven = four.with_organisation(headcount_shares=[0.4, 0.2, 0.2, 0.2])
    assert uneven.with_organisation(employees=50).organisation["headcount_shares"][0] == 0.4
    assert default().with_organisation(functions=list("ab")).organisation["host_function"] == "a"
    back = uneven.with_organisation(
        functions=default().organisation["functions"], host_function="marketing"
    )
    assert back.hash == default().hash


def test_allocation_holds_through_the_timeline() -> None:
    moved = default(events=[{"week": 10, "set": {"allocation": ALLOCATION}}])
    assert [moved.events[0].set[share] for share in SHARES] == list(ALLOCATION.values())
    # Fits the shares of week 10 only, so it depends on what came before.
    later = {"week": 12, "set": {"insight_share": 0.2, "process_share": 0.4}}
    assert moved.with_events([later]).events[1].week == 12
    with pytest.raises(CxsimError, match=r"sum to 0\.95 instead of 1"):
        default(events=[later])
    with pytest.raises(CxsimError, match=r"cure\.set\.allocation"):
        default(events=[{"week": 10, "set": {"allocation": ALLOCATION}}], cure={**later, "week": 9})
    assert default(events=moved.events, cure=later).cure is not None


def test_rescue_applies_the_cure(parent: Scenario) -> None:
    rescued = parent.rescue()
    assert [event.week for event in rescued.events] == [20, 40, 60]
    assert rescued.events[1].set == {"charter": 0.85, "diplomacy": 0.8}
    assert rescued.events[1].shock == {"price_rise": 0.1}
    assert rescued.name == "parent_rescued"
    assert rescued.hash != parent.hash
    with pytest.raises(CxsimError, match="parent_rescued: has no cure"):
        rescued.rescue()
    with pytest.raises(CxsimError, match=r"cure\.week: 40 is beyond the horizon of 30 weeks"):
        default(cure={"week": 40, "set": {"charter": 1}}).with_weeks(30).rescue()


def test_without_programme(parent: Scenario) -> None:
    bare = parent.without_programme()
    off = {name: lever.off for name, lever in registry().levers.items() if lever.off is not None}
    assert {name: bare.levers[name] for name in off} == off
    kept = set(registry().levers) - set(off)
    assert {name: bare.levers[name] for name in kept} == {n: parent.levers[n] for n in kept}
    assert [dict(event.set) for event in bare.events] == [{"workload": 0.7}, {}]
    assert [dict(event.shock) for event in bare.events] == [{}, {"price_rise": 0.25}]
    # The baseline is the same whatever the programme was.
    assert parent.with_levers(charter=0.9).without_programme().hash == bare.hash
    only_leaving = default(events=[{"week": 1, "shock": {"cco_leaves": {"vacancy": 3}}}])
    assert only_leaving.without_programme().events == ()


# --- identity ----------------------------------------------------------------------------------


def test_hash_counts_numbers_only(parent: Scenario) -> None:
    assert re.fullmatch("[0-9a-f]{16}", parent.hash)
    same = parent.with_name("other", "Another").with_levers(charter=0.03)
    assert same.hash == parent.hash
    renoted = Scenario(
        **{**vars_of(parent), "events": tuple(Event(e.week, e.set, e.shock) for e in parent.events)}
    )
    assert renoted.hash == parent.hash
    different = [
        parent.with_levers(charter=0.031),
        parent.with_market(customers=501),
        parent.with_organisation(employees=301),
        parent.with_coefficients(belief_rate=0.11),
        parent.with_weeks(105),
        parent.with_events([{"week": 3, "set": {"charter": 0.03}}]),
    ]
    assert len({parent.hash, *(s.hash for s in different)}) == len(different) + 1
    assert (
        default().with_levers(ceo_sponsorship=1).hash
        == default(levers={"ceo_sponsorship": 1.0}).hash
    )


def vars_of(scenario: Scenario) -> dict[str, Any]:
    """The fields that a scenario was made of."""
    return {name: getattr(scenario, name) for name in Scenario.__dataclass_fields__}


def test_a_scenario_is_a_value(parent: Scenario) -> None:
    again = parse(PARENT, "parent.toml")
    assert again == parent
    assert len({again, parent, parent.with_weeks(90)}) == 2
    assert pickle.loads(pickle.dumps(parent)) == parent
    with pytest.raises(AttributeError):
        parent.weeks = 3  # type: ignore[misc]
    with pytest.raises(TypeError):
        parent.levers["charter"] = 1  # type: ignore[index]
    with pytest.raises(TypeError):
        parent.events[0].set["charter"] = 1  # type: ignore[index]


def test_errors_survive_a_process_boundary() -> None:
    with pytest.raises(CxsimError) as caught:
        default(weeks=0)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


# --- files that come back equal ----------------------------------------------------------------


def test_the_text_of_a_scenario_gives_an_equal_one(folder: Path, parent: Scenario) -> None:
    for scenario in (
        parent,
        child(folder, "[levers]\ndiplomacy = 0.2\n"),
        parent.rescue(),
        parent.without_programme(),
        default(),
        default().with_organisation(functions=list("abc"), host_function="b"),
        default().with_organisation(
            functions=list("abc"), host_function="b", contact_shares=[0.5, 0.25, 0.25]
        ),
    ):
        again = parse(scenario.to_toml(), f"{scenario.name}.toml")
        assert again == scenario
        assert again.hash == scenario.hash


def sound_values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Values that a numeric parameter can take."""
    if parameter.type == "integer":
        return st.integers(math.ceil(parameter.low), math.floor(parameter.high))
    return st.floats(parameter.low, parameter.high)


NUMERIC = [p for p in registry() if p.type in ("number", "integer") and p.name not in SHARES]
settings_ = st.lists(st.sampled_from(NUMERIC), max_size=6, unique_by=lambda p: p.name).flatmap(
    lambda chosen: st.fixed_dictionaries({p.name: sound_values(p) for p in chosen})
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(settings_, words, words, st.integers(0, 155))
def test_any_sound_scenario_survives_its_file(
    values: dict[str, Any], story: str, note: str, week: int
) -> None:
    event = {"week": week, "set": {"charter": 0.5}, "note": note}
    scenario = default(story=story, events=[event], cure=event).with_settings(values)
    assert parse(scenario.to_toml(), "plain.toml") == scenario
    tomllib.loads(scenario.to_toml())


# --- assignments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("charter=0.8", "charter", 0.8),
        (" charter = .8 ", "charter", 0.8),
        ("employees=1000", "employees", 1000),
        ("customers=1e3", "customers", 1000),
        ("belief_rate=0.2", "belief_rate", 0.2),
        ("holdouts=sales,finance", "holdouts", ("sales", "finance")),
        ("holdouts=", "holdouts", ()),
        ("host_function=sales", "host_function", "sales"),
        ("headcount_shares=.5,.5", "headcount_shares", (0.5, 0.5)),
        ("allocation=.1,.5,.2,.1,.1", "allocation", ALLOCATION),
    ],
)
def test_assignments(text: str, name: str, value: Any) -> None:
    assert parse_assignment(text) == (name, value)


def test_assignments_change_a_scenario() -> None:
    texts = ["charter=0.8", "customers=50", "allocation=.1,.5,.2,.1,.1", "holdouts=sales"]
    found = default().with_settings(dict(map(parse_assignment, texts)))
    assert (found.levers["charter"], found.market["customers"]) == (0.8, 50)
    assert found.levers["process_share"] == 0.5
    assert found.levers["holdouts"] == ("sales",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("charter", "name=value is wanted"),
        ("", "name=value is wanted"),
        ("chartr=1", "chartr: unknown name, did you mean 'charter'"),
        ("charter=high", 'charter: the text "high" where a number in 0..1'),
        ("charter=", "charter: the text"),
        ("charter=1.7", "charter: 1.7 is out of range 0..1 (unit share)"),
        ("charter=nan", "charter: nan"),
        ("employees=12.5", "employees: 12.5 where a whole number"),
        ("holdouts=sales,", "holdouts: the text"),
        (
            "allocation=.5,.5",
            "five shares are wanted: insight, process, culture, success, advocacy",
        ),
        ("allocation=.5,.5,0,0,9", "allocation.advocacy: 9 is out of range"),
    ],
)
def test_wrong_assignments(text: str, words: str) -> None:
    with pytest.raises(CxsimError, match=re.escape(words)):
        parse_assignment(text)
