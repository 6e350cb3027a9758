"""What the results rest on, for the Model page: sentences, a figure in the page's colours, rows."""

from __future__ import annotations

import functools
import math
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxsim import figures, parameters
from cxsim.study.sensitivity import (
    ASSUMED,
    CALIBRATED,
    REMEMBERED,
    SOURCED,
    WIDTHS,
    Answer,
    Findings,
    kept,
)
from cxsim.study.sensitivity_figure import COLOUR_OF, WORDS, sensitivity_figure

# Colours of the figure -> colours of the page, so that it can be read in light and in dark.
PAINT = {
    figures.INK: "--cx-ink",
    figures.FAINT: "--cx-ink-soft",
    figures.GRID: "--cx-grid",
    COLOUR_OF[ASSUMED]: "--cx-b",
    COLOUR_OF[CALIBRATED]: "--cx-a",
    COLOUR_OF[REMEMBERED]: "--cx-d",
    COLOUR_OF[SOURCED]: "--cx-ink",
}
PAPER = "#ffffff"  # of the figure; the page has its own
WHAT_VARIES = {
    ASSUMED: "our own numbers",
    CALIBRATED: "numbers fitted to published patterns",
    REMEMBERED: "numbers from general knowledge",
    SOURCED: "numbers seen in a source",
}
MENTIONED = 3  # numbers named in a sentence
_HEX = re.compile(r"#[0-9a-fA-F]{6}\b")
_BACKGROUND = re.compile(r'<g id="patch_1">.*?</g>', re.DOTALL)
_SIZE = re.compile(r'(<svg\b[^>]*?) width="([\d.]+)pt" height="[\d.]+pt"', re.DOTALL)


@dataclass(frozen=True)
class View:
    """Everything that the page shows of the findings.

    Attributes
    ----------
    answers : list of dict
        One an outcome: sentences, bars and rows.
    svg : str
        The figure.
    spoken : str
        What the figure shows, in words.
    made : str
        How the findings were made.
    """

    answers: list[dict[str, Any]]
    svg: str
    spoken: str
    made: str


@functools.cache
def view() -> View:
    """Return the findings that come with cxsim, ready to show; takes a second the first time."""
    findings = kept()
    answers = [_answer(findings, answer) for answer in findings.answers.values()]
    return View(answers, figure(findings), spoken(findings), made(findings))


def figure(findings: Findings) -> str:
    """Return the figure as SVG whose colours are variables of the page."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "sensitivity"
        (path,) = figures.save_figure(sensitivity_figure(findings), base, "svg")
        text = path.read_text(encoding="utf-8")
    text = _BACKGROUND.sub("", text[text.index("<svg") :], count=1)
    text = _SIZE.sub(r'\1 width="100%" aria-hidden="true"', text, count=1)
    return _HEX.sub(lambda found: _paint(found[0].lower()), text)


def _paint(colour: str) -> str:
    if colour == PAPER:
        return "none"
    return f"var({PAINT[colour]})" if colour in PAINT else colour


def spoken(findings: Findings) -> str:
    """Return what the figure shows, for those who do not see it."""
    parts = [
        f"{answer.label}: moved most by {_largest(answer)}" for answer in findings.answers.values()
    ]
    return "What the results rest on. " + "; ".join(parts) + ". The table below has all numbers."


def made(findings: Findings) -> str:
    """Return how the findings were made."""
    how = findings.made
    widths = ", ".join(
        f"{WHAT_VARIES[group]} by {100 * width:g} %" for group, width in WIDTHS.items()
    )
    return (
        f"{len(findings.factors)} numbers were varied around their defaults ({widths}), in "
        f"{how['points']:,} companies of {how['employees']:,} employees and {how['customers']:,} "
        f"customers, {how['replicates']} futures each; cxsim {how['cxsim']}, seed {how['seed']}. "
        f"Levers were not varied: they are decisions."
    )


def _answer(findings: Findings, answer: Answer) -> dict[str, Any]:
    return {
        "name": answer.name,
        "label": answer.label,
        "assumed": round(100 * answer.assumed),
        "sentences": sentences(answer),
        "largest": [
            {
                "name": name,
                "title": _title(name),
                "meaning": parameters.registry().find(name).meaning,
            }
            for name in (effect.name for effect in answer.effects[:MENTIONED])
        ],
        "groups": _groups(answer),
        "rows": _rows(findings, answer),
    }


def _groups(answer: Answer) -> list[dict[str, Any]]:
    """What part of the variance rests on what: the least for assumptions, the most for the rest."""
    shares = {group.name: group.total for group in answer.groups} | {ASSUMED: answer.assumed}
    return [
        {
            "name": name,
            "label": WORDS[name],
            "colour": PAINT[COLOUR_OF[name]],
            "share": round(100 * share, 1),
            "words": ("at least" if name == ASSUMED else "at most") + f" {_percent(share)}",
        }
        for name, share in sorted(shares.items(), key=lambda pair: -pair[1])
    ]


def sentences(answer: Answer) -> list[str]:
    """Return what was found about one outcome, in plain words."""
    low, middle, high = (_percent(value) for value in (answer.low, answer.middle, answer.high))
    return [
        f"With every number at its default it is {_percent(answer.at_defaults)}. When all of them "
        f"vary it lies between {low} and {high} in nine companies of ten, half of them below "
        f"{middle}.",
        f"At least {100 * answer.assumed:.0f} % of the variance of those companies would vanish if "
        f"every assumption were known for certain.",
        f"Luck alone, with all numbers fixed, spreads single futures by "
        f"{100 * answer.luck:.1f} points (standard deviation); the numbers spread companies by "
        f"{100 * answer.spread:.1f}.",
    ]


def _largest(answer: Answer) -> str:
    titles = [_title(effect.name).lower() for effect in answer.effects[:MENTIONED]]
    return ", ".join(titles[:-1]) + " and " + titles[-1]


def _rows(findings: Findings, answer: Answer) -> list[dict[str, Any]]:
    return [_row(row) for row in findings.table(answer.name).to_dict("records")]


def _row(row: dict[Any, Any]) -> dict[str, Any]:
    numbers = ("low", "default", "high", "size", "margin", "first", "total", "total_margin")
    plain = {key: _plain(row[key]) for key in numbers}
    return plain | {
        "name": row["factor"],
        "title": _title(row["factor"]),
        "rests": row["rests_on"],
        "grade": row["grade"],
        "direction": row["direction"].replace("-", "−"),
    }


def _plain(value: float) -> float | None:
    """The number to four digits; None where there is none, which JSON can tell."""
    return None if math.isnan(value) else float(f"{value:.4g}")


def _title(name: str) -> str:
    return parameters.registry().find(name).title


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"
