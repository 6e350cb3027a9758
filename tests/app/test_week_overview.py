"""The drawing of the week against the engine's order of calls and the specification."""

from __future__ import annotations

import ast
import inspect
import textwrap

import pytest

from cxsim import parameters
from cxsim.app import texts, week_overview
from cxsim.app.week_overview import BEFORE, SPOKEN, overview, piece, uses
from cxsim.errors import CxsimError
from cxsim.rules.week import WEEK, live_week

STEPS = overview().steps
PLACE = {step.name: nth for nth, step in enumerate(STEPS)}
HOLDING = "links"  # an experimenter's hand before the week, no step of the company's
RULES = {step.name: step.equations for step in STEPS}


def test_the_steps_are_those_of_the_engine_in_their_order() -> None:
    source = textwrap.dedent(inspect.getsource(getattr(live_week, "py_func", live_week)))
    calls = [ast.unparse(node.func) for node in ast.walk(ast.parse(source))
             if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]  # fmt: skip
    of_rules = {
        f"{rule.__module__.rpartition('.')[2]}.{getattr(rule, 'py_func', rule).__name__}": name
        for name, rule in WEEK.items()
    }
    steps = [HOLDING, *(step.name for step in STEPS)]
    assert [of_rules[call] for call in calls] == steps
    assert list(WEEK) == steps


@pytest.mark.parametrize("flow", overview().flows, ids=lambda flow: f"{flow.source}-{flow.target}")
def test_the_rule_of_the_target_reads_what_flows(flow: week_overview.Flow) -> None:
    assert flow.symbols
    assert [words for words in flow.symbols if words not in RULES[flow.target]] == []


def test_no_two_flows_join_the_same_steps() -> None:
    joined = [(flow.source, flow.target) for flow in overview().flows]
    assert len(joined) == len(set(joined))
    assert {name for pair in joined for name in pair} <= set(PLACE)


@pytest.mark.parametrize("loop", overview().loops, ids=lambda loop: loop.title)
def test_a_loop_follows_flows_and_comes_back_in_a_later_week(loop: week_overview.Loop) -> None:
    joined = {(flow.source, flow.target) for flow in overview().flows}
    assert set(loop.hops) <= joined
    assert loop.hops[-1][1] == loop.steps[0]
    assert any(PLACE[to] <= PLACE[source] for source, to in loop.hops)


def test_nothing_reads_the_score_or_the_record() -> None:
    assert {flow.source for flow in overview().flows}.isdisjoint(
        {"voice of the customer", "record"}
    )
    assert "*no rule reads the score itself*" in " ".join(texts.read("odd").split())


def test_every_actor_acts_and_no_other() -> None:
    assert {step.actor for step in STEPS} == set(overview().actors)


def test_the_pieces_make_up_the_whole_rules_of_the_specification() -> None:
    titles = dict.fromkeys(section for section, _, _ in week_overview.PIECES.values())
    for title in titles:
        parts = [RULES[name] for name, where in week_overview.PIECES.items() if where[0] == title]
        assert "".join(" ".join(parts).split()) == "".join(piece(title).split())


def test_a_piece_that_does_not_exist_is_named() -> None:
    with pytest.raises(CxsimError, match="no section 'Weather'"):
        piece("Weather")
    with pytest.raises(CxsimError, match=r"'Leadership', has no passage 'Rain\."):
        piece("Leadership", "Rain.")


def test_the_parameters_of_a_step_are_those_its_equations_name() -> None:
    assert "habit_gain" in STEPS[PLACE["workforce"]].parameters
    assert "habit_gain" not in STEPS[PLACE["leadership"]].parameters
    assert "effort_cross" in STEPS[PLACE["initiatives"]].parameters
    assert STEPS[PLACE["record"]].parameters == ()


def test_every_parameter_is_used_somewhere() -> None:
    assert list(uses()) == parameters.registry().names()
    assert [name for name, places in uses().items() if not places] == []


def test_parameters_called_by_other_words_are_not_named_themselves() -> None:
    sections = [*RULES.values(), *(piece(section) for section in BEFORE.values())]
    code = {word for text in sections for word in week_overview.names_in_code(text)}
    assert [name for name in SPOKEN if name in code] == []
    assert [words for words in SPOKEN.values() if not any(words in text for text in sections)] == []
