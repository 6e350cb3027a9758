"""What is written down each week: the ledger of causes, and the record of section 8."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

from .customers import CAUSES
from .employees import STARTS
from .numbers import add_up

MEANS = (("awareness", "A"), ("belief", "b"), ("ability", "k"), ("cynicism", "c"))
STOPS = ("belief", "effort", "overload", "turnover")


class Ledger:
    """Starts and stops of one week, by cause, by function and by layer."""

    def __init__(self) -> None:
        self.starts: Counter[Any] = Counter()
        self.stops: Counter[Any] = Counter()
        self.leavers = 0

    def start(self, employee: Any, cause: str) -> None:
        self.starts.update([cause, "all", *self._where(employee)])

    def stop(self, employee: Any, cause: str) -> None:
        self.stops.update([cause, "all", *self._where(employee)])

    def _where(self, employee: Any) -> list[tuple[str, int]]:
        return [("function", employee.function), ("layer", employee.depth)]


def workforce(employees: list[Any], ledger: Ledger, where: Any) -> dict[str, float]:
    """The series of a group of employees; zeros for a layer that is empty this week."""
    n = len(employees)
    practising = sum(e.x for e in employees)
    record = {
        "employees": n,
        "practising": practising,
        "adoption": practising / n if n else 0.0,
        "embedded": sum(e.H > 0.5 for e in employees) / n if n else 0.0,
        "starts": ledger.starts[where],
        "stops": ledger.stops[where],
    }
    for name, mark in MEANS:
        record[name] = add_up(getattr(e, mark) for e in employees) / n if n else 0.0
    return record


def function(model: Any, head: Any) -> dict[str, float]:
    f = head.f
    q = [process.quality for process in model.processes]
    return workforce(head.employees, model.ledger, ("function", f)) | {
        "commitment": head.commitment,
        "stated_commitment": head.stated,
        "conflict": head.conflict,
        "quality_local": 0.5 * (q[2 * f] + q[2 * f + 1]),
        "wins": head.wins,
        "open_issues": add_up(p.issues for p in model.processes if p.owner is head),
        "closures": head.closures,
        "contacts": head.contacts,
        "experience": head.got / head.contacts if head.contacts else 0.0,
        "complaints": head.complaints,
        "load": model.climates[f].load,
    }


def company(model: Any) -> dict[str, float]:
    return (
        workforce(model.employees, model.ledger, "all")
        | _means(model)
        | _causes(model)
        | _leadership(model)
        | _work(model)
        | _experience(model)
        | _market(model)
        | _money(model)
    )


def _means(model: Any) -> dict[str, float]:
    """Means over all employees, from the sums of the functions."""
    return {
        name: add_up(add_up(getattr(e, mark) for e in head.employees) for head in model.heads)
        / len(model.employees)
        for name, mark in MEANS
    }


def _causes(model: Any) -> dict[str, float]:
    ledger = model.ledger
    record = {f"start_{cause}": ledger.starts[cause] for cause in STARTS}
    record |= {f"stop_{cause}": ledger.stops[cause] for cause in STOPS}
    record |= {f"churn_{cause}": model.market.churned[cause] for cause in ("base", *CAUSES)}
    return record | {"leavers": ledger.leavers}


def _leadership(model: Any) -> dict[str, float]:
    heads, F = model.heads, len(model.heads)
    mean = add_up(head.commitment for head in heads) / F
    spread = math.sqrt(
        add_up((head.commitment - mean) * (head.commitment - mean) for head in heads) / F
    )
    return {
        "commitment": mean,
        "commitment_spread": spread,
        "alignment": mean * (1.0 - min(1.0, 2.0 * spread)),
        "stated_commitment": add_up(head.stated for head in heads) / F,
        "ceo_commitment": model.chief.commitment,
        "conflict": add_up(head.conflict for head in heads) / F,
    }


def _work(model: Any) -> dict[str, float]:
    processes, F = model.processes, len(model.heads)
    q = [process.quality for process in processes]
    issues = add_up(process.issues for process in processes)
    aged = add_up(process.issues * process.age for process in processes)
    load = add_up(
        here.load * len(head.employees)
        for here, head in zip(model.climates, model.heads, strict=True)
    )
    return {
        "quality_local": add_up(0.5 * (q[2 * f] + q[2 * f + 1]) for f in range(F)) / F,
        "quality_handoff": add_up(q[2 * F :]) / (F - 1),
        "wins": model.wins,
        "wins_completed": model.wins_completed,
        "evidence": model.evidence,
        "open_issues": issues,
        "issue_age": aged / issues if issues > 0 else 0.0,
        "closures": add_up(head.closures for head in model.heads),
        "initiatives": sum(initiative.running for initiative in model.initiatives),
        "insight": model.insight,
        "load": load / len(model.employees),
    }


def _experience(model: Any) -> dict[str, float]:
    contacts = sum(head.contacts for head in model.heads)
    if contacts == 0:
        return {"experience": 0.0, "experience_spread": 0.0}
    mean = add_up(head.got for head in model.heads) / contacts
    squares = add_up(head.squares for head in model.heads) / contacts
    return {
        "experience": mean,
        "experience_spread": math.sqrt(max(0.0, squares - mean * mean)),
    }


def _market(model: Any) -> dict[str, float]:
    market = model.market
    n = len(market.feelings)
    return {
        "satisfaction": add_up(market.feelings) / n if n else 0.0,
        "survey_score": model.score,
        "respondents": len(market.answers),
        "contacts": sum(head.contacts for head in model.heads),
        "complaints": sum(head.complaints for head in model.heads),
        "active_customers": sum(place.active for place in model.places),
        "churned": sum(market.churned.values()),
        "acquired": market.acquired,
        "price_pain": market.shown,
    }


def _money(model: Any) -> dict[str, float]:
    c = model.facts
    revenue = sum(place.active for place in model.places) * c.revenue_per_customer
    cost = model.staff * c.fte_cost
    return {
        "revenue": revenue,
        "churned_revenue": sum(model.market.churned.values()) * c.revenue_per_customer,
        "programme_cost": cost,
        "savings": model.savings,
        "contribution": revenue * c.margin - cost + model.savings,
        "budget": model.budget * model.now.active,
    }
