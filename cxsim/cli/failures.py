"""What goes wrong, told in a line or two, and the exit code that says so to a script."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import tempfile
import traceback
from typing import Any

import click

from cxsim.errors import CxsimError

PROBLEM, BAD_INPUT, UNEXPECTED, STOPPED, NOBODY_READS = 1, 2, 70, 130, 141

EXIT_CODES = """\b
Exit codes:
  0    done
  1    doctor, check or reproduce found something wrong, or calibrate cannot reach the figures
  2    the input cannot be used; the message says what, where and what to do
  70   an error of cxsim itself; the message says where its details are
  130  stopped with Ctrl-C
"""


class BadInput(click.ClickException):
    """A message that is complete as it is."""

    exit_code = BAD_INPUT

    def show(self, file: Any = None) -> None:
        """Print the message on standard error, without decoration."""
        click.echo(self.message, file=file, err=True)


class CarefulGroup(click.Group):
    """A group of commands that never shows a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn whatever it raises into a message and an exit code."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # a reader who has left is noticed here, not at exit
            return result
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except CxsimError as error:
            raise BadInput(str(error)) from None
        except KeyboardInterrupt:
            click.echo("\nstopped", err=True)
            ctx.exit(STOPPED)
        except OSError as error:
            if error.errno != errno.EPIPE:
                _report(error)
                ctx.exit(UNEXPECTED)
            _write_into_the_void()
            ctx.exit(NOBODY_READS)
        except Exception as error:
            _report(error)
            ctx.exit(UNEXPECTED)


def _report(error: Exception) -> None:
    """Say in a line what happened and where the details are."""
    details = "".join(traceback.format_exception(error))
    what = f"cxsim met an error of its own ({type(error).__name__})."
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="cxsim-error-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(f"{' '.join(sys.argv)}\n\n{details}")
        click.echo(f"{what} Please report it with the text in {file.name}", err=True)
    except OSError:
        click.echo(f"{what} Please report it with this text:\n{details}", err=True)


def _write_into_the_void() -> None:
    """Give what is still unwritten somewhere to go, so that the exit is silent."""
    with contextlib.suppress(OSError, ValueError):
        void = os.open(os.devnull, os.O_WRONLY)
        os.dup2(void, sys.stdout.fileno())
