"""Reality checks: what they say of the bundled scenarios, and how they are read and told."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

import cxsim
from cxsim.cli import main
from cxsim.errors import CxsimError
from cxsim.explain import checks, reality
from cxsim.explain.checks import FAILS, HOLDS, SILENT, Report, check, reality_checks
from cxsim.explain.reality import build_checks
from cxsim.results import running
from cxsim.scenario import Scenario
from cxsim.series import SERIES

SMALL: dict[str, Any] = {"employees": 150, "customers": 300}
TURNS = 5  # a scenario is tested with every fifth check, so that each meets several of them
IDS = tuple(one.id for one in reality_checks())
PLAIN: dict[str, Any] = {"id": "a", "group": "g", "says": "If so, then so.", "expect": "higher"}


def made(only: tuple[str, ...], scenario: str | Scenario = "typical", **how: Any) -> Report:
    one = cxsim.load(scenario) if isinstance(scenario, str) else scenario
    report = check(one.with_settings(SMALL), how.pop("replicates", 6), only=only, **how)
    assert report is not None
    return report


# --- what holds -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("turn", "name"), list(enumerate(cxsim.bundled())))
def test_a_bundled_scenario_behaves_as_any_company_would(turn: int, name: str) -> None:
    report = made(IDS[turn % TURNS :: TURNS], name, replicates=8)
    assert [(one.check.id, one.numbers, one.why) for one in report.failed] == []
    assert report.count(HOLDS) > report.count(SILENT)


def test_a_company_without_customers_breaks_no_statement() -> None:
    report = check(cxsim.load("typical").with_market(customers=0), 4)
    assert report is not None
    assert report.failed == ()
    assert report.verdict("more_hands").verdict == HOLDS


# --- how a verdict comes about --------------------------------------------------------------------


def verdict(monkeypatch: pytest.MonkeyPatch, **table: Any) -> checks.Verdict:
    """The verdict on one check of its own making."""
    built = build_checks({"checks": [{**PLAIN, **table}]})
    monkeypatch.setattr(checks, "reality_checks", lambda: built)
    return made(()).verdicts[0]


@pytest.mark.parametrize(
    ("expect", "change", "expected"),
    [
        ("higher", {"workload": 0.9}, HOLDS),
        ("higher", {"workload": 0.2}, FAILS),
        ("lower", {"workload": 0.2}, HOLDS),
        ("not_lower", {"workload": 0.9}, HOLDS),
        ("not_higher", {"workload": 0.9}, FAILS),
        ("same", {"workload": 0.9}, FAILS),
        ("same", {"duration": 900.0}, HOLDS),
    ],
)
def test_a_change_is_judged(
    expect: str, change: dict[str, float], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = verdict(
        monkeypatch, expect=expect, measure="mean(load)", base={"workload": 0.5}, change=change
    )
    assert found.verdict == expected
    assert bool(found.why) == (expected == FAILS)
    assert found.first == pytest.approx(0.55, abs=0.06)


def test_a_slack_forgives(monkeypatch: pytest.MonkeyPatch) -> None:
    about = {"measure": "mean(load)", "base": {"workload": 0.5}, "change": {"workload": 0.52}}
    assert verdict(monkeypatch, expect="not_higher", slack=0.05, **about).verdict == HOLDS
    assert verdict(monkeypatch, expect="not_higher", slack=0.01, **about).verdict == FAILS


def test_one_run_is_compared_with_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verdict(monkeypatch, measure="mean(load)").verdict == HOLDS
    found = verdict(monkeypatch, measure="0 - mean(load)")
    assert found.verdict == FAILS
    assert found.why == "is lower; higher is expected"


def test_bounds_hold_in_every_future(monkeypatch: pytest.MonkeyPatch) -> None:
    within = {"expect": "always", "measure": "mean(load)"}
    assert verdict(monkeypatch, above=0.0, below=2.0, **within).verdict == HOLDS
    found = verdict(monkeypatch, above=0.0, below=0.3, **within)
    assert found.verdict == FAILS
    assert found.why == "in 6 of 6 futures out of bounds"
    several = verdict(monkeypatch, above=0.0, expect="always", measure=["mean(load)", "0 - 1"])
    assert (several.verdict, several.first) == (FAILS, -1.0)


def test_bits_are_compared_except_where_they_may_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    change = {"events": [{"week": 30, "set": {"workload": 0.9}}]}
    found = verdict(monkeypatch, expect="same", change=change)
    assert found.verdict == FAILS
    assert found.why.startswith("these differ: ")
    assert verdict(monkeypatch, expect="same", change=change, until=30).verdict == HOLDS
    assert verdict(monkeypatch, expect="same", change=change, until=31).verdict == FAILS
    assert verdict(monkeypatch, expect="same", change=change, but=list(SERIES)).verdict == HOLDS


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"needs": [{"setting": "resources", "above": 9.0, "why": "too few"}]}, "too few"),
        ({"needs": [{"measure": "mean(load)", "below": 0.1, "why": "too busy"}]}, "too busy"),
        ({"needs": [{"measure": "at(load, 500)", "above": 0.0, "why": "x"}]}, "500"),
        ({"base": {"workload": 7.0}}, "levers.workload"),
        ({"change": {"holdouts": ["legal"]}}, "'legal' is not a function"),
        ({"change": {"events": [{"week": 300, "set": {"charter": 1.0}}]}}, "beyond the horizon"),
        ({"change": {"workload": 0.55}}, "the change changes nothing"),
        ({"measure": "at(load, 400)"}, "400"),
        ({"measure": "first_week_above(load, 9)"}, "in no future"),
    ],
)
def test_what_does_not_apply_says_why(
    table: dict[str, Any], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = verdict(monkeypatch, **{"measure": "mean(load)", **table})
    assert found.verdict == SILENT
    assert why in found.why


# --- what is laid over ----------------------------------------------------------------------------


def overlay(base: dict[str, Any], scenario: Scenario) -> Scenario:
    (one,) = build_checks({"checks": [{**PLAIN, "base": base}]})
    return one.base.over(scenario)


def test_what_is_laid_over_holds_in_every_week() -> None:
    sisyphus = cxsim.load("fm05_sisyphus")
    laid = overlay({"communication": 0.7, "frontline_support": 0.7}, sisyphus)
    assert laid.levers["communication"] == 0.7
    assert {name for event in laid.events for name in event.set} == {"role_modelling"}
    shares = {"insight": 1.0, "process": 0.0, "culture": 0.0, "success": 0.0, "advocacy": 0.0}
    moved = sisyphus.with_events([{"week": 9, "set": {"allocation": {**shares}}}])
    assert len(overlay({"allocation": shares}, moved).events) == len(sisyphus.events)


def test_shocks_and_the_programme_can_be_left_out() -> None:
    shock = {"week": 9, "set": {"charter": 0.1}, "shock": {"price_rise": 0.2}}
    scenario = cxsim.load("typical").with_events([shock])
    quiet = overlay({"keeps_shocks": False}, scenario)
    assert [event.shock for event in quiet.events] == [{}]
    assert overlay({"charter": 0.5, "keeps_shocks": False}, scenario).events == ()
    assert overlay({"programme": False}, scenario).levers["resources"] == 0.0


def test_tokens_stand_for_what_they_are_in_the_company() -> None:
    scenario = cxsim.load("typical").with_settings({"functions": ["sales", "care"], "margin": 0.25})
    laid = overlay({"holdouts": ["<last function>"]}, scenario)
    assert laid.levers["holdouts"] == ("care",)
    assert reality.fill('a["<first function>"] * <margin>', scenario) == 'a["sales"] * 0.25'
    with pytest.raises(CxsimError, match="no such lever"):
        reality.fill("<nonsense>", scenario)


# --- runs -----------------------------------------------------------------------------------------


def test_runs_that_several_checks_share_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made_hashes: list[str] = []

    def counted(scenario: Scenario, *given: Any, **more: Any) -> Any:
        made_hashes.append(scenario.hash)
        return running.simulate(scenario, *given, **more)

    monkeypatch.setattr(checks, "simulate", counted)
    report = made(("nobody_is_trained", "overload_stops_starts", "customers_add_up"), replicates=2)
    assert len(made_hashes) == len(set(made_hashes)) == 4  # one base, two changes, the company
    assert report.count(SILENT) == 0


def test_progress_reaches_the_end_also_when_a_run_is_not_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    needs = [{"measure": "mean(load)", "above": 9.0, "why": "never"}]
    table = {**PLAIN, "measure": "mean(load)", "change": {"workload": 0.9}, "needs": needs}
    monkeypatch.setattr(checks, "reality_checks", lambda: build_checks({"checks": [table]}))
    told: list[tuple[int, int]] = []
    made((), progress=lambda done, total: told.append((done, total)), replicates=3)
    assert told[-1] == (6, 6)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_check_can_be_stopped() -> None:
    assert check(cxsim.load("typical"), 2, cancelled=lambda: True, only=IDS[:2]) is None


def test_the_same_seed_gives_the_same_report() -> None:
    wanted = ("more_hands", "warm_speech")
    assert made(wanted, seed=3).to_dict() == made(wanted, seed=3).to_dict()
    assert made(wanted, seed=3).to_dict() != made(wanted, seed=4).to_dict()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("typical",), "where a Scenario is wanted"),
        ((cxsim.load("typical"), 0), "replicates: "),
        ((cxsim.load("typical"), 1, -1), "seed: "),
        ((cxsim.load("typical"), 1, 1, None, None, ("more_hand",)), "did you mean 'more_hands'"),
    ],
)
def test_bad_input(given: tuple[Any, ...], message: str) -> None:
    with pytest.raises(CxsimError, match=re.escape(message)):
        check(*given)


# --- the file -------------------------------------------------------------------------------------


def test_there_are_enough_statements_on_every_part_of_the_model() -> None:
    groups = {one.group: 0 for one in reality_checks()}
    for one in reality_checks():
        groups[one.group] += 1
        assert one.says.endswith("."), one.id
        assert one.label or one.expect == "same", one.id
    assert min(groups.values()) >= 2
    assert len(IDS) >= 32
    assert {"leadership", "initiatives", "workforce", "customers", "money", "time"} <= set(groups)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"expects": "higher"}, "unknown key 'expects', did you mean 'expect'?"),
        ({"expect": "bigger"}, "expect is 'bigger'; allowed: higher"),
        ({"says": ""}, "lacks 'says'"),
        ({"base": {"with": ["stafed"]}}, "there is no base 'stafed', did you mean 'staffed'?"),
        ({"needs": [{"setting": "charter"}]}, "a need has a 'why'"),
        ({"needs": [{"why": "x", "seting": "charter"}]}, "unknown key 'seting'"),
    ],
)
def test_a_damaged_file_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(CxsimError, match=re.escape(message)):
        build_checks({"bases": {"staffed": {}}, "checks": [{**PLAIN, **table}]})


def test_ids_are_unique() -> None:
    with pytest.raises(CxsimError, match="two reality checks"):
        build_checks({"checks": [PLAIN, PLAIN]})


# --- the command ----------------------------------------------------------------------------------


def call(*words: str) -> Result:
    return CliRunner().invoke(main, ["check", *words])


@pytest.fixture
def company(tmp_path: Path) -> str:
    """The path of a small company's file."""
    small = cxsim.load("typical").with_settings(SMALL).with_name("small")
    (tmp_path / "small.toml").write_text(small.to_toml())
    return str(tmp_path / "small.toml")


def test_the_command_tells_statements_and_counts(company: str) -> None:
    words = ("--only", "more_hands", "--only", "charter_before_appointment", "--replicates", "5")
    done = call(company, *words, "--set", "resources=0")
    assert done.exit_code == 0, done.output
    assert " ✓ If more people work on it, more gets done." in done.stdout
    assert "     charter_before_appointment: no programme starts in week 0" in done.stdout
    assert "1 holds, 0 fail, 1 does not apply; 5 futures, seed 1" in done.stdout
    assert all(len(line) <= 100 for line in done.stdout.splitlines()[:-1])


def test_the_command_in_json(company: str) -> None:
    done = call(company, "--only", "more_hands", "--replicates", "4", "--json")
    said = json.loads(done.stdout)
    assert said["counts"] == {HOLDS: 1, FAILS: 0, SILENT: 0}
    (row,) = said["checks"]
    assert (row["id"], row["verdict"]) == ("more_hands", HOLDS)
    assert row["second"] - row["first"] == pytest.approx(row["difference"])
    assert said["command"].endswith("--only more_hands --replicates 4 --seed 1")
    assert done.stderr == ""


def test_a_statement_that_fails_is_the_exit_code(
    company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = {**PLAIN, "measure": "mean(load)", "change": {"workload": 0.1}, "label": "load"}
    monkeypatch.setattr(checks, "reality_checks", lambda: build_checks({"checks": [table]}))
    done = call(company, "--replicates", "2")
    assert done.exit_code == 1
    assert " ✗ If so, then so." in done.stdout
    assert re.search(
        r"load: 0\.\d+ → 0\.\d+ \(-0\.\d+ ± .*; is lower; higher is expected", done.stdout
    )
    assert np.isfinite(json.loads(call(company, "--replicates", "2", "--json").stdout)["seed"])


def test_variants_and_bad_input(company: str) -> None:
    assert (
        call(f"{company}:without", "--only", "customers_add_up", "--replicates", "1").exit_code == 0
    )
    for words in (("nowhere",), (company, "--only", "nothing"), (f"{company}:rescue",)):
        done = call(*words)
        assert done.exit_code == 2, done.output
        assert done.stdout == ""
