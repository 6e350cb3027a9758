"""Putting shards of one study together that several machines have run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from cxsim.errors import CxsimError
from cxsim.results import write_whole
from cxsim.study.batch import journal, parts, store
from cxsim.study.batch.study import Study


def merge(folders: Sequence[str | os.PathLike[str]], into: str | os.PathLike[str]) -> Study:
    """Gather the finished runs of several folders of one study in another one, and return it.

    The folders stay as they are. What is there twice counts once.

    Raises
    ------
    CxsimError
        They hold different studies, or one of them cannot be read.
    """
    studies = [Study(Path(folder)) for folder in folders]
    if not studies:
        raise CxsimError("merge: no folder is named; name those of the shards")
    first = studies[0]
    for other in studies[1:]:
        if (other.design.hash, other.columns) != (first.design.hash, first.columns):
            raise CxsimError(
                f"{other.folder}: holds another study than {first.folder} (another design or "
                "version of the model); only shards of one study can be merged"
            )
    target = Path(into)
    if any(target.resolve() == study.folder.resolve() for study in studies):
        raise CxsimError(f"{target}: is one of the shards; merge into another folder")
    _check_target(target, first)
    with store.opened(target, first.columns) as merged:
        for name in (store.POINTS, store.DESIGN, store.MANIFEST):
            _copy(first.folder / name, target / name)
        for study in studies:
            _gather(study, merged)
        merged.log(f"merged from {', '.join(str(study.folder) for study in studies)}")
    return Study(target)


def _check_target(target: Path, first: Study) -> None:
    if (target / store.MANIFEST).exists() and Study(target).design.hash != first.design.hash:
        raise CxsimError(f"{target}: holds another study; merge into another folder")


def _gather(study: Study, merged: store.Store) -> None:
    """Copy the parts of a shard, the weekly ones first, and what stands in its journals."""
    with store.told(merged.folder):
        for path in sorted((study.folder / store.PARTS).glob("*.parquet"), reverse=True):
            parts.check(path)
            _copy(path, merged.parts / path.name)
    for path in sorted(study.folder.glob(journal.PATTERN)):
        words, entries = journal.read(path)
        if words.get("recipe") == study.columns.recipe:
            for entry in entries:
                merged.add(entry.key, entry.run)


def _copy(source: Path, target: Path) -> None:
    def write(file: IO[bytes]) -> None:
        with source.open("rb") as content:
            shutil.copyfileobj(content, file)

    write_whole(target, write)
