"""``cxsim diagnose``: what went wrong, and what would have cured it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import cxsim
from cxsim.cli import scenarios, signs_and_panel
from cxsim.cli.output import examples, print_files, print_json
from cxsim.cli.simulation import (
    Options,
    ask,
    command_line,
    settings_option,
    simulated,
    simulation_options,
)
from cxsim.errors import CxsimError
from cxsim.scenario_file import bundled
from cxsim.timeline import LONGEST

if TYPE_CHECKING:
    from cxsim.explain.diagnosing import Diagnosis
    from cxsim.results import Ensemble
    from cxsim.scenario import Scenario


@click.command(
    short_help="Tell what went wrong, and what would have cured it.",
    epilog=examples(
        "cxsim diagnose fm06_survey_lady",
        "cxsim diagnose typical --week 26 --signs",
        "cxsim diagnose a_folder_saved_by_cxsim_run",
        "cxsim diagnose our_weekly_numbers.csv",
    ),
)
@click.argument("name")
@settings_option
@click.option(
    "--week",
    type=click.IntRange(0, LONGEST - 1),
    help="In which the cures are tried.  [default: when a third of the weeks is over]",
)
@click.option("--signs", is_flag=True, help="Also which failure modes show all their signs.")
@click.option("--panel", is_flag=True, help="Also the numbers that tell failure modes apart.")
@simulation_options
def diagnose(
    options: Options,
    name: str,
    settings: tuple[str, ...],
    week: int | None,
    signs: bool,
    panel: bool,
) -> None:
    """Tell which of the known ways to fail a company suffers from, and what would have cured it.

    First it reads only what a company can see of itself: awareness, practice, pain points, the
    survey, customers, spending, and what executives say and do. Then it lives the same run again
    with the cure of each likely failure, under the same luck.

    NAME is a bundled scenario (see cxsim list) or the path of a .toml file, perhaps with :rescue or
    :without; or a folder saved by cxsim run --out; or a CSV file of a company's own weekly numbers,
    for which no cure can be tried. With --out the candidates and what every future is named are
    saved.
    """
    numbers = _numbers_path(name)
    if numbers is not None:
        _refuse(name, {"--set": settings, "--signs": signs, "--panel": panel}, options)
        found = _found(numbers, name, week, options)
        ensemble = None
    else:
        scenario = scenarios.find(name, settings, options.weeks)
        ensemble = simulated(scenario, options) if signs or panel else None
        found = _found(ensemble or scenario, scenario.name, week, options)
    more = {} if ensemble is None else signs_and_panel.as_dict(ensemble, signs, panel)
    files = [] if options.out is None else _save(found, ensemble if panel else None, options.out)
    flags = [word for word, given in (("--signs", signs), ("--panel", panel)) if given]
    weeks = [] if week is None else [str(week)]
    line = (
        command_line("diagnose", (name, *flags), {"--set": settings, "--week": weeks}, options)
        if numbers is None
        else _line_of_numbers(name, weeks if found.trial else [])
    )
    if options.as_json:
        answer = {"version": cxsim.__version__, **found.as_dict(), **more}
        print_json({**answer, "files": files, "command": line})
        return
    title = name if found.scenario is None else found.scenario.title
    click.echo(f"{title}\n{found.table()}")
    if ensemble is not None:
        click.echo(signs_and_panel.text(ensemble, signs, panel))
    print_files(files)
    click.echo(f"\nThe same numbers again: {line}")


def _line_of_numbers(name: str, weeks: list[str]) -> str:
    """Return the line that gives the same again; a saved run brings its own futures and seed."""
    return shlex.join(["cxsim", "diagnose", name, *(f"--week={week}" for week in weeks)])


def _numbers_path(name: str) -> Path | None:
    """Return the folder or the file of numbers that an argument stands for; None for a scenario."""
    path = Path(name)
    if name.lower().endswith(".csv"):
        return path
    return path if path.is_dir() and name not in bundled() else None


def _refuse(name: str, given: dict[str, Any], options: Options) -> None:
    given = {**given, "--weeks": options.weeks}
    for option, value in given.items():
        if value:
            raise CxsimError(f"{option}: belongs to a scenario, and {name} is none; leave it out")


def _found(
    run: Scenario | Ensemble | Path, name: str, week: int | None, options: Options
) -> Diagnosis:
    from cxsim.explain import diagnosing

    return ask(
        name,
        options.as_json,
        lambda progress, cancelled: diagnosing.diagnose(
            run,
            options.replicates,
            options.seed,
            week,
            options.threads,
            progress,
            cancelled,
        ),
    )


def _save(found: Diagnosis, panel_of: Ensemble | None, folder: Path) -> list[Path]:
    from cxsim.figures import save_figure
    from cxsim.figures.diagnosis import diagnosis_figure
    from cxsim.results import write_text

    frames = {"candidates.csv": found.frame(), "futures.csv": found.futures_frame()}
    if panel_of is not None:
        frames["panel.csv"] = signs_and_panel.panel_of(panel_of)
    files = [
        write_text(folder / name, frame.to_csv(lineterminator="\n"))
        for name, frame in frames.items()
    ]
    if not found.candidates:
        return files
    return [*files, *save_figure(diagnosis_figure(found.as_dict()), folder / "diagnosis")]
