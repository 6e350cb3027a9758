"""Where a study fails: the box in words, its limits, and the points to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.app.experiments.answers import Told, number
from cxsim.app.experiments.axis import place, ticks
from cxsim.study.analysis import words
from cxsim.study.analysis.reading import Study, is_number
from cxsim.study.analysis.words import meaning

if TYPE_CHECKING:
    from cxsim.study.analysis.discovery import Box, Failures
    from cxsim.study.design import Factor

MOST_DRAWN = 1200  # points in the picture
HALF = 0.5
FEWEST = 10  # points on either side of a threshold
SIDES = {"below": "<", "above": ">"}


def usual_threshold(study: Study, outcome: str) -> Told:
    """Return a threshold to begin with: half of a share, the middle of anything else."""
    about = meaning(outcome)
    values = study.points()[outcome].to_numpy(float)
    values = values[np.isfinite(values)]
    middle = float(np.median(values)) if len(values) else 0.0
    if about.form == "percent" and min((values < HALF).sum(), (values >= HALF).sum()) >= FEWEST:
        middle = HALF
    return {
        "side": "above" if about.better == "low" else "below",
        "threshold": f"{about.scale * middle:.4g}",
        "unit": about.shown_unit,
    }


def condition(wish: Mapping[str, Any]) -> str:
    """Return what counts as failing, as the analysis reads it."""
    outcome = str(wish.get("outcome"))
    sign = SIDES.get(str(wish.get("side")), "<")
    value = number(str(wish.get("threshold", "")).strip().rstrip("%").strip(), "threshold")
    return f"{outcome} {sign} {value / meaning(outcome).scale:.10g}"


def fails(study: Study, wish: Mapping[str, Any]) -> Told:
    """Return where a condition holds."""
    found = failures(study, wish)
    failing = (
        f"{meaning(str(wish.get('outcome'))).label} {wish.get('side')} {wish.get('threshold')}"
    )
    said = [sentence.replace(found.condition, failing) for sentence in found.sentences()]
    boxes = [_box(found, box) for box in found.boxes]
    return {"sentences": said, "boxes": boxes, "plot": _plot(found, failing)}


def failures(study: Study, wish: Mapping[str, Any]) -> Failures:
    """Return the boxes that are wished for."""
    from cxsim.study.analysis import where_it_fails

    found: Failures = where_it_fails(study, condition(wish))
    return found


def _box(found: Failures, box: Box) -> Told:
    return {
        "coverage": words.percent(box.coverage),
        "density": words.percent(box.density),
        "everywhere": words.percent(found.base_rate),
        "limits": [_limit(found, limit) for limit in box.limits],
    }


def _limit(found: Failures, limit: Any) -> Told:
    factor = found.factor(limit.name)
    told = {"name": limit.name, "words": found.limit_text(limit).replace("“", "").replace("”", "")}
    if limit.kept is not None or not is_number(factor):
        return {**told, "span": None}
    low, high = ends(factor)
    first = low if limit.low is None else limit.low
    last = high if limit.high is None else limit.high
    return {
        **told,
        "span": [place(first, low, high), place(last, low, high)],
        "low": words.value_text(factor, low),
        "high": words.value_text(factor, high),
    }


def ends(factor: Factor) -> tuple[float, float]:
    """Return the lowest and the highest value of a factor of numbers."""
    if factor.values is not None:
        return float(min(factor.values)), float(max(factor.values))
    low, high = factor.span
    return float(low), float(high)


def _plot(found: Failures, failing: str) -> Told | None:
    """Return points and box over the factors with limits first; None without two numbers."""
    limited = [limit.name for box in found.boxes[:1] for limit in box.limits]
    numeric = [factor for factor in found.factors if is_number(factor)]
    order = sorted(numeric, key=lambda factor: _rank(factor.name, limited))
    if len(order) < 2:
        return None
    step = max(1, -(-len(found.failed) // MOST_DRAWN))
    rows = found.settings.iloc[::step]
    drawn = f" Every {_ordinal(step)} point is drawn." if step > 1 else ""
    return {
        "axes": [_plot_axis(found, factor, rows[factor.name].to_numpy(float)) for factor in order],
        "failing": [bool(one) for one in found.failed[::step]],
        "bad": failing,
        "fine": "not so",
        "boxed": bool(found.boxes),
        "spoken": f"Points where {failing} and others, with the box.{drawn}",
        "note": drawn.strip(),
    }


def _ordinal(step: int) -> str:
    return {2: "second", 3: "third"}.get(step, f"{step}th")


def _rank(name: str, limited: list[str]) -> int:
    return limited.index(name) if name in limited else len(limited)


def _plot_axis(found: Failures, factor: Factor, values: np.ndarray) -> Told:
    low, high = ends(factor)
    limit = next(
        (one for one in (found.boxes[0].limits if found.boxes else ()) if one.name == factor.name),
        None,
    )
    box = [0.0, 1.0]
    if limit is not None and limit.kept is None:
        box = [
            0.0 if limit.low is None else place(limit.low, low, high),
            1.0 if limit.high is None else place(limit.high, low, high),
        ]
    unit = words.unit(factor)
    return {
        "name": factor.name,
        "title": ", ".join(filter(None, (words.title(factor), unit))),
        "at": [round(place(float(value), low, high), 4) for value in values],
        "ticks": ticks(low, high),
        "box": box,
    }
