"""``cxsim diagnose``: which way of failing a scenario looks like."""

from __future__ import annotations

import math
import textwrap
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
    import pandas as pd

    from cxsim.explain.diagnosis import Diagnosis

WIDTH = 96
MANY = 0.5  # a share of futures without a name from which on the nearest modes are told


@click.command(
    short_help="Tell which known way to fail a scenario looks like.",
    epilog=examples(
        "cxsim diagnose typical",
        "cxsim diagnose fm06_survey_lady:rescue",
        "cxsim diagnose my_company.toml --set charter=0.1 --out diagnosis",
    ),
)
@click.argument("name")
@settings_option
@simulation_options
def diagnose(options: Options, name: str, settings: tuple[str, ...]) -> None:
    """Tell which of the known ways to fail a scenario looks like.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file, perhaps with :rescue or
    :without. What counts is what shows in the results, not how the levers are set. With --out the
    numbers of every future are saved as panel.csv and diagnosis.csv.
    """
    from cxsim.explain import diagnosis
    from cxsim.explain.panel import panel

    ensemble = simulated(scenarios.find(name, settings, options.weeks), options)
    found, numbers = diagnosis.diagnose(ensemble), panel(ensemble)
    files = [] if options.out is None else _save(found, numbers, options.out)
    line = command_line("diagnose", (name,), {"--set": settings}, options)
    if options.as_json:
        print_json(_as_json(found, numbers, files, line))
    else:
        _print(found, numbers, files, line)


def _save(found: Diagnosis, numbers: pd.DataFrame, folder: Path) -> list[Path]:
    from cxsim.results import write_text

    frames = {"panel.csv": numbers, "diagnosis.csv": found.frame()}
    for name, frame in frames.items():
        write_text(folder / name, frame.to_csv(lineterminator="\n"))
    return [folder / name for name in frames]


def _as_json(
    found: Diagnosis, numbers: pd.DataFrame, files: list[Path], line: str
) -> dict[str, Any]:
    from cxsim.explain.panel import statistics

    own_shares = found.own_shows.mean(axis=0).tolist()
    scenarios_of = {one.mode: one.name for one in found.modes}
    return {
        "version": cxsim.__version__,
        "scenario": said(found.scenario),
        "weeks": found.scenario.weeks,
        "replicates": found.replicates,
        "seed": found.seed,
        "panel": {
            one.name: {"label": one.label, "unit": one.unit, **_quantiles(numbers[one.name])}
            for one in statistics()
        },
        "signs": [
            {**sign.as_table(), "share": share}
            for sign, share in zip(found.own, own_shares, strict=True)
        ],
        "all_signs": found.all_own,
        "looks_like": [
            {"mode": mode or None, "scenario": scenarios_of.get(mode), "share": share}
            for mode, share in found.shares().items()
        ],
        "nearest": [
            {"mode": mode, "scenario": scenarios_of[mode], "share_of_signs": share}
            for mode, share in found.nearest().items()
        ],
        "files": files,
        "command": line,
    }


def _quantiles(values: pd.Series) -> dict[str, float]:
    """Return median and 90 % range of the futures in which there is a number."""
    ends = values.quantile([0.5, 0.05, 0.95])
    return dict(zip(("median", "low", "high"), (float(end) for end in ends), strict=True))


def _print(found: Diagnosis, numbers: pd.DataFrame, files: list[Path], line: str) -> None:
    from cxsim.explain.diagnosis import NONE, RULE, line_of

    scenario = found.scenario
    click.echo(scenario.title)
    click.echo(f"{found.replicates} futures of {scenario.weeks} weeks, seed {found.seed}\n")
    click.echo(_panel_table(numbers) + "\n")
    if found.own:
        mode = f" of {scenario.mode}" if scenario.mode else ""
        click.echo(f"The signs{mode}, each with the share of the futures that show it")
        click.echo(_wrapped(found.own_table()) + "\n")
    click.echo("What the futures look like")
    click.echo(_wrapped(found.table()))
    click.echo(textwrap.fill(RULE, WIDTH))
    if found.share(NONE) > MANY:
        click.echo("\nNearest, by the share of signs that a future shows on average")
        lines = (line_of(share, found.titled(mode)) for mode, share in found.nearest().items())
        click.echo(_wrapped("\n".join(lines)))
    print_files(files)
    click.echo(f"\nThe same numbers again: {line}")


def _wrapped(lines: str) -> str:
    """Return lines that begin with a percentage, the words of each kept together on the right."""
    indent = " " * len(" 100 %  ")
    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent=indent, drop_whitespace=True)
        for line in lines.split("\n")
    )


def _panel_table(numbers: pd.DataFrame) -> str:
    from cxsim.explain.panel import statistics

    rows: list[tuple[str, ...]] = [("", "median", "90 % of the futures", "unit")]
    for one in statistics():
        values = _quantiles(numbers[one.name])
        low, high = _number(values["low"]), _number(values["high"])
        span = "" if math.isnan(values["low"]) else low if low == high else f"{low} to {high}"
        rows.append((one.label, _number(values["median"]), span, one.unit))
    return table(rows, rights=(1,))


def _number(value: float) -> str:
    """Return a number as people read it, "-" where there is none."""
    if math.isnan(value):
        return "-"
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"
