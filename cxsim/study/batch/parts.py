"""Parquet parts of a study: written whole or not at all, and checked when they are read.

A part holds runs that share one recipe. Its name, KIND-RECIPE-RUNS-CHECKSUM.parquet, says what is
in it, so writing the same runs again changes nothing, and no changed byte goes unseen. The weekly
series of its runs are written first; runs whose weekly file somebody has deleted count as lost.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cxsim.errors import CxsimError
from cxsim.results import write_whole
from cxsim.study.batch.journal import Entry
from cxsim.study.batch.recipe import Recipe, digest

RUNS, WEEKLY = "runs", "weekly"
_SETTINGS = {"compression": "zstd"}
_NOTE = b"cxsim"


@dataclass(frozen=True)
class Columns:
    """What the numbers of some runs are, and by what recipe they were made."""

    recipe: str
    outcomes: tuple[str, ...]
    series: tuple[str, ...]

    @classmethod
    def of(cls, recipe: Recipe) -> Columns:
        """Return the columns of a recipe."""
        return cls(recipe.hash, recipe.outcomes, recipe.series)

    @classmethod
    def read(cls, words: dict[str, Any]) -> Columns:
        """Return columns as `asdict` or JSON tells them."""
        return cls(words["recipe"], tuple(words["outcomes"]), tuple(words["series"]))


def write(folder: Path, columns: Columns, entries: Sequence[Entry]) -> Path:
    """Write some runs as a part and return its path.

    Raises
    ------
    CxsimError
        It cannot be written: where, why, and what to do.
    """
    entries = sorted(entries, key=lambda entry: (entry.key, entry.run.replicate))
    named = [[entry.key, entry.run.replicate] for entry in entries]
    name = digest(named)
    if columns.series:
        _write(folder, WEEKLY, name, made(columns, entries, WEEKLY), columns)
    return _write(folder, RUNS, name, made(columns, entries), columns)


def without_failed(path: Path, columns: Columns) -> None:
    """Take the failed runs out of a part; its weekly file, where they are not, stays."""
    made_by, runs = _read(path, None)
    if made_by.recipe != columns.recipe:
        return
    good = runs.filter(pc.equal(runs["error"], ""))
    if len(good) == len(runs):
        return
    if len(good):
        _write(path.parent, RUNS, _named(path), good, columns)
    path.unlink()


def made(columns: Columns, entries: Sequence[Entry], kind: str = RUNS) -> pa.Table:
    """Return the table of some runs, or of their weeks."""
    return _runs(columns, entries) if kind == RUNS else _weekly(columns, entries)


def _runs(columns: Columns, entries: Sequence[Entry]) -> pa.Table:
    numbers = np.array([e.run.numbers for e in entries]).reshape(-1, len(columns.outcomes))
    named = {name: pa.array(numbers[:, i]) for i, name in enumerate(columns.outcomes)}
    errors = pa.array([entry.run.error for entry in entries], pa.string())
    return pa.table({**_own(entries), "error": errors, **named})


def _weekly(columns: Columns, entries: Sequence[Entry]) -> pa.Table:
    kept = [e for e in entries if e.run.weekly is not None]
    lengths = [len(e.run.weekly) for e in kept if e.run.weekly is not None]
    empty = np.zeros((0, len(columns.series)))
    values = np.concatenate([empty, *(e.run.weekly for e in kept if e.run.weekly is not None)])
    weeks = np.concatenate([np.zeros(0, np.int16), *(np.arange(n) for n in lengths)])
    own = _own(kept)
    return pa.table(
        {
            "key": own["key"].take(pa.array(np.repeat(np.arange(len(kept)), lengths))),
            "replicate": np.repeat(own["replicate"].to_numpy(), lengths),
            "week": weeks.astype(np.int16),
            **{name: values[:, i] for i, name in enumerate(columns.series)},
        }
    )


def _own(entries: Sequence[Entry]) -> dict[str, pa.Array]:
    return {
        "key": pa.array([entry.key for entry in entries], pa.string()),
        "replicate": pa.array([entry.run.replicate for entry in entries], pa.int32()),
    }


def _named(path: Path) -> str:
    """Return what stands for the runs of a part in its name."""
    return path.stem.split("-")[2]


def _write(folder: Path, kind: str, name: str, table: pa.Table, columns: Columns) -> Path:
    note = {_NOTE: json.dumps(asdict(columns), sort_keys=True).encode()}
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(note), file, **_SETTINGS)
    content = file.getvalue()
    path = folder / f"{kind}-{columns.recipe[:8]}-{name}-{_checksum(content)}.parquet"
    write_whole(path, partial(_put, content))
    return path


def _put(content: bytes, file: IO[bytes]) -> None:
    file.write(content)


def _checksum(content: bytes) -> str:
    return f"{zlib.crc32(content):08x}"


def read(
    folder: Path, kind: str, columns: Columns, names: Iterable[str] | None = None
) -> list[pa.Table]:
    """Return the tables of all parts that a recipe made.

    Parameters
    ----------
    kind : str
        "runs" or "weekly".
    names : iterable of str, optional
        Columns to read; all by default.

    Raises
    ------
    CxsimError
        A part is damaged: which one, and what to do.
    """
    wanted = None if names is None else list(names)
    paths = sorted(folder.glob(f"{kind}-{columns.recipe[:8]}-*-*.parquet"))
    if kind == RUNS and columns.series:
        weekly = folder.glob(f"{WEEKLY}-{columns.recipe[:8]}-*-*.parquet")
        whole = {_named(path) for path in weekly}
        paths = [path for path in paths if _named(path) in whole]
    tables = []
    for path in paths:
        try:
            made_by, table = _read(path, wanted)
        except FileNotFoundError:  # its failed runs were taken out a moment ago
            continue
        if made_by.recipe == columns.recipe:
            tables.append(table)
    return tables


def check(path: Path) -> None:
    """Raise CxsimError when a part is damaged, or nothing that a study has written."""
    _read(path, [])


def rows_of(path: Path) -> int:
    """Return how many runs a part has; none when it cannot be read."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException):
        return 0


def _read(path: Path, names: list[str] | None) -> tuple[Columns, pa.Table]:
    """Return what a part says of its columns, and some of them."""
    try:
        content = path.read_bytes()
        if not path.stem.endswith(_checksum(content)):
            raise ValueError("its checksum is another")
        table = pq.read_table(pa.BufferReader(content), columns=names)
        return Columns.read(json.loads((table.schema.metadata or {}).get(_NOTE, b""))), table
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
        said = " ".join(str(error).split())[:120]
        raise CxsimError(
            f"{path}: damaged ({said}); delete this file, and resume the study: "
            "only its runs are computed again"
        ) from None
