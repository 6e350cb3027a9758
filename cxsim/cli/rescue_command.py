"""``cxsim rescue``: the fewest changes that save a programme, and until when they do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

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
from cxsim.values import MOST_REPLICATES

if TYPE_CHECKING:
    from cxsim.explain.rescuing import Rescue
    from cxsim.scenario import Scenario

FUTURES = 50  # as many are searched, and as many others judge
FEWEST, MOST = 10, MOST_REPLICATES // 8  # futures
WEEK, GOAL, PROBABILITY = 40, "adoption >= 50%", 0.8


@click.command(
    short_help="Find the fewest changes that save a programme.",
    context_settings={"default_map": {"replicates": FUTURES}},
    epilog=examples(
        "cxsim rescue fm06_survey_lady --week 40",
        'cxsim rescue typical --week 52 --goal "adoption >= 50%" --goal "churn <= 12%"',
        "cxsim rescue my_company.toml --goal payback --levers leadership,embedding --out saved",
    ),
)
@click.argument("name")
@click.option(
    "--week",
    type=int,
    default=WEEK,
    show_default=True,
    help="In which the changes are made, for good.",
)
@click.option(
    "--goal",
    "goals",
    multiple=True,
    metavar="BOUND",
    help='What is wanted: "adoption >= 50%", "churn <= 9%", "payback", "net_value > 0"; '
    f'repeatable, all in the same future.  [default: "{GOAL}"]',
)
@click.option(
    "--probability",
    type=float,
    default=PROBABILITY,
    show_default=True,
    help="Share of the futures in which it is wanted.",
)
@click.option(
    "--levers",
    multiple=True,
    metavar="NAMES",
    help="What may change, with commas: levers, groups such as leadership, or allocation; "
    "repeatable.  [default: all that people decide]",
)
@settings_option
@simulation_options
def rescue(
    options: Options,
    name: str,
    week: int,
    goals: tuple[str, ...],
    probability: float,
    levers: tuple[str, ...],
    settings: tuple[str, ...],
) -> None:
    """Find the fewest changes that save a programme in a week, and until when they do.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file. A lever that changes
    goes to where it stands in the scenario orchestrated, and stays there. With --out the scenario
    with the changes made is written as a file that cxsim run reads, with the figure and the curve.
    """
    from cxsim.explain.columns import paragraph

    scenario = scenarios.find(name, settings, options.weeks)
    _within(week, scenario)
    question = {"week": week, "goals": goals or GOAL, "probability": probability}
    found = _found(scenario, options, {**question, "levers": levers or None})
    files = [] if options.out is None else _save(found, options.out)
    given = {
        "--week": [str(week)],
        "--goal": goals,
        "--probability": [f"{probability:g}"],
        "--levers": levers,
        "--set": settings,
    }
    line = command_line("rescue", (name,), given, options)
    if options.as_json:
        answer = {"version": cxsim.__version__, **found.as_dict()}
        print_json({**answer, "files": files, "command": line})
        return
    click.echo(f"{scenario.title}\n\n{paragraph(found.sentence)}\n\n{found.table()}")
    print_files(files)
    click.echo(f"\nThe same numbers again: {line}")


# The shared option allows any number of futures; the help has to tell what is allowed here.
next(one for one in rescue.params if one.name == "replicates").type = click.IntRange(FEWEST, MOST)


def _within(week: int, scenario: Scenario) -> None:
    """Refuse the default week where nobody chose it and the horizon is shorter."""
    source = click.get_current_context().get_parameter_source("week")
    if source is ParameterSource.DEFAULT and week >= scenario.weeks:
        raise CxsimError(
            f"week: {week} (the default) lies beyond the horizon of {scenario.weeks} weeks; give "
            f"--week, 0 to {scenario.weeks - 1}"
        )


def _found(scenario: Scenario, options: Options, question: dict[str, Any]) -> Rescue:
    """Return the answer; Ctrl-C stops between two runs."""
    from cxsim.explain.rescuing import rescue as search

    return ask(
        scenario.name,
        options.as_json,
        lambda progress, cancelled: search(
            scenario,
            **question,
            replicates=options.replicates,
            seed=options.seed,
            threads=options.threads,
            progress=progress,
            cancelled=cancelled,
        ),
    )


def _save(found: Rescue, folder: Path) -> list[Path]:
    """Write what there is of scenario, curve and figure; return the files."""
    from cxsim.figures import save_figure
    from cxsim.figures.rescue import rescue_figure
    from cxsim.results import write_text

    texts = {"changes.csv": found.frame().to_csv(index=False, lineterminator="\n")}
    if found.deadline is not None:
        texts["curve.csv"] = found.curve_frame().to_csv(index=False, lineterminator="\n")
    if found.saved is not None:
        texts[f"{found.saved.name}.toml"] = found.saved.to_toml()
    for name, text in texts.items():
        write_text(folder / name, text)
    figures = [] if found.deadline is None else save_figure(rescue_figure(found), folder / "rescue")
    return [*(folder / name for name in texts), *figures]
