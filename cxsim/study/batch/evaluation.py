"""From the settings of a point to finished runs, one replicate after the other.

Threads and the worker processes of a cluster do the same here, so their numbers are the same.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim import engine, parameters
from cxsim.errors import CxsimError
from cxsim.explain.sustaining import QUIET, stopped, surviving, sustains
from cxsim.measures import Measure, parse
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.series import OUTCOMES
from cxsim.state import Record
from cxsim.study.batch.recipe import Model, Recipe
from cxsim.study.batch.run import Run, failed
from cxsim.study.design import Design

SURVIVING, SUSTAINING = "share_surviving", "self_sustaining"
BASELINE_BYTES = 64 * 2**20  # kept for points that share the company without a programme

Evaluate = Callable[[Mapping[str, Any], Iterable[int]], Iterator[Run]]


def evaluator(design: Design, recipe: Recipe, model: Model | None = None) -> Evaluate:
    """Return what gives the runs of a point: (settings, replicates) -> runs, one by one.

    What goes wrong at a point is told by its runs and raises nothing.
    """
    return Company(design, recipe) if model is None else Function(model, recipe)


class Function:
    """Runs of a function of the user's own."""

    def __init__(self, model: Model, recipe: Recipe) -> None:
        self.model, self.recipe = model, recipe

    def __call__(self, settings: Mapping[str, Any], replicates: Iterable[int]) -> Iterator[Run]:
        """Give one run after the other."""
        for replicate in replicates:
            try:
                found = self.model(dict(settings), self.recipe.seed, replicate)
                lacking = [name for name in self.recipe.outcomes if name not in found]
                if lacking:
                    raise CxsimError(f"the function gives no {lacking[0]!r}")
                numbers = [float(found[name]) for name in self.recipe.outcomes]
                run = Run(replicate, np.array(numbers, float))
            except CxsimError as error:
                run = failed(replicate, len(self.recipe.outcomes), error)
            except (Exception, SystemExit) as error:  # whatever the user's function may raise
                told = CxsimError(f"{type(error).__name__}: {error}")
                run = failed(replicate, len(self.recipe.outcomes), told)
            yield run


@dataclass(frozen=True)
class Point:
    """A point of a design, ready to run.

    Attributes
    ----------
    scenario, prepared
    quiet : Prepared or None
        The same company with its programme taken away in the recipe's week.
    reference : str
        Points with the same one have the same company without a programme.
    """

    scenario: Scenario
    prepared: engine.Prepared
    quiet: engine.Prepared | None
    reference: str


class Company(threading.local):
    """Runs of the company; each thread that uses it has its own room and its own point."""

    def __init__(self, design: Design, recipe: Recipe) -> None:
        self.design, self.recipe = design, recipe
        self.measures: dict[str, Measure] = {n: parse(text) for n, text in recipe.measures}
        self.kept = (*recipe.outcomes, *recipe.series)
        self.money = any(_needs_baseline(name, self.measures) for name in self.kept)
        self.surviving = {SURVIVING, SUSTAINING} & set(recipe.outcomes)
        self.rooms = (engine.Room(), engine.Room())
        self.last: tuple[str, Point] | None = None
        self.other: tuple[str, engine.Prepared] | None = None
        self.baselines = _BASELINES

    def __call__(self, settings: Mapping[str, Any], replicates: Iterable[int]) -> Iterator[Run]:
        """Give one run after the other."""
        count = len(self.recipe.outcomes)
        for replicate in replicates:
            try:
                yield self._run(self._point(settings), replicate)
            except (CxsimError, ArithmeticError, ValueError, MemoryError) as error:
                yield failed(replicate, count, error)

    def _point(self, settings: Mapping[str, Any]) -> Point:
        """Return a point ready to run; the one asked for last is at hand."""
        name = json.dumps(sorted(settings.items()))
        if self.last is None or self.last[0] != name:
            self.last = (name, self._prepared(settings))
        return self.last[1]

    def _prepared(self, settings: Mapping[str, Any]) -> Point:
        scenario = self.design.scenario_at(settings)
        quiet = None
        if self.surviving and self.recipe.withdraw is not None:
            quiet = engine.prepare(stopped(scenario, self.recipe.withdraw))
        reference = json.dumps([self.recipe.base, self.recipe.seed, _of_baseline(settings)])
        return Point(scenario, engine.prepare(scenario), quiet, reference)

    def _run(self, point: Point, replicate: int) -> Run:
        record, surviving = self._lived(point, replicate)
        baseline = self._baseline(point, replicate) if self.money else None
        one = Ensemble(point.scenario, self.recipe.seed, _as_one(record), baseline)
        numbers = [self._number(name, one, surviving) for name in self.recipe.outcomes]
        weekly = None
        if self.recipe.series:
            weekly = np.stack([one.series(name)[0] for name in self.recipe.series], axis=1)
        return Run(replicate, np.array(numbers, float), weekly)

    def _lived(self, point: Point, replicate: int) -> tuple[Record, dict[str, float]]:
        """Return the record of a replicate, and what survives the end of all support."""
        room, other = self.rooms
        prepared, seed = point.prepared, self.recipe.seed
        one = room.begin(prepared, seed, replicate)
        week = self.recipe.withdraw
        if point.quiet is None or week is None:
            return room.live(one, prepared, prepared.weeks).record, {}
        if week <= prepared.weeks:
            one = room.live(one, prepared, week)
            left = other.take(one, point.quiet)
            record = room.live(one, prepared, prepared.weeks).record
        else:  # the support outlasts the weeks that one looks at
            record = room.live(one, prepared, prepared.weeks).record
            left = other.begin(point.quiet, seed, replicate)
        end = other.live(left, point.quiet, week + QUIET).record.company["adoption"]
        return record, _survival(end[week - 1], end[-1])

    def _baseline(self, point: Point, replicate: int) -> np.ndarray:
        """Return what the company earns without a programme, shape (1, weeks)."""
        key = (point.reference, replicate)
        known = self.baselines.find(key)
        if known is None:
            prepared = self._without(point)
            one = self.rooms[0].begin(prepared, self.recipe.seed, replicate)
            lived = self.rooms[0].live(one, prepared, prepared.weeks)
            known = lived.record.company["contribution"].copy()
            self.baselines.keep(key, known)
        return known[None, :]

    def _without(self, point: Point) -> engine.Prepared:
        """Return the company without a programme; the one asked for last is at hand."""
        if self.other is None or self.other[0] != point.reference:
            other = engine.prepare(point.scenario.without_programme())
            self.other = (point.reference, other)
        return self.other[1]

    def _number(self, name: str, one: Ensemble, surviving: Mapping[str, float]) -> float:
        if name in surviving:
            return surviving[name]
        if name in self.measures:
            return float(self.measures[name].of(one)[0])
        return float(one.outcome(name)[0])


def _as_one(record: Record) -> Record:
    """Return a record with an axis of one replicate in front."""
    return Record(*(part[None] for part in record))


def _survival(before: np.ndarray, left: np.ndarray) -> dict[str, float]:
    return {SURVIVING: float(surviving(before, left)), SUSTAINING: float(sustains(before, left))}


def _needs_baseline(name: str, measures: Mapping[str, Measure]) -> bool:
    """Return whether a number compares with the company without a programme."""
    if name in measures:
        return "net_value" in measures[name].text
    return name == "net_value" or (name in OUTCOMES and OUTCOMES[name].money)


def _of_baseline(settings: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the settings that a company without a programme depends on."""
    levers = parameters.registry().levers
    programme = {name for name, lever in levers.items() if not _of_operations(lever)}
    return sorted(
        (name, value)
        for name, value in settings.items()
        if name not in programme and name not in parameters.GROUPS
    )


def _of_operations(lever: parameters.Parameter) -> bool:
    """Return whether a lever works on without a programme."""
    return lever.group == "operations" and lever.off is None


class _Baselines:
    """Weekly contributions, those not asked for longest go first; shared by all threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], np.ndarray] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def find(self, key: tuple[str, int]) -> np.ndarray | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: tuple[str, int], contribution: np.ndarray) -> None:
        with self._lock:
            if key not in self._kept:
                self._bytes += contribution.nbytes
            self._kept[key] = contribution
            while self._bytes > BASELINE_BYTES:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes


_BASELINES = _Baselines()
