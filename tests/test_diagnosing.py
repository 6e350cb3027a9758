"""What went wrong: planted faults are found from what a company sees, and confirmed by cures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxsim.errors import CxsimError
from cxsim.explain.chance import Mean
from cxsim.explain.diagnosing import Candidate, Diagnosis, diagnose
from cxsim.explain.diagnosing.cures import OUTCOMES, Cure, Trial, cure_of, try_cures
from cxsim.explain.diagnosing.features import SPANS, features
from cxsim.explain.diagnosing.histories import read_csv
from cxsim.explain.diagnosing.likelihood import likelihoods
from cxsim.explain.diagnosing.notes import ALONE, notes_of
from cxsim.explain.diagnosing.observables import OBSERVABLES, Observed, names, observe
from cxsim.explain.diagnosing.ranking import Gain, gain_of, unharmed
from cxsim.explain.diagnosing.words import cure_words, lacking, lacks
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.series import COMPANY, FUNCTION, LAYER
from experiments.diagnosis.cases import DEFAULT, PAIR, Case
from experiments.diagnosis.faults import default_firm, mode_names, planted

HIDDEN = {"belief", "cynicism", "conflict", "insight", "satisfaction", "evidence", "ability"}
BURIED, HOLDOUT = "fm12_buried", "fm09_process_owner_says_no"


def run_of(scenario: Scenario, replicates: int = 2) -> Ensemble:
    made = simulate(scenario, replicates, 11, baseline=False)
    assert made is not None
    return made


def found_in(run: Scenario | Ensemble | Path, **given: object) -> Diagnosis:
    found = diagnose(run, **given)  # type: ignore[arg-type]
    assert found is not None
    return found


@pytest.fixture(scope="module")
def holdout() -> Ensemble:
    return run_of(load(HOLDOUT))


@pytest.fixture(scope="module")
def diagnosis(holdout: Ensemble) -> Diagnosis:
    return found_in(holdout)


# --- what is read ---------------------------------------------------------------------------------


def test_nothing_hidden_is_read() -> None:
    assert HIDDEN.isdisjoint(one.name for one in OBSERVABLES)
    assert not [one.name for one in OBSERVABLES if one.name.startswith("quality")]
    assert all(one.why for one in OBSERVABLES)


def test_a_firm_twice_as_large_has_the_same_features(holdout: Ensemble) -> None:
    seen = observe(holdout)
    counts = {"employees", "open_issues", "closures", "respondents", "churned", "acquired"}
    counts |= {"active_customers", "programme_cost"}

    def doubled(series: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        return {name: (2 if name in counts else 1) * value for name, value in series.items()}

    twice = Observed(
        doubled(dict(seen.company)),
        doubled(dict(seen.function)),
        doubled(dict(seen.layer)),
        seen.functions,
    )
    small, large = features(seen, 156, full=True), features(twice, 156, full=True)
    for name, value in small.items():
        np.testing.assert_allclose(large[name], value, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("span", SPANS)
def test_later_weeks_do_not_change_an_earlier_answer(holdout: Ensemble, span: int) -> None:
    seen = observe(holdout)
    cut = Observed(
        {name: value[:, :span] for name, value in seen.company.items()},
        {name: value[:, :span] for name, value in seen.function.items()},
        {name: value[:, :span] for name, value in seen.layer.items()},
        seen.functions,
    )
    whole, part = features(seen, span, full=True), features(cut, span, full=True)
    for name, value in whole.items():
        np.testing.assert_array_equal(part[name], value, name)
    assert likelihoods(cut).shape == (2, len(mode_names()) + 1)


# --- what is found --------------------------------------------------------------------------------


def test_a_planted_fault_is_named_and_confirmed(diagnosis: Diagnosis) -> None:
    first = diagnosis.candidates[0]
    assert (diagnosis.verdict, first.mode, first.confirmed) == ("failure", "FM09", True)
    assert diagnosis.futures == ("FM09", "FM09")
    assert first.gain is not None
    assert 0.0 < first.gain.mean.value <= first.gain.lacking
    assert "one head stands apart" in first.evidence
    assert diagnosis.sentence.startswith("FM09 The process owner says no (likelihood ")


def test_a_healthy_company_is_called_healthy() -> None:
    found = found_in(load("orchestrated"), replicates=2)
    assert found.verdict == "healthy"
    assert found.sentence.startswith("Nothing went wrong")
    assert set(found.futures) == {"healthy"}
    assert found.notes == ()


def test_a_middling_programme_is_not_given_a_name() -> None:
    assert found_in(load("typical"), replicates=2).verdict == "cannot tell"


def test_without_a_programme_nothing_is_looked_for(tmp_path: Path) -> None:
    alone = load("no_programme").with_weeks(60)
    found = found_in(alone, replicates=3)
    assert (found.verdict, found.candidates) == ("cannot tell", ())
    assert found.sentence.startswith("There is no programme to diagnose: nobody supports")
    answer = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert answer["futures"] == [
        {"mode": "cannot tell", "title": "there is no programme", "count": 3}
    ]
    wide(run_of(alone)).to_csv(tmp_path / "ours.csv", index=False)
    assert "no money is spent on one" in found_in(tmp_path / "ours.csv").table()


def test_two_faults_are_both_named_since_cures_are_tried_together() -> None:
    modes = (HOLDOUT, "fm23_status_quo")
    found = found_in(Case(PAIR, DEFAULT, modes, 9_500_001).scenario(), replicates=3)
    assert {one.name for one in found.candidates[:2]} == set(modes)
    assert {one.name for one in found.causes} == set(modes)
    assert "It is not alone" in found.sentence


def test_as_dict_is_plain_data_with_all_texts(diagnosis: Diagnosis) -> None:
    answer = json.loads(json.dumps(diagnosis.as_dict(), allow_nan=False))
    first = answer["candidates"][0]
    assert first["cure"]["settings"] == {
        "holdouts": [], "charter": 0.85, "cross_functional_ties": 0.15
    }  # fmt: skip
    assert first["gain"]["text"] in answer["sentence"]
    assert sum(one["count"] for one in answer["futures"]) == diagnosis.replicates
    assert len(diagnosis.frame()) == len(answer["candidates"])


# --- the cures ------------------------------------------------------------------------------------


def test_a_cure_that_changes_nothing_here_gains_exactly_nothing() -> None:
    sound = load("orchestrated").with_weeks(60)
    idle, other = cure_of("fm11_words_not_expectations", sound, 20), cure_of(BURIED, sound, 20)
    assert (dict(idle.changes), dict(other.changes)) == ({}, {})
    trial = try_cures(sound, [idle, other], (), 2, 3)
    assert trial is not None
    assert not trial.gain(idle.mode).any()


def test_a_trial_gives_the_numbers_of_runs_of_their_own() -> None:
    failing = load(BURIED).with_weeks(60)
    cure = cure_of(BURIED, failing, 20)
    trial = try_cures(failing, [cure], (BURIED,), 2, 11)
    assert trial is not None
    cured = run_of(failing.with_events([cure.event]))
    np.testing.assert_array_equal(trial.cured[BURIED,][:, 0], cured.series("practising")[:, -1])
    np.testing.assert_array_equal(trial.gain_beside(BURIED), trial.gain(BURIED))


def test_harm_is_looked_for_in_practice_then_customers_then_money() -> None:
    sound = np.array([[200.0, 1000.0, 5e6]])

    def lacking(*amounts: float) -> Trial:
        own = sound - np.array([amounts])
        return Trial(own, sound, {("a",): own + 1.0}, ())

    assert gain_of(lacking(40, 100, 1e6), "a").outcome == "adoption"
    assert gain_of(lacking(20, 30, 1e6), "a").outcome == "customers"
    assert gain_of(lacking(20, 10, 1e6), "a").outcome == "money"
    harmed = [lacking(40, 0, 0), lacking(0, 60, 0), lacking(20, 30, 1e6), lacking(-9, -9, -9)]
    assert [bool(unharmed(one)[0]) for one in harmed] == [False, False, True, True]


def test_the_week_of_the_cure_is_chosen(holdout: Ensemble) -> None:
    late = found_in(holdout, week=150).candidates[0]
    assert late.cure is not None
    assert late.cure.event.week == 150
    assert not late.confirmed


def test_where_a_run_is_ahead_it_is_not_said_to_lack() -> None:
    sound = np.array([[200.0, 1000.0, 5e6]])
    cases = {
        (210, 133, -550e3): "lacks 210 employees and 133 customers, and is $550,000 ahead",
        (10, -3, 2e6): "lacks 10 employees and $2.0 million, and has 3 customers more",
        (0.2, -4, -2e6): "lacks nothing, has 4 customers more, and is $2.0 million ahead",
        (0, 0, 0): "lacks nothing",
    }
    for amounts, said in cases.items():
        trial = Trial(sound - np.array([amounts]), sound, {}, ())
        assert lacks(trial, *OUTCOMES) == said
        assert "$0" not in str(lacking(trial))


def test_a_cure_is_told_in_up_to_six_changes() -> None:
    told = {len(cure.changes): cure_words(cure) for cure in every_cure()}
    assert max(told) > 6
    for many, words in told.items():
        assert words.count(" -> ") == min(many, 6)
        assert words.endswith(f"; and {many - 6} more") == (many > 6)


def every_cure() -> list[Cure]:
    """Return all cures as they would be applied to a company that has no programme."""
    return [cure_of(name, load("no_programme"), 20) for name in mode_names()]


def test_cures_that_gain_as_much_are_said_not_to_tell_faults_apart(holdout: Ensemble) -> None:
    def candidate(mode: str, likelihood: float, *gained: float) -> Candidate:
        gain = Gain("adoption", Mean(*gained), 100.0)
        return Candidate(mode, mode, mode, likelihood, 0, 5, "", None, gain)

    first, seen = candidate("FM01", 0.9, 60, 50, 70), observe(holdout)
    near, far = candidate("FM02", 0.2, 45, 35, 55), candidate("FM03", 0.2, 30, 20, 40)
    assert (
        "The cure of FM02 (likelihood 20 %) gains about as much"
        in notes_of(seen, [first, near], True)[-1]
    )
    assert notes_of(seen, [first, far], True) == (ALONE,)


# --- planting -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["fm05_sisyphus", "fm14_one_time_project", "fm16_window_dressing"])
def test_a_whole_fault_in_the_default_company_is_the_bundled_scenario(name: str) -> None:
    made, bundled = planted({name: 1.0}, default_firm()), load(name)
    assert dict(made.levers) == dict(bundled.levers)
    assert [(e.week, e.set, e.shock) for e in made.events] == [
        (e.week, e.set, e.shock) for e in bundled.events
    ]


# --- where a history comes from -------------------------------------------------------------------


def test_a_saved_run_is_diagnosed_as_the_run_itself(
    holdout: Ensemble, diagnosis: Diagnosis, tmp_path: Path
) -> None:
    holdout.save(tmp_path / "saved", ["csv"])
    assert found_in(tmp_path / "saved").as_dict() == diagnosis.as_dict()


def test_weekly_numbers_alone_give_the_first_step_only(holdout: Ensemble, tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    wide(holdout).to_csv(path, index=False)
    found = found_in(path)
    assert (found.trial, found.scenario, found.verdict) == (None, None, "failure")
    assert found.candidates[0].mode == "FM09"
    assert any("no cure can be tried" in note for note in found.notes)
    assert read_csv(path).functions == holdout.functions


def wide(ensemble: Ensemble) -> pd.DataFrame:
    """Return a file of weekly numbers with those by function and by layer."""
    frame = ensemble.wide()
    for level, units, series in (
        (FUNCTION, ensemble.functions, ensemble.function_series),
        (LAYER, ensemble.layers, ensemble.layer_series),
    ):
        for name in names(level):
            for place, unit in enumerate(units):
                frame[f"{name}.{unit}"] = series(name)[..., place].ravel()
    return frame


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns=["closures", "commitment"]), "lacks the columns closures, comm"),
        (lambda f: f.iloc[:30], "wants at least 52"),
        (lambda f: f.assign(adoption="much"), "row 2: adoption: much where a number is wanted"),
        (lambda f: f.iloc[:0], "has no rows"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence(
    holdout: Ensemble, tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame], said: str
) -> None:
    path = tmp_path / "ours.csv"
    frame = holdout.wide()
    frame = frame[frame["replicate"] == 0][["week", *names(COMPANY)]]
    change(frame).to_csv(path, index=False)
    with pytest.raises(CxsimError, match=said):
        diagnose(path)


def test_other_bad_input_is_refused(holdout: Ensemble) -> None:
    with pytest.raises(CxsimError, match="before the end"):
        diagnose(holdout, week=156)
    with pytest.raises(CxsimError, match="wants at least 52"):
        diagnose(load("typical").with_weeks(40))
    with pytest.raises(CxsimError, match="there is no such file"):
        diagnose("nowhere.csv")
    with pytest.raises(CxsimError, match="is wanted"):
        diagnose(5)  # type: ignore[arg-type]


def test_it_stops_when_told_and_counts_on() -> None:
    told: list[tuple[int, int]] = []
    assert diagnose(load(BURIED), 2, progress=lambda *n: told.append(n)) is not None
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert diagnose(load(BURIED), 2, cancelled=lambda: True) is None
