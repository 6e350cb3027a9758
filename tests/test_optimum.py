"""Searching levers for the best chance of a goal: what is found, what it costs, what is refused."""

from __future__ import annotations

import itertools
import json
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.explain.chance import wilson
from cxsim.explain.goals import parse_goal
from cxsim.parameters import SHARES
from cxsim.results import simulate
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.study.optimum import Frontier, optimise
from cxsim.study.optimum.amounts import amount
from cxsim.study.optimum.chance import makes_no_difference
from cxsim.study.optimum.evaluation import Luck, Reading
from cxsim.study.optimum.knobs import PAID, board, steps
from cxsim.study.optimum.search import Bounds, Candidate, front
from cxsim.study.optimum.starting import starts
from cxsim.timeline import Event

SMALL = Scenario(
    "small", "Small", organisation={"employees": 30}, market={"customers": 100}, weeks=104
)
GOAL = "adoption >= 0.25"
# Two values each, so that eight plans are all there is; the last lever has no influence here.
THREE = {"accountability": 0.85, "communication": 0.85, "survey_lag": 0}
LEVERS = [f"{name}={value}" for name, value in THREE.items()]
QUICK: dict[str, Any] = {"trials": 40, "replicates": 10, "fresh": 120, "threads": 2}
SOME: dict[str, Any] = {"levers": "leadership,resources", "trials": 20, "fresh": 40}
SHORT = SMALL.with_weeks(52)
EASY = "adoption >= 0.15"


def found(scenario: Scenario = SMALL, goal: str = GOAL, **options: Any) -> Frontier:
    frontier = optimise(scenario, goal, **{**QUICK, **options})
    assert frontier is not None
    return frontier


def everything(luck: Luck) -> dict[frozenset[str], tuple[float, float]]:
    """Return chance and cost of all eight plans."""
    answers = {}
    for size in range(len(THREE) + 1):
        for names in itertools.combinations(THREE, size):
            plan = SMALL.with_levers({name: THREE[name] for name in names})
            ensemble = simulate(plan, luck.replicates, luck.seed, baseline=False)
            assert ensemble is not None
            cost = ensemble.series("programme_cost").sum(axis=1).mean()
            chance = (ensemble.outcome("adoption") >= 0.25).mean()
            answers[frozenset(names)] = (float(chance), float(cost))
    return answers


@pytest.fixture(scope="module")
def planted() -> Frontier:
    return found(levers=LEVERS, budget=130_000)


# --- what is found -----------------------------------------------------------------------------


def test_the_best_of_all_plans_is_found_and_its_numbers_are_those_of_fresh_luck(
    planted: Frontier,
) -> None:
    """A budget shuts out accountability, which convinces the board to grant more staff."""
    answers = everything(planted.lucks[-1])
    allowed = {names: answer for names, answer in answers.items() if answer[1] <= 130_000}
    assert len(allowed) < len(answers)
    best = min(allowed, key=lambda names: (-allowed[names][0], len(names)))
    assert set(planted.best.levers) == best == {"communication"}
    assert (planted.best.chance, planted.best.cost) == pytest.approx(answers[best])
    assert planted.today.chance == answers[frozenset()][0]
    assert planted.best.interval == wilson(round(120 * planted.best.chance), 120)


def test_without_a_budget_the_chance_decides_and_a_lever_without_influence_is_dropped() -> None:
    frontier = found(levers=LEVERS)
    answers = everything(frontier.lucks[-1])
    highest = max(chance for chance, _ in answers.values())
    assert set(frontier.best.levers) == {"accountability", "communication"}
    assert frontier.best.chance == highest == answers[frozenset(THREE)][0]
    for move in frontier.best.moves:
        others = answers[frozenset(set(frontier.best.levers) - {move.name})]
        assert move.worth is not None
        assert move.saves is not None
        assert move.worth[0] == pytest.approx(highest - others[0])
        assert move.worth[1] < move.worth[0] < move.worth[2]
        assert move.saves == pytest.approx(others[1] - frontier.best.cost)
    assert frontier.best.effort == pytest.approx(0.25 / 0.77 + 0.2 / 0.75, rel=0.6)


def test_no_plan_of_the_frontier_beats_another_and_the_searchs_own_chances_were_too_good() -> None:
    frontier = found(SHORT, EASY, budget="90k", **SOME)
    others = [plan for plan in frontier.plans if plan is not frontier.best]
    points = [(-plan.chance, plan.cost, plan.effort) for plan in others]
    for one, other in itertools.permutations(points, 2):
        assert not all(a <= b for a, b in zip(one, other, strict=True))
    assert frontier.too_good is not None
    assert frontier.too_good > 0.0
    assert frontier.best.within
    assert frontier.best.cost <= 90_000
    chances, costs = [], []
    for scenario in (SHORT, frontier.best.scenario):  # on luck that the search never met
        again = simulate(scenario, 200, seed=77, baseline=False)
        assert again is not None
        chances.append((again.outcome("adoption") >= 0.15).mean())
        costs.append(again.series("programme_cost").sum(axis=1).mean())
    assert costs[1] <= 90_000
    low, high = frontier.best.interval
    assert low <= chances[1] <= high
    assert chances[1] > chances[0] + 0.1


def test_effort_can_be_bounded() -> None:
    free, bounded = (found(SHORT, EASY, **SOME, effort=most) for most in (None, 1.0))
    assert bounded.best.effort <= 1.0 < free.best.effort
    assert all(plan.effort <= 1.0 for plan in bounded.plans)
    assert bounded.today.chance < bounded.best.chance < free.best.chance


def test_a_goal_may_be_a_measure_or_need_the_company_without_a_programme() -> None:
    measure = found(goal="mean(satisfaction, -13) > -0.09", levers=LEVERS, trials=8)
    assert measure.best.chance >= measure.today.chance
    money = found(goal="net_value > -40k", levers="resources=0.5|1", trials=8)
    assert money.best.chance > money.today.chance
    assert money.without.chance == 1.0  # it neither costs nor brings anything


# --- the same again ----------------------------------------------------------------------------


def test_threads_change_nothing() -> None:
    one, two = (found(SHORT, EASY, **SOME, budget=100_000, threads=threads) for threads in (1, 2))
    assert one.to_dict() == two.to_dict()


def test_an_interrupted_search_goes_on_and_runs_nothing_twice(tmp_path: Path) -> None:
    options = SOME | {"budget": 100_000}
    whole = found(SHORT, EASY, **options)
    trace = tmp_path / "deep" / "search.jsonl"
    asked = itertools.count()
    lock = threading.Lock()

    def cancelled() -> bool:
        with lock:
            return next(asked) > 300

    assert optimise(SHORT, EASY, **QUICK | options, trace=trace, cancelled=cancelled) is None
    lines = trace.read_text().splitlines()
    before = len(lines) - 1
    assert 5 < before < whole.evaluations
    trace.write_text("\n".join(lines)[:-7])  # the machine went down while the last was written
    resumed = found(SHORT, EASY, **options, trace=trace)
    assert resumed.to_dict() == whole.to_dict()
    assert resumed.evaluations == whole.evaluations - (before - 1)
    keys = [json.loads(line)[0] for line in trace.read_text().splitlines()[1:]]
    assert len(keys) == len(set(keys)) == whole.evaluations
    assert found(SHORT, EASY, **options, trace=trace).evaluations == 0
    with pytest.raises(CxsimError, match="another goal, scenario or version"):
        found(SHORT, GOAL, trace=trace)
    trace.write_text("[1, 2]\n")
    with pytest.raises(CxsimError, match="not the trace of a search"):
        found(SHORT, EASY, trace=trace)


def test_progress_grows_to_its_total() -> None:
    seen: list[tuple[int, int]] = []
    found(levers=LEVERS, trials=16, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]
    assert len({total for _, total in seen}) == 1


# --- levers, cost and effort -------------------------------------------------------------------


def test_only_the_paid_levers_cost_money_until_the_board_reviews_the_budget() -> None:
    """What the output says of money: everything else changes the cost through the board alone."""
    company = SMALL.with_weeks(13)
    levers = [p for p in parameters.registry().levers.values() if p.type in ("number", "integer")]

    def cost(scenario: Scenario) -> float:
        ensemble = simulate(scenario, 1, baseline=False)
        assert ensemble is not None
        return float(ensemble.series("programme_cost").sum())

    today = cost(company)
    moved = {
        lever.name
        for lever in levers
        if lever.name not in SHARES
        for end in (lever.low, min(lever.high, 200))
        if cost(company.with_levers({lever.name: end})) != today
    }
    assert moved == set(PAID)


def test_levers_are_searched_between_their_poor_and_good_ends_in_round_steps() -> None:
    table = board(SMALL, "wins,resources,reporting_levels,charter=0.6:0.7,duration", 100_000)
    values = {knob.name: knob.values for knob in table.knobs}
    assert values["capitalisation"][0] == 0.1
    assert values["capitalisation"][-1] == 0.85
    assert values["reporting_levels"] == (0, 1, 2, 3)
    assert values["charter"][0] == 0.6
    assert values["charter"][-1] == 0.7
    assert values["duration"][-1] == 104
    assert 3.0 <= values["resources"][-1] < 5.0  # twice what 100,000 USD pay
    assert steps(0.05, 0.85)[:3] == (0.05, 0.1, 0.15)
    moves = {"capitalisation": 0.85, "resources": 0.0}
    assert table.effort(moves) == pytest.approx(0.35 / 0.75)
    assert table.moved({"capitalisation": 0.5, "resources": 1.0}) == {"resources": 1.0}
    assert {"resources": 0.0} not in starts(table, None)
    nothing = board(SMALL.without_programme(), "charter,resources")
    assert any(moves.get("resources", 0.0) > 1.0 for moves in starts(nothing, None))


def test_levers_of_a_group_that_events_set_stay_and_it_is_said() -> None:
    scenario = SHORT.with_events([Event(20, set={"charter": 0.9})])
    frontier = found(scenario, EASY, **SOME)
    assert frontier.fixed == ("charter",)
    assert "charter" not in frontier.searched
    assert any("charter" in note for note in frontier.notes())
    assert not any("did better in these futures" in note for note in frontier.notes())


def test_a_plan_that_does_better_than_the_chosen_one_is_told() -> None:
    frontier = found(SHORT, EASY, **SOME)
    top = max(frontier.plans, key=lambda plan: plan.chance)
    luckless = replace(frontier, best=replace(top, reading=frontier.without.reading))
    (told,) = [note for note in luckless.notes() if "did better in these futures" in note]
    assert top.chance_words in told


# --- numbers ------------------------------------------------------------------------------------


def test_intervals_and_what_counts_as_no_difference() -> None:
    assert wilson(10, 20) == pytest.approx((0.2993, 0.7007), abs=1e-4)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert wilson(20, 20) == pytest.approx((0.8389, 1.0), abs=1e-4)
    before = np.arange(1000) < 500
    assert makes_no_difference(before, before)
    assert makes_no_difference(before, np.arange(1000) < 501)
    assert not makes_no_difference(before, np.arange(1000) < 485)  # few, but no luck
    assert not makes_no_difference(before, np.roll(before, 500) & (np.arange(1000) % 20 > 0))
    few = np.arange(10) < 5
    assert not makes_no_difference(few, np.arange(10) < 4)  # may be luck, but a tenth


def test_the_front_rises_with_its_price() -> None:
    def candidate(chance: float, cost: float, effort: float) -> Candidate:
        return Candidate({}, effort, Reading(np.arange(100) < 100 * chance, cost, 0.0, 0.0, ""))

    tried = [candidate(*row) for row in ((0.2, 5, 1), (0.1, 3, 2), (0.2, 5, 0), (0.15, 6, 0.5))]
    assert [(c.reading.cost, c.effort) for c in front(tried, "cost")] == [(3, 2), (5, 0)]
    assert [(c.reading.cost, c.effort) for c in front(tried, "effort")] == [(5, 0)]
    assert Bounds(budget=5.0).allow(5.0, 9.0)
    assert not Bounds(effort=1.0).allow(0.0, 1.1)


def test_goals_and_amounts_are_read_as_people_write_them() -> None:
    goal = parse_goal("  churn_yearly  ≤ 10 % ")
    assert (goal.what, goal.sign, goal.bound) == ("churn_yearly", "<=", 0.1)
    assert parse_goal("net_value > -1.5M").bound == -1.5e6
    assert parse_goal("payback_week <= 130").baseline
    assert not goal.baseline
    never = np.array([np.nan, 100.0, 140.0])
    assert parse_goal("payback_week <= 130").met(never).tolist() == [False, True, False]
    assert parse_goal("payback_week >= 130").met(never).tolist() == [False, False, True]
    near = [parse_goal(GOAL).nearness(np.full(3, value)) for value in (np.nan, 0.1, 0.2, 0.3)]
    assert near == sorted(near)
    assert near[2] < 0 < near[3]
    assert [amount(text) for text in ("1.5M", "$800k", "1,500,000", 2)] == [1.5e6, 8e5, 1.5e6, 2]


# --- files and pictures -------------------------------------------------------------------------


def test_everything_is_saved_and_the_plan_is_a_scenario(planted: Frontier, tmp_path: Path) -> None:
    import pandas as pd

    files = planted.save(tmp_path)
    names = ["figure.png", "figure.svg", "frontier.csv", "small_plan.toml"]
    assert sorted(path.name for path in files) == names
    assert load(tmp_path / "small_plan.toml").hash == planted.best.scenario.hash
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "frontier.csv", keep_default_na=False, na_values={"searched": ""}),
        planted.frame(), check_dtype=False,
    )  # fmt: skip


@pytest.mark.parametrize("against", ["cost", "effort"])
def test_labels_of_the_picture_do_not_collide(planted: Frontier, against: str) -> None:
    figure = planted.figure(against)
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert len(boxes) >= 3 + (against == "cost")
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    with pytest.raises(CxsimError, match="cost or effort"):
        planted.figure("weeks")


# --- what is refused ----------------------------------------------------------------------------

REFUSED = [
    ({"goal": "adoptoin >= 0.5"}, "goal: adoptoin: no such outcome, did you mean 'adoption'?"),
    ({"goal": "adoption"}, "needs one of >=, <=, >, <"),
    ({"goal": "0.2 < adoption < 0.5"}, "needs one of"),
    ({"goal": "adoption == 0.5"}, "needs one of"),
    ({"goal": "adoption >= half"}, 'the text "half" where a number is wanted'),
    ({"goal": "adoption >= 50"}, "one half is 0.5 or 50%"),
    ({"goal": "commitment >= 0.5"}, "a weekly series: give weeks, such as mean"),
    ({"goal": "mean(adoptoin) >= 0.5"}, "goal: "),
    ({"goal": 3}, "goal: 3 where a goal is wanted"),
    ({"budget": "lots"}, 'budget: the text "lots" where an amount'),
    ({"budget": -5}, "budget: -5 where an amount of money above zero"),
    ({"budget": float("nan")}, "budget: "),
    ({"levers": "chartre"}, "levers: chartre: no such lever, did you mean 'charter'?"),
    ({"levers": "employees"}, "stands in [organisation]"),
    ({"levers": "process_share"}, "the five shares of effort sum to one"),
    ({"levers": "holdouts"}, "not a number to be searched"),
    ({"levers": "charter=0.9:0.2"}, "the low end has to be below the high end"),
    ({"levers": "charter=2"}, "values in 0..1 are wanted"),
    ({"levers": {"charter": 1}}, "levers: a table where a list of names"),
    ({"levers": " , "}, "levers: none is named"),
    ({"trials": 0}, "trials: 0 is out of range"),
    ({"effort": "x"}, "effort: "),
    ({"goal": "adoption >= 0"}, "meets it as it is in all of 70 futures"),
    ({"goal": "adoption > 0.999"}, "the nearest came to a median of adoption 0."),
    ({"budget": 1000, "levers": "charter"}, "costs at most $1,000; the cheapest plan that reaches"),
    ({"budget": 1000}, "costs at most $1,000 and meets the goal in any future; the cheapest plan"),
]


@pytest.mark.parametrize(("options", "words"), REFUSED, ids=[str(given) for given, _ in REFUSED])
def test_what_cannot_be_used_gets_one_clear_error(options: dict[str, Any], words: str) -> None:
    with pytest.raises(CxsimError) as caught:
        found(**{"trials": 10, **options})
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_lever_that_an_event_sets_is_refused_by_name() -> None:
    scenario = replace(SMALL, events=(Event(20, set={"charter": 0.9}),))
    with pytest.raises(CxsimError, match="an event of small sets it in week 20"):
        found(scenario, levers="charter")


def test_without_optuna_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(CxsimError, match=r"pip install 'cxsim\[analysis\]'"):
        found()
