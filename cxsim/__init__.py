"""An agent-based simulation of customer experience transformation and the ways it fails.

The public names below are imported on first use, so that ``import cxsim`` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cxsim.lazy import lazily

if TYPE_CHECKING:
    from cxsim.errors import CxsimError
    from cxsim.explain.checks import check
    from cxsim.explain.compare import Comparison, compare
    from cxsim.explain.diagnosis import diagnose
    from cxsim.explain.panel import panel
    from cxsim.model import CXModel
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
    "CXModel": "model",
    "Comparison": "explain.compare",
    "CxsimError": "errors",
    "Design": "study.design.design",
    "Ensemble": "results",
    "Factor": "study.design.factor",
    "Scenario": "scenario",
    "Study": "study.batch.study",
    "Until": "study.design.factor",
    "bundled": "scenario_file",
    "calibrate": "study.company.fit",
    "check": "explain.checks",
    "compare": "explain.compare",
    "delta": "study.analysis.indices",
    "diagnose": "explain.diagnosis",
    "load": "scenario_file",
    "load_design": "study.design.file",
    "morris": "study.analysis.indices",
    "open_study": "study.batch.study",
    "optimise": "study.optimum.optimising",
    "panel": "explain.panel",
    "pawn": "study.analysis.indices",
    "policy_map": "study.analysis.tipping",
    "robust": "study.analysis.robustness",
    "run_study": "study.batch.runner",
    "simulate": "results",
    "sobol": "study.analysis.indices",
    "trace": "results.trace",
    "where_it_fails": "study.analysis.discovery",
    "workbench_model": "study.analysis.workbench",
}

__all__ = [
    "CXModel",
    "Comparison",
    "CxsimError",
    "Design",
    "Ensemble",
    "Factor",
    "Scenario",
    "Study",
    "Until",
    "__version__",
    "bundled",
    "calibrate",
    "check",
    "compare",
    "delta",
    "diagnose",
    "load",
    "load_design",
    "morris",
    "open_study",
    "optimise",
    "panel",
    "pawn",
    "policy_map",
    "robust",
    "run_study",
    "simulate",
    "sobol",
    "trace",
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
