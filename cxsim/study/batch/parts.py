"""Parquet parts of a study: written whole or not at all, and read back with their checksums.

A part holds runs that share one recipe. Its name says what is in it, so writing the same runs
again changes nothing. The weekly series of its runs are written first: a part without its weekly
file cannot come about.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cxsim.errors import CxsimError
from cxsim.results import write_whole
from cxsim.study.batch.journal import Entry
from cxsim.study.batch.recipe import Recipe, digest

RUNS, WEEKLY = "runs", "weekly"
_NAMES = ("key", "replicate")  # what tells one run from another
_SETTINGS = {"compression": "zstd", "write_page_checksum": True}
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
    stem = f"{columns.recipe[:8]}-{digest(named)}"
    if columns.series:
        _write(folder / f"{WEEKLY}-{stem}.parquet", made(columns, entries, WEEKLY), columns)
    path = folder / f"{RUNS}-{stem}.parquet"
    _write(path, made(columns, entries), columns)
    return path


def without_failed(path: Path, columns: Columns) -> None:
    """Take the failed runs out of a part; a part that had some gets another name."""
    runs = _read(path, None)
    good = runs.filter(pc.equal(runs["error"], ""))
    if columns_of(path).recipe != columns.recipe or len(good) == len(runs):
        return
    if len(good):
        named = [list(pair) for pair in zip(*(good[n].to_pylist() for n in _NAMES), strict=True)]
        _write(
            path.with_name(f"{RUNS}-{columns.recipe[:8]}-{digest(named)}.parquet"), good, columns
        )
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


def _write(path: Path, table: pa.Table, columns: Columns) -> None:
    note = {_NOTE: json.dumps(asdict(columns), sort_keys=True).encode()}
    noted = table.replace_schema_metadata(note)
    write_whole(path, lambda file: pq.write_table(noted, file, **_SETTINGS))


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
    paths = sorted(folder.glob(f"{kind}-{columns.recipe[:8]}-*.parquet"))
    return [_read(path, wanted) for path in paths if _made_by(path, columns)]


def _made_by(path: Path, columns: Columns) -> bool:
    return columns_of(path).recipe == columns.recipe


def columns_of(path: Path) -> Columns:
    """Return what a part says of its columns.

    Raises
    ------
    CxsimError
        It is damaged, or nothing that a study has written.
    """
    try:
        note = (pq.read_schema(path).metadata or {}).get(_NOTE, b"")
        return Columns.read(json.loads(note))
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, error) from None


def _read(path: Path, names: list[str] | None) -> pa.Table:
    try:
        return pq.read_table(path, columns=names, page_checksum_verification=True)
    except (OSError, pa.ArrowException, ValueError) as error:
        raise _damaged(path, error) from None


def _damaged(path: Path, error: Exception) -> CxsimError:
    said = " ".join(str(error).split())[:120]
    return CxsimError(
        f"{path}: damaged ({said}); delete this file, and resume the study: "
        "only its runs are computed again"
    )
