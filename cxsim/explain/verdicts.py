"""Plain verdicts on one to four ensembles that met the same luck: who does better, and how surely.

The first ensemble is the reference; every other one is compared with it, future by future. With
four scenarios that makes a good dozen of 95 % intervals, so that one of them may well leave out
zero by chance; the number of futures beside every verdict tells a real difference from such a one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cxsim.errors import CxsimError
from cxsim.explain.headlines import HEADLINES, MAIN, Headline
from cxsim.explain.pairs import Pair, Table, pair_up
from cxsim.explain.sentences import pair_sentence, sentence_of_many, single_sentence

if TYPE_CHECKING:
    from cxsim.results import Ensemble

LETTERS = ("A", "B", "C", "D")
FEW = 20  # futures; with fewer a verdict is a first look


@dataclass(frozen=True)
class Difference:
    """One side less the reference on one outcome.

    Numbers are in natural units (people, of 100 customers, USD, weeks), rounded like the text.

    Attributes
    ----------
    text, interval : str
        "+173 people" and "+167 to +178"; empty where there is none, as of one future.
    words : str
        "173 more people practise", rounded once more for a sentence; or "no clear difference".
    verdict : str
        "better than A in 93 of 100 futures".
    better : str or None
        Key of the side that clearly does better.
    wins, losses : int
        Futures in which this side does better, and worse, than the reference.
    value, low, high : float or None
        Mean difference and its 95 % interval; None where there is none.
    count : int
        Futures behind the mean: those in which it happens on both sides.
    """

    text: str
    interval: str
    words: str
    verdict: str
    better: str | None
    wins: int
    losses: int
    value: float | None
    low: float | None
    high: float | None
    count: int


@dataclass(frozen=True)
class Standing:
    """What one side came to on one outcome, and how it differs (None for the reference)."""

    side: str
    text: str
    difference: Difference | None


@dataclass(frozen=True)
class OutcomeVerdict:
    """One outcome of all sides; `note` is what a reader has to know about it, perhaps nothing."""

    name: str
    label: str
    standings: tuple[Standing, ...]
    note: str


@dataclass(frozen=True)
class SideName:
    """How a side is called: its key, and its scenario's name and title."""

    key: str
    name: str
    title: str


@dataclass(frozen=True)
class Verdicts:
    """Everything that can be said about a comparison in plain words.

    Attributes
    ----------
    sentence : str
        The whole comparison in one sentence.
    against_reference : tuple of str
        One sentence for each side but the first.
    sides : tuple of SideName
    outcomes : tuple of OutcomeVerdict
    warnings : tuple of str
        What makes the answer weaker than it looks.
    futures, weeks, seed : int
    """

    sentence: str
    against_reference: tuple[str, ...]
    sides: tuple[SideName, ...]
    outcomes: tuple[OutcomeVerdict, ...]
    warnings: tuple[str, ...]
    futures: int
    weeks: int
    seed: int

    def as_dict(self) -> dict[str, Any]:
        """Return everything ready for JSON."""
        return asdict(self)


def verdicts(ensembles: Sequence[Ensemble], keys: Sequence[str] = LETTERS) -> Verdicts:
    """Say in plain words how one to four ensembles differ.

    Parameters
    ----------
    ensembles : sequence of Ensemble
        The first is the reference.
    keys : sequence of str
        What to call the sides, all different; the first ones are taken.

    Raises
    ------
    CxsimError
        No ensemble, more than there are keys, or such as did not meet the same luck.
    """
    sides = named(ensembles, keys)
    first = ensembles[0]
    known = tuple(h for h in HEADLINES if all(h.known(side) for side in ensembles))
    table = pair_up(sides, known)
    reference, *others = sides
    main = [name for name in MAIN if any(h.name == name for h in known)]
    against = [
        pair_sentence([table[reference, key][name] for name in main], first.replicates)
        for key in others
    ]
    if not others:
        texts = [headline.text(first) for headline in known if headline.name in main]
        sentence = single_sentence(texts, first.replicates)
    elif len(others) == 1:
        sentence = against[0]
    else:
        sentence = sentence_of_many(list(sides), table, main, first.replicates)
    return Verdicts(
        sentence=sentence,
        against_reference=tuple(against),
        sides=tuple(SideName(k, e.scenario.name, e.scenario.title) for k, e in sides.items()),
        outcomes=tuple(_outcome(headline, sides, table) for headline in known),
        warnings=tuple(_warnings(sides)),
        futures=first.replicates,
        weeks=first.weeks,
        seed=first.seed,
    )


def named(ensembles: Sequence[Ensemble], keys: Sequence[str] = LETTERS) -> dict[str, Ensemble]:
    """Return one to four ensembles by the keys of their sides.

    Raises
    ------
    CxsimError
        No ensemble, more than there are keys, or a key twice.
    """
    if not 1 <= len(ensembles) <= min(len(keys), len(LETTERS)):
        raise CxsimError(f"{len(ensembles)} scenarios; one to {len(LETTERS)} can be compared")
    sides = dict(zip(keys, ensembles, strict=False))
    if len(sides) < len(ensembles):
        raise CxsimError(f"{', '.join(keys)}: every scenario needs a key of its own")
    return sides


def _outcome(headline: Headline, sides: Mapping[str, Ensemble], table: Table) -> OutcomeVerdict:
    reference, *others = sides
    standings = [Standing(reference, headline.text(sides[reference]), None)]
    for key in others:
        difference = _difference(table[reference, key][headline.name])
        standings.append(Standing(key, headline.text(sides[key]), difference))
    partial = any(one.difference and one.difference.count < _futures(sides) for one in standings)
    note = headline.note if partial or not headline.never else ""
    return OutcomeVerdict(headline.name, headline.label, tuple(standings), note)


def _futures(sides: Mapping[str, Ensemble]) -> int:
    return next(iter(sides.values())).replicates


def _difference(pair: Pair) -> Difference:
    number = pair.rounded() if pair.count else None
    headline = pair.headline
    return Difference(
        text=f"{number.in_words(headline.money)} {headline.unit}".strip() if number else "",
        interval=number.interval(headline.money) if number else "",
        words=_words(pair) if number else "",
        verdict=_verdict(pair),
        better=pair.better,
        wins=int(pair.b_ahead.sum()),
        losses=int(pair.a_ahead.sum()),
        value=number.value if number else None,
        low=number.low if number else None,
        high=number.high if number else None,
        count=pair.count,
    )


def _words(pair: Pair) -> str:
    """Return the difference for a sentence, unless chance explains it well enough."""
    unclear = pair.better is None and len(pair.a_ahead) > 1
    return "no clear difference" if unclear else pair.words(pair.b)


def _verdict(pair: Pair) -> str:
    """Return how the second side of a pair compares with the first, and in how many futures."""
    futures = len(pair.a_ahead)
    wins, losses = int(pair.b_ahead.sum()), int(pair.a_ahead.sum())
    if pair.same:
        return f"the same as {pair.a}" if futures == 1 else f"the same as {pair.a} in every future"
    if futures == 1:
        return f"{'better' if wins else 'worse'} than {pair.a} in this one future"
    if pair.better is None:
        return f"no clear difference: better in {wins}, worse in {losses} of {futures} futures"
    word, count = ("better", wins) if pair.better == pair.b else ("worse", losses)
    if 2 * count > futures:
        return f"{word} than {pair.a} in {count} of {futures} futures"
    both = f"better in {wins}, worse in {losses} of {futures} futures"
    return f"{word} than {pair.a} on the whole: {both}"


def _warnings(sides: Mapping[str, Ensemble]) -> list[str]:
    futures, found = _futures(sides), []
    if futures == 1:
        found.append("One future only: nothing can be said about how sure the numbers are.")
    elif futures < FEW:
        found.append(f"Only {futures} futures: a first look, not yet an answer.")
    if any(ensemble.baseline is None for ensemble in sides.values()):
        found.append("Money was not computed: no company without a programme was simulated.")
    return found
