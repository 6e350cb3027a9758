"""``cxsim cut``: what one influence contributes."""

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
from cxsim.timeline import LONGEST

if TYPE_CHECKING:
    from cxsim.explain.cutting import Cut
    from cxsim.scenario import Scenario

FUTURES = 50


@click.command(
    short_help="Hold one influence as it is in some week, and see what it was worth.",
    epilog=examples(
        "cxsim cut orchestrated peers --week 26",
        "cxsim cut typical wins_to_executives --out wins",
    ),
    context_settings={"default_map": {"replicates": FUTURES}},
)
@click.argument("name")
@click.argument("link")
@click.option(
    "--week",
    type=click.IntRange(0, LONGEST - 1),
    default=0,
    show_default=True,
    help="From which on the influence is held.",
)
@settings_option
@simulation_options
def cut(options: Options, name: str, link: str, week: int, settings: tuple[str, ...]) -> None:
    """Hold one influence as it is in some week, and see what becomes of the company.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file, perhaps with :rescue or
    :without. LINK is an influence, such as peers, managers, wins_to_executives or funding; cxsim
    loops names them all. From that week on those who react to it see what it was when the week
    began. All else, luck included, stays. With --out the figure and the weekly series are saved.
    """
    found = _measured(scenarios.find(name, settings, options.weeks), link, week, options)
    files = [] if options.out is None else _save(found, options.out)
    given = {"--week": [str(week)], "--set": settings}
    line = command_line("cut", (name, link), given, options)
    if options.as_json:
        answer = {"version": cxsim.__version__, **found.as_dict()}
        print_json({**answer, "files": files, "command": line})
    else:
        click.echo(f"{found.scenario.title}\n\n{found.table()}")
        print_files(files)
        click.echo(f"\nThe same numbers again: {line}")


def _measured(scenario: Scenario, link: str, week: int, options: Options) -> Cut:
    from cxsim.explain.cutting import cut as question
    from cxsim.explain.links import find_link

    title = find_link(link).title  # a wrong name is told before anything is compiled
    return ask(
        title,
        options.as_json,
        lambda progress, cancelled: question(
            scenario,
            link,
            week,
            replicates=options.replicates,
            seed=options.seed,
            threads=options.threads,
            progress=progress,
            cancelled=cancelled,
        ),
    )


def _save(found: Cut, folder: Path) -> list[Path]:
    from cxsim.figures import save_figure
    from cxsim.figures.loops import cut_figure
    from cxsim.results import write_text

    files = save_figure(cut_figure(found.as_dict()), folder / "cut")
    write_text(folder / "cut.csv", found.frame().to_csv(lineterminator="\n", index=False))
    return [*files, folder / "cut.csv"]
