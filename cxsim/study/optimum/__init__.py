"""Which levers to move for the best chance of a goal, for the money: `optimise` and its answer."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxsim.study.optimum.frontier import Frontier
    from cxsim.study.optimum.optimising import optimise
    from cxsim.study.optimum.plans import Plan

_HOME = {
    "Frontier": "cxsim.study.optimum.frontier",
    "Plan": "cxsim.study.optimum.plans",
    "optimise": "cxsim.study.optimum.optimising",
}

__all__ = ["Frontier", "Plan", "optimise"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'cxsim.study.optimum' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME[name]), name)
