"""From a setting to the page: a quick look, then the answer, and both right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import cxsim
from cxsim.app.comparing import (
    MEDIAN,
    STAMPED,
    Comparer,
    View,
    lanes,
    revision,
)
from cxsim.app.simulation import LOOKS, REPLICATES, Simulator
from cxsim.app.state import Setting, Side, scenario_of
from cxsim.errors import CxsimError
from cxsim.series import SERIES, SIX

SMALL = (("employees", "30"), ("customers", "60"))  # a company that is quickly simulated
SETTING = Setting((Side("typical"), Side("orchestrated")), firm=SMALL)
WEEK = 100
LATE = {"week": WEEK, "set": {"communication": 1.0, "embedding": 1.0}}


def go_on() -> bool:
    return False


def stop() -> bool:
    return True


@pytest.fixture(scope="module")
def simulator() -> Simulator:
    return Simulator()


@pytest.fixture
def comparer(simulator: Simulator) -> Comparer:
    return Comparer(simulator)


def shown(
    comparer: Comparer,
    setting: Setting = SETTING,
    newer: Callable[[], bool] = go_on,
    closed: Callable[[], bool] = go_on,
) -> list[View]:
    """What the page is given for a setting, in order."""
    seen: list[View] = []

    def publish(view: View, settled: bool) -> None:
        assert settled is not view.meta["draft"]
        seen.append(view)

    comparer.work(setting, publish, newer, closed)
    return seen


def drawn(view: View, name: str) -> np.ndarray:
    """The numbers of a chart as the browser reads them: [line, level, week]."""
    chart = next(chart for chart in view.meta["charts"] if chart["name"] == name)
    shape = (chart["count"], chart["levels"], chart["weeks"])
    flat = np.frombuffer(view.payload, "<f4", int(np.prod(shape)), 4 * chart["offset"])
    return flat.reshape(shape)


def by_the_model(setting: Setting, name: str) -> np.ndarray:
    """The same, from the model itself."""
    made = [
        cxsim.simulate(scenario_of(side, setting), REPLICATES, setting.seed)
        for side in setting.sides
    ]
    return np.array([SERIES[name].shown(one.quantiles(name)) for one in made if one is not None])


def test_a_quick_look_then_the_answer(comparer: Comparer) -> None:
    look, second, answer = shown(comparer, replace(SETTING, seed=77))
    assert [one.meta["draft"] for one in (look, second, answer)] == [True, True, False]
    assert look.meta["revision"].endswith(f"-{LOOKS[0]}")
    assert second.meta["revision"].endswith(f"-{LOOKS[1]}")
    assert answer.meta["revision"].endswith(f"-{REPLICATES}")
    assert look.stamp == ()
    assert "verdicts" not in look.meta
    assert [chart["name"] for chart in answer.meta["charts"]] == list(SIX)
    assert [line["name"] for line in answer.meta["lines"]] == [
        cxsim.load(side.scenario).title for side in SETTING.sides
    ]


def test_the_answer_is_the_models_own(comparer: Comparer) -> None:
    answer = shown(comparer)[-1]
    for name in ("adoption", "churn_yearly", "net_value"):
        assert drawn(answer, name) == pytest.approx(by_the_model(SETTING, name), rel=1e-6)


def test_what_is_known_needs_no_look(comparer: Comparer) -> None:
    shown(comparer)
    again = shown(comparer)
    assert [view.meta["draft"] for view in again] == [False]


def test_an_unknown_side_is_looked_at_beside_the_known(comparer: Comparer) -> None:
    answer = shown(comparer)[-1]
    changed = SETTING.with_side(1, Side("orchestrated").move("wins", 31))
    (view,) = shown(comparer, changed, newer=stop)
    assert (drawn(view, "adoption")[0] == drawn(answer, "adoption")[0]).all()
    assert (drawn(view, "adoption")[1] != drawn(answer, "adoption")[1]).any()


def test_a_look_moves_the_line_by_the_change_alone(comparer: Comparer) -> None:
    early = SETTING.with_side(0, replace(Side("typical"), events=()))
    answer = shown(comparer, early)[-1]
    late = SETTING.with_side(0, replace(Side("typical"), events=(LATE,)))
    (look,) = shown(comparer, late, newer=stop)
    assert look.meta["draft"]
    before, after = drawn(answer, "adoption")[0], drawn(look, "adoption")[0]
    assert after[:, :WEEK] == pytest.approx(before[:, :WEEK], abs=1e-4)
    assert after[MEDIAN, WEEK + 20 :].mean() > before[MEDIAN, WEEK + 20 :].mean()
    # and it comes close to what a hundred futures say
    full = by_the_model(late, "adoption")[0][MEDIAN]
    missed = np.abs(after[MEDIAN] - full).mean()
    assert missed < np.abs(before[MEDIAN] - full).mean()


def test_axes_keep_still_until_the_company_changes(comparer: Comparer) -> None:
    def axis(setting: Setting) -> dict[str, float]:
        charts = shown(comparer, setting)[-1].meta["charts"]
        return dict(next(one["scale"] for one in charts if one["name"] == "net_value"))

    large = replace(SETTING, firm=(("employees", "60"), ("customers", "600")))
    first = axis(large)
    assert axis(large.with_side(1, Side("typical"))) == first
    small = axis(SETTING)
    assert small["high"] - small["low"] < (first["high"] - first["low"]) / 2
    assert axis(SETTING) == small


def test_a_newer_wish_ends_the_long_run_but_not_the_look(comparer: Comparer) -> None:
    setting = replace(SETTING, seed=78)
    assert [view.meta["draft"] for view in shown(comparer, setting, newer=stop)] == [True]


def test_nothing_is_shown_after_closing(comparer: Comparer) -> None:
    assert shown(comparer, replace(SETTING, seed=79), newer=stop, closed=stop) == []
    assert shown(comparer, SETTING, closed=stop) == []


def test_axes_stay_while_the_numbers_fit(comparer: Comparer) -> None:
    first = {chart["name"]: chart["scale"] for chart in shown(comparer)[-1].meta["charts"]}
    poorer = SETTING.with_side(1, Side("typical"))
    after = {chart["name"]: chart["scale"] for chart in shown(comparer, poorer)[-1].meta["charts"]}
    assert after == first


def test_progress_reaches_its_end(comparer: Comparer) -> None:
    told: list[float] = []
    comparer.work(replace(SETTING, seed=80), lambda *_: None, go_on, go_on, told.append)
    assert told == sorted(told)
    assert 0 < told[0] < 0.5
    assert told[-1] == 1.0


def test_other_charts_than_before(comparer: Comparer) -> None:
    shown(comparer)
    setting = replace(SETTING, sides=SETTING.sides[::-1], charts=("cynicism", "adoption"))
    (view,) = shown(comparer, setting)
    assert [chart["name"] for chart in view.meta["charts"]] == ["cynicism", "adoption"]
    assert drawn(view, "cynicism") == pytest.approx(by_the_model(setting, "cynicism"), rel=1e-6)


def test_verdicts_and_changes_come_with_the_answer(comparer: Comparer) -> None:
    setting = replace(SETTING, sides=(*SETTING.sides, Side("typical").move("wins", 5)))
    meta = shown(comparer, setting)[-1].meta
    assert [side["key"] for side in meta["verdicts"]["sides"]] == ["A", "B", "C"]
    assert meta["verdicts"]["sentence"]
    assert meta["changes"] == ["", "", "early wins 5 %"]
    assert meta["interactions"] is None


def test_one_side_alone(comparer: Comparer) -> None:
    view = shown(comparer, replace(SETTING, sides=(Side("typical"),)))[-1]
    assert len(view.meta["lines"]) == 1
    assert view.meta["verdicts"]["sentence"]


def test_key_results_of_every_side_are_stamped(comparer: Comparer) -> None:
    view = shown(comparer)[-1]
    for side, row in zip(SETTING.sides, view.stamp, strict=True):
        made = cxsim.simulate(scenario_of(side, SETTING), REPLICATES, SETTING.seed)
        assert made is not None
        for name, value in zip(STAMPED, row, strict=True):
            assert value == pytest.approx(np.nanmedian(made.outcome(name)), rel=5e-4)
            assert float(f"{value:.4g}") == value


# --- two worlds ----------------------------------------------------------------------------------


def test_the_first_two_sides_in_both_worlds(comparer: Comparer) -> None:
    three = replace(
        SETTING,
        sides=(*SETTING.sides, Side("no_programme")),
        assumptions=(("churn_alpha", "4"),),
        firm=SMALL,
        interaction=True,
    )
    found = lanes(three)
    assert [lane.line.key for lane in found] == ["a", "b", "a*", "b*"]
    assert [lane.line.name for lane in found] == 2 * ["under the first assumptions"] + 2 * [
        "under your assumptions"
    ]
    colours = [lane.line.colour for lane in found]
    assert colours[:2] == colours[2:]
    assert len({(lane.line.colour, lane.line.dash) for lane in found}) == 4
    for lane, side in zip(found[:2], three.sides, strict=False):
        assert lane.scenario.hash == cxsim.load(side.scenario).hash
    for lane, side in zip(found[2:], three.sides, strict=False):
        assert lane.scenario.hash == scenario_of(side, three).hash


def test_what_the_assumption_does_to_the_policy_is_told(comparer: Comparer) -> None:
    own = 'name = "mine"\ntitle = "Mine"\nextends = "typical"\nweeks = 30\n[organisation]\n'
    small = Side("file", text=own + "employees = 30\n[market]\ncustomers = 60\n")
    setting = Setting(
        (small, small.move("wins", 95)), assumptions=(("churn_alpha", "4"),), interaction=True
    )
    view = shown(comparer, setting)[-1]
    assert len(view.meta["lines"]) == 4
    assert view.meta["verdicts"] is None
    assert view.stamp == ()
    rows = {row["name"]: row for row in view.meta["interactions"]}
    made = [cxsim.simulate(lane.scenario, REPLICATES, 1) for lane in lanes(setting)]
    a, b, c, d = (100 * one.outcome("churn_yearly").mean() for one in made if one is not None)
    assert rows["churn_yearly"]["interaction"]["value"] == pytest.approx((d - c) - (b - a))


# --- revisions -----------------------------------------------------------------------------------


def test_a_revision_stands_for_the_numbers() -> None:
    a, b = cxsim.load("typical"), cxsim.load("orchestrated")
    one = revision([a, b], 1, 100)
    assert one == revision([a.with_name("x", "Y"), b], 1, 100)
    others = [
        revision([b, a], 1, 100),
        revision([a], 1, 100),
        revision([a, b], 2, 100),
        revision([a, b], 1, 4),
        revision([a.with_levers(charter=0.01), b], 1, 100),
    ]
    assert len({one, *others}) == 6
    assert one.endswith("-100")


def test_what_cannot_be_simulated_is_said(comparer: Comparer) -> None:
    with pytest.raises(CxsimError, match="no cure"):
        shown(comparer, Setting((Side("typical", variant="rescue"),)))
