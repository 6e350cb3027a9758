"""What influences contribute: the arithmetic is that of two runs, and the words follow it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cxsim import engine
from cxsim.cli.cut_command import cut as cut_command
from cxsim.cli.failures import CarefulGroup
from cxsim.cli.loops_command import loops as loops_command
from cxsim.errors import CxsimError
from cxsim.explain.cutting import Cut, cut
from cxsim.explain.links import LINKS
from cxsim.explain.loops import Loops, loops
from cxsim.figures import save_figure
from cxsim.figures.loops import cut_figure, loops_figure
from cxsim.plan import LINK_NAMES
from tests.test_variants import small

TRUNK = small("orchestrated")
SOME = ("peers", "funding", "wins_to_employees", "word_of_mouth")


def adoption(cuts: dict[str, int], replicates: int) -> np.ndarray:
    record = engine.run_replicates(engine.prepare(TRUNK, cuts), 2, replicates, threads=1)
    assert record is not None
    return record.company["adoption"]


@pytest.fixture(scope="module")
def found() -> Loops:
    answer = loops(TRUNK, (30, 0), horizon=20, replicates=4, seed=2, links=SOME)
    assert answer is not None
    return answer


@pytest.fixture(scope="module")
def held() -> Cut:
    answer = cut(TRUNK, "peers", 10, replicates=4, seed=2)
    assert answer is not None
    return answer


def test_every_link_of_the_engine_is_told_in_words_and_no_other() -> None:
    assert tuple(LINKS) == LINK_NAMES
    assert len({link.title for link in LINKS.values()}) == len(LINKS)


def test_a_contribution_is_the_difference_of_two_runs(found: Loops) -> None:
    assert (found.weeks, found.until) == ((0, 30), (19, 49))
    for place, week in enumerate(found.weeks):
        sides = [adoption(cuts, 4)[:, found.until[place]] for cuts in ({}, {"peers": week})]
        value = found.contributions["peers"][place].value
        assert value == pytest.approx(30 * float((sides[0] - sides[1]).mean()), abs=1e-12)


def test_links_are_ranked_and_only_loops_dominate(found: Loops) -> None:
    sizes = [max(abs(e.value) for e in effects) for effects in found.contributions.values()]
    assert sizes == sorted(sizes, reverse=True)
    for place, link in enumerate(found.dominant):
        clear = {n: abs(e[place].value) for n, e in found.contributions.items() if e[place].clear}
        loops_alone = [n for n in found.contributions if LINKS[n].sign]
        most = max(abs(e.value) for n in loops_alone for e in found.contributions[n])
        rivals = {n: size for n, size in clear.items() if LINKS[n].sign and size >= 0.05 * most}
        assert (link.name if link else None) == max(rivals, key=rivals.__getitem__, default=None)


def test_nothing_moves_in_a_year_of_one_week() -> None:
    answer = loops(TRUNK, (0,), horizon=1, replicates=3, links=("peers", "managers"))
    assert answer is not None
    assert answer.dominant == (None,)
    assert answer.sentence == "No feedback loop clearly moves adoption."


def test_a_cut_reads_the_two_runs(held: Cut) -> None:
    with_, without = adoption({}, 4), adoption({"peers": 10}, 4)
    np.testing.assert_array_equal(held.series_with["adoption"], with_)
    np.testing.assert_array_equal(held.series_without["adoption"], without)
    effect = held.effects["adoption"]
    assert effect is not None
    assert effect.value == pytest.approx(30 * float((with_ - without)[:, -1].mean()))
    assert effect.text in held.sentence
    assert held.sentence.startswith("From week 10 on word of colleagues")
    outcome = held.as_dict()["outcomes"][0]
    assert outcome["with"] - outcome["without"] == pytest.approx(effect.value / 30)
    texts = (outcome[f"text_{of}"] for of in ("with", "without", "difference"))
    shown, shown_held, difference = (float(text.partition(" ")[0]) for text in texts)
    assert shown - shown_held == pytest.approx(difference)


def test_what_no_future_notices_changes_nothing() -> None:
    answer = cut(small("no_programme"), "funding", replicates=2)
    assert answer is not None
    assert answer.changes_nothing
    assert "funding changes nothing here" in answer.sentence


def test_weeks_of_a_table_have_one_number_of_decimals(found: Loops) -> None:
    for place in range(len(found.weeks)):
        numbers = [
            effects[place].text.partition(" ")[0] for effects in found.contributions.values()
        ]
        assert len({len(number.partition(".")[2]) for number in numbers}) == 1
    assert found.as_dict()["span"] == "the 20 weeks"
    assert all(
        abs(e.value) >= 0.5 for many in found.contributions.values() for e in many if e.clear
    )


def test_churn_and_money_can_be_asked_for_too() -> None:
    money = loops(TRUNK, (0,), "net_value", 59, replicates=2, links=("peers",))
    churn = cut(TRUNK, "word_of_mouth", outcomes=("customers", "payback_week"), replicates=2)
    assert money is not None
    assert churn is not None
    assert "$" in money.contributions["peers"][0].text
    assert "customers" in churn.sentence
    json.dumps([money.as_dict(), churn.as_dict()], allow_nan=False)


def test_answers_are_plain_data_and_pictures(found: Loops, held: Cut, tmp_path: Path) -> None:
    told = json.loads(json.dumps([found.as_dict(), held.as_dict()], allow_nan=False))
    assert [link["name"] for link in told[0]["links"]] == list(found.contributions)
    assert len(told[1]["series"][0]["with"]["median"]) == TRUNK.weeks
    files = save_figure(loops_figure(told[0]), tmp_path / "loops", ["svg"])
    files += save_figure(cut_figure(told[1]), tmp_path / "cut", ["svg"])
    assert all(path.stat().st_size > 10_000 for path in files)


def test_threads_change_no_number_and_a_stop_is_obeyed(found: Loops) -> None:
    again = loops(TRUNK, (30, 0), horizon=20, replicates=4, seed=2, threads=1, links=SOME)
    assert again is not None
    assert again.as_dict() == found.as_dict()
    assert loops(TRUNK, (0,), replicates=2, links=SOME, cancelled=lambda: True) is None
    assert cut(TRUNK, "peers", replicates=2, cancelled=lambda: True) is None


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: cut(TRUNK, "pears"), "pears: no such link, did you mean 'peers'"),
        (lambda: cut(TRUNK, "peers", 60), "week: 60 is out of range"),
        (lambda: cut(TRUNK, "peers", outcomes=("adoptoin",)), "did you mean 'adoption'"),
        (lambda: cut("typical", "peers"), "a Scenario is wanted"),  # type: ignore[arg-type]
        (lambda: loops(TRUNK, (26, 60)), "60 is beyond the end of the run, whose last week is 59"),
        (lambda: loops(TRUNK, outcome="belief_"), "did you mean 'belief'; there are employees, "),
        (lambda: loops(TRUNK, links=("xyzzy",)), "xyzzy: no such link; there are peers"),
    ],
)
def test_mistakes_are_named(ask: Any, message: str) -> None:
    with pytest.raises(CxsimError, match=message):
        ask()


# --- the command line -----------------------------------------------------------------------------


def typed(*words: str) -> Result:
    main = CarefulGroup("cxsim", commands={"cut": cut_command, "loops": loops_command})
    return CliRunner().invoke(main, words)


SMALL = ("--set", "employees=30", "--set", "customers=60", "--weeks", "40", "--replicates", "2")


def test_commands_print_and_save(tmp_path: Path) -> None:
    folder = str(tmp_path)
    ranked = typed("loops", "typical", "--from", "0,20", "--link", "peers", *SMALL, "--out", folder)
    assert ranked.exit_code == 0, ranked.output
    assert "The same numbers again: cxsim loops typical --from 0,20" in ranked.output
    one = typed("cut", "typical", "peers", "--week", "5", *SMALL, "--json", "--out", folder)
    answer = json.loads(one.output)
    assert answer["link"]["title"] == "word of colleagues"
    assert answer["command"].startswith("cxsim cut typical peers --week 5")
    assert {path.name for path in tmp_path.iterdir()} >= {"loops.csv", "loops.png", "cut.csv"}


def test_commands_name_influences_and_mistakes() -> None:
    names = typed("loops", "--list").output
    assert all(name in names for name in LINKS)
    wrong = typed("cut", "typical", "mangers")
    assert (wrong.exit_code, "did you mean 'managers'" in wrong.output) == (2, True)
    assert typed("loops", "typical", "--from", "soon").exit_code == 2
