"""Looking for plans that nobody beats in chance, cost and effort at once: NSGA-II by optuna."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxsim.errors import CxsimError
from cxsim.study.optimum.evaluation import Judge, Luck, Reading
from cxsim.study.optimum.knobs import Board
from cxsim.study.optimum.starting import starts

if TYPE_CHECKING:
    from optuna.trial import Trial

MISSING = "optimise needs the library optuna, which is not installed: pip install 'cxsim[analysis]'"
FEWEST, MOST = 8, 40  # plans of a generation
GENERATIONS = 8  # what a search should be able to afford
STARTS = 0.5  # part of the trials that may be given, the rest is found


@dataclass(frozen=True)
class Bounds:
    """What a plan may take.

    Attributes
    ----------
    budget, effort : float or None
        In USD over the horizon; in spans of the free levers together.
    """

    budget: float | None = None
    effort: float | None = None

    def allow(self, cost: float, effort: float) -> bool:
        """Tell whether a plan keeps to both bounds."""
        paid = self.budget is None or cost <= self.budget
        return paid and (self.effort is None or effort <= self.effort + 1e-9)


@dataclass(frozen=True)
class Candidate:
    """A plan that was tried."""

    moves: dict[str, float]
    effort: float
    reading: Reading

    @property
    def key(self) -> tuple[tuple[str, float], ...]:
        """The moves, as something that can be looked up."""
        return tuple(self.moves.items())


def search(
    table: Board, judge: Judge, luck: Luck, bounds: Bounds, trials: int, seed: int
) -> list[Candidate]:
    """Try plans and return all different ones, in the order of their first trial.

    The sampler is seeded and is told the answers of a whole generation at once, in the order of
    the questions, so that the same plans come up whatever the number of threads.

    Raises
    ------
    CxsimError
        optuna is not installed.
    """
    try:
        import optuna
    except ImportError:
        raise CxsimError(MISSING) from None
    size = max(FEWEST, min(MOST, trials // GENERATIONS))
    tried: dict[tuple[tuple[str, float], ...], Candidate] = {}
    with _quiet(optuna):
        study = optuna.create_study(
            sampler=optuna.samplers.NSGAIISampler(population_size=size, seed=seed),
            directions=["maximize", "minimize", "minimize"],
        )
        for moves in starts(table, bounds.budget)[: max(1, int(trials * STARTS))]:
            study.enqueue_trial(_genes(table, moves))
        for first in range(0, trials, size):
            asked = [study.ask() for _ in range(min(size, trials - first))]
            plans = [_suggested(trial, table) for trial in asked]
            answers = judge.read([table.scenario_at(moves) for moves in plans], luck)
            for trial, moves, reading in zip(asked, plans, answers, strict=True):
                candidate = Candidate(moves, table.effort(moves), reading)
                tried.setdefault(candidate.key, candidate)
                _constrain(trial, candidate, bounds)
                study.tell(trial, [reading.score, reading.cost, candidate.effort])
    return list(tried.values())


def _genes(table: Board, moves: dict[str, float]) -> dict[str, Any]:
    """Return a plan as the sampler knows it: whether each lever moves, and where to."""
    genes: dict[str, Any] = {}
    for knob in table.knobs:
        value = moves.get(knob.name, knob.good if knob.good is not None else knob.today)
        near = min(range(len(knob.values)), key=lambda n: abs(knob.values[n] - value))
        genes |= {f"move {knob.name}": knob.name in moves, f"to {knob.name}": near}
    return genes


def _suggested(trial: Trial, table: Board) -> dict[str, float]:
    """Return the moves of a plan; whether a lever moves at all is a question of its own.

    If it were not, hardly any plan would leave a lever where it is, and no plan would be short.
    """
    settings = {}
    for knob in table.knobs:
        moves = trial.suggest_categorical(f"move {knob.name}", [False, True])
        place = trial.suggest_int(f"to {knob.name}", 0, len(knob.values) - 1)
        if moves:
            settings[knob.name] = knob.values[place]
    return table.moved(settings)


def _constrain(trial: Trial, candidate: Candidate, bounds: Bounds) -> None:
    """Tell how far a plan is beyond the bounds, as shares of them; not above 0 is within."""
    if bounds.budget is not None:
        trial.set_constraint("budget", candidate.reading.cost / bounds.budget - 1.0)
    if bounds.effort is not None:
        trial.set_constraint("effort", (candidate.effort - bounds.effort) / (bounds.effort + 1.0))


@contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Keep optuna's log and warnings from the terminal, and leave its settings as they were."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)


# ------------------------------------------------------------------ who is beaten by nobody


def front(candidates: Sequence[Candidate], against: str) -> list[Candidate]:
    """Return the plans with a higher chance than all that cost less ("cost") or ask less.

    Parameters
    ----------
    candidates : sequence of Candidate
    against : str
        "cost" or "effort".

    Returns
    -------
    list of Candidate
        From the cheapest up, each with a higher chance than the one before; none without any.
    """

    def price(candidate: Candidate) -> tuple[float, float, float]:
        cost, effort = candidate.reading.cost, candidate.effort
        first, second = (cost, effort) if against == "cost" else (effort, cost)
        return first, -candidate.reading.chance, second

    found, best = [], 0.0
    for candidate in sorted(candidates, key=price):
        if candidate.reading.chance > best:
            found.append(candidate)
            best = candidate.reading.chance
    return found


def thinned(candidates: list[Candidate], most: int) -> list[Candidate]:
    """Return at most so many, evenly, both ends among them."""
    if len(candidates) <= most:
        return candidates
    places = {round(n * (len(candidates) - 1) / (most - 1)) for n in range(most)}
    return [candidates[place] for place in sorted(places)]
