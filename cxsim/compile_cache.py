"""Where compiled code is kept between runs.

Numba notices a change in the file of a compiled function but not in the files of the functions it
calls, so a shared cache could return a stale result after an edit or an upgrade. The cache folder
is therefore named after the sources themselves. This module must be imported before Numba.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib import metadata
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).parent
COMPILED_SOURCES = (
    "compiled.py",
    "elementary.py",
    "draws.py",
    "company.py",
    "engine.py",
    "rules/*.py",
)
REGISTRY = "parameters.toml"


def source_hash() -> str:
    """Return a short hash of every source whose change makes compiled code stale."""
    digest = hashlib.sha256()
    files = sorted(path for pattern in COMPILED_SOURCES for path in PACKAGE.glob(pattern))
    for path in (*files, PACKAGE / "state.py", PACKAGE / REGISTRY):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    for library in ("numba", "numpy"):
        digest.update(metadata.version(library).encode())
    return digest.hexdigest()[:16]


def _writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return os.access(folder, os.W_OK)
    except OSError:
        return False


def _choose_folder() -> Path:
    name = source_hash()
    for base in (Path(platformdirs.user_cache_dir("cxsim")), Path(tempfile.gettempdir()) / "cxsim"):
        if _writable(base / name):
            return base / name
    return Path(tempfile.mkdtemp(prefix="cxsim-"))


FOLDER = _choose_folder()
os.environ["NUMBA_CACHE_DIR"] = str(FOLDER)


def is_warm() -> bool:
    """Return whether the engine has been compiled on this machine before."""
    return any(FOLDER.rglob("engine.run*.nbi"))
