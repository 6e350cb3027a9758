"""The folder of a study: full, damaged, foreign, grown, narrowed, shared out and read by others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from cxsim.errors import CxsimError
from cxsim.study.batch import Study, journal, merge, open_study, run_study, store
from cxsim.study.batch.journal import Journal
from cxsim.study.batch.run import Run
from cxsim.study.design import Design, Until
from experiments.batch import measuring
from experiments.batch.__main__ import main
from tests.study_helpers import REFUSED, company, each_once, exported, kept, wave, waves


class Counting:
    """A user's own function that counts its calls."""

    def __init__(self, wrong: float | None = None) -> None:
        self.calls: Counter[tuple[float, int]] = Counter()
        self.wrong = wrong

    def __call__(self, settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, float]:
        self.calls[settings["x"], replicate] += 1
        if self.wrong == settings["x"]:
            raise RuntimeError("no way")
        return wave(settings, seed, replicate)


def study_of(folder: Path, design: Design | None = None) -> Study:
    return run_study(design or waves(), folder, model=wave)


def same(study: Study, fresh: Study, folder: Path) -> bool:
    """Whether two studies give the same files."""
    return exported(study, folder / "one") == exported(fresh, folder / "other")


# --- a disk that is full or cannot be written -----------------------------------------------------

# Runs a study with files that cannot grow beyond some bytes, or in a small file system.
RUN = """
import resource, sys
from pathlib import Path
from cxsim.errors import CxsimError
from cxsim.study.batch import run_study, store
from tests.study_helpers import company
folder, limit, part = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
store.PART_RUNS = part
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    run_study(company(), folder, threads=2)
except CxsimError as error:
    print(error, file=sys.stderr)
    sys.exit(2)
"""


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of the company that nothing happened to."""
    return run_study(company(), tmp_path_factory.mktemp("fresh"), threads=2)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The same with twice the points."""
    return run_study(company(32), tmp_path_factory.mktemp("grown"), threads=2)


@pytest.mark.parametrize(
    ("limit", "part"), [(20_000, 5_000), (9_000, 100)], ids=["journal", "part"]
)
def test_a_file_that_cannot_grow_costs_nothing_finished(
    limit: int, part: int, fresh: Study, tmp_path: Path
) -> None:
    folder = tmp_path / "study"
    words = [sys.executable, "-c", RUN, str(folder), str(limit), str(part)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == REFUSED, done.stderr
    assert done.stderr == (
        f"{folder}: cannot be written: File too large; everything finished is kept, so free some "
        "space or mend the folder, then resume the study\n"
    )
    finished = len(open_study(folder).runs())
    assert 0 < finished < 320
    study = run_study(company(), folder, threads=2)
    assert each_once(study)
    assert same(study, fresh, tmp_path)


def test_a_full_disk_costs_nothing_finished(fresh: Study, tmp_path: Path) -> None:
    """A real one, where a user may mount one; else one made of a limit again."""
    small, saved = tmp_path / "small", tmp_path / "saved"
    small.mkdir()
    script = (
        f"mount -t tmpfs -o size=80k none {small} || exit 9\n"
        f'"$0" -c "$1" {small}/study 0 5000; code=$?; cp -r {small}/study {saved}; exit $code'
    )
    words = ["unshare", "-Urm", "sh", "-c", script, sys.executable, RUN]
    if shutil.which("unshare") is None or _run(["unshare", "-Urm", "true"]).returncode:
        words = [sys.executable, "-c", RUN, str(saved), "15000", "5000"]
    done = _run(words)
    assert done.returncode == REFUSED, done.stderr
    assert done.stderr.count("\n") == 1
    assert "No space left on device; everything finished is kept" in done.stderr or words[0] != (
        "unshare"
    )
    assert 0 < len(open_study(saved).runs()) < 320
    study = run_study(company(), saved, threads=2)
    assert each_once(study)
    assert same(study, fresh, tmp_path)


def _run(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_folders_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("something")
    for folder in (file, file / "below", Path("/proc/cxsim")):
        with pytest.raises(CxsimError, match=rf"^{folder}: cannot be written: .* then resume the"):
            study_of(folder)
        with pytest.raises(CxsimError, match=rf"^{folder}: no such folder|holds no study"):
            open_study(folder)
    assert file.read_text() == "something"


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    design = tmp_path / "design.toml"
    design.write_text("# mine")
    with pytest.raises(CxsimError, match=r"no study but other files \(design.toml\); name a new"):
        study_of(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["design.toml"]
    assert design.read_text() == "# mine"
    with pytest.raises(CxsimError, match=r"holds no study \(study.json is missing\); cxsim study"):
        open_study(tmp_path)


# --- damage ---------------------------------------------------------------------------------------


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def other(path: Path) -> None:
    path.write_text("nothing that belongs here")


def emptied(path: Path) -> None:
    path.write_bytes(b"")


DAMAGES = [flipped, cut, other, emptied]


@pytest.mark.parametrize("kind", ["runs", "weekly"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_part_is_named_and_can_be_deleted(
    damage: Callable[[Path], None], kind: str, fresh: Study, grown: Study, tmp_path: Path
) -> None:
    folder = tmp_path / "study"
    shutil.copytree(fresh.folder, folder)
    run_study(company(32), folder, threads=2)  # a second part
    part = max((folder / "parts").glob(f"{kind}-*.parquet"), key=os.path.getmtime)
    damage(part)
    advice = r"; delete this file, and resume the study: only its runs are computed again$"
    uses: list[Callable[[], Any]] = [lambda: open_study(folder).weekly()]
    if kind == "runs":
        uses = [open_study(folder).runs, lambda: run_study(company(32), folder)]
    for use in uses:
        with pytest.raises(CxsimError, match=rf"^{part}: damaged \(.*\){advice}"):
            use()
    part.unlink()
    assert len(open_study(folder).runs()) == 320
    study = run_study(company(32), folder, threads=2)
    assert each_once(study)
    assert same(study, grown, tmp_path)


@pytest.mark.parametrize("name", [store.MANIFEST, store.DESIGN])
@pytest.mark.parametrize("damage", [*DAMAGES, lambda path: path.unlink()])
def test_damaged_words_are_mended_by_running_the_design_again(
    damage: Callable[[Path], None], name: str, tmp_path: Path
) -> None:
    counting = Counting()
    study = run_study(waves(), tmp_path / "study", model=counting)
    before = exported(study, tmp_path / "before")
    calls = counting.calls.total()
    damage(study.folder / name)
    with pytest.raises(CxsimError) as refused:
        open_study(study.folder)
    assert "run the design into this folder again" in str(refused.value) or "makes one" in str(
        refused.value
    )
    again = run_study(waves(), study.folder, model=counting)
    assert counting.calls.total() == calls
    assert exported(again, tmp_path / "after") == before


def test_an_edited_design_is_not_taken_for_the_one_that_was_run(tmp_path: Path) -> None:
    study = study_of(tmp_path / "study")
    path = study.folder / store.DESIGN
    path.write_text(path.read_text().replace("high = 1.0", "high = 2.0"))
    with pytest.raises(CxsimError, match=r"design.toml: was changed since it was run; run the des"):
        open_study(study.folder)
    edited = run_study(path, study.folder, model=wave)
    assert each_once(edited)
    assert edited.runs()["x"].max() > 1.0


@pytest.mark.parametrize("damage", DAMAGES)
def test_points_are_written_anew(damage: Callable[[Path], None], tmp_path: Path) -> None:
    """They are for other programs; cxsim itself works them out from the design."""
    study = study_of(tmp_path / "study")
    before = (study.folder / store.POINTS).read_bytes()
    damage(study.folder / store.POINTS)
    assert open_study(study.folder).complete
    study_of(study.folder)
    assert (study.folder / store.POINTS).read_bytes() == before


# --- the journal ----------------------------------------------------------------------------------

COLUMNS = {"recipe": "0" * 20, "outcomes": ["a", "b"], "series": ["s"]}


def written(folder: Path, runs: int) -> Path:
    writing = Journal(folder, COLUMNS)
    for number in range(runs):
        weekly = np.full((4, 1), float(number))
        writing.add(f"key{number % 3}", Run(number, np.array([number, np.nan]), weekly))
    writing.close()
    return writing.path


def found(path: Path) -> list[int]:
    return [entry.run.replicate for entry in journal.read(path)[1]]


def test_a_journal_cut_anywhere_has_all_that_was_whole(tmp_path: Path) -> None:
    path = written(tmp_path, 6)
    text = path.read_bytes()
    assert found(path) == list(range(6))
    for length in range(len(text)):
        path.write_bytes(text[:length])
        have = found(path)
        assert have == list(range(len(have)))
        assert len(have) >= 6 - 1 - (len(text) - length) // (len(text) // 7)


def test_a_journal_damaged_anywhere_loses_one_run(tmp_path: Path) -> None:
    path = written(tmp_path, 6)
    text = path.read_bytes()
    head = text.index(b"cxr1", 4)
    for place in range(len(text)):
        path.write_bytes(text[:place] + bytes([text[place] ^ 0xFF]) + text[place + 1 :])
        if place < head:
            with pytest.raises(CxsimError, match=r"damaged at its beginning; delete this file, an"):
                found(path)
        else:
            assert len(found(path)) == 5


def test_what_a_killed_process_left_is_taken_over_or_named(tmp_path: Path) -> None:
    """An empty journal, a torn one, one that lost its beginning, and one of another study."""
    folder = tmp_path / "study"
    design = waves(16)
    stopped = run_study(design, folder, model=wave, cancelled=lambda: bool(kept(folder)))
    assert not stopped.complete
    (folder / "journal-empty.bin").touch()
    torn = written(folder, 5)
    cut(torn)
    bad = written(folder, 5)
    bad.write_bytes(bad.read_bytes()[10:])
    with pytest.raises(CxsimError, match=rf"^{bad}: damaged at its beginning; delete this file"):
        run_study(design, folder, model=wave)
    bad.unlink()
    study = run_study(design, folder, model=wave)
    assert not list(folder.glob("journal-*"))
    assert study.status().other == 2  # of the torn one
    assert same(study, study_of(tmp_path / "fresh", design), tmp_path)


# --- only what is new is run ----------------------------------------------------------------------


def grows(small: Design, large: Design, folder: Path) -> tuple[int, int]:
    """Run a design and then a larger one in the same folder; return the calls of each."""
    counting, fresh = Counting(), Counting()
    run_study(small, folder / "study", model=counting)
    first = counting.calls.total()
    study = run_study(large, folder / "study", model=counting)
    assert max(counting.calls.values()) == 1
    assert same(study, run_study(large, folder / "fresh", model=fresh), folder)
    assert counting.calls.keys() >= fresh.calls.keys()
    return first, counting.calls.total() - first


def test_a_grown_design_runs_what_is_new(tmp_path: Path) -> None:
    assert grows(waves(8), waves(16), tmp_path / "points") == (80, 80)
    assert grows(waves(8), waves(8, replicates=25), tmp_path / "replicates") == (80, 120)


def test_a_stricter_rule_adds_replicates(tmp_path: Path) -> None:
    loose = Until("height", 2.0, at_least=4, at_most=60)
    strict = Until("height", 0.6, at_least=4, at_most=60)
    first, more = grows(waves(8, replicates=loose), waves(8, replicates=strict), tmp_path)
    assert 8 * 4 <= first < more < 8 * 60


def test_a_narrowed_design_shows_its_own_alone(tmp_path: Path) -> None:
    assert grows(waves(16), waves(8, replicates=3), tmp_path) == (160, 0)
    status = open_study(tmp_path / "study").status()
    assert (status.done, status.runs, status.other) == (24, 24, 136)


def test_failed_runs_alone_are_tried_again(tmp_path: Path) -> None:
    counting = Counting(wrong=waves().settings[5]["x"])
    study = run_study(waves(), tmp_path / "study", model=counting)
    assert study.status().failed == 10
    assert set(study.runs()["error"]) == {"", "RuntimeError: no way"}
    counting.wrong = None
    assert run_study(waves(), study.folder, model=counting).status().failed == 10
    assert counting.calls.total() == 160
    study = run_study(waves(), study.folder, model=counting, retry_failed=True)
    assert counting.calls.total() == 170
    assert same(study, run_study(waves(), tmp_path / "fresh", model=Counting()), tmp_path)


# --- shards ---------------------------------------------------------------------------------------


def test_merged_shards_are_one_study(grown: Study, tmp_path: Path) -> None:
    """Also when one of them was merged before it was done."""
    design = company(32)
    shards = [tmp_path / f"shard {number}" for number in (1, 2, 3)]
    looks = iter([False, False])
    for number, shard in enumerate(shards, 1):
        halted = (lambda: next(looks, True)) if number == 3 else None
        run_study(design, shard, threads=2, shard=(number, 3), cancelled=halted)
    early = merge(shards, tmp_path / "merged")
    assert 0 < early.status().done < 640
    done = [open_study(shard).status().done for shard in shards]
    assert sum(done) == early.status().done  # nobody does another's share
    run_study(design, shards[2], threads=2, shard=(3, 3))
    merged = merge(shards, tmp_path / "merged")
    assert each_once(merged)
    assert same(merged, grown, tmp_path)
    assert same(run_study(design, merged.folder), grown, tmp_path)  # nothing is left to do


def test_a_run_that_failed_on_one_machine_and_not_on_another_went_well(tmp_path: Path) -> None:
    bad = Counting(wrong=waves().settings[5]["x"])
    folders = [tmp_path / "bad", tmp_path / "good"]
    for folder, model in zip(folders, (bad, Counting()), strict=True):
        run_study(waves(), folder, model=model)
    merged = merge(folders, tmp_path / "merged")
    assert each_once(merged)
    assert merged.status().failed == 0


def test_merging_what_does_not_belong_together(tmp_path: Path) -> None:
    one, two = study_of(tmp_path / "one"), study_of(tmp_path / "two", waves(32))
    with pytest.raises(CxsimError, match=r"two: holds another study than .*only shards of one"):
        merge([one.folder, two.folder], tmp_path / "merged")
    with pytest.raises(CxsimError, match=r"is one of the shards; merge into another folder"):
        merge([one.folder], one.folder)
    with pytest.raises(CxsimError, match=r"two: holds another study; merge into another folder"):
        merge([one.folder], two.folder)
    part = next((one.folder / "parts").iterdir())
    flipped(part)
    with pytest.raises(CxsimError, match=rf"^{part}: damaged"):
        merge([one.folder], tmp_path / "merged")


# --- others read it -------------------------------------------------------------------------------


def test_duckdb_reads_all_runs_with_their_settings(fresh: Study) -> None:
    asked = "SELECT * FROM 'points.parquet' JOIN 'parts/runs-*.parquet' USING (key)"
    assert " ".join(asked.split()) in " ".join((store.__doc__ or "").split())
    asked = asked.replace("'points", f"'{fresh.folder}/points")
    asked = asked.replace("'parts", f"'{fresh.folder}/parts")
    rows = duckdb.execute(asked).df().sort_values(["point", "replicate"], ignore_index=True)
    runs = fresh.runs()
    pd.testing.assert_frame_equal(rows[list(runs.columns)], runs, check_dtype=False)


def test_what_a_study_costs_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "ALONE", 0.02)
    words = ["--runs", "20", "--small", "60", "--threads", "2", "--out", str(tmp_path)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    lines = (tmp_path / "measured.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    assert [row[1] for row in rows[2:]] == ["20", "20", "60"]
    assert all(float(row[4]) > 0.3 for row in rows[2:])


def test_pandas_reads_every_part(fresh: Study) -> None:
    parts = {path: pd.read_parquet(path) for path in (fresh.folder / "parts").iterdir()}
    runs = [frame for path, frame in parts.items() if path.name.startswith("runs-")]
    weekly = [frame for path, frame in parts.items() if path.name.startswith("weekly-")]
    assert len(parts) == len(runs) + len(weekly)
    assert sum(map(len, runs)) == 320
    assert sum(map(len, weekly)) == 320 * 26
    assert json.loads((fresh.folder / store.MANIFEST).read_text())["recipe"]["series"] == [
        "adoption"
    ]


# --- functions of one's own -----------------------------------------------------------------------


def odd(settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, Any]:
    """Goes wrong in another way each time."""
    if replicate == 0:
        raise ValueError("a name with \udc80 in it")
    if replicate == 1:
        sys.exit(3)
    if replicate == 2:
        return {"width": 1.0}
    if replicate == 3:
        return {"height": settings["gone"]}
    return {"height": "many" if replicate == 4 else 1.0}


def test_whatever_a_function_does_is_a_run_that_failed(tmp_path: Path) -> None:
    runs = run_study(waves(1, replicates=6), tmp_path, model=odd).runs()
    assert list(runs["error"]) == [
        "ValueError: a name with ? in it",
        "SystemExit: 3",
        "the function gives no 'height'",
        "KeyError: 'gone'",
        "ValueError: could not convert string to float: 'many'",
        "",
    ]


def scaled(scale: float, settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, Any]:
    return {"height": scale * settings["x"]}


def test_a_function_is_known_again_by_its_source_and_arguments(tmp_path: Path) -> None:
    """And not by where it lies in memory, which is another place each time."""
    for _ in range(2):
        done = run_study(waves(), tmp_path, model=partial(scaled, 2.0)).status()
        assert (done.done, done.other) == (160, 0)
    assert run_study(waves(), tmp_path, model=partial(scaled, 3.0)).status().other == 160
