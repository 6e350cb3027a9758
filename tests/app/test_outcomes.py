"""The words under an outcome say no more than the numbers do."""

from __future__ import annotations

import dataclasses
import math

import pytest

from cxsim.app.components.outcomes import difference, verdict
from cxsim.explain.compare import ComparisonRow

NAN = math.nan
ROW = ComparisonRow(
    name="adoption",
    label="Adoption",
    unit="share",
    text_a="150 of 300",
    text_b="180 of 300",
    median_a=0.5,
    median_b=0.6,
    difference=0.1,
    standard_error=0.01,
    low=0.08,
    high=0.12,
    unpaired_error=0.02,
    correlation=0.8,
    pairs=100,
    share_a_better=0.07,
    share_b_better=0.93,
    better="b",
    text_difference="+10.0 points",
    text_interval="+8.0 to +12.0",
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "B beats A in 93 of 100 futures"),
        (
            {"better": "a", "share_a_better": 0.8, "share_b_better": 0.1},
            "A beats B in 80 of 100 futures",
        ),
        (
            {"better": "a", "share_a_better": 0.06, "share_b_better": 0.0},
            "A better in 6, B in 0 of 100 futures",
        ),
        (
            {"better": None, "share_a_better": 0.48, "share_b_better": 0.5},
            "No clear difference: A better in 48, B in 50 of 100 futures",
        ),
        (
            {"better": None, "share_a_better": 0.0, "share_b_better": 0.0},
            "The same in every future",
        ),
        ({"better": None, "share_a_better": NAN, "share_b_better": NAN}, "Not computed"),
    ],
)
def test_the_verdict_is_plain(changes: dict[str, object], words: str) -> None:
    assert verdict(dataclasses.replace(ROW, **changes), 100) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "B minus A on average: +10.0 points (95 % interval +8.0 to +12.0)"),
        ({"low": NAN, "high": NAN}, "B minus A on average: +10.0 points"),
        (
            {"low": NAN, "pairs": 9},
            "B minus A on average: +10.0 points, over the 9 futures in which both do",
        ),
        ({"difference": NAN, "low": NAN}, "It does not happen on both sides in the same future"),
    ],
)
def test_the_difference_comes_with_its_interval(changes: dict[str, float], words: str) -> None:
    assert difference(dataclasses.replace(ROW, **changes), ROW.pairs) == words  # type: ignore[arg-type]
