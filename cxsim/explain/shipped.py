"""Reading the tables that come with the explanations."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from cxsim.errors import CxsimError


def read_tables(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file of the package.

    Raises
    ------
    CxsimError
        The file is missing or damaged.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CxsimError(f"{path.name}: cannot be read: {error}") from error
