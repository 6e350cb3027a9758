"""What is kept of every run, and the key by which a finished run is known again.

The key of a run says everything that its numbers depend on: the sources of the model, the
scenarios it starts from, the settings of its point, the seed, and what is kept of it. Two designs
that share a point share its runs; a design that has grown finds what it had finished before.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cxsim
from cxsim.compile_cache import COMPILED_SOURCES, PACKAGE, REGISTRY
from cxsim.errors import CxsimError
from cxsim.study.design import Design
from cxsim.values import shown

DIGITS = 20  # of a key: 80 bits, so that no two of a billion runs share one
# What numbers come from, beside the compiled rules: the plan, the outcomes, the measures.
OTHER_SOURCES = (
    "plan.py",
    "state.py",
    "series.py",
    "measures/*.py",
    "explain/sustaining.py",
    REGISTRY,
)

Model = Callable[[Mapping[str, Any], int, int], Mapping[str, float]]


@dataclass(frozen=True)
class Recipe:
    """What is kept of every run, and what all runs of a design have in common.

    Attributes
    ----------
    outcomes : tuple of str
        Columns of the numbers, measures last.
    measures : tuple of (str, str)
        Name and text.
    series : tuple of str
        Weekly series that are kept.
    withdraw : int or None
        Week in which support is taken away, for what survives that.
    seed : int
    model : str
        Stands for the sources of the model, or for the user's own function.
    base : str
        Stands for the scenarios that the settings are laid over.
    """

    outcomes: tuple[str, ...]
    measures: tuple[tuple[str, str], ...]
    series: tuple[str, ...]
    withdraw: int | None
    seed: int
    model: str
    base: str

    @classmethod
    def read(cls, words: Mapping[str, Any]) -> Recipe:
        """Return a recipe as JSON tells it."""
        lists = {key: tuple(words[key]) for key in ("outcomes", "series")}
        measures = tuple((name, text) for name, text in words["measures"])
        return cls(**{**words, **lists, "measures": measures})

    @functools.cached_property
    def hash(self) -> str:
        """Hex digits that stand for all of it."""
        return digest(asdict(self))

    def key(self, settings: Mapping[str, Any]) -> str:
        """Return the key of a point's runs."""
        return digest([self.hash, sorted(settings.items())])


def recipe_of(design: Design, model: Model | None = None) -> Recipe:
    """Return the recipe of a design, or of the same design with a function of the user's own.

    Raises
    ------
    CxsimError
        A function where the design has a company, or none where it has none.
    """
    company = design.base is not None or any(f.role == "scenario" for f in design.factors)
    if company and model is not None:
        raise CxsimError(
            f"{design.name}: varies a company, so it cannot run the function "
            f"{shown(getattr(model, '__name__', 'given'))}; leave out model= or the base"
        )
    if not company and model is None:
        raise CxsimError(
            f"{design.name}: has no base scenario; name one in the design, or give the function "
            "that it varies: run_study(design, folder, model=function)"
        )
    measures = tuple((name, str(text)) for name, text in design.measures.items())
    return Recipe(
        outcomes=tuple(dict.fromkeys([*design.outcomes, *design.measures])),
        measures=measures,
        series=tuple(design.series),
        withdraw=design.withdraw,
        seed=design.seed,
        model=model_hash() if model is None else _function_hash(model),
        base=_base_hash(design),
    )


@functools.cache
def model_hash() -> str:
    """Return hex digits that stand for every source that numbers come from."""
    patterns = (*COMPILED_SOURCES, *OTHER_SOURCES)
    files = sorted({path for pattern in patterns for path in PACKAGE.glob(pattern)})
    texts = {str(path.relative_to(PACKAGE)): _text_of(path) for path in files}
    return digest([cxsim.__version__, texts])


def _text_of(path: Path) -> str:
    """Return a source as it is the same on all systems, whatever ends its lines."""
    return path.read_text(encoding="utf-8")


def _function_hash(model: Model) -> str:
    """Return what stands for a function: its source, or its name where that cannot be had.

    An object that is called stands for its class; what it was made with is not looked at. The
    arguments of a `functools.partial` are.
    """
    if isinstance(model, functools.partial):
        given = [repr(model.args), repr(sorted(model.keywords.items()))]
        return digest([_function_hash(model.func), *given])
    source: Any = model if hasattr(model, "__qualname__") else type(model)
    name = f"{source.__module__}.{source.__qualname__}"
    try:
        return digest([name, inspect.getsource(source)])
    except (OSError, TypeError):
        return digest([name])


def _base_hash(design: Design) -> str:
    scenarios = next((f for f in design.factors if f.role == "scenario"), None)
    if scenarios is not None:
        names = scenarios.values or ()
        return digest([design.scenario_at({scenarios.name: name}).hash for name in names])
    return "" if design.base is None else design.base.hash


def digest(content: Any) -> str:
    """Return hex digits that stand for plain content."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
