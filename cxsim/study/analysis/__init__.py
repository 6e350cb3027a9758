"""Answers from a finished study: what matters, where it tips, where it fails, what is robust.

Every function here takes a study: anything with `.design`, `.runs()` and `.points()`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.lazy import lazily

if TYPE_CHECKING:
    from cxsim.study.analysis.discovery import where_it_fails
    from cxsim.study.analysis.indices import delta, morris, pawn, sobol
    from cxsim.study.analysis.robustness import robust
    from cxsim.study.analysis.tipping import policy_map
    from cxsim.study.analysis.workbench import workbench_model

__all__ = [
    "delta",
    "morris",
    "pawn",
    "policy_map",
    "robust",
    "sobol",
    "where_it_fails",
    "workbench_model",
]

__getattr__ = lazily(
    __name__,
    {
        "delta": "indices",
        "morris": "indices",
        "pawn": "indices",
        "policy_map": "tipping",
        "robust": "robustness",
        "sobol": "indices",
        "where_it_fails": "discovery",
        "workbench_model": "workbench",
    },
)
