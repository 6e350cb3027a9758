"""Scores and hints of drawn curves, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxsim.app.prediction import Score, curve, handles, hints, score, shape, waves


def band(median: list[float], half: float) -> np.ndarray:
    middle = np.array(median, float)
    return np.stack([middle - half, middle - half / 2, middle, middle + half / 2, middle + half])


def test_handles_stand_every_quarter_and_at_the_end() -> None:
    assert handles(156) == (0, 13, 26, 39, 52, 65, 78, 91, 104, 117, 130, 143, 155)
    assert handles(27) == (0, 13, 26)
    assert handles(10) == (0, 9)


def test_a_curve_is_straight_between_its_handles() -> None:
    drawn = curve([0.0, 26.0, 0.0], 27)
    np.testing.assert_allclose(drawn[[0, 1, 13, 14, 26]], [0, 2, 26, 24, 0])


@pytest.mark.parametrize(
    ("drawn", "half", "expected"),
    [
        # week 0 never counts; four weeks do
        ([0, 20, 20, 20, 20], 2.0, Score(100, 0.0, 4, 4)),
        ([99, 20, 20, 20, 20], 2.0, Score(100, 0.0, 4, 4)),
        # 5 points off everywhere: 70 * (1 - 5 / 25) = 56, nothing for the band
        ([0, 25, 25, 25, 25], 2.0, Score(56, 5.0, 0, 4)),
        # the same within a wider band, whose edge counts as inside: 56 + 30
        ([0, 25, 15, 25, 15], 5.0, Score(86, 5.0, 4, 4)),
        # 10 points off in two of four weeks: 70 * (1 - 5 / 25) + 30 / 2
        ([0, 20, 20, 30, 30], 5.0, Score(71, 5.0, 2, 4)),
        # as far off as can be told
        ([0, 80, 80, 80, 80], 5.0, Score(0, 60.0, 0, 4)),
    ],
)
def test_scores_worked_out_by_hand(drawn: list[float], half: float, expected: Score) -> None:
    assert score(np.array(drawn, float), band([10, 20, 20, 20, 20], half)) == expected


def test_the_words_add_up_to_the_score() -> None:
    words = Score(71, 5.0, 2, 4).words
    assert "5.0 percentage points" in words
    assert "56 of 70" in words
    assert "2 of 4 weeks" in words
    assert "15 of 30" in words


@given(
    st.lists(st.floats(0, 100), min_size=13, max_size=13),
    st.lists(st.floats(0, 100), min_size=13, max_size=13),
)
def test_any_drawing_gets_a_score_and_words(drawn: list[float], real: list[float]) -> None:
    quantiles = band([float(value) for value in curve(real, 156)], 4.0)
    found = score(curve(drawn, 156), quantiles)
    assert 0 <= found.points <= 100
    assert found.verdict
    assert 1 <= len(hints(curve(drawn, 156), quantiles[2])) <= 3


def ramp(*corners: tuple[int, float], weeks: int = 156) -> np.ndarray:
    at, values = zip(*corners, strict=True)
    return np.interp(np.arange(weeks), at, values)


RISE = ramp((0, 5), (100, 60), (155, 60))
FLAT = ramp((0, 5), (155, 6))
HUMP = ramp((0, 5), (50, 45), (155, 10))
LATE_HUMP = ramp((0, 5), (90, 45), (155, 10))
SAW = ramp((0, 5), (30, 30), (50, 10), (80, 30), (100, 10), (130, 30), (155, 20))


def test_shapes() -> None:
    assert shape(HUMP).peak_week == 50
    assert shape(HUMP).falls
    assert not shape(RISE).falls
    assert shape(RISE).half_way == 50
    assert shape(FLAT).half_way is None
    assert [waves(one) for one in (RISE, FLAT, HUMP, SAW)] == [0, 0, 1, 3]
    low = ramp((0, 6), (78, 17), (104, 13), (130, 25), (155, 18))
    assert waves(low) == 2
    assert waves(low / 2) == 1  # a fall of two points is none


@pytest.mark.parametrize(
    ("drawn", "real", "hint"),
    [
        (LATE_HUMP, HUMP, "You expected the peak 40 weeks too late."),
        (HUMP, LATE_HUMP, "You expected the peak 40 weeks too early."),
        (RISE, HUMP, "You did not expect the fall: it peaks in week 50 and comes down."),
        (HUMP, RISE, "You expected a peak and a fall; it does not come down again."),
        (HUMP, SAW, "It goes up and comes down 3 times; you drew one rise and fall."),
        (RISE, SAW, "It goes up and comes down 3 times; you drew no fall."),
        (SAW, HUMP, "You expected 3 ups and downs; there is one."),
        (FLAT, RISE, "You expected no rise; it climbs to 60 %."),
        (RISE, FLAT, "You expected a rise; it hardly leaves the ground."),
        (RISE, FLAT, "It ends at 6 %; you were 54 points too high."),
        (FLAT, RISE, "It ends at 60 %; you were 54 points too low."),
    ],
)
def test_hints_say_what_was_missed(drawn: np.ndarray, real: np.ndarray, hint: str) -> None:
    assert hint in hints(drawn, real)


def test_a_good_drawing_gets_no_complaint() -> None:
    assert hints(HUMP + 1.0, HUMP) == [
        "You had its shape: peak, pace and end are about where you drew them."
    ]
