"""The texts about the model that come with it: in a checkout under ``docs``, else in the wheel."""

from __future__ import annotations

import functools
from pathlib import Path

from cxsim.errors import CxsimError

__all__ = ["FILES", "read", "text_folder"]

# Short name in links -> file, and what it is, in the order in which the page offers them.
FILES = {
    "odd": ("odd.md", "Model description (ODD)"),
    "model": ("model.md", "The equations"),
    "evidence": ("evidence.md", "The published evidence"),
}


def text_folder() -> Path:
    """Return the folder of the texts: the installed one, else the checkout's ``docs``."""
    here = Path(__file__).resolve().parent
    inside = here / "texts"
    return inside if inside.is_dir() else here.parents[1] / "docs"


@functools.cache
def read(name: str) -> str:
    """Return one of `FILES` as Markdown text.

    Raises
    ------
    CxsimError
        The text did not come with this installation.
    """
    path = text_folder() / FILES[name][0]
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise CxsimError(
            f"{path.name}: this installation lacks the text ({error.strerror}); install cxsim "
            "again, or read it in the folder docs of its sources"
        ) from error
