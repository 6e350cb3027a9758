"""The sections of the full report: each a function from the answers to HTML.

The answers come as the plain data that travel in the report, so that nothing can stand on the page
that is not among them. Every text goes through `words`, since titles may come from anybody's file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from cxsim import parameters
from cxsim.figures import describe_event
from cxsim.plan import decisions
from cxsim.report.certainty import certainty
from cxsim.report.full.inquiry import Inquiry
from cxsim.report.full.pictures import drawing
from cxsim.report.sections import LIMITS, LONGEST_TITLE, words
from cxsim.scenario import Scenario
from cxsim.timeline import plain

LONGEST, LONGEST_STORY = 700, 1500
Section = Callable[[Inquiry], str]
Answer = Mapping[str, Any]


# ------------------------------------------------------------------ pieces


def text(value: object, most: int = LONGEST) -> str:
    """Return any value as HTML, a dash for none."""
    return words("–" if value is None or value == "" else str(value), most)


def paragraph(value: str, kind: str = "") -> str:
    """Return a paragraph, nothing for no text."""
    mark = f' class="{kind}"' if kind else ""
    return f"<p{mark}>{text(value)}</p>" if value else ""


def listed(values: Sequence[str], kind: str = "small") -> str:
    """Return a list, nothing for no entries."""
    items = "".join(f"<li>{text(value)}</li>" for value in values)
    return f'<ul class="{kind}">{items}</ul>' if items else ""


def table(heads: Sequence[str], rows: Sequence[Sequence[object]], label: str) -> str:
    """Return a table whose first column names the rows; nothing without rows."""
    if not rows:
        return ""
    top = "".join(f'<th scope="col">{text(head) if head else ""}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row">{text(row[0])}</th>'
        + "".join(f"<td>{text(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" role="region" aria-label="{text(label)}" tabindex="0">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def folded(title: str, content: str) -> str:
    """Return content that opens on a click, nothing for nothing."""
    return f"<details><summary>{text(title)}</summary>{content}</details>" if content else ""


def of_sides(inquiry: Inquiry, question: str, part: Callable[[Answer], str]) -> str:
    """Return a part for each side under its name; of one side alone, the part itself."""
    answers = inquiry.as_dict()["answers"][question]
    parts = []
    for side, answer in zip(inquiry.sides, answers, strict=True):
        if answer is None:
            continue
        name = f"<h3><b>{side.key}</b> {text(side.ensemble.scenario.title, LONGEST_TITLE)}</h3>"
        drawn = drawing(question, side, answer["sentence"])
        head = name if len(inquiry.sides) > 1 else ""
        told = paragraph(answer["sentence"]) if "unanswered" in answer else part(answer)
        parts.append(f'<div class="side">{head}{told}{drawn}</div>')
    return "".join(parts)


# ------------------------------------------------------------------ what is compared


def scenarios(inquiry: Inquiry) -> str:
    """Who the scenarios are: their stories, what is decided in them, and what happens."""
    stories = "".join(
        f"<h3><b>{side.key}</b> {text(side.ensemble.scenario.title, LONGEST_TITLE)}</h3>"
        f"<p>{text(side.ensemble.scenario.story, LONGEST_STORY)}</p>"
        f"{listed(_events(side.ensemble.scenario))}"
        for side in inquiry.sides
    )
    keys = [side.key for side in inquiry.sides]
    sides = [side.ensemble.scenario for side in inquiry.sides]
    decided = table(
        ["Decision in week 0", *keys, "Group"], _decisions(sides), "Decisions that differ"
    )
    what = "Where the scenarios differ" if len(sides) > 1 else "Decisions away from the defaults"
    later = any(event.set for side in sides for event in side.events)
    none = "None in week 0; what is decided later is told above." if later else "None."
    shown = decided or paragraph(none, "small")
    return f"<section><h2>The scenarios</h2>{stories}<h3>{what}</h3>{shown}</section>"


def _events(scenario: Scenario) -> list[str]:
    return [f"Week {event.week}: {describe_event(event)}" for event in scenario.events]


def _decisions(sides: Sequence[Scenario]) -> list[list[str]]:
    """Return a row for each lever that differs between the sides (of one: from the default)."""
    rows = []
    for name, lever in parameters.registry().levers.items():
        values = [decisions(side)[0][1][name] for side in sides]
        others = values if len(sides) > 1 else [*values, lever.default]
        if any(value != others[0] for value in others):
            shown = [_value(value) for value in values]
            rows.append([lever.title, *shown, parameters.GROUPS[lever.group]])
    return rows


def _value(value: Any) -> str:
    clean = plain(value)
    if isinstance(clean, list):
        return ", ".join(map(str, clean)) or "none"
    return f"{clean:g}" if isinstance(clean, int | float) else str(clean)


# ------------------------------------------------------------------ why


def why(inquiry: Inquiry) -> str:
    """Where the difference to the reference comes from, lever group by lever group."""
    return (
        "<section><h2>Why: where the difference comes from</h2>"
        + paragraph(
            "The difference in practice among employees, split over the groups of decisions "
            "(Shapley values: each group gets its average share over all orders in which the "
            "decisions could be changed). The parts add up to the whole.",
            "small",
        )
        + of_sides(inquiry, "why", _why_one)
        + "</section>"
    )


def _why_one(answer: Answer) -> str:
    shown, money = answer["outcomes"][answer["outcome"]], answer["outcomes"]["net_value"]
    worth = {bar["unit"]: f"{bar['text']} ({bar['interval']})" for bar in money["bars"]}
    bars = [bar for bar in shown["bars"] if bar["kind"] == "part"]
    ends = [
        (end, head)
        for end, head in (("alone", "First of all"), ("last", "Last of all"))
        if any(bar[end] for bar in bars)
    ]
    rows = [
        [
            bar["title"],
            f"{bar['text']} ({bar['interval']})",
            *(bar[end]["text"] if bar[end] else "" for end, _ in ends),
            worth.get(bar["unit"]),
        ]
        for bar in bars
    ]
    part = f"Practice, {shown['unit']} (95 % interval)"
    heads = ["", part, *(head for _, head in ends), "Money (95 % interval)"]
    return (
        paragraph(shown["sentence"])
        + paragraph(f"Against: {answer['a']['title']}.", "small")
        + table(heads, rows, "Parts of the difference")
        + listed(answer["notes"])
    )


# ------------------------------------------------------------------ will it last


def lasting(inquiry: Inquiry) -> str:
    """Whether it lasts without support, and how long each group has to be held."""
    return (
        "<section><h2>Will it last</h2>"
        + paragraph(
            "The same futures again, with all support taken away in some week: what is left of "
            "the practice a year later? From 80 % on, a programme sustains itself.",
            "small",
        )
        + of_sides(inquiry, "momentum", _lasting_one)
        + "</section>"
    )


def _lasting_one(answer: Answer) -> str:
    rows = [
        [f"Week {test['week']}", test["before"]["text"], test["share"]["text"],
         test["sustains"]["text"]]
        for test in answer["tests"]
    ]  # fmt: skip
    heads = ["Support ends in", "Practise then", "Of these a year later", "Sustains itself in"]
    push = answer["push"]
    groups = [[one["title"], one["text"]] for one in push["groups"]] if push else []
    return (
        paragraph(answer["sentence"])
        + listed(answer["readings"])
        + folded("Week by week", table(heads, rows, "Withdrawal in different weeks"))
        + (table(["Support that", "is needed"], groups, "How long to hold") if groups else "")
    )


# ------------------------------------------------------------------ what would change it


def cures(inquiry: Inquiry) -> str:
    """What went wrong, what each cure would have done, and what would save it."""
    return (
        "<section><h2>What went wrong</h2>"
        + paragraph(
            "Told from what a company can observe, then tested: each likely cause's cure is "
            "applied to the same futures, and what it gains decides.",
            "small",
        )
        + of_sides(inquiry, "diagnosis", _diagnosis_one)
        + "</section>"
        + _rescues(inquiry)
    )


def _diagnosis_one(answer: Answer) -> str:
    rows = [
        [f"{one['mode']} {one['title']}", one["likelihood_text"], one["evidence"],
         one["gain"]["text"] if one["gain"] else "not tried"]
        for one in answer["candidates"]
    ]  # fmt: skip
    heads = ["Candidate", "Likelihood", "Evidence", f"Its cure in week {answer['week']}"]
    shown = rows if answer["verdict"] != "healthy" else []
    return (
        paragraph(answer["sentence"]) + table(heads, shown, "Candidates") + listed(answer["notes"])
    )


def _rescues(inquiry: Inquiry) -> str:
    told = of_sides(inquiry, "rescue", _rescue_one)
    return f"<section><h2>What would save it</h2>{told}</section>" if told else ""


def _rescue_one(answer: Answer) -> str:
    rows = [
        [one["title"], one["from_text"], one["to_text"], one["without"]["text"]]
        for one in answer["changes"]
    ]
    heads = [f"Change in week {answer['week']}", "From", "To", "Chance without it"]
    return (
        paragraph(answer["sentence"])
        + table(heads, rows, "Changes that save it")
        + listed(answer["notes"])
    )


# ------------------------------------------------------------------ money


def worth(inquiry: Inquiry) -> str:
    """When it pays back, what it is worth, and what a conventional calculator would have said."""
    return "<section><h2>Money</h2>" + of_sides(inquiry, "money", _worth_one) + "</section>"


def _worth_one(answer: Answer) -> str:
    rows = [[one["label"], one["text"], one["note"]] for one in answer["headlines"]]
    parts = [[one["label"], one["text"], one["interval_text"]] for one in answer["parts"]]
    steps = [one for one in answer["bridge"] if one["shown"]]
    bridge = [[one["label"], one["text"], one["interval_text"]] for one in steps]
    heads = ["", "Mean", "95 % interval"]
    calculator = ["From a conventional calculator to the model", *heads[1:]]
    return (
        paragraph(answer["sentence"])
        + table(["", "", ""], rows, "Money in short")
        + folded(
            "The numbers behind the picture",
            table(["Where it comes from", *heads[1:]], parts, "Parts of net value")
            + table(calculator, bridge, "Calculator and model"),
        )
    )


# ------------------------------------------------------------------ what it rests on


def ground(inquiry: Inquiry) -> str:
    """Which assumptions were changed, how much rests on them, and what the model is not for."""
    changed = _assumptions([side.ensemble.scenario for side in inquiry.sides])
    keys = [side.key for side in inquiry.sides]
    said = table(["Changed", *keys, "Default"], changed, "Assumptions changed")
    default = "Every assumption about firm, market and people stands at its default."
    return (
        "<section><h2>Assumptions and their weight</h2>"
        + (said or paragraph(default))
        + paragraph(certainty())
        + f"</section><section><h2>What this model is not for</h2><p>{escape(LIMITS)}</p></section>"
    )


def _assumptions(sides: Sequence[Scenario]) -> list[list[str]]:
    rows = []
    for kind in ("organisation", "market", "coefficients"):
        for name, one in parameters.registry().table(kind).items():
            values = [getattr(side, kind)[name] for side in sides]
            if any(value != one.default for value in values):
                shown = [_value(value) for value in [*values, one.default]]
                rows.append([one.title or name.replace("_", " "), *shown])
    return rows


def provenance(inquiry: Inquiry) -> str:
    """What made the numbers, and how anybody makes them again."""
    request = inquiry.request
    asked = request.as_dict()
    rows = [
        [side.key, side.ensemble.scenario.name, side.ensemble.scenario.hash]
        for side in inquiry.sides
    ]
    facts = (
        f"cxsim {asked['cxsim']}, made on {asked['made']}: {request.replicates} futures for "
        f"outcomes and charts, {request.futures} for each further question, seed {request.seed}. "
        "All scenarios met the same luck. The numbers do not depend on the machine."
    )
    how = (
        "The scenarios travel in this file. The first command makes every number again and says "
        "whether any differs; the second one writes the scenarios out."
    )
    commands = "cxsim reproduce THIS_FILE.html\ncxsim reproduce THIS_FILE.html --scenarios FOLDER"
    return (
        f"<footer><h2>The same numbers again</h2><p>{text(facts)}</p>"
        + table(["", "Scenario", "Hash of its content"], rows, "Scenarios and their hashes")
        + f"<p>{text(how)}</p><pre>{escape(commands)}</pre></footer>"
    )


SECTIONS: tuple[Section, ...] = (why, lasting, cures, worth, ground, provenance)
