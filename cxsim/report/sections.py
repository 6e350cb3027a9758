"""The sections of the page: each a function from the page's content to HTML.

A new section is one more function in `SECTIONS` (as wide as the page) or `NOTES` (a column at its
foot). Every text goes through `words`, since titles may come from anybody's file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from itertools import accumulate

from cxsim.explain.headlines import span
from cxsim.explain.verdicts import Standing, Verdicts
from cxsim.figures import READING, numbered_events
from cxsim.report.drawing import charts, line_sample
from cxsim.results import Ensemble

LIMITS = (
    "It does not forecast the figures of one firm, judge people, or replace talking to customers. "
    "Use it to see which way things move, and why."
)

# Characters that fit on a page: of one text, and of all entries of a list together.
LONGEST_TITLE, LONGEST_ENTRY, LONGEST_TEXT, LONGEST_COMMAND = 100, 80, 360, 700
ROOM_FOR_CHANGES = {1: 600, 2: 400, 3: 200, 4: 200}  # by number of scenarios
ROOM_FOR_ASSUMPTIONS, ROOM_FOR_EVENTS = 300, 420
MARKS = {True: "▲", False: "▼", None: "○"}


@dataclass(frozen=True, eq=False)
class Content:
    """What the page is made of; see `cxsim.report.report` for the meaning of each."""

    ensembles: tuple[Ensemble, ...]
    verdicts: Verdicts
    link: str
    command: str
    version: str
    made: date
    changes: tuple[Sequence[str], ...]
    assumptions: Sequence[str]
    certainty: str


Section = Callable[[Content], str]


# ------------------------------------------------------------------ words


def words(text: str, most: int) -> str:
    """Return a text as HTML: escaped, in one line, shortened, without invisible characters."""
    plain = "".join(ch if ch.isprintable() else " " for ch in text)
    plain = " ".join(plain.split())
    return escape(plain if len(plain) <= most else f"{plain[: most - 1].rstrip()}…")


def entries(texts: Sequence[str], room: int) -> list[str]:
    """Return texts as HTML as long as there is room, and how many more there are."""
    sizes = accumulate(min(len(text), LONGEST_ENTRY) for text in texts)
    fitting = sum(size <= room for size in sizes)
    shown = [words(text, LONGEST_ENTRY) for text in texts[:fitting]]
    return [*shown, f"and {len(texts) - fitting} more"] if fitting < len(texts) else shown


def bullets(texts: Sequence[str], room: int, nothing: str) -> str:
    """Return a list, or a paragraph where there is nothing to list."""
    items = "".join(f"<li>{text}</li>" for text in entries(texts, room))
    return f"<ul>{items}</ul>" if items else f"<p>{nothing}</p>"


# ------------------------------------------------------------------ as wide as the page


def headline(content: Content) -> str:
    """The whole comparison in one sentence."""
    said = content.verdicts
    count = len(said.sides)
    what = "one scenario" if count == 1 else f"{count} scenarios that meet the same luck"
    futures = "1 future" if said.futures == 1 else f"{said.futures:,} futures"
    facts = f"{what}, {futures}, {span(said.weeks)}, seed {said.seed}"
    return (
        f'<header><p class="facts">Customer experience programme, simulated: {facts}.</p>'
        f"<h1>{words(said.sentence, 2 * LONGEST_TEXT)}</h1></header>"
    )


def sides(content: Content) -> str:
    """What each side is, and what was changed about it."""
    parts = []
    count = len(content.verdicts.sides)
    for place, (side, changes) in enumerate(
        zip(content.verdicts.sides, content.changes, strict=True)
    ):
        changed = bullets(changes, ROOM_FOR_CHANGES[count], "Nothing changed.")
        # A title that says what was changed would say it twice here.
        title = words(side.title.removesuffix(f" ({'; '.join(changes)})"), LONGEST_TITLE)
        parts.append(
            f"<li><h3>{line_sample(place)}<b>{words(side.key, 9)}</b> {title}</h3>{changed}</li>"
        )
    return (
        '<section aria-label="Scenarios"><h2>Scenarios</h2>'
        f'<ul class="sides of-{count}">{"".join(parts)}</ul></section>'
    )


def outcomes(content: Content) -> str:
    """What each side came to, and how it differs from the first."""
    said = content.verdicts
    heads = "".join(f'<th scope="col">{words(side.key, 9)}</th>' for side in said.sides)
    rows = []
    for outcome in said.outcomes:
        cells = "".join(
            f"<td>{words(one.text, LONGEST_TEXT)}{_difference(one, said.futures)}</td>"
            for one in outcome.standings
        )
        rows.append(f'<tr><th scope="row">{words(outcome.label, 60)}</th>{cells}</tr>')
    notes = [f"{one.label}: {one.note}" for one in said.outcomes if one.note]
    how = [_reading(said), *notes, *said.warnings]
    return (
        "<section><h2>Outcomes</h2>"
        '<div class="scroll" role="region" aria-label="Outcomes" tabindex="0">'
        f'<table class="of-{len(said.sides)}"><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
        f'</div><p class="small">{words(" ".join(how), 2 * LONGEST_TEXT)}</p></section>'
    )


def _reading(said: Verdicts) -> str:
    if len(said.sides) == 1:
        return "The middle of the futures (their median)."
    first = said.sides[0].key
    if said.futures == 1:
        return f"Second line: difference to {first}."
    return (
        "First line: the middle of the futures (their median). Below: mean difference to "
        f"{first}, future by future, with its 95 % interval."
    )


def _difference(standing: Standing, futures: int) -> str:
    difference = standing.difference
    if difference is None:
        return ""
    few = f"{difference.count} futures" if 0 < difference.count < futures else ""
    aside = "; ".join(filter(None, (difference.interval, few)))
    told = f"{difference.text} ({aside})" if aside else difference.text
    number = f'<span class="difference">{words(told, LONGEST_TEXT)}</span>' if told else ""
    clear = None if difference.better is None else difference.better == standing.side
    return (
        f'{number}<span class="verdict"><span aria-hidden="true">{MARKS[clear]}</span> '
        f"{words(difference.verdict, LONGEST_TEXT)}</span>"
    )


def pictures(content: Content) -> str:
    """The six charts, how to read them, and what happened when."""
    keys = ", ".join(side.key for side in content.verdicts.sides)
    label = words(f"Six charts of {keys} over the weeks; the table has their ends.", 200)
    events = numbered_events(content.ensembles)
    told = [f"{n} week {week}: {text}" for n, (week, text) in enumerate(events, start=1)]
    what = f'<p class="small">Events: {"; ".join(entries(told, ROOM_FOR_EVENTS))}.</p>'
    return (
        '<section class="pictures"><h2>Over the weeks</h2>'
        f'<figure class="scroll" tabindex="0">{charts(content.ensembles, label)}</figure>'
        f'<p class="small">{words(READING, LONGEST_TEXT)}</p>{what if told else ""}</section>'
    )


def reproduction(content: Content) -> str:
    """How to get the same numbers again."""
    hashes = ", ".join(
        f"{side.key} {ensemble.scenario.name[:40]} {ensemble.scenario.hash}"
        for side, ensemble in zip(content.verdicts.sides, content.ensembles, strict=True)
    )
    shown = "\n".join(content.command.splitlines())
    if len(shown) > LONGEST_COMMAND:
        shown = f"{shown[:LONGEST_COMMAND]}… (the rest is behind the link)"
    made = content.made.isoformat()
    return (
        "<footer><h2>The same numbers again</h2>"
        f"<pre>{escape(shown)}</pre><p>{_link(content.link)}</p>"
        f"<p>cxsim {words(content.version, 40)}, seed {content.verdicts.seed}, made on "
        f'<time datetime="{made}">{made}</time>. Scenarios and the hashes of their content: '
        f"{words(hashes, LONGEST_TEXT)}.</p></footer>"
    )


def _link(link: str) -> str:
    """Return a link to the comparison; what is no web address stays text."""
    shown = words(link, 2 * LONGEST_ENTRY)
    if not link.startswith(("http://", "https://")):
        return shown
    return f'<a href="{escape(link)}">{shown}</a>'


# ------------------------------------------------------------------ columns at the foot


def assumptions(content: Content) -> str:
    """What was changed about firm, market and coefficients, on all sides alike."""
    nothing = "None: every one at its default."
    changed = bullets(content.assumptions, ROOM_FOR_ASSUMPTIONS, nothing)
    return f"<section><h2>Assumptions changed</h2>{changed}</section>"


def certainty(content: Content) -> str:
    """How far the answer rests on assumptions."""
    if not content.certainty:
        return ""
    told = words(content.certainty, LONGEST_TEXT)
    return f"<section><h2>What the answer rests on</h2><p>{told}</p></section>"


def limits(content: Content) -> str:
    """What the model is not for."""
    return f"<section><h2>What this model is not for</h2><p>{escape(LIMITS)}</p></section>"


SECTIONS: tuple[Section, ...] = (headline, sides, outcomes, pictures)
NOTES: tuple[Section, ...] = (assumptions, certainty, limits)
