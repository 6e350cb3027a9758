"""``cxsim momentum``: whether a programme lasts once its support ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import cxsim
from cxsim.cli import scenarios
from cxsim.cli.output import examples, print_files, print_json
from cxsim.cli.simulation import (
    Options,
    ask,
    command_line,
    settings_option,
    simulation_options,
)
from cxsim.errors import CxsimError
from cxsim.scenario import Scenario

if TYPE_CHECKING:
    from cxsim.explain.momentum import Momentum


def _weeks(_: click.Context, __: click.Parameter, written: str | None) -> tuple[int, ...] | None:
    """Read "26,52,78"; the range is checked with the scenario at hand."""
    if written is None:
        return None
    try:
        return tuple(int(part) for part in written.split(","))
    except ValueError:
        raise CxsimError(
            f"--weeks-tested: '{written}' where weeks are wanted, such as 26,52,78"
        ) from None


@click.command(
    short_help="Tell whether a programme lasts once its support ends.",
    epilog=examples(
        "cxsim momentum orchestrated",
        "cxsim momentum fm05_sisyphus:rescue --weeks-tested 78,104,130",
        "cxsim momentum my_company.toml --no-push --out lasting",
    ),
)
@click.argument("name")
@settings_option
@click.option(
    "--weeks-tested",
    callback=_weeks,
    metavar="WEEKS",
    help="Weeks in which support ends, such as 26,52,78.  [default: every 13 weeks]",
)
@click.option(
    "--push/--no-push",
    default=True,
    help="Also find how long each kind of support has to be held.  [default: --push]",
)
@simulation_options
def momentum(
    options: Options,
    name: str,
    settings: tuple[str, ...],
    weeks_tested: tuple[int, ...] | None,
    push: bool,
) -> None:
    """Withdraw all support in one week after another, and see what is left a year later.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file, perhaps with :rescue or
    :without. A programme sustains itself when at least four fifths of those who practise still do a
    year after its support ended, a quarter of the employees or more being among them. With --out
    the figure and the numbers of every future are saved.
    """
    scenario = scenarios.find(name, settings, options.weeks)
    found = _measured(scenario, options, weeks_tested, push)
    files = _save(found, options.out) if options.out is not None else []
    given = {"--set": settings, "--weeks-tested": _again(weeks_tested)}
    line = command_line("momentum", (name, *([] if push else ["--no-push"])), given, options)
    if options.as_json:
        answer: dict[str, Any] = {"version": cxsim.__version__, **found.as_dict()}
        print_json({**answer, "files": files, "command": line})
    else:
        click.echo(f"{scenario.title}\n\n{found.table()}")
        print_files(files)
        click.echo(f"\nThe same numbers again: {line}")


def _again(weeks: tuple[int, ...] | None) -> list[str]:
    return [] if weeks is None else [",".join(map(str, weeks))]


def _measured(
    scenario: Scenario, options: Options, weeks: tuple[int, ...] | None, push: bool
) -> Momentum:
    from cxsim.explain.momentum import momentum as measure

    quiet = options.as_json
    return ask(
        scenario.name,
        quiet,
        lambda progress, cancelled: measure(
            scenario,
            weeks,
            options.replicates,
            options.seed,
            options.threads,
            progress,
            cancelled,
            push=push,
        ),
    )


def _save(found: Momentum, out: Path) -> list[Path]:
    """Write the numbers of every future and, where something was withdrawn, the figure."""
    from cxsim.results import write_text

    path = out / "momentum.csv"
    write_text(path, found.frame().to_csv(index=False, lineterminator="\n"))
    return [path, *(_figure(found, out) if found.tests else [])]


def _figure(found: Momentum, out: Path) -> list[Path]:
    from cxsim.figures import save_figure
    from cxsim.figures.momentum import momentum_figure

    return save_figure(momentum_figure(found.as_dict()), out / "momentum")
