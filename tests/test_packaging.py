"""What we ship works away from the checkout, and the tested versions are all written down."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[A-Za-z0-9.!+]+)(?: ; (?P<marker>.+))?")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command as a user's shell would; return what it prints, fail with all of it."""
    # No path may lead back to the checkout; byte code makes the second start quick.
    private = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE")
    env = {name: value for name, value in os.environ.items() if name not in private}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built the long way: checkout -> source archive -> wheel."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, checkout, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` folder of a new environment that holds the wheel and nothing of the checkout."""
    venv = tmp_path_factory.mktemp("away") / "venv"
    run(sys.executable, "-m", "venv", venv, cwd=venv.parent)
    binaries = venv / ("Scripts" if os.name == "nt" else "bin")
    run(binaries / "python", "-m", "pip", "install", "--no-deps", "--no-index", wheel, cwd=venv)
    # Dependencies are borrowed from the running environment: no network, seconds instead of
    # minutes. Path files found there are not read, so an editable cxsim stays out of sight.
    where = run(
        binaries / "python",
        "-c",
        "import sysconfig; print(sysconfig.get_path('purelib'))",
        cwd=venv,
    )
    borrowed = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    (Path(where.strip()) / "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n")
    return binaries


def test_wheel_holds_every_data_file(checkout: Path, wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    scenarios = {f"cxsim/scenarios/{path.name}" for path in checkout.glob("scenarios/*.toml")}
    assets = {
        path.relative_to(checkout).as_posix()
        for path in (checkout / "cxsim").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    designs = {f"cxsim/designs/{path.name}" for path in checkout.glob("experiments/designs/*.toml")}
    assert "cxsim/scenarios/orchestrated.toml" in scenarios
    assert "cxsim/designs/quick.toml" in designs
    assert "cxsim/parameters.toml" in assets
    assert scenarios | designs | assets <= packed


def test_wheel_holds_nothing_but_the_package(wheel: Path, project: dict[str, Any]) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"cxsim", f"cxsim-{project['project']['version']}.dist-info"}


def test_installed_package_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = run(installed / "python", "-c", "import cxsim; print(cxsim.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_installed_command_lists_the_scenarios(
    checkout: Path, installed: Path, tmp_path: Path
) -> None:
    listing = run(installed / "cxsim", "list", cwd=tmp_path)
    for path in checkout.glob("scenarios/*.toml"):
        assert path.stem in listing


def test_installed_command_runs_a_scenario(installed: Path, tmp_path: Path) -> None:
    words = ("run", "orchestrated", "--weeks", "8", "--replicates", "2", "--json")
    answer = json.loads(run(installed / "cxsim", *words, cwd=tmp_path))
    assert answer
    assert list(tmp_path.iterdir()) == []


def test_installed_command_runs_a_bundled_design(installed: Path, tmp_path: Path) -> None:
    run(installed / "cxsim", "study", "run", "quick", "--out", "found", cwd=tmp_path)
    assert "128 of 128 runs" in run(installed / "cxsim", "study", "show", "found", cwd=tmp_path)


@pytest.fixture(scope="module")
def project(checkout: Path) -> dict[str, Any]:
    return tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins(checkout: Path) -> list[re.Match[str]]:
    """One match per line of constraints.txt; anything but a plain pin fails here."""
    text = (checkout / "constraints.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    matches = [PIN.fullmatch(line) for line in lines]
    odd = [line for line, match in zip(lines, matches, strict=True) if match is None]
    assert not odd, f"not plain name==version lines: {odd}"
    return [match for match in matches if match is not None]


def test_constraints_name_no_address(checkout: Path) -> None:
    text = (checkout / "constraints.txt").read_text(encoding="utf-8")
    for word in ("://", " @ ", "--", "index", "sha256"):
        assert word not in text


def test_constraints_have_valid_markers(pins: list[re.Match[str]]) -> None:
    assert pins
    for pin in pins:
        if pin["marker"]:
            Marker(pin["marker"])


def test_every_dependency_is_pinned_within_its_bounds(
    project: dict[str, Any], pins: list[re.Match[str]]
) -> None:
    versions = {canonicalize_name(pin["name"]): pin["version"] for pin in pins}
    extras = project["project"]["optional-dependencies"]
    wanted = [
        *project["project"]["dependencies"],
        *(requirement for name, extra in extras.items() if name != "all" for requirement in extra),
        *project["dependency-groups"]["dev"],
    ]
    for requirement in map(Requirement, wanted):
        version = versions.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not pinned: run `make lock`"
        assert requirement.specifier.contains(version), f"{requirement} but {version} is pinned"
