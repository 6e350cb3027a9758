"""Small studies, and processes that run them, for the tests that kill, fill and break things."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import cxsim
from cxsim.errors import CxsimError
from cxsim.study.batch import Study, open_study, run_study, store
from cxsim.study.design import Design, Factor

LOG = "CXSIM_TEST_BEGUN"  # a file that gets a line whenever a run of `wave` begins
PAUSE = "CXSIM_TEST_PAUSE"  # seconds that a run of `wave` takes
SAID = "CXSIM_TEST_SAID"  # a file for what a child says on standard error
REFUSED, INTERRUPTED = 2, 130  # exit codes


def company(samples: int = 16, **more: Any) -> Design:
    """A design with a small company: a run takes about half a millisecond."""
    firm = cxsim.load("typical").with_weeks(26)
    firm = firm.with_organisation(employees=20).with_market(customers=50)
    usual: dict[str, Any] = {
        "name": "firm",
        "levers": {"leadership": (0.0, 1.0), "wins": (0.0, 1.0)},
        "method": "sobol_sequence",
        "samples": samples,
        "replicates": 20,
        "outcomes": ("adoption", "payback_week", "net_value"),
        "series": ("adoption",),
    }
    return Design.of(firm, **{**usual, **more})


def waves(samples: int = 16, **more: Any) -> Design:
    """A design for the function `wave`."""
    usual: dict[str, Any] = {"replicates": 10, "outcomes": ("height",)}
    return Design(
        "waves",
        "",
        None,
        (Factor("x", "lever", 0.0, 1.0),),
        method="sobol_sequence",
        samples=samples,
        **{**usual, **more},
    )


def wave(settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, float]:
    """A user's own function; it writes down that it has begun, and takes its time."""
    if LOG in os.environ:
        line = f"{settings['x']!r} {replicate}\n"
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        log = os.open(os.environ[LOG], flags)
        os.write(log, line.encode())
        os.close(log)
    time.sleep(float(os.environ.get(PAUSE, "0")))
    return {"height": float(settings["x"]) * 7.0 + replicate % 5 + seed}


def poison(settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, float]:
    """A function that at one run of one point takes its process down, whenever it is tried."""
    if 0.4 < settings["x"] < 0.6 and replicate == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"height": settings["x"] + replicate}


def begun(log: Path) -> list[tuple[float, int]]:
    """The runs of `wave` that have begun, in their order: x and replicate."""
    if not log.exists():
        return []
    words = [line.split() for line in log.read_text().splitlines()]
    return [(float(x), int(replicate)) for x, replicate in words]


def kept(folder: Path) -> set[tuple[float, int]]:
    """The runs of `wave` that stand in a folder, whatever was killed in the middle of it."""
    try:
        runs = open_study(folder).runs()
    except CxsimError:  # killed before it said what it is
        return set()
    return set(zip(runs["x"].tolist(), runs["replicate"].tolist(), strict=True))


def exported(study: Study, folder: Path) -> dict[str, str]:
    """Name and hash of every file of an export, in both formats."""
    files = study.export(folder, ("parquet", "csv"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def each_once(study: Study) -> bool:
    """Whether every run that the design asks for is there, each once."""
    runs = study.runs()
    return study.complete and not runs.duplicated(["point", "replicate"]).any()


# --- processes ------------------------------------------------------------------------------------


def go(design: Design, folder: Path, settings: Mapping[str, str], **more: Any) -> None:
    """Run a study; what a child process does."""
    os.environ.update(settings)
    if SAID in settings:
        os.dup2(os.open(settings[SAID], os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
    store.PART_RUNS = 60  # so that journals become parts again and again
    model = wave if design.base is None else None
    try:
        run_study(design, folder, model=model, threads=2, **more)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except CxsimError as error:
        print(error, file=sys.stderr)
        sys.exit(REFUSED)


def child(
    design: Design, folder: Path, settings: Mapping[str, str] | None = None, **more: Any
) -> BaseProcess:
    """Start a process that runs a study.

    It is forked off a process that has loaded everything, so that twenty of them take no minute.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.study_warm"])
    process = context.Process(target=go, args=(design, folder, dict(settings or {})), kwargs=more)
    process.start()
    return process


def kill(process: BaseProcess) -> bool:
    """Kill a process at once; return whether it was still at work."""
    process.kill()
    process.join(30.0)
    return process.exitcode == -signal.SIGKILL


def wait_until(true: Any, seconds: float = 30.0) -> None:
    """Wait until something holds.

    Raises
    ------
    TimeoutError
        It never does.
    """
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.002)
