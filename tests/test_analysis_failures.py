"""Where it fails: a planted box is found and told in words; noise and absence are owned up to."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.study.analysis import where_it_fails
from cxsim.study.analysis.boxes import Limit, inside
from cxsim.study.batch import Study
from tests.planted import Settings, chance, lever, listed, plan, ran, unknown

FACTORS = (
    unknown("patience", 26, 156, title="The board's patience", unit="weeks"),
    lever("attribution", title="Attribution", unit="share"),
    *(lever(f"other_{n}") for n in range(4)),
)


def fails(settings: Settings) -> bool:
    return bool(settings["patience"] < 80.0 and settings["attribution"] < 0.5)


def planted(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    """The box, with one point in thirty the other way round."""
    drawn = chance(sorted(settings.items()))
    failed = fails(settings) != (drawn < 1.0 / 30.0)
    return {"adoption": 0.2 if failed else 0.8, "noise": drawn, "fine": 1.0}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    design = plan(
        *FACTORS,
        method="latin_hypercube",
        samples=300,
        outcomes=("adoption", "noise", "fine"),
    )
    return ran(design, planted, tmp_path_factory.mktemp("box"))


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_a_planted_box_is_found_and_told(study: Study, method: str) -> None:
    found = where_it_fails(study, "adoption < 0.5", method)
    assert len(found.boxes) == 1
    box = found.boxes[0]
    assert box.coverage >= 0.8
    assert box.density >= 0.8
    assert box.unseen >= 0.8
    limits = {limit.name: limit for limit in box.limits}
    assert set(limits) == {"patience", "attribution"}
    assert limits["patience"].high == pytest.approx(80.0, abs=4.0)
    assert limits["attribution"].high == pytest.approx(0.5, abs=0.03)
    for limit in limits.values():
        assert limit.low is None
        assert limit.p_high is not None
        assert limit.p_high < 1e-6
    patience, attribution = (limits[name].high for name in ("patience", "attribution"))
    first = found.sentences()[0]
    assert first.startswith("“adoption < 0.5” when ")
    assert f"“The board's patience” is under {patience:.3g} weeks" in first
    assert f"“Attribution” is under {attribution:.3g}" in first
    assert f"{100 * box.coverage:.0f} % of all failures" in first
    assert f"{100 * box.density:.0f} % of the points there fail" in first


def test_it_says_what_the_box_does_not_explain(study: Study) -> None:
    found = where_it_fails(study, "adoption < 0.5", "cart")
    table = study.points()
    failed = (table["adoption"] < 0.5).to_numpy()
    within = inside(found.boxes[0].limits, table)
    left = int(failed[~within].sum())
    assert found.unexplained == left > 0
    assert f"{left} failures are not explained" in found.sentence()
    assert f"Over all it is {failed.sum()} of 300 points" in found.sentence()
    frame = found.frame()
    assert set(frame["title"]) == {"The board's patience", "Attribution"}
    assert found.boxes[0].failures == failed[within].sum()
    assert "quasi-p-value" in found.table()
    limits, points, rivals = found.figure().axes
    assert len(limits.get_yticks()) == 3
    assert {points.get_xlabel(), points.get_title(loc="left")} == set(frame["title"])
    assert rivals.get_xlabel().startswith("coverage")


@pytest.mark.parametrize("method", ["prim", "cart"])
def test_noise_has_no_box(study: Study, method: str) -> None:
    found = where_it_fails(study, "noise < 0.3", method)
    assert found.boxes == ()
    assert "no box of limits on the 6 factors does better than that" in found.sentence()
    assert found.frame().empty
    assert found.figure().axes == []


def test_nothing_or_all_failing_is_told(study: Study) -> None:
    none = where_it_fails(study, "fine < 0.5")
    assert "holds at none of the 300 points" in none.sentence()
    every = where_it_fails(study, "fine > 0.5 or adoption < 0.5")
    assert "holds at every one of the 300 points" in every.sentence()


def two_ways(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    """Fails without a budget in the plain kind of programme, and with much turnover in the bold."""
    kind = settings["kind"]
    poor = kind == "plain" and settings["budget"] < 0.5
    if settings["budget"] > 0.99:
        raise ArithmeticError("it went broke")
    return {"y": float(poor or (kind == "bold" and settings["turnover"] > 0.6))}


def test_texts_limit_boxes_and_a_second_way_to_fail_has_its_own(tmp_path: Path) -> None:
    factors = (listed("kind", "plain", "bold", "calm"), lever("budget"), unknown("turnover"))
    study = ran(plan(*factors, method="latin_hypercube", samples=150), two_ways, tmp_path)
    for method in ("prim", "cart"):
        found = where_it_fails(study, lambda points: points["y"] > 0.5, method)
        kept = {limit.kept for box in found.boxes for limit in box.limits if limit.kept}
        assert kept == {("plain",), ("bold",)}
        assert sum(box.coverage for box in found.boxes) > 0.9
        assert "“Kind” is bold" in found.sentence()
        lost = int((study.points()["error"] != "").sum())
        assert found.left_out == lost > 0
        assert f"{lost} points are left out" in found.sentence()
        found.figure()


def test_limits_let_in_what_they_say() -> None:
    import pandas as pd

    values = pd.Series([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(Limit("x", 2.0).inside(values), [False, True, True])
    np.testing.assert_array_equal(Limit("x", 1.5, 2.5).inside(values), [False, True, False])
    assert Limit("x", 1.0, 2.0).without("low") == Limit("x", None, 2.0)
    assert Limit("x", kept=("a",)).without("kept").open


def test_conditions_that_cannot_be_read_are_refused(study: Study, tmp_path: Path) -> None:
    rare = "noise < 0.005"
    refusals: list[tuple[Any, str]] = [
        ("adoption", 'the text "adoption" cannot be read'),
        ("adoption < half", "cannot be read"),
        ("adoption < 0.5 and noise < 1 or fine > 2", '"and" and "or" in one condition'),
        ("adopton < 0.5", "'adopton' is not in this study, did you mean 'adoption'"),
        (3, "is wanted, not 3"),
        (lambda points: points["adoption"], "true or false for each row"),
        (rare, r"condition: only \d failures among 300 points; at least 10"),
    ]
    for condition, message in refusals:
        with pytest.raises(CxsimError, match=message):
            where_it_fails(study, condition)
    with pytest.raises(CxsimError, match="did you mean 'prim'"):
        where_it_fails(study, "adoption < 0.5", "prym")
    few = ran(
        plan(*FACTORS, method="latin_hypercube", samples=20, outcomes=("adoption",)),
        lambda settings, seed, replicate: {"adoption": 1.0},
        tmp_path,
    )
    with pytest.raises(CxsimError, match="20 points with a result; at least 50"):
        where_it_fails(few, "adoption < 0.5")


def test_without_the_extra_it_says_how_to_get_it(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.import_module

    def absent(name: str, package: str | None = None) -> Any:
        if name.startswith("ema_workbench"):
            raise ModuleNotFoundError("No module named 'ema_workbench'")
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(CxsimError, match=r"pip install 'cxsim\[analysis\]'"):
        where_it_fails(study, "adoption < 0.5")
