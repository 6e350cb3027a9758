"""Signatures: which failure mode a run looks like, by the rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.explain.signature import NONE, FailureMode, failure_modes, shown, signature
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.signs import Sign
from tests.measured import Known

YES = Sign("it runs", "mean(employees)", above=0.0)
NO = Sign("nobody is there", "mean(employees)", below=0.0)
TOO_LONG = Sign("later", "mean(adoption, 500)", above=-1.0)
NO_EVENT = Sign("the price", 'event_week("price_rise")', above=-1.0)
NOBODY = Sign("nobody", 'mean(adoption["stables"])', above=-1.0)


def mode(number: int, *signs: Sign) -> FailureMode:
    return FailureMode(f"FM{number:02}", f"fm{number:02}_x", f"The {number}. way", signs)


@pytest.fixture(scope="module")
def ensemble() -> Ensemble:
    small = Scenario(
        "small",
        "Small",
        weeks=12,
        organisation={"employees": 40},
        market={"customers": 100},
        signs=(YES, NO),
    )
    made = simulate(small, 5)
    assert made is not None
    return made


def looks(ensemble: Ensemble, *modes: FailureMode) -> str:
    (found,) = set(signature(ensemble, modes).looks_like.tolist())
    return str(found)


def test_all_signs_of_a_mode_are_wanted(ensemble: Ensemble) -> None:
    assert looks(ensemble, mode(2, YES, YES, YES, YES, NO), mode(3, YES, YES)) == "FM03"
    assert looks(ensemble, mode(1, YES, YES, YES, NO), mode(2, NO)) == NONE


def test_of_several_complete_modes_that_with_the_most_signs_wins(ensemble: Ensemble) -> None:
    assert looks(ensemble, mode(1, YES, YES), mode(2, YES, YES, YES)) == "FM02"


def test_of_equal_numbers_the_first_wins(ensemble: Ensemble) -> None:
    assert looks(ensemble, mode(1, YES, YES), mode(2, YES, YES)) == "FM01"


def test_the_nearest_modes_are_those_with_the_greatest_share_of_signs(ensemble: Ensemble) -> None:
    modes = (mode(1, NO), mode(2, YES, YES, YES, NO), mode(3, YES, NO), mode(4, NO, NO))
    assert signature(ensemble, modes).nearest(2) == {"FM02": 0.75, "FM03": 0.5}


def test_without_modes_a_run_looks_like_none(ensemble: Ensemble) -> None:
    assert looks(ensemble) == NONE


@pytest.mark.parametrize("sign", [TOO_LONG, NO_EVENT, NOBODY])
def test_a_sign_that_a_run_cannot_tell_is_not_shown(ensemble: Ensemble, sign: Sign) -> None:
    with pytest.raises(CxsimError):
        sign.holds(ensemble)
    assert shown((YES, sign), ensemble).tolist() == [[True, False]] * 5


def test_each_future_is_told_by_itself() -> None:
    known: Any = Known()  # adoption ends at .5 in the first future and at .4 in the second
    high = Sign("high", "last(adoption)", above=0.45)
    low = Sign("low", "last(adoption)", below=0.45)
    known.scenario = replace_story(known)
    found = signature(known, (mode(1, high), mode(2, low)))
    assert found.looks_like.tolist() == ["FM01", "FM02"]
    assert found.shares() == {"FM01": 0.5, "FM02": 0.5}
    np.testing.assert_array_equal(found.scores, [[1.0, 0.0], [0.0, 1.0]])
    assert found.frame()["looks_like"].tolist() == ["FM01", "FM02"]
    assert found.frame()["FM02"].tolist() == [0.0, 1.0]


def replace_story(known: Any) -> Any:
    """Return the story of known numbers as a scenario without signs."""
    known.seed = 1
    story = known.scenario
    story.signs, story.mode = (), None
    return story


def test_own_signs_are_counted_with_and_without_a_diagnosis(ensemble: Ensemble) -> None:
    found = signature(ensemble, (mode(1, NO),))
    assert found.own == (YES, NO)
    assert found.own_shows.mean(axis=0).tolist() == [1.0, 0.0]
    assert found.all_own == 0.0
    assert found.share(NONE) == 1.0
    assert "100 %  it runs" in found.own_table()
    assert found.table() == " 100 %  none of them"


def test_a_rescue_is_held_against_the_signs_of_what_it_was_rescued_from(
    ensemble: Ensemble,
) -> None:
    scenario = replace(ensemble.scenario, mode="FM07", signs=())
    rescued = Ensemble(scenario, ensemble.seed, ensemble.record)
    assert signature(rescued, (mode(6, NO), mode(7, YES))).own == (YES,)
    assert signature(rescued, (mode(6, NO),)).own == ()


def test_an_unknown_mode_is_refused(ensemble: Ensemble) -> None:
    with pytest.raises(CxsimError, match="FM99: no failure mode with signs"):
        signature(ensemble).share("FM99")


def test_all_31_modes_have_two_to_five_signs_and_are_in_order() -> None:
    assert [one.mode for one in failure_modes()] == [f"FM{n:02}" for n in range(1, 32)]
    assert {2 <= len(one.signs) <= 5 for one in failure_modes()} == {True}


def test_signs_look_at_results_and_not_at_levers() -> None:
    measures = [sign.measure for one in failure_modes() for sign in one.signs]
    assert [text for text in measures if "lever(" in text] == []
