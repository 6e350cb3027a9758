"""``cxsim compare``: two scenarios on the same random numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

import cxsim
from cxsim.cli import scenarios
from cxsim.cli.output import examples, print_files, print_json
from cxsim.cli.simulation import Options, command_line, side_options, simulated, simulation_options

if TYPE_CHECKING:
    from cxsim.explain.compare import Comparison


@click.command(
    short_help="Compare two scenarios that meet the same luck.",
    epilog=examples(
        "cxsim compare typical orchestrated",
        "cxsim compare fm06_survey_lady fm06_survey_lady:rescue --out survey",
        "cxsim compare typical typical --set-b communication=0.9",
    ),
)
@click.argument("a")
@click.argument("b")
@side_options
@simulation_options
def compare(
    options: Options,
    a: str,
    b: str,
    settings: tuple[str, ...],
    set_a: tuple[str, ...],
    set_b: tuple[str, ...],
) -> None:
    """Compare two scenarios that meet the same luck, and say which does better.

    A and B are bundled scenarios or paths of .toml files, perhaps with :rescue or :without. The
    figure is written as PNG and SVG into the current folder, or into --out together with the data
    of both sides; with --json it is written into --out only.
    """
    both_a, both_b = scenarios.by_side(settings)
    sides = [
        scenarios.find(name, own, options.weeks)
        for name, own in ((a, [*both_a, *set_a]), (b, [*both_b, *set_b]))
    ]
    comparison = cxsim.compare(*(simulated(scenario, options) for scenario in sides))
    wanted = options.out is not None or not options.as_json
    files = _save(comparison, a, b, options.out) if wanted else []
    given = {"--set": settings, "--set-a": set_a, "--set-b": set_b}
    line = command_line("compare", (a, b), given, options)
    if options.as_json:
        answer = {"version": cxsim.__version__, **comparison.to_dict()}
        print_json({**answer, "files": files, "command": line})
    else:
        click.echo(comparison.table())
        print_files(files)
        click.echo(f"\nThe same numbers again: {line}")


def _save(comparison: Comparison, a: str, b: str, out: Path | None) -> list[Path]:
    """Write the figure, and with a folder the data too; return the files."""
    from cxsim import figures

    folder = out or Path()
    files = []
    if out is not None:
        for letter, ensemble in (("a", comparison.a), ("b", comparison.b)):
            files += ensemble.save(out / letter)
    stem = folder / f"{_file_word(a)}_vs_{_file_word(b)}"
    return [
        *figures.save_figure(figures.comparison_figure([comparison.a, comparison.b]), stem),
        *files,
    ]


def _file_word(argument: str) -> str:
    """Return a scenario argument as part of a file's name."""
    name, variant = scenarios.split(argument)
    words = f"{Path(name).stem}_{variant}" if variant else Path(name).stem
    return re.sub(r"[^\w.-]+", "_", words)[:60]
