"""Runs the model at many points around its defaults and works out what its results rest on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass

import numpy as np

import cxsim
from cxsim import engine, parameters
from cxsim.cores import available_cores
from cxsim.explain.sustaining import QUIET, share_surviving, stopped
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.scenario_file import load
from cxsim.state import Record
from cxsim.study.sensitivity import (
    GROUPS,
    Answer,
    Effect,
    Factor,
    Findings,
    Share,
    factors,
    left_out,
    with_what_follows,
)
from cxsim.study.sensitivity_indices import decompose, screen

STOP = 104  # week in which the programme is taken away, for the third outcome
LABELS = {
    "adoption": f"Adoption after {STOP + QUIET} weeks",
    "churn_yearly": "Churn, last half-year",
    "share_surviving": "Adoption that survives a stop",
}
FEW = 10  # factors that are looked at more closely
TOWARDS = 0.3  # of the way from the typical programme to the one with everything in place

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Effort:
    """How much to compute.

    Attributes
    ----------
    trajectories : int
        Of the screening; each one takes a point more than there are factors.
    samples, group_samples : int
        Of the closer look, and of the division among groups; powers of two.
    replicates : int
        Futures per point, the same luck at every point.
    seed : int
    """

    trajectories: int = 16
    samples: int = 512
    group_samples: int = 256
    replicates: int = 3
    seed: int = 1


QUICK = Effort(trajectories=2, samples=8, group_samples=8, replicates=1)


def halfway() -> Scenario:
    """Return a programme between `typical` and `orchestrated`, whose fate is open.

    Adoption is neither dead nor complete, so that every factor can move it both ways.
    """
    poor, good = load("typical"), load("orchestrated")
    levers = {}
    for name, lever in parameters.registry().levers.items():
        levers[name] = poor.levers[name]
        if lever.type in ("number", "integer"):
            levers[name] += TOWARDS * (good.levers[name] - poor.levers[name])
        if lever.type == "integer":
            levers[name] = round(levers[name])
    return Scenario("halfway", "Between typical and orchestrated", levers=levers)


def outcomes(scenario: Scenario, quiet: Scenario, replicates: int, seed: int) -> np.ndarray:
    """Return the outcomes in `LABELS` of some futures, shape (replicates, outcomes).

    Parameters
    ----------
    scenario, quiet : Scenario
        A programme that goes on for `STOP + QUIET` weeks, and the same one stopped in week `STOP`.
        The weeks before the stop pass once for both.
    """
    plans = [engine.prepare(each) for each in (scenario, quiet)]
    records: list[list[Record]] = [[], []]
    for replicate in range(replicates):
        middle = engine.advance(engine.begin(plans[0], seed, replicate), plans[0], STOP)
        for plan, kept in zip(plans, records, strict=True):
            kept.append(engine.advance(middle, plan, STOP + QUIET).record)
    stayed, taken = (
        Ensemble(each, seed, Record(*map(np.stack, zip(*kept, strict=True))))
        for each, kept in zip((scenario, quiet), records, strict=True)
    )
    # Where nobody practised there is nothing that could survive.
    survives = np.nan_to_num(share_surviving(taken, STOP), nan=0.0)
    return np.stack([stayed.outcome("adoption"), stayed.outcome("churn_yearly"), survives], axis=1)


def evaluate(
    scenario: Scenario,
    varied: Sequence[Factor],
    points: np.ndarray,
    effort: Effort,
    progress: Progress | None = None,
) -> np.ndarray:
    """Return the outcomes at many points, shape (points, replicates, outcomes).

    Parameters
    ----------
    varied : sequence of Factor
    points : array, shape (points, factors)
        Positions between the ends of each factor, 0..1. All other numbers are the scenario's.
    progress : callable, optional
        Called with the points done and their total.
    """
    found = np.zeros((len(points), effort.replicates, len(LABELS)))
    scenario = scenario.with_weeks(STOP + QUIET)
    quiet = stopped(scenario, STOP, QUIET)

    def one(number: int) -> None:
        positions = zip(varied, points[number], strict=True)
        settings = {factor.name: factor.at(position) for factor, position in positions}
        settings = with_what_follows(settings, scenario)
        found[number] = outcomes(
            scenario.with_settings(settings),
            quiet.with_settings(settings),
            effort.replicates,
            effort.seed,
        )

    with ThreadPoolExecutor(available_cores(), thread_name_prefix="cxsim") as pool:
        try:
            futures = [pool.submit(one, number) for number in range(len(points))]
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                if progress is not None:
                    progress(done, len(points))
        except BaseException:
            pool.shutdown(cancel_futures=True)  # Ctrl-C, or an error: what has not begun does not
            raise
    return found


def investigate(
    scenario: Scenario,
    effort: Effort,
    progress: Callable[[str, int, int], None] | None = None,
    varied: Sequence[Factor] | None = None,
) -> Findings:
    """Find what the outcomes of a scenario rest on.

    Parameters
    ----------
    progress : callable, optional
        Called with the part of the work, and the points done of it and in all.
    varied : sequence of Factor, optional
        Everything in `factors()` by default.

    Raises
    ------
    CxsimError
        An outcome is not a number at some point, or is the same at all.
    """
    varied = tuple(factors() if varied is None else varied)
    work = _Work(scenario, effort, progress)
    at_defaults = work.run("defaults", varied, np.array([[f.position for f in varied]]))[0]
    screened = screen(
        [f.name for f in varied],
        lambda points: work.run("screening", varied, points).mean(axis=1),
        effort.trajectories,
        effort.seed,
    )
    few = [factor for factor in varied if factor.name in that_matter(screened, FEW)]
    shares, of_few = decompose(
        [f.name for f in few],
        lambda points: work.run("the few that matter", few, points).mean(axis=1),
        effort.samples,
        effort.seed,
    )
    every: list[np.ndarray] = []

    def whole(points: np.ndarray) -> np.ndarray:
        every.append(work.run("groups", varied, points))
        return every[0].mean(axis=1)

    groups, of_all = decompose(
        [f.name for f in varied],
        whole,
        effort.group_samples,
        effort.seed,
        [f.group for f in varied],
    )
    found = Points(at_defaults.mean(axis=0), of_all, of_few, every[0])
    answers = [
        _answer(number, name, found, (screened[number], shares[number], groups[number]))
        for number, name in enumerate(LABELS)
    ]
    made = {
        "cxsim": cxsim.__version__,
        "scenario": scenario.title,
        "hash": scenario.hash,
        "employees": scenario.organisation["employees"],
        "customers": scenario.market["customers"],
        **asdict(effort),
        "points": work.done,
        "factors": {group: sum(f.group == group for f in varied) for group in GROUPS},
    }
    return Findings(made, varied, left_out(), {answer.name: answer for answer in answers})


class _Work:
    """Runs points of one investigation and counts them."""

    def __init__(
        self,
        scenario: Scenario,
        effort: Effort,
        progress: Callable[[str, int, int], None] | None,
    ) -> None:
        self.scenario, self.effort, self.progress = scenario, effort, progress
        self.done = 0

    def run(self, part: str, varied: Sequence[Factor], points: np.ndarray) -> np.ndarray:
        def report(done: int, total: int) -> None:
            if self.progress is not None:
                self.progress(part, done, total)

        self.done += len(points)
        return evaluate(self.scenario, varied, points, self.effort, report)


def that_matter(screened: Sequence[Sequence[Effect]], most: int) -> list[str]:
    """Return the names of the factors whose effect is greatest beside the greatest one.

    Each outcome has its own unit, so an effect counts as a share of the greatest effect on the
    same outcome, and a factor by the outcome that it matters most for.
    """
    weight: dict[str, float] = {}
    for effects in screened:
        greatest = max(effect.size for effect in effects) or 1.0
        for effect in effects:
            weight[effect.name] = max(weight.get(effect.name, 0.0), effect.size / greatest)
    return sorted(weight, key=lambda name: -weight[name])[:most]


@dataclass(frozen=True)
class Points:
    """Outcomes at the points of an investigation, last axis the outcome.

    Attributes
    ----------
    at_defaults : array, shape (outcomes,)
    of_all, of_few : array, shape (points, outcomes)
        Every factor varied independently, or only those that matter.
    futures : array, shape (points, replicates, outcomes)
        Behind `of_all`.
    """

    at_defaults: np.ndarray
    of_all: np.ndarray
    of_few: np.ndarray
    futures: np.ndarray


def _answer(
    number: int,
    name: str,
    found: Points,
    indices: tuple[tuple[Effect, ...], tuple[Share, ...], tuple[Share, ...]],
) -> Answer:
    points = found.of_all[:, number]
    low, middle, high = np.quantile(points, (0.05, 0.5, 0.95))
    futures = found.futures[:, :, number]
    replicates = futures.shape[1]
    luck = float(futures.var(axis=1, ddof=1).mean()) if replicates > 1 else 0.0
    effects, shares, groups = indices
    return Answer(
        name=name,
        label=LABELS[name],
        at_defaults=float(found.at_defaults[number]),
        low=float(low),
        middle=float(middle),
        high=float(high),
        spread=float(points.std()),
        spread_of_few=float(found.of_few[:, number].std()),
        luck=luck**0.5,
        noise=luck / replicates / float(points.var()),
        effects=effects,
        shares=shares,
        groups=groups,
    )
