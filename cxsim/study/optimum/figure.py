"""The frontier as a picture: chance against cost or effort, with intervals and the bound."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cxsim.errors import CxsimError
from cxsim.figures import COLOURS, FAINT, GRID, INK, LARGE, SMALL, TEXT
from cxsim.study.optimum.plans import Plan, dollars
from cxsim.values import shown

if TYPE_CHECKING:
    from cxsim.study.optimum.frontier import Frontier

AXES = {
    "cost": "Cost of the programme, mean over the futures, USD",
    "effort": "Effort, in ways from poor to good end of a lever that costs no money",
}
SIZE = (9.6, 6.4)  # inches
LINE = 124  # characters under the figure
PLAN, BEST, BESIDE = COLOURS[0], COLOURS[1], COLOURS[2]
READING = (
    "Each point is a plan that no other one beats in chance, cost and effort at once; whiskers: "
    "95 % intervals. The number beside it: how many levers move. Hollow: beyond a bound."
)


def frontier_figure(frontier: Frontier, against: str = "cost") -> Figure:
    """Draw the plans of a frontier, today's programme and none at all.

    Parameters
    ----------
    frontier : Frontier
    against : str
        "cost" or "effort".

    Raises
    ------
    CxsimError
        Neither of the two.
    """
    if against not in AXES:
        raise CxsimError(f"against: {shown(against)} where cost or effort is wanted")
    figure = Figure(figsize=SIZE, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.14, h_pad=0.12)  # type: ignore[union-attr,call-arg]
    axes = figure.add_subplot()
    others = [plan for plan in frontier.plans if plan is not frontier.best]
    _staircase(axes, frontier, against)
    for plan in others:
        _point(axes, plan, against, PLAN, "o", 6.5, hollow=not plan.within)
    _point(axes, frontier.today, against, BESIDE, "s", 7.5)
    _point(axes, frontier.without, against, BESIDE, "X", 8.5)
    _point(axes, frontier.best, against, BEST, "D", 9.0)
    _dress(axes, frontier, against)
    _explain(figure, frontier)
    _label(axes, frontier, others, against)
    return figure


def _place(plan: Plan, against: str) -> tuple[float, float]:
    return (plan.cost if against == "cost" else plan.effort), 100.0 * plan.chance


def _staircase(axes: Axes, frontier: Frontier, against: str) -> None:
    """Draw the best chance to be had up to each price, bounds or not."""
    places = sorted(
        _place(plan, against) for plan in (*frontier.plans, frontier.today, frontier.without)
    )
    steps, best = [], -1.0
    for x, y in places:
        if y > best:
            steps.append((x, y))
            best = y
    axes.step(*zip(*steps, strict=True), where="post", color=PLAN, lw=1.4, alpha=0.45, zorder=2)


def _point(
    axes: Axes, plan: Plan, against: str, colour: str, marker: str, size: float,
    hollow: bool = False,
) -> None:  # fmt: skip
    x, y = _place(plan, against)
    low, high = (100.0 * end for end in plan.interval)
    across = None
    if against == "cost":
        across = [[x - plan.cost_interval[0]], [plan.cost_interval[1] - x]]
    axes.errorbar(
        [x], [y], yerr=[[max(0.0, y - low)], [max(0.0, high - y)]], xerr=across, color=colour,
        marker=marker, ms=size, mfc="white" if hollow else colour, mec=colour, mew=1.4,
        elinewidth=1.1, capsize=2.5, ecolor=colour, zorder=4, ls="none",
    )  # fmt: skip


def _dress(axes: Axes, frontier: Frontier, against: str) -> None:
    axes.set_title(
        f"Chance of {frontier.goal.text}: {frontier.scenario.title}",
        loc="left", fontsize=LARGE - 1, color=INK, weight="bold", pad=22,
    )  # fmt: skip
    axes.set_xlabel(AXES[against], fontsize=TEXT, color=FAINT, loc="right", labelpad=4)
    axes.set_ylabel("futures that meet the goal, %", fontsize=TEXT, color=FAINT, loc="top")
    axes.tick_params(labelsize=TEXT, colors=FAINT, length=0)
    axes.set_ylim(-9.0, 108.0)
    axes.set_yticks(range(0, 101, 20))
    axes.grid(axis="y", color=GRID, lw=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    if against == "cost":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _money(value)))
    bound = _bound(frontier, against)
    if bound is not None:
        words = f"budget {dollars(bound)}" if against == "cost" else f"at most {bound:g}"
        axes.axvline(bound, color=BEST, lw=1.2, ls=(0, (5, 3)), zorder=1)
        axes.annotate(
            words, (bound, 1.0), xycoords=axes.get_xaxis_transform(), xytext=(0, 2),
            textcoords="offset points", ha="center", va="bottom", fontsize=SMALL, color=BEST,
        )  # fmt: skip
    axes.margins(x=0.09)


def _bound(frontier: Frontier, against: str) -> float | None:
    return frontier.budget if against == "cost" else frontier.most_effort


def _money(value: float) -> str:
    size = abs(value)
    for limit, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size >= limit:
            return f"{value / limit:.4g} {letter}"
    return f"{value:.4g}"


# ------------------------------------------------------------------ labels that do not collide


def _label(axes: Axes, frontier: Frontier, others: list[Plan], against: str) -> None:
    """Write names at the points that have one, numbers at the rest, each where there is room."""
    named = [
        (frontier.best, f"best: {_count(frontier.best)}, {frontier.best.chance_words}", BEST),
        (frontier.today, "today", BESIDE),
        (frontier.without, "no programme", BESIDE),
    ]
    numbers = [(plan, str(len(plan.moves)), PLAN) for plan in others]
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]
    everything = [*others, frontier.best, frontier.today, frontier.without]
    taken = [_around(axes, _place(plan, against)) for plan in everything]
    taken += [_whisker(axes, plan, against) for plan in everything]
    bound = _bound(frontier, against)
    if bound is not None:
        x, _ = _at(axes, (bound, 0.0))
        taken.append((x - 1.5, -1e9, x + 1.5, 1e9))
    for plan, words, colour in named:
        _write(axes, _place(plan, against), words, colour, taken, must=True)
    for plan, words, colour in numbers:
        _write(axes, _place(plan, against), words, colour, taken, must=False)


def _count(plan: Plan) -> str:
    return "1 move" if len(plan.moves) == 1 else f"{len(plan.moves)} moves"


Box = tuple[float, float, float, float]  # left, bottom, right, top, in points


def _at(axes: Axes, place: tuple[float, float]) -> tuple[float, float]:
    x, y = axes.transData.transform(place)
    scale = 72.0 / axes.figure.dpi
    return x * scale, y * scale


def _around(axes: Axes, place: tuple[float, float], reach: float = 5.0) -> Box:
    x, y = _at(axes, place)
    return x - reach, y - reach, x + reach, y + reach


def _whisker(axes: Axes, plan: Plan, against: str) -> Box:
    x, _ = _place(plan, against)
    low, high = plan.interval
    left, bottom = _at(axes, (x, 100.0 * low))
    _, top = _at(axes, (x, 100.0 * high))
    return left - 2.0, bottom, left + 2.0, top


def _write(
    axes: Axes, place: tuple[float, float], words: str, colour: str, taken: list[Box], must: bool
) -> None:
    """Write beside a point: right, left, below or above, nearer or further off.

    Where there is no room a number is left out; a name is written all the same.
    """
    x, y = _at(axes, place)
    width, height = 0.56 * SMALL * len(words), 1.25 * SMALL
    left, right = (end * 72.0 / axes.figure.dpi for end in axes.bbox.intervalx)
    bottom, top = (end * 72.0 / axes.figure.dpi for end in axes.bbox.intervaly)
    for off in (8.0, 14.0, 22.0, 32.0, 44.0):
        for dx, dy in ((off, -off), (off, 0.0), (-off - width, -off), (off, off),
                       (-off - width, 0.0), (-off - width, off), (-width / 2, -off - height / 2),
                       (-width / 2, off + height / 2)):  # fmt: skip
            box = (x + dx, y + dy - height / 2, x + dx + width, y + dy + height / 2)
            inside = box[0] >= left and box[2] <= right + 4 and box[1] >= bottom and box[3] <= top
            if inside and not any(_overlap(box, other) for other in taken):
                _put(axes, place, words, colour, (dx, dy), taken, box)
                return
        if not must and off >= 14.0:
            return
    if must:
        _put(axes, place, words, colour, (8.0, 0.0), taken, (x + 8.0, y, x + 8.0 + width, y))


def _put(
    axes: Axes, place: tuple[float, float], words: str, colour: str,
    offset: tuple[float, float], taken: list[Box], box: Box,
) -> None:  # fmt: skip
    axes.annotate(
        words, place, xytext=offset, textcoords="offset points", ha="left", va="center",
        fontsize=SMALL, color=colour, zorder=6,
    )  # fmt: skip
    taken.append(box)


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _explain(figure: Figure, frontier: Frontier) -> None:
    """Say under the picture what the best plan is, and how to read it."""
    moves = "; ".join(f"{move.title} {move.step}" for move in frontier.best.moves)
    lines = [*wrap(f"Best plan: {moves}", LINE), *wrap(READING, LINE)]
    lines += wrap(f"{frontier.best.futures} futures that no plan was chosen by.", LINE)
    figure.supxlabel(
        "\n".join(lines), x=0.01, ha="left", fontsize=SMALL, color=FAINT, linespacing=1.4
    )
