"""The company before week 0: posts, front line, hand-offs, places, propensities, acquaintances."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim import company, engine
from cxsim.parameters import registry
from cxsim.scenario import Scenario
from cxsim.state import ACQUAINTANCES, NEVER, PEERS, Ties
from tests.twin.scenarios import firm

# --- the formal organisation ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("employees", "shares", "counts"),
    [
        (10, [0.5, 0.5], [5, 5]),
        (12, [0.7, 0.2, 0.1], [7, 3, 2]),  # 9 to share out: 6.3, 1.8, .9
        (12, [1.0, 0.0], [11, 1]),
        (3, [0.98, 0.01, 0.01], [1, 1, 1]),
        (7, [0.25, 0.25, 0.25, 0.25], [2, 2, 2, 1]),  # equals: the first in order
    ],
)
def test_head_counts(employees: int, shares: list[float], counts: list[int]) -> None:
    assert company.head_counts(employees, np.array(shares)).tolist() == counts


@settings(max_examples=50)
@given(
    employees=st.integers(12, 5000),
    weights=st.lists(st.floats(0.0, 1.0), min_size=2, max_size=12).filter(lambda x: sum(x) > 0.01),
)
def test_head_counts_add_up_and_nobody_is_alone_with_no_people(
    employees: int, weights: list[float]
) -> None:
    counts = company.head_counts(employees, np.array(weights))
    assert counts.sum() == employees
    assert counts.min() >= 1


def test_tree_of_fifty_with_a_span_of_seven() -> None:
    posts, front = company.tree(50, 7)
    assert posts["depth"].tolist() == [1] * 7 + [2] * 43
    assert (posts["manager"][:7] == -1).all()
    assert posts["manager"][7:].tolist() == [place // 7 - 1 for place in range(7, 50)]
    # The last six report to number 5 and one to number 6, so all seven at the top manage.
    assert np.bincount(posts["manager"][7:]).tolist() == [7, 7, 7, 7, 7, 7, 1]
    assert front.tolist() == list(range(7, 50))


def test_tree_with_a_span_of_two() -> None:
    posts, front = company.tree(9, 2)
    assert posts["manager"].tolist() == [-1, -1, 0, 0, 1, 1, 2, 2, 3]
    assert posts["depth"].tolist() == [1, 1, 2, 2, 2, 2, 3, 3, 3]
    assert front.tolist() == [4, 5, 6, 7, 8]


def test_tree_of_one() -> None:
    posts, front = company.tree(1, 7)
    assert posts.tolist() == [(-1, 1)]
    assert front.tolist() == [0]


@settings(max_examples=60)
@given(count=st.integers(1, 400), span=st.integers(2, 50))
def test_every_tree_is_a_tree(count: int, span: int) -> None:
    posts, front = company.tree(count, span)
    managers, depth = posts["manager"], posts["depth"]
    has_reports = np.isin(np.arange(count), managers)
    assert np.bincount(managers + 1).max() <= span
    assert (managers < np.arange(count)).all()
    assert (depth[managers < 0] == 1).all()
    below = managers >= 0
    assert (depth[below] == depth[managers[below]] + 1).all()
    assert front.tolist() == np.flatnonzero(~has_reports).tolist()


def built(**settings_: Any) -> Any:
    return company.build_firm(firm(weeks=4, **settings_))


def test_people_of_all_functions_stand_one_after_the_other() -> None:
    of_firm = built(employees=60)
    start, posts = of_firm.function_start, of_firm.posts[0]
    assert (start[0], start[-1]) == (0, 60)
    for first, last in pairwise(start):
        managers = posts["manager"][first:last]
        assert ((managers == -1) | ((managers >= first) & (managers < last))).all()
    fronts = of_firm.front[0][: of_firm.front_start[0][-1]]
    assert sorted(fronts) == sorted(set(range(60)) - set(posts["manager"]))


def test_an_event_that_changes_the_span_gives_a_second_version_of_the_organisation() -> None:
    events = [{"week": 2, "set": {"span_of_control": 2}}]
    of_firm = company.build_firm(firm({"span_of_control": 7}, events, weeks=4, employees=60))
    assert of_firm.posts.shape == (2, 60)
    assert of_firm.posts["depth"].max(axis=1).tolist() == [2, 4]
    assert len(of_firm.fidelity) == 5


def test_what_is_left_of_a_message_by_depth_and_of_a_report_from_the_front_line() -> None:
    # Two functions of 30: two, four, eight and sixteen people in four full layers.
    of_firm = company.build_firm(
        firm(
            {"span_of_control": 2}, weeks=4, employees=60, layer_fidelity=0.5, upward_fidelity=0.8,
            functions=("front", "back"), host_function="back",
        )
    )  # fmt: skip
    assert of_firm.fidelity.tolist() == [1.0, 0.5, 0.25, 0.125, 0.0625]
    assert of_firm.upward[0] == pytest.approx([0.64, 0.64])
    assert of_firm.front_start[0].tolist() == [0, 16, 32]
    assert of_firm.host == 1


def test_a_flat_function_reports_in_full() -> None:
    assert built(employees=44).upward[0].tolist() == [1.0] * 6


def test_handoffs_join_neighbours_along_the_journey() -> None:
    points = built(handoff_share=0.4).touchpoints
    assert points["owner"].tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0, 1, 2, 3, 4]
    assert points["partner"].tolist() == [-1] * 12 + [1, 2, 3, 4, 5]


def test_shares_of_contacts_by_hand() -> None:
    points = company.build_firm(
        firm(
            weeks=4, functions=("a", "b", "c"), host_function="a", handoff_share=0.4,
            headcount_shares=(0.4, 0.3, 0.3), contact_shares=(0.5, 0.3, 0.2),
        )
    ).touchpoints  # fmt: skip
    # Own: .6 x share / 2 each. Hand-offs: .4 x .8 / 1.3 and .4 x .5 / 1.3.
    wanted = [0.15, 0.15, 0.09, 0.09, 0.06, 0.06, 0.2461538462, 0.1538461538]
    assert points["share"] == pytest.approx(wanted)
    assert points["bound"] == pytest.approx(np.cumsum(wanted))
    assert points["bound"][-1] == pytest.approx(1.0)


# --- places for customers -------------------------------------------------------------------------


@settings(max_examples=60)
@given(customers=st.integers(0, 3000), potential=st.floats(1.0, 10.0))
def test_as_many_places_are_taken_as_there_are_customers(customers: int, potential: float) -> None:
    taken = company.initially_active(customers, potential)
    assert taken.sum() == customers
    assert set(taken) <= {0, 1}


@pytest.mark.parametrize("potential", [1.0, 1.37, 1.5, 2.0, 3.3, 10.0])
def test_one_more_customer_changes_no_earlier_place(potential: float) -> None:
    before = company.initially_active(200, potential)
    after = company.initially_active(201, potential)
    assert len(after) > len(before)
    assert after[: len(before)].tolist() == before.tolist()


def test_places_are_spread_evenly() -> None:
    assert company.initially_active(4, 1.5).tolist() == [0, 1, 1, 0, 1, 1]


# --- propensity to leave --------------------------------------------------------------------------


def beta_quantiles(alpha: float, beta: float, quantiles: np.ndarray) -> np.ndarray:
    """Quantiles of Beta(alpha, beta), integrated from both ends to the middle.

    Where the density has a pole, at 0 for alpha below 1 and at 1 for beta below 1, the power
    theta**alpha or (1 - theta)**beta takes the place of theta, and the integrand is flat.
    """
    theta, mass = half(alpha, beta)
    rest, other = half(beta, alpha)
    total = np.concatenate([mass, mass[-1] + other[-1] - other[-2::-1]])
    return np.interp(quantiles * total[-1], total, np.concatenate([theta, 1.0 - rest[-2::-1]]))


def half(alpha: float, beta: float) -> tuple[np.ndarray, np.ndarray]:
    """Points from 0 to 1/2 and the mass of theta**(alpha - 1) * (1 - theta)**(beta - 1) below."""
    power = min(1.0, alpha)
    x = np.linspace(0.0, 0.5**power, 400_001)
    theta = x ** (1.0 / power)
    density = x ** (alpha / power - 1.0) / power * (1.0 - theta) ** (beta - 1.0)
    steps = (density[1:] + density[:-1]) / 2.0 * x[1]
    return theta, np.concatenate([[0.0], np.cumsum(steps)])


SHAPES = [(0.668, 3.806), (1.0, 1.0), (2.0, 5.0), (5.0, 0.9), (10.0, 200.0), (50.0, 200.0)]


@pytest.mark.parametrize(("alpha", "beta"), SHAPES)
def test_base_hazards_are_quantiles_of_the_beta_distribution(alpha: float, beta: float) -> None:
    table = company.base_hazards(alpha, beta)
    u = np.linspace(0.0, 1.0, len(table))
    within = slice(20, -20)
    yearly = 1.0 - (1.0 - table) ** 52
    wanted = beta_quantiles(alpha, beta, u)
    assert yearly[within] == pytest.approx(wanted[within], rel=2e-4, abs=2e-6)


def test_mean_yearly_churn_is_that_of_the_calibrated_beta() -> None:
    table = company.base_hazards(0.668, 3.806)
    yearly = 1.0 - (1.0 - table) ** 52
    mean = float(np.mean((yearly[1:] + yearly[:-1]) / 2))
    assert mean == pytest.approx(0.668 / (0.668 + 3.806), abs=0.0005)  # .149


@pytest.mark.parametrize(
    ("alpha", "beta"), [(0.05, 0.05), (0.05, 200.0), (50.0, 0.05), (50.0, 200.0), (0.668, 3.806)]
)
def test_base_hazards_are_hazards_and_rise_at_every_corner_of_the_ranges(
    alpha: float, beta: float
) -> None:
    table = company.base_hazards(alpha, beta)
    assert np.isfinite(table).all()
    assert table.min() >= 0.0
    assert table.max() <= 1.0
    assert (np.diff(table) >= 0.0).all()


# --- who knows whom -------------------------------------------------------------------------------


def met(scenario: Scenario, replicate: int = 0) -> tuple[engine.Prepared, Ties]:
    prepared = engine.prepare(scenario)
    ties = company.empty_ties(prepared.firm)
    company.meet(engine.begin(prepared, 1, replicate).key, prepared.firm, ties)
    return prepared, ties


def outside_share(ties: float, employees: int = 600) -> tuple[float, int]:
    """The share of ties that leave the function, and how many ties there are."""
    prepared, known = met(firm({"cross_functional_ties": ties}, weeks=2, employees=employees))
    start = prepared.firm.function_start
    home = np.searchsorted(start, np.arange(employees), side="right")
    peers = known.peers[0]
    assert peers.min() >= 0
    assert (peers != np.arange(employees)[:, None]).all(), "nobody is their own peer"
    return float((home[peers] != home[:, None]).mean()), peers.size


@pytest.mark.parametrize("ties", [0.0, 0.1, 0.5, 1.0])
def test_so_many_peers_are_outside_the_function(ties: float) -> None:
    share, count = outside_share(ties)
    assert share == pytest.approx(ties, abs=4 * (ties * (1 - ties) / count) ** 0.5)


def test_who_is_alone_in_a_function_has_no_peers_inside() -> None:
    names = tuple("abcdefghijkl")
    alone = firm({"cross_functional_ties": 0.0}, weeks=2, employees=12, functions=names,
                 host_function="a", **even(12))  # fmt: skip
    _, ties = met(alone)
    assert (ties.peers == -1).all()


def even(count: int) -> dict[str, Any]:
    shares = [round(1 / count, 9)] * (count - 1)
    shares.append(1 - sum(shares))
    return {"headcount_shares": shares, "contact_shares": shares}


def test_all_colleagues_are_about_equally_often_peers() -> None:
    two = firm({"cross_functional_ties": 0.5}, weeks=2, employees=40,
               functions=("a", "b"), host_function="a", **even(2))  # fmt: skip
    times = np.zeros(40)
    for replicate in range(60):
        times += np.bincount(met(two, replicate)[1].peers.ravel(), minlength=40)
    expected = 60 * PEERS
    assert ((times - expected) ** 2 / expected).sum() < 39 + 4 * (2 * 39) ** 0.5


def test_acquaintances_are_earlier_places_not_too_far_away() -> None:
    _, ties = met(firm(weeks=2, customers=400))
    known = ties.acquaintances
    place = np.arange(len(known))[:, None]
    assert known.shape == (600, ACQUAINTANCES)
    assert (known[0] == -1).all()
    assert (known[1] == 0).all()
    assert (known[1:] >= 0).all()
    assert (known < place).all()
    assert (place - known <= 100)[1:].all()
    assert (place - known)[200:].mean() == pytest.approx(50.5, abs=3)


# --- how everybody starts -------------------------------------------------------------------------


def test_first_day() -> None:
    scenario = firm({"holdouts": ["finance"]}, weeks=2, employees=2000, customers=4000)
    state = engine.begin(engine.prepare(scenario), 1, 0).state
    known = {parameter.name: parameter.default for parameter in registry()}
    for name in ("awareness", "belief", "ability", "cynicism"):
        assert (state.employees[name] == known[f"initial_{name}"]).all()
    innovators = state.employees["threshold"] < known["innovator_threshold"]
    assert (state.employees["practising"] == innovators).all()
    assert innovators.mean() == pytest.approx(0.025, abs=0.015)
    here = state.customers[state.customers["active"] == 1]
    assert len(here) == 4000
    assert (here["joined"] == -1).all()
    assert (state.customers["complained"] == NEVER).all()
    assert here["satisfaction"].mean() == pytest.approx(known["satisfaction_start"], abs=0.01)
    assert here["satisfaction"].std() == pytest.approx(known["satisfaction_spread"], abs=0.01)
    assert here["expectation"].mean() == pytest.approx(known["initial_expectation"], abs=0.005)
    finance = scenario.organisation["functions"].index("finance")
    assert state.functions["commitment"][finance] == known["holdout_target"]
    assert state.programme[0]["budget"] == 1.0
    assert (state.initiatives["process"] == -1).all()
