"""Plans to begin a search with: what a sensible person would try first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cxsim import headline, parameters
from cxsim.study.optimum.knobs import Board, staff_for

GRANTED = 1.4  # times what was planned: about what a convinced board grants in the end


def starts(table: Board, budget: float | None) -> list[dict[str, float]]:
    """Return the moves to begin with: today, then good ends by group, with more or less staff.

    The most telling come first: a short search has no time for all of them.

    Parameters
    ----------
    table : Board
    budget : float, optional
        Where staff may be moved, what the budget pays is tried, and the half of it.
    """
    registry = parameters.registry().levers
    good = {k.name: k.good for k in table.knobs if k.good is not None}
    groups = [g for g in headline.GROUPS if any(registry[name].group == g for name in good)]
    unions = [tuple(groups), *[(g,) for g in groups]]
    unions += [pair for pair in _pairs(groups) if len(groups) > 2]
    bundles = [{n: v for n, v in good.items() if registry[n].group in u} for u in unions if u]
    found: list[dict[str, float]] = [{}]
    for bundle in [*bundles, {}]:
        for staff in _staffs(table, budget):
            moves = table.moved({**bundle, **staff})
            if moves not in found:
                found.append(moves)
    return found


def _pairs(groups: Sequence[str]) -> list[tuple[str, ...]]:
    return [(a, b) for n, a in enumerate(groups) for b in groups[n + 1 :]]


def _staffs(table: Board, budget: float | None) -> list[dict[str, float]]:
    """Return what a budget pays when a convinced board grants more, today's staff, and half."""
    if not any(knob.name == "resources" for knob in table.knobs):
        return [{}]
    knob = table.knob("resources")
    today = knob.today or knob.values[-1] / 2.0  # a company without a programme has none
    paid = today if budget is None else staff_for(table.scenario, budget)
    places = np.abs(np.subtract.outer([paid / GRANTED, paid / GRANTED / 2.0], knob.values))
    most, half = (knob.values[place] for place in places.argmin(axis=1))
    return [{"resources": most}, {}, {"resources": half}]
