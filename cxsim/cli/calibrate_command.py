"""``cxsim calibrate``: from a company's own figures to what may be behind them."""

from __future__ import annotations

import shlex
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cxsim import compile_cache, headline
from cxsim.cli import scenarios
from cxsim.cli.failures import PROBLEM
from cxsim.cli.output import examples, print_files, print_json, table
from cxsim.cli.simulation import compile_first, progress_bar, settings_option, stop_on_interrupt
from cxsim.errors import CxsimError
from cxsim.scenario import parse_assignment
from cxsim.values import LARGEST_SEED, shown

if TYPE_CHECKING:
    from cxsim.study.company import Calibration

WIDTH = 100
USUAL, FEWEST, MOST = 4096, 500, 100_000


@click.command(
    short_help="Fit the model to a company's own figures.",
    epilog=examples(
        "cxsim calibrate firm.csv",
        "cxsim calibrate firm.csv --employees 800 --set resources=2 --out fit",
        "cxsim calibrate firm.csv --base orchestrated --start 2023-05 --json",
    ),
)
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--base",
    default="typical",
    show_default=True,
    metavar="NAME",
    help="Scenario that holds whatever is neither given nor learned.",
)
@click.option("--employees", type=int, metavar="N", help="Employees of the company.")
@click.option("--customers", type=int, metavar="N", help="Customers at the start.")
@settings_option
@click.option(
    "--start",
    metavar="TIME",
    help="When the programme began, such as 2023-05.  [default: the first row]",
)
@click.option(
    "--simulations",
    type=click.IntRange(FEWEST, MOST),
    default=USUAL,
    show_default=True,
    help="Companies to simulate; more give steadier intervals.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    default=1,
    show_default=True,
    help="Of the random numbers; the same seed gives the same numbers.",
)
@click.option("--threads", type=click.IntRange(1, 4096), help="Cores to use; changes no number.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Save scenario, draws, study design and figure there; made if needed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def calibrate(data: Path, out: Path | None, as_json: bool, **given: Any) -> None:
    """Fit the model to a company's own figures, and say what they cannot tell.

    DATA is a CSV file with a heading and one row for each month, week or quarter: any of churn,
    active customers, survey score (nps, csat), adoption, training, budget, programme staff. What
    is named with --set is known and is not fitted. The exit code is 1 when the model cannot reach
    the figures.
    """
    from cxsim.study.company import calibrate as fit

    known = _known(given)
    if not compile_cache.is_warm():
        compile_first(as_json)
    with stop_on_interrupt() as stopped, progress_bar(data.name, as_json) as progress:
        found = fit(
            data,
            scenarios.find(given["base"]),
            start=given["start"],
            simulations=given["simulations"],
            seed=given["seed"],
            threads=given["threads"],
            progress=progress,
            cancelled=stopped.is_set,
            **known,
        )
    if found is None:
        raise KeyboardInterrupt
    files = found.save(out) if out is not None and not found.out_of_reach else []
    line = _line(data, given)
    if as_json:
        print_json({**found.to_dict(), "files": files, "command": line})
    else:
        _print(found, files, line)
    if found.out_of_reach:
        click.get_current_context().exit(PROBLEM)


def _known(given: dict[str, Any]) -> dict[str, Any]:
    """Return what the user knows of the company, by name."""
    known: dict[str, Any] = {}
    for text in given["settings"]:
        name, _, written = (part.strip() for part in text.partition("="))
        if name not in headline.GROUPS:
            name, value = parse_assignment(text)
        else:
            value = _position(name, written)
        if name in known:
            raise CxsimError(f"{name}: is set twice; leave one out")
        known[name] = value
    for name in ("employees", "customers"):
        if given[name] is not None:
            known[name] = parse_assignment(f"{name}={given[name]}")[1]
    return known


def _position(name: str, written: str) -> float:
    try:
        return float(written)
    except ValueError:
        raise CxsimError(
            f"{name}: {shown(written)} where a position from 0 to 1 is wanted"
        ) from None


def _line(data: Path, given: dict[str, Any]) -> str:
    """Return the line that gives the same numbers again, as a shell reads it."""
    words = ["cxsim", "calibrate", str(data), "--base", given["base"]]
    for name in ("employees", "customers", "start"):
        words += [] if given[name] is None else [f"--{name}", str(given[name])]
    words += [part for text in given["settings"] for part in ("--set", text)]
    return shlex.join(
        [*words, "--simulations", str(given["simulations"]), "--seed", str(given["seed"])]
    )


def _print(found: Calibration, files: list[Path], line: str) -> None:
    click.echo(f"{found.data.label}: {found.data.values} figures\n")
    for note in found.notes:
        _say(note, "- ")
    click.echo()
    if not found.out_of_reach:
        click.echo(f"{_table(found)}\n")
    for sentence in found.sentences():
        _say(sentence)
    print_files(files)
    click.echo(f"\nThe same numbers again: {line}")


def _table(found: Calibration) -> str:
    rows: list[tuple[str, ...]] = [("", "median", "95 %", "beforehand", "the data")]
    words = {"told": "tell", "narrowed": "narrow it down", "open": "say nothing"}
    for answer in found.answers:
        unknown = answer.unknown
        text = unknown.text
        rows.append(
            (
                f"{unknown.title}, {unknown.unit}",
                text(answer.middle),
                f"{text(answer.low)} to {text(answer.high)}",
                f"{text(unknown.low)} to {text(unknown.high)}",
                words[answer.verdict],
            )
        )
    return table(rows, rights=(1,))


def _say(text: str, mark: str = "") -> None:
    """Print a sentence, its following lines under its first letter."""
    indent = " " * (len(mark) + len(text) - len(text.lstrip()))
    click.echo(textwrap.fill(text, WIDTH, initial_indent=mark, subsequent_indent=indent))
