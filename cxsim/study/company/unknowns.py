"""What is not known of a company, what it could be beforehand, and the scenario that it makes."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim import headline
from cxsim.scenario import Scenario
from cxsim.series import SERIES


@dataclass(frozen=True)
class Unknown:
    """A number to be learned from the data, and its range before any data.

    Attributes
    ----------
    name, title, unit : str
        In tables and files, and in words for people.
    low, high : float
        Ends of the range.
    even : str
        "value": all values in the range are equally likely beforehand; "ratio": all ratios, so
        that 1 to 2 is as likely as 2 to 4.
    sets : tuple of str
        What it decides: a headline slider, or names of the registry. Fixing one of them fixes it.
    programme : bool
        Means nothing in a company without a programme.
    """

    name: str
    title: str
    unit: str
    low: float
    high: float
    even: str
    sets: tuple[str, ...]
    programme: bool = False

    def at(self, position: Any) -> Any:
        """Return the value at a position from 0 (low end) to 1 (high end); arrays are taken too."""
        if self.even == "ratio":
            return self.low * (self.high / self.low) ** position
        return self.low + (self.high - self.low) * position

    def text(self, value: float) -> str:
        """Return a value as people read it, without the unit."""
        if self.name == "satisfaction":
            return f"{float(SERIES['satisfaction'].shown(value)):.0f}"
        if self.unit == "%":
            return f"{100.0 * value:.2g}" if value < 0.1 else f"{100.0 * value:.0f}"
        return f"{value:.2g}" if value < 10.0 else f"{value:.0f}"


ALL = (
    Unknown(
        "leadership", "Leadership alignment", "0 to 1", 0.0, 1.0, "value", ("leadership",), True
    ),
    Unknown("change", "Change management", "0 to 1", 0.0, 1.0, "value", ("change",), True),
    Unknown("wins", "Early wins", "0 to 1", 0.0, 1.0, "value", ("wins",), True),
    Unknown(
        "resources", "Programme staff", "FTE per 100 employees", 0.5, 8.0, "ratio",
        ("resources",), True,
    ),
    Unknown(
        "base_churn", "Customers inclined to leave", "%", 0.02, 0.85, "ratio",
        ("churn_alpha", "churn_beta"),
    ),
    Unknown(
        "acquisition", "Acquisition rate", "%", 0.0005, 0.05, "ratio", ("acquisition_rate",)
    ),
    Unknown(
        "quality", "Quality of processes at the start", "%", 0.2, 0.8, "value",
        ("local_quality", "handoff_quality"),
    ),
    Unknown(
        "satisfaction", "Satisfaction at the start", "0 to 100", -0.7, 0.6, "value",
        ("satisfaction_start",),
    ),
)  # fmt: skip

MEANING = {
    "leadership": "slider: 0 all poor, 1 all good",
    "change": "slider: 0 all poor, 1 all good",
    "wins": "slider: 0 all poor, 1 all good",
    "resources": "FTE per 100 employees",
    "base_churn": "% who would leave in a first year when neither pleased nor annoyed",
    "acquisition": "% of the vacant places in the market filled in a week",
    "quality": "% of what processes could be",
    "satisfaction": "0 to 100",
}


def unknowns(scenario: Scenario, fixed: Collection[str]) -> tuple[Unknown, ...]:
    """Return what is to be learned of a company.

    Parameters
    ----------
    scenario : Scenario
        Without a programme (no staff at week 0) nothing of a programme is unknown.
    fixed : collection of str
        Headline sliders and registry names that the user gave.
    """
    programme = scenario.levers["resources"] > 0.0
    return tuple(
        unknown
        for unknown in ALL
        if (programme or not unknown.programme) and not set(unknown.sets) & set(fixed)
    )


def settled(
    base: Scenario, varied: Sequence[Unknown], positions: Sequence[float], held: dict[str, Any]
) -> Scenario:
    """Return the scenario with its unknowns at some positions between their ends.

    Parameters
    ----------
    held : dict
        Levers and values that stay whatever the sliders move.
    """
    scenario = base
    settings: dict[str, Any] = {}
    for unknown, position in zip(varied, positions, strict=True):
        value = float(unknown.at(float(position)))
        if unknown.name in headline.GROUPS:
            scenario = headline.move(scenario, unknown.name, round(value, 6))
        else:
            settings |= _settings(base, unknown, value)
    return scenario.with_settings(settings | held)


def settings_of(base: Scenario, unknown: Unknown, value: float) -> dict[str, float]:
    """Return the headline slider or the registry entries that an unknown stands for."""
    if unknown.name in headline.GROUPS:
        return {unknown.name: round(value, 6)}
    return _settings(base, unknown, value)


def _settings(base: Scenario, unknown: Unknown, value: float) -> dict[str, float]:
    """Return the registry entries that an unknown decides."""
    match unknown.name:
        case "base_churn":  # how much customers differ among themselves stays as it is
            both = base.market["churn_alpha"] + base.market["churn_beta"]
            return {
                "churn_alpha": max(0.05, _short(both * value)),
                "churn_beta": max(0.05, _short(both * (1.0 - value))),
            }
        case "quality":
            gap = base.organisation["local_quality"] - base.organisation["handoff_quality"]
            return {
                "local_quality": _short(value),
                "handoff_quality": _short(min(1.0, max(0.0, value - gap))),
            }
        case _:
            return {unknown.sets[0]: _short(value)}


def _short(value: float) -> float:
    """Return a value of six digits, short enough to read and to type."""
    return float(f"{value:.6g}")


def to_line(positions: np.ndarray) -> np.ndarray:
    """Return positions 0..1 on the whole line, so that whatever comes back is inside the range."""
    inside = np.clip(positions, 1e-6, 1.0 - 1e-6)
    return np.log(inside) - np.log1p(-inside)


def from_line(points: np.ndarray) -> np.ndarray:
    """Return points of the whole line as positions 0..1."""
    return 1.0 / (1.0 + np.exp(-np.clip(points, -math.log(1e12), math.log(1e12))))
