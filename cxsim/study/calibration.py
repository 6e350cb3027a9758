"""Hold the model against all published patterns at once.

Never against one curve: an ensemble of random firms, some experiments on single mechanisms and the
promises of the bundled scenarios count together. The same firms and the same luck serve every set
of coefficients, so a difference between two sets is the coefficients' own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from math import isfinite

import numpy as np

from cxsim import engine, parameters
from cxsim.cores import available_cores
from cxsim.errors import CxsimError
from cxsim.explain.sustaining import stopped
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.study.firms import ages, mean_quality, random_firms
from cxsim.study.mechanisms import EXPERIMENTS
from cxsim.study.observations import Columns, observe
from cxsim.study.patterns import Pattern, patterns

FIRMS = 400  # a share of .2 among them has a standard error of .02
RIGOROUS = 0.25  # firms that do everything well, for each random firm
DO_WELL = 0.75  # every practice at least as good as in this part of the random firms
BUNDLED = 2  # replicates of each bundled scenario
BUNDLED_CUSTOMERS = 600  # the promises are about employees

# Their people practise as elsewhere, or nearly so: these fail by seeing too late, by asking the
# wrong customers, in one house, at the hand-offs, or at each weak quarter.
FAIL_ELSEWHERE = ("FM09", "FM13", "FM19", "FM21", "FM22")
BASELINES = ("orchestrated", "typical", "no_programme")
HALF_BY = 130  # week
STOPPED = ((39, 0.0, 0.6), (104, 0.8, 1.2))  # end of the programme, and what may be left
FAILURE_LIMIT = 0.6  # of the orchestrated programme's adoption
PROMISE_TOLERANCE = 0.1  # what a broken promise is measured in
PROMISE_WEIGHT = 0.25  # beside a published pattern: levers of a scenario can be moved, figures not

INSIDE = 0.3  # weight of an error within the published uncertainty
QUADRATIC = 3.0  # errors beyond it count quadratically up to here, then linearly
WORST = 20.0  # what a pattern can cost at most
INNOVATORS = 1.96  # standard deviations below the mean threshold; E1.19
LEAST_INNOVATOR = 0.021  # just above the lowest threshold that anybody can have

# They shape the formal organisation or the line to the chief executive, not the weekly rules alone.
BUILT_IN = ("line_fidelity", "layer_fidelity", "upward_fidelity")

Coefficients = Mapping[str, float]


# --- evaluation -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cohort:
    """The firms that every set of coefficients is tried on, and their luck.

    Attributes
    ----------
    samples : tuple of (name, tuple of Scenario)
        Random firms, approved projects, and firms that do everything well.
    seed : int
    """

    samples: tuple[tuple[str, tuple[Scenario, ...]], ...]
    seed: int

    @classmethod
    def draw(cls, count: int = FIRMS, seed: int = 1) -> Cohort:
        """Draw `count` random firms, as many projects and a quarter as many rigorous firms."""
        few = max(1, round(RIGOROUS * count))
        samples = (
            ("firms", tuple(random_firms(count, seed))),
            ("projects", tuple(random_firms(count, seed + 1, approved=True))),
            ("rigorous", tuple(random_firms(few, seed + 2, DO_WELL))),
        )
        return cls(samples, seed)

    @cached_property
    def everybody(self) -> list[Scenario]:
        """All firms, sample by sample."""
        return [firm for _, firms in self.samples for firm in firms]

    @cached_property
    def prepared(self) -> list[engine.Prepared]:
        """All firms, ready to run with the default coefficients."""
        return [engine.prepare(firm) for firm in self.everybody]

    def observe(self, coefficients: Coefficients, threads: int | None = None) -> dict[str, Columns]:
        """Run every firm once with these coefficients and return what is seen of each sample."""

        def one(number: int) -> tuple[np.ndarray, np.ndarray]:
            prepared = self._changed(number, coefficients)
            record = engine.run_replicates(prepared, self.seed, 1, threads=1, first=number)
            assert record is not None  # nobody can cancel it
            return record.company[0], record.function[0]

        with ThreadPoolExecutor(threads or available_cores()) as pool:
            records = list(pool.map(one, range(len(self.prepared))))
        company, function = (np.stack(part) for part in zip(*records, strict=True))
        seen: dict[str, Columns] = {}
        first = 0
        for name, firms in self.samples:
            own = slice(first, first + len(firms))
            seen[name] = observe(firms, company[own], function[own], ages(len(firms), self.seed))
            first += len(firms)
        return seen

    def _changed(self, number: int, coefficients: Coefficients) -> engine.Prepared:
        """Return a firm with other coefficients; only those built into the firm rebuild it."""
        if any(name in coefficients for name in BUILT_IN):
            return engine.prepare(self.everybody[number].with_coefficients(coefficients))
        prepared = self.prepared[number]
        facts = prepared.plan.facts.copy()
        for name, value in coefficients.items():
            facts[name] = value
        return prepared._replace(plan=prepared.plan._replace(facts=facts))


@dataclass(frozen=True)
class Result:
    """A pattern beside what the model shows: the value and its error in half-widths."""

    pattern: Pattern
    value: float

    @property
    def error(self) -> float:
        """Distance from the target in half-widths of the published uncertainty."""
        return self.pattern.error(self.value)

    @property
    def hit(self) -> bool:
        """Whether the value lies within the published uncertainty."""
        return self.pattern.agrees(self.value)

    @property
    def cost(self) -> float:
        """Part of the loss."""
        return cost(self.error) if self.pattern.counted else 0.0


@dataclass(frozen=True)
class Promise:
    """Something that a bundled scenario's own words say of it."""

    says: str
    value: float
    low: float
    high: float

    @property
    def kept(self) -> bool:
        """Whether the scenario still shows it."""
        return self.low <= self.value <= self.high

    @property
    def cost(self) -> float:
        """Part of the loss: nothing while it is kept."""
        outside = max(0.0, self.low - self.value) + max(0.0, self.value - self.high)
        if outside == 0.0:
            return 0.0
        return PROMISE_WEIGHT * (cost(1.0 + outside / PROMISE_TOLERANCE) - INSIDE)


@dataclass(frozen=True)
class Evaluation:
    """How a set of coefficients does on everything at once."""

    results: tuple[Result, ...]
    promises: tuple[Promise, ...]
    observed: Mapping[str, Columns]

    @property
    def loss(self) -> float:
        """Sum of all costs."""
        return sum(r.cost for r in self.results) + sum(p.cost for p in self.promises)


def evaluate(
    coefficients: Coefficients,
    cohort: Cohort,
    bundled: int = BUNDLED,
    threads: int | None = None,
) -> Evaluation:
    """Compute every pattern, and the promises of the bundled scenarios.

    Parameters
    ----------
    coefficients : mapping
        Coefficients that differ from the registry's defaults.
    cohort : Cohort
        See `Cohort.draw`.
    bundled : int
        Replicates of each bundled scenario; 0 leaves them out.
    threads : int, optional
        All cores by default. The numbers do not depend on it.

    Raises
    ------
    CxsimError
        An unknown coefficient, or a value out of its range.
    """
    values = linked(clean(coefficients))
    observed = cohort.observe(values, threads)
    observed |= {name: experiment(values) for name, experiment in EXPERIMENTS.items()}
    results = tuple(Result(pattern, pattern.value(observed)) for pattern in patterns())
    return Evaluation(results, tuple(promises(values, bundled) if bundled else ()), observed)


def linked(coefficients: Coefficients) -> dict[str, float]:
    """Return the coefficients with those that follow from them, unless given themselves.

    Innovators are the 2.5 % with the lowest thresholds (E1.19), wherever the thresholds lie; and
    what a process of usual quality gives a customer stays what customers expect.
    """
    registry = parameters.registry()

    def value(name: str) -> float:
        return float(coefficients.get(name, registry.find(name).default))

    follow = {}
    if {"threshold_mean", "threshold_spread"} & coefficients.keys():
        lowest = value("threshold_mean") - INNOVATORS * value("threshold_spread")
        follow["innovator_threshold"] = max(LEAST_INNOVATOR, lowest)
    if "experience_quality" in coefficients:
        names = ("local_quality", "handoff_quality", "handoff_share")
        usual = mean_quality(*(registry.find(name).default for name in names))
        less = registry.find("experience_quality").default - value("experience_quality")
        follow["experience_base"] = max(0.0, value("experience_base") + less * usual)
    return {**follow, **coefficients}


def cost(error: float) -> float:
    """Return what an error costs: little within the published uncertainty, then ever more."""
    size = abs(error)
    if size <= 1.0:
        return INSIDE * size**2
    beyond = size - 1.0
    if beyond > QUADRATIC:
        return min(WORST, INSIDE + QUADRATIC * (2.0 * beyond - QUADRATIC))
    return INSIDE + beyond**2


def promises(coefficients: Coefficients, replicates: int = BUNDLED) -> list[Promise]:
    """Return what the bundled scenarios promise beside what they show, means over replicates."""
    names = [name for name in bundled() if _bundled(name).mode or name in BASELINES]
    adoption = {name: _adoption(name, coefficients, replicates) for name in names}
    well = adoption["orchestrated"]
    ends = {name: float(values[:, -1].mean()) for name, values in adoption.items()}
    peak = float(well[:, :HALF_BY].max(axis=1).mean())
    found = [
        Promise(f"orchestrated: adoption passes half before week {HALF_BY}", peak, 0.5, 1.0),
        Promise("typical: ends well below half", ends["typical"], 0.05, 0.5),
        Promise("no_programme: stays with a few", ends["no_programme"], 0.0, 0.1),
    ]
    best = max(ends["orchestrated"], 0.01)
    found += [
        Promise(f"{name}: adoption beside orchestrated", end / best, 0.0, FAILURE_LIMIT)
        for name, end in ends.items()
        if _bundled(name).mode and _bundled(name).mode not in FAIL_ELSEWHERE
    ]
    return [*found, *_sustaining(coefficients, replicates)]


def _sustaining(coefficients: Coefficients, replicates: int) -> list[Promise]:
    """Return what is left of the orchestrated company's adoption a year after its programme ends.

    Little when it ends before habits are formed, most of it when it ends late (E1.22, Repenning).
    """
    found = []
    for week, low, high in STOPPED:
        scenario = stopped(_bundled("orchestrated"), week).with_coefficients(coefficients)
        record = engine.run_replicates(engine.prepare(scenario), 1, replicates)
        assert record is not None  # nobody can cancel it
        adoption = record.company["adoption"]
        left = float((adoption[:, -1] / adoption[:, week - 1]).mean())
        found.append(Promise(f"orchestrated, ended in week {week}: adoption left", left, low, high))
    return found


def _adoption(name: str, coefficients: Coefficients, replicates: int) -> np.ndarray:
    prepared = engine.prepare(_bundled(name).with_coefficients(coefficients))
    record = engine.run_replicates(prepared, 1, replicates)
    assert record is not None  # nobody can cancel it
    return record.company["adoption"]


@cache
def _bundled(name: str) -> Scenario:
    scenario = load(name)
    return scenario.with_market(customers=min(BUNDLED_CUSTOMERS, scenario.market["customers"]))


def clean(coefficients: Coefficients) -> dict[str, float]:
    """Return the coefficients checked against the registry.

    Raises
    ------
    CxsimError
        An unknown name, one that is no coefficient, or a value out of its range.
    """
    checked = {}
    for name, value in coefficients.items():
        parameter = parameters.registry().find(name)
        if parameter.kind != "coefficients":
            raise CxsimError(f"{name}: belongs to [{parameter.kind}]; only coefficients are fitted")
        try:
            checked[name] = float(parameter.clean(float(value)))
        except CxsimError as error:
            raise CxsimError(f"{name}: {error}") from None
    return checked


# --- the table ------------------------------------------------------------------------------------

HEADINGS = ("Pattern", "Evidence", "Grade", "Unit", "Published", "Accepted",
            "Model (90 % interval)", "Error", "")  # fmt: skip


def report(evaluation: Evaluation) -> str:
    """Return all patterns and promises as Markdown, misses included.

    The error is in half-widths of the accepted interval: up to 1 is agreement.
    """
    counted = [result for result in evaluation.results if result.pattern.counted]
    hits = sum(result.hit for result in counted)
    kept = sum(promise.kept for promise in evaluation.promises)
    lines = [
        f"{hits} of {len(counted)} patterns hit, loss {evaluation.loss:.2f}.",
        "",
        *_table(HEADINGS, (_row(result, evaluation) for result in evaluation.results)),
    ]
    if evaluation.promises:
        rows = (
            (p.says, f"{p.low:g} to {p.high:g}", f"{p.value:.2f}", "kept" if p.kept else "BROKEN")
            for p in evaluation.promises
        )
        lines += ["", f"{kept} of {len(evaluation.promises)} promises of bundled scenarios kept.",
                  "", *_table(("Promise", "Range", "Model", ""), rows)]  # fmt: skip
    return "\n".join(lines)


def _row(result: Result, evaluation: Evaluation) -> tuple[str, ...]:
    pattern = result.pattern
    low, high = pattern.range_of(evaluation.observed)
    verdict = "hit" if result.hit else "MISS"
    percent = pattern.unit == "share"

    def text(value: float) -> str:
        if not isfinite(value):
            return "none"
        return f"{100.0 * value:.0f}" if percent else f"{value:.3g}"

    return (
        f"{pattern.id}: {pattern.statement}",
        ", ".join(pattern.evidence),
        pattern.grade,
        "%" if percent else pattern.unit,
        "-" if pattern.target is None else text(pattern.target),
        f"{text(pattern.low)} to {text(pattern.high)}",
        f"{text(result.value)} ({text(low)} to {text(high)})",
        f"{result.error:+.1f}" if isfinite(result.error) else "-",
        verdict if pattern.counted else f"({verdict}, not counted)",
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [headings, ["---"] * len(headings), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]
