"""Parts rounded so that what is shown adds up to what is shown of the whole."""

from __future__ import annotations

from collections.abc import Sequence

from cxsim.explain.rounding import Rounded, rounded

Estimate = tuple[float, float, float]  # value and both ends of its interval, NaN without one


def adding_up(parts: Sequence[Estimate], whole: Estimate) -> tuple[list[Rounded], Rounded]:
    """Round parts and their sum at one place, by largest remainder.

    Parameters
    ----------
    parts : sequence of (value, low, high)
    whole : (value, low, high)
        Their sum.

    Returns
    -------
    (list of Rounded, Rounded)
        The parts, whose rounded values sum to the rounded whole, and the whole. The place is that
        of the least certain of them; a part of nothing stays nothing.
    """
    known = [one for one in (*parts, whole) if one[1] < one[2]] or [whole]
    place = max(rounded(*one).place for one in known)
    unit = 10.0**place
    wanted = round(whole[0] / unit)
    counts = [value / unit // 1 for value, _, _ in parts]
    by_remainder = sorted(
        (place_of for place_of, part in enumerate(parts) if part[0] != 0.0),
        key=lambda n: counts[n] - parts[n][0] / unit,
    )
    for n in by_remainder[: int(wanted - sum(counts))]:
        counts[n] += 1.0
    shown = [_at(part, count * unit, place) for part, count in zip(parts, counts, strict=True)]
    return shown, _at(whole, wanted * unit, place)


def _at(estimate: Estimate, value: float, place: int) -> Rounded:
    _, low, high = estimate
    if low != low:  # no interval
        return Rounded(value, None, None, place)
    return Rounded(value, round(low, -place) + 0.0, round(high, -place) + 0.0, place)
