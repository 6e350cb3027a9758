"""``python -m experiments.batch``: what a study costs beside its runs, in time, memory and disk."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

if not __package__:  # started as `python experiments/batch`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cxsim
from cxsim.engine import available_cores
from cxsim.errors import CxsimError
from cxsim.results import write_text
from experiments.batch.measuring import Trial, measured, trials
from experiments.markdown import table

HERE = Path(__file__).parent
HEADS = (
    "Study", "Runs", "Runs a second", "Seconds", "Against the runs alone", "Wanted",
    "MiB at a tenth", "MiB at the end", "Bytes a run", "Keeping one run",
)  # fmt: skip


@click.command()
@click.option("--runs", default=10_000, show_default=True, help="Of the default company.")
@click.option("--small", default=100_000, show_default=True, help="Of a small company.")
@click.option("--threads", type=int, help="All cores by default.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("batch-results"),
    show_default=True,
    help="Folder for measured.md.",
)
@click.option("--keep", is_flag=True, help="Also replace what the source tree keeps.")
def main(runs: int, small: int, threads: int | None, out: Path, keep: bool) -> None:
    """Measure studies against their runs alone, in the same minutes."""
    threads = threads or available_cores()
    rows = []
    try:
        for trial in trials(runs, small):
            click.echo(f"{trial.title}: {trial.runs:,} runs", err=True)
            with tempfile.TemporaryDirectory() as folder:
                rows.append(_row(trial, threads, Path(folder)))
        text = _text(rows, threads)
        click.echo(text)
        for path in (out / "measured.md", HERE / "measured.md")[: 1 + keep]:
            write_text(path, text)
            click.echo(f"Written: {path}", err=True)
    except CxsimError as error:
        raise click.ClickException(str(error)) from error


def _row(trial: Trial, threads: int, folder: Path) -> tuple[str, ...]:
    found = measured(trial, threads, folder)
    return (
        trial.title,
        f"{trial.runs:,}",
        f"{trial.runs / found.seconds:,.0f}",
        f"{found.seconds:,.1f}",
        f"{found.ratio:.2f}",
        trial.wanted,
        f"{found.early / 2**20:,.0f}",
        f"{found.late / 2**20:,.0f}",
        f"{found.bytes / trial.runs:,.0f}",
        f"{found.adding * 1e6:,.0f} us",
    )


def _text(rows: list[tuple[str, ...]], threads: int) -> str:
    return (
        "# What a study costs beside its runs\n\n"
        f"{threads} threads; cxsim {cxsim.__version__}. README.md says how to read it.\n\n"
        f"{table(HEADS, rows)}\n"
    )


if __name__ == "__main__":
    main(prog_name="python -m experiments.batch")
