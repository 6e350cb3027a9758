"""Figures as bytes, and the charts as part of a web page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from matplotlib.figure import Figure

from cxsim.figures import COLOURS, DASHES, comparison_figure, save_figure
from cxsim.results import Ensemble
from cxsim.series import SIX

# Inches: printed at seven tenths of that, so that words keep 8 points. The more scenarios, the
# taller the table above, and the less height is left.
WIDTH, HEIGHTS = 10.6, {1: 7.4, 2: 6.3, 3: 5.4, 4: 4.7}
_NOT_FOR_PAGES = re.compile(r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>", re.DOTALL)
_OWN_SIZE = re.compile(r' (?:width|height)="[\d.]+pt"')


def drawn(figure: Figure, form: str) -> bytes:
    """Return a figure as a file's content; `form` is "png" or "svg".

    Raises
    ------
    CxsimError
        Another form.
    """
    with TemporaryDirectory() as folder:
        (path,) = save_figure(figure, Path(folder) / "figure", [form])
        return path.read_bytes()


def charts(ensembles: Sequence[Ensemble], label: str) -> str:
    """Return the six charts as an SVG element without legend and notes: the page has them as text.

    Parameters
    ----------
    label : str
        What the picture shows, for who cannot see it; it has to be escaped already.
    """
    known = [name for name in SIX if all(name in one.series_names() for one in ensembles)]
    figure = comparison_figure(ensembles, known)
    for legend in figure.legends:
        legend.remove()
    figure.supxlabel("")
    figure.set_size_inches(WIDTH, HEIGHTS[len(ensembles)])
    return as_element(figure, label)


def as_element(figure: Figure, label: str) -> str:
    """Return a figure as an SVG element that takes the width of its place.

    Parameters
    ----------
    label : str
        What the picture shows, for who cannot see it; it has to be escaped already.
    """
    element = _NOT_FOR_PAGES.sub("", drawn(figure, "svg").decode()).strip()
    element = _OWN_SIZE.sub("", element, count=2)
    return element.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def line_sample(place: int) -> str:
    """Return a short piece of the line that stands for a side in the charts."""
    dash = DASHES[place]
    pattern = "" if dash == "solid" else f' stroke-dasharray="{_pattern(dash)}"'
    return (
        '<svg class="line" viewBox="0 0 34 6" aria-hidden="true"><path d="M0 3H34" '
        f'stroke="{COLOURS[place]}" stroke-width="3"{pattern}/></svg>'
    )


def _pattern(dash: tuple[float, Sequence[float]]) -> str:
    """Return Matplotlib's dashes, which are counted in widths of the line, as SVG has them."""
    return " ".join(f"{3 * part / 2:g}" for part in dash[1])
