"""Causes of series: they sum to what is recorded, and the way upstream always comes to an end."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from cxsim.cli.causes_command import causes as command
from cxsim.errors import CxsimError
from cxsim.explain.causes import people_nodes
from cxsim.explain.causes.assembly import FADE, SPECIAL, _product, shared_out
from cxsim.explain.causes.customer_nodes import PRICES
from cxsim.explain.causes.graph import FACT, nodes
from cxsim.explain.causes.path import LOOP
from cxsim.explain.causes.rows import COMPANY_TERMS, FUNCTION_TERMS
from cxsim.explain.causes.strips import Causes, causes, trace_causes
from cxsim.explain.causes.telling import NOTE
from cxsim.explain.causes.words import between, headline, lever_values
from cxsim.explain.rounding import Rounded
from cxsim.parameters import registry
from cxsim.results import simulate
from cxsim.scenario import Scenario
from tests.test_variants import small

EVENTS = {people_nodes.CHANCE, people_nodes.REPLACED, people_nodes.EARNINGS, PRICES}
EVENTS |= {"the scale from 0 to 100", "a surge of demand"}
SHOCKS: list[dict[str, Any]] = [
    {"week": 10, "shock": {"price_rise": 0.3}},
    {"week": 15, "shock": {"executive_replaced": {"function": "sales"}}},
    {"week": 20, "shock": {"cco_leaves": {"vacancy": 6}}},
    {"week": 22, "shock": {"earnings": {"size": 0.8, "weeks": 20}}},
    {"week": 30, "shock": {"outage": {"size": 0.5, "weeks": 4}}},
    {"week": 34, "shock": {"demand_surge": {"size": 1.5, "weeks": 5}}},
    {"week": 40, "set": {"resources": 0.0}},
    {"week": 45, "set": {"resources": 2.0, "span_of_control": 4, "holdouts": ["sales"]}},
]


def asked(scenario: Scenario, series: str = "adoption", **how: Any) -> Causes:
    found = causes(scenario, series, **{"replicates": 3, **how})
    assert found is not None
    return found


def shaken() -> Scenario:
    return small("orchestrated").with_events(SHOCKS)


@pytest.fixture(scope="module")
def pasts() -> dict[str, Causes]:
    names = ("typical", "fm12_buried", "fm20_unmanaged_conflict", "no_programme")
    return {"shaken": asked(shaken()), **{name: asked(small(name)) for name in names}}


def recorded(each: Causes) -> np.ndarray:
    """What the terms of each week have to sum to, in every future."""
    moves = each.past.moves(each.node, each.function)
    if each.node.kind != "stock":
        return moves.values
    return np.diff(np.concatenate([moves.start[:, None], moves.values], axis=1), axis=1)


@pytest.mark.parametrize("name", list(nodes()))
def test_terms_sum_to_what_is_recorded_in_every_week(name: str, pasts: dict[str, Causes]) -> None:
    for scenario, first in pasts.items():
        node = nodes()[name]
        whole = first.of(node)
        parts = [Causes(node, f, 0, 59, first.past) for f in first.past.functions]
        for each in [whole, *parts] if node.by_function else [whole]:
            moves = each.past.moves(node, each.function)
            summed = moves.terms.sum(axis=1) + (1.0 if node.product else 0.0)
            size = max(1.0, float(np.abs(moves.values).max()))
            np.testing.assert_allclose(
                summed, recorded(each), rtol=0.0, atol=1e-12 * size, err_msg=scenario
            )


def test_futures_lived_again_are_those_of_an_ordinary_run(pasts: dict[str, Causes]) -> None:
    ensemble = simulate(shaken(), 3, 1, baseline=False)
    assert ensemble is not None
    for replicate, again in enumerate(pasts["shaken"].past.replays):
        for ordinary, lived in zip(ensemble.record, again.record, strict=True):
            assert ordinary[replicate].tobytes() == lived.tobytes()


# ------------------------------------------------------------------ by hand


def test_what_fades_is_shared_out_among_what_it_came_from() -> None:
    terms = np.array([[0.0, 0.0], [0.1, 0.1]])
    found = shared_out(0.5, terms, np.array([-0.25, -0.175]))  # halved, then 0.35 halved
    np.testing.assert_allclose(found, [[-0.25, -0.125], [0.1, 0.05]])


def test_what_is_missing_of_a_product_is_shared_out_by_logarithms() -> None:
    value, _, taken = _product(np.array([[0.5, 1.0, 0.0, 0.0], [0.25, 1.0, 0.5, 0.0]]))
    np.testing.assert_allclose(value, [0.125, 1.0, 0.0, 0.0])
    np.testing.assert_allclose(taken[0], [-0.875 / 3.0, 0.0, -1.0, -0.5])
    np.testing.assert_allclose(taken[1], [-0.875 * 2.0 / 3.0, 0.0, 0.0, -0.5])


def test_terms_of_a_week_as_worked_out_by_hand() -> None:
    scenario = small("typical", weeks=13)
    found = asked(scenario, "conflict", function="sales", replicates=1)
    facts = scenario.coefficients
    moves = found.past.moves(found.node, "sales")
    healing = moves.terms[0, [term.name for term in found.node.terms].index("healing")]
    before = np.concatenate([[0.0], moves.values[0, :-1]])
    np.testing.assert_allclose(healing, -facts["conflict_decay"] * before)

    budget = found.of(nodes()["budget"])
    record = found.past.replays[0].record.company
    review = {term.name: budget.contributions[n, 12] for n, term in enumerate(budget.node.terms)}
    growth = facts["budget_commitment"] * (record["commitment"][12] - facts["budget_pivot"])
    assert review["commitment"] == pytest.approx(growth)
    assert review["proof"] == pytest.approx(facts["budget_evidence"] * record["evidence"][12])
    assert np.all(budget.contributions[:, 1:12] == 0.0)  # the board meets once a quarter

    load = found.of(nodes()["load"]).contributions[:, 0]
    assert load[0] == scenario.levers["workload"]
    support = scenario.levers["frontline_support"]
    learning = facts["training_load"] * support * (1.0 - scenario.organisation["initial_ability"])
    assert load[2] == pytest.approx(learning)


# ------------------------------------------------------------------ what is switched off


def weekly(found: Causes, series: str, *terms: str) -> np.ndarray:
    node = nodes()[series]
    places = [node.terms.index(node.term(term)) for term in terms]
    return found.of(node).contributions[places]


def test_without_a_programme_nobody_hears_a_message(pasts: dict[str, Causes]) -> None:
    found = pasts["no_programme"]
    assert np.all(found.of(nodes()["message"]).values == 0.0)
    for series, term in (("adoption", "start_message"), ("awareness", "message")):
        assert np.all(weekly(found, series, term) == 0.0)
        assert np.any(weekly(pasts["typical"], series, term) != 0.0)


@pytest.mark.parametrize(
    ("lever", "series", "terms"),
    [
        ("communication", "awareness", ("message",)),
        ("frontline_support", "ability", ("training",)),
        ("rivalry", "conflict", ("quarrel",)),
        ("governance_overhead", "cynicism", ("governance",)),
        ("turnover", "belief", ("turnover",)),
        ("turnover", "adoption", ("stop_turnover",)),
        ("ceo_sponsorship", "commitment", ("sponsor",)),
        ("quick_win_share", "wins", ("quick",)),
    ],
)
def test_a_lever_at_rest_adds_nothing(lever: str, series: str, terms: tuple[str, ...]) -> None:
    usual = small("orchestrated").with_levers(**{lever: registry().levers[lever].high})
    assert np.any(weekly(asked(usual), series, *terms) != 0.0)
    assert np.all(weekly(asked(usual.with_levers(**{lever: 0.0})), series, *terms) == 0.0)


# ------------------------------------------------------------------ upstream


def test_every_source_exists_and_every_term_has_a_field() -> None:
    fields = {*(FUNCTION_TERMS.names or ()), *(COMPANY_TERMS.names or ())}
    for node in nodes().values():
        assert len({term.name for term in node.terms}) == len(node.terms)
        for term in node.terms:
            if node.name not in SPECIAL:
                assert {*(term.fields or (f"{node.name}_{term.name}",))} <= fields
            assert term.sources
            for source in term.sources:
                known = source.name in registry().names()
                assert source.kind != FACT or known or source.name in EVENTS, source.name
        assert not node.follows or f"{node.name}_{FADE}" in fields


def test_every_way_upstream_comes_to_an_end(pasts: dict[str, Causes]) -> None:
    ends = set()
    for found in pasts.values():
        for node in nodes().values():
            trail = found.of(node).path()
            ends.add(trail.ends)
            steps = [step.node.name for step in trail.steps]
            assert steps[0] == node.name
            assert len(set(steps)) == len(steps)
            assert (trail.steps[-1].source.name in steps) == (trail.ends == LOOP)
            assert (trail.loop_sign is None) == (trail.ends != LOOP)
    assert ends == {"lever", "fact", "loop"}


def test_colleagues_carry_practice_in_a_loop_that_strengthens_itself() -> None:
    kept = {"communication": 0.0, "role_modelling": 0.0}
    found = asked(small("typical").with_levers(**kept), first=20)
    trail = found.path()
    assert [step.term.name for step in trail.steps] == ["start_peers"]
    assert trail.loop_sign == 1
    assert trail.text.endswith("a loop that strengthens itself")
    assert found.upstream("start_peers")[0].node.name == "adoption"


def test_levers_are_told_with_their_values_in_the_window() -> None:
    later = small("typical").with_events([{"week": 40, "set": {"communication": 0.9}}])
    before = later.levers["communication"]
    assert lever_values("communication", later, 0, 30) == f"{before:g}"
    assert lever_values("communication", later, 30, 50) == f"{before:g}, from week 40 on 0.9"
    assert lever_values("communication", later, 40, 50) == "0.9"


# ------------------------------------------------------------------ the faces


def test_the_sentence_tells_change_and_causes() -> None:
    found = asked(small("orchestrated"), first=10, last=40)
    values = found.values * 30
    assert found.total * 30 == pytest.approx(values[40] - values[9])
    assert found.sentence.startswith("In weeks 10 to 40 adoption rose by ")
    assert " of 30 employees (mean of 3 futures, 95 % interval " in found.sentence
    answer = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    weeks = np.array([term["weekly"] for term in answer["terms"]])
    np.testing.assert_allclose(np.diff(answer["values"]), weeks.sum(axis=0)[1:], atol=1e-9)
    assert found.week(20)["terms"][3]["sum"] == pytest.approx(weeks[3, 20])


def test_what_went_against_the_change_is_told_after_it(pasts: dict[str, Causes]) -> None:
    found = pasts["shaken"].of(nodes()["commitment"])
    before, *after = re.split("; (?:against it|the other way) ", found.sentence)
    against = "+" if found.total < 0.0 else "-"
    assert against not in before.partition(": ")[2]
    assert [against in part for part in after] == [True]


def test_a_change_whose_interval_has_zero_in_it_is_no_rise_and_no_fall() -> None:
    node = nodes()["commitment"]
    told = Rounded(2.0, -1.0, 5.0, 0)
    words = headline(node, None, told, 30, "weeks 0 to 9") + between(node, told, 8)
    assert "did not clearly change (-1 to +5 points of 100, 95 % interval of the mean" in words
    surely = Rounded(1.0, 0.5, 1.5, 0)
    assert headline(node, None, surely, 30, "weeks 0 to 9").endswith("rose by 1 point of 100")


def test_terms_have_one_number_of_decimals_and_turns_are_no_people(
    pasts: dict[str, Causes],
) -> None:
    for found in pasts.values():
        for name in ("adoption", "belief", "cynicism", "commitment"):
            each = found.of(nodes()[name])
            assert len({max(0, -each.told(n).place) for n in range(len(each.node.terms))}) == 1
    busy = pasts["shaken"]
    moved = sum(abs(term["sum"]) for term in busy.as_dict()["terms"])
    assert (NOTE in busy.sentence) == (moved > 30.0)


def test_threads_change_no_number_and_a_future_is_that_of_its_number() -> None:
    one, two = (asked(small("typical"), threads=threads) for threads in (1, 2))
    np.testing.assert_array_equal(one.contributions, two.contributions)
    meta, arrays = trace_causes(small("typical"), replicate=2)
    place = [term["name"] for term in meta["nodes"]["belief"]["terms"]].index("peers")
    belief = one.past.moves(nodes()["belief"], None).terms[2, place]
    np.testing.assert_allclose(arrays["belief"][place], 100.0 * belief, rtol=1e-6)
    assert causes(small("typical"), "adoption", cancelled=lambda: True) is None


@pytest.mark.parametrize(
    ("asks", "words"),
    [
        ({"series": "adoptoin"}, "did you mean 'adoption'"),
        ({"series": "net_value"}, "no causes are kept of it"),
        ({"series": "load", "function": "servise"}, "did you mean 'service'"),
        ({"series": "budget", "function": "service"}, "for the company only"),
        ({"series": "load", "first": 30, "last": 20}, "must not be later"),
        ({"series": "load", "last": 60}, "last week"),
    ],
)
def test_bad_questions_are_refused_in_plain_words(asks: dict[str, Any], words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        causes(small("typical"), **asks)


def test_the_command_prints_what_the_function_finds(tmp_path: Any) -> None:
    line = "typical --series belief --to 9 --weeks 12 --replicates 2 --upstream message"
    said = CliRunner().invoke(command, [*line.split(), "--out", str(tmp_path), "--json"])
    assert said.exit_code == 0, said.output
    answer = json.loads(said.stdout)
    assert [len(term["weekly"]) for term in answer["terms"]] == [12] * len(answer["terms"])
    assert [each["series"] for each in answer["upstream"]["message"]] == ["message"]
    rows = (tmp_path / "causes_belief.csv").read_text().splitlines()
    assert len(rows) == 13
    assert (tmp_path / "causes_belief.png").stat().st_size > 1000
    table = CliRunner().invoke(command, line.split()).stdout
    assert answer["sentence"] in " ".join(table.split())
    assert "Behind 'the message':" in table
