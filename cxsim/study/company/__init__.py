"""Calibrate the model to a company: its own figures in, what may be behind them out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.lazy import lazily

if TYPE_CHECKING:
    from cxsim.study.company.calibration import Calibration
    from cxsim.study.company.data import read_data
    from cxsim.study.company.fit import calibrate

__all__ = ["Calibration", "calibrate", "read_data"]

__getattr__ = lazily(
    __name__,
    {
        "Calibration": "calibration",
        "calibrate": "fit",
        "read_data": "data",
    },
)
