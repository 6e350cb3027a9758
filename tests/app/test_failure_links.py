"""Links to failure modes and mysteries, good and hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.app.failure_links import ANY, Place, from_query, to_mode, to_mystery, visited
from cxsim.app.mystery import Secret
from cxsim.values import LARGEST_SEED

NAMES = ("fm01_one", "fm02_two")


@pytest.mark.parametrize(
    ("query", "place"),
    [
        (None, Place()),
        ("", Place()),
        ("seed=4", Place()),
        ("?mode=fm01_one", Place(Secret("fm01_one", 1))),
        ("mode=fm02_two&seed=7", Place(Secret("fm02_two", 7))),
        ("mode=fm02_two&seed=-7", Place(Secret("fm02_two", 1))),
        (f"mode=fm02_two&seed={LARGEST_SEED}", Place(Secret("fm02_two", LARGEST_SEED))),
        ("mode=fm02_two&seed=" + "9" * 100, Place(Secret("fm02_two", 1))),
        ("mystery=4711", Place(mystery=4711)),
        ("mystery=1", Place(mystery=ANY)),
        ("mystery=nonsense", Place(mystery=ANY)),
        ("mystery=4711&mode=fm01_one", Place(mystery=4711)),
        ("&".join(["a=1"] * 100), Place()),
    ],
)
def test_links_lead_to_places(query: str | None, place: Place) -> None:
    assert from_query(query, NAMES) == place


def test_a_mode_that_is_not_there_is_told() -> None:
    place = from_query("mode=<b>x</b>", NAMES)
    assert place.mode is None
    assert "there is no such failure mode" in place.message


@given(st.text())
def test_no_query_breaks_the_page(query: str) -> None:
    place = from_query(query, NAMES)
    assert place.mode is None or place.mode.name in NAMES


def test_links_come_back() -> None:
    assert from_query(to_mode("fm01_one", 3), NAMES) == Place(Secret("fm01_one", 3))
    assert from_query(to_mystery(4711), NAMES) == Place(mystery=4711)
    assert from_query(to_mystery(), NAMES) == Place(mystery=ANY)


@pytest.mark.parametrize(
    ("wish", "address"),
    [
        ("?mode=fm01_one&seed=1", "/failure-modes?mode=fm01_one&seed=1"),
        ("", "/failure-modes"),
        ("watch?scenario=fm01_one&seed=1", "/watch?scenario=fm01_one&seed=1"),
        ("/compare?a=fm01_one", "/compare?a=fm01_one"),
        ("https://elsewhere.example", None),
        ("//elsewhere.example", None),
        ("javascript:alert(1)", None),
        ({"not": "text"}, None),
        ("x" * 3000, None),
    ],
)
def test_links_that_are_followed_stay_in_the_app(wish: object, address: str | None) -> None:
    assert visited(wish, "failure-modes") == address
