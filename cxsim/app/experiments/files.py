"""What can be taken home from a study: design, runs, points, pictures and numbers of answers."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxsim.app.experiments import answers, failing, robustness
from cxsim.app.experiments.looking import reading
from cxsim.app.parcel import Parcel, packed
from cxsim.errors import CxsimError

if TYPE_CHECKING:
    from cxsim.app.experiments.looking import Stamp

TYPES = {
    "toml": "application/toml",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "svg": "image/svg+xml",
    "zip": "application/zip",
}
# Part of the page -> what finds its answer, as an object with .frame() and .figure().
FINDS: dict[str, Callable[[Any, Mapping[str, Any]], Any]] = {
    "matters": answers.indices,
    "map": answers.policy,
    "fails": failing.failures,
    "robust": robustness.found,
}
OF_ANSWERS = {"png": "Picture (PNG)", "svg": "Picture (SVG)", "csv": "Numbers (CSV)"}
OF_STUDIES = {
    "design.toml": "Design (TOML)",
    "runs.csv": "Runs (CSV)",
    "runs.parquet": "Runs (Parquet)",
    "points.csv": "Points (CSV)",
    "points.parquet": "Points (Parquet)",
    "everything.zip": "Everything (ZIP)",
}


def of_study(folder: Path, stamp: Stamp, wanted: str, text: str) -> Parcel:
    """Return a file about a whole study.

    Parameters
    ----------
    folder, stamp
        Where it is, and what its folder was like.
    wanted
        Key of `OF_STUDIES`.
    text
        The design as it was typed.

    Raises
    ------
    CxsimError
        There is no such file, or the study cannot be read.
    """
    if wanted not in OF_STUDIES:
        raise CxsimError("there is no such file")
    if wanted == "design.toml":
        return _parcel(_name_in(text), wanted, text.encode())
    study = reading(folder, stamp)
    if wanted == "everything.zip":
        return _parcel(study.design.name, "study.zip", _zip(folder, text))
    kind, form = wanted.split(".")
    frame = study.runs() if kind == "runs" else study.points().reset_index()
    return _parcel(study.design.name, wanted, _bytes(frame, form))


def of_answer(folder: Path, stamp: Stamp, show: str, wish: Mapping[str, Any], form: str) -> Parcel:
    """Return the picture or the numbers of an answer.

    Parameters
    ----------
    folder, stamp, show, wish
        As in `looking.answer`.
    form
        Key of `OF_ANSWERS`.

    Raises
    ------
    CxsimError
        There is no such file, or the study cannot answer that.
    """
    if show not in FINDS or form not in OF_ANSWERS:
        raise CxsimError("there is no such file")
    study = reading(folder, stamp)
    found = FINDS[show](study, wish)
    content = _bytes(found.frame(), form) if form == "csv" else _picture(found, form)
    return _parcel(f"{study.design.name}-{show}", form, content)


def _parcel(name: str, ending: str, content: bytes) -> Parcel:
    joint = "." if ending in TYPES else "-"
    file = f"{name}.toml" if ending == "design.toml" else f"{name}{joint}{ending}"
    return packed(file, TYPES[ending.rpartition(".")[2]], content)


def _name_in(text: str) -> str:
    from cxsim.app.experiments.form import read

    return str((read(text) or {}).get("name", "design"))


def _bytes(frame: Any, form: str) -> bytes:
    if form == "csv":
        return str(frame.to_csv(index=False, lineterminator="\n")).encode()
    file = io.BytesIO()
    frame.to_parquet(file, index=False)
    return file.getvalue()


def _picture(found: Any, form: str) -> bytes:
    from cxsim.figures import save_figure

    with tempfile.TemporaryDirectory() as folder:
        (path,) = save_figure(found.figure(), Path(folder) / "picture", form)
        return Path(path).read_bytes()


def _zip(folder: Path, text: str) -> bytes:
    """Return everything that a study exports, with the design as it was typed."""
    from cxsim.study.batch import open_study

    made = io.BytesIO()
    with tempfile.TemporaryDirectory() as place, zipfile.ZipFile(made, "w") as archive:
        open_study(folder).export(place, formats=("csv", "parquet"))
        for path in sorted(Path(place).rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(place), zipfile.ZIP_DEFLATED)
        archive.writestr("design_as_typed.toml", text)
    return made.getvalue()
