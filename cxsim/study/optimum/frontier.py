"""What a search found: the plans that no other one beats, the best of them, and today's."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.explain.goals import Goal
from cxsim.results import write_text
from cxsim.scenario import Scenario
from cxsim.study.optimum.evaluation import Luck
from cxsim.study.optimum.plans import Move, Plan, dollars, percent

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Rows = list[tuple[str, ...]]
HONEST = (
    "Money is what the model charges: staff, week by week, and a convinced board grants more of "
    "it than was planned. All other levers are free there, but take the time and the will of "
    "leaders: that is the effort, 1 for a lever's way from its poor to its good end."
)


NOTICEABLE = 0.05  # of chance; by less, other futures could turn the order round


@dataclass(frozen=True)
class Frontier:
    """Chance against cost and effort, on luck that no plan was chosen by.

    Attributes
    ----------
    goal : Goal
    scenario : Scenario
        As it is today.
    budget, most_effort : float or None
        The bounds that were given.
    plans : tuple of Plan
        Those that no other one beats in chance, cost and effort at once, from the cheapest up;
        the best one among them, and some beyond the bounds to show what more would buy.
    best : Plan
        The best chance within the bounds, without the moves that make no difference; each of the
        others says what it is worth.
    today, without : Plan
        The programme as it is, and none at all.
    too_good : float or None
        By how much the search's own chances were higher, on average over the plans it found.
    tried : int
        Different plans that were tried.
    searched, fixed : tuple of str
        Levers that could move, and those of a group that stay because events set them.
    lucks : tuple of Luck
        Seeds and futures of the search, of choosing and shortening, and of what is reported.
    evaluations : int
        Plans that were run for this answer rather than remembered.
    """

    goal: Goal
    scenario: Scenario
    budget: float | None
    most_effort: float | None
    plans: tuple[Plan, ...]
    best: Plan
    today: Plan
    without: Plan
    too_good: float | None
    tried: int
    searched: tuple[str, ...]
    fixed: tuple[str, ...]
    lucks: tuple[Luck, ...]
    evaluations: int

    def frame(self) -> pd.DataFrame:
        """Return one row per plan: the unbeaten ones, then today's and none at all.

        Columns: plan ("best", "", "today", "no programme"), chance, chance_low, chance_high,
        futures, cost, cost_low, cost_high (USD), effort (spans), moves (number), within,
        searched (the search's own chance, NaN where it saw none), and one column per lever that
        may move.
        """
        import pandas as pd

        frame = pd.DataFrame([self._row(name, plan) for name, plan in self._named()])
        return frame.astype({"searched": float})

    def _named(self) -> list[tuple[str, Plan]]:
        plans = [("best" if plan is self.best else "", plan) for plan in self.plans]
        return [*plans, ("today", self.today), ("no programme", self.without)]

    def _row(self, name: str, plan: Plan) -> dict[str, Any]:
        low, high = plan.interval
        cost_low, cost_high = plan.cost_interval
        return {
            "plan": name,
            "chance": plan.chance,
            "chance_low": low,
            "chance_high": high,
            "futures": plan.futures,
            "cost": plan.cost,
            "cost_low": cost_low,
            "cost_high": cost_high,
            "effort": plan.effort,
            "moves": len(plan.moves),
            "within": plan.within,
            "searched": plan.searched,
            **{lever: plan.scenario.levers[lever] for lever in self.searched},
        }

    # --- words ---------------------------------------------------------------------------

    def sentence(self) -> str:
        """Return the answer in one sentence."""
        bound = "" if self.budget is None else f"Within {dollars(self.budget)}, "
        if not self.best.moves:
            return (
                f"No plan within the bounds does better than today's: {self.goal.text} in "
                f"{self.today.chance_words} of the futures for {self.today.cost_words}."
            )
        count = len(self.best.moves)
        moves = "1 move brings" if count == 1 else f"{count} moves bring"
        text = (
            f"{bound}{moves} the chance of {self.goal.text} to {self.best.chance_words} for "
            f"{self.best.cost_words} and an effort of {self.best.effort:.1f}; today it is "
            f"{percent(self.today.chance)} for {self.today.cost_words}, without a programme "
            f"{percent(self.without.chance)}."
        )
        return text[0].upper() + text[1:]

    def table(self) -> str:
        """Return the best plan move by move, and the frontier, as text."""
        moves: Rows = [
            ("Move", "from -> to", "effort", "chance lost without it", "cost without it")
        ]
        moves += [_move_row(move) for move in self.best.moves]
        rows: Rows = [("", "chance, %", "cost", "effort", "moves", "")]
        rows += [_plan_row(name, plan) for name, plan in self._named()]
        return f"{_columns(moves)}\n\n{_columns(rows)}"

    def notes(self) -> list[str]:
        """Return what has to be known to read the numbers."""
        first, second, last = self.lucks
        notes = [HONEST]
        if self.too_good is not None:
            notes.append(
                f"The numbers are from {last.replicates} futures that no plan was chosen by. The "
                f"search's own, from {first.replicates}, were {_too_high(self.too_good)}."
            )
        notes.append(
            "Moves that make no difference were taken back: without all of them the plan lost at "
            f"most 2 points of chance, and no more than luck explains, in {second.replicates} "
            "futures. Plans whose intervals overlap may be equally good: take the shorter one."
        )
        better = [plan for plan in self.plans if plan.within and self._beats_best(plan)]
        if better:
            other = max(better, key=lambda plan: plan.chance)
            notes.append(
                f"Another plan within the bounds did better in these futures: {other.chance_words} "
                f"for {other.cost_words}. The best one was chosen in {second.replicates} other "
                "futures, or luck would have chosen; more of them (--replicates, --fresh) tell the "
                "two apart."
            )
        if self.fixed:
            notes.append(f"Not moved, since events set them: {', '.join(self.fixed)}.")
        return notes

    def _beats_best(self, plan: Plan) -> bool:
        return plan.chance > self.best.chance + NOTICEABLE

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values, for JSON."""
        return {
            "goal": self.goal.text,
            "scenario": self.scenario.name,
            "budget": self.budget,
            "most_effort": self.most_effort,
            "sentence": self.sentence(),
            "best": {
                **self._row("best", self.best),
                "moves": [_as_dict(m) for m in self.best.moves],
            },
            "plans": [self._row(name, plan) for name, plan in self._named()],
            "too_good": self.too_good,
            "tried": self.tried,
            "searched": list(self.searched),
            "fixed": list(self.fixed),
            "notes": self.notes(),
        }

    # --- files ---------------------------------------------------------------------------

    def figure(self, against: str = "cost") -> Figure:
        """Draw chance against "cost" or "effort".

        Raises
        ------
        CxsimError
            Neither of the two.
        """
        from cxsim.study.optimum.figure import frontier_figure

        return frontier_figure(self, against)

    def plan_scenario(self, plan: Plan | None = None, name: str | None = None) -> Scenario:
        """Return a plan (the best one by default) as a scenario of its own, without signs."""
        plan = plan or self.best
        title = f"{self.scenario.title} (plan for {self.goal.text})"
        name = name or f"{self.scenario.name}_plan"
        return replace(plan.scenario, name=name, title=title, mode=None, signs=())

    def save(
        self, folder: str | os.PathLike[str], formats: Iterable[str] = ("png", "svg")
    ) -> list[Path]:
        """Write frontier.csv, figure.png, figure.svg and the best plan as a scenario file.

        Returns
        -------
        list of Path
            The files; ``cxsim run`` reads the one that ends in .toml.

        Raises
        ------
        CxsimError
            A file that cannot be written.
        """
        from cxsim import figures

        home = Path(folder)
        scenario = self.plan_scenario()
        files = [home / "frontier.csv", home / f"{scenario.name}.toml"]
        frame = self.frame()
        texts = [frame.to_csv(index=False, lineterminator="\n"), scenario.to_toml()]
        for path, text in zip(files, texts, strict=True):
            write_text(path, text)
        return [*files, *figures.save_figure(self.figure(), home / "figure", formats)]


def _too_high(by: float) -> str:
    if by < 0.0005:
        return "not too high on average"
    return f"{100 * by:.1f} points of chance too high on average"


def _as_dict(move: Move) -> dict[str, Any]:
    worth = move.worth or (None, None, None)
    return {
        "lever": move.name,
        "title": move.title,
        "before": move.before,
        "after": move.after,
        "way": move.way,
        "chance_lost_without": worth[0],
        "low": worth[1],
        "high": worth[2],
        "costs_more_without": move.saves,
    }


def _move_row(move: Move) -> tuple[str, ...]:
    way = "in the money" if move.paid else f"{move.way:.2f}"
    lost, costs = "", ""
    if move.worth is not None and move.saves is not None:
        middle, low, high = (100 * part for part in move.worth)
        lost = f"{middle:.0f} points ({low:.0f} to {high:.0f})".replace("-0 ", "0 ").replace(
            "-0)", "0)"
        )
        costs = f"{dollars(move.saves, sign=True)}"
    return f"{move.title} ({move.name})", move.step, way, lost, costs


def _plan_row(name: str, plan: Plan) -> tuple[str, ...]:
    low, high = plan.interval
    chance = f"{100 * plan.chance:.0f} ({100 * low:.0f} to {100 * high:.0f})"
    said = name or ("" if plan.within else "beyond the bounds")
    return said, chance, plan.cost_words, f"{plan.effort:.1f}", str(len(plan.moves)), _short(plan)


def _short(plan: Plan) -> str:
    words = plan.moves_words if plan.moves else ""
    return words if len(words) <= 70 else f"{words[:67].rpartition(',')[0]}, ..."


def _columns(rows: Rows) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)
