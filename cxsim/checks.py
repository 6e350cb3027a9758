"""Collecting what is wrong with a scenario, and checking its tables against the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.parameters import ALLOCATION, SHARES
from cxsim.values import shown, shown_key, suggestion

Path = tuple[str | int, ...]

MOST_LINES = 10
NOUNS = {
    "levers": "lever",
    "organisation": "organisation entry",
    "market": "market entry",
    "coefficients": "coefficient",
}


class Frozen(Mapping[str, Any]):
    """A read-only mapping that can be hashed, compared and pickled."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Any] | Iterable[tuple[str, Any]] = ()) -> None:
        self._items = dict(items)

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return f"Frozen({self._items!r})"


class ScenarioError(CxsimError):
    """Everything found wrong with a scenario, each with the path of the key it concerns."""

    def __init__(self, problems: Iterable[tuple[Path, str]]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(capped([line(*problem) for problem in self.problems])))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[tuple[Path, str]]]]:
        return type(self), (self.problems,)


class Problems:
    """A list of problems that grows while a scenario is checked, so that all are told at once."""

    def __init__(self) -> None:
        self.found: list[tuple[Path, str]] = []

    def add(self, path: Path, message: str) -> None:
        """Add one problem with the key at `path`."""
        self.found.append((path, message))

    def unknown(self, path: Path, what: str, choices: Iterable[str]) -> None:
        """Add an unknown name; the costly search for the nearest one stops with the report."""
        near = suggestion(str(path[-1]), choices) if len(self.found) < MOST_LINES else ""
        self.add(path, f"unknown {what}{near}")

    def attempt(
        self, path: Path, clean: Callable[[object], Any], value: object, fallback: Any = None
    ) -> Any:
        """Return ``clean(value)``; on a CxsimError note it and return `fallback`."""
        try:
            return clean(value)
        except CxsimError as error:
            self.add(path, str(error))
            return fallback

    def touch(self, *names: str) -> bool:
        """Tell whether any problem so far concerns one of the keys `names`."""
        return any(name in path for path, _ in self.found for name in names)

    def raise_if_any(self) -> None:
        """Raise a ScenarioError that tells all problems, if there are any."""
        if self.found:
            raise ScenarioError(self.found)


def path_text(path: Path) -> str:
    """Return a key path as a message shows it, such as ``events[0].set.charter``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{shown_key(part)}"
    return text.removeprefix(".")


def line(path: Path, message: str) -> str:
    """Return one problem as one line."""
    return f"{path_text(path)}: {message}" if path else message


def capped(lines: list[str]) -> list[str]:
    """Return at most ten lines; the last one then counts those left out."""
    if len(lines) <= MOST_LINES:
        return lines
    kept = lines[: MOST_LINES - 1]
    return [*kept, f"... and {len(lines) - len(kept)} more problems"]


def as_table(value: object, path: Path, problems: Problems) -> Mapping[str, Any]:
    """Return `value` when it is a table, else note the problem and return an empty one."""
    if isinstance(value, Mapping):
        return value
    problems.add(path, f"{shown(value)} where a table is wanted")
    return {}


def clean_table(kind: str, raw: object, path: Path, problems: Problems) -> dict[str, Any]:
    """Check the values given for one of the registry's tables.

    Parameters
    ----------
    kind : str
        levers, organisation, market or coefficients.
    raw : object
        What was given; names to values.
    path : tuple
        Where it was given, for the messages.
    problems : Problems
        Takes what is wrong.

    Returns
    -------
    dict
        The values in their registry types, None for an unsound one; `allocation` is written out
        as five shares.
    """
    known = parameters.registry().table(kind)
    clean: dict[str, Any] = {}
    table = as_table(raw, path, problems)
    for name, value in table.items():
        here = (*path, name)
        if name in known:
            clean[name] = problems.attempt(here, known[name].clean, value)
        elif kind == "levers" and name == "allocation":
            clean |= _clean_allocation(value, here, problems)
            for share in [share for share in SHARES if share in table]:
                problems.add((*path, share), "written twice, here and in allocation")
        else:
            _unknown_name(kind, here, problems)
    return clean


def _clean_allocation(raw: object, path: Path, problems: Problems) -> dict[str, Any]:
    """Return the five shares of an allocation table; all five must be there."""
    levers = parameters.registry().levers
    clean: dict[str, Any] = {}
    table = as_table(raw, path, problems)
    for part, value in table.items():
        if part in ALLOCATION:
            share = levers[f"{part}_share"]
            clean[share.name] = problems.attempt((*path, part), share.clean, value)
        else:
            problems.unknown((*path, part), "part of the allocation", ALLOCATION)
    lacking = [part for part in ALLOCATION if part not in table]
    if lacking and isinstance(raw, Mapping) and set(table) <= set(ALLOCATION):
        problems.add(path, f"lacks {', '.join(lacking)}; all five shares are needed")
    return clean


def _unknown_name(kind: str, path: Path, problems: Problems) -> None:
    """Note an unknown name; say so when it stands in the wrong table."""
    name = str(path[-1])
    registry = parameters.registry()
    home = next((other for other in parameters.KINDS if name in registry.table(other)), None)
    if home is not None:
        problems.add(path, f"unknown {NOUNS[kind]}, it belongs in [{home}]")
        return
    extra = ["allocation"] if kind == "levers" else []
    problems.unknown(path, NOUNS[kind], [*registry.table(kind), *extra])
