"""Functions whose answers are known, and studies of them as the product runs them."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from cxsim.study.batch import Study, run_study
from cxsim.study.design import Design, Factor

Settings = Mapping[str, Any]


def lever(name: str, low: float = 0.0, high: float = 1.0, **more: Any) -> Factor:
    return Factor(name, "lever", low, high, **more)


def unknown(name: str, low: float = 0.0, high: float = 1.0, **more: Any) -> Factor:
    return Factor(name, "uncertainty", low, high, **more)


def listed(name: str, *values: Any, role: str = "lever", **more: Any) -> Factor:
    return Factor(name, role, values=values, **more)


def plan(*factors: Factor, **more: Any) -> Design:
    """A design of a function: one replicate, and an outcome y, unless told otherwise."""
    return Design("planted", "", None, factors, **{"replicates": 1, "outcomes": ("y",), **more})


def ran(design: Design, model: Any, folder: Path) -> Study:
    return run_study(design, folder / "study", model=model, threads=1)


def chance(*what: Any) -> float:
    """A number from 0 to 1 that depends on nothing but what is given."""
    seed = zlib.crc32(repr(what).encode())
    return float(np.random.default_rng(seed).random())


def ishigami(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    a, b, c = (settings[name] for name in "abc")
    return {"y": float(np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a))}
