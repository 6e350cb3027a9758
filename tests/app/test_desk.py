"""Between the visitor and the page's state: changes in, plain data out, honest notices."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

import cxsim
from cxsim.app import session
from cxsim.app.comparing import View
from cxsim.app.desk import described, notices, on_change, on_download, shared
from cxsim.app.history import History
from cxsim.app.link import LONGEST_LINK, Opened, from_query
from cxsim.app.state import FILE, Setting, Side, default_setting

from .strategies import NAMES

START = default_setting(NAMES)
STAMP = ((0.5, 0.1, -1.2e6), (0.75, 0.08, 2.5e6))


def view_of(setting: Setting = START, draft: bool = False) -> View:
    return View(setting, {"draft": draft}, b"", () if draft else STAMP)


# --- changes -------------------------------------------------------------------------------------


@pytest.fixture
def desk() -> Iterator[None]:
    """A visitor without a browser."""
    session.desk.set(session.Desk(History(START)))
    yield
    session.desk.set(session.Desk(History(START)))


def now() -> session.Desk:
    return session.desk.peek()


def drag(value: int, n: int, final: bool = False) -> dict[str, Any]:
    change = {"kind": "slider", "side": 0, "name": "wins", "value": value}
    return {**change, "n": n, "final": final}


@pytest.mark.usefixtures("desk")
def test_a_change_is_taken_and_acknowledged() -> None:
    on_change(drag(20, n=5, final=True))
    assert now().setting.sides[0] == START.sides[0].move("wins", 20)
    assert (now().seen, now().refusal) == (5, "")


@pytest.mark.usefixtures("desk")
def test_a_refused_change_leaves_all_as_it_was_and_says_why() -> None:
    on_change(drag(20, n=1, final=True))
    before = now().history
    on_change({"kind": "lever", "side": 0, "name": "charter", "text": "9", "n": 2})
    assert now().history == before
    assert now().seen == 2
    assert now().refusal == "Charter: 9 is out of range 0..1 (unit share)"
    on_change({"kind": "dismiss", "n": 3})
    assert (now().refusal, now().history) == ("", before)


@pytest.mark.usefixtures("desk")
def test_a_drag_is_one_step_to_undo() -> None:
    for n, value in enumerate((60, 50, 40), start=1):
        on_change(drag(value, n))
    on_change(drag(30, n=4, final=True))
    on_change(drag(20, n=5, final=True))
    on_change({"kind": "undo", "n": 6})
    assert dict(now().setting.sides[0].moved) == {"wins": 30}
    on_change({"kind": "undo", "n": 7})
    assert now().setting == START
    on_change({"kind": "redo", "n": 8})
    assert dict(now().setting.sides[0].moved) == {"wins": 30}


@pytest.mark.usefixtures("desk")
def test_a_replay_is_asked_for_once() -> None:
    on_change({"kind": "replay", "n": 1})
    assert now().replay == 1
    assert now().setting == START


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    "data", [None, 5, "x", [], {}, {"kind": []}, {"kind": "slider", "n": "x"}, {"n": None}]
)
def test_nonsense_from_the_browser_ends_in_a_sentence(data: object) -> None:
    on_change(data)
    assert now().setting == START
    assert now().refusal.startswith("The page ")


# --- what is shown -------------------------------------------------------------------------------


def test_a_setting_as_plain_data() -> None:
    setting = replace(
        START.with_side(0, Side("typical").move("wins", 12).set("charter", "0.3")),
        firm=(("employees", "80"),),
        assumptions=(("churn_alpha", "3"),),
    )
    data = described(setting)
    assert json.loads(json.dumps(data)) == data
    first, second = data["sides"]
    assert first["positions"]["wins"] == 12
    assert (first["moved"], first["pinned"], first["changed"]) == (["wins"], ["charter"], True)
    assert first["levers"]["charter"] == 0.3
    assert (second["moved"], second["pinned"], second["changed"]) == ([], [], False)
    assert data["firm"]["given"] == {"employees": "80"}
    assert data["firm"]["now"]["employees"] == 80
    assert data["world"]["values"]["churn_alpha"] == 3
    assert data["world"]["given"] == {"churn_alpha": "3"}
    assert data["world_changed"]


def test_events_are_shown_with_where_they_come_from() -> None:
    own = described(Setting((Side("fm06_survey_lady"),)))["sides"][0]
    assert own["own_events"]
    assert own["events"] == [event.as_table() for event in cxsim.load("fm06_survey_lady").events]
    none = described(Setting((Side("fm06_survey_lady", events=()),)))["sides"][0]
    assert (none["own_events"], none["events"]) == (False, [])


# --- notices -------------------------------------------------------------------------------------


def test_who_came_by_no_link_is_told_nothing() -> None:
    assert notices(START, None, view_of()) == []


def test_the_same_version_and_numbers_say_nothing() -> None:
    same = Opened(START, version=cxsim.__version__, stamp=STAMP)
    assert notices(START, same, view_of()) == []
    rounded = ((0.5004, 0.1, -1.2e6), STAMP[1])
    assert notices(START, replace(same, stamp=rounded), view_of()) == []


def test_what_was_wrong_with_a_link_comes_first() -> None:
    found = from_query("a=typical&a.wins=nan&v=0.0.9", NAMES)
    said = notices(found.setting, found, None)
    assert said[0].startswith("a.wins in the link")
    assert said[1].startswith("This link was made with cxsim 0.0.9")


def test_another_version_with_the_same_numbers() -> None:
    other = Opened(START, version="0.0.9", stamp=STAMP)
    here = f"this is cxsim {cxsim.__version__}"
    assert notices(START, other, None) == [f"This link was made with cxsim 0.0.9; {here}."]
    assert notices(START, other, view_of(draft=True)) == [
        f"This link was made with cxsim 0.0.9; {here}."
    ]
    assert notices(START, other, view_of()) == [
        f"This link was made with cxsim 0.0.9; {here}, and the numbers are the same."
    ]


def test_other_numbers_are_told_one_by_one() -> None:
    then = ((0.5, 0.12, -1.2e6), (0.75, 0.08, 2.0e6))
    (said,) = notices(START, Opened(START, version="0.0.9", stamp=then), view_of())
    assert said.startswith("Whoever made this link, with cxsim 0.0.9, saw other numbers.")
    assert ": 10 % instead of 12 %" in said
    assert "; B, " in said
    assert "2,500,000 USD instead of 2,000,000 USD" in said
    assert said.count("instead of") == 2
    (unknown,) = notices(START, Opened(START, stamp=then), view_of())
    assert "with cxsim (version unknown)" in unknown


def test_after_a_change_the_numbers_of_the_link_say_nothing() -> None:
    then = Opened(START, version=cxsim.__version__, stamp=((0.1, 0.1, 0.1),) * 2)
    changed = START.with_side(0, START.sides[0].move("wins", 1))
    assert notices(changed, then, view_of(changed)) == []


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e308"])
def test_strange_results_in_a_link_do_no_harm(number: str) -> None:
    found = from_query(f"a=typical&b=orchestrated&r={number},1,1;1,1,{number}", NAMES)
    assert all(
        isinstance(said, str) for said in notices(found.setting, found, view_of(found.setting))
    )


def test_uneven_horizons_are_told() -> None:
    short = Side(FILE, text='name = "mine"\ntitle = "Mine"\nweeks = 40\n')
    (said,) = notices(Setting((Side("typical"), short)), None, None)
    assert (
        said
        == "Scenario B ends after 40 weeks in its file; here it goes on to 156, like the longest."
    )


# --- handing out ---------------------------------------------------------------------------------


def test_link_and_command_of_a_settled_result() -> None:
    given = shared(START, view_of())
    path, _, query = given["path"].partition("?")
    assert path == "/compare"
    found = from_query(query, NAMES)
    assert found == Opened(START, version=cxsim.__version__, stamp=STAMP)
    assert given["command"].startswith("cxsim compare typical orchestrated ")
    assert given["ready"]
    assert not given["files_needed"]


@pytest.mark.parametrize("view", [None, view_of(draft=True), view_of(Setting((Side("typical"),)))])
def test_no_results_and_no_files_before_the_answer(view: View | None) -> None:
    given = shared(START, view)
    assert not given["ready"]
    assert from_query(given["path"].partition("?")[2], NAMES).stamp == ()


def test_scenario_files_are_offered_where_there_are_any() -> None:
    def offered(setting: Setting) -> bool:
        return "zip" in [one["name"] for one in shared(setting, None)["formats"]]

    assert not offered(START)
    assert offered(replace(START, firm=(("employees", "80"),)))
    assert offered(Setting((Side("typical").move("wins", 3),)))
    own = Side(FILE, text='name = "mine"\ntitle = "Mine"\nextends = "typical"\n')
    assert offered(Setting((own,)))
    assert shared(Setting((own,)), None)["files_needed"]


def test_what_does_not_fit_into_a_link_is_not_put_there() -> None:
    noise = "".join(f"# {hash((n, 'x')) % 10**16}\n" for n in range(3000))
    own = Side(FILE, text=f'name = "mine"\ntitle = "Mine"\nextends = "typical"\n{noise}')
    assert shared(Setting((own,)), None)["path"] == ""
    assert len(shared(START, None)["path"]) < LONGEST_LINK


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("data", [None, {}, {"format": []}, {"format": "exe"}])
def test_nonsense_makes_no_file(data: object) -> None:
    session.shown.set(session.Shown(view_of()))
    before = session.parcel.peek()
    on_download(data)
    assert session.parcel.peek() is before
    session.shown.set(session.Shown())
