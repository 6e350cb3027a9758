"""Which factors matter: published indices, known rankings, and what is refused."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.figures import save_figure
from cxsim.study.analysis import delta, morris, pawn, sobol
from cxsim.study.analysis.figures import MOST_ROWS, WEAK
from cxsim.study.analysis.indices import Indices, Influence, _shuffled
from cxsim.study.analysis.reading import cases
from cxsim.study.analysis.words import Meaning, number
from cxsim.study.batch import Study, run_study
from cxsim.study.sensitivity import Effect, Share
from tests.planted import Settings, chance, ishigami, lever, listed, plan, ran, unknown

ANGLES = [lever(name, -math.pi, math.pi) for name in "abc"]


@pytest.fixture(scope="module")
def angles(tmp_path_factory: pytest.TempPathFactory) -> Study:
    folder = tmp_path_factory.mktemp("ishigami")
    return ran(plan(*ANGLES, method="saltelli", samples=512), ishigami, folder)


def test_sobol_finds_the_published_indices_of_ishigami(angles: Study) -> None:
    found = {row.name: row for row in sobol(angles, "y").rows if isinstance(row, Share)}
    first = {"a": 0.3139, "b": 0.4424, "c": 0.0}
    total = {"a": 0.5576, "b": 0.4424, "c": 0.2437}
    for name, row in found.items():
        assert row.first == pytest.approx(first[name], abs=0.04)
        assert row.total == pytest.approx(total[name], abs=0.04)
        assert abs(row.first - first[name]) <= row.first_margin < 0.15
        assert abs(row.total - total[name]) <= row.total_margin < 0.15
    assert list(found) == ["a", "b", "c"], "in the order of their total"


def test_sobol_says_in_words_what_it_found(angles: Study) -> None:
    found = sobol(angles, "y")
    assert found.sentence().startswith("What moves “Y”: A (5")
    assert "of the variance is what factors do together only." in found.sentence()
    assert found.table().splitlines()[3].split()[0] == "A"
    frame = found.frame()
    assert list(frame["factor"]) == ["a", "b", "c"]
    assert frame["matters"].all()


def lumpy(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    """Smooth in y; in z nothing happens below a half of the first factor."""
    kind = {"plain": 0.0, "bold": 1.0}[settings["kind"]]
    y = 3.0 * settings["strong"] + kind + 0.3 * settings["weak"]
    return {"y": y, "z": max(0.0, settings["strong"] - 0.5)}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    factors = [unknown("strong"), listed("kind", "plain", "bold", role="uncertainty")]
    factors += [unknown("weak"), unknown("nothing")]
    design = plan(*factors, method="latin_hypercube", samples=400, outcomes=("y", "z"))
    return ran(design, lumpy, tmp_path_factory.mktemp("mixed"))


@pytest.mark.parametrize("method", [pawn, delta])
def test_any_points_rank_the_factors_and_leave_a_dummy_at_the_floor(
    mixed: Study, method: Callable[[Study, str], Indices]
) -> None:
    state, form = repr(np.random.get_state()), warnings.formatwarning
    found = method(mixed, "y")
    assert [row.name for row in found.rows][:2] == ["strong", "kind"]
    names = {row.name for row in found.rows if found.matters(row)}
    assert {"strong", "kind"} <= names
    assert "nothing" not in names
    assert found.floor is not None
    assert 0.0 < found.floor < 0.2
    assert all(0.0 < row.margin < 0.1 for row in found.rows if not isinstance(row, Share))
    assert f"A factor without influence would get up to {number(found.floor)}" in found.sentence()
    floors = {row.name: row.floor for row in found.rows if isinstance(row, Influence)}
    assert floors["strong"] == floors["weak"] == floors["nothing"], "values spread alike"
    assert (repr(np.random.get_state()), warnings.formatwarning) == (state, form)


def futures(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    """A world that moves y by up to 2, a policy by 0, 0.4 or 0.8, and much that does nothing."""
    step = {"wait": 0.0, "try": 0.4, "go": 0.8}[settings["policy"]]
    y, z = 2.0 * settings["world"] + step, settings["world"] + step
    return {"y": y, "z": z, "luck": chance(settings, replicate)}


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> Study:
    factors = [listed("policy", "wait", "try", "go"), listed("logo", "red", "blue")]
    factors += [unknown("world"), unknown("moon"), unknown("tide")]
    design = plan(*factors, method="sobol_sequence", samples=32, outcomes=("y", "z", "luck"))
    return ran(design, futures, tmp_path_factory.mktemp("crossed"))


@pytest.mark.parametrize(("method", "outcome"), [(pawn, "y"), (delta, "z")])
def test_a_policy_tried_in_every_future_is_held_against_its_own_floor(
    crossed: Study, method: Callable[[Study, str], Indices], outcome: str
) -> None:
    found = method(crossed, outcome)
    rows = {row.name: row for row in found.rows if isinstance(row, Influence)}
    matter = {name for name, row in rows.items() if found.matters(row)}
    assert {"world", "policy"} <= matter
    assert "logo" not in matter
    assert rows["policy"].floor < rows["moon"].floor, "192 points, 32 futures"
    assert found.floor == max(row.floor for row in rows.values())
    assert method is delta or rows["policy"].size < found.floor, "one floor would have hidden it"
    assert "by how its values are spread" in found.sentence()
    assert found.figure().axes[0].collections, "a floor beside each bar"


def test_luck_stays_below_the_floor_of_each_kind(crossed: Study) -> None:
    found = pawn(crossed, "luck")
    assert sum(found.matters(row) for row in found.rows) <= 1, "one in twenty would"
    assert found.rows[-1].name in ("logo", "policy"), "crossed with everything, so spread evenly"


def test_a_dummy_is_dealt_as_the_design_deals(crossed: Study) -> None:
    found = cases(crossed, "y")
    rng = np.random.default_rng(1)
    for place, once in [(0, False), (2, True)]:
        column = found.positions[:, place]
        dealt = _shuffled(found, place, rng)
        assert sorted(dealt) == sorted(column)
        assert (dealt != column).mean() > 0.3
        for block in np.unique(found.blocks):
            inside = dealt[found.blocks == block]
            if once:
                assert np.ptp(inside) == 0.0, "one future has one world"
            else:
                assert sorted(inside) == sorted(column[found.blocks == block])


def told(method: str, *rows: Any) -> Indices:
    titles = {row.name: row.name.capitalize() for row in rows}
    return Indices(method, Meaning("y", "Y"), rows, titles, 64)


def test_thin_evidence_is_not_taken_for_no_influence() -> None:
    sure, thin = Influence("sure", 0.5, 0.1, 0.3), Influence("thin", 0.25, 0.1, 0.3)
    none, fine = Influence("none", 0.1, 0.1, 0.3), Influence("fine", 0.28, 0.04, 0.3)
    found = told("pawn", sure, thin, none, fine)
    assert found.sentence() == (
        "What moves “Y”: Sure (0.5). Whether Thin matters cannot be told from 64 points."
        " The other 2 factors do next to nothing."
    )
    assert found.frame()["open"].tolist() == [False, True, False, False]
    lines = found.table().splitlines()
    assert [line.endswith("cannot be told") for line in lines[3:]] == [False, True, False, False]
    assert told("pawn", thin).sentence() == "What moves “Y” cannot be told from 64 points."
    assert told("pawn", thin, none).sentence() == (
        "No factor is sure to move “Y”. Whether Thin matters cannot be told from 64 points."
        " The other factor does next to nothing."
    )
    wide, narrow = Share("wide", 0.0, 0.1, 0.2, 0.3), Share("narrow", 0.0, 0.01, 0.01, 0.01)
    sobol_told = told("sobol", Share("big", 1.0, 0.1, 0.9, 0.1), wide, narrow)
    assert [sobol_told.open(row) for row in sobol_told.rows] == [False, True, False]


def test_a_density_is_refused_where_there_is_none(mixed: Study) -> None:
    with pytest.raises(CxsimError, match=r"'z' is exactly 0 at 200 of 400 points.*use pawn"):
        delta(mixed, "z")
    found = pawn(mixed, "z")
    assert found.rows[0].name == "strong"
    assert pawn(mixed, "z").rows == found.rows, "the same every time"


WEIGHTS = {"up": 3.0, "down": -2.0, "none": 0.0, "little": 1.0}


def linear(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    return {"y": sum(WEIGHTS[name] * value for name, value in settings.items())}


def test_morris_finds_the_weights_of_a_linear_function(tmp_path: Path) -> None:
    design = plan(*map(lever, WEIGHTS), method="morris", samples=6)
    found = morris(ran(design, linear, tmp_path), "y")
    assert [row.name for row in found.rows] == ["up", "down", "little", "none"]
    for row in found.rows:
        assert isinstance(row, Effect)
        assert row.mean == pytest.approx(WEIGHTS[row.name])
        assert row.size == pytest.approx(abs(WEIGHTS[row.name]))
    assert found.sentence() == (
        "What moves “Y”: Up (raises it, by 3), Down (lowers it, by 2) and Little (raises it, by 1)."
        " The other factor does next to nothing."
    )


def test_thirty_factors_with_long_names_fit_on_a_page(tmp_path: Path) -> None:
    title = "A factor with a title that would fill the whole of a page if nobody kept it short"
    factors = [lever(f"x{n}", title=f"{n} {title}") for n in range(32)]
    design = plan(*factors, method="morris", samples=4)

    def steps(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
        return {"y": sum((n - 16.0) * settings[f"x{n}"] for n in range(32))}

    found = morris(ran(design, steps, tmp_path), "y")
    figure = found.figure()
    assert len(figure.axes[0].get_yticks()) == MOST_ROWS
    assert "2 more factors are smaller" in figure.get_supxlabel().replace("\n", " ")
    weak = [bar for bar in figure.axes[0].patches if bar.get_facecolor()[:3] == _rgb(WEAK)]
    assert len(weak) == sum(not found.matters(row) for row in found.rows[:MOST_ROWS])
    first, again = (save_figure(found.figure(), tmp_path / n, "svg")[0] for n in "ab")
    assert first.read_bytes() == again.read_bytes()


def _rgb(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


# ------------------------------------------------------------------ refused


def gaps(settings: Settings, seed: int, replicate: int) -> dict[str, float]:
    if settings["a"] > 0.9:
        raise ValueError("too hot")
    return {"y": settings["a"] + chance(settings, replicate), "flat": 2.0}


@pytest.fixture(scope="module")
def holes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Study]:
    def made(method: str, samples: int) -> Study:
        design = plan(
            lever("a"), lever("b"), method=method, samples=samples, outcomes=("y", "flat")
        )
        return ran(design, gaps, tmp_path_factory.mktemp("holes"))

    return made


def test_points_that_failed_are_named_or_left_out_and_counted(
    holes: Callable[[str, int], Study],
) -> None:
    study = holes("saltelli", 32)
    lost = int((study.points()["error"] != "").sum())
    assert lost > 0
    message = rf"'y' is not known at {lost} of 128 points \(points .*first error is: .*too hot.*"
    with pytest.raises(CxsimError, match=message):
        sobol(study, "y")
    found = pawn(study, "y")
    assert (found.points, found.left_out) == (128 - lost, lost)
    assert f"{lost} of 128 points are left out" in found.sentence()


def test_what_cannot_be_answered_is_refused_in_words(
    holes: Callable[[str, int], Study], angles: Study
) -> None:
    few = holes("latin_hypercube", 40)
    refusals: list[tuple[Any, str]] = [
        (lambda: sobol(few, "y"), "needs a design of method 'saltelli', and this one is 'latin_hy"),
        (lambda: morris(angles, "y"), "needs a design of method 'morris'"),
        (lambda: sobol(angles, "x"), "'x' is not in this study.*allowed: y"),
        (lambda: pawn(few, "flat"), "'flat' is 2 at every point"),
        (lambda: pawn(few, "y"), r"^the outcome is known at \d+ points; at least 60"),
    ]
    for ask, message in refusals:
        with pytest.raises(CxsimError, match=message):
            ask()


def test_too_few_samples_and_unfinished_studies_are_refused(tmp_path: Path) -> None:
    few = ran(plan(*ANGLES, method="saltelli", samples=8), ishigami, tmp_path / "a")
    with pytest.raises(CxsimError, match="8 base samples are too few"):
        sobol(few, "y")
    short = ran(plan(*ANGLES, method="morris", samples=2), ishigami, tmp_path / "b")
    with pytest.raises(CxsimError, match="2 trajectories are too few"):
        morris(short, "y")
    design = plan(*ANGLES, method="morris", samples=8)
    half = run_study(design, tmp_path / "c", model=ishigami, shard=(1, 2))
    message = r"^\d+ of 32 points have not run to the end yet.*resume the study \(or choose PAWN"
    with pytest.raises(CxsimError, match=message):
        morris(half, "y")
