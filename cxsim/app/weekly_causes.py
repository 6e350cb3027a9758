"""What moved the company in every week of one future, as the browser plays it.

Pure functions, no browser. All weeks travel at once, so that playing needs no word with the server.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from cxsim.app.library import in_force, value_text
from cxsim.app.pieces import joined
from cxsim.app.questions.pictures import cause_colour
from cxsim.parameters import registry
from cxsim.scenario import Scenario

if TYPE_CHECKING:
    from cxsim.explain.causes.graph import Node

FIRST_CAUSE = "adoption"  # what is explained before anybody chose
USUAL = 0.95  # share of the weeks that a bar has to have room for
HEADROOM = 2.0  # of the usual; what is larger, once in a while, is cut at the end of the bar
DIGITS = 2  # of a usual amount
MOST_DECIMALS = 3
ONES = {"employees": "employee", "customers": "customer", "pain points": "pain point"}


@cache
def node_names() -> tuple[str, ...]:
    """Names of everything that the page can explain."""
    from cxsim.explain.causes.strips import list_nodes

    return tuple(node.name for node in list_nodes())


def revision(scenario: Scenario, seed: int) -> str:
    """What stands for one future: its causes belong to this film alone."""
    return f"{scenario.hash[:8]}-{seed}"


def packed(scenario: Scenario, seed: int) -> bytes:
    """Live a future again with its causes, ready for the browser.

    Returns
    -------
    bytes
        As `joined` writes two parts: plain data as JSON, and the amounts as float32 in the order
        of its terms, each [weeks].

    Raises
    ------
    CxsimError
        The scenario cannot be lived.
    """
    from cxsim.explain.causes.strips import list_nodes, trace_causes

    traced, arrays = trace_causes(scenario, seed)
    told: list[dict[str, Any]] = []
    rows: list[np.ndarray] = []
    for node in list_nodes():
        amounts = arrays[node.name]
        order = [n for n in range(len(amounts)) if amounts[n].any()]
        known = traced["nodes"][node.name]["terms"]
        terms = [_term(known[n], scenario) | {"colour": cause_colour(n)} for n in order]
        told.append({**_node(node, amounts[order]), "offset": len(rows), "terms": terms})
        rows += [amounts[n] for n in order]
    return _joined(scenario, seed, told, np.array(rows))


def untold(scenario: Scenario, seed: int) -> bytes:
    """The same without any cause."""
    return _joined(scenario, seed, [], np.empty(0))


def _joined(
    scenario: Scenario, seed: int, nodes: list[dict[str, Any]], amounts: np.ndarray
) -> bytes:
    meta = {"revision": revision(scenario, seed), "weeks": scenario.weeks, "nodes": nodes}
    return joined(json.dumps(meta, allow_nan=False).encode(), amounts.astype("<f4").tobytes())


def _node(node: Node, amounts: np.ndarray) -> dict[str, Any]:
    """How the amounts of one quantity are written and drawn."""
    from cxsim.explain.causes.words import factor, unit_words

    unit = unit_words(node)
    return {
        "name": node.name,
        "title": node.title,
        "kind": node.kind,
        "unit": unit,
        "one": ONES.get(unit, unit),
        "money": node.measured.form == "money",
        "decimals": _decimals(amounts),
        # what the terms of a product take away is missing from the whole
        "whole": factor(node, 1) if node.product else 0.0,
        "up": _room(np.where(amounts > 0, amounts, 0.0).sum(axis=0)),
        "down": _room(np.where(amounts < 0, -amounts, 0.0).sum(axis=0)),
    }


def _decimals(amounts: np.ndarray) -> int:
    """So many that a usual amount has `DIGITS` digits; none where all come in ones."""
    if np.array_equal(amounts, np.round(amounts)):
        return 0
    usual = float(np.quantile(np.abs(amounts[amounts != 0.0]), USUAL))
    return min(MOST_DECIMALS, max(0, DIGITS - 1 - math.floor(math.log10(usual))))


def _room(sums: np.ndarray) -> float:
    """How far the bars of one direction reach."""
    most = float(sums.max(initial=0.0))
    usual = HEADROOM * float(np.quantile(sums, USUAL))
    return min(most, usual) if usual > 0.0 else most


def _term(term: dict[str, Any], scenario: Scenario) -> dict[str, Any]:
    return {
        "name": term["name"],
        "title": term["title"],
        "sources": [_source(one, scenario) for one in term["sources"]],
    }


def _source(source: dict[str, Any], scenario: Scenario) -> dict[str, Any]:
    """What feeds a term; a lever with its settings, each with the week from which it holds."""
    about = {name: source[name] for name in ("kind", "name", "title", "sign")}
    settings = _settings(source["name"], scenario) if source["kind"] == "lever" else []
    return {**about, "settings": settings}


def _settings(name: str, scenario: Scenario) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for week in sorted({0, *(event.week for event in scenario.events if name in event.set)}):
        value = in_force(scenario.levers, scenario.events, week)[name]
        found.append((week, value_text(registry().levers[name], value)))
    return found
