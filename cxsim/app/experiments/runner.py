"""Runs studies in a child process: one at a time, the others wait in line."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from cxsim.errors import CxsimError

WAITING, RUNNING, STOPPING = "waiting", "running", "stopping"
COMPLETE, STOPPED, FAILED = "complete", "stopped", "failed"
UNDER_WAY = (WAITING, RUNNING, STOPPING)
LONGEST_LINE = 20  # studies that may wait
PATIENCE = 12.0  # seconds that a stopped study gets to write down what it has
TOLD = 2000  # characters of what went wrong

Command = Callable[[str], Sequence[str]]  # key of a study -> what runs it


@dataclass(frozen=True)
class Job:
    """How far a study has come since it was asked for.

    Attributes
    ----------
    state : str
        waiting, running, stopping, complete, stopped or failed.
    place : int
        In the line, from 1; 0 for one that does not wait.
    done, total, failed : int
        Runs.
    rate, left : float or None
        Runs a second, and seconds left; None as long as nobody can say.
    problem : str
        What went wrong.
    """

    state: str = WAITING
    place: int = 0
    done: int = 0
    total: int = 0
    failed: int = 0
    rate: float | None = None
    left: float | None = None
    problem: str = ""


class FullError(CxsimError):
    """The line is full."""


class Runner:
    """Runs what is asked for, in the order of asking.

    Parameters
    ----------
    command
        Gives the command that runs the study of a key. It prints its progress as JSON, one object
        a line, and stops when its standard input ends.
    """

    def __init__(self, command: Command) -> None:
        self._command = command
        self._changed = threading.Condition()
        self._line: list[str] = []
        self._jobs: dict[str, Job] = {}
        self._child: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._version = 0

    def ask(self, key: str) -> None:
        """Put a study in line, unless it is there already.

        Raises
        ------
        FullError
            Too many studies wait.
        """
        with self._changed:
            if self._closed or (self.job(key).state in UNDER_WAY and key in self._jobs):
                return
            if len(self._line) >= LONGEST_LINE:
                raise FullError(f"{LONGEST_LINE} studies wait already; try again in a while")
            self._line.append(key)
            self._jobs[key] = Job()
            self._tell()
            if self._thread is None:
                self._thread = threading.Thread(target=self._loop, daemon=True)
                self._thread.start()

    def stop(self, key: str) -> None:
        """Take a study out of the line, or let it stop; what is finished is kept."""
        with self._changed:
            if key in self._line:
                self._line.remove(key)
                self._jobs[key] = Job(STOPPED)
            elif self.job(key).state == RUNNING:
                self._jobs[key] = replace(self._jobs[key], state=STOPPING)
                self._end_child()
            self._tell()

    def job(self, key: str) -> Job:
        """How far one study has come; a waiting one for a key nobody asked for."""
        return self._jobs.get(key, Job())

    def jobs(self) -> dict[str, Job]:
        """All that were asked for since the app was started."""
        with self._changed:
            places = {key: place for place, key in enumerate(self._line, start=1)}
            return {key: replace(job, place=places.get(key, 0)) for key, job in self._jobs.items()}

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._version

    def wait(self, version: int, timeout: float) -> int:
        """Wait for a change after `version`; the version then."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != version, timeout)
            return self._version

    def close(self) -> None:
        """End what runs, and begin nothing new."""
        with self._changed:
            self._closed = True
            self._line.clear()
            self._end_child()
            self._tell()
        thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)

    # --- the thread that runs them -----------------------------------------------------------

    def _loop(self) -> None:
        while (key := self._next()) is not None:
            self._run(key)

    def _next(self) -> str | None:
        """The study to run now; None ends the thread."""
        with self._changed:
            if self._closed or not self._line:
                self._thread = None
                return None
            key = self._line.pop(0)
            self._jobs[key] = Job(RUNNING)
            self._tell()
            return key

    def _run(self, key: str) -> None:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
            try:
                child = self._start(key, said)
            except OSError as problem:
                self._put(key, state=FAILED, problem=f"the study could not be started: {problem}")
                return
            finished = self._follow(key, child)
            code = _ended(child)
            said.seek(0)
            self._finish(key, finished and code == 0, said.read()[-TOLD:].strip())

    def _start(self, key: str, said: IO[str]) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            list(self._command(key)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            encoding="utf-8",
        )
        with self._changed:
            self._child = child
            if self._closed or self._jobs[key].state == STOPPING:  # asked to before it was there
                self._end_child()
        return child

    def _follow(self, key: str, child: subprocess.Popen[str]) -> bool:
        """Take in the progress that a study tells; whether it says that it is complete."""
        complete = False
        assert child.stdout is not None  # it is a pipe
        with child.stdout as lines:
            for line in lines:
                told = _opened(line)
                complete = complete or bool(told.get("complete"))
                if "done" in told:
                    self._put(key, **_numbers(told))
        return complete

    def _finish(self, key: str, complete: bool, said: str) -> None:
        with self._changed:
            self._child = None
            stopped = self._jobs[key].state == STOPPING or self._closed
        if complete:
            self._put(key, state=COMPLETE, left=None)
        elif stopped:
            self._put(key, state=STOPPED, left=None)
        else:
            reason = said or "the study ended without saying why"
            self._put(key, state=FAILED, left=None, problem=reason)

    def _put(self, key: str, **changes: Any) -> None:
        with self._changed:
            self._jobs[key] = replace(self._jobs[key], **changes)
            self._tell()

    def _tell(self) -> None:
        self._version += 1
        self._changed.notify_all()

    def _end_child(self) -> None:
        if self._child is not None and self._child.stdin is not None:
            with suppress(OSError):
                self._child.stdin.close()


def _ended(child: subprocess.Popen[str]) -> int:
    """Wait for the end of a child that has closed its output; its exit code."""
    try:
        return child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()
    finally:
        if child.stdin is not None:
            with suppress(OSError):
                child.stdin.close()


def _opened(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _numbers(told: dict[str, Any]) -> dict[str, Any]:
    whole = {name: int(told.get(name) or 0) for name in ("done", "total", "failed")}
    return {**whole, "rate": told.get("rate"), "left": told.get("left")}


def child_command(*arguments: str) -> list[str]:
    """The command that runs cxsim in a process which ends with this one."""
    return [sys.executable, "-m", "cxsim.app.experiments.child", *arguments]


def study_command(file: Path, folder: Path) -> list[str]:
    """The command that runs a design file into a folder, telling its progress."""
    return child_command("study", "run", str(file), "--out", str(folder), "--progress", "json")
