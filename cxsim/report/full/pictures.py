"""The drawings of the full report, one for each question that has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from cxsim.figures.momentum import momentum_figure
from cxsim.figures.money import money_figure
from cxsim.figures.rescue import rescue_figure
from cxsim.figures.waterfall import waterfall_figure
from cxsim.report.drawing import as_element
from cxsim.report.sections import words

if TYPE_CHECKING:
    from cxsim.report.full.inquiry import Side

LONGEST_LABEL = 300


def _why(side: Side) -> Figure:
    answer = side.why.as_dict()
    return waterfall_figure(answer["outcomes"][answer["outcome"]], answer["method_text"])


def _lasting(side: Side) -> Figure | None:
    answer = side.momentum.as_dict()
    return momentum_figure(answer) if answer["tests"] else None


def _rescue(side: Side) -> Figure | None:
    if side.rescue is None or side.rescue.deadline is None:
        return None
    return rescue_figure(side.rescue)


_FIGURES: dict[str, Callable[[Side], Figure | None]] = {
    "why": _why,
    "momentum": _lasting,
    "rescue": _rescue,
    "money": lambda side: money_figure(side.money),
}


def drawing(question: str, side: Side, sentence: str) -> str:
    """Return the drawing that belongs to an answer as HTML, nothing where there is none.

    Parameters
    ----------
    question : str
        As in the report's data.
    sentence : str
        What the drawing shows, for who cannot see it.
    """
    draw = _FIGURES.get(question)
    figure = draw(side) if draw is not None else None
    if figure is None:
        return ""
    figure.suptitle("")  # the page has said it already
    return f'<figure class="drawing">{as_element(figure, words(sentence, LONGEST_LABEL))}</figure>'
