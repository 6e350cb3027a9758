"""What moved a series in a window, week by week; one step upstream at a time."""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from typing import Any

from cxsim.app.questions import forms, pictures
from cxsim.app.questions.question import Question, Told, key_of, worked_out
from cxsim.app.state import Setting, command_of
from cxsim.errors import CxsimError

PANEL = "causes"
REPLICATES = 8
USUAL = "adoption"
REST = "all others"
REST_COLOUR = "--cx-edge"
MOST = 7  # causes drawn one by one
LISTED = ("name", "title", "sum_text", "sources")
USD = "USD"
LEVEL = "level"  # kind of a series whose terms are parts of its value, not of its change
EACH = {1: "each week", 4: "each four weeks", 13: "each quarter"}
FEWEST = 26  # points of a picture


@cache
def nodes() -> list[dict[str, str]]:
    """Return what can be asked about."""
    from cxsim.explain.causes.strips import list_nodes

    return [{"name": node.name, "title": node.title} for node in list_nodes()]


def offer(setting: Setting) -> dict[str, Any]:
    """Return what the form shows."""
    return {
        "sides": forms.sides(setting),
        "nodes": nodes(),
        "usual": USUAL,
        "weeks": forms.weeks(setting),
    }


def question(setting: Setting, wish: forms.Wish) -> Question:
    """Return the question that a wish stands for.

    Raises
    ------
    CxsimError
        The wish makes no sense.
    """
    place = forms.place(setting, wish)
    scenario, seed = forms.scenario(setting, wish), setting.seed
    series = forms.choice(wish, "series", [one["name"] for one in nodes()], USUAL)
    end = scenario.weeks - 1
    first = forms.whole(wish, "first", "first week", 0, 0, end)
    last = forms.whole(wish, "last", "last week", end, 0, end)
    if first > last:
        raise CxsimError(f"the first week, {first}, comes after the last, {last}")

    def analyse(**running: Any) -> Any:
        from cxsim.explain.causes.strips import causes

        return causes(scenario, series, first, last, replicates=REPLICATES, seed=seed, **running)

    about = {"series": series, "first": first, "last": last, "replicates": REPLICATES}
    more = ["--series", series, "--from", str(first), "--to", str(last)]
    return Question(
        PANEL,
        key_of(PANEL, [scenario], seed, about),
        wish,
        worked_out(analyse, lambda found: drawn(found.as_dict())),
        command_of(setting, "causes", [place], more, REPLICATES),
        forms.about(setting, forms.named(setting, place), REPLICATES),
    )


def drawn(told: Told) -> Told:
    """Return an answer together with its pictures: the largest causes, and the rest as one."""
    window = slice(told["first"], told["last"] + 1)
    terms = [
        {**term, "weekly": term["weekly"][window], "place": place}
        for place, term in enumerate(told["terms"])
    ]
    terms = [term for term in terms if any(term["weekly"])]
    terms.sort(key=lambda term: -sum(abs(value) for value in term["weekly"]))
    unit = _unit(told["series"])
    shown = [{**term, "colour": pictures.cause_colour(term["place"])} for term in terms[:MOST]]
    rest = [{**_together(terms[MOST:], unit), "colour": REST_COLOUR}] if terms[MOST:] else []
    stacked = sorted(shown, key=lambda term: int(term["place"]))
    return {
        **{name: told[name] for name in ("series", "sentence", "first", "last", "total_text")},
        "path": told["path_text"].replace("<-", "←") if told["path"] else "",
        "stack": _stack({**told, "unit": unit}, stacked + rest),
        "terms": [{name: term[name] for name in LISTED} for term in terms],
        "bars": _bars(shown + rest, unit),
    }


def _unit(series: str) -> str:
    """The unit of its amounts as the sentence has it; of money, which has none there, its own."""
    from cxsim.explain.causes.graph import find_node
    from cxsim.explain.causes.words import unit_words

    node = find_node(series)
    return unit_words(node) or node.unit


def _together(terms: list[Told], unit: str) -> Told:
    """Several causes as one."""
    weekly = [sum(values) for values in zip(*(term["weekly"] for term in terms), strict=True)]
    total = sum(term["sum"] for term in terms)
    sign = "+" if total > 0 else ""
    money = unit.startswith(USD)
    amount = pictures.usd_rounded(total) if money else f"{pictures.short(total, 2)} {unit}"
    return {"name": "", "title": REST, "weekly": weekly, "sum": total, "sum_text": sign + amount}


def _bars(terms: list[Told], unit: str) -> Told:
    rows = [
        {
            "key": term["name"] or REST,
            "title": term["title"],
            "from": 0.0,
            "to": term["sum"],
            "text": term["sum_text"],
            "colour": term["colour"],
        }
        for term in terms
    ]
    return pictures.bars(rows, _texts(unit)[0], unit)


def _texts(unit: str) -> tuple[pictures.Text, pictures.Text]:
    """How numbers are written on an axis and in a table."""
    if unit.startswith(USD):
        return pictures.usd, pictures.usd_rounded
    return pictures.number, pictures.short


def _stack(told: Told, terms: list[Told]) -> Told | None:
    """What each cause adds above zero, and what it takes away below; None for a single week."""
    step = _step(told["last"] - told["first"] + 1)
    starts = list(range(told["first"], told["last"] + 1, step))
    if len(starts) < 2:
        return None
    axis_text, text = _texts(told["unit"])
    mean = told["kind"] == LEVEL
    blocks = [_blocks(term["weekly"], step, mean) for term in terms]
    total = [sum(block[number] for block in blocks) for number in range(len(starts))]
    layers = [_layers(blocks, sign) for sign in (1.0, -1.0)]
    picture = pictures.Picture(
        f"What moved it, {told['unit']}{'' if mean else ', ' + EACH[step]}",
        pictures.weeks_axis(told["last"] + 1, first=told["first"]),
        pictures.value_axis(
            [value for layer in layers for edge in layer for value in edge], axis_text
        ),
        told["sentence"],
    )
    for number, term in enumerate(terms):
        look = {"colour": term["colour"], "opacity": 1.0}
        for layer in layers:
            picture.band(starts, layer[number], layer[number + 1], **look)
        picture.legend("area", term["title"], **look)
    picture.line(starts, total, "all together", "--cx-ink")
    rows = zip(starts, *blocks, total, strict=True)
    picture.table(
        ["From week" if step > 1 else "Week", *(term["title"] for term in terms), "all together"],
        [(week, [str(week), *map(text, row)]) for week, *row in rows],
    )
    return picture.as_dict()


def _step(weeks: int) -> int:
    """How many weeks are told as one, so that single weeks do not drown what lasts."""
    return next(step for step in sorted(EACH, reverse=True) if weeks >= FEWEST * step or step == 1)


def _blocks(weekly: list[float], step: int, mean: bool) -> list[float]:
    """Sums over every few weeks, or means."""
    parts = [weekly[first : first + step] for first in range(0, len(weekly), step)]
    return [sum(part) / (len(part) if mean else 1) for part in parts]


def _layers(blocks: list[list[float]], sign: float) -> list[list[float]]:
    """Edges of the layers of one sign, from zero outwards; one more than there are terms."""
    parts = [[value if sign * value > 0 else 0.0 for value in values] for values in blocks]
    columns = [list(accumulate(column, initial=0.0)) for column in zip(*parts, strict=True)]
    return [list(edge) for edge in zip(*columns, strict=True)]
