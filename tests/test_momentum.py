"""Will it last: from when on a programme sustains itself, and how long each support is held."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cxsim.cli.momentum_command import momentum as command
from cxsim.errors import CxsimError
from cxsim.explain.chance import wilson
from cxsim.explain.lasting.pushes import NEVER_NEEDED, NOT_IN_PLAN, NOTHING_TO_HOLD, UNTIL, Push
from cxsim.explain.lasting.support import support, weeks_to_test, without_group
from cxsim.explain.lasting.withdrawal import first_for_good
from cxsim.explain.momentum import Momentum, momentum
from cxsim.explain.sustaining import share_surviving, stopped, sustains
from cxsim.figures.momentum import momentum_figure
from cxsim.results import simulate
from cxsim.scenario import Scenario
from cxsim.scenario_file import load

LATE = {"resources": 6.0, "communication": 0.8, "charter": 0.7}


def small(name: str = "orchestrated", weeks: int = 60) -> Scenario:
    """Return a bundled scenario in a company that is quick to run."""
    scenario = load(name)
    events = tuple(event for event in scenario.events if event.week < weeks)
    return Scenario(
        name, name, scenario.levers, {"employees": 30}, {"customers": 60}, events=events,
        weeks=weeks,
    )  # fmt: skip


def found(scenario: Scenario, **asked: object) -> Momentum:
    answer = momentum(scenario, **{"push": False, "replicates": 12, "seed": 4711, **asked})  # type: ignore[arg-type]
    assert answer is not None
    json.dumps(answer.as_dict(), allow_nan=False)
    assert max(map(len, answer.table().splitlines())) <= 100
    return answer


def pushes(answer: Momentum) -> dict[str, Push]:
    assert answer.pushes is not None
    return {push.group: push for push in answer.pushes}


# ------------------------------------------------------------------ the answers


def test_an_orchestrated_programme_comes_to_sustain_itself_late_and_not_early() -> None:
    answer = found(load("orchestrated"), weeks=[26, 52, 143, 156])
    assert answer.verdict == "sustains"
    assert answer.first_week == 143
    chances = [wilson(test.chance.count, test.chance.of) for test in answer.tests]
    assert max(high for _, high in chances[:2]) < 0.5 < min(low for low, _ in chances[2:])
    assert "from week 143" in answer.sentence
    assert answer.in_plan.falls.count == 0
    assert f"in {answer.tests[2].chance.text} (" in answer.sentence
    assert "of 12 from week" in answer.table()
    assert "one in twenty" not in answer.table()


def test_pushing_again_and_again_never_comes_to_sustain_itself() -> None:
    answer = found(load("fm05_sisyphus"))
    assert answer.first_week is None
    assert answer.verdict in ("supported", "never_won")
    assert np.isinf(answer.own_first_weeks).all()
    assert all(wilson(test.chance.count, test.chance.of)[1] < 0.5 for test in answer.tests)


def test_a_programme_that_ends_by_its_own_plan_falls_within_it() -> None:
    answer = found(load("fm14_one_time_project"), weeks=[52, 156])
    assert answer.verdict == "falls"
    assert answer.support is not None
    assert answer.support.ends == 60
    assert wilson(answer.in_plan.falls.count, answer.in_plan.falls.of)[0] > 0.5
    assert answer.in_plan.kept.mean() < 0.6
    assert 55 < np.median(answer.in_plan.best_week) < 90
    assert "week 60" in answer.table()


def test_a_middling_programme_lasts_only_while_it_is_supported() -> None:
    answer = found(load("typical"), weeks=[52, 104], replicates=20)
    assert answer.verdict == "supported"
    assert wilson(answer.tests[1].chance.count, 20)[1] < 0.5


def test_without_a_programme_there_is_one_clear_answer() -> None:
    answer = found(load("no_programme"), push=True)
    assert answer.verdict == "no_programme"
    assert answer.sentence.startswith("There is no programme to withdraw")
    assert (answer.tests, answer.pushes) == ((), None)
    with pytest.raises(CxsimError, match="There is no programme to withdraw"):
        momentum_figure(answer.as_dict())


def test_a_short_run_says_that_it_is_short() -> None:
    answer = found(load("typical").with_weeks(20), replicates=3, push=True)
    assert answer.verdict == "never_won"
    assert answer.sentence.startswith("Within 20 weeks too few practise")
    assert "in none of 3 futures" in answer.sentence
    assert answer.table().count("cannot be") == 1
    assert answer.table().count("(too few)") == 1 + len(answer.tests)
    assert all(test["too_few"] for test in answer.as_dict()["tests"])


def test_who_has_won_nobody_but_innovators_sustains_nothing() -> None:
    before, left = np.array([0.04, 0.3, 0.3, 0.0]), np.array([0.04, 0.27, 0.2, 0.0])
    assert sustains(before, left).tolist() == [False, True, False, False]


# ------------------------------------------------------------------ the numbers


def test_numbers_are_those_of_runs_of_their_own_on_any_number_of_threads() -> None:
    scenario = small()
    answer, again = (found(scenario, replicates=4, threads=n, push=True) for n in (1, 3))
    assert answer.as_dict() == again.as_dict()
    for test in answer.tests:
        alone = simulate(stopped(scenario, test.week), 4, 4711, baseline=False)
        assert alone is not None
        np.testing.assert_array_equal(test.share, share_surviving(alone, test.week))
    held = simulate(scenario.with_weeks(112), 4, 4711, baseline=False)
    assert held is not None
    np.testing.assert_array_equal(answer.tests[-1].held, held.series("adoption")[:, -1])
    assert [test.week for test in answer.tests] == [13, 26, 39, 52, 60]
    tried = 1 + sum(bool(push.tests) for push in pushes(answer).values() if push.group != "all")
    assert len(answer.frame()) == 4 * 5 * tried


def test_a_first_week_counts_only_when_it_holds_to_the_end() -> None:
    holds = np.array([[0, 1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0], [1, 1, 1, 1]], bool)
    assert first_for_good(holds).tolist() == [1, 3, -1, 0]


def test_progress_moves_on_to_its_end_and_a_stop_is_obeyed() -> None:
    told: list[tuple[int, int]] = []
    found(small(), replicates=3, push=True, progress=lambda *now: told.append(now))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
    assert len({total for _, total in told}) == 1
    assert momentum(small(), replicates=3, cancelled=lambda: True) is None


# ------------------------------------------------------------------ weeks


def late() -> Scenario:
    """Return a company whose programme starts in week 20, without early wins."""
    return small("no_programme").with_events([{"week": 20, "set": LATE}])


def test_a_programme_that_starts_late_is_not_withdrawn_before() -> None:
    answer = found(late(), replicates=2)
    assert [test.week for test in answer.tests] == [26, 39, 52, 60]
    with pytest.raises(CxsimError, match="starts in week 20, so there is nothing to withdraw"):
        momentum(late(), [20, 30])


@pytest.mark.parametrize(
    ("weeks", "wanted"),
    [([61], "the plan has 60 weeks"), ([30.5], "weeks: "), ([], "none given"), ([0], "weeks: ")],
)
def test_weeks_out_of_range_are_named(weeks: list[int], wanted: str) -> None:
    with pytest.raises(CxsimError, match=wanted):
        momentum(small(), weeks)


def test_a_year_has_to_fit_behind_the_last_week() -> None:
    longest = small().with_weeks(520)
    assert weeks_to_test(longest, 0)[-1] == 468
    with pytest.raises(CxsimError, match="fewer than 52 weeks can follow"):
        weeks_to_test(longest, 0, [469])
    with pytest.raises(CxsimError, match="starts in week 480"):
        weeks_to_test(longest, 480)


# ------------------------------------------------------------------ single groups


def test_one_group_goes_for_good_and_all_others_stay_as_planned() -> None:
    scenario = small().with_events(
        [
            {"week": 30, "set": {"communication": 1.0, "charter": 0.4}},
            {"week": 40, "set": {"communication": 0.9}, "shock": {"price_rise": 0.1}},
            {"week": 50, "set": {"communication": 0.7}},
        ]
    )
    alone = without_group(scenario, ["communication"], 26, 78)
    told = [(event.week, dict(event.set), dict(event.shock)) for event in alone.events]
    assert told == [
        (26, {"communication": 0.0}, {}),
        (30, {"charter": 0.4}, {}),
        (40, {}, {"price_rise": 0.1}),
    ]
    never = without_group(scenario, ["communication"], 0, 60)
    assert never.levers["communication"] == 0.0
    assert never.levers["charter"] == scenario.levers["charter"]


def test_heads_who_refuse_are_no_support_that_could_be_withdrawn() -> None:
    given = support(load("fm09_process_owner_says_no"))
    assert given is not None
    assert "holdouts" not in given.groups["leadership"]


def test_each_group_is_held_as_long_as_it_is_needed() -> None:
    answer = found(load("orchestrated"), replicates=8, weeks=[39, 91, 117, 143], push=True)
    groups = pushes(answer)
    assert groups["all"].from_week == answer.first_week
    assert groups["listening"].kind == NEVER_NEEDED
    change, leadership = groups["change"], groups["leadership"]
    assert (change.kind, leadership.kind) == (UNTIL, UNTIL)
    assert change.from_week is not None
    assert leadership.from_week is not None
    assert leadership.from_week <= change.from_week
    assert change.cost is not None
    assert change.cost[0].low > 0.0
    assert "change management" in answer.table()
    panels = momentum_figure(answer.as_dict()).axes
    assert len(panels[1].patches) == sum(push.held_until is not None for push in groups.values())


def test_where_few_practise_with_all_support_nothing_is_said_of_single_groups() -> None:
    groups = pushes(found(late(), replicates=3, push=True))
    assert groups["wins"].kind == NOT_IN_PLAN
    assert groups["change"].kind == NOTHING_TO_HOLD
    assert groups["all"].held_until is None


# ------------------------------------------------------------------ the command


def test_the_command_prints_saves_and_says_how_to_do_it_again(tmp_path: Path) -> None:
    file = tmp_path / "orchestrated.toml"
    file.write_text(small().to_toml(), encoding="utf-8")
    line = [str(file), "--replicates", "2", "--weeks-tested", "30,60", "--no-push"]
    said = CliRunner().invoke(command, [*line, "--out", str(tmp_path / "out")])
    assert said.exit_code == 0, said.output
    last = said.output.strip().splitlines()[-1]
    assert last.startswith("The same numbers again: cxsim momentum")
    assert "--no-push --weeks-tested 30,60" in last
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"momentum.csv", "momentum.png", "momentum.svg"}
    as_json = json.loads(CliRunner().invoke(command, [*line, "--json"]).output)
    assert [test["week"] for test in as_json["tests"]] == [30, 60]
    refused = CliRunner().invoke(command, [str(file), "--weeks-tested", "soon"])
    assert isinstance(refused.exception, CxsimError)
