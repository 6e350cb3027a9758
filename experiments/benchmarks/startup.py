"""How long the command line takes to answer: on a machine that never ran it, and later."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator

from experiments.benchmarks.measure import ROOT, Effort, medians, seconds
from experiments.benchmarks.table import Row

GROUP = "Command line"
MOST_COLD_SECONDS = 20
MOST_WARM_SECONDS = 1.5
RUN = ("run", "orchestrated", "--replicates", "1")
WARM = (("--help",), ("list",), RUN)


def measure(effort: Effort) -> Iterator[Row]:
    """Yield the time of a first run, compilation included, and of warm commands.

    A quick measurement does not compile: its commands find what this user has already.
    """

    def by(words: tuple[str, ...]) -> Callable[[], float]:
        return lambda: seconds(lambda: command(words, None if effort.quick else home))

    with tempfile.TemporaryDirectory() as home:
        before = _processor_seconds()
        cold = by(RUN)()
        worked = _processor_seconds() - before
        warm = medians(effort.repeats, *(by(words) for words in WARM), warm_up=False)
    how = "this user's cache" if effort.quick else "empty cache folder"
    how += f", measured once; {worked:.3g} s of processor time"
    yield Row(GROUP, f"first cxsim {' '.join(RUN)}", cold, "s", how)
    how = "the first run less a warm one"
    yield Row(GROUP, "compiling", cold - warm[-1], "s", how, at_most=MOST_COLD_SECONDS)
    for words, time in zip(WARM, warm, strict=True):
        how = "a new process, compiled code from the cache"
        yield Row(GROUP, f"cxsim {' '.join(words)}", time, "s", how, at_most=MOST_WARM_SECONDS)


def _processor_seconds() -> float:
    """Return the processor time of all finished children."""
    times = os.times()
    return times.children_user + times.children_system


def command(words: tuple[str, ...], home: str | None) -> None:
    """Run a command in a process of its own, if wanted for a user with this home and its caches."""
    names = ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE")
    environment = {**os.environ, **(dict.fromkeys(names, home) if home else {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # where set, every start compiles Python too
    line = [sys.executable, "-m", "cxsim.cli", *words]
    subprocess.run(line, check=True, capture_output=True, env=environment, cwd=ROOT)
