"""Answers from a finished study: what matters, where it tips, where it fails, what is robust.

Every function here takes a study: anything with `.design`, `.runs()` and `.points()`.
"""

from __future__ import annotations

import importlib
from typing import Any

_HOME = {
    "delta": "indices",
    "morris": "indices",
    "pawn": "indices",
    "policy_map": "tipping",
    "robust": "robustness",
    "sobol": "indices",
    "where_it_fails": "discovery",
    "workbench_model": "workbench",
}

__all__ = [  # noqa: F822 - found on use, below
    "delta",
    "morris",
    "pawn",
    "policy_map",
    "robust",
    "sobol",
    "where_it_fails",
    "workbench_model",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
