"""Where each key stands: checked against the standard parser on generated documents."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from cxsim.toml_positions import key_positions

TEXT = '''# a comment with key = 1
name = "x # y"   # comment
story = """
[levers]
charter = 1 \\""" still inside
"""
path = 'C:\\'
cure = { week = 40, set = { "odd key" = 0.8, b.c = [1, 2] } }
list = [
  1, # one
  { a = 2 },
]
[levers]
  charter = 0.5
market.'customers' = 3
[[events]]
week = 1
[events.set]
charter = 1
[[events]]
week = 2
'''


def test_places_by_hand() -> None:
    found = key_positions(TEXT)
    expected = {
        ("name",): (2, 1),
        ("story",): (3, 1),
        ("path",): (7, 1),
        ("cure", "week"): (8, 10),
        ("cure", "set"): (8, 21),
        ("cure", "set", "odd key"): (8, 29),
        ("cure", "set", "b", "c"): (8, 46),
        ("cure", "set", "b", "c", 1): (8, 56),
        ("list", 1): (11, 3),
        ("list", 1, "a"): (11, 5),
        ("levers",): (13, 1),
        ("levers", "charter"): (14, 3),
        ("levers", "market", "customers"): (15, 1),
        ("events",): (16, 1),
        ("events", 0): (16, 1),
        ("events", 0, "set"): (18, 1),
        ("events", 0, "set", "charter"): (19, 1),
        ("events", 1): (20, 1),
        ("events", 1, "week"): (21, 1),
    }
    assert {path: found.get(path) for path in expected} == expected
    assert set(paths(tomllib.loads(TEXT), ())) == set(found)


def paths(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Every key path and array place of a parsed document."""
    if path:
        yield path
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in inner:
        yield from paths(item, (*path, key))


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.one_of(
    st.booleans(), st.integers(-(10**9), 10**9), st.floats(), words, st.dates(), st.datetimes()
)
values = st.recursive(
    scalars, lambda v: st.one_of(st.lists(v, max_size=3), st.dictionaries(words, v, max_size=3))
)


@given(st.dictionaries(words, values, max_size=5), st.booleans())
def test_every_key_of_a_generated_document_is_found(data: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(data, multiline_strings=multiline).replace("\r\n", "\n")
    assert set(paths(tomllib.loads(text), ())) == set(key_positions(text))
