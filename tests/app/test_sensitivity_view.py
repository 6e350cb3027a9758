"""The findings on sensitivity as the page shows them."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from cxsim.app.sensitivity_view import PAINT, View, view
from cxsim.study.sensitivity import ASSUMED, kept


@pytest.fixture(scope="module")
def shown() -> View:
    return view()


def test_the_figure_is_whole_and_takes_the_colours_of_the_page(shown: View) -> None:
    root = ElementTree.fromstring(shown.svg)
    assert root.get("viewBox")
    assert root.get("aria-hidden") == "true"
    assert set(re.findall(r"var\((--cx-[a-z-]+)\)", shown.svg)) == set(PAINT.values())
    assert "stroke: #" not in shown.svg


def test_the_figure_is_told_in_words(shown: View) -> None:
    for answer in kept().answers.values():
        assert answer.label in shown.spoken


@pytest.mark.parametrize("nth", range(len(kept().answers)))
def test_each_result_says_what_rests_on_assumptions(shown: View, nth: int) -> None:
    answer, told = list(kept().answers.values())[nth], shown.answers[nth]
    assert told["assumed"] == round(100 * answer.assumed)
    assert f"At least {told['assumed']} %" in told["sentences"][1]
    shares = {group["name"]: group["share"] for group in told["groups"]}
    assert sum(shares.values()) == pytest.approx(100.0, abs=0.3)
    assert shares[ASSUMED] == pytest.approx(100 * answer.assumed, abs=0.05)
    assert [one["name"] for one in told["largest"]] == [one.name for one in answer.effects[:3]]


def test_the_rows_are_all_factors_and_valid_json(shown: View) -> None:
    json.dumps(shown.answers, allow_nan=False)
    for told in shown.answers:
        assert len(told["rows"]) == len(kept().factors)
        sizes = [row["size"] for row in told["rows"]]
        assert sizes == sorted(sizes, reverse=True)
        assert any(row["total"] is None for row in told["rows"])


def test_how_it_was_made_counts_numbers_and_companies(shown: View) -> None:
    assert shown.made.startswith(f"{len(kept().factors)} numbers were varied")
    assert f"{kept().made['points']:,} companies" in shown.made
