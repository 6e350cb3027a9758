"""Printing: JSON for machines, columns for people."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from cxsim.scenario import Scenario


def said(scenario: Scenario) -> dict[str, str]:
    """Return what JSON says of a scenario."""
    return {"name": scenario.name, "title": scenario.title, "hash": scenario.hash}


def print_json(value: Any) -> None:
    """Print JSON in which every number is one: NaN and infinity become null."""
    click.echo(json.dumps(_finite(value), indent=2, ensure_ascii=False, allow_nan=False))


def _finite(value: Any) -> Any:
    match value:
        case dict():
            return {key: _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
        case float():
            return float(value) if math.isfinite(value) else None
        case Path():
            return str(value)
        case _:
            return value


def table(rows: list[tuple[str, ...]], rights: tuple[int, ...] = ()) -> str:
    """Return rows as columns of text, two spaces apart; `rights` are aligned to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if place in rights else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def print_files(files: Sequence[Path]) -> None:
    """Print what was written, after an empty line."""
    if files:
        click.echo("\nWritten:")
    for path in files:
        click.echo(f"  {path}")


def examples(*lines: str) -> str:
    """Return examples for the end of a help page, one a line."""
    heading = "Examples" if len(lines) > 1 else "Example"
    return "\n".join(["\b", f"{heading}:", *(f"  {line}" for line in lines)])
