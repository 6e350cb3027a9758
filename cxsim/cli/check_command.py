"""``cxsim check``: whether a scenario behaves as any company would."""

from __future__ import annotations

from typing import Any

import click

import cxsim
from cxsim.cli import scenarios
from cxsim.cli.failures import PROBLEM
from cxsim.cli.output import examples, print_json
from cxsim.cli.simulation import (
    Options,
    ask,
    command_line,
    json_option,
    seed_option,
    settings_option,
    weeks_option,
)
from cxsim.values import MOST_REPLICATES

FUTURES = 20  # enough for a hundred pairs of runs to be made while one waits


@click.command(
    epilog=examples(
        "cxsim check typical",
        "cxsim check my_company.toml --set workload=0.9",
        "cxsim check typical --only quick_wins_come_sooner --replicates 100",
    )
)
@click.argument("name")
@settings_option
@click.option(
    "--only",
    multiple=True,
    metavar="ID",
    help="Make this check only, by its id (--json names them all); repeatable.",
)
@weeks_option
@click.option(
    "--replicates",
    type=click.IntRange(1, MOST_REPLICATES),
    default=FUTURES,
    show_default=True,
    help="Futures of each run.",
)
@seed_option
@json_option
def check(
    name: str,
    settings: tuple[str, ...],
    only: tuple[str, ...],
    weeks: int | None,
    replicates: int,
    seed: int,
    as_json: bool,
) -> None:
    """Test a scenario against what is true of any company.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file, perhaps with :rescue or
    :without. Each statement is tried by simulating the company with and without a change. The exit
    code is 1 when a statement fails.
    """
    from cxsim.explain import checks

    scenario = scenarios.find(name, settings, weeks)
    report = ask(
        scenario.name,
        as_json,
        lambda progress, cancelled: checks.check(
            scenario, replicates, seed, progress, cancelled, only
        ),
    )
    shared = Options(weeks, replicates, seed, None, None, as_json)
    line = command_line("check", (name,), {"--set": settings, "--only": only}, shared)
    if as_json:
        answer: dict[str, Any] = {"version": cxsim.__version__, **report.to_dict()}
        print_json({**answer, "command": line})
    else:
        click.echo(f"{scenario.title}\n\n{report.table()}\n\nThe same numbers again: {line}")
    if report.failed:
        click.get_current_context().exit(PROBLEM)
