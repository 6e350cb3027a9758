"""``cxsim study``: many runs by a design, kept in a folder that can be gone on with."""

from __future__ import annotations

import functools
import shlex
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cxsim import compile_cache
from cxsim.cli.failures import STOPPED
from cxsim.cli.output import examples, print_files, print_json, table
from cxsim.cli.simulation import compile_first, stop_on_interrupt
from cxsim.cli.study_answers import show
from cxsim.cli.study_plan import plan
from cxsim.cli.study_progress import AUTO, JSON, MODES, NONE, print_line, telling
from cxsim.errors import CxsimError

if TYPE_CHECKING:
    from cxsim.study.batch import Progress, Study
    from cxsim.study.design import Design

MIB = 2**20

folder_argument = click.argument("folder", type=click.Path(path_type=Path))


@click.group(
    short_help="Run many variants by a design, and see what matters.",
    epilog=examples(
        "cxsim study list",
        "cxsim study plan tipping",
        "cxsim study run tipping",
        "cxsim study show tipping_study",
    ),
)
def study() -> None:
    """Run many variants of a company by a design, and see what matters.

    A design says what varies, where to look, how often, and what to keep: a bundled one (see cxsim
    study list) or a .toml file. What is finished is kept at once; a study that was stopped, killed
    or grown goes on without running anything twice.
    """


@study.command("list", epilog=examples("cxsim study list"))
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def list_designs(as_json: bool) -> None:
    """List the bundled designs."""
    from cxsim.study.design import bundled_designs, load_design

    designs = [load_design(name) for name in bundled_designs()]
    runs = [len(design) * design.most_replicates for design in designs]
    if as_json:
        names = ("name", "title", "method")
        told = [{name: getattr(design, name) for name in names} for design in designs]
        print_json([{**one, "runs": number} for one, number in zip(told, runs, strict=True)])
        return
    rows = [
        (design.name, design.method, f"{number:,}", design.title)
        for design, number in zip(designs, runs, strict=True)
    ]
    click.echo(table([("NAME", "METHOD", "RUNS", "TITLE"), *rows], rights=(2,)))


# --- running -----------------------------------------------------------------------------------


def _shard(_: click.Context, __: click.Parameter, text: str | None) -> tuple[int, int] | None:
    """Read ``2/5``."""
    if text is None:
        return None
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise click.BadParameter(f"'{text}' where 2/5 is wanted: the second of five shares")
    return int(number), int(of)


_OPTIONS = (
    click.option(
        "--threads",
        type=click.IntRange(1, 4096),
        help="Cores to use; changes no number.  [default: all]",
    ),
    click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Let the workers of a Dask scheduler do the runs, such as tcp://10.0.0.5:8786.",
    ),
    click.option(
        "--shard",
        metavar="I/N",
        callback=_shard,
        help="Run the I-th of N shares only, such as 2/5; see cxsim study merge.",
    ),
    click.option("--retry-failed", is_flag=True, help="Run those again that failed before."),
    click.option(
        "--progress",
        type=click.Choice(MODES),
        default=AUTO,
        show_default=True,
        help="How to tell how far it is; auto is a bar on a terminal and lines elsewhere.",
    ),
)


def running_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of running; it gets them as one dictionary."""

    @functools.wraps(command)
    def collected(**given: Any) -> None:
        names = ("threads", "cluster", "shard", "retry_failed", "progress")
        options = {name: given.pop(name) for name in names}
        command(options=options, **given)

    for option in reversed(_OPTIONS):
        collected = option(collected)
    return collected


@study.command(
    epilog=examples(
        "cxsim study run quick",
        "cxsim study run my_design.toml --out results --threads 8",
        "cxsim study run tipping --shard 2/5 --out share_2",
    )
)
@click.argument("design")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where to keep it; made if needed.  [default: the design's name and _study]",
)
@running_options
def run(design: str, out: Path | None, options: dict[str, Any]) -> None:
    """Run a design, or go on with it, into a folder.

    DESIGN is a bundled design (see cxsim study list) or the path of a .toml file. A design that has
    grown finds its finished runs again when it is given the same folder.
    """
    from cxsim.study.design import load_design

    found = load_design(design)
    folder = Path(f"{found.name}_study") if out is None else out
    _refuse_other(found, folder)
    _run(found, folder, options)


def _refuse_other(design: Design, folder: Path) -> None:
    """Refuse to mix two studies in one folder."""
    from cxsim.study.batch.store import MANIFEST, read_manifest

    if not (folder / MANIFEST).is_file():
        return
    other = read_manifest(folder).get("name")
    if other != design.name:
        raise CxsimError(f"{folder}: holds the study '{other}'; choose another folder with --out")


@study.command(epilog=examples("cxsim study resume tipping_study"))
@folder_argument
@running_options
def resume(folder: Path, options: dict[str, Any]) -> None:
    """Go on with a study that was stopped.

    It may also have been killed, or the machine switched off; nothing finished is run again.
    """
    from cxsim.study.batch import open_study

    _run(open_study(folder).design, folder, options)


def _run(design: Design, folder: Path, options: dict[str, Any]) -> None:
    """Run what is lacking, tell how far it is, and say at the end what to do next."""
    from cxsim.study.batch import run_study

    mode = options["progress"]
    if options["cluster"] is None and not compile_cache.is_warm():
        compile_first(quiet=mode in (JSON, NONE))
    last: list[Progress] = []
    begun = time.monotonic()
    with stop_on_interrupt() as stopped, telling(mode, design.name) as tell:

        def heard(now: Progress) -> None:
            last[:] = [now]
            tell(now)

        settings = {key: value for key, value in options.items() if key != "progress"}
        found = run_study(design, folder, progress=heard, cancelled=stopped.is_set, **settings)
    _say_end(found, last[0], options, time.monotonic() - begun)
    if last[0].done < last[0].total:
        click.get_current_context().exit(STOPPED)


def _say_end(found: Study, last: Progress, options: dict[str, Any], seconds: float) -> None:
    complete = last.done >= last.total
    if options["progress"] == JSON:
        counts = {"done": last.done, "total": last.total, "failed": last.failed}
        print_line({"complete": complete, "folder": str(found.folder), **counts})
        return
    folder = shlex.quote(str(found.folder))
    if not complete:
        click.echo(
            f"\nStopped: {last.done:,} of {last.total:,} runs are done and kept in "
            f"{found.folder}.\nTo go on: {_resume_line(folder, options)}",
            err=True,
        )
        return
    from cxsim.study.batch.progress import clock

    what = "This share is done:" if options["shard"] is not None else "Complete:"
    click.echo(f"{what} {last.total:,} runs in {found.folder}, {clock(seconds)}.")
    if last.failed:
        click.echo(
            f"{last.failed:,} of them failed; cxsim study show {folder} tells why, and "
            f"cxsim study resume {folder} --retry-failed runs them again."
        )
    if options["shard"] is not None:
        click.echo(f"Put the shares together: cxsim study merge {folder} ... --into FOLDER")
    else:
        click.echo(f"What it says: cxsim study show {folder}")


def _resume_line(folder: str, options: dict[str, Any]) -> str:
    words = ["cxsim study resume", folder]
    if options["shard"] is not None:
        words.append("--shard {}/{}".format(*options["shard"]))
    for name in ("threads", "cluster"):
        if options[name] is not None:
            words.append(f"--{name} {shlex.quote(str(options[name]))}")
    return " ".join(words)


# --- what is there -----------------------------------------------------------------------------


@study.command(epilog=examples("cxsim study status tipping_study"))
@folder_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
def status(folder: Path, as_json: bool) -> None:
    """Tell how far a study is, also while it runs."""
    from cxsim.study.batch import open_study

    found = open_study(folder)
    now = found.status()
    complete = now.done >= now.runs
    if as_json:
        names = ("points", "runs", "most", "done", "failed", "bytes", "other")
        told = {name: getattr(now, name) for name in names}
        design = found.design
        states = {"complete": complete, "running": found.running}
        print_json({"name": design.name, "title": design.title, **states, **told})
        return
    share = 100.0 * now.done / now.runs if now.runs else 100.0
    rows: list[tuple[str, ...]] = [
        ("Points", f"{now.points:,}"),
        ("Runs", f"{now.done:,} of {now.runs:,} ({share:.0f} %)"),
        ("Failed", f"{now.failed:,}"),
        ("On disk", f"{now.bytes / MIB:,.1f} MiB"),
    ]
    if now.most > now.runs:
        rows.insert(2, ("At most", f"{now.most:,}, until the interval is narrow enough"))
    if now.other:
        rows.append(("Others", f"{now.other:,} runs of an earlier design or version"))
    click.echo(f"{found.design.title}\n\n{table(rows)}")
    if found.running:
        click.echo("\nIt is running.")
    elif not complete:
        click.echo(f"\nTo go on: cxsim study resume {shlex.quote(str(folder))}")


@study.command(
    epilog=examples(
        "cxsim study export tipping_study --to results",
        "cxsim study export tipping_study --to results --format csv",
    )
)
@folder_argument
@click.option(
    "--to",
    "target",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Where to write; made if needed.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(("parquet", "csv")),
    multiple=True,
    default=("parquet",),
    show_default=True,
    help="Of the tables; repeatable.",
)
def export(folder: Path, target: Path, formats: Sequence[str]) -> None:
    """Write a study as plain tables: runs, points and weekly series.

    The same study gives the same bytes, in however many goes and wherever it was run.
    """
    from cxsim.study.batch import open_study

    print_files(open_study(folder).export(target, tuple(dict.fromkeys(formats))))


@study.command(epilog=examples("cxsim study merge share_1 share_2 share_3 --into tipping_study"))
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="Where to put them together; made if needed.",
)
def merge(folders: tuple[Path, ...], into: Path) -> None:
    """Put the shares of one study together.

    They were run apart, on several machines perhaps, and stay as they are.
    """
    from cxsim.study.batch import merge as merged

    now = merged(folders, into).status()
    click.echo(f"{into}: {now.done:,} of {now.runs:,} runs are there.")
    folder = shlex.quote(str(into))
    click.echo(
        f"What it says: cxsim study show {folder}"
        if now.done >= now.runs
        else f"To go on: cxsim study resume {folder}"
    )


study.add_command(plan)
study.add_command(show)
