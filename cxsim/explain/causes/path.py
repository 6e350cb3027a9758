"""One step upstream at a time, along the largest cause, until a lever, a fact or a loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim import parameters
from cxsim.explain.causes.graph import FACT, LEVER, NODE, REST, Node, Source, Term, nodes
from cxsim.explain.causes.words import source_words

if TYPE_CHECKING:
    from cxsim.explain.causes.strips import Causes

LOOP = "loop"


@dataclass(frozen=True)
class Step:
    """One step: a quantity, its largest cause, and what that comes from.

    Attributes
    ----------
    node : Node
    function : str or None
    term : Term
    share : float
        Of all that moves the quantity in those weeks, either way.
    source : Source
        What feeds the term most directly.
    """

    node: Node
    function: str | None
    term: Term
    share: float
    source: Source

    @property
    def text(self) -> str:
        """The step in words, with the part that the cause has in all that moves the quantity."""
        return f"{self.node.title} <- {self.term.title} ({100.0 * self.share:.0f} %)"


@dataclass(frozen=True)
class Trail:
    """The steps from a quantity to where its causes end.

    Attributes
    ----------
    steps : tuple of Step
    ends : str
        "lever", "fact" or "loop".
    loop_sign : int or None
        1 for a loop that strengthens itself, -1 for one that holds itself back, 0 where that
        cannot be told, None without a loop.
    end_words : str
        The lever with its value, the fact, or the name of the quantity that the loop returns to.
    """

    steps: tuple[Step, ...]
    ends: str
    loop_sign: int | None
    end_words: str

    @property
    def text(self) -> str:
        """The whole trail on one line, causes to the right."""
        words = [step.text for step in self.steps]
        return " <- ".join([*words, self.end_words]) + LOOP_WORDS[self.loop_sign]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data."""
        steps = [
            {
                "node": step.node.name,
                "title": step.node.title,
                "function": step.function,
                "term": step.term.name,
                "term_title": step.term.title,
                "share": step.share,
                "source": step.source.name,
                "text": step.text,
            }
            for step in self.steps
        ]
        loop_sign = self.loop_sign
        return {"path": steps, "path_text": self.text, "ends": self.ends, "loop_sign": loop_sign}


LOOP_WORDS = {
    None: "",
    0: ": a loop",
    1: ": a loop that strengthens itself",
    -1: ": a loop that holds itself back",
}


def largest(causes: Causes) -> tuple[int, float]:
    """Return the place and share of the term that does most for what happened in the window.

    Of what rose, the term that raised it most; of what fell, the one that lowered it most. What has
    nothing behind it but a number of the model (forgetting, say), chance and the ends of the scale
    count only where there is nothing else.
    """
    sums = causes.sums.mean(axis=0)
    total = sums.sum()
    whole = np.abs(sums).sum()
    direction = -1.0 if causes.node.product or total < 0.0 else 1.0
    deep = np.array([leads_on(term) for term in causes.node.terms])
    pull = sums * direction
    ahead = deep & (pull > 0.0)
    place = int(np.argmax(np.where(ahead, pull, -np.inf) if ahead.any() else pull))
    return place, float(abs(sums[place]) / whole) if whole > 0.0 else 0.0


def leads_on(term: Term) -> bool:
    """Return whether a term has something behind it: a quantity, a lever or an event."""
    source = term.sources[0]
    given = source.kind == FACT and source.name in parameters.registry().names()
    return term.name not in REST and not given


def follow(causes: Causes) -> Trail:
    """Return the trail of the largest causes."""
    steps: list[Step] = []
    while True:
        place, share = largest(causes)
        term = causes.node.terms[place]
        source = term.sources[0]
        steps.append(Step(causes.node, causes.function, term, share, source))
        if source.kind != NODE:
            scenario, first, last = causes.scenario, causes.first, causes.last
            words = source_words(source, scenario, first, last)
            return Trail(tuple(steps), LEVER if source.kind == LEVER else FACT, None, words)
        visited = [step.node.name for step in steps]
        if source.name in visited:
            loop = steps[visited.index(source.name) :]
            sign = int(np.prod([step.source.sign for step in loop]))
            return Trail(tuple(steps), LOOP, sign, source.title)
        causes = causes.of(nodes()[source.name])
