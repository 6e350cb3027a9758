"""``cxsim run``: what one scenario comes to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import cxsim
from cxsim.cli import scenarios
from cxsim.cli.output import examples, print_files, print_json, said, table
from cxsim.cli.simulation import (
    Options,
    command_line,
    settings_option,
    simulated,
    simulation_options,
)

if TYPE_CHECKING:
    from cxsim.results import Ensemble


@click.command(
    epilog=examples(
        "cxsim run typical",
        "cxsim run fm06_survey_lady:rescue --seed 7",
        "cxsim run typical --set communication=0.9 --set wins=0.8 --out results",
    )
)
@click.argument("name")
@settings_option
@simulation_options
def run(options: Options, name: str, settings: tuple[str, ...]) -> None:
    """Simulate one scenario and print what comes of it.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file. NAME:rescue applies
    the scenario's cure in its week; NAME:without is the same company without a programme.
    """
    ensemble = simulated(scenarios.find(name, settings, options.weeks), options)
    files = _save(ensemble, options.out) if options.out is not None else []
    line = command_line("run", (name,), {"--set": settings}, options)
    if options.as_json:
        print_json(_as_json(ensemble, files, line))
    else:
        _print(ensemble, files, line)


def _save(ensemble: Ensemble, folder: Path) -> list[Path]:
    from cxsim import figures

    return [
        *ensemble.save(folder),
        *figures.save_figure(figures.run_figure(ensemble), folder / "figure"),
    ]


def _as_json(ensemble: Ensemble, files: list[Path], line: str) -> dict[str, Any]:
    return {
        "version": cxsim.__version__,
        "scenario": said(ensemble.scenario),
        "weeks": ensemble.weeks,
        "replicates": ensemble.replicates,
        "seed": ensemble.seed,
        "outcomes": _outcomes(ensemble),
        "files": files,
        "command": line,
    }


def _outcomes(ensemble: Ensemble) -> dict[str, dict[str, Any]]:
    """Return each outcome's typical value, 90 % range and words; in the units of the model."""
    from cxsim.series import OUTCOMES

    outcomes = {}
    for name, outcome in OUTCOMES.items():
        values = ensemble.outcome(name)
        low, high = _range(values) if not outcome.frequency else (None, None)
        outcomes[name] = {
            "label": outcome.label,
            "unit": outcome.unit,
            "median": outcome.typical(values),
            "low": low,
            "high": high,
            "text": outcome.text(values, ensemble.setting),
        }
    return outcomes


def _range(values: Any) -> tuple[float, float]:
    """Return the 5 % and 95 % quantile, whereby NaN ("never") is later than any week."""
    import numpy as np

    ordered = np.where(np.isnan(values), np.inf, values)
    low, high = np.quantile(ordered, (0.05, 0.95), method="inverted_cdf")  # no inf - inf
    return float(low), float(high)


def _print(ensemble: Ensemble, files: list[Path], line: str) -> None:
    scenario = ensemble.scenario
    click.echo(scenario.title)
    click.echo(f"{ensemble.replicates} futures of {ensemble.weeks} weeks, seed {ensemble.seed}\n")
    rows: list[tuple[str, ...]] = [("", "median", "90 % of the futures")]
    for name, outcome in _outcomes(ensemble).items():
        rows.append((outcome["label"], outcome["text"], _span(name, outcome)))
    click.echo(table(rows))
    print_files(files)
    click.echo(f"\nThe same numbers again: {line}")


def _span(name: str, outcome: dict[str, Any]) -> str:
    """Return a 90 % range in words, "" where there is none."""
    if outcome["low"] is None:
        return ""
    first, last = (_short(name, outcome[end]) for end in ("low", "high"))
    return first if first == last else f"{first} to {last}"


def _short(name: str, value: float) -> str:
    """Return a value of an outcome as people read it, with its unit when that is short."""
    from cxsim.series import OUTCOMES, money

    kind = OUTCOMES[name].kind
    if value == float("inf"):
        return "never"
    match kind.form:
        case "percent":
            return f"{value * kind.factor:.1f} %"
        case "money":
            return money(value)
        case _:
            return f"{value:,.0f}"
