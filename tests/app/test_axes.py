"""Axes have round ends and stay put."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxsim.app.axes import Scale, around, hold, nice_step

values = st.floats(-1e9, 1e9)


@given(values, values)
def test_an_axis_holds_its_data_with_few_labels(low: float, high: float) -> None:
    low, high = min(low, high), max(low, high)
    assume(high - low > 1e-6 or high == low)
    scale = around(low, high)
    slack = 1e-9 * max(1.0, abs(low), abs(high))
    assert scale.low <= low + slack
    assert high <= scale.high + slack
    assert scale.low < scale.high
    assert (scale.high - scale.low) / scale.step < 7


@pytest.mark.parametrize(("span", "step"), [(100, 25), (80, 20), (0.4, 0.1), (7, 2), (2e6, 5e5)])
def test_steps_are_round(span: float, step: float) -> None:
    assert nice_step(span) == pytest.approx(step)


def test_an_axis_stays_while_the_data_fit_and_grows_when_they_do_not() -> None:
    first = hold(None, 0, 20)
    assert hold(first, 5, 10) == first
    grown = hold(first, 0, 90)
    assert grown.high >= 90
    assert hold(grown, 0, 20) == grown


def test_no_data_still_give_an_axis() -> None:
    assert around(math.nan, math.nan) == Scale(0.0, 1.0, 0.25)
