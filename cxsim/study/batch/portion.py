"""What is sent to a worker of a cluster, and what it does there."""

from __future__ import annotations

import contextlib
import pickle
import socket
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from cxsim.errors import CxsimError
from cxsim.study.batch.evaluation import Evaluate, evaluator
from cxsim.study.batch.recipe import Model, Recipe, digest, model_hash
from cxsim.study.batch.run import Run
from cxsim.study.design import Design

INSTALL = "working on a cluster needs Dask: pip install 'cxsim[cluster]'"


def work(name: str, task: bytes, items: list[tuple[dict[str, Any], list[int]]]) -> list[list[Run]]:
    """Do some runs on a worker.

    Parameters
    ----------
    name : str
        Stands for `task`.
    task : bytes
        Design, recipe and the user's own function, if any.
    items : list of (settings, replicates)

    Raises
    ------
    CxsimError
        This worker has another version of the model, or cannot load the user's function.
    """
    evaluate = _evaluate(name, task)
    return [list(evaluate(settings, replicates)) for settings, replicates in items]


_KNOWN: dict[str, Evaluate] = {}  # of this worker: what gives the runs of each study


def _evaluate(name: str, task: bytes) -> Evaluate:
    """Return what gives the runs of a study, made once on a worker."""
    if name not in _KNOWN:
        version, content = pickle.loads(task)
        if version != model_hash():
            raise CxsimError(
                f"worker on {socket.gethostname()}: has another version of cxsim; install the same "
                "one on all machines, then resume the study"
            )
        try:
            design, recipe, model = pickle.loads(content)
        except Exception as error:
            raise CxsimError(
                f"worker on {socket.gethostname()}: cannot load the function: "
                f"{type(error).__name__}: {error}; install what it needs there, then resume the "
                "study"
            ) from None
        _KNOWN[name] = evaluator(design, recipe, model)
    return _KNOWN[name]


def task_name(design: Design, recipe: Recipe) -> str:
    """Return what stands for a task."""
    return digest([design.hash, recipe.hash])


def pickled(design: Design, recipe: Recipe, model: Model | None) -> bytes:
    """Return a task as bytes: the version it needs, and what it is.

    Raises
    ------
    CxsimError
        Dask is not installed, or the function cannot be sent.
    """
    try:
        import cloudpickle
    except ImportError:
        raise CxsimError(INSTALL) from None
    # Settings come with every portion; the points of a long table need not travel with them.
    slim = replace(design, method="table", rows=design.settings[:1])
    with _by_value(model):
        try:
            content = cloudpickle.dumps((slim, recipe, model))
        except Exception as error:
            raise CxsimError(
                f"the function cannot be sent to workers: {type(error).__name__}: {error}; define "
                "it in a module of its own, and keep what it opens inside of it"
            ) from None
    return pickle.dumps((model_hash(), bytes(content)))


@contextlib.contextmanager
def _by_value(model: Model | None) -> Iterator[None]:
    """Have the source of a function's module sent, which workers may not have."""
    import cloudpickle

    module = sys.modules.get(getattr(model, "__module__", None) or "")
    if model is None or module is None or module.__name__ == "__main__" or _installed(module):
        yield
        return
    cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def _installed(module: Any) -> bool:
    """Return whether a module belongs to a package, which workers are to have installed."""
    path = getattr(module, "__file__", None)
    return path is None or "site-packages" in path or module.__name__.startswith("cxsim.")
