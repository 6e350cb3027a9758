"""``cxsim report`` and ``cxsim reproduce``: one page that answers everything, and its check."""

from __future__ import annotations

from pathlib import Path

import click

import cxsim
from cxsim.cli import scenarios
from cxsim.cli.failures import PROBLEM
from cxsim.cli.output import examples, print_json
from cxsim.cli.simulation import (
    ask,
    json_option,
    seed_option,
    settings_option,
    threads_option,
    weeks_option,
)
from cxsim.values import MOST_REPLICATES

FUTURES = 12  # behind each further question: enough for its sign, quick enough to wait for


@click.command(
    short_help="Write one page that answers everything about some scenarios.",
    epilog=examples(
        "cxsim report typical orchestrated",
        "cxsim report my_company.toml --set charter=0.8 --out board.html",
    ),
)
@click.argument("names", nargs=-1, required=True)
@settings_option
@weeks_option
@click.option(
    "--replicates",
    type=click.IntRange(2, MOST_REPLICATES),
    default=100,
    show_default=True,
    help="Futures behind outcomes and charts.",
)
@click.option(
    "--futures",
    type=click.IntRange(10, 10_000),
    default=FUTURES,
    show_default=True,
    help="Futures behind each further question (why, will it last, what would save it, money).",
)
@seed_option
@threads_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="File to write.",
)
def report(
    names: tuple[str, ...],
    settings: tuple[str, ...],
    weeks: int | None,
    replicates: int,
    futures: int,
    seed: int,
    threads: int | None,
    out: Path,
) -> None:
    """Write one self-contained HTML page about one to four scenarios.

    It says how they end and why, whether it lasts, what went wrong and what would save it, what it
    is worth, and what all that rests on. NAMES are bundled scenarios (see cxsim list) or paths of
    .toml files, perhaps with :rescue or :without; the first one is the reference. cxsim reproduce
    makes every number of the page again.
    """
    from cxsim.report.full import full_report
    from cxsim.results import write_text

    about = [scenarios.find(name, settings, weeks) for name in names]
    page = ask(
        "report",
        False,
        lambda progress, cancelled: full_report(
            about, replicates, futures, seed, threads, progress, cancelled
        ),
    )
    write_text(out, page)
    click.echo(f"Written: {out} (open it in any browser; it needs no network)")
    click.echo(f"\nIts numbers again: cxsim reproduce {out}")


@click.command(
    short_help="Make every number of a report again, and say whether any differs.",
    epilog=examples("cxsim reproduce report.html", "cxsim reproduce report.html --scenarios plans"),
)
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--scenarios",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Write the report's scenarios there as files, and calculate nothing.",
)
@threads_option
@json_option
def reproduce(path: Path, folder: Path | None, threads: int | None, as_json: bool) -> None:
    """Make every number of a report again, and say whether any differs.

    PATH is a page written by cxsim report. Its scenarios, seed and numbers of futures travel in
    it. The exit code is 1 when anything differs.
    """
    from cxsim.report.full import reproduce as make_again
    from cxsim.report.full import scenarios_of

    if folder is not None:
        for written in scenarios_of(path, folder):
            click.echo(f"Written: {written}")
        return
    found = ask(
        "report again",
        as_json,
        lambda progress, cancelled: make_again(path, threads, progress, cancelled),
    )
    if as_json:
        print_json({"version": cxsim.__version__, **found.as_dict()})
    else:
        click.echo(found.table())
    if not found.same:
        click.get_current_context().exit(PROBLEM)
