"""``cxsim doctor``: whether this machine runs cxsim as it should, and what to do if not."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

import cxsim
from cxsim import compile_cache
from cxsim.cli.failures import PROBLEM
from cxsim.cli.output import examples, print_json
from cxsim.cli.simulation import compile_first
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario

if TYPE_CHECKING:
    from cxsim.results import Ensemble

EXPECTED = Path(__file__).with_name("expected_bits.json")
ASSETS = Path(cxsim.__file__).parent / "app" / "assets"
NEEDED_PYTHON = (3, 12)
# Package -> the extra that it comes with, and what it is for.
EXTRAS = {
    "ema_workbench": ("analysis", "where a study fails"),
    "optuna": ("analysis", "cxsim optimise"),
    "distributed": ("cluster", "cxsim study run --cluster"),
}
NEEDED_DISK = 500 * 2**20  # bytes: compiled code, and room for results
NEEDED_MEMORY = 500 * 2**20  # bytes: the app with a few browsers
REPLICATES, SEED = 2, 1


@dataclass(frozen=True)
class Finding:
    """What a check found; `advice` says what to do when it is not `ok`."""

    subject: str
    ok: bool
    text: str
    advice: str = ""


@click.command(short_help="Check this machine, with a real run.", epilog=examples("cxsim doctor"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def doctor(as_json: bool) -> None:
    """Check this machine: versions, folders, port, browser files, and a real run.

    The run is compared bit by bit with the numbers of this version of cxsim. The exit code is 1
    when something is wrong.
    """
    findings = []
    if not compile_cache.is_warm():
        compile_first(quiet=as_json)
    for check in CHECKS:
        for finding in check():
            findings.append(finding)
            if not as_json:
                _print(finding)
    bad = sum(not finding.ok for finding in findings)
    if as_json:
        print_json({"ok": not bad, "findings": [asdict(finding) for finding in findings]})
    else:
        click.echo(f"\n{bad} problem{'s' * (bad != 1)} found" if bad else "\nAll is well")
    if bad:
        click.get_current_context().exit(PROBLEM)


def _print(finding: Finding) -> None:
    mark = click.style("ok      ", fg="green") if finding.ok else click.style("problem ", fg="red")
    click.echo(f"{mark} {finding.subject}: {finding.text}")
    if not finding.ok and finding.advice:
        click.echo(f"         -> {finding.advice}")


# --- the installation --------------------------------------------------------------------------


def check_python() -> Iterator[Finding]:
    """Python is new enough."""
    wanted = ".".join(map(str, NEEDED_PYTHON))
    yield Finding(
        "Python",
        sys.version_info >= NEEDED_PYTHON,
        f"{platform.python_version()} on {platform.system()} {platform.machine()}",
        f"install Python {wanted} or newer",
    )


def check_packages() -> Iterator[Finding]:
    """Each package that cxsim needs is there, in a version it works with."""
    from packaging.requirements import Requirement

    advice = "install cxsim again, for example with: python -m pip install --upgrade cxsim"
    try:
        wanted = [Requirement(line) for line in metadata.requires("cxsim") or ()]
    except metadata.PackageNotFoundError:
        text = "runs from a folder, without being installed"
        yield Finding("cxsim", False, text, "go to that folder and run: python -m pip install .")
        return
    yield Finding("cxsim", True, cxsim.__version__)
    for requirement in wanted:
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding(requirement.name, False, "missing", advice)
            continue
        fits = requirement.specifier.contains(version, prereleases=True)
        text = version if fits else f"{version}, but {requirement.specifier} is wanted"
        yield Finding(requirement.name, fits, text, advice)


def check_extras() -> Iterator[Finding]:
    """What some experiments need beyond that; whoever has no use for them can do without."""
    for name, (extra, brings) in EXTRAS.items():
        try:
            text = metadata.version(name)
        except metadata.PackageNotFoundError:
            text = f"not installed; pip install 'cxsim[{extra}]' brings {brings}"
        yield Finding(name, True, text)


def check_browser_files(assets: Path = ASSETS) -> Iterator[Finding]:
    """The files that the app's pages load are there, unchanged."""
    advice = "install cxsim again; without these files the app shows an empty page"
    try:
        packages = json.loads((assets / "manifest.json").read_text(encoding="utf-8"))
        files = {name: digest for package in packages for name, digest in package["files"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield Finding("browser files", False, f"manifest.json cannot be read: {error}", advice)
        return
    wrong = [name for name, digest in files.items() if _digest(assets / "cdn" / name) != digest]
    text = f"{wrong[0]} is missing or damaged" if wrong else f"{len(files)} files complete"
    yield Finding("browser files", not wrong, text, advice)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "missing"


# --- the machine -------------------------------------------------------------------------------


def check_folders() -> Iterator[Finding]:
    """Compiled code, temporary files and results can be written."""
    folders = {
        "compiled code": (compile_cache.FOLDER, "set XDG_CACHE_HOME to a folder you may write to"),
        "temporary folder": (Path(tempfile.gettempdir()), "set TMPDIR to one you may write to"),
        "current folder": (Path.cwd(), "go to a folder of your own, or use --out"),
    }
    for subject, (folder, advice) in folders.items():
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
            yield Finding(subject, True, f"{folder} can be written")
        except OSError as error:
            yield Finding(subject, False, f"{folder}: {error.strerror or error}", advice)


def check_compiled() -> Iterator[Finding]:
    """The model is compiled, and stays so from one start to the next."""
    warm = compile_cache.is_warm()
    text = "yes" if warm else f"nothing was kept in {compile_cache.FOLDER}"
    yield Finding("compiled", warm, text, "make that folder writable, or each start takes longer")


def check_disk() -> Iterator[Finding]:
    """There is room on the disk of the compiled code."""
    free = shutil.disk_usage(compile_cache.FOLDER).free
    text = f"{free / 2**30:.1f} GB free at {compile_cache.FOLDER}"
    yield Finding("disk", free >= NEEDED_DISK, text, "free at least 0.5 GB")


def check_memory() -> Iterator[Finding]:
    """There is memory for the app."""
    try:
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not every system tells
        yield Finding("memory", True, "this system does not say how much is free")
        return
    text = f"{free / 2**30:.1f} GB free, {os.cpu_count()} cores"
    yield Finding("memory", free >= NEEDED_MEMORY, text, "close other programs")


def check_port() -> Iterator[Finding]:
    """The app finds a port on this computer."""
    from cxsim.app import serve

    try:
        with closing(serve.listen("127.0.0.1", None)) as sock:
            yield Finding("port", True, f"{sock.getsockname()[1]} is free for the app")
    except CxsimError as error:
        yield Finding("port", False, str(error), "stop a program that listens there")


# --- the numbers -------------------------------------------------------------------------------


def fixed_scenario() -> Scenario:
    """Return a small scenario in which something happens; its numbers stand for all."""
    return Scenario(
        name="doctor",
        title="A small run",
        organisation={"employees": 120},
        market={"customers": 400},
        weeks=26,
        events=(
            {"week": 8, "shock": {"price_rise": 0.1}},
            {"week": 12, "set": {"span_of_control": 4}},
        ),  # type: ignore[arg-type]
    )


def fixed_run(threads: int | None = None) -> Ensemble:
    """Return the ensemble whose numbers are compared."""
    ensemble = cxsim.simulate(fixed_scenario(), REPLICATES, SEED, threads, baseline=False)
    assert ensemble is not None  # nobody cancels it
    return ensemble


def bits(ensemble: Ensemble) -> str:
    """Return a hash of every number of an ensemble; each NaN counts as the same one."""
    import numpy as np

    digest = hashlib.sha256()
    for part in ensemble.record:
        for name in part.dtype.names or ():
            values = np.where(np.isnan(part[name]), np.nan, part[name])
            digest.update(name.encode() + values.astype("<f8").tobytes())
    return digest.hexdigest()


def check_numbers(expected: Path = EXPECTED) -> Iterator[Finding]:
    """A run has the bits of this version, on one thread and on two."""
    one, two = (bits(fixed_run(threads)) for threads in (1, 2))
    text = "the same on one thread and on two" if one == two else "differ from those on one"
    advice = "use --threads 1, and please report this"
    yield Finding("numbers on two threads", one == two, text, advice)
    try:
        stored = json.loads(expected.read_text(encoding="utf-8"))["bits"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        text = f"{expected.name} cannot be read: {error}"
        yield Finding("numbers", False, text, "install cxsim again")
        return
    same = one == stored
    yield Finding(
        "numbers",
        same,
        "those of this version, to the last bit"
        if same
        else "a short run differs on this machine from the numbers of this version",
        "results made here are not bit for bit those of other machines; if you have changed "
        "rules or defaults this is as it should be, otherwise please report it",
    )


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_python,
    check_packages,
    check_extras,
    check_compiled,
    check_numbers,
    check_folders,
    check_disk,
    check_memory,
    check_port,
    check_browser_files,
)
