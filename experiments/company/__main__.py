"""``python -m experiments.company``: whether intervals hold what they promise."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

if not __package__:  # started as `python experiments/company`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cxsim
from cxsim.errors import CxsimError
from cxsim.figures import save_figure
from cxsim.results import write_text
from cxsim.study.company.coverage import coverage
from experiments.company.netflix import BASES, fitted
from experiments.company.report import covered, document, real

HERE = Path(__file__).parent
MONTHS, TRIALS, SIMULATIONS, REAL = 36, 100, 4096, 2048
QUICK = (12, 20, 500, 500)


@click.command()
@click.option("--quick", is_flag=True, help="Few companies: shows that all works, says no more.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("company-results"),
    show_default=True,
    help="Folder for measured.md and the figures.",
)
@click.option("--keep", is_flag=True, help="Also replace what the source tree keeps.")
def main(quick: bool, out: Path, keep: bool) -> None:
    """Fit companies whose levers are known, then a published series."""
    if quick and keep:
        raise click.UsageError("--keep wants a whole run; leave --quick out")
    sizes = QUICK if quick else (MONTHS, TRIALS, SIMULATIONS, REAL)
    months, trials, simulations, few = sizes
    try:
        found = coverage(
            cxsim.load("typical"), months, trials, simulations, progress=Teller("companies")
        )
        click.echo(covered(found))
        fits = {name: fitted(name, few, Teller(name)) for name in BASES}
        click.echo(f"\n{real(fits)}")
        text = document(found, fits, months, simulations)
        paths = []
        for folder in (out, HERE) if keep else (out,):
            write_text(folder / "measured.md", text)
            paths.append(folder / "measured.md")
            formats = ("png",) if folder == HERE else ("png", "svg")
            for name, fit in fits.items():
                if not fit.out_of_reach:
                    paths += save_figure(fit.figure(), folder / f"netflix_{name}", formats)
    except CxsimError as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        click.echo(f"Written: {path}", err=True)


class Teller:
    """Says how far the simulations are and how long they will take, at most every five seconds."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun = self._told = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Take note of the companies simulated and of their total."""
        now = time.monotonic()
        if done < total and now - self._told < 5.0:
            return
        self._told = now
        left = f", about {(now - self._begun) / done * (total - done):.0f} s left"
        click.echo(f"{self._what}: {done:,} of {total:,}{left if done < total else ''}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m experiments.company")
