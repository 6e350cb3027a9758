"""Answers from a study as Matplotlib figures, in the style of `cxsim.figures`."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.figures import COLOURS, FAINT, GRID, INK, LARGE, LINE_LENGTH, SIZE, SMALL, TEXT
from cxsim.series import money
from cxsim.study.analysis import words
from cxsim.study.analysis.indices import MEASURES, Indices, Influence, size_of
from cxsim.study.sensitivity import Effect, Share

if TYPE_CHECKING:
    from cxsim.study.analysis.boxes import Limit
    from cxsim.study.analysis.discovery import Box, Failures
    from cxsim.study.analysis.robustness import Policy, Robustness
    from cxsim.study.analysis.tipping import PolicyMap
    from cxsim.study.analysis.words import Meaning
    from cxsim.study.design import Factor

MOST_ROWS = 30
LEAST_ROWS = 6  # that limits are given room for
ROW = 0.3  # inches
LABEL = 44  # characters of a factor's or policy's name
BOXES = (INK, COLOURS[3], FAINT)  # blue and orange are the points
WEAK = "#b9c3c8"  # what does no more than chance would

READING = {
    "sobol": "Dark: share of the variance that vanishes when the factor is known (first order). "
    "Light: share that remains when all others are known (total): what it does together with "
    "others included. Whiskers: 95 % intervals of the total. Grey: next to nothing, or "
    "too few points to tell.",
    "morris": "How far the outcome moves, on average, when one factor goes from its low to its "
    "high end; + raises it, − lowers it, ± depends on the rest. Whiskers: 95 % intervals. Grey: "
    "less than a tenth of the largest.",
    "pawn": "Distance between the distribution of the outcome when the factor is known and when "
    "it is not: 0 none, 1 complete (PAWN, median over slices). Whiskers: 95 % intervals. Dashed: "
    "what 95 % of factors without influence stay below. Grey: no more than that.",
    "delta": "Shift of the density of the outcome when the factor is known: 0 none, 1 complete. "
    "Whiskers: 95 % intervals. Dashed: what 95 % of factors without influence stay below. Grey: "
    "no more than that.",
}


# ------------------------------------------------------------------ sheets


def sheet(title: str, reading: str, width: float, height: float) -> Figure:
    """Return an empty figure with its title and how to read it; sizes in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)  # type: ignore[union-attr,call-arg]
    length = int(LINE_LENGTH * width / SIZE[0])
    figure.suptitle(
        "\n".join(wrap(title, int(0.62 * length))), x=0.01, ha="left", fontsize=LARGE, color=INK,
        weight="bold",
    )  # fmt: skip
    figure.supxlabel(
        "\n".join(wrap(reading, length)), x=0.01, ha="left", fontsize=SMALL, color=FAINT,
        linespacing=1.4,
    )  # fmt: skip
    return figure


def short(label: str) -> str:
    """Return a label that leaves room for the picture."""
    return shorten(label, LABEL, placeholder=" …")


def _dress(axes: Axes, title: str, unit: str, grid: str = "x") -> None:
    axes.set_title(title, loc="left", fontsize=TEXT, color=INK, pad=8)
    axes.set_xlabel(unit, fontsize=TEXT, color=FAINT, loc="right", labelpad=1)
    axes.tick_params(labelsize=SMALL, colors=FAINT, length=0)
    axes.grid(axis=grid, color=GRID, lw=0.8)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "bottom", "left"]].set_visible(False)


def _rows(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", colors=INK)
    axes.set_ylim(len(labels) - 0.4, -0.6)


def _whiskers(axes: Axes, sizes: np.ndarray, margins: np.ndarray) -> None:
    down = np.minimum(margins, np.maximum(0.0, sizes))  # nothing here can be less than nothing
    axes.errorbar(
        sizes, np.arange(len(sizes)), xerr=[down, margins], fmt="none", ecolor=FAINT,
        elinewidth=1.0, capsize=2.5,
    )  # fmt: skip


def _of_outcome(axis: Any, meaning: Meaning) -> None:
    """Write the ticks of an axis in what people read."""
    axis.set_major_locator(MaxNLocator(5))
    form = money if meaning.form == "money" else lambda value: f"{meaning.scale * value:g}"
    axis.set_major_formatter(FuncFormatter(lambda value, _: form(round(value, 12))))


# ------------------------------------------------------------------ what matters


def indices_figure(found: Indices) -> Figure:
    """Draw the factors, largest first; no more than fit on a page."""
    rows = found.rows[:MOST_ROWS]
    reading = READING[found.method]
    if len(found.rows) > len(rows):
        reading += f" {len(found.rows) - len(rows)} more factors are smaller and not drawn."
    height = 1.9 + ROW * len(rows)
    figure = sheet(f"What moves “{found.meaning.label}”", reading, 0.72 * SIZE[0], height)
    axes = figure.add_subplot()
    effects = isinstance(rows[0], Effect)
    scale = found.meaning.scale if effects else 1.0
    sizes = scale * np.array([size_of(row) for row in rows])
    margins = scale * np.array(
        [row.total_margin if isinstance(row, Share) else row.margin for row in rows]
    )
    colours = [COLOURS[0] if found.matters(row) else WEAK for row in rows]
    both = isinstance(rows[0], Share)
    places = np.arange(len(rows))
    axes.barh(places, np.maximum(0.0, sizes), 0.66, color=colours, alpha=0.4 if both else 0.85)
    if both:
        alone = [max(0.0, row.first) for row in rows if isinstance(row, Share)]
        axes.barh(places, alone, 0.32, color=colours)
    _whiskers(axes, sizes, margins)
    for place, row in enumerate(rows):
        if isinstance(row, Effect):
            axes.annotate(
                row.direction.replace("-", "−"), (sizes[place] + margins[place], place),
                xytext=(5, 0), textcoords="offset points", va="center", fontsize=TEXT, color=INK,
            )  # fmt: skip
    if floors := [row.floor for row in rows if isinstance(row, Influence)]:
        axes.vlines(
            floors, places - 0.5, places + 0.5, COLOURS[1], linestyles=(0, (4, 2)), linewidths=1.4
        )
    unit = found.meaning.step_unit if effects else MEASURES[found.method]
    _dress(axes, f"{found.points:,} points", unit)
    _rows(axes, [short(found.titles[row.name]) for row in rows])
    axes.xaxis.set_major_locator(MaxNLocator(6))
    if effects and found.meaning.form == "money":
        _of_outcome(axes.xaxis, found.meaning)
    axes.set_xlim(min(0.0, 1.05 * float(sizes.min())), None)
    axes.axvline(0.0, color=FAINT, lw=0.8)
    return figure


# ------------------------------------------------------------------ where it tips


def map_figure(found: PolicyMap) -> Figure:
    """Draw the map, the line where it tips, and the band in which that line could lie."""
    reading = "Colour: mean of the outcome. Dots: where the study looked. "
    if found.tips:
        wanted = found.meaning.text(found.level or 0.0)
        reading += f"Line: where it passes {wanted}. Between the dashed lines: where that line "
        reading += "could lie with other luck and other points (95 % at each place)."
    else:
        reading += "No level is given at which it would tip."
    title = f"“{found.meaning.label}” by two factors"
    figure = sheet(title, reading, 0.68 * SIZE[0], 0.86 * SIZE[1])
    axes = figure.add_subplot()
    colours, norm = _map_colours(found)
    drawn = axes.pcolormesh(
        found.xs, found.ys, found.surface, cmap=colours, norm=norm, shading="gouraud",
        rasterized=True,
    )  # fmt: skip
    x, y, _ = found.places.T
    axes.plot(x, y, ".", ms=3.0, color=INK, alpha=0.35, clip_on=False)
    if found.tips:
        for name, style, width in (("low", (0, (5, 3)), 1.1), ("high", (0, (5, 3)), 1.1),
                                   ("value", "solid", 2.4)):  # fmt: skip
            line = np.array([getattr(tip, name) for tip in found.tips])
            # A line that leaves the map goes on along its edge, as far as the band is concerned.
            line = np.where(np.isfinite(line) | (name == "value"), line, np.sign(line) * 1e9)
            line[~np.isfinite(line)] = np.nan
            held = np.clip(line, found.ys[0], found.ys[-1])
            axes.plot(found.xs, held, color=INK, lw=width, ls=style)
    _dress(axes, _axis_title(found.y), "", grid="both")
    axes.grid(False)
    axes.set_xlabel(_axis_title(found.x), fontsize=TEXT, color=INK, loc="right")
    bar = figure.colorbar(drawn, ax=axes, fraction=0.05, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=SMALL, colors=FAINT, length=0)
    bar.ax.set_title(found.meaning.shown_unit, fontsize=SMALL, color=FAINT)
    _of_outcome(bar.ax.yaxis, found.meaning)
    return figure


def _map_colours(found: PolicyMap) -> tuple[LinearSegmentedColormap, Normalize]:
    low, high = float(found.surface.min()), float(found.surface.max())
    if found.level is not None and low < found.level < high:
        reach = max(found.level - low, high - found.level)
        both = LinearSegmentedColormap.from_list("tips", ["#d98a4f", "#f6f3ee", "#4f9dc0"])
        return both, TwoSlopeNorm(found.level, found.level - reach, found.level + reach)
    one = LinearSegmentedColormap.from_list("rises", ["#f6f3ee", "#4f9dc0"])
    return one, Normalize(low, high if high > low else low + 1.0)


def _axis_title(factor: Factor) -> str:
    return ", ".join(filter(None, (short(words.title(factor)), words.unit(factor))))


# ------------------------------------------------------------------ where it fails


def failures_figure(found: Failures) -> Figure:
    """Draw the limits of the boxes, the points, and what the first box was chosen among."""
    limits = [(n, box, limit) for n, box in enumerate(found.boxes) for limit in box.limits]
    title = f"Where “{found.condition}”"
    if not limits:
        figure = sheet(title, " ".join(found.sentences()), 0.72 * SIZE[0], 2.2)
        return figure
    reading = (
        "Left: the part of each factor's range that is inside a box. Middle: the points, by the "
        "two factors that the first box narrows most; orange crosses fail; the frame is the box. "
        "Right: what the search proposed for the first box, and the one chosen: fewest limits "
        "among the best balances of coverage and density."
    )
    rows = len(limits) + len(found.boxes)
    figure = sheet(title, reading, SIZE[0], max(5.4, 2.6 + 0.42 * rows))
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.35, 1.0, 0.8))
    _draw_limits(left, found)
    _draw_points(middle, found)
    _draw_rivals(right, found.boxes[0])
    return figure


def _draw_limits(axes: Axes, found: Failures) -> None:
    labels: list[str] = []
    for number, box in enumerate(found.boxes):
        colour = BOXES[number]
        labels.append(f"Box {number + 1}")
        axes.annotate(
            f"{words.percent(box.coverage)} of failures, {words.percent(box.density)} fail",
            (0.0, len(labels) - 1), va="center", fontsize=SMALL, color=colour, weight="bold",
        )  # fmt: skip
        for limit in box.limits:
            place = len(labels)
            labels.append(words.title(found.factor(limit.name)))
            axes.barh(place, 1.0, 0.3, color=GRID)
            for low, high in _parts(found, limit):
                axes.barh(place, high - low, 0.3, low, color=colour)
            text = found.limit_text(limit).split("” ", 1)[1].removeprefix("is ")
            axes.annotate(
                short(text), (0.0, place), xytext=(0, -10), textcoords="offset points",
                va="top", fontsize=SMALL - 1.0, color=FAINT,
            )  # fmt: skip
    _dress(axes, "Limits, within the range studied", "")
    axes.set_yticks(range(len(labels)), ["\n".join(wrap(label, 26)) for label in labels])
    axes.tick_params(axis="y", colors=INK)
    axes.set_ylim(max(LEAST_ROWS, len(labels)) - 0.3, -0.6)
    axes.set_xlim(0.0, 1.0)
    axes.set_xticks([])


def _parts(found: Failures, limit: Limit) -> list[tuple[float, float]]:
    """Return the parts of a factor's range that are inside, 0..1."""
    factor = found.factor(limit.name)
    if factor.values is not None:
        values = pd.Series(list(factor.values))
        part = 1.0 / len(values)
        return [(n * part, (n + 1) * part) for n in np.flatnonzero(limit.inside(values))]
    low, high = factor.span
    inner = (low if limit.low is None else limit.low, high if limit.high is None else limit.high)
    return [((inner[0] - low) / (high - low), (inner[1] - low) / (high - low))]


def _draw_points(axes: Axes, found: Failures) -> None:
    box = found.boxes[0]
    narrow = sorted(box.limits, key=lambda limit: sum(b - a for a, b in _parts(found, limit)))
    names = [limit.name for limit in narrow[:2]]
    spare = [factor.name for factor in found.factors if factor.name not in names]
    first, second = (found.factor(name) for name in (names + spare)[:2])
    across, up = _places(found, first), _places(found, second)
    for failed, colour, mark in ((False, COLOURS[0], "o"), (True, COLOURS[1], "X")):
        chosen = found.failed == failed
        axes.plot(
            across[chosen], up[chosen], mark, ms=4.0, mec="none", color=colour,
            alpha=0.35 if not failed else 0.75,
        )  # fmt: skip
    limits = {limit.name: limit for limit in box.limits}
    whole = [(0.0, 1.0)]
    for a, b in _parts(found, limits[first.name]) if first.name in limits else whole:
        for c, d in _parts(found, limits[second.name]) if second.name in limits else whole:
            frame = Rectangle((a, c), b - a, d - c, fill=False, ec=INK, lw=2.0, clip_on=False)
            axes.add_patch(frame)
    _dress(axes, short(words.title(second)), "", grid="both")
    axes.set_xlabel(short(words.title(first)), fontsize=TEXT, color=INK, loc="right")
    _range_ticks(axes.xaxis, first)
    _range_ticks(axes.yaxis, second)


def _places(found: Failures, factor: Factor) -> np.ndarray:
    """Return where the points lie within the range of a factor, 0..1."""
    values = found.settings[factor.name]
    if factor.values is None:
        low, high = factor.span
        return (values.to_numpy(float) - low) / (high - low)
    listed = list(factor.values)
    numbers = np.array([listed.index(value) for value in values], float)
    # All would lie on a few lines, so the points are spread over the width of their value.
    return (numbers + (np.arange(len(numbers)) * 0.618) % 0.8 + 0.1) / len(listed)


def _range_ticks(axis: Any, factor: Factor) -> None:
    if factor.values is not None:
        every = max(1, len(factor.values) // 6)  # of many values some have their names
        places = range(0, len(factor.values), every)
        labels = [short(words.value_text(factor, factor.values[n])) for n in places]
        axis.set_ticks([(n + 0.5) / len(factor.values) for n in places], labels)
        return
    low, high = factor.span
    ends = (0.0, 0.5, 1.0)
    axis.set_ticks(ends, [words.number(low + place * (high - low)) for place in ends])


def _draw_rivals(axes: Axes, box: Box) -> None:
    coverage, density = np.array(box.rivals).T
    axes.plot(coverage, density, ".", ms=7.0, color=WEAK)
    axes.plot([box.coverage], [box.density], "o", ms=9.0, color=BOXES[0], clip_on=False)
    _dress(axes, "Density: share of its points that fail", "", grid="both")
    axes.set_xlabel("coverage: share of all failures", fontsize=TEXT, color=INK, loc="right")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))
    axes.set_xlim(0.0, 1.03)
    axes.set_ylim(0.0, 1.03)


# ------------------------------------------------------------------ what is robust


def robust_figure(found: Robustness) -> Figure:
    """Draw for each policy its futures and its regret, the smallest worst regret first."""
    order = sorted(found.policies, key=lambda policy: policy.regret_max)
    policies = order[:MOST_ROWS]
    reading = (
        "Left: every future of each policy (thin line: all; thick: the middle half; dot: mean). "
        "Right: regret, by how much the best policy for a future is better there: on average "
        "(dot), in nine futures of ten (bar), at worst (cross)."
    )
    if len(order) > len(policies):
        reading += f" {len(order) - len(policies)} policies with more regret are not drawn."
    title = f"“{found.meaning.label}” of each policy in {found.futures} futures"
    # What tells policies apart may stand at the end of a long label, so none is cut off.
    labels = ["\n".join(wrap(policy.label, LABEL)) for policy in policies]
    lines = max(label.count("\n") + 1 for label in labels)
    height = max(3.4, 2.2 + max(0.36, 0.2 * lines) * len(policies))
    figure = sheet(title, reading, SIZE[0], height)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.2, 1.0))
    for place, policy in enumerate(policies):
        _draw_policy(left, right, place, policy)
    if found.threshold is not None:
        left.axvline(found.threshold, color=COLOURS[1], lw=1.4, ls=(0, (4, 2)))
    wanted = "more is better" if found.better == "high" else "less is better"
    _dress(left, f"Outcome, {wanted}", found.meaning.shown_unit)
    _dress(right, "Regret", found.meaning.step_unit)
    _rows(left, labels)
    for axes in (left, right):
        _of_outcome(axes.xaxis, found.meaning)
    right.set_xlim(left=0.0)
    marks = [
        Line2D([], [], color=COLOURS[0], marker="o", ls="", label="mean"),
        Line2D([], [], color=COLOURS[0], lw=6, alpha=0.4, label="nine of ten"),
        Line2D([], [], color=COLOURS[1], marker="x", mew=2, ls="", label="worst"),
    ]
    figure.legend(
        handles=marks, loc="outside upper right", ncols=3, frameon=False, fontsize=TEXT,
        labelcolor=INK,
    )  # fmt: skip
    return figure


def _draw_policy(left: Axes, right: Axes, place: int, policy: Policy) -> None:
    low, first, third, high = np.quantile(policy.values, (0.0, 0.25, 0.75, 1.0))
    left.plot([low, high], [place] * 2, color=COLOURS[0], lw=1.2)
    left.plot([first, third], [place] * 2, color=COLOURS[0], lw=6, alpha=0.4, solid_capstyle="butt")
    left.plot([policy.mean], [place], "o", color=COLOURS[0], ms=6)
    right.barh(place, policy.regret_90, 0.34, color=COLOURS[0], alpha=0.4)
    right.plot([policy.regret_mean], [place], "o", color=COLOURS[0], ms=6, clip_on=False)
    right.plot([policy.regret_max], [place], "x", color=COLOURS[1], ms=7, mew=2, clip_on=False)
