"""Undo and redo."""

from __future__ import annotations

from cxsim.app.history import DEEPEST, History


def test_back_and_forth() -> None:
    history = History("a").change("b").change("c")
    assert history.before == "b"
    back = history.undo()
    assert (back.present, back.undo().present) == ("b", "a")
    assert back.redo() == history
    assert back.undo().redo().redo() == history


def test_at_the_ends_nothing_happens() -> None:
    history = History("a")
    assert history.undo() == history
    assert history.redo() == history
    assert history.before is None
    assert history.change("a") == history


def test_a_new_change_drops_what_was_undone() -> None:
    history = History("a").change("b").undo().change("c")
    assert history.redo().present == "c"
    assert history.undo().present == "a"


def test_a_drag_is_one_step() -> None:
    history = History(0)
    for value in range(1, 20):
        history = history.change(value, "slider")
    assert history.present == 19
    assert history.undo().present == 0
    assert history.undo().redo().present == 19


def test_two_drags_of_one_slider_are_two_steps() -> None:
    history = History(0).change(1, "slider").change(2, "slider").settle()
    history = history.change(3, "slider").change(4, "slider")
    assert history.undo().present == 2
    assert history.undo().undo().present == 0


def test_drags_of_two_sliders_are_two_steps() -> None:
    history = History(0).change(1, "one").change(2, "other").change(3, "other")
    assert history.undo().present == 1
    assert history.undo().undo().present == 0


def test_a_drag_after_an_undo_is_a_step_of_its_own() -> None:
    history = History(0).change(1, "slider").undo().change(5, "slider").change(6, "slider")
    assert history.undo().present == 0


def test_the_past_has_an_end() -> None:
    history = History(0)
    for value in range(1, 3 * DEEPEST):
        history = history.change(value)
    assert len(history.past) == DEEPEST
    for _ in range(3 * DEEPEST):
        history = history.undo()
    assert history.present == 2 * DEEPEST - 1
    assert len(history.future) == DEEPEST
