"""The form beside a design's text: nothing is lost, nothing is believed."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from cxsim.app.experiments import form
from cxsim.app.experiments.desk import TEMPLATE, designs, opening, picked
from cxsim.app.experiments.offer import METHODS, offer
from cxsim.app.experiments.place import Place, from_query, tabs
from cxsim.app.experiments.toml_text import remark_of, written
from cxsim.errors import CxsimError
from cxsim.study.design import parse_design
from cxsim.study.design.file import bundled_designs, load_design
from cxsim.study.design.sampling import METHODS as KNOWN_METHODS

RICH = """# Why?
name = "rich"
base = "typical"

[levers]
leadership = { low = 0.0, high = 1.0 }
charter = [0.1, 0.5]

[design]
method = "table"

[[points]]
leadership = 0.1
charter = 0.5

[outcomes]
keep = ["adoption"]

[outcomes.measures]
"late load" = "mean(load, -13)"
"""


@pytest.mark.parametrize("name", bundled_designs())
def test_a_design_written_by_the_form_is_the_same_design(name: str) -> None:
    text = picked(opening(), name).text
    raw = tomllib.loads(text)
    again = form.changed(text, {"kind": "set", "field": "title", "value": raw["title"]})
    assert tomllib.loads(again) == raw
    assert remark_of(again) == remark_of(text)
    assert parse_design(again).hash == load_design(name).hash


def test_what_the_form_does_not_know_stays() -> None:
    changed = form.changed(RICH, {"kind": "set", "field": "seed", "value": "7"})
    assert tomllib.loads(changed) == {**tomllib.loads(RICH), "seed": 7}
    assert changed.startswith("# Why?\n")
    assert form.shown(tomllib.loads(changed))["besides"] == [
        "a table of points",
        "measures of its own",
    ]


@pytest.mark.parametrize(
    ("change", "path", "value"),
    [
        ({"kind": "add", "table": "uncertainties", "name": "workload"}, "uncertainties", "range"),
        (
            {"kind": "vary", "how": "between", "low": "0.1", "high": " 0.9"},
            "levers",
            {"low": 0.1, "high": 0.9},
        ),
        ({"kind": "vary", "how": "values", "values": "1, 2.5, x"}, "levers", [1, 2.5, "x"]),
        ({"kind": "vary", "how": "sensitivity"}, "levers", "sensitivity"),
    ],
)
def test_a_change_is_written(change: dict[str, Any], path: str, value: Any) -> None:
    whole = {"table": "levers", "name": "charter", **change}
    assert tomllib.loads(form.changed(TEMPLATE, whole))[path][whole["name"]] == value


def test_the_last_factor_takes_its_table_along() -> None:
    text = TEMPLATE
    for name in ("leadership", "change"):
        text = form.changed(text, {"kind": "remove", "table": "levers", "name": name})
    assert "levers" not in tomllib.loads(text)


def test_futures_are_a_number_or_a_rule() -> None:
    rule = form.changed(TEMPLATE, {"kind": "replicates", "value": "until"})
    assert parse_design(rule).most_replicates == 200
    back = form.changed(rule, {"kind": "replicates", "value": "number"})
    assert parse_design(back).replicates == 20


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"kind": "drop"},
        {"kind": "set", "field": "__class__", "value": 1},
        {"kind": "add", "table": "design", "name": "x"},
        {"kind": "vary", "table": "levers", "name": "charter", "how": "at random"},
    ],
)
def test_a_forged_change_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CxsimError, match="the form"):
        form.changed(TEMPLATE, change)


def test_a_text_that_is_no_toml_is_left_alone() -> None:
    with pytest.raises(CxsimError, match="not valid TOML"):
        form.changed("[[", {"kind": "set", "field": "title", "value": "x"})


@pytest.mark.parametrize("field", sorted(form.FIELDS))
@pytest.mark.parametrize("value", ['"\n[x]\n', "nan", "1e999", "ä\x7f\\", None, [1], {"a": 1}])
def test_whatever_is_typed_the_text_stays_toml(field: str, value: Any) -> None:
    change = {"kind": "set", "field": field, "value": value}
    raw = tomllib.loads(form.changed(TEMPLATE, change))
    form.shown(raw)
    assert raw["levers"] == tomllib.loads(TEMPLATE)["levers"]


def test_odd_files_are_shown_without_complaint() -> None:
    for text in ("levers = 1", "[levers]\na = 1\nb = [[1]]\nc = {x = 1}", "[design]\nmethod = []"):
        raw = tomllib.loads(text)
        form.shown(raw)
        assert tomllib.loads(written(raw)) == raw


def test_the_offer_fits_what_designs_know() -> None:
    assert set(METHODS) == set(KNOWN_METHODS)
    known = offer()
    lever = known["numbers"]["levers"][0]["name"]
    assumption = known["numbers"]["uncertainties"][0]["name"]
    keep = ", ".join(f'"{one["name"]}"' for one in known["outcomes"])
    parse_design(
        f'name = "all"\nbase = "typical"\n[levers]\n{lever} = "range"\n[uncertainties]\n'
        f'{assumption} = "range"\n[outcomes]\nwithdraw = 104\nkeep = [{keep}]'
    )


def test_comments_that_would_be_dropped_are_known() -> None:
    assert not form.drops("# Why?\n" + TEMPLATE + 'note = "a # b"\n')
    assert form.drops(TEMPLATE + "seed = 1 # lucky\n")


def test_every_bundled_design_is_offered_with_its_question() -> None:
    rows = {row["name"]: row for row in designs()}
    assert set(rows) == {*bundled_designs(), ""}
    assert all(row["question"].endswith(("?", ".")) for row in rows.values())


def test_a_link_opens_a_study_that_is_there() -> None:
    def holds(key: str) -> bool:
        return key == "0" * 16

    assert from_query(f"?study={'0' * 16}&show=map", holds) == Place("0" * 16, "map")
    assert from_query(f"study={'0' * 16}&show=<b>", holds) == Place("0" * 16)
    assert from_query("study=../../etc/passwd", holds) == Place(missing=True)
    assert from_query(None, holds) == Place()


def test_parts_that_a_design_cannot_fill_are_left_out() -> None:
    choice = tabs(form.read(picked(opening(), "robust_choice").text))
    assert {"map", "robust"} <= set(choice)
    for name in ("importance", "tipping", "where_it_fails", "screening"):
        assert "robust" not in tabs(form.read(picked(opening(), name).text)), name
    assert "map" not in tabs({"levers": {"charter": "range"}})
