"""Calibrate the model to a company: its own figures in, what may be behind them out."""

from __future__ import annotations
