"""Measures: one number per future, read off the recorded series by a small language."""

from __future__ import annotations

from cxsim.measures.functions import FUNCTIONS, usage
from cxsim.measures.language import Measure, Source, parse
from cxsim.measures.readings import Reading, readings

__all__ = ["FUNCTIONS", "Measure", "Reading", "Source", "parse", "readings", "usage"]
