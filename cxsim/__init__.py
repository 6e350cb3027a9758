"""An agent-based simulation of customer experience transformation and the ways it fails.

The public names below are imported on first use, so that ``import cxsim`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxsim.lazy import lazily

if TYPE_CHECKING:
    from cxsim.errors import CxsimError
    from cxsim.explain.attribution import Attribution, attribute
    from cxsim.explain.causes.strips import Causes, causes, trace_causes
    from cxsim.explain.checks import check
    from cxsim.explain.compare import Comparison, compare
    from cxsim.explain.cutting import Cut, cut
    from cxsim.explain.diagnosing import Diagnosis, diagnose
    from cxsim.explain.loops import Loops, loops
    from cxsim.explain.momentum import Momentum, momentum
    from cxsim.explain.money import Money, money
    from cxsim.explain.panel import panel
    from cxsim.explain.rescuing import Rescue, rescue
    from cxsim.model import CXModel
    from cxsim.report.full import full_report, reproduce
    from cxsim.results import Ensemble, simulate
    from cxsim.results.trace import trace
    from cxsim.scenario import Scenario
    from cxsim.scenario_file import bundled, load
    from cxsim.study.analysis.discovery import where_it_fails
    from cxsim.study.analysis.indices import delta, morris, pawn, sobol
    from cxsim.study.analysis.robustness import robust
    from cxsim.study.analysis.tipping import policy_map
    from cxsim.study.analysis.workbench import workbench_model
    from cxsim.study.batch.runner import run_study
    from cxsim.study.batch.study import Study, open_study
    from cxsim.study.company.fit import calibrate
    from cxsim.study.design.design import Design
    from cxsim.study.design.factor import Factor, Until
    from cxsim.study.design.file import load_design
    from cxsim.study.optimum.optimising import optimise

    __version__: str

_HOME = {
    "Attribution": "explain.attribution",
    "CXModel": "model",
    "Causes": "explain.causes.strips",
    "Comparison": "explain.compare",
    "Cut": "explain.cutting",
    "CxsimError": "errors",
    "Design": "study.design.design",
    "Diagnosis": "explain.diagnosing",
    "Ensemble": "results",
    "Factor": "study.design.factor",
    "Loops": "explain.loops",
    "Momentum": "explain.momentum",
    "Money": "explain.money",
    "Rescue": "explain.rescuing",
    "Scenario": "scenario",
    "Study": "study.batch.study",
    "Until": "study.design.factor",
    "attribute": "explain.attribution",
    "bundled": "scenario_file",
    "calibrate": "study.company.fit",
    "causes": "explain.causes.strips",
    "check": "explain.checks",
    "compare": "explain.compare",
    "cut": "explain.cutting",
    "delta": "study.analysis.indices",
    "diagnose": "explain.diagnosing",
    "full_report": "report.full",
    "load": "scenario_file",
    "load_design": "study.design.file",
    "loops": "explain.loops",
    "momentum": "explain.momentum",
    "money": "explain.money",
    "morris": "study.analysis.indices",
    "open_study": "study.batch.study",
    "optimise": "study.optimum.optimising",
    "panel": "explain.panel",
    "pawn": "study.analysis.indices",
    "policy_map": "study.analysis.tipping",
    "reproduce": "report.full",
    "rescue": "explain.rescuing",
    "robust": "study.analysis.robustness",
    "run_study": "study.batch.runner",
    "simulate": "results",
    "sobol": "study.analysis.indices",
    "trace": "results.trace",
    "trace_causes": "explain.causes.strips",
    "where_it_fails": "study.analysis.discovery",
    "workbench_model": "study.analysis.workbench",
}

__all__ = [
    "Attribution",
    "CXModel",
    "Causes",
    "Comparison",
    "Cut",
    "CxsimError",
    "Design",
    "Diagnosis",
    "Ensemble",
    "Factor",
    "Loops",
    "Momentum",
    "Money",
    "Rescue",
    "Scenario",
    "Study",
    "Until",
    "__version__",
    "attribute",
    "bundled",
    "calibrate",
    "causes",
    "check",
    "compare",
    "cut",
    "delta",
    "diagnose",
    "full_report",
    "load",
    "load_design",
    "loops",
    "momentum",
    "money",
    "morris",
    "open_study",
    "optimise",
    "panel",
    "pawn",
    "policy_map",
    "reproduce",
    "rescue",
    "robust",
    "run_study",
    "simulate",
    "sobol",
    "trace",
    "trace_causes",
    "where_it_fails",
    "workbench_model",
]

_find = lazily(__name__, _HOME)


def __getattr__(name: str) -> Any:
    value: Any = _version() if name == "__version__" else _find(name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib import metadata

    try:
        return str(metadata.version("cxsim"))
    except metadata.PackageNotFoundError:  # a source tree that nobody has installed
        return "not installed"
