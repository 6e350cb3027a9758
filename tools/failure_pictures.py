"""Draw every bundled scenario and write the page on them: ``python tools/failure_pictures.py``.

To be run when rules, defaults or scenarios have changed. With names of scenarios, only their
pictures are drawn anew; ``--page`` writes the page without drawing anything.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import StringIO
from itertools import groupby
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

import cxsim
from cxsim.figures import COLOURS, DASHES, FAINT, FIXED, FROM_ZERO, GRID, INK
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.series import CHURN_WINDOW, SERIES, trailing_mean

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "failure_modes.md"
FOLDER = ROOT / "docs" / "pictures" / "failure_modes"
EVIDENCE = ROOT / "docs" / "evidence.md"

REPLICATES, SEED = 40, 1
BAND = (0.05, 0.95)  # quantiles over the futures
STEP, COARSE = 2, 4  # weeks between the points of a curve: alone, and as one of many
SIZE = (7.6, 1.85)  # inches
SMALL, TEXT = 7.0, 8.0  # points
LARGEST = 25_000  # bytes of a picture
SVG: dict[Any, Any] = {
    "svg.hashsalt": "cxsim",
    "svg.fonttype": "none",
    "font.sans-serif": ["DejaVu Sans"],
}
# Of what Matplotlib writes: turns by nothing, names that nothing refers to, empty groups, metadata.
NEEDLESS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r' transform="rotate\(-?0 [^"]*"',
        r' id="[a-zA-Z0-9.]+_\d+"',
        r"<g */>",
        r"<metadata>.*?</metadata>",
    )
)
FUNCTIONS, LAYERS = "functions", "layers"
WIDTH = 100  # characters of a line of the page


@dataclass(frozen=True)
class Panel:
    """A tiny chart: a series of the company, or one line for each of its functions or layers.

    Weekly counts jump from week to week; they are shown as the mean of the `window` behind.
    """

    series: str
    by: str = ""
    window: int = CHURN_WINDOW  # weeks


@dataclass(frozen=True)
class Picture:
    """The charts that show how a scenario goes wrong, and the scenario drawn in grey."""

    panels: tuple[Panel, ...]
    against: str | None = "orchestrated"


def _picture(*panels: str | Panel, against: str | None = "orchestrated") -> Picture:
    """Return adoption and then the series in which the signature shows."""
    given = [Panel(p) if isinstance(p, str) else p for p in panels]
    return Picture((Panel("adoption"), *given), against)


PICTURES = {
    "orchestrated": _picture("commitment", "satisfaction", against="typical"),
    "typical": _picture("commitment", "satisfaction"),
    "no_programme": _picture("quality_local", "churn_yearly"),
    "fm01_fragmented_strategy": _picture(Panel("adoption", FUNCTIONS), "quality_handoff"),
    "fm02_everybody_owns": _picture("closures", "issue_age"),
    "fm03_inadequate_change_management": _picture("awareness", "quality_local"),
    "fm04_all_process_no_action": _picture("wins", "cynicism"),
    "fm05_sisyphus": _picture("embedded", "cynicism"),
    "fm06_survey_lady": _picture("closures", "open_issues"),
    "fm07_listening_without_acting": _picture("open_issues", "closures"),
    "fm08_hired_to_keep_score": _picture("open_issues", "survey_score"),
    "fm09_process_owner_says_no": _picture(Panel("adoption", FUNCTIONS), "quality_handoff"),
    "fm10_tyranny": _picture("closures", "conflict"),
    "fm11_words_not_expectations": _picture("commitment", "stated_commitment"),
    "fm12_buried": _picture(Panel("open_issues", FUNCTIONS), "closures"),
    "fm13_lagging_survey": _picture("churn_yearly", "survey_score"),
    "fm14_one_time_project": _picture("budget", "satisfaction"),
    "fm15_no_data_no_access": _picture("insight", "closures"),
    "fm16_window_dressing": _picture("awareness", "cynicism"),
    "fm17_absolved_executives": _picture("commitment", "closures"),
    "fm18_impatient_board": _picture("budget", "satisfaction"),
    "fm19_measuring_the_wrong_customers": _picture("wins_completed", "survey_score"),
    "fm20_unmanaged_conflict": _picture("commitment_spread", "conflict"),
    "fm21_customers_or_profit": _picture("commitment", "budget"),
    "fm22_entitlement_by_title": _picture("quality_handoff", "conflict"),
    "fm23_status_quo": _picture("ability", "embedded"),
    "fm24_budget_is_not_progress": _picture("programme_cost", "quality_local"),
    "fm25_siloed_operations": _picture("savings", "quality_handoff"),
    "fm26_tall_hierarchy": _picture(Panel("awareness", LAYERS), Panel("adoption", LAYERS)),
    "fm27_unprovable_return": _picture("satisfaction", "budget"),
    "fm28_unsupported_frontline": _picture("ability", "complaints"),
    "fm29_slogan_without_how": _picture("awareness", "ability"),
    "fm30_colliding_priorities": _picture("load", "satisfaction"),
    "fm31_momentum_never_carries_itself": _picture("commitment", "embedded"),
    "sector_consumer": _picture("commitment", "churn_yearly", against="typical"),
    "sector_business": _picture("commitment", "churn_yearly", against="typical"),
    "sector_financial_services": _picture("commitment", "churn_yearly", against="typical"),
    "sector_manufacturing": _picture("commitment", "churn_yearly", against="typical"),
    "netflix_2011": Picture(
        # Its two waves are seven weeks apart: a quarter's mean would make them one.
        (Panel("active_customers"), Panel("churned", window=1), Panel("survey_score")),
        against=None,
    ),
}


# ------------------------------------------------------------------ pictures


@cache
def ensemble(name: str) -> Ensemble:
    """Return the futures of a bundled scenario, run once."""
    made = cxsim.simulate(cxsim.load(name), REPLICATES, SEED, baseline=False)
    assert made is not None  # nothing cancels it
    return made


def values(of: Ensemble, panel: Panel) -> np.ndarray:
    """Return what a chart shows, in people's units, shape (lines, futures, weeks)."""
    if panel.by == FUNCTIONS:
        kept = np.moveaxis(of.function_series(panel.series), 2, 0)
    elif panel.by == LAYERS:
        kept = np.moveaxis(of.layer_series(panel.series), 2, 0)
    else:
        kept = of.series(panel.series)[np.newaxis]
    if SERIES[panel.series].unit.endswith("a week"):
        kept = np.stack([trailing_mean(line, panel.window) for line in kept])
    return SERIES[panel.series].shown(kept)


def draw(name: str) -> Figure:
    """Return the picture of a scenario."""
    picture = PICTURES[name]
    figure = Figure(figsize=SIZE, layout="constrained", facecolor="white")
    figure.get_layout_engine().set(w_pad=0.06, h_pad=0.04)  # type: ignore[union-attr,call-arg]
    for place, panel in enumerate(picture.panels):
        axes = figure.add_subplot(1, len(picture.panels), place + 1)
        if picture.against is not None:
            _draw_other(axes, ensemble(picture.against), panel)
        _draw_own(axes, ensemble(name), panel)
        _dress(axes, panel)
        for event in cxsim.load(name).events:
            axes.axvline(event.week, color=FAINT, lw=0.8, ls=(0, (1, 2)), zorder=1)
    return figure


def _weeks(count: int, step: int = STEP) -> np.ndarray:
    """Return the weeks that are drawn, the last one among them."""
    return np.unique(np.append(np.arange(0, count, step), count - 1))


def _draw_own(axes: Axes, of: Ensemble, panel: Panel) -> None:
    lines = values(of, panel)
    weeks = _weeks(of.weeks, COARSE if panel.by else STEP)
    if not panel.by:
        low, middle, high = np.quantile(lines[0], (BAND[0], 0.5, BAND[1]), axis=0)
        axes.fill_between(weeks, low[weeks], high[weeks], color=COLOURS[0], alpha=0.18, lw=0)
        axes.plot(weeks, middle[weeks], color=COLOURS[0], lw=1.6)
        return
    names = of.functions if panel.by == FUNCTIONS else of.layers
    means = lines.mean(axis=1)  # a few people or events: medians would jump
    ends = means[:, -CHURN_WINDOW:].mean(axis=1)
    for line in means:
        axes.plot(weeks, line[weeks], color=COLOURS[0], lw=1.1, alpha=0.75)
    # Named are the two ends: what lies between them is the rest of the company.
    for place, side in ((int(np.argmax(ends)), "bottom"), (int(np.argmin(ends)), "top")):
        label = names[place].replace("_", " ") if panel.by == FUNCTIONS else f"layer {names[place]}"
        axes.annotate(
            label, (of.weeks - 1, means[place, -1]), xytext=(3, 0), annotation_clip=False,
            textcoords="offset points", va=side, fontsize=SMALL, color=COLOURS[0],
        )  # fmt: skip


def _draw_other(axes: Axes, of: Ensemble, panel: Panel) -> None:
    """Draw the company's own line of the scenario to compare with, whatever the panel is by."""
    lines = values(of, Panel(panel.series, window=panel.window))[0]
    middle = lines.mean(axis=0) if panel.by else np.median(lines, axis=0)
    if panel.by == FUNCTIONS and not SERIES[panel.series].per_employee:
        middle = middle / len(of.functions)  # a count: an average function's part of it
    weeks = _weeks(of.weeks)
    axes.plot(weeks, middle[weeks], color=FAINT, lw=1.2, ls=DASHES[1])


def _dress(axes: Axes, panel: Panel) -> None:
    series = SERIES[panel.series]
    axes.set_title(_title(panel), loc="left", fontsize=TEXT, color=INK, pad=4)
    axes.tick_params(labelsize=SMALL, colors=FAINT, length=0, pad=2)
    axes.grid(axis="y", color=GRID, lw=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(FAINT)
    axes.margins(x=0.0)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    if series.name in FIXED:
        axes.set_ylim(0.0, 101.0)
        axes.set_yticks((0, 50, 100))
    elif series.name in FROM_ZERO or series.form in ("number", "percent"):
        axes.set_ylim(bottom=0.0)
    if series.form in ("money", "number"):
        axes.yaxis.set_major_formatter(FuncFormatter(_tick))


def _title(panel: Panel) -> str:
    """Return label and unit; what is counted the label says already."""
    series = SERIES[panel.series]
    where = {FUNCTIONS: " by function", LAYERS: " by layer", "": ""}[panel.by]
    unit = series.shown_unit
    if series.form == "number" and unit != "weeks":
        unit = "a week" if unit.endswith(" a week") else ""
    return ", ".join(filter(None, (f"{series.label}{where}", unit)))


def _tick(value: float, _: float | None) -> str:
    return f"{value / 1000:g} k" if abs(value) >= 1000 else f"{value:g}"


def text_of(figure: Figure) -> str:
    """Return a figure as SVG, the same text for the same figure.

    Letters stay letters, and positions keep a tenth of a point: more is nothing but bytes.
    """
    buffer = StringIO()
    with matplotlib.rc_context(SVG):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = re.sub(r"-?\d+\.\d{2,}", lambda m: f"{float(m[0]):.1f}", buffer.getvalue())
    for needless in NEEDLESS:
        text = needless.sub("", text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def save(name: str) -> Path:
    """Draw a scenario into its file."""
    text = text_of(draw(name))
    if len(text) > LARGEST:
        raise RuntimeError(f"{name}: a picture of {len(text)} bytes; at most {LARGEST}")
    path = FOLDER / f"{name}.svg"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


# ------------------------------------------------------------------ the page

INTRODUCTION = f"""\
# The failure modes in pictures

How customer-experience programmes go wrong, one after the other, each as a company that you can
run. Mechanism and cure are those of [the evidence page](evidence.md#the-31-failure-modes); they
come from practice, not from studies. What the pictures show follows from the model's assumptions
and is no measurement.

Blue: the scenario. The line is the median of {REPLICATES} futures (seed {SEED}), the band holds
90 % of them. Grey, dashed: the median of the company it is compared with, under the same luck.
Dotted: weeks in which something happens. Horizontal axis: weeks. Where a chart has one line for
each function or layer, lines are means over the futures, and the two ends are named. Weekly counts
are means of the quarter behind, except in the replay.

This page and its pictures are written by `python tools/failure_pictures.py`.
"""

CHAPTERS = {  # the beginning of a scenario's name -> heading and what stands below it
    "": ("The yardsticks", "Companies to compare with."),
    "fm": (
        "The failure modes",
        "Each is the orchestrated company (grey) with a few things changed. "
        "`cxsim compare NAME NAME:rescue` runs a failure beside its rescue.",
    ),
    "sector": (
        "Sectors",
        "Presets to start from, compared with the typical company (grey). How often everybody is "
        "said to own the customer comes from a single survey that was never repeated (E4.12); "
        "what else sets a sector apart is an assumption or a vendor's list of low quality "
        "(E3.04), as each line of the file says.",
    ),
    "netflix": (
        "A replay",
        "One published case (T20), fitted to its own figures: an illustration, not evidence for "
        "the model.",
    ),
}
YARDSTICKS = ("orchestrated", "typical", "no_programme")
ROW = re.compile(r"\| \*\*(FM\d\d)\*\* \|(.+)\|")


@cache
def modes() -> dict[str, list[str]]:
    """Return name, mechanism, signature and cure of each failure mode from the page on evidence."""
    rows = map(ROW.fullmatch, EVIDENCE.read_text(encoding="utf-8").splitlines())
    return {row[1]: [cell.strip() for cell in row[2].split("|")] for row in rows if row}


def chapter_of(name: str) -> str:
    """Return the key of the chapter in which a scenario stands."""
    return next((key for key in CHAPTERS if key and name.startswith(key)), "")


def ordered() -> list[str]:
    """Return the bundled scenarios in the order of the page."""
    rest = sorted(set(cxsim.bundled()) - set(YARDSTICKS))
    return [*YARDSTICKS, *sorted(rest, key=lambda name: list(CHAPTERS).index(chapter_of(name)))]


def page() -> str:
    """Return the text of the page."""
    parts = [INTRODUCTION]
    for key, names in groupby(ordered(), chapter_of):
        heading, words = CHAPTERS[key]
        parts.append(f"## {heading}\n\n{fill(words, WIDTH)}\n")
        parts += [entry(cxsim.load(name)) for name in names]
    return "\n".join(parts)


def entry(scenario: Scenario) -> str:
    """Return what the page says about one scenario."""
    name = scenario.name
    heading = f"{scenario.mode} {scenario.title}" if scenario.mode else scenario.title
    picture = f"![{scenario.title}: {_shown(name)}](pictures/{FOLDER.name}/{name}.svg)"
    parts = [f"### {heading}", picture, *(fill(text, WIDTH) for text in _words(scenario))]
    parts.append(f"[`{name}.toml`](../scenarios/{name}.toml) · `cxsim run {name}`")
    return "\n\n".join(parts) + "\n"


def _words(scenario: Scenario) -> list[str]:
    if scenario.mode is None:
        return [_whole(scenario.story), f"**What to look for:** {_whole(scenario.signature)}"]
    _, mechanism, _, cure = modes()[scenario.mode]
    words = [f"**Mechanism:** {mechanism}", f"**What to look for:** {_whole(scenario.signature)}"]
    if scenario.cure is None:
        return [*words, f"**Cure:** {cure}"]
    return [
        *words,
        f"**Cure:** {cure} In the file, from week {scenario.cure.week}: {scenario.cure.note}.",
    ]


def _whole(text: str) -> str:
    return " ".join(text.split())


def _shown(name: str) -> str:
    """Return the series of a picture in words, for those who do not see it."""
    words = [
        SERIES[p.series].label + (f" by {p.by[:-1]}" if p.by else "") for p in PICTURES[name].panels
    ]
    return ", ".join(word[0].lower() + word[1:] for word in words)


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="scenarios to draw; else all")
    parser.add_argument("--page", action="store_true", help="write the page only")
    options = parser.parse_args(given)
    FOLDER.mkdir(parents=True, exist_ok=True)
    names = [] if options.page else options.names or ordered()
    for name in names:
        path = save(name)
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(PAGE.relative_to(ROOT))


if __name__ == "__main__":
    main()
