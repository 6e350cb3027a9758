"""The paired comparison of two ensembles."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.explain.compare import Comparison, compare, paired_difference, t_quantile
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from cxsim.series import OUTCOMES
from cxsim.state import COMPANY_SERIES, FUNCTION_SERIES, LAYER_SERIES, Record


def scenario(name: str, **levers: Any) -> Scenario:
    return Scenario(
        name=name,
        title=name.title(),
        levers=levers,
        organisation={"employees": 60},
        market={"customers": 200},
        weeks=40,
    )


def by_hand(name: str, adoption: list[list[float]], money: list[float] | None = None) -> Ensemble:
    """An ensemble with this adoption by replicate and week, and this net value at the end."""
    company = np.zeros(np.shape(adoption), COMPANY_SERIES)
    company["adoption"] = adoption
    company["employees"] = 300.0
    company["programme_cost"] = 1.0
    shape = company.shape
    baseline = None
    if money is not None:
        company["contribution"][:, -1] = money
        baseline = np.zeros(shape)
    rows = (np.zeros((*shape, 6), FUNCTION_SERIES), np.zeros((*shape, 2), LAYER_SERIES))
    return Ensemble(scenario(name), 1, Record(company, *rows), baseline)


def ending(name: str, last: list[float], money: list[float] | None = None) -> Ensemble:
    """An ensemble that reaches this adoption in the last week."""
    return by_hand(name, [[0.0, 0.0, 0.0, value] for value in last], money)


@pytest.fixture(scope="module")
def real() -> Comparison:
    poor = simulate(scenario("poor", communication=0.1, frontline_support=0.1), 12)
    good = simulate(
        scenario(
            "good", communication=0.9, frontline_support=0.9, role_modelling=0.9, embedding=0.8,
            ceo_sponsorship=0.9, accountability=0.9, charter=0.9, initial_commitment=0.8,
        ),
        12,
    )  # fmt: skip
    assert poor is not None
    assert good is not None
    return compare(poor, good)


# ------------------------------------------------------------------ arithmetic


@pytest.mark.parametrize(
    ("freedom", "table", "tolerance"),
    [
        (1, 12.7062, 1e-5), (2, 4.30265, 1e-5), (3, 3.18245, 1.3e-3), (4, 2.77645, 4e-4),
        (5, 2.57058, 1.2e-4), (9, 2.26216, 1e-5), (19, 2.09302, 5e-6), (29, 2.04523, 5e-6),
        (99, 1.98422, 5e-6), (999, 1.96234, 5e-6),
    ],
)  # fmt: skip
def test_t_quantiles_against_the_table(freedom: int, table: float, tolerance: float) -> None:
    assert t_quantile(0.975, freedom) == pytest.approx(table, rel=tolerance)


def test_paired_difference_by_hand() -> None:
    x, y = np.array([1.0, 2.0, 6.0]), np.array([2.0, 4.0, 9.0])
    mean, error, low, high = paired_difference(x, y)  # differences 1, 2, 3
    assert mean == 2.0
    assert error == pytest.approx(1 / math.sqrt(3))
    assert high - mean == pytest.approx(4.30265 / math.sqrt(3), rel=1e-5)
    assert mean - low == pytest.approx(high - mean)


def test_rows_agree_with_numpy(real: Comparison) -> None:
    for name in OUTCOMES:
        x, y = real.a.outcome(name), real.b.outcome(name)
        both = np.isfinite(x) & np.isfinite(y)
        row = real.row(name)
        assert row.pairs == both.sum()
        if row.pairs < 2:
            assert math.isnan(row.standard_error)
            continue
        d = (y - x)[both]
        assert row.difference == pytest.approx(d.mean())
        assert row.standard_error == pytest.approx(d.std(ddof=1) / math.sqrt(len(d)))
        apart = x[both].var(ddof=1) / len(d) + y[both].var(ddof=1) / len(d)
        assert row.unpaired_error == pytest.approx(math.sqrt(apart))
        if not math.isnan(row.correlation):
            assert row.correlation == pytest.approx(np.corrcoef(x[both], y[both])[0, 1])


def test_pairing_pays_where_luck_is_shared(real: Comparison) -> None:
    row = real.row("customers_lost")
    assert row.correlation > 0.2
    assert row.standard_error < row.unpaired_error


def test_the_same_ensemble_twice_shows_no_difference(real: Comparison) -> None:
    same = compare(real.a, real.a)
    for row in same.rows:
        assert row.difference == 0.0 or (row.pairs == 0 and math.isnan(row.difference))
        assert row.better is None
        assert row.share_a_better == row.share_b_better == 0.0
    assert same.names == ("poor (A)", "poor (B)")
    assert same.verdict().startswith("no clear difference on adoption")


# ------------------------------------------------------------------ who does better


def test_a_constant_outcome_has_no_correlation() -> None:
    row = compare(ending("a", [0.2] * 4), ending("b", [0.3, 0.4, 0.5, 0.4])).row("adoption")
    assert math.isnan(row.correlation)
    assert row.better == "b"
    assert row.share_b_better == 1.0


def test_lower_is_better_for_weeks() -> None:
    late = by_hand("late", [[0.0, 0.0, 0.0, 0.9]] * 8)
    soon = by_hand("soon", [[0.0, 0.9, 0.9, 0.9]] * 8)
    row = compare(late, soon).row("week_half_adoption")
    assert row.difference == -2.0
    assert row.text_difference == "-2.0 weeks"
    assert (row.text_a, row.text_b) == ("in week 3", "in week 1")
    assert row.better == "b"
    assert compare(soon, late).row("week_half_adoption").better == "a"


def test_never_is_worse_than_any_week_and_left_out_of_the_difference() -> None:
    a = ending("a", [0.9, 0.9, 0.1, 0.1, 0.1, 0.9])
    b = by_hand("b", [[0, 0, 0.9, 0.9]] * 4 + [[0.0] * 4] * 2)
    row = compare(a, b).row("week_half_adoption")
    assert row.pairs == 2
    assert row.difference == -1.0
    assert row.share_b_better == pytest.approx(4 / 6)
    assert row.share_a_better == pytest.approx(1 / 6)
    assert row.text_a == "never within 4 weeks in 3 of 6"
    assert row.text_b == "in week 2 (never in 2 of 6)"
    assert row.better is None  # 4 to 1 may well be chance


def test_worse_than_no_programme_is_a_share() -> None:
    a = ending("a", [0.5] * 4, [-1.0, -1.0, -1.0, 1.0])
    b = ending("b", [0.5] * 4, [1.0, 1.0, 1.0, 1.0])
    row = compare(a, b).row("worse_than_none")
    assert (row.median_a, row.median_b) == (0.75, 0.0)
    assert row.difference == -0.75
    assert (row.text_a, row.text_b) == ("in 3 of 4 futures", "in 0 of 4 futures")


def test_without_a_baseline_money_is_not_compared() -> None:
    comparison = compare(ending("a", [0.5, 0.6], [1.0, 2.0]), ending("b", [0.5, 0.6]))
    for name in ("net_value", "payback_week", "worse_than_none"):
        row = comparison.row(name)
        assert row.text_b == "not computed"
        assert row.better is None
        assert math.isnan(row.share_b_better)
        assert "was not computed" in comparison.verdict(name)


def test_one_replicate_proves_nothing() -> None:
    comparison = compare(ending("a", [0.1]), ending("b", [0.9]))
    row = comparison.row("adoption")
    assert row.difference == pytest.approx(0.8)
    assert math.isnan(row.low)
    assert row.better is None


def test_unlike_ensembles_are_refused() -> None:
    a = ending("a", [0.1, 0.2])
    with pytest.raises(CxsimError, match="seed: 1 for a, 2 for b; simulate both"):
        compare(a, Ensemble(scenario("b"), 2, a.record))
    with pytest.raises(CxsimError, match="replicates: 2 for a, 3 for b"):
        compare(a, ending("b", [0.1, 0.2, 0.3]))
    with pytest.raises(CxsimError, match="weeks: 4 for a, 2 for b"):
        compare(a, by_hand("b", [[0.1, 0.2], [0.1, 0.2]]))


# ------------------------------------------------------------------ words


def test_verdict(real: Comparison) -> None:
    assert real.verdict() == "good beats poor on adoption in 12 of 12 futures"
    back = compare(real.b, real.a)
    assert back.verdict() == real.verdict()
    with pytest.raises(CxsimError, match="no such outcome"):
        real.verdict("luck")


def test_table_fits_a_terminal_and_shows_every_outcome(real: Comparison) -> None:
    lines = real.table().splitlines()
    assert max(map(len, lines)) <= 100
    for row in real.rows:
        assert sum(line.startswith(f"{row.label}  ") for line in lines) == 2
    assert "60 employees practise" in real.table()
    assert "nan" not in real.table()


def test_long_names_still_fit() -> None:
    a, b = ending("a" * 80, [0.1, 0.2], [1e9, 2e9]), ending("b" * 80, [0.3, 0.5], [-4e9, 5e9])
    assert max(map(len, compare(a, b).table().splitlines())) <= 100


def test_money_in_words() -> None:
    row = compare(ending("a", [0, 0], [0.0, 0.0]), ending("b", [0, 0], [1.1e6, 1.3e6])).row(
        "net_value"
    )
    assert (row.text_a, row.text_b, row.text_difference) == ("$0", "$1.2 million", "+$1.2 million")


def test_to_dict_is_json_without_nan(real: Comparison) -> None:
    text = json.dumps(real.to_dict(), allow_nan=False)
    back = json.loads(text)
    assert [row["name"] for row in back["outcomes"]] == list(OUTCOMES)
    assert (back["a"]["scenario"], back["replicates"]) == ("poor", 12)


def test_frame_has_a_row_per_outcome(real: Comparison) -> None:
    frame = real.frame()
    assert list(frame.index) == list(OUTCOMES)
    assert frame.loc["adoption", "difference"] == real.row("adoption").difference
