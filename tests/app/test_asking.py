"""Questions of a tab: one at a time, in the background, cancelled, remembered, never in the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

import cxsim
from cxsim.app import asking
from cxsim.app.asking import Answers, Asked, Asker, Meter
from cxsim.app.questions.question import Question, Told, Work, key_of, worked_out
from cxsim.app.simulation import LOOKS, Simulator
from cxsim.app.vue import Plain
from cxsim.errors import CxsimError
from cxsim.results.variants import live_variants

from .test_simulation import WAIT, Gate, go_on, small, soon

MANY = 1500  # futures: some ten seconds, unless they are stopped


class Tab:
    """What a tab with an asker has been shown."""

    def __init__(self, simulator: Simulator, answers: Answers) -> None:
        self.shown: dict[str, Asked] = {}
        self.words: list[str] = []
        self.asker = Asker(self._take, simulator, answers)

    def _take(self, panel: str, asked: Asked) -> None:
        self.shown[panel] = asked
        self.words.append(asked.words)

    def told(self, panel: str = "x") -> Told | list[object] | None:
        plain = self.shown[panel].told
        return plain.data if plain else None

    def settled(self, panel: str = "x") -> Asked:
        assert soon(lambda: self.shown[panel].under_way is None)
        return self.shown[panel]


def question(work: Work, key: str = "one", panel: str = "x") -> Question:
    return Question(panel, key, {"a": 1}, work)


def living(key: str = "long", panel: str = "x", replicates: int = MANY) -> Question:
    """A question that lives many futures."""

    def analyse(**running: object) -> object:
        scenarios = [cxsim.load("typical")]
        return live_variants(
            scenarios,
            lambda one: one.outcome("adoption"),
            replicates,
            **running,  # type: ignore[arg-type]
        )

    return question(worked_out(analyse, lambda found: {"mean": float(found[0].mean())}), key, panel)


def waiting(gate: threading.Event, told: Told) -> Work:
    """Work that ends when a gate opens, or when it is cancelled."""

    def work(_: Callable[[int, int], None], cancelled: Callable[[], bool]) -> Told | None:
        while not gate.wait(0.01):
            if cancelled():
                return None
        return told

    return work


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    one = Simulator()
    yield one
    one.close()


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def tab(simulator: Simulator, answers: Answers) -> Iterator[Tab]:
    one = Tab(simulator, answers)
    yield one
    one.asker.close()


# --- the way of a question -----------------------------------------------------------------------


def test_an_answer_comes_and_is_remembered_for_all(
    tab: Tab, simulator: Simulator, answers: Answers
) -> None:
    asked = living(replicates=6)
    tab.asker.ask(asked)
    assert tab.shown["x"].under_way is asked
    settled = tab.settled()
    assert (settled.answered, settled.problem) == (asked, "")
    own = cxsim.simulate(cxsim.load("typical"), 6)
    assert own is not None
    assert tab.told() == {"mean": pytest.approx(float(own.outcome("adoption").mean()))}

    def never(*_: object) -> Told:
        raise AssertionError("worked out twice")

    other = Tab(simulator, answers)
    other.asker.ask(question(never, key=asked.key))
    assert other.told() == tab.told()
    other.asker.close()


def test_a_newer_question_ends_the_older(tab: Tab, simulator: Simulator) -> None:
    tab.asker.ask(living(panel="y"))
    assert soon(lambda: simulator.busy == 1)
    tab.asker.ask(question(lambda *_: {"b": 2}))
    assert tab.settled("y").problem == asking.OVERTAKEN
    tab.settled()
    assert tab.told() == {"b": 2}
    assert soon(lambda: simulator.busy == 0)


def test_a_question_asked_twice_is_worked_out_once(tab: Tab, simulator: Simulator) -> None:
    gate, begun = threading.Event(), []

    def work(*running: Callable[..., object]) -> Told | None:
        begun.append(1)
        return waiting(gate, {"a": 1})(*running)  # type: ignore[arg-type]

    for _ in range(2):
        tab.asker.ask(question(work))
        assert soon(lambda: simulator.busy == 1)
    gate.set()
    tab.settled()
    assert begun == [1]


def test_a_cancelled_question_stops_soon_and_keeps_the_old_answer(
    tab: Tab, simulator: Simulator
) -> None:
    tab.asker.ask(question(lambda *_: {"old": True}))
    tab.settled()
    tab.asker.ask(living())
    assert soon(lambda: simulator.busy == 1)
    begun = time.monotonic()
    tab.asker.cancel()
    now = tab.shown["x"]
    assert (now.under_way, now.problem) == (None, "")
    assert tab.told() == {"old": True}
    assert soon(lambda: simulator.busy == 0)
    assert time.monotonic() - begun < 5


def test_a_closed_tab_ends_its_question(tab: Tab, simulator: Simulator) -> None:
    tab.asker.ask(living())
    assert soon(lambda: simulator.busy == 1)
    tab.asker.close()
    assert soon(lambda: simulator.busy == 0)


def test_what_goes_wrong_is_said_and_the_next_question_works(tab: Tab) -> None:
    def refused(*_: object) -> Told:
        raise CxsimError("the week is too late")

    def broken(*_: object) -> Told:
        raise KeyError("nobody shall read this")

    for work, said in ((refused, "the week is too late"), (broken, asking.UNEXPECTED)):
        tab.asker.ask(question(work, key=said))
        assert tab.settled().problem == said
    tab.asker.refuse("x", "no such week")
    assert tab.shown["x"].problem == "no such week"
    tab.asker.ask(question(lambda *_: {"fine": 1}))
    assert tab.settled().problem == ""


# --- turns ---------------------------------------------------------------------------------------


def test_visitors_take_turns_and_an_answer_found_meanwhile_is_taken(
    tab: Tab, simulator: Simulator, answers: Answers
) -> None:
    gate, second = threading.Event(), Tab(simulator, answers)
    tab.asker.ask(question(waiting(gate, {"a": 1})))
    assert soon(lambda: simulator.busy == 1)
    second.asker.ask(question(waiting(threading.Event(), {}), key="one"))
    assert soon(lambda: asking.WAITING in second.words)
    assert simulator.busy == 1
    gate.set()
    second.settled()
    assert second.told() == {"a": 1}
    second.asker.close()


def test_a_question_gives_way_to_quick_looks_and_long_runs_go_beside_it(
    tab: Tab, simulator: Simulator
) -> None:
    tab.asker.ask(living())
    assert soon(lambda: tab.shown["x"].share > 0)
    assert simulator.run(small(), 4, 1, go_on) is not None  # the question goes on beside it
    assert tab.shown["x"].under_way is not None

    gate = Gate()
    look = threading.Thread(
        target=simulator.run, args=(small(), LOOKS[0], 1, gate), kwargs={"urgent": True}
    )
    look.start()
    assert gate.entered.wait(WAIT)
    time.sleep(3 * asking.TELL_EVERY)  # runs in hand come to their end, and that is told
    standing = tab.shown["x"].share
    time.sleep(2 * asking.TELL_EVERY)
    assert tab.shown["x"].share == standing
    gate.open()
    look.join(WAIT)
    assert soon(lambda: tab.shown["x"].share > standing)


# --- small parts ---------------------------------------------------------------------------------


def test_the_meter_never_goes_back_and_guesses_late() -> None:
    now = [100.0]
    meter = Meter(_clock=lambda: now[0])
    assert meter.words() == asking.WAITING
    meter.take(0, 1)
    now[0] += 1.0
    meter.take(10, 40)
    assert "left" not in meter.words()
    now[0] += 4.0
    assert meter.words() == "25 % done, about 15 s left"
    meter.take(10, 100)
    assert meter.share == 0.25
    meter.take(200, 100)
    assert meter.share == 1.0
    now[0] += 1000.0
    meter = Meter(begun=100.0, share=0.5, _clock=lambda: now[0])
    assert meter.words() == "50 % done, about 17 minutes left"


def test_the_answers_kept_are_bounded_and_the_oldest_goes_first() -> None:
    answers = Answers(most=2)
    for key in ("a", "b"):
        answers.keep(key, Plain({"key": key}))
    answers.find("a")
    answers.keep("c", Plain({}))
    assert [answers.find(key) is not None for key in "abc"] == [True, False, True]


def test_a_key_stands_for_what_changes_the_numbers() -> None:
    one, other = small(), small(charter=0.9)
    keys = {
        key_of("x", [one], 1, {"week": 3}),
        key_of("x", [one], 1, {"week": 4}),
        key_of("x", [one], 2, {"week": 3}),
        key_of("x", [other], 1, {"week": 3}),
        key_of("x", [one, other], 1, {"week": 3}),
        key_of("x", [other, one], 1, {"week": 3}),
        key_of("y", [one], 1, {"week": 3}),
    }
    assert len(keys) == 7
    renamed = one.with_name("another", "Another")
    assert key_of("x", [renamed], 1, {"week": 3}) in keys
