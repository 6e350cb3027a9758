"""Files to download: numbers, charts and scenarios of a comparison, each as bytes.

Tables are tidy: every row says which side, scenario, seed and number of futures it belongs to. The
printable page is `cxsim.report.report`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

import cxsim
from cxsim.app.state import file_name
from cxsim.errors import CxsimError
from cxsim.explain.verdicts import LETTERS, named
from cxsim.figures import comparison_figure
from cxsim.report import drawn
from cxsim.results import Ensemble
from cxsim.scenario import Scenario
from cxsim.series import OUTCOMES, SERIES, SIX

LEVELS = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
DIGITS = "%.9g"
LONGEST_NAME = 24  # characters of a scenario's name inside a file's name
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet may run a cell that starts so
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # no clock in an archive: the same content, the same bytes

Table = Callable[[Sequence[Ensemble], Sequence[str]], pd.DataFrame]


def download_name(ensembles: Sequence[Ensemble], ending: str) -> str:
    """The name of a file about these ensembles, safe on every system.

    Parameters
    ----------
    ending : str
        With its dot, and what tells files of the same type apart: "-outcomes.csv".
    """
    names = (ensemble.scenario.name[:LONGEST_NAME] for ensemble in ensembles)
    return f"cxsim-{'-'.join(names)}{ending}"


# ------------------------------------------------------------------ tables


def weekly(
    ensembles: Sequence[Ensemble], keys: Sequence[str] = LETTERS, series: Sequence[str] = SIX
) -> pd.DataFrame:
    """Quantiles over the futures, one row per side, series and week.

    Columns: side, scenario, title, seed, futures, series, unit, week, p05, p25, median, p75, p95.
    The title says what was changed on the side. Series that an ensemble does not have are left out.
    """
    parts = []
    for key, ensemble in named(ensembles, keys).items():
        for name in series:
            if name not in ensemble.series_names():
                continue
            levels = ensemble.quantiles(name, list(LEVELS.values()))
            part = pd.DataFrame(_origin(key, ensemble), index=range(ensemble.weeks))
            part = part.assign(series=name, unit=SERIES[name].unit, week=np.arange(ensemble.weeks))
            parts.append(part.assign(**dict(zip(LEVELS, levels, strict=True))))
    return pd.concat(parts, ignore_index=True)


def outcomes(ensembles: Sequence[Ensemble], keys: Sequence[str] = LETTERS) -> pd.DataFrame:
    """What each future came to, one row per side, future and outcome.

    Columns: side, scenario, title, seed, futures, future, outcome, unit, value. The same number of
    a future means the same luck on every side; an empty value stands for "never".
    """
    parts = []
    for key, ensemble in named(ensembles, keys).items():
        for name, outcome in OUTCOMES.items():
            part = pd.DataFrame(_origin(key, ensemble), index=range(ensemble.replicates))
            places = np.arange(ensemble.replicates)
            values = ensemble.outcome(name)
            parts.append(part.assign(future=places, outcome=name, unit=outcome.unit, value=values))
    return pd.concat(parts, ignore_index=True)


def _origin(key: str, ensemble: Ensemble) -> dict[str, str | int]:
    """Where a row comes from."""
    return {
        "side": key,
        "scenario": ensemble.scenario.name,
        "title": ensemble.scenario.title,
        "seed": ensemble.seed,
        "futures": ensemble.replicates,
    }


def to_csv(
    ensembles: Sequence[Ensemble], keys: Sequence[str] = LETTERS, table: Table = weekly
) -> bytes:
    """A table as CSV: `weekly` quantiles or `outcomes`.

    A title or key that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    frame = table(ensembles, keys)
    guarded = {name: frame[name].map(_no_formula) for name in ("side", "title")}
    text: str = frame.assign(**guarded).to_csv(
        index=False, lineterminator="\n", float_format=DIGITS
    )
    return text.encode()


def _no_formula(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def to_parquet(
    ensembles: Sequence[Ensemble], keys: Sequence[str] = LETTERS, table: Table = weekly
) -> bytes:
    """A table as Parquet, every number with all its digits."""
    file = io.BytesIO()
    table(ensembles, keys).to_parquet(file, index=False)
    return file.getvalue()


# ------------------------------------------------------------------ charts


def to_png(ensembles: Sequence[Ensemble], series: Sequence[str] = SIX) -> bytes:
    """The charts as one picture for a slide or a page."""
    return drawn(comparison_figure(ensembles, series), "png")


def to_svg(ensembles: Sequence[Ensemble], series: Sequence[str] = SIX) -> bytes:
    """The charts as one picture that stays sharp at any size."""
    return drawn(comparison_figure(ensembles, series), "svg")


# ------------------------------------------------------------------ scenarios


def scenario_files(scenarios: Iterable[Scenario]) -> dict[str, str]:
    """The scenarios that are not simply bundled ones, as scenario files for the command line.

    Parameters
    ----------
    scenarios : iterable of Scenario
        One per side, in their order.

    Returns
    -------
    dict of str
        File name to TOML text; the names are those of `cxsim.app.state.file_name`.
    """
    files = {}
    for place, scenario in enumerate(scenarios):
        if not _is_bundled(scenario):
            name = file_name(place)  # a scenario file bears its scenario's name
            files[f"{name}.toml"] = scenario.with_name(name).to_toml()
    return files


def _is_bundled(scenario: Scenario) -> bool:
    known = scenario.name in cxsim.bundled()
    return known and cxsim.load(scenario.name).hash == scenario.hash


def to_zip(files: Mapping[str, str]) -> bytes:
    """Text files as one archive.

    Raises
    ------
    CxsimError
        There are none.
    """
    if not files:
        raise CxsimError("nothing was changed: the command line knows these scenarios by name")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in files.items():
            folder.writestr(zipfile.ZipInfo(name, FIRST_DAY), text, zipfile.ZIP_DEFLATED)
    return archive.getvalue()
