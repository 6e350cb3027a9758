"""A file of figures as rows of text: encodings, separators, comments, headings."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.errors import CxsimError
from cxsim.values import shown

if TYPE_CHECKING:
    import pandas as pd

LARGEST_FILE = 1024 * 1024  # bytes
MOST_ROWS = 1000
SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas"}
GAPS = frozenset(("", "na", "n/a", "n.a.", "nan", "null", "none", "-", "--", "–", "—", "?", "."))


@dataclass(frozen=True)
class Sheet:
    """The text of a table.

    Attributes
    ----------
    label : str
        The file, for messages.
    heads : tuple of str
        Headings of the columns; "" for one without.
    rows : tuple of (int, tuple of str)
        Line in the file, counted from 1, and as many cells as there are headings.
    separator : str
    notes : tuple of str
        What was decided on the way, in words for people.
    """

    label: str
    heads: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    separator: str
    notes: tuple[str, ...] = ()

    def refuse(self, row: int, column: int, found: str, wanted: str) -> CxsimError:
        """Return the error for one cell: file, row, column, what is there, what is wanted."""
        return CxsimError(f"{self.label}: row {row}, {self.named(column)}: {found}; {wanted}")

    def refuse_column(self, column: int, found: str, wanted: str) -> CxsimError:
        """Return the error for a whole column."""
        return CxsimError(f"{self.label}: {self.named(column)}: {found}; {wanted}")

    def named(self, column: int) -> str:
        """Return a column's heading for a message."""
        return f"column {self.heads[column]}" if self.heads[column] else f"column {column + 1}"

    def cells(self, column: int) -> list[tuple[int, str]]:
        """Return row number and text of each cell of a column that is no gap."""
        return [(row, cells[column]) for row, cells in self.rows if not is_gap(cells[column])]


def is_gap(cell: str) -> bool:
    """Tell whether a cell says that there is no figure."""
    return cell.lower() in GAPS


def read_sheet(source: str | os.PathLike[str] | pd.DataFrame) -> Sheet:
    """Read a file of comma-, semicolon- or tab-separated values, or a frame.

    Raises
    ------
    CxsimError
        What is wrong, in which file, row and column, and what is wanted.
    """
    if not isinstance(source, str | os.PathLike):
        if hasattr(source, "to_csv"):
            named = source.index.name is not None  # else it only counts the rows
            label = str(source.attrs.get("name", "the frame"))
            return parse_sheet(source.to_csv(index=named), label)
        raise CxsimError(f"{shown(source)} where the path of a CSV file or a frame is wanted")
    path = Path(source)
    label = "".join(ch if ch.isprintable() else "?" for ch in str(path))
    text, note = _decode(_read(path, label), label)
    return parse_sheet(text, label, (note,) if note else ())


def _read(path: Path, label: str) -> bytes:
    try:
        if path.is_dir():
            raise CxsimError(f"{label}: a folder where a CSV file is wanted")
        if path.stat().st_size > LARGEST_FILE:
            raise CxsimError(f"{label}: {path.stat().st_size:,} bytes; at most 1 MiB can be read")
        data = path.read_bytes()
    except FileNotFoundError:
        raise CxsimError(f"{label}: no such file") from None
    except (OSError, ValueError) as error:
        if isinstance(error, CxsimError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise CxsimError(f"{label}: cannot be read: {reason}") from None
    if not data.strip():
        raise CxsimError(f"{label}: empty file; a heading and a row for each month are wanted")
    return data


def _decode(data: bytes, label: str) -> tuple[str, str]:
    """Return the text, and a note when it is not the usual encoding."""
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0"):
        raise CxsimError(f"{label}: an Excel workbook; save the sheet as CSV (UTF-8)")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CxsimError(f"{label}: text in UTF-16; save the file as CSV (UTF-8)")
    if b"\0" in data:
        raise CxsimError(f"{label}: a binary file where a CSV file is wanted")
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return data.decode("latin-1"), "The file is not in UTF-8 and is read as Latin-1."


def parse_sheet(text: str, label: str, notes: tuple[str, ...] = ()) -> Sheet:
    """Read a table from text; blank lines and lines that begin with # are skipped."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((n for n, line in enumerate(lines) if _content(line)), None)
    if first is None:
        raise CxsimError(f"{label}: nothing but blank lines and comments; a heading is wanted")
    if lines[first].lower().startswith("sep=") and len(lines[first].strip()) <= len("sep=") + 1:
        lines[first] = ""  # how spreadsheets pass the separator on; the heading shows it as well
        first = next((n for n, line in enumerate(lines) if _content(line)), first)
    separator = _separator(lines[first])
    table = _split(lines, separator, label)
    if not table:
        raise CxsimError(f"{label}: no heading; name the columns in the first row")
    (head_line, heads), rows = table[0], table[1:]
    if not rows:
        raise CxsimError(f"{label}: a heading without rows; a row for each month is wanted")
    if len(rows) > MOST_ROWS:
        raise CxsimError(f"{label}: {len(rows):,} rows; at most {MOST_ROWS:,} can be used")
    if all(not any(ch.isalpha() for ch in head) for head in heads):
        raise CxsimError(
            f"{label}: row {head_line} has no headings; name the columns, such as month,churn"
        )
    heads = _without_empty_end(heads)
    even = tuple((line, _fitted(cells, heads, line, label, separator)) for line, cells in rows)
    return Sheet(label, tuple(heads), even, separator, notes)


def _content(line: str) -> bool:
    """Tell whether a line has anything but separators, or is a comment."""
    return bool(line.strip(" \t;,\"'")) and not line.lstrip().startswith("#")


def _separator(heading: str) -> str:
    """Return what stands between the headings most often; a single column needs none."""
    outside = "".join(heading.split('"')[::2])
    return max(SEPARATORS, key=outside.count)


def _split(lines: list[str], separator: str, label: str) -> list[tuple[int, list[str]]]:
    kept = "\n".join(line if _content(line) else "" for line in lines)
    reader = csv.reader(io.StringIO(kept), delimiter=separator, strict=True, skipinitialspace=True)
    table = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                table.append(
                    (reader.line_num, [cell.replace("\xa0", " ").strip() for cell in cells])
                )
    except csv.Error as error:
        said = "a quotation mark without its partner" if "end of data" in str(error) else str(error)
        raise CxsimError(f"{label}: row {reader.line_num}: {said}; correct the quotes") from None
    return table


def _without_empty_end(heads: list[str]) -> list[str]:
    while heads and not heads[-1]:
        heads = heads[:-1]
    return heads


def _fitted(
    cells: list[str], heads: list[str], line: int, label: str, separator: str
) -> tuple[str, ...]:
    """Return as many cells as there are headings; whatever stands beyond them is refused."""
    beyond = [cell for cell in cells[len(heads) :] if cell]
    if beyond:
        hint = " (put numbers with a decimal comma in quotes)" if separator == "," else ""
        raise CxsimError(
            f"{label}: row {line}: {len(cells)} cells under {len(heads)} headings, "
            f"{shown(beyond[0])} has none; one cell a heading is wanted{hint}"
        )
    return tuple((cells + [""] * len(heads))[: len(heads)])
