"""What a study answers, as plain data for the browser: one function for each part of the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.app.experiments.axis import place, ticks
from cxsim.app.experiments.mishaps import commonest
from cxsim.errors import CxsimError
from cxsim.study.analysis import words
from cxsim.study.analysis.reading import Study, is_number, outcome_names
from cxsim.study.analysis.words import Meaning, meaning

if TYPE_CHECKING:
    from cxsim.study.analysis.indices import Indices
    from cxsim.study.analysis.tipping import PolicyMap
    from cxsim.study.design import Design

Told = dict[str, Any]
BARS = 24  # of a histogram
NINE_TENTHS = (0.05, 0.5, 0.95)
PREFERRED = ("self_sustaining", "adoption")

# Method -> its name, what its bars are, what one has to know to read them.
INDICES = {
    "sobol": (
        "Sobol indices",
        "share of the variance",
        ("by itself", "with what it does together"),
    ),
    "morris": (
        "Morris effects",
        "mean effect from the low to the high end",
        ("size of the effect",),
    ),
    "pawn": ("PAWN", "how far the distribution moves, 0 to 1", ("influence",)),
    "delta": ("Delta", "how far the density shifts, 0 to 1", ("influence",)),
}


def outcomes(study: Study) -> list[Told]:
    """Return what was kept of every run, in words: for the lists to choose from."""
    kept = outcome_names(study.design, study.runs())
    return [{"name": name, "title": meaning(name).label} for name in kept]


def preferred(names: list[str]) -> str:
    """Return the outcome to show first."""
    return next((name for name in PREFERRED if name in names), names[0] if names else "")


def methods(design: Design) -> list[Told]:
    """Return the indices that suit a design, the fitting one first."""
    own = {"saltelli": ["sobol"], "morris": ["morris"]}.get(design.method, [])
    names = own if design.method == "morris" else [*own, "pawn", "delta"]
    return [{"name": name, "title": INDICES[name][0]} for name in names]


# --- at a glance ---------------------------------------------------------------------------------


def glance(study: Study, _: Mapping[str, Any]) -> Told:
    """Return how each outcome is spread over the points, and what of it is luck."""
    runs, points = study.runs(), study.points()
    sound = runs["error"].fillna("").astype(str).eq("")
    rows = []
    for name in outcome_names(study.design, runs):
        about = meaning(name)
        means = points[name].to_numpy(float)
        means = means[np.isfinite(means)]
        luck = runs[sound].groupby("point")[name].var(ddof=1).mean()
        rows.append(_glance(about, means, math.sqrt(luck) if luck >= 0 else math.nan, points))
    at = int(runs.loc[sound, "point"].nunique())
    counts = {"points": at, "runs": len(runs), "failed": int((~sound).sum())}
    return {
        "rows": rows,
        **counts,
        "said": _counted(**counts),
        "why": _why(runs.loc[~sound, "error"].astype(str)),
    }


def _counted(points: int, runs: int, failed: int) -> str:
    """Return what there is, in words."""
    if failed and failed == runs:
        return f"All {runs:,} runs failed." if runs > 1 else "The only run failed."
    some = f"; {failed:,} of {runs:,} runs failed" if failed else ""
    have = f"{runs - failed:,} runs at {points:,} points{some}."
    return f"{have} The bars show how many points come out where."


def _why(errors: Iterable[str]) -> str:
    """Return why runs failed, the most frequent reason with its count."""
    why, count = commonest(errors)
    return f"Why runs failed, most often ({count:,} times, this or alike): {why}" if why else ""


def _glance(about: Meaning, means: np.ndarray, luck: float, points: Any) -> Told:
    told: Told = {"name": about.name, "label": about.label, "bars": [], "ticks": []}
    if not len(means):
        return {**told, "words": "Not known at any point.", "note": "", "cells": []}
    low, middle, high = np.quantile(means, NINE_TENTHS)
    note = ""
    if f"{about.name}_reached" in points.columns:
        share = float(points[f"{about.name}_reached"].mean())
        note = f"Reached in {words.percent(share)} of the runs; the numbers are of those."
    elif math.isfinite(luck):
        note = f"Luck alone spreads single runs by {about.step(luck)} (standard deviation)."
    first, last = float(means.min()), float(means.max())
    return {
        **told,
        "words": f"{about.text(low)} to {about.text(high)} in nine points of ten, "
        f"half of them below {about.text(middle)}.",
        "note": note,
        "cells": [about.text(value) for value in (first, low, middle, high, last)],
        **_histogram(about, means),
    }


def _histogram(about: Meaning, means: np.ndarray) -> Told:
    """Return bars of equal width; a single one where all points are the same."""
    low, high = float(means.min()), float(means.max())
    if about.form == "percent" and low >= 0.0 and high <= 1.0:
        low, high = 0.0, 1.0
    if high <= low:
        return {"bars": [1.0], "ticks": [{"at": 0.5, "text": about.text(low)}]}
    counts, _ = np.histogram(means, BARS, (low, high))
    return {
        "bars": (counts / counts.max()).round(4).tolist(),
        "ticks": ticks(low, high, about.text),
    }


# --- what matters --------------------------------------------------------------------------------


def matters(study: Study, wish: Mapping[str, Any]) -> Told:
    """Return what moves an outcome, as bars."""
    found = indices(study, wish)
    _, axis, bars = INDICES[found.method]
    scale = found.meaning.scale if found.method == "morris" else 1.0
    rows = [_bar_row(found, row, scale) for row in found.rows]
    ends = [
        end for row in rows for bar in row["bars"] for end in (bar["value"], bar["high"])
        if end is not None
    ]  # fmt: skip
    top = max([*ends, found.floor or 0.0, 1e-9]) * 1.04
    unit = f", {found.meaning.step_unit}" if found.method == "morris" else ""
    legend = [{"mark": "first", "words": bars[0]}]
    legend += [{"mark": "second", "words": bars[1]}] if len(bars) > 1 else []
    legend += [{"mark": "interval", "words": "95 % interval"}]
    if found.floor is not None:
        legend += [{"mark": "line", "words": "as far as a factor without influence may seem to go"}]
    inner = [{"at": t["at"] * top, "text": t["text"]} for t in ticks(0.0, top)]
    return {
        "sentence": found.sentence(),
        "axis": f"{axis}{unit}",
        "rows": rows,
        "span": [0.0, top],
        "ticks": inner,
        "floor": found.floor,
        "legend": legend,
        "spoken": f"{INDICES[found.method][0]} for {found.meaning.label}. {found.sentence()}",
    }


def indices(study: Study, wish: Mapping[str, Any]) -> Indices:
    """Return the indices that are wished for."""
    from cxsim.study import analysis

    known = [one["name"] for one in methods(study.design)]
    method = str(wish.get("method"))
    work_out = getattr(analysis, method if method in known else known[0])
    found: Indices = work_out(study, str(wish.get("outcome")))
    return found


def _bar_row(found: Indices, row: Any, scale: float) -> Told:
    if found.method == "sobol":
        bars = [_bar(row.first, row.first_margin), _bar(row.total, row.total_margin)]
        told = f"{_share(row.first)} by itself, {_share(row.total)} in all"
    else:
        bars = [_bar(scale * row.size, scale * row.margin)]
        told = f"{words.number(scale * row.size)} ± {words.number(scale * row.margin)}"
    if found.method == "morris":
        told += {"+": ", raises it", "-": ", lowers it", "±": ", either way"}[row.direction]
    weak = not found.matters(row)
    return {
        "name": row.name,
        "title": found.titles[row.name],
        "none": weak,
        "bars": bars,
        "floor": getattr(row, "floor", None),
        "words": told + (_weakness(found, row) if weak else ""),
    }


def _weakness(found: Indices, row: Any) -> str:
    return " (cannot be told)" if found.open(row) else " (next to nothing)"


def _bar(value: float, margin: float) -> Told:
    """Return a bar with its interval; what reaches below zero is cut there."""
    low, high = max(0.0, value - margin), max(0.0, value + margin)
    finite = math.isfinite(margin)
    return {
        "value": max(0.0, value),
        "low": low if finite else None,
        "high": high if finite else None,
    }


def _share(value: float) -> str:
    return words.percent(max(0.0, value))


# --- the map of two factors ----------------------------------------------------------------------


def pairs(design: Design) -> list[Told]:
    """Return the factors that can span a map."""
    fit = [f for f in design.factors if is_number(f) and (f.values is None or len(f.values) > 2)]
    return [{"name": factor.name, "title": words.title(factor)} for factor in fit]


def tipping(study: Study, wish: Mapping[str, Any]) -> Told:
    """Return the mean of an outcome over two factors, with the line where it tips."""
    told = _drawn(policy(study, wish))
    if len(study.design.names) > 2:
        told["foot"] += " Whatever else varies is averaged over."
    return told


def policy(study: Study, wish: Mapping[str, Any]) -> PolicyMap:
    """Return the map that is wished for."""
    from cxsim.study.analysis import policy_map

    known = [one["name"] for one in pairs(study.design)]
    if len(known) < 2:
        raise CxsimError("a map needs two factors that vary over a range; this design has fewer")
    x = str(wish.get("x") or known[0])
    y = str(wish.get("y") or next(name for name in known if name != x))
    found: PolicyMap = policy_map(study, x, y, str(wish.get("outcome")), _level(study, wish))
    return found


def _level(study: Study, wish: Mapping[str, Any]) -> float | None:
    """Return the level that was typed, in the outcome's own unit; None when none was."""
    text = str(wish.get("level") or "").strip().rstrip("%").strip()
    if not text:
        return None
    return number(text, "level") / meaning(str(wish.get("outcome"))).scale


def number(text: str, what: str) -> float:
    """Return a typed number.

    Raises
    ------
    CxsimError
        It is none.
    """
    try:
        value = float(text.replace("−", "-").replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CxsimError(f"{what}: '{text[:40]}' is no number")
    return value


def _drawn(found: PolicyMap) -> Told:
    xs, ys = found.xs, found.ys
    low, high = float(found.surface.min()), float(found.surface.max())
    if found.meaning.form == "percent" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    about = found.meaning
    ends = [(float(line[0]), float(line[-1])) for line in (xs, ys)]
    line = [
        [place(tip.at, *ends[0]), place(tip.value, *ends[1])]
        for tip in found.tips
        if math.isfinite(tip.value)
    ]
    band = [
        [place(tip.at, *ends[0]), *(_within(end, *ends[1]) for end in (tip.low, tip.high))]
        for tip in found.tips
    ]
    shade = (found.surface - low) / ((high - low) or 1.0)
    level = about.text(found.level) if found.level is not None else ""
    return {
        "shades": shade.round(3).tolist(),
        "values": [[about.text(float(value)) for value in row] for row in found.surface],
        "xs": [words.value_text(found.x, float(value)) for value in xs],
        "ys": [words.value_text(found.y, float(value)) for value in ys],
        "x": {"title": _titled(found.x), "ticks": ticks(*ends[0])},
        "y": {"title": _titled(found.y), "ticks": ticks(*ends[1])},
        "line": line,
        "band": band if found.tips else [],
        "scale": {"low": about.text(low), "high": about.text(high), "title": about.label},
        "line_words": _line_words(found, level, line),
        "sentences": list(found.sentences()),
        "foot": f"From {found.runs:,} runs at {found.points:,} points.",
        "spoken": f"Map of {about.label} over {words.title(found.x)} and {words.title(found.y)}. "
        + found.sentence(),
    }


def _line_words(found: PolicyMap, level: str, line: list[list[float]]) -> str:
    if found.level is None:
        return "Type a level to see where it tips."
    if not line:
        return f"The mean passes {level} nowhere on this map."
    return f"Where the mean passes {level}, with its 95 % interval."


def _within(value: float, low: float, high: float) -> float:
    """Return a place cut to the map; an infinite one lies at its edge."""
    return min(1.0, max(0.0, place(value, low, high)))


def _titled(factor: Any) -> str:
    return ", ".join(filter(None, (words.title(factor), words.unit(factor))))


Answer = Callable[[Study, Mapping[str, Any]], Told]
