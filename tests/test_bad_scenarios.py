"""Malformed scenario files: each gets one clear message with its place, never a traceback."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from cxsim import scenario_file
from cxsim.errors import CxsimError

HEAD = 'name = "bad"\ntitle = "Bad"\n'

# Each case: what follows the two lines of HEAD; line:column; words that the message must have.
BODIES: dict[str, tuple[str, str, list[str]]] = {
    # unknown keys
    "unknown lever": ("[levers]\nchartr = 0.5", "4:1", ["levers.chartr", "did you mean 'charter'"]),
    "unknown top key": ("tittle = 1", "3:1", ["tittle", "unknown key", "'title'"]),
    "unknown table": ("[lever]\ncharter = 0.5", "3:1", ["lever", "'levers'"]),
    "unknown organisation": (
        "[organisation]\nemployes = 300",
        "4:1",
        ["organisation.employes", "'employees'"],
    ),
    "unknown market": ("[market]\ncustomer = 300", "4:1", ["market.customer", "'customers'"]),
    "unknown coefficient": (
        "[coefficients]\nbelief_rte = 0.1",
        "4:1",
        ["coefficients.belief_rte", "'belief_rate'"],
    ),
    "wrong table": (
        "[levers]\nemployees = 300",
        "4:1",
        ["levers.employees", "belongs in [organisation]"],
    ),
    "lever at top": ("charter = 0.5", "3:1", ["charter", "unknown key"]),
    "unknown event key": (
        "[[events]]\nweek = 3\nset = { charter = 0.5 }\nnotes = 'x'",
        "6:1",
        ["events[0].notes", "'note'"],
    ),
    "unknown lever in event": (
        "[[events]]\nweek = 3\nset = { comunication = 0.5 }",
        "5:9",
        ["events[0].set.comunication", "'communication'"],
    ),
    "unknown shock": (
        "[[events]]\nweek = 3\nshock = { price_rize = 0.5 }",
        "5:11",
        ["events[0].shock.price_rize", "unknown shock", "'price_rise'"],
    ),
    "unknown shock detail": (
        "[[events]]\nweek = 3\nshock = { earnings = { size = 0.5, weks = 26 } }",
        "5:36",
        ["events[0].shock.earnings.weks", "'weeks'"],
    ),
    "unknown cure key": (
        "cure = { week = 40, sett = { charter = 0.8 } }",
        "3:21",
        ["cure.sett", "'set'"],
    ),
    "unknown lever in cure": (
        "cure = { week = 40, set = { chartr = 0.8 } }",
        "3:29",
        ["cure.set.chartr", "'charter'"],
    ),
    "unknown part of allocation": (
        "[levers]\nallocation = { insight = 0.3, process = 0.35, culture = 0.25, "
        "success = 0.05, advocacy = 0.05, advocay = 0.05 }",
        "4:96",
        ["levers.allocation.advocay", "'advocacy'"],
    ),
    "odd quoted key": ('[levers]\n"a b\\u001b" = 1', "4:1", ["\\x1b", "unknown lever"]),
    # types
    "text for number": (
        '[levers]\ncharter = "high"',
        "4:1",
        ["levers.charter", '"high"', "0..1 (unit share)"],
    ),
    "bool for number": ("[levers]\ncharter = true", "4:1", ["levers.charter", "true", "number"]),
    "date for number": (
        "[levers]\ncharter = 2020-01-02",
        "4:1",
        ["levers.charter", "2020-01-02", "number"],
    ),
    "time for number": ("[levers]\ncharter = 07:30:00", "4:1", ["levers.charter", "07:30:00"]),
    "list for number": ("[levers]\ncharter = [0.5]", "4:1", ["levers.charter", "a list"]),
    "table for number": ("[levers.charter]\nvalue = 1", "3:1", ["levers.charter", "a table"]),
    "nan": ("[levers]\ncharter = nan", "4:1", ["levers.charter", "nan"]),
    "infinity": ("[levers]\ncharter = inf", "4:1", ["levers.charter", "inf", "0..1"]),
    "fraction for integer": (
        "[organisation]\nemployees = 300.5",
        "4:1",
        ["organisation.employees", "300.5", "whole number"],
    ),
    "text for holdouts": (
        '[levers]\nholdouts = "sales"',
        "4:1",
        ["levers.holdouts", '"sales"', "list of function names"],
    ),
    "number in holdouts": ("[levers]\nholdouts = [3]", "4:1", ["levers.holdouts", "3", "name"]),
    "text for table": ('levers = "all"', "3:1", ["levers", '"all"', "table"]),
    "list for table": ("[[levers]]\ncharter = 0.5", "3:1", ["levers", "a list", "table"]),
    "table for events": ("[events]\nweek = 3", "3:1", ["events", "a table", "[[events]]"]),
    "numbers for events": ("events = [1]", "3:11", ["events[0]", "1", "table"]),
    "number for story": ("story = 3", "3:1", ["story", "3", "text"]),
    "number for note": (
        "[[events]]\nweek = 3\nset = { charter = 0.5 }\nnote = 1",
        "6:1",
        ["events[0].note", "text"],
    ),
    "text for week": (
        '[[events]]\nweek = "third"\nset = { charter = 0.5 }',
        "4:1",
        ["events[0].week", '"third"', "0..519"],
    ),
    "text for cure": ('cure = "money"', "3:1", ["cure", '"money"', "table"]),
    "number for shock table": (
        "[[events]]\nweek = 3\nshock = { earnings = 0.5 }",
        "5:11",
        ["events[0].shock.earnings", "0.5", "table"],
    ),
    "table for price rise": (
        "[[events]]\nweek = 3\nshock = { price_rise = { size = 0.5 } }",
        "5:11",
        ["events[0].shock.price_rise", "a table", "0..2"],
    ),
    "bad mode": ('mode = "FM32"', "3:1", ["mode", '"FM32"', "FM01..FM31"]),
    "number for extends": ("extends = 3", "3:1", ["extends", "3", "name or path"]),
    # ranges
    "too high": ("[levers]\ncharter = 1.7", "4:1", ["levers.charter", "1.7", "0..1 (unit share)"]),
    "too low": ("[levers]\ncharter = -0.1", "4:1", ["levers.charter", "-0.1", "0..1"]),
    "dotted key": ("levers.charter = 1.7", "3:1", ["levers.charter", "1.7", "0..1"]),
    "after a story": (
        'story = """\n[levers]\ncharter = 0.5 # no key\n"""\n[levers]\ncharter = 9',
        "8:1",
        ["levers.charter", "9"],
    ),
    "huge number": ("[levers]\ncharter = 1" + "0" * 400, "4:1", ["charter", "huge", "0..1"]),
    "too few employees": ("[organisation]\nemployees = 3", "4:1", ["employees", "3", "200000"]),
    "coefficient out of range": (
        "[coefficients]\nbelief_rate = -3",
        "4:1",
        ["coefficients.belief_rate", "-3", "out of range"],
    ),
    "weeks too many": ("weeks = 521", "3:1", ["weeks", "521", "1..520"]),
    "weeks zero": ("weeks = 0", "3:1", ["weeks", "0", "1..520"]),
    "weeks fraction": ("weeks = 10.5", "3:1", ["weeks", "10.5", "whole number"]),
    "negative week": (
        "[[events]]\nweek = -1\nset = { charter = 0.5 }",
        "4:1",
        ["events[0].week", "-1", "0..519"],
    ),
    "beyond the horizon": (
        "weeks = 52\n[[events]]\nweek = 52\nset = { charter = 0.5 }",
        "5:1",
        ["events[0].week", "52", "horizon", "0..51"],
    ),
    "second event": (
        "[[events]]\nweek = 3\nset = { charter = 0.5 }\n"
        "[[events]]\nweek = 4\n[events.set]\ncharter = 2",
        "9:1",
        ["events[1].set.charter", "2", "0..1"],
    ),
    "price rise too high": (
        "[[events]]\nweek = 3\nshock = { price_rise = 2.5 }",
        "5:11",
        ["events[0].shock.price_rise", "2.5", "0..2"],
    ),
    "surge too high": (
        "[[events]]\nweek = 3\nshock = { demand_surge = { size = 6, weeks = 4 } }",
        "5:28",
        ["events[0].shock.demand_surge.size", "6", "0..5"],
    ),
    "vacancy too long": (
        "[[events]]\nweek = 3\nshock = { cco_leaves = { vacancy = 999 } }",
        "5:26",
        ["events[0].shock.cco_leaves.vacancy", "999", "0..520"],
    ),
    # lacking and empty
    "event without week": (
        "[[events]]\nset = { charter = 0.5 }",
        "3:1",
        ["events[0]", "lacks 'week'"],
    ),
    "event without content": (
        "[[events]]\nweek = 3",
        "3:1",
        ["events[0]", "lacks 'set' or 'shock'"],
    ),
    "event with empty set": ("[[events]]\nweek = 3\nset = {}", "5:1", ["events[0].set", "empty"]),
    "shock without size": (
        "[[events]]\nweek = 3\nshock = { outage = { weeks = 2 } }",
        "5:11",
        ["events[0].shock.outage", "lacks size"],
    ),
    "cure without week": ("cure = { set = { charter = 0.8 } }", "3:1", ["cure", "lacks 'week'"]),
    "empty extends": ('extends = ""', "3:1", ["extends", "name or path"]),
    # what must fit together
    "shares do not sum": (
        "[levers]\ninsight_share = 0.5",
        "4:1",
        ["levers.allocation", "sum to 1.2", "instead of 1"],
    ),
    "allocation does not sum": (
        "[levers]\nallocation = { insight = 0.3, process = 0.3, culture = 0.25, "
        "success = 0.05, advocacy = 0.05 }",
        "4:1",
        ["levers.allocation", "sum to 0.95"],
    ),
    "allocation lacks parts": (
        "[levers]\nallocation = { insight = 0.5, process = 0.5 }",
        "4:1",
        ["levers.allocation", "lacks culture, success, advocacy"],
    ),
    "allocation twice": (
        "[levers]\ninsight_share = 0.3\nallocation = { insight = 0.3, process = 0.35, "
        "culture = 0.25, success = 0.05, advocacy = 0.05 }",
        "4:1",
        ["levers.insight_share", "written twice"],
    ),
    "shares do not sum after event": (
        "[[events]]\nweek = 3\nset = { process_share = 0.5 }",
        "5:9",
        ["events[0].set.allocation", "sum to 1.15"],
    ),
    "shares do not sum under cure": (
        "cure = { week = 40, set = { process_share = 0.5 } }",
        "3:29",
        ["cure.set.allocation", "sum to 1.15"],
    ),
    "unknown holdout": (
        '[levers]\nholdouts = ["sale"]',
        "4:1",
        ["levers.holdouts", "'sale'", "'sales'"],
    ),
    "holdout twice": ('[levers]\nholdouts = ["sales", "sales"]', "4:1", ["'sales' is named twice"]),
    "unknown function in shock": (
        '[[events]]\nweek = 3\nshock = { executive_replaced = { function = "opertions" } }',
        "5:34",
        ["events[0].shock.executive_replaced.function", "'opertions'", "'operations'"],
    ),
    "unknown host": (
        '[organisation]\nhost_function = "marketting"',
        "4:1",
        ["organisation.host_function", "'marketting'", "'marketing'"],
    ),
    "one function": (
        '[organisation]\nfunctions = ["sales"]',
        "4:1",
        ["organisation.functions", "1 functions", "2..12"],
    ),
    "function names": (
        '[organisation]\nfunctions = ["Sales", "service"]',
        "4:1",
        ["organisation.functions", '"Sales"', "small letters"],
    ),
    "shares of wrong length": (
        "[organisation]\nheadcount_shares = [0.5, 0.5]",
        "4:1",
        ["organisation.headcount_shares", "2 shares for 6 functions"],
    ),
    "share list does not sum": (
        "[organisation]\ncontact_shares = [0.1, 0.2, 0.24, 0.28, 0.09, 0.2]",
        "4:1",
        ["organisation.contact_shares", "sum to 1.11"],
    ),
    # TOML itself
    "no equals sign": ("[levers]\ncharter 0.5", "4:9", ["not valid TOML", "Expected '='"]),
    "unclosed text": ('story = "abc', "3:13", ["not valid TOML"]),
    "unclosed table": ("[levers", "3:8", ["not valid TOML"]),
    "duplicate key": (
        "[levers]\ncharter = 0.5\ncharter = 0.6",
        "5:1",
        ["'charter' is written twice"],
    ),
    "duplicate table": ("[levers]\n[market]\n[levers]", "5:1", ["'[levers]' is written twice"]),
    "too many digits": ("weeks = " + "9" * 5000, "3:1", ["too many digits"]),
    "long line": ("story = '" + "x" * 20000 + "'", "3:1", ["20010 characters", "10000"]),
    # parents
    "missing bundled parent": (
        'extends = "typicl"',
        "3:1",
        ["extends", '"typicl"', "did you mean 'typical'", "other, typical"],
    ),
    "missing parent file": (
        'extends = "gud.toml"',
        "3:1",
        ["extends", '"gud.toml" is no file', "'good.toml'"],
    ),
    "parent is a folder": ('extends = "folder.toml"', "", ["folder.toml: a folder where"]),
    "parent is itself": ('extends = "bad.toml"', "3:1", ["circle: bad.toml -> bad.toml"]),
    "parents in a circle": (
        'extends = "circle.toml"',
        "3:1",
        ["circle.toml:3:1", "circle: bad.toml -> circle.toml -> bad.toml"],
    ),
    "parent is wrong": ('extends = "wrong.toml"', "4:1", ["wrong.toml:4:1", "levers.charter", "7"]),
    "horizon shorter than the parent's events": (
        'extends = "good.toml"\nweeks = 50',
        "3:1",
        ["inherited.events[0].week", "100", "horizon of 50 weeks"],
    ),
    "function that the parent's events need": (
        'extends = "good.toml"\n[organisation]\nfunctions = ["marketing", "sales"]',
        "3:1",
        ["inherited.events[0].shock.outage.function", "'service'"],
    ),
}

# What else a sign and its measure can lack is in the tests of signs and of measures.
SIGN = "[[signs]]\nsays = 'x'\nmeasure = '{}'\n{} = 1"
BODIES |= {
    "table for signs": ("[signs]\nsays = 'x'", "3:1", ["signs", "a table", "[[signs]]"]),
    "numbers for signs": ("signs = [1]", "3:10", ["signs[0]", "1", "table"]),
    "sign without bounds": ("[[signs]]\nsays = 'x'\nmeasure = '1'", "3:1", ["lacks 'above' or"]),
    "unknown sign key": (SIGN.format(1, "abve"), "6:1", ["signs[0].abve", "key of a sign"]),
}
BODIES |= {
    f"measure, {words}": (SIGN.format(text, "above"), "5:1", ["signs[0].measure", words])
    for text, words in {
        "mean(adopton)": "adopton: no such series, did you mean 'adoption'?",
        '__import__("os")': "__import__: no such function",
        "adoption.__class__": "at character 9 has no place in a measure",
        "1+" * 4000 + "1": "8001 characters; at most 500",
        "(" * 240 + "1" + ")" * 240: "cannot be read as a measure",
        'mean(load["servce"])': "'servce' is not a function of this company",
    }.items()
}

WHOLE_FILES: dict[str, tuple[bytes, list[str]]] = {
    "no name": (b'title = "Bad"', ["bad.toml:1:1: lacks 'name'"]),
    "no title": (b'name = "bad"', ["bad.toml:1:1: lacks 'title'"]),
    "other name": (
        b'name = "good"\ntitle = "Bad"',
        ["bad.toml:1:1", '"good"', 'own name; write name = "bad"'],
    ),
    "impossible name": (b'name = "Bad!"\ntitle = "Bad"', ["bad.toml:1:1", '"Bad!"', "letters"]),
    "empty title": (b'name = "bad"\ntitle = " "', ["bad.toml:2:1: title: empty"]),
    "number for title": (b'name = "bad"\ntitle = 3', ["bad.toml:2:1: title: 3", "text"]),
    "empty file": (b"", ["bad.toml: empty file"]),
    "blank file": (b" \n\t\n", ["bad.toml: empty file"]),
    "binary file": (b"\x7fELF\0\0\0", ["bad.toml: a binary file"]),
    "invalid UTF-8": (b'name = "bad"\ntitle = "B\xff"', ["bad.toml:2:11", "UTF-8", "0xff"]),
    "deep nesting": (b"x = " + b"[" * 4000, ["bad.toml", "nested too deeply"]),
    "huge file": (b"#" * 80 + b"\n" * (1 << 20), ["bad.toml", "1048656 bytes", "1 MiB"]),
    "picture": (b"\x89PNG\r\n\x1a\n", ["bad.toml:1:1", "UTF-8"]),
    "json": (b'{"name": "bad"}', ["bad.toml:1:1", "not valid TOML"]),
}


def _make_folder(path: Path) -> None:
    path.mkdir()


def _make_fifo(path: Path) -> None:
    os.mkfifo(path)


def _make_loop(path: Path) -> None:
    path.symlink_to(path)


def _make_dangling(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


NOT_FILES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "folder": (_make_folder, ["bad.toml: a folder"]),
    "pipe": (_make_fifo, ["bad.toml: not an ordinary file"]),
    "symlink loop": (_make_loop, ["bad.toml: cannot be read", "symbolic links"]),
    "dangling symlink": (_make_dangling, ["bad.toml: no such file"]),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with parents to extend, and two bundled scenarios elsewhere."""
    store = tmp_path / "bundled"
    store.mkdir()
    for name in ("typical", "other"):
        (store / f"{name}.toml").write_text(f'name = "{name}"\ntitle = "T"\n')
    monkeypatch.setattr(scenario_file, "scenario_folder", lambda: store)
    work = tmp_path / "work"
    work.mkdir()
    (work / "good.toml").write_text(
        'name = "good"\ntitle = "Good"\n[[events]]\nweek = 100\n'
        'shock = { outage = { size = 0.4, weeks = 2, function = "service" } }\n'
    )
    (work / "circle.toml").write_text('name = "circle"\ntitle = "C"\nextends = "bad.toml"\n')
    (work / "wrong.toml").write_text('name = "wrong"\ntitle = "W"\n[levers]\ncharter = 7\n')
    (work / "folder.toml").mkdir()
    monkeypatch.chdir(work)
    return work


def write_case(folder: Path, case: str) -> list[str]:
    """Write one malformed ``bad.toml`` and return the words that its message must have."""
    path = folder / "bad.toml"
    if case in NOT_FILES:
        make, words = NOT_FILES[case]
        make(path)
    elif case in WHOLE_FILES:
        data, words = WHOLE_FILES[case]
        path.write_bytes(data)
    else:
        body, position, words = BODIES[case]
        path.write_text(HEAD + body + "\n", encoding="utf-8")
        words = [f"toml:{position}: " if position else "toml", *words]
    return words


CASES = sorted({*BODIES, *WHOLE_FILES, *NOT_FILES})


def test_there_are_many_cases() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES)
def test_message(folder: Path, case: str) -> None:
    words = write_case(folder, case)
    with pytest.raises(CxsimError) as caught:
        scenario_file.load("bad.toml")
    message = str(caught.value)
    assert [word for word in words if word not in message] == [], message
    assert message.isprintable(), "one line, and no control characters"


def test_all_problems_are_told_in_the_order_of_the_text(folder: Path) -> None:
    (folder / "bad.toml").write_text(
        HEAD + "weeks = 0\n[levers]\ncharter = 7\nchartr = 1\n[[events]]\nweek = 600\n"
        "set = { diplomcy = 1 }\n"
    )
    with pytest.raises(CxsimError) as caught:
        scenario_file.load("bad.toml")
    places = [line.split(": ")[0] for line in str(caught.value).splitlines()]
    assert places == [f"bad.toml:{at}" for at in ("3:1", "5:1", "6:1", "8:1", "9:9")]


def test_at_most_ten_lines(folder: Path) -> None:
    wrong = "".join(f"wrong_{i} = 1\n" for i in range(30_000))
    (folder / "bad.toml").write_text(HEAD + "[levers]\n" + wrong)
    with pytest.raises(CxsimError) as caught:
        scenario_file.load("bad.toml")
    lines = str(caught.value).splitlines()
    assert len(lines) == 10
    assert lines[-1] == "... and 29991 more problems"


def test_a_chain_that_is_too_long(folder: Path) -> None:
    for i in range(40):
        (folder / f"s{i}.toml").write_text(
            f'name = "s{i}"\ntitle = "S"\nextends = "s{i + 1}.toml"\n'
        )
    with pytest.raises(CxsimError, match=r"s20\.toml:3:1: extends: more than 20 parents"):
        scenario_file.load("s0.toml")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("typicl", ["did you mean 'typical'", "other, typical"]),
        ("zzz", ["no bundled scenario", "other, typical"]),
        ("", ["name or path"]),
        (None, ["nothing", "name or path"]),
        (3, ["3", "name or path"]),
        ("nowhere/goood.toml", ["nowhere/goood.toml: no such file"]),
        ("goood.toml", ["goood.toml: no such file", "'good.toml'"]),
        ("a\0b.toml", ["a?b.toml: cannot be read", "null"]),
        ("x" * 5000 + ".toml", ["cannot be read", "name too long"]),
    ],
)
def test_names_and_paths(folder: Path, asked: str, words: list[str]) -> None:
    with pytest.raises(CxsimError) as caught:
        scenario_file.load(asked)
    assert [word for word in words if word.lower() not in str(caught.value).lower()] == []


def test_every_case_through_the_command_line(folder: Path) -> None:
    from cxsim.cli import main  # here, so that the tests of reading need no command line

    for case in CASES:
        words = write_case(folder, case)
        result = CliRunner().invoke(main, ["show", "bad.toml"])
        assert result.exit_code == 2, (case, result.output)
        assert "Traceback" not in result.output, case
        assert len(result.output.splitlines()) <= 10, (case, result.output)
        assert words[-1] in result.output, (case, result.output)
        path = folder / "bad.toml"
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink()
