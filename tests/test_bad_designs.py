"""Malformed design files: each gets one clear message with its place, never a traceback."""

from __future__ import annotations

import contextlib
import copy
import functools
import math
import operator
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from cxsim.errors import CxsimError
from cxsim.study.design import Design, load_design, parse_design

HEAD = 'name = "bad"\nbase = "typical"\n'
LEVERS = "[levers]\ncharter = [0.2, 0.8]\n"

# Each case: what follows the two lines of HEAD; line:column; words that the message must have.
# What a factor or a sampling rule alone can lack is in the tests of designs.
BODIES: dict[str, tuple[str, str, list[str]]] = {
    # keys
    "unknown top key": (LEVERS + "[desing]\nmethod = 'morris'", "5:1", ["key", "'design'"]),
    "unknown design key": (
        LEVERS + "[design]\nsample = 9",
        "6:1",
        ["design.sample", "did you mean 'samples'"],
    ),
    "unknown outcomes key": (
        LEVERS + "[outcomes]\nwithdrawn = 9",
        "6:1",
        ["outcomes.withdrawn", "'withdraw'"],
    ),
    "unknown replicates key": (LEVERS + "[replicates]\nnumbr = 9", "6:1", ["'number'"]),
    "unknown key of a range": (
        "[levers]\ncharter = { low = 0.1, hihg = 0.9 }",
        "4:1",
        ["levers.charter", "hihg", "'high'"],
    ),
    "number for table": ("replicates = 20\n" + LEVERS, "3:1", ["replicates: 20", "a table"]),
    "text for levers": ('levers = "all"', "3:1", ['levers: the text "all"', "a table"]),
    # names
    "unknown lever": ("[levers]\nchartr = [0.5]", "4:1", ["levers.chartr", "'charter'"]),
    "unknown group": ("[levers]\nleadrship = [0.5]", "4:1", ["'leadership'"]),
    "an assumption among the levers": (
        "[levers]\nemployees = [30, 300]",
        "4:1",
        ["levers.employees", "nobody decides it", "uncertainties"],
    ),
    "varies twice": (
        LEVERS + "[uncertainties]\ncharter = 'range'",
        "6:1",
        ["uncertainties.charter", "twice"],
    ),
    "headline group and its lever": (
        "[levers]\nleadership = 'range'\ncharter = 'range'",
        "5:1",
        ["levers.charter", "headline group 'leadership'"],
    ),
    "nothing varies": ("seed = 2", "1:1", ["nothing varies", "[levers]"]),
    "same name as an outcome": (
        "[uncertainties]\ncustomers = [90, 100]\n[outcomes]\nkeep = ['customers']",
        "4:1",
        ["uncertainties.customers", "outcome has the same name"],
    ),
    # values
    "beyond the registry": (
        "[levers]\ncharter = { low = 0.5, high = 1.5 }",
        "4:1",
        ["levers.charter", "1.5 is out of range 0..1 (unit share)"],
    ),
    "value beyond the registry": ("[levers]\ncharter = [0.5, 7]", "4:1", ["7 is out of range"]),
    "position beyond 1": ("[levers]\nwins = { low = 0, high = 2 }", "4:1", ["2", "0..1"]),
    "upside down": ("[levers]\ncharter = { low = 0.9, high = 0.1 }", "4:1", ["not below"]),
    "half a range": ("[levers]\ncharter = { low = 0.9 }", "4:1", ["lacks 'high'"]),
    "text for an end": (
        "[levers]\ncharter = { low = 'a', high = 1 }",
        "4:1",
        ['low: the text "a"'],
    ),
    "number for a range": ("[levers]\ncharter = 0.5", "4:1", ["0.5 where {", "list of values"]),
    "unknown word": ("[levers]\ncharter = 'rnge'", "4:1", ['"rnge"', '"sensitivity"']),
    "empty list": ("[levers]\ncharter = []", "4:1", ["levers.charter", "0 values"]),
    "range of a list": ("[levers]\nholdouts = 'range'", "4:1", ["no range", "list of values"]),
    "range of a text": ("[uncertainties]\nhost_function = 'range'", "4:1", ["no range"]),
    "fraction of people": (
        "[uncertainties]\nemployees = { low = 30.5, high = 90 }",
        "4:1",
        ["30.5", "whole number"],
    ),
    "no interval": (
        "[levers]\ncharter = 'sensitivity'",
        "4:1",
        ["no interval", "give low and high"],
    ),
    "derived number": (
        "[uncertainties]\ninnovator_threshold = 'sensitivity'",
        "4:1",
        ["follows from threshold_mean"],
    ),
    # method and size
    "unknown method": (LEVERS + "[design]\nmethod = 'sobel'", "6:1", ['"sobel"', "no method"]),
    "number for method": (LEVERS + "[design]\nmethod = 3", "6:1", ["3 is no method"]),
    "no power of two": (
        LEVERS + "[design]\nmethod = 'saltelli'\nsamples = 100",
        "7:1",
        ["design.samples", "100 is no power of two", "64 or 128"],
    ),
    "nothing to sample": (
        LEVERS + "[design]\nmethod = 'sobol_sequence'",
        "6:1",
        ["design.method", "lists of decisions; choose factorial"],
    ),
    "no samples": (LEVERS + "[design]\nsamples = 0", "6:1", ["0 is out of range"]),
    "one level": (LEVERS + "[design]\nmethod = 'factorial'\nsamples = 1", "7:1", ["2..100000"]),
    "too many points": (
        "[levers]\ncharter = 'range'\nresources = 'range'\n[design]\nmethod = 'factorial'\n"
        "samples = 999",
        "8:1",
        ["998,001 points", "at most 100,000"],
    ),
    "too many runs": (
        "[levers]\ncharter = 'range'\n[design]\nsamples = 90_000\n[replicates]\nnumber = 200",
        "7:1",
        ["18,000,000 runs", "at most 10,000,000"],
    ),
    "own value outside": (
        "[levers]\ncharter = { low = 0.9, high = 1.0 }\n[design]\nmethod = 'one_at_a_time'",
        "4:1",
        ["levers.charter", "own value", "widen the range"],
    ),
    "table without points": (LEVERS + "[design]\nmethod = 'table'", "6:1", ["[[points]]"]),
    "points without a table": (
        LEVERS + "[design]\nmethod = 'morris'\n[[points]]\ncharter = 0.2",
        "7:1",
        ["points", 'method = "table"'],
    ),
    "point lacks a value": (
        "[[points]]\ncharter = 0.2\nresources = 0.1\n[[points]]\ncharter = 0.5",
        "6:1",
        ["points[1]", "lacks resources"],
    ),
    "point with an unknown name": ("[[points]]\nchartr = 0.2", "4:1", ["points[0].chartr"]),
    "point outside the list": (LEVERS + "[[points]]\ncharter = 0.3", "6:1", ["not among"]),
    "list in a point": ("[[points]]\ncharter = [0.2]", "4:1", ["points[0].charter: a list where"]),
    "table for an outcome": (LEVERS + "[outcomes]\nkeep = [{}]", "6:9", ["a table where the name"]),
    "number for a point": (LEVERS + "points = [1]", "5:1", ["levers.points", "unknown name"]),
    # replicates
    "no replicates": (LEVERS + "[replicates]\nnumber = 0", "6:1", ["replicates.number: 0"]),
    "number and rule": (
        LEVERS + "[replicates]\nnumber = 9\nuntil = 'adoption'\nhalf_width = 0.1",
        "6:1",
        ["exclude each other"],
    ),
    "rule without a width": (LEVERS + "[replicates]\nuntil = 'adoption'", "5:1", ["'half_width'"]),
    "negative width": (
        LEVERS + "[replicates]\nuntil = 'adoption'\nhalf_width = -1",
        "7:1",
        ["replicates.half_width", "-1"],
    ),
    "rule on what is not kept": (
        LEVERS + "[replicates]\nuntil = 'embedded'\nhalf_width = 0.1",
        "6:1",
        ['replicates.until: the text "embedded" is no kept outcome'],
    ),
    "most below least": (
        LEVERS + "[replicates]\nuntil = 'adoption'\nhalf_width = 0.1\nat_most = 4",
        "8:1",
        ["replicates.at_most", "below at_least, 8"],
    ),
    "huge seed": ("seed = 99999999999\n" + LEVERS, "3:1", ["seed", "out of range"]),
    # what is kept
    "unknown outcome": (
        LEVERS + "[outcomes]\nkeep = ['adoption', 'net_valu']",
        "6:21",
        ["outcomes.keep[1]", "'net_value'"],
    ),
    "nothing kept": (LEVERS + "[outcomes]\nkeep = []", "6:1", ["nothing is kept"]),
    "text for outcomes": (LEVERS + "[outcomes]\nkeep = 'adoption'", "6:1", ["list of outcomes"]),
    "survives what": (
        LEVERS + "[outcomes]\nkeep = ['self_sustaining']",
        "5:1",
        ["self_sustaining needs", "withdraw = 104"],
    ),
    "withdrawn too late": (
        LEVERS + "[outcomes]\nkeep = ['share_surviving']\nwithdraw = 500",
        "7:1",
        ["outcomes.withdraw", "500 is out of range 1..468"],
    ),
    "bad measure": (
        LEVERS + "[outcomes.measures]\nlate = 'mean(adopton)'",
        "6:1",
        ["outcomes.measures.late", "'adoption'"],
    ),
    "measure of a strange function": (
        LEVERS + "[outcomes.measures]\nlate = 'mean(load[\"legal\"])'",
        "6:1",
        ["'legal' is not a function of the company typical"],
    ),
    "measure with an outcome's name": (
        LEVERS + "[outcomes.measures]\nadoption = 'mean(belief)'",
        "6:1",
        ["name of an outcome"],
    ),
    "unknown series": (
        LEVERS + "[series]\nkeep = ['belif']",
        "6:9",
        ["series.keep[0]", "'belief'"],
    ),
    # companies
    "horizon out of range": ("weeks = 0\n" + LEVERS, "3:1", ["weeks: 0 is out of range"]),
    "base and scenarios": (
        LEVERS + "[scenarios]\nnames = ['typical']",
        "2:1",
        ["base", "exclude each other"],
    ),
}

WHOLE_FILES: dict[str, tuple[bytes, list[str]]] = {
    "unknown base": (
        b'base = "typicl"\n[levers]\ncharter = "range"',
        ["bad.toml:1:1: base:", "no bundled scenario, did you mean 'typical'"],
    ),
    "no such file": (b'base = "goood.toml"', ["bad.toml:1:1: base:", "'good.toml'"]),
    "base is wrong itself": (b'base = "wrong.toml"', ["wrong.toml:4:1", "levers.charter", "7"]),
    "base written out wrongly": (
        b'[base]\nname = "x"\ntitle = "X"\n[base.levers]\nchartr = 1\n[levers]\ncharter = "range"',
        ["bad.toml:5:1: base.levers.chartr: unknown lever"],
    ),
    "number for base": (b"base = 3\n[levers]\nwins = 'range'", ["bad.toml:1:1: base: 3 where"]),
    "events beyond the horizon": (
        b'base = "good.toml"\nweeks = 50\n[levers]\nwins = "range"',
        ["bad.toml:2:1: weeks:", "100 is beyond the horizon of 50 weeks"],
    ),
    "unknown scenario": (
        b'[scenarios]\nnames = ["typical", "orchestratd"]',
        ["bad.toml:2:21: scenarios.names[1]:", "'orchestrated'"],
    ),
    "scenario twice": (
        b'[scenarios]\nnames = ["typical", "typical"]',
        ["bad.toml:2:1: scenarios.names", "twice"],
    ),
    "text for scenarios": (b'[scenarios]\nnames = "typical"', ["bad.toml:2:1: scenarios.names"]),
    "different horizons": (
        b'[scenarios]\nnames = ["typical", "short.toml"]',
        ["bad.toml:1:1: scenarios:", "40 and 156 weeks", "write weeks = 156"],
    ),
    "one at a time around two": (
        b'[scenarios]\nnames = ["typical", "orchestrated"]\n[design]\nmethod = "one_at_a_time"',
        ["bad.toml:4:1: design.method", "one base"],
    ),
    "range of one's own function": (
        b'[levers]\nx = "range"\n[outcomes]\nkeep = ["y"]',
        ["bad.toml:2:1: levers.x", "needs a base"],
    ),
    "series of one's own function": (
        b'[levers]\nx = [1, 2]\n[outcomes]\nkeep = ["y"]\n[series]\nkeep = ["adoption"]',
        ["bad.toml:6:9: series.keep[0]", "has no series"],
    ),
    "bad name": (b'name = "Bad!"\n[levers]\nx = [1]', ["bad.toml:1:1: name", "small letters"]),
    "empty file": (b"", ["bad.toml: empty file; a design says"]),
    "no TOML": (b"levers: x", ["bad.toml:1:7: not valid TOML"]),
    "invalid UTF-8": (b'name = "B\xff"', ["bad.toml:1:10", "UTF-8"]),
    "deep nesting": (b"x = " + b"[" * 4000, ["bad.toml", "nested too deeply to be a design"]),
    "key twice": (b"seed = 1\nseed = 2", ["bad.toml:2:1", "'seed' is written twice"]),
}

CASES = sorted({*BODIES, *WHOLE_FILES})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with scenarios to start from."""
    (tmp_path / "good.toml").write_text(
        'name = "good"\ntitle = "Good"\n[[events]]\nweek = 100\nshock = { price_rise = 0.1 }\n'
    )
    (tmp_path / "short.toml").write_text('name = "short"\ntitle = "Short"\nweeks = 40\n')
    (tmp_path / "wrong.toml").write_text('name = "wrong"\ntitle = "W"\n[levers]\ncharter = 7\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_case(folder: Path, case: str) -> list[str]:
    """Write one malformed ``bad.toml`` and return the words that its message must have."""
    path = folder / "bad.toml"
    if case in WHOLE_FILES:
        data, words = WHOLE_FILES[case]
        path.write_bytes(data)
        return words
    body, position, words = BODIES[case]
    path.write_text(f"{HEAD}{body}\n", encoding="utf-8")
    return [f"bad.toml:{position}: ", *words]


@pytest.mark.parametrize("case", CASES)
def test_message(folder: Path, case: str) -> None:
    words = write_case(folder, case)
    with pytest.raises(CxsimError) as caught:
        load_design("bad.toml")
    message = str(caught.value)
    assert [word for word in words if word not in message] == [], message
    assert message.isprintable(), "one line, and no control characters"


def test_all_problems_are_told_in_the_order_of_the_text(folder: Path) -> None:
    (folder / "bad.toml").write_text(
        'base = "typicl"\nseed = -1\n[levers]\nchartr = 1\nwins = "range"\ncharter = [5]\n'
        "[design]\nmethod = 'saltelli'\nsamples = 3\n[outcomes]\nkeep = ['adopton']\n"
    )
    with pytest.raises(CxsimError) as caught:
        load_design("bad.toml")
    places = [line.split(": ")[0] for line in str(caught.value).splitlines()]
    assert places == [f"bad.toml:{at}" for at in ("1:1", "2:1", "4:1", "6:1", "9:1", "11:9")]


def test_at_most_ten_lines() -> None:
    wrong = "".join(f"wrong_{i} = 1\n" for i in range(3_000))
    with pytest.raises(CxsimError) as caught:
        parse_design(HEAD + "[levers]\n" + wrong)
    lines = str(caught.value).splitlines()
    assert (len(lines), lines[-1]) == (10, "... and 2991 more problems")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("quik", ["no bundled design", "did you mean 'quick'"]),
        ("", ["name or path of a design"]),
        ("nowhere/tipping.toml", ["nowhere/tipping.toml: no such file"]),
        ("good.toml/x.toml", ["cannot be read"]),
    ],
)
def test_names_and_paths(folder: Path, asked: str, words: list[str]) -> None:
    with pytest.raises(CxsimError) as caught:
        load_design(asked)
    assert [word for word in words if word not in str(caught.value)] == []


def test_in_python_all_problems_come_at_once_too() -> None:
    with pytest.raises(CxsimError) as caught:
        Design.of("typical", levers={"chartr": (0, 1), "wins": (0, 2), "charter": 3})
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        "levers.chartr",
        "levers.wins",
        "levers.charter",
    ]


_PIECES = [
    *(f"{body}\n" for body, _, _ in BODIES.values()),
    LEVERS,
    HEAD,
    "[design]\nmethod = 'morris'\n",
    "[outcomes]\nkeep = ['adoption']\n",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=4), st.integers(0, 200))
def test_a_damaged_file_gives_a_clear_error_or_a_design(pieces: list[str], cut: int) -> None:
    text = "".join(pieces)
    message = complaint(text[:cut] + text[cut + 1 :])
    assert message == "" or message.startswith("damaged")
    assert len(message.splitlines()) <= 10


SOUND = """
base = "typical"
levers = { wins = { low = 0.1, high = 0.9 }, holdouts = ["", "sales"], resources = [1, 2.5] }
uncertainties = { workload = "range", threshold_mean = "sensitivity" }
design = { method = "morris", samples = 2 }
replicates = { until = "adoption", half_width = 0.1, at_most = 9 }
outcomes = { keep = ["adoption"], withdraw = 50, measures = { late = "mean(belief, -4)" } }
series = { keep = ["adoption"] }
points = [{ wins = 0.2, holdouts = "" }]
scenarios = { names = ["typical", { name = "x", title = "X", extends = "typical" }] }
"""
_PLACES = [
    ("base",), ("levers",), ("levers", "wins"), ("levers", "wins", "low"), ("levers", "holdouts"),
    ("levers", "resources", 0), ("uncertainties", "workload"), ("design", "method"),
    ("design", "samples"), ("replicates", "until"), ("replicates", "half_width"),
    ("outcomes", "keep"), ("outcomes", "keep", 0), ("outcomes", "withdraw"),
    ("outcomes", "measures"), ("outcomes", "measures", "late"), ("series",),
    ("series", "keep", 0), ("points",),
    ("points", 0), ("points", 0, "wins"), ("scenarios", "names"), ("scenarios", "names", 1),
    ("scenarios", "names", 1, "extends"),
]  # fmt: skip
_ODD = st.sampled_from(
    [math.nan, math.inf, 10**300, -1, 0, 3, 0.5, "", "range", "table", "scenario", "adoption", True,
     [], [[]], [{}], ["sales", 1], {}, {"low": 0}, {"values": [True]}, date(2026, 1, 2)]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(_PLACES), _ODD, max_size=3), st.sets(st.integers(0, 9)))
def test_odd_values_anywhere_give_a_clear_error_or_a_design(
    odd: dict[tuple[Any, ...], Any], left_out: set[int]
) -> None:
    content: Any = tomllib.loads(SOUND)
    for key in [key for number, key in enumerate(content) if number in left_out]:
        del content[key]
    for place, value in odd.items():
        with contextlib.suppress(KeyError, IndexError, TypeError):  # it is no longer there
            functools.reduce(operator.getitem, place[:-1], content)[place[-1]] = copy.deepcopy(
                value
            )
    message = complaint(tomli_w.dumps(content))
    assert len(message.splitlines()) <= 10


def complaint(text: str) -> str:
    """What reading a design complains of; empty when it gives one."""
    try:
        parse_design(text, "damaged")
    except CxsimError as error:
        return str(error)
    return ""
