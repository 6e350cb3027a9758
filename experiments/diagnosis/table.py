"""What was measured, as tables that are readable as they are and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

import cxsim
from cxsim.explain.diagnosing.result import FAILURE
from cxsim.scenario_file import heading
from experiments.diagnosis.cases import DEFAULT, HALF, HEALTHY, MIDDLING, OTHER, PAIR, SINGLE, SOUND
from experiments.diagnosis.measuring import Group, Measured, Recovery
from experiments.markdown import table

BEGIN, END = "<!-- odd: begin -->", "<!-- odd: end -->"  # docs/odd.md may quote what is between
FIRMS = {DEFAULT: "the default company", OTHER: "other companies"}
IN_TIME = 0.5  # of the practice that is lacking


def document(found: Measured, recovered: Sequence[Recovery]) -> str:
    """Return measured.md."""
    parts = [
        "# What went wrong? How often the diagnosis names what was planted",
        f"cxsim {cxsim.__version__}. Every case is one future of one company, with a seed that "
        "nothing was fitted to. Cures are tried in week 52, whatever the week of the file.",
        f"{BEGIN}\n{summary(found)}\n{END}",
        "## Which is taken for which",
        "Cases with one whole fault, both sorts of companies together; what is named as the first "
        "cause, or the verdict where nothing is.",
        confusion_table(found),
        "## What each mode's own cure wins back, in the week of its file",
        recovery_text(recovered),
    ]
    return "\n\n".join(parts) + "\n"


def summary(found: Measured) -> str:
    """Return the shares for each kind of case and sort of company."""
    heads = ["Planted", "Company", "cases",
             "numbers alone: first", "in first two", "in first three",
             "with cures: first", "in first two", "in first three",
             "all named as causes"]  # fmt: skip
    rows = [
        _row(words, firm, found.group((kind,), firm), 2 if kind == PAIR else 1)
        for kind, words in ((SINGLE, "one fault"), (HALF, "half a fault"), (PAIR, "two faults"))
        for firm in FIRMS
    ]
    others = ["Planted", "Company", "cases", "healthy", "cannot tell", "failure"]
    verdicts = [
        _verdict_row(words, firm, found.group(kinds, firm))
        for kinds, words in (((SOUND, HEALTHY), "nothing"), ((MIDDLING,), "a bit of everything"))
        for firm in FIRMS
    ]
    return f"{table(heads, rows)}\n\n{table(others, verdicts)}"


def _row(words: str, firm: str, group: Group, least: int) -> list[str]:
    """Return a line; fewer places than there are faults cannot hold them all."""
    shares = [
        _percent(group.first(places, step_one)) if places >= least else ""
        for step_one in (True, False)
        for places in (1, 2, 3)
    ]
    return [words, FIRMS[firm], str(group.count), *shares, _percent(group.named)]


def _verdict_row(words: str, firm: str, group: Group) -> list[str]:
    shares = [_percent(group.called(one)) for one in ("healthy", "cannot tell", FAILURE)]
    return [words, FIRMS[firm], str(group.count), *shares]


def confusion_table(found: Measured) -> str:
    """Return for each mode how many of its cases are named what."""
    rows = []
    for name, counts in found.confusion.items():
        total, right = sum(counts.values()), counts.get(name, 0)
        others = sorted(((n, c) for n, c in counts.items() if n != name), key=lambda pair: -pair[1])
        told = ", ".join(f"{_short(other)} ({count})" for other, count in others)
        rows.append([_short(name), heading(name)["title"], f"{right} of {total}", told])
    return table(["Mode", "Failure", "named first", "taken for"], rows)


def _short(name: str) -> str:
    return str(heading(name)["mode"]) if name.startswith("fm") else name


def recovery_text(found: Sequence[Recovery]) -> str:
    """Return what the cures recover, and which of them do not recover half."""
    short = [one for one in found if one.share < IN_TIME]
    told = ", ".join(f"{_short(one.name)} ({_percent(one.share)})" for one in short)
    rest = f"; less: {told}" if told else ""
    totals = (
        f"{len(found) - len(short)} of {len(found)} win back half or more of the practice that is "
        f"lacking beside the orchestrated company{rest}."
    )
    heads = ["Mode", "week", "employees lacking", "won back", "share", "customers lacking",
             "won back", "share"]  # fmt: skip
    return f"{totals}\n\n{table(heads, [_recovery_row(one) for one in found])}"


def _recovery_row(one: Recovery) -> list[str]:
    return [
        _short(one.name),
        str(one.week),
        *(f"{value:.0f}" for value in one.practice),
        _percent(one.share),
        *(f"{value:.0f}" for value in one.customers),
        _percent(one.customers_share),
    ]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
