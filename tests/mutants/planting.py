"""A copy of the package with all faults in it, compiled once for all who test with it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cxsim
from tests.mutants.planted import Mutant

PACKAGE = Path(cxsim.__file__).parent
PROBE = Path(__file__).with_name("probe.py")
IGNORED = shutil.ignore_patterns("__pycache__", "app")
SWITCH = """
planted = { submodel = "workforce", unit = "number", range = [0.0, 1000.0], default = 0.0, \
meaning = "Which planted fault is at work.", source = "assumption", grade = "assumption" }
"""


def build(folder: Path, mutants: Sequence[Mutant]) -> dict[int, str]:
    """Copy the package into a folder and plant the faults; number them from 1.

    Returns
    -------
    dict
        Number of a fault that could not be planted, to why not.
    """
    copy = folder / "cxsim"
    shutil.copytree(PACKAGE, copy, ignore=IGNORED)
    if not (copy / "scenarios").is_dir():
        shutil.copytree(PACKAGE.parent / "scenarios", copy / "scenarios")
    registry = copy / "parameters.toml"
    registry.write_text(registry.read_text() + SWITCH)
    problems = {}
    for number, mutant in enumerate(mutants, 1):
        path = copy / mutant.file
        try:
            path.write_text(planted(path.read_text(), mutant, number))
        except LookupError as error:
            problems[number] = str(error)
    return problems


def planted(text: str, mutant: Mutant, number: int) -> str:
    """Return a file's text with a fault behind its switch.

    Raises
    ------
    LookupError
        The lines are not there, or not only once.
    """
    lines = text.split("\n")
    was = mutant.was.split("\n")
    found = [
        at
        for at in range(len(lines))
        if textwrap.dedent("\n".join(lines[at : at + len(was)])) == mutant.was
    ]
    if len(found) != 1:
        raise LookupError(f"{mutant.file}: {len(found)} times instead of once: {mutant.was}")
    (at,) = found
    margin = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    switched = [
        f"if {mutant.switch} == {number}:",
        textwrap.indent(mutant.becomes, "    "),
        "else:",
        textwrap.indent(mutant.was, "    "),
    ]
    lines[at : at + len(was)] = textwrap.indent("\n".join(switched), margin).split("\n")
    return "\n".join(lines)


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Keep other processes that want the same folder waiting."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def probe(folder: Path, mutant: Mutant, number: int) -> dict[str, dict[str, str]]:
    """Return the verdicts on a fault's checks, sound and with the fault: check -> verdict."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PLANTED": "0",
    }
    done = subprocess.run(
        [sys.executable, str(PROBE), mutant.scenario, str(number), *mutant.checks],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
