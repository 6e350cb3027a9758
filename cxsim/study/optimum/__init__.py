"""Which levers to move for the best chance of a goal, for the money: `optimise` and its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.lazy import lazily

if TYPE_CHECKING:
    from cxsim.study.optimum.frontier import Frontier
    from cxsim.study.optimum.optimising import optimise
    from cxsim.study.optimum.plans import Plan

__all__ = ["Frontier", "Plan", "optimise"]

__getattr__ = lazily(
    __name__,
    {
        "Frontier": "frontier",
        "Plan": "plans",
        "optimise": "optimising",
    },
)
