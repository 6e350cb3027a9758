"""A setting and its link are the same thing, and no link can hurt."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import settings as drawn
from hypothesis import strategies as st

from cxsim.app.changes import check
from cxsim.app.link import LARGEST_TEXT, LONGEST_LINK, Opened, from_query, to_query
from cxsim.app.state import FILE, MOST_SIDES, Setting, Side, default_setting
from cxsim.series import SIX
from cxsim.values import LARGEST_SEED

from .strategies import FILE as OWN_FILE
from .strategies import NAMES, settings

DEFAULT = default_setting(NAMES)
EVENT = {"week": 30, "set": {"communication": 0.9}, "note": "a <b>push</b> & more"}
FIELDS = (
    ["a", "b", "c", "d", "e", "seed", "charts", "view", "v", "r", "x"]
    + [f"{side}.{tail}" for side in "abcd" for tail in ("file", "as", "events", "wins", "charter")]
    + ["firm.employees", "firm.sector", "firm.nonsense", "world.churn_alpha", "world.host_function"]
)


def opened(query: str | None) -> Opened:
    """What a link gives; whatever it says, the result can be simulated."""
    found = from_query(query, NAMES)
    check(found.setting)
    assert 1 <= len(found.setting.sides) <= MOST_SIDES
    return found


def packed(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return base64.urlsafe_b64encode(zlib.compress(raw, 9)).decode().rstrip("=")


@given(settings())
@drawn(max_examples=150)
def test_a_link_restores_the_setting(setting: Setting) -> None:
    query = to_query(setting, "1.2.3", [[0.5, 0.125, -1.25e6]] * len(setting.sides))
    assert opened("?" + query) == Opened(
        setting, version="1.2.3", stamp=((0.5, 0.125, -1.25e6),) * len(setting.sides)
    )


def test_a_full_timeline_fits_into_a_link() -> None:
    events = tuple({**EVENT, "week": week, "note": f"{week}: " + "x" * 110} for week in range(60))
    setting = replace(DEFAULT, sides=(replace(DEFAULT.sides[0], events=events),))
    query = to_query(setting)
    assert len(query) < LONGEST_LINK
    assert opened(query) == Opened(setting)


def test_links_made_by_hand() -> None:
    found = opened("?a=fm06_survey_lady&a.wins=40.4&a.charter=.3&seed=5&charts=cynicism,adoption")
    assert found == Opened(
        Setting(
            (Side("fm06_survey_lady", moved=(("wins", 40),), levers=(("charter", ".3"),)),),
            seed=5,
            charts=("cynicism", "adoption"),
        )
    )


@pytest.mark.parametrize("query", [None, "", "?"])
def test_no_link_is_the_first_comparison(query: str | None) -> None:
    assert opened(query) == Opened(DEFAULT)


@given(st.text(max_size=300))
@drawn(max_examples=300)
def test_no_text_breaks_the_reading(text: str) -> None:
    opened("?" + text)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(FIELDS),
            st.sampled_from([*NAMES[:3], FILE, "rescue", "without", "interaction", "1e999", "nan"])
            | st.text(max_size=20)
            | st.floats().map(str)
            | st.text(max_size=60).map(packed)
            | st.recursive(
                st.none() | st.floats() | st.text(max_size=5),
                lambda inner: (
                    st.lists(inner, max_size=3)
                    | st.dictionaries(st.sampled_from(["week", "set", "shock", "note"]), inner)
                ),
                max_leaves=6,
            ).map(lambda tables: packed(json.dumps(tables))),
        ),
        max_size=8,
    )
)
@drawn(max_examples=300)
def test_no_mixture_of_fields_breaks_the_reading(pairs: list[tuple[str, str]]) -> None:
    found = opened(urlencode(pairs, errors="replace"))
    assert all(len(message) < 1500 for message in found.messages)


# --- what a link gets wrong is named -------------------------------------------------------------

SCRIPT = "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "a=../../etc/passwd",
            "For A the link names a scenario “../../etc/passwd” that is not here",
        ),
        ("a=/etc/passwd.toml", "that is not here"),
        (f"a={quote(SCRIPT)}", f"a scenario “{SCRIPT}” that is not here"),
        ("a=%00%1b[31m", "a scenario “??[31m” that is not here"),
        ("a.leadership=30", "For A the link names no scenario"),
        ("a=file", "that is not here"),
        (f"a=file&a.file={packed(b'a' * 8_000_000)}", "a.file in the link does not make sense"),
        (f"a=file&a.file={packed(OWN_FILE.format(30))[:-9]}", "a.file in the link does not make"),
        ("a=file&a.file=%ff%00!", "a.file in the link does not make sense"),
        (f"a=file&a.file={packed(bytes([255, 254]))}", "a.file in the link"),
        (
            f"a=file&a.file={packed('nonsense')}",
            "Scenario A of the link was left out: the uploaded",
        ),
        (f"a=file&a.file={packed('x = ' + '[' * 5_000)}", "nested too deeply"),
        ("seed=one", "seed in the link does not make sense: “one”"),
        ("seed=-1", "seed in the link"),
        (f"seed={LARGEST_SEED + 1}", "seed in the link"),
        ("charts=adoption,secrets", "charts in the link"),
        ("charts=" + ",".join(SIX * 3 + ("x",)), "charts in the link"),
        ("view=everything", "view in the link"),
        ("view=interaction", "needs two scenarios and a changed assumption"),
        (f"{'x' * 500}=1", f"“{'x' * 40}…” in the link means nothing here"),
        ("e=typical", "“e” in the link means nothing here"),
        ("a=typical&e=typical&e.wins=3", "“e” in the link means nothing here"),
        ("world.charter=.5", "Assumptions in the link were left out: charter: is a policy"),
        ("world.churn_alpha=nan", "Assumptions in the link were left out: churn_alpha: nan"),
        ("world.churn_alpha=lots", "Assumptions in the link were left out: churn_alpha"),
        ("world.no_such=1", "Assumptions in the link were left out: no_such: unknown name"),
        ("world.host_function=nowhere", "Assumptions in the link were left out"),
        ("firm.employees=many", "Assumptions in the link were left out: Employees"),
        ("firm.employees=1e400", "Assumptions in the link were left out: Employees"),
        ("firm.boss=me", "firm.boss: no such field"),
        ("firm.sector=../consumer", "firm.sector"),
        ("v=é", "v in the link"),
        ("v=" + "1" * 41, "v in the link"),
        ("r=1,2,x", "r in the link"),
        ("x=1&" * 400, "The link asks for too much and was not opened."),
        ("a=" + "y" * LONGEST_LINK, "The link is too long (16,002 characters) and was not opened."),
    ],
)
def test_what_cannot_be_had_is_left_out_and_named(query: str, said: str) -> None:
    found = opened(query)
    assert said in " ".join(found.messages)
    assert replace(found.setting, sides=DEFAULT.sides) == DEFAULT


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("a.wins=nan", "a.wins in the link does not make sense: “nan”"),
        ("a.wins=inf", "a.wins"),
        ("a.wins=101", "a.wins"),
        ("a.wins=-1e300", "a.wins"),
        ("a.wins=<img%20src=x%20onerror=alert(1)>", "“<img src=x onerror=alert(1)>”"),
        ("a.as=winner", "a.as in the link"),
        ("a.as=rescue", "typical: has no cure"),
        ("a.charter=2", "Scenario A of the link is shown as it is in its file: charter: 2"),
        ("a.charter=", "Scenario A of the link is shown as it is in its file: charter"),
        ("a.churn_alpha=2", "churn_alpha: is an assumption, not a policy"),
        ("a.nobody=1", "nobody: unknown name"),
        ("a.events=[]", "a.events in the link"),
        (f"a.events={packed('{}')}", "a.events in the link"),
        (f"a.events={packed('[1]')}", "a.events in the link"),
        (f"a.events={packed('[' * 40_000)}", "a.events in the link"),
        (f"a.events={packed('[{}]')}", r"events[0]: lacks"),
        (f"a.events={packed('[{"week":NaN,"set":{"charter":1}}]')}", "events[0].week: nan"),
        (f"a.events={packed('[{"week":"3","set":{"charter":1}}]')}", "events[0].week"),
        (f"a.events={packed('[{"week":3,"set":{"charter":[1]}}]')}", "events[0].set.charter"),
        (f"a.events={packed('[{"week":3,"set":' + '{"a":' * 600 + '1' + '}' * 601 + ']')}", "a"),
        (f"a.events={packed('[{"week":' + '9' * 5000 + ',"set":{"charter":1}}]')}", "a.events"),
    ],
)  # fmt: skip
def test_a_side_falls_back_to_its_file(query: str, said: str) -> None:
    found = opened(f"a=typical&b=fm06_survey_lady&b.wins=7&{query}")
    assert said in " ".join(found.messages)
    assert len(found.messages) == 1
    assert found.setting.sides == (Side("typical"), Side("fm06_survey_lady").move("wins", 7))


def test_bad_assumptions_take_nothing_else_with_them() -> None:
    query = "a=typical&a.as=rescue&b=typical&b.wins=7&world.host_function=nowhere"
    found = opened(query)
    assert found.setting.sides[-1] == Side("typical").move("wins", 7)
    assert not found.setting.world_changed
    opened("a=typical&a.as=rescue&world.host_function=nowhere")
    opened(f"a=file&a.file={packed('nonsense')}&world.host_function=nowhere")


def test_the_view_of_two_worlds_needs_two_sides() -> None:
    world = "world.churn_alpha=3&view=interaction"
    assert opened(f"a=typical&b=orchestrated&{world}").setting.interaction
    alone = opened(f"a=typical&{world}")
    assert not alone.setting.interaction
    assert alone.setting.assumptions == (("churn_alpha", "3"),)
    assert "needs two scenarios" in alone.messages[0]


def test_five_sides_are_one_too_many() -> None:
    query = "&".join(f"{letter}=typical&{letter}.wins={n}" for n, letter in enumerate("abcde"))
    found = opened(query)
    assert [dict(side.moved)["wins"] for side in found.setting.sides] == [0, 1, 2, 3]
    assert found.messages == (
        "“e” in the link means nothing here.",
        "“e.wins” in the link means nothing here.",
    )


def test_results_without_their_side_are_dropped() -> None:
    stamp = "r=1,2,3;4,5,6"
    both = opened(f"a=typical&b=orchestrated&{stamp}")
    assert both.stamp == ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
    assert opened(f"a=nobody&b=orchestrated&{stamp}").stamp == ()
    assert opened(f"a=typical&{stamp}").stamp == ()


def test_the_largest_file_fits_and_a_larger_one_does_not() -> None:
    head = OWN_FILE.format(30)
    line = "# " + "é" * 450 + "\n"  # lines have a limit of their own
    text = head + line * ((LARGEST_TEXT - len(head.encode())) // len(line.encode()))
    assert opened(f"a=file&a.file={packed(text)}") == Opened(Setting((Side(FILE, text),)))
    larger = text + line
    assert opened(f"a=file&a.file={packed(larger)}").messages
