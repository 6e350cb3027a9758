"""Making a report's numbers again, and saying which of them differ."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import cxsim
from cxsim.errors import CxsimError
from cxsim.explain.verdicts import LETTERS
from cxsim.report.full.inquiry import inquire
from cxsim.report.full.page import page_of
from cxsim.report.full.request import Request, read_embedded
from cxsim.results import write_text
from cxsim.scenario_file import read_text
from cxsim.values import shown

LARGEST = 40 * 2**20  # bytes of a file that is taken for a report
SHOWN = 10  # differences that are told one by one
_DRAWN = re.compile(r"<(svg|style|script)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Difference:
    """One place where a report says something else than the model.

    Attributes
    ----------
    where : str
        Such as "answers > money > 1 > sentence", or "text of the page".
    report, again : object
        What stands in the report, and what comes out now.
    """

    where: str
    report: Any
    again: Any

    def __str__(self) -> str:
        return f"{self.where}: {shown(self.report)} in the report, {shown(self.again)} now"


@dataclass(frozen=True)
class Reproduction:
    """What came of making a report again.

    Attributes
    ----------
    path : str
    request : Request
    numbers : int
        Numbers and texts that were compared.
    differences : tuple of Difference
    version : str
        Of the cxsim that made them again.
    """

    path: str
    request: Request
    numbers: int
    differences: tuple[Difference, ...]
    version: str

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    @property
    def sentence(self) -> str:
        """The finding in one or two sentences."""
        made = f"made with cxsim {self.request.version} on {self.request.made.isoformat()}"
        if self.same:
            return (
                f"Every number is the same again: {self.numbers:,} numbers and texts of the report "
                f"{made} were compared with a new calculation."
            )
        count = len(self.differences)
        told = f"{count:,} of {self.numbers:,} numbers and texts differ from the report {made}"
        other = self.request.version != self.version
        why = (
            f"this is cxsim {self.version}; the version that made the report may agree"
            if other
            else "the report was changed after it was made, or this installation differs"
        )
        return f"{told}: {why}."

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        return {
            "report": self.path,
            "same": self.same,
            "sentence": self.sentence,
            "compared": self.numbers,
            "made_with": self.request.version,
            "made": self.request.made.isoformat(),
            "this_version": self.version,
            "differences": [vars(one) for one in self.differences],
        }

    def table(self) -> str:
        """Return the finding, and the first differences one a line."""
        lines = [f"  {one}" for one in self.differences[:SHOWN]]
        more = len(self.differences) - SHOWN
        return "\n".join([self.sentence, *lines, *([f"  and {more:,} more"] if more > 0 else [])])


def reproduce(
    path: str | os.PathLike[str],
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Reproduction | None:
    """Make all numbers of a report again and compare them, one by one, with what it says.

    The report's own data are compared, and the text that a reader sees, so that neither can be
    changed unnoticed.

    Parameters
    ----------
    path : path
        A file written by ``cxsim report``.
    threads, progress, cancelled
        As in `cxsim.simulate`; None is returned when cancelled.

    Raises
    ------
    CxsimError
        The file cannot be read, or is no report.
    """
    html, request, data = _read(path)
    again = inquire(request, threads, progress, cancelled)
    if again is None:
        return None
    answers = json.loads(json.dumps(again.as_dict()["answers"]))  # as they travel
    pairs = list(_pairs(("answers",), data.get("answers"), answers))
    text, text_now = _text(html), _text(page_of(again))
    found = [
        Difference(" > ".join(where), one, other)
        for where, one, other in pairs
        if _differ(one, other)
    ]
    found += _text_differences(text, text_now)
    return Reproduction(
        str(path), request, len(pairs) + len(text_now), tuple(found), cxsim.__version__
    )


def scenarios_of(path: str | os.PathLike[str], folder: str | os.PathLike[str]) -> list[Path]:
    """Write the scenarios of a report as files, and return where.

    Raises
    ------
    CxsimError
        The file cannot be read, is no report, or nothing can be written into the folder.
    """
    _, request, _ = _read(path)
    keyed = [
        (f"{key.lower()}_{scenario.name}", scenario)
        for key, scenario in zip(LETTERS, request.scenarios, strict=False)
    ]
    return [
        write_text(Path(folder) / f"{name}.toml", scenario.with_name(name).to_toml())
        for name, scenario in keyed
    ]


def _read(path: str | os.PathLike[str]) -> tuple[str, Request, dict[str, Any]]:
    """Return a report's page, what was asked, and all of its data."""
    label = str(path)
    try:
        html = read_text(Path(path), label, "report", LARGEST)
        data = read_embedded(html)
        return html, Request.from_dict(data["request"]), data
    except CxsimError as error:
        told = str(error)
        raise CxsimError(told if label in told else f"{label}: {told}") from None


def _differ(one: Any, other: Any) -> bool:
    """Tell whether two values of JSON differ; 1 and 1.0 do not, true and 1 do."""
    return one != other or isinstance(one, bool) != isinstance(other, bool)


_MISSING = "nothing"


def _pairs(
    where: tuple[str, ...], one: Any, other: Any
) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield all pairs of values that stand in the same place."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*other, *one]):
            yield from _pairs((*where, str(key)), one.get(key, _MISSING), other.get(key, _MISSING))
    elif isinstance(one, list) and isinstance(other, list):
        for place in range(max(len(one), len(other))):
            pair = (side[place] if place < len(side) else _MISSING for side in (one, other))
            yield from _pairs((*where, str(place + 1)), *pair)
    else:
        yield where, one, other


def _text(html: str) -> list[str]:
    """Return what a reader of the page sees, piece by piece, without drawings."""
    pieces = _TAG.sub("\0", _DRAWN.sub("\0", html)).split("\0")
    return [" ".join(unescape(piece).split()) for piece in pieces if piece.strip()]


def _text_differences(report: list[str], again: list[str]) -> list[Difference]:
    from difflib import SequenceMatcher

    found = []
    for kind, a, b, c, d in SequenceMatcher(None, report, again, autojunk=False).get_opcodes():
        if kind != "equal":
            old, new = " ".join(report[a:b]) or _MISSING, " ".join(again[c:d]) or _MISSING
            found.append(Difference("text of the page", old, new))
    return found
