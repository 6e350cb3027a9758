"""What went wrong: from what a company can observe to the failure mode, and to what would cure it.

`diagnosis.py` is the way in. `observables.py` is what is read, `histories.py` where from;
`features.py` and `likelihood.py` say how likely each failure mode is, `readings.py` and
`evidence.py` why; `cures.py` and `ranking.py` are what trying the cures says, `result.py` is the
answer, `words.py` and `notes.py` how it is told.
"""

from cxsim.explain.diagnosing.diagnosis import diagnose
from cxsim.explain.diagnosing.result import Candidate, Diagnosis

__all__ = ["Candidate", "Diagnosis", "diagnose"]
