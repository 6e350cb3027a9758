"""The parts of the page on failure modes that the browser draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxsim.app.vue import part

Answer = Callable[[Any], None]


@part("failure_library.vue")
def FailureLibrary(
    cards: list[Any] = [],  # noqa: B006 - properties of a part, never changed in place
    themes: list[Any] = [],  # noqa: B006
    sparks: dict[str, Any] = {},  # noqa: B006
    yardstick: str = "",
    event_visit: Answer | None = None,
) -> None:
    """All failure modes as cards, with a filter by text and theme.

    Events: `visit` with the query of the address to go to.
    """


@part("failure_head.vue")
def FailureHead(
    meta: dict[str, Any] = {},  # noqa: B006
    event_visit: Answer | None = None,
) -> None:
    """Title, story and neighbours of one failure mode."""


@part("prediction.vue")
def Prediction(
    meta: dict[str, Any] = {},  # noqa: B006
    payload: bytes = b"",
    event_reveal: Answer | None = None,
    event_skip: Answer | None = None,
    event_again: Answer | None = None,
) -> None:
    """A chart to draw the expected adoption in, and what really comes of it.

    Events: `reveal` with the list of per cents at the handles, `skip`, `again`.
    """


@part("failure_debrief.vue", uses=("band_chart.vue",))
def Debrief(
    meta: dict[str, Any] = {},  # noqa: B006
    payload: bytes = b"",
    event_visit: Answer | None = None,
) -> None:
    """Signs on charts, the rescue beside the failure, the outcomes and the cure in words."""


@part("failure_mystery.vue", uses=("band_chart.vue",))
def Mystery(
    meta: dict[str, Any] = {},  # noqa: B006
    payload: bytes = b"",
    suspects: list[Any] = [],  # noqa: B006
    event_hint: Answer | None = None,
    event_guess: Answer | None = None,
    event_next: Answer | None = None,
    event_visit: Answer | None = None,
) -> None:
    """Symptoms without a name, hints, suspects and a guess.

    Events: `hint`, `guess` with the name of a scenario ("" gives up), `next`, `visit`.
    """


@part("failure_link.vue", uses=("copy_line.vue",))
def FailureLink(label: str = "", path: str = "") -> None:
    """The link that leads here, to copy; the address bar follows it."""
