"""Holding an influence: its readers see the past, nobody else does, and nothing else changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cxsim import engine
from cxsim.errors import CxsimError
from cxsim.model import CXModel
from cxsim.plan import LINK_NAMES
from cxsim.results import Ensemble
from cxsim.results.variants import live_variants
from cxsim.scenario import Scenario
from cxsim.state import Record
from tests.test_variants import everything, small

BUSY = small("orchestrated").with_events(
    [
        {"week": 15, "set": {"span_of_control": 3, "cross_functional_ties": 0.4}},
        {"week": 30, "shock": {"price_rise": 0.3}},
        {"week": 12, "shock": {"outage": {"size": 0.7, "weeks": 20}}},
    ]
)


def lived(scenario: Scenario, cuts: dict[str, int] | None = None, seed: int = 3) -> Record:
    records = engine.run_replicates(engine.prepare(scenario, cuts), seed, 2, threads=1)
    assert records is not None
    return records


def same(one: Record, other: Record, first: int = 0, last: int | None = None) -> bool:
    weeks = slice(first, last)
    return all(
        a[:, weeks].tobytes() == b[:, weeks].tobytes() for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("link", LINK_NAMES)
def test_a_cut_changes_no_week_before_it_and_some_week_after_it(link: str) -> None:
    whole, cut = lived(BUSY), lived(BUSY, {link: 20})
    assert same(whole, cut, last=20)
    assert not same(whole, cut, first=20)


def test_a_cut_in_the_last_week_or_later_is_no_cut() -> None:
    assert same(lived(BUSY), lived(BUSY, {"peers": 60, "funding": 520}))


def test_a_source_that_never_changes_can_be_held_without_a_trace() -> None:
    nobody_complains = BUSY.with_coefficients(complaint_probability=0.0)
    assert same(lived(nobody_complains), lived(nobody_complains, {"complaints": 0}))
    alone = small("no_programme")
    assert same(lived(alone), lived(alone, {"funding": 0, "backlog": 0, "wins_to_employees": 9}))


def test_nobody_hears_of_colleagues_where_nobody_practised() -> None:
    """Held from the start at nobody, word of colleagues never adds to awareness or starts."""
    quiet = small("orchestrated").with_coefficients(innovator_threshold=0.0)
    found = lived(quiet, {"peers": 0, "managers": 0, "learning_by_doing": 0}).company
    deaf = lived(
        quiet.with_coefficients(
            awareness_peers=0.0, belief_peers=0.0, ability_peers=0.0, newcomer_peers=0.0
        ),
        {"managers": 0, "learning_by_doing": 0},
    ).company
    assert found["practising"][:, 0].sum() < found["practising"][:, -1].sum()
    assert found["start_peers"].sum() == 0
    np.testing.assert_array_equal(found["awareness"], deaf["awareness"])
    np.testing.assert_array_equal(found["practising"], deaf["practising"])


def test_word_of_mouth_wins_customers_and_nothing_else() -> None:
    """Where complaints cost no time, employees do not notice how many customers there are."""
    calm = BUSY.with_settings(
        {"complaint_load": 0.0, "acquisition_rate": 0.05, "word_of_mouth": 3.0}
    )
    whole, cut = (lived(calm, cuts).company for cuts in (None, {"word_of_mouth": 10}))
    assert (whole["acquired"] != cut["acquired"]).any()
    for name in ("adoption", "belief", "cynicism", "commitment", "quality_local", "load"):
        np.testing.assert_array_equal(whole[name], cut[name])


# --- what is read, worked out by hand -------------------------------------------------------------


def tampered(cuts: dict[str, int], then: dict[str, dict[str, Any]], **given: Any) -> CXModel:
    """A company without a programme after two weeks; before the second, what is held was replaced.

    `then` says what the readers of held links will find, by array and field.
    """
    still = {"resources": 0.0, "turnover": 0.0, "seasonality": 0.0, "rivalry": 0.0, "workload": 0.5}
    scenario = Scenario("still", "Still", {}, {"employees": 30}, {"customers": 60}, weeks=3)
    model = CXModel(scenario.with_settings({**still, **given}), cuts=cuts)
    model.step()
    for array, fields in then.items():
        for field, value in fields.items():
            column = getattr(model.state, f"{array}_then")
            (column if field == "all" else column[field])[:] = value
    model.state.employees["practising"] = 0
    return model


def test_complaints_by_hand() -> None:
    model = tampered({"complaints": 0}, {"functions": {"complaint_rate": 0.2}}, complaint_load=0.5)
    model.state.functions["complaint_rate"] = 0.9
    model.step()
    np.testing.assert_array_equal(model.record.function["load"][1], 0.5 + 0.5 * 0.2)


def test_colleagues_and_cynicism_by_hand() -> None:
    """All colleagues practised then and all were cynics; nobody practises now, and none is one."""
    then: dict[str, dict[str, Any]] = {
        "practised": {"all": 1},
        "employees": {"cynicism": 1.0},
    }
    model = tampered(
        {"peers": 0, "cynicism": 0}, then, awareness_peers=0.25, awareness_loss=0.0,
        belief_peers=0.5, belief_cynicism=0.4, belief_disposition=0.1, belief_rate=0.5,
        belief_efficiency=0.0, belief_modelling=0.0, innovator_threshold=0.0,
    )  # fmt: skip
    model.state.employees["cynicism"] = 0.0
    model.state.employees["awareness"] = 0.2
    model.state.employees["belief"] = 0.3
    model.step()
    has_peers = (model.ties.peers[0] >= 0).any(axis=1)
    people = model.state.employees[has_peers]
    np.testing.assert_allclose(people["awareness"], 0.2 + 0.25 * 0.8)
    np.testing.assert_allclose(people["belief"], 0.3 + 0.5 * (0.5 * 0.6 + 0.1 - 0.3))


def test_heads_follow_the_others_of_then_by_hand() -> None:
    model = tampered(
        {"executive_peers": 0}, {"functions": {"commitment": 0.9}}, head_base=0.1, head_peers=0.5,
        head_rate=0.25, head_noise=0.0, head_priority=0.0, head_conflict=0.0, head_sponsor=0.0,
        head_evidence=0.0,
    )  # fmt: skip
    model.state.functions["commitment"] = 0.4
    model.state.programme["ceo"] = 0.6
    others = len(model.functions) - 1
    target = 0.1 + 0.5 * (0.6 + 0.9 * others) / (1 + others)
    model.step()
    np.testing.assert_allclose(model.state.functions["commitment"], 0.4 + 0.25 * (target - 0.4))


def test_quality_is_kept_by_those_who_practised_then_by_hand() -> None:
    model = tampered(
        {"practice_to_quality": 0}, {"employees": {"practising": 1}}, embedding=1.0,
        efficiency_pressure=1.0, quality_erosion=0.1, erosion_embedding=0.8, quality_floor=0.2,
    )  # fmt: skip
    model.state.processes["quality"] = 0.7
    model.step()
    np.testing.assert_allclose(model.state.processes["quality"], 0.7 - 0.1 * 0.2 * 0.5)


def test_the_budget_stays() -> None:
    company = lived(BUSY, {"funding": 20}).company
    assert (company["budget"][:, 19:] == company["budget"][:, 19:20]).all()
    assert (lived(BUSY).company["budget"][:, 59] != company["budget"][:, 59]).all()


# --- forks, faces, threads ------------------------------------------------------------------------


def test_variants_with_links_held_give_the_numbers_of_runs_of_their_own() -> None:
    trunk = {"managers": 12, "word_of_mouth": 33}
    cuts = [trunk, {**trunk, "peers": 5}, {**trunk, "peers": 40}, {"managers": 12}, None]
    scenarios = [BUSY, BUSY, BUSY.with_weeks(50), BUSY, BUSY.with_levers(workload=0.9)]
    found = live_variants(scenarios, everything, replicates=2, seed=3, cuts=cuts)
    assert found is not None
    for scenario, cut, rows in zip(scenarios, cuts, found, strict=True):
        alone = Ensemble(scenario, 3, lived(scenario, cut))
        wanted = [alone.series(name) for name in ("adoption", "churned", "load")]
        np.testing.assert_array_equal(rows, np.concatenate(wanted, axis=1))


def test_plans_part_where_a_link_is_held_in_one_of_them() -> None:
    def shared(*cuts: dict[str, int] | None) -> int:
        return engine.shared_weeks(*(engine.prepare(BUSY, cut) for cut in cuts))

    assert shared(None, {"peers": 17}) == 17
    assert shared({"peers": 17, "funding": 9}, {"peers": 30, "funding": 9}) == 17
    assert shared({"peers": 17}, {"peers": 17}) == BUSY.weeks


def test_a_snapshot_takes_what_is_held_along() -> None:
    prepared = engine.prepare(BUSY, {"peers": 10, "word_of_mouth": 25})
    trunk = engine.advance(engine.begin(engine.prepare(BUSY), 3, 0), engine.prepare(BUSY), 8)
    for week in (15, 30, BUSY.weeks):
        trunk = engine.advance(trunk, prepared, week)
    whole = lived(BUSY, {"peers": 10, "word_of_mouth": 25})
    assert all(
        part.tobytes() == every[0].tobytes()
        for part, every in zip(trunk.record, whole, strict=True)
    )


def test_the_mesa_face_holds_links_too() -> None:
    cuts = {name: 7 * place % 50 for place, name in enumerate(LINK_NAMES)}
    model = CXModel(BUSY, seed=3, replicate=1, cuts=cuts)
    model.run()
    whole = lived(BUSY, cuts)
    assert model.record.company.tobytes() == whole.company[1].tobytes()


# --- mistakes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cuts", "message"),
    [
        ({"piers": 3}, "piers: no such link, did you mean 'peers'"),
        ({"peers": -1}, "peers: -1 is out of range"),
        ({"peers": 2.5}, "peers: 2.5 where a whole number"),
        ({"peers": 521}, "peers: 521 is out of range"),
    ],
)
def test_what_cannot_be_held_is_refused(cuts: dict[str, Any], message: str) -> None:
    with pytest.raises(CxsimError, match=message):
        engine.prepare(BUSY, cuts)
