"""The Mesa face gives the numbers of the compiled run, and can be changed from Python."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cxsim import engine
from cxsim.errors import CxsimError
from cxsim.model import CXModel
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load
from cxsim.state import Record

SEED = 5
WEEKS = 60
# Few people, short run, yet each kind of shock and a change of the reporting tree.
EVENTFUL: dict[str, Any] = {
    "organisation": {"employees": 120},
    "market": {"customers": 400},
    "weeks": WEEKS,
    "events": [
        {"week": 5, "shock": {"price_rise": 0.1}},
        {"week": 12, "shock": {"cco_leaves": {"vacancy": 6}}},
        {"week": 20, "set": {"span_of_control": 4, "cross_functional_ties": 0.4}},
        {"week": 30, "shock": {"outage": {"size": 0.3, "weeks": 4}}},
        {"week": 40, "set": {"holdouts": ["sales"]}},
    ],
}


def eventful() -> Scenario:
    return Scenario("eventful", "Much happens", **EVENTFUL)


def assert_same(actual: Record, expected: Record) -> None:
    for name, a, b in zip(Record._fields, actual, expected, strict=True):
        assert a.shape == b.shape, name
        for series in a.dtype.names or ():
            np.testing.assert_array_equal(a[series], b[series], f"{name}.{series}", strict=True)


def compiled_run(scenario: Scenario, replicates: int = 1) -> list[Record]:
    records = engine.run_replicates(engine.prepare(scenario), SEED, replicates)
    assert records is not None
    return [engine.replicate_record(records, r) for r in range(replicates)]


def finished(scenario: Scenario, replicate: int = 0, model: type[CXModel] = CXModel) -> CXModel:
    one = model(scenario, seed=SEED, replicate=replicate)
    one.run()
    return one


# --- the same numbers ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["eventful", *bundled()])
def test_same_bits_as_the_compiled_run(name: str) -> None:
    scenario = eventful() if name == "eventful" else load(name)
    for replicate, expected in enumerate(compiled_run(scenario, 3)):
        assert_same(finished(scenario, replicate).record, expected)


def test_two_models_side_by_side_do_not_touch_each_other() -> None:
    expected = compiled_run(eventful(), 2)
    one, other = (CXModel(eventful(), seed=SEED, replicate=r) for r in range(2))
    for _ in range(WEEKS):
        one.step()
        other.step()
    assert_same(one.record, expected[0])
    assert_same(other.record, expected[1])


@pytest.mark.parametrize(
    ("name", "value"),
    [("communication", 0.9), ("span_of_control", 2), ("holdouts", ["sales"]), ("resources", 0)],
)
@pytest.mark.parametrize("week", [0, 35])
def test_setting_a_lever_equals_the_event(name: str, value: Any, week: int) -> None:
    model = CXModel(eventful(), seed=SEED)
    if week:
        model.run_for(week)
    model.set_lever(name, value)
    model.run()
    same = eventful().with_events([{"week": week, "set": {name: value}}])
    assert_same(model.record, compiled_run(same)[0])
    assert model.scenario == same


def test_a_shock_from_python_equals_the_event() -> None:
    shock = {"demand_surge": {"size": 0.5, "weeks": 8}}
    model = CXModel(eventful(), seed=SEED)

    def happen() -> None:  # Mesa refuses a lambda here
        model.happen(shock=shock)

    model.schedule_event(happen, at=25)
    model.run_for(WEEKS)
    (expected,) = compiled_run(eventful().with_events([{"week": 25, "shock": shock}]))
    assert_same(model.record, expected)


def test_many_replicates_of_one_scenario_differ() -> None:
    first, second = (finished(eventful(), replicate).frame() for replicate in range(2))
    assert not first.equals(second)


# --- time ------------------------------------------------------------------------------------


def test_time_passes_week_by_week() -> None:
    model = CXModel(eventful(), seed=SEED)
    assert (model.week, model.horizon, model.running) == (0, WEEKS, True)
    model.step()
    model.run_for(9)
    assert (model.week, model.steps, model.time) == (10, 10, 10.0)
    assert [len(part) for part in model.record] == [10, 10, 10]
    model.run_until(WEEKS)
    assert (model.week, model.running) == (WEEKS, False)


@pytest.mark.parametrize("go_on", [CXModel.step, lambda model: model.run_for(5)])
def test_nothing_passes_beyond_the_horizon(go_on: Any) -> None:
    model = finished(eventful())
    before = model.frame()
    for _ in range(2):
        with pytest.raises(CxsimError, match=r"ends after 60 weeks and 60 have passed.*with_weeks"):
            model.step() if go_on is CXModel.step else go_on(model)
    assert model.frame().equals(before)
    assert model.week == WEEKS


def test_levers_cannot_be_set_when_no_week_is_left() -> None:
    with pytest.raises(CxsimError, match="60"):
        finished(eventful()).set_lever("communication", 0.9)


def test_a_rule_that_fails_is_not_passed_over_in_silence() -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    model = CXModel(eventful(), seed=SEED)
    model.run_for(3)
    model.rules["customers"] = fail
    with pytest.raises(ZeroDivisionError):
        model.step()
    with pytest.raises(CxsimError, match=r"week 3 was interrupted.*new model"):
        model.step()


# --- rules written in Python -----------------------------------------------------------------


class Watcher(CXModel):
    """Changes nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen: list[tuple[str, int, int]] = []

    def before_week(self) -> None:
        self.seen.append(("before", self.week, len(self.record.company)))

    def after_week(self) -> None:
        self.seen.append(("after", self.week, len(self.record.company)))


class Quiet(CXModel):
    """A company whose customers' complaints are lost."""

    def after_week(self) -> None:
        for head in self.heads.values():
            head.complaint_rate = 0.0
        self.processes.set("issues", 0.0)


def test_a_subclass_that_changes_nothing_changes_no_bit() -> None:
    model = finished(eventful(), model=Watcher)
    assert isinstance(model, Watcher)
    assert_same(model.record, compiled_run(eventful())[0])
    assert model.seen[:4] == [("before", 0, 0), ("after", 1, 1), ("before", 1, 1), ("after", 2, 2)]
    assert len(model.seen) == 2 * WEEKS


def test_a_subclass_that_loses_complaints_changes_the_run() -> None:
    changed = finished(eventful(), model=Quiet).frame()
    usual = finished(eventful()).frame()
    assert changed.loc[0].equals(usual.loc[0])
    assert not changed.equals(usual)


def test_a_rule_can_be_replaced_by_a_python_function() -> None:
    calls = []

    def nobody_moves(t, key, firm, ties, plan, state, record):
        calls.append((t, len(state.employees), len(record.company)))

    model = CXModel(eventful(), seed=SEED)
    model.rules["workforce"] = nobody_moves
    model.run_for(4)
    assert calls == [(t, len(model.employees), WEEKS) for t in range(4)]
    assert model.frame()["starts"].sum() == 0
    assert list(model.rules) == list(CXModel(eventful()).rules)


# --- agents ----------------------------------------------------------------------------------


@pytest.fixture
def model() -> CXModel:
    one = CXModel(eventful(), seed=SEED)
    one.run_for(8)
    return one


def test_a_population_is_one_agent_however_large(model: CXModel) -> None:
    names = [type(agent).__name__ for agent in model.agents]
    heads = ["Head"] * len(model.functions)
    assert names == ["ChiefExecutive", *heads, "Employees", "Customers", "Processes"]


def test_executives_are_the_state(model: CXModel) -> None:
    sales = model.functions.index("sales")
    assert model.heads["sales"].commitment == model.state.functions["commitment"][sales]
    assert model.ceo.commitment == model.state.programme["ceo"][0]
    model.heads["sales"].commitment = 0.25
    model.ceo.commitment = 0.75
    assert model.state.functions["commitment"][sales] == 0.25
    assert model.state.programme["ceo"][0] == 0.75
    assert model.heads["sales"].function == "sales"


def test_a_heads_haste_follows_the_load(model: CXModel) -> None:
    facts = model.scenario.coefficients
    loads = model.record.function["load"][-1]
    for head, carried in zip(model.heads.values(), loads, strict=True):
        over = carried - facts["load_reference"]
        assert head.haste == pytest.approx(facts["experience_haste"] * over)


def test_rows_are_the_state(model: CXModel) -> None:
    column = model.state.customers["satisfaction"]
    assert model.customers[17].satisfaction == column[17]
    assert model.customers[-1].satisfaction == column[-1]
    model.customers[17].satisfaction = -0.5
    assert column[17] == -0.5
    assert [row.satisfaction for row in model.customers] == column.tolist()
    assert len(model.customers) == len(column)
    assert [row.place for row in model.customers[2:8:3]] == [2, 5]
    assert model.customers[2] == model.customers[2:3][0]
    assert model.customers[2] != model.employees[2]
    with pytest.raises(IndexError):
        model.customers[len(column)]


def test_rows_know_their_fixed_facts(model: CXModel) -> None:
    first = int(model.firm.function_start[1])
    assert model.employees[first].function == model.functions[1]
    assert (model.employees[first].manager, model.employees[first].depth) == (-1, 1)
    before = model.employees.column("depth").copy()
    model.run_for(20)  # past the change of the span of control
    assert not np.array_equal(model.employees.column("depth"), before)
    handoff = model.processes[2 * len(model.functions)]
    assert (handoff.owner, handoff.partner) == tuple(model.functions[:2])
    assert model.processes[0].partner == ""


def test_selections(model: CXModel) -> None:
    rows = model.state.employees
    first, last = model.firm.function_start[model.functions.index("sales") :][:2]
    model.employees[int(first) - 1].practising = 1  # of another function
    for place in (first, last - 1):
        model.employees[int(place)].practising = 1
    wanted = [i for i in range(first, last) if rows["practising"][i]]
    chosen = model.employees.select(function="sales", practising=True)
    assert [row.place for row in chosen] == wanted
    assert 0 < len(chosen) < last - first
    assert chosen.mean("belief") == rows["belief"][wanted].mean()
    assert len(chosen.select(practising=False)) == 0
    assert np.isnan(chosen.select(practising=False).mean("belief"))
    assert model.employees.mean("belief") == rows["belief"].mean()
    chosen.set("belief", 0.5)
    assert set(rows["belief"][wanted]) == {0.5}


def test_unknown_and_fixed_attributes_are_named(model: CXModel) -> None:
    with pytest.raises(AttributeError, match=r"employees have no attribute belif.*'belief'"):
        _ = model.employees[0].belif
    with pytest.raises(AttributeError, match="no attribute belif"):
        model.employees[0].belif = 1.0
    with pytest.raises(AttributeError, match="function: a fixed fact"):
        model.employees[0].function = "sales"
    with pytest.raises(CxsimError, match="did you mean 'practising'"):
        model.employees.select(practicing=True)
    with pytest.raises(CxsimError, match="words"):
        model.employees.mean("function")


def test_texts_of_agents(model: CXModel) -> None:
    assert repr(model.customers) == f"<{len(model.customers)} customers>"
    assert repr(model.customers[:3]) == f"<3 of {len(model.customers)} customers>"
    assert repr(model.employees[0]).startswith("<employee 0: function='")
    assert "belief" in dir(model.employees[0])


# --- results and bad input -------------------------------------------------------------------


def test_frame(model: CXModel) -> None:
    frame = model.frame()
    assert isinstance(frame, pd.DataFrame)
    assert (frame.index.name, len(frame)) == ("week", 8)
    assert tuple(frame) == model.record.company.dtype.names
    assert frame["adoption"].tolist() == model.record.company["adoption"].tolist()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"scenario": "no_such_thing"}, "no_such_thing"),
        ({"seed": -1}, "seed: -1"),
        ({"seed": 2**32}, "seed"),
        ({"replicate": 1.5}, r"replicate: 1\.5"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(CxsimError, match=words):
        CXModel(**{"scenario": eventful(), **arguments})


def test_bad_levers(model: CXModel) -> None:
    with pytest.raises(CxsimError, match="did you mean 'communication'"):
        model.set_lever("comunication", 0.5)
    with pytest.raises(CxsimError, match=r"communication: 3 is out of range"):
        model.set_lever("communication", 3)
    assert model.scenario == eventful()


def test_a_copy_that_would_be_wrong_is_refused() -> None:
    with pytest.raises(CxsimError, match="make a second one"):
        copy.deepcopy(CXModel("typical"))
