"""The printable page as a file: complete, self-contained, and deaf to whatever titles hold."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest

from cxsim.errors import CxsimError
from cxsim.explain.verdicts import verdicts
from cxsim.report import LIMITS, report
from cxsim.report.sections import ROOM_FOR_ASSUMPTIONS, entries, words
from cxsim.results import Ensemble, simulate
from cxsim.scenario import Scenario

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style><script src=//evil.example/x.js></script>",
    "' onmouseover='alert(1)",
    "&lt;b&gt; & co",
]
VOID = {"meta", "br", "img", "link", "input", "hr"}
RISE = {"week": 6, "shock": {"price_rise": 0.25}, "note": "Prices go up by a quarter"}


class Page(HTMLParser):
    """Everything that a browser would make of the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All that can be read, with single spaces."""
        return " ".join(" ".join(self.texts).split())


def made(name: str, title: str, events: list[dict[str, Any]] | None = None, **levers: Any) -> Any:
    scenario = Scenario(
        name=name,
        title=title,
        levers=levers,
        organisation={"employees": 40},
        market={"customers": 120},
        events=events or [],  # type: ignore[arg-type]
        weeks=20,
    )
    return simulate(scenario, 4)


@pytest.fixture(scope="module")
def pair() -> list[Ensemble]:
    return [made("first", "The first one", [RISE]), made("second", "Another", communication=0.9)]


def page_of(ensembles: list[Ensemble], **other: Any) -> str:
    given: dict[str, Any] = {
        "link": "http://127.0.0.1:8765/compare?a=typical&b=orchestrated",
        "command": "cxsim compare typical orchestrated --seed 1",
        "version": "1.2.3",
        "made": date(2026, 1, 5),
        "changes": [[] for _ in ensembles],
    }
    return report(ensembles, **(given | other))


def test_everything_a_reader_needs_is_on_the_page(pair: list[Ensemble]) -> None:
    html = page_of(
        pair,
        changes=[["early wins 20 %"], []],
        assumptions=["Customers 900 (default 3000)"],
        certainty="About 62 % of the spread rests on assumptions.",
    )
    page, said = Page(html), verdicts(pair)
    assert page.open == []
    wanted = [
        said.sentence,
        "The first one",
        "early wins 20 %",
        "Nothing changed.",
        "Customers 900 (default 3000)",
        "About 62 % of the spread rests on assumptions.",
        LIMITS,
        "1 week 6: Prices go up by a quarter (first)",
        "cxsim compare typical orchestrated --seed 1",
        "cxsim 1.2.3, seed 1, made on 2026-01-05",
        *(one.scenario.hash for one in pair),
        *(row.label for row in said.outcomes),
        *(one.text for row in said.outcomes for one in row.standings),
    ]
    for row in said.outcomes:
        difference = row.standings[1].difference
        assert difference is not None
        wanted += [difference.text, difference.verdict, difference.interval]
    assert [text for text in wanted if text not in page.text] == []
    assert ("datetime", "2026-01-05") in page.attributes
    assert ("href", "http://127.0.0.1:8765/compare?a=typical&b=orchestrated") in page.attributes


def test_the_same_comparison_gives_the_same_bytes(pair: list[Ensemble]) -> None:
    assert page_of(pair) == page_of(pair)


def test_nothing_is_run_or_fetched(pair: list[Ensemble]) -> None:
    page = Page(page_of(pair))
    assert not {"script", "link", "img", "iframe", "object", "image"} & set(page.tags)
    fetching = [value for name, value in page.attributes if name in ("src", "xlink:href", "data")]
    assert [value for value in fetching if not value.startswith("#")] == []
    assert "@import" not in page_of(pair)
    assert re.findall(r"url\((?!#)", page_of(pair)) == []
    assert any("default-src 'none'" in value for _, value in page.attributes)


def test_the_charts_are_one_sound_picture_with_words(pair: list[Ensemble]) -> None:
    html = page_of(pair)
    svg = html[html.index("<figure") : html.index("</figure>")]
    root = ET.fromstring(svg[svg.index("<svg") :])
    assert root.get("role") == "img"
    assert "A, B" in root.get("aria-label", "")
    panels = [one for one in root.iter() if re.fullmatch(r"axes_\d+", one.get("id", ""))]
    assert len(panels) == 6
    assert root.get("width") is None  # the style decides


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(pair: list[Ensemble], hostile: str) -> None:
    scenario = pair[0].scenario
    event = replace(scenario.events[0], note=hostile)
    other = replace(pair[0], scenario=replace(scenario, title=hostile, events=(event,)))
    honest = Page(page_of(pair, changes=[["x"], ["x"]], assumptions=["x"], certainty="x"))
    html = page_of(
        [other, pair[1]],
        link=hostile,
        command=hostile,
        version=hostile,
        changes=[[hostile], [hostile]],
        assumptions=[hostile],
        certainty=hostile,
        keys=(hostile[:5], "B"),
    )
    page = Page(html)
    assert page.open == []
    assert [tag for tag in page.tags if tag != "a"] == [tag for tag in honest.tags if tag != "a"]
    assert {name for name, _ in page.attributes} <= {name for name, _ in honest.attributes}
    assert page.text.count(hostile) >= 6


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "/compare?a=typical"])
def test_only_web_addresses_become_links(pair: list[Ensemble], link: str) -> None:
    page = Page(page_of(pair, link=link))
    assert "href" not in dict(page.attributes)
    assert link in page.text


def test_a_long_link_is_whole_behind_its_words(pair: list[Ensemble]) -> None:
    link = "https://example.org/compare?" + "&".join(f"a.lever{n}=0.5" for n in range(500))
    page = Page(page_of(pair, link=link))
    assert ("href", link) in page.attributes
    assert link not in page.text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\tof\x00text", "two lines of text"),
        ("turned \u202earound", "turned around"),
        ("a long text", "a long…"),
        ("<b>&", "&lt;b&gt;&amp;"),
    ],
)
def test_words_are_one_line_without_tricks(text: str, shown: str) -> None:
    assert words(text, 8 if text.startswith("a long") else 100) == shown


def test_long_lists_are_cut_and_say_so(pair: list[Ensemble]) -> None:
    many = [f"assumption number {n:3}" for n in range(100)]  # 21 characters each
    fitting = ROOM_FOR_ASSUMPTIONS // 21
    scenario = pair[0].scenario
    event = scenario.events[0]
    events = tuple(replace(event, week=n // 2, note=f"Event {n}") for n in range(40))
    busy = replace(pair[0], scenario=replace(scenario, events=events))
    text = Page(page_of([busy], changes=[[]], assumptions=many)).text
    assert " ".join(many[fitting - 1].split()) in text
    assert " ".join(many[fitting].split()) not in text
    assert f"and {100 - fitting} more" in text
    assert "4 week 1: Event 3" in text
    assert "Event 39" not in text
    assert len(re.findall(r"and \d+ more", text)) == 2


@pytest.mark.parametrize(
    ("texts", "room", "shown"),
    [
        ([], 10, []),
        (["four", "five"], 8, ["four", "five"]),
        (["four", "five"], 7, ["four", "and 1 more"]),
        (["x" * 200, "five"], 84, ["x" * 79 + "…", "five"]),  # counted as it is shown
    ],
)
def test_entries_are_shown_while_there_is_room(
    texts: list[str], room: int, shown: list[str]
) -> None:
    assert entries(texts, room) == shown


def test_what_the_title_says_already_is_not_said_twice(pair: list[Ensemble]) -> None:
    moved = pair[0].scenario.described("early wins 20 %; Charter 0.8")
    text = Page(
        page_of([replace(pair[0], scenario=moved)], changes=[["early wins 20 %", "Charter 0.8"]])
    ).text
    assert text.count("early wins 20 %") == 2  # in the head of the window, and in the list
    assert "The first one early wins 20 % Charter 0.8" in text


def test_one_scenario_has_no_differences(pair: list[Ensemble]) -> None:
    page = Page(page_of(pair[:1]))
    assert "than A" not in page.text
    assert verdicts(pair[:1]).sentence in page.text


def test_a_company_without_baseline_has_five_charts(pair: list[Ensemble]) -> None:
    html = page_of([replace(pair[0], baseline=None)])
    assert len(re.findall(r'id="axes_\d+"', html)) == 5
    assert "Money was not computed" in html


def test_changes_belong_to_the_sides(pair: list[Ensemble]) -> None:
    with pytest.raises(CxsimError, match="changes: for 1 sides where 2 are compared"):
        page_of(pair, changes=[[]])
