"""Numbers, factors and outcomes as people read them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxsim.series import OUTCOMES, money

if TYPE_CHECKING:
    from cxsim.study.design import Factor

# A share, or a number on a scale of its own: the unit says nothing that the title does not.
UNITLESS = ("", "1", "share", "experience", "satisfaction", "position 0 to 1")
OF_A_STOP = {
    "share_surviving": "Adoption that survives a stop",
    "self_sustaining": "Sustains itself",
}


@dataclass(frozen=True)
class Meaning:
    """What the numbers of an outcome mean.

    Attributes
    ----------
    name, label : str
        In code, and in words.
    form : str
        "percent", "number" or "money".
    unit : str
        Of a plain number.
    better : str or None
        "high" or "low"; None where nobody has said.
    """

    name: str
    label: str
    form: str = "number"
    unit: str = ""
    better: str | None = None

    @property
    def scale(self) -> float:
        """Shown = scale * kept."""
        return 100.0 if self.form == "percent" else 1.0

    @property
    def shown_unit(self) -> str:
        """Unit of the numbers on an axis."""
        return {"percent": "%", "money": "USD"}.get(self.form, self.unit)

    @property
    def step_unit(self) -> str:
        """Unit of a difference on an axis."""
        return "points of 100" if self.form == "percent" else self.shown_unit

    def text(self, value: float) -> str:
        """Return a value with its unit."""
        if not math.isfinite(value):
            return "not a number"
        if self.form == "percent":
            return f"{100.0 * value:.3g} %"
        if self.form == "money":
            return money(value)
        return " ".join(filter(None, (number(value), self.unit)))

    def step(self, value: float) -> str:
        """Return a difference with its unit."""
        if self.form == "percent":
            return f"{number(100.0 * value)} points of 100"
        return self.text(value)


def meaning(name: str) -> Meaning:
    """Return what an outcome of a study means; nothing is known of a measure but its name."""
    if name in OUTCOMES:
        outcome = OUTCOMES[name]
        unit = "" if outcome.kind.form in ("percent", "money") else outcome.unit
        return Meaning(name, outcome.label, outcome.kind.form, unit, outcome.better)
    if name in OF_A_STOP:
        return Meaning(name, OF_A_STOP[name], "percent", "", "high")
    reached = name.removesuffix("_reached")
    if reached != name and reached in OUTCOMES:
        return Meaning(name, f"{OUTCOMES[reached].label} at all", "percent", "", "high")
    return Meaning(name, in_words(name))


def in_words(name: str) -> str:
    """Return a name from code as people read it."""
    return name.replace("_", " ").capitalize()


def is_number(factor: Factor) -> bool:
    """Tell whether every value of a factor is a number."""
    values: Sequence[Any] = factor.values if factor.values is not None else (factor.low,)
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def title(factor: Factor) -> str:
    """Return the title of a factor, its name in words where it has none."""
    return factor.title or in_words(factor.name)


def unit(factor: Factor) -> str:
    """Return the unit of a factor where it says anything."""
    return "" if factor.unit in UNITLESS else factor.unit


def number(value: float) -> str:
    """Return a number to three digits, thousands apart."""
    if abs(value) < 1e-9:
        return "0"
    size = float(f"{value:.3g}")
    return f"{size:,.0f}" if abs(size) >= 1000.0 else f"{size:g}"


def value_text(factor: Factor, value: Any) -> str:
    """Return a value of a factor with its unit."""
    if isinstance(value, bool | str) or not isinstance(value, int | float):
        return str(value)
    return " ".join(filter(None, (number(value), unit(factor))))


def joined(parts: Sequence[str], last: str = "and") -> str:
    """Return parts as a list in a sentence."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def percent(share: float) -> str:
    """Return a share in percent, never rounded up to all or down to nothing."""
    if 0.0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1.0:
        return "over 99 %"
    return f"{100.0 * share:.0f} %"


def aligned(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return rows of text as columns, the first `left` of them flush left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
