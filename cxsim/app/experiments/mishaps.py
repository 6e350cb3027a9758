"""Why runs fail, in few words: messages that differ in their numbers only are one reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

LONGEST = 300  # characters of a reason
_NUMBER = re.compile(r"[-+]?\d[\d.,]*(?:e[-+]?\d+)?", re.IGNORECASE)


def commonest(errors: Iterable[str]) -> tuple[str, int]:
    """Return the most frequent reason, as its first message, and how many have it; "", 0 for none.

    Parameters
    ----------
    errors
        One message for each failure.
    """
    counts: Counter[str] = Counter()
    first: dict[str, str] = {}
    for error in errors:
        kind = _NUMBER.sub("#", error)
        counts[kind] += 1
        first.setdefault(kind, error)
    if not counts:
        return "", 0
    kind, count = counts.most_common(1)[0]
    return first[kind].strip()[:LONGEST], count
