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
SOME, MOST = 0.15, 0.6  # share of the points that fail by a threshold worth beginning with
SIDES = {"below": "<", "above": ">"}


def usual_threshold(study: Study, outcome: str) -> Told:
    """Return levels to begin with: half of a share, or a threshold a third of the points miss."""
    about = meaning(outcome)
    values = study.points()[outcome].to_numpy(float)
    values = values[np.isfinite(values)]
    low = about.better != "low"
    threshold = HALF
    fair = about.form == "percent" and SOME <= _share(values, HALF, low) <= MOST
    if len(values) and not fair:  # what the worse third misses
        threshold = float(np.quantile(values, 1 / 3 if low else 2 / 3))
    return {
        "side": "below" if low else "above",
        "threshold": _short(about.scale * threshold),
        "unit": about.shown_unit,
        "level": f"{about.scale * HALF:g}" if about.form == "percent" else "",
    }


def _short(value: float) -> str:
    """Return a number to two digits, without a power of ten."""
    tidy = float(f"{value:.2g}")
    return f"{tidy:.0f}" if abs(tidy) >= 1.0e4 else f"{tidy:g}"


def _share(values: np.ndarray, threshold: float, low: bool) -> float:
    """Return the share of values on the failing side."""
    failing = (values < threshold) if low else (values > threshold)
    return float(failing.mean()) if len(values) else 0.0


def condition(wish: Mapping[str, Any]) -> str:
    """Return what counts as failing, as the analysis reads it."""
    sign = SIDES.get(str(wish.get("side")), "<")
    return f"{wish.get('outcome')} {sign} {threshold(wish):.10g}"


def threshold(wish: Mapping[str, Any]) -> float:
    """Return the threshold that was typed, in the outcome's own unit."""
    value = number(str(wish.get("threshold", "")).strip().rstrip("%").strip(), "threshold")
    return value / meaning(str(wish.get("outcome"))).scale


def fails(study: Study, wish: Mapping[str, Any]) -> Told:
    """Return where a condition holds."""
    found = failures(study, wish)
    about = meaning(str(wish.get("outcome")))
    side = "above" if wish.get("side") == "above" else "below"
    failing = f"{about.label} {side} {about.text(threshold(wish))}"
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
        "low": words.number(low),
        "high": words.number(high),
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
