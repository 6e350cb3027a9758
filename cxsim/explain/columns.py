"""Rows of text as columns, and sentences as lines, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

WIDTH = 100


def aligned(rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """Return rows as columns two spaces apart; those not in `left` are flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def paragraph(text: str, indent: str = "") -> str:
    """Return a text in lines that fit; all but the first begin with `indent`."""
    return "\n".join(wrap(text, WIDTH, subsequent_indent=indent))
