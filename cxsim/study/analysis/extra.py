"""Libraries that need care: one that is optional, and some that change settings of the process."""

from __future__ import annotations

import importlib
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from cxsim.errors import CxsimError

SEED = 1  # of everything that is resampled or drawn to break ties
_ALONE = threading.RLock()


def workbench(module: str) -> Any:
    """Return a module of the EMA workbench, which only those need who look for failures.

    Raises
    ------
    CxsimError
        It is not installed.
    """
    with _ALONE, warnings.catch_warnings():
        # It would like ipyparallel, for clusters of its own; ours are elsewhere.
        warnings.filterwarnings("ignore", message=".*ipyparallel.*")
        try:
            return importlib.import_module(f"ema_workbench.{module}")
        except ImportError as error:
            raise CxsimError(
                f"the EMA workbench cannot be imported ({error}); install it with "
                "pip install 'cxsim[analysis]'"
            ) from error


@contextmanager
def quiet_and_seeded() -> Iterator[None]:
    """Keep a library's warnings to itself, and give it the same random numbers every time.

    SALib and scikit-learn draw from NumPy's global generator, and SALib changes how warnings look.
    """
    # Recorded, not ignored: SALib sets filters of its own, which would bring them back.
    with _ALONE, warnings.catch_warnings(record=True):
        state, form = np.random.get_state(), warnings.formatwarning
        np.random.seed(SEED)
        try:
            yield
        finally:
            np.random.set_state(state)
            warnings.formatwarning = form


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra on one thread.

    Densities and small surfaces are thousands of tiny products; threads that wait for each other
    on a busy machine take twenty times as long.
    """
    import threadpoolctl

    with threadpoolctl.threadpool_limits(limits=1, user_api="blas"):
        yield
