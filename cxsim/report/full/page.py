"""The report as one self-contained file: no script that runs, no request to anybody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import cxsim
from cxsim.report.full.inquiry import Inquiry, inquire
from cxsim.report.full.request import Request, embedded
from cxsim.report.full.sections import SECTIONS, scenarios
from cxsim.report.page import POLICY, style
from cxsim.report.sections import LONGEST_TITLE, Content, headline, outcomes, pictures, words
from cxsim.scenario import Scenario

STYLE = Path(__file__).with_name("full.css")


def full_report(
    about: Sequence[Scenario],
    replicates: int = 100,
    futures: int = 12,
    seed: int = 1,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    made: date | None = None,
) -> str | None:
    """Answer every question about one to four scenarios on one self-contained HTML page.

    Outcomes and charts, why they differ, whether it lasts, what went wrong and what would save it,
    money, assumptions, provenance; `reproduce` makes all of its numbers again.

    Parameters
    ----------
    about : sequence of Scenario
        The first is the reference. All have the same horizon.
    replicates : int
        Futures behind outcomes and charts.
    futures : int
        Futures behind each further question, which takes many runs of each.
    seed, threads, progress, cancelled
        As in `cxsim.simulate`; None is returned when cancelled.
    made : date, optional
        Today by default.

    Raises
    ------
    CxsimError
        No scenario or more than four, different horizons, or a number out of range.
    """
    today = made or datetime.now(UTC).date()
    request = Request(tuple(about), replicates, futures, seed, today, cxsim.__version__)
    found = inquire(request, threads, progress, cancelled)
    return None if found is None else page_of(found)


def page_of(inquiry: Inquiry) -> str:
    """Return the page of answers; the same answers give the same page."""
    content = _content(inquiry)
    parts = [headline(content), outcomes(content), pictures(content), scenarios(inquiry)]
    parts += [section(inquiry) for section in SECTIONS]
    titles = ", ".join(side.ensemble.scenario.title for side in inquiry.sides)
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{words(f'cxsim: {titles}', LONGEST_TITLE)}</title>"
        f"<style>{style()}{_own_style()}</style></head>\n"
        f'<body class="full"><main>{body}</main>\n{embedded(inquiry.as_dict())}</body></html>\n'
    )


def _content(inquiry: Inquiry) -> Content:
    """Return what the sections that this report shares with the one-page report are made of."""
    request = inquiry.request
    return Content(
        ensembles=tuple(side.ensemble for side in inquiry.sides),
        verdicts=inquiry.verdicts,
        link="",
        command="",
        version=request.version,
        made=request.made,
        changes=tuple(() for _ in inquiry.sides),
        assumptions=(),
        certainty="",
    )


@cache
def _own_style() -> str:
    return STYLE.read_text(encoding="utf-8")
