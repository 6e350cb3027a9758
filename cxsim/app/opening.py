"""What the Start page shows alive: three ways the same company can go."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import cxsim
from cxsim.app import charts
from cxsim.app.simulation import SIMULATOR, Stop

SHOWN = ("orchestrated", "typical", "fm06_survey_lady")
SERIES_SHOWN = ("adoption", "churn_yearly", "net_value")
FUTURES = 20


@dataclass(frozen=True, eq=False)
class Glimpse:
    """Charts for the browser."""

    meta: dict[str, Any]
    payload: bytes


def glimpse(stop: Stop) -> Glimpse | None:
    """A few futures of three scenarios; None when `stop` said so."""
    made = []
    for name in SHOWN:
        one = SIMULATOR.run(cxsim.load(name), FUTURES, 1, stop)
        if one is None:
            return None
        made.append(one)
    described, payload = charts.pack([charts.of_series(name, made) for name in SERIES_SHOWN])
    lines = charts.lines([one.scenario.title for one in made])
    return Glimpse(
        {
            "charts": described,
            "lines": [asdict(line) for line in lines],
            "futures": FUTURES,
            "modes": sum(name.startswith("fm") for name in cxsim.bundled()),
        },
        payload,
    )
