"""The drawings of the full report, one for each question that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from cxsim.explain.attribution import Attribution
from cxsim.explain.momentum import Momentum
from cxsim.explain.money import Money
from cxsim.explain.rescuing import Rescue
from cxsim.figures.momentum import momentum_figure
from cxsim.figures.money import money_figure
from cxsim.figures.rescue import rescue_figure
from cxsim.figures.waterfall import waterfall_figure
from cxsim.report.drawing import as_element
from cxsim.report.sections import words

if TYPE_CHECKING:
    from cxsim.report.full.inquiry import Side

LONGEST_LABEL = 300


def _figure(question: str, side: Side) -> Figure | None:
    """Return the figure of an answer, None where there is none."""
    match getattr(side, question):
        case Attribution() as why:
            answer = why.as_dict()
            return waterfall_figure(answer["outcomes"][answer["outcome"]], answer["method_text"])
        case Momentum() as lasting:
            answer = lasting.as_dict()
            return momentum_figure(answer) if answer["tests"] else None
        case Rescue(deadline=deadline) as saved if deadline is not None:
            return rescue_figure(saved)
        case Money() as worth:
            return money_figure(worth)
        case _:
            return None


def drawing(question: str, side: Side, sentence: str) -> str:
    """Return the drawing that belongs to an answer as HTML, nothing where there is none.

    Parameters
    ----------
    question : str
        As in the report's data: the name of the side's answer.
    sentence : str
        What the drawing shows, for who cannot see it.
    """
    figure = _figure(question, side)
    if figure is None:
        return ""
    figure.suptitle("")  # the page has said it already
    return f'<figure class="drawing">{as_element(figure, words(sentence, LONGEST_LABEL))}</figure>'
