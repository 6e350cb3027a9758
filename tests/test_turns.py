"""Turning points: marks passed with hysteresis, told together and in time; quick moves."""

from __future__ import annotations

import numpy as np

from cxsim.explain.turns import Turn, levels, passings, swings


def test_levels_hold_on_until_the_value_is_well_below_the_mark() -> None:
    values = np.array([[0.0, 12.0, 9.0, 7.0, 25.0, 18.0, 16.0]]).T
    assert levels(values, (10.0, 20.0), 2.0).ravel().tolist() == [0, 1, 1, 0, 2, 2, 1]


def test_what_waits_is_told_when_it_still_holds() -> None:
    values = np.array([[0, 5, 5, 5, 5, 5, 5], [0, 0, 5, 0, 0, 0, 0], [0, 0, 5, 5, 5, 5, 5]]).T
    found = passings(values.astype(float), (4.0,), 1.0, 3)
    assert found == [Turn(1, 0, True, (0,)), Turn(4, 0, True, (2,))]


def test_columns_that_pass_the_same_mark_are_told_together() -> None:
    values = np.array([[0, 5, 5], [0, 5, 5], [5, 5, 0]], float).T
    assert passings(values, (4.0,), 1.0, 1) == [
        Turn(1, 0, True, (0, 1)),
        Turn(2, 0, False, (2,)),
    ]


def test_a_mark_passed_anew_is_told_as_such_or_not_at_all() -> None:
    values = np.array([[0, 5, 0, 5, 0]], float).T
    both = passings(values, (4.0,), 1.0, 1)
    assert [(one.week, one.rising, one.again) for one in both] == [
        (1, True, False), (2, False, False), (3, True, True), (4, False, False),
    ]  # fmt: skip
    assert [one.week for one in passings(values, (4.0,), 1.0, 1, (True, False))] == [1, 3]
    assert [one.week for one in passings(values, (4.0,), 1.0, 1, (True, False), True)] == [1]
    assert [one.week for one in passings(values, (4.0,), 1.0, 1, (False, True))] == [2, 4]


def test_numbers_that_waver_around_a_mark_are_told_once() -> None:
    values = (50.0 + 3.0 * (-1.0) ** np.arange(200))[:, None]
    values[0] = 40.0
    assert len(passings(values, (50.0,), 4.0, 1)) == 1


def test_a_quick_move_is_told_once_a_window() -> None:
    values = np.stack([np.arange(30) * 2.0, np.arange(30) * -2.0], axis=1)
    found = swings(values, 10.0, 8, 8)
    assert [(one.week, one.rising, one.members) for one in found] == [
        (8, True, (0,)), (16, True, (0,)), (24, True, (0,)),
    ]  # fmt: skip
    assert swings(values, 10.0, 8, 8, (False, True))[0] == Turn(8, 0, False, (1,))
    assert swings(values, 16.0, 8, 8) == []
