"""Where compiled code is kept between runs.

Numba notices a change in the file of a compiled function but not in the files of the functions it
calls, so a shared cache could return a stale result after an edit or an upgrade. The cache folder
is therefore named after the sources themselves. This module must be imported before Numba.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from importlib import metadata
from pathlib import Path

import platformdirs

PACKAGE = Path(__file__).resolve().parent
COMPILED_SOURCES = (
    "compiled.py",
    "elementary.py",
    "draws.py",
    "company.py",
    "engine.py",
    "rules/*.py",
    "explain/causes/*.py",
)
REGISTRY = "parameters.toml"
AGE = 30 * 24 * 3600  # seconds


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


def _own(folder: Path) -> bool:
    """Make the folder if needed; return whether it is ours alone to write.

    Compiled code is run when it is read back, so a folder that others may write is not trusted.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = folder.stat()
    except OSError:
        return False
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        return False
    return os.access(folder, os.W_OK)


def _forget_old(base: Path) -> None:
    """Remove code of versions that have not been used for a month."""
    for folder in base.iterdir():
        if re.fullmatch("[0-9a-f]{16}", folder.name) and time.time() - folder.stat().st_mtime > AGE:
            shutil.rmtree(folder, ignore_errors=True)


def _choose_folder() -> Path:
    name = source_hash()
    user = f"cxsim-{os.getuid()}" if hasattr(os, "getuid") else "cxsim"
    for base in (Path(platformdirs.user_cache_dir("cxsim")), Path(tempfile.gettempdir()) / user):
        if _own(base) and _own(base / name):
            with contextlib.suppress(OSError):
                os.utime(base / name)
                _forget_old(base)
            return base / name
    return Path(tempfile.mkdtemp(prefix="cxsim-"))


FOLDER = _choose_folder()
os.environ["NUMBA_CACHE_DIR"] = str(FOLDER)


def is_warm() -> bool:
    """Return whether this Python has compiled the engine of this copy of cxsim before."""
    place = hashlib.sha1(str(PACKAGE).encode(), usedforsecurity=False).hexdigest()
    version = f"py{sys.version_info[0]}{sys.version_info[1]}"
    return any((FOLDER / f"{PACKAGE.name}_{place}").glob(f"engine.run-*{version}*.nbi"))
