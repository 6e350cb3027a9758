"""Answers on demand: a study is read once, an answer is worked out once, one at a time."""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.app.experiments import answers, failing, robustness
from cxsim.app.experiments.answers import Told, outcomes, preferred
from cxsim.errors import CxsimError
from cxsim.study.analysis.reading import Study

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.study.design import Design

Stamp = tuple[int, ...]
USUAL = ("side", "threshold", "level")  # choices that every outcome begins with its own of

ANSWERS: dict[str, Callable[[Study, Mapping[str, Any]], Told]] = {
    "glance": answers.glance,
    "matters": answers.matters,
    "map": answers.tipping,
    "fails": failing.fails,
    "robust": robustness.robustness,
}
_LOCK = threading.Lock()  # much of an analysis is Python: two at once would only be late both


class Reading:
    """A study whose tables are read once."""

    def __init__(self, folder: Path) -> None:
        from cxsim.study.batch import open_study

        study = open_study(folder)
        self.folder = folder
        self.design: Design = study.design
        self._runs: pd.DataFrame = study.runs()
        self._points: pd.DataFrame = study.points()

    def runs(self) -> pd.DataFrame:
        """One row per run."""
        return self._runs

    def points(self) -> pd.DataFrame:
        """One row per point."""
        return self._points


@functools.lru_cache(maxsize=4)
def reading(folder: Path, stamp: Stamp) -> Reading:
    """Return a study with its tables; the stamp is what its folder was like.

    Raises
    ------
    CxsimError
        It cannot be read, or nothing of it is finished.
    """
    found = Reading(folder)
    if found.runs().empty:
        raise CxsimError("no run of this study is finished yet")
    return found


def answer(folder: Path, stamp: Stamp, show: str, wish: Mapping[str, Any]) -> Told:
    """Return what one part of the page shows of a study.

    Parameters
    ----------
    folder, stamp
        Where the study is, and what its folder was like.
    show
        Key of `ANSWERS`.
    wish
        What was chosen: outcome, method, factors and so on.

    Raises
    ------
    CxsimError
        The study cannot answer that; the message says why.
    """
    with _LOCK:
        return _answer(folder, stamp, show, json.dumps(wish, sort_keys=True))


@functools.lru_cache(maxsize=64)
def _answer(folder: Path, stamp: Stamp, show: str, wish: str) -> Told:
    return ANSWERS[show](reading(folder, stamp), json.loads(wish))


def choices(folder: Path, stamp: Stamp) -> Told:
    """Return what can be chosen from in a study, and what is chosen to begin with.

    Raises
    ------
    CxsimError
        The study cannot be read.
    """
    with _LOCK:
        return _choices(folder, stamp)


@functools.lru_cache(maxsize=16)
def _choices(folder: Path, stamp: Stamp) -> Told:
    study = reading(folder, stamp)
    known = outcomes(study)
    first = preferred([one["name"] for one in known])
    methods = answers.methods(study.design)
    pairs = answers.pairs(study.design)
    thresholds = {one["name"]: failing.usual_threshold(study, one["name"]) for one in known}
    return {
        "outcomes": known,
        "methods": methods,
        "factors": pairs,
        "thresholds": thresholds,
        "policies": robustness.possible(study.design),
        "first": {
            "outcome": first,
            "method": methods[0]["name"],
            "x": pairs[0]["name"] if pairs else "",
            "y": pairs[1]["name"] if len(pairs) > 1 else "",
            **{key: thresholds.get(first, {}).get(key, "") for key in USUAL},
            "enough": "",
        },
    }
