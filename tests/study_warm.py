"""Loaded by the process that children are forked off: they find the compiled model at hand."""

import pandas
import pytest  # a child loads what this process was started with

from cxsim.results import simulate
from tests.study_helpers import company

DESIGN = company()
SETTINGS = DESIGN.settings  # loads scipy.stats
simulate(DESIGN.scenario_at(SETTINGS[0]), replicates=1, threads=1)

__all__ = ["pandas", "pytest"]
