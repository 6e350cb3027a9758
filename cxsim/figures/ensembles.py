"""Ensembles as Matplotlib figures for files and reports: their weekly series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.figures.style import (
    BANDS,
    COLOURS,
    DASHES,
    FAINT,
    INK,
    LARGE,
    LINE_LENGTH,
    SIZE,
    SMALL,
    TEXT,
    clear_axes,
    money_tick,
)
from cxsim.results import Ensemble
from cxsim.series import CHURN_WINDOW, LEDGERS, SERIES, SIX, Series, trailing_mean
from cxsim.timeline import Event

FIXED = ("adoption", "commitment", "awareness")  # on a scale of 0 to 100, whatever their values
FROM_ZERO = ("churn_yearly", "churned")
SHOCK_WORDS = {
    "price_rise": "price rise",
    "earnings": "bad earnings",
    "cco_leaves": "the CCO leaves",
    "executive_replaced": "an executive is replaced",
    "outage": "service outage",
    "demand_surge": "surge of demand",
}

READING = "Line: median of the futures. Dark band: half of them. Light band: 90 % of them."


# ------------------------------------------------------------------ whole figures


def comparison_figure(ensembles: Sequence[Ensemble], names: Sequence[str] = SIX) -> Figure:
    """Draw weekly series of one to four ensembles over each other.

    Parameters
    ----------
    ensembles : sequence of Ensemble
    names : sequence of str
        Series of the company, one panel each, three to a row.

    Raises
    ------
    CxsimError
        No ensemble, more than four, or a series that cannot be had.
    """
    if not 1 <= len(ensembles) <= len(COLOURS):
        raise CxsimError(f"{len(ensembles)} scenarios; a figure shows one to {len(COLOURS)}")
    figure, panels = _panels(len(names))
    events = numbered_events(ensembles)
    for axes, name in zip(panels, names, strict=True):
        for place, ensemble in enumerate(ensembles):
            _draw_band(axes, ensemble, name, place)
        _dress(axes, SERIES[name].label, SERIES[name])
        _mark(axes, events)
    labels = [ensemble.scenario.title for ensemble in ensembles]
    handles = [panels[0].lines[place] for place in range(len(ensembles))]
    figure.legend(
        handles, _distinct(labels), loc="outside upper left", ncols=min(2, len(labels)),
        frameon=False, fontsize=TEXT + 1, labelcolor=INK, handlelength=3.2,
    )  # fmt: skip
    _explain(figure, ensembles, events)
    return figure


def run_figure(ensemble: Ensemble) -> Figure:
    """Draw one ensemble: the workforce, its leaders, the customers, why they go, and the money."""
    figure, panels = _panels(6)
    events = numbered_events([ensemble])
    _lines(panels[0], ensemble, "Adoption", {"adoption": "practise", "embedded": "have the habit"})
    minds = {"awareness": "awareness", "belief": "belief", "ability": "ability"}
    _lines(panels[1], ensemble, "Employees' minds", minds | {"cynicism": "cynicism"}, band=False)
    leaders = {"commitment": "commitment", "stated_commitment": "stated", "ceo_commitment": "CEO"}
    _lines(panels[2], ensemble, "Executives", leaders)
    customers = {"satisfaction": "satisfaction", "survey_score": "survey score"}
    _lines(panels[3], ensemble, "Customers", customers)
    _churn_by_cause(panels[4], ensemble)
    if ensemble.baseline is None:
        _lines(panels[5], ensemble, "Contribution", {"contribution": ""})
    else:
        _lines(panels[5], ensemble, SERIES["net_value"].label, {"net_value": ""})
    for axes in panels:
        _mark(axes, events)
    figure.suptitle(
        ensemble.scenario.title, x=0.01, ha="left", fontsize=LARGE, color=INK, weight="bold"
    )
    _explain(figure, [ensemble], events)
    return figure


# ------------------------------------------------------------------ panels


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    if count < 1:
        raise CxsimError("a figure needs at least one series")
    columns = min(3, count)
    rows = -(-count // columns)
    figure = Figure(
        figsize=(SIZE[0] * max(0.5, columns / 3), SIZE[1] * max(0.62, rows / 2)),
        layout="constrained",
    )
    figure.get_layout_engine().set(w_pad=0.12, h_pad=0.1)  # type: ignore[union-attr,call-arg]
    return figure, [figure.add_subplot(rows, columns, n + 1) for n in range(count)]


def _draw_band(axes: Axes, ensemble: Ensemble, name: str, place: int, **line: Any) -> None:
    """Draw bands and median of a series in the units that people read."""
    levels = [level for low, high, _ in BANDS for level in (low, high)]
    kept = ensemble.quantiles(name, [*levels, 0.5])
    values = SERIES[name].shown(kept)
    weeks = np.arange(ensemble.weeks)
    for n, (_, _, opacity) in enumerate(BANDS):
        axes.fill_between(
            weeks, values[2 * n], values[2 * n + 1], color=COLOURS[place], alpha=opacity, lw=0
        )
    _draw_line(axes, values[-1], place, **line)


def _draw_line(axes: Axes, values: np.ndarray, place: int, label: str = "") -> None:
    axes.plot(values, color=COLOURS[place], ls=DASHES[place], lw=2.0, label=label)


def _lines(
    axes: Axes, ensemble: Ensemble, title: str, names: Mapping[str, str], band: bool = True
) -> None:
    """Draw several series of one ensemble, the first with its bands."""
    for place, (name, label) in enumerate(names.items()):
        if band and place == 0:
            _draw_band(axes, ensemble, name, place, label=label)
        else:
            middle = SERIES[name].shown(ensemble.quantiles(name, [0.5])[0])
            _draw_line(axes, middle, place, label=label)
    _dress(axes, title, SERIES[next(iter(names))])
    if len(names) > 1:
        _legend(axes)


def _churn_by_cause(axes: Axes, ensemble: Ensemble) -> None:
    """Stack the causes of churn: means over the futures, so that they add up."""
    _, causes = LEDGERS["churn"]
    means = np.stack([ensemble.series(cause).mean(axis=0) for cause in causes])
    smooth = trailing_mean(means, CHURN_WINDOW)
    colours = ("#c3ccd1", COLOURS[0], COLOURS[1], COLOURS[3], COLOURS[2])
    labels = [SERIES[cause].label.removeprefix("Lost ") for cause in causes]
    axes.stackplot(
        np.arange(ensemble.weeks), smooth, colors=colours, labels=labels, ec="white", lw=0.4
    )
    _dress(axes, "Customers lost a week, by cause", SERIES["churned"], unit="")
    _legend(axes)


def _legend(axes: Axes) -> None:
    axes.legend(
        loc="upper left", fontsize=SMALL, labelcolor=INK, ncols=2, handlelength=2.2,
        columnspacing=1.2, borderaxespad=0.2, facecolor="white", edgecolor="none", framealpha=0.9,
    )  # fmt: skip
    rows = (len(axes.get_legend_handles_labels()[1]) + 1) // 2
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + (high - low) * 0.1 * rows)  # nothing is drawn over the words


def _dress(axes: Axes, title: str, series: Series, unit: str | None = None) -> None:
    """Give a panel its title, unit (that of the series by default), grid and ends of the axes."""
    unit = series.shown_unit if unit is None else unit
    axes.set_title(
        ", ".join(filter(None, (title, unit))), loc="left", fontsize=TEXT + 1, color=INK, pad=18
    )
    axes.set_xlabel("week", fontsize=TEXT, color=FAINT, loc="right", labelpad=1)
    clear_axes(axes, TEXT)
    axes.margins(x=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    if series.name in FIXED:
        axes.set_ylim(0.0, 101.0)
        axes.set_yticks((0, 25, 50, 75, 100))
    elif series.name in FROM_ZERO:
        axes.set_ylim(bottom=0.0)
    if series.form == "money":
        axes.yaxis.set_major_formatter(FuncFormatter(money_tick))
        axes.axhline(0.0, color=FAINT, lw=0.8, zorder=1)


# ------------------------------------------------------------------ events and words


def describe_event(event: Event) -> str:
    """Return an event in words: its note, or else the levers and shocks that it names."""
    if event.note:
        return event.note
    levers = parameters.registry().levers
    changes = [f"{levers[name].title}: {_value_words(value)}" for name, value in event.set.items()]
    return "; ".join([*changes, *(SHOCK_WORDS[name] for name in event.shock)])


def _value_words(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}"


def numbered_events(ensembles: Sequence[Ensemble]) -> list[tuple[int, str]]:
    """Return (week, words) of the events of all scenarios, each once, in the order of weeks.

    An event that not all of them share names those it happens to.
    """
    seen: dict[tuple[int, str], list[str]] = {}
    names = _distinct([ensemble.scenario.name for ensemble in ensembles])
    for name, ensemble in zip(names, ensembles, strict=True):
        for event in ensemble.scenario.events:
            owners = seen.setdefault((event.week, describe_event(event)), [])
            if name not in owners:
                owners.append(name)
    return [
        (week, words if len(owners) == len(names) else f"{words} ({', '.join(owners)})")
        for (week, words), owners in sorted(seen.items())
    ]


def _mark(axes: Axes, events: Sequence[tuple[int, str]]) -> None:
    """Put a thin line and a number at each week with events."""
    numbers: dict[int, list[str]] = {}
    for number, (week, _) in enumerate(events, start=1):
        numbers.setdefault(week, []).append(str(number))
    for week, marks in numbers.items():
        axes.axvline(week, color=FAINT, lw=0.9, ls=(0, (1, 2)), zorder=1)
        axes.annotate(
            ", ".join(marks), (week, 1.0), xycoords=axes.get_xaxis_transform(),
            xytext=(0, 2), textcoords="offset points", ha="center", va="bottom",
            fontsize=SMALL, color=FAINT,
        )  # fmt: skip


def _explain(
    figure: Figure, ensembles: Sequence[Ensemble], events: Sequence[tuple[int, str]]
) -> None:
    """Say under the figure how to read it, what happened when, and how it was made."""
    first = ensembles[0]
    made = f"{first.replicates} futures, seed {first.seed}."
    if any((e.replicates, e.seed) != (first.replicates, first.seed) for e in ensembles):
        made = "Futures and seeds differ between the scenarios."
    lines = [f"{READING} {made}"]
    lines += [f"{n}  week {week}: {words}" for n, (week, words) in enumerate(events, start=1)]
    length = int(LINE_LENGTH * figure.get_figwidth() / SIZE[0])
    lines = [part for line in lines for part in wrap(line, length)]
    figure.supxlabel(
        "\n".join(lines), x=0.01, ha="left", fontsize=SMALL, color=FAINT, linespacing=1.4
    )


def _distinct(labels: Sequence[str]) -> list[str]:
    """Return the labels, with a letter where two would be the same."""
    return [
        f"{label} ({chr(65 + n)})" if labels.count(label) > 1 else label
        for n, label in enumerate(labels)
    ]
