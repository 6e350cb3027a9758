"""The folder of a study: what is in it, and how finished runs get there.

    study.json              what the study is: design, version, seeds, hashes, platform
    design.toml             the design, and beside it the scenarios that are not bundled ones
    points.parquet          one row a point: its settings, and the key of its runs
    parts/runs-*.parquet    one row a run: key, replicate, error, outcomes
    parts/weekly-*.parquet  one row a run and week, if the design keeps series
    journal-*.bin           runs finished a moment ago, while the study runs or after it was killed
    log.txt                 when it ran, how fast, on what

Anyone can read it: in DuckDB ``SELECT * FROM 'points.parquet' JOIN 'parts/runs-*.parquet' USING
(key)`` gives all runs with their settings.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock, Timeout

from cxsim.errors import CxsimError
from cxsim.results import write_text
from cxsim.study.batch import journal, parts
from cxsim.study.batch.journal import Entry, Journal
from cxsim.study.batch.parts import Columns
from cxsim.study.batch.recipe import Recipe
from cxsim.study.batch.run import Run

MANIFEST, DESIGN, POINTS, LOG = "study.json", "design.toml", "points.parquet", "log.txt"
PARTS = "parts"
PART_RUNS, PART_BYTES = 5_000, 32 * 2**20  # a journal as long as this becomes a part
SYNC_SECONDS = 2.0  # what the power failing may cost
FORMAT = 1
AGAIN = (
    "run the design into this folder again: what is finished is found there and is not run again"
)


class Store:
    """A study's folder, open for writing: one process at a time."""

    def __init__(self, folder: Path, columns: Columns) -> None:
        self.folder, self.columns = folder, columns
        self._journal: Journal | None = None
        self._synced = time.monotonic()

    @property
    def parts(self) -> Path:
        """Where the parts are."""
        return self.folder / PARTS

    def add(self, key: str, run: Run) -> None:
        """Keep a finished run; from now on it survives whatever happens to this process.

        Raises
        ------
        CxsimError
            The disk is full, or may not be written.
        """
        with told(self.folder):
            if self._journal is None:
                self._journal = Journal(self.folder, asdict(self.columns))
            self._journal.add(key, run)
            if time.monotonic() - self._synced > SYNC_SECONDS:
                self._journal.sync()
                self._synced = time.monotonic()
        if self._journal.runs >= PART_RUNS or self._journal.bytes >= PART_BYTES:
            self.settle()

    def settle(self) -> None:
        """Turn the journals into parts."""
        with told(self.folder):
            if self._journal is not None:
                self._journal.close()
                self._journal = None
            for path in sorted(self.folder.glob(journal.PATTERN)):
                words, entries = journal.read(path)
                kept = list({(e.key, e.run.replicate): e for e in entries}.values())
                if kept:
                    parts.write(self.parts, Columns.read(words), kept)
                path.unlink(missing_ok=True)

    def write(self, name: str, content: str) -> None:
        """Write a text file whole or not at all."""
        write_text(self.folder / name, content)

    def write_json(self, name: str, content: Mapping[str, Any]) -> None:
        """Write JSON whole or not at all."""
        self.write(name, json.dumps(content, indent=2, ensure_ascii=False) + "\n")

    def forget_failed(self) -> None:
        """Take out the runs that failed, so that they are run again."""
        for path in sorted(self.parts.glob(f"{parts.RUNS}-{self.columns.recipe[:8]}-*.parquet")):
            parts.without_failed(path, self.columns)

    def log(self, words: str) -> None:
        """Add a line to the log; a log that cannot be written stops nothing."""
        with contextlib.suppress(OSError), (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')}  {words}\n")

    def close(self) -> None:
        """Leave nothing but parts behind; when that cannot be, the journal stays for next time."""
        try:
            self.settle()
        finally:
            if self._journal is not None:
                self._journal.close()


@contextlib.contextmanager
def opened(folder: Path, columns: Columns) -> Iterator[Store]:
    """Open a study's folder for writing, and take over what a killed process has left.

    Raises
    ------
    CxsimError
        Another process writes to it, it holds something else, it cannot be written, or a journal
        cannot be read.
    """
    with told(folder):
        _check_use(folder)
        (folder / PARTS).mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise CxsimError(
                f"{folder}: another process runs this study; wait for it or stop it first "
                "(cxsim study status shows how far it is)"
            ) from None
    try:
        store = Store(folder, columns)
        for draft in [*folder.glob(".*.*.*"), *(folder / PARTS).glob(".*.*.*")]:
            draft.unlink(missing_ok=True)  # of a process that was killed
        store.settle()
        try:
            yield store
        finally:
            store.close()
    finally:
        lock.release()


def _check_use(folder: Path) -> None:
    """Keep out of folders that people use for something else."""
    if not folder.is_dir() or (folder / PARTS).is_dir() or (folder / MANIFEST).exists():
        return
    other = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    if other:
        raise CxsimError(
            f"{folder}: holds no study but other files ({other[0]}); name a new or empty folder"
        )


def is_open(folder: Path) -> bool:
    """Return whether a process writes to a study's folder now."""
    path = folder / ".lock"
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a folder that may only be read
        return False


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what the system says of a folder into one error that says what to do."""
    try:
        yield
    except (OSError, CxsimError) as error:
        cause = error.__cause__ if isinstance(error, CxsimError) else error
        if not isinstance(cause, OSError):
            raise
        reason = cause.strerror or str(cause)
        raise CxsimError(
            f"{folder}: cannot be written: {reason}; everything finished is kept, so free some "
            "space or mend the folder, then resume the study"
        ) from error


def size(folder: Path) -> int:
    """Return the bytes of a folder, also while files in it come and go."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size if path.is_file() else 0
    return total


def table(
    folder: Path, columns: Columns, names: Iterable[str] | None = None, kind: str = parts.RUNS
) -> pa.Table:
    """Return the finished runs of a recipe, each once; also while the study runs.

    Parameters
    ----------
    names : iterable of str, optional
        Outcomes (or series) wanted beside key, replicate and error (or week); all by default.

    Raises
    ------
    CxsimError
        A part is damaged.
    """
    own = ["key", "replicate", "error" if kind == parts.RUNS else "week"]
    known = columns.outcomes if kind == parts.RUNS else columns.series
    wanted = [*own, *(known if names is None else names)]
    recent = _recent(folder, columns, kind)  # first: a journal becomes a part, never the reverse
    tables = [*parts.read(folder / PARTS, kind, columns, wanted)]
    tables += [recent.select(wanted)] if recent is not None else []
    if not tables:
        return parts.made(columns, [], kind).select(wanted)
    return _each_once(pa.concat_tables(tables))


def _recent(folder: Path, columns: Columns, kind: str) -> pa.Table | None:
    """Return what stands in the journals."""
    entries: list[Entry] = []
    for path in sorted(folder.glob(journal.PATTERN)):
        try:
            words, found = journal.read(path)
            if words and Columns.read(words).recipe == columns.recipe:
                entries += found
        except FileNotFoundError:  # it has become a part
            continue
    return parts.made(columns, entries, kind) if entries else None


def _each_once(runs: pa.Table) -> pa.Table:
    """Return rows sorted by key, replicate (and week), what is there twice once."""
    own = [name for name in ("key", "replicate", "week") if name in runs.column_names]
    # A run that failed here may have been tried again elsewhere: what went well comes first.
    order = [*own, *(["error"] if "error" in runs.column_names else [])]
    runs = runs.sort_by([(name, "ascending") for name in order])
    again = None
    for name in own:
        same = pc.equal(runs[name].slice(1), runs[name].slice(0, max(0, len(runs) - 1)))
        again = same if again is None else pc.and_(again, same)
    if not pc.any(again).as_py():
        return runs
    return runs.filter(pa.concat_arrays([pa.array([True]), *pc.invert(again).chunks]))


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return what a study's folder says of itself.

    Raises
    ------
    CxsimError
        It is no study's folder, or its manifest cannot be read.
    """
    path = folder / MANIFEST
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        form, recipe = found["format"], found["recipe"]
        if form == FORMAT and Recipe.read(recipe).hash != found["recipe_hash"]:
            raise ValueError("its recipe is not the one that was run")
    except (FileNotFoundError, NotADirectoryError):
        what = (
            "no such folder" if not folder.exists() else f"holds no study ({MANIFEST} is missing)"
        )
        raise CxsimError(
            f"{folder}: {what}; cxsim study run DESIGN --out FOLDER makes one"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = " ".join(str(error).split())[:120]
        raise CxsimError(
            f"{path}: damaged ({type(error).__name__}: {said}); delete it, then {AGAIN}"
        ) from None
    if form != FORMAT:
        raise CxsimError(f"{path}: of another version of cxsim; run the design again elsewhere")
    return found
