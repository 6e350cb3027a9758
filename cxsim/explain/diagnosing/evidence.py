"""What speaks for a failure mode in a run, in numbers that people know, beside healthy ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxsim.explain.diagnosing.likelihood import fitted
from cxsim.explain.diagnosing.readings import Reading, Size

OWN = 0.5  # how much more a reading says that sets a mode apart from others
TOLD = 3  # readings that speak for a mode
FAR = 1.5  # spreads of healthy programmes from which on a reading speaks
ENOUGH = 4.0  # spreads beyond which it speaks no louder


@dataclass(frozen=True, eq=False)
class Evidence:
    """The readings of a run beside those of healthy programmes.

    Attributes
    ----------
    readings : sequence of Reading
    values : array, shape (readings,)
        Means over the futures.
    healthy : array, shape (readings,)
    away : array, shape (readings,)
        How far the run lies from healthy ones, in their spreads.
    modes : array, shape (modes, readings)
        How far each failure mode does.
    size : Size
    """

    readings: Sequence[Reading]
    values: np.ndarray
    healthy: np.ndarray
    away: np.ndarray
    modes: np.ndarray
    size: Size

    @classmethod
    def of(cls, readings: Sequence[Reading], values: np.ndarray, span: int, size: Size) -> Evidence:
        """Lay the readings of a run beside what was fitted for a length of history."""
        content, count = fitted(), len(readings)
        healthy, spread, modes = (
            content[f"readings{span}/{part}"].astype(float)[..., :count]
            for part in ("healthy", "spread", "modes")
        )
        return cls(readings, values, healthy, (values - healthy) / spread, modes, size)

    def sentence(self, mode: int) -> str:
        """Return what speaks for a mode, and what is as it should be meanwhile."""
        speaking = self._speaking(mode)
        if not speaking:
            return "no single number stands out; it is the course of all of them together"
        parts = [
            self.readings[n].beside(self.values[n], self.healthy[n], self.size) for n in speaking
        ]
        sound = self._sound(mode, {self.readings[n].topic for n in speaking})
        meanwhile = f", while {sound}" if sound else ""
        return "; ".join(parts) + meanwhile

    def _speaking(self, mode: int) -> list[int]:
        """Return the readings that lie far from healthy ones, and on the mode's side, most first.

        One for each topic; those that mean nothing on that side say nothing.
        """
        away = np.clip(self.away, -ENOUGH, ENOUGH)
        typical = np.clip(self.modes[mode], -ENOUGH, ENOUGH)
        others = np.clip(np.delete(self.modes, mode, axis=0), -ENOUGH, ENOUGH).mean(axis=0)
        weight = away * typical * (1.0 + OWN * np.abs(typical - others))
        found: dict[str, int] = {}
        for n in np.argsort(-weight, kind="stable"):
            same_side = away[n] * typical[n] > 0.0
            means = self.readings[n].low if away[n] < 0.0 else self.readings[n].high
            if same_side and means and min(abs(away[n]), abs(typical[n])) >= FAR:
                found.setdefault(self.readings[n].topic, int(n))
        return list(found.values())[:TOLD]

    def _sound(self, mode: int, told: set[str]) -> str:
        """Return what is as in healthy programmes here though other modes spoil it, or ""."""
        others = np.abs(np.clip(self.modes, -ENOUGH, ENOUGH)).mean(axis=0)
        spared = others - np.abs(self.modes[mode]) - np.abs(self.away)
        for n in np.argsort(-spared, kind="stable"):
            reading = self.readings[n]
            if spared[n] > 0.0 and abs(self.away[n]) < FAR and reading.topic not in told:
                return f"{reading.even} ({reading.alone(self.values[n], self.size)})"
        return ""
