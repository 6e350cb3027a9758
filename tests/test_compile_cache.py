"""Compiled code is kept, but never outlives its sources."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cxsim import compile_cache


@pytest.mark.parametrize("first", ["numba", "cxsim.draws", "cxsim.company", "cxsim.engine"])
def test_code_is_kept_under_the_name_of_its_sources(first: str, tmp_path: Path) -> None:
    """Whatever is imported first; Numba itself does not notice a change in a called function."""
    code = f"import {first}; from cxsim import engine; print(engine.run._cache.cache_path)"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert compile_cache.source_hash() in said.stdout


def test_a_folder_that_others_may_write_is_not_trusted(tmp_path: Path) -> None:
    assert compile_cache._own(tmp_path / "mine")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    assert not compile_cache._own(shared)


def test_code_of_old_versions_is_forgotten(tmp_path: Path) -> None:
    for name in ("0123456789abcdef", "fedcba9876543210", "something-else"):
        (tmp_path / name).mkdir()
    for name in ("0123456789abcdef", "something-else"):
        os.utime(tmp_path / name, (0, 0))
    compile_cache._forget_old(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"fedcba9876543210", "something-else"}
