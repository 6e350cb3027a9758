"""A company's own figures, ready for the fit: read, checked, and turned into the model's units.

data = read_data("firm.csv", employees=800)
data.series     # what can be compared with a simulated company
data.fixed      # levers that the figures give outright
data.notes      # every rule that was applied, in words for the user
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from cxsim.errors import CxsimError
from cxsim.state import HIGHEST, LOWEST
from cxsim.study.company.columns import Column, understand
from cxsim.study.company.numbers import Number, decimal_mark, numbers
from cxsim.study.company.observed import Observed
from cxsim.study.company.periods import Periods, read_periods
from cxsim.study.company.sheet import Sheet, read_sheet

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 3  # values of a series that can be fitted
FIRST_ROWS = 3  # whose mean says how large the programme was planned
_PER_YEAR = {"year": 1.0, "quarter": 4.0, "month": 12.0, "week": 365.25 / 7.0}
_COUNTS = ("customers", "budget")
_WANTED = {
    "churn": "the share of customers lost, such as 2.1 %,",
    "customers": "a number of customers",
    "survey": "a score on the scale of the survey",
    "adoption": "a share or a number of employees",
    "trained": "a share or a number of employees",
    "staff": "a number of full-time people",
    "budget": "an amount of money",
}


@dataclass(frozen=True, eq=False)
class Data:
    """What a company gave.

    Attributes
    ----------
    label : str
        The file.
    series : tuple of Observed
    customers : int or None
        At the end of the first row with a number of them.
    staff : float or None
        Full-time people in the programme as it was planned, from a column of them.
    spending : float or None
        Money a week as it was planned, from a column of it.
    start : str
        When the programme began.
    gaps, early : int
        Cells without a figure; rows before the start of the programme.
    notes : tuple of str
    """

    label: str
    series: tuple[Observed, ...]
    customers: int | None
    staff: float | None
    spending: float | None
    start: str
    gaps: int
    early: int
    notes: tuple[str, ...] = field(default=())

    @property
    def weeks(self) -> int:
        """Weeks from the start of the programme to the last figure."""
        return int(np.ceil(max(float(s.end[-1]) for s in self.series) - 1e-9))

    @property
    def values(self) -> int:
        """Figures that are fitted."""
        return sum(len(s.values) for s in self.series)


def read_data(
    source: str | os.PathLike[str] | pd.DataFrame,
    employees: int | None = None,
    start: str | None = None,
) -> Data:
    """Read a company's figures.

    Parameters
    ----------
    source : path or frame
        CSV with a heading, one row for each time; see docs/guides/calibrate.md.
    employees : int, optional
        Needed when adoption or training are counted in people.
    start : str, optional
        When the programme began; the first row by default. Earlier rows are left out.

    Raises
    ------
    CxsimError
        One thing that is wrong: file, row, column, what was found, what is wanted.
    """
    sheet = read_sheet(source)
    columns, unused = understand(sheet)
    periods = read_periods(sheet, columns["time"].place, start)
    reader = _Reader(sheet, columns, periods, employees)
    series = tuple(reader.series())
    fitted = tuple(s for s in series if len(s.values) >= FEWEST)
    if not fitted:
        most = max((len(s.values) for s in series), default=0)
        raise CxsimError(
            f"{sheet.label}: at most {most} figures in a column from the start of the programme "
            f"({periods.start}) on; at least {FEWEST} in one of the columns are wanted"
        )
    few = [s.column for s in series if len(s.values) < FEWEST]
    if few:
        reader.notes.append(f"Too few figures to be fitted: column {', '.join(few)}.")
    notes = (*sheet.notes, *periods.notes, *unused, *dict.fromkeys(reader.notes))
    return Data(
        sheet.label, fitted, reader.customers, reader.staff, reader.spending, periods.start,
        reader.gaps, int((periods.begin < 0.0).sum()), notes,
    )  # fmt: skip


class _Reader:
    """Turns the columns of one sheet into series."""

    def __init__(
        self, sheet: Sheet, columns: dict[str, Column], periods: Periods, employees: int | None
    ) -> None:
        self.sheet, self.columns, self.periods, self.employees = sheet, columns, periods, employees
        self.place_of = {row: n for n, row in enumerate(periods.rows)}
        self.notes: list[str] = []
        self.customers: int | None = None
        self.staff: float | None = None
        self.spending: float | None = None
        wanted = [c for c in columns.values() if c.kind != "time"]
        self.gaps = sum(len(sheet.rows) - len(sheet.cells(c.place)) for c in wanted)
        self.mark = decimal_mark(sheet, [c.place for c in wanted])

    def series(self) -> list[Observed]:
        found = []
        for kind, column in self.columns.items():
            if kind == "time":
                continue
            cells = self.cells(column)
            if cells:
                found += getattr(self, f"_{kind}")(column, cells)
        return found

    def cells(self, column: Column) -> list[Number]:
        """Return the numbers of a column, checked for what no column can have."""
        read = numbers(
            self.sheet, column.place, self.mark, column.kind in _COUNTS, _WANTED[column.kind]
        )
        for cell in read:
            if cell.percent and column.kind in ("customers", "staff", "budget"):
                raise self.refuse(cell, column, "a percent sign")
            if cell.value < 0.0 and column.kind != "survey":
                raise self.refuse(cell, column, f"{cell.value:g} is below zero")
        return [c for c in read if self.periods.begin[self.place_of[c.row]] >= -1e-9]

    def refuse(self, cell: Number, column: Column, found: str, wanted: str = "") -> CxsimError:
        wanted = wanted or f"{_WANTED[column.kind].rstrip(',')} is wanted"
        return self.sheet.refuse(cell.row, column.place, found, wanted)

    def observed(self, column: Column, cells: list[Number], values: np.ndarray) -> list[Observed]:
        places = [self.place_of[cell.row] for cell in cells]
        begin, end = self.periods.begin[places], self.periods.end[places]
        head = self.sheet.heads[column.place]
        return [Observed(column.kind, begin, end, np.asarray(values, float), head)]

    # --- one method for each kind of column --------------------------------------------------

    def _churn(self, column: Column, cells: list[Number]) -> list[Observed]:
        shares = self.shares(column, cells)
        step = self.periods.step
        basis = column.basis or step
        if basis != step:
            self.notes.append(
                f"Churn is for a {basis} and the rows are {step}s: turned into that of a {step}."
            )
        power = _PER_YEAR[basis] / _PER_YEAR[step]
        return self.observed(column, cells, 1.0 - (1.0 - shares) ** power)

    def _customers(self, column: Column, cells: list[Number]) -> list[Observed]:
        for cell in cells:
            if cell.value != int(cell.value) or cell.value == 0.0:
                raise self.refuse(
                    cell, column, f"{cell.value:g}", "a whole number from 1 is wanted"
                )
        counts = np.array([cell.value for cell in cells])
        self.customers = int(counts[0])
        self.notes.append("Customers are those at the end of each row's time.")
        return self.observed(column, cells, counts / counts[0])

    def _survey(self, column: Column, cells: list[Number]) -> list[Observed]:
        low, high = column.scale or (0.0, 100.0)
        for cell in cells:
            if not low <= cell.value <= high:
                raise self.refuse(
                    cell, column, f"{cell.value:g} is not on the scale from {low:g} to {high:g}"
                )
        self.notes.append(
            f"The survey's scale from {low:g} to {high:g} is laid over the model's from 0 to 100: "
            "an assumption, and so is what it says about satisfaction."
        )
        shares = (np.array([cell.value for cell in cells]) - low) / (high - low)
        return self.observed(column, cells, LOWEST + shares * (HIGHEST - LOWEST))

    def _adoption(self, column: Column, cells: list[Number]) -> list[Observed]:
        return self.observed(column, cells, self.people(column, cells))

    def _trained(self, column: Column, cells: list[Number]) -> list[Observed]:
        self.notes.append(
            "The model knows ability and not attendance: the share trained is read as how far "
            "mean ability has come from its start to full."
        )
        return self.observed(column, cells, self.people(column, cells))

    def _staff(self, column: Column, cells: list[Number]) -> list[Observed]:
        self.staff = fmean(cell.value for cell in cells[:FIRST_ROWS])
        return []

    def _budget(self, column: Column, cells: list[Number]) -> list[Observed]:
        places = [self.place_of[cell.row] for cell in cells]
        weeks = self.periods.end[places] - self.periods.begin[places]
        if column.basis and column.basis != self.periods.step:
            weeks = np.full(len(cells), 365.25 / 7.0 / _PER_YEAR[column.basis])
        weekly = np.array([cell.value for cell in cells]) / weeks
        self.spending = float(weekly[:FIRST_ROWS].mean())
        if weekly[0] <= 0.0:
            raise self.refuse(cells[0], column, "nothing was spent", "an amount above 0 is wanted")
        return self.observed(column, cells, weekly / weekly[0])

    # --- shares ------------------------------------------------------------------------------

    def shares(self, column: Column, cells: list[Number]) -> np.ndarray:
        """Return shares from 0 to 1, having found out whether they are written in percent."""
        percent = self.is_percent(column, cells)
        values = np.array([cell.value for cell in cells]) / (100.0 if percent else 1.0)
        for cell, value in zip(cells, values, strict=True):
            if value > 1.0:
                found = f"{cell.value:g}{' %' if percent else ''} is more than all"
                raise self.refuse(cell, column, found)
        return values

    def is_percent(self, column: Column, cells: list[Number]) -> bool:
        signed = [cell for cell in cells if cell.percent]
        if signed and len(signed) < len(cells):
            bare = next(cell for cell in cells if not cell.percent)
            raise self.refuse(
                bare, column, f"{bare.value:g} without a percent sign, others have one",
                "all with the sign, or none, is wanted",
            )  # fmt: skip
        if signed or column.unit:
            return bool(signed) or column.unit == "percent"
        largest = max(cell.value for cell in cells)
        head = self.sheet.heads[column.place]
        if largest > 1.0:
            self.check_one_unit(column, cells)
            self.notes.append(f"Column {head} is read as percent, because it goes above 1.")
            return True
        # No firm loses a quarter of its customers in a month; adoption may well be .9 or .9 %.
        if largest > (0.25 if column.kind == "churn" else 1.0):
            worst = max(cells, key=lambda cell: cell.value)
            raise self.refuse(
                worst, column, f"{worst.value:g} may be a share or a percentage",
                "write % into the heading, or share",
            )  # fmt: skip
        self.notes.append(f"Column {head} is read as shares, because it stays below 1.")
        return False

    def check_one_unit(self, column: Column, cells: list[Number]) -> None:
        """Refuse shares among percentages: a hundredth of what is usual in the column."""
        middle = float(np.median([cell.value for cell in cells]))
        for cell in cells:
            if 0.0 < cell.value < middle / 40.0:
                raise self.refuse(
                    cell, column, f"{cell.value:g} among values around {middle:g}",
                    "one unit, shares or percent, throughout the column is wanted",
                )  # fmt: skip

    def people(self, column: Column, cells: list[Number]) -> np.ndarray:
        """Return shares of the employees, from shares or from numbers of people."""
        values = [cell.value for cell in cells]
        words = self.sheet.heads[column.place].lower().replace("_", " ")
        named = any(word in words for word in ("rate", "share", "%", "percent", "pct"))
        whole = all(value == int(value) for value in values) and max(values) > 1.0
        rate = named or any(cell.percent for cell in cells) or "adoption" in words
        if not whole or (rate and max(values) <= 100.0):
            return self.shares(column, cells)
        head = self.sheet.heads[column.place]
        if self.employees is None:
            raise self.sheet.refuse_column(
                column.place, f"numbers of people up to {max(values):g}",
                "say of how many: --employees N (or write % into the heading)",
            )  # fmt: skip
        for cell in cells:
            if cell.value > self.employees:
                raise self.refuse(
                    cell, column, f"{cell.value:g} people of {self.employees} employees",
                    "at most all of them is wanted",
                )  # fmt: skip
        self.notes.append(f"Column {head} counts people, of {self.employees} employees.")
        return np.array(values) / self.employees
