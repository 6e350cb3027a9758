"""The fit: its search, many trials at a time, what is pinned down, and the experiment."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from click.testing import CliRunner

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.study import mechanisms
from cxsim.study.calibration import Coefficients, Cohort, Result, clean, evaluate
from cxsim.study.fitting import Axis, fit
from cxsim.study.identification import NOTICED, Pinned, identify
from cxsim.study.patterns import patterns
from cxsim.study.trials import trials
from experiments.calibration import __main__ as experiment
from experiments.calibration.__main__ import START, main


@pytest.fixture(scope="module")
def two() -> Cohort:
    return Cohort.draw(2, seed=7)


# --- the search -----------------------------------------------------------------------------------


def test_axes_go_there_and_back_within_the_registry() -> None:
    for name in START:
        axis, parameter = Axis.of(name), parameters.registry().find(name)
        assert axis.value(axis.place(parameter.default)) == pytest.approx(parameter.default)
        for place in (0.0, 1.0):
            assert parameter.low <= axis.value(place) <= parameter.high
    assert Axis.of("stop_belief").logarithmic
    assert not Axis.of("belief_peers").logarithmic


def forgetting(coefficients: Coefficients) -> float:
    """A loss of the patterns that know of lost training alone, on the real engine."""
    observed = {"training_decay": mechanisms.training_decay(MappingProxyType({**coefficients}))}
    known = [p for p in patterns() if p.sample == "training_decay"]
    return sum(Result(p, p.value(observed)).cost for p in known)


def test_the_fit_mends_a_planted_coefficient(two: Cohort, tmp_path: Path) -> None:
    names, bad = ("ability_loss", "ability_training"), {"ability_loss": 0.001}
    loss, trace = forgetting, tmp_path / "trace.json"
    lines: list[str] = []
    found = fit(names, two, bad, 6, 8, trace=trace, tell=lines.append, loss=loss)
    assert loss(bad) > 1.0
    assert found.loss < 0.2
    assert found.coefficients["ability_loss"] > 0.005
    assert len(lines) == 6
    again = fit(names, two, bad, 6, 8, trace=trace, loss=lambda _: pytest.fail("asked again"))
    assert again == found


def test_a_stopped_fit_goes_on_as_if_it_had_not_been(two: Cohort, tmp_path: Path) -> None:
    names, loss = ("ability_loss", "ability_training"), forgetting
    fit(names, two, None, 2, 4, trace=tmp_path / "a.json", loss=loss)
    resumed = fit(names, two, None, 4, 4, trace=tmp_path / "a.json", loss=loss)
    assert resumed == fit(names, two, None, 4, 4, loss=loss)
    with pytest.raises(CxsimError, match="other settings"):
        fit(names, two, None, 4, 5, trace=tmp_path / "a.json", loss=loss)
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CxsimError, match="not the trace"):
        fit(names, two, None, 4, 4, trace=tmp_path / "a.json", loss=loss)


def test_a_fit_on_firms_finds_what_was_planted(two: Cohort) -> None:
    bad = {"belief_disposition": 0.05, "belief_rate": 0.1}

    def belief(coefficients: Coefficients) -> float:
        return float(two.observe(coefficients)["firms"]["unit_belief"].mean())

    planted = belief(bad | {"belief_disposition": 0.4})

    def loss(coefficients: Coefficients) -> float:
        return abs(belief(coefficients) - planted)

    found = fit(tuple(bad), two, bad, generations=4, population=4, loss=loss)
    assert found.losses[0] == loss(bad)
    assert found.loss == min(found.losses) == loss(found.coefficients)
    assert found.loss < 0.6 * found.losses[0]
    assert found.coefficients["belief_disposition"] > 0.1


def test_one_coefficient_is_not_enough(two: Cohort) -> None:
    with pytest.raises(CxsimError, match="two"):
        fit(("stop_belief",), two)


# --- trying many sets, and what is pinned down ----------------------------------------------------


def test_processes_measure_the_same_losses(two: Cohort) -> None:
    sets = [{}, {"belief_peers": 0.1, "stop_belief": 0.3}]
    with trials(two) as measure:
        losses = measure(sets)
        with pytest.raises(CxsimError, match="belief_peers"):  # an error is told here
            measure([{"belief_peer": 0.3}])
    assert losses == [evaluate(coefficients, two, threads=1).loss for coefficients in sets]
    assert losses[0] != losses[1]


def test_a_loss_of_ones_own_is_measured_here_in_order(two: Cohort) -> None:
    asked = []

    def loss(coefficients: Coefficients) -> float:
        asked.append(coefficients)
        return float(len(asked))

    with trials(two, loss) as measure:
        assert measure([{"stop_belief": 0.1}, {}]) == [1.0, 2.0]
    assert asked == [{"stop_belief": 0.1}, {}]


PLACES = {"belief_peers": 0.5, "stop_belief": 0.1, "habit_gain": 0.1, "layer_fidelity": 1.0}


def test_pinned_down_is_what_the_loss_objects_to_on_both_sides(two: Cohort) -> None:
    asked = []

    def loss(c) -> float:
        asked.append(dict(c))
        both_sides = 100.0 * (c["belief_peers"] - 0.5) ** 2
        one_side = 100.0 * max(0.0, c["stop_belief"] - 0.1)
        return 7.0 + both_sides + one_side + 10.0 * (1.0 - c["layer_fidelity"])

    fitted = PLACES | {"habit_loss": 0.01}  # fitted, and not asked about
    found = identify(tuple(PLACES), two, fitted, loss)
    assert [(pinned.name, pinned.value) for pinned in found] == list(PLACES.items())
    rises = [(pinned.down, pinned.up) for pinned in found]
    assert np.ravel(rises) == pytest.approx([2.25, 2.25, 0.0, 3.0, 0.0, 0.0, 3.0, 0.0])
    assert [pinned.identified for pinned in found] == [True, False, False, False]
    assert asked[0] == fitted
    moved = [[name for name in fitted if one[name] != fitted[name]] for one in asked[1:]]
    # Each alone, down and up; the last stands at the end of its range and cannot go up.
    assert moved == [*[[name] for name in PLACES for _ in range(2)][:-1], []]
    assert asked[1]["belief_peers"] == pytest.approx(0.35)


def test_without_a_fit_coefficients_are_moved_from_their_defaults(two: Cohort) -> None:
    default = parameters.registry().find("stop_belief").default
    (found,) = identify(("stop_belief",), two, loss=lambda c: c["stop_belief"] / default)
    assert (found.value, found.identified) == (default, False)
    assert (found.down, found.up) == pytest.approx((-0.3, 0.3))


def test_a_rise_has_to_be_noticed_on_either_side() -> None:
    assert Pinned("", 1.0, NOTICED, 9.0).identified
    assert not Pinned("", 1.0, 9.0, 0.99 * NOTICED).identified
    assert not Pinned("", 1.0, -1.0, 9.0).identified


# --- the experiment -------------------------------------------------------------------------------


def test_the_search_starts_from_coefficients_that_lie_on_its_axes() -> None:
    assert clean(START) == START
    for name, value in START.items():
        axis = Axis.of(name)
        assert axis.value(axis.place(value)) == pytest.approx(value), name


def test_what_the_patterns_hold_best_comes_first() -> None:
    found = [Pinned("loose", 0.1, -0.2, 3.0), Pinned("held", 0.25, 0.6, 1.5)]
    table = experiment._pinned(found)
    assert table[-2:] == [
        "| held | 0.25 | +0.60 | +1.50 | yes |",
        "| loose | 0.1 | -0.20 | +3.00 | no |",
    ]


def test_the_experiment_ends_a_fit_that_was_begun_and_says_what_is_pinned_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = {"ability_loss": 0.02, "ability_training": 0.06}
    monkeypatch.setattr(experiment, "START", start)  # all of them take minutes
    cohort, trace = Cohort.draw(2, experiment.FIT_SEED), tmp_path / "trace.json"
    begun = fit(
        tuple(start), cohort, start, 1,
        spread=experiment.NEARBY, trace=trace, loss=lambda c: c["ability_loss"],
    )  # fmt: skip
    options = ["--fit", "--firms", "2", "--fit-firms", "2", "--generations", "1"]
    ran = CliRunner().invoke(main, [*options, "--out", str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    fitted = json.loads((tmp_path / "fitted.json").read_text(encoding="utf-8"))
    assert fitted == {name: float(f"{value:.3g}") for name, value in begun.coefficients.items()}
    written = (tmp_path / "table.md").read_text(encoding="utf-8")
    fresh = evaluate(fitted, Cohort.draw(2, experiment.FRESH_SEED))
    assert f"loss {fresh.loss:.2f}." in written
    pinned = re.findall(r"^\| (ability_\w+) \| ([\d.]+) .* (?:yes|no) \|$", written, re.MULTILINE)
    assert dict(pinned) == {name: f"{value:.3g}" for name, value in fitted.items()}


def test_the_experiment_prints_and_writes_its_table(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["--firms", "4", "--out", str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    written = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert "E1.07-overall" in written
    assert "E1.07-overall" in ran.output
    wrong = tmp_path / "trace.json"
    wrong.write_text(json.dumps({}), encoding="utf-8")
    refused = CliRunner().invoke(main, ["--fit", "--fit-firms", "4", "--out", str(tmp_path)])
    assert refused.exit_code == 2
    assert "not the trace" in refused.output


def test_every_kept_miss_is_explained(checkout: Path) -> None:
    kept = (checkout / "experiments" / "calibration" / "measured.md").read_text(encoding="utf-8")
    missed = [line.split(":")[0].strip("| ") for line in kept.splitlines() if "| MISS |" in line]
    assert missed
    reasons = [line for line in kept.splitlines() if line.startswith("* **")]
    for name in missed:
        assert any(line.startswith(f"* **{name}**: ") for line in reasons), name
    assert "not explained" not in kept
