"""The discriminating panel: a few numbers that tell the ways to fail from each other.

``panel.toml`` beside this file holds them, each a measure that any run can be asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim import measures
from cxsim.errors import CxsimError
from cxsim.explain.shipped import read_tables
from cxsim.measures import Source
from cxsim.values import suggestion

if TYPE_CHECKING:
    import pandas as pd

_FILE = Path(__file__).with_name("panel.toml")


@dataclass(frozen=True)
class Statistic:
    """One number of the panel.

    Attributes
    ----------
    name, label : str
        In code, and in words for people.
    unit : str
        Of what the measure gives.
    meaning : str
        What it says about a programme.
    measure : str
        In the language of `cxsim.measures`.
    tells : tuple of str
        Failure modes, such as "FM05", that it sets apart from their neighbours.
    """

    name: str
    label: str
    unit: str
    meaning: str
    measure: str
    tells: tuple[str, ...]

    def values(self, source: Source) -> np.ndarray:
        """Return the number for each future, shape (replicates,); NaN where the run cannot tell."""
        try:
            return measures.parse(self.measure).of(source)
        except CxsimError:  # too short, or an event that does not happen in this company
            return np.full(len(source.series("employees")), np.nan)


@functools.cache
def statistics() -> tuple[Statistic, ...]:
    """Return the numbers of the panel in the order in which they are told.

    Raises
    ------
    CxsimError
        The file that ships with cxsim is damaged.
    """
    return build_statistics(read_tables(_FILE))


def build_statistics(data: Mapping[str, Any]) -> tuple[Statistic, ...]:
    """Return the statistics that the parsed tables describe.

    Raises
    ------
    CxsimError
        What is wrong, and with which statistic.
    """
    found = tuple(_statistic(table) for table in data.get("statistics", ()))
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise CxsimError(f"{name}: two statistics have this name; give each its own")
    return found


def _statistic(table: Mapping[str, Any]) -> Statistic:
    name = table.get("name", "a statistic without a name")
    known = [field.name for field in fields(Statistic)]
    for key in table:
        if key not in known:
            raise CxsimError(f"{name}: unknown key '{key}'{suggestion(key, known)}")
    for key in known:
        if not table.get(key):
            raise CxsimError(f"{name}: lacks '{key}'; every statistic has one")
    try:
        measures.parse(table["measure"])
    except CxsimError as error:
        raise CxsimError(f"{name}: measure: {error}") from None
    return Statistic(**{**table, "tells": tuple(table["tells"])})


def panel(source: Source) -> pd.DataFrame:
    """Return the panel of a run.

    Parameters
    ----------
    source : Ensemble
        Or anything else that answers the same questions.

    Returns
    -------
    DataFrame
        One row per replicate, one column per statistic, each in its own unit (`statistics`); NaN
        where a run cannot tell, for instance because it is too short.
    """
    import pandas as pd

    columns = {one.name: one.values(source) for one in statistics()}
    return pd.DataFrame(columns).rename_axis("replicate")
