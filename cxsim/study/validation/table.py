"""Findings as Markdown tables, readable as they are: all of each, and the verdicts in short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from cxsim.study.validation.findings import AGREES, MISSES, NEAR, SHOWN, Finding

SHORT_HEADINGS = ("Pattern", "Wanted", "Simulated", "Verdict")
HEADINGS = ("Pattern", "Source", "Grade", "Wanted", "Simulated", "Verdict", "Seen", "Comment")
LOUD = {MISSES: "**misses**", NEAR: "**near**"}


def table(findings: Sequence[Finding]) -> str:
    """Return all findings, group by group, a row each."""
    return _grouped(HEADINGS, findings, _row)


def short_table(findings: Sequence[Finding]) -> str:
    """Return the findings that are judged, with wish, number and verdict alone."""
    judged = [finding for finding in findings if finding.verdict != SHOWN]
    return _grouped(SHORT_HEADINGS, judged, _short_row)


def _grouped(
    headings: Sequence[str],
    findings: Sequence[Finding],
    row: Callable[[Finding], tuple[str, ...]],
) -> str:
    lines = [f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
    group = ""
    for finding in findings:
        if finding.expectation.group != group:
            group = finding.expectation.group
            lines.append(f"| **{group}** |{' |' * (len(headings) - 1)}")
        lines.append(f"| {' | '.join(row(finding))} |")
    return "\n".join(lines)


def _short_row(finding: Finding) -> tuple[str, ...]:
    wanted = finding.expectation
    verdict = LOUD.get(finding.verdict, finding.verdict)
    return wanted.says, wanted.wanted, finding.measured, verdict


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
    """Say what was measured and, of what is not as wanted, why and what decides it."""
    wanted = finding.expectation
    if finding.verdict not in LOUD:
        return wanted.how
    decides = ", ".join(f"`{name}`" for name in wanted.rests_on)
    parts = [wanted.how, wanted.why, f"rests on {decides}" if decides else ""]
    return "; ".join(part for part in parts if part)


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
