"""Mysteries: numbers, the count, and who else it might have been."""

from __future__ import annotations

from collections import Counter
from random import Random
from types import SimpleNamespace

import numpy as np
import pytest

from cxsim.app.library import names
from cxsim.app.mystery import (
    FIRST,
    LAST,
    SEEDS,
    Tally,
    next_number,
    read_number,
    runner_up,
    secret,
    suspects,
)
from cxsim.explain.signature import FailureMode, Signature
from cxsim.signs import Sign


def test_a_number_stands_for_the_same_case_everywhere() -> None:
    three = ("one", "two", "three")
    assert secret(4711, three) == secret(4711, three)
    # fixed, so that a number on a trainer's slide keeps its meaning
    assert [(secret(n, three).name, secret(n, three).seed) for n in (1000, 4711)] == [
        ("three", 710),
        ("one", 507),
    ]


def test_numbers_reach_every_mode_and_many_seeds() -> None:
    cases = [secret(number) for number in range(FIRST, LAST + 1)]
    counts = Counter(case.name for case in cases)
    assert set(counts) == set(names())
    assert max(counts.values()) < 2 * min(counts.values())
    assert all(1 <= case.seed <= SEEDS for case in cases)
    assert len({case.seed for case in cases}) > 0.9 * SEEDS


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("4711", 4711),
        ("1000", 1000),
        ("9999", 9999),
        ("999", None),
        ("10000", None),
        ("1", None),
        ("", None),
        (None, None),
        ("-4711", None),
        ("47.11", None),
        ("٤٧١١", None),
        ("9" * 5000, None),
    ],
)
def test_numbers_in_links(text: str | None, number: int | None) -> None:
    assert read_number(text) == number


def test_the_next_mystery_is_a_new_one_as_long_as_there_are_any() -> None:
    chance = Random(5)
    met: set[str] = set()
    for _ in names():
        met.add(secret(next_number(met, chance)).name)
    assert met == set(names())
    assert FIRST <= next_number(met, chance) <= LAST


def test_the_count_takes_the_first_outcome_of_each_number() -> None:
    tally = Tally()
    assert tally.words == ""
    tally = tally.with_outcome(4711, False).with_outcome(4711, True).with_outcome(1234, True)
    assert tally.words == "1 of 2 found"
    assert tally.met() == {secret(4711).name, secret(1234).name}


def mode(name: str, count: int) -> FailureMode:
    signs = tuple(Sign(f"{name} sign {i}", "mean(adoption)", above=0.1) for i in range(count))
    return FailureMode(name.upper(), name, f"Title of {name}", signs)


def test_suspects_are_ordered_by_the_signs_that_show() -> None:
    modes = (mode("a", 2), mode("b", 1), mode("c", 2))
    shows = (
        np.array([[True, False], [True, False]]),  # half of its signs
        np.array([[True], [True]]),  # all
        np.array([[True, True], [True, False]]),  # three quarters
    )
    run = Signature(SimpleNamespace(), 1, modes, shows, (), np.zeros((2, 0), bool))  # type: ignore[arg-type]
    found = suspects(run)
    assert [(one.name, one.share) for one in found] == [("b", 1.0), ("c", 0.75), ("a", 0.5)]
    assert found[1].signs == (("c sign 0", 2), ("c sign 1", 1))
    best, second = runner_up(found, "c"), runner_up(found, "b")
    assert best is not None
    assert second is not None
    assert (best.name, second.name) == ("b", "c")
    assert runner_up(found[:1], "b") is None
