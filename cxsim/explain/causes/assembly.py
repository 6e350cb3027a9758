"""From the rows of some futures to the terms of one quantity, in its own unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxsim.explain.causes.graph import STOCK, Node, Term
from cxsim.explain.causes.replay import Replay
from cxsim.rules.voice import POOLED
from cxsim.state import LOWEST

BOTTOM = {"survey_score": LOWEST}  # levels that are told from the lower end of their scale
FADE = "fade"  # what a week leaves behind of what moves toward a target


@dataclass(frozen=True, eq=False)
class Moves:
    """What moves one quantity in some futures.

    Attributes
    ----------
    values : array, shape (replicates, weeks)
    start : array, shape (replicates,)
        What stood before week 0; 0 for what is not a stock.
    terms : array, shape (replicates, terms, weeks)
    """

    values: np.ndarray
    start: np.ndarray
    terms: np.ndarray


def moves(
    node: Node, replays: Sequence[Replay], place: int | None, levers: np.ndarray, facts: np.ndarray
) -> Moves:
    """Return what moves a quantity.

    Parameters
    ----------
    place : int or None
        A function's place, None for the company.
    levers, facts : array
        Of the plan, by week and of the whole run.
    """
    each = [_one(node, replay, place, levers, facts[0]) for replay in replays]
    return Moves(*(np.array(part) for part in zip(*each, strict=True)))


def _one(
    node: Node, replay: Replay, place: int | None, levers: np.ndarray, facts: np.void
) -> tuple[np.ndarray, float, np.ndarray]:
    own = SPECIAL.get(node.name)
    if own is not None:
        terms = own(replay, place, levers, facts)
    else:
        terms = np.array([_of_term(node, term, replay, place) for term in node.terms])
    start = _start(node, replay, place, facts)
    if node.product:
        return _product(terms)
    if node.follows:
        fade = _field(node, f"{node.name}_{FADE}", replay, place)
        terms = shared_out(start, terms, fade)
    return _values(node, replay, place), start, terms


def _values(node: Node, replay: Replay, place: int | None) -> np.ndarray:
    record = replay.record
    if place is None:
        return record.company[node.name] - BOTTOM.get(node.name, 0.0)
    return record.function[node.name][:, place]


def _start(node: Node, replay: Replay, place: int | None, facts: np.void) -> float:
    if node.kind != STOCK:
        return 0.0
    if node.name == "revenue":
        customers = replay.start["active_customers"][0]
        return float(customers * facts["revenue_per_customer"])
    begun = replay.start.get(node.name)
    return 0.0 if begun is None else float(begun[0 if place is None else place + 1])


# ------------------------------------------------------------------ fields of the rows


def _of_term(node: Node, term: Term, replay: Replay, place: int | None) -> np.ndarray:
    fields = term.fields or (f"{node.name}_{term.name}",)
    return sum((_field(node, field, replay, place) for field in fields), np.zeros(()))


def _field(node: Node, field: str, replay: Replay, place: int | None) -> np.ndarray:
    """Return the weeks of one field: of a function, or put together for the company."""
    company, function = replay.terms
    sign = -1.0 if field.startswith("stop_") and node.name == "stops" else 1.0
    if place is None and field in (company.dtype.names or ()):
        return company[field]
    rows = function[field]
    heads = np.diff(replay.firm.function_start)
    if place is not None:
        return sign * rows[:, place] / (heads[place] if node.by == "people" else 1.0)
    match node.by:
        case "heads":
            return rows.sum(axis=1) / len(heads)
        case "people":
            return rows.sum(axis=1) / heads.sum()
        case "weighted":
            return (rows * heads).sum(axis=1) / heads.sum()
        case _:
            return sign * rows.sum(axis=1)


def shared_out(start: float, terms: np.ndarray, fade: np.ndarray) -> np.ndarray:
    """Return each term's part in the changes of what moves toward a target.

    The level is at any time the sum of what its terms have left in it. What fades in a week fades
    from every part alike, so that a term that stays the same moves the level only until its weight
    has arrived, and not for ever against a pull back. What stood at the start belongs to the first
    term.

    Parameters
    ----------
    start : float
    terms : array, shape (terms, weeks)
        What each adds in a week.
    fade : array, shape (weeks,)
        What is lost of the level in a week, not above 0.
    """
    parts = np.zeros(len(terms))
    parts[0] = start
    found = np.empty_like(terms)
    for week in range(terms.shape[1]):
        level = parts.sum()
        kept = 1.0 + fade[week] / level if level != 0.0 else 1.0
        after = parts * kept + terms[:, week]
        found[:, week] = after - parts
        parts = after
    return found


def _product(factors: np.ndarray) -> tuple[np.ndarray, float, np.ndarray]:
    """Return a product of factors from 0 to 1 and what each takes from the whole, 1.

    What is missing is shared out by the logarithms of the factors; where some are 0, those alone
    take it, in equal parts.

    Parameters
    ----------
    factors : array, shape (factors, weeks)
    """
    value = factors.prod(axis=0)
    zero = factors <= 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = np.where(zero.any(axis=0), zero, -np.log(factors))
        shares = weights / weights.sum(axis=0)
    return value, 0.0, np.where(value < 1.0, (value - 1.0) * np.nan_to_num(shares), 0.0)


# ------------------------------------------------------------------ what the record tells already


def _churn(replay: Replay) -> np.ndarray:
    causes = ("base", "process", "service", "expectation", "shock")
    return np.array([replay.record.company[f"churn_{cause}"] for cause in causes])


def _lost(replay: Replay, place: int | None, levers: np.ndarray, facts: np.void) -> np.ndarray:
    return _churn(replay)


def _customers(replay: Replay, place: int | None, levers: np.ndarray, facts: np.void) -> np.ndarray:
    return np.concatenate([replay.record.company["acquired"][None], -_churn(replay)])


def _revenue(replay: Replay, place: int | None, levers: np.ndarray, facts: np.void) -> np.ndarray:
    return _customers(replay, place, levers, facts) * facts["revenue_per_customer"]


def _money(replay: Replay, place: int | None, levers: np.ndarray, facts: np.void) -> np.ndarray:
    company = replay.record.company
    margin = company["revenue"] * facts["margin"]
    return np.array([margin, -company["programme_cost"], company["savings"]])


def _stated(replay: Replay, place: int | None, levers: np.ndarray, facts: np.void) -> np.ndarray:
    rows = replay.record.company if place is None else replay.record.function[:, place]
    return np.array([rows["commitment"], rows["stated_commitment"] - rows["commitment"]])


def _message(replay: Replay, place: int | None, levers: np.ndarray, facts: np.void) -> np.ndarray:
    """Return the factors of the message; the company's are means over the functions."""
    names = ("communication", "culture", "coherence", "stated")
    rows = np.array([replay.terms.function[f"message_{name}"] for name in names])
    return rows.mean(axis=2) if place is None else rows[:, :, place]


def _score(replay: Replay, place: int | None, levers: np.ndarray, facts: np.void) -> np.ndarray:
    """Return the published score as what all customers felt in those weeks, and who answered."""
    company, voice = replay.record.company, replay.voice
    terms = np.zeros((3, len(company)))
    terms[2, :1] = facts["satisfaction_start"] - LOWEST
    for week in range(len(company)):
        if week:
            terms[:, week] = terms[:, week - 1]
        last = week - int(levers["survey_lag"][week])
        weeks = slice(max(0, last - POOLED + 1), last + 1)
        answers = voice[weeks, 1] if last >= 0 else np.zeros(0)
        if answers.sum() > 0.0:
            felt = (answers * company["satisfaction"][weeks]).sum() / answers.sum()
            terms[:, week] = felt, company["survey_score"][week] - felt, 0.0
            terms[0, week] -= LOWEST
    return terms


SPECIAL = {
    "churned": _lost,
    "active_customers": _customers,
    "revenue": _revenue,
    "contribution": _money,
    "stated_commitment": _stated,
    "message": _message,
    "survey_score": _score,
}
