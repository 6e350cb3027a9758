"""``python -m experiments.calibration``: the published patterns beside what the model shows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

if not __package__:  # started as `python experiments/calibration`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cxsim.errors import CxsimError
from cxsim.study.calibration import FIRMS, Cohort, evaluate, report
from cxsim.study.fitting import fit
from cxsim.values import LARGEST_SEED

FIT_SEED, FRESH_SEED = 1, 1001  # the table's firms are none of those that were fitted to
FIT_FIRMS = 240

# Assumptions of the registry that decide most about the patterns; all others keep their values.
FITTED = (
    *("threshold_mean", "threshold_spread", "belief_width"),
    *("belief_message", "belief_modelling", "belief_peers", "belief_wins", "belief_relating"),
    *("start_hazard", "stop_effort", "stop_belief", "cynicism_hollow", "effort_embedding"),
    *("head_sponsor", "budget_pivot", "budget_gap"),
    *("experience_quality", "experience_practice", "experience_noise", "quality_erosion"),
    *("effort_local", "effort_cross", "gain_local", "gain_cross"),
    *("churn_dissatisfied", "churn_satisfied"),
)


@click.command()
@click.option("--fit", "again", is_flag=True, help="Run the fit again, then show what it found.")
@click.option("--firms", default=FIRMS, show_default=True, help="Random firms behind the table.")
@click.option("--fit-firms", default=FIT_FIRMS, show_default=True, help="Random firms to fit on.")
@click.option(
    "--generations", default=40, type=click.IntRange(1), show_default=True, help="Of the fit."
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
def main(again: bool, firms: int, fit_firms: int, generations: int, seed: int, out: Path) -> None:
    """Hold the model against published patterns, all at once, misses included."""
    try:
        coefficients = _fitted(fit_firms, generations, out) if again else {}
        text = report(evaluate(coefficients, Cohort.draw(firms, seed)))
    except CxsimError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    heading = f"# Calibration\n\n{firms} random firms, seed {seed}.\n\n"
    if coefficients:
        heading += f"Fitted coefficients:\n\n```toml\n{_toml(coefficients)}\n```\n\n"
    click.echo(text)
    out.mkdir(parents=True, exist_ok=True)
    (out / "table.md").write_text(heading + text + "\n", encoding="utf-8")
    click.echo(f"Written: {out / 'table.md'}", err=True)


def _fitted(firms: int, generations: int, out: Path) -> dict[str, float]:
    """Run the fit, or go on with one that was stopped, and write down what it found."""
    found = fit(
        FITTED,
        Cohort.draw(firms, FIT_SEED),
        generations=generations,
        trace=out / "trace.json",
        tell=lambda line: click.echo(line, err=True),
    )
    rounded = {name: float(f"{value:.3g}") for name, value in found.coefficients.items()}
    (out / "fitted.json").write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    click.echo(_toml(rounded))
    return rounded


def _toml(coefficients: dict[str, float]) -> str:
    return "\n".join(f"{name} = {value:g}" for name, value in coefficients.items())


if __name__ == "__main__":
    main(prog_name="python -m experiments.calibration")
