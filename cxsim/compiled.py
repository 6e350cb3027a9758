"""The one way in which functions of the model are compiled.

No fast-math, so that results have the same bits everywhere; the lock of the interpreter is
released, so that replicates run on threads; code is kept between runs.
"""

from __future__ import annotations

import cxsim.compile_cache  # noqa: F401  isort: skip  (must come before numba)

import functools

from numba import njit

compiled = functools.partial(njit, cache=True, nogil=True, error_model="numpy")
