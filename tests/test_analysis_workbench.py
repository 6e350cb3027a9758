"""The company as a model of the EMA workbench."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

import cxsim
from cxsim.errors import CxsimError
from cxsim.study.analysis import workbench_model
from cxsim.study.analysis.extra import workbench
from cxsim.study.batch import run_study
from cxsim.study.design import Design, Until
from tests.planted import Settings, lever, listed, plan, unknown


def tiny() -> Design:
    firm = cxsim.load("typical").with_weeks(26)
    firm = firm.with_organisation(employees=20).with_market(customers=50)
    return Design.of(
        firm,
        levers={"charter": (0.0, 1.0), "duration": [26, 52]},
        uncertainties={"belief_rate": "sensitivity"},
        method="latin_hypercube",
        samples=4,
        replicates=3,
        seed=7,
        outcomes=("adoption", "churn_yearly", "week_half_adoption"),
    )


def test_the_workbench_runs_the_company_as_a_study_does(tmp_path: Path) -> None:
    design = tiny()
    model = workbench_model(design)
    assert [each.name for each in model.levers] == ["charter", "duration"]
    assert [each.name for each in model.uncertainties] == ["belief_rate"]
    kinds = {outcome.name: outcome.kind for outcome in model.outcomes}
    assert kinds == {"adoption": 1, "churn_yearly": -1, "week_half_adoption": -1}
    framework = workbench("em_framework")
    with framework.SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=2, policies=2)
    assert len(experiments) == 4
    rows = [
        {name: value for name, value in row.items() if name in design.names}
        for row in experiments.to_dict("records")
    ]
    rows = [{**row, "duration": int(row["duration"])} for row in rows]
    again = Design.of(
        design.base, name="again", method="table", rows=tuple(rows), replicates=3, seed=7,
        outcomes=design.outcomes,
    )  # fmt: skip
    points = run_study(again, tmp_path / "study", threads=1).points()
    for name in design.outcomes:
        np.testing.assert_allclose(outcomes[name], points[name], rtol=1e-12)


def test_a_function_and_its_texts_go_to_the_workbench_and_to_other_processes() -> None:
    design = plan(
        listed("policy", "plain", "bold"), listed("fixed", 2.5), lever("whole", 1, 9, whole=True),
        unknown("demand", -1.0, 1.0), method="latin_hypercube", samples=2,
        replicates=Until("y", 0.5, at_least=4, at_most=12),
    )  # fmt: skip
    model = workbench_model(design, calm_or_wild)
    assert [each.name for each in model.levers] == ["policy_", "whole"], "its own column is policy"
    assert [each.name for each in model.constants] == ["fixed"]
    run = pickle.loads(pickle.dumps(model.function))
    # Replicates 0..3 are 0, 1, 0, 1: the interval is wide; after twelve it is narrow enough.
    wild = run(policy_="bold", fixed=2.5, whole=3, demand=0.5)
    assert wild["y"] == pytest.approx(2.5 + 3 + 0.5 + 0.5)
    assert np.isnan(run(policy_="plain", fixed=2.5, whole=9, demand=0.5)["y"])
    with pytest.raises(CxsimError, match="policy: the workbench gave shy"):
        run(policy_="shy", fixed=2.5, whole=3, demand=0.5)
    framework = workbench("em_framework")
    with framework.SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=3, policies=3)
    assert set(experiments["policy_"]) <= {"plain", "bold"}
    assert outcomes["y"].shape == (9,)


def calm_or_wild(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    if settings["whole"] == 9:
        raise ValueError("nine is too many")
    wild = replicate % 2 if settings["policy"] == "bold" else 0.0
    return {"y": settings["fixed"] + settings["whole"] + settings["demand"] + wild}


def test_a_design_without_a_company_needs_its_function() -> None:
    with pytest.raises(CxsimError, match="has no base scenario"):
        workbench_model(plan(lever("x"), method="latin_hypercube", samples=2))
