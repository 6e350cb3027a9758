"""The page as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from cxsim.errors import CxsimError
from cxsim.explain.verdicts import LETTERS, verdicts
from cxsim.report.sections import LONGEST_TITLE, NOTES, SECTIONS, Content, reproduction, words
from cxsim.results import Ensemble

STYLE = Path(__file__).with_name("report.css")
# Whatever finds its way into the file, a browser runs no script and asks nobody for anything.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def report(
    ensembles: Sequence[Ensemble],
    *,
    link: str,
    command: str,
    version: str,
    made: date,
    changes: Sequence[Sequence[str]],
    assumptions: Sequence[str] = (),
    certainty: str = "",
    keys: Sequence[str] = LETTERS,
) -> str:
    """Return a comparison as one self-contained HTML page that prints on one sheet of A4.

    Parameters
    ----------
    ensembles : sequence of Ensemble
        One to four that met the same luck; the first is the reference.
    link, command : str
        Where the comparison opens in a browser, and the command line that gives its numbers;
        several commands stand on lines of their own.
    version : str
        Of cxsim.
    made : date
        Day of making.
    changes : sequence of sequence of str
        For each side, what differs from the scenario's file: "early wins 20 %".
    assumptions : sequence of str
        What differs from the defaults on all sides alike.
    certainty : str
        How much of the spread rests on assumptions, in a sentence or two.
    keys : sequence of str
        What to call the sides.

    Raises
    ------
    CxsimError
        No ensemble or too many, such as did not meet the same luck, or changes for another number
        of sides.
    """
    said = verdicts(ensembles, keys)
    if len(changes) != len(ensembles):
        raise CxsimError(f"changes: for {len(changes)} sides where {len(ensembles)} are compared")
    content = Content(
        ensembles=tuple(ensembles),
        verdicts=said,
        link=link,
        command=command,
        version=version,
        made=made,
        changes=tuple(changes),
        assumptions=assumptions,
        certainty=certainty,
    )
    body = "\n".join(section(content) for section in SECTIONS)
    notes = "\n".join(section(content) for section in NOTES)
    titles = ", ".join(side.title for side in said.sides)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{words(f'cxsim: {titles}', LONGEST_TITLE)}</title>"
        f"<style>{style()}</style></head>\n"
        f'<body><main>{body}\n<div class="notes">{notes}</div>\n{reproduction(content)}</main>'
        "</body></html>\n"
    )


@cache
def style() -> str:
    """Return the style sheet that all reports share."""
    return STYLE.read_text(encoding="utf-8")
