"""What the Model page shows, read from a link: whatever a link holds is checked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from cxsim import parameters
from cxsim.app import reference, texts, week_overview

PARTS = {
    "week": "The week in pictures",
    "parameters": "Parameters",
    "checks": "Reality checks",
    "description": "Description",
    "sensitivity": "Sensitivity",
}
PREFERRED = "typical"
LONGEST_QUERY = 2000
LONGEST_SEARCH = 80


@dataclass(frozen=True)
class Place:
    """A place on the page.

    Attributes
    ----------
    part : str
        Key of `PARTS`.
    step : str
        The step of the week that is open; "" for none.
    scenario : str
        The one whose reality checks are shown.
    text : str
        Key of `texts.FILES`.
    filters : mapping
        Of the table of parameters: q, kind, group, step, grade, open; only those that are set.
    """

    part: str = "week"
    step: str = ""
    scenario: str = PREFERRED
    text: str = "odd"
    filters: Mapping[str, str] = field(default_factory=dict)


def from_query(query: str | None, scenarios: Sequence[str]) -> Place:
    """Return the place that a link asks for; what is unknown is left out.

    Parameters
    ----------
    query
        Query part of a link, with or without the question mark and a fragment; None for none.
    scenarios
        Those that exist.
    """
    given = _pairs(query)
    steps = [step.name for step in week_overview.overview().steps]
    default = PREFERRED if PREFERRED in scenarios else next(iter(scenarios), "")
    return Place(
        part=_one_of(given.get("part"), tuple(PARTS), "week"),
        step=_one_of(given.get("step"), steps, ""),
        scenario=_one_of(given.get("scenario"), scenarios, default),
        text=_one_of(given.get("text"), tuple(texts.FILES), "odd"),
        filters=_filters(given),
    )


def _pairs(query: str | None) -> dict[str, str]:
    text = (query or "").lstrip("?").partition("#")[0][:LONGEST_QUERY]
    try:
        return dict(parse_qsl(text, max_num_fields=40))
    except ValueError:
        return {}


def _filters(given: Mapping[str, str]) -> dict[str, str]:
    known = {
        "kind": parameters.KINDS,
        "group": [group["key"] for group in reference.groups()],
        "step": [step["key"] for step in reference.steps()],
        "grade": parameters.GRADES,
        "open": parameters.registry().names(),
    }
    found = {key: given[key] for key in known if given.get(key) in known[key]}
    search = given.get("q", "")[:LONGEST_SEARCH]
    return found | ({"q": search} if search else {})


def _one_of(value: str | None, choices: Sequence[str], otherwise: str) -> str:
    return value if value is not None and value in choices else otherwise
