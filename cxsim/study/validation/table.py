"""Findings as one Markdown table, readable as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cxsim.study.validation.findings import AGREES, MISSES, NEAR, SHOWN, Finding

HEADINGS = ("Pattern", "Source", "Grade", "Wanted", "Simulated", "Verdict", "Seen", "Comment")
LOUD = {MISSES: "**misses**", NEAR: "**near**"}


def table(findings: Sequence[Finding]) -> str:
    """Return all findings, group by group, a row each."""
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
    group = ""
    for finding in findings:
        if finding.expectation.group != group:
            group = finding.expectation.group
            lines.append(f"| **{group}** |{' |' * (len(HEADINGS) - 1)}")
        lines.append(f"| {' | '.join(_row(finding))} |")
    return "\n".join(lines)


def _row(finding: Finding) -> tuple[str, ...]:
    wanted = finding.expectation
    return (
        wanted.says,
        ", ".join(wanted.evidence),
        wanted.grade,
        wanted.wanted + (f" ({wanted.basis})" if wanted.basis else ""),
        finding.measured,
        LOUD.get(finding.verdict, finding.verdict),
        wanted.seen,
        _comment(finding),
    )


def _comment(finding: Finding) -> str:
    """Say what was measured and, of what is not as wanted, what decides it."""
    wanted = finding.expectation
    if finding.verdict in LOUD and wanted.rests_on:
        return f"{wanted.how}; rests on {', '.join(f'`{name}`' for name in wanted.rests_on)}"
    return wanted.how


def summary(findings: Sequence[Finding]) -> str:
    """Count the verdicts, all of them and those on patterns that the model has not seen."""
    lines = []
    for words, chosen in (
        ("All", findings),
        ("Not seen before", [f for f in findings if f.expectation.seen == "new"]),
    ):
        counts = Counter(finding.verdict for finding in chosen)
        judged = sum(counts.values()) - counts[SHOWN]
        lines.append(
            f"{words}: {counts[AGREES]} of {judged} agree, {counts[NEAR]} are near, "
            f"{counts[MISSES]} miss."
        )
    return " ".join(lines)
