"""Measures: values worked out by hand, and everything that is refused."""

from __future__ import annotations

import math
import pickle
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cxsim.errors import CxsimError
from cxsim.measures import FUNCTIONS, parse, usage
from cxsim.measures.language import LONGEST_TEXT
from tests.measured import NAN, Known, story

# Text -> what it is in the two futures of `Known`.
VALUES: dict[str, tuple[float, float]] = {
    # windows
    "mean(adoption)": (0.25, 0.3),
    "mean(adoption, 4)": (0.45, 0.3),
    "mean(adoption, 1, 3)": (0.15, 0.2),
    "mean(adoption, -2)": (0.45, 0.3),
    "mean(adoption, -5, -3)": (0.15, 0.2),
    "mean(adoption, 1, -3)": (0.15, 0.2),
    "mean(adoption, 0, 6)": (0.25, 0.3),
    "mean(adoption, weeks - 2)": (0.45, 0.3),
    "mean(adoption, weeks / 4, 2 + 1.9)": (0.15, 0.2),  # 1.5 lies in week 1, 3.9 in week 3
    'mean(adoption, event_week("cco_leaves"))': (0.45, 0.3),
    'mean(adoption, 4 * lever("charter"), lever("reporting_levels") + 1)': (0.15, 0.2),
    # over the weeks
    "sum(satisfaction)": (0.0, 2.0),
    "first(adoption)": (0.0, 0.6),
    "first(adoption, 2)": (0.2, 0.2),
    "last(adoption)": (0.5, 0.4),
    "last(adoption, 0, 2)": (0.1, 0.2),
    "at(adoption, 5)": (0.5, 0.4),
    "at(adoption, -6)": (0.0, 0.6),
    "max(satisfaction)": (1.0, 1.0),
    "min(satisfaction)": (-1.0, 0.0),
    "sd(satisfaction)": (math.sqrt(1 / 3), math.sqrt(2 / 9)),
    "slope(adoption)": (0.1, -0.5 / 17.5),
    "slope(adoption, 3, 4)": (NAN, NAN),  # one week has no slope
    "slope(budget)": (0.0, 0.0),
    "week_of_max(satisfaction)": (0, 1),
    "week_of_max(satisfaction, 2)": (2, 4),
    "week_of_min(satisfaction)": (3, 0),
    "week_of_min(adoption, -4, -1)": (2, 2),
    "first_week_above(adoption, 0.2)": (3, 0),
    "first_week_above(adoption, 0.2, 1)": (3, 5),
    "first_week_above(adoption, 0.5)": (NAN, 0),  # at the bound is not above it
    "first_week_above(adoption, max(adoption) / 2)": (3, 0),
    "first_week_below(adoption, 0.2, 0, 4)": (0, NAN),
    # two series
    "correlation(adoption, adoption)": (1.0, 1.0),
    "correlation(satisfaction, survey_score, 2, 5)": (0.5, -0.5),
    "correlation(adoption, budget)": (NAN, NAN),  # nothing goes with what never changes
    "lag_of_best_correlation(satisfaction, survey_score, 3)": (2, 1),
    "lag_of_best_correlation(satisfaction, survey_score, 0)": (0, 0),
    "lag_of_best_correlation(adoption, budget, 2)": (NAN, NAN),
    # one function or layer
    'mean(adoption["service"])': (0.6, 0.1),
    'sum(closures["finance"], 1, 3)': (6.0, 8.0),
    "mean(adoption['finance'])": (NAN, NAN),  # nobody works there
    'last(adoption["layer 1"])': (0.9, 0.5),
    'last(adoption["first layer"])': (0.9, 0.5),
    'last(adoption["layer 3"])': (NAN, 0.1),
    'last(adoption["last layer"])': (0.4, 0.1),
    'sum(starts["last layer"])': (18.0, 30.0),
    'correlation(adoption["service"], adoption["sales"])': (NAN, NAN),
    # between functions and layers
    "between_functions(adoption)": (0.2, 0.2),
    "between_functions(closures)": (math.sqrt(2 / 3), math.sqrt(28.5 / 9)),
    "lowest_function(adoption)": (0.2, 0.1),
    "lowest_function(adoption, 2, 3)": (0.2, 0.1),
    "highest_function(adoption, 2, 3)": (0.8, 0.5),
    "gap_of_lowest(adoption)": (0.4, 0.4),
    "gap_of_lowest(closures)": (1.5, 2.25),
    "between_layers(adoption)": (0.5, 0.4),
    "between_layers(starts)": (-2.0, -4.0),
    # numbers
    "abs(min(satisfaction))": (1.0, 0.0),
    "min_of(last(adoption), 0.45)": (0.45, 0.4),
    "max_of(last(adoption), 0.45)": (0.5, 0.45),
    'lever("charter")': (0.25, 0.25),
    'event_week("price_rise")': (2, 2),  # the first of two
    "weeks": (6, 6),
    "1 + 2 * 3 - 8 / 4": (5, 5),
    "-(1 - +3)": (2, 2),
    "1.5e1 + .5": (15.5, 15.5),
    " last( adoption )\n\t- first(adoption) ": (0.5, -0.2),
    "last(adoption) / first(adoption)": (NAN, 0.4 / 0.6),
    "1 / 0": (NAN, NAN),
    "0 / 0": (NAN, NAN),
    "*".join(["1e15"] * 30): (NAN, NAN),  # beyond what a number can be
}


@pytest.mark.parametrize("text", VALUES)
def test_values_worked_out_by_hand(text: str) -> None:
    found = parse(text).of(Known())
    assert found.shape == (2,)
    assert found.dtype == float
    np.testing.assert_allclose(found, VALUES[text], rtol=1e-12, atol=1e-15)


def test_every_function_is_worked_out_above() -> None:
    everything = " ".join(VALUES)
    assert [name for name in FUNCTIONS if not re.search(rf"\b{name}\(", everything)] == []
    assert [name for name, function in FUNCTIONS.items() if not function.words] == []


def test_how_functions_are_written() -> None:
    assert usage("mean") == "mean(series, from, to)"
    assert usage("at") == "at(series, week)"
    assert usage("lever") == 'lever("lever")'
    assert usage("between_layers") == "between_layers(series by layer, from, to)"
    assert usage("correlation") == "correlation(series, series, from, to)"


def test_a_series_with_gaps_is_measured_where_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    gaps = np.array([[NAN, 1.0, 3.0, NAN, 2.0, 8.0], [NAN] * 6])
    monkeypatch.setattr(Known, "series", lambda self, name: gaps)
    for text, first in {
        "mean(adoption)": 3.5,
        "sum(adoption)": 14.0,
        "max(adoption)": 8.0,
        "min(adoption)": 1.0,
        "week_of_max(adoption)": 5,
        "week_of_min(adoption)": 1,
        "first_week_below(adoption, 9)": 1,
        "slope(adoption)": 13 / 10,  # weeks 1, 2, 4, 5
        "correlation(adoption, adoption)": 1.0,
    }.items():
        np.testing.assert_allclose(parse(text).of(Known()), [first, NAN], err_msg=text)


def test_what_a_measure_names() -> None:
    measure = parse('mean(load["service"]) + last(load["it"]) + at(load, event_week("outage"))')
    assert measure.functions == ("service", "it")
    assert measure.shocks == ("outage",)
    assert parse("mean(load)").functions == ()
    assert parse('last(adoption["layer 2"])').functions == ()


def test_a_measure_is_read_once_and_survives_a_process_boundary() -> None:
    measure = parse("mean(adoption,  52)")
    assert parse(" mean(adoption, 52) ") is measure
    assert pickle.loads(pickle.dumps(measure)) is measure


# --- what the functions are, whatever the numbers ------------------------------------------------

numbers = st.floats(-1e6, 1e6).map(lambda number: round(number, 3))


@given(arrays(float, (2, 6), elements=numbers), st.integers(-6, 5), st.integers(1, 6))
def test_windows_are_slices(values: np.ndarray, start: int, length: int) -> None:
    class Any6(Known):
        def series(self, name: str) -> np.ndarray:
            return values

    begin = start % 6
    end = min(begin + length, 6)
    cut = values[:, begin:end]
    window = f"{start}, {end}"
    for name, expected in {
        "mean": cut.mean(axis=1),
        "sum": cut.sum(axis=1),
        "first": cut[:, 0],
        "last": cut[:, -1],
        "max": cut.max(axis=1),
        "min": cut.min(axis=1),
        "sd": cut.std(axis=1),
        "week_of_max": begin + cut.argmax(axis=1),
        "week_of_min": begin + cut.argmin(axis=1),
    }.items():
        found = parse(f"{name}(adoption, {window})").of(Any6())
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=name)


@given(arrays(float, (2, 6), elements=st.integers(-1000, 1000)), st.integers(1, 9))
def test_a_correlation_does_not_depend_on_scale(values: np.ndarray, scale: int) -> None:
    class Scaled(Known):
        def series(self, name: str) -> np.ndarray:
            return values if name == "adoption" else -scale * values + 7

    found = parse("correlation(adoption, satisfaction)").of(Scaled())
    constant = values.max(axis=1) == values.min(axis=1)
    np.testing.assert_allclose(found, np.where(constant, NAN, -1.0), rtol=1e-9)


# --- what is refused -----------------------------------------------------------------------------

REFUSED: dict[str, tuple[Any, str]] = {
    "not text": (3, "3 where a measure such as mean(adoption, -26) is wanted"),
    "nothing": (None, "nothing where a measure"),
    "a list": ([], "an empty list where a measure"),
    "empty": ("", "empty where a measure"),
    "blank": (" \n ", "empty where a measure"),
    # names
    "series": ("mean(adopton)", "adopton: no such series, did you mean 'adoption'?"),
    "function": ("men(adoption)", "men: no such function, did you mean 'mean'?"),
    "bare name": ("1 + wek", "wek: unknown name, did you mean 'weeks'?"),
    "bare series": ("adoption", "adoption: a series has a place within a function, such as mean("),
    "bare unit": ('load["service"]', 'such as mean(load["service"])'),
    "bare function": ("mean", "mean: mean(series, from, to) is wanted"),
    "not by function": ('mean(leavers["service"])', "leavers: no such series by function"),
    "not by layer": ('mean(wins["layer 1"])', "wins: no such series by layer"),
    "between functions": ("between_functions(leavers)", "leavers: no such series by function"),
    "between layers": ("between_layers(load)", "load: no such series by layer"),
    "unit given twice": ('between_functions(load["service"])', "a series by function is wanted"),
    "name of a function": ('mean(load["Service"])', '"Service" where the name of a function'),
    "layer nought": ('mean(adoption["layer 0"])', '"layer 0" where the name of a function'),
    "number for unit": ("mean(adoption[1])", "adoption[1]: a series is wanted"),
    "slice": ("mean(adoption[1:2])", '":2])" at character 16 has no place'),
    "lever": ('lever("chartr")', "chartr: no such lever, did you mean 'charter'?"),
    "lever of names": ('lever("holdouts")', "holdouts: not a number"),
    "lever without quotes": ("lever(charter)", "charter: the name of a lever in quotes"),
    "shock without quotes": ("event_week(3)", "3: the name of a shock in quotes"),
    # arguments
    "none": ("mean()", "mean(): mean(series, from, to) is wanted"),
    "too many": ("mean(load, 1, 2, 3)", "mean(series, from, to) is wanted"),
    "too few": ("first_week_above(load)", "first_week_above(series, number, from, to) is wanted"),
    "window of at": ("at(load, 1, 2)", "at(series, week) is wanted"),
    "number for series": ("mean(3)", '3: a series is wanted, such as adoption or adoption["serv'),
    "measure for series": ("mean(mean(load))", "mean(load): a series is wanted"),
    "sum of series": ("mean(load + wins)", "load + wins: a series is wanted"),
    "series for number": ("abs(load)", "load: a series has a place within a function"),
    "week that differs": ("mean(load, week_of_max(load))", "differs between futures"),
    "window turned round": ("mean(load, 52, 26)", "no week lies from 52 to before 26"),
    "empty window": ("mean(load, -26, -26)", "no week lies from -26 to before -26"),
    "keyword": ("mean(load, to=3)", '"=3)" at character 14'),
    "star": ("mean(*load)", "*load: a series is wanted"),
    # syntax
    "unclosed": ("mean(load", '"mean(load" cannot be read as a measure'),
    "two": ("mean(load) mean(wins)", "cannot be read as a measure"),
    "no operator": ("1 2", '"1 2" cannot be read as a measure'),
    "unclosed quote": ('lever("charter)', "has no place in a measure"),
    "tuple": ("1, 2", "not part of the language"),
    "text": ('"adoption"', "not part of the language"),
    "power": ("2 ** 3", "2 ** 3: not part of the language"),
    "whole division": ("5 // 2", "5 // 2: not part of the language"),
    "huge power": ("9 ** 9 ** 9 ** 9", "not part of the language"),
    "comparison": ("mean(load) > 1", '"> 1" at character 12'),
    "logic": ("1 and 2", "1 and 2: not part of the language"),
    "choice": ("1 if 2 else 3", "not part of the language"),
    "truth": ("True", "True: not part of the language"),
    "nothing at all": ("None", "None: not part of the language"),
    # hostile
    "import": ('__import__("os")', "__import__: no such function"),
    "dunder": ("__builtins__", "__builtins__: unknown name"),
    "attribute": ("mean.__globals__", '".__globals__" at character 5 has no place'),
    "attribute of a number": ("1.0.real", '"1.0.real" at character 1 has no place'),
    "lambda": ("(lambda: 1)()", '": 1)()" at character 8'),
    "call of a call": ("mean(load)(load)", "mean(load)(load): not part of the language"),
    "call of a text": ('"mean"(load)', "not part of the language"),
    "comprehension": ("[load for load in load]", "not part of the language"),
    "walrus": ("(a := 1)", '":= 1)"'),
    "format": ('f"load"', "not part of the language"),
    "bytes": ('lever(b"charter")', 'b"charter": the name of a lever in quotes'),
    "escape": ('lever("\\x63")', "has no place in a measure"),
    "semicolon": ("1; 2", '"; 2" at character 2'),
    "comment": ("1 # 2", '"# 2" at character 3'),
    "null": ("1 \0", "\\x00"),
    "look-alike": ("ｍean(load)", "at character 1 has no place"),
    "hexadecimal": ("0x10", '"0x10" at character 1'),
    "imaginary": ("1j", '"1j" at character 1'),
    "grouped digits": ("1_000", '"1_000" at character 1'),
    "infinity": ("1e999", "a number beyond 1e+15"),
    "huge number": ("9" * 400, "a number beyond 1e+15"),
    "leading noughts": ("0" * 9 + "7", "cannot be read as a measure"),
    "long": ("1" + "+1" * 5000, "a measure of 10001 characters; at most 500 are allowed"),
    "brackets": ("(" * 250 + "1" + ")" * 249, "cannot be read as a measure"),
    "signs": ("-" * 499 + "1", "within each other"),
    "many signs": ("-" * 60 + "1", "more than 40 parts within each other"),
    "many terms": ("+".join("1" * 60), "more than 40 parts within each other"),
    "many calls": ("abs(" * 60 + "1" + ")" * 60, "more than 40 parts within each other"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    text, words = REFUSED[case]
    with pytest.raises(CxsimError) as caught:
        parse(text)
    message = str(caught.value)
    assert words in message
    assert message.isprintable(), "one line, and no control characters"
    assert len(message) < 300


@given(st.text(max_size=60))
@example("1or 2")
@example("1if 2else 3")
@example("٣")
def test_any_text_is_a_measure_or_a_clear_error(text: str) -> None:
    outcome = said_of(text)
    assert outcome == "" or outcome.isprintable()


TOKENS = [*FUNCTIONS, "adoption", "load", '"service"', '"layer 2"', "weeks", *"()[],+-*/ 137."]


@given(st.lists(st.sampled_from(TOKENS), max_size=30).map("".join))
def test_any_mix_of_tokens_is_a_measure_or_a_clear_error(text: str) -> None:
    outcome = said_of(text)
    assert outcome == "" or outcome.isprintable()


def said_of(text: str) -> str:
    """What reading and computing a measure complains of, empty when it gives numbers."""
    try:
        values = parse(text).of(Known())
    except CxsimError as error:
        return str(error)
    assert values.shape == (2,)
    return ""


def test_the_longest_text_is_read() -> None:
    assert parse("1" + "+" * 30 + "1" + " " * (LONGEST_TEXT - 32)).text.startswith("1+")


# --- what a run cannot tell ----------------------------------------------------------------------

CANNOT: dict[str, str] = {
    "mean(adoption, 0, 26)": (
        "mean(adoption, 0, 26): weeks from 0 to before 26 are wanted, the horizon is 6 weeks"
    ),
    "mean(adoption, 6)": "weeks from 6 are wanted, the horizon is 6 weeks",
    "mean(adoption, -26)": "weeks from -26 are wanted, the horizon is 6 weeks",
    "mean(adoption, 5, -3)": "weeks from 5 to before -3 are wanted",
    "1 + abs(sum(adoption, 0, weeks + 1))": "sum(adoption, 0, weeks + 1): weeks from 0 to before 7",
    "at(adoption, 6)": "at(adoption, 6): week 6 is not one of the 6 weeks",
    "at(adoption, -7)": "week -7 is not one of the 6 weeks",
    "at(adoption, 1 / 0)": "1 / 0: gives no number where a week is wanted",
    "at(adoption, 1e15)": "week 1000000000000000 is not one of the 6 weeks",
    "lag_of_best_correlation(satisfaction, survey_score, 4)": "lag of up to 4 weeks within 6 weeks",
    "lag_of_best_correlation(satisfaction, survey_score, -1)": "allowed: 0..3",
    'mean(adoption["servce"])': "not a function of this company, did you mean 'service'?",
    'mean(adoption["layer 4"])': 'adoption["layer 4"]: this company has 3 layers',
    'event_week("outage")': 'event_week("outage"): no event of the scenario has this shock',
}


@pytest.mark.parametrize("text", CANNOT)
def test_a_run_that_cannot_tell_says_so(text: str) -> None:
    with pytest.raises(CxsimError, match=re.escape(CANNOT[text])):
        parse(text).of(Known())


def test_a_lever_of_the_run_is_asked() -> None:
    high = Known(story(levers={"charter": 0.75}))
    assert parse('lever("charter")').of(high).tolist() == [0.75, 0.75]
