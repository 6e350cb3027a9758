"""``cxsim app``: the browser app."""

from __future__ import annotations

import click

from cxsim.cli.output import examples


@click.command(epilog=examples("cxsim app", "cxsim app --port 8800 --no-browser"))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, help="Port to take.  [default: the first free one from 8765]")
@click.option(
    "--allow-host",
    "allow_hosts",
    multiple=True,
    metavar="NAME",
    help="Further name under which the app may be reached; repeatable.",
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
def app(host: str, port: int | None, allow_hosts: tuple[str, ...], no_browser: bool) -> None:
    """Open the browser app; Ctrl-C stops it.

    It can be reached from this computer only, unless --host and --allow-host say otherwise.
    """
    from cxsim.app import serve

    serve.main(host=host, port=port, allow_hosts=allow_hosts, open_browser=not no_browser)
