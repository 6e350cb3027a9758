"""``cxsim loops``: which feedback loop carries a programme, and when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

import cxsim
from cxsim.cli import scenarios
from cxsim.cli.output import examples, print_files, print_json, table
from cxsim.cli.simulation import (
    Options,
    ask,
    command_line,
    settings_option,
    simulation_options,
)
from cxsim.errors import CxsimError
from cxsim.timeline import LONGEST

if TYPE_CHECKING:
    from cxsim.explain.loops import Loops
    from cxsim.scenario import Scenario

FUTURES = 20
FROM = "0,26,52,78,104, as far as the run goes"


def _weeks(_: click.Context, __: click.Parameter, written: str | None) -> tuple[int, ...] | None:
    """Read "0,26,52"; the range is checked with the scenario at hand."""
    if written is None:
        return None
    try:
        return tuple(int(part) for part in written.split(","))
    except ValueError:
        raise CxsimError(f"--from: '{written}' where weeks are wanted, such as 0,26,52") from None


def _list_links(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the influences that can be held."""
    if not wanted:
        return
    from cxsim.explain.links import LINKS

    rows = [(link.name, link.sign or "-", link.source, link.target) for link in LINKS.values()]
    click.echo(table([("link", "loop", "what is seen", "what it moves"), *rows]))
    context.exit()


@click.command(
    short_help="Tell which feedback loop carries a programme, and when.",
    epilog=examples(
        "cxsim loops orchestrated",
        "cxsim loops typical --outcome churn_yearly --from 26,104",
        "cxsim loops --list",
    ),
    context_settings={"default_map": {"replicates": FUTURES}},
)
@click.argument("name")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_links,
    help="Name the influences and exit.",
)
@click.option(
    "--from",
    "starts",
    callback=_weeks,
    metavar="WEEKS",
    help=f"From which to look ahead.  [default: {FROM}]",
)
@click.option(
    "--ahead",
    type=click.IntRange(1, LONGEST),
    default=52,
    show_default=True,
    help="Weeks that a contribution is given.",
)
@click.option(
    "--outcome",
    default="adoption",
    show_default=True,
    help="A weekly series of the company, such as churn_yearly, belief, commitment, satisfaction, "
    "load or net_value.",
)
@click.option(
    "--link",
    "links",
    multiple=True,
    help="Look at this influence only; repeatable.",
    metavar="LINK",
)
@settings_option
@simulation_options
def loops(
    options: Options,
    name: str,
    starts: tuple[int, ...] | None,
    ahead: int,
    outcome: str,
    links: tuple[str, ...],
    settings: tuple[str, ...],
) -> None:
    """Rank the feedback loops of a company by what each contributes, and tell when.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file, perhaps with :rescue or
    :without. Each influence is held as it was in each of some weeks; what the company lacks a year
    later, under the same luck, is what it contributed. With --out the figure and the contributions
    are saved.
    """
    scenario = scenarios.find(name, settings, options.weeks)
    found = _measured(scenario, options, starts, ahead, outcome, links)
    files = [] if options.out is None else _save(found, options.out)
    given = {
        "--from": [",".join(map(str, found.weeks))],
        "--ahead": [str(ahead)],
        "--outcome": [outcome],
        "--link": links,
        "--set": settings,
    }
    line = command_line("loops", (name,), given, options)
    if options.as_json:
        answer = {"version": cxsim.__version__, **found.as_dict()}
        print_json({**answer, "files": files, "command": line})
    else:
        click.echo(f"{scenario.title}\n\n{found.table()}")
        print_files(files)
        click.echo(f"\nThe same numbers again: {line}")


def _measured(
    scenario: Scenario,
    options: Options,
    starts: tuple[int, ...] | None,
    ahead: int,
    outcome: str,
    links: tuple[str, ...],
) -> Loops:
    from cxsim.explain.loops import loops as question

    return ask(
        scenario.name,
        options.as_json,
        lambda progress, cancelled: question(
            scenario,
            starts,
            outcome,
            ahead,
            options.replicates,
            options.seed,
            options.threads,
            progress,
            cancelled,
            links or None,
        ),
    )


def _save(found: Loops, folder: Path) -> list[Path]:
    from cxsim.figures import save_figure
    from cxsim.figures.loops import loops_figure
    from cxsim.results import write_text

    files = save_figure(loops_figure(found.as_dict()), folder / "loops")
    write_text(folder / "loops.csv", found.frame().to_csv(lineterminator="\n", index=False))
    return [*files, folder / "loops.csv"]
