"""Time and memory of companies of three sizes, and of horizons of two lengths.

Each size runs in a process of its own, so that what it needs at most can be read from the system:
``python -m experiments.benchmarks.size EMPLOYEES CUSTOMERS WEEKS REPEATS`` prints JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cxsim import engine
from cxsim.company import empty_state, empty_ties, meet, populate
from cxsim.draws import key_of
from cxsim.scenario import Scenario
from experiments.benchmarks.measure import ROOT, Effort, medians, seconds
from experiments.benchmarks.table import Row

GROUP = "Size"
SIZES = ((300, 2_000, 156), (3_000, 30_000, 52), (100_000, 1_000_000, 13))
SMALL_SIZES = ((30, 100, 8), (60, 300, 8), (100, 1_000, 8))
MOST_GROWTH = 1.5  # of the time per agent-week; what no longer fits into a cache is read slower
MOST_BYTES = 2**30


def measure(effort: Effort) -> Iterator[Row]:
    """Yield time per agent-week and memory for each size, and how they grow."""
    sizes = SMALL_SIZES if effort.quick else SIZES
    results = []
    for employees, customers, weeks in sizes:
        found = in_a_process(employees, customers, weeks, effort.repeats)
        results.append(found)
        name = f"{employees:,} + {customers:,}"
        how = f"employees + customers active at the start; {weeks} weeks, one thread"
        yield Row(GROUP, f"{name}, time", found["ns"], "ns per agent-week", how)
        how = "state, ties and organisation; resident memory grew by "
        how += f"{found['grown'] / found['agents']:,.0f} at most"
        yield Row(GROUP, f"{name}, memory", found["bytes"], "bytes per agent", how)
    growth = results[-1]["ns"] / results[0]["ns"]
    how = "time per agent-week, largest to smallest"
    yield Row(GROUP, "growth with agents", growth, "times", how, at_most=MOST_GROWTH)
    longer = results[0]["ns"] / results[0]["ns_third"]
    how = "time per agent-week, smallest size, whole horizon to a third of it"
    yield Row(GROUP, "growth with weeks", longer, "times", how, at_most=MOST_GROWTH)
    peak = results[-1]["peak"] / 2**20
    how = "largest size, the whole process with Python and its libraries"
    yield Row(GROUP, "peak memory", peak, "MiB", how, at_most=MOST_BYTES / 2**20)


def in_a_process(*numbers: int) -> dict[str, Any]:
    """Return what `run` finds in a process of its own."""
    line = [sys.executable, "-m", __name__, *(str(number) for number in numbers)]
    done = subprocess.run(line, check=True, capture_output=True, text=True, cwd=ROOT)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def run(employees: int, customers: int, weeks: int, repeats: int) -> dict[str, float]:
    """Return bytes of the arrays, growth and peak of the process, and ns per agent-week."""
    tiny = engine.prepare(Scenario("tiny", "Tiny", weeks=2).with_market(customers=10))
    engine.run_replicates(tiny, 1, 1, threads=1)  # compiled code and threads are nobody's agents
    before = peak_bytes()
    scenario = Scenario("size", "Size", weeks=weeks)
    scenario = scenario.with_organisation(employees=employees).with_market(customers=customers)
    prepared = engine.prepare(scenario)
    state, ties = empty_state(prepared.firm, prepared.plan), empty_ties(prepared.firm)
    records = engine.empty_records(prepared, 1)
    key = key_of(1, 0)
    meet(key, prepared.firm, ties)

    def first_weeks(last: int) -> float:
        engine.clear(state)
        populate(key, prepared.firm, prepared.plan, state)
        record = engine.replicate_record(records, 0)
        for part in record:
            part.view(np.uint8).fill(0)
        firm, plan = prepared
        return seconds(lambda: engine.run(0, last, key, firm, ties, plan, state, record))

    third = max(1, weeks // 3)
    whole, part = medians(repeats, lambda: first_weeks(weeks), lambda: first_weeks(third))
    agents = employees + customers
    arrays = (*state, *ties, *(x for x in prepared.firm if isinstance(x, np.ndarray)))
    peak = peak_bytes()
    return {
        "agents": agents,
        "ns": whole / (agents * weeks) * 1e9,
        "ns_third": part / (agents * third) * 1e9,
        "bytes": sum(array.nbytes for array in arrays) / agents,
        "grown": peak - before,
        "peak": peak,
    }


def peak_bytes() -> int:
    """Return the most memory that this process has held so far, in bytes."""
    try:  # Linux counts the parent's memory into the child's ru_maxrss; this line is its own
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    import resource  # not on Windows

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    print(json.dumps(run(*(int(word) for word in sys.argv[1:]))))
