"""Calibrate the model to a company: its own figures in, what may be behind them out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxsim.study.company.calibration import Calibration
    from cxsim.study.company.data import read_data
    from cxsim.study.company.fit import calibrate

__all__ = ["Calibration", "calibrate", "read_data"]

_HOMES = {"Calibration": "calibration", "calibrate": "fit", "read_data": "data"}


def __getattr__(name: str) -> Any:
    """Import on use, so that to name the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
