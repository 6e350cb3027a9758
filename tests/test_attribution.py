"""Why B is better than A: fair parts, exact sums, mixtures that are what their owners say."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxsim import engine
from cxsim.errors import CxsimError
from cxsim.explain.attribution import Attribution, attribute
from cxsim.explain.attribution.blending import Blender
from cxsim.explain.attribution.shapley import additions, adjusted, from_all, shared_out
from cxsim.explain.attribution.units import (
    courses,
    levers_of,
    shocks_of,
    units_between,
)
from cxsim.explain.rounding import Rounded
from cxsim.plan import by_week
from cxsim.results import simulate
from cxsim.scenario import Scenario
from cxsim.series import OUTCOMES
from tests.strategies import scenarios
from tests.test_variants import small

FIRM, MARKET, MODEL, SHOCKS = "organisation", "market", "coefficients", "shocks"
CHANGE = {"communication": 0.9, "frontline_support": 0.8}


def found(a: Scenario, b: Scenario, *rest: Any, **more: Any) -> Attribution:
    answer = attribute(a, b, *rest, **more)
    assert answer is not None
    return answer


@pytest.fixture(scope="module")
def sampled() -> Attribution:
    """Six groups differ, so orders are sampled."""
    return found(small("typical"), small("orchestrated"), replicates=12)


# ------------------------------------------------------------------ mixtures


@given(scenarios(2), scenarios(2), st.data())
@settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
def test_a_mixture_has_each_unit_as_its_owner_has_it(
    one: Scenario, other: Scenario, data: st.DataObject
) -> None:
    a, b = one.with_weeks(60), other.with_weeks(60)
    units = [unit for unit in units_between(a, b) if unit.differs]
    differing = frozenset().union(*(unit.atoms for unit in units))
    taken = data.draw(st.sets(st.sampled_from(units))) if units else set()
    atoms = frozenset().union(*(unit.atoms for unit in taken))
    mixture = Blender(a, b, differing).scenario(atoms)

    from_b = {name for atom in atoms for name in levers_of(atom)}
    weekly = by_week(mixture, lambda levers: levers)
    for name in a.levers:
        owner = courses(b if name in from_b else a)[name]
        assert [levers[name] for levers in weekly] == owner, name
    for kind in (FIRM, MARKET, MODEL):
        assert getattr(mixture, kind) == getattr(b if kind in atoms else a, kind)
    assert shocks_of(mixture) == shocks_of(b if SHOCKS in atoms else a)
    assert engine.prepare(mixture).weeks == 60


def test_a_mixture_lives_as_the_same_scenario_written_by_hand() -> None:
    a = small("typical").with_events([{"week": 20, "set": {"communication": 0.2}}])
    b = small("typical").with_levers(CHANGE | {"charter": 0.9, "allocation": _effort(0.4)})
    differing = frozenset({"charter", "allocation", *CHANGE})
    mixture = Blender(a, b, differing).scenario(frozenset({"communication", "allocation"}))
    by_hand = small("typical").with_levers(communication=0.9, allocation=_effort(0.4))
    assert engine.shared_weeks(engine.prepare(mixture), engine.prepare(by_hand)) == 60


def _effort(culture: float) -> dict[str, float]:
    rest = (1.0 - culture) / 4
    return {"culture": culture} | dict.fromkeys(("insight", "process", "success", "advocacy"), rest)


def test_functions_that_only_one_firm_has_move_with_the_firm() -> None:
    other = {"employees": 30, "functions": ("sales", "ops"), "host_function": "ops"}
    shock = {"week": 5, "shock": {"outage": {"size": 0.5, "weeks": 3, "function": "ops"}}}
    a = small("typical").with_levers(holdouts=["marketing"], charter=0.1)
    b = Scenario("b", "B", small("typical").levers, other, {"customers": 60}, weeks=60)
    b = b.with_levers(holdouts=["ops"], charter=0.9).with_events([shock])
    units = {unit.name: unit for unit in units_between(a, b)}
    assert units[FIRM].atoms == {FIRM, "holdouts", SHOCKS}
    assert units["leadership"].atoms == {"charter"}
    assert not units[SHOCKS].differs
    answer = found(a, b, replicates=2)
    assert (answer.parts().sum(axis=1) == answer.whole()).all()


# ------------------------------------------------------------------ arithmetic

_PARTS = st.lists(st.integers(-(10**30), 10**30), min_size=1, max_size=8)


@given(_PARTS, st.integers(1, 10**12))
def test_what_is_shared_out_adds_up(parts: list[int], divisor: int) -> None:
    shares = shared_out(np.array(parts, object), divisor)
    assert sum(shares) == (2 * sum(parts) + divisor) // (2 * divisor)
    for part, share in zip(parts, shares, strict=True):
        assert abs(share * divisor - part) < divisor
        assert share == 0 or part != 0


def _game(seed: int, count: int = 4) -> tuple[list[frozenset[str]], Any]:
    """Players, and a worth that was drawn for each coalition."""
    random = np.random.default_rng(seed)
    worths: dict[frozenset[str], np.ndarray] = {}

    def worth(coalition: frozenset[str]) -> np.ndarray:
        if coalition not in worths:
            worths[coalition] = np.array([int(random.integers(-1000, 1000))], object)
        return worths[coalition]

    return [frozenset({str(n)}) for n in range(count)], worth


def test_all_mixtures_tell_the_mean_over_all_orders() -> None:
    players, worth = _game(3)
    sums, orders = from_all(players, worth)
    every = [additions(order, players, worth, frozenset()) for order in permutations(range(4))]
    assert orders == 24
    assert (sums == sum(every)).all()


def test_the_glove_game_comes_to_its_known_values() -> None:
    left, *rights = players = [frozenset({name}) for name in ("left", "r1", "r2")]

    def worth(coalition: frozenset[str]) -> np.ndarray:
        return np.array(
            [int(left <= coalition and any(one <= coalition for one in rights))], object
        )

    sums, orders = from_all(players, worth)
    assert [int(one) / orders for one in sums[0]] == [4 / 6, 1 / 6, 1 / 6]


def test_a_better_known_whole_is_met_and_nothing_stays_nothing() -> None:
    sums = np.array([[[6, 0, 2]], [[10, 0, -2]]], object)
    parts = adjusted(sums, 2, np.array([[7], [5]], object))
    assert (parts.sum(axis=-1) == [[7], [5]]).all()
    assert (parts[..., 1] == 0).all()


# ------------------------------------------------------------------ attributions


def test_parts_add_up_to_the_last_digit_whatever_the_order(sampled: Attribution) -> None:
    assert not sampled.exact
    for outcome in OUTCOMES:
        parts, levels = sampled.parts(outcome), sampled.levels(outcome)
        assert levels is not None
        assert (levels[1] - levels[0] == sampled.whole(outcome)).all(), outcome
        for order in (
            [*range(parts.shape[1])],
            [*range(parts.shape[1])][::-1],
            np.arange(10) * 3 % 10,
        ):
            added = np.zeros(len(parts))
            for unit in order:
                added = added + parts[:, unit]
            assert (added == sampled.whole(outcome)).all(), outcome


def test_the_sides_are_the_scenarios_own_runs(sampled: Attribution) -> None:
    for side, scenario in enumerate((sampled.a, sampled.b)):
        alone = simulate(scenario, 12)
        assert alone is not None
        for outcome in ("adoption", "net_value", "customers_lost", "week_half_adoption"):
            values = np.nan_to_num(alone.outcome(outcome), nan=60.0)
            levels = sampled.levels(outcome)
            assert levels is not None
            np.testing.assert_allclose(levels[side], values, rtol=1e-9, atol=1e-3)


def test_levers_of_a_group_get_the_mean_over_the_orders_that_keep_it_together() -> None:
    a = small("typical", 30)
    b = a.with_levers(CHANGE | {"charter": 0.9})
    sets: list[tuple[str, ...]] = [()] + [
        one for n in (1, 2, 3) for one in permutations((*CHANGE, "charter"), n)
    ]
    values = {}
    for names in sets:
        if frozenset(names) not in values:
            run = simulate(a.with_levers({name: b.levers[name] for name in names}), 3, 7)
            assert run is not None
            values[frozenset(names)] = run.outcome("adoption")
    orders = [(*own, "charter") for own in permutations(CHANGE)]
    orders += [("charter", *own) for own in permutations(CHANGE)]
    wanted = [
        sum(values[frozenset(order[: order.index(name) + 1])]
            - values[frozenset(order[: order.index(name)])] for order in orders) / len(orders)
        for name in CHANGE
    ]  # fmt: skip
    within = found(a, b, within="change", replicates=3, seed=7)
    assert within.exact
    places = [[unit.name for unit in within.units].index(name) for name in CHANGE]
    np.testing.assert_allclose(within.parts()[:, places].T, wanted, atol=1e-12)
    group = found(a, b, replicates=3, seed=7)
    assert (within.whole() == group.parts()[:, 1]).all()


def test_inside_a_group_the_levers_add_up_to_its_part(sampled: Attribution) -> None:
    inside = sampled.within("leadership")
    alone = found(sampled.a, sampled.b, within="leadership", replicates=12)
    assert inside is not None
    place = [unit.name for unit in sampled.units].index("leadership")
    for outcome in OUTCOMES:
        part = sampled.parts(outcome)[:, place]
        assert (inside.parts(outcome).sum(axis=1) == part).all(), outcome
        np.testing.assert_array_equal(inside.parts(outcome), alone.parts(outcome))
    assert alone.runs < inside.runs


@pytest.mark.parametrize("exact", [True, False])
def test_what_can_have_no_effect_comes_to_nothing_exactly(exact: bool) -> None:
    a = small("typical").with_levers(duration=200)
    b = a.with_levers(CHANGE | {"duration": 300, "coherence": 0.9, "data_access": 0.9})
    groups = found(a, b, replicates=4, exact=exact)
    differs = {unit.name for unit in groups.units if unit.differs}
    assert differs == {"change", "programme"}
    assert not groups.parts()[:, [unit.name not in differs for unit in groups.units]].any()
    within = groups.within("programme")
    assert within is not None
    units = {unit.name: place for place, unit in enumerate(within.units)}
    assert within.units[units["duration"]].differs
    for outcome in OUTCOMES:
        assert not within.parts(outcome)[:, units["duration"]].any()
    assert within.parts()[:, units["coherence"]].any()


def test_sampled_orders_tell_what_all_orders_tell(sampled: Attribution) -> None:
    every = found(sampled.a, sampled.b, replicates=12, exact=True)
    assert every.exact
    np.testing.assert_array_equal(every.whole(), sampled.whole())
    gap = sampled.parts() - every.parts()
    error = gap.std(axis=0, ddof=1) / np.sqrt(12)
    assert (np.abs(gap.mean(axis=0)) <= 3.5 * error).all()
    assert (every.parts()[:, :3].mean(axis=0) > 0.0).all()


def test_four_times_the_futures_halve_the_interval(sampled: Attribution) -> None:
    many = found(sampled.a, sampled.b, replicates=48)

    def width(answer: Attribution) -> float:
        part = next(ln.part for ln in answer.reading().lines if ln.unit.name == "leadership")
        return part.high - part.low

    assert 0.4 <= width(many) / width(sampled) <= 0.6


def test_threads_change_no_number(sampled: Attribution) -> None:
    one = found(sampled.a, sampled.b, replicates=12, threads=1)
    for outcome in OUTCOMES:
        np.testing.assert_array_equal(one.parts(outcome), sampled.parts(outcome))


def test_progress_is_told_and_a_stop_is_obeyed() -> None:
    told: list[tuple[int, int]] = []
    pair = (small("typical"), small("typical").with_levers(CHANGE))
    found(*pair, replicates=3, progress=lambda *now: told.append(now))
    assert told[-1] == (6, 6)
    assert attribute(*pair, replicates=3, cancelled=lambda: True) is None


# ------------------------------------------------------------------ words


def test_shown_numbers_add_up_and_the_sentence_has_them(sampled: Attribution) -> None:
    bars = sampled.as_dict()["outcomes"]["adoption"]["bars"]
    numbers = [float(bar["text"]) for bar in bars]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-9)
    assert [bar["from"] for bar in bars[1:-1]] == [bar["to"] for bar in bars[:-2]]
    assert bars[-2]["to"] == pytest.approx(bars[-1]["to"])
    largest = bars[1]
    assert f"{largest['text'][1:]} ({largest['interval'].replace('+', '')})" in sampled.sentence
    assert "more of every 100 employees practise with orchestrated than with typical" in (
        sampled.sentence
    )


def test_first_and_last_place_are_shown_only_where_enough_futures_tell_them(
    sampled: Attribution,
) -> None:
    assert "first of all" not in sampled.table()  # 12 futures, some 4 of them for each unit
    assert "fewer than 8 of these futures" in " ".join(sampled.table().split())
    many = found(sampled.a, sampled.b, replicates=48).reading()
    assert any(line.alone for line in many.lines)
    for line in many.lines:
        assert (line.alone is None) == (line.futures < 8)
    assert "so these two columns rest on" in " ".join(many.notes)


def test_a_part_shown_as_nothing_is_not_said_to_work_with_the_others() -> None:
    poor = small("typical")
    good = poor.with_levers(CHANGE | {"duration": 300, "coherence": 0.9})
    reading = found(poor, good, replicates=12).reading()
    nothing = [line for line in reading.lines if line.part.number.value == 0.0]
    unit = replace(
        reading.lines[0],
        part=replace(
            reading.lines[0].part, number=Rounded(0.0, 0.0, 0.0, 0), value=0.2, low=0.1, high=0.3
        ),
    )
    told = replace(reading, lines=(unit, *reading.lines[1:])).sentence
    assert unit.unit.title.lower() not in told.lower()
    assert all(line.synergy in ("", "none") for line in nothing)


def test_everything_can_be_written_as_json(sampled: Attribution) -> None:
    inside = sampled.within("change")
    assert inside is not None
    for answer in (sampled, inside, found(sampled.a, sampled.b, replicates=1)):
        told = answer.as_dict()
        assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert inside.as_dict()["outcomes"]["adoption"]["bars"][-1]["kind"] == "whole"


def test_two_scenarios_that_are_the_same_have_nothing_to_split() -> None:
    same = small("typical")
    for exact in (None, False):
        answer = found(same, same.with_name("again"), replicates=2, exact=exact)
        assert (
            answer.sentence == "typical and again are the same in everything that changes a number."
        )
        assert not answer.parts().any()
        assert not answer.whole("net_value").any()


def test_the_figure_has_a_bar_for_every_part(sampled: Attribution) -> None:
    axes = sampled.figure().axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == [bar["title"] for bar in sampled.as_dict()["outcomes"]["adoption"]["bars"]]
    assert len(axes.patches) == len(labels)


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ({"outcome": "adoptoin"}, "outcome: adoptoin: no such outcome, did you mean 'adoption'"),
        ({"outcome": "x"}, r"^outcome: x: no such outcome; allowed: adoption, [a-z_, ]*$"),
        ({"within": "leaders"}, "within: leaders is no group of levers"),
        ({"within": "wins"}, "within: wins: both scenarios are the same there"),
        ({"replicates": 0}, "replicates"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_asked_is_said(rest: dict[str, Any], message: str) -> None:
    with pytest.raises(CxsimError, match=message):
        attribute(small("typical"), small("typical").with_levers(CHANGE), **rest)


def test_two_horizons_are_refused() -> None:
    with pytest.raises(CxsimError, match="weeks: 60 for typical, 50 for orchestrated"):
        attribute(small("typical"), small("orchestrated", 50))
    with pytest.raises(CxsimError, match="where a Scenario is wanted"):
        attribute(small("typical"), "orchestrated")  # type: ignore[arg-type]
