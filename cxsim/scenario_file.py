"""Scenario files: finding, reading and inheriting them, with every problem told by its line.

Design files (`cxsim.study.design.file`) are found and read in the same way, by the same code.
"""

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
_AT_LEAST = {
    "scenario": "a scenario has at least a name and a title",
    "design": "a design says at least what varies",
    "report": "a report is a page written by cxsim report",
}
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
    path = bundled_path(name, scenario_folder())
    label = printable(str(path))
    data = TomlText(read_text(path, label), label).data()
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
    return _load_path(named_path(name_or_path, scenario_folder()), ())


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


def build(data: Mapping[str, Any], parent: Scenario | None = None) -> Scenario:
    """Return the scenario that a parsed table describes, laid over a parent if there is one.

    Raises
    ------
    ScenarioError
        Every problem with the path of its key.
    """
    problems = Problems()
    for key in data:
        if key not in _KEYS:
            problems.unknown((key,), "key", _KEYS)
    for key in ("name", "title"):
        if key not in data:
            problems.add((), f"lacks '{key}'")
    try:
        scenario = Scenario(**_arguments(data, parent))
    except ScenarioError as error:
        problems.found += error.problems
    problems.raise_if_any()
    return scenario


def _arguments(data: Mapping[str, Any], parent: Scenario | None) -> dict[str, Any]:
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


# --- finding -----------------------------------------------------------------------------------


def is_path(text: str) -> bool:
    """Tell whether a text is a path rather than the name of something bundled."""
    return text.endswith(".toml") or "/" in text or os.sep in text


def named_path(given: object, folder: Path, what: str = "scenario") -> Path:
    """Return the file that a name of something bundled in `folder`, or a path, stands for.

    Raises
    ------
    CxsimError
        Neither name nor path, or nothing bundled has that name.
    """
    text = os.fspath(given) if isinstance(given, os.PathLike) else given
    if not isinstance(text, str) or not text:
        raise CxsimError(f"{shown(given)} where the name or path of a {what} is wanted")
    if is_path(text):
        return Path(text)
    if not (folder / f"{text}.toml").exists() and (kind := _kind_of_file(text)):
        raise CxsimError(
            f"{shown(text)} is no bundled {what}, and the {kind} of that name is no {what} file: "
            "those end in .toml"
        )
    return bundled_path(text, folder, what)


def _kind_of_file(text: str) -> str:
    """Return what lies in the current folder under a name: "folder", "file" or nothing."""
    try:
        path = Path(text)
        return "folder" if path.is_dir() else "file" if path.is_file() else ""
    except (OSError, ValueError):  # too long, or with a null character
        return ""


def bundled_path(name: str, folder: Path, what: str = "scenario") -> Path:
    """Return the file of something bundled in `folder`; the name need not be a sound one."""
    names = sorted(path.stem for path in folder.glob("*.toml"))
    if name in names:
        return folder / f"{name}.toml"
    if not names:
        raise CxsimError(f"{shown(name)}: there are no bundled {what}s in {folder}")
    near = nearest(name, names)
    hint = f", did you mean '{near}'?" if near else "."
    raise CxsimError(f"{shown(name)} is no bundled {what}{hint} There are: {', '.join(names)}")


def path_beside(given: str, folder: Path | None, use: str) -> Path:
    """Return the file of a scenario that another file in `folder` names.

    Parameters
    ----------
    given : str
        A bundled name, or a path relative to `folder`.
    folder : Path or None
        None for a text that lies in no folder.
    use : str
        What the other file does with it: "extended" or "used".

    Raises
    ------
    CxsimError
        There is no such scenario, without the place where it is named.
    """
    if not is_path(given):
        return bundled_path(given, scenario_folder())
    if folder is None:
        raise CxsimError(f"only a bundled scenario can be {use} here")
    path = folder / given
    try:
        if not path.exists():
            raise CxsimError(f"{shown(given)} is no file{_similar_file(path)}")
        path.resolve(strict=True)
    except CxsimError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise CxsimError(f"{shown(given)} cannot be read: {printable(_reason(error))}") from None
    return path


def _load_path(path: Path, children: tuple[Path, ...]) -> Scenario:
    """Read the scenario at `path`, which `children` (from the first file on) extend."""
    label = printable(str(path))
    text = read_text(path, label)
    return _Reader(text, label, path.parent, (*children, path.resolve())).scenario()


# --- reading -----------------------------------------------------------------------------------


def read_text(path: Path, label: str, what: str = "scenario", largest: int = LARGEST_FILE) -> str:
    """Return the text of a file after refusing whatever cannot be a scenario (or a `what`).

    Raises
    ------
    CxsimError
        No such file, or not a text of at most `largest` bytes.
    """
    try:
        status = path.stat()
        _check_kind(status, label, what, largest)
        data = path.read_bytes()
    except FileNotFoundError:
        raise CxsimError(f"{label}: no such file{_similar_file(path)}") from None
    except CxsimError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise CxsimError(f"{label}: cannot be read: {_reason(error)}") from None
    if not data.strip():
        raise CxsimError(f"{label}: empty file; {_AT_LEAST[what]}")
    return _decode(data, label)


def _check_kind(status: os.stat_result, label: str, what: str, largest: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise CxsimError(f"{label}: a folder where a {what} file is wanted")
    if not stat.S_ISREG(status.st_mode):
        raise CxsimError(f"{label}: not an ordinary file; a {what} file is wanted")
    if status.st_size > largest:
        most = f"{largest // 2**20} MiB"
        raise CxsimError(f"{label}: {status.st_size} bytes; a {what} file has at most {most}")


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
    return f", did you mean '{printable(near)}'?" if near else ""


def _reason(error: Exception) -> str:
    """Return why the system could not read a file, without the file's name."""
    return getattr(error, "strerror", None) or str(error)


def printable(text: str) -> str:
    """Return a text without control characters."""
    return "".join(ch if ch.isprintable() else "?" for ch in text)


# --- one file ----------------------------------------------------------------------------------


class TomlText:
    """The text of a file in TOML, and where in it each key stands.

    Parameters
    ----------
    text : str
    label : str
        The file's name for messages.
    what : str
        What the file is to be.
    """

    def __init__(self, text: str, label: str, what: str = "scenario") -> None:
        self.text = text.replace("\r\n", "\n")
        self.label = label
        self.what = what

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
            raise CxsimError(f"{self.label}: nested too deeply to be a {self.what}") from None
        except ValueError as error:  # TOMLDecodeError, or a whole number with too many digits
            raise self.syntax_error(error) from None

    def syntax_error(self, error: ValueError) -> CxsimError:
        """Return the parser's complaint in the form of all others."""
        said = printable(str(error))
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


class _Reader(TomlText):
    """One file on its way to a Scenario."""

    def __init__(self, text: str, label: str, folder: Path | None, chain: tuple[Path, ...]) -> None:
        super().__init__(text, label)
        self.folder = folder
        self.chain = chain  # files from the first child down to this one, to notice a circle

    def scenario(self) -> Scenario:
        data = self.data()
        parent = self.parent(data)
        inherited = len(parent.events) if parent else 0
        problems = self.name_problems(data)
        try:
            scenario = build(data, parent)
        except ScenarioError as error:
            problems += [(_own(path, inherited), said) for path, said in error.problems]
        if problems:
            raise self.error(problems)
        return scenario

    def name_problems(self, data: Mapping[str, Any]) -> list[tuple[KeyPath, str]]:
        """Return what is wrong with a name that is not the file's."""
        name, stem = data.get("name"), Path(self.label).stem
        in_file = self.label.endswith(".toml")  # a text from elsewhere may be called anything
        if in_file and isinstance(name, str) and NAME.fullmatch(name) and name != stem:
            said = f'{shown(name)} is not the file\'s own name; write name = "{stem}"'
            return [(("name",), said)]
        return []

    def parent(self, data: Mapping[str, Any]) -> Scenario | None:
        """Return the scenario that this one extends."""
        extends = data.get("extends")
        if extends is None:
            return None
        if not isinstance(extends, str) or not extends:
            raise self.error([(("extends",), f"{shown(extends)} where a name or path is wanted")])
        try:
            path = path_beside(extends, self.folder, "extended")
        except CxsimError as error:
            raise self.error([(("extends",), str(error))]) from None
        resolved = path.resolve()
        if resolved in self.chain:
            circle = [*self.chain[self.chain.index(resolved) :], resolved]
            names = " -> ".join(printable(part.name) for part in circle)
            raise self.error([(("extends",), f"goes round in a circle: {names}")])
        if len(self.chain) > MOST_PARENTS:
            raise self.error([(("extends",), f"more than {MOST_PARENTS} parents in a chain")])
        return _load_path(path, self.chain)


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
