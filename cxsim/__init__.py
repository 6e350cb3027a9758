"""An agent-based simulation of customer experience transformation and the ways it fails.

The public names below are imported on first use, so that ``import cxsim`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

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

    __version__: str

_HOME = {
    "CXModel": "cxsim.model",
    "Comparison": "cxsim.explain.compare",
    "CxsimError": "cxsim.errors",
    "Ensemble": "cxsim.results",
    "Scenario": "cxsim.scenario",
    "bundled": "cxsim.scenario_file",
    "check": "cxsim.explain.checks",
    "compare": "cxsim.explain.compare",
    "diagnose": "cxsim.explain.diagnosis",
    "load": "cxsim.scenario_file",
    "panel": "cxsim.explain.panel",
    "simulate": "cxsim.results",
    "trace": "cxsim.results.trace",
}

__all__ = [
    "CXModel",
    "Comparison",
    "CxsimError",
    "Ensemble",
    "Scenario",
    "__version__",
    "bundled",
    "check",
    "compare",
    "diagnose",
    "load",
    "panel",
    "simulate",
    "trace",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value: Any = _version()
    elif name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'cxsim' has no attribute '{name}'")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    metadata = importlib.import_module("importlib.metadata")
    try:
        return str(metadata.version("cxsim"))
    except metadata.PackageNotFoundError:  # a source tree that nobody has installed
        return "not installed"
