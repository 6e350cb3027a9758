"""An ensemble of random firms: the published prevalences of obstacles, and the rest by assumption.

Every value is drawn by its quantile function, a few points joined by straight lines from the worst
tenth of firms to the best. So "competing priorities are high in .71 of firms" is a point at .71,
and the ensemble has that prevalence exactly: each lever's draws are stratified over the firms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import ndtr

from cxsim import parameters
from cxsim.errors import CxsimError
from cxsim.parameters import SHARES
from cxsim.scenario import Scenario

WEEKS = 156  # some patterns need three years
CUSTOMERS = 600  # instead of the default 2,000: patterns are read over many firms, so noise cancels
YOUNGEST = 26  # weeks: a younger programme is in no survey of programmes

# Good practices go together because one top team decides on all of them; direction from E1.05 and
# E1.07 (who does one thing well does others well), the number is an assumption.
TOGETHER = 0.3  # correlation between any two practices of a firm

HIGH = 0.5  # a lever's middle: an obstacle is "high", a practice "good", beyond it
CCO_STAYS = 29.4 * 52.0 / 12.0  # weeks, mean; E4.08
VACANCY = (8, 26)  # weeks until a successor starts; assumption

# "Everybody owns the customer" by sector, E4.12: consumer, business, financial services, industry.
EVERYBODY_OWNS = (0.33, 0.44, 0.60, 0.75)


@dataclass(frozen=True)
class Draw:
    """How one value is spread over firms.

    Attributes
    ----------
    name : str
        Of the registry.
    points : tuple of (share of firms, value)
        The quantile function from the firms that do worst to those that do best.
    source : str
        Evidence ids, or "assumption" where prevalence and range are ours.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    source: str

    def values(self, u: np.ndarray) -> np.ndarray:
        """Return the values at quantiles `u`, rounded where the registry wants whole numbers."""
        shares, values = zip(*self.points, strict=True)
        drawn = np.interp(u, shares, values)
        return np.rint(drawn) if parameters.registry().find(self.name).type == "integer" else drawn


def _even(name: str, worst: float, best: float, source: str = "assumption") -> Draw:
    return Draw(name, ((0.0, worst), (1.0, best)), source)


def _split(name: str, worst: float, share: float, best: float, source: str) -> Draw:
    """Return a draw in which `share` of the firms lie on the worse side of the middle."""
    return Draw(name, ((0.0, worst), (share, HIGH), (1.0, best)), source)


# What a firm does well or badly; correlated by TOGETHER.
PRACTICES = (
    _split("ceo_sponsorship", 0.2, 0.5, 0.9, "E1.04: half of the sponsors are poor or fair"),
    _even("ceo_encouragement", 0.3, 1.0, "E5.08: words run ahead of deeds; range an assumption"),
    _even("charter", 0.1, 0.9),
    Draw(
        "reporting_levels", ((0.0, 3.49), (0.6, 0.5), (1.0, -0.49)), "E4.10: .4 report to the CEO"
    ),
    _even("time_to_impact_horizon", 39.0, 130.0, "E4.08: two years is sensible; range assumed"),
    _even("diplomacy", 0.2, 0.9),
    _even("role_modelling", 0.2, 0.9),
    _even("initial_commitment", 0.25, 0.6),
    _split("competing_priorities", 0.9, 0.71, 0.2, "E4.05"),
    Draw("rivalry", ((0.0, 0.8), (0.5, 0.3), (1.0, 0.0)), "E4.05: conflict in half of the firms"),
    _even("profit_tradeoff_belief", 0.9, 0.1),
    _even("status_seeking", 0.7, 0.0),
    _even("communication", 0.2, 0.9),
    _split("relating_to_objectives", 0.2, 0.72, 0.9, "E5.03: .28 can name the priorities"),
    _even("frontline_support", 0.2, 0.9),
    _even("embedding", 0.2, 0.9),
    _even("quick_win_share", 0.05, 0.75),
    _even("capitalisation", 0.2, 0.9),
    _split("roi_attribution", 0.1, 0.86, 0.9, "E4.03: .86 have no way to show the return"),
    Draw("resources", ((0.0, 1.0), (0.5, 2.2), (1.0, 6.0)), "E4.05: half lack funding"),
    _even("governance_overhead", 0.85, 0.1),
    _split("coherence", 0.2, 0.5, 0.9, "E4.05: half have no clear strategy"),
    _even("customer_outcome_focus", 0.3, 0.95),
    _even("data_access", 0.2, 0.95),
    Draw("process_share", ((0.0, 0.12), (0.9, 0.35), (1.0, 0.6)), "E4.07: .90 listen, do not act"),
    Draw(
        "duration",
        ((0.0, 40.0), (0.25, 130.0), (0.250001, 1040.0), (1.0, 1040.0)),
        "assumption: a quarter are projects with an end",
    ),
    _even("survey_lag", 16.0, 2.0),
    _even("survey_coverage", 0.4, 1.0),
    _even("leading_indicators", 0.0, 0.9),
)

# What a firm finds in place; each independent of all else.
CIRCUMSTANCES = (
    _even("assertiveness", 0.1, 0.8),
    _even("commitment_spread", 0.2, 0.05),
    _even("span_of_control", 4.0, 12.0, "E5.07"),
    _even("cross_functional_ties", 0.02, 0.25),
    _even("workload", 0.7, 0.45),
    _even("seasonality", 0.2, 0.0),
    _even("turnover", 0.3, 0.06),
    _even("efficiency_pressure", 0.7, 0.15),
    _even("initial_cynicism", 0.25, 0.02, "E1.13: direction; range an assumption"),
    _even("local_quality", 0.38, 0.58),
    _even("handoff_quality", 0.3, 0.5),
    _even("handoff_share", 0.45, 0.25),
    _even("contact_rate", 0.15, 0.35),
    _even("expectation_drift", 0.01, 0.0, "E3.20: the yardstick may move; range an assumption"),
)

# Parts of the programme's staff that do not change processes, before they are scaled to what is
# left; assumption.
OTHER_WORK = {
    "insight_share": (0.3, 0.6),
    "culture_share": (0.2, 0.5),
    "success_share": (0.02, 0.12),
    "advocacy_share": (0.02, 0.12),
}


# Surveys of change projects ask about projects that were approved: staffed, planned, reported on.
# Their practices of running a project lie in the upper part of what random firms do, from the share
# given here on; how they lead and manage change may be as good or bad as anywhere. Assumption.
APPROVED = {
    "resources": 0.5,
    "process_share": 0.6,
    "governance_overhead": 0.4,
    "roi_attribution": 0.6,
    "coherence": 0.4,
    "reporting_levels": 0.4,
    "time_to_impact_horizon": 0.4,
    "data_access": 0.4,
    "survey_coverage": 0.3,
    "leading_indicators": 0.3,
    "duration": 0.25,
}


def random_firms(
    count: int, seed: int, least: float = 0.0, approved: bool = False
) -> list[Scenario]:
    """Draw firms of 300 employees and 600 customers that run a programme for three years.

    Parameters
    ----------
    count : int
        How many.
    seed : int
        The same count and seed give the same firms.
    least : float
        Every practice is at least as good as in this share of firms: .9 gives firms in which all
        is done well, of every kind otherwise.
    approved : bool
        Firms whose programme is an approved project, see APPROVED.

    Raises
    ------
    CxsimError
        `count` is not positive, `seed` negative or `least` no share.
    """
    if count < 1:
        raise CxsimError(f"firms: {count} where at least 1 is wanted")
    if seed < 0:
        raise CxsimError(f"seed: {seed} where 0 or more is wanted")
    if not 0.0 <= least <= 1.0:
        raise CxsimError(f"least: {least} where a share, 0..1, is wanted")
    random = np.random.Generator(np.random.Philox(seed))
    practices = np.maximum(_together(random, count, len(PRACTICES) + 1), least)
    if approved:
        practices = _approved(practices)
    luck = _together(random, count, len(CIRCUMSTANCES), 0.0)
    sectors = random.permutation(count) % len(EVERYBODY_OWNS)
    columns = {
        **{d.name: d.values(practices[:, n]) for n, d in enumerate(PRACTICES)},
        **{d.name: d.values(luck[:, n]) for n, d in enumerate(CIRCUMSTANCES)},
        "accountability": _accountability(practices[:, -1], sectors),
    }
    columns |= _other_work(random, 1.0 - columns["process_share"])
    columns["initial_expectation"] = _usual_experience(columns)
    return [
        _firm(f"firm_{n}", {name: float(v[n]) for name, v in columns.items()}, _exits(random))
        for n in range(count)
    ]


def ages(count: int, seed: int) -> np.ndarray:
    """Return each firm's age of programme in weeks when a survey comes by, YOUNGEST .. WEEKS."""
    random = np.random.Generator(np.random.Philox([seed, 1]))
    even = (random.permutation(count) + 0.5) / count
    return np.rint(YOUNGEST + even * (WEEKS - YOUNGEST)).astype(int)


def mean_quality(local: Any, handoff: Any, handoff_share: Any) -> Any:
    """Return the mean quality of the processes that customers meet."""
    return local * (1.0 - handoff_share) + handoff * handoff_share


def _together(
    random: np.random.Generator, count: int, columns: int, correlation: float = TOGETHER
) -> np.ndarray:
    """Return quantiles, each column evenly spread over 0..1, that share a factor of the firm."""
    shared = random.standard_normal((count, 1))
    own = random.standard_normal((count, columns))
    mixed = ndtr(sqrt(correlation) * shared + sqrt(1.0 - correlation) * own)
    return (mixed.argsort(axis=0).argsort(axis=0) + 0.5) / count


def _approved(practices: np.ndarray) -> np.ndarray:
    """Return quantiles with those that belong to running a project moved into its upper part."""
    least = np.zeros(practices.shape[1])
    for number, draw in enumerate(PRACTICES):
        least[number] = APPROVED.get(draw.name, 0.0)
    return least + (1.0 - least) * practices


def _accountability(u: np.ndarray, sectors: np.ndarray) -> np.ndarray:
    """Return accountability; below the middle, everybody owns the customer."""
    values = np.empty(len(u))
    for sector, share in enumerate(EVERYBODY_OWNS):
        here = sectors == sector
        values[here] = _split("accountability", 0.2, share, 0.9, "E4.12").values(u[here])
    return values


def _other_work(random: np.random.Generator, left: np.ndarray) -> dict[str, np.ndarray]:
    """Share out what process work leaves of the programme's staff."""
    parts = {n: random.uniform(low, high, len(left)) for n, (low, high) in OTHER_WORK.items()}
    total = sum(parts.values())
    return {name: part / total * left for name, part in parts.items()}


def _usual_experience(columns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return what customers expect: the default, moved as far as this firm differs from it.

    Customers know the firm that they have, so nobody starts out disappointed or delighted.
    """
    registry = parameters.registry()

    def default(name: str) -> float:
        return float(registry.find(name).default)

    names = ("local_quality", "handoff_quality", "handoff_share")
    better = mean_quality(*(columns[name] for name in names)) - mean_quality(*map(default, names))
    busier = columns["workload"] - default("workload")
    moved = default("experience_quality") * better - default("experience_haste") * busier
    return default("initial_expectation") + moved


def _exits(random: np.random.Generator) -> list[dict[str, Any]]:
    """Return the weeks in which chief customer officers leave, equally likely in any week."""
    events, week = [], 0.0
    while (week := week + random.exponential(CCO_STAYS)) < WEEKS:
        vacancy = int(random.integers(VACANCY[0], VACANCY[1] + 1))
        events.append({"week": int(week), "shock": {"cco_leaves": {"vacancy": vacancy}}})
        week += vacancy
    return events


def _firm(name: str, values: dict[str, float], events: list[dict[str, Any]]) -> Scenario:
    """Turn drawn numbers into a scenario."""
    registry = parameters.registry()
    tables: dict[str, dict[str, Any]] = {"levers": {}, "organisation": {}, "market": {}}
    for key, value in values.items():
        parameter = registry.find(key)
        whole = parameter.type == "integer"
        tables[parameter.kind][key] = max(0, int(value)) if whole else value
    shares = tables["levers"]
    shares[SHARES[0]] += 1.0 - sum(shares[share] for share in SHARES)  # exactly one in all
    tables["market"]["customers"] = CUSTOMERS
    title = f"A random firm: {name}"
    return Scenario(
        name=name,
        title=title,
        levers=tables["levers"],
        organisation=tables["organisation"],
        market=tables["market"],
        events=tuple(events),  # type: ignore[arg-type]  # tables become events there
        weeks=WEEKS,
    )
