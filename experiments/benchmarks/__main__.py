"""``python -m experiments.benchmarks``: measure everything, print one table, write it down."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

if not __package__:  # started as `python experiments/benchmarks`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from experiments.benchmarks import customer_loop, size, speed, startup, table
from experiments.benchmarks.measure import FULL, QUICK, Effort

PARTS: dict[str, Callable[[Effort], Iterator[table.Row | str]]] = {
    "one run, by the engine and by plain objects": speed.one_run,
    "the customers step against C": customer_loop.measure,
    "companies of three sizes": size.measure,
    "two ensembles on threads": speed.ensembles,
    "the command line, cold and warm": startup.measure,
}


@click.command()
@click.option("--quick", is_flag=True, help="Small sizes: shows that all works, says no more.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("benchmarks-results"),
    show_default=True,
    help="Folder for benchmarks.json and benchmarks.md.",
)
def main(quick: bool, out: Path) -> None:
    """Measure the speed of cxsim beside its targets; best on a machine that does nothing else."""
    effort = QUICK if quick else FULL
    today = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    facts = {"measured": today, "quick": quick, **table.machine()}
    rows: list[table.Row] = []
    left_out: list[str] = []
    for number, (title, measure) in enumerate(PARTS.items(), 1):
        click.echo(f"[{number}/{len(PARTS)}] {title}", err=True)
        for found in measure(effort):
            if isinstance(found, str):
                left_out.append(found)
                click.echo(f"    {found}", err=True)
            else:
                rows.append(found)
                click.echo(f"    {found.group}: {found.what}: {found.measured}", err=True)
    click.echo(table.markdown(rows))
    for line in left_out:
        click.echo(line)
    for path in table.write(out, rows, {**facts, "left out": left_out}):
        click.echo(f"Written: {path}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m experiments.benchmarks")
