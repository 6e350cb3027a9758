"""Results as files, each written whole or not at all, with all that is needed to repeat them."""

from __future__ import annotations

import errno
import json
import os
import platform
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import cxsim
from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.series import SERIES
from cxsim.timeline import plain

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.results.ensemble import Ensemble

FORMATS = ("csv", "parquet")
Write = Callable[[IO[bytes]], None]  # puts the content into an open file


def manifest(ensemble: Ensemble) -> dict[str, Any]:
    """Return what is needed to make the numbers of an ensemble again, ready for JSON."""
    scenario = ensemble.scenario
    defaults = parameters.registry().coefficients
    changed = {
        name: {"value": plain(value), "default": plain(defaults[name].default)}
        for name, value in scenario.coefficients.items()
        if value != defaults[name].default
    }
    return {
        "cxsim": cxsim.__version__,
        "scenario": scenario.name,
        "hash": scenario.hash,
        "scenario_toml": scenario.to_toml(),
        "changed_coefficients": changed,
        "seed": ensemble.seed,
        "replicates": ensemble.replicates,
        "weeks": ensemble.weeks,
        "baseline": ensemble.baseline is not None,
        "units": {name: SERIES[name].unit for name in ensemble.series_names()},
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in ("numpy", "numba")},
        "platform": platform.platform(),
        "cpu_count": os.cpu_count(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def save(
    ensemble: Ensemble, folder: str | os.PathLike[str], formats: Iterable[str] = FORMATS
) -> list[Path]:
    """Write outcomes, quantiles, series and ledger, and what is needed to make them again.

    Parameters
    ----------
    folder : path
        Made if it does not exist. Files of the same names are replaced, each one whole.
    formats : iterable of str
        Of the tables: "csv", "parquet" or both.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    CxsimError
        An unknown format, or a file that cannot be written.
    """
    writers = [_writer_of(form) for form in ([formats] if isinstance(formats, str) else formats)]
    tables: dict[str, Callable[[], pd.DataFrame]] = {
        "outcomes": lambda: ensemble.outcomes().reset_index(),
        "quantiles": ensemble.summary,
        "series": ensemble.wide,
        "ledger": ensemble.ledger_totals,
    }
    contents: dict[str, Write] = {}
    for name, make in tables.items():
        table = make()
        contents |= {f"{name}.{form}": write(table) for form, write in writers}
    words = json.dumps(ensemble.manifest(), indent=2, ensure_ascii=False) + "\n"
    contents["manifest.json"] = _text(words)
    # A scenario file bears the scenario's name, or it could not be read again.
    contents[f"{ensemble.scenario.name}.toml"] = _text(ensemble.scenario.to_toml())
    paths = [Path(folder) / name for name in contents]
    for path, write_content in zip(paths, contents.values(), strict=True):
        write_whole(path, write_content)
    return paths


def _writer_of(form: str) -> tuple[str, Callable[[pd.DataFrame], Write]]:
    if form not in _TABLE_WRITERS:
        raise CxsimError(f"formats: '{form}' is unknown; allowed: {', '.join(FORMATS)}")
    return form, _TABLE_WRITERS[form]


def write_whole(path: Path, write: Write) -> None:
    """Write a file whole or not at all: under another name first, then moved into place.

    Raises
    ------
    CxsimError
        The file cannot be written: which one, why, and what to do.
    """
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        full = error.errno == errno.ENOSPC
        advice = "free some space there or choose" if full else "choose"
        raise CxsimError(f"{path}: cannot be written: {reason}; {advice} another folder") from error


def write_text(path: Path, text: str) -> Path:
    """Write a text in UTF-8 whole or not at all, and return where.

    Raises
    ------
    CxsimError
        As `write_whole`.
    """
    write_whole(path, _text(text))
    return path


def _csv(table: pd.DataFrame) -> Write:
    return lambda file: table.to_csv(file, index=False, lineterminator="\n")


def _parquet(table: pd.DataFrame) -> Write:
    return lambda file: table.to_parquet(file, index=False)


def _text(text: str) -> Write:
    def write(file: IO[bytes]) -> None:
        file.write(text.encode())

    return write


_TABLE_WRITERS = {"csv": _csv, "parquet": _parquet}
