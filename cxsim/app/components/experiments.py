"""The parts of the Experiments page that the browser draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxsim.app.vue import part

Told = Callable[[Any], None]


@part("experiment_bench.vue", uses=("experiment_form.vue", "copy_line.vue"))
def BenchView(
    meta: dict[str, Any] = {},  # noqa: B006 - read only, the browser's default
    offer: dict[str, Any] = {},  # noqa: B006
    event_pick: Told | None = None,
    event_bring: Told | None = None,
    event_write: Told | None = None,
    event_change: Told | None = None,
    event_run: Told | None = None,
) -> None:
    """Ready-made designs, form and text of one, what it would cost.

    Events: `pick` with the name of a design, `bring` with a text typed before, `write` with the
    text typed, `change` with what was changed in the form, `run` with the text to run.
    """


@part("experiment_shelf.vue")
def ShelfView(meta: dict[str, Any] = {}) -> None:  # noqa: B006
    """The studies on this computer, with links."""


@part("experiment_study.vue")
def StudyView(
    meta: dict[str, Any] = {},  # noqa: B006
    event_stop: Told | None = None,
    event_resume: Told | None = None,
    event_redesign: Told | None = None,
) -> None:
    """Heading and progress of one study, and links to its answers."""


@part(
    "experiment_answer.vue",
    uses=("experiment_bars.vue", "experiment_map.vue", "experiment_scatter.vue", "copy_line.vue"),
)
def AnswerView(
    meta: dict[str, Any] = {},  # noqa: B006
    payload: bytes = b"",
    content: bytes = b"",
    event_choose: Told | None = None,
    event_download: Told | None = None,
) -> None:
    """One answer of a study with what can be chosen, and its files.

    Events: `choose` with the choices that change, `download` with the name of a file.
    """
