"""The confusion matrix as tables that are readable as they are and as Markdown."""

from __future__ import annotations

from math import isnan

import cxsim
from cxsim.explain.signature import NONE, RULE
from experiments.failure_modes.confusion import OFTEN, Confusion, Row, known_pairs
from experiments.markdown import table

BEGIN, END = "<!-- odd: begin -->", "<!-- odd: end -->"  # docs/odd.md quotes what stands between
ENOUGH_OWN = 0.9  # of the futures are to show all signs of their own mode


def document(found: Confusion) -> str:
    """Return measured.md."""
    parts = [
        "# Failure modes told by their signs",
        f"{found.replicates} futures of each scenario, seed {found.seed}; cxsim "
        f"{cxsim.__version__}. The signs stand in `scenarios/fm*.toml`; their bounds were chosen "
        "on the futures of seed 2. No classifier is trained.",
        RULE,
        f"{BEGIN}\n{summary(found)}\n{END}",
        "## Which is taken for which",
        "A row is what a future is, a column what it looks like: % of the futures, a dot for none.",
        "![Confusion matrix](confusion.png)",
        matrix_table(found),
        "## Pairs above " + _percent(OFTEN),
        pairs_table(found),
        "## How often each sign shows in its own failure",
        signs_table(found),
    ]
    return "\n\n".join(parts) + "\n"


def summary(found: Confusion) -> str:
    """Return the summary: one line for each failure mode, and the totals."""
    heads = ["Mode", "Failure", "shows all its signs", "looks like itself", "like none",
             "taken above 10 % for"]  # fmt: skip
    rows = [_summary_row(row) for row in found.modes]
    totals = (
        f"Of all failing futures, {_percent(found.right)} look like what they are, "
        f"{_percent(found.wrong)} like another mode and {_percent(found.none)} like none. "
        f"{_shown(found)} of {len(found.modes)} modes show all their own signs in at least "
        f"{_percent(ENOUGH_OWN)} of the futures."
    )
    lines = [_baseline(row) for row in found.baselines]
    return "\n\n".join([totals, table(heads, rows), " ".join(lines)])


def _summary_row(row: Row) -> list[str]:
    others = ", ".join(f"{mode} ({_percent(share)})" for mode, share in row.taken_for().items())
    own = "" if isnan(row.all_signs) else _percent(row.all_signs)
    none = _percent(row.looks_like.get(NONE, 0.0))
    return [row.label, row.title, own, _percent(row.right), none, others]


def _shown(found: Confusion) -> int:
    return sum(row.all_signs >= ENOUGH_OWN for row in found.modes)


def _baseline(row: Row) -> str:
    words = ", ".join(
        f"{mode or 'none of the modes'} {_percent(share)}" for mode, share in row.looks_like.items()
    )
    return f"`{row.label}` looks like: {words}."


def matrix_table(found: Confusion) -> str:
    """Return the confusion matrix."""
    rows = (*found.modes, *found.baselines)
    heads = ["", *(row.label.removeprefix("FM") for row in found.modes), "none"]
    cells = [
        [row.label, *(_cell(share) for share in line)]
        for row, line in zip(rows, found.matrix(), strict=True)
    ]
    return table(heads, cells)


def _cell(share: float) -> str:
    return "." if share < 0.005 else f"{100 * share:.0f}"


def pairs_table(found: Confusion) -> str:
    """Return the pairs that are often confused, and why."""
    known = known_pairs()
    rows = [
        [mode, other, _percent(share), known.get((mode, other), "Not explained.")]
        for mode, other, share in found.pairs()
    ]
    heads = ["Mode", "taken for", "futures", "Why"]
    return table(heads, rows) if rows else "There are none."


def signs_table(found: Confusion) -> str:
    """Return every sign with the share of its mode's futures that show it."""
    rows = [
        [row.label, says, _percent(share)]
        for row in (*found.modes, *found.baselines)
        for says, share in row.signs
    ]
    return table(["Mode", "Sign", "futures"], rows)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
