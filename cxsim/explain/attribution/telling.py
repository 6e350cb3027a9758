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
    clear = [f"{lower(ln.unit.title)} {ln.part.text}" for ln in reading.lines if ln.part.clear]
    return f"{start}, though parts of it are clear: {listed(clear[:NAMED])}" if clear else start


def _shares(reading: Reading) -> str:
    """Return where a clear difference comes from, and what goes the other way."""
    sign = 1.0 if reading.whole.value > 0.0 else -1.0
    known = [line for line in reading.lines if line.part.clear or reading.futures < FEWEST]
    towards = [line for line in known if sign * line.part.value > 0.0][:NAMED]
    against = [line for line in known if sign * line.part.value < 0.0][::-1][:NAMED]
    if not towards and not against:
        return ": no single part of it is clear"
    if len(reading.lines) == 1:
        return f", and all of that comes from {lower(reading.lines[0].unit.title)}"
    texts = [_from(towards)] if towards else []
    texts += [f"the other way, {_from(against)}"] if against else []
    rest = len(reading.lines) - len(towards) - len(against)
    if rest:
        others = "the other one is" if rest == 1 else f"the other {rest} are"
        texts.append(f"{others} smaller or not clear")
    return f": {'; '.join(texts)}"


def _from(lines: Sequence[Line]) -> str:
    """Return "3 (2 to 4) come from this and 1 (0 to 2) from that"."""
    (size, of), *rest = [(line.part.size(), f"from {lower(line.unit.title)}") for line in lines]
    return listed([f"{size} come {of}", *(" ".join(one) for one in rest)])


def _synergy(reading: Reading) -> list[str]:
    """Return what the first and the last place mean, and where they clearly differ."""
    told = [line for line in reading.lines if line.futures]
    if len(reading.lines) < FEWEST or not told:
        return []
    counts = sorted({line.futures for line in told})
    behind = "" if counts == [reading.futures] else (
        f", in the {' to '.join(map(str, (counts[0], counts[-1])[: len(counts)]))} futures "
        "whose orders tell"
    )  # fmt: skip
    notes = [
        "First of all: what a unit changes alone; last of all: what it adds when all the others "
        f"have changed already{behind}."
    ]
    for synergy in ("more", "less"):
        titles = [lower(line.unit.title) for line in told if line.synergy == synergy]
        if titles:
            notes.append(f"Clearly worth {synergy} with the others than alone: {listed(titles)}.")
    return notes
