"""The only module that speaks Vuetify: small elements with the look and the labels of the app.

A change of the widget library ends here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import reacton.ipyvuetify as v
import solara


def element(
    tag: str,
    *children: Any,
    class_: str = "",
    style: str = "",
    attributes: Mapping[str, str] | None = None,
) -> solara.Element:
    """An HTML element; text among the children is shown as text, never read as HTML."""
    return v.Html(
        tag=tag,
        children=list(children),
        class_=class_,
        style_=style,
        attributes=dict(attributes or {}),
    )


def icon(name: str) -> solara.Element:
    """A Material Design icon, hidden from screen readers (its button carries the label)."""
    return v.Icon(icon=name, size="small", attributes={"aria-hidden": "true"})


def slider(
    label: str, value: int, on_value: Callable[[int], None], colour: str, spoken: str
) -> solara.Element:
    """A slider from 0 to 100 %; `spoken` is its full name for screen readers."""
    return v.Slider(
        v_model=value,
        on_v_model=lambda raw: on_value(round(float(raw))),
        min=0,
        max=100,
        step=1,
        hide_details=True,
        color=colour,
        track_size=4,
        thumb_size=16,
        density="compact",
        name=label,
        attributes={"aria-label": spoken},
    )


def select(
    label: str, options: Sequence[tuple[str, str]], value: str, on_value: Callable[[str], None]
) -> solara.Element:
    """A drop-down list of ``(value, text)`` pairs."""
    return v.Select(
        label=label,
        items=[{"value": key, "title": text} for key, text in options],
        v_model=value,
        on_v_model=on_value,
        variant="outlined",
        density="comfortable",
        hide_details=True,
    )


@solara.component
def Button(
    label: str,
    on_click: Callable[[], None] | None = None,
    icon_name: str | None = None,
    variant: str = "outlined",
    disabled: bool = False,
    spoken: str | None = None,
) -> solara.Element:
    """A button; `spoken` says more than the label where the label alone is ambiguous.

    A component and no mere function, because it listens: a hook belongs to one component.
    """
    shown = v.Btn(
        children=[label],
        variant=variant,
        disabled=disabled,
        prepend_icon=icon_name,
        class_="cx-button",
        attributes={"aria-label": spoken} if spoken else {},
    )
    v.use_event(shown, "click", lambda *_: on_click() if on_click else None)
    return shown


def alert(text: str) -> solara.Element:
    """A message that something is wrong."""
    return v.Alert(
        children=[element("div", text, class_="cx-alert")],
        type="error",
        variant="tonal",
        attributes={"role": "alert"},
    )


def card(*children: Any, class_: str = "") -> solara.Element:
    """A flat card with a thin border."""
    return element("section", *children, class_=f"cx-card {class_}".strip())


def progress(active: bool) -> solara.Element:
    """A thin bar that moves while something is under way."""
    return v.ProgressLinear(
        indeterminate=active,
        height=3,
        color="primary",
        style_="" if active else "visibility:hidden",
        attributes={"aria-label": "Simulating"},
    )
