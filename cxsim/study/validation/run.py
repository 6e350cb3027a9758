"""All of validation in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cxsim.study.validation import (
    course,
    implementation,
    netflix,
    survival,
    training,
    trap,
    units,
)
from cxsim.study.validation.findings import Effort, Estimate, Finding, Part, expectations

PARTS: dict[str, Callable[[Effort], Part]] = {
    "survival of customers": survival.examine,
    "decay of training": training.examine,
    "the capability trap": trap.examine,
    "implementation": implementation.examine,
    "units of firms": units.examine,
    "the course of a change": course.examine,
    "Netflix 2011": netflix.examine,
}


@dataclass(frozen=True)
class Validation:
    """What came of it.

    Attributes
    ----------
    findings : tuple of Finding
        In the order of the expectations.
    curves : mapping
        Name to an array, for figures.
    """

    findings: tuple[Finding, ...]
    curves: Mapping[str, np.ndarray]

    def __getitem__(self, name: str) -> Finding:
        """Return the finding on one expectation."""
        return next(f for f in self.findings if f.expectation.id == name)


def validate(effort: Effort, tell: Callable[[str], None] | None = None) -> Validation:
    """Run every experiment.

    Parameters
    ----------
    effort : Effort
    tell : callable, optional
        Called with the name of each part before it begins.
    """
    estimates: dict[str, Estimate] = {}
    curves: dict[str, np.ndarray] = {}
    for name, examine in PARTS.items():
        if tell is not None:
            tell(name)
        part = examine(effort)
        estimates |= part.estimates
        curves |= part.curves
    known = expectations()
    assert set(known) == set(estimates), set(known) ^ set(estimates)
    return Validation(tuple(Finding(known[name], estimates[name]) for name in known), curves)
