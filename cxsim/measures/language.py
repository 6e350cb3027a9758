"""A small language for one number per future, read off the recorded series.

``mean(adoption, -26)`` is the mean adoption of the last 26 weeks,
``sum(closures["service"], 0, 26)`` the pain points that service closed in the first 26. There are
numbers, ``+ - * /``, brackets, ``weeks`` (the horizon) and the functions of `FUNCTIONS`, nothing
else: a measure in a stranger's file can compute but do nothing.

Weeks from-to include the first and leave out the second; both may be left out, and a negative one
counts back from the end. Weeks in which nothing is recorded, because nobody works there, are left
out. Where there is no answer (nothing recorded, division by zero, never reached) it is NaN.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.measures.functions import FUNCTIONS, Function, Kind, last_layer, ratio, usage
from cxsim.series import COMPANY, FUNCTION, LAYER, SERIES
from cxsim.values import clean_function_name, shown, shown_key, suggestion

LONGEST_TEXT = 500  # characters
DEEPEST = 40  # parts within parts
LARGEST_NUMBER = 1e15

_TOKEN = re.compile(
    r"\s+|[A-Za-z_]\w*|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?(?![\w.])"
    r"|\"[^\"\\]*\"|'[^'\\]*'|[-+*/(),\[\]]",
    re.ASCII,
)
_LAYER = re.compile(r"layer ([1-9][0-9]?)")
_FIRST_LAYER, _LAST_LAYER = "first layer", "last layer"


class Story(Protocol):
    """What a measure wants to know of a scenario."""

    @property
    def levers(self) -> Mapping[str, Any]:
        """Lever name to its value at week 0."""

    @property
    def events(self) -> Sequence[Any]:
        """Events, each with a `week` and a mapping `shock`."""

    @property
    def weeks(self) -> int:
        """Horizon in weeks."""


class Source(Protocol):
    """What can be measured: an Ensemble, or anything that answers the same questions."""

    @property
    def scenario(self) -> Story:
        """The scenario that was run."""

    @property
    def functions(self) -> tuple[str, ...]:
        """Names along the last axis of `function_series`."""

    def series(self, name: str) -> np.ndarray:
        """Return a series of the company, shape (replicates, weeks)."""

    def function_series(self, name: str) -> np.ndarray:
        """Return a series by function, shape (replicates, weeks, functions)."""

    def layer_series(self, name: str) -> np.ndarray:
        """Return a series by layer, shape (replicates, weeks, layers)."""


# --- measures ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A part of a measure, ready to be computed."""

    of: Callable[[Source], Any]
    fixed: bool  # known from the scenario alone, and so the same in every replicate
    number: float | None = None  # when it is written as a plain number


@dataclass(frozen=True)
class Measure:
    """One number per replicate; made by `parse`.

    Attributes
    ----------
    text : str
        As written, blanks made even.
    functions, shocks : tuple of str
        Functions of the firm and shocks that it names; a company has to have them.
    """

    text: str
    functions: tuple[str, ...]
    shocks: tuple[str, ...]
    root: Part

    def __reduce__(self) -> tuple[Callable[[str], Measure], tuple[str]]:
        return parse, (self.text,)

    def of(self, source: Source) -> np.ndarray:
        """Return the measure of each replicate, shape (replicates,), NaN for no answer.

        Raises
        ------
        CxsimError
            The run cannot tell: a horizon shorter than the weeks asked for, a function, layer or
            event that the company does not have, or net value without a baseline.
        """
        with np.errstate(all="ignore"):
            values = np.asarray(self.root.of(source), float)
            if values.ndim == 0:
                values = np.full(source.series("employees").shape[0], values)
            return np.where(np.isfinite(values), values, np.nan)


def parse(text: object) -> Measure:
    """Read a measure.

    Raises
    ------
    CxsimError
        What is wrong and where, in one line.
    """
    if not isinstance(text, str):
        raise CxsimError(f"{shown(text)} where a measure such as mean(adoption, -26) is wanted")
    if len(text) > LONGEST_TEXT:
        raise CxsimError(f"a measure of {len(text)} characters; at most {LONGEST_TEXT} are allowed")
    return _parsed(" ".join(text.split()))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Measure:
    if not text:
        raise CxsimError("empty where a measure such as mean(adoption, -26) is wanted")
    _check_characters(text)
    try:
        tree = ast.parse(text, mode="eval")
    except (SyntaxError, ValueError) as error:
        place = getattr(error, "offset", None)
        at = f" at character {place}" if place else ""
        raise CxsimError(f"{shown(text)} cannot be read as a measure{at}") from None
    except (RecursionError, MemoryError):
        raise CxsimError("a measure with too many brackets or signs within each other") from None
    reader = _Reader(text)
    root = reader.value(tree.body, 0)
    return Measure(text, tuple(reader.functions), tuple(reader.shocks), root)


def _check_characters(text: str) -> None:
    """Refuse what the language has no use for before Python's own parser sees it."""
    place = 0
    while place < len(text):
        token = _TOKEN.match(text, place)
        if token is None:
            raise CxsimError(
                f"{shown(text[place : place + 12])} at character {place + 1} has no place in a "
                "measure"
            )
        place = token.end()


# --- from syntax to parts ------------------------------------------------------------------------

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: ratio,
}


class _Reader:
    """One measure on its way from Python's syntax tree to parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.functions: dict[str, None] = {}  # in the order in which they are named
        self.shocks: dict[str, None] = {}

    def said(self, node: ast.AST) -> str:
        """Return a part as it is written, short enough for a message."""
        text = ast.get_source_segment(self.text, node) or self.text
        return text if len(text) <= 60 else f"{text[:57]}..."

    def value(self, node: ast.expr, depth: int) -> Part:
        """Return a part that gives a number, the same for all replicates or one for each."""
        if depth > DEEPEST:
            raise CxsimError(f"more than {DEEPEST} parts within each other; write it shorter")
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self.number(number)
            case ast.Name(id="weeks"):
                return Part(lambda source: float(source.scenario.weeks), fixed=True)
            case ast.Name(id=name):
                raise CxsimError(_misplaced(name))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                return self.signed(sign, operand, depth)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
                a, b = self.value(left, depth + 1), self.value(right, depth + 1)
                compute = _OPERATORS[type(sign)]
                return Part(lambda source: compute(a.of(source), b.of(source)), a.fixed and b.fixed)
            case ast.Call(func=ast.Name(id=name)):
                return self.call(node, name, depth)
            case ast.Subscript():
                raise CxsimError(
                    f"{self.said(node)}: a series has a place within a function, such as "
                    f"mean({self.said(node)})"
                )
        raise CxsimError(
            f"{self.said(node)}: not part of the language, which has numbers, + - * /, brackets "
            "and functions"
        )

    def number(self, number: float) -> Part:
        if not abs(number) <= LARGEST_NUMBER:
            raise CxsimError(f"a number beyond {LARGEST_NUMBER:g}")
        value = float(number)
        return Part(lambda _: value, fixed=True, number=value)

    def signed(self, sign: ast.unaryop, operand: ast.expr, depth: int) -> Part:
        inner = self.value(operand, depth + 1)
        if isinstance(sign, ast.UAdd):
            return inner
        number = None if inner.number is None else -inner.number
        return Part(lambda source: -inner.of(source), inner.fixed, number)

    def call(self, node: ast.Call, name: str, depth: int) -> Part:
        """Return a call of one of the functions, its arguments checked."""
        function = FUNCTIONS.get(name)
        if function is None:
            raise CxsimError(f"{shown_key(name)}: no such function{suggestion(name, FUNCTIONS)}")
        if node.keywords or not len(function.takes) <= len(node.args) <= function.most:
            raise CxsimError(f"{self.said(node)}: {usage(name)} is wanted")
        split = len(function.takes)
        parts = [
            self.argument(arg, kind, depth + 1)
            for arg, kind in zip(node.args, function.takes, strict=False)
        ]
        window = [self.argument(arg, Kind.WEEK, depth + 1) for arg in node.args[split:]]
        said = self.said(node)
        _check_order(window, said)

        def of(source: Source) -> Any:
            arguments = [part.of(source) for part in parts]
            bounds = [bound.of(source) for bound in window]
            try:
                return _computed(function, arguments, bounds)
            except CxsimError as error:
                raise CxsimError(f"{said}: {error}") from None

        return Part(of, fixed=all(part.fixed for part in parts))

    def argument(self, node: ast.expr, kind: Kind, depth: int) -> Part:
        match kind:
            case Kind.NUMBER:
                return self.value(node, depth)
            case Kind.WEEK:
                return self.week(node, depth)
            case Kind.LEVER:
                lever = _lever(self.word(node, kind))
                return Part(lambda source: float(source.scenario.levers[lever]), fixed=True)
            case Kind.SHOCK:
                shock = self.word(node, kind)
                self.shocks[shock] = None
                return Part(lambda source: _event_week(source.scenario, shock), fixed=True)
            case _:
                return Part(self.series(node, kind), fixed=False)

    def week(self, node: ast.expr, depth: int) -> Part:
        part = self.value(node, depth)
        if not part.fixed:
            raise CxsimError(
                f"{self.said(node)}: differs between futures; a week is a number, or made of "
                "weeks, lever(...) and event_week(...)"
            )
        said = self.said(node)
        return Part(
            lambda source: whole_week(part.of(source), said), fixed=True, number=part.number
        )

    def word(self, node: ast.expr, kind: Kind) -> str:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return node.value
        raise CxsimError(f"{self.said(node)}: the name of a {kind[1:-1]} in quotes is wanted")

    def series(self, node: ast.expr, kind: Kind) -> Callable[[Source], np.ndarray]:
        """Return how to get a series of the company, of one unit of it, or of all units."""
        match node:
            case ast.Name(id=name):
                if kind == Kind.BY_FUNCTION:
                    _check_series(name, FUNCTION)
                    return lambda source: source.function_series(name)
                if kind == Kind.BY_LAYER:
                    _check_series(name, LAYER)
                    return lambda source: _layers(source, name)
                _check_series(name, COMPANY)
                return lambda source: source.series(name)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as unit)):
                if kind == Kind.SERIES:
                    return self.unit_series(name, unit)
        raise CxsimError(f"{self.said(node)}: a {kind} is wanted, such as {_EXAMPLES[kind]}")

    def unit_series(self, name: str, unit: str) -> Callable[[Source], np.ndarray]:
        """Return how to get the series of one function or layer."""
        numbered = _LAYER.fullmatch(unit)
        if numbered or unit in (_FIRST_LAYER, _LAST_LAYER):
            _check_series(name, LAYER)
            if unit == _LAST_LAYER:
                return lambda source: last_layer(_layers(source, name))
            depth = int(numbered[1]) if numbered else 1
            return lambda source: _layer(source, name, depth)
        _check_series(name, FUNCTION)
        self.functions[clean_function_name(unit)] = None
        return lambda source: _function(source, name, unit)


_EXAMPLES = {
    Kind.SERIES: 'adoption or adoption["service"]',
    Kind.BY_FUNCTION: "commitment",
    Kind.BY_LAYER: "adoption",
}


def _misplaced(name: str) -> str:
    """Return what is wrong with a name that stands by itself."""
    if name in SERIES:
        return f"{name}: a series has a place within a function, such as mean({name})"
    if name in FUNCTIONS:
        return f"{name}: {usage(name)} is wanted"
    return f"{shown_key(name)}: unknown name{suggestion(name, ('weeks', *SERIES, *FUNCTIONS))}"


def _check_series(name: str, level: str) -> None:
    known = [series for series, entry in SERIES.items() if level in entry.levels]
    if name not in known:
        where = "" if level == COMPANY else f" by {level}"
        raise CxsimError(f"{shown_key(name)}: no such series{where}{suggestion(name, known)}")


def _check_order(window: Sequence[Part], said: str) -> None:
    """Refuse plain weeks from-to with nothing between them whatever the horizon."""
    numbers = [bound.number for bound in window if bound.number is not None]
    if len(numbers) == 2 and (numbers[0] < 0) == (numbers[1] < 0) and numbers[0] >= numbers[1]:
        raise CxsimError(f"{said}: no week lies from {numbers[0]:g} to before {numbers[1]:g}")


def _lever(name: str) -> str:
    levers = parameters.registry().levers
    numeric = [lever for lever, entry in levers.items() if entry.type in ("number", "integer")]
    if name not in numeric:
        what = "not a number" if name in levers else f"no such lever{suggestion(name, numeric)}"
        raise CxsimError(f"{shown_key(name)}: {what}")
    return name


# --- on a run ------------------------------------------------------------------------------------


def _computed(function: Function, arguments: list[Any], bounds: list[int]) -> Any:
    """Return what a function makes of its arguments within the weeks from-to."""
    if not function.window:
        return function.compute(*arguments)
    start, stop = place_window(arguments[0].shape[1], bounds)
    cut = [
        argument[:, start:stop] if kind in _EXAMPLES else argument
        for argument, kind in zip(arguments, function.takes, strict=True)
    ]
    return function.compute(*cut) + (start if function.week else 0)


def place_window(weeks: int, bounds: list[int]) -> tuple[int, int]:
    """Return the weeks [start, stop), counted from the beginning."""
    placed = [bound + weeks if bound < 0 else bound for bound in bounds]
    start, stop = (*placed, *(0, weeks)[len(placed) :])
    if not 0 <= start < stop <= weeks:
        asked = " to before ".join(map(str, bounds))
        raise CxsimError(f"weeks from {asked} are wanted, the horizon is {weeks} weeks")
    return start, stop


def whole_week(week: float, said: str) -> int:
    """Return a week as a whole number; part of a week counts with the week it lies in."""
    if not math.isfinite(week):
        raise CxsimError(f"{said}: gives no number where a week is wanted")
    return math.floor(week)


def _event_week(scenario: Story, shock: str) -> float:
    weeks = [event.week for event in scenario.events if shock in event.shock]
    if not weeks:
        raise CxsimError(f'event_week("{shock}"): no event of the scenario has this shock')
    return float(min(weeks))


def _function(source: Source, name: str, unit: str) -> np.ndarray:
    if unit not in source.functions:
        near = suggestion(unit, source.functions)
        raise CxsimError(f'{name}["{unit}"]: not a function of this company{near}')
    return source.function_series(name)[:, :, source.functions.index(unit)]


def _layers(source: Source, name: str) -> np.ndarray:
    """Return a series by layer, NaN throughout for a layer in which nobody ever works."""
    worked = source.layer_series("employees").sum(axis=1, keepdims=True) > 0.0
    return np.where(worked, source.layer_series(name), np.nan)


def _layer(source: Source, name: str, depth: int) -> np.ndarray:
    values = _layers(source, name)
    if depth > values.shape[2]:
        raise CxsimError(f'{name}["layer {depth}"]: this company has {values.shape[2]} layers')
    return values[:, :, depth - 1]
