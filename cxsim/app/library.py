"""The library of failure modes: what stands on their cards, and what would have saved them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import cxsim
from cxsim.parameters import Parameter, registry
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.series import SERIES
from cxsim.timeline import Event

YARDSTICK = "orchestrated"

CLEAR_MOVE = 0.3  # share of the larger of two values by which they differ clearly
LONGEST_TEASER = 130  # characters
SPARK_POINTS = 40
_SENTENCE = re.compile(r".*?[.!?][\"”']?(?=\s|$)")


@dataclass(frozen=True)
class Card:
    """One failure mode in the library.

    Attributes
    ----------
    name, mode, title : str
        Of the scenario, such as "fm06_survey_lady" and "FM06".
    teaser : str
        How its story begins.
    themes : tuple of str
        Groups of levers in which it clearly differs from its parent, the most changed first.
    """

    name: str
    mode: str
    title: str
    teaser: str
    themes: tuple[str, ...]


@cache
def cards() -> tuple[Card, ...]:
    """All bundled failure modes in the order of their numbers."""
    scenarios = (cxsim.load(name) for name in cxsim.bundled())
    found = [card_of(one) for one in scenarios if one.mode]
    return tuple(sorted(found, key=lambda card: card.mode))


@cache
def names() -> tuple[str, ...]:
    """The names of all failure modes."""
    return tuple(card.name for card in cards())


def card_of(scenario: Scenario) -> Card:
    """The card of one failure mode."""
    return Card(
        scenario.name,
        scenario.mode or "",
        scenario.title,
        teaser(scenario.story),
        themes(scenario),
    )


def teaser(story: str) -> str:
    """How a story begins: its first sentence, cut at a word where it is long."""
    text = " ".join(story.split())
    found = _SENTENCE.match(text)
    first = found[0] if found else text
    if len(first) <= LONGEST_TEASER:
        return first
    return first[:LONGEST_TEASER].rpartition(" ")[0].rstrip(",;:") + " …"


def themes(scenario: Scenario) -> tuple[str, ...]:
    """Groups of levers that differ clearly from the parent's, at week 0 or by an event."""
    weights: dict[str, float] = {}
    for name, values in _values_beside_parent(scenario).items():
        move = max(difference(scenario.inherited[name], value) for value in values)
        if move >= CLEAR_MOVE:
            group = registry().levers[name].group
            weights[group] = weights.get(group, 0.0) + move
    return tuple(sorted(weights, key=lambda group: -weights[group]))


def _values_beside_parent(scenario: Scenario) -> dict[str, list[Any]]:
    found = {name: [value] for name, value in scenario.changed_levers().items()}
    for event in scenario.events:
        for name, value in event.set.items():
            found.setdefault(name, []).append(value)
    return found


def difference(one: Any, other: Any) -> float:
    """How far two values of a lever lie apart, from 0 (the same) to 1 of the larger of them."""
    if isinstance(one, tuple) or isinstance(other, tuple):
        return float(one != other)
    largest = max(abs(one), abs(other))
    return abs(one - other) / largest if largest else 0.0


# ------------------------------------------------------------------ small pictures


def spark(ensemble: Ensemble) -> list[int]:
    """Median adoption in whole per cent at evenly spaced weeks, for a picture on a card."""
    median = SERIES["adoption"].shown(ensemble.quantiles("adoption", (0.5,))[0])
    weeks = np.linspace(0, ensemble.weeks - 1, SPARK_POINTS).round().astype(int)
    return [round(float(median[week])) for week in weeks]


# ------------------------------------------------------------------ the cure in words


@dataclass(frozen=True)
class Turn:
    """A lever that the cure turns, in words for people."""

    title: str
    before: str
    after: str
    words_before: str
    words_after: str


def cure_turns(scenario: Scenario) -> list[Turn]:
    """What the cure of a failure mode changes, from the value in force when it comes.

    Levers that stand there already are left out.
    """
    if scenario.cure is None:
        return []
    levers = registry().levers
    before = in_force(scenario.levers, scenario.events, scenario.cure.week)
    return [
        turn_of(levers[name], before[name], value)
        for name, value in scenario.cure.set.items()
        if before[name] != value
    ]


def in_force(levers: Mapping[str, Any], events: Sequence[Event], week: int) -> dict[str, Any]:
    """The levers as the events up to and including a week have left them."""
    values = dict(levers)
    for event in events:
        if event.week <= week:
            values |= event.set
    return values


def turn_of(lever: Parameter, before: Any, after: Any) -> Turn:
    """One turn of a lever; anchor words only where they tell the two values apart."""
    words = [anchor_words(lever, value) for value in (before, after)]
    if words[0] == words[1]:
        words = ["", ""]
    return Turn(lever.title, value_text(lever, before), value_text(lever, after), *words)


def value_text(lever: Parameter, value: Any) -> str:
    """A lever's value in its unit: "85 %", "104 weeks", "sales, finance"."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if lever.unit.startswith("share"):
        rest = lever.unit.removeprefix("share")
        return f"{100 * value:.3g} %{rest}"
    return f"{value:g} {lever.unit}"


def anchor_words(lever: Parameter, value: Any) -> str:
    """The registry's words for the nearest of a low, middle and high value; "" for a list."""
    if isinstance(value, tuple) or not lever.anchors:
        return ""
    span = lever.high - lever.low
    place = round((len(lever.anchors) - 1) * (value - lever.low) / span)
    return lever.anchors[place]
