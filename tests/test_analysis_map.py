"""Where it tips: a known line is found within its band, on a grid and between scattered points."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.study.analysis import policy_map
from cxsim.study.analysis.tipping import crossings
from cxsim.study.batch import Study
from tests.planted import Settings, chance, lever, listed, plan, ran, unknown

# It tips where spend = 1.1 - plan, and below .1 of plan nowhere in 0..1.
STEEPNESS, SUM = 15.0, 1.1


def tipping(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    luck = 0.1 * (chance("luck", replicate) - 0.5)  # the same at every point
    odds = 1.0 / (1.0 + math.exp(-STEEPNESS * (settings["plan"] + settings["spend"] - SUM)))
    held = chance(sorted(settings.items()), replicate) < odds + luck
    return {"self_sustaining": float(held), "adoption": odds, "never": 0.0}


LEVERS = (lever("plan", title="A plan"), lever("spend", title="Spending"))
KEPT = ("self_sustaining", "adoption", "never")
DESIGNS: dict[str, dict[str, Any]] = {
    "grid": {"method": "factorial", "samples": 9, "replicates": 16},
    "scattered": {"method": "sobol_sequence", "samples": 128, "replicates": 8},
}


@pytest.fixture(scope="module", params=list(DESIGNS))
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    design = plan(*LEVERS, **DESIGNS[request.param], outcomes=KEPT)
    return ran(design, tipping, tmp_path_factory.mktemp(request.param))


def test_a_known_line_is_found_within_its_band(study: Study) -> None:
    found = policy_map(study, "plan", "spend")
    assert found.level == 0.5
    assert found.rising
    wide, missed = [], 0
    for x in np.arange(0.25, 0.91, 0.05):
        tip = found.tips_at(float(x))
        assert tip.value == pytest.approx(SUM - x, abs=0.1)
        missed += not tip.low <= SUM - x <= tip.high
        wide.append(min(1.0, tip.high) - max(0.0, tip.low))
    assert missed <= 2, "of 14 places, at each of which it is 95 %"
    assert 0.02 < np.mean(wide) < 0.3
    assert found.tips_at(0.0).value == math.inf
    assert found.surface[0, 0] < 0.05 < 0.95 < found.surface[-1, -1]
    assert found.chance[0, 0] == 0.0
    assert found.chance[-1, -1] == 1.0


def test_it_says_in_words_where_it_tips(study: Study) -> None:
    found = policy_map(study, "plan", "spend")
    first, *told, last = found.sentences()
    assert first == "It tips where “Sustains itself” passes 50 %."
    tip = found.tips_at(0.5)
    assert told[1] == (
        f"With “A plan” at 0.5 it tips at “Spending” of {tip.value:.3g} "
        f"({tip.low:.3g} to {tip.high:.3g})."
    )
    assert last.startswith("Below “A plan” of 0.")
    assert last.endswith("nothing on this map tips it.")
    assert "above the range" in found.table()
    assert list(found.line()["plan"])[-1] == 1.0
    assert set(found.frame()) == {"plan", "spend", "self_sustaining", "chance"}


def test_the_figure_has_the_line_and_its_band(study: Study) -> None:
    found = policy_map(study, "plan", "spend")
    axes = found.figure().axes[0]
    *_, low, high, line = (each.get_ydata() for each in axes.lines)
    drawn = np.isfinite(np.asarray(line, float))
    assert drawn.sum() == sum(math.isfinite(tip.value) for tip in found.tips)
    assert (np.asarray(low)[drawn] <= np.asarray(line)[drawn]).all()
    assert (np.asarray(high)[drawn] >= np.asarray(line)[drawn]).all()


def test_a_line_needs_a_level_and_may_be_nowhere(study: Study) -> None:
    plain = policy_map(study, "plan", "spend", "adoption")
    assert plain.tips == ()
    assert plain.sentence().startswith("On this map “Adoption” goes from ")
    assert len(plain.figure().axes[0].lines) == 1, "the points alone"
    with pytest.raises(CxsimError, match="level: none is given for 'adoption'"):
        plain.tips_at(0.5)
    third = policy_map(study, "plan", "spend", "adoption", level=0.3)
    here = SUM + math.log(0.3 / 0.7) / STEEPNESS
    assert third.tips_at(0.6).value == pytest.approx(here - 0.6, abs=0.03)
    nowhere = policy_map(study, "plan", "spend", level=2.0)
    assert nowhere.sentence().startswith("Nothing tips on this map")
    assert nowhere.sentence().endswith("everywhere below 200 %.")
    with pytest.raises(CxsimError, match=r"^level: adoption: 40 where a share from 0 to 1 is want"):
        policy_map(study, "plan", "spend", "adoption", level=40.0)


def test_what_falls_is_read_from_above_and_other_factors_are_averaged_over(tmp_path: Path) -> None:
    def falls(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
        return {"y": 1.0 + 2.0 * settings["x"] - settings["load"] + settings["noise"]}

    factors = (listed("x", 1, 2, 3, 4), lever("load", -4.0, 12.0), unknown("noise", -0.5, 0.5))
    study = ran(plan(*factors, method="sobol_sequence", samples=64), falls, tmp_path)
    found = policy_map(study, "x", "load", "y", level=0.0)
    assert not found.rising
    for x in (1.0, 2.5, 4.0):
        tip = found.tips_at(x)
        assert tip.low <= 1.0 + 2.0 * x <= tip.high
    assert "With “X” at 3 it tips at “Load” of 7" in found.sentence()


def test_crossings_beyond_the_map_are_infinite_on_the_side_where_they_are() -> None:
    ys = np.array([0.0, 1.0, 2.0])
    surface = np.array([[0.0, 5.0, 0.0], [2.0, 6.0, 0.0], [4.0, 7.0, 0.5]])
    np.testing.assert_allclose(crossings(surface, ys, 1.0, rising=True), [0.5, -np.inf, np.inf])
    upside_down = crossings(surface[::-1], ys, 1.0, rising=False)
    np.testing.assert_allclose(upside_down, [1.5, np.inf, -np.inf])


def test_a_map_that_cannot_be_drawn_is_refused_in_words(study: Study, tmp_path: Path) -> None:
    def anything(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
        return {"y": settings["a"] + (settings["b"] == "bold")}

    flat = plan(listed("a", 1, 2), listed("b", "plain", "bold"), method="factorial")
    small = ran(flat, anything, tmp_path / "small")
    diagonal = [{"plan": n / 9, "spend": n / 9} for n in range(10)]
    line = ran(
        plan(*LEVERS, method="table", rows=tuple(diagonal), outcomes=KEPT), tipping, tmp_path / "l"
    )
    refusals: list[tuple[Any, str]] = [
        (lambda: policy_map(study, "plan", "plan"), "'plan' is x as well"),
        (lambda: policy_map(study, "plan", "spent"), "y: 'spent' does not vary.*mean 'spend'"),
        (lambda: policy_map(study, "plan", "spend", "adopton"), "did you mean 'adoption'"),
        (lambda: policy_map(study, "plan", "spend", "never"), "'never' is 0 in every run"),
        (lambda: policy_map(small, "a", "b", "y"), "y: 'b' has no numbers"),
        (lambda: policy_map(line, "plan", "spend", "adoption"), "all points lie on one line"),
    ]
    for ask, message in refusals:
        with pytest.raises(CxsimError, match=message):
            ask()
    three = plan(listed("a", 1, 2), lever("b"), method="factorial", samples=3)
    with pytest.raises(CxsimError, match="x: only 2 different values"):
        policy_map(ran(three, anything, tmp_path / "two"), "a", "b", "y")
