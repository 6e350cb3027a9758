"""The frame around every page: bar with links to the pages, theme switch, landmarks."""

from __future__ import annotations

from typing import Any

import solara

from cxsim.app import theme
from cxsim.app.components.boundary import Boundary
from cxsim.app.vuetify import element


@solara.component_vue("view_switches.vue")
def ViewSwitches() -> None:
    """Buttons for light or dark and for large type; they remember the choice."""


@solara.component
def PageLink(route: solara.Route, current: bool) -> None:
    """A link of the main navigation, under the short name that the route carries as its data.

    The page one is on already is a link to its content: going there again would drop what the
    address says about it.
    """
    if current:
        here = {"href": "#main", "aria-current": "page"}
        element("a", route.data, class_="cx-nav-link cx-nav-link-on", attributes=here)
    else:
        with solara.Link(solara.resolve_path(route)):
            element("span", route.data, class_="cx-nav-link")


@solara.component
def Shell(children: list[Any] = []) -> solara.Element:  # noqa: B006 - Solara's own convention
    """Lay out one page; every route names it as its layout."""
    route, routes = solara.use_route()
    solara.use_memo(theme.apply, [])
    with element("div", class_="cx-shell") as frame:
        element("a", "Skip to content", class_="cx-skip", attributes={"href": "#main"})
        with element("header", class_="cx-bar"):
            element("span", "cxsim", class_="cx-brand")
            with element("nav", class_="cx-nav", attributes={"aria-label": "Pages"}):
                _, *pages = routes  # the first route is "/", the same page as the second
                for page in pages:
                    here = page is route or (page is pages[0] and route is routes[0])
                    PageLink(page, here).key(page.path)
            ViewSwitches()
        with element("main", class_="cx-page", attributes={"id": "main", "tabindex": "-1"}):
            Boundary(children)
    return frame
