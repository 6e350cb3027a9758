"""Studies in child processes: one at a time, in line, stopped, failed, ended with the app."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from cxsim.app.experiments import child, runner
from cxsim.app.experiments.runner import COMPLETE, FAILED, RUNNING, STOPPED, WAITING, Runner
from cxsim.app.experiments.shelf import Shelf
from cxsim.app.experiments.studies import Studies, words_of
from cxsim.errors import CxsimError

TOLD = 'print(\'{"done": 3, "total": 9, "failed": 1, "rate": 2.5, "left": 2.4}\', flush=True)'
SCRIPTS = {
    "quick": f"{TOLD}; print('not JSON'); print('[1]'); print('{{\"complete\": true}}')",
    "long": f"{TOLD}; import sys; sys.stdin.read(); sys.exit(130)",
    "wrong": "import sys; sys.exit('the disk is full')",
    "silent": "pass",
}


@pytest.fixture
def line() -> Iterator[Runner]:
    made = Runner(lambda key: [sys.executable, "-c", SCRIPTS[key.partition(" ")[0]]])
    yield made
    made.close()


def until(line: Runner, key: str, state: str) -> runner.Job:
    """The job once it is in a state, or fail."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if line.jobs()[key].state == state:
            return line.jobs()[key]
        line.wait(line.version, 0.2)
    pytest.fail(f"{key} is {line.jobs()[key]}")


def test_a_study_tells_its_progress_and_completes(line: Runner) -> None:
    line.ask("quick")
    job = until(line, "quick", COMPLETE)
    assert (job.done, job.total, job.failed, job.rate, job.left) == (3, 9, 1, 2.5, None)


def test_one_at_a_time_and_the_others_in_line(line: Runner) -> None:
    for key in ("long", "quick", "quick 2", "quick"):
        line.ask(key)
    until(line, "long", RUNNING)
    jobs = line.jobs()
    assert [(jobs[k].state, jobs[k].place) for k in ("quick", "quick 2")] == [
        (WAITING, 1),
        (WAITING, 2),
    ]
    assert words_of(jobs["quick 2"]) == "waits in line, number 2"
    line.stop("quick")
    line.stop("long")
    until(line, "long", STOPPED)
    until(line, "quick 2", COMPLETE)
    assert line.jobs()["quick"].state == STOPPED
    line.ask("long")  # goes on
    until(line, "long", RUNNING)


def test_the_line_has_an_end(line: Runner) -> None:
    for number in range(runner.LONGEST_LINE + 2):
        line.ask(f"long {number}")
        if number == 0:
            until(line, "long 0", RUNNING)
        if number == runner.LONGEST_LINE:
            break
    with pytest.raises(CxsimError, match="wait already"):
        line.ask("long more")


@pytest.mark.parametrize(
    ("key", "said"),
    [("wrong", "the disk is full"), ("silent", "the study ended without saying why")],
)
def test_what_goes_wrong_is_told(line: Runner, key: str, said: str) -> None:
    line.ask(key)
    assert until(line, key, FAILED).problem == said


def test_a_command_that_does_not_exist_is_told() -> None:
    made = Runner(lambda key: ["/nowhere/python"])
    made.ask("x")
    assert "could not be started" in until(made, "x", FAILED).problem


def test_closing_ends_what_runs(line: Runner) -> None:
    line.ask("long")
    until(line, "long", RUNNING)
    begun = time.monotonic()
    line.close()
    assert time.monotonic() - begun < runner.PATIENCE
    assert line.jobs()["long"].state == STOPPED
    line.ask("quick")
    assert "quick" not in line.jobs()


# Does what the module does as a script, with something endless in place of the command line.
ENDLESS = (
    "import runpy, time; from cxsim.app.experiments import child;"
    "runpy.run_module = lambda *_, **__: (print('begun', flush=True), time.sleep(60));"
    "child.main()"
)


def gone(number: int) -> bool:
    try:
        return psutil.Process(number).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_a_child_ends_when_its_input_does() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"begun\n"
    process.stdin.close()
    assert process.wait(child.PATIENCE) != 0
    process.stdout.close()
    assert process.stderr is not None
    assert b"KeyboardInterrupt" in process.stderr.read()
    process.stderr.close()


def test_a_child_does_not_outlive_an_app_that_is_killed() -> None:
    script = (
        "import subprocess, sys, time\n"
        f"one = subprocess.Popen([sys.executable, '-c', {ENDLESS!r}],"
        " stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)\n"
        "one.stdout.readline(); print(one.pid, flush=True); time.sleep(60)"
    )
    app = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert app.stdout is not None
    number = int(app.stdout.readline())
    app.kill()
    app.wait()
    app.stdout.close()
    assert within(child.PATIENCE, lambda: gone(number))


# ------------------------------------------------------------------ what is kept


def test_the_shelf_keeps_designs_under_their_keys(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "new" / "studies")
    assert shelf.kept() == []
    shelf.put("a" * 16, "title = 'A'")
    shelf.put("b" * 16, "title = 'B'")
    os.utime(shelf.file("a" * 16), (1, 1))
    assert shelf.kept() == ["b" * 16, "a" * 16]
    assert shelf.text("b" * 16) == "title = 'B'"
    for key in ("../x", "", "c" * 16, "A" * 16, "a" * 16 + "/../../x"):
        assert not shelf.holds(key)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CxsimError, match="CXSIM_STUDIES"):
        Shelf(tmp_path / "file" / "studies").put("a" * 16, "")


def test_a_study_that_was_never_begun_is_listed(tmp_path: Path) -> None:
    studies = Studies(tmp_path)
    studies.shelf.put("a" * 16, "# Does it? And more.\ntitle = 'A <b>'")
    studies.shelf.put("b" * 16, "[[")
    rows = {row["key"][0]: row for row in studies.rows()}
    assert (rows["a"]["title"], rows["a"]["remark"]) == ("A <b>", "Does it?")
    assert (rows["a"]["state"], rows["a"]["words"]) == ("untouched", "nothing run yet")
    assert rows["b"]["title"] == "A design that cannot be read"
