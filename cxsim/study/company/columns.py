"""What a column is about, from its heading: the sort of figure, its unit, its scale."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxsim.errors import CxsimError
from cxsim.study.company.sheet import Sheet
from cxsim.values import shown

# In this order: the first one whose words are in the heading counts.
_WORDS = (
    ("time", r"date|day|time|month|period|week|quarter|year month|yearmonth"),
    ("lost", r"churned|lost|leavers|cancell?ations?|cancelled"),
    ("churn", r"churn|attrition|churnrate"),
    ("survey", r"nps|csat|survey|satisfaction|score"),
    ("trained", r"trained|training|trainings"),
    ("adoption", r"adoption|adopters?|practi[sc]ing|practi[sc]e|using"),
    ("staff", r"fte|ftes|team|programme staff|program staff"),
    ("budget", r"budget|spend|spending|spent|cost|costs"),
    ("customers", r"customers?|subscribers?|members|accounts|clients|users"),
)
_PATTERNS = [(kind, re.compile(rf"\b(?:{words})\b")) for kind, words in _WORDS]
_BASIS = (
    ("year", r"annual|annuali[sz]ed|yearly|per year|a year|year"),
    ("quarter", r"quarterly|per quarter|a quarter"),
    ("month", r"monthly|per month|a month"),
)
_NOT_RATES = "rate|share|percent|pct|ratio"
USABLE = "churn, customers, survey (or nps, csat), adoption, trained, budget, fte"


@dataclass(frozen=True)
class Column:
    """A column that is understood.

    Attributes
    ----------
    place : int
        Which one, from 0.
    kind : str
        "time", "churn", "customers", "survey", "adoption", "trained", "staff" or "budget".
    unit : str
        "percent", "share" or "" when the heading does not say.
    basis : str
        "month", "quarter", "year" that a rate is for, or "" when the heading does not say.
    scale : (float, float) or None
        Ends of a survey's scale.
    """

    place: int
    kind: str
    unit: str = ""
    basis: str = ""
    scale: tuple[float, float] | None = None


def understand(sheet: Sheet) -> tuple[dict[str, Column], tuple[str, ...]]:
    """Return the columns by kind, and notes on those that are not used.

    Raises
    ------
    CxsimError
        Two columns for the same thing, no time, or nothing that can be used.
    """
    found: dict[str, Column] = {}
    unused: list[str] = []
    for place, head in enumerate(sheet.heads):
        column = _column(sheet, place, head)
        if column is None:
            unused.append(head or f"number {place + 1}")
        elif column.kind in found:
            raise CxsimError(
                f"{sheet.label}: columns {sheet.heads[found[column.kind].place]} and {head} are "
                f"both taken for {column.kind}; leave one of them out, or rename it"
            )
        else:
            found[column.kind] = column
    if "time" not in found:
        raise CxsimError(
            f"{sheet.label}: no column says when; name one date, month, quarter or week"
        )
    if len(found) == 1:
        raise CxsimError(
            f"{sheet.label}: no column can be used among {_listed(sheet.heads)}; "
            f"name at least one of: {USABLE}"
        )
    note = f"Not used: column {', '.join(unused)}." if unused else ""
    return found, (note,) if note else ()


def _listed(heads: tuple[str, ...]) -> str:
    return ", ".join(shown(head) for head in heads[:6]) + (" ..." if len(heads) > 6 else "")


def _column(sheet: Sheet, place: int, head: str) -> Column | None:
    words = " ".join(re.findall(r"[a-z]+|\d+|%", head.lower().replace("_", " ")))
    bare = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", head.lower().replace("_", " "))
    bare = " ".join(re.findall(r"[a-z]+", bare))
    if re.search(r"\b(monthly|quarterly|yearly|annual)\b", bare) or re.search(r"\bper\b", bare):
        bare = re.sub(r"\b(per|a) (month|quarter|week|year)\b", " ", bare)
    kind = next((kind for kind, pattern in _PATTERNS if pattern.search(bare)), None)
    if kind == "lost" and re.search(rf"\b(?:{_NOT_RATES})\b", words):
        kind = "churn"
    if kind is None or kind == "lost":
        return None
    unit = ""
    if "%" in words or re.search(r"\b(percent|percentage|pct|pc)\b", words):
        unit = "percent"
    elif re.search(r"\b(share|fraction|ratio)\b", words):
        unit = "share"
    basis = next((name for name, text in _BASIS if re.search(rf"\b(?:{text})\b", words)), "")
    scale = _scale(sheet, place, head, words) if kind == "survey" else None
    return Column(place, kind, unit, "" if kind == "time" else basis, scale)


def _scale(sheet: Sheet, place: int, head: str, words: str) -> tuple[float, float]:
    """Return the ends of a survey's scale: written in the heading, or known of its sort."""
    written = re.search(r"(-?\d+)\s*(?:-|–|to|\.\.+)\s*(-?\d+)", head)
    if written:
        low, high = float(written[1]), float(written[2])
        if low >= high:
            raise sheet.refuse_column(
                place, f"a scale from {low:g} to {high:g}", "the lower end first is wanted"
            )
        return low, high
    if re.search(r"\bnps\b", words):
        return -100.0, 100.0
    if "%" in words or re.search(r"\b(percent|pct)\b", words):
        return 0.0, 100.0
    raise sheet.refuse_column(
        place, "the scale is not known", "write it into the heading, such as survey (1-5)"
    )
