"""What the page on failure modes is told, and what it is not told before it may know."""

from __future__ import annotations

import json

import numpy as np
import pytest

import cxsim
from cxsim.app.failure_runs import Case, CaseShown, Sparks, run_case
from cxsim.app.failure_view import (
    NOT_YET,
    SKIPPED,
    SYMPTOMS,
    Answer,
    Asked,
    aftermath,
    answered,
    cards_shown,
    head,
    prediction,
    riddle,
)
from cxsim.app.library import names
from cxsim.app.mystery import Secret, secret
from cxsim.app.prediction import handles

NUMBER = 4711


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    """A case as it grows: the failure alone, then with its rescue and suspects."""
    found: list[Case] = []
    told: list[tuple[int, int]] = []
    run_case(
        secret(NUMBER),
        found.append,
        lambda done, total: told.append((done, total)),
        lambda: False,
        with_suspects=True,
    )
    assert told[-1][0] == told[-1][1]
    return found


def shown(case: Case) -> CaseShown:
    return CaseShown(case.secret, case)


def test_a_case_grows(cases: list[Case]) -> None:
    first, whole = cases
    assert first.rescued is None
    assert first.suspects == ()
    assert whole.rescued is not None
    assert whole.rescued.scenario.name == f"{secret(NUMBER).name}_rescued"
    assert {one.name for one in whole.suspects} == set(names())


def test_a_case_that_nobody_waits_for_is_dropped() -> None:
    found: list[Case] = []
    run_case(Secret(names()[0], 987), found.append, lambda *_: None, lambda: True)
    assert found == []


def test_the_real_curve_stays_here_until_there_is_an_answer(cases: list[Case]) -> None:
    case = cases[-1]
    wish = case.secret
    meta, numbers = prediction(wish, CaseShown(wish, done=20, total=400), NOT_YET)
    assert (meta["ready"], meta["done"], meta["total"]) == (False, 20, 400)
    meta, numbers = prediction(wish, shown(case), NOT_YET)
    assert (meta["ready"], meta["revealed"], numbers) == (True, False, b"")
    median = 100 * np.median(case.failing.series("adoption"), axis=0)
    assert meta["start"] == round(median[0], 1)
    assert str(round(median[-1], 1)) not in json.dumps(meta)
    meta, numbers = prediction(wish, shown(case), SKIPPED)
    assert meta["revealed"]
    assert meta["result"] is None
    sent = np.frombuffer(numbers, "<f4").reshape(5, -1)
    np.testing.assert_allclose(sent[2], median, rtol=1e-6)


def test_a_perfect_drawing_scores_high(cases: list[Case]) -> None:
    case = cases[-1]
    median = 100 * np.median(case.failing.series("adoption"), axis=0)
    answer = answered([float(median[week]) for week in handles(case.failing.weeks)], 156)
    meta, _ = prediction(case.secret, shown(case), answer)
    assert meta["result"]["points"] > 90
    far, _ = prediction(case.secret, shown(case), Answer(True, (100.0,) * 13))
    assert far["result"]["points"] < 10


@pytest.mark.parametrize(
    "points",
    [None, "abcdefghijklm", [1.0] * 12, ["1"] * 13, [float("nan")] * 13, {"a": 1}, [None] * 13],
)
def test_what_is_no_curve_is_no_answer(points: object) -> None:
    assert answered(points, 156) == SKIPPED


def test_curves_are_clamped() -> None:
    assert answered([-5, 300, *[50] * 11], 156).points == (0.0, 100.0, *[50.0] * 11)


def test_a_mystery_does_not_give_itself_away(cases: list[Case]) -> None:
    scenario = cases[-1].failing.scenario
    meta, numbers = riddle(NUMBER, shown(cases[-1]), Asked())
    assert [chart["name"] for chart in meta["charts"]] == list(SYMPTOMS)
    assert numbers
    sent = json.dumps(meta).lower()
    parts = [
        scenario.name,
        scenario.title,
        scenario.mode,
        scenario.hash,
        *scenario.story.split("."),
    ]
    parts += [event.note for event in scenario.events] + [sign.says for sign in scenario.signs]
    assert scenario.events  # otherwise its notes were not put to the test
    for part in parts:
        words = (part or "").strip().lower()
        assert not words or words not in sent, part


def test_hints_come_one_by_one(cases: list[Case]) -> None:
    signs = cases[-1].failing.scenario.signs
    asked = Asked()
    for count in range(len(signs) + 2):
        meta, _ = riddle(NUMBER, shown(cases[-1]), asked)
        told = min(count, len(signs))
        assert meta["hints"] == [sign.says for sign in signs[:told]]
        assert meta["left"] == len(signs) - told
        asked = asked.hinted()


def test_a_guess_is_answered_with_what_gave_it_away(cases: list[Case]) -> None:
    name = secret(NUMBER).name
    wrong = next(other for other in names() if other != name)
    best = next(one for one in cases[-1].suspects if one.name != name)
    for guess, right, labels in (
        (name, True, ["The runner-up by its signs"]),
        ("", False, ["The runner-up by its signs"]),
        (wrong, False, ["Your guess", "The runner-up by its signs"]),
        (best.name, False, ["Your guess, and the runner-up by its signs"]),
    ):
        meta, _ = riddle(NUMBER, shown(cases[-1]), Asked().guessed(guess))
        answer = meta["answer"]
        assert (answer["right"], answer["gave_up"]) == (right, guess == "")
        assert [other["label"] for other in answer["others"]] == labels
        assert answer["others"][-1]["title"] == best.title
        assert [sign["says"] for sign in answer["signs"]] == meta["hints"]


def test_only_the_first_guess_counts_and_hints_end_with_it() -> None:
    asked = Asked().hinted().guessed("a").guessed("b").hinted()
    assert asked == Asked(hints=1, guess="a")


def test_the_debrief_waits_for_the_rescue(cases: list[Case]) -> None:
    assert aftermath(shown(cases[0])) == ({}, b"")
    meta, numbers = aftermath(shown(cases[-1]))
    wish = cases[-1].secret
    assert numbers
    assert meta["watch"] == f"watch?scenario={wish.name}&seed={wish.seed}"
    assert meta["compare"] == f"compare?a={wish.name}&b=orchestrated&seed={wish.seed}"


def test_neighbours_go_round() -> None:
    first, last = names()[0], names()[-1]
    assert head(cxsim.load(first), 1)["before"]["query"] == f"?mode={last}&seed=1"
    assert head(cxsim.load(last), 3)["after"]["query"] == f"?mode={first}&seed=3"


def test_cards_can_be_searched_by_story_and_title() -> None:
    card = next(card for card in cards_shown() if card["name"] == "fm06_survey_lady")
    for word in ("fm06", "survey lady", "warehouse"):
        assert word in card["words"]
    assert card["themes"] == ["Leadership alignment"]


def test_sparks_are_simulated_once() -> None:
    sparks = Sparks()
    seen: list[dict[str, list[int]]] = []
    sparks.draw(seen.append, lambda: len(seen) >= 2)
    assert [len(one) for one in seen][:2] == [1, 2]
    assert "orchestrated" in seen[0]
    before = sparks.known()
    sparks.draw(seen.append, lambda: True)
    assert sparks.known() == before
