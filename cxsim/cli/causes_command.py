"""``cxsim causes``: why a series moved in some weeks, and what stands behind that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import cxsim
from cxsim.cli import scenarios
from cxsim.cli.output import examples, print_files, print_json, table
from cxsim.cli.simulation import (
    Options,
    ask,
    command_line,
    json_option,
    seed_option,
    settings_option,
    threads_option,
    weeks_option,
)
from cxsim.errors import CxsimError

if TYPE_CHECKING:
    from cxsim.explain.causes.strips import Causes
    from cxsim.scenario import Scenario

FUTURES = 8  # enough for means that hardly move; each is lived again with all causes
MOST = 1000


def _list_series(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print what causes can be asked of."""
    if not wanted:
        return
    from cxsim.explain.causes.strips import list_nodes

    rows: list[tuple[str, ...]] = [("series", "what it is", "causes")]
    for node in list_nodes():
        rows.append((node.name, node.title, ", ".join(term.name for term in node.terms)))
    click.echo(table(rows))
    context.exit()


@click.command(
    short_help="Say why a series moved in some weeks.",
    epilog=examples(
        "cxsim causes typical --series adoption --from 26 --to 52",
        "cxsim causes fm18_impatient_board --series commitment --upstream gap",
        "cxsim causes typical --series load --function service --out why",
        "cxsim causes --list",
    ),
)
@click.argument("name")
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_series,
    help="List all series that have causes, with their names, and exit.",
)
@click.option("--series", default="adoption", show_default=True, help="What to ask of; see --list.")
@click.option("--from", "first", type=int, default=0, show_default=True, help="First week.")
@click.option("--to", "last", type=int, help="Last week.  [default: the last one]")
@click.option("--function", help="One function instead of the company.")
@click.option(
    "--upstream",
    metavar="CAUSE",
    multiple=True,
    help="Show what is behind a cause too, by its name in --list; repeatable.",
)
@settings_option
@weeks_option
@click.option(
    "--replicates",
    type=click.IntRange(1, MOST),
    default=FUTURES,
    show_default=True,
    help="Futures to look at.",
)
@seed_option
@threads_option
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Save the figure and the weekly causes (CSV) there; made if needed.",
)
@json_option
def causes(name: str, settings: tuple[str, ...], weeks: int | None, **asked: Any) -> None:
    """Say what moved a series in some weeks, and what stands behind that.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file, perhaps with :rescue or
    :without. A few futures are lived again with every formula taken apart: the causes of a series
    sum to its recorded change in every week. The way upstream follows the largest cause until it
    comes to a decision, a given of the model, or back to where it has been.
    """
    scenario = scenarios.find(name, settings, weeks)
    found = _found(scenario, asked)
    for term in asked["upstream"]:
        found.upstream(term)  # complains of unknown names before anything is printed
    files = [] if asked["out"] is None else _save(found, asked["out"])
    line = _line(name, settings, weeks, asked)
    if asked["as_json"]:
        behind = {term: [c.as_dict() for c in found.upstream(term)] for term in asked["upstream"]}
        answer = {"version": cxsim.__version__, **found.as_dict(), "upstream": behind}
        print_json({**answer, "files": files, "command": line})
        return
    click.echo(f"{scenario.title}\n\n{found.table()}")
    for term in asked["upstream"]:
        click.echo(_behind(found, term))
    print_files(files)
    click.echo(f"\nThe same numbers again: {line}")


def _found(scenario: Scenario, asked: dict[str, Any]) -> Causes:
    """Return the answer; Ctrl-C stops between two futures."""
    from cxsim.explain.causes.strips import causes as causes_of
    from cxsim.explain.causes.strips import check_question

    quiet = asked["as_json"]
    question = (asked["series"], asked["first"], asked["last"], asked["function"])
    check_question(scenario, *question)
    return ask(
        scenario.name,
        quiet,
        lambda progress, cancelled: causes_of(
            scenario,
            *question,
            replicates=asked["replicates"],
            seed=asked["seed"],
            threads=asked["threads"],
            progress=progress,
            cancelled=cancelled,
        ),
    )


def _behind(found: Causes, term: str) -> str:
    """Return what is behind a cause: its sources, and the causes of those that have some."""
    title = found.node.term(term).title
    lines = [f"\nBehind '{title}':"]
    lines += [f"  {words}" for words in found.source_lines(term)]
    others = [each for each in found.upstream(term) if each.node is not found.node]
    lines += [f"\n{each.table()}" for each in others]
    return "\n".join(lines)


def _save(found: Causes, folder: Path) -> list[Path]:
    """Write the figure and the weekly causes; return the files."""
    from cxsim import figures

    where = f"_{found.function}" if found.function else ""
    stem = folder / f"causes_{found.node.name}{where}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CxsimError(f"{folder}: cannot be made: {error.strerror}") from None
    written = figures.save_figure(found.figure(), stem)
    return [*written, found.save_weekly(stem.with_suffix(".csv"))]


def _line(name: str, settings: tuple[str, ...], weeks: int | None, asked: dict[str, Any]) -> str:
    """Return the line that gives the same numbers again."""
    given: dict[str, tuple[str, ...]] = {"--series": (asked["series"],)}
    for option, key in (("--from", "first"), ("--to", "last"), ("--function", "function")):
        given[option] = () if asked[key] is None else (str(asked[key]),)
    given |= {"--upstream": asked["upstream"], "--set": settings}
    shared = Options(weeks, asked["replicates"], asked["seed"], None, None, asked["as_json"])
    return command_line("causes", (name,), given, shared)
