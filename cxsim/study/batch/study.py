"""A study in its folder: how far it is, and what it has found, as tidy frames."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cxsim.errors import CxsimError
from cxsim.results import write_whole
from cxsim.series import OUTCOMES
from cxsim.study.batch import parts, store
from cxsim.study.batch.parts import Columns
from cxsim.study.batch.recipe import Recipe, digest
from cxsim.study.batch.replication import asked, most
from cxsim.study.design import Design, Until, load_design
from cxsim.values import suggestion

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Status:
    """How far a study is.

    Attributes
    ----------
    points : int
    runs : int
        Wanted, by what is known so far.
    most : int
        Wanted at most, when replicates are added until an interval is narrow.
    done, failed : int
    bytes : int
        On disk.
    other : int
        Runs in the folder that this design, or this version of the model, does not ask for.
    """

    points: int
    runs: int
    most: int
    done: int
    failed: int
    bytes: int
    other: int


def open_study(folder: str | os.PathLike[str]) -> Study:
    """Return the study in a folder, also while it runs.

    Raises
    ------
    CxsimError
        There is none, or it cannot be read.
    """
    return Study(Path(folder))


class Study:
    """A study in its folder.

    Attributes
    ----------
    folder : Path
    design : Design
    manifest : dict
        Version, recipe, hashes, platform.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = store.read_manifest(folder)
        self.design = _design(folder, self.manifest)
        self.recipe = Recipe.read(self.manifest["recipe"])
        self.columns = Columns.of(self.recipe)

    def __repr__(self) -> str:
        return f"<Study {self.design.name} in {self.folder}: {len(self.design)} points>"

    @property
    def complete(self) -> bool:
        """Whether every run that the design asks for is there."""
        status = self.status()
        return status.done >= status.runs

    @property
    def running(self) -> bool:
        """Whether a process runs it now, on this machine."""
        return store.is_open(self.folder)

    def status(self) -> Status:
        """Return how far the study is."""
        rule = self.design.replicates
        names = [rule.outcome] if isinstance(rule, Until) else []
        known = store.table(self.folder, self.columns, names).to_pandas()
        keys = list(dict.fromkeys(self.keys))
        wanted = self._wanted(known, keys)
        mine = _asked_for(known, wanted)
        return Status(
            points=len(self.design),
            runs=sum(wanted.values()),
            most=len(keys) * most(rule),
            done=int(mine.sum()),
            failed=int((known["error"][mine] != "").sum()),
            bytes=store.size(self.folder),
            other=int((~mine).sum()) + self._of_other_recipes(),
        )

    @functools.cached_property
    def keys(self) -> list[str]:
        """Key of every point, by the design as it reads now; what is kept is found by it."""
        return [self.recipe.key(settings) for settings in self.design.settings]

    def _wanted(self, known: pd.DataFrame, keys: Iterable[str]) -> dict[str, int]:
        """Return how many replicates each point is to have, by what is known."""
        rule = self.design.replicates
        if not isinstance(rule, Until):
            return dict.fromkeys(keys, rule)
        values = {key: _without_gap(each, rule.outcome) for key, each in known.groupby("key")}
        nothing = np.zeros(0)
        return {key: asked(rule, values.get(key, nothing)) for key in keys}

    def _of_other_recipes(self) -> int:
        paths = (self.folder / store.PARTS).glob(f"{parts.RUNS}-*.parquet")
        own = f"{parts.RUNS}-{self.columns.recipe[:8]}-"
        return sum(parts.rows_of(p) for p in paths if not p.name.startswith(own))

    # --- frames ----------------------------------------------------------------------------

    def runs(self) -> pd.DataFrame:
        """Return one row per run, sorted by point and replicate.

        Columns: point, replicate, the factors in natural units, the outcomes (NaN: never, not
        defined, or failed), and error ("" when nothing went wrong). Only runs that the design asks
        for; those still lacking are left out.
        """
        frame = self._joined(store.table(self.folder, self.columns).to_pandas())
        names = [*self.design.names, *self.columns.outcomes]
        return frame[["point", "replicate", *names, "error"]]

    def weekly(self, series: str | None = None) -> pd.DataFrame:
        """Return one row per run and week: point, replicate, week, and a series or all of them.

        Raises
        ------
        CxsimError
            The design does not keep that series.
        """
        names = self.columns.series if series is None else (series,)
        for name in names:
            if name not in self.columns.series:
                near = suggestion(name, self.columns.series)
                raise CxsimError(f"{name}: no series that this study keeps{near}")
        if not names:
            raise CxsimError(f"{self.design.name}: keeps no series; name them in [series] keep")
        found = store.table(self.folder, self.columns, names, parts.WEEKLY)
        joined = self._joined(found.to_pandas(), ("week",))[["point", "replicate", "week", *names]]
        return joined if series is None else joined.rename(columns={series: "value"})

    def points(self) -> pd.DataFrame:
        """Return one row per point, with the mean of each outcome over its replicates.

        Columns: the factors, replicates, error (the first one), the outcomes. For an outcome that
        may never come (such as payback_week) the mean is over those futures in which it does, and
        NAME_reached is their share. Any other mean is NaN when a replicate has no number.
        """
        import pandas as pd

        runs = self.runs()
        groups = runs.groupby("point", sort=True)
        frame = pd.DataFrame(list(self.design.settings), columns=list(self.design.names))
        frame.index.name = "point"
        frame["replicates"] = groups.size().reindex(frame.index, fill_value=0)
        errors = runs[runs["error"] != ""].groupby("point")["error"].first()
        frame["error"] = errors.reindex(frame.index).fillna("")
        size, there = groups.size(), groups.count()
        for name in self.columns.outcomes:
            mean = groups[name].mean()
            if name in OUTCOMES and OUTCOMES[name].never:
                frame[name] = mean
                frame[f"{name}_reached"] = there[name] / size
            else:
                frame[name] = mean.where(there[name] == size)  # a failed run is no run
        return frame

    def _joined(self, known: pd.DataFrame, more: Sequence[str] = ()) -> pd.DataFrame:
        """Return rows with the settings of their points; points that share a run have it each."""
        import pandas as pd

        settings = pd.DataFrame(list(self.design.settings), columns=list(self.design.names))
        settings.insert(0, "key", self.keys)
        settings.insert(0, "point", np.arange(len(settings)))
        wanted = self._wanted(self._all_known() if more else known, set(self.keys))
        known = known[_asked_for(known, wanted)]
        joined = settings.merge(known, on="key", how="inner")
        order = ["point", "replicate", *more]
        return joined.sort_values(order, kind="stable").reset_index(drop=True)

    def _all_known(self) -> pd.DataFrame:
        rule = self.design.replicates
        names = [rule.outcome] if isinstance(rule, Until) else []
        return store.table(self.folder, self.columns, names).to_pandas()

    def export(
        self, folder: str | os.PathLike[str], formats: str | Iterable[str] = ("parquet",)
    ) -> list[Path]:
        """Write runs, points, weekly series and the design; see `cxsim.study.batch.exporting`."""
        from cxsim.study.batch.exporting import export

        return export(self, Path(folder), formats if isinstance(formats, str) else tuple(formats))


def _design(folder: Path, manifest: Mapping[str, Any]) -> Design:
    """Return the design of a study, when it is still the one that was run."""
    path = folder / store.DESIGN
    try:
        design = load_design(path)
        text = path.read_text(encoding="utf-8")
    except (CxsimError, OSError) as error:
        raise CxsimError(f"{error}\n{folder}: its design cannot be read; {store.AGAIN}") from None
    if manifest.get("design_text") != digest(text):
        raise CxsimError(f"{path}: was changed since it was run; {store.AGAIN}")
    return design


def _asked_for(known: pd.DataFrame, wanted: Mapping[str, int]) -> np.ndarray:
    """Return which rows belong to replicates that are wanted, shape (rows,)."""
    limits = known["key"].map(wanted).astype(float)  # an empty column has no type of its own
    return (known["replicate"] < limits).to_numpy()


def _without_gap(runs: pd.DataFrame, outcome: str) -> np.ndarray:
    """Return an outcome of replicates 0, 1, ... up to the first that is lacking."""
    numbers = runs["replicate"].to_numpy()  # sorted
    gap = np.flatnonzero(numbers != np.arange(len(numbers)))
    return runs[outcome].to_numpy()[: gap[0] if len(gap) else len(numbers)]


def write_points(folder: Path, design: Design, keys: Sequence[str]) -> None:
    """Write the settings of every point with the key of its runs."""
    columns: dict[str, Any] = {"point": np.arange(len(keys), dtype=np.int32), "key": list(keys)}
    for name in design.names:
        columns[name] = [_plain(settings[name]) for settings in design.settings]
    table = pa.table(columns)
    write_whole(folder / store.POINTS, lambda file: pq.write_table(table, file))


def _plain(value: Any) -> Any:
    """Return a setting as a cell of a table."""
    return value if isinstance(value, int | float | str) else json.dumps(value)
