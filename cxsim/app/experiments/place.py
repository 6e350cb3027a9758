"""What the Experiments page shows, read from a link: whatever a link holds is checked here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

TABS = {
    "glance": "At a glance",
    "matters": "What matters",
    "map": "Where it tips",
    "fails": "Where it fails",
    "robust": "Robust choice",
    "files": "Files",
}
LONGEST_QUERY = 2000
GRIDS = ("factorial", "table")
CROSSED = ("latin_hypercube", "sobol_sequence")  # listed decisions meet the same points of the rest


@dataclass(frozen=True)
class Place:
    """A place on the page.

    Attributes
    ----------
    study : str
        Key of the study that is open; "" for none.
    show : str
        Key of `TABS`.
    missing : bool
        Whether the link names a study that is not on this computer.
    """

    study: str = ""
    show: str = "glance"
    missing: bool = False


def tabs(raw: Mapping[str, Any] | None) -> list[str]:
    """Return the parts that suit a design: a map needs two factors, a choice several policies.

    Parameters
    ----------
    raw
        The design file as plain tables; None when it cannot be read.
    """
    levers, assumptions, scenarios = (
        _table(raw or {}, name) for name in ("levers", "uncertainties", "scenarios")
    )
    listed = bool(scenarios) or any(isinstance(value, list) for value in levers.values())
    method = _table(raw or {}, "design").get("method", "factorial")
    grid = method in GRIDS and bool(assumptions or scenarios) and bool(levers or scenarios)
    fit = {
        "map": len(levers) + len(assumptions) > 1,
        "robust": grid or (method in CROSSED and listed),
    }
    return [name for name in TABS if fit.get(name, True)]


def _table(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name)
    return value if isinstance(value, Mapping) else {}


def from_query(query: str | None, holds: Callable[[str], bool]) -> Place:
    """Return the place that a link asks for; what is unknown is left out.

    Parameters
    ----------
    query
        Query part of a link, with or without the question mark and a fragment; None for none.
    holds
        Tells whether there is a study of a key.
    """
    text = (query or "").lstrip("?").partition("#")[0][:LONGEST_QUERY]
    try:
        given = dict(parse_qsl(text, max_num_fields=20))
    except ValueError:
        return Place()
    study, show = given.get("study", ""), given.get("show", "")
    if study and not holds(study):
        return Place(missing=True)
    return Place(study, show if show in TABS else "glance")
