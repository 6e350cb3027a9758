"""Initiatives, rule by rule, against values worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim import engine
from cxsim.rules.initiatives import (
    any_free,
    breed_conflict,
    celebrate,
    complete,
    cooperation,
    count_running,
    discover,
    effort_of,
    erosion_rate,
    fade,
    gain_and_win,
    house_cooperation,
    insight,
    owners_conflict,
    reach,
    staff,
    start,
    worst_known,
)
from cxsim.scenario_file import load
from cxsim.state import CROSS, FUNCTION, INITIATIVE, LOCAL, PROCESS, QUICK, TOUCHPOINT, State
from tests import rows
from tests.twin.scenarios import firm

LOCAL_POINT = rows.row(TOUCHPOINT, owner=0, partner=-1, share=0.25)
HANDOFF = rows.row(TOUCHPOINT, owner=0, partner=1, share=0.25)


def test_reach_has_diminishing_returns() -> None:
    facts = rows.facts(capability_unit=0.5)
    assert reach(0.0, 0.5, 200, facts) == 0.0
    assert reach(2.0, 0.5, 200, facts) == pytest.approx(0.6321205588285577)
    assert reach(4.0, 0.5, 200, facts) == pytest.approx(0.8646647167633873)
    assert reach(1e9, 0.5, 200, facts) == 1.0


@pytest.mark.parametrize(
    ("week", "people"),
    [({}, 3.0), ({"present": 0}, 3.0), ({"active": 0}, 0.0), ({"active": 0, "present": 0}, 0.0)],
)
def test_staff_is_paid_in_a_vacancy_too(week: dict[str, int], people: float) -> None:
    assert staff(rows.week(**week), rows.levers(resources=3.0), 0.5, 200) == pytest.approx(people)


LISTENING = {
    "insight_share": 0.5,
    "data_access": 0.5,
    "survey_coverage": 0.5,
    "leading_indicators": 0.5,
}


def heard(**levers: float) -> float:
    facts = rows.facts(
        capability_unit=0.5, data_floor=0.3, coverage_floor=0.4, leading_floor=0.6
    )  # fmt: skip
    return insight(2.0, 200, rows.levers(**LISTENING | levers), facts)


def test_insight_by_hand() -> None:
    assert heard() == pytest.approx(0.2300918834, abs=1e-9)  # 0.63212 x 0.65 x 0.7 x 0.8


@pytest.mark.parametrize("lever", LISTENING)
def test_better_listening_never_lowers_insight(lever: str) -> None:
    values = [heard(**{lever: value}) for value in np.linspace(0.0, 1.0, 11)]
    assert all(np.diff(values) > 0)
    assert values[-1] <= 1.0


def test_pain_points_are_found_forgotten_and_grow_older() -> None:
    process = rows.row(PROCESS, quality=0.5, issues=2.0, issue_age=10.0)
    discover(process, 0.8, 0.4, rows.facts(issue_discovery=0.5, issue_forget=0.1))
    assert process["issues"] == pytest.approx(1.88)
    assert process["issue_age"] == pytest.approx(10.531914893617)


def test_a_pain_point_is_new_in_its_first_week() -> None:
    process = rows.row(PROCESS, quality=0.5)
    discover(process, 1.0, 1.0, rows.facts(issue_discovery=0.5))
    assert (process["issues"], process["issue_age"]) == (0.25, 0.0)


def test_a_perfect_process_has_none() -> None:
    process = rows.row(PROCESS, quality=1.0, issue_age=3.0)
    discover(process, 1.0, 1.0, rows.facts())
    assert (process["issues"], process["issue_age"]) == (0.0, 0.0)


# --- cooperation --------------------------------------------------------------------------------

HALF = {"accountability": 0.5, "charter": 0.5, "assertiveness": 0.4}


@pytest.mark.parametrize(
    ("is_host", "present", "pace"), [(False, 1, 0.1296), (True, 1, 0.216), (False, 0, 0.108)]
)
def test_house_cooperation_by_hand(is_host: bool, present: int, pace: float) -> None:
    facts = rows.facts(
        coop_commitment=0.2, coop_accountability=0.5, coop_line=0.2, coop_charter=0.6,
        coop_assertiveness=0.5,
    )  # fmt: skip
    head = rows.function(commitment=0.5, conflict=0.5)
    week = rows.week(line=0.5, present=present)
    found = house_cooperation(head, is_host, week, rows.levers(**HALF), facts)
    assert found == pytest.approx(pace)


def plain(**values: float) -> Any:
    """Facts under which a house cooperates exactly as far as its head is committed."""
    whole = {"coop_accountability": 1.0, "coop_line": 1.0, "coop_charter": 1.0}
    return rows.facts(**whole | {"coop_commitment": 0.0, "coop_assertiveness": 0.0} | values)


PAIR = rows.table(FUNCTION, [{"commitment": 1.0}, {"commitment": 0.5, "conflict": 0.0}])


def test_over_a_handoff_the_weaker_owner_decides() -> None:
    facts = plain(handoff_coherence=0.2, handoff_base=0.5, handoff_ties=5.0, handoff_status=0.5)
    levers = rows.levers(coherence=0.5, cross_functional_ties=0.04, status_seeking=0.4)
    assert cooperation(LOCAL_POINT, 9, PAIR, rows.week(), levers, facts) == pytest.approx(1.0)
    assert cooperation(HANDOFF, 9, PAIR, rows.week(), levers, facts) == pytest.approx(0.168)


def test_more_than_a_tenth_of_ties_across_helps_no_further() -> None:
    paces = [
        cooperation(HANDOFF, 9, PAIR, rows.week(), rows.levers(cross_functional_ties=ties), plain())
        for ties in (0.0, 0.05, 0.1, 0.5)
    ]
    assert paces[0] < paces[1] < paces[2] == paces[3]


HOW = (
    *("accountability", "charter", "assertiveness", "coherence"),
    *("cross_functional_ties", "status_seeking"),
)
share = st.floats(0.0, 1.0)


@settings(max_examples=60)
@given(
    commitments=st.tuples(share, share),
    conflicts=st.tuples(share, share),
    levers=st.fixed_dictionaries(dict.fromkeys(HOW, share)),
    line=share,
)
def test_a_handoff_is_never_faster_than_the_owners_own_house(
    commitments: Any, conflicts: Any, levers: dict[str, float], line: float
) -> None:
    pair = rows.table(
        FUNCTION,
        [
            {"commitment": commitment, "conflict": conflict}
            for commitment, conflict in zip(commitments, conflicts, strict=True)
        ],
    )
    week = rows.week(line=line)
    local, handoff = (
        cooperation(point, 9, pair, week, rows.levers(**levers), rows.facts())
        for point in (LOCAL_POINT, HANDOFF)
    )
    assert 0.0 <= handoff <= local + 1e-12


# --- starting -----------------------------------------------------------------------------------

POINTS = rows.table(
    TOUCHPOINT,
    [
        {"owner": 0, "partner": -1, "share": 0.3},
        {"owner": 1, "partner": -1, "share": 0.3},
        {"owner": 0, "partner": 1, "share": 0.4},
    ],
)


def processes(**third: float) -> np.ndarray:
    # Weights share x gap x pain points: 0.3, 0.3 and 0.4.
    return rows.table(
        PROCESS,
        [
            {"quality": 0.5, "issues": 2.0},
            {"quality": 0.0, "issues": 1.0},
            {"quality": 0.5, "issues": 2.0} | third,
        ],
    )


def test_the_worst_known_process_comes_first_and_the_first_of_equals() -> None:
    assert worst_known(processes(), POINTS, False) == 2
    assert worst_known(processes(), POINTS, True) == 0
    assert worst_known(processes(busy=1), POINTS, False) == 0
    assert worst_known(processes(quality=1.0), POINTS, False) == 0


def test_nothing_known_is_no_choice() -> None:
    assert worst_known(rows.table(PROCESS, [{"quality": 0.2}] * 3), POINTS, False) == -1


def test_a_guess_falls_evenly_on_what_is_free() -> None:
    guesses = [any_free(processes(), POINTS, False, u) for u in (0.01, 0.34, 0.66, 0.67, 0.999)]
    assert guesses == [0, 1, 1, 2, 2]
    assert [any_free(processes(), POINTS, True, u) for u in (0.49, 0.51)] == [0, 1]
    assert any_free(rows.table(PROCESS, [{"busy": 1}] * 3), POINTS, False, 0.5) == -1


@pytest.mark.parametrize(
    ("kind", "u", "effort"),
    [(LOCAL, 0.5, 8.0), (LOCAL, 0.0, 4.0), (LOCAL, 1.0, 12.0), (QUICK, 0.5, 3.0), (CROSS, 0.5, 20)],
)
def test_effort(kind: int, u: float, effort: float) -> None:
    facts = rows.facts(effort_quick=3, effort_local=8, effort_cross=20, effort_spread=0.5)
    assert effort_of(kind, u, facts) == pytest.approx(effort)


def test_gain_and_win() -> None:
    facts = rows.facts(gain_quick=0.1, gain_local=0.2, gain_cross=0.3, win_quick=0.4, win_large=0.5)
    assert gain_and_win(QUICK, facts) == (0.1, 0.4)
    assert gain_and_win(LOCAL, facts) == (0.2, 0.5)
    assert gain_and_win(CROSS, facts) == (0.3, 0.5)


def company(**levers: float) -> tuple[engine.Prepared, np.ndarray, State]:
    """A small company at the start of week 0."""
    prepared = engine.prepare(firm(levers, weeks=2))
    snapshot = engine.begin(prepared, 1, 0)
    return prepared, snapshot.key, snapshot.state


@pytest.mark.parametrize(("quick", "process", "kind"), [(1.0, 4, QUICK), (0.0, 13, CROSS)])
def test_who_listens_starts_where_it_hurts(quick: float, process: int, kind: int) -> None:
    prepared, key, state = company(quick_win_share=quick, customer_outcome_focus=1.0)
    state.programme["insight"] = 1.0
    state.processes["issues"][[4, 13]] = 1.0, 50.0
    start(0, 0, key, prepared.firm.touchpoints, prepared.plan.levers[0], prepared.plan.facts[0],
          state)  # fmt: skip
    begun = state.initiatives[0]
    assert (begun["process"], begun["kind"]) == (process, kind)
    assert (begun["known"], begun["customer"]) == (1, 1)
    assert begun["left"] == begun["effort"] > 0
    assert state.processes["busy"].sum() == state.processes["busy"][process] == 1


def test_a_guess_answers_no_known_pain_point() -> None:
    prepared, key, state = company(customer_outcome_focus=0.0)
    start(3, 0, key, prepared.firm.touchpoints, prepared.plan.levers[0], prepared.plan.facts[0],
          state)  # fmt: skip
    assert state.initiatives[3]["process"] >= 0
    assert (state.initiatives[3]["known"], state.initiatives[3]["customer"]) == (0, 0)
    assert count_running(state.initiatives) == 1


def test_when_everything_is_busy_a_slot_stays_free() -> None:
    prepared, key, state = company()
    state.processes["busy"] = 1
    start(0, 0, key, prepared.firm.touchpoints, prepared.plan.levers[0], prepared.plan.facts[0],
          state)  # fmt: skip
    assert count_running(state.initiatives) == 0


# --- finishing ----------------------------------------------------------------------------------


def test_a_win_is_seen_by_its_owners_and_the_company_and_counts_as_evidence() -> None:
    heads = rows.table(FUNCTION, [{"win": 0.4}, {}])
    programme = rows.programme(win=0.5, evidence=0.2)
    facts = rows.facts(
        win_unseen=0.2, win_company=0.4, evidence_gain=0.4, evidence_coherence=0.3,
        evidence_attribution=0.1,
    )  # fmt: skip
    levers = rows.levers(capitalisation=0.5, coherence=0.5, roi_attribution=0.5)
    celebrate(0.5, HANDOFF, heads, programme, levers, facts)
    assert heads["win"] == pytest.approx([0.58, 0.3])
    assert programme["win"] == pytest.approx(0.56)
    assert programme["evidence"] == pytest.approx(0.2572)


COMPLETED = {
    "reference_employees": float(len(company()[2].employees)),
    "gain_local": 0.2,
    "issues_closed": 2.0,
    "unknown_yield": 0.5,
    "efficiency_quality": 0.25,
    "evidence_efficiency": 0.1,
    "saving_per_effort": 40.0,
}


def finish(**initiative: int) -> State:
    _, _, state = company()
    state.processes[0] = (0.5, 3.0, 9.0, 1)
    state.initiatives[0] = (0, LOCAL, 10.0, -0.1, 1, 1)
    for name, value in initiative.items():
        state.initiatives[0][name] = value
    complete(state.initiatives[0], LOCAL_POINT, rows.levers(), rows.facts(**COMPLETED), state)
    assert state.initiatives[0]["process"] == -1
    assert state.processes[0]["busy"] == 0
    assert state.processes[0]["issues"] == 1.0
    assert state.functions[0]["closures"] == 2.0
    return state


@pytest.mark.parametrize(("known", "quality"), [(1, 0.6), (0, 0.55)])
def test_work_for_customers_closes_the_gap(known: int, quality: float) -> None:
    state = finish(known=known)
    assert state.processes[0]["quality"] == pytest.approx(quality)
    assert state.functions[0]["win"] > 0 < state.programme[0]["evidence"]
    assert state.programme[0]["saving"] == 0.0


def test_work_for_efficiency_saves_money_and_is_no_win() -> None:
    state = finish(customer=0)
    assert state.processes[0]["quality"] == pytest.approx(0.525)
    assert state.programme[0]["saving"] == pytest.approx(400.0)
    assert state.programme[0]["evidence"] == pytest.approx(0.1)
    assert state.functions[0]["win"] == state.programme[0]["win"] == 0.0


def bred(cpe: float = 3.0, present: int = 1, charter: float = 0.5) -> float:
    facts = rows.facts(
        conflict_bred=0.1, conflict_diplomacy=0.8, conflict_base=0.4, conflict_assertiveness=1.2
    )
    head = rows.function(commitment=0.5, conflict=0.2)
    levers = rows.levers(charter=charter, diplomacy=0.5, assertiveness=0.5)
    breed_conflict(head, cpe, rows.week(present=present), levers, facts)
    return float(head["conflict"])


def test_changes_that_were_not_agreed_breed_conflict() -> None:
    assert bred() == pytest.approx(0.215)
    assert bred(cpe=0.4) == pytest.approx(0.206)
    assert bred(charter=1.0) == 0.2
    assert bred(present=0) == 0.2


def test_the_worse_conflict_of_two_owners_counts() -> None:
    pair = rows.table(FUNCTION, [{"conflict": 0.1}, {"conflict": 0.6}])
    assert owners_conflict(LOCAL_POINT, pair) == 0.1
    assert owners_conflict(HANDOFF, pair) == 0.6


def test_count_running() -> None:
    slots = rows.table(INITIATIVE, [{"process": n} for n in (-1, 0, 3, -1, -1, -1, 7, -1)])
    assert count_running(slots) == 3


# --- fading -------------------------------------------------------------------------------------

FADING = {
    "win_decay": 0.1,
    "evidence_decay": 0.2,
    "saving_decay": 0.5,
    "quality_erosion": 0.02,
    "erosion_embedding": 0.5,
    "quality_floor": 0.3,
    "control_threshold": 0.2,
    "control_erosion": 3.0,
}


def faded(practising: Any = 1, **levers: float) -> State:
    prepared, _, state = company()
    state.functions["win"] = state.programme["win"] = state.programme["evidence"] = 0.5
    state.programme["saving"] = 100.0
    state.processes["quality"] = 0.8
    state.processes["quality"][5] = 0.25
    state.employees["practising"] = practising
    fade(state.employees, prepared.firm, rows.levers(**levers), rows.facts(**FADING), state)
    return state


def test_wins_evidence_and_savings_fade() -> None:
    state = faded()
    assert state.functions["win"] == pytest.approx(0.45)
    found = {name: float(state.programme[0][name]) for name in ("win", "evidence", "saving")}
    assert found == pytest.approx({"win": 0.45, "evidence": 0.4, "saving": 50.0})


@pytest.mark.parametrize(
    ("levers", "practising", "quality"),
    [
        ({"embedding": 0.0, "efficiency_pressure": 0.2}, 1, 0.79),
        ({"embedding": 1.0, "efficiency_pressure": 0.2}, 1, 0.795),
        ({"embedding": 1.0, "efficiency_pressure": 0.2}, 0, 0.79),
        ({"embedding": 0.0, "efficiency_pressure": 0.1}, 1, 0.775),
        ({"embedding": 0.0, "efficiency_pressure": 0.1}, 0, 0.79),
    ],
    ids=[
        "plain",
        "embedded",
        "embedded, and nobody works that way",
        "control lost",
        "nobody to lose control over",
    ],
)
def test_quality_erodes(levers: dict[str, float], practising: int, quality: float) -> None:
    assert faded(practising, **levers).processes["quality"][0] == pytest.approx(quality)


@pytest.mark.parametrize(
    ("part", "embedding", "pressure", "rate"),
    [
        (0.0, 1.0, 0.2, 0.02),
        (0.5, 1.0, 0.2, 0.015),  # .02 x (1 - .5 x 1 x .5)
        (1.0, 0.5, 0.2, 0.015),
        (0.5, 0.0, 0.2, 0.02),
        (0.5, 0.0, 0.1, 0.035),  # half the control lost: .02 x (1 + 3 x .5 x .5)
        (0.5, 1.0, 0.1, 0.02625),
        (0.5, 1.0, 0.9, 0.015),
    ],
)
def test_erosion_by_hand(part: float, embedding: float, pressure: float, rate: float) -> None:
    """What is embedded keeps quality up only as far as people work that way."""
    levers = rows.levers(embedding=embedding, efficiency_pressure=pressure)
    assert erosion_rate(part, levers, rows.facts(**FADING)) == pytest.approx(rate)


def test_only_those_who_work_in_a_function_keep_its_processes_up() -> None:
    prepared, _, _ = company()
    practising = np.zeros(prepared.firm.function_start[-1])
    practising[: prepared.firm.function_start[1]] = 1
    quality = faded(practising, embedding=1.0, efficiency_pressure=0.2).processes["quality"]
    assert quality[:3] == pytest.approx([0.795, 0.795, 0.79])
    first_handoff = 2 * (len(prepared.firm.function_start) - 1)
    assert quality[first_handoff : first_handoff + 2] == pytest.approx([0.795, 0.79])


def test_quality_below_the_floor_stays() -> None:
    assert faded(embedding=0.0).processes["quality"][5] == 0.25


def test_without_a_programme_nobody_listens_works_or_pays() -> None:
    prepared = engine.prepare(load("no_programme").with_weeks(60))
    record = engine.run_replicates(prepared, 1, 2, threads=1)
    assert record is not None
    for series in (
        *("insight", "initiatives", "wins", "wins_completed", "closures", "open_issues"),
        *("evidence", "budget", "programme_cost", "savings"),
    ):
        assert not record.company[series].any(), series
