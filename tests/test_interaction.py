"""Was it the policy or the assumption? Every number worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from cxsim.errors import CxsimError
from cxsim.explain.interaction import InteractionRow, interaction
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario
from tests.test_verdicts import ending

# t with three degrees of freedom at 97.5 %, times the standard error of these four
T3 = 3.182


def row(rows: list[InteractionRow], name: str = "adoption") -> InteractionRow:
    return next(row for row in rows if row.name == name)


def adopting(*percent: Sequence[float]) -> InteractionRow:
    """The row of practice among employees from four lists of percentages: A, B, A', B'."""
    return row(interaction(*(ending([one / 100 for one in side]) for side in percent)))


def churning(*shares: float) -> InteractionRow:
    """The row of yearly churn, the same in all futures of a side but for a little luck."""
    luck = np.array([0.0, 0.001, 0.0, 0.001])
    sides = (ending([0.2] * 4, [*(share + luck * n)]) for n, share in enumerate(shares, start=1))
    return row(interaction(*sides), "churn_yearly")


def test_the_interaction_is_the_difference_of_the_two_effects() -> None:
    # effects before: 10 12 14 16, mean 13; after: 30 30 34 34, mean 32; change: 20 18 20 18
    found = adopting([20] * 4, [30, 32, 34, 36], [10, 12, 10, 12], [40, 42, 44, 46])
    assert found.before.value == pytest.approx(13.0)
    assert found.after.value == pytest.approx(32.0)
    assert found.interaction.value == pytest.approx(19.0)


def test_the_interval_is_that_of_the_paired_differences() -> None:
    found = adopting([20] * 4, [30, 32, 34, 36], [10, 12, 10, 12], [40, 42, 44, 46])
    # before: deviations -3 -1 1 3, variance 20/3; after: -2 -2 2 2, 16/3; change: 1 -1 1 -1, 4/3
    for effect, variance in ((found.before, 20 / 3), (found.after, 16 / 3)):
        margin = T3 * (variance / 4) ** 0.5
        assert effect.high - effect.value == pytest.approx(margin, rel=3e-3)
        assert effect.value - effect.low == pytest.approx(margin, rel=3e-3)
    margin = T3 * (4 / 3 / 4) ** 0.5  # the luck that all four share falls out
    assert found.interaction.high - found.interaction.value == pytest.approx(margin, rel=3e-3)
    assert found.interaction.text == "+19.0 of 100 employees"
    assert found.interaction.interval == "+17.2 to +20.8"


def test_words_when_nothing_is_clear() -> None:
    found = adopting([20] * 4, [30, 32, 34, 36], [20] * 4, [36, 34, 32, 30])
    assert found.interaction.value == pytest.approx(0.0)
    assert not found.interaction.clear
    assert found.words == "no clear interaction: the policy does about the same in both worlds"


def test_words_when_the_policy_helps_more_or_less() -> None:
    weak, strong = [22, 23, 22, 23], [40, 41, 42, 41]
    helps = "the policy helps {} under your assumptions"
    assert adopting([20] * 4, weak, [20] * 4, strong).words == helps.format("more")
    assert adopting([20] * 4, strong, [20] * 4, weak).words == helps.format("less")


def test_words_when_the_policy_harms() -> None:
    bad, worse = [18, 17, 18, 17], [2, 3, 2, 1]
    harm = "the policy does {} harm under your assumptions"
    assert adopting([20] * 4, bad, [20] * 4, worse).words == harm.format("more")
    assert adopting([20] * 4, worse, [20] * 4, bad).words == harm.format("less")


def test_words_when_the_effect_turns_around() -> None:
    found = adopting([20] * 4, [30, 31, 30, 31], [20] * 4, [10, 11, 10, 9])
    assert found.words == "the assumption turns the policy's effect around"


def test_words_for_what_is_better_when_low() -> None:
    # ten of a hundred customers fewer leave in the first world, two fewer in the other
    assert churning(0.30, 0.20, 0.30, 0.28).words == "the policy helps less under your assumptions"
    assert churning(0.30, 0.28, 0.30, 0.20).words == "the policy helps more under your assumptions"
    worse = churning(0.20, 0.22, 0.20, 0.30)
    assert worse.words == "the policy does more harm under your assumptions"
    assert worse.interaction.value == pytest.approx(8.0, abs=0.1)


def test_money_is_told_in_dollars() -> None:
    start, much, more = [-1e6] * 4, [5e5, 7e5, 9e5, 1.1e6], [1.5e6, 1.7e6, 1.9e6, 2.1e6]
    sides = [ending([0.2] * 4, money=money) for money in (start, much, start, more)]
    money = row(interaction(*sides), "net_value")
    assert money.before.value == pytest.approx(1.8e6, rel=1e-6)
    assert money.interaction.value == pytest.approx(1e6, rel=1e-6)
    assert money.before.text.startswith("+$1.8")
    assert money.before.text.endswith("million")


def test_only_futures_in_which_it_happens_everywhere_count() -> None:
    back, never = 5e5, -5e5
    sides = [
        ending([0.2] * 4, money=[back, back, back, never]),
        ending([0.2] * 4, money=[back, back, back, back]),
        ending([0.2] * 4, money=[back, never, back, back]),
        ending([0.2] * 4, money=[back, back, back, back]),
    ]
    assert row(interaction(*sides), "payback_week").before.value == 0.0  # in the same week
    nowhere = [ending([0.2] * 4, money=never) for _ in range(4)]
    assert "payback_week" not in {one.name for one in interaction(*nowhere)}


def test_without_a_baseline_money_stays_out() -> None:
    side = ending([0.2, 0.3, 0.2, 0.3])
    poor = Ensemble(side.scenario, side.seed, side.record)
    names = {one.name for one in interaction(side, side, side, poor)}
    assert "adoption" in names
    assert "net_value" not in names


def test_other_luck_is_refused() -> None:
    side = ending([0.2] * 4)
    other = Ensemble(side.scenario, 2, side.record, side.baseline)
    for four in ([side, side, side, other], [side, side, ending([0.2] * 5), side]):
        with pytest.raises(CxsimError, match="same seed and the same number of futures"):
            interaction(*four)


def test_with_the_model_itself_luck_falls_out() -> None:
    company = {"organisation": {"employees": 30}, "market": {"customers": 50}}

    def made(communication: float, churn_alpha: float) -> Ensemble:
        scenario = Scenario("a", "A", {"communication": communication}, weeks=30, **company)  # type: ignore[arg-type]
        ensemble = simulate(scenario.with_market(churn_alpha=churn_alpha), 6, seed=3)
        assert ensemble is not None
        return ensemble

    four = [made(c, alpha) for alpha in (1.0, 1.0) for c in (0.2, 0.9)]
    for found in interaction(*four):  # the same world twice
        assert found.before == found.after
        assert found.interaction.value == 0.0
        assert "about the same in both worlds" in found.words
