"""``python -m experiments.failure_modes``: which failure is taken for which, by the signs alone."""

from __future__ import annotations

import sys
from pathlib import Path

import click

if not __package__:  # started as `python experiments/failure_modes`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cxsim.errors import CxsimError
from cxsim.figures import save_figure
from cxsim.results import write_text
from experiments.failure_modes.confusion import Confusion, measure
from experiments.failure_modes.heatmap import confusion_figure
from experiments.failure_modes.table import document, pairs_table, summary

HERE = Path(__file__).parent
SEED = 1  # the bounds of the signs were chosen on another
FUTURES, FEW = 200, 10


@click.command()
@click.option("--quick", is_flag=True, help="Few futures: shows that all works, says no more.")
@click.option("--seed", default=SEED, show_default=True, help="Of the random numbers.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("failure-modes-results"),
    show_default=True,
    help="Folder for measured.md and the figure.",
)
@click.option("--keep", is_flag=True, help="Also replace what the source tree keeps.")
def main(quick: bool, seed: int, out: Path, keep: bool) -> None:
    """Diagnose every failure mode by its signs, and count which is taken for which."""
    if keep and (quick or seed != SEED):
        raise click.UsageError(f"--keep wants a whole run with seed {SEED}")
    try:
        found = measure(FEW if quick else FUTURES, seed, _tell)
        click.echo(f"{summary(found)}\n\n{pairs_table(found)}")
        paths = [
            path for folder in (out, *([HERE] if keep else [])) for path in write(found, folder)
        ]
    except CxsimError as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        click.echo(f"Written: {path}", err=True)


def write(found: Confusion, folder: Path) -> list[Path]:
    """Write tables and figure; return the files."""
    path = folder / "measured.md"
    write_text(path, document(found))
    return [path, *save_figure(confusion_figure(found), folder / "confusion")]


def _tell(name: str, done: int, total: int) -> None:
    click.echo(f"[{done}/{total}] {name}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m experiments.failure_modes")
