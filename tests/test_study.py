"""Running a design: the right numbers, each run once, replicates by rule."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.explain.sustaining import share_surviving, stopped
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.study.batch import Progress, Study, open_study, run_study
from cxsim.study.batch.progress import Meter, clock
from cxsim.study.batch.queue import Queue
from cxsim.study.batch.recipe import model_hash, recipe_of
from cxsim.study.batch.replication import asked, half_width
from cxsim.study.design import Design, Factor, Until

SEED = 3
OUTCOMES = ("adoption", "week_half_adoption")


def firm(**levers: Any) -> Scenario:
    return (
        cxsim.load("typical")
        .with_organisation(employees=40)
        .with_market(customers=120)
        .with_weeks(60)
        .with_levers(levers)
    )


def small(**more: Any) -> Design:
    asked_for: dict[str, Any] = {
        "levers": {"charter": [0.2, 0.9], "wins": [0.3, 0.8]},
        "method": "factorial",
        "replicates": 3,
        "seed": SEED,
        "outcomes": ("adoption", "churn_yearly"),
    }
    return Design.of(firm(), **{**asked_for, **more})


def line(settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, float]:
    """A function of one's own: two numbers and some noise that depends on seed and replicate."""
    noise = np.random.default_rng([seed, replicate]).normal()
    return {"height": 2.0 * settings["x"] + 0.1 * noise, "width": float(replicate)}


def of_function(**more: Any) -> Design:
    asked_for: dict[str, Any] = {
        "factors": (Factor("x", "uncertainty", 0.0, 1.0),),
        "method": "sobol_sequence",
        "samples": 4,
        "replicates": 3,
        "outcomes": ("height", "width"),
    }
    return Design("function", "A function", None, **{**asked_for, **more})


def as_simulated(design: Design, settings: Mapping[str, Any], replicates: int) -> Ensemble:
    ensemble = cxsim.simulate(design.scenario_at(settings), replicates, SEED)
    assert ensemble is not None
    return ensemble


# --- the numbers --------------------------------------------------------------------------------


def test_runs_are_those_of_simulate_to_the_last_bit(tmp_path: Path) -> None:
    measure = "100 * mean(open_issues, -13)"
    design = small(
        outcomes=("adoption", "net_value", "payback_week"),
        measures={"backlog": measure},
        series=("adoption", "net_value"),
    )
    study = run_study(design, tmp_path)
    runs, weekly = study.runs(), study.weekly()
    assert list(runs) == [
        *("point", "replicate", "charter", "wins", "adoption", "net_value", "payback_week"),
        *("backlog", "error"),
    ]
    assert len(runs) == 4 * 3
    for point, settings in enumerate(design.settings):
        expected, own = as_simulated(design, settings, 3), runs[runs["point"] == point]
        for name in ("adoption", "net_value", "payback_week"):
            np.testing.assert_array_equal(own[name], expected.outcome(name))
        np.testing.assert_array_equal(own["backlog"], cxsim_measure(measure, expected))
        assert (own["charter"] == settings["charter"]).all()
        for name in ("adoption", "net_value"):
            series = weekly[weekly["point"] == point][name].to_numpy().reshape(3, 60)
            np.testing.assert_array_equal(series, expected.series(name))


def cxsim_measure(text: str, ensemble: Ensemble) -> np.ndarray:
    from cxsim.measures import parse

    return parse(text).of(ensemble)


@pytest.mark.parametrize("week", [20, 60, 75])
def test_what_survives_is_what_a_stopped_company_shows(tmp_path: Path, week: int) -> None:
    """The company is forked in the week of the stop; run from the start it is the same."""
    good = {"levers": {"leadership": [0.2, 1.0]}}
    design = small(outcomes=("share_surviving", "self_sustaining"), withdraw=week, **good)
    runs = run_study(design, tmp_path).runs()
    for point, settings in enumerate(design.settings):
        quiet = cxsim.simulate(stopped(design.scenario_at(settings), week), 3, SEED, baseline=False)
        assert quiet is not None
        own, share = runs[runs["point"] == point], share_surviving(quiet, week)
        np.testing.assert_array_equal(own["share_surviving"], share)
        before = quiet.series("adoption")[:, week - 1]
        np.testing.assert_array_equal(own["self_sustaining"], (share >= 0.8) & (before >= 0.25))


def test_money_compares_with_the_company_without_a_programme_at_each_point(tmp_path: Path) -> None:
    """Levers that only shape a programme share it; a market or a lever of operations does not."""
    design = Design.of(
        firm(),
        levers={"charter": [0.2, 0.9], "workload": [0.3, 0.9]},
        uncertainties={"fte_cost": [1_000.0, 3_000.0]},
        method="factorial", replicates=2, seed=SEED, outcomes=("net_value",),
    )  # fmt: skip
    runs = run_study(design, tmp_path).runs()
    for point, settings in enumerate(design.settings):
        own = runs[runs["point"] == point]["net_value"]
        np.testing.assert_array_equal(own, as_simulated(design, settings, 2).outcome("net_value"))


def test_threads_change_nothing(tmp_path: Path) -> None:
    frames = [
        run_study(small(), tmp_path / str(n), threads=n).export(tmp_path / f"out{n}")
        for n in (1, 4)
    ]
    assert [p.read_bytes() for p in frames[0]] == [p.read_bytes() for p in frames[1]]


def test_points_are_means_and_weeks_that_never_come_are_counted(tmp_path: Path) -> None:
    design = Design.of(
        levers={"charter": [0.1, 0.9]}, scenarios=["typical", "orchestrated"], weeks=100,
        method="factorial", replicates=3, outcomes=OUTCOMES,
    )  # fmt: skip
    study = run_study(design, tmp_path)
    points, runs = study.points(), study.runs()
    for point, own in runs.groupby("point"):
        assert points.loc[point, "adoption"] == pytest.approx(own["adoption"].mean())
        reached = own["week_half_adoption"].notna()
        assert points.loc[point, "week_half_adoption_reached"] == reached.mean()
        expected = own["week_half_adoption"].mean()
        assert points.loc[point, "week_half_adoption"] == pytest.approx(expected, nan_ok=True)
    assert list(points["replicates"]) == [3] * 4
    assert 0.0 < points["week_half_adoption_reached"].mean() < 1.0


# --- each run once ------------------------------------------------------------------------------


class Counting:
    """A function that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[float, int]] = Counter()

    def __call__(self, settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, float]:
        self.asked[settings["x"], replicate] += 1
        return line(settings, seed, replicate)


def test_a_finished_study_runs_nothing_again(tmp_path: Path) -> None:
    counting = Counting()
    first = run_study(of_function(), tmp_path, model=counting).runs()
    again = run_study(of_function(), tmp_path, model=counting).runs()
    assert sum(counting.asked.values()) == 4 * 3
    pd.testing.assert_frame_equal(first, again)


def test_points_with_the_same_settings_run_once(tmp_path: Path) -> None:
    rows = tuple({"x": x} for x in (0.5, 0.1, 0.5))
    counting = Counting()
    design = of_function(method="table", rows=rows)
    runs = run_study(design, tmp_path, model=counting).runs()
    assert set(counting.asked.values()) == {1}
    assert len(counting.asked) == 2 * 3
    assert list(runs["point"]) == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert list(runs["height"][:3]) == list(runs["height"][6:])


def test_progress_counts_up_to_the_total(tmp_path: Path) -> None:
    told: list[Progress] = []
    run_study(of_function(), tmp_path, model=line, progress=told.append)
    assert (told[-1].done, told[-1].total, told[-1].failed) == (12, 12, 0)
    assert told[-1].left == 0.0
    assert [p.done for p in told] == sorted(p.done for p in told)


def test_a_cancelled_study_keeps_what_is_finished_and_goes_on(tmp_path: Path) -> None:
    counting = Counting()

    def enough() -> bool:
        return sum(counting.asked.values()) >= 20

    design = of_function(samples=64, replicates=10)
    study = run_study(design, tmp_path, model=counting, cancelled=enough)
    done = len(study.runs())
    assert 20 <= done < 640
    assert not study.complete
    assert run_study(design, tmp_path, model=counting).complete
    assert set(counting.asked.values()) == {1}


def test_a_failing_point_is_told_and_stops_nothing(tmp_path: Path) -> None:
    def sometimes(settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, float]:
        if settings["x"] == 0.5 and replicate == 1:
            raise ZeroDivisionError("nothing left")
        return line(settings, seed, replicate)

    rows = tuple({"x": x} for x in (0.25, 0.5, 0.75))
    study = run_study(of_function(method="table", rows=rows), tmp_path, model=sometimes)
    runs = study.runs()
    assert list(runs["error"]) == ["", "", "", "", "ZeroDivisionError: nothing left", *[""] * 4]
    assert runs["height"].isna().tolist() == (runs["error"] != "").tolist()
    assert study.status().failed == 1
    points = study.points()
    assert np.isnan(points.loc[1, "height"])
    assert points.loc[1, "error"] == "ZeroDivisionError: nothing left"
    assert study.complete


def test_an_impossible_company_is_a_failed_point(tmp_path: Path) -> None:
    rows = ({"process_share": 0.2}, {"process_share": 0.9})  # the five shares must sum to one
    design = small(levers={}, method="table", rows=rows, replicates=2)
    runs = run_study(design, tmp_path).runs()
    failed = runs[runs["point"] == 1]
    assert failed["error"].str.contains("share").all()
    assert failed["adoption"].isna().all()


def test_a_function_that_forgets_an_outcome_is_told(tmp_path: Path) -> None:
    study = run_study(of_function(replicates=1), tmp_path, model=lambda *_: {"height": 1.0})
    assert set(study.runs()["error"]) == {"the function gives no 'width'"}


# --- replicates ---------------------------------------------------------------------------------


def test_replicates_stop_where_the_interval_is_narrow(tmp_path: Path) -> None:
    rule = Until("height", half_width=0.08, at_least=5, at_most=40)
    study = run_study(of_function(replicates=rule), tmp_path, model=line)
    for _, own in study.runs().groupby("point"):
        widths = {n: half_width(own["height"].to_numpy()[:n]) for n in range(5, len(own) + 1, 5)}
        assert len(own) in widths
        assert all(width > 0.08 for n, width in widths.items() if n < len(own))
        assert widths[len(own)] <= 0.08 or len(own) == 40
    assert study.complete
    assert 4 * 5 < len(study.runs()) < 4 * 40
    status = study.status()
    assert (status.runs, status.most) == (len(study.runs()), 4 * 40)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], 4),
        ([1.0, 1.0, 1.0], 4),
        ([1.0, 1.0, 1.0, 1.0], 4),  # no spread at all
        ([0.0, 1.0, 0.0, 1.0], 8),
        ([0.0, 1.0] * 4, 10),  # the last step is cut to the most that is allowed
        ([0.0, 1.0] * 5, 10),
        ([np.nan, np.nan, np.nan, np.nan], 4),  # more of the same would not tell more
    ],
)
def test_how_many_replicates_are_asked_for(values: list[float], expected: int) -> None:
    rule = Until("height", half_width=0.1, at_least=4, at_most=10)
    assert asked(rule, np.array(values)) == expected


def test_half_width_by_hand() -> None:
    """Mean 2, standard deviation 1, four values: 3.1824 / 2."""
    values = np.array([2.0 - np.sqrt(1.5), 2.0 + np.sqrt(1.5), 2.0, 2.0])
    assert half_width(values) == pytest.approx(3.182446 / 2.0)


def test_the_queue_hands_out_each_run_once_in_any_portions() -> None:
    keys = ["a", "b", "a", "c"]
    queue = Queue(keys, 5)
    queue.know("b", 2, 0.0, False)
    queue.know("b", 7, 0.0, False)  # of a design with more replicates
    queue.know("z", 0, 0.0, False)  # of another design
    queue.start()
    assert (queue.total, queue.done) == (15, 1)
    handed: list[tuple[int, int]] = []
    while items := queue.take(2):
        assert sum(len(item.replicates) for item in items) <= 2
        handed += [(item.point, r) for item in items for r in item.replicates]
    assert sorted(handed) == [(p, r) for p in (0, 1, 3) for r in range(5) if (p, r) != (1, 2)]
    for point, replicate in handed:
        assert queue.record(keys[point], replicate, 0.0, False)
    assert not queue.record("a", 0, 0.0, False)
    assert queue.finished


# --- what stands for a run ----------------------------------------------------------------------


def test_the_key_changes_with_whatever_changes_a_number() -> None:
    design = small()
    settings = design.settings[0]
    keys = {
        name: recipe_of(each).key(settings)
        for name, each in {
            "same": design,
            "seed": small(seed=9),
            "outcomes": small(outcomes=("adoption",)),
            "measure": small(measures={"m": "last(adoption)"}),
            "base": Design.of(
                firm(diplomacy=0.1), levers={"charter": [0.2, 0.9], "wins": [0.3, 0.8]},
                method="factorial", replicates=3, seed=SEED,
                outcomes=("adoption", "churn_yearly"),
            ),
        }.items()
    }  # fmt: skip
    assert len(set(keys.values())) == len(keys)
    assert recipe_of(small(replicates=50)).key(settings) == keys["same"]
    assert recipe_of(design).key(design.settings[1]) != keys["same"]
    assert recipe_of(design).model == model_hash()


def test_a_function_is_known_by_its_source() -> None:
    def other(settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, float]:
        return {"height": 0.0, "width": 0.0}

    assert recipe_of(of_function(), line).hash != recipe_of(of_function(), other).hash


def test_a_function_and_a_company_do_not_mix(tmp_path: Path) -> None:
    with pytest.raises(CxsimError, match=r"study: varies a company.*leave out model="):
        run_study(small(), tmp_path, model=line)
    with pytest.raises(CxsimError, match=r"function: has no base scenario.*model=function"):
        run_study(of_function(), tmp_path)


@pytest.mark.parametrize("shard", [(0, 3), (4, 3), (1, 0), ("a", 2), (1,), 5])
def test_a_shard_that_cannot_be(tmp_path: Path, shard: Any) -> None:
    with pytest.raises(CxsimError, match=r"^shard: .* such as 2/5: the second of five$"):
        run_study(of_function(), tmp_path, model=line, shard=shard)


@pytest.mark.parametrize("threads", [0, 5000, "2"])
def test_a_number_of_threads_that_cannot_be(tmp_path: Path, threads: Any) -> None:
    with pytest.raises(CxsimError, match="unit threads"):
        run_study(of_function(), tmp_path, model=line, threads=threads)


def test_a_study_is_not_exported_over_a_study(tmp_path: Path) -> None:
    study = run_study(of_function(), tmp_path / "study", model=line)
    with pytest.raises(CxsimError, match="holds a study, whose files this would replace"):
        study.export(tmp_path / "study")
    with pytest.raises(CxsimError, match="format: xlsx is unknown"):
        study.export(tmp_path / "out", "xlsx")
    assert (tmp_path / "study" / "points.parquet").exists()
    assert next(p.name for p in study.export(tmp_path / "out", "csv")) == "runs.csv"


def test_a_running_study_says_so(tmp_path: Path) -> None:
    seen: list[bool] = []

    def look(_: Progress) -> None:
        if (tmp_path / "study.json").exists():
            seen.append(open_study(tmp_path).running)

    study = run_study(of_function(), tmp_path, model=line, progress=look)
    assert seen
    assert all(seen)
    assert not study.running


def test_manifest_says_what_the_study_is(tmp_path: Path) -> None:
    design = small()
    run_study(design, tmp_path)
    manifest = json.loads((tmp_path / "study.json").read_text())
    assert manifest["design"] == design.hash
    assert manifest["recipe"]["seed"] == SEED
    assert manifest["cxsim"] == cxsim.__version__
    assert {"system", "python", "numpy", "numba"} <= set(manifest["platform"])
    opened: Study = open_study(tmp_path)
    assert opened.design.hash == design.hash


def test_times_as_people_say_them() -> None:
    assert [clock(t) for t in (0.4, 59.0, 60.0, 3_599.0, 3_600.0, 7_260.0)] == [
        *("0 s", "59 s", "1 min", "1 h 00 min", "1 h 00 min", "2 h 01 min"),
    ]
    told = Meter(10).progress(10, 20, 1)
    assert (told.rate, told.left) == (0.0, None)
    assert Progress(1_500, 3_000, 2, 12.34, 121.0).text == (
        "1,500 of 3,000 runs (50 %), 2 failed, 12.3 a second, 2 min left"
    )
