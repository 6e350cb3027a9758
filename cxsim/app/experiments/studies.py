"""All studies of this computer, running or kept, and what the page says of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cxsim.app.experiments.runner import (
    COMPLETE,
    FAILED,
    STOPPED,
    STOPPING,
    UNDER_WAY,
    WAITING,
    Job,
    Runner,
    study_command,
)
from cxsim.app.experiments.shelf import Shelf, usual_folder
from cxsim.app.experiments.toml_text import remark_of
from cxsim.app.experiments.verdict import duration
from cxsim.errors import CxsimError

LONGEST_REMARK = 300  # characters
_SENTENCE = re.compile(r"(?<=[.?!])\s")
UNTOUCHED = "untouched"  # asked for, and the app was closed before its turn came


@dataclass(frozen=True)
class Kept:
    """What is on disk of a study.

    Attributes
    ----------
    state : str
        complete, stopped or untouched.
    done, total, failed : int
        Runs.
    other : int
        Runs that another version of cxsim made.
    """

    state: str = UNTOUCHED
    done: int = 0
    total: int = 0
    failed: int = 0
    other: int = 0


class Studies:
    """The studies of one app process.

    Parameters
    ----------
    folder
        Where they are kept.
    """

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder)
        self.runner = Runner(lambda key: study_command(self.shelf.file(key), self.shelf.runs(key)))

    def begin(self, key: str, text: str) -> None:
        """Keep a design and put it in line, unless it is complete already.

        Raises
        ------
        CxsimError
            It cannot be kept, or the line is full.
        """
        self.shelf.put(key, text)
        self.resume(key)

    def resume(self, key: str) -> None:
        """Put a study in line, unless it is complete already.

        Raises
        ------
        CxsimError
            The line is full.
        """
        if self.state(key) != COMPLETE:
            self.runner.ask(key)

    def state(self, key: str) -> str:
        """The state of a study."""
        job = self.runner.jobs().get(key)
        return job.state if job is not None else self.kept(key).state

    def kept(self, key: str) -> Kept:
        """What is on disk of a study."""
        return _kept(self.shelf.runs(key), stamp_of(self.shelf.runs(key)))

    def heading(self, key: str) -> tuple[str, str]:
        """The title of a study, and the remark at the top of its text."""
        try:
            return _heading(self.shelf.text(key))
        except CxsimError:
            return key, ""

    def rows(self) -> list[dict[str, Any]]:
        """All studies for a list, those under way first, then the latest."""
        jobs = self.runner.jobs()
        keys = self.shelf.kept()
        rows = [self.row(key, jobs) for key in keys]
        return sorted(rows, key=lambda row: row["state"] not in UNDER_WAY)

    def row(self, key: str, jobs: Mapping[str, Job] | None = None) -> dict[str, Any]:
        """One study: key, title, remark, state, words, runs done, their share while it runs."""
        job = (self.runner.jobs() if jobs is None else jobs).get(key)
        title, remark = self.heading(key)
        known = {"key": key, "title": title, "remark": remark}
        if job is not None and job.state in UNDER_WAY:
            share = round(job.done / job.total, 3) if job.total else 0.0
            words = words_of(job)
            return {**known, "state": job.state, "words": words, "done": job.done, "share": share}
        kept = self.kept(key)
        state = FAILED if job is not None and job.state == FAILED else kept.state
        problem = job.problem if job is not None else ""
        words = words_of_kept(kept)
        told = {"state": state, "words": words, "problem": problem}
        marks = {"mark": mark_of(state, kept), "changed": self.changed(key)}
        return {**known, **told, **marks, "done": kept.done, "share": None}

    def changed(self, key: str) -> float:
        """When a study last changed, in seconds since 1970; 0 where nobody knows."""
        try:
            asked = self.shelf.file(key).stat().st_mtime
        except OSError:
            return 0.0
        return round(max([asked, *(one / 1e9 for one in stamp_of(self.shelf.runs(key))[::2])]))

    def close(self) -> None:
        """End what runs."""
        self.runner.close()


def words_of(job: Job) -> str:
    """Return how far a study under way is."""
    if job.state == WAITING:
        return f"waits in line, number {job.place}" if job.place else "waits in line"
    if not job.total:
        return "stopping …" if job.state == STOPPING else "starting …"
    words = f"{job.done:,} of {job.total:,} runs"
    words += f", {job.failed:,} failed" if job.failed else ""
    if job.state == STOPPING:
        return f"{words}; stopping …"
    words += f" · {job.rate:,.0f} a second" if job.rate else ""
    return f"{words} · {duration(job.left)} left" if job.left else words


def mark_of(state: str, kept: Kept) -> str:
    """Return the mark of a study in a list: its state, or that all or some of its runs failed."""
    if state != COMPLETE or not kept.failed:
        return state
    return FAILED if kept.failed >= kept.done else "partly"


def words_of_kept(kept: Kept) -> str:
    """Return what there is of a study that does not run."""
    if kept.state == UNTOUCHED:
        return "nothing run yet"
    if kept.other and not kept.done:
        return f"{kept.other:,} runs of another version of cxsim; resume it to run it with this one"
    failed = f", {kept.failed:,} failed" if kept.failed else ""
    if kept.state == COMPLETE:
        return f"complete: {kept.done:,} runs{failed}"
    total = f" of {kept.total:,}" if kept.total else ""
    return f"stopped after {kept.done:,}{total} runs{failed}"


def stamp_of(folder: Path) -> tuple[int, ...]:
    """Return what changes whenever something is written to a study."""
    try:
        places = [folder, folder / "parts", *sorted(folder.glob("journal-*"))]
        found = [place.stat() for place in places if place.exists()]
        return tuple(part for one in found for part in (one.st_mtime_ns, one.st_size))
    except OSError:
        return ()


@lru_cache(maxsize=500)
def _kept(folder: Path, stamp: tuple[int, ...]) -> Kept:
    """Return what is in a folder; the stamp is what it was like, so that a change is seen."""
    if not stamp or not (folder / "study.json").is_file():
        return Kept()
    from cxsim.study.batch import open_study

    try:
        study = open_study(folder)
        status = study.status()
    except CxsimError:
        return Kept(STOPPED)
    state = COMPLETE if study.complete else STOPPED
    return Kept(state, status.done, status.runs, status.failed, status.other)


@lru_cache(maxsize=500)
def _heading(text: str) -> tuple[str, str]:
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return "A design that cannot be read", ""
    title = raw.get("title") or raw.get("name") or "Untitled study"
    return str(title)[:120], said(text)


def said(text: str) -> str:
    """Return the first sentence of the comment that a design begins with."""
    lines = [line.lstrip("#").strip() for line in remark_of(text).splitlines()]
    whole = " ".join(line for line in lines if line)
    return _SENTENCE.split(whole, maxsplit=1)[0][:LONGEST_REMARK]


STUDIES = Studies(usual_folder())
