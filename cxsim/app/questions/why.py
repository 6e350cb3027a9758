"""Why does one scenario come out better? The difference, shared out over what differs."""

from __future__ import annotations

from typing import Any

from cxsim import parameters
from cxsim.app.questions import forms, pictures
from cxsim.app.questions.question import Question, Told, key_of, worked_out
from cxsim.app.state import LETTERS, Setting, command_of, file_name
from cxsim.scenario import Scenario
from cxsim.series import OUTCOMES

PANEL = "why"
REPLICATES = 50
KEPT = ("name", "label", "unit", "sentence", "notes", "same")
NONE = "none"  # in place of the first side: its company without a programme


def offer(setting: Setting) -> dict[str, Any]:
    """Return what the form shows: pairs of sides, and each side against no programme."""
    letters = [letter.upper() for letter in LETTERS[: len(setting.sides)]]
    pairs = [
        {"key": f"{a}-{b}", "title": f"From {first} to {second}"}
        for a, first in enumerate(letters)
        for b, second in enumerate(letters)
        if a != b
    ]
    alone = [
        {"key": f"{NONE}-{place}", "title": f"From no programme to {letter}"}
        for place, letter in enumerate(letters)
    ]
    pairs.sort(key=lambda pair: pair["key"][0] > pair["key"][-1])  # A to B before B to A
    return {"pairs": pairs + alone}


def question(setting: Setting, wish: forms.Wish) -> Question:
    """Return the question that a wish stands for.

    Raises
    ------
    CxsimError
        The wish makes no sense.
    """
    pair = forms.choice(wish, "pair", [one["key"] for one in offer(setting)["pairs"]], f"{NONE}-0")
    within = forms.choice(wish, "within", ["", *parameters.GROUPS], "")
    first, _, second = pair.partition("-")
    a, b = _two(setting, first, second)
    about = {"within": within, "replicates": REPLICATES, "names": [a.name, b.name]}
    return Question(
        PANEL,
        key_of(PANEL, [a, b], setting.seed, about),
        wish,
        worked_out(_analysis(a, b, within, setting.seed), lambda found: drawn(found.as_dict())),
        _command(setting, first, int(second), within),
        forms.about(setting, _both(setting, first, int(second)), REPLICATES),
    )


def _two(setting: Setting, first: str, second: str) -> tuple[Scenario, Scenario]:
    """The two scenarios, under names that tell them apart."""
    b = forms.scenario(setting, {"side": second})
    if first == NONE:
        return b.without_programme(), b
    a = forms.scenario(setting, {"side": first})
    if a.name == b.name:
        a, b = a.with_name(file_name(int(first))), b.with_name(file_name(int(second)))
    return a, b


def _both(setting: Setting, first: str, second: int) -> str:
    """Both ends of the difference, for people."""
    start = "no programme" if first == NONE else forms.named(setting, int(first))
    return f"From {start} to {forms.named(setting, second)}"


def _analysis(a: Scenario, b: Scenario, within: str, seed: int) -> Any:
    def analyse(**running: Any) -> Any:
        from cxsim.explain.attribution import attribute

        return attribute(a, b, within=within or None, replicates=REPLICATES, seed=seed, **running)

    return analyse


def _command(setting: Setting, first: str, second: int, within: str) -> str:
    more = ["--within", within] if within else []
    places = [second] if first == NONE else [int(first), second]
    return command_of(setting, "explain", places, more, REPLICATES, against_none=first == NONE)


def drawn(told: Told) -> Told:
    """Return an answer together with its pictures, one for each outcome."""
    return {**told, "outcomes": [_outcome(one) for one in told["outcomes"].values()]}


def _outcome(outcome: Told) -> Told:
    text = pictures.usd if OUTCOMES[outcome["name"]].money else pictures.number
    rows = [_row(bar) for bar in outcome["bars"]]
    return {
        **{name: outcome[name] for name in KEPT},
        "bars": pictures.bars(rows, text, outcome["unit"]),
        "ends": [_ends(bar) for bar in outcome["bars"] if bar["kind"] == "part"],
    }


def _row(bar: Told) -> Told:
    part = bar["kind"] == "part"
    start = bar["from"] if part else 0.0
    spread = bool(bar["interval"])
    return {
        "key": bar["unit"] or f"{bar['kind']} {bar['title']}",
        "title": bar["title"],
        "from": bar["from"],
        "to": bar["to"],
        "low": start + bar["low"] if spread else None,
        "high": start + bar["high"] if spread else None,
        "text": bar["text"],
        "note": "; ".join(filter(None, (bar["interval"], _together(bar)))),
        "tone": _tone(bar) if part else "total",
        "open": bar.get("can_open", False),
    }


def _together(bar: Told) -> str:
    """Whether a part does more or less together with the others, where that is clear."""
    words: str = bar.get("together", "")
    return "" if words.startswith("no clear") else words


def _ends(part: Told) -> Told:
    """What a part does as the first of all changes, and as the last."""

    def said(name: str) -> str:
        found = part.get(name)
        if not found:
            return "–"
        return f"{found['text']} ({found['interval']})" if found["interval"] else found["text"]

    named = {"title": part["title"], "text": part["text"]}
    return {**named, "alone": said("alone"), "last": said("last")}


def _tone(part: Told) -> str:
    if not part["clear"]:
        return "unclear"
    return "good" if part["good"] else "bad"
