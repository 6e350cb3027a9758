"""Running scenarios from the command line: shared options, progress, a clean stop."""

from __future__ import annotations

import functools
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import cxsim
from cxsim import compile_cache
from cxsim.scenario import Scenario
from cxsim.timeline import LONGEST
from cxsim.values import LARGEST_SEED, MOST_REPLICATES

if TYPE_CHECKING:
    from cxsim.results import Ensemble

COMPILING = "Compiling the model for this machine (once, about {} s) ..."
COMPILE_SECONDS = 20

weeks_option = click.option("--weeks", type=click.IntRange(1, LONGEST), help="Another horizon.")
seed_option = click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    default=1,
    show_default=True,
    help="Of the random numbers; the same seed gives the same numbers on every machine.",
)
threads_option = click.option(
    "--threads",
    type=click.IntRange(1, 4096),
    help="Cores to use; changes no number.  [default: all]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
_OPTIONS = (
    weeks_option,
    click.option(
        "--replicates",
        type=click.IntRange(1, MOST_REPLICATES),
        default=100,
        show_default=True,
        help="Futures to simulate.",
    ),
    seed_option,
    threads_option,
    click.option(
        "--out",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="FOLDER",
        help="Save data and figure there; made if needed.",
    ),
    json_option,
)


@dataclass(frozen=True)
class Options:
    """What every simulating command can be told."""

    weeks: int | None
    replicates: int
    seed: int
    threads: int | None
    out: Path | None
    as_json: bool


settings_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="A lever, fact or coefficient, or a headline slider (leadership, change, wins); "
    "repeatable.",
)


_SIDES = (
    click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        help="A lever, fact, coefficient or headline slider (leadership, change, wins) on both "
        "sides; repeatable. a.NAME=VALUE is the same as --set-a NAME=VALUE.",
    ),
    click.option("--set-a", multiple=True, metavar="NAME=VALUE", help="The same for A only."),
    click.option("--set-b", multiple=True, metavar="NAME=VALUE", help="The same for B only."),
)


def side_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command about two scenarios the options that set something on one or both sides."""
    for option in reversed(_SIDES):
        command = option(command)
    return command


def simulation_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the shared options; it gets them as its first argument."""

    @functools.wraps(command)
    def collected(**given: Any) -> None:
        shared = {field.name: given.pop(field.name) for field in fields(Options)}
        command(Options(**shared), **given)

    for option in reversed(_OPTIONS):
        collected = option(collected)
    return collected


def simulated(scenario: Scenario, options: Options) -> Ensemble:
    """Return the ensemble of a scenario; Ctrl-C stops between two replicates.

    Nothing is printed on the way to JSON, and a progress bar appears on a terminal only.
    """
    return ask(
        scenario.name,
        options.as_json,
        lambda progress, cancelled: cxsim.simulate(
            scenario,
            options.replicates,
            options.seed,
            options.threads,
            progress=progress,
            cancelled=cancelled,
        ),
    )


def ask[Answer](
    name: str,
    quiet: bool,
    question: Callable[[Callable[[int, int], None] | None, Callable[[], bool]], Answer | None],
) -> Answer:
    """Return the answer to a question that takes many runs; Ctrl-C stops it.

    Parameters
    ----------
    name : str
        What the progress bar says.
    quiet : bool
        Print nothing on the way.
    question : callable
        (progress, cancelled) -> answer, or None when it was cancelled.
    """
    if not compile_cache.is_warm():
        compile_first(quiet)
    with stop_on_interrupt() as stopped, progress_bar(name, quiet) as progress:
        answer = question(progress, stopped.is_set)
    if answer is None:
        raise KeyboardInterrupt
    return answer


def command_line(
    command: str, arguments: Sequence[str], settings: Mapping[str, Sequence[str]], options: Options
) -> str:
    """Return the line that gives the same numbers again, as a shell reads it."""
    words = ["cxsim", command, *arguments]
    words += [part for option, texts in settings.items() for t in texts for part in (option, t)]
    words += [] if options.weeks is None else ["--weeks", str(options.weeks)]
    return shlex.join(
        [*words, "--replicates", str(options.replicates), "--seed", str(options.seed)]
    )


def compile_first(quiet: bool) -> None:
    """Run a tiny company, which compiles the model, and say that this takes a while."""
    tiny = Scenario(
        "tiny", "Tiny", organisation={"employees": 12}, market={"customers": 20}, weeks=2
    )
    done = threading.Event()
    teller = threading.Thread(target=_tell_time, args=(done,), daemon=True)
    if not quiet:
        click.echo(COMPILING.format(COMPILE_SECONDS), err=True, nl=not sys.stderr.isatty())
        if sys.stderr.isatty():
            teller.start()
    try:
        cxsim.simulate(tiny, replicates=1, baseline=False)
    finally:
        done.set()
        if teller.is_alive():
            teller.join()


def _tell_time(done: threading.Event) -> None:
    """Keep the seconds gone up to date on the terminal, and clear the line at the end."""
    start = time.monotonic()
    while not done.wait(1.0):
        left = COMPILE_SECONDS - (time.monotonic() - start)
        rest = f"{left:.0f} s left" if left >= 1.0 else "a little longer"
        click.echo(f"\r{COMPILING.format(COMPILE_SECONDS)} {rest}  ", err=True, nl=False)
    click.echo("\r\033[K", err=True, nl=False)


@contextmanager
def stop_on_interrupt() -> Iterator[threading.Event]:
    """Let the first Ctrl-C set an event and a second one interrupt at once."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # signals do not come here
        yield stopped
        return

    def stop(*_: object) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def progress_bar(name: str, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Return a function that moves a bar; it shows after two seconds, on a terminal only."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from tqdm import tqdm

    bar = tqdm(desc=name, unit="run", delay=2, leave=False, mininterval=0.2, file=sys.stderr)

    def move(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    with bar:
        yield move
