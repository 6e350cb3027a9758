"""What went wrong? First the weekly numbers are read, then the cures are tried on the same run."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.diagnosing.cures import Cure, Trial, cure_of, try_cures
from cxsim.explain.diagnosing.evidence import Evidence
from cxsim.explain.diagnosing.histories import Run, find_run
from cxsim.explain.diagnosing.likelihood import fitted, likelihoods, span_of
from cxsim.explain.diagnosing.observables import Observed, observe
from cxsim.explain.diagnosing.ranking import (
    HEALTHY,
    UNSURE,
    Gain,
    candidates_of,
    gain_of,
    name_futures,
    plausible_of,
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
    observed = found.observed
    if observed is None:
        ensemble = _simulated(found, threads, progress, cancelled)
        if ensemble is None:
            return None
        observed = observe(ensemble)
    likely = likelihoods(observed)
    places = candidates_of(likely[:, :-1])
    answers = [str(name) for name in fitted()["answers"]]
    cures: list[Cure] = []
    trial: Trial | None = None
    if found.scenario is not None:
        cures = [cure_of(answers[n], found.scenario, week) for n in places]
        together = tuple(answers[n] for n in plausible_of(likely, places))
        trial = try_cures(
            found.scenario, cures, together, found.replicates, found.seed, threads,
            _later(progress, found.replicates), cancelled,
        )  # fmt: skip
        if trial is None:
            return None
    return _answer(found, observed, likely, places, cures, trial, week)


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


def _answer(
    run: Run,
    observed: Observed,
    likely: np.ndarray,
    places: list[int],
    cures: list[Cure],
    trial: Trial | None,
    week: int,
) -> Diagnosis:
    """Bring what was seen and what was tried together."""
    size, answers = _size(observed), [str(name) for name in fitted()["answers"][:-1]]
    gains: list[Gain | None] = [None] * len(places)
    tried: list[Cure | None] = [None] * len(places)
    if trial is not None:
        gains = [gain_of(trial, cure.mode, size.employees) for cure in cures]
        tried = list(cures)
    weights = [weight(gain, cure) for gain, cure in zip(gains, tried, strict=True)]
    first = name_futures(likely[:, places], likely[:, -1], weights)
    told = _tellers(observed, size)
    found = [
        _candidate(place, float(likely[:, place].mean()), int((first == n).sum()), told)
        for n, place in enumerate(places)
    ]
    found = [
        replace(one, cure=cure, gain=gain, futures=run.replicates)
        for one, cure, gain in zip(found, tried, gains, strict=True)
    ]
    scores = np.array([one.likelihood * w for one, w in zip(found, weights, strict=True)])
    order = [n for n in np.argsort(-scores, kind="stable") if scores[n] > 0.0]
    names = {-1: HEALTHY, -2: UNSURE, **{n: one.mode for n, one in enumerate(found)}}
    return Diagnosis(
        run.scenario,
        run.weeks,
        run.replicates,
        None if trial is None else run.seed,
        None if trial is None else week,
        tuple(found[n] for n in order),
        tuple(names[int(n)] for n in first),
        dict(zip(answers, likely.mean(axis=0).tolist(), strict=False)),
        float(likely[:, -1].mean()),
        trial,
        _notes(observed, trial),
    )


def _size(observed: Observed) -> Size:
    people, customers = observed.company["employees"], observed.company["active_customers"]
    return Size(float(people.mean()), float(customers.mean()))


def _tellers(observed: Observed, size: Size) -> Evidence:
    span = span_of(observed.weeks)
    means = values(observed, span).mean(axis=0)
    return Evidence.of(readings(observed.is_full), means, span, size)


def _candidate(place: int, likelihood: float, first_in: int, evidence: Evidence) -> Candidate:
    name = str(fitted()["answers"][place])
    about = heading(name)
    return Candidate(
        about["mode"], name, about["title"], likelihood, first_in, 0, evidence.sentence(place)
    )


def _notes(observed: Observed, trial: Trial | None) -> tuple[str, ...]:
    span, notes = span_of(observed.weeks), []
    if span < observed.weeks:
        notes.append(f"The first {span} of the {observed.weeks} weeks were read.")
    if not observed.is_full:
        notes.append("There are no numbers by function and by layer, which makes it less sure.")
    if trial is None:
        notes.append("Without a scenario no cure can be tried: this rests on the numbers alone.")
    return tuple(notes)
