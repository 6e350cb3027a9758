"""Scenario files: finding, reading and inheriting them, with every problem told by its line."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxsim.checks import Path as KeyPath
from cxsim.checks import Problems, ScenarioError, capped, line
from cxsim.errors import CxsimError
from cxsim.parameters import KINDS, SHARES
from cxsim.scenario import NAME, Scenario, defaults, overlay
from cxsim.toml_positions import key_positions
from cxsim.values import nearest, shown

LARGEST_FILE = 1024 * 1024  # bytes
LONGEST_LINE = 10_000  # characters; the parser's time grows with the square of a key's parts
MOST_PARENTS = 20

_OWN_KEYS = ("name", "title", "story", "signature", "mode", "extends", "cure", "signs", "weeks")
_KEYS = (*_OWN_KEYS, *KINDS, "events")
_PARSER_POSITION = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_WRITTEN_TWICE = ("Cannot overwrite", "Cannot declare", "Cannot mutate", "Duplicate")
_HEADER_OR_KEY = re.compile(r"\s*(\[[^\]]*\]|[A-Za-z0-9_.-]+\s*(?==))")


def scenario_folder() -> Path:
    """Return the folder of the bundled scenarios: the installed one, else the checkout's."""
    package = Path(__file__).resolve().parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def bundled() -> list[str]:
    """Return the names of the bundled scenarios in alphabetical order."""
    return sorted(path.stem for path in scenario_folder().glob("*.toml"))


def heading(name: str) -> dict[str, Any]:
    """Return name, mode and title of a bundled scenario, without the time to check the rest."""
    path = _bundled_path(name)
    label = _printable(str(path))
    data = _Reader(_read(path, label), label, None, ()).data()
    return {"name": name, "mode": data.get("mode"), "title": data.get("title")}


def load(name_or_path: str | os.PathLike[str]) -> Scenario:
    """Read a scenario.

    Parameters
    ----------
    name_or_path : str or path
        The name of a bundled scenario, or a path: whatever ends in ``.toml`` or contains a
        separator.

    Returns
    -------
    Scenario

    Raises
    ------
    CxsimError
        Unknown name, unreadable file, or a line with file, line and column for each problem.
    """
    if isinstance(name_or_path, os.PathLike):
        name_or_path = os.fspath(name_or_path)
    if not isinstance(name_or_path, str) or not name_or_path:
        raise CxsimError(f"{shown(name_or_path)} where the name or path of a scenario is wanted")
    if _is_path(name_or_path):
        return _load_path(Path(name_or_path), ())
    return _load_path(_bundled_path(name_or_path), ())


def parse(text: str, label: str, folder: Path | None = None) -> Scenario:
    """Read a scenario from the text of a file.

    Parameters
    ----------
    text : str
        TOML.
    label : str
        The file's name for messages; without ``.toml`` it must be the scenario's name. A label
        that does not end so is no file's name.
    folder : Path, optional
        Where relative parents are looked for; without it only bundled ones can be extended.

    Raises
    ------
    CxsimError
        One line for each problem, at most ten.
    """
    return _Reader(text, label, folder, ()).scenario()


def _is_path(text: str) -> bool:
    return text.endswith(".toml") or "/" in text or os.sep in text


def _bundled_path(name: str) -> Path:
    """Return the file of a bundled scenario; the name need not be a sound one."""
    names = bundled()
    if name in names:
        return scenario_folder() / f"{name}.toml"
    if not names:
        raise CxsimError(f"{shown(name)}: there are no bundled scenarios in {scenario_folder()}")
    near = nearest(name, names)
    hint = f", did you mean '{near}'?" if near else "."
    raise CxsimError(f"{shown(name)} is no bundled scenario{hint} There are: {', '.join(names)}")


def _load_path(path: Path, children: tuple[Path, ...]) -> Scenario:
    """Read the scenario at `path`, which `children` (from the first file on) extend."""
    label = _printable(str(path))
    text = _read(path, label)
    return _Reader(text, label, path.parent, (*children, path.resolve())).scenario()


# --- reading -----------------------------------------------------------------------------------


def _read(path: Path, label: str) -> str:
    """Return the text of a file after refusing whatever cannot be a scenario."""
    try:
        status = path.stat()
        _check_kind(status, label)
        data = path.read_bytes()
    except FileNotFoundError:
        raise CxsimError(f"{label}: no such file{_similar_file(path)}") from None
    except CxsimError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise CxsimError(f"{label}: cannot be read: {_reason(error)}") from None
    if not data.strip():
        raise CxsimError(f"{label}: empty file; a scenario has at least a name and a title")
    return _decode(data, label)


def _check_kind(status: os.stat_result, label: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise CxsimError(f"{label}: a folder where a scenario file is wanted")
    if not stat.S_ISREG(status.st_mode):
        raise CxsimError(f"{label}: not an ordinary file; a scenario file is wanted")
    if status.st_size > LARGEST_FILE:
        raise CxsimError(f"{label}: {status.st_size} bytes; a scenario file has at most 1 MiB")


def _decode(data: bytes, label: str) -> str:
    if b"\0" in data:
        raise CxsimError(f"{label}: a binary file where a text file in TOML is wanted")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        number = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        raise CxsimError(
            f"{label}:{number}:{column}: not valid UTF-8 (byte 0x{data[error.start]:02x}); "
            "save the file as UTF-8"
        ) from None


def _similar_file(path: Path) -> str:
    """Return a hint at the scenario file in the same folder with the nearest name."""
    try:
        near = nearest(path.name, [other.name for other in path.parent.glob("*.toml")])
    except OSError:
        return ""
    return f", did you mean '{_printable(near)}'?" if near else ""


def _reason(error: Exception) -> str:
    """Return why the system could not read a file, without the file's name."""
    return getattr(error, "strerror", None) or str(error)


def _printable(text: str) -> str:
    return "".join(ch if ch.isprintable() else "?" for ch in text)


# --- one file ----------------------------------------------------------------------------------


class _Reader:
    """One file on its way to a Scenario; knows where in the text each key stands."""

    def __init__(self, text: str, label: str, folder: Path | None, chain: tuple[Path, ...]) -> None:
        self.text = text.replace("\r\n", "\n")
        self.label = label
        self.folder = folder
        self.chain = chain  # files from the first child down to this one, to notice a circle

    def scenario(self) -> Scenario:
        data = self.data()
        parent = self.parent(data)
        problems = Problems()
        self.check_keys(data, problems)
        inherited = len(parent.events) if parent else 0
        try:
            scenario = Scenario(**self.arguments(data, parent))
        except ScenarioError as error:
            problems.found += [(_own(path, inherited), said) for path, said in error.problems]
        if problems.found:
            raise self.error(problems.found)
        return scenario

    def data(self) -> dict[str, Any]:
        """Return the parsed TOML."""
        for number, written in enumerate(self.text.split("\n"), 1):
            if len(written) > LONGEST_LINE:
                raise CxsimError(
                    f"{self.label}:{number}:1: a line of {len(written)} characters; "
                    f"at most {LONGEST_LINE} are allowed"
                )
        try:
            return tomllib.loads(self.text)
        except RecursionError:
            raise CxsimError(f"{self.label}: nested too deeply to be a scenario") from None
        except ValueError as error:  # TOMLDecodeError, or a whole number with too many digits
            raise self.syntax_error(error) from None

    def syntax_error(self, error: ValueError) -> CxsimError:
        """Return the parser's complaint in the form of all others."""
        said = _printable(str(error))
        match = _PARSER_POSITION.search(said)
        if match is None:  # the one limit that is not TOML's own: digits of a whole number
            digits = re.search(r"[0-9][0-9_]{4000,}", self.text)
            number = self.text.count("\n", 0, digits.start()) + 1 if digits else 1
            return CxsimError(f"{self.label}:{number}:1: a number with too many digits")
        said = said[: match.start()]
        lines = self.text.rstrip("\n").split("\n")
        if match[1] is None:
            number, column = len(lines), len(lines[-1]) + 1
            said += " at the end of the file"
        else:
            number, column = int(match[1]), int(match[2])
        if said.startswith(_WRITTEN_TWICE):
            key = _HEADER_OR_KEY.match(lines[number - 1])
            what = f"the key '{key[1].strip()}'" if key and "inline" not in said else "a key"
            said = f"{what} is written twice ({said})"
            column = key.start(1) + 1 if key and "inline" not in said else column
        return CxsimError(f"{self.label}:{number}:{column}: not valid TOML: {said}")

    def parent(self, data: Mapping[str, Any]) -> Scenario | None:
        """Return the scenario that this one extends."""
        extends = data.get("extends")
        if extends is None:
            return None
        if not isinstance(extends, str) or not extends:
            raise self.error([(("extends",), f"{shown(extends)} where a name or path is wanted")])
        path = self.parent_path(extends)
        resolved = path.resolve()
        if resolved in self.chain:
            circle = [*self.chain[self.chain.index(resolved) :], resolved]
            names = " -> ".join(_printable(part.name) for part in circle)
            raise self.error([(("extends",), f"goes round in a circle: {names}")])
        if len(self.chain) > MOST_PARENTS:
            raise self.error([(("extends",), f"more than {MOST_PARENTS} parents in a chain")])
        return _load_path(path, self.chain)

    def parent_path(self, extends: str) -> Path:
        try:
            if not _is_path(extends):
                return _bundled_path(extends)
            if self.folder is None:
                raise CxsimError("only a bundled scenario can be extended here")
            path = self.folder / extends
            if not path.exists():
                raise CxsimError(f"{shown(extends)} is no file{_similar_file(path)}")
            path.resolve(strict=True)
        except CxsimError as error:
            raise self.error([(("extends",), str(error))]) from None
        except (OSError, ValueError, RuntimeError) as error:
            said = f"{shown(extends)} cannot be read: {_printable(_reason(error))}"
            raise self.error([(("extends",), said)]) from None
        return path

    def check_keys(self, data: Mapping[str, Any], problems: Problems) -> None:
        """Note unknown and lacking keys, and a name that is not the file's."""
        for key in data:
            if key not in _KEYS:
                problems.unknown((key,), "key", _KEYS)
        for key in ("name", "title"):
            if key not in data:
                problems.add((), f"lacks '{key}'")
        name, stem = data.get("name"), Path(self.label).stem
        in_file = self.label.endswith(".toml")  # a text from elsewhere may be called anything
        if in_file and isinstance(name, str) and NAME.fullmatch(name) and name != stem:
            problems.add(
                ("name",), f'{shown(name)} is not the file\'s own name; write name = "{stem}"'
            )

    def arguments(self, data: Mapping[str, Any], parent: Scenario | None) -> dict[str, Any]:
        """Return what the Scenario is made of: the parent's content with this file's over it."""
        arguments: dict[str, Any] = {"name": "unnamed", "title": "Untitled"}
        if parent:
            arguments |= {"weeks": parent.weeks, "inherited": parent.levers}
        arguments |= {key: data[key] for key in _OWN_KEYS if key in data}
        for kind in KINDS:
            base = getattr(parent, kind) if parent else defaults(kind)
            own = data.get(kind, {})
            arguments[kind] = overlay(base, own) if isinstance(own, dict) else own
        events = data.get("events", [])
        before = list(parent.events) if parent else []
        arguments["events"] = [*before, *events] if isinstance(events, list) else events
        return arguments

    def error(self, problems: list[tuple[KeyPath, str]]) -> CxsimError:
        """Return all problems in the order of the text, each with file, line and column."""
        try:
            positions = key_positions(self.text)
        except RecursionError:  # nested almost too deeply for the parser itself
            positions = {}
        placed = sorted(((_position(positions, p), p, said) for p, said in problems), key=_first)
        lines = [
            f"{self.label}:{number}:{column}: {line(path, said)}"
            for (number, column), path, said in placed
        ]
        return CxsimError("\n".join(capped(lines)))


def _first(placed: tuple[tuple[int, int], KeyPath, str]) -> tuple[int, int]:
    return placed[0]


def _own(path: KeyPath, inherited: int) -> KeyPath:
    """Return an event's path counted within its own file; inherited events have none there."""
    if len(path) < 2 or path[0] != "events" or not isinstance(path[1], int):
        return path
    if path[1] < inherited:
        return ("inherited", *path)
    return ("events", path[1] - inherited, *path[2:])


def _position(positions: Mapping[KeyPath, tuple[int, int]], path: KeyPath) -> tuple[int, int]:
    """Return where a key stands, or else the nearest table around it, or what brought it in."""
    if path and path[-1] == "allocation" and path not in positions:
        written = [(*path[:-1], share) for share in SHARES if (*path[:-1], share) in positions]
        path = written[-1] if written else path
    for length in range(len(path), 0, -1):
        if path[:length] in positions:
            return positions[path[:length]]
    return positions.get(("extends",), (1, 1)) if path else (1, 1)
