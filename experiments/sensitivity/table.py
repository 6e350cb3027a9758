"""Findings as tables that are readable as they are and as Markdown."""

from __future__ import annotations

from cxsim.explain.sustaining import SUSTAINED
from cxsim.study.sensitivity import ASSUMED, GROUPS, WIDTHS, Answer, Findings, Share
from experiments.markdown import table

ROWS = 20  # factors per outcome; all of them are in the JSON file


BEGIN, END = "<!-- odd: begin -->", "<!-- odd: end -->"  # docs/odd.md quotes what lies between


def document(findings: Findings) -> str:
    """Return all tables with what they depend on."""
    made = findings.made
    facts = [
        f"{made['points']:,} points, {made['replicates']} futures each (seed {made['seed']}), "
        f"{made['employees']:,} employees and {made['customers']:,} customers; "
        f"{made['trajectories']} trajectories, {made['samples']} samples of the few, "
        f"{made['group_samples']} of the groups.",
        f"Scenario: {made['scenario']} (hash {made['hash']}), cxsim {made['cxsim']}.",
        "Varied: "
        + "; ".join(
            f"{made['factors'][group]} {group}, ±{100 * WIDTHS[group]:.0f} %"
            for group in GROUPS
            if made["factors"][group]
        )
        + ".",
    ]
    parts = ["# What the results rest on", "\n".join(f"* {fact}" for fact in facts)]
    parts += ["## How far the outcomes spread", _spreads(findings)]
    parts += ["## Whose variance it is, by what the numbers rest on"]
    parts += [BEGIN, _groups(findings), END]
    for answer in findings.answers.values():
        parts += [f"## {answer.label}", effects_table(findings, answer)]
    parts += ["## Not varied", _left_out(findings)]
    return "\n\n".join(parts) + "\n"


def _spreads(findings: Findings) -> str:
    heads = ["Outcome, points of 100", "at the defaults", "5 %", "median", "95 %", "deviation",
             "of the few alone", "luck of one future"]  # fmt: skip
    rows = [
        [a.label, *(_points(x) for x in (a.at_defaults, a.low, a.middle, a.high)),
         *(_points(x) for x in (a.spread, a.spread_of_few, a.luck))]
        for a in findings.answers.values()
    ]  # fmt: skip
    note = (
        "Every factor varied at once. *Deviation*: standard deviation over the points; *of the few "
        "alone*: with the others at their defaults; *luck*: between futures at the same point. A "
        f"programme counts as self-sustaining from {100 * SUSTAINED:.0f} points on."
    )
    return f"{table(heads, rows)}\n\n{note}"


def _groups(findings: Findings) -> str:
    heads = ["Outcome", "Rests on", "Factors", "would vanish if known", "remains if all else known"]
    counts = findings.made["factors"]
    rows = [
        [answer.label, share.name, str(counts[share.name]), *_share(share)]
        for answer in findings.answers.values()
        for share in answer.groups
    ]
    noise = ", ".join(
        f"{_percent(a.noise)} of {a.label.lower()}" for a in findings.answers.values()
    )
    assumed = ", ".join(
        f"{_percent(a.assumed)} of {a.label.lower()}" for a in findings.answers.values()
    )
    note = (
        f"**At least {assumed} rests on assumptions**: one less the second column of all others, "
        "which is known far better than the first column of the assumptions.\n\n"
        "Shares of the variance among points, with 95 % intervals. What two groups do together "
        "counts in the second column of both, so that column may sum to more than 100 %; it also "
        f"holds the luck that a mean of few futures leaves ({noise})."
    )
    return f"{table(heads, rows)}\n\n{note}"


def effects_table(findings: Findings, answer: Answer, rows: int = ROWS) -> str:
    """Return the largest effects on one outcome, with shares of variance where worked out."""
    shares = {share.name: share for share in answer.shares}
    heads = ["Factor", "Rests on", "low", "default", "high", "Effect", "", "varies by",
             "alone", "with others"]  # fmt: skip
    lines = []
    for effect in answer.effects[:rows]:
        factor = findings.factor(effect.name)
        share = shares.get(effect.name)
        lines.append(
            [f"`{factor.name}`", factor.group, *(f"{x:.3g}" for x in
             (factor.low, factor.default, factor.high)),
             f"{_points(effect.size)} ± {_points(effect.margin)}", effect.direction,
             _points(effect.spread), *(("", "") if share is None else _share(share))]
        )  # fmt: skip
    assumed = sum(findings.factor(effect.name).group == ASSUMED for effect in answer.effects[:rows])
    note = f"{assumed} of these {len(lines)} rest on an assumption."
    return f"{table(heads, lines)}\n\n{note}"


def _left_out(findings: Findings) -> str:
    heads = ["Name", "Why"]
    return table(heads, [[f"`{name}`", why] for name, why in findings.left_out.items()])


def summary(findings: Findings, rows: int = 8) -> str:
    """Return what a terminal shows: spreads, groups and the largest effects."""
    parts = [_spreads(findings), _groups(findings)]
    for answer in findings.answers.values():
        parts += [f"{answer.label}: the largest effects"]
        parts += [effects_table(findings, answer, rows)]
    return "\n\n".join(parts)


def _share(share: Share) -> tuple[str, str]:
    return (
        f"{_percent(share.first)} ± {_percent(share.first_margin)}",
        f"{_percent(share.total)} ± {_percent(share.total_margin)}",
    )


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _points(value: float) -> str:
    return f"{100 * value:.1f}"
