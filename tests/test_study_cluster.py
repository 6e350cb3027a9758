"""A real scheduler and real workers: the same bytes, whoever dies in the middle."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from cxsim.errors import CxsimError
from cxsim.study.batch import Progress, cluster, open_study, run_study
from tests.study_helpers import (
    LOG,
    PAUSE,
    REFUSED,
    SAID,
    begun,
    child,
    company,
    each_once,
    exported,
    kept,
    poison,
    wait_until,
    wave,
    waves,
)

SCHEDULER = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--no-dashboard")
WORKER = ("distributed.cli.dask_worker", "--host", "127.0.0.1", "--no-dashboard", "--nthreads", "1")


class Grid:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        # Workers find nothing of these tests: what they need of them has to be sent.
        own = {"DASK_TEMPORARY_DIRECTORY": str(folder), "PYTHONSAFEPATH": "1"}
        self.environment = {**os.environ, **own, **environment}
        self.processes: list[subprocess.Popen[bytes]] = []
        port = free_port()
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start(*SCHEDULER, "--port", str(port))

    def worker(self, *more: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker; it comes in when it is ready."""
        scratch = ("--local-directory", str(self.folder))
        return self._start(*WORKER, self.address, *scratch, *more, **environment)

    def _start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"grid-{len(self.processes)}.txt").open("wb") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", *words],
                env={**self.environment, **environment},
                stdout=said,
                stderr=said,
                start_new_session=True,  # so that a nanny takes its worker along
            )
        self.processes.append(process)
        return process


@contextmanager
def grid(folder: Path, **environment: str) -> Iterator[Grid]:
    started = Grid(folder, **environment)
    try:
        yield started
    finally:
        for process in reversed(started.processes):  # workers first
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_same_bytes_also_when_a_worker_is_killed(tmp_path: Path) -> None:
    folder, log = tmp_path / "far", tmp_path / "begun.txt"
    with grid(tmp_path, **{LOG: str(log), PAUSE: "0.004"}) as far:
        _, doomed = far.worker("--no-nanny"), far.worker("--no-nanny")
        study = run_study(company(), tmp_path / "firm", cluster=far.address)
        here = run_study(company(), tmp_path / "firm here", threads=2)
        assert exported(study, tmp_path / "a") == exported(here, tmp_path / "b")

        def watch(now: Progress) -> None:
            if now.done > 100 and doomed.poll() is None:
                doomed.kill()

        study = run_study(waves(64), folder, model=wave, cluster=far.address, progress=watch)
        assert doomed.poll() == -signal.SIGKILL
        assert each_once(study)
    assert len(begun(log)) > 640  # what it had under way was done again
    here = run_study(waves(64), tmp_path / "here", model=wave)
    assert exported(study, tmp_path / "c") == exported(here, tmp_path / "d")


def test_waiting_refused_and_left_alone(tmp_path: Path) -> None:
    """No worker, one with another version, and a scheduler that is killed in the middle."""
    folder, log, said = tmp_path / "far", tmp_path / "begun.txt", tmp_path / "said.txt"
    design = waves(64)
    with grid(tmp_path, **{PAUSE: "0.01", LOG: str(log)}) as far:
        told: list[str] = []
        began = time.monotonic()
        study = run_study(
            design,
            folder,
            model=wave,
            cluster=far.address,
            progress=lambda now: told.append(now.text),
            cancelled=lambda: len(told) > 2,
        )
        assert not study.complete
        assert time.monotonic() - began < 20.0
        assert told[0].endswith(f"{far.address} has no workers; waiting for some "
                                f"(dask worker {far.address})")  # fmt: skip
        assert "has no workers" in (folder / "log.txt").read_text()

        other = far.worker("--no-nanny", PYTHONPATH=str(another_version(tmp_path)))
        with pytest.raises(CxsimError, match=r"^worker on .*: has another version of cxsim; insta"):
            run_study(design, folder, model=wave, cluster=far.address)
        other.kill()
        other.wait()

        far.worker("--no-nanny")
        process = child(design, folder, {SAID: str(said)}, cluster=far.address)
        wait_until(lambda: len(kept(folder)) > 100)
        began = time.monotonic()
        far.scheduler.kill()
        process.join(60.0)
        assert process.exitcode == REFUSED
        assert time.monotonic() - began < 15.0
    assert said.read_text() == (
        f"{far.address}: the scheduler is gone; everything finished is kept, so resume the study "
        "once it is back, or on this machine\n"
    )
    finished = kept(folder)
    assert 100 < len(finished) < 640
    before = len(begun(log))
    again = child(design, folder, {LOG: str(log)})
    again.join(60.0)
    assert finished.isdisjoint(begun(log)[before:])
    here = run_study(design, tmp_path / "here", model=wave)
    assert exported(open_study(folder), tmp_path / "a") == exported(here, tmp_path / "b")


def another_version(folder: Path) -> Path:
    """A folder that, on the path, has this cxsim installed as another version."""
    told = folder / "other" / "cxsim-0.0.1.dist-info" / "METADATA"
    told.parent.mkdir(parents=True)
    told.write_text("Metadata-Version: 2.1\nName: cxsim\nVersion: 0.0.1\n")
    return folder / "other"


def test_a_run_that_kills_its_workers_fails_alone(tmp_path: Path) -> None:
    impatient = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with grid(tmp_path, **impatient) as far:
        far.worker()  # with a nanny, who starts it again
        runs = run_study(
            waves(4, replicates=5), tmp_path / "far", model=poison, cluster=far.address
        ).runs()
    bad = runs[runs["error"] != ""]
    assert len(runs) == 20
    assert [*zip(bad["x"].between(0.4, 0.6), bad["replicate"], strict=True)] == [(True, 2)]
    assert list(bad["error"]) == ["the worker died each time that this was run, without a word"]


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:{}", "nonsense", "tcp://"])
def test_nobody_there(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with pytest.raises(
        CxsimError, match=r"no scheduler answers there .*start one with 'dask sched"
    ):
        run_study(waves(), tmp_path, model=wave, cluster=address.format(free_port()))


def test_a_function_that_cannot_travel_is_told_at_once(tmp_path: Path) -> None:
    with (tmp_path / "open.txt").open("w") as file:

        def opened(settings: object, seed: int, replicate: int) -> dict[str, float]:
            file.write(f"{settings}")
            return {"height": 1.0}

        with pytest.raises(CxsimError, match=r"cannot be sent to workers: .*; define it in a mod"):
            run_study(waves(), tmp_path / "far", model=opened, cluster="tcp://127.0.0.1:1")
