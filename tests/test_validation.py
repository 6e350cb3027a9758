"""Validation in short: shapes that must hold, and the reading of numbers off curves."""

from __future__ import annotations

from math import nan
from pathlib import Path

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.study.validation import findings, implementation, netflix, survival, trap, units
from cxsim.study.validation.findings import (
    AGREES,
    MISSES,
    NEAR,
    SHOWN,
    Effort,
    Estimate,
    Expectation,
    Finding,
    estimate,
    expectations,
)
from cxsim.study.validation.run import Validation, validate
from cxsim.study.validation.runs import inside, off, run_firms, smooth
from cxsim.study.validation.table import HEADINGS, LOUD, short_table, summary, table
from experiments.validation.__main__ import BEGIN, END, HERE, write

SHORT = Effort(runs=8, firms=60, survivors=2000)


@pytest.fixture(scope="module")
def found() -> Validation:
    return validate(SHORT)


def value(found: Validation, name: str) -> float:
    return found[name].estimate.value


# --- shapes that must hold ------------------------------------------------------------------------


def test_every_pattern_is_measured(found: Validation) -> None:
    assert [f.expectation.id for f in found.findings] == list(expectations())
    for finding in found.findings:
        low, middle, high = finding.estimate.low, finding.estimate.value, finding.estimate.high
        assert np.isnan(middle) or low - 1e-9 <= high + 1e-9


def test_retention_rises_because_customers_differ(found: Validation) -> None:
    assert value(found, "survival-fitted") < 2.0
    assert value(found, "survival-rise") > 0.05
    assert abs(value(found, "survival-alike")) < 0.02


def test_what_was_trained_fades_if_nothing_reinforces_it(found: Validation) -> None:
    for kind in ("applied", "able"):
        year, half = (
            value(found, f"training-{kind}-year"),
            value(found, f"training-{kind}-half-year"),
        )
        assert 0.0 < year < half <= 1.0
    assert value(found, "training-applied-half-year") < 1.0  # all may be able for so long


def test_the_capability_trap_has_its_shapes(found: Validation) -> None:
    assert value(found, "trap-dip-depth") > 0.5
    assert value(found, "trap-better-after") > 1.0
    assert value(found, "trap-cut-typical-first") > 0.3
    assert value(found, "trap-cut-typical-later") < value(found, "trap-cut-typical-first") - 1.0
    assert value(found, "trap-project-40") < 1.0
    assert value(found, "trap-neglect-loss") > 1.0


def test_a_push_needs_its_time_and_longer_when_results_are_slow(found: Validation) -> None:
    assert value(found, "push-reversion") < value(found, "push-survival")
    assert value(found, "push-minimum-all") >= value(found, "push-minimum-pressure")
    assert value(found, "push-slower-efforts") > 1.0
    assert value(found, "push-slower-wins") > 1.0


def test_wins_without_results_only_postpone_the_end(found: Validation) -> None:
    assert value(found, "wins-postpone-52") > 0.0
    assert abs(value(found, "wins-outcome")) < 0.05
    assert value(found, "wins-real") > 0.1


def test_units_go_together_loosely_and_a_survey_blurs_it(found: Validation) -> None:
    assert 0.0 < value(found, "units-belief") < 0.6
    assert value(found, "units-belief-surveyed") < value(found, "units-belief") + 0.05
    assert value(found, "lag-belief") > 4.0


def test_the_replay_loses_one_quarter_and_sees_it_late(found: Validation) -> None:
    changes = found.curves["netflix-changes"]
    assert [n for n, change in enumerate(changes) if change < 0.0] == [netflix.LOST]
    assert value(found, "netflix-peaks") == netflix.RISES[1] - netflix.RISES[0]
    assert value(found, "netflix-score") > 0.0


def test_table_and_figure_are_written(found: Validation, tmp_path: Path) -> None:
    paths = write(found, SHORT, tmp_path)
    assert [path.name for path in paths] == ["measured.md", "validation.png", "validation.svg"]
    text = paths[0].read_text(encoding="utf-8")
    assert all(entry.says in text for entry in expectations().values())
    assert summary(found.findings) in text
    quoted = text.split(BEGIN)[1].split(END)[0]
    judged = [f for f in found.findings if f.verdict != SHOWN]
    assert quoted.strip().endswith(short_table(found.findings))
    assert all(f"| {f.expectation.says} | {f.expectation.wanted} |" in quoted for f in judged)
    assert all(path.stat().st_size > 1000 for path in paths)


# --- patterns and verdicts ------------------------------------------------------------------------


def pattern(low: float | None = None, high: float | None = None) -> Expectation:
    return Expectation("one", "Group", "It does", "so", ("E1.01",), "S", "weeks", low, high)


@pytest.mark.parametrize(
    ("bounds", "number", "verdict"),
    [
        ({"low": 2.0, "high": 6.0}, Estimate(4.0, 1.0, 9.0), AGREES),
        ({"low": 2.0, "high": 6.0}, Estimate(7.0, 5.0, 9.0), NEAR),
        ({"low": 2.0, "high": 6.0}, Estimate(7.0, 6.5, 9.0), MISSES),
        ({"low": 2.0}, Estimate(1e9, 1.0, 1e9), AGREES),
        ({"high": 2.0}, Estimate(nan, nan, nan), MISSES),
        ({}, Estimate(7.0, 6.5, 9.0), SHOWN),
    ],
)
def test_verdicts(bounds: dict[str, float], number: Estimate, verdict: str) -> None:
    assert Finding(pattern(**bounds), number).verdict == verdict


def test_a_miss_names_what_decides_it() -> None:
    missed = Finding(expectations()["push-between"], Estimate(0.9, 0.8, 1.0))
    shown = table([missed])
    assert "**misses**" in shown
    assert "`belief_peers`" in shown
    assert missed.expectation.why in shown
    assert "at most 0.2 of futures" in shown
    assert "0.9 of futures (0.8 to 1)" in shown


def test_every_kept_miss_is_explained() -> None:
    kept = (HERE / "measured.md").read_text(encoding="utf-8").splitlines()
    rows = [row for row in kept if row.count(" | ") == len(HEADINGS) - 1]
    missed = [row for row in rows if any(f"| {loud} |" in row for loud in LOUD.values())]
    explained = {entry.why for entry in expectations().values() if entry.why}
    assert missed
    for row in missed:
        assert any(f"; {why}; rests on " in row for why in explained), row


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"seen": "once"}, "seen is once"),
        ({"grade": "Z"}, "unknown grade Z"),
        ({"low": 1.0, "basis": ""}, "lacks 'basis'"),
        ({"says": None, "colour": "red"}, "colour"),
        ({"rests_on": ["belief_pears"]}, "belief_pears"),
    ],
)
def test_a_bad_pattern_is_named(change: dict[str, object], wanted: str) -> None:
    table = {"id": "bad", "group": "g", "says": "s", "how": "h", "evidence": [], "grade": "S"}
    with pytest.raises(CxsimError, match=wanted):
        findings._expectation({**table, **change})


def test_an_interval_comes_from_drawing_rows_again() -> None:
    rows = np.array([0.0, 1.0] * 50)
    found = estimate(lambda places: float(rows[places].mean()), len(rows))
    assert found.value == 0.5
    assert found.high - found.low == pytest.approx(2 * 1.645 * 0.05, rel=0.25)
    assert np.isnan(estimate(lambda places: 1.0, 0).value)


# --- reading numbers off curves -------------------------------------------------------------------


def test_the_length_of_a_dip_ends_where_performance_is_back() -> None:
    dip = np.concatenate([np.zeros(trap.START), np.linspace(-4.0, 4.0, 41)])
    assert trap._length_of_dip(dip) == 20.0
    assert np.isnan(trap._length_of_dip(-np.ones(50)))


def test_mending_is_counted_in_lengths_of_the_neglect() -> None:
    broken = np.zeros(trap.LONG)
    resumed = trap.INTERRUPTED + trap.PAUSE
    broken[trap.INTERRUPTED : resumed + 2 * trap.PAUSE] = -10.0
    times = trap._weeks_to_mend(broken)
    assert 2.0 < times < 2.0 + trap.QUARTER / trap.PAUSE
    assert np.isnan(trap._weeks_to_mend(np.full(trap.LONG, -10.0)))


def test_the_least_push_lies_where_half_of_the_futures_survive() -> None:
    lengths = np.array(implementation.LENGTHS)
    alive = lengths[:, None] >= np.array([30, 30, 50, 50])
    assert implementation._crossing(alive) == 30.0
    assert implementation._crossing(alive[:, 2:]) == pytest.approx(45.0)
    assert np.isnan(implementation._crossing(np.zeros_like(alive)))


def test_units_are_compared_within_their_firm() -> None:
    belief = np.array([[0.1, 0.2, 0.3], [0.7, 0.8, 0.9], [0.5, 0.5, 0.5]])
    experience = np.array([[0.1, 0.2, 0.3], [0.3, 0.2, 0.1], [0.1, 0.2, 0.3]])
    np.testing.assert_allclose(units._of_each_firm(belief, experience), [1.0, -1.0, nan])


def test_two_peaks_are_found_in_noise() -> None:
    lost = np.zeros((1, 60))
    lost[0, [5, 20, 27, 40]] = [1.0, 9.0, 8.0, 2.0]
    assert netflix._between_peaks(lost) == 7.0


def test_errors_are_in_percent_of_what_is_published() -> None:
    left = 1.02 * survival.OBSERVED[None]
    assert survival._error(left, survival.OBSERVED) == pytest.approx(2.0)


def test_smoothing_looks_back_only() -> None:
    step = np.array([0.0, 0.0, 4.0, 4.0, 4.0])
    np.testing.assert_allclose(smooth(step, 2), [0.0, 0.0, 2.0, 4.0, 4.0])


def test_firms_run_as_they_would_alone_and_pairs_share_their_luck() -> None:
    firm = inside("typical").with_weeks(12)
    both = run_firms([firm, firm], 2).company["adoption"]
    assert both.shape == (2, 2, 12)
    assert (run_firms([firm], 2).company["adoption"][0] == both[0]).all()
    assert set(off()) >= set(implementation.PRESSURE)
