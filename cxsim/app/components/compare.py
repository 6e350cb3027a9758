"""The parts of the Compare page; what they look like is in the ``.vue`` files beside this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxsim.app.vue import part

Handler = Callable[[dict[str, Any]], None]


@part(
    "compare_controls.vue",
    uses=("side_card.vue", "lever_field.vue", "timeline_editor.vue", "world_panel.vue"),
)
def CompareControls(
    catalogue: dict[str, Any] = {},  # noqa: B006 - read only, the browser's default
    desk: dict[str, Any] = {},  # noqa: B006
    echo: dict[str, Any] = {},  # noqa: B006
    event_change: Handler | None = None,
) -> None:
    """Scenarios, policies, assumptions; tells every change as it is made."""


@part("compare_results.vue", uses=("band_chart.vue", "outcome_table.vue"))
def CompareResults(
    catalogue: dict[str, Any] = {},  # noqa: B006
    meta: dict[str, Any] = {},  # noqa: B006
    payload: bytes = b"",
    state: dict[str, Any] = {},  # noqa: B006
    event_change: Handler | None = None,
) -> None:
    """The verdict, the outcomes and the charts."""


@part("compare_share.vue", uses=("copy_line.vue",))
def CompareShare(
    share: dict[str, Any] = {},  # noqa: B006
    parcel: dict[str, Any] = {},  # noqa: B006
    content: bytes = b"",
    event_download: Handler | None = None,
) -> None:
    """Link, command line, downloads."""
