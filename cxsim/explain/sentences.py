"""One plain sentence about a comparison: who beats whom on what, in how many futures, by how much.

A side *beats* another when it is clearly better on people, customers or money and clearly worse on
none of them; clearly means that the 95 % interval of the paired difference leaves out zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim.explain.pairs import Pair, Table

UNSURE = "one future does not tell how sure that is"


def single_sentence(texts: Sequence[str], futures: int) -> str:
    """Return what one scenario came to."""
    where = "In the one future simulated" if futures == 1 else f"In the middle of {_of(futures)}"
    return f"{where}: {'; '.join(texts)}."


def pair_sentence(pairs: Sequence[Pair], futures: int) -> str:
    """Return how two sides compare.

    Parameters
    ----------
    pairs : sequence of Pair
        Of the same two sides, one for each headline that sentences speak of.
    """
    a, b = pairs[0].a, pairs[0].b
    moved = [pair for pair in pairs if not pair.same]
    if not moved:
        where = "the one future simulated" if futures == 1 else f"every one of {_of(futures)}"
        return f"{a} and {b} come to the same in {where}."
    if futures == 1:
        told = listed([pair.words(b) for pair in moved])
        return f"In the one future simulated, {told} with {b} than with {a}; {UNSURE}."
    clear = [pair for pair in pairs if pair.better is not None]
    if not clear:
        counts = listed([f"on {p.headline.about} in {int(p.b_ahead.sum())}" for p in pairs])
        return f"No clear difference between {a} and {b}: {b} is better {counts} of {_of(futures)}."
    winner = _winner(clear)
    told = _trade_off(clear) if winner is None else _win(winner, clear, winner, futures)
    return f"{told}{_unclear(pairs)}."


def sentence_of_many(keys: Sequence[str], table: Table, main: Sequence[str], futures: int) -> str:
    """Return who comes out ahead of all others, or who leads on what.

    Parameters
    ----------
    keys : sequence of str
        Of three sides or more.
    table : Table
        Every two of them.
    main : sequence of str
        Headlines that sentences speak of.
    """
    rows = [[pairs[name] for name in main] for pairs in table.values()]
    if all(pair.same for pairs in rows for pair in pairs):
        return f"{listed(keys)} come to the same in {_of(futures)}."
    for key in keys if futures > 1 else ():
        mine = [pairs for pairs in rows if key in (pairs[0].a, pairs[0].b)]
        if all(_winner(pairs) == key for pairs in mine):
            beaten = listed([pairs[0].other(key) for pairs in mine])
            clear = [pair for pair in mine[0] if pair.better is not None]
            told = f"{_win('it', clear, key, futures)}{_unclear(mine[0])}"
            return f"{key} comes out ahead of {beaten}; {told}."
    return _leaders_sentence(keys, rows, futures)


def listed(parts: Sequence[str], joint: str = "and") -> str:
    """Return "A", "A and B", "A, B and C"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {joint} {parts[-1]}"


# ------------------------------------------------------------------ parts of sentences


def _winner(pairs: Sequence[Pair]) -> str | None:
    """Return the side that is clearly better on something and clearly worse on nothing."""
    better = {pair.better for pair in pairs if pair.better is not None}
    return better.pop() if len(better) == 1 else None


def _win(subject: str, clear: Sequence[Pair], winner: str, futures: int) -> str:
    """Return that the winner, called `subject`, beats the other, on what, how often, and how."""
    together = int(np.logical_and.reduce([pair.ahead(winner) for pair in clear]).sum())
    beats = f"{subject} beats {clear[0].other(winner)}"
    on = listed([pair.headline.about for pair in clear])
    by = ", ".join(pair.words(winner) for pair in clear)
    if 2 * together > futures:
        return f"{beats} on {on} in {together} of {_of(futures)}: {by}"
    at_once = " at once" if len(clear) > 1 else ""
    return f"{beats} on {on} on average, though{at_once} only in {together} of {_of(futures)}: {by}"


def _unclear(pairs: Sequence[Pair]) -> str:
    rest = [pair.headline.about for pair in pairs if pair.better is None]
    return f"; no clear difference on {listed(rest, 'or')}" if rest else ""


def _trade_off(clear: Sequence[Pair]) -> str:
    a, b = clear[0].a, clear[0].b
    gains = [
        f"{listed([pair.words(key) for pair in clear if pair.better == key])} with {key}"
        for key in (b, a)
    ]
    return f"Neither {a} nor {b} is better throughout: {', but '.join(gains)}"


def _leaders_sentence(keys: Sequence[str], rows: Sequence[Sequence[Pair]], futures: int) -> str:
    """Return who leads on each headline where nobody leads on all of them."""
    parts = []
    for column in zip(*rows, strict=True):
        best = [key for key in keys if not any(_beaten(pair, key, futures) for pair in column)]
        if len(best) < len(keys) and best:
            parts.append(f"{column[0].headline.most} with {listed(best, 'or')}")
    if not parts:
        return f"No clear difference between {listed(keys)} in {_of(futures)}."
    told = listed(parts)
    if futures == 1:
        return f"In the one future simulated, {told}; {UNSURE}."
    return f"No scenario is ahead of all others in {_of(futures)}: {told}."


def _beaten(pair: Pair, key: str, futures: int) -> bool:
    """Return whether a side does clearly worse than the other one of a pair."""
    if key not in (pair.a, pair.b):
        return False
    if futures == 1:
        return bool(pair.ahead(pair.other(key)).any())
    return pair.better == pair.other(key)


def _of(futures: int) -> str:
    return "1 future" if futures == 1 else f"{futures:,} futures"
