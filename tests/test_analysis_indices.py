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
from cxsim.study.analysis.indices import Indices
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
    assert "A factor without influence would get up to 0." in found.sentence()
    assert (repr(np.random.get_state()), warnings.formatwarning) == (state, form)


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
        (lambda: pawn(few, "y"), r"is known at \d+ points; at least 60"),
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
    with pytest.raises(CxsimError, match=r"\d+ of 32 points have not run to the end yet"):
        morris(half, "y")
