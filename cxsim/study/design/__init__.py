"""Designs of experiments: what varies, where a study looks, how often, and what it keeps."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cxsim.study.design.design import Design
    from cxsim.study.design.factor import Factor, Until
    from cxsim.study.design.file import bundled_designs, load_design, parse_design

__all__ = ["Design", "Factor", "Until", "bundled_designs", "load_design", "parse_design"]

_HOMES = {
    "Design": "design",
    "Factor": "factor",
    "Until": "factor",
    "bundled_designs": "file",
    "load_design": "file",
    "parse_design": "file",
}


def __getattr__(name: str) -> Any:
    """Import on use, so that to name the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
