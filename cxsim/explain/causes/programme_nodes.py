"""What moves quality, wins, evidence and the budget: every term, and what feeds it."""

from __future__ import annotations

from cxsim.explain.causes.graph import LEVEL, LIMIT, STOCK, Term, series_node
from cxsim.explain.causes.people_nodes import EARNINGS

_WORK = ("+commitment", "-conflict", "+budget", "+resources", "+process_share", "+insight")

_WINS = (
    Term("quick", "quick wins", ("+quick_win_share", "+capitalisation", *_WORK)),
    Term("large", "larger wins", (*_WORK, "+capitalisation")),
    Term("fading", "wins fade", ("win_decay",)),
)
_LOCAL = (
    Term("quick", "quick wins", ("+quick_win_share", *_WORK)),
    Term("large", "touchpoints rebuilt", _WORK),
    Term("efficiency", "efficiency work", ("-customer_outcome_focus", *_WORK)),
    Term("erosion", "erosion", ("quality_erosion", "+embedding", "+efficiency_pressure")),
)
_HANDOFF = (
    Term("large", "hand-offs rebuilt", (*_WORK, "+coherence", "+cross_functional_ties")),
    Term("efficiency", "efficiency work", ("-customer_outcome_focus", *_WORK)),
    Term("erosion", "erosion", ("quality_erosion", "+embedding", "+efficiency_pressure")),
)
_EVIDENCE = (
    Term("wins", "wins for customers", (*_WORK, "+roi_attribution", "+coherence")),
    Term("efficiency", "savings", ("-customer_outcome_focus", *_WORK)),
    Term("fading", "evidence fades", ("evidence_decay",)),
)
_ISSUES = (
    Term("found", "found", ("+insight", "-quality_local")),
    Term("closed", "closed", ("-commitment", "-budget", "-process_share", "-resources")),
    Term("forgotten", "forgotten", ("issue_forget",)),
)
_INSIGHT = (
    Term("staff", "too few people listen", ("+insight_share", "+resources", "+budget")),
    Term("data", "no access to data", ("+data_access",)),
    Term("coverage", "too few customers are asked", ("+survey_coverage",)),
    Term("leading", "no leading indicators", ("+leading_indicators",)),
)
_BUDGET = (
    Term("plan", "the plan: start, pause or end", ("resources", "duration")),
    Term("commitment", "commitment of the executives", ("+commitment",)),
    Term("proof", "evidence that it pays", ("+evidence",)),
    Term("gap", "results that are due and not seen", ("+evidence", "+time_to_impact_horizon")),
    Term("pressure", "pressure of earnings", (EARNINGS, "+roi_attribution")),
    Term(LIMIT, "the most or least that a budget can be", ("budget_high", "budget_low")),
)

PROGRAMME = (
    series_node("wins", STOCK, _WINS, "own"),
    series_node("quality_local", STOCK, _LOCAL, "heads"),
    series_node("quality_handoff", STOCK, _HANDOFF),
    series_node("evidence", STOCK, _EVIDENCE),
    series_node("open_issues", STOCK, _ISSUES, "sum"),
    series_node("insight", LEVEL, _INSIGHT, product=True),
    series_node("budget", STOCK, _BUDGET),
)
