"""Whether a design can run, what it would cost, and where its text is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cxsim.app.experiments.mishaps import commonest
from cxsim.cores import available_cores
from cxsim.errors import CxsimError

if TYPE_CHECKING:
    from cxsim.study.batch.trying import Trial
    from cxsim.study.design import Design

CHECKING, FINE, WRONG, TOO_BIG = "checking", "fine", "wrong", "too_big"
LONGEST_TEXT = 60_000  # characters
# Of a study from the page, so that a room full of people cannot fill the computer.
MOST_RUNS = 20_000
MOST_SECONDS = 3600.0
MOST_WEEKLY = 20_000_000  # weekly numbers kept

_PLACED = re.compile(r"^(?:[^:\n]*:)?(\d+):(\d+): (.*)$")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where it is known by line and column from 1."""

    words: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Verdict:
    """What can be said of a design's text.

    Attributes
    ----------
    text : str
        What was judged.
    state : str
        checking, fine, wrong or too_big.
    problems : tuple of Problem
    design : Design or None
    runs : int
        The most there can be.
    seconds : float or None
        About how long on this computer; None as long as nothing was timed.
    warning : str
        What of it cannot run, where the rest can; "" when all that was tried runs.
    """

    text: str = ""
    state: str = CHECKING
    problems: tuple[Problem, ...] = ()
    design: Design | None = None
    runs: int = 0
    seconds: float | None = None
    warning: str = ""

    @property
    def key(self) -> str:
        """Stands for the design; "" where there is none."""
        return self.design.hash if self.design is not None else ""


def judged(text: str, tried: Callable[[Design], Trial | None] | None = None) -> Verdict:
    """Return what can be said of a text.

    Parameters
    ----------
    text
        Of a design file.
    tried
        Runs a few points of a design; without it nothing is timed.
    """
    from cxsim.study.design import parse_design

    try:
        if len(text) > LONGEST_TEXT:
            raise CxsimError(f"the text has {len(text):,} characters; {LONGEST_TEXT:,} are allowed")
        design = parse_design(text)  # without a folder: only bundled scenarios, no other files
    except CxsimError as problem:
        return Verdict(text, WRONG, problems_of(str(problem)))
    verdict = Verdict(text, FINE, (), design, len(design) * design.most_replicates)
    trial = tried(design) if tried is not None and not beyond(verdict) else None
    if trial is not None:
        verdict = after(verdict, trial)
    too_much = beyond(verdict)
    return replace(verdict, state=TOO_BIG, problems=(Problem(too_much),)) if too_much else verdict


def after(verdict: Verdict, trial: Trial) -> Verdict:
    """Return a verdict after a few points were tried: wrong when none of them can run."""
    one = trial.seconds
    seconds = None if one is None else one * verdict.runs / available_cores()
    failed = failing(trial)
    if failed and len(trial.errors) >= trial.points:
        return replace(verdict, state=WRONG, problems=(Problem(failed),))
    return replace(verdict, seconds=seconds, warning=failed)


def failing(trial: Trial) -> str:
    """Return how many of the points tried cannot run, and why; "" when all can."""
    why, count = commonest(trial.errors)
    if not why:
        return ""
    among = " (the most frequent of several reasons)" if count < len(trial.errors) else ""
    return f"{len(trial.errors)} of {trial.points} points tried cannot run: {why}{among}"


def problems_of(message: str) -> tuple[Problem, ...]:
    """Return the lines of a message, with the places that they name."""
    found = []
    for line in message.splitlines():
        placed = _PLACED.match(line)
        if placed:
            found.append(Problem(placed[3], int(placed[1]), int(placed[2])))
        elif line.strip():
            found.append(Problem(line.strip()))
    return tuple(found)


def beyond(verdict: Verdict) -> str:
    """Return why a study is too big for this page; "" when it is not."""
    design = verdict.design
    if design is None:
        return ""
    weekly = verdict.runs * len(design.series) * (design.weeks or 0)
    by_hand = "; take fewer samples or futures, or run it from the command line (below)"
    if verdict.runs > MOST_RUNS:
        return f"{verdict.runs:,} runs; from this page a study has at most {MOST_RUNS:,}" + by_hand
    if verdict.seconds is not None and verdict.seconds > MOST_SECONDS:
        return (
            f"it would take {duration(verdict.seconds)}; from this page a study may take an hour"
            + by_hand
        )
    if weekly > MOST_WEEKLY:
        return (
            f"{weekly:,} weekly numbers to keep; at most {MOST_WEEKLY:,} from this page" + by_hand
        )
    return ""


def trial_of(design: Design) -> Trial | None:
    """Return what a few points of a design tell; None where none can be tried."""
    from cxsim.study.batch.trying import tried

    try:
        return tried(design)
    except CxsimError:
        return None


def duration(seconds: float) -> str:
    """Return a time in words, as exactly as an estimate deserves."""
    if seconds < 1.5:
        return "about a second"
    if seconds < 90:
        tidy = 5 * round(seconds / 5) if seconds > 12 else round(seconds)
        return f"about {tidy} seconds"
    minutes = seconds / 60
    if minutes < 90:
        return f"about {minutes:.0f} minutes"
    hours = minutes / 60
    return f"about {hours:.0f} hours" if hours < 48 else f"about {hours / 24:.0f} days"
