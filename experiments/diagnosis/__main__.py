"""``python -m experiments.diagnosis``: fit the diagnosis, and count how often it is right."""

from __future__ import annotations

import sys
from pathlib import Path

import click

if not __package__:  # started as `python experiments/diagnosis`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cxsim.errors import CxsimError
from cxsim.explain.diagnosing.likelihood import FITTED
from cxsim.results import write_text
from experiments.diagnosis.cases import (
    DEFAULT,
    HALF,
    HEALTHY,
    MIDDLING,
    OTHER,
    PAIR,
    SINGLE,
    SOUND,
    Progress,
    cases,
    look,
)
from experiments.diagnosis.fitting import fit, save
from experiments.diagnosis.measuring import measure, recoveries
from experiments.diagnosis.table import document, recovery_text, summary

HERE = Path(__file__).parent
FIT_SEED, HELD_OUT_SEED = 2_000_000, 9_000_000  # the first of each; cases count up from there
RECOVERY_SEED, RECOVERY_FUTURES = 7, 20

# Kind, company, number: for each mode, for each pair of modes (below one: share of the pairs), or
# in all.
TO_FIT = (
    (SINGLE, DEFAULT, 30), (SINGLE, OTHER, 60),
    (HALF, OTHER, 22), (HALF, DEFAULT, 8),
    (PAIR, DEFAULT, 4), (PAIR, OTHER, 6),
    (HEALTHY, OTHER, 400), (HEALTHY, DEFAULT, 200), (SOUND, DEFAULT, 100),
    (MIDDLING, OTHER, 300), (MIDDLING, DEFAULT, 120),
)  # fmt: skip
TO_MEASURE = (
    (SINGLE, DEFAULT, 4), (SINGLE, OTHER, 4),
    (HALF, OTHER, 1), (HALF, DEFAULT, 1),
    (PAIR, DEFAULT, 0.15), (PAIR, OTHER, 0.15),
    (HEALTHY, DEFAULT, 40), (HEALTHY, OTHER, 40), (SOUND, DEFAULT, 20),
    (MIDDLING, DEFAULT, 20), (MIDDLING, OTHER, 20),
)  # fmt: skip
QUICK = ((SINGLE, DEFAULT, 1), (PAIR, DEFAULT, 0.01), (SOUND, DEFAULT, 2), (MIDDLING, DEFAULT, 2))


@click.command()
@click.option("--quick", is_flag=True, help="Few cases: shows that all works, says no more.")
@click.option("--fit", "wants_fit", is_flag=True, help="First fit the networks anew.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("diagnosis-results"),
    show_default=True,
    help="Folder for measured.md.",
)
@click.option("--keep", is_flag=True, help="Also replace what the source tree keeps.")
def main(quick: bool, wants_fit: bool, out: Path, keep: bool) -> None:
    """Diagnose companies in which faults were planted, and count how often they are named."""
    if keep and quick:
        raise click.UsageError("--keep wants a whole run")
    try:
        if wants_fit:
            _fit(QUICK if quick else TO_FIT, out / FITTED.name if quick else FITTED)
        counts, futures = (QUICK, 2) if quick else (TO_MEASURE, RECOVERY_FUTURES)
        found = measure(cases(counts, HELD_OUT_SEED), _told("diagnosed"))
        recovered = recoveries(futures, RECOVERY_SEED, _told("cured"))
        click.echo(f"{summary(found)}\n\n{recovery_text(recovered)}")
        for folder in (out, *([HERE] if keep else [])):
            path = write_text(folder / "measured.md", document(found, recovered))
            click.echo(f"Written: {path}", err=True)
    except CxsimError as error:
        raise click.ClickException(str(error)) from error


def _fit(counts: tuple[tuple[str, str, float], ...], path: Path) -> None:
    """Fit the networks and write the file that the diagnosis reads, of a quick fit elsewhere."""
    seen = look(cases(counts, FIT_SEED), _told("simulated"))
    save(fit(seen, lambda text: click.echo(text, err=True)), path)
    click.echo(f"Written: {path}", err=True)


def _told(what: str) -> Progress:
    def tell(done: int, total: int) -> None:
        if done == total or done % 100 == 0:
            click.echo(f"[{done}/{total}] {what}", err=True)

    return tell


if __name__ == "__main__":
    main(prog_name="python -m experiments.diagnosis")
