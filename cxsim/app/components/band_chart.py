"""One chart of two scenarios: median lines, 50 % and 90 % bands, events, one scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import solara

from cxsim.app.axes import Scale


@dataclass(frozen=True)
class Mark:
    """A dated event on the time axis."""

    side: str
    week: int
    note: str


@solara.component_vue("bandchart.vue")
def _BandChart(
    payload: bytes,
    heading: str = "",
    unit: str = "",
    form: str = "number",
    scale: dict[str, float] = {},  # noqa: B006 - read only, the frontend's default
    marks: list[dict[str, Any]] = [],  # noqa: B006
    draft: bool = False,
    revision: str = "",
    spoken: str = "",
) -> None:
    """The browser's part; see ``bandchart.vue``."""


def payload(quantiles: Sequence[np.ndarray]) -> bytes:
    """The numbers of a chart as little-endian float32, shape [scenario, level, week].

    Bytes, because Solara would walk through nested lists at every render. A shorter run is
    filled up with NaN.
    """
    weeks = max(rows.shape[1] for rows in quantiles)
    levels = quantiles[0].shape[0]
    filled = np.full((len(quantiles), levels, weeks), np.nan, dtype="<f4")
    for place, rows in zip(filled, quantiles, strict=True):
        place[:, : rows.shape[1]] = rows
    return filled.tobytes()


def BandChart(
    data: Sequence[np.ndarray],
    heading: str,
    unit: str,
    form: str,
    scale: Scale,
    marks: Sequence[Mark],
    draft: bool,
    revision: str,
) -> solara.Element:
    """Draw a chart.

    Parameters
    ----------
    data
        Quantiles of each scenario, shape [level, week].
    heading, unit
        What is shown, and in what.
    form
        How numbers are written: ``"percent"``, ``"points"`` or ``"money"``.
    scale
        The vertical axis.
    marks
        Events of both scenarios.
    draft
        Draw the bands faintly, because better ones are on their way.
    revision
        Text that changes with the numbers.
    """
    last = " and ".join(
        f"{letter} {rows[2, -1]:,.4g}" for letter, rows in zip("AB", data, strict=True)
    )
    return _BandChart(
        payload=payload(data),
        heading=heading,
        unit=unit,
        form=form,
        scale=asdict(scale),
        marks=[asdict(mark) for mark in marks],
        draft=draft,
        revision=revision,
        spoken=f"{heading}, {unit}. Medians in the last week: {last}.",
    )
