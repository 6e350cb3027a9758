"""The pages of the app. A new page is a module under ``pages`` and its name in ``PAGES``."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import solara

from cxsim.app.components.shell import Shell
from cxsim.app.pages import compare, experiments, failure_modes, model, start, watch

PAGES = (
    start,
    compare,
    watch,
    failure_modes,
    experiments,
    model,
)  # in the order of the navigation; the first one also answers at "/"


def _route(path: str, page: ModuleType, layout: Callable[..., Any] | None = None) -> solara.Route:
    """The route of a page; Solara shows the label as the title of the browser window."""
    label = f"{page.LABEL} - cxsim"
    return solara.Route(path, component=page.Page, label=label, data=page.LABEL, layout=layout)


routes = [_route("/", PAGES[0], Shell), *(_route(page.PATH, page) for page in PAGES)]
