"""A small source of known numbers, for tests of whatever reads measures."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

NAN = np.nan
SERIES = {
    "adoption": [[0.0, 0.1, 0.2, 0.3, 0.4, 0.5], [0.6, 0.2, 0.2, 0.2, 0.2, 0.4]],
    "satisfaction": [[1.0, 0.0, 0.0, -1.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 1.0, 0.0]],
    "survey_score": [[0.5, 0.5, 1.0, 0.0, 0.0, -1.0], [0.0, 0.0, 1.0, 0.0, 0.0, 1.0]],
    "budget": [[0.1] * 6, [0.1] * 6],
    "employees": [[12.0] * 6, [12.0] * 6],
}
# First axis the replicate, second the week, third sales, service and finance (where nobody works).
FUNCTIONS = {
    "adoption": [
        [[0.2, 0.4, NAN], [0.2, 0.6, NAN], [0.2, 0.8, NAN], *[[0.2, 0.6, NAN]] * 3],
        [*[[0.5, 0.1, NAN]] * 6],
    ],
    "closures": [[[1.0, 2.0, 3.0]] * 6, [[0.0, 0.5, 4.0]] * 6],
}
# Likewise with two layers and a third one, which has people in the second replicate only.
LAYERS = {
    "employees": [[[2.0, 10.0, 0.0]] * 6, [[2.0, 4.0, 6.0]] * 6],
    "adoption": [[[0.9, 0.4, NAN]] * 6, [[0.5, 0.3, 0.1]] * 6],
    "starts": [[[1.0, 3.0, 0.0]] * 6, [[1.0, 2.0, 5.0]] * 6],
}


def story(**changes: Any) -> SimpleNamespace:
    """Return what a measure asks of a scenario."""
    events = [
        SimpleNamespace(week=2, shock={"price_rise": 0.1}),
        SimpleNamespace(week=4, shock={"price_rise": 0.2, "cco_leaves": {"vacancy": 3}}),
    ]
    return SimpleNamespace(
        **{"levers": {"charter": 0.25, "reporting_levels": 2}, "events": events, "weeks": 6}
        | changes
    )


@dataclass
class Known:
    """Two futures of six weeks."""

    scenario: SimpleNamespace = field(default_factory=story)
    functions: tuple[str, ...] = ("sales", "service", "finance")

    def series(self, name: str) -> np.ndarray:
        """Return a series of the company."""
        return np.array(SERIES[name])

    def function_series(self, name: str) -> np.ndarray:
        """Return a series by function."""
        return np.array(FUNCTIONS[name])

    def layer_series(self, name: str) -> np.ndarray:
        """Return a series by layer."""
        return np.array(LAYERS[name])
