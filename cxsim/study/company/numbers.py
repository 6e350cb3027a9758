"""Numbers as people write them: decimal commas, thousands, percent and currency signs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cxsim.study.company.sheet import Sheet
from cxsim.values import shown

_NUMBER = re.compile(r"[+-]?(\d[\d., '’]*|[.,]\d+)")
_CURRENCY = re.compile(r"^(usd|eur|gbp|chf|[$€£])|(usd|eur|gbp|chf|[$€£])$", re.IGNORECASE)
_GROUPS = re.compile(r"\d{1,3}([ '’]\d{3})+")


@dataclass(frozen=True)
class Number:
    """A number of one cell.

    Attributes
    ----------
    row : int
    value : float
    percent : bool
        Written with a percent sign.
    """

    row: int
    value: float
    percent: bool


def decimal_mark(sheet: Sheet, columns: list[int]) -> str | None:
    """Return the decimal mark that a file uses, None when nothing tells.

    Raises
    ------
    CxsimError
        Some cells need a comma for it, and others a point.
    """
    found: dict[str, tuple[int, int, str]] = {}
    for column in columns:
        for row, cell in sheet.cells(column):
            mark = _mark_of(_bare(cell)[0])
            if mark:
                found.setdefault(mark, (row, column, cell))
    if len(found) == 2:
        row, column, cell = max(found.values())
        other = min(found.values())
        raise sheet.refuse(
            row, column,
            f"{shown(cell)} has another decimal mark than {shown(other[2])} in row {other[0]}",
            "one mark, point or comma, throughout the file is wanted",
        )  # fmt: skip
    return next(iter(found), None)


def _bare(cell: str) -> tuple[str, bool]:
    """Return a cell without percent and currency signs, and whether it had a percent sign."""
    text = cell.replace("\xa0", " ").replace("\u202f", " ").replace("−", "-").strip()
    percent = text.endswith("%")
    text = text.rstrip("%").strip()
    return _CURRENCY.sub("", text).strip(), percent


def _mark_of(text: str) -> str | None:
    """Return the mark that can only be decimal in this number, None when it might be either."""
    if not _NUMBER.fullmatch(text):
        return None
    marks = [ch for ch in text if ch in ".,"]
    if len(set(marks)) == 2:
        return marks[-1]
    if len(marks) == 1 and len(text.rpartition(marks[0])[2]) != 3:
        return marks[0]
    return None


def numbers(sheet: Sheet, column: int, mark: str | None, whole: bool, what: str) -> list[Number]:
    """Return the numbers of a column; gaps are left out.

    Parameters
    ----------
    mark : str or None
        Decimal mark of the file. Where nothing tells, a mark before exactly three digits stands
        for thousands in a column of whole amounts, and for the decimal mark elsewhere.
    whole : bool
        Whether the column counts people or money, so that a number may be large.
    what : str
        Wanted, for the message.

    Raises
    ------
    CxsimError
        A cell that is no number.
    """
    return [
        Number(row, *_number(sheet, row, column, cell, mark, whole, what))
        for row, cell in sheet.cells(column)
    ]


def _number(
    sheet: Sheet, row: int, column: int, cell: str, mark: str | None, whole: bool, what: str
) -> tuple[float, bool]:
    text, percent = _bare(cell)
    if not _NUMBER.fullmatch(text):
        raise sheet.refuse(row, column, shown(cell), f"{what} is wanted, or nothing for a gap")
    sign = -1.0 if text.startswith("-") else 1.0
    digits = text.lstrip("+-")
    if mark is None:
        mark = _likely_mark(digits, whole)
    before, _, after = digits.partition(mark)
    if _badly_grouped(before) or not (after.isdigit() or not after):
        raise sheet.refuse(
            row, column, f"{shown(cell)} is not grouped as a number is", f"{what} is wanted"
        )
    plain = re.sub(r"[., '’]", "", before)
    return sign * float(f"{plain or '0'}.{after or '0'}"), percent


def _likely_mark(digits: str, whole: bool) -> str:
    """Return the decimal mark where the file as a whole does not tell."""
    marks = {ch for ch in digits if ch in ".,"}
    if not marks:
        return "."
    used = marks.pop()
    return {".": ",", ",": "."}[used] if whole or digits.count(used) > 1 else used


def _badly_grouped(before: str) -> bool:
    """Tell whether what stands before the decimal mark has separators that group nothing."""
    if before.isdigit() or not before:
        return False
    groups = re.sub(r"[.,’]", "'", before)
    return not _GROUPS.fullmatch(groups)
