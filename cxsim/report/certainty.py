"""How far the answers rest on assumptions, from the sensitivity study that comes with the model."""

from __future__ import annotations

from cxsim.study.sensitivity import kept


def certainty() -> str:
    """How much of what the model says rests on assumptions, in one sentence."""
    shares = (
        f"{100 * answer.assumed:.0f} % for {answer.label[0].lower()}{answer.label[1:]}"
        for answer in kept().answers.values()
    )
    return (
        "If every assumed number of the model varied over its whole range, at least this part of "
        f"the spread of results would be due to assumptions: {', '.join(shares)}."
    )
