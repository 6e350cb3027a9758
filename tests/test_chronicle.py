"""The chronicle: every rule on numbers made by hand, and its promises on all bundled scenarios."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from cxsim import engine
from cxsim.explain.chronicle import KINDS, MOST, Entry, chronicle, rules
from cxsim.explain.trace_readings import REASONS, VIEWS, Readings
from cxsim.figures import describe_event
from cxsim.results import Ensemble, Run
from cxsim.results.trace import Trace, trace
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.series import LEDGERS
from cxsim.state import HIGHEST, LOWEST

FUNCTIONS = ("sales", "service", "finance")
Numbers = float | Sequence[float] | np.ndarray


def made(
    company: dict[str, Numbers],
    function: dict[str, Numbers] | None = None,
    fixes: Sequence[tuple[int, int, int]] = (),
    events: Sequence[dict[str, Any]] = (),
    weeks: int = 80,
) -> Trace:
    """Return a trace with these recorded series; all others are zero throughout."""
    scenario = Scenario("made", "Made", weeks=weeks, events=tuple(events))  # type: ignore[arg-type]
    scenario = scenario.with_organisation({"functions": list(FUNCTIONS), "employees": 100})
    record = engine.empty_records(engine.prepare(scenario), 1)
    start = scenario.coefficients["satisfaction_start"]
    for name, values in {"employees": 100.0, "survey_score": start, **company}.items():
        record.company[name][0] = values
    for name, values in {"employees": 100.0 / 3, **(function or {})}.items():
        record.function[name][0] = values
    run = Run(Ensemble(scenario, 1, record, record.company["revenue"]), 0)
    nobody = dict.fromkeys(("function_of", "layer_of", "manager_of"), np.zeros(0, np.uint8))
    unseen = dict.fromkeys(("practising", "habit", "cynicism"), np.zeros((weeks, 0), np.uint8))
    return Trace(
        scenario,
        seed=1,
        replicate=0,
        run=run,
        employees_shown_of=0,
        customers_shown_of=0,
        ties=np.zeros((0, 2), np.int32),
        fixes=np.array(fixes, np.int32).reshape(-1, 3),
        heads=np.zeros((weeks, len(FUNCTIONS)), np.uint8),
        ceo=np.zeros(weeks, np.uint8),
        customers=np.zeros((weeks, 0), np.uint8),
        **nobody,
        **unseen,
    )


def steps(*parts: tuple[int, float], weeks: int = 80) -> np.ndarray:
    """Return values that change in the given weeks."""
    values = np.zeros(weeks)
    for week, value in parts:
        values[week:] = value
    return values


def of_kind(found: Trace, kind: str) -> list[tuple[int, str, str | None]]:
    return [(one.week, one.text, one.function) for one in chronicle(found) if one.kind == kind]


def texts(found: Trace, kind: str) -> list[tuple[int, str]]:
    return [(week, text) for week, text, _ in of_kind(found, kind)]


# ------------------------------------------------------------------ the programme


def test_the_programme_starts_ends_and_starts_again() -> None:
    found = made({"budget": steps((10, 1.0), (30, 0.0), (50, 1.0))})
    assert [one for one in texts(found, "programme") if "work" in one[1] or "starts" in one[1]] == [
        (10, "the programme starts"),
        (30, "the programme's work ends"),
        (50, "the programme starts again"),
    ]


@pytest.mark.parametrize(
    ("budget", "words"),
    [
        (steps((0, 1.0)), "the programme starts; 7 of 100 people practise already"),
        (steps((9, 1.0)), "there is no programme yet; 7 of 100"),
        (steps(), "there is no programme; 7 of 100"),
    ],
)
def test_the_story_opens_with_how_things_stand(budget: np.ndarray, words: str) -> None:
    first = chronicle(made({"budget": budget, "practising": 7.0, "commitment": 0.3}))[0]
    assert first.week == 0
    assert first.text.startswith(words)
    assert first.text.endswith("commitment is 30 of 100")


def test_years_and_the_end_are_told_with_money_only_where_there_is_a_programme() -> None:
    company: dict[str, Numbers] = {"practising": 20.0, "commitment": 0.5, "contribution": 10.0}
    without = texts(made(company, weeks=120), "programme")
    assert [(week, text.split(":")[0]) for week, text in without[1:]] == [
        (52, "a year on"), (104, "two years on"), (119, "in the end"),
    ]  # fmt: skip
    assert not any("net value" in text for _, text in without)
    last = texts(made({**company, "budget": 1.0}, weeks=120), "programme")[-1]
    score = 100 * (load("typical").coefficients["satisfaction_start"] - LOWEST) / (HIGHEST - LOWEST)
    assert last[1] == (
        "in the end: 20 of 100 people practise, commitment 50, "
        f"survey score {score:.0f} of 100, net value $1,200"
    )


def test_wins_come_into_view_and_go() -> None:
    found = texts(made({"wins": steps((5, 0.15), (30, 0.01))}), "programme")
    assert (5, "wins become visible across the company: 15 of 100") in found
    assert (30, "wins are seen less, below 10 of 100") in found


def test_a_programme_that_finishes_nothing_is_told_of() -> None:
    dry = texts(made({"budget": 1.0}, fixes=[(40, 0, -1)]), "programme")
    assert [one for one in dry if "finished" in one[1]] == [
        (26, "half a year without a finished fix"),
        (66, "half a year without a finished fix"),
    ]
    idle = texts(made({}), "programme")
    assert not any("finished" in text for _, text in idle), "nobody is at work"


# ------------------------------------------------------------------ events and fixes


def test_events_speak_their_own_words() -> None:
    events = [
        {"week": 9, "shock": {"executive_replaced": {"function": "sales"}}},
        {"week": 4, "shock": {"price_rise": 0.1}, "note": "Dearer"},
        {"week": 4, "shock": {"price_rise": 0.1}, "note": "Dearer"},
    ]
    commitment = np.stack([steps((0, 0.6), (9, 0.2))] + [steps((0, 0.6))] * 2, axis=1)
    found = made({}, {"commitment": commitment}, events=events)
    assert of_kind(found, "event") == [
        (4, "Dearer", None),
        (9, "an executive is replaced", "sales"),
    ]
    assert of_kind(found, "leader") == [
        (
            9,
            "a new head of sales takes over, with a commitment of 20 of 100; before it was 60",
            "sales",
        )
    ]


def test_first_fixes_and_every_tenth_are_told() -> None:
    more = [(30 + n, 0, -1) for n in range(16)]
    found = made({}, fixes=[(3, 1, -1), (5, 1, -1), (6, 0, 1), (8, 2, -1), *more])
    assert of_kind(found, "fix") == [
        (3, "the first fix is done, in service", "service"),
        (6, "the first cross-functional fix is done, between sales and service", None),
        (8, "finance: the first fix is done", "finance"),
        (35, "10 fixes are done", None),
        (45, "20 fixes are done", None),
    ]


# ------------------------------------------------------------------ leaders


def heads(*columns: np.ndarray) -> dict[str, Numbers]:
    return {"commitment": np.stack(columns, axis=1)}


def test_heads_warm_and_cool_alone_and_together() -> None:
    calm, high = steps((0, 0.4)), steps((0, 0.4), (20, 0.55), (60, 0.45))
    assert of_kind(made({}, heads(high, calm, calm)), "leader") == [
        (20, "the head of sales warms: commitment past 50 of 100", "sales"),
        (60, "the head of sales cools: commitment below 50 of 100", "sales"),
    ]
    together = of_kind(made({}, heads(high, high, calm)), "leader")
    assert together[0] == (
        20, "the heads of sales and service warm: commitment past 50 of 100", None,
    )  # fmt: skip
    assert "all heads cool" in of_kind(made({}, heads(high, high, high)), "leader")[1][1]


def test_a_head_may_move_quickly_between_two_marks() -> None:
    calm = steps((0, 0.35))
    quick = np.interp(np.arange(80), [20, 26, 60, 66], [0.33, 0.47, 0.47, 0.33])
    assert texts(made({}, heads(quick, calm, calm)), "leader") == [
        (25, "the head of sales warms quickly, by more than 10 points in eight weeks"),
        (65, "the head of sales cools quickly, by more than 10 points in eight weeks"),
    ]


UP, DOWN = steps((0, 0.45), (20, 0.55)), steps((0, 0.55), (60, 0.45))
CALM = steps((0, 0.4))
EARNINGS = {"week": 50, "shock": {"earnings": {"size": 0.5, "weeks": 5}}}


@pytest.mark.parametrize(
    ("head", "more", "words"),
    [
        (UP, {"fixes": [(14, 0, -1)]}, ", after a fix in the house"),
        (UP, {"fixes": [(15, 1, 0)]}, ", after a fix in the house"),
        (UP, {"fixes": [(12, 0, -1)]}, ""),
        (UP, {"fixes": [(14, 1, -1)]}, ""),
        (UP, {"evidence": steps((16, 0.06))}, ", as the evidence that it pays grows"),
        (UP, {"evidence": steps((11, 0.06))}, ""),
        (UP, {"ceo_commitment": 0.8}, ", with the CEO ahead at 80 of 100"),
        (UP, {"ceo_commitment": 0.6}, ""),
        (UP, {"conflict": steps((0, 0.15), (16, 0.05))}, ", as conflict eases"),
        (DOWN, {"conflict": steps((55, 0.1))}, ", as conflict grows"),
        (DOWN, {"budget": steps((55, 1.0))}, ", after the CCO took office"),
        (DOWN, {"budget": steps((40, 1.0), (56, 0.9))}, ", after a cut of the budget"),
        (DOWN, {"budget": 1.0}, ", with little evidence that it pays"),
        (DOWN, {"budget": steps((30, 1.0))}, ""),
        (DOWN, {"evidence": steps((0, 0.5), (57, 0.4))}, ", as the evidence that it pays fades"),
        (DOWN, {"events": [EARNINGS]}, ", in a time of bad earnings"),
    ],
)
def test_a_reason_is_named_when_the_same_weeks_bear_it_out(
    head: np.ndarray, more: dict[str, Any], words: str
) -> None:
    special = {key: more.pop(key) for key in ("fixes", "events") if key in (more := dict(more))}
    function: dict[str, Any] = heads(head, CALM, CALM)
    if "conflict" in more:
        function["conflict"] = np.stack([more.pop("conflict"), 0 * CALM, 0 * CALM], axis=1)
    found = of_kind(made(more, function, **special), "leader")
    sales = [text for _, text, function in found if function == "sales" and "commitment" in text]
    moved = "warms: commitment past" if head is UP else "cools: commitment below"
    assert sales == [f"the head of sales {moved} 50 of 100{words}"]


def test_the_ceo_conflict_and_empty_words_are_told_of() -> None:
    company: dict[str, Numbers] = {
        "ceo_commitment": steps((0, 0.6), (40, 0.75)),
        "stated_commitment": steps((0, 0.2), (30, 0.4)),
    }
    conflict = np.stack([steps((10, 0.25)), steps(), steps()], axis=1)
    assert texts(made(company, {"conflict": conflict}), "leader") == [
        (0, "from the first day the heads say more than they do: stated support is 20 points "
            "above commitment"),
        (10, "conflict around the head of sales passes 20 of 100"),
        (30, "the heads say more than they do: stated support is 40 points above commitment"),
        (40, "the CEO warms: commitment past 70 of 100"),
    ]  # fmt: skip


# ------------------------------------------------------------------ people


def test_the_spread_of_practice_is_told_with_the_ledger() -> None:
    people = steps((0, 5), (20, 30), (40, 55), (60, 20))
    company: dict[str, Numbers] = {
        "practising": people,
        "adoption": people / 100,
        "starts": steps((19, 5), (21, 0)),
        "start_peers": steps((19, 3), (21, 0)),
        "start_wins": steps((20, 2), (21, 0)),
        "stop_overload": steps((60, 9), (61, 0)),
        "stop_turnover": steps((60, 1), (61, 0)),
    }
    assert texts(made(company), "people") == [
        (20, "a quarter of the company practise: 30 of 100 people; commonest reason to start of "
             "late: colleagues' example"),
        (40, "half of the company practise: 55 of 100 people"),
        (60, "practice falls back, 63 % below its best: 20 of 100 people are left; commonest "
             "reason to stop of late: overload"),
    ]  # fmt: skip


def test_functions_have_their_firsts_and_their_halves() -> None:
    zero = steps()
    practising = np.stack([steps((0, 1)), steps((7, 1), (9, 0), (12, 2)), zero], axis=1)
    adoption = np.stack([steps((0, 0.3)), steps((30, 0.6)), steps((30, 0.7))], axis=1)
    found = made({}, {"practising": practising, "adoption": adoption})
    assert of_kind(found, "people") == [
        (7, "the first in service to practise", "service"),
        (30, "in service and finance, half of the people practise", None),
    ]


def test_habit_minds_and_load_are_told_of() -> None:
    company: dict[str, Numbers] = {
        "embedded": steps((10, 0.3)),
        "awareness": steps((20, 0.6)),
        "cynicism": steps((30, 0.35), (50, 0.1)),
        "load": steps((0, 0.6), (40, 1.05), (60, 0.6)),
    }
    assert texts(made(company), "people") == [
        (10, "for a quarter of the company it has become a habit"),
        (20, "awareness passes 50 of 100"),
        (30, "cynicism passes 30 of 100"),
        (40, "people are overloaded: there is work for 105 % of their time"),
        (50, "cynicism eases below 20 of 100"),
        (60, "people have more time again: the load falls below 80 %"),
    ]


# ------------------------------------------------------------------ customers and money


def points(*parts: tuple[int, float]) -> np.ndarray:
    """Return satisfaction that stands at so many points of 100."""
    return steps(*parts) * (HIGHEST - LOWEST) / 100 + LOWEST


def customers(**company: Numbers) -> list[tuple[int, str]]:
    steady: dict[str, Numbers] = {"active_customers": 200.0, "satisfaction": points((0, 50))}
    return texts(made({**steady, **company}), "customers")


def test_a_score_may_part_from_satisfaction() -> None:
    score, satisfaction = points((0, 60), (40, 64)), points((0, 50), (40, 47))
    assert customers(survey_score=score, satisfaction=satisfaction) == [
        (0, "the first survey score is published: 60 of 100"),
        (40, "the published score rose in half a year while satisfaction fell, each by 2 points "
             "or more"),
        (40, "customers are 3 points less satisfied than in the first quarter"),
    ]  # fmt: skip
    belied = customers(
        survey_score=points((0, 60), (40, 54)), satisfaction=points((0, 50), (40, 56))
    )
    assert (40, "the published score fell in half a year while satisfaction rose, each by 5 points "
                "or more") in belied  # fmt: skip


def test_an_old_backlog_is_told_of_unless_it_is_tiny() -> None:
    age = np.arange(80.0)
    assert customers(issue_age=age, open_issues=12.0) == [
        (26, "the backlog ages: 12 known pain points are open, half a year old or more on average"),
        (52, "the backlog ages: 12 known pain points are open, a year old or more on average"),
        (78, "the backlog ages: 12 known pain points are open, a year and a half old or more on "
             "average"),
    ]  # fmt: skip
    assert customers(issue_age=age, open_issues=3.0) == []


def test_churn_and_custom_are_held_against_the_start() -> None:
    falling = customers(churned=steps((0, 1.0), (40, 0.25)), acquired=steps((0, 1.0), (40, 0.25)))
    assert [(week, text.split(",")[0]) for week, text in falling] == [
        (43, "churn is 20 % below that of the first quarter"),
        (56, "churn is 60 % below that of the first quarter"),
    ]
    rising = customers(churned=steps((0, 1.0), (40, 4.0)), acquired=steps((0, 1.0), (40, 4.0)))
    assert rising[0][1].startswith("churn is 20 % above that of the first quarter, at ")
    assert customers(active_customers=steps((0, 200), (30, 185), (60, 215))) == [
        (30, "5 % fewer customers than at the start"),
        (60, "5 % more customers than at the start"),
    ]


def test_a_price_rise_hurts_and_heals() -> None:
    pain = steps((20, 6.0), (40, 0.0)) * (HIGHEST - LOWEST) / 100
    assert customers(price_pain=pain + 1e-9) == [
        (20, "the price rise hurts: it costs 6 points of satisfaction"),
        (40, "the pain of the price rise eases, to less than 2 points of satisfaction"),
    ]


def test_budgets_are_raised_cut_and_starved() -> None:
    budget = steps((0, 1.0), (13, 1.25), (26, 0.5), (52, 0.1), (70, 0.0))
    assert texts(made({"budget": budget}), "money") == [
        (13, "the budget is raised to 125 % of plan"),
        (26, "the budget is cut to 50 % of plan"),
        (52, "the programme starves: 10 % of its budget is left"),
    ]


def test_money_turns_and_pays_back() -> None:
    company: dict[str, Numbers] = {
        "contribution": steps((0, -1000.0), (20, 1000.0)),
        "programme_cost": 1000.0,
    }
    assert texts(made(company), "money") == [
        (19, "the net value is at its lowest, -$20,000"),
        (39, "from here on the programme has paid for itself, to the end"),
    ]
    sunk = made({"contribution": -1000.0, "programme_cost": 1000.0})
    assert texts(sunk, "money") == []


# ------------------------------------------------------------------ promises


@pytest.fixture(scope="module", params=bundled())
def told(request: pytest.FixtureRequest) -> tuple[Trace, list[Entry]]:
    found = trace(load(request.param))
    return found, chronicle(found)


def test_entries_are_ordered_single_and_neither_few_nor_many(
    told: tuple[Trace, list[Entry]],
) -> None:
    found, entries = told
    weeks = [one.week for one in entries]
    assert weeks == sorted(weeks)
    assert weeks[0] == 0
    assert weeks[-1] < found.weeks
    assert len(set(entries)) == len(entries)
    assert 8 <= len(entries) <= MOST + len(found.scenario.events) <= 70
    for one in entries:
        assert one.kind in KINDS
        assert one.function is None or one.function in found.functions
        assert one.text == one.text.strip() != ""
        assert not re.search(r"[{}]|\bnan\b|  ", one.text)


def test_every_event_of_the_timeline_is_told(told: tuple[Trace, list[Entry]]) -> None:
    found, entries = told
    events = {(event.week, describe_event(event)) for event in found.scenario.events}
    assert {(one.week, one.text) for one in entries if one.kind == "event"} == events


def test_nothing_is_told_twice_within_eight_weeks(told: tuple[Trace, list[Entry]]) -> None:
    _, entries = told
    last: dict[str, int] = {}
    for one in entries:
        pattern = re.sub(r"[\d,.]+", "#", one.text)
        assert one.week - last.get(pattern, -8) >= 8 or one.kind == "fix", one
        last[pattern] = one.week


def test_every_turn_holds_in_the_numbers_of_its_week(told: tuple[Trace, list[Entry]]) -> None:
    found, _ = told
    readings = Readings(found)
    for rule in rules():
        values = rule.values(readings)
        before = -rule.gap
        for turn in rule.turns(readings):
            now = values[turn.week, list(turn.members)]
            mark = rule.marks[turn.place]
            if rule.window:
                moved = now - values[turn.week - rule.window, list(turn.members)]
                assert (moved > mark if turn.rising else moved < -mark).all()
            else:
                earlier = values[: turn.week, list(turn.members)]
                assert (now >= mark if turn.rising else now < mark).all(), (rule.name, turn)
                assert ((earlier < mark) if turn.rising else (earlier >= mark)).any(axis=0).all()
            assert turn.week - before >= rule.gap
            before = turn.week


def numbers_of(text: str, pattern: str) -> list[int]:
    match = re.search(pattern, text)
    return [int(part) for part in match.groups()] if match else []


def test_numbers_in_the_words_are_those_of_the_run(told: tuple[Trace, list[Entry]]) -> None:
    found, entries = told
    run, checked = found.run, 0
    for one in entries:
        if people := numbers_of(one.text, r"(\d+) of (\d+) people"):
            exact = [run.series("practising")[one.week], run.series("employees")[one.week]]
            assert people == exact
            checked += 1
        if fixes := numbers_of(one.text, r"^(\d+) fixes are done"):
            assert (found.fixes[: fixes[0], 0] <= one.week).all()
            assert found.fixes[fixes[0] - 1, 0] == one.week
        if one.function and (past := numbers_of(one.text, r"commitment past (\d+)")):
            head = run.function_series("commitment")[one.week, found.functions.index(one.function)]
            assert head >= past[0] / 100
            assert "cools" not in one.text
        if one.text.startswith("from here on"):
            assert (run.series("net_value")[one.week :] >= 0.0).all()
        if below := numbers_of(one.text, r"churn is (\d+) % below"):
            churn = run.series("churn_yearly")
            assert churn[one.week] <= churn[12] * (1 - below[0] / 100) + 1e-12
    assert checked >= 3


def test_a_run_of_any_length_has_a_story() -> None:
    for weeks in (1, 2, 14, 30):
        found = trace(load("typical").with_weeks(weeks))
        entries = chronicle(found)
        assert entries[0].week == 0
        assert entries[-1].week <= weeks - 1


def test_the_words_use_what_the_readings_know() -> None:
    for rule in rules():
        assert rule.kind in KINDS
        assert rule.up or rule.down
        assert list(rule.marks) == sorted(rule.marks)
        assert len(rule.names) in (0, len(rule.marks))
        assert {*rule.after_up, *rule.after_down} <= set(REASONS)
    assert {rule.reading for rule in rules()} >= set(VIEWS), "a view that nobody reads"
    assert {"starts", "stops"} <= set(LEDGERS)
