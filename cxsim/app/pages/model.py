"""Model: what happens in a simulated week, what it rests on, and how it is checked."""

from __future__ import annotations

import solara

import cxsim
from cxsim.app.components.model import (
    Checks,
    Description,
    Parameters,
    Sensitivity,
    Tabs,
    Week,
)
from cxsim.app.model_link import PARTS, Place, from_query
from cxsim.app.vuetify import element

PATH, LABEL = "model", "Model"
INTRODUCTION = (
    "What the model does in a week, every number in it with its source, and the tests it has to "
    "pass. It explains and compares; it does not forecast the figures of one firm."
)


@solara.component
def Page() -> solara.Element:
    """The page: a heading, links to its parts, and the part that the address names."""
    place = from_query(solara.use_router().search, cxsim.bundled())
    parts = [{"key": key, "title": title} for key, title in PARTS.items()]
    with element("div", class_="cx-stack cx-model") as page:
        element("h1", "How the model works, and what it rests on", class_="cx-h1")
        element("p", INTRODUCTION, class_="cx-status")
        Tabs(parts=parts, current=place.part)
        _section(place).key(place.part)
    return page


def _section(place: Place) -> solara.Element:
    """The part of the page that a place names."""
    match place.part:
        case "parameters":
            return Parameters(dict(place.filters))
        case "checks":
            return Checks(place.scenario)
        case "description":
            return Description(place.text)
        case "sensitivity":
            return Sensitivity()
        case _:
            return Week(place.step)
