"""Reality checks told one by one, remembered, and stopped when nobody wants them any more."""

from __future__ import annotations

import pytest

import cxsim
from cxsim.app import checking
from cxsim.app.checking import Checked, Memory, check_all, rows, settings_of, time_left
from cxsim.errors import CxsimError
from cxsim.explain.checks import reality_checks
from cxsim.explain.reality import Overlay

FEW = reality_checks()[:3]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only three checks of four futures, which is quick."""
    monkeypatch.setattr(checking, "reality_checks", lambda: FEW)
    monkeypatch.setattr(checking, "FUTURES", 4)


def never() -> bool:
    return False


@pytest.mark.usefixtures("few")
def test_each_verdict_is_published_as_it_comes_and_is_that_of_the_library() -> None:
    told: list[Checked] = []
    check_all("typical", told.append, never, Memory())
    assert [len(one.verdicts) for one in told] == [0, 1, 2, 3]
    assert [one.busy for one in told] == [True, True, True, False]
    assert told[0].seconds_left is None
    assert all(one.seconds_left is not None for one in told[1:])
    report = cxsim.check(cxsim.load("typical"), 4, checking.SEED, only=tuple(c.id for c in FEW))
    assert report is not None
    assert [str(one) for one in told[-1].verdicts] == [str(one) for one in report.verdicts]


@pytest.mark.usefixtures("few")
def test_what_is_known_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    check_all("typical", lambda _: None, never, memory)
    monkeypatch.setattr(checking.cxsim, "check", None)
    told: list[Checked] = []
    check_all("typical", told.append, never, memory)
    assert [(len(one.verdicts), one.busy) for one in told] == [(3, False)]


@pytest.mark.usefixtures("few")
def test_a_memory_forgets_the_oldest_first() -> None:
    memory = Memory(kept=2)
    check_all("typical", lambda _: None, never, memory)
    scenario = cxsim.load("typical")
    assert [memory.recall(scenario, one) is not None for one in FEW] == [False, True, True]


@pytest.mark.usefixtures("few")
def test_a_stopped_check_publishes_nothing_more() -> None:
    told: list[Checked] = []
    check_all("typical", told.append, lambda: len(told) > 1, Memory())
    assert [len(one.verdicts) for one in told] == [0, 1]


@pytest.mark.usefixtures("few")
def test_who_waits_for_a_turn_gives_up_when_told() -> None:
    told: list[Checked] = []
    with checking._TURN:
        check_all("typical", told.append, lambda: True, Memory())
    assert len(told) == 1
    assert checking._TURN.acquire(blocking=False)
    checking._TURN.release()


def test_an_unknown_scenario_is_told() -> None:
    with pytest.raises(CxsimError, match="typicl"):
        check_all("typicl", lambda _: None, never, Memory())


def test_every_check_has_a_row_before_any_is_made() -> None:
    told = rows(())
    assert [row["id"] for row in told] == [one.id for one in reality_checks()]
    assert {row["verdict"] for row in told} == {""}
    assert all(row["says"] and row["expected"] for row in told)
    changed = {one.id for one in reality_checks() if one.change is not None}
    assert {row["id"] for row in told if row["changed"]} == changed
    text = " ".join(row["given"] + row["changed"] for row in told)
    assert not set("_{}<>[]") & set(text)


def test_an_overlay_reads_as_words() -> None:
    event = {"week": 40, "shock": {"price_rise": 0.33}}
    overlay = Overlay({"data_access": 0.5, "holdouts": []}, (event,), False, False)
    assert settings_of(overlay) == (
        "no programme; no shocks from outside; data access 0.5; holdouts none; "
        "in week 40: price rise 0.33"
    )


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0.4, "a second left"), (12.4, "12 seconds left"), (190.0, "3 minutes left")],
)
def test_time_left_in_words(seconds: float | None, words: str) -> None:
    assert time_left(seconds) == words


def test_progress_is_plain_data_for_the_page() -> None:
    told = Checked("typical", seconds_left=20.0).progress
    assert told["left"] == "20 seconds left"
    assert told["total"] == len(reality_checks())
    assert told["command"] == "cxsim check typical"
    stopped = checking.failure("typical", "no").progress
    assert (stopped["busy"], stopped["problem"], stopped["left"]) == (False, "no", "")
