"""Designs of experiments: what varies, where a study looks, how often, and what it keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxsim.lazy import lazily

if TYPE_CHECKING:
    from cxsim.study.design.design import Design
    from cxsim.study.design.factor import Factor, Until
    from cxsim.study.design.file import bundled_designs, load_design, parse_design

__all__ = ["Design", "Factor", "Until", "bundled_designs", "load_design", "parse_design"]

__getattr__ = lazily(
    __name__,
    {
        "Design": "design",
        "Factor": "factor",
        "Until": "factor",
        "bundled_designs": "file",
        "load_design": "file",
        "parse_design": "file",
    },
)
