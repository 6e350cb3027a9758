"""What a company can see of itself week by week: the diagnosis reads this and nothing else.

Belief, cynicism, quality, conflict, true satisfaction, evidence and the settings of the levers stay
hidden from it, as they are hidden from any company.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cxsim.results import Ensemble
from cxsim.series import COMPANY, FUNCTION, LAYER, SERIES


@dataclass(frozen=True)
class Observable:
    """A series that a company has, or can have, in its own files.

    Attributes
    ----------
    name : str
        As in `cxsim.series.SERIES`.
    levels : tuple of str
        Where it is read: company, function, layer.
    why : str
        How a company comes to know it.
    """

    name: str
    levels: tuple[str, ...]
    why: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        label, unit = SERIES[self.name].label, SERIES[self.name].unit
        return {
            "name": self.name,
            "label": label,
            "unit": unit,
            "by": list(self.levels),
            "why": self.why,
        }


_EVERYWHERE = (COMPANY, FUNCTION, LAYER)
_BY_FUNCTION = (COMPANY, FUNCTION)

OBSERVABLES = (
    Observable("employees", _EVERYWHERE, "The payroll."),
    Observable("awareness", _EVERYWHERE, "Three questions in a regular survey of employees."),
    Observable("adoption", _EVERYWHERE, "Team leaders see who works in the new way."),
    Observable("open_issues", _BY_FUNCTION, "The list of known pain points that are still open."),
    Observable("issue_age", (COMPANY,), "The date on which each of them was put on the list."),
    Observable("closures", _BY_FUNCTION, "What was struck off the list."),
    Observable("survey_score", (COMPANY,), "The score of the customer survey as it is published."),
    Observable("respondents", (COMPANY,), "How many answers the score rests on."),
    Observable("churned", (COMPANY,), "Customers who cancel or no longer buy."),
    Observable("acquired", (COMPANY,), "New contracts."),
    Observable("active_customers", (COMPANY,), "The customer file."),
    Observable("programme_cost", (COMPANY,), "The books: what the programme spends."),
    Observable("commitment", _BY_FUNCTION, "What executives decide, fund and turn up for."),
    Observable("stated_commitment", _BY_FUNCTION, "What executives say of it in public."),
)


def names(level: str) -> tuple[str, ...]:
    """Return the observables that are read at a level."""
    return tuple(one.name for one in OBSERVABLES if level in one.levels)


@dataclass(frozen=True, eq=False)
class Observed:
    """The weekly numbers of one or more companies, and nothing that they could not know.

    Attributes
    ----------
    company : mapping of str to array, shape (replicates, weeks)
    function : mapping of str to array, shape (replicates, weeks, functions), or empty
        Empty where a company keeps no numbers by function.
    layer : mapping of str to array, shape (replicates, weeks, layers), or empty
        NaN where nobody works.
    functions : tuple of str
    """

    company: Mapping[str, np.ndarray]
    function: Mapping[str, np.ndarray]
    layer: Mapping[str, np.ndarray]
    functions: tuple[str, ...] = ()

    @property
    def replicates(self) -> int:
        """Number of companies, or of futures of one."""
        return int(self.company["adoption"].shape[0])

    @property
    def weeks(self) -> int:
        """Weeks since the programme was announced."""
        return int(self.company["adoption"].shape[1])

    @property
    def is_full(self) -> bool:
        """Whether there are numbers by function and by layer."""
        return bool(self.function) and bool(self.layer)


def observe(ensemble: Ensemble) -> Observed:
    """Return what the company of each replicate could see."""
    return Observed(
        {name: ensemble.series(name) for name in names(COMPANY)},
        {name: ensemble.function_series(name) for name in names(FUNCTION)},
        {name: ensemble.layer_series(name) for name in names(LAYER)},
        ensemble.functions,
    )
