"""Fixtures and settings that every test may rely on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every machine and every day; a slow machine is no failure.
settings.register_profile("cxsim", derandomize=True, deadline=None, database=None)
settings.load_profile("cxsim")


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The top of the source tree."""
    return Path(__file__).resolve().parents[1]
