"""A study as plain files: the same bytes however, wherever and in how many goes it was run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cxsim.errors import CxsimError
from cxsim.results import write_text, write_whole
from cxsim.study.batch import store
from cxsim.values import suggestion

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.study.batch.study import Study

FORMATS = ("parquet", "csv")


def export(study: Study, folder: Path, formats: str | tuple[str, ...]) -> list[Path]:
    """Write runs, points, weekly series (if kept), the design and a manifest; return the files.

    The manifest names version, design, seed and the hash of every file, and neither time nor
    machine, so that two exports of the same study are equal byte by byte.

    Raises
    ------
    CxsimError
        An unknown format, a folder that holds a study, or a file that cannot be written.
    """
    formats = (formats,) if isinstance(formats, str) else formats
    if (folder / store.MANIFEST).exists():
        raise CxsimError(
            f"{folder}: holds a study, whose files this would replace; name another folder"
        )
    for form in formats:
        if form not in FORMATS:
            raise CxsimError(f"format: {form} is unknown{suggestion(form, FORMATS)}")
    frames = {"runs": study.runs, "points": lambda: study.points().reset_index()}
    if study.columns.series:
        frames["weekly"] = study.weekly
    files = []
    for name, frame in frames.items():
        made = frame()
        for form in formats:
            path = folder / f"{name}.{form}"
            write_whole(path, _writer(made, form))
            files.append(path)
    files.append(write_text(folder / store.DESIGN, study.design.to_toml()))
    return [*files, write_text(folder / "manifest.json", _manifest(study, files))]


def _writer(frame: pd.DataFrame, form: str) -> Callable[..., None]:
    if form == "csv":
        return lambda file: frame.to_csv(file, index=False, lineterminator="\n")
    return lambda file: frame.to_parquet(file, index=False)


def _manifest(study: Study, files: list[Path]) -> str:
    known = study.manifest
    content = {
        "name": study.design.name,
        "cxsim": known["cxsim"],
        "model": known["recipe"]["model"],
        "design": study.design.hash,
        "seed": study.design.seed,
        "points": len(study.design),
        "files": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    return json.dumps(content, indent=2, sort_keys=True) + "\n"
