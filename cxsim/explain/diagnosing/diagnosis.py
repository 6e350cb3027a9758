"""What went wrong? First the weekly numbers are read, then the cures are tried on the same run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.diagnosing.cures import Cure, Trial, cure_of, try_cures
from cxsim.explain.diagnosing.evidence import Evidence
from cxsim.explain.diagnosing.histories import Run, find_run
from cxsim.explain.diagnosing.likelihood import likelihoods, modes, span_of
from cxsim.explain.diagnosing.notes import NO_PROGRAMME, notes_of
from cxsim.explain.diagnosing.observables import Observed, observe
from cxsim.explain.diagnosing.ranking import (
    HEALTHY,
    UNSURE,
    Gain,
    candidates_of,
    gain_of,
    name_futures,
    plausible_of,
    unharmed,
    weight,
)
from cxsim.explain.diagnosing.readings import Size, readings, values
from cxsim.explain.diagnosing.result import Candidate, Diagnosis
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.scenario_file import heading
from cxsim.timeline import WEEK

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
SHARE_OF_HORIZON = 3  # a cure is tried when a third of the weeks is over
RUNS = 8  # of each future, as far as one knows before the candidates are known


def diagnose(
    run: Scenario | Ensemble | str | os.PathLike[str],
    replicates: int = 50,
    seed: int = 1,
    week: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Diagnosis | None:
    """Find what went wrong in a run, from what its company could see and from what cures it.

    Parameters
    ----------
    run : Scenario, Ensemble or path
        A path is a folder saved by ``cxsim run --out``, or a CSV file of a company's own weekly
        numbers, one column for each series of the company in `OBSERVABLES` and one row a week; of
        such numbers no cure can be tried.
    replicates, seed
        As in `simulate`; of an ensemble or a saved run they are its own.
    week : int, optional
        In which the cures are tried; when a third of the weeks is over by default.
    threads
        As in `simulate`.
    progress : callable, optional
        Called with the runs done and their total, which is an estimate at first.
    cancelled : callable, optional
        When true, None is returned.

    Raises
    ------
    CxsimError
        A history shorter than a year, a week beyond it, or a run that cannot be read.
    """
    found = find_run(run, replicates, seed)
    week = _week(week, found.weeks)
    if not found.programme:
        return _without(found)
    observed = found.observed
    if observed is None:
        ensemble = _simulated(found, threads, progress, cancelled)
        if ensemble is None:
            return None
        observed = observe(ensemble)
    likely = likelihoods(observed)
    places = candidates_of(likely[:, :-1])
    if found.scenario is None:
        return _answer(found, observed, likely, [_Suspect(n) for n in places], None, None)
    cures = [cure_of(modes()[n], found.scenario, week) for n in places]
    together = tuple(modes()[n] for n in plausible_of(likely, places))
    trial = try_cures(
        found.scenario, cures, together, found.replicates, found.seed, threads,
        _later(progress, found.replicates), cancelled,
    )  # fmt: skip
    if trial is None:
        return None
    suspects = [
        _Suspect(place, cure, gain_of(trial, cure.mode))
        for place, cure in zip(places, cures, strict=True)
    ]
    return _answer(found, observed, likely, suspects, trial, week)


@dataclass(frozen=True, eq=False)
class _Suspect:
    """A mode by its place among the network's answers, and what its cure did if it was tried."""

    place: int
    cure: Cure | None = None
    gain: Gain | None = None

    @property
    def weight(self) -> float:
        return weight(self.gain, self.cure)


def _week(week: int | None, weeks: int) -> int:
    if week is None:
        return weeks // SHARE_OF_HORIZON
    try:
        week = int(WEEK.clean(week))
    except CxsimError as error:
        raise CxsimError(f"week: {error}") from None
    if week >= weeks:
        raise CxsimError(f"week: {week} where a week before the end, 0..{weeks - 1}, is wanted")
    return week


def _simulated(
    run: Run, threads: int | None, progress: Progress | None, cancelled: Cancelled | None
) -> Ensemble | None:
    assert run.scenario is not None
    span_of(run.weeks)  # refused before anything is simulated
    told = None if progress is None else _first(progress, run.replicates)
    return simulate(
        run.scenario, run.replicates, run.seed, threads,
        baseline=False, progress=told, cancelled=cancelled,
    )  # fmt: skip


def _first(progress: Progress, replicates: int) -> Progress:
    return lambda done, total: progress(done, total + RUNS * replicates)


def _later(progress: Progress | None, replicates: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(replicates + done, replicates + total)


def _without(run: Run) -> Diagnosis:
    """Return the answer where there is no programme."""
    named = (UNSURE,) * run.replicates
    return Diagnosis(
        run.scenario, run.weeks, run.replicates, None, None, (), named, {}, 0.0, None,
        (NO_PROGRAMME,), programme=False,
    )  # fmt: skip


def _answer(
    run: Run,
    observed: Observed,
    likely: np.ndarray,
    suspects: Sequence[_Suspect],
    trial: Trial | None,
    week: int | None,
) -> Diagnosis:
    """Bring what was seen and what was tried together."""
    weights = [one.weight for one in suspects]
    healthy = likely[:, -1] if trial is None else np.maximum(likely[:, -1], unharmed(trial))
    first = name_futures(likely[:, [one.place for one in suspects]], healthy, weights)
    found = _candidates(observed, likely, suspects, first)
    scores = np.array([one.likelihood for one in found]) * np.array(weights)
    order = [n for n in np.argsort(-scores, kind="stable") if scores[n] > 0.0]
    names = {-1: HEALTHY, -2: UNSURE, **{n: one.mode for n, one in enumerate(found)}}
    return Diagnosis(
        run.scenario,
        run.weeks,
        run.replicates,
        None if trial is None else run.seed,
        week,
        tuple(found[n] for n in order),
        tuple(names[int(n)] for n in first),
        dict(zip(modes(), likely[:, :-1].mean(axis=0).tolist(), strict=True)),
        float(likely[:, -1].mean()),
        trial,
        notes_of(observed, [found[n] for n in order], trial is not None),
        read if (read := span_of(run.weeks)) < run.weeks else None,
    )


def _candidates(
    observed: Observed, likely: np.ndarray, suspects: Sequence[_Suspect], first: np.ndarray
) -> list[Candidate]:
    """Return a candidate for each suspect, with what speaks for it."""
    evidence = _evidence(observed)
    found = []
    for n, one in enumerate(suspects):
        name = modes()[one.place]
        about = heading(name)
        found.append(
            Candidate(
                about["mode"],
                name,
                about["title"],
                float(likely[:, one.place].mean()),
                int((first == n).sum()),
                len(first),
                evidence.sentence(one.place),
                one.cure,
                one.gain,
            )
        )
    return found


def _evidence(observed: Observed) -> Evidence:
    people, customers = observed.company["employees"], observed.company["active_customers"]
    size = Size(float(people.mean()), float(customers.mean()))
    span = span_of(observed.weeks)
    means = values(observed, span).mean(axis=0)
    return Evidence.of(readings(observed.is_full), means, span, size)
