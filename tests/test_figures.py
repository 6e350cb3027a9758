"""Figures: what they show, that they are the same each time, and where they can be written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.figures import (
    COLOURS,
    comparison_figure,
    describe_event,
    numbered_events,
    run_figure,
    save_figure,
)
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.series import SERIES, SIX

RISE = {"week": 6, "shock": {"price_rise": 0.25}, "note": "Prices go up by a quarter"}
REFUSAL = {"week": 9, "set": {"holdouts": ["sales"], "communication": 0.9}}


def made(name: str, events: list[dict[str, Any]], **levers: Any) -> Ensemble:
    scenario = Scenario(
        name=name,
        title=f"The {name} one",
        levers=levers,
        organisation={"employees": 40},
        market={"customers": 120},
        events=events,  # type: ignore[arg-type]
        weeks=20,
    )
    ensemble = simulate(scenario, 3)
    assert ensemble is not None
    return ensemble


@pytest.fixture(scope="module")
def pair() -> list[Ensemble]:
    return [made("first", [RISE]), made("second", [RISE, REFUSAL], communication=0.9)]


def test_six_panels_with_the_medians_in_the_units_that_people_read(pair: list[Ensemble]) -> None:
    figure = comparison_figure(pair)
    assert len(figure.axes) == 6
    for axes, name in zip(figure.axes, SIX, strict=True):
        assert axes.get_title(loc="left").startswith(SERIES[name].label)
        for line, ensemble, colour in zip(axes.lines, pair, COLOURS, strict=False):
            assert line.get_color() == colour
            expected = SERIES[name].shown(np.median(ensemble.series(name), axis=0))
            np.testing.assert_allclose(np.asarray(line.get_ydata(), float), expected)
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["The first one", "The second one"]


def test_bands_hold_half_and_nine_tenths(pair: list[Ensemble]) -> None:
    axes = comparison_figure(pair[:1], ["satisfaction"]).axes[0]
    outer, inner = (band.get_datalim(axes.transData) for band in axes.collections)
    shown = SERIES["satisfaction"].shown(pair[0].quantiles("satisfaction", (0.05, 0.95)))
    assert outer.y0 == pytest.approx(shown[0].min())
    assert outer.y1 == pytest.approx(shown[1].max())
    assert outer.y0 < inner.y0 < inner.y1 < outer.y1


def test_shared_events_are_told_once_and_others_name_their_owner(pair: list[Ensemble]) -> None:
    assert numbered_events(pair) == [
        (6, "Prices go up by a quarter"),
        (9, "Functions whose head refuses: sales; Communication: 0.9 (second)"),
    ]
    words = comparison_figure(pair).get_supxlabel()
    assert words.count("Prices go up by a quarter") == 1
    assert "2  week 9" in words
    assert "3 futures, seed 1" in words


def test_events_without_a_note_are_put_into_words() -> None:
    scenario = made("third", [{"week": 3, "shock": {"cco_leaves": {"vacancy": 4}}}]).scenario
    assert describe_event(scenario.events[0]) == "the CCO leaves"


def test_every_shock_has_words(pair: list[Ensemble]) -> None:
    from cxsim.figures import SHOCK_WORDS
    from cxsim.timeline import SHOCKS

    assert set(SHOCK_WORDS) == set(SHOCKS)


def test_same_titles_are_told_apart(pair: list[Ensemble]) -> None:
    figure = comparison_figure([pair[0], pair[0]])
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    assert legend == ["The first one (A)", "The first one (B)"]


def test_one_run_shows_causes_that_add_up(pair: list[Ensemble]) -> None:
    figure = run_figure(pair[0])
    assert len(figure.axes) == 6
    stack = figure.axes[4].collections
    top = stack[-1].get_datalim(figure.axes[4].transData).y1
    lost = pair[0].series("churned").mean(axis=0)
    means = [lost[max(0, week - 12) : week + 1].mean() for week in range(20)]
    assert top == pytest.approx(max(means))
    assert figure.get_suptitle() == "The first one"


def test_a_run_without_baseline_shows_the_contribution(pair: list[Ensemble]) -> None:
    figure = run_figure(replace(pair[0], baseline=None))
    assert figure.axes[5].get_title(loc="left") == "Contribution, USD a week"


@pytest.mark.parametrize("count", [0, 5])
def test_too_few_or_too_many_scenarios(pair: list[Ensemble], count: int) -> None:
    with pytest.raises(CxsimError, match="one to 4"):
        comparison_figure([pair[0]] * count)


def test_unknown_series(pair: list[Ensemble]) -> None:
    with pytest.raises(CxsimError, match="did you mean 'adoption'"):
        comparison_figure(pair, ["adoptoin"])
    with pytest.raises(CxsimError, match="at least one series"):
        comparison_figure(pair, [])


def test_saved_files_are_the_same_each_time(pair: list[Ensemble], tmp_path: Path) -> None:
    first = save_figure(comparison_figure(pair), tmp_path / "a" / "figure.v1")
    second = save_figure(comparison_figure(pair), tmp_path / "b" / "figure.v1")
    assert [path.name for path in first] == ["figure.v1.png", "figure.v1.svg"]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert first[0].read_bytes().startswith(b"\x89PNG")
    svg = first[1].read_text(encoding="utf-8")
    assert "</svg>" in svg
    assert "dc:date" not in svg


def test_a_place_below_a_file_cannot_be_written(pair: list[Ensemble], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")
    with pytest.raises(CxsimError, match=r"figure\.png: cannot be written"):
        save_figure(comparison_figure(pair[:1], ["adoption"]), tmp_path / "file" / "figure")


def test_unknown_formats_are_refused(pair: list[Ensemble], tmp_path: Path) -> None:
    with pytest.raises(CxsimError, match="png, svg"):
        save_figure(comparison_figure(pair[:1], ["adoption"]), tmp_path / "figure", ["gif"])
    assert list(tmp_path.iterdir()) == []
