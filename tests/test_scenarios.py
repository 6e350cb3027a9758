"""The bundled scenarios: what holds for every file, whatever its numbers are."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

import pytest

from cxsim.parameters import SHARES
from cxsim.scenario import Scenario
from cxsim.scenario_file import bundled, load, scenario_folder

BASELINES = {"typical", "orchestrated", "no_programme"}
MODES = {f"FM{n:02}" for n in (*range(1, 8), *range(10, 15), 16, 18, 20, *range(24, 30))}
MOST_LEVERS = 8  # a failure mode is one idea; with more levers nobody sees which one it was
WORDS = range(60, 121)

NAMES = bundled()
FAILURES = [name for name in NAMES if name.startswith("fm")]


def written(name: str) -> dict[str, Any]:
    """Return what the file itself says, without its parent."""
    return tomllib.loads((scenario_folder() / f"{name}.toml").read_text(encoding="utf-8"))


def settings(levers: Iterable[str]) -> set[str]:
    """Return lever names as a file writes them: the five shares of effort are one setting."""
    return {"allocation" if name in SHARES else name for name in levers}


def broken(scenario: Scenario) -> set[str]:
    """Return the settings in which a failure mode leaves its parent, at week 0 or by an event."""
    names = set(scenario.changed_levers()).union(*(event.set for event in scenario.events))
    return settings(names)


def failure_of(name: str) -> Scenario:
    scenario = load(name)
    assert scenario.cure is not None, "a failure mode has a cure"
    return scenario


def test_baselines_and_all_required_modes_are_there() -> None:
    assert set(NAMES) >= BASELINES
    assert {load(name).mode for name in FAILURES} >= MODES


def test_titles_and_modes_are_unique() -> None:
    scenarios = [load(name) for name in NAMES]
    modes = [scenario.mode for scenario in scenarios if scenario.mode]
    assert len({scenario.title for scenario in scenarios}) == len(scenarios)
    assert len(set(modes)) == len(modes)


def test_no_two_scenarios_are_the_same_company() -> None:
    assert len({load(name).hash for name in NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_words_for_people(name: str) -> None:
    scenario = load(name)
    assert scenario.name == name
    assert 0 < len(scenario.title) <= 60
    assert len(scenario.story.split()) in WORDS
    assert "\n" not in scenario.story, "one paragraph: whoever shows it breaks the lines"
    assert scenario.signature
    assert all(event.note for event in scenario.events), "charts name every event"


@pytest.mark.parametrize("name", sorted(BASELINES))
def test_baselines_are_no_failure_modes(name: str) -> None:
    scenario = load(name)
    assert scenario.mode is None
    assert scenario.cure is None


@pytest.mark.parametrize("name", FAILURES)
def test_failure_mode_is_orchestrated_with_few_things_changed(name: str) -> None:
    scenario = failure_of(name)
    assert scenario.mode is not None
    assert name.startswith(scenario.mode.lower() + "_")
    assert scenario.extends == "orchestrated"
    assert set(written(name)) <= {
        *("name", "title", "extends", "mode", "story", "signature", "signs", "cure"),
        *("levers", "organisation", "events"),
    }
    assert 0 < len(broken(scenario)) <= MOST_LEVERS


@pytest.mark.parametrize("name", FAILURES)
def test_every_lever_written_makes_a_difference(name: str) -> None:
    assert set(written(name)["levers"]) == settings(load(name).changed_levers())


@pytest.mark.parametrize("name", FAILURES)
def test_cure_turns_levers_that_made_the_failure_and_nothing_else(name: str) -> None:
    scenario = failure_of(name)
    cure = scenario.cure
    assert cure is not None
    assert cure.note
    assert not cure.shock
    assert settings(cure.set) <= broken(scenario)


@pytest.mark.parametrize("name", FAILURES)
def test_rescue_is_the_same_company_until_the_cure(name: str) -> None:
    scenario = failure_of(name)
    rescued = scenario.rescue()
    cure = scenario.cure
    assert cure is not None
    assert 0 < cure.week < scenario.weeks
    assert rescued.levers == scenario.levers
    assert [event for event in rescued.events if event not in scenario.events] == [cure]
    assert rescued.hash != scenario.hash


def test_no_programme_has_every_programme_lever_off() -> None:
    scenario = load("no_programme")
    assert scenario.without_programme().levers == scenario.levers


def test_orchestrated_stands_on_its_own() -> None:
    assert load("orchestrated").extends is None
