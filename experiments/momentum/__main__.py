"""``python -m experiments.momentum``: which bundled programmes last once their support ends."""

from __future__ import annotations

import sys
from pathlib import Path

import click

if not __package__:  # started as `python experiments/momentum`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cxsim.errors import CxsimError
from cxsim.explain.momentum import Momentum, momentum
from cxsim.results import write_text
from cxsim.scenario_file import bundled, load
from experiments.momentum.table import document, summary

HERE = Path(__file__).parent
SEED = 3  # looked at for nothing else
FUTURES, FEW = 20, 3


@click.command()
@click.option("--quick", is_flag=True, help="Few futures: shows that all works, says no more.")
@click.option("--seed", default=SEED, show_default=True, help="Of the random numbers.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("momentum-results"),
    show_default=True,
    help="Folder for measured.md.",
)
@click.option("--keep", is_flag=True, help="Also replace what the source tree keeps.")
def main(quick: bool, seed: int, out: Path, keep: bool) -> None:
    """Withdraw support from every bundled programme, all at once and by groups."""
    if keep and (quick or seed != SEED):
        raise click.UsageError(f"--keep wants a whole run with seed {SEED}")
    try:
        found = measure(FEW if quick else FUTURES, seed)
        click.echo(summary(found))
        for folder in (out, *([HERE] if keep else [])):
            click.echo(f"Written: {write_text(folder / 'measured.md', document(found))}", err=True)
    except CxsimError as error:
        raise click.ClickException(str(error)) from error


def measure(futures: int, seed: int) -> list[Momentum]:
    """Return the momentum of every bundled scenario, in the order of their names."""
    found, names = [], bundled()
    for place, name in enumerate(names, start=1):
        click.echo(f"[{place}/{len(names)}] {name}", err=True)
        answer = momentum(load(name), replicates=futures, seed=seed)
        found += [] if answer is None else [answer]
    return found


if __name__ == "__main__":
    main(prog_name="python -m experiments.momentum")
