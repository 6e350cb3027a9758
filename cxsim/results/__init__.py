"""From a scenario to results: replicates on common random numbers, read as arrays and frames."""

from cxsim.results.ensemble import Ensemble, Run
from cxsim.results.files import FORMATS, write_text, write_whole
from cxsim.results.running import simulate

__all__ = ["FORMATS", "Ensemble", "Run", "simulate", "write_text", "write_whole"]
