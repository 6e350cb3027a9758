"""Reading a company's own figures: many ways to write them, and one clear error for each slip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cxsim.errors import CxsimError
from cxsim.study.company.data import Data, read_data

PLAIN = "month,churn %\n2024-01,2.1\n2024-02,2.3\n2024-03,1.9\n"


def read(tmp_path: Path, text: str | bytes, **more: object) -> Data:
    path = tmp_path / "firm.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_data(path, **more)  # type: ignore[arg-type]


SAME = {
    "plain": PLAIN,
    "semicolons and decimal commas": "month;churn %\n2024-01;2,1\n2024-02;2,3\n2024-03;1,9\n",
    "tabs, Windows line ends, a mark at the start": b"\xef\xbb\xbf"
    + PLAIN.replace(",", "\t").replace("\n", "\r\n").encode(),
    "percent signs and quotes": 'month,churn\n2024-01,"2,1 %"\n2024-02,"2,3%"\n2024-03,"1,9 %"\n',
    "comments, blank lines, empty columns": (
        "# from the CRM\n\nmonth,churn %,,\n2024-01,2.1,,\n\n2024-02,2.3,,\n,,,\n2024-03,1.9,,\n"
    ),
    "shares": "month,churn\n2024-01,0.021\n2024-02,0.023\n2024-03,.019\n",
    "names of months": "Month,Churn rate (%)\nJan 2024,2.1\nFebruary 2024,2.3\nMar-24,1.9\n",
    "the last day of each month": "date,churn %\n31.01.2024,2.1\n29.02.2024,2.3\n31.03.2024,1.9\n",
    "slashes that are days first": "date,churn%\n31/01/2024,2.1\n29/02/2024,2.3\n31/03/2024,1.9\n",
    "slashes told apart by the series": (
        "date,churn %\n01/02/2024,2.1\n02/02/2024,2.3\n03/02/2024,1.9\n"
    ),
    "a separator named": "sep=;\nmonth;churn %\n2024-01;2.1\n2024-02;2.3\n2024-03;1.9\n",
    "yearly": ("month,churn % per year\n2024-01,22.4838\n2024-02,24.363205\n2024-03,20.5621\n"),
}


@pytest.mark.parametrize("text", SAME.values(), ids=SAME)
def test_the_same_figures_written_in_many_ways(tmp_path: Path, text: str | bytes) -> None:
    (churn,) = read(tmp_path, text).series
    assert churn.kind == "churn"
    np.testing.assert_allclose(churn.values, [0.021, 0.023, 0.019], rtol=1e-4)
    np.testing.assert_allclose(churn.begin, np.array([0, 31, 60]) / 7)
    np.testing.assert_allclose(churn.end, np.array([31, 60, 91]) / 7)


def test_every_kind_of_column(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        "Month;Active subscribers;NPS;People practising;Share trained;Spend (€);FTE;Region\n"
        "1;12.400;31;20;0,1;€ 50.000;4;x\n2;12.350;n/a;25;0,15;60.000;4;x\n"
        "3;12.310;30;40;0,2;40.000;4;y\n5;12.500;-33,5;60;;45.000,50;4;\n",
        employees=800,
    )
    found = {series.kind: series for series in data.series}
    assert set(found) == {"customers", "survey", "adoption", "trained", "budget"}
    np.testing.assert_allclose(found["customers"].values[:2], [1.0, 12350 / 12400])
    np.testing.assert_allclose(found["adoption"].values, [0.025, 0.03125, 0.05, 0.075])
    np.testing.assert_allclose(found["budget"].values, [1.0, 1.2, 0.8, 0.90001])
    np.testing.assert_allclose(found["survey"].values[0], -1.5 + 2.7 * 131 / 200)
    assert found["customers"].begin[3] == pytest.approx(4 * 365.25 / 12 / 7)
    assert (data.customers, data.staff, data.gaps) == (12400, 4.0, 2)
    assert data.spending == pytest.approx(50_000 / (365.25 / 12 / 7))
    told = " ".join(data.notes)
    assert "Not used: column Region" in told
    assert "counts people, of 800" in told


def test_quarters_weeks_frames_and_a_later_start(tmp_path: Path) -> None:
    quarters = read(
        tmp_path,
        "q,monthly churn %\n".replace("q,", "quarter,") + "2023Q4,2\nQ1 2024,2\n2024-Q2,2\n",
    )
    np.testing.assert_allclose(quarters.series[0].values, 1 - 0.98**3)
    weekly = read(tmp_path, "week,churn %\n10,0.5 %\n11,0.4 %\n14,0.6 %\n")
    assert weekly.series[0].begin.tolist() == [0.0, 1.0, 4.0]
    frame = pd.DataFrame(
        {
            "date": pd.date_range("2023-11-01", periods=6, freq="MS"),
            "csat (1-5)": [3, 4, 4, 3, 4, 4],
        }
    )
    later = read_data(frame, start="2024-01")
    assert later.early == 2
    assert later.series[0].begin[0] == 0.0
    assert later.start == "2024-01-01"


def test_latin_1_is_read_and_told(tmp_path: Path) -> None:
    data = read(
        tmp_path,
        PLAIN.replace("month", "month,Größe")
        .replace(",2.", ",a,2.")
        .replace(",1.9", ",b,1.9")
        .encode("latin-1"),
    )
    assert any("Latin-1" in note for note in data.notes)


ROWS = "2024-01,2.1\n2024-02,2.3\n2024-03,1.9\n"
WRONG = {
    "empty": ("", "empty file"),
    "only comments": ("# nothing\n\n", "nothing but blank lines"),
    "no rows": ("month,churn\n", "without rows"),
    "no headings": (ROWS, "has no headings"),
    "no time": ("churn,nps\n2.1,30\n", "no column says when"),
    "nothing of use": ("month,revenue\n2024-01,5\n", "no column can be used"),
    "two columns for one thing": ("month,churn,churn rate\n2024-01,1,1\n", "both taken for churn"),
    "a binary file": (b"month\0churn", "binary file"),
    "a workbook": (b"PK\x03\x04rest", "Excel workbook"),
    "UTF-16": ("month,churn".encode("utf-16"), "UTF-16"),
    "too large": (b"#" * (1024 * 1024 + 1), "at most 1 MiB"),
    "an open quote": ('month,churn\n2024-01,"2.1\n2024-02,2\n', "without its partner"),
    "more cells than headings": ("month,churn\n2024-01,2,1\n", "row 2: 3 cells under 2 headings"),
    "text for a number": (
        "month,churn %\n2024-01,2.1\n2024-02,low\n",
        'row 3, column churn %: the text "low"',
    ),
    "more than all": (
        "month,churn %\n2024-01,2.1\n2024-02,130\n",
        "row 3, column churn %: 130 % is more than all",
    ),
    "negative churn": (
        "month,churn %\n2024-01,-2.1\n",
        "row 2, column churn %: -2.1 is below zero",
    ),
    "negative customers": ("month,customers\n2024-01,-5\n", "column customers: -5 is below zero"),
    "part of a customer": ("month,customers\n2024-01,5.5\n", "column customers: 5.5"),
    "a percent sign on a count": (
        "month,customers\n2024-01,5 %\n",
        "column customers: a percent sign",
    ),
    "off the scale": ("month,nps\n2024-01,30\n2024-02,130\n", "not on the scale from -100 to 100"),
    "an unknown scale": ("month,survey\n2024-01,4.1\n", "column survey: the scale is not known"),
    "a scale upside down": ("month,survey (5-1)\n2024-01,4.1\n", "a scale from 5 to 1"),
    "doubled month": (
        "month,churn %\n2024-01,2\n2024-01,2\n",
        "row 3, column month: the same time as in row 2",
    ),
    "out of order": (
        "month,churn %\n2024-02,2\n2024-01,2\n",
        "row 3, column month: an earlier time",
    ),
    "two ways of writing time": (
        "month,churn %\n2024-01,2\n2024Q2,2\n",
        "row 3, column month: a quarter after a month",
    ),
    "no such day": ("date,churn %\n2024-02-30,2\n", "no such day"),
    "no time at all": ("month,churn %\nsoon,2\n", 'row 2, column month: the text "soon"'),
    "day or month": (
        "date,churn %\n01/02/2024,2\n05/03/2024,2\n09/04/2024,2\n",
        "may be day/month or month/day",
    ),
    "days that are no series": (
        "date,churn %\n2024-01-01,2\n2024-01-04,2\n",
        "row 3, column date: 3 days after row 2",
    ),
    "share or percent": (
        "month,churn\n2024-01,0.8\n2024-02,0.7\n2024-03,.9\n",
        "may be a share or a percentage",
    ),
    "both units": (
        "month,churn\n2024-01,2.1\n2024-02,0.021\n2024-03,2\n",
        "row 3, column churn: 0.021 among values around 2",
    ),
    "percent signs here and there": (
        "month,churn\n2024-01,2.1 %\n2024-02,2.1\n",
        "row 3, column churn: 2.1 without a percent sign",
    ),
    "two decimal marks": ("month;churn %\n2024-01;2,1\n2024-02;2.1\n", "another decimal mark"),
    "badly grouped": ("month,customers\n2024-01,12 34\n", "not grouped as a number"),
    "people of how many": (
        "month,people trained\n2024-01,20\n2024-02,30\n2024-03,400\n",
        "--employees N",
    ),
    "too few": ("month,churn %\n2024-01,2.1\n2024-02,2\n", "at least 3"),
    "eleven years": ("month,churn %\n2012-01,2\n2024-01,2\n2024-02,2\n", "at most 10 years"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_each_slip_is_one_clear_error(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(CxsimError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)
    assert "firm.csv" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(CxsimError, match="a folder where"):
        read_data(tmp_path)
    with pytest.raises(CxsimError, match="no such file"):
        read_data(tmp_path / "none.csv")
    with pytest.raises(CxsimError, match="where the path of a CSV file"):
        read_data(3)


@pytest.mark.parametrize("start", ["soon", "01/02/2024", "5"])
def test_a_start_that_is_none(tmp_path: Path, start: str) -> None:
    with pytest.raises(CxsimError, match=r"start: .*such as 2023-05"):
        read(tmp_path, PLAIN, start=start)
    with pytest.raises(CxsimError, match=r"nothing|at least 3"):
        read(tmp_path, PLAIN, start="2030-01")
