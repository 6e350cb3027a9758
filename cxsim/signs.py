"""Signs: what to look for in the results of a scenario, as data that can be checked on a run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from cxsim.checks import Path, Problems, as_table
from cxsim.errors import CxsimError
from cxsim.timeline import SHOCKS, Event
from cxsim.values import clean_value, shown, suggestion

if TYPE_CHECKING:
    import numpy as np

    from cxsim.measures import Measure, Source

_KEYS = ("says", "measure", "above", "below")
_FARTHEST = 1e15


@dataclass(frozen=True)
class Sign:
    """One thing that shows in the results.

    Attributes
    ----------
    says : str
        Plain words for people.
    measure : str
        In the language of `cxsim.measures`.
    above, below : float or None
        The measure lies above the one and below the other, not at them; at least one is given.
    """

    says: str
    measure: str
    above: float | None = None
    below: float | None = None

    def value(self, source: Source) -> np.ndarray:
        """Return the measure of each replicate, shape (replicates,), NaN for no answer.

        Raises
        ------
        CxsimError
            The run cannot tell, for instance because it is too short.
        """
        return _parse(self.measure).of(source)

    def holds(self, source: Source) -> np.ndarray:
        """Tell for each replicate whether it shows the sign; NaN does not.

        Raises
        ------
        CxsimError
            The run cannot tell, for instance because it is too short.
        """
        value = self.value(source)
        above = -inf if self.above is None else self.above
        below = inf if self.below is None else self.below
        return (value > above) & (value < below)

    def words(self) -> str:
        """Return measure and bounds, such as ``sum(closures, 0, 26) below 6``."""
        bounds = [
            f"{word} {value:.12g}"
            for word, value in (("above", self.above), ("below", self.below))
            if value is not None
        ]
        return f"{self.measure} {' and '.join(bounds)}"

    def as_table(self) -> dict[str, Any]:
        """Return the sign as a file has it."""
        table = {key: getattr(self, key) for key in _KEYS}
        return {key: value for key, value in table.items() if value is not None}


def clean_signs(raw: object, problems: Problems) -> list[tuple[int, Sign]]:
    """Check a list of signs given as tables or Sign objects.

    Returns
    -------
    list of (int, Sign)
        The sound ones, each with its place in the given list.
    """
    if not isinstance(raw, Sequence) or isinstance(raw, str):
        problems.add(("signs",), f"{shown(raw)} where a list of [[signs]] is wanted")
        return []
    pairs = [(i, _clean_sign(item, ("signs", i), problems)) for i, item in enumerate(raw)]
    return [(i, sign) for i, sign in pairs if sign is not None]


def _clean_sign(raw: object, path: Path, problems: Problems) -> Sign | None:
    """Return the checked sign, or None after noting what is wrong with it."""
    before = len(problems.found)
    table = as_table(raw.as_table() if isinstance(raw, Sign) else raw, path, problems)
    for key in table:
        if key not in _KEYS:
            problems.unknown((*path, key), "key of a sign", _KEYS)
    if len(problems.found) == before:  # otherwise what lacks is most likely what is misspelt
        for key, meaning in (("says", "plain words for it"), ("measure", "what to measure")):
            if key not in table:
                problems.add(path, f"lacks '{key}', {meaning}")
        if "above" not in table and "below" not in table:
            problems.add(path, "lacks 'above' or 'below': any value would do")
    clean = {
        key: problems.attempt((*path, key), _CLEAN[key], table[key])
        for key in _KEYS
        if key in table
    }
    if len(problems.found) == before and not _leaves_room(clean):
        problems.add((*path, "above"), "not less than 'below', so no value would do")
    return Sign(**clean) if len(problems.found) == before else None


def _clean_says(value: object) -> str:
    if not isinstance(value, str):
        raise CxsimError(f"{shown(value)} where text is wanted")
    if not value.strip():
        raise CxsimError("empty; a few words for people are wanted")
    return value


def _clean_measure(value: object) -> str:
    measure = _parse(value)
    for shock in measure.shocks:
        if shock not in SHOCKS:
            raise CxsimError(f'event_week("{shock}"): unknown shock{suggestion(shock, SHOCKS)}')
    return measure.text


def _clean_bound(value: object) -> float:
    bound: float = clean_value(value, "number", -_FARTHEST, _FARTHEST, "of the measure")
    return bound


_CLEAN = {
    "says": _clean_says,
    "measure": _clean_measure,
    "above": _clean_bound,
    "below": _clean_bound,
}


def _leaves_room(clean: dict[str, Any]) -> bool:
    above, below = clean.get("above"), clean.get("below")
    return above is None or below is None or above < below


def check_company(
    placed: Iterable[tuple[int, Sign]],
    functions: Sequence[str],
    events: Iterable[Event],
    problems: Problems,
) -> None:
    """Note signs that name a function or a shock that the company does not have."""
    shocks = {shock for event in events for shock in event.shock}
    for index, sign in placed:
        measure, path = _parse(sign.measure), ("signs", index, "measure")
        for name in measure.functions:
            if name not in functions:
                near = suggestion(name, functions)
                problems.add(path, f"'{name}' is not a function of this company{near}")
        for shock in measure.shocks:
            if shock not in shocks:
                problems.add(path, f'event_week("{shock}"): no event has this shock')


def that_fit(signs: tuple[Sign, ...], functions: object) -> tuple[Sign, ...]:
    """Return the signs that name none but these functions, for a company with other functions."""
    if not isinstance(functions, list | tuple):
        return signs  # the check of the functions themselves will complain
    return tuple(sign for sign in signs if set(_parse(sign.measure).functions) <= {*functions})


def _parse(text: object) -> Measure:
    from cxsim.measures import parse  # here, so that a scenario without signs needs no numpy

    return parse(text)
