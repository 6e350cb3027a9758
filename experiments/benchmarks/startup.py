"""How long the command line takes to answer: on a machine that never ran it, and later."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator

from experiments.benchmarks.measure import Effort, medians, seconds
from experiments.benchmarks.table import Row

GROUP = "Command line"
MOST_COLD_SECONDS = 20
MOST_WARM_SECONDS = 1.5
RUN = ("run", "orchestrated", "--replicates", "1")
WARM = (("--help",), ("list",), RUN)


def measure(effort: Effort) -> Iterator[Row]:
    """Yield the time of a first run, compilation included, and of warm commands."""
    with tempfile.TemporaryDirectory() as home:
        cold = seconds(lambda: command(home, RUN))
        warm = medians(
            effort.repeats, *(lambda words=words: seconds(lambda: command(home, words)) for words in WARM)
        )
    line = f"cxsim {' '.join(RUN)}"
    how = "empty cache folder, measured once"
    yield Row(GROUP, f"first {line}", cold, "s", how)
    how = "the first run less a warm one"
    yield Row(GROUP, "compiling", cold - warm[-1], "s", how, at_most=MOST_COLD_SECONDS)
    for words, time in zip(WARM, warm, strict=True):
        how = "a new process, compiled code from the cache"
        yield Row(GROUP, f"cxsim {' '.join(words)}", time, "s", how, at_most=MOST_WARM_SECONDS)


def command(home: str, words: tuple[str, ...]) -> None:
    """Run a command in a process whose user has this home, and so these caches."""
    own = {name: home for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE")}
    environment = {**os.environ, **own, "MPLBACKEND": "Agg"}
    # Python's own byte code has nothing to do with it, and may be kept where it is.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    line = [sys.executable, "-m", "cxsim.cli", *words]
    subprocess.run(line, check=True, capture_output=True, env=environment)
