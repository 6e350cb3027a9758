"""What can be said of a design before it runs: where it is wrong, what it would cost."""

from __future__ import annotations

import pytest

from cxsim.app.experiments import desk, verdict
from cxsim.app.experiments.desk import TEMPLATE, opening, picked
from cxsim.app.experiments.verdict import (
    FINE,
    MOST_RUNS,
    TOO_BIG,
    WRONG,
    Problem,
    duration,
    judged,
    problems_of,
    trial_of,
)
from cxsim.cores import available_cores
from cxsim.study.batch.trying import Trial
from cxsim.study.design.file import bundled_designs


def test_a_problem_has_line_and_column() -> None:
    text = TEMPLATE.replace('"sobol_sequence"', '"sobol_sequens"').replace("128", '"many"')
    found = judged(text)
    assert found.state == WRONG
    lines = text.splitlines()
    places = [(one.line, one.column) for one in found.problems]
    assert places == [
        (next(i for i, line in enumerate(lines, 1) if line.startswith(key)), 1)
        for key in ("method", "samples")
    ]
    assert "did you mean 'sobol_sequence'" in found.problems[0].words


def test_a_text_that_is_no_toml_has_a_place_too() -> None:
    (problem,) = judged('name = "x"\nlevers = {').problems
    assert problem.line == 2


def test_messages_without_a_place_stay_whole() -> None:
    assert problems_of("a: b\n\nx.toml:3:7: levers: c") == (
        Problem("a: b"),
        Problem("levers: c", 3, 7),
    )


@pytest.mark.parametrize("name", bundled_designs())
def test_every_bundled_design_can_run_from_the_page(name: str) -> None:
    found = judged(picked(opening(), name).text)
    assert (found.state, found.problems) == (FINE, ())
    assert 0 < found.runs <= MOST_RUNS


def test_the_time_is_measured() -> None:
    found = judged(TEMPLATE, trial_of)
    larger = judged(TEMPLATE.replace("number = 8", "number = 80"), lambda _: Trial(8, (), 0.01))
    assert found.seconds is not None
    assert 0.0 < found.seconds < 3600.0
    assert larger.seconds == pytest.approx(0.01 * 10240 / available_cores())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("number = 8", "number = 900", "115,200 runs; from this page a study has at most 20,000"),
        ("[outcomes]", '[series]\nkeep = ["adoption", "wins"]\n[outcomes]', "weekly numbers"),
    ],
)
def test_what_would_fill_the_computer_is_refused(
    old: str, new: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verdict, "MOST_WEEKLY", 128 * 8 * 2 * 104 - 1)
    found = judged(TEMPLATE.replace(old, new))
    assert found.state == TOO_BIG
    assert said in found.problems[0].words
    assert "command line" in found.problems[0].words


def test_what_can_only_fail_is_refused_with_its_reason() -> None:
    factors = "leadership = { low = 0.0, high = 1.0 }\nchange = { low = 0.0, high = 1.0 }"
    found = judged(TEMPLATE.replace(factors, 'insight_share = "range"'), trial_of)
    assert found.state == WRONG
    (problem,) = found.problems
    assert problem.words.startswith("8 of 8 points tried cannot run: ")
    assert "the five shares sum to" in problem.words
    assert "several" not in problem.words  # they differ in their numbers only


def test_what_fails_in_part_is_warned_of() -> None:
    found = judged(TEMPLATE, lambda _: Trial(8, ("b 1", "a 2", "a 3.5"), 0.01))
    said = "3 of 8 points tried cannot run: a 2 (the most frequent of several reasons)"
    assert (found.state, found.warning) == (FINE, said)
    shown = desk.shown(picked(opening(), desk.OWN), found, done="", busy=False)
    assert (shown["verdict"]["warning"], bool(shown["verdict"]["costs"])) == (said, True)


def test_what_would_take_for_ever_is_refused() -> None:
    found = judged(TEMPLATE, lambda _: Trial(8, (), 3600.0))
    assert found.state == TOO_BIG
    assert "it would take about" in found.problems[0].words


def test_a_huge_text_is_not_even_read() -> None:
    assert "characters" in judged("#" * 10**6).problems[0].words


@pytest.mark.parametrize("base", ["/etc/passwd", "../../x.toml", "C:\\\\x.toml"])
def test_a_design_from_the_page_reads_no_file_of_this_computer(base: str) -> None:
    found = judged(TEMPLATE.replace('"typical"', f'"{base}"'))
    assert found.state == WRONG
    assert "root:" not in str(found.problems)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "about a second"),
        (8.4, "about 8 seconds"),
        (61, "about 60 seconds"),
        (600, "about 10 minutes"),
        (7200, "about 2 hours"),
        (1e6, "about 12 days"),
    ],
)
def test_a_time_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_the_bench_shows_costs_and_command() -> None:
    bench = picked(opening(), desk.OWN)
    shown = desk.shown(bench, judged(bench.text, lambda _: Trial(8, (), 0.01)), done="", busy=True)
    costs = {one["what"]: one["much"] for one in shown["verdict"]["costs"]}
    assert (costs["points"], costs["runs"]) == ("128", "1,024")
    assert shown["verdict"]["command"] == "cxsim study run my_study.toml --out my_study"
    assert "wait in line" in shown["verdict"]["remark"]
    again = desk.shown(bench, judged(bench.text), done="complete", busy=False)
    assert again["verdict"]["action"] == "Open the study"


def test_a_refused_change_leaves_the_text() -> None:
    bench = picked(opening(), desk.OWN)
    after = desk.changed(bench, {"kind": "nonsense"})
    assert (after.text, after.revision) == (bench.text, bench.revision)
    assert after.refusal
    assert desk.changed(after.typed("[["), {"kind": "set"}).refusal.endswith("use the form")
