"""How a difference in each outcome is said: "{} more of every 100 employees practise"."""

from __future__ import annotations

from cxsim.explain.headlines import HEADLINES, Headline
from cxsim.series import OUTCOMES


def _headline(name: str, more: str, fewer: str, unit: str) -> Headline:
    outcome = OUTCOMES[name]
    return Headline(
        name, outcome.label, outcome.better,
        lambda ensemble: ensemble.outcome(name),
        lambda ensemble: outcome.text(ensemble.outcome(name), ensemble.setting),
        more, fewer, outcome.kind.factor, unit, never=outcome.never,
    )  # fmt: skip


_OTHERS = (
    _headline(
        "week_half_adoption",
        "half of the employees practise {} weeks later",
        "half of the employees practise {} weeks sooner",
        "weeks",
    ),
    _headline(
        "worse_than_none",
        "{} more of every 100 futures lose money against no programme",
        "{} fewer of every 100 futures lose money against no programme",
        "of 100 futures",
    ),
    _headline(
        "practising", "{} more employees practise", "{} fewer employees practise", "employees"
    ),
    _headline(
        "embedded",
        "{} more of every 100 employees have the habit",
        "{} fewer of every 100 employees have the habit",
        "of 100 employees",
    ),
    _headline(
        "customers", "{} more customers at the end", "{} fewer customers at the end", "customers"
    ),
    _headline(
        "customers_lost",
        "{} more customers are lost in {span}",
        "{} fewer customers are lost in {span}",
        "customers",
    ),
)
PHRASES = {one.name: one for one in (*HEADLINES, *_OTHERS) if one.name in OUTCOMES}
