"""What is robust: regret and the rest worked out by hand for three policies in four futures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.study.analysis import robust
from cxsim.study.batch import Study
from cxsim.study.design import Design
from tests.planted import Settings, lever, listed, plan, ran, unknown

# Policy -> adoption in the futures 0, 1, 2 and 3. The best in each: .9, .6, .5, .5.
BY_HAND = {
    "bold": (0.9, 0.6, 0.2, 0.1),
    "steady": (0.6, 0.5, 0.5, 0.4),
    "shy": (0.5, 0.5, 0.4, 0.5),
}


def table(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    """The two replicates of a point lie as far above as below."""
    value = BY_HAND[settings["policy"]][settings["future"]]
    return {"adoption": value + (0.05 if replicate else -0.05), "own": 10.0 * value}


def three_by_four(**more: Any) -> Design:
    factors = (
        listed("policy", *BY_HAND, title="Policy"),
        listed("future", 0, 1, 2, 3, role="uncertainty"),
    )
    usual: dict[str, Any] = {"replicates": 2, "outcomes": ("adoption", "own")}
    return plan(*factors, **{"method": "factorial", **usual, **more})


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return ran(three_by_four(), table, tmp_path_factory.mktemp("hand"))


def test_every_measure_is_that_worked_out_by_hand(study: Study) -> None:
    found = robust(study, "adoption", threshold=0.5)
    frame = found.frame().set_index("label")
    by_hand = {  # regret: bold 0 0 .3 .4; steady .3 .1 0 .1; shy .4 .1 .1 0
        "regret_max": (0.4, 0.3, 0.4),
        "regret_90": (0.37, 0.24, 0.31),
        "regret_mean": (0.175, 0.125, 0.15),
        "satisficing": (0.5, 0.75, 0.75),
        "mean": (0.45, 0.5, 0.475),
        "worst_tenth": (0.1, 0.4, 0.4),
    }
    for name, values in by_hand.items():
        assert list(frame[name]) == pytest.approx(list(values)), name
    assert list(frame.index) == ["Policy bold", "Policy steady", "Policy shy"]
    assert found.futures == 4


def test_each_measure_names_the_policies_it_prefers(study: Study) -> None:
    found = robust(study, "adoption", threshold=0.5)
    preferred = {name: [p.settings["policy"] for p in found.preferred(name)] for name in
                 found.measures}  # fmt: skip
    assert preferred == {
        "regret_max": ["steady"],
        "regret_90": ["steady"],
        "regret_mean": ["steady"],
        "satisficing": ["steady", "shy"],
        "mean": ["steady"],
        "worst_tenth": ["steady", "shy"],
    }
    told = found.sentence()
    assert told.startswith("3 policies in the same 4 futures, by “Adoption”.")
    assert "has the smallest regret in the future where it is worst placed (30 points" in told
    assert "“Policy steady” or “Policy shy” meets the threshold in most futures (75 %)" in told
    assert "40 %*" in found.table()
    with pytest.raises(CxsimError, match="measure: 'luck' is none of regret_max"):
        found.preferred("luck")
    assert "satisficing" not in robust(study, "adoption").frame()


def test_less_may_be_better(study: Study) -> None:
    with pytest.raises(CxsimError, match="say better='high' or better='low'"):
        robust(study, "own")
    found = robust(study, "own", threshold=5.0, better="low")
    frame = found.frame().set_index("label")
    # Now the least counts: 5, 5, 2, 1 are the best, and the worst tenth is the highest.
    assert list(frame["regret_max"]) == pytest.approx([4.0, 3.0, 4.0])
    assert list(frame["satisficing"]) == pytest.approx([0.5, 0.75, 1.0])
    assert list(frame["worst_tenth"]) == pytest.approx([9.0, 6.0, 5.0])
    assert [p.label for p in found.preferred("mean")] == ["Policy bold"]
    assert [p.label for p in found.preferred("worst_tenth")] == ["Policy shy"]


def test_without_uncertainties_the_luck_is_what_differs(tmp_path: Path) -> None:
    def lucky(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
        return {"net_value": -1e6 * settings["spend"] * (replicate - 1.5)}

    design = plan(listed("spend", 1, 2), method="factorial", replicates=4, outcomes=("net_value",))
    found = robust(ran(design, lucky, tmp_path), "net_value")
    assert found.of_luck
    assert found.sentence().startswith("2 policies in the same 4 futures that differ in luck")
    # 1.5, .5, -.5, -1.5 million and twice that.
    regrets = {policy.label: policy.regret_max for policy in found.policies}
    assert regrets == {"Spend 1": pytest.approx(1.5e6), "Spend 2": pytest.approx(1.5e6)}
    assert "is best in its worst tenth of the futures (-$1.5 million)" in found.sentence()


def test_futures_that_lack_a_policy_are_left_out_for_all(tmp_path: Path) -> None:
    def broken(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
        if settings == {"policy": "shy", "future": 3}:
            raise ArithmeticError("no such luck")
        return table(settings, seed, replicate)

    found = robust(ran(three_by_four(), broken, tmp_path), "adoption")
    assert (found.futures, found.left_out) == (3, 1)
    assert list(found.frame()["mean"]) == pytest.approx([1.7 / 3, 1.6 / 3, 1.4 / 3])
    assert "1 future is left out" in found.sentence()


def test_sampled_futures_are_the_same_for_every_policy(tmp_path: Path) -> None:
    factors = (listed("spend", 0.2, 0.8), listed("kind", "a", "b"), unknown("demand"))
    design = plan(*factors, method="sobol_sequence", samples=16, outcomes=("adoption",))

    def well(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
        return {"adoption": settings["demand"] * settings["spend"] + (settings["kind"] == "b")}

    found_in = ran(design, well, tmp_path)
    found = robust(found_in, "adoption")
    assert found.futures == 16
    best = found.preferred("regret_max")
    assert [policy.settings for policy in best] == [{"spend": 0.8, "kind": "b"}]
    assert found.sentence().count("“Spend 0.8, Kind b”") == 1
    assert "Whatever one asks for, the answer is the same." in found.sentence()
    assert "all are equal" not in found.sentence()
    hopeless = robust(found_in, "adoption", threshold=9.0)
    assert "By satisficing all are equal: 0 %." in hopeless.sentence()


def test_the_figure_has_a_row_for_each_policy(study: Study) -> None:
    left, right = robust(study, "adoption", threshold=0.5).figure().axes
    labels = [label.get_text() for label in left.get_yticklabels()]
    assert labels == ["Policy steady", "Policy bold", "Policy shy"], "the least regret first"
    worst = [
        float(np.asarray(line.get_xdata())[0]) for line in right.lines if line.get_marker() == "x"
    ]
    assert worst == pytest.approx([0.3, 0.4, 0.4])


def test_policies_that_meet_other_futures_are_refused(tmp_path: Path) -> None:
    def plain(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
        return {"adoption": 0.5, "own": 0.5}

    sampled = plan(
        lever("spend"), unknown("demand"), method="latin_hypercube", samples=8,
        outcomes=("adoption",),
    )  # fmt: skip
    one = three_by_four(method="table", rows=({"policy": "shy", "future": 0},))
    nobody = plan(unknown("demand"), method="sobol_sequence", samples=8, outcomes=("adoption",))
    refusals: list[tuple[Design, str]] = [
        (sampled, r"its 8 policies do not meet the same futures \(“Spend .*lists of values"),
        (one, "it has one policy only"),
        (nobody, "nothing in it is decided"),
    ]
    for number, (design, message) in enumerate(refusals):
        study = ran(design, plain, tmp_path / str(number))
        with pytest.raises(CxsimError, match=message):
            robust(study, "adoption")
