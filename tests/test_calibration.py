"""The published patterns, the random firms and what the model shows of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim import engine, parameters
from cxsim.errors import CxsimError
from cxsim.explain.sustaining import share_surviving, stopped
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.study import calibration, firms, mechanisms, observations
from cxsim.study.calibration import Cohort, Promise, cost, evaluate, linked, report
from cxsim.study.patterns import FUNCTIONS, Pattern, patterns

# --- random firms ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many() -> list:
    return firms.random_firms(400, seed=3)


def lever(sample: Sequence[Scenario], name: str) -> np.ndarray:
    return np.array([firm.levers[name] for firm in sample])


@pytest.mark.parametrize(
    ("name", "worse", "share"),
    [
        ("competing_priorities", lambda v: v > 0.5, 0.71),
        ("coherence", lambda v: v < 0.5, 0.5),
        ("rivalry", lambda v: v > 0.3, 0.5),
        ("resources", lambda v: v < 2.2, 0.5),
        ("roi_attribution", lambda v: v < 0.5, 0.86),
        ("process_share", lambda v: v < 0.35, 0.90),
        ("ceo_sponsorship", lambda v: v < 0.5, 0.5),
        ("reporting_levels", lambda v: v > 0, 0.6),
        ("accountability", lambda v: v < 0.5, np.mean(firms.EVERYBODY_OWNS)),
    ],
)
def test_obstacles_are_as_common_as_published(many, name, worse, share) -> None:
    assert worse(lever(many, name)).mean() == pytest.approx(share, abs=0.03)


def test_good_practices_go_together_and_circumstances_do_not(many) -> None:
    communication = lever(many, "communication")
    embedding, workload = lever(many, "embedding"), lever(many, "workload")
    assert np.corrcoef(communication, embedding)[0, 1] == pytest.approx(firms.TOGETHER, abs=0.1)
    assert abs(np.corrcoef(communication, workload)[0, 1]) < 0.12


def test_chief_customer_officers_stay_as_long_as_published(many) -> None:
    exits = sum(len(firm.events) for firm in many)
    in_office = len(many) * firms.WEEKS - exits * np.mean(firms.VACANCY)
    assert in_office / exits == pytest.approx(firms.CCO_STAYS, rel=0.12)


def test_the_same_seed_gives_the_same_firms_and_another_seed_others() -> None:
    first, again, other = (firms.random_firms(5, seed) for seed in (1, 1, 2))
    assert [f.hash for f in first] == [f.hash for f in again]
    assert not {f.hash for f in first} & {f.hash for f in other}


def test_rigorous_firms_do_everything_at_least_that_well() -> None:
    rigorous = firms.random_firms(20, 1, least=0.9)
    assert lever(rigorous, "communication").min() >= 0.83  # .2 + .9 x .7
    assert lever(rigorous, "competing_priorities").max() < 0.4
    assert set(lever(rigorous, "reporting_levels")) == {0}


def test_approved_projects_are_run_well_and_led_as_anywhere(many) -> None:
    projects = firms.random_firms(400, seed=3, approved=True)
    assert lever(projects, "resources").min() >= 2.2  # the better half
    assert lever(projects, "process_share").min() >= 0.273  # .12 + .23 x .6 / .9
    assert lever(projects, "governance_overhead").max() <= 0.55  # .85 - .4 x .75
    assert lever(projects, "duration").min() >= 130.0
    assert set(lever(projects, "reporting_levels")) == {0, 1}
    for name in ("ceo_sponsorship", "role_modelling", "communication", "embedding", "workload"):
        assert np.array_equal(lever(projects, name), lever(many, name)), name


def test_ages_cover_half_a_year_to_three_years_evenly() -> None:
    age = firms.ages(100, 1)
    assert (age.min(), age.max()) == (27, 155)
    assert np.mean(age) == pytest.approx(91, abs=1)


@pytest.mark.parametrize(
    ("word", "wrong"),
    [("firms", (0, 1, 0.0)), ("seed", (3, -1, 0.0)), ("least", (3, 1, 1.5))],
)
def test_impossible_ensembles_are_refused(word: str, wrong: tuple[int, int, float]) -> None:
    with pytest.raises(CxsimError, match=word):
        firms.random_firms(*wrong)


# --- patterns as data -----------------------------------------------------------------------------


def test_grades_are_those_of_the_evidence(checkout: Path) -> None:
    text = (checkout / "docs" / "evidence.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if re.match(r"\| \*\*[ET]\d", line)]
    grades = {row[1].strip(" *"): row[4].replace("`", "").strip() for row in rows}
    for pattern in patterns():
        assert pattern.grade == grades[pattern.evidence[0]], pattern.id
        assert set(pattern.evidence) <= grades.keys()
        assert pattern.id.split("-")[0] == pattern.evidence[0]


def test_every_function_serves_a_pattern() -> None:
    assert {pattern.function for pattern in patterns()} == FUNCTIONS.keys()


def pattern(target: float | None, low: float, high: float, **more) -> Pattern:
    words = ("E1.01", ("E1.01",), "S", "", "transformed")
    return Pattern(*words, low=low, high=high, interval="", target=target, **more)


def test_errors_are_in_half_widths_of_each_side() -> None:
    two_sided = pattern(0.2, 0.1, 0.5)
    assert two_sided.error(0.1) == pytest.approx(-1.0)
    assert two_sided.error(0.8) == pytest.approx(2.0)
    assert pattern(8.0, 4.0, 16.0, scale="log").error(32.0) == pytest.approx(2.0)
    direction = pattern(None, 0.05, 1.0, width=0.1)
    assert direction.error(0.3) == 0.0
    assert direction.error(-0.05) == pytest.approx(-2.0)
    assert two_sided.error(np.nan) == np.inf


def test_costs_are_small_inside_and_bounded_outside() -> None:
    assert cost(1.0) == pytest.approx(calibration.INSIDE)
    assert cost(-3.0) == pytest.approx(calibration.INSIDE + 4.0)
    assert cost(4.0) == pytest.approx(cost(4.0 + 1e-9))
    assert cost(np.inf) == calibration.WORST
    assert Promise("", 0.4, 0.5, 1.0).cost == pytest.approx(calibration.PROMISE_WEIGHT)
    assert Promise("", 0.6, 0.5, 1.0).cost == 0.0


# --- pattern functions on hand-made data ----------------------------------------------------------

TEN = np.arange(10) / 10.0
YES = np.array([True] * 5 + [False] * 5)
UNITS = np.array([[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]])
GROUPS = {
    "asked": np.array([[50.0, 100.0, 100.0]] * 2),
    "left": np.array([[20.0, 20.0, 16.0]] * 2),
}
CHANGE = np.array([-4.0, 0.0, 1.0, 2.0, 3.5, 7.5, 0.0, 0.0, 0.0, 0.0])

BY_HAND = {
    "met_when_poor": ({"change_management": TEN, "met": YES}, 1.0),
    "met_when_fair": ({"change_management": TEN, "met": YES}, 1.0),
    "met_when_good": ({"change_management": TEN, "met": YES}, 0.0),
    "met_when_excellent": ({"change_management": TEN, "met": TEN >= 0.9}, 1.0),
    "smallest_step_between_grades": ({"change_management": TEN, "met": YES}, -1.0),
    "met_with_best_sponsors": ({"ceo_sponsorship": TEN, "met": TEN > 0.85}, 0.5),
    "met_with_worst_sponsors": ({"ceo_sponsorship": TEN, "met": TEN < 0.05}, 0.5),
    "transformed": ({"transformed": YES}, 0.5),
    "transformed_with_frontline": ({"frontline_high": YES, "transformed": TEN < 0.2}, 0.4),
    "progress_reports": (
        {"communication": np.arange(9), "transformed": np.arange(9) > 6},
        (2.5 / 4) / (0.5 / 4),
    ),
    "reinforcement": (
        {
            "embedding": np.tile([0.0, 0.0, 1.0, 1.0], 10),
            "without_embedding": np.repeat(TEN, 4),
            "met": np.tile([True, False, True, True], 10),
        },
        10.5 / 5.5,
    ),
    "collapses_among_failures": ({"met": YES, "collapsed": TEN > 0.75}, 0.4),
    "experience_of_top_units": ({"unit_belief": UNITS, "unit_experience": UNITS + 1.0}, 5.0),
    "complaints_of_top_units": ({"unit_belief": UNITS, "unit_complaints": 8.0 - UNITS}, 0.2),
    "attitude_to_impression": (
        {"unit_belief_gain": UNITS, "unit_experience_gain": 0.3 * UNITS + 1.0},
        0.3,
    ),
    "unit_correlation": ({"unit_belief": UNITS, "unit_experience": -UNITS}, -1.0),
    "answers_per_invitation": ({"answers": np.array([0.2, 0.4])}, 0.15),
    "process_among_causes": (
        {"process": np.array([2.0, 4.0]), "service": np.array([1.0, 3.0])},
        0.6,
    ),
    "in_lowest_two_stages": ({"stage": np.array([0, 1, 2, 3, 4])}, 0.4),
    "in_top_stage": ({"stage": np.array([0, 1, 2, 3, 4])}, 0.2),
    "scores_flat": ({"score_change": CHANGE}, 0.7),
    "scores_up": ({"score_change": CHANGE}, 0.2),
    "scores_down": ({"score_change": CHANGE}, 0.1),
    "scores_up_significantly": ({"score_change": CHANGE}, 0.1),
    "mean_score_change": ({"score_change": CHANGE}, 1.0),
    "collecting": ({"collects": YES}, 0.5),
    "improving": ({"improves": YES}, 0.5),
    "telling": ({"tells": YES}, 0.5),
    "week_of_impact": ({"impact_week": np.array([100.0, np.nan, 120.0])}, 110.0),
    "left_after_half_year": ({"half_year": np.array([0.7, 0.8])}, 0.75),
    "left_after_year": ({"year": np.array([0.5, 0.6])}, 0.55),
    "days_to_habit": ({"days": np.array([60.0, 66.0, 90.0])}, 66.0),
    "culture_outlasts_structures": (
        {"culture": np.array([0.9, 0.8]), "built": np.array([0.5, 0.6])},
        0.3,
    ),
    "hazard_of_detractors": (GROUPS, 2.0),
    "hazard_of_promoters": (GROUPS, 0.8),
    "half_life_local": ({"local": np.array([2.0, 4.0])}, 3.0),
    "half_life_handoff": ({"handoff": np.array([8.0, 12.0])}, 10.0),
    "half_life_ratio": ({"ratio": np.array([2.0, 3.0])}, 2.5),
}


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_pattern_functions_count_what_they_say(name: str) -> None:
    columns, expected = BY_HAND[name]
    assert FUNCTIONS[name](columns) == pytest.approx(expected)


def test_what_cannot_be_computed_is_no_number() -> None:
    nobody = {"impact_week": np.array([np.nan]), "transformed": np.array([], bool)}
    assert np.isnan(FUNCTIONS["week_of_impact"](nobody))
    assert np.isnan(FUNCTIONS["transformed"](nobody))


def test_the_interval_is_that_of_a_share() -> None:
    success = np.arange(400) < 100
    low, high = pattern(0.2, 0.1, 0.3).range_of({"firms": {"transformed": success}})
    assert (low, high) == pytest.approx((0.25 - 0.036, 0.25 + 0.036), abs=0.012)


# --- observations and mechanisms ------------------------------------------------------------------


def test_observations_of_a_made_up_firm() -> None:
    firm = firms.random_firms(1, 1)[0]
    record = engine.empty_records(engine.prepare(firm), 1)
    company, function = record.company, record.function
    company["adoption"] = np.linspace(0.0, 0.9, 156)
    company["embedded"] = 0.6
    company["satisfaction"] = np.linspace(0.0, 0.27, 156)  # 10 points of 100
    company["survey_score"][:, 78:] = 0.27
    company["respondents"], company["active_customers"] = 3.0, 600.0
    company["closures"], company["open_issues"], company["wins"] = 1.0, 40.0, 0.1
    function["contacts"], function["complaints"], function["experience"] = 10.0, 0.5, 0.4
    seen = observations.observe([firm], company, function, np.array([156]))
    assert seen["met"].all()
    assert seen["transformed"].all()
    assert not seen["collapsed"].any()
    assert seen["stage"][0] == 4
    assert seen["score_change"][0] == pytest.approx(0.0)
    assert seen["answers"][0] == pytest.approx(156.0 / 600.0 / firm.levers["survey_coverage"])
    assert (seen["improves"].all(), seen["tells"].any()) == (True, False)
    assert seen["unit_complaints"] == pytest.approx(np.full((1, 6), 0.05))
    assert seen["impact_week"][0] == pytest.approx(156 * 2 / 3, abs=10)
    for adoption, met, collapsed in (
        (0.17, True, False),
        (0.15, False, False),
        (0.02, False, True),
    ):
        company["adoption"] = adoption
        ends = observations.observe([firm], company, function, np.array([156]))
        assert (ends["met"][0], ends["collapsed"][0]) == (met, collapsed), adoption
    company["adoption"] = np.linspace(0.0, 0.9, 156)
    young = observations.observe([firm], company, function, np.array([60]))
    assert young["stage"][0] == 1
    assert 0.0 < young["score_change"][0] <= 10.0


def test_habits_are_timed_from_the_first_of_many_unbroken_weeks() -> None:
    weeks = mechanisms.FOLLOWED + 30
    practising = np.ones((weeks, 3), bool)
    practising[:20, 1] = False  # starts in week 20
    practising[:60, 2] = False  # too late to be followed
    habits = np.zeros((weeks, 3))
    habits[20:, 1] = np.minimum(1.0, np.arange(1, weeks - 19) / 10.0)
    assert list(mechanisms._weeks_to_habit(habits, practising)) == [10.0]


def test_more_training_loss_shows_in_the_training_experiment() -> None:
    taught = {"ability_training": 0.2, "ability_doing": 0.0, "ability_peers": 0.0}
    kept = [
        np.median(mechanisms.training_decay(taught | {"ability_loss": loss})["year"])
        for loss in (0.002, 0.02, 0.06)
    ]
    assert kept[0] > kept[1] > kept[2]


# --- evaluation -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def eight() -> Cohort:
    return Cohort.draw(8, seed=5)


def test_a_cohort_is_random_firms_projects_and_rigorous_firms(eight: Cohort) -> None:
    samples = dict(eight.samples)
    assert {name: len(sample) for name, sample in samples.items()} == {
        "firms": 8, "projects": 8, "rigorous": 2
    }  # fmt: skip
    assert lever(samples["firms"], "resources").min() < 2.2
    assert lever(samples["projects"], "resources").min() >= 2.2
    assert lever(samples["rigorous"], "communication").min() >= 0.2 + calibration.DO_WELL * 0.7
    assert eight.everybody == [firm for sample in samples.values() for firm in sample]


def test_each_sample_sees_its_own_firms(eight: Cohort) -> None:
    seen = eight.observe({})
    for name, place, number in (("firms", 3, 3), ("projects", 3, 11), ("rigorous", 1, 17)):
        prepared = engine.prepare(eight.everybody[number])
        alone = engine.run_replicates(prepared, 5, 1, threads=1, first=number)
        assert alone is not None
        assert seen[name]["adoption"][place] == alone.company["adoption"][0, -1]
        assert len(seen[name]["adoption"]) == len(dict(eight.samples)[name])


def test_evaluation_covers_every_pattern_and_promise(eight: Cohort) -> None:
    found = evaluate({}, eight, bundled=1)
    assert [result.pattern.id for result in found.results] == [p.id for p in patterns()]
    failing = [
        f"{name}: adoption beside orchestrated"
        for name in bundled()
        if (mode := load(name).mode) and mode not in calibration.FAIL_ELSEWHERE
    ]
    baselines, ended = found.promises[:3], found.promises[-2:]
    assert [promise.says for promise in found.promises[3:-2]] == failing
    assert [p.says.split(":")[0] for p in baselines] == list(calibration.BASELINES)
    assert ["ended in week" in promise.says for promise in ended] == [True, True]
    assert np.isfinite(found.loss)
    text = report(found)
    assert text.count("\n| E") + text.count("\n| T") == len(patterns())
    assert f"of {len(found.promises)} promises" in text


def test_what_outlives_a_programme_is_what_its_study_says() -> None:
    ended = calibration.promises({}, 1)[-2:]
    company = load("orchestrated").with_market(customers=calibration.BUNDLED_CUSTOMERS)
    for promise, (week, low, high) in zip(ended, calibration.STOPPED, strict=True):
        run = cxsim.simulate(stopped(company, week), replicates=1, seed=1, baseline=False)
        assert run is not None
        assert promise.value == pytest.approx(share_surviving(run, week).mean())
        assert (promise.low, promise.high) == (low, high)
        assert str(week) in promise.says


def test_evaluation_does_not_depend_on_threads(eight: Cohort) -> None:
    one, two = (evaluate({}, eight, bundled=0, threads=threads) for threads in (1, 2))
    assert [str(r.value) for r in one.results] == [str(r.value) for r in two.results]


def test_changing_a_coefficient_in_place_is_as_good_as_a_new_scenario(eight: Cohort) -> None:
    for name, parameter in parameters.registry().coefficients.items():
        value = 0.5 * (parameter.default + parameter.low)
        fresh = engine.prepare(eight.everybody[0].with_coefficients({name: value}))
        quick = eight._changed(0, {name: value})
        for old, new in zip((*fresh.firm, *fresh.plan), (*quick.firm, *quick.plan), strict=True):
            assert np.asarray(old).tobytes() == np.asarray(new).tobytes(), name


@pytest.mark.parametrize(
    ("coefficients", "word"),
    [
        ({"belief_peer": 0.3}, "belief_peers"),
        ({"charter": 0.3}, "levers"),
        ({"stop_belief": 7}, "1"),
    ],
)
def test_wrong_coefficients_are_named(eight: Cohort, coefficients: dict, word: str) -> None:
    with pytest.raises(CxsimError, match=word):
        evaluate(coefficients, eight, bundled=0)


def test_innovators_follow_the_thresholds() -> None:
    assert linked({"threshold_mean": 0.5, "threshold_spread": 0.15})[
        "innovator_threshold"
    ] == pytest.approx(0.206)
    assert linked({"threshold_mean": 0.3, "innovator_threshold": 0.1})["innovator_threshold"] == 0.1
    assert linked({"belief_peers": 0.3}) == {"belief_peers": 0.3}


def test_an_ordinary_process_stays_what_customers_expect() -> None:
    registry = parameters.registry()
    usual = firms.mean_quality(
        *(registry.find(n).default for n in ("local_quality", "handoff_quality", "handoff_share"))
    )
    base, quality = (registry.find(f"experience_{n}").default for n in ("base", "quality"))
    moved = linked({"experience_quality": quality + 0.1})
    assert moved["experience_base"] + (quality + 0.1) * usual == pytest.approx(
        base + quality * usual
    )
