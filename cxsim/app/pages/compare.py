"""Compare: two scenarios side by side, under the same luck."""

from __future__ import annotations

from dataclasses import replace

import solara

import cxsim
from cxsim import compile_cache
from cxsim.app import session
from cxsim.app.components.charts import Charts, Legend
from cxsim.app.components.copy_box import CopyBox
from cxsim.app.components.data_table import DataTable
from cxsim.app.components.downloads import Downloads
from cxsim.app.components.outcomes import Outcomes
from cxsim.app.components.runner import Runner
from cxsim.app.components.scenario_panel import ScenarioPanel
from cxsim.app.state import command_line, default_setting, from_query, to_query
from cxsim.app.vuetify import Button, alert, card, element, progress

PATH, LABEL = "compare", "Compare"
LIMITS = (
    "What this model is not for: it does not forecast the figures of one firm, judge people, or "
    "replace talking to customers. Use it to see which way things move, and why."
)
PREPARING = (
    "The first run after installing prepares the model for this computer; "
    "that takes up to half a minute, once."
)


@solara.component
def Page() -> solara.Element:
    """The page."""
    _read_link()
    with element("div", class_="cx-split") as page:
        Heading()
        Controls()
        with element("div", class_="cx-results"):
            Runner()
            Results()
            Reproduce()
    return page


def _read_link() -> None:
    """Take the setting from the address, once, when the page opens."""
    router = solara.use_router()

    def read() -> None:
        if router.search:
            session.setting.set(from_query(router.search, cxsim.bundled()))

    solara.use_memo(read, [])


@solara.component
def Controls() -> solara.Element:
    """Both sides, and what concerns both."""
    setting = session.setting.value

    def swap() -> None:
        session.setting.set(replace(setting, a=setting.b, b=setting.a))

    with element("aside", class_="cx-side", attributes={"aria-label": "Scenarios"}) as side:
        ScenarioPanel("a", setting.a, lambda new: session.setting.set(replace(setting, a=new)))
        ScenarioPanel("b", setting.b, lambda new: session.setting.set(replace(setting, b=new)))
        with element("div", class_="cx-actions"):
            Button("Swap", swap, icon_name="mdi-swap-vertical", spoken="Swap A and B")
            Button(
                "Start over",
                lambda: session.setting.set(default_setting(cxsim.bundled())),
                icon_name="mdi-restart",
                spoken="Start over with the first comparison",
            )
    return side


@solara.component
def Heading() -> solara.Element:
    """Title, state of the simulation, limits of the model, downloads."""
    shown = session.shown.value
    with element("div", class_="cx-heading") as heading:
        with element("div", class_="cx-heading-row"):
            element("h1", "Compare two programmes", class_="cx-h1")
            if shown.futures is not None:
                Downloads(shown.futures)
        element("p", _status(shown), class_="cx-status", attributes={"role": "status"})
        progress(shown.busy)
        element("p", LIMITS, class_="cx-limits")
    return heading


def _status(shown: session.Shown) -> str:
    if shown.futures is None:
        return "Simulating the first futures …" if shown.busy else "No result"
    seed = f"{shown.futures.replicates} futures each, the same luck for both"
    return f"{seed}; more on the way …" if shown.busy else f"{seed} (seed {shown.futures.a.seed})"


@solara.component
def Results() -> solara.Element:
    """Outcomes and charts, the message of what went wrong, or the wait for the first result."""
    shown = session.shown.value
    with element("div", class_="cx-stack") as stack:
        if shown.problem is not None:
            alert(shown.problem)
        elif shown.futures is None:
            Waiting()
        else:
            Outcomes(shown.futures)
            Legend(shown.futures.a, shown.futures.b)
            Charts(shown.futures)
            DataTable(shown.futures)
    return stack


@solara.component
def Waiting() -> solara.Element:
    """Grey shapes where the result will be, and why it takes longer the very first time."""
    with element("div", class_="cx-stack") as shapes:
        if not compile_cache.is_warm():
            element("p", PREPARING, class_="cx-status")
        with element("div", class_="cx-outcomes", attributes={"aria-hidden": "true"}):
            for _ in range(6):
                card(class_="cx-outcome cx-shape")
        with element("div", class_="cx-charts", attributes={"aria-hidden": "true"}):
            for _ in range(6):
                card(class_="cx-chart-card cx-shape cx-shape-chart")
    return shapes


@solara.component
def Reproduce() -> solara.Element:
    """The link and the command that lead to the same numbers."""
    setting = session.setting.value
    return card(
        element("h2", "Share and reproduce", class_="cx-h2"),
        CopyBox(
            name="link",
            label="Link to this comparison",
            content=f"/{PATH}?{to_query(setting)}",
            link=True,
        ),
        CopyBox(
            name="command",
            label="Command that gives the same numbers",
            content=command_line(setting),
        ),
        class_="cx-reproduce",
    )
