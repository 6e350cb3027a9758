"""``python -m experiments.calibration``: the published patterns beside what the model shows."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

import click

if not __package__:  # started as `python experiments/calibration`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import cxsim
from cxsim.errors import CxsimError
from cxsim.study.calibration import FIRMS, Cohort, Evaluation, evaluate, report
from cxsim.study.fitting import fit
from cxsim.study.identification import Pinned, identify
from cxsim.values import LARGEST_SEED

FIT_SEED, FRESH_SEED = 1, 1001  # the table's firms are none of those that were fitted to
FIT_FIRMS = 140

NEARBY = 0.015  # first step, as a part of each range: the search begins close to its end

HERE = Path(__file__).parent
BEGIN, END = "<!-- odd: begin -->", "<!-- odd: end -->"  # docs/odd.md quotes what lies between

# What the search moves, and from where: the end of earlier searches on fewer firms.
START: dict[str, float] = json.loads((HERE / "start.json").read_text(encoding="utf-8"))


@click.command()
@click.option("--fit", "again", is_flag=True, help="Run the fit again, then show what it found.")
@click.option("--firms", default=FIRMS, show_default=True, help="Random firms behind the table.")
@click.option("--fit-firms", default=FIT_FIRMS, show_default=True, help="Random firms to fit on.")
@click.option(
    "--generations", default=10, type=click.IntRange(1), show_default=True, help="Of the fit."
)
@click.option(
    "--seed",
    default=FRESH_SEED,
    type=click.IntRange(0, LARGEST_SEED - 1),
    show_default=True,
    help="Of the table's firms.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("calibration-results"),
    show_default=True,
    help="Folder for table.md and, with --fit, for the trace and what it found.",
)
@click.option("--keep", is_flag=True, help="Also replace the table beside the README.")
def main(
    again: bool, firms: int, fit_firms: int, generations: int, seed: int, out: Path, keep: bool
) -> None:
    """Hold the model against published patterns, all at once, misses included."""
    try:
        coefficients, pinned = _fitted(fit_firms, generations, out) if again else ({}, [])
        evaluation = evaluate(coefficients, Cohort.draw(firms, seed))
    except CxsimError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    heading = f"cxsim {cxsim.__version__}: {firms} random firms, as many projects, seed {seed}."
    text = [report(evaluation), "", *_misses(evaluation), *pinned]
    click.echo("\n".join(text))
    page = ["# Calibration, measured", "", heading, "", BEGIN, *text, END, ""]
    out.mkdir(parents=True, exist_ok=True)
    for path in (out / "table.md", *([HERE / "measured.md"] if keep else [])):
        path.write_text("\n".join(page), encoding="utf-8")
        click.echo(f"Written: {path}", err=True)


def _misses(evaluation: Evaluation) -> list[str]:
    """Return why the model misses what it misses, a line for each."""
    reasons = tomllib.loads((HERE / "misses.toml").read_text(encoding="utf-8"))
    missed = [r.pattern.id for r in evaluation.results if r.pattern.counted and not r.hit]
    if not missed:
        return []
    lines = [f"* **{name}**: {reasons.get(name, 'not explained yet')}" for name in missed]
    return ["Why the misses:", "", *lines]


def _fitted(firms: int, generations: int, out: Path) -> tuple[dict[str, float], list[str]]:
    """Run the fit, or go on with one that was stopped, and write down what it found.

    Returns
    -------
    (dict, list of str)
        The coefficients, and a table of which of them the patterns pin down.
    """
    cohort = Cohort.draw(firms, FIT_SEED)
    found = fit(
        tuple(START),
        cohort,
        START,
        generations=generations,
        spread=NEARBY,
        trace=out / "trace.json",
        tell=lambda line: click.echo(line, err=True),
    )
    rounded = {name: float(f"{value:.3g}") for name, value in found.coefficients.items()}
    (out / "fitted.json").write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    click.echo("Which coefficients do the patterns pin down?", err=True)
    searched = {name: rounded[name] for name in START}  # what follows from them moves with them
    return rounded, _pinned(identify(tuple(START), cohort, searched))


def _pinned(found: list[Pinned]) -> list[str]:
    """Return a table of what the patterns pin down, as Markdown."""
    rows = [
        f"| {p.name} | {p.value:.3g} | {p.down:+.2f} | {p.up:+.2f} | "
        f"{'yes' if p.identified else 'no'} |"
        for p in sorted(found, key=lambda p: -min(p.down, p.up))
    ]
    return [
        "",
        "What the patterns pin down: how the loss changes when one coefficient is 30 % lower, or "
        "higher, and the others stay.",
        "",
        "| Coefficient | Fitted | Lower | Higher | Pinned down |",
        "| --- | --- | --- | --- | --- |",
        *rows,
    ]


if __name__ == "__main__":
    main(prog_name="python -m experiments.calibration")
