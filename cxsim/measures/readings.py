"""What a measure reads: which series, of whom, and in which weeks."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from cxsim.errors import CxsimError
from cxsim.measures.functions import FUNCTIONS, Kind
from cxsim.measures.language import Measure, Story, parse, place_window, whole_week

COMPANY, EVERY_FUNCTION, EVERY_LAYER = "company", "every function", "every layer"

_WHOSE = {
    Kind.SERIES: COMPANY,
    Kind.BY_FUNCTION: EVERY_FUNCTION,
    Kind.BY_LAYER: EVERY_LAYER,
}


@dataclass(frozen=True)
class Reading:
    """One series that a measure looks at.

    Attributes
    ----------
    function : str
        What it does with it, such as "mean".
    series : str
    whose : str
        "company", "every function", "every layer", or the name of one function or layer.
    first, last : int
        Weeks, both included.
    """

    function: str
    series: str
    whose: str
    first: int
    last: int


@dataclass(frozen=True)
class _Untold:
    """All that weeks from-to may depend on: the scenario, no run of it."""

    scenario: Story


def readings(measure: Measure, scenario: Story) -> tuple[Reading, ...]:
    """Return what a measure reads of a run of `scenario`, each once, in the order of its text.

    Raises
    ------
    CxsimError
        The horizon is shorter than the weeks asked for, or an event that it names is missing.
    """
    parts = ast.walk(ast.parse(measure.text, mode="eval"))
    calls = [part for part in parts if isinstance(part, ast.Call) and _reads(part)]
    calls.sort(key=lambda call: call.col_offset)
    return tuple(
        dict.fromkeys(one for call in calls for one in _of_call(call, measure.text, scenario))
    )


def _name(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _reads(call: ast.Call) -> bool:
    """Return whether a call takes a series."""
    return FUNCTIONS[_name(call)].takes[0] in _WHOSE


def _of_call(call: ast.Call, text: str, scenario: Story) -> list[Reading]:
    function = FUNCTIONS[_name(call)]
    split = len(function.takes)
    if function.window:
        bounds = [_week(node, text, scenario) for node in call.args[split:]]
        start, stop = place_window(scenario.weeks, bounds)
    else:
        week = _week(call.args[split - 1], text, scenario)
        start, stop = _single(week, scenario.weeks)
    return [
        Reading(_name(call), *_series(node, kind), start, stop - 1)
        for node, kind in zip(call.args, function.takes, strict=False)
        if kind in _WHOSE
    ]


def _series(node: ast.expr, kind: Kind) -> tuple[str, str]:
    """Return the series and whose it is."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as unit)):
            return name, unit
        case ast.Name(id=name):
            return name, _WHOSE[kind]
    raise CxsimError(f"{ast.unparse(node)}: no series")


def _week(node: ast.expr, text: str, scenario: Story) -> int:
    """Return a week as the measure would compute it."""
    said = ast.get_source_segment(text, node) or text
    return whole_week(parse(said).root.of(_Untold(scenario)), said)  # type: ignore[arg-type]


def _single(week: int, weeks: int) -> tuple[int, int]:
    start, stop = place_window(weeks, [week]) if week < 0 else place_window(weeks, [week, week + 1])
    return start, min(stop, start + 1)
