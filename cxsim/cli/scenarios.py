"""From the words of a command to scenarios: names, variants, settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from cxsim import headline
from cxsim.errors import CxsimError
from cxsim.parameters import registry
from cxsim.scenario import Scenario, parse_assignment
from cxsim.scenario_file import load
from cxsim.values import suggestion

# What may follow the name of a scenario after a colon.
VARIANTS: dict[str, Callable[[Scenario], Scenario]] = {
    "rescue": Scenario.rescue,
    "without": Scenario.without_programme,
}


def find(words: str, settings: Sequence[str] = (), weeks: int | None = None) -> Scenario:
    """Return the scenario that an argument and its options stand for.

    Parameters
    ----------
    words : str
        Name or path, perhaps with ``:rescue`` or ``:without``.
    settings : sequence of str
        As given to ``--set``; a headline slider (leadership, change, wins) may be named too.
    weeks : int, optional
        Another horizon.

    Raises
    ------
    CxsimError
        What is wrong with any of them.
    """
    name, variant = split(words)
    scenario = load(name)
    if weeks is not None:
        scenario = scenario.with_weeks(weeks)
    scenario = apply(scenario, settings).described(", ".join(settings))
    if variant == "without":
        _refuse_programme_levers(words, settings)
    return VARIANTS[variant](scenario) if variant else scenario


def _refuse_programme_levers(words: str, settings: Sequence[str]) -> None:
    """Refuse to set what a company without a programme does not have."""
    levers = registry().levers
    for text in settings:
        name = text.partition("=")[0].strip()
        if name in headline.GROUPS or (name in levers and levers[name].off is not None):
            raise CxsimError(
                f"{name}: belongs to the programme, which {words} does not have; leave it out"
            )


def split(words: str) -> tuple[str, str]:
    """Return the name or path, and the variant or ""."""
    name, colon, variant = words.rpartition(":")
    if not colon or not variant.isidentifier():  # a path may have a colon of its own
        return words, ""
    if variant not in VARIANTS:
        near = suggestion(variant, VARIANTS)
        raise CxsimError(f"{words}: no variant of a scenario is called '{variant}'{near}")
    return name, variant


def apply(scenario: Scenario, settings: Sequence[str]) -> Scenario:
    """Return the scenario with settings made: the headline sliders in their turn, then the rest."""
    values = {}
    for text in settings:
        name, equals, written = (part.strip() for part in text.partition("="))
        if equals and name in headline.GROUPS:
            scenario = headline.move(scenario, name, _position(name, written))
        else:
            name, value = parse_assignment(text)
            values[name] = value
    return scenario.with_settings(values) if values else scenario


def _position(name: str, written: str) -> float:
    try:
        position = float(written)
    except ValueError:
        position = math.nan
    if not 0.0 <= position <= 1.0:
        raise CxsimError(f"{name}: a position from 0 to 1 is wanted, such as {name}=0.7")
    return position


def by_side(settings: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the settings for sides A and B; ``a.`` or ``b.`` before a name means one side only."""
    sides: tuple[list[str], list[str]] = ([], [])
    for text in settings:
        name = text.strip()
        wanted = [name[:2] == "a." or name[:2] != "b.", name[:2] != "a."]
        bare = name[2:] if name[:2] in ("a.", "b.") else name
        for side, here in zip(sides, wanted, strict=True):
            if here:
                side.append(bare)
    return sides
