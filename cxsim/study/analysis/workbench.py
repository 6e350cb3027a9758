"""A design as a model of the EMA workbench, for whoever wants the workbench's own experiments.

from ema_workbench import SequentialEvaluator
with SequentialEvaluator(workbench_model(design)) as evaluator:
    experiments, outcomes = evaluator.perform_experiments(scenarios=50, policies=4)
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.series import OUTCOMES
from cxsim.study.analysis.extra import workbench
from cxsim.study.analysis.words import meaning
from cxsim.study.batch.evaluation import Evaluate, evaluator
from cxsim.study.batch.recipe import Model, recipe_of
from cxsim.study.batch.replication import asked
from cxsim.study.design import Design, Factor

# The workbench has columns of these names itself; they get an underscore.
TAKEN = ("scenario", "policy", "model")


def workbench_model(design: Design, model: Model | None = None) -> Any:
    """Return a model of the EMA workbench that runs points of a design.

    Levers (and whole scenarios) of the design are its levers, uncertainties its uncertainties,
    both with the design's ranges; each outcome is the mean over the design's replicates, with the
    design's seed. The points of the design itself play no part.

    Parameters
    ----------
    design : Design
    model : callable, optional
        A function of the user's own, as in `run_study`.

    Returns
    -------
    ema_workbench.Model
        Where a run fails, and where an outcome never comes in any replicate, it is NaN.

    Raises
    ------
    CxsimError
        The extra "analysis" is not installed, or the function is missing.
    """
    library = workbench("em_framework")
    runs = Experiment(design, model)
    built = library.Model(re.sub(r"\W", "_", f"cxsim_{design.name}"), function=runs)
    decided = [factor for factor in design.factors if factor.role != "uncertainty"]
    uncertain = [factor for factor in design.factors if factor.role == "uncertainty"]
    # A single value is a constant to the workbench, and only what varies can be sampled.
    built.levers = [_parameter(library, factor) for factor in decided if not _fixed(factor)]
    built.uncertainties = [
        _parameter(library, factor) for factor in uncertain if not _fixed(factor)
    ]
    built.constants = [
        library.Constant(_column(factor), factor.values[0])
        for factor in design.factors
        if factor.values is not None and _fixed(factor)
    ]
    built.outcomes = [_outcome(library, name) for name in runs.outcomes]
    return built


class Experiment:
    """Runs the replicates of one point; can be sent to another process.

    Parameters
    ----------
    design : Design
    model : callable, optional
    """

    def __init__(self, design: Design, model: Model | None = None) -> None:
        self.design, self.model = design, model
        self.recipe = recipe_of(design, model)
        self.evaluate: Evaluate | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "evaluate": None}  # it has rooms of its own in each process

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes."""
        return self.recipe.outcomes

    def __call__(self, **settings: Any) -> dict[str, float]:
        """Return the mean of each outcome over the replicates."""
        if self.evaluate is None:
            self.evaluate = evaluator(self.design, self.recipe, self.model)
        plain = {f.name: _plain(f, settings[_column(f)]) for f in self.design.factors}
        numbers = np.zeros((0, len(self.outcomes)))
        while len(numbers) < (wanted := self._wanted(numbers)):
            for run in self.evaluate(plain, range(len(numbers), wanted)):
                if run.error:
                    return dict.fromkeys(self.outcomes, float("nan"))
                numbers = np.vstack([numbers, run.numbers])
        return {
            name: _mean(name, values) for name, values in zip(self.outcomes, numbers.T, strict=True)
        }

    def _wanted(self, numbers: np.ndarray) -> int:
        rule = self.design.replicates
        if isinstance(rule, int):
            return rule
        return asked(rule, numbers[:, self.outcomes.index(rule.outcome)])


def _mean(name: str, values: np.ndarray) -> float:
    if name in OUTCOMES and OUTCOMES[name].never:  # over those futures in which it comes
        values = values[np.isfinite(values)]
    return float(values.mean()) if len(values) else float("nan")


def _column(factor: Factor) -> str:
    return f"{factor.name}_" if factor.name in TAKEN else factor.name


def _fixed(factor: Factor) -> bool:
    return factor.values is not None and len(factor.values) == 1


def _parameter(library: Any, factor: Factor) -> Any:
    name = _column(factor)
    if factor.values is not None:
        return library.CategoricalParameter(name, list(factor.values))
    low, high = factor.span
    kind = library.IntegerParameter if factor.whole else library.RealParameter
    return kind(name, low, high)


def _plain(factor: Factor, value: Any) -> Any:
    """Return a value as a design has it: the workbench gives numbers of NumPy's own kinds."""
    if factor.values is not None:
        found = next((known for known in factor.values if known == value), None)
        if found is None:
            raise CxsimError(f"{factor.name}: the workbench gave {value}, which is not a value")
        return found
    return round(value) if factor.whole else float(value)


def _outcome(library: Any, name: str) -> Any:
    kinds = {"high": library.ScalarOutcome.MAXIMIZE, "low": library.ScalarOutcome.MINIMIZE}
    better = meaning(name).better
    kind = kinds.get(better, library.ScalarOutcome.INFO) if better else library.ScalarOutcome.INFO
    return library.ScalarOutcome(name, kind=kind)
