"""Where a history comes from: a scenario, a run, a saved run, or a company's own weekly numbers."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.errors import CxsimError
from cxsim.explain.diagnosing.observables import Observed, names, observe
from cxsim.explain.lasting.support import support
from cxsim.results import Ensemble
from cxsim.results.running import whole
from cxsim.scenario import Scenario
from cxsim.scenario_file import parse
from cxsim.series import COMPANY, FUNCTION, LAYER
from cxsim.values import LARGEST_SEED, MOST_REPLICATES, shown

if TYPE_CHECKING:
    import pandas as pd

MANIFEST, SERIES_FILE = "manifest.json", "series.csv"
WANTED = (
    "a scenario, an ensemble, a folder saved by 'cxsim run --out', or a CSV file of weekly numbers"
)


@dataclass(frozen=True, eq=False)
class Run:
    """What is to be diagnosed.

    Attributes
    ----------
    scenario : Scenario or None
        None where only numbers are known: no cure can be tried.
    observed : Observed or None
        None where the scenario has yet to be simulated.
    weeks, replicates, seed : int
    """

    scenario: Scenario | None
    observed: Observed | None
    weeks: int
    replicates: int
    seed: int

    @property
    def programme(self) -> bool:
        """Whether there is one: support in any week or, of numbers alone, money spent on one."""
        if self.scenario is not None:
            return support(self.scenario) is not None
        return self.observed is None or bool(self.observed.company["programme_cost"].any())


def find_run(run: object, replicates: int, seed: int) -> Run:
    """Return what is to be diagnosed.

    Raises
    ------
    CxsimError
        What is given is none of these things, or cannot be read.
    """
    match run:
        case Scenario():
            replicates = whole("replicates", replicates, 1, MOST_REPLICATES)
            return Run(run, None, run.weeks, replicates, whole("seed", seed, 0, LARGEST_SEED))
        case Ensemble():
            return Run(run.scenario, observe(run), run.weeks, run.replicates, run.seed)
        case str() | os.PathLike():
            return _from_path(Path(run))
    raise CxsimError(f"diagnose: {shown(run)} where {WANTED} is wanted")


def _from_path(path: Path) -> Run:
    if not path.exists():
        raise CxsimError(f"{path}: there is no such file or folder; {WANTED} is wanted")
    if not path.is_dir():
        return _own(read_csv(path))
    if (path / MANIFEST).exists():
        return _saved(path / MANIFEST)
    if (path / SERIES_FILE).exists():
        return _own(read_csv(path / SERIES_FILE))
    raise CxsimError(f"{path}: holds no {MANIFEST} and no {SERIES_FILE}; {WANTED} is wanted")


def _own(observed: Observed) -> Run:
    return Run(None, observed, observed.weeks, observed.replicates, 0)


def _saved(path: Path) -> Run:
    """Return a saved run as what it was made of; it is simulated again, to the same numbers."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        text, replicates, seed = (content[k] for k in ("scenario_toml", "replicates", "seed"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CxsimError(f"{path}: cannot be read as the manifest of a run: {error}") from error
    return find_run(parse(str(text), str(path)), replicates, seed)


def read_csv(path: Path) -> Observed:
    """Return weekly numbers from a file.

    Parameters
    ----------
    path : Path
        One row a week, in their order, and a column for each observable series of the company,
        named as in `OBSERVABLES`. Several companies or futures: a column ``replicate`` too.
        Numbers by function are columns such as ``adoption.sales``, by layer ``adoption.1``; either
        all of these are there or none.

    Raises
    ------
    CxsimError
        What is wrong with the file.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise CxsimError(f"{path}: cannot be read as CSV: {error}") from error
    lacking = [name for name in names(COMPANY) if name not in frame.columns]
    if lacking:
        raise CxsimError(f"{path}: lacks the column{'s' * (len(lacking) > 1)} {', '.join(lacking)}")
    weeks = _weeks(frame, path)
    functions = _units(frame, FUNCTION, layers=False)
    layers = _units(frame, LAYER, layers=True)
    return Observed(
        {name: _numbers(frame, name, weeks, path) for name in names(COMPANY)},
        _by_unit(frame, FUNCTION, functions, weeks, path),
        _by_unit(frame, LAYER, layers, weeks, path),
        functions,
    )


def _weeks(frame: pd.DataFrame, path: Path) -> int:
    """Return the weeks of each replicate, which have to be the same for all."""
    if not len(frame):
        raise CxsimError(f"{path}: has no rows; one a week is wanted")
    if "replicate" not in frame.columns:
        return len(frame)
    counts = frame.groupby("replicate", sort=False).size()
    if counts.nunique() > 1:
        raise CxsimError(f"{path}: replicates differ in their number of weeks")
    return int(counts.iloc[0])


def _numbers(frame: pd.DataFrame, column: str, weeks: int, path: Path) -> np.ndarray:
    import pandas as pd

    values = pd.to_numeric(frame[column], errors="coerce").to_numpy(float)
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        given: Any = frame[column].iloc[int(bad[0])]
        raise CxsimError(f"{path}: row {bad[0] + 2}: {column}: {given} where a number is wanted")
    return values.reshape(-1, weeks)


def _units(frame: pd.DataFrame, level: str, layers: bool) -> tuple[str, ...]:
    """Return the functions, or the layers, for which the file has numbers."""
    found = [column.split(".", 1) for column in frame.columns if "." in str(column)]
    units = [unit for name, unit in found if name in names(level) and unit.isdecimal() == layers]
    return tuple(sorted(set(units), key=int)) if layers else tuple(dict.fromkeys(units))


def _by_unit(
    frame: pd.DataFrame, level: str, units: tuple[str, ...], weeks: int, path: Path
) -> dict[str, np.ndarray]:
    if not units:
        return {}
    columns = {name: [f"{name}.{unit}" for unit in units] for name in names(level)}
    lacking = [one for group in columns.values() for one in group if one not in frame.columns]
    if lacking:
        raise CxsimError(f"{path}: has some numbers by {level} but lacks {', '.join(lacking[:5])}")
    return {
        name: np.stack([_numbers(frame, one, weeks, path) for one in group], axis=2)
        for name, group in columns.items()
    }
