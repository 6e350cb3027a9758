"""The controls of one side: which scenario, and its three headline sliders."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import solara

import cxsim
from cxsim.app.state import SLIDERS, Side, positions
from cxsim.app.vuetify import Button, card, element, select, slider
from cxsim.figures import describe_event
from cxsim.scenario import Scenario


@solara.component
def ScenarioPanel(letter: str, side: Side, on_side: Callable[[Side], None]) -> solara.Element:
    """Choose and adjust one side.

    Parameters
    ----------
    letter
        ``"a"`` or ``"b"``.
    side
        What is chosen now.
    on_side
        Called with the new choice.
    """
    options = solara.use_memo(
        lambda: [(name, cxsim.load(name).title) for name in cxsim.bundled()], []
    )
    scenario = cxsim.load(side.scenario)
    name = letter.upper()
    with card(class_=f"cx-panel cx-panel-{letter}") as panel:
        with element("div", class_="cx-panel-head"):
            element("h2", f"Scenario {name}", class_="cx-h2")
            Button(
                "Reset",
                lambda: on_side(side.reset()),
                icon_name="mdi-restore",
                variant="text",
                disabled=not side.moved,
                spoken=f"Reset the sliders of scenario {name}",
            )
        select(f"Scenario {name}", options, side.scenario, lambda chosen: on_side(Side(chosen)))
        Story(scenario)
        for key, value in positions(side).items():
            HeadlineSlider(letter, key, value, partial(_moved, on_side, side, key))
    return panel


@solara.component
def Story(scenario: Scenario) -> solara.Element:
    """What the scenario is about, what to look for, and its events; folded away."""
    events = [
        element("li", element("b", f"Week {event.week}: "), describe_event(event))
        for event in scenario.events
    ]
    with element("details", class_="cx-story") as story:
        element("summary", "The story")
        element("p", scenario.story)
        if scenario.signature:
            element("p", element("b", "What to look for: "), scenario.signature)
        if events:
            element("ul", *events)
    return story


def _moved(on_side: Callable[[Side], None], side: Side, key: str, percent: int) -> None:
    on_side(side.move(key, percent))


@solara.component
def HeadlineSlider(
    letter: str, key: str, value: int, on_value: Callable[[int], None]
) -> solara.Element:
    """One headline slider with its name and value above it."""
    label = SLIDERS[key]
    with element("div", class_="cx-slider") as block:
        with element("div", class_="cx-slider-head"):
            element("span", label)
            element("span", f"{value} %", class_="cx-slider-value")
        slider(label, value, on_value, f"var(--cx-{letter})", f"{label}, scenario {letter.upper()}")
    return block
