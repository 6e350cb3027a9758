"""``python -m experiments.app``: how quickly the app answers, alone and in a workshop."""

from __future__ import annotations

import asyncio
import datetime
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

import click

if not __package__:  # started as `python experiments/app`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from experiments import markdown
from experiments.app import crowd, latency
from experiments.app.server import serving

KEPT = Path(__file__).with_name("measured.md")
HEADS = ("what", "measured", "target")


@click.command()
@click.option("--moves", default=60, show_default=True, help="Slider moves of one visitor alone.")
@click.option("--participants", default=30, show_default=True, help="People in the workshop.")
@click.option("--minutes", default=10.0, show_default=True, help="Length of the workshop.")
@click.option("--think", default=10.0, show_default=True, help="Mean seconds between two moves.")
@click.option("--keep", is_flag=True, help="Write the table into this folder's measured.md.")
def main(moves: int, participants: int, minutes: float, think: float, keep: bool) -> None:
    """Measure the app beside its targets; best on a machine that does nothing else."""
    with serving() as server:
        click.echo("one visitor alone ...", err=True)
        alone = latency.measure(server, moves, drag_seconds=10.0)
    with serving() as server:
        click.echo(f"{participants} participants, {minutes:g} minutes ...", err=True)
        many = asyncio.run(crowd.workshop(server, participants, minutes, think))
    text = markdown.table(HEADS, [*_alone(alone), *_many(many, think)])
    click.echo(text)
    for line in (*many.errors[:5], *many.wrong[:5]):
        click.echo(line)
    click.echo(f"memory every half minute: {[round(one) for one in many.memory_full]}", err=True)
    if keep:
        KEPT.write_text(_page(text), encoding="utf-8")
        click.echo(f"Written: {KEPT}", err=True)


def _alone(seen: latency.Alone) -> list[Sequence[str]]:
    return [
        (
            f"first new line after a slider move, p50 / p95 of {len(seen.first)}",
            f"{_at(seen.first, 0.5):.0f} / {_at(seen.first, 0.95):.0f} ms",
            "p95 150 ms",
        ),
        (
            "bands of 100 futures, p50 / p95",
            f"{_at(seen.bands, 0.5):.0f} / {_at(seen.bands, 0.95):.0f} ms",
            "p95 2,000 ms",
        ),
        (
            f"after ten seconds of dragging ({seen.drag_moves} moves): the last position's answer",
            f"{'yes' if seen.drag_right else 'NO'}, after {seen.drag_settled_after:.1f} s",
            "yes",
        ),
        ("simulations left running then", str(seen.left_running), "0"),
    ]


def _many(seen: crowd.Crowd, think: float) -> list[Sequence[str]]:
    people = seen.participants
    half = len(seen.memory_full) // 2  # by then the cache of results is full
    grown = seen.memory_full[-1] - seen.memory_full[half]
    return [
        (
            f"{people} arrive one after the other: page with full answer, p50 / longest",
            f"{_at(seen.opened, 0.5):.1f} / {max(seen.opened):.1f} s",
            "",
        ),
        (
            f"first new line, {people} at once, {len(seen.first):,} moves in {seen.minutes:g} min "
            f"(every {think:g} s each), p50 / p95",
            f"{1000 * _at(seen.first, 0.5):.0f} / {1000 * _at(seen.first, 0.95):.0f} ms",
            "p95 1,000 ms",
        ),
        ("moves without an answer", str(len(seen.errors)), "0"),
        ("participants who ended with another's answer", str(len(seen.wrong)), "0"),
        ("connections dropped and taken up again", f"{seen.reconnected} of {people}", str(people)),
        ("processor in use", f"{seen.cpu:.2f} cores", ""),
        (
            "memory: before, all open (first and last half minute), after",
            f"{seen.memory_before:.0f}, {seen.memory_full[0]:.0f} to {seen.memory_full[-1]:.0f}, "
            f"{seen.memory_after:.0f} MiB",
            "flat",
        ),
        ("growth in the second half of the time, per session", f"{grown / people:.2f} MiB", "0"),
        ("sessions left after all tabs are closed", str(seen.sessions_after), "0"),
        ("simulations left running", str(seen.running_after), "0"),
    ]


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def _page(text: str) -> str:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    return (
        "# What was measured\n\n"
        f"`python -m experiments.app --keep`, {today}, {machine}, Chromium on the same machine.\n\n"
        f"{text}\n"
    )


if __name__ == "__main__":
    main(prog_name="python -m experiments.app")
