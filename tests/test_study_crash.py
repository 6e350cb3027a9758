"""Killed, stopped, resumed: nothing finished is lost, nothing is run twice."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from cxsim.errors import CxsimError
from cxsim.study.batch import open_study, run_study
from cxsim.study.design import Until
from tests.study_helpers import (
    INTERRUPTED,
    LOG,
    PAUSE,
    begun,
    child,
    company,
    each_once,
    exported,
    kept,
    kill,
    wait_until,
    wave,
    waves,
)

KILLS = 20
THREADS = 2


# --- kill -9 --------------------------------------------------------------------------------------


def test_no_recorded_run_begins_again_whenever_it_is_killed(tmp_path: Path) -> None:
    moments = random.Random(2026)
    design = waves(64, replicates=16)
    folder, log = tmp_path / "killed", tmp_path / "begun.txt"
    settings = {LOG: str(log), PAUSE: "0.004"}
    known: set[tuple[float, int]] = set()
    for number in range(KILLS):
        before = len(begun(log))
        process = child(design, folder, settings)
        if number % 4:  # the others are killed while they start
            wait_until(lambda before=before: len(begun(log)) > before)
        process.join(moments.uniform(0.0, 0.08))
        assert kill(process), "done before it was killed"
        assert known.isdisjoint(begun(log)[before:])
        now = kept(folder)
        assert known <= now, "a recorded run is gone"
        known = now
    wanted = len(design) * 16
    assert 0 < len(known) < wanted
    before = len(begun(log))
    last = child(design, folder, settings)
    last.join(60.0)
    assert last.exitcode == 0
    assert known.isdisjoint(begun(log)[before:])
    # What a kill costs is what the threads had at hand.
    assert len(begun(log)) <= wanted + KILLS * THREADS
    study = open_study(folder)
    assert each_once(study)
    undisturbed = run_study(design, tmp_path / "undisturbed", model=wave)
    assert exported(study, tmp_path / "a") == exported(undisturbed, tmp_path / "b")
    assert not list(folder.glob("journal-*")) + list(folder.glob(".*.*.*"))


def test_a_company_killed_again_and_again_gives_the_same_files(tmp_path: Path) -> None:
    """Also when every point has its replicates added until an interval is narrow enough."""
    moments = random.Random(7)
    design = company(48, replicates=Until("adoption", 0.02, at_least=8, at_most=48))
    folder = tmp_path / "killed"
    for number in range(KILLS):
        before = _size(folder)
        process = child(design, folder)
        if number % 4:
            wait_until(lambda before=before: _size(folder) > before)
        process.join(moments.uniform(0.0, 0.03))
        assert kill(process), "done before it was killed"
    last = child(design, folder)
    last.join(60.0)
    assert last.exitcode == 0
    study = open_study(folder)
    assert each_once(study)
    assert study.runs().groupby("point").size().nunique() > 1  # the rule does differ
    undisturbed = run_study(design, tmp_path / "undisturbed", threads=2)
    assert exported(study, tmp_path / "a") == exported(undisturbed, tmp_path / "b")


def _size(folder: Path) -> int:
    """Bytes of finished runs, in journals and parts."""
    files = [*folder.glob("journal-*.bin"), *folder.glob("parts/runs-*.parquet")]
    total = 0
    for path in files:
        try:
            total += path.stat().st_size
        except FileNotFoundError:  # it has become a part
            continue
    return total


# --- Ctrl-C and `cancelled` -----------------------------------------------------------------------


def test_ctrl_c_finishes_the_run_at_hand_and_no_other(tmp_path: Path) -> None:
    folder, log = tmp_path / "study", tmp_path / "begun.txt"
    settings = {LOG: str(log), PAUSE: "0.1"}
    process = child(waves(16), folder, settings)
    wait_until(lambda: len(begun(log)) > 6)
    os.kill(process.pid or 0, signal.SIGINT)
    began, at_hand = time.monotonic(), len(begun(log))
    process.join(30.0)
    assert process.exitcode == INTERRUPTED
    assert time.monotonic() - began < 3.0  # one, when nothing else is going on
    assert len(begun(log)) <= at_hand + THREADS
    assert kept(folder) == set(begun(log))  # all of it was finished and kept
    assert not list(folder.glob("journal-*"))
    study = run_study(waves(16), folder, model=wave)
    assert each_once(study)
    fresh = run_study(waves(16), tmp_path / "fresh", model=wave)
    assert exported(study, tmp_path / "a") == exported(fresh, tmp_path / "b")


def test_a_cancelled_study_returns_with_what_is_finished(tmp_path: Path) -> None:
    looks = iter([False, False, True])
    study = run_study(company(64), tmp_path, threads=2, cancelled=lambda: next(looks, True))
    assert not study.complete
    assert 0 < study.status().done == len(study.runs()) < study.status().runs
    assert run_study(company(64), tmp_path, threads=2).complete


# --- two at once ----------------------------------------------------------------------------------


def test_one_process_writes_and_others_read(tmp_path: Path) -> None:
    folder, log = tmp_path / "study", tmp_path / "begun.txt"
    design = waves(64, replicates=16)
    process = child(design, folder, {LOG: str(log), PAUSE: "0.01"})
    wait_until(lambda: len(begun(log)) > 0)
    with pytest.raises(CxsimError, match="another process runs this study; wait for it or stop"):
        run_study(design, folder, model=wave)
    seen = [0]
    while len(seen) < 25:  # journals become parts meanwhile
        study = open_study(folder)
        runs = study.runs()
        assert not runs.duplicated(["point", "replicate"]).any()
        assert study.status().done >= len(runs) >= seen[-1]
        assert len(study.points()) == 64
        seen.append(len(runs))
    assert seen[-1] > seen[1]
    assert kill(process)
    assert run_study(design, folder, model=wave).complete  # a killed one holds no lock
