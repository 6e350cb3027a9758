"""The simulator behind the pages: it remembers, gives way, stops, and never holds too much."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest

import cxsim
from cxsim.app.simulation import LOOKS, REPLICATES, SIMULATOR, Simulator, warm_up
from cxsim.results import Ensemble
from cxsim.scenario import Scenario

WAIT = 30  # s; longer than anything here takes
MANY = 1500  # futures: some ten seconds, unless they are stopped


def go_on() -> bool:
    return False


def stop() -> bool:
    return True


def small(**levers: float) -> Scenario:
    company = {"organisation": {"employees": 30}, "market": {"customers": 50}}
    return Scenario("small", "Small", levers, weeks=8, **company)  # type: ignore[arg-type]


def large() -> Scenario:
    """One future of it takes some milliseconds."""
    return cxsim.load("typical")


class Gate:
    """A `stop` that holds the run that asks it until somebody opens."""

    def __init__(self) -> None:
        self.entered, self._open = threading.Event(), threading.Event()

    def __call__(self) -> bool:
        self.entered.set()
        assert self._open.wait(WAIT)
        return False

    def open(self) -> None:
        self._open.set()


def soon(true: Callable[[], bool]) -> bool:
    """Whether something comes true."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    one = Simulator()
    yield one
    one.close()


# --- memory --------------------------------------------------------------------------------------


def test_the_same_question_is_answered_from_memory(simulator: Simulator) -> None:
    first = simulator.run(small(), 3, 1, go_on)
    again = simulator.run(small(), 3, 1, stop)  # nothing runs, so nothing can be stopped
    assert first is not None
    assert again is not None
    assert again.record is first.record
    assert simulator.run(small(), 3, 2, stop) is None
    assert simulator.run(small(), 4, 1, stop) is None
    assert simulator.run(small(charter=0.9), 3, 1, stop) is None


def test_the_numbers_are_the_models_own(simulator: Simulator) -> None:
    own = cxsim.simulate(small(), 3, seed=5)
    made = simulator.run(small(), 3, 5, go_on)
    assert own is not None
    assert made is not None
    assert np.array_equal(made.record.company, own.record.company)


def test_a_remembered_result_bears_the_name_of_whoever_asks(simulator: Simulator) -> None:
    simulator.run(small(), 3, 1, go_on)
    other = simulator.recall(small().with_name("other", "Another"), 3, 1)
    assert other is not None
    assert (other.scenario.name, other.scenario.title) == ("other", "Another")


def test_memory_is_bounded_and_the_oldest_goes_first() -> None:
    made = cxsim.simulate(small(), 3)
    assert made is not None
    simulator = Simulator(kept_bytes=2 * made.nbytes)
    for seed in (1, 2):
        simulator.run(small(), 3, seed, go_on)
    simulator.recall(small(), 3, 1)
    simulator.run(small(), 3, 3, go_on)
    assert [simulator.knows(small(), 3, seed) for seed in (1, 2, 3)] == [True, False, True]


def test_a_result_larger_than_the_room_is_kept_alone() -> None:
    simulator = Simulator(kept_bytes=1)
    for seed in (1, 2):
        simulator.run(small(), 3, seed, go_on)
    assert [simulator.knows(small(), 3, seed) for seed in (1, 2)] == [False, True]


def test_the_default_room_holds_several_comparisons() -> None:
    made = cxsim.simulate(large(), 4)
    assert made is not None
    assert SIMULATOR._kept_bytes > 8 * made.nbytes * REPLICATES / 4


def test_quick_looks_and_stopped_runs_are_not_kept(simulator: Simulator) -> None:
    assert simulator.run(small(), LOOKS[0], 1, go_on, urgent=True) is not None
    assert simulator.run(small(), 50, 1, stop) is None
    assert not simulator.knows(small(), LOOKS[0], 1)
    assert not simulator.knows(small(), 50, 1)
    assert simulator.busy == 0


def test_progress_is_told(simulator: Simulator) -> None:
    told: list[tuple[int, int]] = []
    simulator.run(small(), 6, 1, go_on, progress=lambda done, total: told.append((done, total)))
    done, total = told[-1]
    assert done == total >= 6
    assert told == sorted(told)


# --- turns ---------------------------------------------------------------------------------------


def test_a_quick_look_overtakes_a_long_run(simulator: Simulator) -> None:
    done: list[int] = []
    finished = threading.Event()

    def told(count: int, _: int) -> None:
        done.append(count)

    with ThreadPoolExecutor() as pool:
        long = pool.submit(simulator.run, large(), MANY, 1, finished.is_set, progress=told)
        assert soon(lambda: len(done) > 2)
        gate = Gate()
        look = pool.submit(simulator.run, small(), LOOKS[0], 1, gate, urgent=True)
        assert gate.entered.wait(WAIT)
        time.sleep(0.3)  # futures in hand come to their end
        standing = len(done)
        time.sleep(0.5)
        assert len(done) == standing
        gate.open()
        assert look.result(WAIT) is not None
        assert soon(lambda: len(done) > standing)
        finished.set()
        assert long.result(WAIT) is None


def test_a_long_run_that_gives_way_can_still_be_stopped(simulator: Simulator) -> None:
    finished, gate = threading.Event(), Gate()
    with ThreadPoolExecutor() as pool:
        long = pool.submit(simulator.run, large(), MANY, 1, finished.is_set)
        assert soon(lambda: simulator.busy == 1)
        look = pool.submit(simulator.run, small(), LOOKS[0], 1, gate, urgent=True)
        assert gate.entered.wait(WAIT)
        finished.set()
        assert long.result(WAIT) is None
        gate.open()
        assert look.result(WAIT) is not None


def test_one_quick_look_and_one_long_run_at_a_time(simulator: Simulator) -> None:
    gates = [Gate(), Gate()]
    finished = threading.Event()
    with ThreadPoolExecutor() as pool:
        looks = [
            pool.submit(simulator.run, small(), LOOKS[0], seed, gate, urgent=True)
            for seed, gate in enumerate(gates)
        ]
        assert soon(lambda: any(gate.entered.is_set() for gate in gates))
        time.sleep(0.2)
        assert sum(gate.entered.is_set() for gate in gates) == 1
        for gate in gates:
            gate.open()
        assert all(look.result(WAIT) for look in looks)
        longs: list[Future[Ensemble | None]] = [
            pool.submit(simulator.run, large(), MANY, seed, finished.is_set) for seed in (1, 2)
        ]
        assert soon(lambda: simulator.busy == 1)
        time.sleep(0.2)
        assert simulator.busy == 1
        finished.set()
        assert [long.result(WAIT) for long in longs] == [None, None]
    assert simulator.busy == 0


def test_whoever_waits_for_a_turn_can_give_up(simulator: Simulator) -> None:
    finished = threading.Event()
    with ThreadPoolExecutor() as pool:
        long = pool.submit(simulator.run, large(), MANY, 1, finished.is_set)
        assert soon(lambda: simulator.busy == 1)
        assert simulator.run(small(), 2, 1, stop) is None
        finished.set()
        long.result(WAIT)
    assert simulator.run(small(), 2, 1, go_on) is not None


# --- the end -------------------------------------------------------------------------------------


def test_closing_ends_what_runs_and_what_waits() -> None:
    simulator = Simulator()
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(simulator.run, large(), MANY, seed, go_on) for seed in (1, 2)]
        assert soon(lambda: simulator.busy == 1)
        simulator.close(WAIT)
        assert simulator.busy == 0
        assert [run.result(WAIT) for run in runs] == [None, None]


def test_nothing_begins_after_closing() -> None:
    simulator = Simulator()
    simulator.close()
    asked: list[int] = []

    def never() -> bool:
        asked.append(1)
        return False

    assert simulator.run(small(), 3, 1, never) is None
    assert simulator.run(small(), LOOKS[0], 1, never, urgent=True) is None
    assert asked == []


def test_closing_loses_patience_with_a_run_that_does_not_ask() -> None:
    simulator, gate = Simulator(), Gate()
    with ThreadPoolExecutor() as pool:
        run = pool.submit(simulator.run, small(), LOOKS[0], 1, gate, urgent=True)
        assert gate.entered.wait(WAIT)
        begun = time.monotonic()
        simulator.close(patience=0.2)
        assert 0.1 < time.monotonic() - begun < WAIT / 2
        gate.open()
        assert run.result(WAIT) is None


def test_a_failure_is_not_taken_for_the_end(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(cxsim, "simulate", broken)
    with pytest.raises(RuntimeError):
        simulator.run(small(), 2, 1, go_on)
    assert simulator.busy == 0


def test_warming_up_leaves_nothing_behind() -> None:
    warm_up()
    assert SIMULATOR.busy == 0
