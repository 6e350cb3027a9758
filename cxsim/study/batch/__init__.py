"""Running a design and keeping what it gives: nothing finished is lost, nothing is run twice.

    study = run_study(design, "folder")    # goes on where it was stopped
    study.runs()                           # one row a run

A study is a folder that anyone can read: see `cxsim.study.batch.store`.
"""

from __future__ import annotations

from cxsim.study.batch.merging import merge
from cxsim.study.batch.progress import Progress
from cxsim.study.batch.runner import run_study
from cxsim.study.batch.study import Status, Study, open_study

__all__ = ["Progress", "Status", "Study", "merge", "open_study", "run_study"]
