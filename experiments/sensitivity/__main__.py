"""``python -m experiments.sensitivity``: vary what nobody knows, and see what depends on it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

if not __package__:  # started as `python experiments/sensitivity`
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cxsim.errors import CxsimError
from cxsim.figures import save_figure
from cxsim.results import write_text
from cxsim.study.sensitivity import KEPT, Findings
from cxsim.study.sensitivity_figure import sensitivity_figure
from cxsim.study.sensitivity_runs import QUICK, Effort, halfway, investigate
from experiments.sensitivity.table import document, summary

HERE = Path(__file__).parent


@click.command()
@click.option("--quick", is_flag=True, help="Few points: shows that all works, says no more.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("sensitivity-results"),
    show_default=True,
    help="Folder for measured.md, sensitivity.json and the figure.",
)
@click.option("--keep", is_flag=True, help="Also replace what the source tree keeps.")
def main(quick: bool, out: Path, keep: bool) -> None:
    """Find which of the model's own numbers its results rest on."""
    if quick and keep:
        raise click.UsageError("--keep wants a whole run; leave --quick out")
    try:
        findings = investigate(halfway(), QUICK if quick else Effort(), Teller())
        click.echo(summary(findings))
        paths = write(findings, out)
        if keep:
            paths += _texts({KEPT: findings.to_json(), HERE / "measured.md": document(findings)})
            paths += save_figure(sensitivity_figure(findings), HERE / "sensitivity", "png")
    except CxsimError as error:
        raise click.ClickException(str(error)) from error
    for path in paths:
        click.echo(f"Written: {path}", err=True)


def write(findings: Findings, folder: Path) -> list[Path]:
    """Write tables, findings and figure; return the files."""
    texts = {"measured.md": document(findings), "sensitivity.json": findings.to_json()}
    paths = _texts({folder / name: text for name, text in texts.items()})
    return [*paths, *save_figure(sensitivity_figure(findings), folder / "sensitivity")]


def _texts(texts: dict[Path, str]) -> list[Path]:
    for path, text in texts.items():
        write_text(path, text)
    return list(texts)


class Teller:
    """Says how far each part is and how long it will take, at most every five seconds."""

    def __init__(self) -> None:
        self._part, self._begun, self._told = "", 0.0, 0.0

    def __call__(self, part: str, done: int, total: int) -> None:
        """Take note of the points done and of their total."""
        now = time.monotonic()
        if part != self._part:
            self._part, self._begun, self._told = part, now, now
        if done < total and now - self._told < 5.0:
            return
        self._told = now
        gone = now - self._begun
        left = f", about {gone / done * (total - done):.0f} s left" if done < total else ""
        click.echo(f"{part}: {done:,} of {total:,} points{left}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m experiments.sensitivity")
