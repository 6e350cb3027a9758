"""The command line: ``cxsim --help``. Thin: it asks the public functions and prints.

Heavy libraries are imported inside the commands that need them, so that help and listings answer
at once.
"""

from __future__ import annotations

import click

import cxsim
from cxsim.cli.browser import app
from cxsim.cli.calibrate_command import calibrate
from cxsim.cli.catalogue import list_scenarios, show
from cxsim.cli.causes_command import causes
from cxsim.cli.check_command import check
from cxsim.cli.checkup import doctor
from cxsim.cli.compare_command import compare
from cxsim.cli.cut_command import cut
from cxsim.cli.diagnose_command import diagnose
from cxsim.cli.explain_command import explain
from cxsim.cli.failures import EXIT_CODES, CarefulGroup
from cxsim.cli.loops_command import loops
from cxsim.cli.momentum_command import momentum
from cxsim.cli.money_command import money
from cxsim.cli.optimise_command import optimise
from cxsim.cli.output import examples
from cxsim.cli.report_command import report, reproduce
from cxsim.cli.rescue_command import rescue
from cxsim.cli.run_command import run
from cxsim.cli.study_command import study

__all__ = ["main"]

EXAMPLES = examples(
    "cxsim list",
    "cxsim run typical --set communication=0.9",
    "cxsim compare typical orchestrated",
    "cxsim explain typical orchestrated",
    "cxsim rescue typical --week 30",
    "cxsim study run tipping",
    "cxsim app",
)


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version, looked up only when asked for."""
    if wanted:
        click.echo(f"cxsim {cxsim.__version__}")
        context.exit()


@click.group(
    cls=CarefulGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXAMPLES + "\n\n" + EXIT_CODES,
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Simulate a customer experience programme, and see why it succeeds or fails."""


COMMANDS = (
    *(list_scenarios, show, run, compare, check),
    *(explain, causes, loops, cut, momentum, diagnose, rescue, money, report, reproduce),
    *(study, calibrate, optimise, app, doctor),
)
for command in COMMANDS:
    main.add_command(command)
