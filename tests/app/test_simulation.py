"""The simulator behind the pages: it remembers, it stops, it never runs too much at once."""

from __future__ import annotations

import threading

import cxsim
from cxsim.app.simulation import Futures, Simulator, futures, look_then_settle
from cxsim.app.state import PREVIEW_REPLICATES, REPLICATES, Setting, Side, default_setting

NAMES = cxsim.bundled()


def go_on() -> bool:
    return False


def stop() -> bool:
    return True


def short(name: str) -> cxsim.Scenario:
    return cxsim.load(name).with_weeks(8)


def test_the_same_question_is_answered_from_memory() -> None:
    simulator = Simulator()
    first = simulator.run(short(NAMES[0]), 3, 1, go_on)
    assert simulator.run(short(NAMES[0]), 3, 1, go_on) is first
    assert simulator.run(short(NAMES[0]), 3, 2, go_on) is not first


def test_only_the_latest_results_are_kept() -> None:
    simulator = Simulator(kept=2)
    for seed in (1, 2, 3):
        simulator.run(short(NAMES[0]), 2, seed, go_on)
    assert [simulator.knows(short(NAMES[0]), 2, seed) for seed in (1, 2, 3)] == [False, True, True]


def test_a_stopped_run_gives_nothing_and_is_not_kept() -> None:
    simulator = Simulator()
    assert simulator.run(short(NAMES[0]), 50, 1, stop) is None
    assert not simulator.knows(short(NAMES[0]), 50, 1)


def test_whoever_waits_for_a_free_slot_can_still_give_up() -> None:
    simulator = Simulator(slots=1)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> bool:
        inside.set()
        return leave.wait(30)

    holder = threading.Thread(target=simulator.run, args=(short(NAMES[0]), 2, 1, hold))
    holder.start()
    assert inside.wait(30)
    assert simulator.run(short(NAMES[1]), 2, 1, stop) is None
    leave.set()
    holder.join(30)
    assert simulator.run(short(NAMES[1]), 2, 1, go_on) is not None


def test_a_quick_look_comes_before_the_answer() -> None:
    simulator, seen = Simulator(), list[Futures]()
    setting = default_setting(NAMES)
    look_then_settle(setting, seen.append, go_on, go_on, simulator)
    assert [one.replicates for one in seen] == [PREVIEW_REPLICATES, REPLICATES]
    assert [one.draft for one in seen] == [True, False]
    assert seen[0].revision != seen[1].revision
    look_then_settle(setting, seen.append, go_on, go_on, simulator)
    assert [one.replicates for one in seen[2:]] == [REPLICATES]


def test_a_newer_wish_stops_the_long_run_but_not_the_quick_look() -> None:
    seen = list[Futures]()
    look_then_settle(default_setting(NAMES), seen.append, stop, go_on, Simulator())
    assert [one.replicates for one in seen] == [PREVIEW_REPLICATES]


def test_nothing_is_shown_after_closing() -> None:
    seen = list[Futures]()
    look_then_settle(default_setting(NAMES), seen.append, stop, stop, Simulator())
    assert seen == []


def test_both_sides_meet_the_luck_of_the_seed() -> None:
    side = Side(NAMES[0])
    once, again, other = (
        futures(Setting(side, side.move("wins", 1), seed), 5, go_on, Simulator())
        for seed in (9, 9, 10)
    )
    assert once is not None
    assert again is not None
    assert other is not None
    assert once.a.seed == once.b.seed == 9
    adoption = [made.comparison.row("adoption") for made in (once, again, other)]
    assert adoption[0] == adoption[1]
    assert adoption[0] != adoption[2]
