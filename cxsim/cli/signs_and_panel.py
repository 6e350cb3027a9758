"""What ``cxsim diagnose`` adds when asked: signs of the failure modes, and a panel of numbers."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

from cxsim.cli.output import table

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.results import Ensemble

WIDTH = 96
MANY = 0.5  # a share of futures without a name from which on the nearest modes are told


def text(ensemble: Ensemble, signs: bool, panel: bool) -> str:
    """Return what was asked for, for the terminal."""
    parts = []
    if panel:
        parts.append(_panel_table(panel_of(ensemble)))
    if signs:
        parts.append(_signs_text(ensemble))
    return "\n" + "\n\n".join(parts)


def as_dict(ensemble: Ensemble, signs: bool, panel: bool) -> dict[str, Any]:
    """Return what was asked for, ready for JSON."""
    found: dict[str, Any] = {}
    if signs:
        found["signs"] = _signs_dict(ensemble)
    if panel:
        found["panel"] = _panel_dict(panel_of(ensemble))
    return found


def panel_of(ensemble: Ensemble) -> pd.DataFrame:
    """Return the panel of every future."""
    from cxsim.explain.panel import panel

    return panel(ensemble)


# --- signs ----------------------------------------------------------------------------------------


def _signs_dict(ensemble: Ensemble) -> dict[str, Any]:
    from cxsim.explain.signature import signature

    found = signature(ensemble)
    shares = found.own_shows.mean(axis=0).tolist()
    scenarios_of = {one.mode: one.name for one in found.modes}
    return {
        "own": [
            {**sign.as_table(), "share": share}
            for sign, share in zip(found.own, shares, strict=True)
        ],
        "all": found.all_own,
        "looks_like": [
            {"mode": mode or None, "scenario": scenarios_of.get(mode), "share": share}
            for mode, share in found.shares().items()
        ],
        "nearest": [
            {"mode": mode, "scenario": scenarios_of[mode], "share_of_signs": share}
            for mode, share in found.nearest().items()
        ],
    }


def _signs_text(ensemble: Ensemble) -> str:
    from cxsim.explain.signature import NONE, RULE, line_of, signature

    found, lines = signature(ensemble), []
    if found.own:
        mode = f" of {found.scenario.mode}" if found.scenario.mode else ""
        lines.append(f"The signs{mode}, each with the share of the futures that show it")
        lines.append(_wrapped(found.own_table()) + "\n")
    lines += ["What the futures look like by their signs", _wrapped(found.table())]
    lines.append(textwrap.fill(RULE, WIDTH))
    if found.share(NONE) > MANY:
        lines.append("\nNearest, by the share of signs that a future shows on average")
        near = (line_of(share, found.titled(mode)) for mode, share in found.nearest().items())
        lines.append(_wrapped("\n".join(near)))
    return "\n".join(lines)


def _wrapped(lines: str) -> str:
    """Return lines that begin with a percentage, the words of each kept together on the right."""
    indent = " " * len(" 100 %  ")
    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent=indent, drop_whitespace=True)
        for line in lines.split("\n")
    )


# --- panel ----------------------------------------------------------------------------------------


def _panel_dict(numbers: pd.DataFrame) -> dict[str, Any]:
    from cxsim.explain.panel import statistics

    return {
        one.name: {"label": one.label, "unit": one.unit, **_quantiles(numbers[one.name])}
        for one in statistics()
    }


def _quantiles(values: pd.Series) -> dict[str, float]:
    """Return median and 90 % range of the futures in which there is a number."""
    ends = values.quantile([0.5, 0.05, 0.95])
    return dict(zip(("median", "low", "high"), (float(end) for end in ends), strict=True))


def _panel_table(numbers: pd.DataFrame) -> str:
    from cxsim.explain.panel import statistics

    rows: list[tuple[str, ...]] = [("", "median", "90 % of the futures", "unit")]
    for one in statistics():
        values = _quantiles(numbers[one.name])
        low, high = _number(values["low"]), _number(values["high"])
        span = "" if math.isnan(values["low"]) else low if low == high else f"{low} to {high}"
        rows.append((one.label, _number(values["median"]), span, one.unit))
    return table(rows, rights=(1,))


def _number(value: float) -> str:
    """Return a number as people read it, "-" where there is none."""
    if math.isnan(value):
        return "-"
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"
