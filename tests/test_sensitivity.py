"""Sensitivity: known answers, what is varied and what is not, and the findings that are kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.explain.sustaining import share_surviving, stopped
from cxsim.figures import save_figure
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.study.sensitivity import (
    ASSUMED,
    CALIBRATED,
    REMEMBERED,
    SOURCED,
    Effect,
    Findings,
    factors,
    group_of,
    kept,
    left_out,
    read,
    with_what_follows,
)
from cxsim.study.sensitivity_figure import BARS, COLOUR_OF, in_words, sensitivity_figure
from cxsim.study.sensitivity_indices import decompose, screen
from cxsim.study.sensitivity_runs import (
    LABELS,
    QUIET,
    STOP,
    Effort,
    evaluate,
    halfway,
    investigate,
    outcomes,
    that_matter,
)
from experiments.sensitivity import __main__ as command
from experiments.sensitivity.table import document, summary

REGISTRY = parameters.registry()
FACTORS = {factor.name: factor for factor in factors()}
TINY = Effort(trajectories=2, samples=8, group_samples=8, replicates=2)


def small() -> Scenario:
    return halfway().with_settings({"employees": 60, "customers": 80})


# ------------------------------------------------------------------ known answers


def ishigami(points: np.ndarray) -> np.ndarray:
    a, b, c = np.pi * (2.0 * points.T - 1.0)
    return (np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))[:, None]


def test_ishigami_has_its_published_indices() -> None:
    (shares,), _ = decompose(["a", "b", "c"], ishigami, 4096, seed=1)
    found = {share.name: share for share in shares}
    first = {"a": 0.3139, "b": 0.4424, "c": 0.0}
    total = {"a": 0.5576, "b": 0.4424, "c": 0.2437}
    for name, share in found.items():
        assert share.first == pytest.approx(first[name], abs=0.02)
        assert share.total == pytest.approx(total[name], abs=0.02)
        assert 0.0 < share.total_margin < 0.06
    assert [share.name for share in shares] == ["a", "b", "c"], "in the order of their total"


WEIGHTS = np.array([3.0, -2.0, 0.0, 1.0])
NAMES = ["up", "down", "nothing", "little"]


def linear(points: np.ndarray) -> np.ndarray:
    return np.stack([points @ WEIGHTS, points @ WEIGHTS[::-1]], axis=1)


def test_effects_of_a_linear_function_are_its_weights() -> None:
    forward, backward = screen(NAMES, linear, trajectories=4, seed=1)
    assert [effect.name for effect in forward] == ["up", "down", "little", "nothing"]
    for effects, weights in ((forward, WEIGHTS), (backward, WEIGHTS[::-1])):
        for effect in effects:
            weight = weights[NAMES.index(effect.name)]
            assert effect.size == pytest.approx(abs(weight))
            assert effect.mean == pytest.approx(weight)
            assert effect.spread == pytest.approx(0.0, abs=1e-9)
            assert effect.direction == ("±" if weight == 0 else "+" if weight > 0 else "-")


def test_groups_divide_the_variance_of_a_linear_function_by_its_squared_weights() -> None:
    groups = ["known", "assumed", "known", "assumed"]
    (shares, _), independent = decompose(NAMES, linear, 2048, seed=1, groups=groups)
    assert [share.name for share in shares] == ["known", "assumed"]
    for share, part in zip(shares, (9 / 14, 5 / 14), strict=True):
        assert share.first == pytest.approx(part, abs=0.02)
        assert share.total == pytest.approx(part, abs=0.02)
    assert independent.shape == (4096, 2)
    np.testing.assert_allclose(independent.var(axis=0), 14 / 12, rtol=0.02)


def test_an_outcome_that_is_not_a_number_is_refused() -> None:
    def broken(points: np.ndarray) -> np.ndarray:
        found = linear(points)
        found[3, 1] = np.nan
        return found

    with pytest.raises(CxsimError, match=r"outcome 1 is nan at point 3 \(1 such"):
        screen(NAMES, broken, 2, seed=1)
    with pytest.raises(CxsimError, match="outcome 0 is inf at point 0"):
        decompose(NAMES, lambda points: np.full((len(points), 1), np.inf), 8, seed=1)


def test_an_outcome_that_never_changes_has_no_variance_to_divide() -> None:
    with pytest.raises(CxsimError, match="outcome 0 is 2 at every point"):
        decompose(NAMES, lambda points: np.full((len(points), 1), 2.0), 8, seed=1)


def test_those_matter_whose_effect_is_great_beside_the_greatest_on_the_same_outcome() -> None:
    def effect(name: str, size: float) -> Effect:
        return Effect(name, size, 0.0, size, 0.0)

    large = [effect("a", 50.0), effect("b", 20.0), effect("c", 1.0)]
    fine = [effect("c", 0.05), effect("b", 0.01), effect("a", 0.0)]
    assert sorted(that_matter([large, fine], 2)) == ["a", "c"]


# ------------------------------------------------------------------ what is varied


def test_every_fact_and_coefficient_is_varied_or_left_out_with_a_reason() -> None:
    names = {*REGISTRY.organisation, *REGISTRY.market, *REGISTRY.coefficients}
    assert set(FACTORS) | set(left_out()) == names
    assert not set(FACTORS) & set(left_out())
    assert all(left_out().values())


def test_intervals_hold_the_default_and_stay_in_the_range_of_the_registry() -> None:
    for factor in FACTORS.values():
        parameter = REGISTRY.find(factor.name)
        assert parameter.low <= factor.low <= factor.default <= factor.high <= parameter.high
        assert factor.low < factor.high
        assert factor.at(factor.position) == pytest.approx(factor.default)
        assert (factor.at(0.0), factor.at(1.0)) == (factor.low, factor.high)


def test_what_a_source_gives_varies_less_than_what_is_assumed() -> None:
    def reach(name: str) -> float:
        return FACTORS[name].high / FACTORS[name].default

    assert reach("belief_rate") == pytest.approx(1.25)
    assert reach("loss_aversion") == pytest.approx(1.15)
    assert reach("churn_alpha") == pytest.approx(1.1)
    drift = FACTORS["expectation_drift"]  # its default is zero
    assert (drift.low, drift.high) == (pytest.approx(-0.02), pytest.approx(0.02))
    grades = ("assumption", "calibrated", "M-lo", "S2")
    assert tuple(map(group_of, grades)) == (ASSUMED, CALIBRATED, REMEMBERED, SOURCED)


def test_innovators_end_where_the_thresholds_put_them() -> None:
    scenario = halfway()
    assert with_what_follows({"belief_rate": 0.2}, scenario) == {"belief_rate": 0.2}
    moved = with_what_follows({"threshold_mean": 0.6}, scenario)
    spread = scenario.coefficients["threshold_spread"]
    assert moved["innovator_threshold"] == pytest.approx(0.6 - 1.96 * spread)
    known = {name: REGISTRY.coefficients[name].default for name in ("threshold_mean",)}
    as_it_is = with_what_follows(known, scenario)["innovator_threshold"]
    assert as_it_is == pytest.approx(scenario.coefficients["innovator_threshold"], abs=5e-4)


# ------------------------------------------------------------------ runs


def run(scenario: Scenario) -> Ensemble:
    ensemble = simulate(scenario, 2, seed=5, baseline=False)
    assert ensemble is not None
    return ensemble


def test_a_point_is_two_plain_runs_with_and_without_the_stop() -> None:
    scenario = small()
    quiet = stopped(scenario, STOP, QUIET)
    whole, taken = run(scenario), run(quiet)
    expected = [whole.outcome("adoption"), whole.outcome("churn_yearly")]
    expected.append(share_surviving(taken, STOP))
    np.testing.assert_array_equal(outcomes(scenario, quiet, 2, 5), np.stack(expected, axis=1))


def test_points_are_settings_between_the_ends_of_each_factor() -> None:
    varied = [FACTORS["belief_rate"], FACTORS["churn_alpha"]]
    points = np.array([[factor.position for factor in varied], [0.0, 1.0]])
    effort = Effort(replicates=2, seed=5)
    told: list[tuple[int, int]] = []
    found = evaluate(small(), varied, points, effort, lambda *done: told.append(done))
    quiet = stopped(small(), STOP, QUIET)
    np.testing.assert_array_equal(found[0], outcomes(small(), quiet, 2, 5))
    ends = {"belief_rate": varied[0].low, "churn_alpha": varied[1].high}
    expected = outcomes(small().with_settings(ends), quiet.with_settings(ends), 2, 5)
    np.testing.assert_array_equal(found[1], expected)
    assert (found[0] != found[1]).any()
    assert told == [(1, 2), (2, 2)]


def test_nothing_survives_where_nobody_practises() -> None:
    nobody = small().with_settings({"innovator_threshold": 0.0, "start_hazard": 0.0})
    found = outcomes(nobody, stopped(nobody, STOP, QUIET), 2, 5)
    assert (found[:, 0] == 0.0).all()
    assert (found[:, 2] == 0.0).all()


@pytest.fixture(scope="module")
def findings() -> Findings:
    names = ("threshold_mean", "belief_rate", "churn_alpha", "experience_base", "loss_aversion")
    return investigate(small(), TINY, varied=[FACTORS[name] for name in names])


def test_an_investigation_answers_for_every_outcome(findings: Findings) -> None:
    assert set(findings.answers) == set(LABELS)
    assert findings.made["points"] == 1 + 2 * 6 + 8 * 7 + 8 * 5
    for answer in findings.answers.values():
        assert {effect.name for effect in answer.effects} == {f.name for f in findings.factors}
        assert {share.name for share in answer.groups} == {ASSUMED, REMEMBERED, SOURCED}
        assert answer.low <= answer.middle <= answer.high
        assert answer.spread > 0.0
        assert answer.noise > 0.0
        others = sum(share.total for share in answer.groups if share.name != ASSUMED)
        assert answer.assumed == pytest.approx(max(0.0, 1.0 - others))
    adoption = {effect.name: effect for effect in findings.answer("adoption").effects}
    assert adoption["threshold_mean"].direction == "-"
    with pytest.raises(CxsimError, match="adopton: no such outcome, did you mean 'adoption'"):
        findings.answer("adopton")


def test_findings_survive_their_file(findings: Findings, tmp_path: Path) -> None:
    path = tmp_path / "sensitivity.json"
    path.write_text(findings.to_json(), encoding="utf-8")
    again = read(path)
    assert again.to_json() == findings.to_json()
    assert again.factors == findings.factors
    path.write_text('{"made": {}}', encoding="utf-8")
    with pytest.raises(CxsimError, match="not a file of findings on sensitivity"):
        read(path)
    with pytest.raises(CxsimError, match="cannot be read"):
        read(tmp_path / "absent.json")


def test_the_table_has_a_row_per_factor_and_shares_where_worked_out(findings: Findings) -> None:
    table = findings.table("adoption")
    assert len(table) == len(findings.factors)
    assert table["size"].is_monotonic_decreasing
    assert table["total"].notna().all()
    assert kept().table("adoption")["total"].notna().sum() == len(kept().answer("adoption").shares)


# ------------------------------------------------------------------ what is kept, and the faces


def test_the_kept_findings_speak_of_this_model() -> None:
    found = kept()
    assert [factor.name for factor in found.factors] == list(FACTORS)
    assert dict(found.left_out) == left_out()
    assert set(found.answers) == set(LABELS)
    for answer in found.answers.values():
        assert {effect.name for effect in answer.effects} == set(FACTORS)


def test_the_kept_findings_were_made_with_these_defaults() -> None:
    # If this fails: python -m experiments.sensitivity --keep
    assert kept().out_of_date() == []
    assert kept().made["hash"] == halfway().hash
    changed = replace(kept().factors[0], default=0.123)
    older = replace(kept(), factors=(changed, *kept().factors[1:]))
    assert older.out_of_date() == [changed.name]


def test_the_halfway_programme_can_still_go_either_way() -> None:
    answer = kept().answer("adoption")
    assert 0.15 < answer.at_defaults < 0.85
    assert answer.low < answer.at_defaults < answer.high


def test_the_figure_shows_the_largest_effects_in_the_colours_of_what_they_rest_on(
    tmp_path: Path,
) -> None:
    found = kept()
    figure = sensitivity_figure(found)
    assert len(figure.axes) == 2 * len(LABELS)
    for axes, answer in zip(figure.axes[::2], found.answers.values(), strict=True):
        labels = [label.get_text() for label in axes.get_yticklabels()]
        assert labels == [in_words(effect.name) for effect in answer.effects[:BARS]]
        for bar, effect in zip(axes.patches, answer.effects, strict=False):
            assert bar.get_width() == pytest.approx(100 * effect.size)  # type: ignore[attr-defined]
            group = found.factor(effect.name).group
            assert bar.get_facecolor()[:3] == pytest.approx(_rgb(COLOUR_OF[group]))
    first, second = (save_figure(sensitivity_figure(found), tmp_path / n, "svg")[0] for n in "ab")
    assert first.read_bytes() == second.read_bytes()
    with pytest.raises(CxsimError, match="no such outcome"):
        sensitivity_figure(found, ["nothing"])


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def test_the_command_prints_and_writes_tables_and_figure(
    findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "investigate", lambda *_: findings)
    result = CliRunner().invoke(command.main, ["--quick", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    assert summary(findings) in result.output
    assert (tmp_path / "measured.md").read_text(encoding="utf-8") == document(findings)
    assert read(tmp_path / "sensitivity.json").to_json() == findings.to_json()
    assert {path.suffix for path in tmp_path.iterdir()} == {".md", ".json", ".png", ".svg"}
    refused = CliRunner().invoke(command.main, ["--quick", "--keep"])
    assert refused.exit_code == 2


def test_progress_says_how_long_it_will_take(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter((0.0, 2.0, 10.0, 20.0))
    monkeypatch.setattr(command.time, "monotonic", lambda: next(clock))
    teller = command.Teller()
    for done in (1, 2, 10, 20):
        teller("screening", done, 20)
    assert capsys.readouterr().err.splitlines() == [
        "screening: 10 of 20 points, about 10 s left",
        "screening: 20 of 20 points",
    ]
