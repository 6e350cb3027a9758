"""Studies that were asked for in the app, kept on this computer until somebody deletes them.

A study with the key ``0123456789abcdef`` is the design file ``0123456789abcdef.toml``, as it was
typed, and beside it the folder ``0123456789abcdef`` with the runs.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from cxsim.errors import CxsimError

VARIABLE = "CXSIM_STUDIES"  # names another folder
_KEY = re.compile(r"[0-9a-f]{16}")


def usual_folder() -> Path:
    """The folder of the user's studies."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).expanduser()
    import platformdirs

    return platformdirs.user_data_path("cxsim", appauthor=False) / "studies"


class Shelf:
    """The folder where studies are kept.

    Parameters
    ----------
    folder
        Made when the first study is put there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, text: str) -> None:
        """Keep a design's text under its key, unless that study has begun already.

        Raises
        ------
        CxsimError
            The folder cannot be written.
        """
        file = self.file(key)
        if file.exists() and self.runs(key).exists():
            return
        new = file.with_suffix(f".{os.getpid()}.new")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            new.write_text(text, encoding="utf-8")
            new.replace(file)
        except OSError as problem:
            raise CxsimError(
                f"{self.folder}: the study cannot be kept there ({problem.strerror}); make room, "
                f"or name another folder with the environment variable {VARIABLE}"
            ) from None

    def holds(self, key: str) -> bool:
        """Whether there is a study of that key; a key may come from a link and be anything."""
        return bool(_KEY.fullmatch(key)) and self.file(key).is_file()

    def file(self, key: str) -> Path:
        """The design file of a study."""
        return self.folder / f"{key}.toml"

    def runs(self, key: str) -> Path:
        """The folder with the runs of a study."""
        return self.folder / key

    def text(self, key: str) -> str:
        """The design of a study, as it was typed.

        Raises
        ------
        CxsimError
            It cannot be read.
        """
        try:
            return self.file(key).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise CxsimError(f"{self.file(key)}: cannot be read ({problem})") from None

    def kept(self) -> list[str]:
        """All studies, the latest first."""
        try:
            found = [path for path in self.folder.glob("*.toml") if _KEY.fullmatch(path.stem)]
            return [path.stem for path in sorted(found, key=_age)]
        except OSError:
            return []


def _age(path: Path) -> tuple[float, str]:
    try:
        return -path.stat().st_mtime, path.name
    except OSError:
        return 0.0, path.name
