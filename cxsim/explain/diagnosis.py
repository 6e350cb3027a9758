"""Where `diagnose` was; it is now in `cxsim.explain.diagnosing`."""

from cxsim.explain.diagnosing import Diagnosis, diagnose

__all__ = ["Diagnosis", "diagnose"]
