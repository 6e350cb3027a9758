"""What a study answers, as the browser gets it: numbers, words, places between 0 and 1."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cxsim.app.components.experiment_answers import chosen_with
from cxsim.app.experiments import axis, files, looking
from cxsim.app.experiments.studies import Kept, Studies, mark_of, stamp_of, words_of_kept
from cxsim.errors import CxsimError
from cxsim.study.batch import run_study
from cxsim.study.design import Design, Factor


def model(settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, float]:
    """Adoption rests on x alone, fails in a corner; z does nothing."""
    x, y = float(settings["x"]), float(settings["y"])
    luck = 0.01 * ((replicate % 2) - 0.5)
    return {"adoption": 0.9 * x + luck, "self_sustaining": float(x + y > 1.0)}


def design(method: str, samples: int, **factors: Any) -> Design:
    made = [
        Factor(name, "uncertainty" if name == "z" else "lever", **given)
        for name, given in factors.items()
    ]
    fixed: dict[str, Any] = {"replicates": 2, "outcomes": ("adoption", "self_sustaining")}
    return Design("trial", "A trial", None, tuple(made), method, samples, **fixed)


UNIT = {"low": 0.0, "high": 1.0}


@pytest.fixture(scope="module")
def scattered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scattered") / "study"
    run_study(design("sobol_sequence", 128, x=UNIT, y=UNIT, z=UNIT), folder, model=model)
    return folder


def asked(folder: Path, show: str, **wish: str) -> dict[str, Any]:
    told = looking.answer(folder, stamp_of(folder), show, wish)
    json.dumps(told, allow_nan=False)  # or the browser could not read it
    return told


def test_first_choices_suit_the_study(scattered: Path) -> None:
    found = looking.choices(scattered, stamp_of(scattered))
    first = found["first"]
    assert (first["outcome"], first["method"], first["x"], first["y"]) == (
        "self_sustaining",
        "pawn",
        "x",
        "y",
    )
    assert found["thresholds"]["adoption"] == {
        "side": "below",
        "threshold": "50",
        "unit": "%",
        "level": "50",
    }


def test_at_a_glance(scattered: Path) -> None:
    told = asked(scattered, "glance")
    assert (told["points"], told["runs"], told["failed"]) == (128, 256, 0)
    adoption = told["rows"][0]
    assert adoption["label"] == "Adoption"
    assert adoption["note"].startswith("Luck alone spreads single runs by 0.707 points")
    assert len(adoption["bars"]) == 24
    assert all(0.0 <= tick["at"] <= 1.0 for tick in adoption["ticks"])


def cracked(settings: Mapping[str, Any], seed: int, replicate: int) -> dict[str, float]:
    """Cannot be run for much of x."""
    if settings["x"] > 0.5:
        raise CxsimError(f"x: {settings['x']:.3f} is too much")
    return model({**settings, "z": 0.0}, seed, replicate)


def test_failed_runs_are_told_with_their_reason(tmp_path: Path) -> None:
    run_study(design("factorial", 4, x=UNIT, y=UNIT), tmp_path / "s", model=cracked)
    told = asked(tmp_path / "s", "glance")
    assert (told["points"], told["runs"], told["failed"]) == (8, 32, 16)
    assert told["said"].startswith("16 runs at 8 points; 16 of 32 runs failed. ")
    assert "16 times" in told["why"]
    assert "is too much" in told["why"]
    assert mark_of("complete", Kept("complete", 32, 32, 16)) == "partly"
    assert mark_of("complete", Kept("complete", 32, 32, 32)) == "failed"


def test_without_a_level_the_map_asks_for_one(scattered: Path) -> None:
    told = asked(scattered, "map", outcome="adoption", x="x", y="y", level="")
    assert (told["line"], told["line_words"]) == ([], "Type a level to see where it tips.")


def test_what_matters_is_told_from_what_does_not(scattered: Path) -> None:
    told = asked(scattered, "matters", outcome="adoption", method="pawn")
    assert next(row["name"] for row in told["rows"]) == "x"
    assert {row["name"]: row["none"] for row in told["rows"]} == {"x": False, "y": True, "z": True}
    assert 0.0 < told["floor"] < told["rows"][0]["bars"][0]["value"] <= told["span"][1]


def test_sobol_has_two_bars_a_factor(tmp_path: Path) -> None:
    run_study(design("saltelli", 64, x=UNIT, y=UNIT), tmp_path / "s", model=model)
    told = asked(tmp_path / "s", "matters", outcome="adoption", method="sobol")
    x, y = told["rows"]
    assert [round(bar["value"]) for bar in x["bars"]] == [1, 1]
    assert y["none"]
    assert told["floor"] is None


def test_the_map_has_its_line_where_it_tips(scattered: Path) -> None:
    told = asked(scattered, "map", outcome="self_sustaining", x="x", y="y")
    places = [point for point in told["line"] if 0.2 < point[0] < 0.8]
    assert places
    for x, y in places:
        assert y == pytest.approx(1.0 - x, abs=0.12)
    shades = [shade for row in told["shades"] for shade in row]
    assert (min(shades), max(shades)) == (0.0, 1.0)
    assert "Whatever else varies" in told["foot"]


def test_the_level_of_a_map_is_typed_in_per_cent(scattered: Path) -> None:
    told = asked(scattered, "map", outcome="adoption", x="y", y="x", level="45 %")
    middle = told["line"][len(told["line"]) // 2]
    assert middle[1] == pytest.approx(0.5, abs=0.05)
    with pytest.raises(CxsimError, match="level: 'much' is no number"):
        asked(scattered, "map", outcome="adoption", x="x", y="y", level="much")


def test_the_box_is_told_with_its_limits(scattered: Path) -> None:
    told = asked(scattered, "fails", outcome="adoption", side="below", threshold="30")
    (box,) = told["boxes"]
    (limit,) = box["limits"]
    assert limit["name"] == "x"
    assert limit["span"] == [0.0, pytest.approx(1 / 3, abs=0.05)]
    assert "Adoption below 30 %" in told["sentences"][0]
    plot = told["plot"]
    assert plot["axes"][0]["name"] == "x"
    assert sum(plot["failing"]) == pytest.approx(128 / 3, abs=3)


def test_policies_are_compared(tmp_path: Path) -> None:
    levels = {"values": (0.2, 0.8)}
    made = design("factorial", 4, x=levels, y={"values": (0.1, 0.9)}, z=UNIT)
    run_study(made, tmp_path / "s", model=model)
    told = asked(tmp_path / "s", "robust", outcome="adoption", enough="50")
    assert len(told["rows"]) == 4
    best = told["rows"][0]
    assert "0.8" in best["label"]
    assert all(cell["best"] for cell in best["cells"])
    assert "Good enough in" in told["columns"]


def test_what_cannot_be_answered_is_told_in_words(tmp_path: Path) -> None:
    run_study(design("factorial", 2, x=UNIT, y=UNIT), tmp_path / "s", model=model)
    for show in ("matters", "fails"):
        with pytest.raises(CxsimError):
            asked(tmp_path / "s", show, outcome="adoption", side="below", threshold="50")


def test_another_outcome_brings_its_own_threshold(scattered: Path) -> None:
    offered = looking.choices(scattered, stamp_of(scattered))
    first = chosen_with({}, {"threshold": "12", "nonsense": "1"}, offered)
    assert first == {"threshold": "12"}
    second = chosen_with(first, {"outcome": "adoption"}, offered)
    assert (second["outcome"], second["threshold"], second["level"]) == ("adoption", "50", "50")
    assert chosen_with(first, {"x": "y"}, offered) == {**first, "x": "y", "y": "x"}
    assert chosen_with(second, None, offered) == second


def test_files_hold_what_they_say(scattered: Path) -> None:
    stamp = stamp_of(scattered)
    text = 'name = "trial"\n'
    parcel = files.of_study(scattered, stamp, "runs.csv", text)
    assert parcel.name == "trial-runs.csv"
    assert len(pd.read_csv(io.BytesIO(parcel.content))) == 256
    points = files.of_study(scattered, stamp, "points.parquet", text)
    assert len(pd.read_parquet(io.BytesIO(points.content))) == 128
    assert files.of_study(scattered, stamp, "design.toml", text).content == text.encode()
    whole = files.of_study(scattered, stamp, "everything.zip", text)
    names = zipfile.ZipFile(io.BytesIO(whole.content)).namelist()
    assert {"runs.csv", "runs.parquet", "points.csv", "design.toml"} <= set(names)
    wish = {"outcome": "adoption", "method": "pawn"}
    picture = files.of_answer(scattered, stamp, "matters", wish, "svg")
    assert picture.name == "trial-matters.svg"
    assert b"<svg" in picture.content
    for made in ("x.exe", "../runs.csv", ""):
        with pytest.raises(CxsimError, match="no such file"):
            files.of_study(scattered, stamp, made, text)


def test_a_study_on_the_shelf_is_known_again(tmp_path: Path, scattered: Path) -> None:
    studies = Studies(tmp_path)
    key = "a" * 16
    studies.shelf.put(key, 'title = "A trial"')
    studies.shelf.runs(key).symlink_to(scattered)
    row = studies.row(key)
    assert (row["state"], row["words"]) == ("complete", "complete: 256 runs")
    studies.resume(key)  # nothing to do
    assert studies.runner.jobs() == {}


def test_runs_of_another_version_are_said_to_be() -> None:
    kept = Kept("stopped", done=0, total=512, other=512)
    assert words_of_kept(kept).startswith("512 runs of another version of cxsim")
    assert words_of_kept(Kept("stopped", 10, 512, 1)) == "stopped after 10 of 512 runs, 1 failed"


def test_ticks_are_round() -> None:
    assert axis.round_ticks(0.0, 1.0) == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert axis.round_ticks(-3.0e6, 1.0e6) == pytest.approx([-3e6, -2e6, -1e6, 0.0, 1e6])
    assert axis.round_ticks(2.0, 2.0) == [2.0]
