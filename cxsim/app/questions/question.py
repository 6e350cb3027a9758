"""A question about the scenarios on the page: what it is about, how it is worked out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cxsim
from cxsim.app.simulation import Progress, Stop
from cxsim.scenario import Scenario

Told = dict[str, Any]
Work = Callable[[Progress, Stop], Told | None]


@dataclass(frozen=True)
class Question:
    """One question; two are the same when their keys are.

    Attributes
    ----------
    panel : str
        Where it was asked.
    key : str
        Stands for the scenarios, the seed and what is asked of them.
    wish : mapping
        What was chosen in the panel, to ask the same again after a change.
    work : callable
        Called as ``work(progress, cancelled)``: plain data for the browser, or None.
    command : str
        Command line that gives the same numbers.
    about : str
        What it is about, in a line above its answer.
    """

    panel: str
    key: str
    wish: Mapping[str, Any] = field(compare=False)
    work: Work = field(compare=False, repr=False)
    command: str = field(compare=False, default="")
    about: str = field(compare=False, default="")

    @property
    def files_needed(self) -> bool:
        """Whether the command needs the scenario files of the page."""
        return ".toml" in self.command


def key_of(panel: str, scenarios: Sequence[Scenario], seed: int, wish: Mapping[str, object]) -> str:
    """Return what stands for a question: the same for the same numbers, and for those alone.

    Parameters
    ----------
    panel
        Where it is asked.
    scenarios
        All that it is about, in their order.
    seed
        Of the random numbers.
    wish
        What else was chosen; plain data.
    """
    about = [panel, cxsim.__version__, seed, [one.hash for one in scenarios], dict(wish)]
    text = json.dumps(about, sort_keys=True)
    return f"{panel}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def worked_out(analyse: Callable[..., Any], draw: Callable[[Any], Told]) -> Work:
    """Return the work of a question from an analysis and what is drawn of its result.

    Parameters
    ----------
    analyse
        Takes ``progress`` and ``cancelled`` by name; None when it was cancelled.
    draw
        Result to plain data.
    """

    def work(progress: Progress, cancelled: Stop) -> Told | None:
        found = analyse(progress=progress, cancelled=cancelled)
        return None if found is None else draw(found)

    return work
