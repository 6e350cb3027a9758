"""The ways in which functions of the model are compiled.

No fast-math, so that results have the same bits everywhere; the lock of the interpreter is
released, so that replicates run on threads; code is kept between runs.

Most functions are called by other compiled functions only. Without the wrapper that Python needs
to call them, the whole model compiles a quarter faster; so `compiled` makes that wrapper only when
Python really calls. `entry` is for the few that Python calls in every run.

Both work on arrays that are lent to them: whoever lives a run holds its arrays until the run is
over, so nothing here counts references to them. Counting took a tenth of a run, because the week
hands more than fifty arrays from function to function. A function that makes or returns an array
has to count: `making` and `making_entry` are for those, and for whoever calls one that returns an
array. Numba refuses to compile one that makes an array and does not count.
"""

from __future__ import annotations

from cxsim.compile_cache import FOLDER  # isort: skip  (must come before numba)

import functools
from collections.abc import Callable
from typing import Any

from numba import config, njit
from numba.core.registry import CPUDispatcher

config.CACHE_DIR = str(FOLDER)  # type: ignore[attr-defined]  # for those who imported numba before cxsim

OPTIONS = {"nogil": True, "error_model": "numpy"}
LENT = {**OPTIONS, "_nrt": False}  # references to arrays are not counted
COUNTING = {**OPTIONS, "_nrt": True}  # said aloud: else it would be as in whoever calls first
INNER = {"nopython": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

entry: Any = functools.partial(njit, cache=True, **LENT)
making_entry: Any = functools.partial(njit, cache=True, **COUNTING)


class Inner(CPUDispatcher):
    """A compiled function that gets its wrapper for Python when Python first calls it."""

    def __call__(self, *arguments: Any) -> Any:
        """Call the function from Python."""
        if not hasattr(self, "_wrapped"):
            self._wrapped = _wrapped(self)
        return self._wrapped(*arguments)


def _wrapped(function: Inner) -> Callable[..., Any]:
    @njit(error_model="numpy")
    def call(*arguments):
        return function(*arguments)

    return call


def compiled(function: Callable[..., Any]) -> Inner:
    """Compile a function for other compiled functions; Python may call it as well."""
    return _inner(function, LENT)


def making(function: Callable[..., Any]) -> Inner:
    """Compile a function that makes arrays, or calls one that returns them; else `compiled`."""
    return _inner(function, COUNTING)


def _inner(function: Callable[..., Any], options: dict[str, Any]) -> Inner:
    inner = Inner(py_func=function, targetoptions={**options, **INNER})
    inner.enable_caching()
    return inner
