"""When a row is about: dates, months, quarters and numbered rows as weeks of the programme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from cxsim.errors import CxsimError
from cxsim.study.company.sheet import Sheet
from cxsim.timeline import LONGEST
from cxsim.values import shown

DAYS_A_MONTH = 365.25 / 12
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WANTED = "a month such as 2024-01, a date such as 2024-01-31, a quarter such as 2024Q1 is wanted"
_STEPS = {"week": 7.0, "month": DAYS_A_MONTH, "quarter": 3 * DAYS_A_MONTH}

_NAMED = "|".join(MONTHS)
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("quarter", r"(?P<y>\d{4})[ -/]?q(?P<q>[1-4])"),
    ("quarter", r"q(?P<q>[1-4])[ -/']*(?P<y>\d{4}|\d{2})"),
    ("month", r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})"),
    ("month", r"(?P<m>\d{1,2})[-/.](?P<y>\d{4})"),
    ("month", rf"(?P<n>{_NAMED})[a-z]*[ .,/'-]*(?P<y>\d{{4}}|\d{{2}})"),
    ("month", rf"(?P<y>\d{{4}})[ ./-]*(?P<n>{_NAMED})[a-z]*"),
    ("day", r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"),
    ("day", r"(?P<d>\d{1,2})\.\s?(?P<m>\d{1,2})\.\s?(?P<y>\d{4})"),
    ("day", rf"(?P<d>\d{{1,2}})[ .-]*(?P<n>{_NAMED})[a-z]*[ .,-]*(?P<y>\d{{4}})"),
    ("slash", r"(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y>\d{4})"),
    ("number", r"(?P<k>\d{1,4})"),
)


@dataclass(frozen=True, eq=False)
class Periods:
    """The time that each row is about.

    Attributes
    ----------
    rows : tuple of int
        Lines of the file.
    begin, end : array
        In weeks since the start of the programme; negative before it.
    step : str
        "week", "month" or "quarter".
    start : str
        The start of the programme, for people.
    notes : tuple of str
    """

    rows: tuple[int, ...]
    begin: np.ndarray
    end: np.ndarray
    step: str
    start: str
    notes: tuple[str, ...] = ()


def read_periods(sheet: Sheet, column: int, start: str | None) -> Periods:
    """Read the column that says when.

    Parameters
    ----------
    start : str, optional
        When the programme began, written as in the column, or as a month; the first row otherwise.

    Raises
    ------
    CxsimError
        A cell that is no time, a mixture, a date that may be read in two ways, rows that are
        doubled or out of order.
    """
    found = [(row, *_parse(sheet, row, column, cell[column])) for row, cell in sheet.rows]
    family = found[0][1]
    for row, other, _ in found:
        if other != family:
            raise sheet.refuse(
                row, column, f"a {_WORD[other]} after a {_WORD[family]} in row {found[0][0]}",
                "one way of writing the time throughout the column is wanted",
            )  # fmt: skip
    rows = [row for row, _, _ in found]
    parts = [part for _, _, part in found]
    if family == "number":
        return _numbered(sheet, column, rows, [part["k"] for part in parts], start)
    notes: tuple[str, ...] = ()
    if family == "slash":
        parts, notes = _resolved(sheet, column, rows, parts)
        family = "day"
    dates = [_date(sheet, row, column, p) for row, p in zip(rows, parts, strict=True)]
    _check_order(sheet, column, rows, [day.toordinal() for day in dates])
    step = family if family in ("month", "quarter") else _step_of_days(sheet, column, rows, dates)
    if step == "month" and len(dates) > 2 and _all_quarterly(dates):
        step = "quarter"
        notes += ("One row in three months: each is taken for its calendar quarter.",)
    elif family == "day":
        notes += (f"Each date is taken for its {'calendar ' if step != 'week' else ''}{step}.",)
    spans = [_span(day, step) for day in dates]
    zero = spans[0][0] if start is None else _start(start)
    begin, end = (np.array([s[k] - zero for s in spans], float) / 7.0 for k in (0, 1))
    _check_length(sheet, column, end)
    return Periods(tuple(rows), begin, end, step, date.fromordinal(zero).isoformat(), notes)


_WORD = {
    "quarter": "quarter", "month": "month", "day": "date", "slash": "date", "number": "number",
}  # fmt: skip


def _parse(sheet: Sheet, row: int, column: int, cell: str) -> tuple[str, dict[str, int]]:
    """Return the family a time belongs to, and its numbers."""
    text = re.sub(r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$", "", cell.strip()).lower()
    for family, pattern in _PATTERNS:
        match = re.fullmatch(pattern, text)
        if match:
            part = match.groupdict()
            if part.get("n"):
                part["m"] = str(1 + MONTHS.index(part.pop("n")))
            numbers = {key: int(value) for key, value in part.items() if value is not None}
            if 0 <= numbers.get("y", 2000) < 100:
                numbers["y"] += 2000
            return family, numbers
    raise sheet.refuse(row, column, shown(cell) if cell else "nothing", WANTED)


def _date(sheet: Sheet, row: int, column: int, part: dict[str, int]) -> date:
    """Return the first day that a time may mean."""
    month = 3 * part["q"] - 2 if "q" in part else part["m"]
    try:
        day = date(part["y"], month, part.get("d", 1))
    except ValueError:
        raise sheet.refuse(row, column, "no such day in the calendar", WANTED) from None
    if not 1900 <= day.year <= 2200:
        raise sheet.refuse(row, column, f"the year {day.year}", "a year from 1900 on is wanted")
    return day


def _resolved(
    sheet: Sheet, column: int, rows: list[int], parts: list[dict[str, int]]
) -> tuple[list[dict[str, int]], tuple[str, ...]]:
    """Tell day from month in dates such as 01/02/2024, from the column as a whole."""

    def reading(day: str, month: str) -> list[dict[str, int]]:
        return [{"d": p[day], "m": p[month], "y": p["y"]} for p in parts]

    readings = {"day/month/year": reading("a", "b"), "month/day/year": reading("b", "a")}
    possible = {
        words: read
        for words, read in readings.items()
        if all(1 <= p["m"] <= 12 and 1 <= p["d"] <= 31 for p in read)
    }
    if len(possible) == 2:  # rows are months: the reading that has one row a month is meant
        possible = {
            words: read
            for words, read in possible.items()
            if len({(p["y"], p["m"]) for p in read}) == len(read)
        } or possible
    if len(possible) != 1:
        a, b, y = (parts[0][key] for key in "aby")
        raise sheet.refuse(
            rows[0], column, f"{a:02d}/{b:02d}/{y} may be day/month or month/day",
            f"write the dates as {y}-MM-DD",
        )  # fmt: skip
    words, read = next(iter(possible.items()))
    return read, (f"Dates are read as {words}; the other way they would not be a series.",)


def _check_order(sheet: Sheet, column: int, rows: list[int], places: list[int]) -> None:
    for n in range(1, len(places)):
        if places[n] == places[n - 1]:
            raise sheet.refuse(
                rows[n], column, f"the same time as in row {rows[n - 1]}",
                "one row for each time is wanted",
            )  # fmt: skip
        if places[n] < places[n - 1]:
            raise sheet.refuse(
                rows[n], column, f"an earlier time than in row {rows[n - 1]}",
                "rows in the order of time, the oldest first, are wanted",
            )  # fmt: skip


def _step_of_days(sheet: Sheet, column: int, rows: list[int], dates: list[date]) -> str:
    """Return whether dates mean months or weeks; refuse whatever is neither."""
    months = [12 * day.year + day.month for day in dates]
    if len(set(months)) == len(months) and (len(dates) == 1 or _gap(dates) > 20):
        return "month"
    gaps = [(b - a).days for a, b in pairwise(dates)]
    for n, gap in enumerate(gaps, start=1):
        if gap % 7:
            raise sheet.refuse(
                rows[n], column, f"{gap} days after row {rows[n - 1]}",
                "one row a week, month or quarter is wanted",
            )  # fmt: skip
    return "week"


def _gap(dates: list[date]) -> int:
    return min((b - a).days for a, b in pairwise(dates))


def _all_quarterly(dates: list[date]) -> bool:
    months = [12 * day.year + day.month for day in dates]
    return all((b - a) % 3 == 0 for a, b in pairwise(months))


def _span(day: date, step: str) -> tuple[int, int]:
    """Return the first day of the week, month or quarter of a date, and that of the next one."""
    if step == "week":
        return day.toordinal(), day.toordinal() + 7
    many = 3 if step == "quarter" else 1
    first = 12 * day.year + (day.month - 1) // many * many
    return _first_of(first), _first_of(first + many)


def _first_of(month: int) -> int:
    return date(month // 12, month % 12 + 1, 1).toordinal()


def _start(text: str) -> int:
    """Return the day on which the programme began."""
    sheet = Sheet("--start", ("",), ((1, (text,)),), ",")
    try:
        family, part = _parse(sheet, 1, 0, text)
        if family not in ("number", "slash"):
            return _date(sheet, 1, 0, part).toordinal()
    except CxsimError:
        pass
    raise CxsimError(f"start: {shown(text)} where a month such as 2023-05 or a date is wanted")


def _numbered(
    sheet: Sheet, column: int, rows: list[int], numbers: list[int], start: str | None
) -> Periods:
    """Return the time of rows that are numbered; the heading says whether they are months."""
    head = sheet.heads[column].lower()
    step = next((step for step in _STEPS if step in head), "month")
    _check_order(sheet, column, rows, numbers)
    zero = numbers[0]
    if start is not None:
        if not start.strip().isdigit():
            raise CxsimError(
                f"start: {shown(start)}, but the rows are numbered; a number of the column "
                f"{sheet.heads[column]} is wanted"
            )
        zero = int(start)
    begin = (np.array(numbers, float) - zero) * _STEPS[step] / 7.0
    end = begin + _STEPS[step] / 7.0
    _check_length(sheet, column, end)
    note = f"The rows are numbered: {step} {zero} is where the programme begins."
    return Periods(tuple(rows), begin, end, step, f"{step} {zero}", (note,))


def _check_length(sheet: Sheet, column: int, end: np.ndarray) -> None:
    if end[-1] > LONGEST:
        raise sheet.refuse_column(
            column, f"{end[-1] / 52:.0f} years from the start to the last row",
            f"at most {LONGEST // 52} years can be simulated; leave older rows out",
        )  # fmt: skip
