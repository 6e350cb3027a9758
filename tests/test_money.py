"""Money: the numbers of the simulation, parts that add up, and a calculator that is honest."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cxsim.cli.money_command import money as command
from cxsim.errors import CxsimError
from cxsim.explain.adding_up import adding_up
from cxsim.explain.money import Money, money
from cxsim.explain.money.flows import discount_factors
from cxsim.explain.money.roi import MONTH, Sheet, planned_cost
from cxsim.figures.money import money_figure
from cxsim.results import simulate
from cxsim.scenario import Scenario
from cxsim.scenario_file import load

LIMIT = {"innovator_threshold": 1.0, "budget_low": 1.0, "budget_high": 1.0}
SMALL = {"employees": 30}, {"customers": 60}


def small(name: str = "orchestrated", weeks: int = 60, **coefficients: float) -> Scenario:
    levers = load(name).levers
    return Scenario("small", "Small", levers, *SMALL, coefficients, weeks=weeks)


def worked_out(scenario: Scenario, **options: Any) -> Money:
    found = money(scenario, **{"replicates": 5, "groups": False, **options})
    assert found is not None
    return found


def test_money_is_that_of_the_simulation() -> None:
    scenario = small(weeks=156).with_levers(resources=0.8)
    found, alone = worked_out(scenario), simulate(scenario, 5)
    assert alone is not None
    np.testing.assert_allclose(found.net_value, alone.series("net_value"), rtol=0, atol=0.01)
    np.testing.assert_array_equal(found.payback, alone.outcome("payback_week"))
    losing = int(alone.outcome("worse_than_none").sum())
    assert found.as_dict()["worse_than_none"]["count"] == losing
    assert 0 < losing < 5  # some lose, some gain: otherwise this tells little
    cost = -alone.series("programme_cost").cumsum(axis=1)
    np.testing.assert_allclose(found.part("cost"), cost, rtol=0, atol=0.01)
    none = simulate(scenario.without_programme(), 5, baseline=False)
    assert none is not None
    more = (alone.series("acquired") - none.series("acquired")).cumsum(axis=1)
    market = scenario.market
    won = (market["revenue_per_customer"] * market["margin"] * more).cumsum(axis=1)
    np.testing.assert_allclose(found.part("won"), won, rtol=0, atol=0.01)


def test_parts_add_up_to_the_last_bit_in_any_order() -> None:
    found = worked_out(small(), discount=0.07)
    for order in permutations(found.parts):
        np.testing.assert_array_equal(sum(order), found.net_value)
    assert np.any(found.part("won") != 0.0)


def test_with_everybody_practising_for_good_the_calculator_is_right() -> None:
    for name in ("typical", "orchestrated", "sector_manufacturing"):
        found = worked_out(load(name).with_coefficients(LIMIT), replicates=6)
        model = float(found.net_value[:, -1].mean())
        assert found.calculator.promise == pytest.approx(model, rel=0.01)
        assert found.calculator.promise != model  # it reckons by itself
        moves = {step.name: step.value for step in found.bridge}
        assert (moves["instant"], moves["permanent"], moves["budget"]) == (0.0, 0.0, 0.0)


def test_elsewhere_the_bridge_leads_from_the_calculator_to_the_model() -> None:
    found = worked_out(small("typical", 104), replicates=8)
    first, *steps, last = found.bridge
    assert first.end == found.calculator.promise
    for before, after in zip(found.bridge[:-1], found.bridge[1:-1], strict=False):
        assert after.start == before.end
    model = float(found.net_value[:, -1].mean())
    assert steps[-1].end == pytest.approx(model, abs=0.01)
    assert last.value == pytest.approx(model, abs=0.01)
    moves = {step.name: step for step in steps}
    assert moves["instant"].high < 0.0  # practice has to be won, and that takes money


def test_an_assumption_that_holds_costs_nothing() -> None:
    kept = worked_out(small("typical", 104, budget_low=1.0, budget_high=1.0))
    never_stops = worked_out(small(stop_belief=0.0, stop_effort=0.0))
    assert {step.name: step.value for step in kept.bridge}["budget"] == 0.0
    assert {step.name: step.value for step in never_stops.bridge}["permanent"] == 0.0
    assert {step.name: step.value for step in kept.bridge}["permanent"] != 0.0


def test_the_sheet_reckons_with_rates_alone() -> None:
    half, third = np.array([0.5, 0.0]), np.array([0.0, 1.0 / 3.0])
    customers = Sheet(64.0, 100.0, MONTH + 2, churn=half, acquisition=third).active()
    np.testing.assert_allclose(customers[:MONTH], 64.0 * 0.5 ** np.arange(1, MONTH + 1))
    left = 100.0 - customers[MONTH - 1]
    np.testing.assert_allclose(customers[MONTH:], 100.0 - left * (2 / 3) ** np.arange(1, 3))


def test_the_calculator_pays_what_the_plan_says() -> None:
    staffed = small().with_levers(resources=2.0, duration=30.0)
    staffed = staffed.with_events([{"week": 10, "set": {"resources": 5.0}}])
    weekly = 30 / 100 * staffed.organisation["fte_cost"]
    wanted = weekly * np.repeat([2.0, 5.0, 0.0], [10, 20, 30])
    np.testing.assert_allclose(planned_cost(staffed), wanted)


def test_later_money_counts_less_by_the_rate_of_a_year() -> None:
    factors = discount_factors(0.08, 105)
    np.testing.assert_allclose(factors[[0, 52, 104]], [1.0, 1 / 1.08, 1 / 1.08**2], rtol=1e-13)
    plain, discounted = (worked_out(small(weeks=105), discount=rate) for rate in (0.0, 0.08))
    spent = np.diff(plain.part("cost"), axis=1, prepend=0.0) * factors
    np.testing.assert_allclose(discounted.part("cost"), spent.cumsum(axis=1), atol=0.01)
    assert set(discount_factors(0.0, 9)) == {1.0}


def test_the_same_numbers_on_any_number_of_threads() -> None:
    one, three = (worked_out(small(), threads=threads).as_dict() for threads in (1, 3))
    assert json.dumps(one, allow_nan=False) == json.dumps(three, allow_nan=False)


def test_groups_add_up_to_what_the_programme_is_worth() -> None:
    told: list[tuple[int, int]] = []
    found = worked_out(small(), groups=True, progress=lambda *now: told.append(now))
    answer = found.as_dict()
    whole = sum(group["value"] for group in answer["groups"])
    assert whole == pytest.approx(answer["net_value"]["mean"], abs=0.05)
    assert {group["name"] for group in answer["groups"]} >= {"leadership", "change", "programme"}
    assert len({total for _, total in told}) == 1
    assert told == sorted(told)


amounts = st.floats(-1e7, 1e7).map(lambda value: round(value, 2))


@given(st.lists(st.tuples(amounts, st.floats(1.0, 1e6)), min_size=1, max_size=7))
def test_what_is_shown_of_the_parts_adds_up_to_what_is_shown_of_the_whole(
    given_parts: list[tuple[float, float]],
) -> None:
    parts = [(value, value - half, value + half) for value, half in given_parts]
    whole = sum(value for value, *_ in parts)
    shown, total = adding_up(parts, (whole, whole - 5.0, whole + 5.0))
    assert sum(number.value for number in shown) == pytest.approx(total.value, abs=1e-6)
    unit = 10.0**total.place
    for number, (value, *_) in zip(shown, parts, strict=True):
        assert abs(number.value - value) < unit * 1.000001
        assert value != 0.0 or number.value == 0.0


def test_the_same_number_is_written_the_same_way_everywhere() -> None:
    found = worked_out(small("typical", 104), replicates=8)
    answer, table = found.as_dict(), found.table()
    first, *steps, last = answer["bridge"]
    assert last["text"] == answer["net_value"]["mean_text"]
    assert f"would have promised {first['text']}." in answer["sentence"]
    rates = steps[0]
    assert (rates["text"], rates["shown"]) == ("$0", False)
    assert rates["label"] not in table
    told = answer["calculator"]["sentence"]
    assert " more than the model's mean" in told
    assert f": of that, {steps[1]['text'].removeprefix('-')} because everybody" in told


def test_one_future_and_no_customers_are_told_without_intervals() -> None:
    lonely = Scenario("lonely", "Lonely", {}, {"employees": 30}, {"customers": 0}, weeks=30)
    answer = worked_out(lonely, replicates=1).as_dict()
    assert "one future" in answer["sentence"]
    assert answer["net_value"]["mean_low"] is None
    assert answer["net_value"]["median"] < 0.0  # it costs, and serves nobody
    json.dumps(answer, allow_nan=False)


def test_what_cannot_be_worked_out_is_refused_in_one_line() -> None:
    with pytest.raises(CxsimError, match="no programme"):
        money(load("no_programme"))
    with pytest.raises(CxsimError, match="discount: "):
        money(small(), discount=8.0)
    with pytest.raises(CxsimError, match="replicates: "):
        money(small(), replicates="many")  # type: ignore[arg-type]
    assert money(small(), cancelled=lambda: True) is None


def test_the_figure_shows_all_of_it() -> None:
    axes = money_figure(worked_out(small(weeks=30))).get_axes()
    assert len(axes) == 4
    assert "Cost of the programme" in [label.get_text() for label in axes[3].get_yticklabels()]


def test_the_command_line(tmp_path: Path) -> None:
    scenario = tmp_path / "small.toml"
    scenario.write_text(small(weeks=30).to_toml())
    out = tmp_path / "out"
    words = [str(scenario), "--no-groups", "--replicates", "3", "--discount", "8%"]
    said = CliRunner().invoke(command, [*words, "--json", "--out", str(out)])
    assert said.exit_code == 0, said.output
    answer = json.loads(said.output)
    assert answer["discount"] == 0.08
    assert sorted(path.name for path in out.iterdir()) == sorted(
        Path(name).name for name in answer["files"]
    )
    again = CliRunner().invoke(command, answer["command"].split()[2:])
    assert answer["sentence"].split(".")[0] in " ".join(again.output.split())
    assert max(map(len, again.output.splitlines()[:-1])) <= 100
