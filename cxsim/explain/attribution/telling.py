"""What makes a difference, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cxsim.explain.sentences import UNSURE, listed
from cxsim.series import OUTCOMES

if TYPE_CHECKING:
    from cxsim.explain.attribution.reading import Line, Reading

NAMED = 4  # units that a sentence gives numbers for; the others are counted
FEWEST = 2  # futures behind an interval
ENOUGH = 8  # futures that have to tell what a unit does first and last of all, before it is shown

_TOO_FEW = (
    "What each does alone, and what it adds after all the others, is not shown: fewer than "
    f"{ENOUGH} of these futures tell it; more futures do."
)


def sentence_of(reading: Reading) -> str:
    """Return what makes the difference."""
    a, b = reading.names
    whole, group = reading.whole, reading.group
    if not reading.lines:
        return f"{a} and {b} are the same in everything that changes a number."
    if whole.value == 0.0 or (reading.futures >= FEWEST and not whole.clear):
        return f"{_unclear(reading)}."
    said = reading.headline.said(whole.number, reading.weeks)
    if group is None:
        told = f"{said} with {b} than with {a}"
    else:
        told = f"with {lower(group.title)} as in {b} rather than as in {a}, {said}"
    if reading.futures < FEWEST:
        return f"In the one future simulated, {told}{_shares(reading)}; {UNSURE}."
    return f"{told[:1].upper()}{told[1:]}{_shares(reading)}."


def notes_of(reading: Reading) -> list[str]:
    """Return what a reader has to know besides."""
    notes = []
    if reading.headline.never:
        notes.append(f"A week that never comes counts as week {reading.weeks}, the horizon.")
    if OUTCOMES[reading.headline.name].money and reading.ends is not None:
        notes.append("Each mixture is measured against its own company without a programme.")
    return [*notes, *_synergy(reading)]


def lower(title: str) -> str:
    """Return a title as it stands inside a sentence; words in capitals keep theirs."""
    return title if title[:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def _unclear(reading: Reading) -> str:
    a, b = reading.names
    where = f" from {lower(reading.group.title)}" if reading.group else ""
    size = f"{reading.whole.text} {reading.headline.unit}".rstrip()
    start = (
        f"No clear difference in {lower(reading.headline.label)}{where} between {a} and {b} "
        f"({size}, {reading.whole.interval or 'exactly the same in every future'})"
    )
    clear = [f"{lower(line.unit.title)} {line.part.text}" for line in _largest(reading)]
    return f"{start}, though parts of it are clear: {listed(clear)}" if clear else start


def _known(reading: Reading) -> list[Line]:
    """Return the lines whose part is clear and not shown as nothing."""
    return [
        line
        for line in reading.lines
        if line.part.number.value and (line.part.clear or reading.futures < FEWEST)
    ]


def _largest(reading: Reading) -> list[Line]:
    """Return the known lines of the largest size, and those shown as large as the last of them."""
    known = _known(reading)
    sizes = sorted((abs(line.part.number.value) for line in known), reverse=True)
    least = sizes[min(NAMED, len(sizes)) - 1] if sizes else 0.0
    return [line for line in known if abs(line.part.number.value) >= least]


def _shares(reading: Reading) -> str:
    """Return where a clear difference comes from, and what goes the other way."""
    sign = 1.0 if reading.whole.value > 0.0 else -1.0
    named = _largest(reading)
    towards = [line for line in named if sign * line.part.value > 0.0]
    against = [line for line in named if sign * line.part.value < 0.0][::-1]
    if not named:
        return ": no single part of it is clear"
    if len(reading.lines) == 1:
        return f", and all of that comes from {lower(reading.lines[0].unit.title)}"
    texts = [_from(towards)] if towards else []
    texts += [f"the other way, {_from(against)}"] if against else []
    texts += _others(reading, len(named))
    return f": {'; '.join(texts)}"


def _others(reading: Reading, named: int) -> list[str]:
    """Return what is true of the parts that the sentence does not name."""
    rest = len(reading.lines) - named
    smaller = len(_known(reading)) - named
    if not rest:
        return []
    if smaller and smaller < rest:
        return [f"of the other {rest}, {smaller} {_are(smaller)} smaller and {rest - smaller} "
                f"{_are(rest - smaller)} not clear"]  # fmt: skip
    others = "the other one is" if rest == 1 else f"the other {rest} are"
    nothing = "nothing" if reading.futures < FEWEST else "not clear"
    return [f"{others} {'smaller' if smaller else nothing}"]


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _from(lines: Sequence[Line]) -> str:
    """Return "3 (2 to 4) come from this and 1 (0 to 2) from that"."""
    (size, of), *rest = [(line.part.size(), f"from {lower(line.unit.title)}") for line in lines]
    return listed([f"{size} come {of}", *(" ".join(one) for one in rest)])


def _synergy(reading: Reading) -> list[str]:
    """Return what the first and the last place mean, and where they clearly differ."""
    told = [line for line in reading.lines if line.alone]
    if len(reading.lines) < FEWEST:
        return []
    if not told:
        return [_TOO_FEW]
    notes = [
        "First of all: what a unit changes alone; last of all: what it adds when all the others "
        "have changed already.",
        *_resting_on(reading, sorted({line.futures for line in told})),
    ]
    for synergy in ("more", "less"):
        titles = [lower(line.unit.title) for line in told if line.synergy == synergy]
        if titles:
            notes.append(f"Clearly worth {synergy} with the others than alone: {listed(titles)}.")
    return notes


def _resting_on(reading: Reading, counts: list[int]) -> list[str]:
    """Return how many futures tell the first and the last place, where not all of them do."""
    if counts == [reading.futures]:
        return []
    number = " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
    empty = f"; empty: fewer than {ENOUGH}" if any(not line.alone for line in reading.lines) else ""
    return [
        "Only some of the sampled orders put a unit first or last, so these two columns rest on "
        f"{number} of the {reading.futures} futures{empty}."
    ]
