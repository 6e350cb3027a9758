"""``cxsim money``: when a programme pays back, and what it is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
from cxsim.values import parse_amount, shown

if TYPE_CHECKING:
    from cxsim.explain.money import Money
    from cxsim.scenario import Scenario


@click.command(
    short_help="When does it pay back, and what would a calculator have promised?",
    epilog=examples(
        "cxsim money typical",
        "cxsim money my_company.toml --no-groups --discount 8%",
        "cxsim money orchestrated --weeks 260 --out orchestrated_money",
    ),
)
@click.argument("name")
@settings_option
@click.option(
    "--groups/--no-groups",
    default=True,
    help="Say what each group of levers is worth too, which takes most of the time.  "
    "[default: groups]",
)
@click.option(
    "--discount",
    metavar="RATE",
    default="0%",
    show_default=True,
    help="Yearly rate at which later money counts less, such as 8%.",
)
@simulation_options
def money(
    options: Options, name: str, settings: tuple[str, ...], groups: bool, discount: str
) -> None:
    """Say when a programme pays back and what it is worth.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file, perhaps with :rescue.
    Everything is measured against the same company without a programme, and set beside what a
    conventional return-on-investment calculator would have promised. --out FOLDER saves the figure
    and the numbers.
    """
    scenario = scenarios.find(name, settings, options.weeks)
    found = _worked_out(scenario, options, groups, _rate(discount))
    files = [] if options.out is None else _save(found, options.out)
    given = {"--set": settings, "--discount": (discount,) if found.discount > 0.0 else ()}
    line = command_line("money", (name, *(() if groups else ("--no-groups",))), given, options)
    if options.as_json:
        answer = {"version": cxsim.__version__, **found.as_dict()}
        print_json({**answer, "files": files, "command": line})
    else:
        click.echo(f"{scenario.title}\n\n{found.table()}")
        print_files(files)
        click.echo(f"\nThe same numbers again: {line}")


def _worked_out(scenario: Scenario, options: Options, groups: bool, discount: float) -> Money:
    from cxsim.explain.money import money as work_out

    return ask(
        scenario.name,
        options.as_json,
        lambda progress, cancelled: work_out(
            scenario,
            options.replicates,
            options.seed,
            groups,
            discount,
            options.threads,
            progress,
            cancelled,
        ),
    )


def _rate(written: str) -> float:
    rate = parse_amount(written)
    if rate is None:
        raise CxsimError(f"--discount: {shown(written)} where a yearly rate such as 8% is wanted")
    return rate


def _save(found: Money, folder: Path) -> list[Path]:
    """Write the figure and the tables; return the files."""
    from cxsim import figures
    from cxsim.figures.money import money_figure
    from cxsim.results import write_text

    files = figures.save_figure(money_figure(found), folder / "money")
    frames = {"money.csv": found.frame(), "money_weekly.csv": found.weekly_frame()}
    for name, frame in frames.items():
        write_text(folder / name, frame.to_csv(index=False, lineterminator="\n"))
    return [*files, *(folder / name for name in frames)]
