"""Run in a process of its own: verdicts of the copy of the package that is on the path.

``probe.py scenario number check ...`` prints JSON: the verdicts of the sound model, and of the
model with the fault of that number at work.
"""

from __future__ import annotations

import json
import os
import sys

import cxsim
from cxsim.explain import checks

FUTURES = 12
SMALLER = {"employees": 200, "customers": 600}


def verdicts(name: str, number: int, wanted: tuple[str, ...]) -> dict[str, str]:
    """Return check -> verdict, with the numbers behind it."""
    os.environ["PLANTED"] = str(number)
    scenario = cxsim.load(name).with_settings({**SMALLER, "planted": float(number)})
    report = checks.check(scenario, FUTURES, only=wanted)
    assert report is not None
    return {v.check.id: f"{v.verdict}: {v.numbers} {v.why}" for v in report.verdicts}


if __name__ == "__main__":
    scenario, number, *wanted = sys.argv[1:]
    found = {
        "sound": verdicts(scenario, 0, tuple(wanted)),
        "planted": verdicts(scenario, int(number), tuple(wanted)),
    }
    print(json.dumps(found))
