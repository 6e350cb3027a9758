"""Files to download: complete, tidy, and readable by those who get them."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxsim
from cxsim.app import exports
from cxsim.errors import CxsimError
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.series import OUTCOMES, SERIES, SIX

WEEKS, FUTURES = 20, 4
ORIGIN = ["side", "scenario", "title", "seed", "futures"]


def made(name: str, **levers: float) -> Ensemble:
    scenario = Scenario(
        name,
        f"The {name} one",
        levers,
        organisation={"employees": 40},
        market={"customers": 120},
        weeks=WEEKS,
    )
    ensemble = simulate(scenario, FUTURES, seed=7)
    assert ensemble is not None
    return ensemble


@pytest.fixture(scope="module")
def four() -> list[Ensemble]:
    levers = [{}, {"communication": 0.9}, {"charter": 0.9}, {"embedding": 0.9}]
    return [made(f"number_{n}", **each) for n, each in enumerate(levers)]


def read_csv(content: bytes) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content))


def test_weekly_numbers_of_every_side_in_csv(four: list[Ensemble]) -> None:
    table = read_csv(exports.to_csv(four))
    assert list(table.columns) == [*ORIGIN, "series", "unit", "week", *exports.LEVELS]
    assert len(table) == 4 * len(SIX) * WEEKS
    assert table.isna().sum().sum() == 0
    for side, ensemble in zip("ABCD", four, strict=True):
        rows = table[(table.side == side) & (table.series == "churn_yearly")]
        assert set(rows.scenario) == {ensemble.scenario.name}
        assert set(rows.title) == {ensemble.scenario.title}
        assert set(rows.unit) == {SERIES["churn_yearly"].unit}
        assert (set(rows.seed), set(rows.futures)) == ({7}, {FUTURES})
        assert rows.week.tolist() == list(range(WEEKS))
        expected = ensemble.quantiles("churn_yearly")
        np.testing.assert_allclose(rows[list(exports.LEVELS)].to_numpy().T, expected, rtol=1e-8)


def test_outcomes_of_every_future_in_csv(four: list[Ensemble]) -> None:
    table = read_csv(exports.to_csv(four[:2], ("now", "then"), exports.outcomes))
    assert list(table.columns) == [*ORIGIN, "future", "outcome", "unit", "value"]
    assert len(table) == 2 * FUTURES * len(OUTCOMES)
    for side, ensemble in zip(("now", "then"), four, strict=False):
        rows = table[(table.side == side) & (table.outcome == "net_value")]
        np.testing.assert_allclose(rows.value, ensemble.outcome("net_value"), rtol=1e-8)
        assert rows.future.tolist() == list(range(FUTURES))


@pytest.mark.parametrize("table", [exports.weekly, exports.outcomes])
def test_parquet_has_the_same_rows_with_all_digits(
    four: list[Ensemble], table: exports.Table
) -> None:
    read = pd.read_parquet(io.BytesIO(exports.to_parquet(four, table=table)))
    pd.testing.assert_frame_equal(read, table(four, exports.LETTERS))


def test_other_series_can_be_asked_for(four: list[Ensemble]) -> None:
    table = exports.weekly(four[:1], series=("belief", "revenue"))
    assert list(dict.fromkeys(table.series)) == ["belief", "revenue"]


def test_without_a_baseline_the_rest_is_there(four: list[Ensemble]) -> None:
    alone = [replace(four[0], baseline=None)]
    assert set(exports.weekly(alone).series) == set(SIX) - {"net_value"}
    money = exports.outcomes(alone).query("outcome == 'net_value'").value
    assert money.isna().all()


@pytest.mark.parametrize("title", ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)"])
def test_a_title_is_no_formula_for_a_spreadsheet(four: list[Ensemble], title: str) -> None:
    hostile = replace(four[0], scenario=replace(four[0].scenario, title=title))
    rows = list(csv.DictReader(io.StringIO(exports.to_csv([hostile]).decode())))
    assert {row["title"] for row in rows} == {f"'{title}"}


def test_commas_quotes_and_lines_in_titles_survive(four: list[Ensemble]) -> None:
    title = 'Sales, "pilot"\nand ünïcode'
    odd = replace(four[0], scenario=replace(four[0].scenario, title=title))
    rows = list(csv.DictReader(io.StringIO(exports.to_csv([odd]).decode(), newline="")))
    assert {row["title"] for row in rows} == {title}
    assert len(rows) == len(SIX) * WEEKS


def test_pictures_are_what_they_are_called(four: list[Ensemble]) -> None:
    png, svg = exports.to_png(four), exports.to_svg(four, ("adoption", "belief"))
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(png) > 50_000
    assert b"<svg" in svg[:1000]
    assert svg.count(b'id="axes_') == 2
    assert exports.to_svg(four[:1]) == exports.to_svg(four[:1])


def test_names_of_files_are_safe_and_short(four: list[Ensemble]) -> None:
    assert exports.download_name(four[:2], ".csv") == "cxsim-number_0-number_1.csv"
    long = [replace(e, scenario=e.scenario.with_name("x" * 300)) for e in four]
    name = exports.download_name(long, "-outcomes.parquet")
    assert len(name) < 130
    assert name.endswith("-outcomes.parquet")


# ------------------------------------------------------------------ scenarios


def test_only_what_differs_from_a_bundled_scenario_is_written() -> None:
    typical = cxsim.load("typical")
    moved = typical.with_levers(charter=0.85).described("Charter 0.85")
    renamed = typical.with_name("typical", "Only the title differs")
    own = made("my_firm").scenario
    files = exports.scenario_files([typical, moved, renamed, own])
    assert list(files) == ["scenario_b.toml", "scenario_d.toml"]


def test_the_archive_gives_the_same_numbers_again(tmp_path: Path) -> None:
    cured = cxsim.load("fm06_survey_lady").rescue()
    moved = cxsim.load("netflix_2011").with_levers(charter=0.85)
    sides = [moved, cured, cured.with_events([{"week": 9, "set": {"holdouts": ["sales"]}}])]
    content = exports.to_zip(exports.scenario_files(sides))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
        assert archive.testzip() is None
    for letter, scenario in zip("abc", sides, strict=True):
        read = cxsim.load(tmp_path / f"scenario_{letter}.toml")
        assert read.hash == scenario.hash
        assert read.title == scenario.title
    assert content == exports.to_zip(exports.scenario_files(sides))


def test_an_archive_of_nothing_is_refused() -> None:
    with pytest.raises(CxsimError, match="nothing was changed"):
        exports.to_zip(exports.scenario_files([cxsim.load("typical")]))
