"""The row of outcomes: both values in natural units, the paired difference, a plain verdict."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import solara

from cxsim.app.simulation import Futures
from cxsim.app.vuetify import card, element

if TYPE_CHECKING:
    from cxsim.explain.compare import ComparisonRow

CARDS = 6


def verdict(row: ComparisonRow, replicates: int) -> str:
    """Who does better, and in how many of the futures."""
    if isnan(row.share_b_better):
        return "Not computed"
    a, b = round(row.share_a_better * replicates), round(row.share_b_better * replicates)
    if a == b == 0:
        return "The same in every future"
    both = f"A better in {a}, B in {b} of {replicates} futures"
    if row.better is None:
        return f"No clear difference: {both}"
    if 2 * max(a, b) < replicates:  # most futures end in a tie
        return both
    winner, loser, wins = ("A", "B", a) if row.better == "a" else ("B", "A", b)
    return f"{winner} beats {loser} in {wins} of {replicates} futures"


def difference(row: ComparisonRow, replicates: int) -> str:
    """The paired difference with its 95 % interval."""
    if isnan(row.difference):
        return "It does not happen on both sides in the same future"
    interval = "" if isnan(row.low) else f" (95 % interval {row.text_interval})"
    pairs = f", over the {row.pairs} futures in which both do" if row.pairs < replicates else ""
    return f"B minus A on average: {row.text_difference}{interval}{pairs}"


@solara.component
def Outcomes(result: Futures) -> solara.Element:
    """Cards for the first outcomes of the comparison."""
    with element("div", class_="cx-outcomes", attributes={"data-rev": result.revision}) as row:
        for outcome in result.comparison.rows[:CARDS]:
            OutcomeCard(outcome, result.replicates).key(outcome.name)
    return row


@solara.component
def OutcomeCard(outcome: ComparisonRow, replicates: int) -> solara.Element:
    """One outcome."""
    return card(
        element("h3", outcome.label, class_="cx-outcome-label"),
        element(
            "p",
            _value("a", outcome.text_a),
            _value("b", outcome.text_b),
            class_="cx-values",
        ),
        element("p", difference(outcome, replicates), class_="cx-difference"),
        element("p", verdict(outcome, replicates), class_="cx-verdict"),
        class_="cx-outcome",
    )


def _value(letter: str, text: str) -> solara.Element:
    words = (element("b", letter.upper()), element("span", text))
    return element("span", *words, class_=f"cx-value cx-value-{letter}")
