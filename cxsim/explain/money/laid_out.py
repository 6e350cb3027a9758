"""A programme's money as data for any face, and as a table for a terminal."""

from __future__ import annotations

from math import isfinite, isnan
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.explain.headlines import span
from cxsim.explain.money import words
from cxsim.explain.money.calculator_words import ASSUMPTIONS, SOURCE, inputs
from cxsim.explain.money.words import Told
from cxsim.series import OUTCOMES

if TYPE_CHECKING:
    from cxsim.explain.money.worth import Money

BANDS = {"low": 0.05, "low_half": 0.25, "median": 0.5, "high_half": 0.75, "high": 0.95}
BINS = 20  # of the histogram of net value
BAR = 13  # weeks of a bar of the histogram of payback
WIDTH = 100  # columns of the table
TITLES = {
    "parts": "Where it comes from, on average",
    "bridge": "What a conventional calculator would have said",
    "groups": "What each group of levers is worth, on average",
}


# ------------------------------------------------------------------ data


def as_dict(money: Money) -> dict[str, Any]:
    """Return numbers and texts, ready for JSON."""
    scenario = money.scenario
    told, _ = words.parts(money)
    return {
        "scenario": {"name": scenario.name, "title": scenario.title, "hash": scenario.hash},
        "seed": money.seed,
        "replicates": money.replicates,
        "weeks": money.weeks,
        "discount": money.discount,
        "sentence": words.sentence(money),
        "notes": words.notes(money),
        "headlines": headlines(money),
        "net_value": _net_value(money),
        "worse_than_none": words.worse(money).as_dict(),
        "payback": _payback(money),
        "weekly": weekly(money),
        "parts_title": TITLES["parts"],
        "parts": [_row(one) for one in told],
        "calculator": _calculator(money),
        "bridge_title": TITLES["bridge"],
        "bridge": _bridge(money),
        "groups_title": TITLES["groups"],
        **_groups(money),
    }


def headlines(money: Money) -> list[dict[str, str]]:
    """Return the three answers in a few words each: label, text and a note."""
    worse = words.worse(money)
    value = words.middle(money).in_words(True)
    chance = f"95 % interval {worse.interval}"
    return [
        _card("net_value", f"Net value after {span(money.weeks)}", value, _range_text(money)),
        _card("payback", "Payback", _payback_text(money), _payback_note(money)),
        _card("worse_than_none", "Worse than no programme", f"in {worse.text}", chance),
    ]


def _card(name: str, label: str, text: str, note: str) -> dict[str, str]:
    return {"name": name, "label": label, "text": text, "note": note}


def _range_text(money: Money) -> str:
    if money.replicates == 1:
        return ""
    return f"{words.middle(money).interval(True)} in 90 % of the futures"


def _payback_text(money: Money) -> str:
    week = OUTCOMES["payback_week"].typical(money.payback)
    return f"not within {span(money.weeks)}" if isnan(week) else f"in week {week:.0f}"


def _payback_note(money: Money) -> str:
    told = f"{words.paid_back(money).text} pay back"
    low, high = words.payback_ends(money)
    if money.replicates == 1 or not isfinite(low):
        return told
    end = f"{high:.0f}" if isfinite(high) else "never"
    return f"{told}; 90 %: week {low:.0f} to {end}"


def _net_value(money: Money) -> dict[str, Any]:
    final = money.net_value[:, -1]
    number, (_, mean) = words.middle(money), words.parts(money)
    counts, edges = np.histogram(final, bins=BINS)
    return {
        "median": float(np.median(final)),
        "low": float(np.quantile(final, BANDS["low"])),
        "high": float(np.quantile(final, BANDS["high"])),
        "text": number.in_words(True),
        "range_text": _range_text(money),
        "mean": _number(mean.value),
        "mean_low": _number(mean.low),
        "mean_high": _number(mean.high),
        "mean_text": mean.text,
        "mean_interval_text": mean.interval,
        "histogram": {"edges": edges.tolist(), "counts": counts.tolist()},
    }


def _payback(money: Money) -> dict[str, Any]:
    weeks = money.payback[~np.isnan(money.payback)]
    edges = np.arange(0, money.weeks + BAR, BAR)
    low, high = words.payback_ends(money)
    return {
        "median": _number(OUTCOMES["payback_week"].typical(money.payback)),
        "low": _number(low),
        "high": _number(high),
        "text": _payback_text(money),
        "note": _payback_note(money),
        "chance": words.paid_back(money).as_dict(),
        "never": int(np.isnan(money.payback).sum()),
        "histogram": {
            "edges": edges.tolist(),
            "counts": np.histogram(weeks, edges)[0].tolist(),
            "never": int(np.isnan(money.payback).sum()),
        },
    }


def weekly(money: Money) -> dict[str, Any]:
    """Return weeks and bands of net value over the futures."""
    bands = np.quantile(money.net_value, list(BANDS.values()), axis=0)
    named = {name: band.tolist() for name, band in zip(BANDS, bands, strict=True)}
    return {"weeks": list(range(money.weeks)), **named}


def _calculator(money: Money) -> dict[str, Any]:
    sheet = money.calculator
    return {
        "value": sheet.promise,
        "text": words.bridge(money)[0].text,
        "sentence": words.calculator_sentence(money),
        "assumptions": list(ASSUMPTIONS),
        "source": SOURCE,
        "inputs": inputs(money),
        "weekly": sheet.net_value.tolist(),
        "customers": {
            "weeks": list(range(money.weeks)),
            "with": sheet.with_.active().tolist(),
            "without": sheet.without.active().tolist(),
        },
    }


def _bridge(money: Money) -> list[dict[str, Any]]:
    return [
        {
            **_row(told),
            "kind": "total" if step.is_total else "step",
            "from": step.start,
            "to": step.end,
            "shown": words.worth_a_row(told),
        }
        for step, told in zip(money.bridge, words.bridge(money), strict=True)
    ]


def _groups(money: Money) -> dict[str, Any]:
    """Return the split over lever groups as its own result tells it, bars of parts only."""
    if money.groups is None:
        return {"groups": None, "groups_whole": None, "groups_sentence": "", "groups_note": ""}
    answer = money.groups.as_dict()
    split = answer["outcomes"]["net_value"]
    return {
        "groups": [
            {"name": bar["unit"], "label": bar["title"], **_amount(bar), "clear": bar["clear"]}
            for bar in split["bars"]
            if bar["kind"] == "part"
        ],
        "groups_whole": {"name": "all", "label": "All together", **_amount(split["whole"])},
        "groups_sentence": split["sentence"],
        "groups_note": answer["method_text"],
    }


def _amount(told: dict[str, Any]) -> dict[str, Any]:
    numbers = {key: told[key] for key in ("value", "low", "high", "text")}
    return {**numbers, "interval_text": told["interval"]}


def _row(told: Told) -> dict[str, Any]:
    return {
        "name": told.name,
        "label": told.label,
        "value": _number(told.value),
        "low": _number(told.low),
        "high": _number(told.high),
        "text": told.text,
        "interval_text": told.interval,
    }


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


# ------------------------------------------------------------------ text


def table(money: Money) -> str:
    """Return the answer as text, at most 100 columns wide."""
    answer = as_dict(money)
    mean = answer["net_value"]
    net = {
        "label": "Net value",
        "text": mean["mean_text"],
        "interval_text": mean["mean_interval_text"],
    }
    cards = [{**card, "interval_text": card["note"]} for card in answer["headlines"]]
    blocks = [
        wrap(answer["sentence"], WIDTH),
        _columns("", cards),
        _columns(TITLES["parts"], [*answer["parts"], net]),
        _columns(TITLES["bridge"], [row for row in answer["bridge"] if row["shown"]]),
    ]
    if answer["groups"]:
        blocks.append(_columns(TITLES["groups"], [*answer["groups"], answer["groups_whole"]]))
        blocks.append(wrap(answer["groups_note"], WIDTH))
    futures = f"{money.replicates} future{'s' * (money.replicates != 1)}"
    made = f"{futures}, seed {money.seed}, {money.weeks} weeks. "
    blocks.append(wrap(made + " ".join([*answer["notes"], SOURCE]), WIDTH))
    return "\n\n".join("\n".join(block) for block in blocks)


def _columns(title: str, rows: list[dict[str, Any]]) -> list[str]:
    label, text = (max(len(row[key]) for row in rows) for key in ("label", "text"))
    lines = [
        f"{row['label']:<{label}}  {row['text']:>{text}}  {row['interval_text']}" for row in rows
    ]
    shown = [
        part for line in lines for part in wrap(line, WIDTH, subsequent_indent=" " * (label + 2))
    ]
    return [f"{title} (95 % interval)", *shown] if title else shown
