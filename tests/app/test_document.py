"""The texts about the model: found wherever they are, and turned into safe, linked HTML."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cxsim.app import document as documents
from cxsim.app import texts
from cxsim.app.document import document, fragment
from cxsim.errors import CxsimError

NAMES = tuple(texts.FILES)


@pytest.mark.parametrize("name", NAMES)
def test_links_within_a_text_lead_to_a_place_in_it(name: str) -> None:
    made = document(name)
    anchors = set(re.findall(r'\bid="([^"]+)"', made.html))
    wanted = set(re.findall(r'href="#([^"]+)"', made.html)) | {id_ for _, id_, _ in made.contents}
    assert wanted <= anchors
    assert made.contents


@pytest.mark.parametrize("name", NAMES)
def test_links_between_texts_lead_to_a_place_in_the_other(name: str) -> None:
    links = re.findall(
        r'href="\?part=description&amp;text=(\w+)(?:#([^"]+))?"', document(name).html
    )
    for other, anchor in links:
        assert other in NAMES
        assert not anchor or f'id="{anchor}"' in document(other).html
    assert name != "odd" or links


@pytest.mark.parametrize("name", NAMES)
def test_no_link_leaves_the_app_and_nothing_runs(name: str) -> None:
    html = document(name).html
    targets = re.findall(r'href="([^"]*)"', html)
    assert [target for target in targets if not target.startswith(("#", "?part="))] == []
    assert not re.search(r"<script|<img|<iframe|\bon\w+=|javascript:", html)


def test_all_tables_and_code_are_there_and_can_be_scrolled_by_keyboard() -> None:
    source, html = texts.read("odd"), document("odd").html
    rulers = re.findall(r"^\|(?: *:?-+:? *\|)+$", source, re.MULTILINE)
    assert html.count("<table") == len(rulers) > 20
    assert html.count('class="cx-scroll" tabindex="0"') == html.count("<table")
    assert html.count("<pre") == html.count('<pre tabindex="0">') == source.count("```") // 2


def test_the_contents_have_three_levels_at_most_in_the_order_of_the_text() -> None:
    contents = document("odd").contents
    assert {level for level, _, _ in contents} == {1, 2, 3}
    html = document("odd").html
    places = [html.index(f'id="{anchor}"') for _, anchor, _ in contents]
    assert places == sorted(places)
    assert (2, "7-submodels", "7. Submodels") in contents


def test_headings_begin_below_that_of_the_page() -> None:
    assert "<h1" not in document("odd").html


def test_a_fragment_leads_out_of_its_own_place() -> None:
    made = fragment(
        "See [there](evidence.md#grades), [here](#gone) and [code](../cxsim/x.py).", "odd"
    )
    assert '<a href="?part=description&amp;text=evidence#grades">there</a>' in made
    assert made.count("<a ") == 1
    assert "here and code" in made


@pytest.mark.parametrize("name", NAMES)
def test_a_text_is_found_in_the_checkout(name: str) -> None:
    assert texts.text_folder().name == "docs"
    assert texts.read(name) == (texts.text_folder() / texts.FILES[name][0]).read_text("utf-8")


def test_the_installed_texts_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "cxsim" / "app" / "texts"
    inside.mkdir(parents=True)
    monkeypatch.setattr(texts, "__file__", str(inside.parent / "texts.py"))
    assert texts.text_folder() == inside.resolve()


def test_a_missing_text_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texts, "text_folder", lambda: tmp_path)
    with pytest.raises(CxsimError, match=r"^odd\.md: this installation lacks the text") as caught:
        texts.read.__wrapped__("odd")
    assert "\n" not in str(caught.value)


def test_a_text_is_made_once() -> None:
    assert documents.document("model") is documents.document("model")
