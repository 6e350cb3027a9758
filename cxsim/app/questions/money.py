"""When does it pay, and how likely is it worse than nothing? A calculator stands beside it."""

from __future__ import annotations

from typing import Any

from cxsim.app.questions import forms, pictures
from cxsim.app.questions.question import Question, Told, key_of, worked_out
from cxsim.app.state import Setting, command_of

PANEL = "money"
REPLICATES = 100
MOST_DISCOUNT = 50  # % a year
KEPT = ("sentence", "notes", "headlines", "calculator", "groups_note")


def offer(setting: Setting) -> dict[str, Any]:
    """Return what the form shows."""
    return {"sides": forms.sides(setting)}


def question(setting: Setting, wish: forms.Wish) -> Question:
    """Return the question that a wish stands for.

    Raises
    ------
    CxsimError
        The wish makes no sense.
    """
    place = forms.place(setting, wish)
    scenario, seed = forms.scenario(setting, wish), setting.seed
    discount = forms.amount(wish, "discount", "discount a year, %", 0, MOST_DISCOUNT)

    def analyse(**running: Any) -> Any:
        from cxsim.explain.money import money

        return money(scenario, REPLICATES, seed, discount=discount / 100, **running)

    more = ["--discount", f"{discount:g}%"] if discount else []
    return Question(
        PANEL,
        key_of(PANEL, [scenario], seed, {"discount": discount, "replicates": REPLICATES}),
        wish,
        worked_out(analyse, lambda found: drawn(found.as_dict())),
        command_of(setting, PANEL, [place], more, REPLICATES),
        forms.about(setting, forms.named(setting, place), REPLICATES),
    )


def drawn(told: Told) -> Told:
    """Return an answer together with its pictures."""
    return {
        **{name: told[name] for name in KEPT},
        "weekly": _weekly(told["weekly"]),
        "payback": _payback(told),
        "ends": _ends(told),
        "parts": _bars(told["parts"]),
        "bridge": _bars([row for row in told["bridge"] if row["shown"]]),
        "groups": _groups(told),
    }


def _weekly(weekly: Told) -> Told:
    """Net value over the weeks."""
    weeks = weekly["weeks"]
    axis = pictures.value_axis([*weekly["low"], *weekly["high"]], pictures.usd)
    x = pictures.weeks_axis(len(weeks))
    picture = pictures.Picture("Gained so far, against no programme", x, axis)
    picture.band(weeks, weekly["low"], weekly["high"], "9 futures in 10")
    picture.band(weeks, weekly["low_half"], weekly["high_half"], opacity=pictures.HALF)
    picture.line(weeks, weekly["median"], "median")
    columns = [[pictures.usd_rounded(v) for v in weekly[n]] for n in ("median", "low", "high")]
    rows = [(at, [str(at), *cells]) for at, *cells in zip(weeks, *columns, strict=True)]
    picture.table(["Week", "Median", "One in twenty below", "One in twenty above"], rows)
    return picture.as_dict()


def _payback(told: Told) -> Told | None:
    """In how many futures it has paid back, quarter by quarter; None where it never has."""
    histogram = told["payback"]["histogram"]
    edges, counts = histogram["edges"], histogram["counts"]
    if not any(counts):
        return None
    x = pictures.weeks_axis(int(edges[-1]) + 1, "week in which it has paid back")
    y = pictures.counts_axis(counts)
    picture = pictures.Picture("When it pays back, futures", x, y, told["payback"]["text"])
    picture.bars(edges, counts)
    spans = zip(edges[:-1], edges[1:], counts, strict=True)
    rows = [((a + b) / 2, [f"Week {a:.0f} to {b:.0f}", str(count)]) for a, b, count in spans]
    picture.table(["", "Futures"], rows)
    never = f"Never within the horizon: {histogram['never']} futures." if histogram["never"] else ""
    return {**picture.as_dict(), "note": never}


def _ends(told: Told) -> Told:
    """How the futures are spread at the end."""
    histogram = told["net_value"]["histogram"]
    edges, counts = histogram["edges"], histogram["counts"]
    low, high = min(0.0, edges[0]), max(0.0, edges[-1])
    x = pictures.value_axis([low, high], pictures.usd, "net value at the end")
    y = pictures.counts_axis(counts)
    picture = pictures.Picture("How the futures end, futures", x, y, told["net_value"]["text"])
    worse = [count if right <= 0 else 0 for right, count in zip(edges[1:], counts, strict=True)]
    better = [count - bad for count, bad in zip(counts, worse, strict=True)]
    picture.bars(edges, better)
    picture.bars(edges, worse, "--cx-bad")
    picture.upright(0.0, "no programme")
    spans = zip(edges[:-1], edges[1:], counts, strict=True)
    rows = [
        ((a + b) / 2, [f"{pictures.usd_rounded(a)} to {pictures.usd_rounded(b)}", str(count)])
        for a, b, count in spans
    ]
    picture.table(["", "Futures"], rows)
    return picture.as_dict()


def _groups(told: Told) -> Told | None:
    """What each group is worth, and all together."""
    if not told["groups"]:
        return None
    whole = [{**told["groups_whole"], "kind": "total"}] if told["groups_whole"] else []
    return _bars([*told["groups"], *whole])


def _bars(parts: list[Told]) -> Told:
    """Parts one beside the other, or where they say from where to where, as a bridge."""
    return pictures.bars([_row(part) for part in parts], pictures.usd)


def _row(part: Told) -> Told:
    start = part.get("from", 0.0)
    total = part.get("kind") == "total"
    base = 0.0 if total else start
    ends = {name: None if part[name] is None else base + part[name] for name in ("low", "high")}
    return {
        "key": part["name"],
        "title": part["label"],
        "from": start,
        "to": part.get("to", part["value"]),
        **ends,
        "text": part["text"],
        "note": part["interval_text"],
        "tone": "total" if total else _tone(part),
    }


def _tone(part: Told) -> str:
    if part["low"] is not None and part["low"] < 0.0 < part["high"]:
        return "unclear"
    return "good" if part["value"] >= 0.0 else "bad"
