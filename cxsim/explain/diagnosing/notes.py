"""What a reader should know about a diagnosis beside the answer itself."""

from __future__ import annotations

from collections.abc import Sequence

from cxsim.explain.diagnosing.observables import Observed
from cxsim.explain.diagnosing.ranking import TOLD, Gain
from cxsim.explain.diagnosing.result import Candidate
from cxsim.explain.diagnosing.words import percent
from cxsim.explain.sentences import listed

NO_CURE = "Without a scenario no cure can be tried: this rests on the numbers alone."
ALONE = (
    "Each likelihood stands for itself: several faults can be present at once, so they do not add "
    "up to 100 %."
)
NO_PROGRAMME = (
    "Known ways to fail are ways in which a programme fails: with no programme none is looked for."
)


def notes_of(observed: Observed, candidates: Sequence[Candidate], tried: bool) -> tuple[str, ...]:
    """Return the notes of a diagnosis; candidates the best first, `tried` if their cures were."""
    notes = []
    if not observed.is_full:
        notes.append("There are no numbers by function and by layer, which makes it less sure.")
    if not tried:
        notes.append(NO_CURE)
    told = [one for one in candidates if one.likelihood >= TOLD]
    if len(told) > 1:
        notes.append(ALONE)
    return (*notes, *_ties(told))


def _ties(candidates: Sequence[Candidate]) -> list[str]:
    """Say which cures gain about as much as that of the candidate that comes first."""
    if not candidates:
        return []
    first, *others = candidates
    if not first.confirmed or first.gain is None:
        return []
    rivals = [one for one in others if one.gain is not None and _rival(first.gain, one.gain)]
    if not rivals:
        return []
    names = listed([f"{one.mode} (likelihood {percent(one.likelihood)})" for one in rivals])
    cures, gain = ("cures", "gain") if len(rivals) > 1 else ("cure", "gains")
    return [
        f"The {cures} of {names} {gain} about as much as that of {first.mode}, or more, as far as "
        "these futures can tell (the intervals overlap): the cures alone do not tell them apart, "
        "the weekly numbers have to."
    ]


def _rival(first: Gain, other: Gain) -> bool:
    """Whether a cure that helps may gain as much as the first; with one future nobody knows."""
    return other.matters and not other.beside and other.mean.high >= first.mean.low
