"""Where each key of a TOML text stands.

The standard parser keeps no positions, and a message without a line sends the user searching.
This scan runs only on a text that the standard parser has already accepted, and only when there
is something to report; so it need not check anything, and cannot disagree about what is valid.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\])*"|'[^']*'""")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")' + r"|'''.*?'{3,5}(?!')" + r"""|"(?:\\.|[^"\\])*"|'[^']*'""",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


def key_positions(text: str) -> dict[Path, tuple[int, int]]:
    """Return line and column (from 1) of every key, table header and array element.

    Parameters
    ----------
    text : str
        Valid TOML.

    Returns
    -------
    dict
        Key path, such as ``("events", 0, "set", "charter")``, to ``(line, column)``.
    """
    offsets = _Scanner(text).offsets()
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    lines = {path: bisect_right(starts, offset) for path, offset in offsets.items()}
    return {path: (line, offsets[path] - starts[line - 1] + 1) for path, line in lines.items()}


class _Scanner:
    """One pass over the text that remembers the offset of every key path."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self.last_index: dict[Path, int] = {}

    def offsets(self) -> dict[Path, int]:
        table: Path = ()
        self.blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.blank()
        return self.found

    def blank(self) -> None:
        self.at = self.end_of(_BLANK)

    def end_of(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        return match.end() if match else self.at

    def take(self, pattern: re.Pattern[str]) -> str:
        start, self.at = self.at, self.end_of(pattern)
        return self.text[start : self.at]

    def header(self) -> Path:
        """Read ``[table]`` or ``[[array]]`` and return the path that its keys belong to."""
        start = self.at
        array = self.text.startswith("[[", start)
        self.at += 2 if array else 1
        parts = self.key_parts()
        self.at += 2 if array else 1
        path: Path = ()
        for part in parts[:-1]:
            path = self.newest(self.remember((*path, part), start))
        path = self.remember((*path, parts[-1]), start)
        if not array:
            return path
        self.last_index[path] = self.last_index.get(path, -1) + 1
        return self.remember(self.newest(path), start)

    def newest(self, path: Path) -> Path:
        """Return the path of the last element when `path` is an array of tables."""
        return (*path, self.last_index[path]) if path in self.last_index else path

    def remember(self, path: Path, offset: int) -> Path:
        self.found.setdefault(path, offset)
        return path

    def key_parts(self) -> list[str]:
        parts = []
        while True:
            self.blank()
            parts.append(_plain(self.take(_KEY_PART)))
            self.blank()
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def pair(self, table: Path) -> None:
        """Read ``key = value``; a dotted key stands for each table on its way too."""
        start, path = self.at, table
        for part in self.key_parts():
            path = self.remember((*path, part), start)
        self.at += 1  # the equals sign
        self.blank()
        self.value(path)

    def value(self, path: Path) -> None:
        match self.text[self.at]:
            case "{":
                self.inside("}", path)
            case "[":
                self.inside("]", path)
            case '"' | "'":
                self.take(_STRING)
            case _:
                self.take(_SCALAR)

    def inside(self, close: str, path: Path) -> None:
        """Read the elements of an array or the pairs of an inline table."""
        self.at += 1
        index = 0
        self.blank()
        while self.text[self.at] != close:
            if close == "}":
                self.pair(path)
            else:
                self.value(self.remember((*path, index), self.at))
                index += 1
            self.blank()
            if self.text[self.at] == ",":
                self.at += 1
                self.blank()
        self.at += 1


def _plain(part: str) -> str:
    """Return a key part without its quotes and escapes."""
    return tomllib.loads(f"key = {part}")["key"] if part[0] in "\"'" else part
