"""The Watch page's part that the browser draws and plays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxsim.app.vue import part

Heard = Callable[[dict[str, Any]], None]


@part(
    "watch.vue",
    uses=(
        "stage.vue",
        "customers_field.vue",
        "band_chart.vue",
        "watch_why.vue",
        "futures.vue",
        "interventions.vue",
    ),
)
def Player(  # noqa: PLR0913 - one argument for each thing that changes by itself
    setting: dict[str, Any] = {},  # noqa: B006 - read only, the frontend's default
    groups: list[dict[str, Any]] = [],  # noqa: B006
    film: bytes = b"",
    causes: bytes = b"",
    desk: dict[str, Any] | None = None,
    moved: dict[str, Any] = {},  # noqa: B006
    refusal: str = "",
    applied: int = 0,
    trial: dict[str, Any] = {},  # noqa: B006
    messages: list[str] = [],  # noqa: B006
    problem: str = "",
    busy: bool = False,
    waiting: str = "",
    event_company: Heard | None = None,
    event_prepare: Heard | None = None,
    event_move: Heard | None = None,
    event_intervene: Heard | None = None,
    event_show: Heard | None = None,
    event_undo: Heard | None = None,
    event_drop: Heard | None = None,
    event_attempt: Callable[[Any], None] | None = None,
    event_halt: Callable[[Any], None] | None = None,
    event_forget: Callable[[Any], None] | None = None,
) -> None:
    """One company, played week by week in the browser; see ``watch.vue``.

    Parameters
    ----------
    setting
        See `cxsim.app.playing.setting`.
    groups
        The scenarios to choose from.
    film
        See `cxsim.app.playing.packed`; empty until the first run is done.
    causes
        See `cxsim.app.weekly_causes.packed`; those of an earlier film until the new ones are there.
    desk, moved, refusal, applied
        The panel of interventions: what can be done, what a slider took along, why something was
        refused, and how many were applied.
    trial
        The state of the hundred futures.
    messages, problem, busy, waiting
        What of the link was left out, what went wrong, and whether the weeks are being run.
    """
