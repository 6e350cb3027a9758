"""The registry is complete, and an entry that lacks anything is caught."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.parameters import SHARES, Parameter, build_registry, nearest, registry
from cxsim.values import clean_value, shown

SAMPLES = {
    "levers": "charter",
    "organisation": "employees",
    "market": "contact_rate",
    "coefficients": "belief_rate",
}
REQUIRED = ["unit", "range", "default", "meaning", "source", "grade"]
LACKS = (
    [(kind, key) for kind in SAMPLES for key in REQUIRED]
    + [("levers", "title"), ("levers", "anchors"), ("levers", "group")]
    + [("organisation", "title"), ("market", "title"), ("coefficients", "submodel")]
)


@pytest.fixture(scope="module")
def data(checkout: Path) -> dict[str, Any]:
    """The product's registry as plain tables."""
    return tomllib.loads((checkout / "cxsim" / "parameters.toml").read_text(encoding="utf-8"))


def refused(data: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> str:
    """Return the message with which a changed copy of the registry is refused."""
    changed = copy.deepcopy(data)
    change(changed)
    with pytest.raises(CxsimError) as caught:
        build_registry(changed)
    return str(caught.value)


def test_the_registry_is_sound() -> None:
    found = registry()
    assert len(found.levers) > 30
    assert len(found.coefficients) > 50
    assert registry() is found
    assert abs(sum(found.levers[share].default for share in SHARES) - 1) < 1e-9
    for name in ("headcount_shares", "contact_shares"):
        assert len(found.organisation[name].default) == len(found.organisation["functions"].default)


@pytest.mark.parametrize("parameter", list(registry()), ids=lambda p: p.name)
def test_every_parameter_says_where_it_comes_from(parameter: Parameter) -> None:
    assert parameter.clean(parameter.default) == parameter.default
    assert parameter.unit
    assert len(parameter.meaning.split()) >= 3
    assert parameter.source
    assert parameter.grade in parameters.GRADES
    assert len(parameter.anchors) == (3 if parameter.kind == "levers" else 0)


@pytest.mark.parametrize(("kind", "key"), LACKS)
def test_a_lacking_key_is_caught(data: dict[str, Any], kind: str, key: str) -> None:
    name = SAMPLES[kind]
    message = refused(data, lambda d: d[kind][name].pop(key))
    assert message == f"parameters.toml: {kind}.{name}: lacks '{key}'"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("default", 1.5, "default: 1.5 is out of range 0..1"),
        ("default", "much", 'default: the text "much"'),
        ("default", True, "default: true"),
        ("default", float("nan"), "default: nan"),
        ("off", -1, "off: -1 is out of range 0..1"),
        ("range", [1, 0], "range: two numbers"),
        ("range", [0], "range: two numbers"),
        ("range", "all", "range: two numbers"),
        ("headline", [0.5, 0.5], "headline: two different numbers"),
        ("headline", [0.0, 3.0], "headline: two different numbers"),
        ("type", "float", "unknown type"),
        ("group", "leadershp", "unknown group 'leadershp', did you mean 'leadership'"),
        ("grade", "A+", "unknown grade 'A+'"),
        ("grade", "S2", "source is an assumption, grade 'S2' says otherwise"),
        ("source", "somebody said so", "names no evidence id"),
        ("source", " ", "source: "),
        ("unit", "", "unit: "),
        ("meaning", 3, "meaning: 3 where some text"),
        ("anchors", ["low", "high"], "anchors: three texts"),
        ("anchors", ["low", "", "high"], "anchors: three texts"),
        ("sorce", "E1.03", "unknown key 'sorce', did you mean 'source'"),
    ],
)
def test_a_wrong_entry_is_caught(data: dict[str, Any], key: str, value: Any, words: str) -> None:
    message = refused(data, lambda d: d["levers"]["charter"].update({key: value}))
    assert message.startswith("parameters.toml: levers.charter: ")
    assert words in message


def test_names_are_unique_and_tables_known(data: dict[str, Any]) -> None:
    message = refused(data, lambda d: d["market"].update(employees=d["organisation"]["employees"]))
    assert "market.employees: the name is already used in [organisation]" in message
    assert "leverz: unknown table, did you mean 'levers'" in refused(
        data, lambda d: d.update(leverz={})
    )
    assert "levers.charter: 3 where a table" in refused(
        data, lambda d: d["levers"].update(charter=3)
    )


def test_all_wrong_entries_are_told(data: dict[str, Any]) -> None:
    def change(d: dict[str, Any]) -> None:
        for kind, name in SAMPLES.items():
            del d[kind][name]["unit"]

    assert len(refused(data, change).splitlines()) == len(SAMPLES)


def test_the_registry_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        registry().levers["charter"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        registry().levers["charter"].default = 1.0  # type: ignore[misc]


def test_find() -> None:
    assert registry().find("customers").kind == "market"
    with pytest.raises(CxsimError, match="custmers: unknown name, did you mean 'customers'"):
        registry().find("custmers")


@pytest.mark.parametrize(
    ("name", "near"),
    [("chartr", "charter"), ("CHARTER", "charter"), ("zzzzzz", None), ("c" * 1000, None)],
)
def test_nearest(name: str, near: str | None) -> None:
    assert nearest(name, registry().levers) == near


@pytest.mark.parametrize(
    ("value", "type_", "clean"),
    [
        (1, "number", 1.0),
        (np.float32(0.5), "number", 0.5),
        (np.int64(1), "integer", 1),
        (1.0, "integer", 1),
        (-0.0, "number", 0.0),
        ([0, 1], "list", (0.0, 1.0)),
        (["sales"], "functions", ("sales",)),
        ("sales", "function", "sales"),
        ("any words", "text", "any words"),
    ],
)
def test_values_get_their_own_type(value: Any, type_: str, clean: Any) -> None:
    found = clean_value(value, type_, 0, 1, "share")
    assert found == clean
    assert type(found) is type(clean)
    assert str(found) == str(clean)


def test_infinity_is_a_number_where_the_range_allows_it() -> None:
    assert clean_value(float("inf"), "number", 0, float("inf"), "weeks") == float("inf")
    with pytest.raises(CxsimError, match="inf where a whole number"):
        clean_value(float("inf"), "integer", 0, float("inf"), "weeks")


def test_any_value_is_shown_on_one_short_line() -> None:
    for value in ([], {}, None, object(), 10**5000, "a\n" + "b" * 99, b"x", 1j, [1] * 10**5):
        assert len(shown(value)) < 70
        assert shown(value).isprintable()
