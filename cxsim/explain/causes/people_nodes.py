"""What moves employees and executives: every term, and what feeds it."""

from __future__ import annotations

from cxsim.explain.causes.graph import FLOW, LEVEL, LIMIT, STOCK, Term, inner_node, series_node

BOUNDS = Term(LIMIT, "end of the scale reached", ("the scale from 0 to 100",))
CHANCE = "chance"
REPLACED = "an executive is replaced"
EARNINGS = "a bad quarter of earnings"

_STARTS = (
    Term(
        "start_disposition",
        "started of their own accord",
        ("belief_disposition", "+belief", "+awareness", "+ability", "-load"),
        ("start_disposition",),
    ),
    Term(
        "start_message",
        "started because of the message",
        ("+message", "+relating_to_objectives", "+belief", "+awareness", "+ability", "-load"),
        ("start_message",),
    ),
    Term(
        "start_modelling",
        "started because leaders set an example",
        ("+commitment", "+adoption", "+role_modelling", "+belief", "+awareness", "+ability"),
        ("start_modelling",),
    ),
    Term(
        "start_peers",
        "started because colleagues practise",
        ("+adoption", "+belief", "+awareness", "+ability", "-load"),
        ("start_peers",),
    ),
    Term(
        "start_wins",
        "started because of visible wins",
        ("+wins", "+belief", "+awareness", "+ability", "-load"),
        ("start_wins",),
    ),
)


def _stops(sign: str) -> tuple[Term, ...]:
    """Return the causes of stops; `sign` is the effect of a stop on what is asked of."""
    more = {"-": "+", "+": "-"}[sign]  # what keeps people practising
    return (
        Term("stop_belief", "stopped because they no longer believe", (f"{more}belief",),
             ("stop_belief",)),
        Term("stop_effort", "stopped because it takes effort without habit", (f"{more}embedded",),
             ("stop_effort",)),
        Term("stop_overload", "stopped because of overload", (f"{sign}load",), ("stop_overload",)),
        Term("stop_turnover", "stopped because they left the firm", (f"{sign}turnover",),
             ("stop_turnover",)),
    )  # fmt: skip


_AWARENESS = (
    Term("message", "the message", ("+message", "+communication")),
    Term("peers", "colleagues who practise", ("+adoption",)),
    Term("forgetting", "forgetting", ("awareness_loss",)),
    Term("turnover", "newcomers", ("-turnover", "newcomer_awareness")),
    BOUNDS,
)
_BELIEF = (
    Term("disposition", "own disposition", ("belief_disposition", "initial_belief")),
    Term("message", "the message", ("+message", "+relating_to_objectives")),
    Term("modelling", "leaders' example", ("+commitment", "+role_modelling", "+adoption")),
    Term("peers", "colleagues who practise", ("+adoption",)),
    Term("wins", "visible wins", ("+wins",)),
    Term("experience", "own experience of practising", ("+ability", "+adoption")),
    Term("cynicism", "cynicism discounts it", ("-cynicism",)),
    Term("efficiency", "efficiency pressure shuts it out", ("-efficiency_pressure", "+embedding")),
    Term("turnover", "newcomers", ("turnover", "initial_belief", "newcomer_peers")),
    BOUNDS,
)
_ABILITY = (
    Term("training", "training and coaching", ("+frontline_support", "+budget", "+awareness")),
    Term("doing", "learning by doing", ("+adoption",)),
    Term("peers", "learning from colleagues", ("+adoption",)),
    Term("forgetting", "forgetting", ("ability_loss",)),
    Term("turnover", "newcomers", ("-turnover", "initial_ability")),
    BOUNDS,
)
_CYNICISM = (
    Term("message", "words that nothing is seen of", ("+message", "+communication")),
    Term("governance", "governance that takes the place of work", ("+governance_overhead",)),
    Term("gap", "leaders say more than they do", ("-commitment", "+ceo_encouragement")),
    Term("backlog", "pain points that stay open", ("+open_issues",)),
    Term("effort", "effort without habit", ("+load", "+adoption", "-embedded", "-embedding")),
    Term("time", "time heals", ("relief_base",)),
    Term("wins", "visible wins heal", ("-wins",)),
    Term("modelling", "leaders' example heals", ("-commitment", "-role_modelling", "-adoption")),
    Term("turnover", "newcomers", ("turnover", "initial_cynicism")),
    BOUNDS,
)
_EMBEDDED = (
    Term("habit", "practice became a habit", ("+adoption", "+embedding")),
    Term("idle", "habit lost without practice", ("+adoption", "habit_idle_loss")),
    Term("turnover", "people with the habit left", ("-turnover",)),
)
_LOAD = (
    Term("everyday", "everyday work", ("+workload",)),
    Term("season", "the season", ("seasonality",)),
    Term("training", "time for training", ("-ability", "+frontline_support", "+budget")),
    Term("complaints", "complaints", ("-quality_local", "complaint_load")),
    Term("surge", "surge of demand", ("a surge of demand",)),
)
_MESSAGE = (
    Term("communication", "too little is communicated", ("+communication",)),
    Term("culture", "too few people to carry it", ("+culture_share", "+resources", "+budget")),
    Term("coherence", "the strategy is not coherent", ("+coherence",)),
    Term("stated", "the heads do not stand behind it", ("+stated_commitment",)),
)
_COMMITMENT = (
    Term("inclination", "own inclination", ("head_base", "+initial_commitment")),
    Term("sponsor", "the CEO as sponsor", ("+ceo_sponsorship", "+accountability")),
    Term("peers", "the other executives", ("+commitment", "+ceo_commitment", "rivalry")),
    Term("proof", "evidence that it pays", ("+evidence", "+wins", "-profit_tradeoff_belief")),
    Term("priority", "competing priorities",
         ("-competing_priorities", "+accountability", "+charter", "-seasonality")),
    Term("gap", "results that are due and not seen", ("+evidence", "+time_to_impact_horizon")),
    Term("conflict", "conflict", ("-conflict",)),
    Term("pressure", "pressure of earnings", (EARNINGS, "+roi_attribution")),
    Term("holdout", "heads who refuse", ("holdouts",)),
    Term("noise", "chance", (CHANCE,)),
    Term("successor", "successors", (REPLACED,)),
    Term("appointment", "heads lean back as a CCO starts",
         ("+accountability", "+charter", "appointment_drop")),
    BOUNDS,
)  # fmt: skip
_CEO = (
    Term("inclination", "own inclination", ("ceo_base",)),
    Term("support", "own sponsorship", ("+ceo_sponsorship",)),
    Term("proof", "evidence that it pays", ("+evidence",)),
    Term("gap", "results that are due and not seen", ("+evidence", "+time_to_impact_horizon")),
    BOUNDS,
)
_CONFLICT = (
    Term("quarrel", "quarrels between rivals", ("+rivalry", "-diplomacy")),
    Term("changes", "changes that were not agreed",
         ("-commitment", "-charter", "+assertiveness", "-diplomacy")),
    Term("healing", "conflicts heal", ("conflict_decay",)),
    Term("successor", "successors start without", (REPLACED,)),
    BOUNDS,
)  # fmt: skip
_STATED = (
    Term("deeds", "what the heads do", ("+commitment",)),
    Term("words", "what they say beyond it", ("+ceo_encouragement", "-commitment")),
)

PEOPLE = (
    series_node("adoption", STOCK, (*_STARTS, *_stops("-")), "people"),
    series_node("starts", FLOW, _STARTS, "sum"),
    series_node("stops", FLOW, _stops("+"), "sum"),
    series_node("embedded", STOCK, _EMBEDDED, "people"),
    series_node("awareness", STOCK, _AWARENESS, "people"),
    series_node("belief", STOCK, _BELIEF, "people", follows=True),
    series_node("ability", STOCK, _ABILITY, "people"),
    series_node("cynicism", STOCK, _CYNICISM, "people"),
    series_node("load", LEVEL, _LOAD, "weighted"),
    inner_node("message", "Force of the message", _MESSAGE, "heads", product=True),
    series_node("commitment", STOCK, _COMMITMENT, "heads", follows=True),
    series_node("stated_commitment", LEVEL, _STATED, "heads"),
    series_node("ceo_commitment", STOCK, _CEO, follows=True),
    series_node("conflict", STOCK, _CONFLICT, "heads"),
)
