"""``python -m experiments.validation``: hold the model against what it was not fitted to."""

from __future__ import annotations

import sys
from pathlib import Path

import click

if not __package__:  # started as `python experiments/validation`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cxsim
from cxsim.errors import CxsimError
from cxsim.figures import save_figure
from cxsim.results import write_text
from cxsim.study.validation.figure import validation_figure
from cxsim.study.validation.findings import Effort
from cxsim.study.validation.run import PARTS, Validation, validate
from cxsim.study.validation.table import short_table, summary, table

HERE = Path(__file__).parent
BEGIN, END = "<!-- odd: begin -->", "<!-- odd: end -->"  # between them: quoted in docs/odd.md
QUICK = Effort(runs=6, firms=40, survivors=2000)


@click.command()
@click.option("--quick", is_flag=True, help="Few runs: shows that all works, says no more.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("validation-results"),
    show_default=True,
    help="Folder for measured.md and the figure.",
)
@click.option("--keep", is_flag=True, help="Also replace what the source tree keeps.")
def main(quick: bool, out: Path, keep: bool) -> None:
    """Hold the calibrated model against published patterns, misses included."""
    if quick and keep:
        raise click.UsageError("--keep wants a whole run; leave --quick out")
    effort = QUICK if quick else Effort()
    parts = iter(range(1, len(PARTS) + 1))
    try:
        found = validate(effort, lambda name: _tell(f"[{next(parts)}/{len(PARTS)}] {name}"))
        click.echo(table(found.findings))
        click.echo(f"\n{summary(found.findings)}")
        paths = write(found, effort, out)
        if keep:
            paths += write(found, effort, HERE)
    except CxsimError as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        _tell(f"Written: {path}")


def write(found: Validation, effort: Effort, folder: Path) -> list[Path]:
    """Write table and figure; return the files."""
    text = (
        "# What the model was not fitted to\n\n"
        f"{effort.runs} futures of each scenario, {effort.firms} random firms; cxsim "
        f"{cxsim.__version__}. In brackets: 90 % intervals. README.md says how to read it.\n\n"
        f"{BEGIN}\n{summary(found.findings)}\n\n{short_table(found.findings)}\n{END}\n\n"
        f"{table(found.findings)}\n"
    )
    path = folder / "measured.md"
    write_text(path, text)
    return [path, *save_figure(validation_figure(found), folder / "validation")]


def _tell(line: str) -> None:
    click.echo(line, err=True)


if __name__ == "__main__":
    main(prog_name="python -m experiments.validation")
