"""What would save a programme, and until when: found sets against all sets, luck, limits."""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from cxsim import simulate
from cxsim.errors import CxsimError
from cxsim.explain.goals import parse_goal
from cxsim.explain.rescuing import Rescue, rescue
from cxsim.explain.rescuing.changes import Change, changes_of, movable, possible, rescued
from cxsim.explain.rescuing.deadline import _crossing, _falling
from cxsim.explain.rescuing.futures import Futures, Plan, Progress
from cxsim.explain.rescuing.planning import _Rescuing
from cxsim.scenario import Scenario
from cxsim.scenario_file import load

WEEKS, WEEK, FUTURES = 60, 6, 20
SIX = ("charter", "accountability", "communication", "embedding", "rivalry", "data_access")
GOAL = "adoption >= 30%"
POOR = dict.fromkeys(("charter", "accountability", "communication", "embedding"), 0.1)


def small(**levers: Any) -> Scenario:
    """Return a small company whose programme lacks what the six levers give."""
    stands = {**load("orchestrated").levers, **POOR, "rivalry": 0.5, "data_access": 0.2, **levers}
    firm, market = {"employees": 30}, {"customers": 60}
    return Scenario("small", "Small", stands, firm, market, weeks=WEEKS)


@functools.cache
def asked(week: int = WEEK, goals: Any = GOAL, levers: Any = SIX, threads: int = 2) -> Rescue:
    found = rescue(small(), week, goals, 0.7, levers, FUTURES, threads=threads)
    assert found is not None
    return found


def share(scenario: Scenario, luck: range) -> float:
    """Return in which share of these futures 30 % practise, from whole runs."""
    ensemble = simulate(scenario, luck.stop, 1, baseline=False)
    assert ensemble is not None
    return float(np.mean(ensemble.outcome("adoption")[luck.start :] >= 0.3))


def test_no_smaller_set_does_it_and_the_numbers_are_those_of_whole_runs() -> None:
    found, trunk = asked(), small()
    assert found.verdict == "saved"
    assert found.rescued is not None
    assert found.saved is not None
    seen, fresh = range(FUTURES), range(FUTURES, 2 * FUTURES)
    size, changes = len(found.changes), possible(trunk, WEEK, SIX)
    assert len(changes) == len(SIX)
    assert 1 <= size < len(SIX)
    fewer = list(combinations(changes, size - 1))
    for scenario in (rescued(trunk, WEEK, one) for one in fewer):
        assert min(share(scenario, seen), share(scenario, fresh)) < 0.7
    assert found.rescued.chance.share == share(found.saved, fresh) >= 0.7
    for one in found.needed:
        rest = [change for change in found.changes if change != one.change]
        assert one.without.chance.share == share(rescued(trunk, WEEK, rest), fresh)
        assert one.loss == pytest.approx(found.rescued.chance.share - one.without.chance.share)


def test_the_deadline_lies_where_the_chance_falls_below_what_is_wanted() -> None:
    curve = asked().deadline
    assert curve is not None
    assert curve.week is not None
    assert curve.low is not None
    assert curve.high is not None
    assert WEEK <= curve.low <= curve.week <= curve.high < WEEKS
    shares = {w: chance.share for w, chance in zip(curve.weeks, curve.chances, strict=True)}
    assert shares[WEEK] >= 0.7 > shares[WEEKS - 1]
    later = [value for week, value in shares.items() if week > curve.week]
    assert np.mean(later) < 0.7


def test_a_curve_that_luck_bends_up_is_evened_out() -> None:
    assert _falling(np.array([0.9, 0.6, 0.8, 0.1])).tolist() == pytest.approx([0.9, 0.7, 0.7, 0.1])
    weeks = np.array([0, 10, 20])
    assert _crossing(weeks, np.array([1.0, 0.6, 0.2]), 0.8) == pytest.approx(5.0)
    assert _crossing(weeks, np.array([0.5, 0.4, 0.2]), 0.8) == 0.0
    assert _crossing(weeks, np.array([1.0, 1.0, 0.8]), 0.8) == 20.0


def test_threads_change_nothing_and_the_answer_is_plain_data() -> None:
    one, two = asked(threads=1).as_dict(), asked().as_dict()
    assert one == two
    assert json.loads(json.dumps(one, allow_nan=False)) == one
    assert one["sentence"].startswith(("One change", "Two changes", "Three changes", "Four"))
    assert one["deadline"]["curve"][0]["week"] == WEEK


def test_too_late_is_an_answer_with_the_last_week_that_was_not() -> None:
    late = asked(week=50)
    assert late.verdict == "beyond"
    assert late.saved is None
    assert late.deadline is not None
    assert late.deadline.week is not None
    assert late.deadline.week < 50
    assert "Nothing that can be changed in week 50 is enough" in late.sentence
    never = asked(levers="seasonality")
    assert "Nothing is left to change" in never.sentence


def test_what_reaches_its_goals_needs_no_rescue() -> None:
    well = asked(goals=(GOAL, "adoption >= 0")[1:])
    assert well.verdict == "not_needed"
    assert "small needs no rescue" in well.sentence
    assert well.as_dict()["event"] is None


def test_all_goals_are_wanted_in_the_same_future() -> None:
    both = asked(goals=("adoption >= 0", GOAL))
    assert both.rescued is not None
    assert both.saved is not None
    assert both.rescued.chance.share == share(both.saved, range(FUTURES, 2 * FUTURES))
    none = asked(goals=(GOAL, "payback <= 2"))
    assert none.verdict == "beyond"
    assert none.everything.chance.count == 0


def test_what_is_superfluous_in_both_samples_is_left_out() -> None:
    trunk, fresh = small(accountability=0.8), range(FUTURES, 2 * FUTURES)
    futures = Futures(trunk, (parse_goal(GOAL),), 1, 2, Progress(None), None)
    asking = _Rescuing(futures, WEEK, 0.7, SIX, FUTURES, 1)
    whole = Plan(WEEK, frozenset(possible(trunk, WEEK, SIX)))
    left = asking._trimmed(whole, fresh)
    assert left.changes < whole.changes
    assert share(rescued(trunk, WEEK, left.changes), fresh) >= 0.7
    for one in left.changes:
        less = rescued(trunk, WEEK, left.without(one).changes)
        assert min(share(less, range(FUTURES)), share(less, fresh)) < 0.7


def test_a_change_for_safety_is_called_that() -> None:
    found = asked()
    assert found.rescued is not None
    first, *rest = found.needed
    spare = replace(first, without=found.rescued)
    rest = [replace(one, without=found.untouched) for one in rest]
    told = replace(found, needed=(spare, *rest)).notes
    titles = [note for note in told if f"for safety: {first.change.title}." in note]
    assert len(titles) == 1
    assert "Without it 70 % is reached in these futures, too" in titles[0]
    assert not any("for safety" in note for note in replace(found, needed=tuple(rest)).notes)


def test_what_the_company_earns_with_it_is_the_difference_of_whole_runs() -> None:
    found = asked()
    assert found.gain is not None
    assert found.saved is not None
    ends = []
    for scenario in (small(), found.saved):
        whole = simulate(scenario, 2 * FUTURES, 1, baseline=False)
        assert whole is not None
        ends.append(whole.series("contribution")[FUTURES:].sum(axis=1))
    assert abs(found.gain.value - (ends[1] - ends[0]).mean()) <= 10.0**found.gain.place
    assert found.as_dict()["gain"]["text"] in " ".join(found.notes)


def test_where_there_is_no_programme_the_changes_start_one() -> None:
    assert not asked().starts_it
    assert "start a programme" not in asked().sentence
    assert replace(asked(), scenario=small().without_programme()).sentence.startswith(
        (f"One change in week {WEEK} would start", f"Two changes in week {WEEK} would start",
         f"Three changes in week {WEEK} would start", f"Four changes in week {WEEK} would start")
    )  # fmt: skip


def test_money_is_that_of_whole_runs() -> None:
    found, trunk = (
        asked(goals="net_value > 1bn", levers=("rivalry", "resources", "workload")),
        small(),
    )
    whole = simulate(rescued(trunk, WEEK, possible(trunk, WEEK, ["rivalry"])), 2 * FUTURES, 1)
    assert whole is not None
    assert found.verdict == "beyond"
    np.testing.assert_array_equal(
        found.everything.values[:, 0], whole.outcome("net_value")[FUTURES:]
    )


# ------------------------------------------------------------------ changes


def test_what_the_plan_sets_later_is_overruled_and_shocks_stay() -> None:
    later = {"week": 30, "set": {"charter": 0.0, "workload": 0.6}, "shock": {"price_rise": 0.1}}
    planned = small(charter=0.9).with_events([later])
    (change,) = possible(planned, 10, ["charter"])
    assert (change.before, change.after) == (0.9, 0.9)
    saved = rescued(planned, 10, [change])
    first, second = saved.events
    assert (first.week, dict(first.set)) == (10, {"charter": 0.9})
    assert dict(second.set) == {"workload": 0.6}
    assert dict(second.shock) == {"price_rise": 0.1}
    assert not possible(small(charter=0.9), 10, ["charter"])


def test_shares_of_effort_change_as_one_and_a_programme_may_be_begun() -> None:
    other = dict(zip(("insight", "process", "culture", "success", "advocacy"),
                     (0.6, 0.1, 0.1, 0.1, 0.1), strict=True))  # fmt: skip
    (change,) = possible(small().with_levers(allocation=other), 5, ["allocation"])
    assert rescued(small(), 5, [change]).events[0].set["process_share"] == 0.35
    half = change.partly(0.5)
    assert half is not None
    assert sum(half.after) == pytest.approx(1.0)
    assert "resources" in {one.name for one in possible(load("no_programme"), 40)}
    holdouts = Change("holdouts", ("sales",), ())
    assert (holdouts.said(("sales",)), holdouts.said(()), holdouts.partly(0.5)) == (
        "sales",
        "none",
        None,
    )


@pytest.mark.parametrize("name", ["fm09_process_owner_says_no", "fm04_all_process_no_action"])
def test_the_files_own_cure_is_among_what_may_change(name: str) -> None:
    scenario = load(name)
    assert scenario.cure is not None
    cure = changes_of(scenario, scenario.cure.week, scenario.cure.set)
    assert {one.name for one in cure} <= set(movable())
    saved = rescued(scenario, scenario.cure.week, cure)
    assert saved.hash == scenario.rescue().hash


# ------------------------------------------------------------------ input


def test_goals_are_read_as_people_write_them() -> None:
    assert parse_goal("churn <= 9%") == parse_goal("churn_yearly <= 9%")
    assert parse_goal("Net value > 1M").what == "net_value"
    never = np.array([np.nan, 519.0])
    assert parse_goal("payback").met(never).tolist() == [False, True]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"week": 60}, "week: 60 is out of range 0..59"),
        ({"probability": 80}, "probability: 80 is out of range"),
        ({"replicates": 5}, r"replicates: 5 is out of range 10\.\.[\de+.]+$"),
        ({"goals": "adoptoin > 1%"}, "no such outcome, did you mean 'adoption'"),
        ({"goals": []}, "goals: none is given"),
        ({"levers": "chartr"}, "no such lever, did you mean 'charter'"),
        ({"levers": "turnover"}, "turnover: a fact of the company"),
        ({"scenario": 3}, "3 where a Scenario is wanted"),
    ],
)
def test_bad_input_gets_one_clear_error(given: dict[str, Any], said: str) -> None:
    with pytest.raises(CxsimError, match=said):
        rescue(**{"scenario": small(), **given})


def test_a_stop_is_obeyed_and_progress_moves_on_steadily() -> None:
    told: list[tuple[int, int]] = []
    stops = iter([False] * 40)
    found = rescue(
        small(), WEEK, GOAL, 0.7, SIX, FUTURES,
        progress=lambda *now: told.append(now), cancelled=lambda: next(stops, True),
    )  # fmt: skip
    assert found is None
    done = [one for one, _ in told]
    assert done == sorted(done)
    assert {total for _, total in told} == {1000}
