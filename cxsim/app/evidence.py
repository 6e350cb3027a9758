"""The rows of the page on published evidence, by id, as plain text to show beside a parameter."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cxsim.app import texts

_ROW = re.compile(r"^\| \*\*([A-Z]{1,2}[0-9]+(?:\.[0-9]+)?)\*\* \| (.*) \|$", re.MULTILINE)
_GRADE = re.compile(r"^\| `([A-Za-z0-9-]+)` \| (.*) \|$", re.MULTILINE)
_ID = re.compile(r"\b[A-Z]{1,2}[0-9]+(?:\.[0-9]+)?\b")
_MARKS = re.compile(r"\*\*|\*|`|\[([^\]]*)\]\([^)]*\)")
_FIELDS = 4  # finding, source, grade, used for; a failure mode has other columns


@dataclass(frozen=True)
class Finding:
    """What others have published.

    Attributes
    ----------
    id, text, source : str
    grade : str
        How its figures were seen, such as "S + C".
    """

    id: str
    text: str
    source: str
    grade: str


@functools.cache
def findings() -> Mapping[str, Finding]:
    """Return the published findings by their ids, in the order of the page.

    Raises
    ------
    CxsimError
        The text did not come with this installation.
    """
    found = {}
    for name, rest in _ROW.findall(texts.read("evidence")):
        fields = [plain(field) for field in rest.split(" | ")]
        if len(fields) == _FIELDS and not name.startswith("FM"):
            found[name] = Finding(name, *fields[:3])
    return found


@functools.cache
def grades() -> Mapping[str, str]:
    """Return what each grade means, in the words and the order of the page.

    Raises
    ------
    CxsimError
        The text did not come with this installation.
    """
    return {grade: plain(words) for grade, words in _GRADE.findall(texts.read("evidence"))}


def cited(source: str) -> tuple[str, ...]:
    """Return the ids of findings that the source of a parameter names."""
    return tuple(name for name in dict.fromkeys(_ID.findall(source)) if name in findings())


def plain(markdown: str) -> str:
    """Return a line of Markdown without its marks."""
    return _MARKS.sub(lambda found: found[1] or "", markdown).strip()
