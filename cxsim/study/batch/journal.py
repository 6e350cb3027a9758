"""The journal of a study that runs: every finished run is written at once, one after the other.

What a process has handed to the system survives its own death, so `kill -9` costs no finished run.
A run that was being written at that moment is recognised by its checksum and left out; so is what
a full disk cut off or a bad one changed. Journals become Parquet as they grow (see `store`).
"""

from __future__ import annotations

import json
import os
import struct
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cxsim.errors import CxsimError
from cxsim.study.batch.run import Run

PATTERN = "journal-*.bin"
_FRAME = struct.Struct("<4sII")  # mark, length of what follows, its checksum
_MARK = b"cxr1"
_HEAD = struct.Struct("<I")  # length of the words in front of the numbers


class Entry(NamedTuple):
    """A finished run and the key of its point."""

    key: str
    run: Run


class Journal:
    """A journal that is being written.

    Parameters
    ----------
    folder : Path
    columns : dict
        What stands in it: recipe, outcomes and series; see `Columns` in `store`.
    """

    def __init__(self, folder: Path, columns: dict[str, Any]) -> None:
        self.path = folder / f"journal-{uuid.uuid4().hex}.bin"
        self.runs = 0
        self.bytes = 0
        self._file = self.path.open("xb", buffering=0)
        self._write(_packed(columns))

    def add(self, key: str, run: Run) -> None:
        """Write a finished run.

        Raises
        ------
        OSError
            The disk is full, or went away.
        """
        words = {"key": key, "replicate": run.replicate, "error": run.error}
        numbers = run.numbers.astype("<f8").tobytes()
        weekly = b"" if run.weekly is None else run.weekly.astype("<f8").tobytes()
        self._write(_packed(words) + numbers + weekly)
        self.runs += 1

    def sync(self) -> None:
        """Bring what was written to the disk itself, for when the power fails."""
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """End the writing."""
        self._file.close()

    def _write(self, content: bytes) -> None:
        frame = _FRAME.pack(_MARK, len(content), zlib.crc32(content)) + content
        written = 0
        while written < len(frame):  # a disk that is nearly full takes a part
            written += self._file.write(frame[written:])
        self.bytes += len(frame)


def read(path: Path) -> tuple[dict[str, Any], Iterator[Entry]]:
    """Return what a journal says of its columns, and its whole entries; ({}, none) without any.

    Raises
    ------
    OSError
        It cannot be read.
    CxsimError
        It no longer says what stands in it.
    """
    text = path.read_bytes()
    first = _frame_at(text, 0)
    frames = _frames(text, 0 if first is None else _FRAME.size + len(first))
    if first is not None:
        columns, _ = _unpacked(first)
        return columns, (_entry(frame, columns) for frame in frames)
    if next(frames, None) is None:  # killed before its first words were written
        return {}, iter(())
    raise CxsimError(
        f"{path}: damaged at its beginning; delete this file, and resume the study: only its "
        "runs are computed again"
    )


def _frames(text: bytes, start: int) -> Iterator[bytes]:
    """Give the contents of whole frames, and pass over what is damaged between them."""
    at = text.find(_MARK, start)
    while at >= 0:
        content = _frame_at(text, at)
        if content is not None:
            yield content
        step = 1 if content is None else _FRAME.size + len(content)
        at = text.find(_MARK, at + step)


def _frame_at(text: bytes, at: int) -> bytes | None:
    """Return the content of a frame, None where none begins that is whole."""
    if at + _FRAME.size > len(text):
        return None
    mark, length, checksum = _FRAME.unpack_from(text, at)
    content = text[at + _FRAME.size : at + _FRAME.size + length]
    whole = mark == _MARK and length and len(content) == length and zlib.crc32(content) == checksum
    return content if whole else None


def _entry(content: bytes, columns: dict[str, Any]) -> Entry:
    words, rest = _unpacked(content)
    count, series = len(columns["outcomes"]), len(columns["series"])
    numbers = np.frombuffer(rest[: 8 * count], "<f8")
    left = np.frombuffer(rest[8 * count :], "<f8")
    weekly = left.reshape(-1, series) if len(left) else None
    return Entry(words["key"], Run(words["replicate"], numbers, weekly, words["error"]))


def _packed(words: dict[str, Any]) -> bytes:
    text = json.dumps(words, separators=(",", ":")).encode()
    return _HEAD.pack(len(text)) + text


def _unpacked(content: bytes) -> tuple[dict[str, Any], bytes]:
    end = _HEAD.size + _HEAD.unpack_from(content)[0]
    return json.loads(content[_HEAD.size : end]), content[end:]
