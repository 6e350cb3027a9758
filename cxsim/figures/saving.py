"""Figures as files: the same figure gives the same bytes, whole or not at all."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

import matplotlib
from matplotlib.figure import Figure

from cxsim.errors import CxsimError
from cxsim.results import write_whole

FORMATS = ("png", "svg")
_SAVING = threading.Lock()  # Matplotlib's settings belong to the whole process


def save_figure(
    figure: Figure, path: str | os.PathLike[str], formats: Iterable[str] = FORMATS
) -> list[Path]:
    """Write a figure; the same figure gives the same bytes.

    Parameters
    ----------
    path : path
        Without the ending, which each format adds.
    formats : iterable of str
        "png", "svg" or both.

    Returns
    -------
    list of Path
        The files written, each whole or not at all.

    Raises
    ------
    CxsimError
        An unknown format, or a file that cannot be written.
    """
    formats = [formats] if isinstance(formats, str) else list(formats)
    for form in formats:
        if form not in FORMATS:
            raise CxsimError(f"formats: '{form}' is unknown; allowed: {', '.join(FORMATS)}")
    base = Path(path)
    paths = [base.with_name(f"{base.name}.{form}") for form in formats]
    for target, form in zip(paths, formats, strict=True):
        write_whole(target, _writer(figure, form))
    return paths


def _writer(figure: Figure, form: str) -> Callable[[IO[bytes]], None]:
    metadata = {"Date": None} if form == "svg" else {}

    def write(file: IO[bytes]) -> None:
        with _SAVING, matplotlib.rc_context({"svg.hashsalt": "cxsim"}):
            figure.savefig(file, format=form, dpi=160, metadata=metadata)

    return write
