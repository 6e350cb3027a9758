"""What moves customers, what is heard of them, and the money: every term, and what feeds it."""

from __future__ import annotations

from cxsim.explain.causes.graph import FLOW, LEVEL, STOCK, Node, Term, series_node
from cxsim.explain.causes.people_nodes import BOUNDS, CHANCE
from cxsim.series import PAIN, SERIES

PRICES = "a price rise"

_SATISFACTION = (
    Term("quality", "quality of processes", ("+quality_local", "+quality_handoff")),
    Term("practice", "employees who practise", ("+adoption", "+ability")),
    Term("haste", "haste", ("-load",)),
    Term("expectation", "what customers expect by now",
         ("initial_expectation", "expectation_rate"),
         ("satisfaction_base", "satisfaction_expectation")),
    Term("drift", "what other firms have taught them", ("expectation_drift",)),
    Term("aversion", "bad surprises weigh more", ("loss_aversion",)),
    Term("noise", "chance", (CHANCE, "inconsistency")),
    Term("fading", "impressions fade", ("satisfaction_fade",)),
    Term("price", "a price rise", (PRICES,)),
    Term("newcomers", "new customers", ("acquired",)),
    Term("leaving", "those who leave no longer count", ("churned",)),
    BOUNDS,
)  # fmt: skip


def _churn(sign: str) -> tuple[Term, ...]:
    """Return the causes of churn; `sign` is the effect of a loss on what is asked of."""
    less = {"-": "+", "+": "-"}[sign]
    given = {
        "base": ("lost anyway", ("churn_alpha", "churn_beta")),
        "process": ("lost to processes", (f"{less}quality_local", f"{less}quality_handoff")),
        "service": ("lost to service", (f"{less}adoption", f"{sign}load", f"{less}ability")),
        "expectation": ("lost to expectations", ("expectation_drift",)),
        "shock": ("lost to a price rise", (PRICES,)),
    }
    return tuple(
        Term(f"churn_{name}", title, sources, (f"churn_{name}",))
        for name, (title, sources) in given.items()
    )


_ACQUIRED = (
    Term("base", "come anyway", ("acquisition_rate",)),
    Term("praise", "come because others praise it", ("+satisfaction", "+advocacy_share")),
    Term("warning", "kept away by warnings", ("+satisfaction",)),
)
_CUSTOMERS = (Term("acquired", "won", ("+acquired",), ("acquired",)), *_churn("-"))
_SCORE = (
    Term("felt", "what customers felt then", ("+satisfaction", "survey_lag")),
    Term("answering", "who answers", ("survey_coverage", "response_complainer")),
    Term("assumed", "assumed before the first answers", ("satisfaction_start",)),
)
_REVENUE = (Term("acquired", "customers won", ("+acquired",), ("acquired",)), *_churn("-"))
_CONTRIBUTION = (
    Term("revenue", "margin on the revenue", ("+revenue",)),
    Term("cost", "cost of the programme", ("-resources", "-budget")),
    Term("savings", "savings", ("-customer_outcome_focus", "+budget")),
)

CUSTOMERS = (
    series_node("satisfaction", STOCK, _SATISFACTION),
    Node("survey_score", SERIES["survey_score"].label, LEVEL, _SCORE, PAIN),  # above the lowest
    series_node("churned", FLOW, _churn("+")),
    series_node("acquired", FLOW, _ACQUIRED),
    series_node("active_customers", STOCK, _CUSTOMERS),
    series_node("revenue", STOCK, _REVENUE),
    series_node("contribution", FLOW, _CONTRIBUTION),
)
