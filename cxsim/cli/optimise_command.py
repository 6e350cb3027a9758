"""``cxsim optimise``: which levers to move for the best chance of a goal, for the money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

import cxsim
from cxsim import compile_cache
from cxsim.cli import scenarios
from cxsim.cli.output import examples, print_files, print_json
from cxsim.cli.simulation import (
    Options,
    command_line,
    compile_first,
    progress_bar,
    settings_option,
    simulation_options,
    stop_on_interrupt,
)

if TYPE_CHECKING:
    from cxsim.scenario import Scenario
    from cxsim.study.optimum import Frontier

FUTURES = 20  # of each trial: the search sees many plans, and the best again on more
TRACE = "search.jsonl"  # in the folder of the answer


@click.command(
    short_help="Search for the best chance of a goal for the money.",
    context_settings={"default_map": {"replicates": FUTURES}},
    epilog=examples(
        'cxsim optimise typical --goal "adoption >= 0.5" --budget 1.5M',
        'cxsim optimise typical --goal "payback_week <= 130" --levers leadership,resources',
        'cxsim optimise my_company.toml --goal "churn_yearly <= 10%" --effort 2 --out plan',
    ),
)
@click.argument("name")
@click.option(
    "--goal",
    required=True,
    metavar="BOUND",
    help='An outcome or a measure with a bound: "adoption >= 0.5", "churn_yearly <= 10%", '
    '"mean(open_issues, -13) < 40".',
)
@click.option(
    "--budget",
    metavar="USD",
    help="What the programme may cost over the horizon: 1.5M, 800k, 1500000.",
)
@click.option(
    "--effort",
    type=float,
    metavar="WAYS",
    help="Most movement of all levers that cost no money; from a lever's poor to its good end is "
    "1.",
)
@click.option(
    "--levers",
    multiple=True,
    metavar="NAMES",
    help="What may move, with commas: levers, headline sliders, or NAME=LOW:HIGH; repeatable.  "
    "[default: leadership,change,wins,resources]",
)
@click.option(
    "--trials", type=click.IntRange(1, 100_000), default=300, show_default=True,
    help="Plans to try.",
)  # fmt: skip
@click.option(
    "--fresh", type=click.IntRange(2, 100_000), default=200, show_default=True,
    help="Futures on which the reported numbers rest; no plan is chosen by them.",
)  # fmt: skip
@settings_option
@simulation_options
def optimise(
    options: Options,
    name: str,
    goal: str,
    budget: str | None,
    effort: float | None,
    levers: tuple[str, ...],
    trials: int,
    fresh: int,
    settings: tuple[str, ...],
) -> None:
    """Search for the plan with the best chance of a goal, within a budget, with few changes.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file. --replicates is the
    number of futures of each trial. With --out the plan is written as a scenario that cxsim run
    reads, and a search that was interrupted goes on where it stopped.
    """
    scenario = scenarios.find(name, settings, options.weeks)
    wanted = {"goal": goal, "budget": budget, "levers": levers or None, "trials": trials,
              "effort": effort, "fresh": fresh}  # fmt: skip
    frontier = _searched(scenario, options, wanted)
    files = [] if options.out is None else frontier.save(options.out)
    given: dict[str, Any] = {
        "--goal": [goal],
        "--budget": [] if budget is None else [budget],
        "--effort": [] if effort is None else [f"{effort:g}"],
        "--levers": levers,
        "--trials": [str(trials)],
        "--fresh": [str(fresh)],
        "--set": settings,
    }
    line = command_line("optimise", (name,), given, options)
    if options.as_json:
        answer = {"version": cxsim.__version__, **frontier.to_dict()}
        print_json({**answer, "files": files, "command": line})
        return
    click.echo(f"{scenario.title}\n\n{frontier.sentence()}\n\n{frontier.table()}\n")
    for note in frontier.notes():
        click.echo(click.wrap_text(note, width=100))
    print_files(files)
    click.echo(f"\nThe same numbers again: {line}")


def _searched(scenario: Scenario, options: Options, wanted: dict[str, Any]) -> Frontier:
    """Return the answer; Ctrl-C stops between two runs and says how to go on."""
    from cxsim.study.optimum import optimise as search

    if not compile_cache.is_warm():
        compile_first(options.as_json)
    trace = None if options.out is None else options.out / TRACE
    with (
        stop_on_interrupt() as stopped,
        progress_bar(scenario.name, options.as_json) as progress,
    ):
        frontier = search(
            scenario,
            **wanted,
            replicates=options.replicates,
            seed=options.seed,
            threads=options.threads,
            trace=trace,
            progress=progress,
            cancelled=stopped.is_set,
        )
    if frontier is None:
        if trace is not None:
            click.echo(f"{trace} keeps what was found; the same command goes on there", err=True)
        raise KeyboardInterrupt
    return frontier
