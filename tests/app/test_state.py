"""Sides and settings: what they make of a scenario, and the command that says the same."""

from __future__ import annotations

import shlex
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as drawn

import cxsim
from cxsim import headline
from cxsim.app import exports
from cxsim.app.state import (
    FILE,
    PREFERRED,
    SLIDERS,
    Setting,
    Side,
    command_line,
    default_setting,
    describe,
    needs_files,
    positions,
    scenario_of,
    with_pair,
    world_of,
)
from cxsim.cli.scenarios import apply, find
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario
from cxsim.scenario_file import parse

from .strategies import FILE as OWN_FILE
from .strategies import NAMES, settings

TYPICAL = Side("typical")
SURVEY = Side("fm06_survey_lady")
ALONE = Setting((TYPICAL,))
EVENT = {"week": 30, "set": {"communication": 0.9}, "note": "a push"}


def plain(side: Side) -> Scenario:
    """The scenario of a side in its own world."""
    return scenario_of(side, Setting((side,)))


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_side_is_the_bundled_scenario(name: str) -> None:
    assert plain(Side(name)) == cxsim.load(name)
    assert not Side(name).changed


@pytest.mark.parametrize("slider", SLIDERS)
def test_a_slider_moves_its_own_group_only(slider: str) -> None:
    before = positions(TYPICAL)
    after = headline.positions(plain(TYPICAL.move(slider, 95)))
    for name in SLIDERS:
        wanted = 95 if name == slider else before[name]
        assert 100 * after[name] == pytest.approx(wanted, abs=1.0)


def test_a_slider_stops_at_its_ends() -> None:
    assert TYPICAL.move("wins", 130).moved == (("wins", 100),)
    assert TYPICAL.move("wins", -5).moved == (("wins", 0),)


def test_the_order_of_moves_makes_no_difference() -> None:
    assert TYPICAL.move("wins", 1).move("change", 2) == TYPICAL.move("change", 2).move("wins", 1)
    assert TYPICAL.move("wins", 1).move("wins", 2) == TYPICAL.move("wins", 2)


def test_a_single_lever_stands_above_its_slider() -> None:
    side = TYPICAL.set("charter", "0.15").move("leadership", 90)
    levers = plain(side).levers
    assert levers["charter"] == 0.15
    assert levers["ceo_sponsorship"] == plain(TYPICAL.move("leadership", 90)).levers[
        "ceo_sponsorship"
    ]  # fmt: skip
    assert side.set("charter", None) == TYPICAL.move("leadership", 90)


def test_releasing_a_slider_gives_back_its_levers_too() -> None:
    side = TYPICAL.move("leadership", 90).set("charter", "0.2").move("wins", 10)
    side = side.set("communication", "0.3")
    assert side.release("leadership") == TYPICAL.move("wins", 10).set("communication", "0.3")


def test_reset_brings_back_the_file_and_leaves_the_variant() -> None:
    rescue = replace(SURVEY, variant="rescue")
    side = replace(rescue.move("wins", 10).set("charter", "0.2"), events=(EVENT,))
    assert side.changed
    assert side.reset() == rescue
    assert plain(side.reset()) == cxsim.load(SURVEY.scenario).rescue()


def test_variants() -> None:
    own = cxsim.load(SURVEY.scenario)
    assert plain(replace(SURVEY, variant="rescue")).hash == own.rescue().hash
    assert plain(replace(SURVEY, variant="without")).hash == own.without_programme().hash
    with pytest.raises(CxsimError, match="no cure"):
        plain(replace(TYPICAL, variant="rescue"))


def test_other_events_replace_the_scenarios_own() -> None:
    side = replace(SURVEY, events=(EVENT,))
    assert [event.as_table() for event in plain(side).events] == [EVENT]
    assert plain(replace(SURVEY, events=())).events == ()
    with pytest.raises(CxsimError, match=r"events\[0\].week"):
        plain(replace(SURVEY, events=({**EVENT, "week": 1000},)))


def test_a_file_in_place_of_a_name() -> None:
    scenario = plain(Side(FILE, OWN_FILE.format(44)))
    assert (scenario.title, scenario.weeks) == ("Ünïcode <b>&amp;</b>", 44)
    assert scenario.levers == cxsim.load("typical").levers
    with pytest.raises(CxsimError, match="not valid TOML"):
        plain(Side(FILE, "what is this"))


def test_assumptions_hold_for_all_sides() -> None:
    setting = Setting(
        (TYPICAL, SURVEY), firm=(("employees", "80"),), assumptions=(("churn_alpha", "3"),)
    )
    for side in setting.sides:
        scenario = scenario_of(side, setting)
        assert scenario.organisation["employees"] == 80
        assert scenario.market["churn_alpha"] == 3
        first = scenario_of(side, setting, world=False)
        assert first == cxsim.load(side.scenario)
    assert world_of(setting) == {"employees": 80, "churn_alpha": 3}


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (replace(ALONE, assumptions=(("charter", "0.5"),)), "charter: is a policy"),
        (replace(ALONE, assumptions=(("allocation", ".2,.2,.2,.2,.2"),)), "is a policy"),
        (replace(ALONE, assumptions=(("churn_alpa", "0.5"),)), "did you mean 'churn_alpha'"),
        (replace(ALONE, assumptions=(("churn_alpha", "nan"),)), "churn_alpha: nan"),
        (Setting((TYPICAL.set("churn_alpha", "2"),)), "churn_alpha: is an assumption"),
        (Setting((TYPICAL.set("charter", "half"),)), 'charter: the text "half"'),
        (Setting((TYPICAL.set("charter", "1.5"),)), "charter: 1.5 is out of range"),
        (Setting((Side("nobody"),)), "no bundled scenario"),
    ],
)
def test_what_the_model_refuses_is_named(setting: Setting, said: str) -> None:
    with pytest.raises(CxsimError, match=said):
        scenario_of(setting.sides[0], setting)


def test_positions_follow_the_sliders_and_nothing_else() -> None:
    own = headline.positions(cxsim.load("typical"))
    side = TYPICAL.move("wins", 12).set("charter", "1")
    assert positions(side) == {
        "leadership": round(100 * own["leadership"]),
        "change": round(100 * own["change"]),
        "wins": 12,
    }


def test_a_title_tells_the_changes() -> None:
    side = replace(TYPICAL.move("wins", 20).set("charter", "0.3"), events=())
    assert describe(side)[0] == "early wins 20 %"
    assert describe(side)[1].endswith(" 0.3")
    assert describe(side)[2] == "other events"
    assert plain(side).title == f"{cxsim.load('typical').title} ({'; '.join(describe(side))})"
    assert describe(TYPICAL) == []


def test_pairs_keep_their_places() -> None:
    pairs = (("a", "1"), ("b", "2"))
    assert with_pair(pairs, "a", "9") == (("b", "2"), ("a", "9"))
    assert with_pair(pairs, "a", None) == (("b", "2"),)
    assert with_pair(pairs, "c", None) == pairs


def test_the_first_comparison() -> None:
    assert default_setting(NAMES).sides == tuple(map(Side, PREFERRED))
    assert default_setting(["only"]).sides == (Side("only"),)
    assert default_setting(["x", "y", "z"]).sides == (Side("x"), Side("y"))


# --- the command ---------------------------------------------------------------------------------


def test_one_scenario_is_run_several_are_compared_with_the_first() -> None:
    setting = Setting((TYPICAL.move("wins", 35), SURVEY, replace(SURVEY, variant="rescue")), seed=7)
    one, other = (shlex.split(line) for line in command_line(setting).splitlines())
    assert one[:4] == ["cxsim", "compare", "typical", SURVEY.scenario]
    assert other[:4] == ["cxsim", "compare", "typical", f"{SURVEY.scenario}:rescue"]
    assert one[-4:] == other[-4:] == ["--replicates", "100", "--seed", "7"]
    alone = shlex.split(command_line(Setting((TYPICAL.move("wins", 35),))))
    assert alone[:5] == ["cxsim", "run", "typical", "--set", "wins=0.35"]


def test_own_events_go_into_a_file() -> None:
    setting = Setting((TYPICAL, replace(SURVEY, events=(EVENT,)).move("wins", 5)))
    words = shlex.split(command_line(setting))
    assert words[:4] == ["cxsim", "compare", "typical", "scenario_b.toml"]
    assert "--set-b" not in words
    assert not needs_files(TYPICAL)


def test_a_company_without_a_programme_keeps_what_was_set_before_it_was_taken_away() -> None:
    side = replace(SURVEY, variant="without").move("leadership", 90).set("charter", "1")
    assert needs_files(side)
    check_command(Setting((TYPICAL, side)))


@given(settings())
@drawn(max_examples=60)
def test_the_command_means_the_scenarios_on_the_page(setting: Setting) -> None:
    check_command(setting)


def check_command(setting: Setting) -> None:
    """Each command must lead the command line to the very scenarios of the page."""
    made = [scenario_of(side, setting) for side in setting.sides]
    files = exports.scenario_files(made)
    for place, line in enumerate(command_line(setting).splitlines(), start=1):
        _, verb, *words = shlex.split(line)
        both = _values(words, "--set")
        weeks = [int(number) for number in _values(words, "--weeks")]
        assert _found(words[0], [*both, *_values(words, "--set-a")], files, weeks) == made[0].hash
        if verb == "compare":
            own = [*both, *_values(words, "--set-b")]
            assert _found(words[1], own, files, weeks) == made[place].hash


def _values(words: list[str], option: str) -> list[str]:
    return [value for word, value in pairwise(words) if word == option]


def _found(argument: str, settings: list[str], files: dict[str, str], weeks: list[int]) -> str:
    """What the command line makes of an argument, in a folder that holds the files."""
    if argument.endswith(".toml"):
        scenario = parse(files[argument], argument)
        return apply(scenario.with_weeks(weeks[0]) if weeks else scenario, settings).hash
    return find(argument, settings, *weeks).hash
