"""One simulated week for the Model page: its steps, flows and loops, and each step's equations.

The words stand in ``week.toml``; the equations are cut out of the specification as it is, and the
parameters of a step are those that its equations name.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxsim import parameters
from cxsim.app import texts
from cxsim.errors import CxsimError
from cxsim.explain.shipped import read_tables

_FILE = Path(__file__).with_name("week.toml")
# Where the specification tells each step: the title of its section, and the bold words with which
# the step's passage begins and those with which the next one does; None for the section's ends.
PIECES: Mapping[str, tuple[str, str | None, str | None]] = {
    "leadership": ("Leadership", None, None),
    "initiatives": ("Initiatives", None, None),
    "workforce": ("Workforce", None, None),
    "customers": ("Customers, voice, funding", None, "Voice."),
    "voice of the customer": ("Customers, voice, funding", "Voice.", "Funding."),
    "funding": ("Customers, voice, funding", "Funding.", "Record"),
    "record": ("Customers, voice, funding", "Record", None),
}
# Sections on what precedes the first week.
BEFORE = {"timeline": "The timeline", "start": "Start", "entities": "Who and what"}
# Parameters that the specification calls by other words than their name.
SPOKEN = {
    "holdouts": "a holdout",
    "functions": "**Function**",
    "headcount_shares": "shared out by largest remainders",
    "contact_shares": "contact shares divided by their sum",
    "host_function": "hosts the CCO",
    "effort_quick": "effort_kind",
    "effort_local": "effort_kind",
    "effort_cross": "effort_kind",
}
_CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"[a-z_]+")


@dataclass(frozen=True)
class Step:
    """One submodel of the week.

    Attributes
    ----------
    name, title : str
        As the engine calls it, and as people read it.
    actor : str
        Key of `Overview.actors`.
    does : str
        One plain sentence.
    rule : tuple of str
        The rule in plain words, one sentence or two each.
    """

    name: str
    title: str
    actor: str
    does: str
    rule: tuple[str, ...]

    @property
    def equations(self) -> str:
        """The rule as the specification has it, as Markdown."""
        return piece(*PIECES[self.name])

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the registry that the equations use, in the registry's order."""
        return named_in(self.equations)


@dataclass(frozen=True)
class Flow:
    """What one step hands to another, or to itself in the next week.

    Attributes
    ----------
    source, target : str
        Names of steps.
    text : str
    symbols : tuple of str
        Pieces of the target's rule, word for word, that read what flows.
    """

    source: str
    target: str
    text: str
    symbols: tuple[str, ...]


@dataclass(frozen=True)
class Loop:
    """A way back to where it began; `steps` in order, the last one leads to the first."""

    title: str
    steps: tuple[str, ...]
    text: str

    @property
    def hops(self) -> tuple[tuple[str, str], ...]:
        """From and to of each part of the way."""
        return tuple(zip(self.steps, (*self.steps[1:], self.steps[0]), strict=True))


@dataclass(frozen=True)
class Overview:
    """Everything that is drawn."""

    actors: Mapping[str, str]
    steps: tuple[Step, ...]
    flows: tuple[Flow, ...]
    loops: tuple[Loop, ...]


@functools.cache
def overview() -> Overview:
    """Return the week in the order of its steps.

    Raises
    ------
    CxsimError
        The file that ships with cxsim is damaged.
    """
    data = read_tables(_FILE)
    try:
        return Overview(
            actors=data["actors"],
            steps=tuple(Step(**{**table, "rule": tuple(table["rule"])}) for table in data["steps"]),
            flows=tuple(_flow(table) for table in data["flows"]),
            loops=tuple(
                Loop(table["title"], tuple(table["steps"]), table["text"])
                for table in data["loops"]
            ),
        )
    except (KeyError, TypeError) as error:
        raise CxsimError(f"{_FILE.name}: an entry is incomplete: {error}") from error


def _flow(table: Mapping[str, Any]) -> Flow:
    return Flow(table["from"], table["to"], table["text"], tuple(table["symbols"]))


def piece(section: str, first: str | None = None, following: str | None = None) -> str:
    """Return a section of the specification, or a passage of it.

    Raises
    ------
    CxsimError
        The specification has no such section or passage.
    """
    found = re.search(
        rf"^## \d+\. {re.escape(section)}\n(.*?)(?=^## |\Z)",
        texts.read("model"),
        re.MULTILINE | re.DOTALL,
    )
    if found is None:
        raise CxsimError(f"model.md has no section '{section}'")
    start = _opening(found[1], section, first) if first else 0
    end = _opening(found[1], section, following) if following else None
    return found[1][start:end].strip()


def _opening(text: str, section: str, words: str) -> int:
    found = re.search(rf"^\*\*{re.escape(words)}\*\*", text, re.MULTILINE)
    if found is None:
        raise CxsimError(f"model.md, section '{section}', has no passage '{words}'")
    return found.start()


def named_in(text: str) -> tuple[str, ...]:
    """Return the parameters that a Markdown text uses, in the registry's order.

    Those whose name stands in its code, and those it calls by the words of `SPOKEN`.
    """
    words = names_in_code(text)
    words |= {name for name, spoken in SPOKEN.items() if spoken in text}
    return tuple(name for name in parameters.registry().names() if name in words)


def names_in_code(text: str) -> set[str]:
    """Return the lower-case words in the code of a Markdown text."""
    return {word for code in _CODE.findall(text) for word in _NAME.findall(code)}


@functools.cache
def uses() -> Mapping[str, tuple[str, ...]]:
    """Return for each parameter the steps whose equations name it, in the order of the week.

    What is used before the first week or when the timeline is laid out has the names of `BEFORE`.
    """
    places = {name: named_in(piece(section)) for name, section in BEFORE.items()}
    places |= {step.name: step.parameters for step in overview().steps}
    return {
        name: tuple(place for place, names in places.items() if name in names)
        for name in parameters.registry().names()
    }
